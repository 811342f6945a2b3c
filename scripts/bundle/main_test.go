package main

import (
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/offhook/offhook/firmware/bundle"
)

func put(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// The bundle that is made is read again, with the key beside that which signed it.
func TestMake(t *testing.T) {
	dir := t.TempDir()
	put(t, filepath.Join(dir, "a/kernel8.img"), "kernel")
	put(t, filepath.Join(dir, "a/cmdline.txt"), "quiet")
	root, out := put(t, filepath.Join(dir, "root"), "the root"), filepath.Join(dir, "x.update")
	args := []string{"make", "-version", "v1.2.3", "-built", "7", "-board", "arm64", "-kernel", "6.1", "-boot", filepath.Join(dir, "a"), "-root", root,
		"-key", "../keys/development.key", out}
	if err := run(args); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := show(&b, out, "../keys/development.pub"); err != nil {
		t.Fatal(err)
	}
	want := "version v1.2.3\nboard   arm64\nkernel  6.1\n        5 boot/cmdline.txt\n        6 boot/kernel8.img\n        8 root\n"
	if b.String() != want {
		t.Errorf("%s", b.String())
	}
	put(t, out, "something else")
	if err := run([]string{"show", out, "../keys/development.pub"}); !errors.Is(err, bundle.ErrForeign) {
		t.Errorf("%v", err)
	}
	if err := run(args[:len(args)-1]); !errors.Is(err, errUsage) {
		t.Errorf("%v", err)
	}
	args[len(args)-2] = root
	if err := run(args); err == nil {
		t.Error("signed without a key")
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".bundle*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestFill(t *testing.T) {
	dir := t.TempDir()
	a, b := filepath.Join(dir, "a"), filepath.Join(dir, "b")
	var kernel strings.Builder
	w := gzip.NewWriter(&kernel)
	io.WriteString(w, "the kernel")
	w.Close()
	put(t, filepath.Join(a, "kernel8.img"), kernel.String())
	put(t, filepath.Join(a, "bcm2837-rpi-3-b.dtb"), "\xd0\x0d\xfe\xedtree of devices")
	put(t, filepath.Join(a, "cmdline.txt"), "quiet offhook.slot=a\n")
	if err := run([]string{"fill", a, b}); err != nil {
		t.Fatal(err)
	}
	for name, size := range map[string]int64{"kernel8.img": 16 << 20, "bcm2837-rpi-3-b.dtb": 96 << 10, "cmdline.txt": 1 << 10} {
		for _, d := range []string{a, b} {
			if i, err := os.Stat(filepath.Join(d, name)); err != nil || i.Size() != size {
				t.Errorf("%s/%s: %v, %v", d, name, i, err)
			}
		}
	}
	f, err := os.Open(filepath.Join(a, "kernel8.img"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(z); string(text) != "the kernel" || err != nil {
		t.Errorf("%q, %v", text, err)
	}
	put(t, filepath.Join(a, "cmdline.txt"), strings.Repeat("x", 2000))
	if err := run([]string{"fill", a, b}); err == nil {
		t.Error("it does not fit, and is filled up")
	}
	put(t, filepath.Join(a, "cmdline.txt"), "")
	put(t, filepath.Join(a, "overlay.bin"), "")
	if err := run([]string{"fill", a, b}); err == nil {
		t.Error("there is no room for it, and it is filled up")
	}
}
