package main

import (
	"regexp"
	"testing"
	"testing/fstest"
)

func card(files fstest.MapFS, name, mac string, device bool) {
	files["sys/class/net/"+name+"/address"] = &fstest.MapFile{Data: []byte(mac + "\n")}
	if device {
		files["sys/class/net/"+name+"/device/vendor"] = &fstest.MapFile{}
	}
}

func TestInstanceIsStable(t *testing.T) {
	pi := fstest.MapFS{"etc/machine-id": {Data: []byte("0123456789abcdef\n")}}
	card(pi, "eth0", "dc:a6:32:01:02:03", true)
	card(pi, "wlan0", "dc:a6:32:01:02:04", true)
	card(pi, "lo", "00:00:00:00:00:00", false)
	here := instance(pi, "/data")
	if !regexp.MustCompile(`^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`).MatchString(here) {
		t.Errorf("%s", here)
	}
	card(pi, "docker0", "02:42:00:00:00:01", false) // comes and goes
	card(pi, "abc0", "06:42:00:00:00:01", true)
	if instance(pi, "/data") != here {
		t.Error("a virtual card changes it")
	}
	if instance(pi, "/other") == here {
		t.Error("two phones on one computer have one name")
	}
	other := fstest.MapFS{}
	card(other, "eth0", "dc:a6:32:01:02:05", true)
	if instance(other, "/data") == here {
		t.Error("two computers have one name")
	}
	bare := fstest.MapFS{"etc/machine-id": {Data: []byte("0123456789abcdef\n")}}
	if a := instance(bare, "/data"); a != instance(bare, "/data") || a == here {
		t.Errorf("without a card: %s", a)
	}
	none := fstest.MapFS{}
	if first := instance(none, "/data"); first == instance(none, "/data") {
		t.Error("two computers that nothing tells apart have one name")
	}
}

// RFC 9562 appendix A.4: the construction, with its own name space and name.
func TestInstanceIsVersion5(t *testing.T) {
	if u := uuid5([16]byte{0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8}, "www.example.com"); u != "2ed6657d-e927-568b-95e1-2665a8aea6a2" {
		t.Error(u)
	}
}
