package rpi

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"periph.io/x/conn/v3/gpio"

	"github.com/offhook/offhook/board/learn"
)

func TestProberSeesWhatIsJoined(t *testing.T) {
	b := newWorkbench(nil) // rows 5 6 13 19, columns 12 16 20 21, hook switch 26
	b.missing[14], b.missing[15] = errors.New("busy"), errors.New("busy")
	p, err := newProber(b)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if !slices.Equal(p.Taken, []int{14, 15}) {
		t.Errorf("taken: %v", p.Taken)
	}
	for _, c := range []struct {
		name string
		do   func()
		want learn.Look
	}{
		{"nothing pressed, the handset lies", func() {}, learn.Look{Low: []int{26}}},
		{"a key", func() { b.closed['5'] = true }, learn.Look{Low: []int{26}, Pairs: [][2]int{{6, 16}}}},
		{"another row's", func() { b.closed['5'], b.closed['7'] = false, true }, learn.Look{Low: []int{26}, Pairs: [][2]int{{12, 13}}}},
		{"lifted", func() { b.closed['7'], b.lifted = false, true }, learn.Look{}},
	} {
		b.set(c.do)
		got, err := p.Look()
		if diff := cmp.Diff(c.want, got); diff != "" || err != nil {
			t.Errorf("%s: %v %s", c.name, err, diff)
		}
		for pin, level := range b.driven {
			t.Errorf("%s: GPIO %d is left driven %v", c.name, pin, level)
		}
	}
	b.missing[-5] = errors.New("input/output error")
	if _, err := p.Look(); err == nil {
		t.Error("a pin that cannot be driven is not told of")
	}
	if b.driven[5] == gpio.High {
		t.Error("a pin was driven high")
	}
}

func TestProberWithoutPins(t *testing.T) {
	b := newWorkbench(nil)
	for pin := range 28 {
		b.missing[pin] = fmt.Errorf("line_request ioctl: %w", errors.New("device or resource busy"))
	}
	if _, err := newProber(b); !errors.Is(err, ErrBusy) || err.Error() != "the pins cannot be read: device or resource busy" {
		t.Errorf("%v", err)
	}
	for pin := range 28 {
		b.missing[pin] = errors.New("it is odd")
	}
	if _, err := newProber(b); errors.Is(err, ErrBusy) || err == nil || err.Error() != "the pins cannot be read: it is odd" {
		t.Errorf("%v", err)
	}
}
