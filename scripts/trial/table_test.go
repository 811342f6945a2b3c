package trial

import "testing"

var sample = Document{
	{Title: "Costs", Lines: []string{"a machine", "a day"}},
	{Title: "A call", Table: [][]string{{"each", "Ours", "theirs"}, {"CPU × s", "0.5", "12.25"}, {"delay", "75", "-"}}, Lines: []string{"so it was"}},
	{Lines: []string{"the end"}},
}

func TestText(t *testing.T) {
	const want = `
Costs
  a machine
  a day

A call
  each     Ours  theirs
  ---------------------
  CPU × s   0.5   12.25
  delay      75       -
  so it was

  the end
`
	if got := sample.Text(); got != want {
		t.Errorf("got %s", got)
	}
}

func TestMarkdown(t *testing.T) {
	const want = `# Costs

- a machine
- a day

## A call

| each | Ours | theirs |
|---|---:|---:|
| CPU × s | 0.5 | 12.25 |
| delay | 75 | - |

- so it was

- the end
`
	if got := sample.Markdown(); got != want {
		t.Errorf("got %s", got)
	}
}
