package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestKind(t *testing.T) {
	own, err := os.ReadFile("../../LICENSE")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ text, want string }{
		{string(own), "Apache-2.0"},
		{"Permission is hereby granted,\n free of charge, to any person obtaining a copy\nof this", "MIT"},
		{"Redistribution and use in source and binary forms ...\n * Neither the name of the\n copyright", "BSD-3-Clause"},
		{"Redistribution and use in source\nand binary forms, with or without", "BSD-2-Clause"},
		{"Permission to use, copy, modify, and/or distribute this software for any purpose", "ISC"},
		{"Mozilla Public License Version 2.0", "MPL-2.0"},
		{"GNU GENERAL PUBLIC LICENSE\nVersion 2", ""},
		{"GNU LESSER GENERAL PUBLIC LICENSE", ""},
		{"You may use this on Sundays.", ""},
		{"", ""},
	} {
		got, err := kind(c.text)
		if got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%.40q is %q (%v), want %q", c.text, got, err, c.want)
		}
	}
}

func TestInFolder(t *testing.T) {
	put := func(t *testing.T, files map[string]string) string {
		dir := t.TempDir()
		for name, text := range files {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		return dir
	}
	mit := "Permission is hereby granted, free of charge, to any person obtaining a copy"
	spdx, text, err := inFolder(put(t, map[string]string{"LICENSE.md": mit, "NOTICE": "made by us", "README.md": "read"}))
	if err != nil || spdx != "MIT" || !strings.Contains(text, "made by us") || strings.Contains(text, "read") {
		t.Errorf("%q, %q, %v", spdx, text, err)
	}
	if _, _, err := inFolder(put(t, map[string]string{"README.md": mit})); err == nil {
		t.Error("a module without a licence is taken")
	}
	if _, _, err := inFolder(put(t, map[string]string{"COPYING": "GNU General Public License"})); err == nil {
		t.Error("a GNU licence is taken")
	}
}

// What the program has in it is all found, each with a licence that is known.
func TestModules(t *testing.T) {
	all, err := modules("../../firmware", "../../firmware/initrd")
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]string{}
	for _, w := range all {
		names[w.name] = w.kind
		if w.version == "" || len(w.text) < 100 {
			t.Errorf("%s: version %q, %d bytes of licence", w.name, w.version, len(w.text))
		}
	}
	for name, want := range map[string]string{
		"github.com/emiago/sipgo": "BSD-2-Clause", "github.com/hraban/opus": "MIT", "golang.org/x/sys": "BSD-3-Clause",
		"github.com/pion/rtp": "MIT", "periph.io/x/host/v3": "Apache-2.0",
	} {
		if names[name] != want {
			t.Errorf("%s is under %q, want %q", name, names[name], want)
		}
	}
	if _, tests := names["pgregory.net/rapid"]; tests {
		t.Error("what only tests need is listed")
	}
	text := binaryText(all)
	for _, w := range all {
		// In the list, above its licence, and all of that.
		if strings.Count(text, w.name) < 2 || !strings.Contains(text, strings.TrimSpace(w.text)) {
			t.Errorf("%s is not told of", w.name)
		}
	}
	if s := summary(all); !strings.Contains(s, " MIT") || !strings.Contains(s, "BSD-3-Clause") {
		t.Errorf("in sum: %s", s)
	}
}
