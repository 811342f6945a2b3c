package hd44780test

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// A hand moves the wires of a display of 8 and does it well.
type hand struct {
	*Chip
	at time.Duration
	p  Pins
}

func (h *hand) move(d time.Duration, change func(p *Pins)) {
	h.at += d
	change(&h.p)
	h.Set(h.at, h.p)
}

func (h *hand) write(rs bool, v byte, takes time.Duration) {
	h.move(time.Microsecond, func(p *Pins) { p.RS = rs })
	h.move(time.Microsecond, func(p *Pins) { p.D = v })
	h.move(time.Microsecond, func(p *Pins) { p.E = true })
	h.move(time.Microsecond, func(p *Pins) { p.E = false })
	h.at += takes
}

func started(o Options) *hand {
	o.Wires = 8
	h := &hand{Chip: New(o)}
	h.Power(0, Pins{})
	h.at = powerTime
	for _, v := range []byte{0x38, 0x0c} {
		h.write(false, v, shortTime)
	}
	h.write(false, 0x01, longTime)
	return h
}

func dots([8]byte) rune { return '#' }

func TestText(t *testing.T) {
	type write struct {
		rs    bool
		bytes string
	}
	for name, c := range map[string]struct {
		o      Options
		writes []write
		want   []string
	}{
		"rows":                       {Options{Cols: 5, Rows: 4}, []write{{true, "ab"}, {false, "\xc0"}, {true, "c"}, {false, "\x85"}, {true, "d"}, {false, "\xc5"}, {true, "e"}}, []string{"ab   ", "c    ", "d    ", "e    "}},
		"off":                        {Options{Cols: 3, Rows: 2}, []write{{true, "a"}, {false, "\x08"}}, []string{"   ", "   "}},
		"a line goes on in the next": {Options{Cols: 3, Rows: 2}, []write{{false, "\xa7"}, {true, "ab"}}, []string{"   ", "b  "}},
		"one line has no second":     {Options{Cols: 3, Rows: 2}, []write{{false, "\x30\xc0"}, {true, "a"}}, []string{"   ", "   "}},
		"to the left":                {Options{Cols: 3, Rows: 1}, []write{{false, "\x82\x04"}, {true, "ab"}}, []string{" ba"}},
		"shifted":                    {Options{Cols: 3, Rows: 1}, []write{{true, "abcd"}, {false, "\x18"}}, []string{"bcd"}},
		"shifted by what is written": {Options{Cols: 3, Rows: 1}, []write{{false, "\x07"}, {true, "abcd"}}, []string{"   "}},
		"and home again":             {Options{Cols: 3, Rows: 1}, []write{{true, "abcd"}, {false, "\x18\x02"}}, []string{"abc"}},
		"cursor moved":               {Options{Cols: 3, Rows: 1}, []write{{true, "a"}, {false, "\x14"}, {true, "b"}}, []string{"a b"}},
		"a cursor is seen":           {Options{Cols: 3, Rows: 1}, []write{{false, "\x0e"}}, []string{"(cursor)"}},
		"drawn":                      {Options{Cols: 3, Rows: 1}, []write{{true, "\x00\x0f"}}, []string{"## "}},
		"Japanese":                   {Options{Cols: 6, Rows: 1}, []write{{true, "\x5c\x7e\xe1\xf5\xfe\x80"}}, []string{"¥→äü \uFFFD"}},
		"European":                   {Options{Cols: 6, Rows: 1, A02: true}, []write{{true, "\x5c\x7e\xe4\xfc\x18\x80"}}, []string{"\\~äü↑Б"}},
		"cleared":                    {Options{Cols: 3, Rows: 1}, []write{{true, "ab"}, {false, "\x01"}, {true, "c"}}, []string{"c  "}},
	} {
		h := started(c.o)
		for _, w := range c.writes {
			for _, v := range []byte(w.bytes) {
				h.write(w.rs, v, longTime)
			}
		}
		if got := h.Text(dots); !slices.Equal(got, c.want) || len(h.Complaints()) > 0 {
			t.Errorf("%s: %q, want %q; %q", name, got, c.want, h.Complaints())
		}
	}
}

// Each rule of the datasheet is complained of where it is broken, and the rest is not.
func TestComplaints(t *testing.T) {
	raise, lower := func(p *Pins) { p.E = true }, func(p *Pins) { p.E = false }
	for want, do := range map[string]func(h *hand){
		"written to while it works on what came before, for 1.516ms more": func(h *hand) { h.write(false, 0x01, 0); h.write(true, 'a', 0) },
		"E rises 59ns after RS or RW moved, not 60ns": func(h *hand) {
			h.move(time.Second, func(p *Pins) { p.RS = true })
			h.move(59, raise)
		},
		"E is high for 449ns, not 450ns":       func(h *hand) { h.move(time.Second, raise); h.move(449, lower) },
		"E rises 999ns after it rose, not 1µs": func(h *hand) { h.move(time.Second, raise); h.move(500, lower); h.move(499, raise) },
		"data stand 194ns before E falls, not 195ns": func(h *hand) {
			h.move(time.Second, raise)
			h.move(time.Second, func(p *Pins) { p.D ^= 1 })
			h.move(194, lower)
		},
		"wires move together with E falling": func(h *hand) {
			h.move(time.Second, raise)
			h.move(time.Second, func(p *Pins) { p.E = false; p.D ^= 1 })
		},
		"data move 9ns after E fell, not 10ns": func(h *hand) {
			h.write(true, 'a', 0)
			h.move(9, func(p *Pins) { p.D ^= 1 })
		},
		"RS or RW moves 19ns after E fell, not 20ns": func(h *hand) {
			h.write(true, 'a', 0)
			h.move(19, func(p *Pins) { p.RW = true })
		},
		"RS or RW moves while E is high": func(h *hand) {
			h.move(time.Second, raise)
			h.move(time.Second, func(p *Pins) { p.RS = !p.RS })
		},
	} {
		h := started(Options{Cols: 16, Rows: 2})
		do(h)
		if c := h.Complaints(); len(c) != 1 || !strings.HasSuffix(c[0], want) {
			t.Errorf("want %q, got %q", want, c)
		}
		h.Forgive()
		if len(h.Complaints()) > 0 {
			t.Error("it does not forgive")
		}
	}
}

// A slow display takes longer, and what was written meanwhile is lost.
func TestSlow(t *testing.T) {
	h := started(Options{Cols: 3, Rows: 1})
	h.o.Slow = true
	h.write(false, 0x01, longTime)
	h.write(true, 'x', 0)
	if len(h.Complaints()) == 0 {
		t.Error("a slow display keeps the time of others")
	}
	h.at += time.Second
	h.Forgive()
	h.write(true, 'a', dataTime)
	h.write(true, 'b', time.Second)
	if got := h.Text(dots)[0]; got != "a  " || len(h.Complaints()) != 1 {
		t.Errorf("%q, %q", got, h.Complaints())
	}
}

// Four wires: two halves make a byte, also those that do not belong together.
func TestHalves(t *testing.T) {
	c := New(Options{Cols: 4, Rows: 1, Wires: 4})
	b := &Backpack{Chip: c, Order: "rs rw e light d4 d5 d6 d7"}
	b.Power(0)
	at := b.Write(powerTime, []byte{0xfb, 0x00}) // E falls first, then the rest
	rs := byte(0)
	halves := func(all ...byte) {
		at = b.Write(at+longTime, []byte{rs})
		for _, v := range all {
			at = b.Write(at+longTime, []byte{v | 4 | rs, v | rs})
		}
	}
	halves(0x20, 0x20, 0x80, 0x00, 0xc0) // of 8 bits the first, then two halves each
	rs = 1
	halves(0x60, 0x10, 0x60, 0x20, 0x60)
	if got := c.Text(dots)[0]; got != "ab  " {
		t.Errorf("in step it shows %q", got)
	}
	halves(0x30, 0x60, 0x40, 0x60)
	if got := c.Text(dots)[0]; got != "abcd" {
		t.Errorf("out of step it shows %q", got)
	}
	if len(c.Complaints()) > 0 {
		t.Error(c.Complaints())
	}
	if b.Read() != 0x61 || b.Lit {
		t.Errorf("the expander reads %08b, lit %v", b.Read(), b.Lit)
	}
	b.Write(at, []byte{0x08})
	if !b.Lit || b.Read() != 0 {
		t.Error("the backlight is not lit, or its line is read as high")
	}
}

func TestBrownIsAnyState(t *testing.T) {
	seen := map[bool]int{}
	for seed := range uint64(64) {
		c := New(Options{Cols: 16, Rows: 2, Wires: 4})
		c.Brown(0, seed)
		seen[c.half] = seen[c.half] + 1
		seen[c.on]++
	}
	if seen[true] < 32 || seen[false] < 32 {
		t.Errorf("%v", seen)
	}
}

func TestPutMovesOneWire(t *testing.T) {
	for name, want := range map[string]Pins{
		"rs": {RS: true}, "rw": {RW: true}, "e": {E: true}, "d0": {D: 1}, "d7": {D: 0x80},
		"d8": {}, "d": {}, "light": {}, "-": {}, "": {},
	} {
		var p Pins
		if p.Put(name, true); p != want {
			t.Errorf("%q high is %+v, want %+v", name, p, want)
		}
		all := Pins{RS: true, RW: true, E: true, D: 0xff}
		if p = all; want != (Pins{}) {
			p.Put(name, false)
			if p == all {
				t.Errorf("%q does not go low", name)
			}
			p.Put(name, true)
		}
		if p != all {
			t.Errorf("%q low and high again leaves %+v", name, p)
		}
	}
}
