package cards

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/offhook/offhook/scripts/golden"
)

// A tree of testdata is a file system: "path = content", \n a new line in it, "path -> link",
// "path/" a folder. What follows "==" is what List makes of it.
func tree(text string) fstest.MapFS {
	root := fstest.MapFS{}
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		if name, content, ok := strings.Cut(line, " = "); ok {
			root[name] = &fstest.MapFile{Data: []byte(strings.ReplaceAll(content, `\n`, "\n"))}
		} else if name, to, ok := strings.Cut(line, " -> "); ok {
			root[name] = &fstest.MapFile{Data: []byte(to), Mode: fs.ModeSymlink | 0o777}
		} else if strings.HasSuffix(line, "/") {
			root[strings.TrimSuffix(line, "/")] = &fstest.MapFile{Mode: fs.ModeDir | 0o555}
		}
	}
	return root
}

func load(t *testing.T, name string) (before string, root fstest.MapFS, listed string) {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	before, listed, _ = strings.Cut(string(b), "==\n")
	return before, tree(before), listed
}

func listing(all []Card) string {
	var out strings.Builder
	for _, c := range all {
		does := ""
		if c.Play {
			does += " plays"
		}
		if c.Record {
			does += " records"
		}
		fmt.Fprintf(&out, "%s\n  now card %d, %q, opened as %s,%s\n", Name(c, all), c.Number, c.Label, c.ALSA(), does)
	}
	return out.String()
}

// What the kernel tells of a machine, and the names that come of it.
func TestList(t *testing.T) {
	names, _ := filepath.Glob("testdata/*.tree")
	if len(names) < 4 {
		t.Fatal("no trees")
	}
	for _, name := range names {
		before, root, _ := load(t, name)
		golden.File(t, name, before+"==\n"+listing(List(root)))
	}
}

// The two equal cards of the Pi in the other order, as after another start: each name means
// the same socket as before, though number and ALSA's ID have changed places.
func TestNamesOutliveTheOrder(t *testing.T) {
	_, one, _ := load(t, "testdata/pi.tree")
	_, two, _ := load(t, "testdata/pi-other-order.tree")
	before, after := List(one), List(two)
	moved := 0
	for _, c := range before {
		name := Name(c, before)
		f, err := Find(name, after)
		if err != nil || f.Port != c.Port || f.Label != c.Label || f.More != 0 {
			t.Errorf("%s was %+v, and is %+v, %v", name, c, f, err)
		}
		if f.ID != c.ID && f.Number != c.Number {
			moved++
		}
	}
	if moved != 2 {
		t.Errorf("%d cards have changed places; the trees test nothing", moved)
	}
}

func TestFind(t *testing.T) {
	_, root, _ := load(t, "testdata/pi.tree")
	all := List(root)
	for name, want := range map[string]string{
		"usb:0d8c:0014@0000:01:00.0-1.2": "plughw:CARD=Device,DEV=0",
		"usb:0d8c:0014@0000:01:00.0-1.3": "plughw:CARD=Device_1,DEV=0",
		"usb:0D8C:0014":                  "plughw:CARD=Device,DEV=0 1",
		"usb:0d8c:0014:":                 "plughw:CARD=Device,DEV=0 1",
		"Headphones":                     "plughw:CARD=Headphones,DEV=0",
		"headph":                         "plughw:CARD=Headphones,DEV=0",
		"PnP":                            "plughw:CARD=Device,DEV=0 1",
		"Device_1":                       "plughw:CARD=Device_1,DEV=0",
		"plughw:CARD=Device_1,DEV=0":     "plughw:CARD=Device_1,DEV=0",
		"hw:1,0":                         "hw:1,0",
		"vc4hdmi1":                       "plughw:CARD=vc4hdmi1,DEV=0",
	} {
		f, err := Find(name, all)
		got := f.Device
		if f.More > 0 {
			got += fmt.Sprint(" ", f.More)
		}
		if err != nil || got != want {
			t.Errorf("%s means %s, %v, want %s", name, got, err, want)
		}
	}
	for _, name := range []string{"", "usb:0d8c:0015", "usb:0d8c:0014:1234", "usb:0d8c:0014@0000:01:00.0-1.4", "usb:", "Devic_1", "hw:9,0"} {
		if f, err := Find(name, all); !errors.Is(err, ErrNone) {
			t.Errorf("%q means %+v, %v", name, f, err)
		}
	}
	if got := Names(all); len(got) != 3*len(all) || got[0] != "Headphones" {
		t.Errorf("names %q", got)
	}
}

// With serial numbers the sockets do not matter.
func TestFindBySerial(t *testing.T) {
	_, root, _ := load(t, "testdata/serials.tree")
	all := List(root)
	for name, port := range map[string]string{"usb:047f:c056:AA11": "0000:00:14.0-2", "usb:047f:c056:BB22": "0000:00:14.0-10"} {
		if f, err := Find(name, all); err != nil || f.Port != port || f.More != 0 {
			t.Errorf("%s means %+v, %v", name, f, err)
		}
	}
}

// Whatever stands in the files of a hostile device: there is no panic, every card has a
// name that means it and fits on a line of settings, and the list is bounded.
func FuzzList(f *testing.F) {
	f.Add(" 0 [Device         ]: USB-Audio - USB PnP\n", "0d8c:0014\n", "../../devices/pci/usb1/1-1/1-1:1.0/sound/card0", "A1\n")
	f.Add(" 0 [x]: y - \x1b[2J\"\\", "0d8c:0014", "/", "\x00")
	f.Add(" 7 [a]: - \n 7 [b]: \n 1 [a]: c - d", "", "../..", "")
	f.Fuzz(func(t *testing.T, list, id, link, serial string) {
		root := fstest.MapFS{"proc/asound/cards": {Data: []byte(list)}}
		for n := range 8 {
			root[fmt.Sprintf("proc/asound/card%d/usbid", n)] = &fstest.MapFile{Data: []byte(id)}
			root[fmt.Sprintf("sys/class/sound/card%d", n)] = &fstest.MapFile{Data: []byte(link), Mode: fs.ModeSymlink}
		}
		root["sys/devices/pci/usb1/1-1/serial"] = &fstest.MapFile{Data: []byte(serial)}
		all := List(root)
		if len(all) > maxCards {
			t.Fatalf("%d cards", len(all))
		}
		for _, c := range all {
			for _, text := range []string{Name(c, all), c.Label, c.ALSA()} {
				if text == "" || strings.ContainsAny(text, "\"\\\x00\x1b\n\x7f") || len(text) > 4*maxText+64 {
					t.Fatalf("%q is no name", text)
				}
			}
			if found, err := Find(Name(c, all), all); err != nil || c.Port == "" && found.ID != c.ID && !c.USB() {
				t.Fatalf("%+v is not found by %q: %+v, %v", c, Name(c, all), found, err)
			}
		}
	})
}

func TestNatural(t *testing.T) {
	order := []string{"", "0000:00:14.0-2", "0000:00:14.0-10", "0000:01:00.0-1.2", "0000:01:00.0-1.10", "xhci-hcd.0-1"}
	for i, a := range order {
		for j, b := range order {
			if got := natural(a, b); (got < 0) != (i < j) || (got == 0) != (i == j) {
				t.Errorf("%q beside %q: %d", a, b, got)
			}
		}
	}
}
