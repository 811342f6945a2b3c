package media

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/media/audio"
	"github.com/offhook/offhook/media/tone"
)

// Whatever a card tells of itself, none before it takes away.
func TestStatsOfCardsAddUp(t *testing.T) {
	one := audio.Stats{}
	v := reflect.ValueOf(&one).Elem()
	for i := range v.NumField() {
		switch f := v.Field(i); f.Kind() {
		case reflect.Uint64:
			f.SetUint(uint64(i) + 1)
		case reflect.Int64:
			f.SetInt(int64(i) + 1)
		case reflect.Bool:
			f.SetBool(true)
		default:
			t.Fatalf("a field of kind %v", f.Kind())
		}
	}
	if got := add(audio.Stats{}, one); got != one {
		t.Errorf("%+v became %+v", one, got)
	}
	if got := add(one, one); got.Played != 2*one.Played || got.Dropped != 2*one.Dropped || got.Idle != one.Idle {
		t.Errorf("two of %+v are %+v", one, got)
	}
}

func cards(e *Engine) (all []Card) {
	for _, v := range events(e) {
		if c, ok := v.(Card); ok {
			all = append(all, c)
		}
	}
	return all
}

// A card is open while something sounds, within a frame of the wish, and not longer.
func TestCardOpensOnDemand(t *testing.T) {
	p := newPhone(t, Config{}, nil)
	clock := drive(p)
	clock.run(200 * time.Millisecond)
	if p.card != nil {
		t.Fatal("a card is open in an idle phone")
	}
	p.Do(Play{tone.Dial})
	clock.run(40 * time.Millisecond)
	if p.card == nil || len(p.card.play) == 0 {
		t.Fatal("no card sounds 40 ms after the hook went off")
	}
	p.Do(Play{tone.None})
	clock.run(500 * time.Millisecond)
	if p.card.closed {
		t.Error("closed at once: the next tone would click")
	}
	clock.run(time.Second)
	if !p.card.closed {
		t.Error("still open, though nothing sounds")
	}
	p.Do(Play{tone.Busy})
	clock.run(40 * time.Millisecond)
	if p.cards != 2 || p.card.closed {
		t.Errorf("%d cards opened, want a second one", p.cards)
	}
	if rest := p.step(clock.now); rest == forever {
		t.Error("rests for ever while a tone plays")
	}
	if got := cards(p.Engine); len(got) != 1 || got[0] != (Card{Name: "Fake "}) {
		t.Errorf("told %+v, want the card once", got)
	}
}

// A card that vanishes in a call is replaced by the virtual one, and comes back.
func TestCardVanishesAndRecovers(t *testing.T) {
	var stand *fakeCard
	virtual := func(s audio.Spec) (audio.Card, error) {
		stand = newFakeCard(s, sine(1300))
		return stand, nil
	}
	a := newPhone(t, Config{Virtual: virtual, VirtualName: "WAV files in sound/"}, sine(500))
	b := newPhone(t, Config{}, sine(900))
	call(t, a, b, agreement.PCMU)
	clock := drive(a, b)
	turnStand := func() {
		if stand != nil && !stand.closed {
			stand.turn(packetTime)
		}
	}
	clock.run(time.Second)
	cards(a.Engine)

	first := a.card
	a.fail = audio.ErrVanished
	a.voice.lost(audio.ErrVanished, clock.now)
	clock.run(100*time.Millisecond, turnStand)
	if stand == nil || !first.closed {
		t.Fatal("nothing stands in for the card")
	}
	clock.run(time.Second, turnStand)
	b.card.take()
	stand.take()
	clock.run(300*time.Millisecond, turnStand)
	if p := power(b.card.take(), 1300); p < 4000 {
		t.Errorf("the far end hears the stand-in at %.0f", p)
	}
	if p := power(stand.take(), 900); p < 4000 {
		t.Errorf("the stand-in plays the far end at %.0f", p)
	}
	got := cards(a.Engine)
	if n := len(got); n == 0 || !got[n-1].Virtual || got[n-1].Name != "WAV files in sound/" || got[n-1].Problem != "the sound card is gone" {
		t.Errorf("told %+v", got)
	}

	a.fail = nil
	clock.run(4*time.Second, turnStand)
	if a.card == first || !stand.closed {
		t.Fatal("the card is back, and not used")
	}
	clock.run(time.Second)
	b.card.take()
	a.card.take()
	clock.run(300 * time.Millisecond)
	if p := power(b.card.take(), 500); p < 4000 {
		t.Errorf("the far end hears the card again at %.0f", p)
	}
	if p := power(a.card.take(), 900); p < 4000 {
		t.Errorf("the card plays the far end again at %.0f", p)
	}
	got = cards(a.Engine)
	if n := len(got); n == 0 || got[n-1] != (Card{Name: "Fake "}) {
		t.Errorf("told %+v", got)
	}
	if s, _ := b.Stats(b.leg); s.Lost != 0 || s.Restarts != 0 {
		t.Errorf("the call suffered: %+v", s)
	}
}

// Without any card the call goes on, silent, and the phone says why.
func TestCardCannotBeHad(t *testing.T) {
	a, b := newPhone(t, Config{}, nil), newPhone(t, Config{}, sine(900))
	a.fail = audio.ErrBusy
	call(t, a, b, agreement.PCMU)
	clock := drive(a, b)
	clock.run(2 * time.Second)
	if s, _ := a.Stats(a.leg); s.Sent < 95 || s.Received < 95 {
		t.Errorf("in 2 s %d packets sent, %d received", s.Sent, s.Received)
	}
	got := cards(a.Engine)
	if len(got) != 1 || got[0].Name != "" || !strings.Contains(got[0].Problem, "used by another program") {
		t.Errorf("told %+v", got)
	}
	a.fail = nil
	clock.run(3 * time.Second)
	if got := cards(a.Engine); len(got) != 1 || got[0] != (Card{Name: "Fake "}) {
		t.Errorf("told %+v, want the card", got)
	}
}

// A card that stands still without a word, and one that loses its clock, are given up.
func TestCardWithoutClock(t *testing.T) {
	for name, move := range map[string]func(c *fakeCard){
		"stopped":       func(c *fakeCard) { c.stats.Idle += packetTime },
		"spins":         func(c *fakeCard) { c.stats.Callbacks += 5 },
		"polls in vain": func(c *fakeCard) { c.stats.Spent += packetTime * 9 / 10 },
		"is slow":       func(c *fakeCard) { c.stats.Spent += packetTime * 2 / 3 },
		"is well":       func(c *fakeCard) { c.stats.Spent += packetTime / 10 },
	} {
		p := newPhone(t, Config{}, nil)
		p.Do(Play{tone.Dial})
		p.step(packetTime)
		p.step(2 * packetTime)
		first := p.card
		for now := 3 * packetTime; now < 3*time.Second; now += packetTime {
			move(p.card)
			p.card.play = nil
			p.step(now)
		}
		if first.closed == strings.HasPrefix(name, "is ") {
			t.Errorf("%s: given up: %v", name, first.closed)
		}
	}
}

// A card that records nothing: the far end gets silence at the right pace, and is heard.
func TestCardWithoutMicrophone(t *testing.T) {
	a, b := newPhone(t, Config{}, sine(500)), newPhone(t, Config{}, sine(900))
	call(t, a, b, agreement.PCMU)
	clock := drive(a, b)
	deaf := func() { a.card.mic = nil }
	clock.run(40 * time.Millisecond)
	deaf()
	a.card.spec.PlayOnly = true
	before, _ := a.Stats(a.leg)
	clock.run(3*time.Second, deaf)
	after, _ := a.Stats(a.leg)
	if n := after.Sent - before.Sent; n < 143 || n > 151 {
		t.Errorf("%d packets in 3 s, want about 150", n)
	}
	a.card.take()
	clock.run(200*time.Millisecond, deaf)
	if p := power(a.card.take(), 900); p < 4000 {
		t.Errorf("hears %.0f", p)
	}
}
