package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/offhook/offhook/board/panel"
	"github.com/offhook/offhook/firmware/config"
	"github.com/offhook/offhook/firmware/phone"
	"github.com/offhook/offhook/firmware/station"
	"github.com/offhook/offhook/media"
	"github.com/offhook/offhook/media/agreement"
)

// How often the meters of a drawn handset move.
const (
	watchedEvery   = 100 * time.Millisecond
	unwatchedEvery = time.Second
)

// drawn keeps what a drawn handset shows beside the display: accounts, sound, meters.
type drawn struct {
	panel    *panel.Panel
	engine   *media.Engine
	config   config.Config
	exchange *switchboard
	port     int    // of SIP, as it was to be had
	keeps    string // the folder of what outlives a power cut, as a person writes it

	began chan struct{} // something sounds again

	mu   sync.Mutex
	view station.View
}

// configure takes new settings; they are drawn with the next view.
func (d *drawn) configure(c config.Config) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.config = c
}

// now is the settings of the phone that runs, and what was last seen of it.
func (d *drawn) now() (config.Config, station.View) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.config, d.view
}

// show takes a new view, on the station's loop.
func (d *drawn) show(v station.View) {
	d.mu.Lock()
	defer d.mu.Unlock()
	began := sounds(v.Phone) && !sounds(d.view.Phone)
	d.view = v
	d.panel.SetInfo(d.info(v))
	if began {
		select {
		case d.began <- struct{}{}:
		default:
		}
	}
}

// run moves the meters while anything sounds: quickly when somebody watches, else now and
// then, for who asks once. A silent phone sleeps.
func (d *drawn) run(ctx context.Context) error {
	tick := time.NewTimer(0)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-d.began:
		case <-tick.C:
		}
		d.mu.Lock() // until it is drawn, so that no older view comes after a newer one
		loud := sounds(d.view.Phone)
		if loud {
			d.panel.SetInfo(d.info(d.view))
		}
		d.mu.Unlock()
		switch {
		case !loud:
		case d.panel.Watched():
			tick.Reset(watchedEvery)
		default:
			tick.Reset(unwatchedEvery)
		}
	}
}

// sounds says whether anything may be heard or spoken.
func sounds(p phone.Snapshot) bool { return p.OffHook || p.HandsFree || p.NumCalls > 0 }

func (d *drawn) info(v station.View) panel.Info {
	i := panel.Info{
		Title: title(d.config.Phone.Name), Board: d.board(), Account: d.account(v.Phone), Sound: sound(v.Card),
		Keeps:  d.keeps,
		Volume: v.Phone.Ear, InCall: v.Phone.NumCalls > 0, Digits: v.Digits,
	}
	i.Labels = labels(d.config.Wiring.Functions)
	if d.exchange != nil {
		i.Hint = "Try h 600 echo  601 music  602 busy  605 calls you back"
		i.Help = "600 echo  601 music  602 busy  603 no answer  604 hangs up  605 calls back"
	}
	if v.Phone.HandsFree && v.Phone.NumCalls > 0 {
		i.Hint = handsFree(d.config.Wiring.Functions, v.Phone.Voice)
	}
	if sounds(v.Phone) {
		ear, mouth := d.engine.Levels()
		i.Ear, i.Mouth = meter(ear), meter(mouth)
	}
	if st, ok := d.engine.Stats(v.Leg); ok && v.Leg != 0 {
		f, _ := d.engine.Figures(v.Leg)
		i.Voice = voice(st, f)
	}
	return i
}

// handsFree says which keys of the terminal end a call that nobody has lifted for: Reject, or
// the key of what has the voice. The other one's would only move it.
func handsFree(functions map[string]string, v phone.Voice) string {
	for _, legend := range slices.Sorted(maps.Keys(functions)) {
		if f := functions[legend]; f == "reject" || f == v.String() {
			return "Hands-free. To end the call: " + strings.ToLower(legend)
		}
	}
	return "Hands-free. To end the call: h lifts, h again hangs up"
}

// legends are the functions that a drawn key has no room for: six letters.
var legends = map[string]string{"conference": "conf", "transfer": "xfer", "mailbox": "mail", "speaker": "spkr", "headset": "head", "volume_up": "louder", "volume_down": "softer"}

// labels says what the function keys do, in the order of their legends.
func labels(functions map[string]string) string {
	var all []string
	for _, legend := range slices.Sorted(maps.Keys(functions)) {
		if f := functions[legend]; f != "none" {
			if short := legends[f]; short != "" {
				f = short
			}
			all = append(all, legend+" "+f)
		}
	}
	return strings.Join(all, ", ")
}

// title is which phone this is, and what.
func title(name string) string {
	if name == config.DefaultName {
		return name + " " + version
	}
	return name + ", Offhook " + version
}

func (d *drawn) board() string {
	if d.config.Wiring.Preset == "sim" {
		return "simulated board"
	}
	return d.config.Wiring.Preset
}

// account is the default account in one line: what, state, where.
func (d *drawn) account(p phone.Snapshot) string {
	if p.NumAccts == 0 {
		return "none"
	}
	a := p.Accounts[0]
	state := map[phone.RegState]string{
		phone.Unregistered: "not registered", phone.Registering: "registering",
		phone.Registered: "ready", phone.Refused: "refused",
	}[a.State]
	if a.State == phone.Registered && a.Words != "" {
		state = a.Words // "ready (backup)"
	}
	names := []string{a.User}
	if a.Label != a.User {
		names = []string{a.Label + " " + a.User, a.User}
	}
	line := ""
	for _, name := range names { // what leads there is left out before who it is
		for _, where := range d.where(a) {
			if line = name + ", " + state + ", " + where; len([]rune(line)) <= panel.LineWidth {
				return line
			}
		}
		if line = name + ", " + state; len([]rune(line)) <= panel.LineWidth {
			return line
		}
	}
	return line
}

// where is what an account is reached through, in several lengths, the longest first. The
// ports stay on the line, those most of all that are not the usual ones.
func (d *drawn) where(a phone.AccountView) []string {
	sipBusy := d.config.Network.SIPPort != 0 && d.port != d.config.Network.SIPPort
	exchange := a.Domain == config.ExchangeDomain && d.exchange != nil
	var at, wanted int
	if exchange {
		at, wanted = int(d.exchange.addr().Port()), int(d.config.Exchange.Listen.Port())
	}
	exchangeBusy := wanted != 0 && at != wanted
	sip := fmt.Sprint("SIP ", d.port)
	switch {
	case sipBusy && exchangeBusy:
		return []string{fmt.Sprintf("%s, exchange %d", sip, at)}
	case exchangeBusy:
		return []string{busyPort("exchange", at, wanted), fmt.Sprint("exchange ", at)}
	case sipBusy && exchange:
		return []string{busyPort("SIP", d.port, d.config.Network.SIPPort), sip}
	case sipBusy:
		busy := busyPort("SIP", d.port, d.config.Network.SIPPort)
		return []string{busy + ", " + a.Domain, busy, sip}
	case exchange:
		return []string{fmt.Sprint("built-in exchange, port ", at), fmt.Sprint("exchange, port ", at)}
	}
	return []string{a.Domain}
}

// busyPort says which port was taken for what, and which was wanted.
func busyPort(what string, port, want int) string {
	return fmt.Sprintf("%s port %d (%d busy)", what, port, want)
}

func sound(c media.Card) string {
	switch {
	case c.Problem != "" && c.Name != "":
		return c.Name + " (" + c.Problem + ")"
	case c.Problem != "":
		return c.Problem
	case c.Name == "":
		return "opens when you lift"
	}
	return c.Name
}

// voice is the figures of a call in one line, those that there are: none while it rings, the
// codec alone until something is heard.
func voice(s media.Stats, f agreement.Figures) string {
	var words []string
	if s.Codec != "" {
		words = append(words, s.Codec)
	}
	if s.Received > 0 {
		words = append(words, fmt.Sprintf("%d ms", s.MouthToEar.Milliseconds()), fmt.Sprintf("%.1f %% lost", s.LossHere))
	}
	if mos := f.Here.Conversation; mos > 0 {
		words = append(words, fmt.Sprintf("MOS %.1f", mos))
	}
	return strings.Join(words, ", ")
}

// quietest is the level, in dBFS, at which a meter begins to move.
const quietest = -60

// meter is a level in dBFS on the scale of a drawn meter: 0 silent, 100 full scale.
func meter(dbfs float64) int {
	return int(min(max((dbfs-quietest)/-quietest*100, 0), 100))
}
