package media

import (
	"context"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/media/audio"
	"github.com/offhook/offhook/media/tone"
)

// clockedCard is a fake card that the machine's clock turns.
type clockedCard struct {
	*fakeCard
	stop chan struct{}
	done chan struct{}
}

func newClockedCard(s audio.Spec, voice func(int) int16) *clockedCard {
	c := &clockedCard{newFakeCard(s, voice), make(chan struct{}), make(chan struct{})}
	go func() {
		defer close(c.done)
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-c.stop:
				return
			case <-tick.C:
				c.turn(20 * time.Millisecond)
				c.fakeCard.Wake()
			}
		}
	}()
	return c
}

func (c *clockedCard) Close() error {
	close(c.stop)
	<-c.done
	return c.fakeCard.Close()
}

// start runs an engine in real time and returns how to stop it.
func start(t *testing.T, e *Engine) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- e.Run(ctx) }()
	var once sync.Once
	stop = func() {
		once.Do(func() {
			cancel()
			if err := <-done; err != nil {
				t.Errorf("Run: %v", err)
			}
		})
	}
	t.Cleanup(stop)
	return stop
}

// answered connects an engine, in G.711, with a headless one that is returned and plays far.
func answered(t *testing.T, a *Engine, far Endpoint) (x *Engine, legA, legX agreement.Leg) {
	t.Helper()
	x, err := New(Config{Bind: loopback})
	if err != nil {
		t.Fatal(err)
	}
	legA, localA := reserve(t, a)
	legX, localX := reserve(t, x)
	if err := x.Attach(legX, far); err != nil {
		t.Fatal(err)
	}
	if err := a.Apply(legA, "x", towards(localX, agreement.PCMU)); err != nil {
		t.Fatal(err)
	}
	if err := x.Apply(legX, "a", towards(localA, agreement.PCMU)); err != nil {
		t.Fatal(err)
	}
	return x, legA, legX
}

// await waits for an event that is wanted.
func await(t *testing.T, e *Engine, what string, want func(Event) bool) {
	t.Helper()
	late := time.After(3 * time.Second)
	for {
		select {
		case v := <-e.Events():
			if want(v) {
				return
			}
		case <-late:
			t.Fatalf("no %s came", what)
		}
	}
}

// In real time: a call between a phone with a card and a headless one; the card is
// pulled out and comes back; and at the end nothing is left running.
func TestRunInRealTime(t *testing.T) {
	defer goleak.VerifyNone(t)
	var mu sync.Mutex
	var open []*clockedCard
	virtual := 0
	plan, _ := tone.ForCountry("DE")
	a, err := New(Config{Bind: loopback, Plan: plan, VirtualName: "WAV files",
		Card: func(s audio.Spec) (audio.Card, error) {
			mu.Lock()
			defer mu.Unlock()
			c := newClockedCard(s, sine(500))
			open = append(open, c)
			return c, nil
		},
		Virtual: func(s audio.Spec) (audio.Card, error) {
			mu.Lock()
			defer mu.Unlock()
			virtual++
			return newClockedCard(s, nil), nil
		}})
	if err != nil {
		t.Fatal(err)
	}
	a.voice.retry, a.voice.wait = 300*time.Millisecond, 300*time.Millisecond
	x, legA, legX := answered(t, a, &parrot{})
	stopA, stopX := start(t, a), start(t, x)
	defer stopA()
	defer stopX()
	if !a.Do(Listen{legA}) || !x.Do(SendDigit{Leg: legX, Digit: '7'}) {
		t.Fatal("a command was refused")
	}
	await(t, a, "digit", func(v Event) bool { return v == Digit{legA, '7'} })
	await(t, a, "sound", func(v Event) bool { return v == Receiving{legA} })
	mu.Lock()
	open[0].vanish()
	mu.Unlock()
	await(t, a, "stand-in", func(v Event) bool { c, ok := v.(Card); return ok && c.Virtual && c.Name == "WAV files" })
	await(t, a, "card again", func(v Event) bool { c, ok := v.(Card); return ok && !c.Virtual && c.Problem == "" })
	if s, ok := a.Stats(legA); !ok || s.Sent < 20 || s.Received < 20 || s.Lost > 0 {
		t.Errorf("after the card came back: %+v", s)
	}
	stopA()
	stopX()
	mu.Lock()
	defer mu.Unlock()
	if len(open) != 2 || virtual != 1 {
		t.Errorf("%d cards and %d stand-ins were opened", len(open), virtual)
	}
	for i, c := range open {
		if !c.closed {
			t.Errorf("card %d is still open", i)
		}
	}
	if _, _, err := a.Reserve(context.Background(), agreement.Needs{}); err == nil {
		t.Error("a stopped engine reserves ports")
	}
}

// A card that takes its time to open holds nothing up, and Run waits for it at the end.
func TestSlowCard(t *testing.T) {
	defer goleak.VerifyNone(t)
	let := make(chan struct{})
	e, err := New(Config{Bind: loopback, Card: func(audio.Spec) (audio.Card, error) {
		<-let
		return nil, audio.ErrBusy
	}})
	if err != nil {
		t.Fatal(err)
	}
	stop := start(t, e)
	e.Do(Play{tone.Dial})
	leg, local := reserve(t, e)
	if err := e.Apply(leg, "x", towards(local, agreement.PCMU)); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(2 * time.Second); ; time.Sleep(time.Millisecond) {
		if s, _ := e.Stats(leg); s.Sent > 3 {
			break
		}
		if time.Now().After(end) {
			t.Fatal("nothing is sent while a card opens")
		}
	}
	time.AfterFunc(20*time.Millisecond, func() { close(let) })
	stop()
}

// Do never blocks: a queue that nobody empties refuses.
func TestDoIsBounded(t *testing.T) {
	e := headless(t, Config{})
	n := 0
	for e.Do(Mute{true}) {
		n++
	}
	if n != maxCommands {
		t.Errorf("%d commands wait, want %d", n, maxCommands)
	}
	e.step(time.Second)
	if !e.Do(Mute{false}) {
		t.Error("still full after a step")
	}
}
