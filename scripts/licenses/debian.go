package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// A deb is a binary package of Debian, and the source that it was built from.
type deb struct {
	name, version         string
	source, sourceVersion string
	using                 []string // "linux 6.1.5-1": sources that it was made of beside its own
}

// readDebs asks each package for what it is.
func readDebs(list string) ([]deb, error) {
	text, err := os.ReadFile(list)
	if err != nil {
		return nil, err
	}
	var all []deb
	for _, path := range strings.Fields(string(text)) {
		fields, err := exec.Command("dpkg-deb", "-f", path, "Package", "Version", "Source", "Built-Using", "Static-Built-Using").Output()
		if err != nil {
			return nil, fmt.Errorf("%s: dpkg-deb: %w", path, err)
		}
		d, err := parseDeb(string(fields))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		all = append(all, d)
	}
	slices.SortFunc(all, func(a, b deb) int { return strings.Compare(a.name, b.name) })
	return all, nil
}

// parseDeb reads fields of a control file. Source is left out where it is the same, and has a
// version in brackets where that differs (deb-control(5)).
func parseDeb(fields string) (deb, error) {
	var d deb
	for line := range strings.Lines(fields) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		switch name {
		case "Package":
			d.name = value
		case "Version":
			d.version = value
		case "Source":
			source, version, _ := strings.Cut(value, " ")
			d.source, d.sourceVersion = source, strings.Trim(version, "()")
		case "Built-Using", "Static-Built-Using": // "linux (= 6.1.5-1), gcc-12 (= 12.2.0-14)"
			for one := range strings.SplitSeq(value, ", ") {
				d.using = append(d.using, strings.NewReplacer("(= ", "", ")", "").Replace(one))
			}
		}
	}
	if d.name == "" || d.version == "" {
		return deb{}, errors.New("it has no name or no version")
	}
	if d.source == "" {
		d.source = d.name
	}
	if d.sourceVersion == "" {
		d.sourceVersion = d.version
	}
	return d, nil
}

// allHave wants every package's copyright file in the image, where Debian's policy has it
// (section 12.5), with the texts that such a file refers to.
func allHave(root string, packages []deb) error {
	var missing []error
	for _, d := range packages {
		path := filepath.Join("usr/share/doc", d.name, "copyright")
		if info, err := os.Stat(filepath.Join(root, path)); err != nil || info.Size() == 0 {
			missing = append(missing, fmt.Errorf("the image has no %s", path))
		}
	}
	if _, err := os.Stat(filepath.Join(root, "usr/share/common-licenses/GPL-2")); err != nil {
		missing = append(missing, err)
	}
	return errors.Join(missing...)
}

// sourcesText is the offer of the sources.
func sourcesText(packages []deb) string {
	var b strings.Builder
	b.WriteString(`Where the sources of this image are

The image is made of Offhook and of Debian packages that nobody has changed. What is under which
licence stands in /usr/share/doc/NAME/copyright on the card, and what Offhook's program has in
it in /usr/share/doc/offhook.

The image is built by "make image" in Offhook's own tree, at the version that is in its name.
"make sources" there, right after it, puts the source of every package below into one folder,
bin/sources. Whoever gives the image to others, gives them that folder too, from the same place,
or a written offer of it that holds for three years (GNU General Public License 2, section 3).

Debian has the same sources: "apt-get source NAME=VERSION" gets one, and
https://snapshot.debian.org/package/NAME/VERSION/ keeps those that are in no release any more.

`)
	for _, source := range sources(packages) {
		b.WriteString(source + "\n")
	}
	b.WriteString("\nThe binary packages that were built from them, and that are on the card:\n\n")
	for _, d := range packages {
		fmt.Fprintf(&b, "%s %s\n", d.name, d.version)
	}
	return b.String()
}

// sources are "NAME VERSION" of all that the packages were made of, each once.
func sources(packages []deb) []string {
	var all []string
	for _, d := range packages {
		all = append(append(all, d.source+" "+d.sourceVersion), d.using...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}
