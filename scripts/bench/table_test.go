package main

import "testing"

var sample = document{
	{title: "Costs", lines: []string{"a machine", "a day"}},
	{title: "A call", table: [][]string{{"each", "Ours", "theirs"}, {"CPU × s", "0.5", "12.25"}, {"delay", "75", "-"}}, lines: []string{"so it was"}},
	{lines: []string{"the end"}},
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
	if got := sample.text(); got != want {
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
	if got := sample.markdown(); got != want {
		t.Errorf("got %s", got)
	}
}
