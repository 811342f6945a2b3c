package media

import (
	"strings"
	"testing"
	"time"

	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/media/tone"
)

// without is an agreement with no telephone-events, and digits sent in the given way.
func without(a agreement.Agreed, d agreement.Digits) agreement.Agreed {
	a.EventType, a.EventRecv, a.Digits = 0, 0, d
	return a
}

// Where events were not agreed digits are sound, and the far end finds each of them, once, in
// every codec that carries tones; while the voice that they replace goes on after them.
func TestDigitsFoundInTheVoice(t *testing.T) {
	for _, c := range []agreement.Codec{agreement.PCMU, agreement.PCMA, agreement.G722, agreement.L16, agreement.L16Full} {
		a, b := newPhone(t, Config{}, sine(500)), newPhone(t, Config{}, nil)
		call(t, a, b, c)
		a.apply(without(towards(b.local, c), agreement.DigitsAsEvents))
		b.apply(without(towards(a.local, c), agreement.DigitsAsEvents))
		clock := drive(a, b)
		clock.run(time.Second)
		for _, d := range []byte(everyDigit) {
			a.Do(SendDigit{Leg: a.leg, Digit: d})
			clock.run(200 * time.Millisecond)
		}
		clock.run(time.Second)
		if got := digits(b.Engine); got != everyDigit {
			t.Errorf("%s: %s arrived as %s", c.Name, everyDigit, got)
		}
		b.card.take()
		clock.run(200 * time.Millisecond)
		if p := power(b.card.take(), 500); p < 4000 {
			t.Errorf("%s: after the digits speech comes at %.0f", c.Name, p)
		}
	}
}

// Digits in the voice are looked for only where the far end has no better way: tones beside
// events that were agreed would count twice.
func TestTonesBesideEventsAreNoDigits(t *testing.T) {
	a, b := newPhone(t, Config{}, nil), newPhone(t, Config{}, nil)
	call(t, a, b, agreement.PCMU)
	clock := drive(a, b)
	clock.run(500 * time.Millisecond)
	sound := towards(b.local, agreement.PCMU)
	sound.Digits = agreement.DigitsAsSound // as a far end that was set so, whatever it agreed to
	a.apply(sound)
	for _, d := range []byte("123") {
		a.Do(SendDigit{Leg: a.leg, Digit: d})
	}
	clock.run(time.Second)
	if got := digits(b.Engine); got != "" {
		t.Errorf("%s was found", got)
	}
	b.apply(without(towards(a.local, agreement.PCMU), agreement.DigitsAsEvents)) // now they were not
	for _, d := range []byte("456") {
		a.Do(SendDigit{Leg: a.leg, Digit: d})
	}
	clock.run(time.Second)
	if got := digits(b.Engine); got != "456" {
		t.Errorf("456 was found as %q", got)
	}
}

// A far end that sends its digits as events and in its signalling as well is heard once.
func TestDigitsInTwoWays(t *testing.T) {
	a, b := newPhone(t, Config{}, nil), newPhone(t, Config{}, nil)
	call(t, a, b, agreement.PCMU)
	clock := drive(a, b)
	clock.run(500 * time.Millisecond)
	for _, d := range []byte("1122#") {
		a.Do(SendDigit{Leg: a.leg, Digit: d})
		clock.run(100 * time.Millisecond)
		b.Do(Signalled{b.leg, d})
		clock.run(200 * time.Millisecond)
	}
	b.Do(Signalled{b.leg, '9'}) // in one way alone
	b.Do(Signalled{b.leg, 'x'}) // no digit
	b.Do(Signalled{b.leg + 7, '5'})
	clock.run(time.Second)
	if got := digits(b.Engine); got != "1122#9" {
		t.Errorf("1122#9 arrived as %s", got)
	}
}

// Where signalling is to carry them, digits are told to whoever signals, are heard in the own
// ear, and leave the voice alone.
func TestDigitsForTheSignalling(t *testing.T) {
	a, b := newPhone(t, Config{}, sine(500)), newPhone(t, Config{}, nil)
	call(t, a, b, agreement.Opus)
	a.apply(without(towards(b.local, agreement.Opus), agreement.DigitsAsSignals))
	clock := drive(a, b)
	clock.run(time.Second)
	b.card.take()
	a.card.take()
	for _, d := range []byte("5x#") {
		a.Do(SendDigit{Leg: a.leg, Digit: d})
	}
	clock.run(400 * time.Millisecond)
	var told string
	for _, v := range events(a.Engine) {
		if s, ok := v.(Signal); ok && s.Leg == a.leg {
			told += string(s.Digit)
		}
	}
	if told != "5#" {
		t.Errorf("5# was told as %q", told)
	}
	if p := power(b.card.take()[4800:], 500); p < 4000 {
		t.Errorf("the voice beside it is at %.0f", p)
	}
	if p := power(a.card.take(), 941); p < 20 {
		t.Errorf("the own # is heard at %.0f", p)
	}
	if s, _ := a.Stats(a.leg); s.DigitsOut != 2 || s.DigitsUnsent != 1 {
		t.Errorf("%d sent, %d not", s.DigitsOut, s.DigitsUnsent)
	}
}

// A digit that the signalling could not carry goes as sound after all, and counts once.
func TestDigitGivenBack(t *testing.T) {
	a, b := newPhone(t, Config{}, nil), newPhone(t, Config{}, nil)
	call(t, a, b, agreement.PCMU)
	a.apply(without(towards(b.local, agreement.PCMU), agreement.DigitsAsSignals))
	b.apply(without(towards(a.local, agreement.PCMU), agreement.DigitsAsEvents))
	clock := drive(a, b)
	clock.run(500 * time.Millisecond)
	a.Do(SendDigit{Leg: a.leg, Digit: '8', Held: true})
	a.Do(EndDigit{a.leg})
	clock.run(100 * time.Millisecond)
	if got := digits(b.Engine); got != "" {
		t.Errorf("%s arrived by itself", got)
	}
	a.Do(SendDigit{Leg: a.leg, Digit: '8', Unsignalled: true})
	clock.run(time.Second)
	if got := digits(b.Engine); got != "8" {
		t.Errorf("8 arrived as %q", got)
	}
	if s, _ := a.Stats(a.leg); s.DigitsOut != 1 {
		t.Errorf("%d digits were sent", s.DigitsOut)
	}
}

// lasts is how long pcm at 48 kHz has both tones of a 5, by frames of 10 ms.
func lasts(pcm []int16) (d time.Duration) {
	for ; len(pcm) >= 480; pcm = pcm[480:] {
		if power(pcm[:480], 770) > 15 && power(pcm[:480], 1336) > 15 {
			d += 10 * time.Millisecond
		}
	}
	return d
}

// A digit lasts as long as its key is held, at the far end and in the own ear, 100 ms at
// least; and ends without EndDigit when the next is pressed.
func TestDigitsLastAsLongAsTheirKeys(t *testing.T) {
	for _, way := range []string{"event", "sound"} {
		for _, held := range []time.Duration{20 * time.Millisecond, 400 * time.Millisecond, 9 * time.Second} {
			a, b := newPhone(t, Config{}, nil), newPhone(t, Config{}, nil)
			call(t, a, b, agreement.PCMU)
			if way == "sound" {
				a.apply(without(towards(b.local, agreement.PCMU), agreement.DigitsAsEvents))
				b.apply(without(towards(a.local, agreement.PCMU), agreement.DigitsAsEvents))
			}
			clock := drive(a, b)
			clock.run(500 * time.Millisecond)
			a.card.take()
			b.card.take()
			a.Do(SendDigit{Leg: a.leg, Digit: '5', Held: true})
			clock.run(held)
			a.Do(EndDigit{a.leg})
			clock.run(500 * time.Millisecond)
			want := max(held, keyOn)
			if got := lasts(a.card.take()); (got - want).Abs() > 40*time.Millisecond {
				t.Errorf("%s, held for %v: the own ear hears it for %v", way, held, got)
			}
			if got := lasts(b.card.take()); way == "sound" && (got-want).Abs() > 40*time.Millisecond {
				t.Errorf("held for %v: it sounds there for %v", held, got)
			}
			if got := digits(b.Engine); got != "5" {
				t.Errorf("%s, held for %v: it arrives as %q", way, held, got)
			}
		}
	}
}

// A digit that is sent by itself while a key is down is heard in full in the own ear, though
// that key is let go meanwhile.
func TestDigitBesideAHeldKey(t *testing.T) {
	a, b := newPhone(t, Config{}, nil), newPhone(t, Config{}, nil)
	call(t, a, b, agreement.PCMU)
	clock := drive(a, b)
	clock.run(500 * time.Millisecond)
	a.Do(SendDigit{Leg: a.leg, Digit: '1', Held: true})
	clock.run(200 * time.Millisecond)
	a.card.take()
	a.Do(SendDigit{Leg: a.leg, Digit: '5'})
	clock.run(20 * time.Millisecond)
	a.Do(EndDigit{a.leg})
	clock.run(500 * time.Millisecond)
	if got := lasts(a.card.take()); (got - keyOn).Abs() > 20*time.Millisecond {
		t.Errorf("it is heard for %v", got)
	}
}

// One key goes down before the other is up: two digits, each in full.
func TestDigitsOverlapped(t *testing.T) {
	for _, way := range []string{"event", "sound"} {
		a, b := newPhone(t, Config{}, nil), newPhone(t, Config{}, nil)
		call(t, a, b, agreement.PCMU)
		if way == "sound" {
			a.apply(without(towards(b.local, agreement.PCMU), agreement.DigitsAsEvents))
			b.apply(without(towards(a.local, agreement.PCMU), agreement.DigitsAsEvents))
		}
		clock := drive(a, b)
		clock.run(500 * time.Millisecond)
		for _, d := range []byte("1123") {
			a.Do(SendDigit{Leg: a.leg, Digit: d, Held: true})
			clock.run(60 * time.Millisecond)
		}
		a.Do(EndDigit{a.leg})
		a.Do(EndDigit{a.leg})
		clock.run(2 * time.Second)
		if got := digits(b.Engine); got != "1123" {
			t.Errorf("%s: 1123 arrives as %q", way, got)
		}
		if a.key.Active() || a.legs[a.leg].digits.Active() || a.legs[a.leg].out.keys.busy {
			t.Errorf("%s: something still sounds", way)
		}
	}
}

// A key that is stuck sounds for 30 s, not for ever.
func TestStuckKey(t *testing.T) {
	k := newKeying(8000)
	if !k.press('5') {
		t.Fatal("refused")
	}
	loud := 0
	frame := make([]int16, 160)
	for range 50 * 40 {
		clear(frame)
		if k.over(frame); power48(frame) > 0 {
			loud++
		}
	}
	if d := time.Duration(loud) * packetTime; d < keyMost-packetTime || d > keyMost+2*packetTime {
		t.Errorf("it sounds for %v", d)
	}
	for range 16 {
		k.press('1')
	}
	if k.press('1') || k.press('x') {
		t.Error("the queue has no bound")
	}
}

func power48(pcm []int16) (sum float64) {
	for _, s := range pcm {
		sum += float64(s) * float64(s)
	}
	return sum
}

// Digits as sound are exact to the sample: 100 ms and 60 ms of pause, however they are asked for.
func TestKeyingIsExact(t *testing.T) {
	whole := func(step int) string {
		k := newKeying(8000)
		for _, d := range []byte("159") {
			k.press(d)
		}
		k.lift()
		var b strings.Builder
		pcm := make([]int16, 3*(800+480)+160)
		for at := 0; at < len(pcm); at += step {
			k.over(pcm[at:min(at+step, len(pcm))])
		}
		d := tone.NewDetector(8000)
		for at := 0; at < len(pcm); at += 80 {
			if r := d.Write(pcm[at:min(at+80, len(pcm))]); r != 0 {
				b.WriteRune(r)
			}
		}
		for i := range 3 {
			on, off := pcm[i*1280:i*1280+800], pcm[i*1280+800+24:(i+1)*1280] // 3 ms of fading
			if power48(on[760:]) == 0 || power48(off) != 0 {
				t.Errorf("in steps of %d digit %d is out of place", step, i)
			}
		}
		return b.String()
	}
	for _, step := range []int{1, 7, 160, 480, 4000} {
		if got := whole(step); got != "159" {
			t.Errorf("in steps of %d: %q", step, got)
		}
	}
}
