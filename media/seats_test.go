package media

import (
	"testing"
	"time"

	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/media/audio"
	"github.com/offhook/offhook/media/tone"
)

// A table is an engine with a fake card for each name, which can be pulled out.
type table struct {
	*Engine
	t      *testing.T
	open   map[string]*fakeCard // that are open
	opened map[string]int
	away   map[string]error // why a card cannot be opened
	voices map[string]func(int) int16
	leg    agreement.Leg
	local  agreement.Local
	now    time.Duration
	slow   []func() // operations on cards that wait, while held
	held   bool
	far    *phone
}

// apart are places of three voices on three cards; the speaker's rings.
var apart = Places{Handset: {Card: "handset"}, Headset: {Card: "headset"}, Speaker: {Card: "speaker"}, Ringer: {Card: "speaker"}}

func newTable(t *testing.T, c Config) *table {
	t.Helper()
	d := &table{t: t, open: map[string]*fakeCard{}, opened: map[string]int{}, away: map[string]error{},
		voices: map[string]func(int) int16{"handset": sine(500), "headset": sine(700), "speaker": sine(1100)}}
	c.Card = func(s audio.Spec) (audio.Card, error) {
		if err := d.away[s.Device]; err != nil {
			return nil, err
		}
		if c := d.open[s.Device]; c != nil && !c.closed {
			t.Errorf("%q is opened twice at once", s.Device)
		}
		d.opened[s.Device]++
		d.open[s.Device] = newFakeCard(s, d.voices[s.Device])
		return d.open[s.Device], nil
	}
	c.Plan, _ = tone.ForCountry("US")
	d.Engine = headless(t, c)
	for _, o := range d.own {
		o.spawn = func(f func()) {
			if d.held {
				d.slow = append(d.slow, f)
				return
			}
			f()
		}
	}
	return d
}

// run lets time go by; the far end's with it.
func (d *table) run(length time.Duration) {
	for ; length > 0; length -= packetTime {
		d.now += packetTime
		for _, c := range d.open {
			if !c.closed {
				c.turn(packetTime)
			}
		}
		d.step(d.now)
		if d.far != nil {
			d.far.card.turn(packetTime)
			d.far.step(d.now)
		}
	}
}

// call puts the table into a call with a far end that speaks 900 Hz.
func (d *table) call() {
	d.t.Helper()
	d.far = newPhone(d.t, Config{}, sine(900))
	d.leg, d.local = reserve(d.t, d.Engine)
	d.far.reserve()
	if err := d.Apply(d.leg, "far", towards(d.far.local, agreement.L16Full)); err != nil {
		d.t.Fatal(err)
	}
	d.far.apply(towards(d.local, agreement.L16Full))
	d.Do(Listen{d.leg})
	d.far.Do(Listen{d.far.leg})
	d.far.step(0)
	d.run(time.Second)
}

// hears fails unless the card called name plays the far end, and it hears that card's mouth.
func (d *table) hears(name string) {
	d.t.Helper()
	d.far.card.take()
	d.open[name].take()
	d.run(400 * time.Millisecond)
	mouths := map[string]float64{"handset": 500, "headset": 700, "speaker": 1100}
	heard := d.far.card.take()
	for card, freq := range mouths {
		if p := power(heard, freq); (p > 4000) != (card == name) {
			d.t.Errorf("the voice is at the %s, and the far end hears the %s at %.0f", name, card, p)
		}
	}
	if p := power(d.open[name].take(), 900); p < 4000 {
		d.t.Errorf("the %s plays the far end at %.0f", name, p)
	}
}

// steepest is the largest step between neighbouring samples.
func steepest(pcm []int16) (most int) {
	for i := 1; i < len(pcm); i++ {
		most = max(most, int(pcm[i])-int(pcm[i-1]), int(pcm[i-1])-int(pcm[i]))
	}
	return most
}

// The voice goes from card to card in the midst of a call: nothing of the call is lost,
// nothing clicks, on either side, and the card that is left closes.
func TestVoiceMoves(t *testing.T) {
	d := newTable(t, Config{Places: apart})
	d.call()
	d.hears("handset")
	d.open["handset"].take()
	d.far.card.take()

	d.Do(Use{Speaker})
	d.run(300 * time.Millisecond)
	left := d.open["handset"]
	if d.far.step(d.now); !left.closed || d.open["speaker"].closed {
		t.Errorf("after the move: handset closed %v, speaker closed %v", left.closed, d.open["speaker"].closed)
	}
	// A full sine of the far end moves by 942 a sample, ours by 1152 and less.
	for who, pcm := range map[string][]int16{"the card left": left.take(), "the new card": d.open["speaker"].take(), "the far end": d.far.card.take()} {
		if s := steepest(pcm); s > 1250 {
			t.Errorf("%s hears a click of %d", who, s)
		}
	}
	if left.stats.Underruns > 1 {
		t.Errorf("the card that was left ran dry %d times", left.stats.Underruns)
	}
	d.hears("speaker")
	d.Do(Use{Headset})
	d.run(300 * time.Millisecond)
	d.hears("headset")
	if s, _ := d.far.Stats(d.far.leg); s.Lost != 0 || s.Restarts != 0 {
		t.Errorf("the far end lost %d packets, with %d restarts", s.Lost, s.Restarts)
	}
	before, _ := d.Stats(d.leg)
	d.run(time.Second)
	after, _ := d.Stats(d.leg)
	if n := after.Sent - before.Sent; n != 100 { // L16 at 48 kHz: 10 ms each
		t.Errorf("%d packets in a second", n)
	}
	if got := cards(d.Engine); len(got) == 0 || got[len(got)-1] != (Card{Name: "Fake headset", Role: Headset, Wanted: Headset}) {
		t.Errorf("told %+v", got)
	}
}

// While the other card is being opened the voice stays where it is, whole.
func TestVoiceStaysUntilTheCardIsOpen(t *testing.T) {
	d := newTable(t, Config{Places: apart})
	d.call()
	d.held = true
	d.Do(Use{Speaker})
	d.run(100 * time.Millisecond)
	d.hears("handset")
	if d.open["handset"].stats.Underruns > 1 {
		t.Errorf("%d underruns meanwhile", d.open["handset"].stats.Underruns)
	}
	d.held = false
	for _, f := range d.slow {
		f()
	}
	d.run(200 * time.Millisecond)
	d.hears("speaker")
}

// Roles that share a card share one opening of it, and have levels of their own.
func TestRolesShareACard(t *testing.T) {
	one := Places{{Card: "handset"}, {Card: "handset"}, {Card: "handset"}, {Card: "handset"}}
	d := newTable(t, Config{Places: one, Gains: [Roles]Gains{Speaker: {Ear: -20, Mouth: -20}}})
	d.call()
	loud := d.open["handset"].take()
	d.Do(Use{Speaker})
	d.run(100 * time.Millisecond)
	d.open["handset"].take()
	d.far.card.take()
	d.run(500 * time.Millisecond)
	soft, far := d.open["handset"].take(), d.far.card.take()
	if by := level(loud[len(loud)-9600:]) - level(soft); by < 19 || by > 21 {
		t.Errorf("the speaker is %.1f dB softer, want its gain of -20", by)
	}
	if p := power(far, 500); p < 500 || p > 1200 {
		t.Errorf("its microphone comes at %.0f, want a tenth", p)
	}
	d.Do(Volume{Role: Headset, Ear: 100, Ring: 70}) // of another role
	d.run(100 * time.Millisecond)
	if by := level(d.open["handset"].take()) - level(soft); by > 0.5 || by < -0.5 {
		t.Errorf("the volume of another role changed this one's by %.1f dB", by)
	}
	d.Do(Volume{Role: Speaker, Ear: 80, Ring: 70})
	d.run(100 * time.Millisecond)
	d.open["handset"].take()
	d.run(200 * time.Millisecond)
	if by := level(d.open["handset"].take()) - level(soft); by < 5 || by > 7 {
		t.Errorf("20 steps of its own changed it by %.1f dB, want 6", by)
	}
	if d.opened["handset"] != 1 || len(d.opened) != 1 {
		t.Errorf("opened %v, want one card once", d.opened)
	}
}

// A card that is pulled out in a call: it goes on at the handset, the user is told, and the
// card that comes back has the voice at once.
func TestCardIsPulledOut(t *testing.T) {
	d := newTable(t, Config{Places: apart})
	d.Do(Use{Headset})
	d.call()
	d.hears("headset")
	cards(d.Engine)

	gone := apart
	gone[Headset] = Place{Missing: "not plugged in"}
	d.open["headset"].vanish()
	d.Do(Plug{gone})
	d.run(100 * time.Millisecond)
	if !d.open["headset"].closed {
		t.Error("what was pulled out is still open")
	}
	d.hears("handset")
	want := Card{Name: "Fake handset", Problem: "not plugged in", Role: Handset, Wanted: Headset}
	if got := cards(d.Engine); len(got) == 0 || got[len(got)-1] != want {
		t.Errorf("told %+v", got)
	}
	d.run(20 * time.Second)
	if d.opened["headset"] != 1 {
		t.Errorf("what is not there was tried %d times", d.opened["headset"]-1)
	}

	d.away["headset"] = audio.ErrDenied // the system is not ready at once
	d.Do(Plug{apart})
	d.run(500 * time.Millisecond)
	delete(d.away, "headset")
	d.run(time.Second)
	d.hears("headset")
	want = Card{Name: "Fake headset", Role: Headset, Wanted: Headset}
	if got := cards(d.Engine); len(got) == 0 || got[len(got)-1] != want {
		t.Errorf("told %+v", got)
	}
	if s, _ := d.far.Stats(d.far.leg); s.Lost != 0 {
		t.Errorf("the far end lost %d packets", s.Lost)
	}
}

// The same with the handset's own card: files stand in, and a card at another place, as it
// comes back in another socket, replaces them.
func TestHandsetIsPulledOut(t *testing.T) {
	d := newTable(t, Config{Places: apart, VirtualName: "files", Virtual: func(s audio.Spec) (audio.Card, error) {
		s.Device = "files"
		return newFakeCard(s, nil), nil
	}})
	d.call()
	gone, back := apart, apart
	gone[Handset] = Place{Missing: "not plugged in"}
	back[Handset] = Place{Card: "other socket"}
	d.voices["other socket"] = sine(500)
	d.Do(Plug{gone})
	d.run(300 * time.Millisecond)
	if got := cards(d.Engine); len(got) == 0 || got[len(got)-1] != (Card{Name: "files", Virtual: true, Problem: "not plugged in"}) {
		t.Errorf("told %+v", got)
	}
	d.Do(Plug{back})
	d.run(500 * time.Millisecond)
	d.open["handset"] = d.open["other socket"]
	delete(d.open, "other socket")
	d.hears("handset")
	if got := cards(d.Engine); len(got) == 0 || got[len(got)-1] != (Card{Name: "Fake other socket"}) {
		t.Errorf("told %+v", got)
	}
	d.run(2 * time.Second)
	better := back
	better[Handset] = Place{Card: "preferred"}
	d.Do(Plug{better})
	d.run(300 * time.Millisecond)
	if c := d.open["preferred"]; c == nil || c.closed || !d.open["handset"].closed {
		t.Error("a card that is preferred does not replace the one before")
	}
}

// Ringing and a voice at once, on one card and on two; and the card that has rung has the
// voice without being opened anew.
func TestRingBesideVoice(t *testing.T) {
	for name, places := range map[string]Places{"another card": apart, "the same card": {{Card: "handset"}, {Card: "headset"}, {Card: "speaker"}, {Card: "handset"}}} {
		d := newTable(t, Config{Places: places})
		d.call()
		ring := places[Ringer].Card
		d.Do(Ring{On: true})
		d.run(100 * time.Millisecond)
		d.open[ring].take()
		d.open["handset"].take()
		d.run(500 * time.Millisecond)
		if rings := d.open[ring].take(); power(rings, 1000) < 100 {
			t.Errorf("%s: it does not ring", name)
		}
		d.run(100 * time.Millisecond)
		if n := d.open[ring].Captured(); n > 2*960 {
			t.Errorf("%s: %d samples of its microphone wait for nobody", name, n)
		}
		if p := power(d.open["handset"].take(), 900); p < 3000 {
			t.Errorf("%s: the call is heard at %.0f", name, p)
		}
		d.Do(Use{Speaker})
		d.Do(Ring{})
		d.run(300 * time.Millisecond)
		d.hears("speaker")
		if d.opened[ring] != 1 {
			t.Errorf("%s: %s was opened %d times", name, ring, d.opened[ring])
		}
	}
}

// A card without a microphone is heard, and the user is told why he is not.
func TestCardHasNoMicrophone(t *testing.T) {
	deaf := 0
	p := headless(t, Config{Card: func(s audio.Spec) (audio.Card, error) {
		if !s.PlayOnly {
			return nil, audio.ErrNoMicrophone
		}
		deaf++
		return newFakeCard(s, nil), nil
	}})
	p.cfg.Plan, _ = tone.ForCountry("US")
	p.Do(Play{tone.Dial})
	for now := packetTime; now < 4*time.Second; now += packetTime {
		p.step(now)
	}
	if got := cards(p); deaf != 1 || len(got) != 1 || got[0] != (Card{Name: "Fake ", Problem: audio.ErrNoMicrophone.Error()}) {
		t.Errorf("opened %d times, told %+v", deaf, got)
	}
}

func TestRoleNames(t *testing.T) {
	if Speaker.String() != "speaker" || Role(9).String() != "?" || !Speaker.Echoes() || Headset.Echoes() {
		t.Error("a role is not what it says")
	}
}
