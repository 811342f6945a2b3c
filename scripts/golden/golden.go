// Package golden holds what a test got against a file that people read: a transcript in testdata,
// a page of docs. With the flag -update the files are written instead; whoever gives it reads the
// diff before keeping it. It is for tests alone.
package golden

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the files that tests compare with; read the diff before you keep it")

// File fails the test where the file at path is not got, and shows how they differ. With -update
// it writes got there first, in folders that it makes.
func File(t testing.TB, path, got string) {
	t.Helper()
	want, err := os.ReadFile(path)
	if *update && (err != nil || !bytes.Equal(want, []byte(got))) {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if err != nil {
		t.Fatalf("%v; the flag -update writes it", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s has changed (-want +got); the flag -update rewrites it:\n%s", path, diff)
	}
}
