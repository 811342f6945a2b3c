package main

import (
	"context"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const (
	devKey = "../keys/development.key"
	devPub = "../keys/development.pub"
)

// pair writes a key of a person's own, and its public half, as openssl does.
func pair(t *testing.T) (private, public string) {
	t.Helper()
	pub, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	k, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	p, err := x509.MarshalPKIXPublicKey(pub)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	return put(t, filepath.Join(dir, "mine.key"), string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: k}))),
		put(t, filepath.Join(dir, "mine.pub"), string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: p})))
}

func text(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestKeys(t *testing.T) {
	key, pub := pair(t)
	nextKey, nextPub := pair(t)
	dir := t.TempDir()
	both := put(t, filepath.Join(dir, "both.pub"), text(t, pub)+text(t, nextPub))
	mixed := put(t, filepath.Join(dir, "mixed.pub"), text(t, pub)+text(t, devPub))
	// The same key as another program may write it: other ends of line, and lines of 40 letters.
	lines := strings.Split(strings.TrimSpace(text(t, devPub)), "\n")
	windows := put(t, filepath.Join(dir, "windows.pub"), "mine\r\n"+lines[0]+"\r\n"+lines[1][:40]+"\r\n"+lines[1][40:]+"\r\n"+lines[2]+"\r\n")
	for _, c := range []struct {
		name, private, public, refused string
		want                           error
	}{
		{"development", devKey, devPub, "", nil},
		{"development in a release", devKey, devPub, devPub, errRefused},
		{"the same, written otherwise", devKey, windows, devPub, errRefused},
		{"the second of two", key, mixed, devPub, errRefused},
		{"my own", key, pub, devPub, nil},
		{"the present key of two", key, both, devPub, nil},
		{"the next key of two", nextKey, both, devPub, nil},
		{"a key that nobody trusts", key, nextPub, "", errOthers},
		{"the development key with my own", devKey, pub, devPub, errOthers},
	} {
		args := []string{"keys", c.private, c.public}
		if c.refused != "" {
			args = append(args, c.refused)
		}
		if err := run(args); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
	for _, args := range [][]string{
		{"keys", pub, pub}, {"keys", key, key}, {"keys", key, pub, key},
		{"keys", filepath.Join(dir, "none"), pub}, {"keys", key, filepath.Join(dir, "none")}, {"keys", key, pub, filepath.Join(dir, "none")},
	} {
		if run(args) == nil {
			t.Errorf("%v is taken", args)
		}
	}
}

// What make image runs asks so before it does anything else: what it would do next are stubs here.
func TestReleaseImage(t *testing.T) {
	key, pub := pair(t)
	stubs := t.TempDir()
	for _, name := range []string{"find", "mkdir", "rm", "apt-get", "mksquashfs"} {
		if err := os.WriteFile(filepath.Join(stubs, name), []byte("#!/bin/sh\necho it goes on >&2\nexit 1\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	image := func(settings ...string) string {
		ctx, stop := context.WithTimeout(t.Context(), 5*time.Minute)
		defer stop()
		c := exec.CommandContext(ctx, "../image.sh", "-x")
		c.Env = append(os.Environ(), "PATH="+stubs+":"+os.Getenv("PATH"), "UPDATE_KEY=", "UPDATE_PUB=", "OFFHOOK_RELEASE=")
		c.Env = append(c.Env, settings...)
		c.WaitDelay = time.Second
		out, err := c.CombinedOutput()
		if err == nil {
			t.Errorf("%v: it ends well\n%s", settings, out)
		}
		return string(out)
	}
	const release, goesOn = "OFFHOOK_RELEASE=1", "it goes on"
	for _, c := range []struct {
		settings []string
		want     error // nil: it goes on
	}{
		{nil, nil},
		{[]string{release}, errRefused},
		{[]string{release, "UPDATE_KEY=" + key, "UPDATE_PUB=" + pub}, nil},
	} {
		said := image(c.settings...)
		if on := strings.Contains(said, goesOn); on != (c.want == nil) || c.want != nil && !strings.Contains(said, c.want.Error()) {
			t.Errorf("%v: want %v; it says\n%s", c.settings, c.want, said)
		}
	}
}
