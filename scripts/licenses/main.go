// Command licenses writes what has to go with the phone's program and with the SD card image:
// the licences of all that is in them, and where the sources are. It owns the collecting, and
// fails on a licence that nobody has looked at; what the licences ask for it refuses to interpret.
//
//	licenses                          bin/licenses/BINARY: what is linked into bin/offhook-linux-*
//	licenses -debs LIST -root FOLDER  and IMAGE, SOURCES: what of Debian is in the image
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	out := flag.String("o", "bin/licenses", "`folder` to write to")
	debs := flag.String("debs", "", "`file` with the paths of the Debian packages that the image is made of, a line each")
	root := flag.String("root", "", "the image's root `folder`, which must have each package's copyright file")
	flag.Parse()
	if err := run(*out, *debs, *root); err != nil {
		fmt.Fprintln(os.Stderr, "licenses:", err)
		os.Exit(1)
	}
}

func run(out, debs, root string) error {
	linked, err := modules("./firmware", "./firmware/initrd")
	if err != nil {
		return err
	}
	for _, find := range []func() ([]work, error){goItself, libraries} {
		more, err := find()
		if err != nil {
			return err
		}
		linked = append(linked, more...)
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(out, "BINARY"), []byte(binaryText(linked)), 0o644); err != nil {
		return err
	}
	fmt.Printf("%s: %d works, %s\n", filepath.Join(out, "BINARY"), len(linked), summary(linked))
	if debs == "" {
		return nil
	}
	packages, err := readDebs(debs)
	if err != nil {
		return err
	}
	if err := allHave(root, packages); err != nil {
		return err
	}
	sources := sourcesText(packages)
	if err := os.WriteFile(filepath.Join(out, "SOURCES"), []byte(sources), 0o644); err != nil {
		return err
	}
	fmt.Printf("%s: %d packages of Debian\n", filepath.Join(out, "SOURCES"), len(packages))
	return nil
}
