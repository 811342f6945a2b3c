package soak

import (
	"net"
	"os"
	"slices"
	"testing"
)

// What is read of this very process changes when it opens a socket, and changes back.
func TestFootprintSeesASocket(t *testing.T) {
	before, err := footprintOf(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	if before.files < 3 || before.threads < 1 || before.resident < 1<<20 {
		t.Errorf("a Go program with %+v", before)
	}
	socket, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := socket.LocalAddr().(*net.UDPAddr).Port
	during, _ := footprintOf(os.Getpid())
	if during.files <= before.files {
		t.Errorf("%d files with a socket, %d without", during.files, before.files)
	}
	if ports, err := openPorts(os.Getpid()); err != nil || !slices.Contains(ports, port) {
		t.Errorf("open ports %v, want %d among them: %v", ports, port, err)
	}
	socket.Close()
	if ports, err := openPorts(os.Getpid()); err != nil || slices.Contains(ports, port) {
		t.Errorf("port %d is closed, and among %v: %v", port, ports, err)
	}
}

func TestNoSuchProcess(t *testing.T) {
	if _, err := footprintOf(1 << 30); err == nil {
		t.Error("a footprint of nobody")
	}
	if _, err := openPorts(1 << 30); err == nil {
		t.Error("ports of nobody")
	}
}

func TestParseStatus(t *testing.T) {
	threads, resident, err := parseStatus("Name:\toff hook\nVmRSS:\t   24680 kB\nRssAnon:\t   12345 kB\nThreads:\t9\n")
	if threads != 9 || resident != 12345<<10 || err != nil {
		t.Errorf("%d threads, %d bytes, %v", threads, resident, err)
	}
	for _, bad := range []string{"", "Threads:\t9\n", "Threads:\tmany\nRssAnon: 1 kB\n", "Threads: 1\nRssAnon:\tx kB\n"} {
		if _, _, err := parseStatus(bad); err == nil {
			t.Errorf("%q is taken for a status", bad)
		}
	}
}

func TestParsePorts(t *testing.T) {
	const text = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  351: 0100007F:13C4 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 100 2 0000000000000000 0
  352: 00000000:7530 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 101 2 0000000000000000 0
  353: 00000000:7531 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 102 2 0000000000000000 0
  nonsense
`
	got := parsePorts(text, map[string]bool{"100": true, "102": true, "inode": true})
	if want := []int{5060, 30001}; !slices.Equal(got, want) {
		t.Errorf("ports %v, want %v", got, want)
	}
}
