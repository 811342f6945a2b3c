package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/offhook/offhook/scripts/peers"
	"github.com/offhook/offhook/scripts/vcard"
)

// A soundKind is what stands in for the sound cards.
type soundKind uint8

const (
	wavFiles    soundKind = iota // the phone's own virtual card
	virtualCard                  // PortAudio and ALSA, on a card that is a plugin
)

func (k soundKind) flag() string { return [...]string{"wav", "card"}[k] }

func (k soundKind) String() string {
	return [...]string{"their sound in WAV files", "PortAudio on virtual ALSA cards"}[k]
}

type passConfig struct {
	dir, offhook string
	kind         soundKind
	mute         string // "A", "B", ""
	voices       [2]voice
}

// A pass is an exchange and two phones, running.
type pass struct {
	passConfig
	epoch    vcard.Instant // zero of the time line
	exchange *peers.Exchange
	phones   [2]*handset
}

// A handset is one phone, as its panel shows it.
type handset struct {
	*peers.Offhook
	name string
}

// users of the exchange in the demo.
var users = [2]struct{ user, password, name string }{{"201", "hook-201", "Anna"}, {"202", "hook-202", "Bob"}}

func openPass(c passConfig) (*pass, error) {
	p := &pass{passConfig: c, epoch: vcard.Now()}
	if err := p.start(); err != nil {
		p.close()
		return nil, fmt.Errorf("%w\n%s", err, p.logs())
	}
	return p, nil
}

func (p *pass) start() (err error) {
	passwords := map[string]string{}
	for _, u := range users {
		passwords[u.user] = u.password
	}
	if p.exchange, err = peers.StartExchange(filepath.Join(p.dir, "exchange"), p.offhook, passwords); err != nil {
		return err
	}
	for i, u := range users {
		dir := filepath.Join(p.dir, u.user)
		env, err := p.sound(i, dir)
		if err != nil {
			return err
		}
		phone, err := peers.StartOffhook(dir, peers.Phone{
			Binary: p.offhook, Name: u.name, User: u.user, Password: u.password,
			Domain: peers.ExchangeDomain, Proxy: p.exchange.Addr,
			WAV: p.kind == wavFiles, RTPPorts: fmt.Sprintf("%d-%d", 31000+200*i, 31099+200*i),
			Extra: "[dial]\ndigit_map = \"[2-6]xx\"\n", Env: env,
		})
		if err != nil {
			return err
		}
		p.phones[i] = &handset{phone, [...]string{"A", "B"}[i]}
	}
	return nil
}

// sound lays out what the phone's mouth says and where its ear goes.
func (p *pass) sound(i int, dir string) (env []string, err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	v := p.voices[i]
	if p.kind == wavFiles {
		return nil, os.Symlink(v.wav, filepath.Join(dir, "microphone.wav"))
	}
	return vcard.Setup(filepath.Join(dir, "card"), vcard.Config{
		In: v.raw, Out: filepath.Join(dir, "ear%d.raw"), Log: filepath.Join(dir, "card.log"), Epoch: p.epoch,
	})
}

// close ends every process, the phones before the exchange.
func (p *pass) close() {
	for _, h := range p.phones {
		if h != nil {
			h.Stop()
		}
	}
	if p.exchange != nil {
		p.exchange.Stop()
	}
}

// logs are the last lines of each process, for a failure.
func (p *pass) logs() string {
	files, _ := filepath.Glob(filepath.Join(p.dir, "*", "offhook.log"))
	var b strings.Builder
	for _, f := range files {
		text, _ := os.ReadFile(f)
		lines := strings.Split(strings.TrimRight(string(text), "\n"), "\n")
		fmt.Fprintf(&b, "-- %s\n%s\n", f, strings.Join(lines[max(0, len(lines)-15):], "\n"))
	}
	return b.String()
}
