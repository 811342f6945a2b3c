package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
)

// Load reads the file at path, and those that it names, and checks all of it. Mistakes
// come in line order; the Config is only to be used when there are none. It blocks for
// the disk.
func Load(path string, o Options) (Config, []Mistake) {
	text, err := readFile(path)
	if err != nil {
		m := Mistake{File: filepath.Base(path), Words: unreadable(err), What: "offhook.toml:", Remedy: "cannot be read"}
		if errors.Is(err, fs.ErrNotExist) {
			m.Remedy = "is not there"
		}
		c := Default(o)
		c.File = path
		return c, []Mistake{m}
	}
	if o.folder == "" {
		o.folder = filepath.Dir(path)
	}
	c, ms := Parse(filepath.Base(path), text, o)
	c.File = path
	return c, ms
}

// readFile is at most one byte more than MaxSize, so that an endless file ends.
func readFile(path string) ([]byte, error) { return readUpTo(path, MaxSize) }

// readUpTo is at most one byte more than most.
func readUpTo(path string, most int64) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, errFolder
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, most+1))
}

var errFolder = errors.New("not a file")

func unreadable(err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "no such file"
	case errors.Is(err, fs.ErrPermission):
		return "may not be read; its owner must allow that"
	case errors.Is(err, errFolder):
		return "not a file but a folder or a device"
	}
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	return fmt.Sprintf("cannot be read: %v", err)
}

// Parse is Load of a text already read, which can name no other files; name is what mistakes call it. The text is
// hostile: it never panics, and it ends soon.
func Parse(name string, text []byte, o Options) (Config, []Mistake) {
	c, ms := assemble(open(name, text), o)
	c.File, c.source = name, slices.Clone(text)
	return c, ms
}

// Default is the phone without a file: the simulated board, and account 201 at the
// built-in exchange.
func Default(o Options) Config {
	c, _ := assemble(&document{start: []int{0}}, o)
	return c
}

func assemble(d *document, o Options) (Config, []Mistake) {
	file := readLayer(d)
	b := &builder{
		file:   file,
		layers: []source{{file, File}},
		menu:   fromMenu(o.Menu),
		values: map[string]Value{}, used: map[string]bool{}, told: map[string]bool{},
		folder: o.folder, kept: o.kept,
	}
	warnings := file.warnings
	if len(o.Provisioned) > 0 {
		p := readLayer(open("provisioned", o.Provisioned))
		if len(p.doc.found) == 0 {
			b.layers = append(b.layers, source{p, Provisioned})
		}
		warnings = append(append(warnings, p.warnings...), p.doc.found...)
	}
	c := b.build()
	c.Warnings, c.Values = warnings, b.listed()
	sort.SliceStable(d.found, func(i, j int) bool {
		a, b := d.found[i], d.found[j]
		return a.Line < b.Line || a.Line == b.Line && a.Col < b.Col
	})
	return c, d.found
}

// fromMenu converts what was set on the phone; what is wrong or not marked is left out.
func fromMenu(menu map[string]string) map[string]any {
	all := map[string]any{}
	for key, text := range menu {
		if s := lookup(key); s != nil && s.menu && s.key == key {
			if v := literal(s, text); v != nil {
				all[key] = v
			}
		}
	}
	return all
}

// listed is every value in the order of the schema, account by account.
func (b *builder) listed() []Value {
	var all []Value
	accounts := len(b.accountLayer().accounts)
	for k := 0; k < len(schema); k++ {
		if !strings.HasPrefix(schema[k].key, account1) {
			if v, ok := b.values[schema[k].key]; ok {
				all = append(all, v)
			}
			continue
		}
		end := k
		for end < len(schema) && strings.HasPrefix(schema[end].key, account1) {
			end++
		}
		for i := range accounts {
			for _, s := range schema[k:end] {
				if v, ok := b.values[fmt.Sprintf("account[%d].%s", i, strings.TrimPrefix(s.key, account1))]; ok {
					all = append(all, v)
				}
			}
		}
		k = end - 1
	}
	return all
}
