package main

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// system runs "offhook system" on a file and returns what it wrote, by path, and said.
func system(t *testing.T, text, data string) (map[string]string, string) {
	t.Helper()
	dir, root := t.TempDir(), t.TempDir()
	file := filepath.Join(dir, "offhook.toml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	if code := dispatch(context.Background(), streams{strings.NewReader(""), &said, &said}, []string{"system", "-config", file, "-data", data, "-root", root}); code != 0 {
		t.Fatalf("exit code %d: %s", code, &said)
	}
	wrote := map[string]string{}
	filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			text, _ := os.ReadFile(path)
			rest, _ := filepath.Rel(root, path)
			wrote[rest] = string(text)
		}
		return err
	})
	return wrote, said.String()
}

func TestSystem(t *testing.T) {
	wrote, said := system(t, "[phone]\nname = \"Front door\"\n[network]\naddress = \"192.168.7.20/24\"\n", t.TempDir())
	if said != "" {
		t.Errorf("it said %q", said)
	}
	if wrote["etc/hostname"] != "front-door\n" || !strings.Contains(wrote["run/systemd/network/10-phone.network"], "Address=192.168.7.20/24\n") {
		t.Errorf("it wrote %q", wrote)
	}
}

// A mistake in the file leaves the network as it was: the phone stays within reach.
func TestSystemOfTheLastGoodFile(t *testing.T) {
	data := t.TempDir()
	if err := os.WriteFile(filepath.Join(data, "last-good.toml"), []byte("[network]\naddress = \"192.168.7.20/24\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	wrote, said := system(t, "[network]\naddress = \"192.168.7.21\"\n", data)
	if !strings.Contains(said, "network.address") || !strings.Contains(wrote["run/systemd/network/10-phone.network"], "Address=192.168.7.20/24\n") {
		t.Errorf("it said %q and wrote %q", said, wrote)
	}
}

// It is never run by accident on a computer that has a life of its own.
func TestSystemWantsARoot(t *testing.T) {
	var said bytes.Buffer
	if code := dispatch(context.Background(), streams{strings.NewReader(""), &said, &said}, []string{"system"}); code != 2 {
		t.Errorf("exit code %d: %s", code, &said)
	}
}
