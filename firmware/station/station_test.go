package station

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/offhook/offhook/board/sim"
	"github.com/offhook/offhook/firmware/phone"
	"github.com/offhook/offhook/firmware/phone/digitmap"
	"github.com/offhook/offhook/hal"
	"github.com/offhook/offhook/media"
	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/media/tone"
	"github.com/offhook/offhook/sip"
	"github.com/offhook/offhook/ui"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// owner records the commands of one owner and sends its events.
type owner[C, E any] struct {
	mu     sync.Mutex
	got    []C
	events chan E
	full   bool
}

func newOwner[C, E any]() *owner[C, E] { return &owner[C, E]{events: make(chan E, 16)} }

func (o *owner[C, E]) Do(c C) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.full {
		return false
	}
	o.got = append(o.got, c)
	return true
}

func (o *owner[C, E]) Events() <-chan E { return o.events }

// take returns what was asked for since the last take, one command a line.
func (o *owner[C, E]) take() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	lines := make([]string, len(o.got))
	for i, c := range o.got {
		lines[i] = strings.TrimPrefix(fmt.Sprintf("%#v", c), "sip.")
	}
	o.got = nil
	return strings.Join(lines, "\n")
}

// kept is a store in memory.
type kept struct {
	mu       sync.Mutex
	saved    []phone.Saved
	entries  []phone.Entry
	texts    []phone.Text
	refusals []string
}

func (k *kept) PutText(t phone.Text) { k.mu.Lock(); k.texts = append(k.texts, t); k.mu.Unlock() }
func (k *kept) PutRefusal(mark string, code int) {
	k.mu.Lock()
	k.refusals = append(k.refusals, fmt.Sprint(mark, " ", code))
	k.mu.Unlock()
}
func (k *kept) NumTexts() int { k.mu.Lock(); defer k.mu.Unlock(); return len(k.texts) }
func (k *kept) Texts(_, n int) []phone.Text {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.texts[:min(n, len(k.texts))]
}

func (k *kept) PutSaved(s phone.Saved) { k.mu.Lock(); k.saved = append(k.saved, s); k.mu.Unlock() }
func (k *kept) PutEntry(e phone.Entry) { k.mu.Lock(); k.entries = append(k.entries, e); k.mu.Unlock() }
func (k *kept) Len() int               { k.mu.Lock(); defer k.mu.Unlock(); return len(k.entries) }
func (k *kept) Entries(skip, n int) []phone.Entry {
	k.mu.Lock()
	defer k.mu.Unlock()
	if skip >= len(k.entries) {
		return nil
	}
	return k.entries[skip:min(skip+n, len(k.entries))]
}

// desk is a whole phone around the loop, but for SIP and sound.
type desk struct {
	*testing.T
	board  *sim.Board
	agent  *owner[sip.Command, sip.Event]
	engine *owner[media.Command, media.Event]
	store  *kept
	disk   chan string // words about saving
	cable  chan ui.Network
	news   chan ui.Update
	answer chan bool      // to an update that is offered
	inputs chan hal.Input // of the panel
	ended  chan error
	stop   context.CancelFunc
	file   Reloaded // what comes of reading the settings file again
	hup    chan struct{}
	texts  chan Texting
	asks   chan Reloading
	base   phone.Settings
	seen   View
}

func (d *desk) view() View {
	d.store.mu.Lock()
	defer d.store.mu.Unlock()
	return d.seen
}

// onDesk runs f with a phone in a bubble of its own time.
func onDesk(t *testing.T, f func(*desk)) { onDeskWith(t, func(*Config) {}, f) }

// onDeskWith is onDesk with other settings.
func onDeskWith(t *testing.T, change func(*Config), f func(*desk)) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(context.Background())
		d := &desk{
			T: t, board: sim.New(sim.Config{}), store: &kept{}, stop: stop, ended: make(chan error, 1), disk: make(chan string, 1), hup: make(chan struct{}, 1), texts: make(chan Texting), asks: make(chan Reloading), cable: make(chan ui.Network, 1), news: make(chan ui.Update, 1), answer: make(chan bool, 1),
			agent: newOwner[sip.Command, sip.Event](), engine: newOwner[media.Command, media.Event](),
		}
		inputs := make(chan hal.Input, 8)
		d.inputs = inputs
		settings := phone.Settings{
			Name: "Kitchen", NumAccts: 1, DigitMap: digitmap.Map("[2-6]xx"), Timeout: 4 * time.Second,
			FlashMin: 100 * time.Millisecond, FlashMax: 900 * time.Millisecond, Ear: 60, Ring: 70,
		}
		settings.Accounts[0] = phone.Account{Label: "Home", User: "201", Domain: "pbx.home"}
		d.base = settings
		c := Config{
			Parts: d.board.Parts(), Inputs: inputs, Agent: d.agent, Engine: d.engine, Store: d.store, Storage: d.disk, Network: d.cable,
			Updates: d.news, Answer: func(yes bool) { d.answer <- yes },
			Marks: [phone.MaxAccounts]string{"home"}, Phone: settings, UI: ui.Settings{Keys: sim.Keys, Functions: ui.DefaultFunctions()},
			Cadences: [tone.Bells]hal.Cadence{{{On: time.Second, Off: 4 * time.Second}}, 2: {{On: 2 * time.Second, Off: time.Second}}}, Zone: time.UTC,
			Reload: func(context.Context) Reloaded { return d.file }, Asked: d.hup, Reloading: d.asks, Texting: d.texts,
			Watch: func(v View) { d.store.mu.Lock(); d.seen = v; d.store.mu.Unlock() },
			Log:   slog.New(slog.DiscardHandler),
		}
		change(&c)
		s := New(c)
		var g sync.WaitGroup
		g.Go(func() { d.board.Run(ctx, inputs) })
		g.Go(func() { d.ended <- s.Run(ctx) })
		d.signal(sip.Registration{State: sip.Registered})
		d.engine.take()
		f(d)
		stop()
		g.Wait()
	})
}

func (d *desk) signal(e sip.Event) {
	d.agent.events <- e
	synctest.Wait()
}

func (d *desk) lift(off bool) {
	d.board.Hook(off)
	synctest.Wait()
}

func (d *desk) press(keys string) {
	for _, k := range keys {
		d.board.Press(hal.Key(k), true)
		synctest.Wait()
		d.board.Press(hal.Key(k), false)
		synctest.Wait()
	}
}

func (d *desk) lcd() string {
	synctest.Wait()
	seen, _ := d.board.Observe()
	return strings.Join(seen.Frame.Text[:], "\n")
}

func (d *desk) wants(got, want string) {
	d.Helper()
	if !strings.Contains(got, want) {
		d.Errorf("want %s in\n%s", want, got)
	}
}

func TestKeyToInvite(t *testing.T) {
	onDesk(t, func(d *desk) {
		d.lift(true)
		d.wants(d.engine.take(), fmt.Sprintf("media.Play{Tone:0x%x}", uint8(tone.Dial)))
		d.press("600")
		d.wants(d.engine.take(), "media.Play{Tone:0x0}")
		d.wants(d.agent.take(), `Dial{Call:0x1, Account:0, Target:"600", PickUp:""}`)
		d.wants(d.lcd(), "Calling")
		d.signal(sip.Progress{Call: 1, Code: 180})
		d.wants(d.engine.take(), fmt.Sprintf("media.Play{Tone:0x%x}", uint8(tone.Ringback)))
		d.signal(sip.Answered{Call: 1, Leg: 9, Agreed: agreement.Agreed{Codec: agreement.Opus}})
		d.wants(d.engine.take(), "media.Listen{Leg:0x9}")
		d.wants(d.lcd(), "Opus           00:00")
		time.Sleep(7 * time.Second)
		d.wants(d.lcd(), "00:07")
		d.press("5")
		d.wants(d.engine.take(), "media.SendDigit{Leg:0x9, Digit:0x35, Held:true, Unsignalled:false}\nmedia.EndDigit{Leg:0x9}")
		d.lift(false)
		time.Sleep(time.Second) // past the longest flash
		synctest.Wait()
		d.wants(d.agent.take(), "HangUp{Call:0x1, Words:\"\"}")
		d.signal(sip.Ended{Call: 1, Code: 200})
		if n := d.store.Len(); n != 1 {
			t.Errorf("%d calls in the log", n)
		}
	})
}

// Local ringback sounds until the far end's own sound arrives (RFC 3960 §3.2).
func TestEarlyMedia(t *testing.T) {
	onDesk(t, func(d *desk) {
		d.lift(true)
		d.press("600")
		d.signal(sip.Progress{Call: 1, Code: 180, Leg: 9})
		d.signal(sip.Progress{Call: 1, Code: 183, Leg: 9, Early: true})
		d.wants(d.engine.take(), fmt.Sprintf("media.Play{Tone:0x%x}", uint8(tone.Ringback)))
		d.signal(sip.Progress{Call: 1, Code: 181, Leg: 9, Early: true, Words: "Forwarded to 203"})
		d.wants(d.lcd(), "Forwarded to 203")
		d.engine.events <- media.Receiving{Leg: 9}
		synctest.Wait()
		heard := d.engine.take()
		d.wants(heard, "media.Play{Tone:0x0}")
		d.wants(heard, "media.Listen{Leg:0x9}")
		d.wants(d.lcd(), "Connecting")
		d.signal(sip.Progress{Call: 1, Code: 199, Leg: 9})
		d.wants(d.engine.take(), fmt.Sprintf("media.Play{Tone:0x%x}", uint8(tone.Ringback)))
	})
}

// Bell and engine ring as the server wants it.
func TestRingsAsItIsMarked(t *testing.T) {
	onDesk(t, func(d *desk) {
		d.signal(sip.Incoming{Call: 2, Number: "202", Bell: 2})
		d.wants(d.engine.take(), "media.Ring{On:true, Bell:2}")
		if seen, _ := d.board.Observe(); seen.Ring != (hal.Cadence{{On: 2 * time.Second, Off: time.Second}}) {
			t.Errorf("%v", seen.Ring)
		}
		d.signal(sip.Ended{Call: 2, Code: 487})
		d.signal(sip.Incoming{Call: 4, Number: "202", Bell: 77})
		if seen, _ := d.board.Observe(); seen.Ring != (hal.Cadence{{On: time.Second, Off: 4 * time.Second}}) {
			t.Errorf("%v", seen.Ring)
		}
	})
}

func TestRingToAnswer(t *testing.T) {
	onDesk(t, func(d *desk) {
		d.signal(sip.Incoming{Call: 2, Name: "Anna Schmidt", Number: "0301234567"})
		d.wants(d.agent.take(), "Alert{Call:0x2}")
		d.wants(d.engine.take(), "media.Ring{On:true, Bell:0}")
		d.wants(d.lcd(), "Anna Schmidt")
		if seen, _ := d.board.Observe(); seen.Ring == (hal.Cadence{}) || seen.Lamps[0] == hal.Off {
			t.Errorf("neither bell nor lamp: %+v", seen)
		}
		d.lift(true)
		d.wants(d.agent.take(), "Accept{Call:0x2, ByItself:false}")
		d.wants(d.engine.take(), "media.Ring{On:false, Bell:0}")
		if seen, _ := d.board.Observe(); seen.Ring != (hal.Cadence{}) {
			t.Error("the bell still rings")
		}
		d.signal(sip.Answered{Call: 2, Leg: 4})
		d.wants(d.engine.take(), "media.Listen{Leg:0x4}")
	})
}

// An owner whose queue is full for a while gets every command, in order, when it has room.
func TestNoCallEffectIsLost(t *testing.T) {
	onDesk(t, func(d *desk) {
		d.agent.full = true
		d.lift(true)
		d.press("600")
		d.lift(false)
		time.Sleep(2 * time.Second)
		d.agent.mu.Lock()
		d.agent.full = false
		d.agent.mu.Unlock()
		time.Sleep(time.Second)
		got := d.agent.take()
		dial, hangUp := strings.Index(got, "Dial{"), strings.Index(got, "HangUp{")
		if dial < 0 || hangUp < dial {
			t.Errorf("the agent got\n%s", got)
		}
	})
}

func TestReceivedDigitsAreSeen(t *testing.T) {
	onDesk(t, func(d *desk) {
		d.signal(sip.Incoming{Call: 2, Number: "1"})
		d.lift(true)
		d.signal(sip.Answered{Call: 2, Leg: 4})
		for _, digit := range "12#" {
			d.engine.events <- media.Digit{Leg: 4, Digit: byte(digit)}
		}
		d.engine.events <- media.Digit{Leg: 5, Digit: '9'} // of another leg
		synctest.Wait()
		if v := d.view(); v.Digits != "12#" || v.Leg != 4 {
			t.Errorf("seen: %q on leg %d", v.Digits, v.Leg)
		}
	})
}
