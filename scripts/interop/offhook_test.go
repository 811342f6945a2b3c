//go:build interop

package interop

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/offhook/offhook/scripts/measure"
	"github.com/offhook/offhook/scripts/peers"
	"github.com/offhook/offhook/scripts/speech"
	"github.com/offhook/offhook/scripts/vcard"
)

// binary is the phone as it stands in this tree.
var binary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "interop")
	if err != nil {
		panic(err)
	}
	binary = filepath.Join(dir, "offhook")
	build := exec.Command("go", "build", "-tags=nolibopusfile", "-o", binary, "../../firmware")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "interop: the phone does not build:", err)
		os.Exit(1)
	}
	code := m.Run()
	os.RemoveAll(dir)
	if err := write(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// soon is how long a peer, or the display, may take for what it does at once: a busy machine
// has five programs to start.
const soon = 30 * time.Second

// A phone is an Offhook in a test.
type phone struct {
	*peers.Offhook
	t *testing.T
}

// offhook starts one for user of k and waits until its display says that it is ready.
func offhook(t *testing.T, k *peers.Kamailio, user string, change func(*peers.Phone)) phone {
	t.Helper()
	p := peers.Phone{Binary: binary, Name: user, User: user, Password: peers.Password(user), Domain: k.Domain,
		Proxy: k.Addr.String(), Transport: "udp", WAV: true}
	if change != nil {
		change(&p)
	}
	o, err := peers.StartOffhook(t.TempDir(), p)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		o.Stop()
		if t.Failed() {
			t.Logf("offhook %s:\n%s", user, o.Log())
		}
	})
	f := phone{o, t}
	f.see("ready", soon)
	return f
}

func (p phone) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

// see waits until the display matches.
func (p phone) see(display string, d time.Duration) {
	p.t.Helper()
	if lcd, err := p.Wait(regexp.MustCompile(display), d); err != nil {
		p.t.Fatalf("the display never says %q: %v\n%s", display, err, lcd)
	}
}

func (p phone) lift()   { p.t.Helper(); p.must(p.Hook(true)) }
func (p phone) hangUp() { p.t.Helper(); p.must(p.Hook(false)) }

// dial lifts and presses the number, then the key that sends it.
func (p phone) dial(number string) {
	p.t.Helper()
	p.lift()
	time.Sleep(300 * time.Millisecond)
	p.must(p.Tap(number + "#"))
}

// The strongest digest that the registrar asks for, over both transports.
func TestRegistersAtKamailio(t *testing.T) {
	t.Parallel()
	for _, algorithm := range []string{"MD5", "SHA-256"} {
		for _, transport := range []string{"udp", "tcp"} {
			t.Run(algorithm+" "+transport, func(t *testing.T) {
				t.Parallel()
				meets(t, "Kamailio", "registers, digest "+algorithm, strings.ToUpper(transport))
				k := kamailio(t, peers.Registrar{Algorithm: algorithm})
				offhook(t, k, "201", func(p *peers.Phone) { p.Transport = transport })
			})
		}
	}
}

// Speech both ways with baresip, by whom the call is made and in every codec; each end
// is measured on its own test card, on one time line.
func TestTalksWithBaresip(t *testing.T) {
	for _, c := range []struct {
		name, theirs, ours string
		rate               int // of their card; ours runs at 48 kHz
		calls              bool
		alike              float64
	}{
		{"calls in G.711", "PCMU", "pcmu", 8000, true, 0.9},
		{"is called in G.711", "PCMA", "pcma", 8000, false, 0.9},
		{"calls in Opus", "opus/48000/1", "opus", 48000, true, 0.8},
		{"is called in Opus", "opus/48000/1", "opus", 48000, false, 0.8},
		{"calls in G.722", "G722/16000/1", "g722", 16000, true, 0.9},
		{"is called in G.722", "G722/16000/1", "g722", 16000, false, 0.9},
		{"calls in L16", "L16/16000/1", "l16/16000", 16000, true, 0.9},
		{"is called in L16", "L16/48000/1", "l16/48000", 48000, false, 0.9},
	} {
		t.Run(c.name, func(t *testing.T) {
			did, over, _ := strings.Cut(c.name, " in ")
			meets(t, "baresip", did+"; speech heard both ways", "UDP, "+over)
			k := kamailio(t, peers.Registrar{})
			epoch := vcard.Now()
			mine, theirs := newHead(t, epoch), newHead(t, epoch)
			anna, bob := said(t, mine, speech.Anna, 48000), said(t, theirs, speech.Bob, c.rate)
			b := baresip(t, k, "202", func(a *peers.Account) { a.Env, a.Codecs, a.AutoAnswer = theirs.env, c.theirs, c.calls })
			p := offhook(t, k, "201", func(p *peers.Phone) { p.WAV, p.Env, p.Codecs = false, mine.env, []string{c.ours} })
			if c.calls {
				p.dial("202")
			} else {
				do(t, b, "dial", "sip:201@"+k.Domain)
				p.see("calls you", soon)
				p.lift()
			}
			await(t, b, soon, "CALL_ESTABLISHED")
			begun := time.Duration(vcard.Now() - epoch)
			time.Sleep(8 * time.Second)
			ended := time.Duration(vcard.Now() - epoch)
			p.hangUp()
			await(t, b, soon, "CALL_CLOSED")
			p.see("ready", soon)

			hears(t, "offhook", bob, mine, 48000, begun, ended, c.alike)
			hears(t, "baresip", anna, theirs, c.rate, begun, ended, c.alike)
		})
	}
}

// said gives the head something to say, twelve seconds of it over and over.
func said(t *testing.T, h head, v speech.Voice, rate int) measure.Signal {
	t.Helper()
	s, err := speech.Say(v)
	if err != nil {
		t.Fatal(err)
	}
	if err := speech.Save(h.in, s, 12*time.Second, rate); err != nil {
		t.Fatal(err)
	}
	if s, err = measure.Load(strings.ReplaceAll(h.in, "%d", fmt.Sprint(rate)), rate); err != nil {
		t.Fatal(err)
	}
	return s
}

// hears fails unless the head heard the speech in most seconds between begun and ended.
// Some may be damaged: an xrun on a busy machine, of a peer's as of ours, is no failure to
// understand each other, and how well they hear is what make bench-voice measures.
func hears(t *testing.T, who string, s measure.Signal, h head, rate int, begun, ended time.Duration, alike float64) {
	t.Helper()
	heard, err := measure.Load(strings.ReplaceAll(h.out, "%d", fmt.Sprint(rate)), rate)
	if err != nil {
		t.Fatalf("%s: %v", who, err)
	}
	r := measure.Compare(s, heard, measure.Options{Loop: true, Piece: 250 * time.Millisecond, From: begun + 1500*time.Millisecond, To: ended})
	t.Logf("%s: %.0f ms late, %.3f alike at least, %.2f dB apart, %.1f %% gaps in %d s", who,
		float64(r.Delay)/1e6, r.Least, r.Distance, 100*r.Gap, r.Speech)
	weak := 0
	for _, w := range r.Windows {
		if w.Speech && w.Alike < alike {
			weak++
		}
	}
	if r.Speech < 4 || 2*weak >= r.Speech {
		events, _ := vcard.Events(h.log)
		t.Errorf("%s hears too little: %+v\n%d xruns", who, r, vcard.Xruns(events))
	}
}

// The corners of SIP where calls get lost, by sipp's scenarios; those that call find the
// phone by its own address, those that are called through Kamailio, by a number that
// ends in their port.
func TestScenarios(t *testing.T) {
	t.Parallel()
	called := func(s peers.Scenario, answers bool, rings time.Duration) {
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			meets(t, "sipp", "`"+s.Name+"`: "+s.Proves(), "UDP")
			k := kamailio(t, peers.Registrar{})
			port, err := peers.FreePort()
			if err != nil {
				t.Fatal(err)
			}
			p := offhook(t, k, "201", func(p *peers.Phone) { p.SIPPort, p.Accept = port, "any" })
			s.Target, s.User = fmt.Sprintf("127.0.0.1:%d", port), "201"
			sipp, err := peers.StartSipp(t.TempDir(), s)
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				if t.Failed() {
					sipp.Stop()
					t.Logf("sipp: %v", sipp.Wait())
				}
			}()
			p.see("calls you", soon)
			if answers {
				time.Sleep(rings)
				p.lift()
			}
			if s.Name == "bye_crossed" {
				p.see("B Hold", soon)
				p.hangUp()
			}
			if err := sipp.Wait(); err != nil {
				t.Error(err)
			}
			if answers && s.Name != "bye_crossed" {
				p.see("Hang up", soon)
				p.hangUp()
			}
			p.see("ready|missed", soon)
		})
	}
	called(peers.Scenario{Name: "cancel"}, false, 0)
	called(peers.Scenario{Name: "bye_crossed"}, true, 0)
	called(peers.Scenario{Name: "hold"}, true, 0)
	called(peers.Scenario{Name: "ack_late"}, true, 0)
	called(peers.Scenario{Name: "ack_lost", Timeout: 45 * time.Second}, true, 0)
	called(peers.Scenario{Name: "late_offer"}, true, 0)
	called(peers.Scenario{Name: "update"}, true, 0)
	called(peers.Scenario{Name: "reliable"}, true, 1200*time.Millisecond) // rings twice before it is taken

	calls := func(name string, then func(*testing.T, phone)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			meets(t, "sipp", "`"+name+"`: "+peers.Scenario{Name: name}.Proves(), "UDP")
			k := kamailio(t, peers.Registrar{})
			p := offhook(t, k, "201", nil)
			sipp, err := peers.StartSipp(t.TempDir(), peers.Scenario{Name: name})
			if err != nil {
				t.Fatal(err)
			}
			p.dial(fmt.Sprintf("7%05d", sipp.Port))
			then(t, p)
			if err := sipp.Wait(); err != nil {
				t.Error(err)
			}
			p.hangUp()
			p.see("ready", soon)
		})
	}
	talk := func(t *testing.T, p phone) { p.see("B Hold", soon) }
	calls("cancel_crossed", func(t *testing.T, p phone) {
		p.see("Ringing", soon)
		p.hangUp()
	})
	calls("prack", talk)
	calls("timer_422", talk)
	calls("glare", func(t *testing.T, p phone) {
		talk(t, p)
		p.must(p.Tap("B"))
		p.see("Held", soon)
	})
	calls("forked", talk)
	calls("early_forks", talk)
	calls("answer_again", talk)
	calls("held_by_phone", func(t *testing.T, p phone) {
		talk(t, p)
		p.must(p.Tap("B"))
		p.see("Held", soon)
		p.must(p.Tap("B"))
		talk(t, p)
		time.Sleep(500 * time.Millisecond)
		p.hangUp()
	})
}
