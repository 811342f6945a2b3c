package interop

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const pageFile = "../../docs/interop.md"

// recorded reads a table back: what was met, on which day, and the versions of the peers.
func recorded(t *testing.T, text string) (*Matrix, time.Time, map[string]string) {
	t.Helper()
	_, table, _ := strings.Cut(text, Begin+"\n")
	table, _, _ = strings.Cut(table, End)
	lines := strings.Split(strings.TrimSpace(table), "\n")
	if len(lines) < 4 {
		t.Fatalf("no table in the page")
	}
	on, against, _ := strings.Cut(strings.TrimPrefix(lines[0], "The run of "), ", against ")
	day, err := time.Parse("2 January 2006", on)
	if err != nil {
		t.Fatal(err)
	}
	against, _, _ = strings.Cut(against, ". \"–\"")
	versions := map[string]string{}
	for _, p := range strings.Split(against, ", ") {
		name, version, _ := strings.Cut(p, " ")
		versions[name] = version
	}
	cells := func(line string) []string {
		var out []string
		for _, c := range strings.Split(strings.Trim(line, "|"), " | ") {
			out = append(out, strings.TrimSpace(c))
		}
		return out
	}
	peers := cells(lines[2])[2:]
	m := &Matrix{}
	for _, line := range lines[4:] {
		row := cells(line)
		if len(row) != 2+len(peers) {
			t.Fatalf("%d cells for %d peers: %s", len(row), len(peers), line)
		}
		for i, p := range peers {
			x := Meeting{Peer: p, Did: row[0], Over: row[1]}
			switch c := row[2+i]; {
			case c == "–":
				continue
			case strings.HasPrefix(c, "**failed**: `"):
				x.Fail, x.Test = true, strings.Trim(strings.TrimPrefix(c, "**failed**: "), "`")
			case c != "yes":
				t.Fatalf("%s: %q", line, c)
			}
			m.Add(x)
		}
	}
	return m, day, versions
}

// The page's table is what the generator makes of the run that it records.
func TestThePageIsWhatWasMet(t *testing.T) {
	text, err := os.ReadFile(pageFile)
	if err != nil {
		t.Fatal(err)
	}
	m, day, versions := recorded(t, string(text))
	again, err := m.Page(string(text), day, versions)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(text), again); d != "" {
		t.Errorf("the page was changed by hand (-page +generated):\n%s", d)
	}
}

// called gives the functions that a function calls by name, those in it included.
func called(body ast.Node) map[string]bool {
	out := map[string]bool{}
	ast.Inspect(body, func(n ast.Node) bool {
		if c, ok := n.(*ast.CallExpr); ok {
			if f, ok := c.Fun.(*ast.Ident); ok {
				out[f.Name] = true
			}
		}
		return true
	})
	return out
}

// Every test in which a phone of ours meets a peer says so, or its row would be missing in
// the next run's table; and the rows that the last whole run did not know yet come of it.
func TestEveryMeetingHasARow(t *testing.T) {
	files, err := filepath.Glob("*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	functions := map[string]*ast.FuncDecl{}
	for _, f := range files {
		tree, err := parser.ParseFile(token.NewFileSet(), f, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range tree.Decls {
			if d, ok := d.(*ast.FuncDecl); ok && d.Recv == nil && d.Body != nil {
				functions[d.Name.Name] = d
			}
		}
	}
	var reach func(name, what string, seen map[string]bool) bool
	reach = func(name, what string, seen map[string]bool) bool {
		d := functions[name]
		if d == nil || seen[name] {
			return false
		}
		seen[name] = true
		for f := range called(d.Body) {
			if f == what || reach(f, what, seen) {
				return true
			}
		}
		return false
	}
	met := 0
	for name := range functions {
		if strings.HasPrefix(name, "Test") && reach(name, "offhook", map[string]bool{}) {
			if met++; !reach(name, "meets", map[string]bool{}) {
				t.Errorf("%s has a phone meet somebody, and no row", name)
			}
		}
	}
	if met < 15 {
		t.Errorf("%d tests with a phone: they are not found any more", met)
	}

	var m Matrix
	for test, peer := range map[string]string{"TestTalksWithBaresip": "baresip", "TestTalksWithLinphone": "linphone"} {
		ast.Inspect(functions[test].Body, func(n ast.Node) bool {
			lit, ok := n.(*ast.CompositeLit)
			if !ok || len(lit.Elts) == 0 {
				return true
			}
			if s, ok := lit.Elts[0].(*ast.BasicLit); ok && s.Kind == token.STRING {
				name, _ := strconv.Unquote(s.Value)
				if did, over, ok := strings.Cut(name, " in "); ok {
					m.Add(Meeting{Peer: peer, Did: did + "; speech heard both ways", Over: "UDP, " + over, Test: test})
				}
			}
			return true
		})
	}
	text, err := m.Page(Begin+End, time.Now(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []string{
		"| calls; speech heard both ways | UDP, G.722 | yes | yes |",
		"| is called; speech heard both ways | UDP, G.722 | yes | yes |",
		"| calls; speech heard both ways | UDP, L16 | yes | – |",
		"| is called; speech heard both ways | UDP, L16 | yes | – |",
		"| calls; speech heard both ways | UDP, Opus | yes | yes |",
	} {
		if !strings.Contains(text, row+"\n") {
			t.Errorf("no row %q in\n%s", row, text)
		}
	}
}
