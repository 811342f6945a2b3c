package media

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	pion "github.com/pion/rtp"

	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/media/audio"
	"github.com/offhook/offhook/media/codec"
	"github.com/offhook/offhook/media/dsp"
	"github.com/offhook/offhook/media/rtp"
	"github.com/offhook/offhook/media/tone"
)

// Errors that callers may branch on.
var (
	ErrLeg     = errors.New("no such leg")
	ErrStopped = errors.New("the engine has stopped")
	ErrLegs    = errors.New("too many legs")
)

// Bounds.
const (
	maxLegs     = 256
	maxCommands = 256
	maxEvents   = 256
)

// An Engine is the one owner of sound cards and media sockets. Reserve, Apply, Release,
// Attach, Do, Stats and Levels may be called from any goroutine; none of them waits for
// anything but a step of the engine, which takes well under a millisecond a leg. All
// sound is made by the goroutine of Run, which also calls the Endpoints.
type Engine struct {
	cfg      Config
	ports    *rtp.Ports
	codecs   []agreement.Codec
	start    time.Time // zero of the engine's clock
	commands chan Command
	events   chan Event
	token    chan struct{} // wakes the loop; one is enough
	asleep   atomic.Pointer[audio.Card]
	group    sync.WaitGroup // of slow operations on cards
	frozen   bool           // tests: time is the argument of step alone

	ear, mouth atomic.Int32 // levels in hundredths of dBFS

	mu      sync.Mutex
	stopped bool
	lastID  agreement.Leg
	legs    map[agreement.Leg]*leg
	order   []*leg // the same, oldest first
	heard   *leg   // has the handset
	wanted  agreement.Leg
	last    Stats // of the leg heard last

	now       time.Duration
	wall      time.Time
	controlAt time.Duration
	tick      time.Duration // next frame while no card gives the time
	batch     *rtp.Batch
	incoming  pion.Packet

	voice, ringer *device
	mixer
	pending    []Event // could not be told yet
	card       *Card   // the latest, not told yet
	eventsLost int
	scratch    struct{ in, out []int16 }
}

// mixer is what sounds beside the legs, and what it is mixed with.
type mixer struct {
	playing             tone.Name
	tone, beep, key     *tone.Generator
	bell                *tone.Generator
	ringing             bool
	muted               bool
	earGain, toneGain   dsp.Gain
	ringGain, mouthGain dsp.Gain
	limit               dsp.Limiter
	sum                 []int32
	part, sound, mic    []int16
	fill                fill
	underruns           uint64
}

// New checks c and makes an engine. It opens nothing before Run or Reserve.
func New(c Config) (*Engine, error) {
	c, err := c.complete()
	if err != nil {
		return nil, err
	}
	ports, err := rtp.NewPorts(c.Bind, c.FirstPort, c.LastPort)
	if err != nil {
		return nil, fmt.Errorf("media: %w", err)
	}
	e := &Engine{
		cfg: c, ports: ports, start: time.Now(),
		commands: make(chan Command, maxCommands), events: make(chan Event, maxEvents),
		token: make(chan struct{}, 1), legs: map[agreement.Leg]*leg{}, batch: rtp.NewBatch(),
		controlAt: -reportEvery,
	}
	for _, f := range codec.All() {
		e.codecs = append(e.codecs, f.Codec)
	}
	frame := samples(48000, packetTime)
	e.scratch.in, e.scratch.out = make([]int16, frame), make([]int16, frame)
	e.mixer = newMixer(c)
	e.voice = newDevice(c.Handset, c, false, e.spawn, e.Wake)
	e.ringer = newDevice(c.Ringer, c, true, e.spawn, e.Wake)
	e.ringer.virtual = nil // a ringer that is not there rings on the handset's card
	if c.Ringer == "" || c.Ringer == c.Handset {
		e.ringer.real = nil
	}
	e.silent()
	return e, nil
}

// spawn runs a slow operation on a card; Run waits for all of them.
func (e *Engine) spawn(f func()) {
	e.group.Add(1)
	go func() {
		defer e.group.Done()
		f()
	}()
}

// Reserve binds the ports of a leg and draws its identifiers. Errors wrap rtp.ErrPorts
// ("no free port for sound"), ErrLegs, ErrStopped or ctx's.
func (e *Engine) Reserve(ctx context.Context) (agreement.Leg, agreement.Local, error) {
	pair, err := e.ports.Take(ctx)
	if err != nil {
		return 0, agreement.Local{}, fmt.Errorf("media: %w", err)
	}
	ssrc := rtp.NewSSRC()
	l := &leg{pair: pair, tx: rtp.NewSender(ssrc)}
	l.local = agreement.Local{RTP: pair.Addr(), RTCP: pair.RTCP.Addr(), SSRC: ssrc, CNAME: cname(), Codecs: append([]agreement.Codec(nil), e.codecs...)}
	l.gate = rtp.Gate{Own: ssrc, Symmetric: !e.cfg.Strict}
	l.reporter = rtp.Reporter{SSRC: ssrc, CNAME: l.local.CNAME, Wall: e.start.Round(0)}

	e.mu.Lock()
	defer e.mu.Unlock()
	if e.stopped || len(e.legs) >= maxLegs {
		pair.Close()
		if e.stopped {
			return 0, agreement.Local{}, fmt.Errorf("media: reserve: %w", ErrStopped)
		}
		return 0, agreement.Local{}, fmt.Errorf("media: reserve: %w: %d", ErrLegs, maxLegs)
	}
	e.lastID++
	l.id = e.lastID
	e.legs[l.id] = l
	e.order = append(e.order, l)
	if e.wanted == l.id {
		e.heard = l
	}
	return l.id, l.local, nil
}

// cname is unlike any other and says nothing of the phone (RFC 7022 §4.2).
func cname() string {
	var b [12]byte
	rand.Read(b[:])
	return base64.StdEncoding.EncodeToString(b[:])
}

// Apply sets what was agreed for a leg with the far end whose tag is remoteTag; the
// last Apply is what is heard and sent. Within a call the ports stay, and what needs
// no other codec goes on without a seam. Errors: ErrLeg, or an agreement that cannot be run.
func (e *Engine) Apply(id agreement.Leg, remoteTag string, a agreement.Agreed) error {
	a, err := check(a)
	if err != nil {
		return err
	}
	e.mu.Lock()
	l, ok := e.legs[id]
	same := ok && l.same(a)
	e.mu.Unlock()
	if !ok {
		return fmt.Errorf("media: apply: %w", ErrLeg)
	}
	var out *speaking
	var in *hearing
	if !same { // made outside the lock: an Opus encoder takes its time
		if out, err = newSpeaking(a, e.cfg.Rate); err == nil {
			in, err = newHearing(a, e.cfg.Rate)
		}
		if err != nil {
			return fmt.Errorf("media: apply: %w", err)
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if l, ok = e.legs[id]; !ok {
		return fmt.Errorf("media: apply: %w", ErrLeg)
	}
	if !e.frozen {
		e.now = max(e.now, time.Since(e.start))
	}
	l.agree(remoteTag, a, out, in, e.now)
	e.Wake()
	return nil
}

// Release says goodbye to the far end and gives the ports back. A leg that is not there
// is no error.
func (e *Engine) Release(id agreement.Leg) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if l, ok := e.legs[id]; ok {
		e.drop(l)
	}
}

func (e *Engine) drop(l *leg) {
	if l == e.heard {
		e.last = e.figures(l)
		e.heard = nil
	}
	if e.wanted == l.id {
		e.wanted = 0
	}
	e.report(l, true)
	l.pair.Close()
	delete(e.legs, l.id)
	for i, o := range e.order {
		if o == l {
			e.order = append(e.order[:i], e.order[i+1:]...)
			break
		}
	}
}

// Do queues a command and never blocks. False: the queue is full, or the engine has stopped.
func (e *Engine) Do(c Command) bool {
	select {
	case e.commands <- c:
		e.Wake()
		return true
	default:
		return false
	}
}

// Events is what the engine tells. A slow reader delays nothing: what does not fit
// waits in the engine, 256 events more; of Card only the latest waits. Beyond that
// events are lost and counted in Stats (EventsLost). Never closed.
func (e *Engine) Events() <-chan Event { return e.events }

// Wake makes the engine take a step now. Safe from anywhere, never blocks.
func (e *Engine) Wake() {
	select {
	case e.token <- struct{}{}:
	default:
	}
	if c := e.asleep.Load(); c != nil {
		(*c).Wake()
	}
}
