package locate

import (
	"bufio"
	"bytes"
	"io"
	"net/netip"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/miekg/dns"
)

const maxFile = 64 << 10 // octets of a system file that are read

// files are the system's files about names, read again whenever they have changed.
type files struct {
	resolv, hosts string // paths

	mu       sync.Mutex
	seen     [2]stamp
	serving  []string
	byName   map[string][]netip.Addr
	changing bool // the servers have changed since they were last asked for
}

// A stamp tells one state of a file from another.
type stamp struct {
	at   time.Time
	size int64
}

// servers are the name servers, as addresses; changed: others than the last time.
func (f *files) servers() (all []string, changed bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.look()
	changed, f.changing = f.changing, false
	return f.serving, changed
}

// addrs are the addresses that /etc/hosts gives a name.
func (f *files) addrs(name string) []netip.Addr {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.look()
	return slices.Clone(f.byName[strings.ToLower(strings.TrimSuffix(name, "."))])
}

func (f *files) look() {
	if text, changed := changedFile(f.resolv, &f.seen[0]); changed {
		was := f.serving
		f.serving = nameServers(text)
		f.changing = f.changing || was != nil && !slices.Equal(was, f.serving)
	}
	if text, changed := changedFile(f.hosts, &f.seen[1]); changed {
		f.byName = hosts(text)
	}
}

// changedFile is the text of a file if it is another than seen; a file that is not there
// is empty.
func changedFile(path string, seen *stamp) ([]byte, bool) {
	now := stamp{size: -1}
	if info, err := os.Stat(path); err == nil {
		now = stamp{info.ModTime(), info.Size()}
	}
	if now == *seen {
		return nil, false
	}
	*seen = now
	file, err := os.Open(path)
	if err != nil {
		return nil, true
	}
	defer file.Close()
	text, _ := io.ReadAll(io.LimitReader(file, maxFile))
	return text, true
}

// nameServers are the addresses of resolv.conf (resolv.conf(5)).
func nameServers(text []byte) []string {
	c, err := dns.ClientConfigFromReader(bytes.NewReader(text))
	if err != nil {
		return nil
	}
	return slices.DeleteFunc(c.Servers, func(s string) bool {
		_, err := netip.ParseAddr(s)
		return err != nil
	})
}

// hosts are the names of a file like /etc/hosts (hosts(5)).
func hosts(text []byte) map[string][]netip.Addr {
	all := map[string][]netip.Addr{}
	lines := bufio.NewScanner(bytes.NewReader(text))
	for lines.Scan() {
		line, _, _ := strings.Cut(lines.Text(), "#")
		fields := strings.Fields(line)
		if len(fields) < 2 {
			continue
		}
		a, err := netip.ParseAddr(fields[0])
		if err != nil {
			continue
		}
		for _, name := range fields[1:] {
			name = strings.ToLower(strings.TrimSuffix(name, "."))
			if a = a.Unmap(); !slices.Contains(all[name], a) && len(all[name]) < maxRecords {
				all[name] = append(all[name], a)
			}
		}
	}
	return all
}
