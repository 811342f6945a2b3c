package main

import (
	"path/filepath"
	"testing"
)

// WAV files stand in for a card wherever they can be written, and nothing does on a system
// that is read-only: /proc is as good as one.
func TestStandIn(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct{ directory, files, name string }{
		{dir, dir, "WAV files in " + dir + "/"},
		{filepath.Join(dir, "not", "yet") + "/", filepath.Join(dir, "not", "yet") + "/", "WAV files in " + filepath.Join(dir, "not", "yet") + "/"},
		{"sound", "sound", "WAV files in sound/"},
	} {
		if files := filesIn(c.directory); files != c.files || standIn(files) != c.name {
			t.Errorf("%s: files in %q, called %q", c.directory, files, standIn(files))
		}
	}
	if name := standIn(""); name != "silence" {
		t.Errorf("without files: %q", name)
	}
}
