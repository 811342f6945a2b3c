// Command bundle makes what updates a phone: it signs a bundle of a slot's parts, fills the
// files of a slot's folder up to the room that updates have in them, and says whether an image
// may have a pair of keys. It owns no format: that is firmware/bundle's.
package main

import (
	"bufio"
	"crypto/ed25519"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/offhook/offhook/firmware/bundle"
	"github.com/offhook/offhook/firmware/install"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bundle:", err)
		os.Exit(1)
	}
}

var errUsage = errors.New("usage: bundle make [flags] OUT | bundle fill DIR EMPTY | bundle show FILE PUBLIC-KEY | bundle keys PRIVATE PUBLIC [REFUSED]")

func run(args []string) error {
	switch {
	case len(args) > 0 && args[0] == "make":
		return pack(args[1:])
	case len(args) == 3 && args[0] == "fill":
		return fill(args[1], args[2])
	case len(args) == 3 && args[0] == "show":
		return show(os.Stdout, args[1], args[2])
	case len(args) == 3 && args[0] == "keys":
		return keys(args[1], args[2], "")
	case len(args) == 4 && args[0] == "keys":
		return keys(args[1], args[2], args[3])
	}
	return errUsage
}

// pack makes a bundle, under another name until it is whole.
func pack(args []string) error {
	f := flag.NewFlagSet("make", flag.ContinueOnError)
	var m bundle.Manifest
	f.StringVar(&m.Version, "version", "", "as git describes it")
	f.Int64Var(&m.Built, "built", 0, "time of the last change, in seconds since 1970")
	f.StringVar(&m.Board, "board", "", "what it runs on, as Go names it: arm64")
	f.StringVar(&m.Kernel, "kernel", "", "release of the kernel")
	boot := f.String("boot", "", "`folder` of the slot's boot files")
	root := f.String("root", "", "`file` of the root")
	keyFile := f.String("key", "", "`file` with the private key")
	if err := f.Parse(args); err != nil {
		return err
	}
	if f.NArg() != 1 {
		return errUsage
	}
	key, err := privateKey(*keyFile)
	if err != nil {
		return err
	}
	names, err := filepath.Glob(filepath.Join(*boot, "*"))
	if err != nil {
		return err
	}
	slices.Sort(names)
	var parts []bundle.Source
	for _, n := range names {
		parts = append(parts, source(bundle.BootDir+filepath.Base(n), n))
	}
	parts = append(parts, source(bundle.Root, *root))
	out, err := os.CreateTemp(filepath.Dir(f.Arg(0)), ".bundle")
	if err != nil {
		return err
	}
	defer os.Remove(out.Name())
	defer out.Close()
	w := bufio.NewWriterSize(out, 1<<20)
	if err := bundle.Write(w, m, parts, key); err != nil {
		return err
	}
	if err := errors.Join(w.Flush(), out.Chmod(0o644), out.Close()); err != nil {
		return err
	}
	return os.Rename(out.Name(), f.Arg(0))
}

func source(name, path string) bundle.Source {
	return bundle.Source{Name: name, Open: func() (io.ReadCloser, error) { return os.Open(path) }}
}

func privateKey(file string) (ed25519.PrivateKey, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return bundle.PrivateKey(text)
}

// room is how long the files of a slot's folder are, for good: what later kernels may need, in
// bytes. A file whose name is not here ends in one that is.
var room = []struct {
	suffix string
	size   int64
}{
	{install.Kernel, 16 << 20},
	{"initrd.img", 6 << 20},
	{".dtb", 96 << 10},
	{"cmdline.txt", 1 << 10},
}

// fill makes every file of a folder as long as its room, and another folder's like them, empty.
func fill(dir, empty string) error {
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		return err
	}
	if err := os.MkdirAll(empty, 0o755); err != nil {
		return err
	}
	for _, path := range names {
		i := slices.IndexFunc(room, func(r struct {
			suffix string
			size   int64
		}) bool {
			return strings.HasSuffix(path, r.suffix)
		})
		if i < 0 {
			return fmt.Errorf("there is no room for %s", path)
		}
		file, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if int64(len(file)) > room[i].size {
			return fmt.Errorf("%s has %d bytes, and room for %d", path, len(file), room[i].size)
		}
		whole, err := io.ReadAll(install.Padded(path, strings.NewReader(string(file)), int64(len(file)), room[i].size))
		if err != nil {
			return err
		}
		if err := os.WriteFile(path, whole, 0o644); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(empty, filepath.Base(path)), make([]byte, room[i].size), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// show checks a whole bundle and says what is in it.
func show(w io.Writer, file, key string) error {
	trusted, err := publicKeys(key)
	if err != nil {
		return err
	}
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	b, err := bundle.Open(bufio.NewReader(f), trusted)
	if err != nil {
		return err
	}
	m := b.Manifest
	fmt.Fprintf(w, "version %s\nboard   %s\nkernel  %s\n", m.Version, m.Board, m.Kernel)
	for {
		p, r, err := b.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if _, err := io.Copy(io.Discard, r); err != nil {
			return err
		}
		fmt.Fprintf(w, "%9d %s\n", p.Size, p.Name)
	}
}
