package peers

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/offhook/offhook/board/panel"
)

// A Phone says how an Offhook is set up.
type Phone struct {
	Binary     string // of offhook
	Name       string // on its display
	User       string
	Password   string
	Domain     string
	Proxy      string            // host:port; "": the domain
	Transport  string            // "": auto
	Bind       string            // its address; "": 127.0.0.1
	CA         string            // file of the authority that TLS trusts; "": the system's
	SRTP       string            // "off", "preferred", "mandatory"; "": the phone's own
	Keys       string            // of SRTP: "sdes", "dtls"; "": the phone's own
	Codecs     []string          // best first; nil: the phone's own order
	Period     string            // of its card: "5ms"; "": the phone's own
	WAV        bool              // its sound is WAV files in its folder, not a card
	SIPPort    int               // 0: any free
	RTPPorts   string            // "31000-31099"; "": a hundred that no other peer of this run has
	Accept     string            // whose calls: "": the proxy's only; "any"
	Auto       bool              // it answers by itself
	Colleagues map[string]string // number by name: whom it watches
	Extra      string            // more of the settings file
	Env        []string          // of the process: a test card
	More       string            // more lines of its account
	Netns      string            // network namespace that it runs in; "": ours
}

// An Offhook is a running phone, worked through its panel.
type Offhook struct {
	*process
	*panel.Client
	Dir string // its settings, log and sound
}

// settings is the phone's file.
func (p Phone) settings(dir string) string {
	var b strings.Builder
	line := func(key, value string) {
		if value != "" {
			fmt.Fprintf(&b, "%s = %q\n", key, value)
		}
	}
	fmt.Fprintf(&b, "[phone]\ncountry = \"GB\"\n")
	line("name", p.Name)
	if p.Auto {
		b.WriteString("auto_answer = true\n")
	}
	for _, name := range slices.Sorted(maps.Keys(p.Colleagues)) {
		fmt.Fprintf(&b, "colleagues.%q = %q\n", name, p.Colleagues[name])
	}
	fmt.Fprintf(&b, "\n[[account]]\n")
	line("user", p.User)
	line("domain", p.Domain)
	line("password", p.Password)
	line("proxy", p.Proxy)
	line("transport", p.Transport)
	line("ca", p.CA)
	line("srtp", p.SRTP)
	line("srtp_keys", p.Keys)
	b.WriteString(p.More)
	fmt.Fprintf(&b, "\n[sound]\ndirectory = %q\n", dir)
	if p.WAV {
		line("handset", "wav")
	}
	if p.Codecs != nil {
		fmt.Fprintf(&b, "codecs = [\"%s\"]\n", strings.Join(p.Codecs, `", "`))
	}
	line("card_period", p.Period)
	bind := p.Bind
	if bind == "" {
		bind = "127.0.0.1"
	}
	fmt.Fprintf(&b, "\n[network]\nbind = %q\nsip_port = %d\n", bind, p.SIPPort)
	line("rtp_ports", p.RTPPorts)
	line("accept", p.Accept)
	fmt.Fprintf(&b, "\n[exchange]\nenabled = \"off\"\n\n%s", p.Extra)
	return b.String()
}

// StartOffhook runs a phone with its folder at dir and returns once its panel answers.
func StartOffhook(dir string, p Phone) (*Offhook, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("peers: %w", err)
	}
	if p.RTPPorts == "" {
		first := voicePorts()
		p.RTPPorts = fmt.Sprintf("%d-%d", first, first+99)
	}
	settings, socket := filepath.Join(dir, "offhook.toml"), filepath.Join(dir, "panel.sock")
	if err := os.WriteFile(settings, []byte(p.settings(dir)), 0o600); err != nil {
		return nil, fmt.Errorf("peers: %w", err)
	}
	program, args, err := within(p.Netns, p.Binary, []string{"run", "-headless", "-config", settings, "-data", dir, "-socket", socket})
	if err != nil {
		return nil, err
	}
	x, err := start(dir, program, p.Env, args...)
	if err != nil {
		return nil, err
	}
	o := &Offhook{process: x, Dir: dir}
	if err := x.await(10*time.Second, "open its panel", func() bool { return o.Attach() == nil }); err != nil {
		x.Stop()
		return nil, err
	}
	return o, nil
}

// Attach connects to the panel anew, after Client was closed so that nobody watches.
func (o *Offhook) Attach() (err error) {
	o.Client, err = panel.Dial(context.Background(), filepath.Join(o.Dir, "panel.sock"), "")
	return err
}

// Stop ends the phone as a power switch with manners would: it unregisters first.
func (o *Offhook) Stop() {
	o.Client.Close()
	o.process.Stop()
}

// An Exchange is the built-in exchange, alone in a process.
type Exchange struct {
	*process
	Addr string // host:port
}

// ExchangeDomain is the domain of its users.
const ExchangeDomain = "exchange.internal"

// StartExchange runs the exchange with these users, password by name.
func StartExchange(dir, binary string, users map[string]string) (*Exchange, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("peers: %w", err)
	}
	var list []string
	for name, password := range users {
		list = append(list, fmt.Sprintf("%q = %q", name, password))
	}
	settings := filepath.Join(dir, "offhook.toml")
	text := "[exchange]\nenabled = \"on\"\nusers = { " + strings.Join(list, ", ") + " }\n"
	if err := os.WriteFile(settings, []byte(text), 0o600); err != nil {
		return nil, fmt.Errorf("peers: %w", err)
	}
	x, err := start(dir, binary, nil, "exchange", "-config", settings)
	if err != nil {
		return nil, err
	}
	e := &Exchange{process: x}
	if err := x.await(10*time.Second, "say where it listens", func() bool {
		_, after, ok := strings.Cut(x.Log(), "exchange at ")
		if ok && strings.Contains(after, "\n") {
			e.Addr = strings.Fields(after)[0]
		}
		return e.Addr != ""
	}); err != nil {
		x.Stop()
		return nil, err
	}
	return e, nil
}
