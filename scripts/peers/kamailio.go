package peers

import (
	_ "embed"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"text/template"
	"time"
)

//go:embed kamailio.cfg
var kamailioConfig string

// A Registrar says how Kamailio behaves. The zero value challenges with MD5, keeps a
// nonce for five minutes and takes any expiry.
type Registrar struct {
	Domain       string // "": pbx.test
	Algorithm    string // of digest: "MD5" (also ""), "SHA-256"
	NonceSeconds int    // after which a nonce is stale; 0: 300
	MinExpires   int    // in seconds; less is answered 423
	Workers      int    // processes for UDP; 0: one, so that what is sent in order arrives in order
	Port         int    // 0: a free one; TLS is on the next
	// TLS is the server's certificate; nil: one of an authority of its own, made at start
	// for Domain, "localhost" and 127.0.0.1.
	TLS  *Certificate
	IPv6 bool // it listens on [::1] as well, UDP and TCP
	// Presence makes it a presence server as well (Debian's kamailio-presence-modules):
	// voice mail, dialogs, presence and registrations of its users, as they are published to it.
	Presence bool
	Tables   string // folder of its presence tables; "": copies of Debian's, made at start
	// Media is where a media relay takes orders, in rtpproxy's protocol: it is put between
	// the parties of every call. Zero: none is.
	Media netip.AddrPort
	// Netns is the network namespace that it runs in, "" ours, and Bind its address there;
	// "": 127.0.0.1.
	Netns, Bind string
}

// Kamailio is Debian's, as registrar and record-routing proxy for Domain. Every user
// exists; see Password. It listens on Addr, UDP and TCP, and on Secure with TLS. Further
// numbers have ways of their own: 8486 answers 486, 9202 redirects to 202.
type Kamailio struct {
	*process
	Registrar
	Addr, Secure netip.AddrPort
	dir          string
}

// TLSPort is where it speaks TLS.
func (r Registrar) TLSPort() int { return r.Port + 1 }

// Password is that of any user of the registrar.
func Password(user string) string { return user + "-secret" }

func (r Registrar) filled() (Registrar, error) {
	if r.Domain == "" {
		r.Domain = "pbx.test"
	}
	if r.Bind == "" {
		r.Bind = "127.0.0.1"
	}
	if r.Algorithm == "" {
		r.Algorithm = "MD5"
	}
	if r.Workers == 0 {
		r.Workers = 1
	}
	if r.NonceSeconds == 0 {
		r.NonceSeconds = 300
	}
	if r.Port == 0 {
		port, err := FreePort()
		if err != nil {
			return r, err
		}
		r.Port = port
	}
	return r, nil
}

func (r Registrar) config() (string, error) {
	t, err := template.New("kamailio.cfg").Option("missingkey=error").Parse(kamailioConfig)
	if err != nil {
		return "", fmt.Errorf("peers: %w", err)
	}
	var b strings.Builder
	if err := t.Execute(&b, r); err != nil {
		return "", fmt.Errorf("peers: %w", err)
	}
	return b.String(), nil
}

// StartKamailio starts it and returns when it answers. It gives up root, where it has it.
func StartKamailio(r Registrar) (*Kamailio, error) {
	r, err := r.filled()
	if err != nil {
		return nil, err
	}
	// Not within a test's own folder: that is closed to the user that Kamailio becomes.
	dir, err := os.MkdirTemp("", "kamailio")
	if err != nil {
		return nil, fmt.Errorf("peers: %w", err)
	}
	k := &Kamailio{Registrar: r, dir: dir, Addr: netip.AddrPortFrom(netip.MustParseAddr(r.Bind), uint16(r.Port))}
	k.Secure = netip.AddrPortFrom(k.Addr.Addr(), k.Addr.Port()+1)
	if err := k.start(); err != nil {
		k.Stop()
		return nil, err
	}
	return k, nil
}

func (k *Kamailio) start() error {
	if k.TLS == nil {
		c, err := NewCertificate(k.dir, 24*time.Hour, k.Domain, "localhost", k.Bind)
		if err != nil {
			return err
		}
		k.TLS = &c
	}
	config, run := filepath.Join(k.dir, "kamailio.cfg"), filepath.Join(k.dir, "run")
	if k.Presence && k.Tables == "" {
		k.Tables = filepath.Join(k.dir, "tables")
		if err := emptyTables(k.Tables); err != nil {
			return err
		}
	}
	text, err := k.config()
	if err != nil {
		return err
	}
	if err := os.WriteFile(config, []byte(text), 0o644); err != nil {
		return fmt.Errorf("peers: %w", err)
	}
	if err := os.Mkdir(run, 0o755); err != nil {
		return fmt.Errorf("peers: %w", err)
	}
	args := []string{"-f", config, "-Y", run, "-DD", "-E", "-m", "64", "-M", "4"}
	if os.Getuid() == 0 {
		if args, err = unprivileged(k.dir, run, args); err != nil {
			return err
		}
	}
	program, args, err := within(k.Netns, kamailioPath(), args)
	if err != nil {
		return err
	}
	if k.process, err = start(k.dir, program, nil, args...); err != nil {
		return err
	}
	return k.await(10*time.Second, "no answer to OPTIONS", func() (ok bool) {
		return inside(k.Netns, func() { ok = answers(k.Addr) }) == nil && ok
	})
}

// emptyTables copies the tables of Kamailio's text database that presence needs.
func emptyTables(dir string) error {
	const debian = "/usr/share/kamailio/dbtext/kamailio"
	if err := os.Mkdir(dir, 0o755); err != nil {
		return fmt.Errorf("peers: %w", err)
	}
	for _, name := range []string{"version", "presentity", "active_watchers", "watchers", "xcap"} {
		table, err := os.ReadFile(filepath.Join(debian, name))
		if err != nil {
			return fmt.Errorf("peers: %w", err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), table, 0o644); err != nil {
			return fmt.Errorf("peers: %w", err)
		}
	}
	return nil
}

// kamailioPath is in sbin, which a user's PATH may lack.
func kamailioPath() string {
	const debian = "/usr/sbin/kamailio"
	if _, err := os.Stat(debian); err == nil {
		return debian
	}
	return "kamailio"
}

func unprivileged(dir, run string, args []string) ([]string, error) {
	nobody, err := user.Lookup("nobody")
	if err != nil {
		return nil, fmt.Errorf("peers: %w", err)
	}
	uid, _ := strconv.Atoi(nobody.Uid)
	gid, _ := strconv.Atoi(nobody.Gid)
	if err := os.Chmod(dir, 0o755); err != nil {
		return nil, fmt.Errorf("peers: %w", err)
	}
	if err := os.Chown(run, uid, gid); err != nil {
		return nil, fmt.Errorf("peers: %w", err)
	}
	return append(args, "-u", nobody.Uid, "-g", nobody.Gid), nil
}

// answers reports whether a SIP server at addr answers OPTIONS over UDP.
func answers(addr netip.AddrPort) bool {
	c, err := net.Dial("udp4", addr.String())
	if err != nil {
		return false
	}
	defer c.Close()
	fmt.Fprintf(c, "OPTIONS sip:%[1]s SIP/2.0\r\nVia: SIP/2.0/UDP %[2]s;branch=z9hG4bK%[3]d\r\nMax-Forwards: 5\r\n"+
		"From: <sip:ready@%[2]s>;tag=1\r\nTo: <sip:%[1]s>\r\nCall-ID: %[3]d@%[2]s\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n",
		addr, c.LocalAddr(), time.Now().UnixNano())
	_ = c.SetReadDeadline(time.Now().Add(200 * time.Millisecond))
	answer := make([]byte, 2048)
	n, err := c.Read(answer)
	return err == nil && strings.HasPrefix(string(answer[:n]), "SIP/2.0 ")
}

// Stop ends Kamailio and removes its files.
func (k *Kamailio) Stop() {
	if k.process != nil {
		k.process.Stop()
	}
	os.RemoveAll(k.dir)
}
