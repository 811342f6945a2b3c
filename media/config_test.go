package media

import (
	"net/netip"
	"testing"
	"time"

	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/media/audio"
	"github.com/offhook/offhook/media/tone"
)

func TestConfigRefuses(t *testing.T) {
	for name, c := range map[string]Config{
		"rate":       {Rate: 4000},
		"odd rate":   {Rate: 11025 + 1},
		"ports":      {FirstPort: 5000, LastPort: 4000},
		"low ports":  {FirstPort: 80, LastPort: 90},
		"microphone": {Gains: [Roles]Gains{Speaker: {Mouth: 40}}},
		"earpiece":   {Gains: [Roles]Gains{Handset: {Ear: -21}}},
		"loud self":  {Sidetone: -3},
		"soft self":  {Sidetone: -41},
	} {
		if _, err := New(c); err == nil {
			t.Errorf("a bad %s was taken", name)
		}
	}
	for _, rate := range []int{8000, 16000, 44100, 48000} {
		if _, err := New(Config{Rate: rate}); err != nil {
			t.Errorf("%d Hz: %v", rate, err)
		}
	}
}

func TestAgreementFitsOrFails(t *testing.T) {
	at := netip.MustParseAddrPort
	for _, c := range []struct {
		rtp  string
		want string // "" : nowhere
		ok   bool
	}{
		{"192.0.2.1:4000", "192.0.2.1:4000", true},
		{"[::ffff:192.0.2.1]:4000", "192.0.2.1:4000", true},
		{"0.0.0.0:4000", "", true}, // a hold of the old kind
		{"192.0.2.1:0", "", true},
		{"239.1.2.3:4000", "", false},
		{"[ff02::1]:4000", "", false},
		{"255.255.255.255:4000", "", false},
	} {
		a, err := check(agreement.Agreed{RTP: at(c.rtp), Codec: agreement.PCMU})
		if (err == nil) != c.ok {
			t.Errorf("%s: %v", c.rtp, err)
		}
		if got := a.RTP; err == nil && (got.IsValid() != (c.want != "") || got.IsValid() && got.String() != c.want) {
			t.Errorf("%s: sent to %v, want %q", c.rtp, got, c.want)
		}
	}
	a, err := check(agreement.Agreed{Codec: agreement.Opus, PayloadType: 96, EventType: 101})
	if err != nil || a.RecvType != 96 || a.EventRecv != 101 || a.EventClock != 8000 || a.PacketTime != packetTime {
		t.Errorf("filled in %+v, %v", a, err)
	}
	if a, _ := check(agreement.Agreed{Codec: agreement.PCMU, PayloadType: 96}); a.RecvType != 0 {
		t.Errorf("PCMU towards us at %d, want its static type", a.RecvType)
	}
}

// A payload type has seven bits (RFC 3550 §5.1): one more would be the marker.
func TestPayloadTypesHaveSevenBits(t *testing.T) {
	for i := range 6 {
		var a agreement.Agreed
		types := []*uint8{&a.PayloadType, &a.RecvType, &a.EventType, &a.EventRecv, &a.NoiseType, &a.NoiseRecv}
		for n, want := range map[uint8]bool{127: true, 128: false} {
			*types[i] = n
			a.Codec = agreement.PCMU
			if _, err := check(a); (err == nil) != want {
				t.Errorf("number %d is %d: %v", i, n, err)
			}
		}
	}
}

func TestMicrophoneGain(t *testing.T) {
	a, b := newPhone(t, Config{Gains: [Roles]Gains{Handset: {Mouth: -12}}}, sine(500)), newPhone(t, Config{}, nil)
	call(t, a, b, agreement.PCMU)
	clock := drive(a, b)
	clock.run(time.Second)
	for range 2 { // muting and back must not forget it
		b.card.take()
		clock.run(200 * time.Millisecond)
		if p := power(b.card.take(), 500); p < 1800 || p > 2200 {
			t.Errorf("8000 at -12 dB is heard at %.0f, want 2000", p)
		}
		a.Do(Mute{true})
		clock.run(200 * time.Millisecond)
		a.Do(Mute{false})
		clock.run(300 * time.Millisecond)
	}
}

// The card can run at another rate than the codec, with the same sound and less work.
func TestCardRates(t *testing.T) {
	for _, rate := range []int{8000, 16000, 44100} {
		a := newPhone(t, Config{Rate: rate}, func(n int) int16 { return sine(500)(n * 48000 / rate) })
		b := newPhone(t, Config{}, sine(900))
		call(t, a, b, agreement.PCMU)
		clock := drive(a, b)
		clock.run(time.Second)
		b.card.take()
		a.card.take()
		clock.run(200 * time.Millisecond)
		if p := power(b.card.take(), 500); p < 4000 {
			t.Errorf("%d Hz: heard at %.0f", rate, p)
		}
		if p := power(a.card.take(), 900*48000/float64(rate)); p < 4000 {
			t.Errorf("%d Hz: hears %.0f", rate, p)
		}
	}
}

// A card that runs at another rate than it was asked for is not used.
func TestCardOfAnotherRate(t *testing.T) {
	var c *fakeCard
	p := headless(t, Config{Card: func(s audio.Spec) (audio.Card, error) {
		s.Rate = 44100
		c = newFakeCard(s, nil)
		return c, nil
	}})
	p.Do(Play{tone.Dial})
	p.step(packetTime)
	p.step(2 * packetTime)
	if p.voice.card != nil || !c.closed {
		t.Error("a card of the wrong rate is in use")
	}
	if got := cards(p); len(got) != 1 || got[0].Problem == "" {
		t.Errorf("told %+v", got)
	}
}
