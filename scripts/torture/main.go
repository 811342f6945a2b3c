// Command torture sends the messages of RFC 4475 and RFC 5118, over UDP and TCP, to a
// running Offhook phone and exchange and to Debian's baresip and Kamailio, and writes what
// came of each beside what the RFCs ask for. It fails where Offhook misses that.
//
//	go run ./scripts/torture -binary bin/offhook -o docs/torture.md
package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"time"

	"github.com/offhook/offhook/scripts/peers"
	"github.com/offhook/offhook/sip/exchange"
	"github.com/offhook/offhook/sip/torture"
)

func main() {
	binary := flag.String("binary", "bin/offhook", "the phone")
	out := flag.String("o", "", "`file` to write; none: standard output")
	flag.Parse()
	slog.SetDefault(slog.New(slog.DiscardHandler)) // sipgo's pool grumbles about closed connections
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *binary, *out); err != nil {
		fmt.Fprintln(os.Stderr, "torture:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, binary, out string) error {
	binary, err := filepath.Abs(binary)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "torture")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	var columns []column
	for _, p := range []peer{
		{"Offhook phone", torture.Phone, func(d string) (string, func(), error) { return phone(d, binary) }},
		{"baresip", torture.Phone, baresip},
		{"Offhook exchange", torture.Exchange, ownExchange},
		{"Kamailio", torture.Exchange, kamailio},
	} {
		c, err := p.ask(ctx, dir)
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		columns = append(columns, c)
	}
	about := time.Now().UTC().Format("2 January 2006") + ", Offhook " + said(ctx, binary, "version") +
		", baresip " + version(ctx, "baresip-core") + ", Kamailio " + version(ctx, "kamailio")
	page := render(about, columns)
	if out == "" {
		_, err = os.Stdout.WriteString(page)
	} else {
		err = os.WriteFile(out, []byte(page), 0o644)
	}
	if err != nil {
		return err
	}
	if missed := columns[0].missed() + columns[2].missed(); missed > 0 {
		return fmt.Errorf("what the RFCs ask of Offhook is missed %d times", missed)
	}
	return nil
}

// said is what a program prints, in one line; "?" where there is none.
func said(ctx context.Context, program string, args ...string) string {
	text, err := exec.CommandContext(ctx, program, args...).Output()
	if err != nil {
		return "?"
	}
	return strings.TrimSpace(string(text))
}

func version(ctx context.Context, pkg string) string {
	return said(ctx, "dpkg-query", "-W", "-f", "${Version}", pkg)
}

// peer is somebody who is asked.
type peer struct {
	name  string
	role  torture.Role
	begin func(dir string) (addr string, stop func(), err error)
}

// ask starts the peer anew for each network: a server transaction outlives its request,
// and the messages' branches come again.
func (p peer) ask(ctx context.Context, dir string) (column, error) {
	c := column{name: p.name, role: p.role, got: map[torture.Network][]torture.Outcome{}}
	for _, n := range torture.Networks {
		at := filepath.Join(dir, strings.ReplaceAll(p.name, " ", "-")+"-"+n.String())
		if err := os.MkdirAll(at, 0o755); err != nil {
			return c, err
		}
		addr, stop, err := p.begin(at)
		if err != nil {
			return c, err
		}
		if err := (torture.Target{Addr: addr}).Alive(ctx); err != nil {
			stop()
			return c, err
		}
		target := torture.Target{Addr: addr, Wait: 1500 * time.Millisecond, Lull: 500 * time.Millisecond}
		for _, m := range torture.Messages() {
			o, err := target.Ask(ctx, n, m.Bytes, m.Wanted(p.role, n).Silence())
			if err != nil {
				stop()
				return c, fmt.Errorf("%s over %v: %w", m.Name, n, err)
			}
			c.got[n] = append(c.got[n], o)
		}
		stop()
	}
	return c, nil
}

func phone(dir, binary string) (string, func(), error) {
	port, err := peers.FreePort()
	if err != nil {
		return "", nil, err
	}
	accounts := ""
	for _, user := range torture.Users[1:3] { // a settings file has no user with a scheme in it: esc01 finds nobody
		accounts += fmt.Sprintf("[[account]]\nuser = %q\ndomain = \"example.com\"\npassword = \"x\"\nproxy = \"127.0.0.1:9\"\n\n", user)
	}
	o, err := peers.StartOffhook(dir, peers.Phone{Binary: binary, Name: "Torture", User: torture.Users[0], Password: "x",
		Domain: "example.com", Proxy: "127.0.0.1:9", WAV: true, SIPPort: port, Accept: "any", Extra: accounts})
	if err != nil {
		return "", nil, err
	}
	return fmt.Sprintf("127.0.0.1:%d", port), o.Stop, nil
}

func baresip(dir string) (string, func(), error) {
	b, err := peers.StartBaresip(dir, peers.Account{User: torture.Users[0], Domain: "example.com", More: torture.Users[1:]})
	if err != nil {
		return "", nil, err
	}
	return b.Addr.String(), b.Stop, nil
}

func ownExchange(string) (string, func(), error) {
	x, err := exchange.New(exchange.Config{Listen: netip.MustParseAddrPort("127.0.0.1:0"), Realm: "example.com",
		Users: map[string]string{torture.Users[0]: "x"}})
	if err != nil {
		return "", nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- x.Run(ctx) }()
	return x.Addr().String(), func() { cancel(); <-ended }, nil
}

func kamailio(string) (string, func(), error) {
	k, err := peers.StartKamailio(peers.Registrar{Domain: "example.com"})
	if err != nil {
		return "", nil, err
	}
	return k.Addr.String(), k.Stop, nil
}
