package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// image is a card's image with a FAT partition where ours is; what follows it is noise.
func image(t *testing.T) (path string) {
	t.Helper()
	for _, tool := range []string{"mkfs.vfat", "mcopy", "xz"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("scripts/deps.sh image installs %s", tool)
		}
	}
	path = filepath.Join(t.TempDir(), "offhook.img")
	noise := bytes.Repeat([]byte("offhook"), (12<<20+5000)/7)
	copy(noise[510:], "\x55\xaa") // a table of partitions, as far as its mark
	if err := os.WriteFile(path, noise, 0o644); err != nil {
		t.Fatal(err)
	}
	fat := filepath.Join(t.TempDir(), "fat")
	if err := os.WriteFile(fat, make([]byte, 4<<20), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"mkfs.vfat", fat},
		{"dd", "if=" + fat, "of=" + path, "bs=1M", "seek=4", "conv=notrunc"},
	} {
		if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
	}
	return path
}

// checker stands for "offhook check": it takes any file without the word "wrong".
func checker(t *testing.T) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "offhook")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n[ \"$1\" = check ] && ! grep wrong \"$2\"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

// A plain file stands for a card: all of the image is in it afterwards, whatever card was there.
func TestToAFile(t *testing.T) {
	img := image(t)
	want, err := os.ReadFile(img)
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("xz", "-k", "-0", img).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	dir := t.TempDir()
	for _, from := range []string{img, img + ".xz"} {
		card := filepath.Join(dir, "card")
		former := bytes.Repeat([]byte{7}, len(want)+1000)
		copy(former[510:], "\x55\xaa")
		if err := os.WriteFile(card, former, 0o644); err != nil {
			t.Fatal(err)
		}
		var said strings.Builder
		if err := (job{image: from, device: card, out: &said}).run(); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(card); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: the card is not the image (%v)", from, err)
		}
		if s := said.String(); !strings.Contains(s, "written: 100%") || !strings.Contains(s, "read back: 100%") {
			t.Errorf("it says\n%s", s)
		}
	}
	left, err := filepath.Glob(filepath.Join(filepath.Dir(img), ".flash-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

func TestConfig(t *testing.T) {
	img, dir := image(t), t.TempDir()
	before, err := os.ReadFile(img)
	if err != nil {
		t.Fatal(err)
	}
	config, card := filepath.Join(dir, "hall.toml"), filepath.Join(dir, "card")
	text := "[phone]\r\nname = \"Hall\"\r\n"
	if err := os.WriteFile(config, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := (job{image: img, config: config, offhook: checker(t), device: card, out: io.Discard}).run(); err != nil {
		t.Fatal(err)
	}
	got, err := exec.Command("mtype", "-i", card+"@@4M", "::/offhook.toml").Output()
	if err != nil || string(got) != text {
		t.Errorf("%q on the card, want %q (%v)", got, text, err)
	}
	if after, err := os.ReadFile(img); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the image itself has changed (%v)", err)
	}
	// A file with a mistake is on no card, and the card is as it was.
	was, err := os.ReadFile(card)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(config, []byte("wrong"), 0o644); err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	err = (job{image: img, config: config, offhook: checker(t), device: card, out: &said}).run()
	if err == nil || !strings.Contains(said.String(), "wrong") {
		t.Errorf("%v, and it says %q", err, &said)
	}
	if is, err := os.ReadFile(card); err != nil || !bytes.Equal(is, was) {
		t.Errorf("the card has changed (%v)", err)
	}
}

// What the settings name, certificates and users, is on the card too; else the phone would find a
// mistake there that nobody finds here.
func TestFilesThatTheSettingsName(t *testing.T) {
	img, dir := image(t), t.TempDir()
	config, card := filepath.Join(dir, "hall.toml"), filepath.Join(dir, "card")
	put := func(name, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	flash := func(name string) error {
		put("hall.toml", "[exchange]\nusers_file = '"+name+"'\n")
		put(name, "202 opensesame\n")
		return (job{image: img, config: config, offhook: checker(t), device: card, out: io.Discard}).run()
	}
	if err := flash("./House users.txt"); err != nil {
		t.Fatal(err)
	}
	if got, err := exec.Command("mtype", "-i", card+"@@4M", "::/House users.txt").Output(); err != nil || string(got) != "202 opensesame\n" {
		t.Errorf("%q on the card (%v)", got, err)
	}
	for name, want := range map[string]string{"lists/users.txt": "lies beside offhook.toml", "config.txt": "a file of the board's own", "Kernel8.IMG": "a file of the board's own"} {
		if err := flash(name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", name, err, want)
		}
	}
}

// rotten is an image that differs in one byte from what is on the card.
type rotten struct {
	io.ReaderAt
	at int64
}

func (r rotten) ReadAt(p []byte, at int64) (int, error) {
	n, err := r.ReaderAt.ReadAt(p, at)
	if i := r.at - at; i >= 0 && i < int64(n) {
		p[i] ^= 1
	}
	return n, err
}

func TestVerifyFindsOneByte(t *testing.T) {
	const all = 2*step + 777
	want := bytes.Repeat([]byte("image"), all/5+1)[:all]
	card, err := os.Create(filepath.Join(t.TempDir(), "card"))
	if err != nil {
		t.Fatal(err)
	}
	defer card.Close()
	quiet := func(int64, int64) {}
	if err := write(card, bytes.NewReader(want), all, quiet); err != nil {
		t.Fatal(err)
	}
	if err := verify(card, bytes.NewReader(want), all, quiet); err != nil {
		t.Errorf("a good card: %v", err)
	}
	for _, at := range []int64{0, step - 1, step, all - 1} {
		if err := verify(card, rotten{bytes.NewReader(want), at}, all, quiet); err == nil {
			t.Errorf("a wrong byte at %d was not found", at)
		}
	}
	// A card that is smaller than it says.
	if err := card.Truncate(all - 1); err != nil {
		t.Fatal(err)
	}
	if err := verify(card, bytes.NewReader(want), all, quiet); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a card that ends early: %v", err)
	}
}

func TestWhatIsNoCard(t *testing.T) {
	img := image(t)
	for _, c := range []struct{ device, want string }{
		{"/dev/offhook-has-no-such-disk", "there is no /dev/offhook"},
		{"/dev/null", "neither a disk nor a file"},
		{t.TempDir(), "neither a disk nor a file"},
	} {
		if err := (job{image: img, device: c.device, out: io.Discard}).run(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.device, err, c.want)
		}
	}
	// A file of somebody's is not a card, unless it is told to be one; a former card is, and so is an empty file.
	note := filepath.Join(t.TempDir(), "passwd")
	for _, c := range []struct {
		holds string
		force bool
		taken bool
	}{
		{"root:x:0:0\n", false, false},
		{strings.Repeat("root:x:0:0\n", 100), false, false},
		{"\x00\x00", false, false},
		{"root:x:0:0\n", true, true},
		{"", false, true},
		{strings.Repeat("\x00", 4096), false, true},
		{strings.Repeat("\x90", 510) + "\x55\xaa", false, true},
	} {
		if err := os.WriteFile(note, []byte(c.holds), 0o600); err != nil {
			t.Fatal(err)
		}
		err := (job{image: img, device: note, force: c.force, out: io.Discard}).run()
		if now, _ := os.ReadFile(note); (err == nil) != c.taken || (string(now) != c.holds) != c.taken {
			t.Errorf("a file of %.20q, forced %v: %v, and it holds %d bytes", c.holds, c.force, err, len(now))
		}
	}
	if err := (job{image: "/nowhere.img", device: filepath.Join(t.TempDir(), "card"), out: io.Discard}).run(); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("without an image: %v", err)
	}
}
