package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseDeb(t *testing.T) {
	for _, c := range []struct {
		fields string
		want   deb
	}{
		{"Package: dash\nVersion: 0.5.12-2\n", deb{"dash", "0.5.12-2", "dash", "0.5.12-2", nil}},
		{"Package: libc6\nSource: glibc\nVersion: 2.36-9\n", deb{"libc6", "2.36-9", "glibc", "2.36-9", nil}},
		{"Package: linux-image\nSource: linux-signed-arm64 (6.1.5+1)\nVersion: 6.1.5-1\nBuilt-Using: linux (= 6.1.5-1), zz (= 2)\n",
			deb{"linux-image", "6.1.5-1", "linux-signed-arm64", "6.1.5+1", []string{"linux 6.1.5-1", "zz 2"}}},
	} {
		got, err := parseDeb(c.fields)
		if diff := cmp.Diff(c.want, got, cmp.AllowUnexported(deb{})); diff != "" || err != nil {
			t.Errorf("%q: %v\n%s", c.fields, err, diff)
		}
	}
	if _, err := parseDeb("Source: x\n"); err == nil {
		t.Error("a package without a name is taken")
	}
}

func TestReadDebs(t *testing.T) {
	if _, err := exec.LookPath("dpkg-deb"); err != nil {
		t.Skip("this is no Debian")
	}
	dir := t.TempDir()
	var list []string
	for _, name := range []string{"zeta", "alpha"} {
		tree := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Join(tree, "DEBIAN"), 0o755); err != nil {
			t.Fatal(err)
		}
		control := "Package: " + name + "\nVersion: 1-2\nSource: letters (1)\nArchitecture: all\nBuilt-Using: ink (= 3)\nMaintainer: a <a@example.com>\nDescription: a\n"
		if err := os.WriteFile(filepath.Join(tree, "DEBIAN/control"), []byte(control), 0o644); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command("dpkg-deb", "--root-owner-group", "-b", tree, tree+".deb").CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		list = append(list, tree+".deb")
	}
	file := filepath.Join(dir, "list")
	if err := os.WriteFile(file, []byte(strings.Join(list, "\n")), 0o644); err != nil {
		t.Fatal(err)
	}
	got, err := readDebs(file)
	if err != nil {
		t.Fatal(err)
	}
	want := []deb{{"alpha", "1-2", "letters", "1", []string{"ink 3"}}, {"zeta", "1-2", "letters", "1", []string{"ink 3"}}}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(deb{})); diff != "" {
		t.Error(diff)
	}
	// One source, once; both packages.
	_, offered, _ := strings.Cut(sourcesText(got), "any more.\n\n")
	if want := "ink 3\nletters 1\n\nThe binary packages that were built from them, and that are on the card:\n\nalpha 1-2\nzeta 1-2\n"; offered != want {
		t.Errorf("offered is\n%s\nwant\n%s", offered, want)
	}

	root := t.TempDir()
	put := func(path, text string) {
		path = filepath.Join(root, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	put("usr/share/common-licenses/GPL-2", "the text")
	put("usr/share/doc/alpha/copyright", "mine")
	put("usr/share/doc/zeta/copyright", "")
	if err := allHave(root, got); err == nil || !strings.Contains(err.Error(), "zeta") || strings.Contains(err.Error(), "alpha") {
		t.Errorf("without zeta's: %v", err)
	}
	put("usr/share/doc/zeta/copyright", "mine too")
	if err := allHave(root, got); err != nil {
		t.Error(err)
	}
}
