package soak

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// A footprint is what a process holds, from /proc (proc(5)).
type footprint struct {
	files    int   // open file descriptors
	threads  int   // of the system
	resident int64 // VmRSS less the pages of files, in bytes: what it has written itself
}

func footprintOf(pid int) (f footprint, err error) {
	dir := filepath.Join("/proc", strconv.Itoa(pid))
	files, err := os.ReadDir(filepath.Join(dir, "fd"))
	if err != nil {
		return f, err
	}
	text, err := os.ReadFile(filepath.Join(dir, "status"))
	if err != nil {
		return f, err
	}
	f.files = len(files)
	f.threads, f.resident, err = parseStatus(string(text))
	return f, err
}

// parseStatus reads the threads and RssAnon of /proc/PID/status.
func parseStatus(text string) (threads int, resident int64, err error) {
	for line := range strings.Lines(text) {
		key, value, _ := strings.Cut(line, ":")
		number, _, _ := strings.Cut(strings.TrimSpace(value), " ")
		switch key {
		case "Threads":
			threads, err = strconv.Atoi(number)
		case "RssAnon":
			resident, err = strconv.ParseInt(number, 10, 64)
			resident <<= 10
		}
		if err != nil {
			return 0, 0, fmt.Errorf("soak: status: %w", err)
		}
	}
	if threads == 0 || resident == 0 {
		return 0, 0, fmt.Errorf("soak: status tells no threads or no memory")
	}
	return threads, resident, nil
}

// openPorts are the UDP ports on IPv4 that the process has open now, ascending.
func openPorts(pid int) ([]int, error) {
	dir := filepath.Join("/proc", strconv.Itoa(pid))
	files, err := os.ReadDir(filepath.Join(dir, "fd"))
	if err != nil {
		return nil, err
	}
	own := map[string]bool{}
	for _, f := range files {
		// One that was closed since is no socket any more.
		to, _ := os.Readlink(filepath.Join(dir, "fd", f.Name()))
		if inode, ok := strings.CutPrefix(to, "socket:["); ok {
			own[strings.TrimSuffix(inode, "]")] = true
		}
	}
	text, err := os.ReadFile(filepath.Join(dir, "net", "udp"))
	if err != nil {
		return nil, err
	}
	return parsePorts(string(text), own), nil
}

// parsePorts reads /proc/PID/net/udp: the local port is the hexadecimal end of the second
// field, the socket's inode the tenth.
func parsePorts(text string, own map[string]bool) (ports []int) {
	for line := range strings.Lines(text) {
		field := strings.Fields(line)
		if len(field) < 10 || !own[field[9]] {
			continue
		}
		_, hex, _ := strings.Cut(field[1], ":")
		if port, err := strconv.ParseUint(hex, 16, 16); err == nil && port != 0 {
			ports = append(ports, int(port))
		}
	}
	slices.Sort(ports)
	return slices.Compact(ports)
}
