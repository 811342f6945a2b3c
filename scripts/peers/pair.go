package peers

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// A Pair is two Kamailios with one location service, as scripts/kamailio sets them up:
// 127.0.0.1 and 127.0.0.2, one port. The password of any user is Password.
type Pair struct {
	Domain string
	Addr   [2]netip.AddrPort // UDP and TCP
	Secure [2]netip.AddrPort // TLS
	Web    [2]netip.AddrPort // WebSocket over TLS
	CA     string            // file of the authority that made their certificate
	nodes  [2]*process
	dir    string

	certificate Certificate
}

// StartPair starts both from the files in folder, which is scripts/kamailio, and returns
// when they answer.
func StartPair(folder, domain string, users ...string) (*Pair, error) {
	port, err := FreePort()
	if err != nil {
		return nil, err
	}
	secure, err := FreePort()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "kamailio")
	if err != nil {
		return nil, fmt.Errorf("peers: %w", err)
	}
	p := &Pair{Domain: domain, dir: dir}
	for i := range p.Addr {
		at := netip.AddrFrom4([4]byte{127, 0, 0, byte(i + 1)})
		p.Addr[i], p.Secure[i], p.Web[i] = netip.AddrPortFrom(at, uint16(port)), netip.AddrPortFrom(at, uint16(secure)), netip.AddrPortFrom(at, uint16(secure+1))
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		return nil, fmt.Errorf("peers: %w", err)
	}
	certificate, err := NewCertificate(dir, time.Hour, domain)
	if err != nil {
		p.Stop()
		return nil, err
	}
	p.CA, p.certificate = certificate.CA, certificate
	for i := range p.nodes {
		if err := p.Start(i, folder, users...); err != nil {
			p.Stop()
			return nil, err
		}
	}
	return p, nil
}

// Start starts node i, or starts it anew after Kill.
func (p *Pair) Start(i int, folder string, users ...string) error {
	home := filepath.Join(p.dir, strconv.Itoa(i+1))
	run := filepath.Join(home, "run")
	if err := os.MkdirAll(run, 0o755); err != nil {
		return fmt.Errorf("peers: %w", err)
	}
	if err := os.MkdirAll(filepath.Join(home, "users"), 0o755); err != nil {
		return fmt.Errorf("peers: %w", err)
	}
	replication := strconv.Itoa(int(p.Addr[i].Port()) + 1)
	settings := map[string]string{
		"NODE_IP": p.Addr[i].Addr().String(), "NODE_PORT": strconv.Itoa(int(p.Addr[i].Port())), "NODE_DMQ": replication,
		"NODE_TLS": strconv.Itoa(int(p.Secure[i].Port())), "NODE_WSS": strconv.Itoa(int(p.Web[i].Port())),
		"HOUSE_CERTIFICATE": p.certificate.Cert, "HOUSE_KEY": p.certificate.Key,
		"OTHER_IP": p.Addr[1-i].Addr().String(), "OTHER_DMQ": replication,
		"HOUSE_DOMAIN": p.Domain, "HOUSE_SECRET": "for a test", "HOUSE_FOLDER": home,
	}
	for _, file := range []string{"kamailio.cfg", "node.cfg", "users/version", "users/subscriber"} {
		b, err := os.ReadFile(filepath.Join(folder, file))
		if err != nil {
			return fmt.Errorf("peers: %w", err)
		}
		text := string(b)
		switch file {
		case "node.cfg":
			if text, err = withNode(text, settings); err != nil {
				return err
			}
		case "users/subscriber":
			text = withUsers(text, p.Domain, users)
		}
		if err := os.WriteFile(filepath.Join(home, file), []byte(text), 0o644); err != nil {
			return fmt.Errorf("peers: %w", err)
		}
	}
	args := []string{"-f", filepath.Join(home, "kamailio.cfg"), "-Y", run, "-DD", "-E", "-m", "32", "-M", "4"}
	if os.Getuid() == 0 {
		var err error
		if args, err = unprivileged(home, run, args); err != nil {
			return err
		}
	}
	var err error
	if p.nodes[i], err = start(home, kamailioPath(), nil, args...); err != nil {
		return err
	}
	return p.nodes[i].await(10*time.Second, "no answer to OPTIONS", func() bool { return answers(p.Addr[i]) })
}

var nodeLine = regexp.MustCompile(`(?m)^#!substdef "!([A-Z_]+)!([^!]*)!g"$`)

// withNode is the sample node.cfg with other values; each name must be in it.
func withNode(text string, settings map[string]string) (string, error) {
	seen := 0
	text = nodeLine.ReplaceAllStringFunc(text, func(line string) string {
		name := nodeLine.FindStringSubmatch(line)[1]
		value, ok := settings[name]
		if !ok {
			return line
		}
		seen++
		return fmt.Sprintf(`#!substdef "!%s!%s!g"`, name, value)
	})
	if seen != len(settings) {
		return "", fmt.Errorf("peers: node.cfg has %d of %d settings", seen, len(settings))
	}
	return text, nil
}

// withUsers is the head of the sample users file with users of a test.
func withUsers(text, domain string, users []string) string {
	head, _, _ := strings.Cut(text, "\n")
	var b strings.Builder
	fmt.Fprintln(&b, head)
	for i, user := range users {
		fmt.Fprintf(&b, "%d:%s:%s:%s:-:-\n", i+1, user, domain, Password(user))
	}
	return b.String()
}

// Kill ends node i at once, as a power cut does.
func (p *Pair) Kill(i int) {
	_ = syscall.Kill(-p.nodes[i].PID(), syscall.SIGKILL)
	<-p.nodes[i].done
}

// Freeze makes node i take what comes and say nothing, until Kill.
func (p *Pair) Freeze(i int) error { return syscall.Kill(-p.nodes[i].PID(), syscall.SIGSTOP) }

// Log is what node i has printed.
func (p *Pair) Log(i int) string { return p.nodes[i].Log() }

// Stop ends both and removes their files.
func (p *Pair) Stop() {
	for _, n := range p.nodes {
		if n != nil {
			_ = syscall.Kill(-n.PID(), syscall.SIGCONT)
			n.Stop()
		}
	}
	os.RemoveAll(p.dir)
}
