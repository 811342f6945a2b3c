package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"path"
	"strings"
	"sync"
	"time"

	"github.com/offhook/offhook/firmware/config"
	"github.com/offhook/offhook/firmware/doctor"
	"github.com/offhook/offhook/firmware/link"
	"github.com/offhook/offhook/firmware/phone"
	"github.com/offhook/offhook/firmware/station"
	"github.com/offhook/offhook/media"
	"github.com/offhook/offhook/media/audio"
	"github.com/offhook/offhook/media/dsp"
	"github.com/offhook/offhook/sip"
	"github.com/offhook/offhook/sip/locate"
)

// A subject is the phone that is examined, and what of the machine its probes use.
type subject struct {
	config   config.Config
	settings doctor.File
	view     station.View
	noPhone  bool // none runs: there is no view
	faults   []doctor.Fault
	card     media.Opener // nil: audio.Open
	resolver locate.Resolver
	system   fs.FS // the machine's root
}

// examine runs all probes. It blocks for some ten seconds at most, and makes a tone of two
// thirds of a second where nobody talks.
func examine(ctx context.Context, s subject) doctor.Findings {
	seen := doctor.Seen{
		Settings: s.settings, Simulated: s.config.Wiring.Preset == "sim", HasDisplay: s.config.Wiring.LCD.Cols > 0, Faults: s.faults,
		Links: interfaces(s.system), Time: clockNow(s.system), NoPhone: s.noPhone, Accounts: standing(s.view.Phone),
	}
	seen.Addresses, _ = link.Addresses() // none is told as such
	var probes sync.WaitGroup
	probes.Go(func() { seen.Heard = hear(s) })
	probes.Go(func() { seen.Media = ownPacket(s.config, seen.Addresses) })
	servers := make([]doctor.Server, len(s.config.Accounts))
	for i, a := range s.config.Accounts {
		probes.Go(func() {
			servers[i] = serverOf(a.Label, sip.Probe(ctx, a, s.resolver))
		})
	}
	probes.Wait()
	seen.Servers = servers
	return doctor.Diagnose(seen)
}

// serverOf is what a probe found, as the doctor takes it.
func serverOf(account string, p sip.Probed) doctor.Server {
	return doctor.Server{Account: account, Host: p.Host, Named: p.Named, Lookup: p.Lookup, NotFound: p.NotFound,
		Secure: p.Secure, Refused: p.Refused, Cause: serverCauses[p.Trouble], Until: p.Until}
}

// standing is how the accounts stand with their registrars.
func standing(p phone.Snapshot) []doctor.Account {
	var all []doctor.Account
	for _, a := range p.Accounts[:min(p.NumAccts, len(p.Accounts))] {
		label := a.Label
		if label == "" {
			label = a.User
		}
		all = append(all, doctor.Account{Label: label, Registered: a.State == phone.Registered, Trying: a.State == phone.Registering, Words: a.Words, Cause: accountCauses[a.Trouble], Code: a.Code})
	}
	return all
}

// interfaces are those of the kernel, the loopback left out.
func interfaces(system fs.FS) []doctor.Interface {
	const class = "sys/class/net"
	entries, _ := fs.ReadDir(system, class) // no folder: no interface
	var all []doctor.Interface
	for _, e := range entries {
		if e.Name() == "lo" {
			continue
		}
		state, _ := fs.ReadFile(system, path.Join(class, e.Name(), "operstate"))
		carrier, _ := fs.ReadFile(system, path.Join(class, e.Name(), "carrier")) // an error where it is off
		up := strings.TrimSpace(string(state))
		all = append(all, doctor.Interface{Name: e.Name(), Up: up == "up" || up == "unknown" && strings.TrimSpace(string(carrier)) == "1"})
	}
	return all
}

// clockNow is the time, and whether systemd's time client says that a server has set it.
func clockNow(system fs.FS) doctor.Time {
	t := doctor.Time{Now: time.Now(), Built: built}
	if _, err := fs.Stat(system, "run/systemd/timesync"); err == nil {
		_, err := fs.Stat(system, "run/systemd/timesync/synchronized")
		t.Known, t.Synced = true, err == nil
	}
	return t
}

// built is a day before which no phone of this kind was made.
var built = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// packetWithin is how long a packet to ourselves may take.
const packetWithin = time.Second

// ownPacket sends a packet from our own address to a port for voice, and waits for it.
func ownPacket(c config.Config, own []netip.Addr) doctor.Media {
	m := doctor.Media{Tried: true}
	to := netip.IPv4Unspecified()
	if len(own) > 0 {
		to = own[0] // the loopback is the last
	}
	if c.Network.Bind.IsValid() {
		to = c.Network.Bind
	}
	var taken *net.UDPConn
	for port := c.Network.RTPFirst; port <= c.Network.RTPLast && taken == nil; port += 2 {
		taken, _ = net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(to, uint16(port))))
		m.Port = port
	}
	if taken == nil {
		m.Problem = fmt.Sprintf("%d to %d are busy", c.Network.RTPFirst, c.Network.RTPLast)
		return m
	}
	defer taken.Close()
	from, err := net.DialUDP("udp", nil, taken.LocalAddr().(*net.UDPAddr))
	if err != nil {
		return m
	}
	defer from.Close()
	taken.SetReadDeadline(time.Now().Add(packetWithin))
	from.Write([]byte("offhook"))
	n, err := taken.Read(make([]byte, 16))
	m.Arrived = err == nil && n == len("offhook")
	return m
}

// The tone of the sound's probe, in the middle of what a telephone carries.
const (
	probeTone  = 1000 // Hz
	probeLevel = -16  // dBFS
	probeRate  = 48000
	roomTime   = 300 * time.Millisecond // that is listened to before
	toneTime   = 600 * time.Millisecond // of which the last half is measured
	probeEnd   = 3 * time.Second        // of a card that does not move
)

// hear plays a tone into the handset and listens for it in its microphone.
func hear(s subject) doctor.Heard {
	open, spec := s.card, audio.Spec{Rate: probeRate}
	place := placesOf(s.config.Sound, cardsNow(), audio.Known)[media.Handset]
	if open == nil {
		open, spec.Device, spec.Mixer = audio.Open, place.Card, mixerOf(s.config.Sound)
	}
	h := doctor.Heard{Problem: place.Missing, InUse: sounds(s.view.Phone), Files: s.config.Sound.Handset == "wav"}
	if h.InUse || h.Files || h.Problem != "" {
		return h
	}
	card, err := open(spec)
	if err != nil {
		h.Problem, h.Cause = cardWords(err), cardCause(err)
		return h
	}
	defer card.Close()
	h.Card = card.Name()
	if err := listen(card, &h); err != nil {
		h.Problem, h.Cause = cardWords(err), cardCause(err)
	}
	return h
}

// listen fills in what a card gave: silence played first, then the tone.
func listen(card audio.Card, h *doctor.Heard) error {
	rate := card.Rate()
	quiet, loud := int(roomTime.Seconds()*float64(rate)), int(toneTime.Seconds()*float64(rate))
	play := append(make([]int16, quiet), sine(rate, loud)...)
	var heard []int16
	block := make([]int16, rate/50)
	for end := time.Now().Add(probeEnd); len(heard) < quiet+loud; {
		play = play[card.Write(play):]
		for n := card.Read(block); n > 0; n = card.Read(block) {
			heard = append(heard, block[:n]...)
		}
		if time.Now().After(end) {
			return audio.ErrTimeout
		}
		if err := card.Wait(probeEnd / 10); err != nil && !errors.Is(err, audio.ErrTimeout) {
			return err
		}
	}
	h.Tried = true
	h.Room = dsp.Goertzel(heard[quiet/3:quiet], rate, probeTone) // a card's first samples are not of the room
	h.Tone = dsp.Goertzel(heard[quiet+loud/2:quiet+loud], rate, probeTone)
	h.Dead = dsp.Measure(heard).Peak <= dsp.Silence
	return nil
}

// cardWords is what is wrong with a card, as a person needs it.
func cardWords(err error) string {
	for _, known := range []error{audio.ErrNoCard, audio.ErrNoMicrophone, audio.ErrBusy, audio.ErrDenied, audio.ErrFormat, audio.ErrVanished, audio.ErrTimeout} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	return err.Error()
}
