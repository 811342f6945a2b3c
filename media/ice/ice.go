// Package ice finds a way for the media of one leg through NATs (RFC 8445), by checks on
// the leg's own socket, with the help of a STUN server and a TURN relay where they are
// set. It owns candidates, credentials and checks. It refuses to carry media, but for what
// must go through the relay.
package ice

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"

	pion "github.com/pion/ice/v4"
	"github.com/pion/logging"
	"github.com/pion/stun/v4"
	"github.com/pion/transport/v5/stdnet"

	"github.com/offhook/offhook/media/agreement"
)

// Our own choices for times.
const (
	gatherWithin = 2 * time.Second  // servers that say nothing delay a call by so much
	failAfter    = 10 * time.Second // without a way that works
	lostAfter    = 25 * time.Second // a way that has stopped to work (RFC 7675 §5.1: 30 s)
	keepalive    = 5 * time.Second  // RFC 8445 §11: 15 s at most; a consent check each time
)

// A Route is the way that was found.
type Route struct {
	agreement.Pair      // Far is where media goes
	Relay          bool // through our relay: only Agent.Write gets there
}

// Config is what an Agent is made from.
type Config struct {
	// Wire carries the STUN datagrams of the leg's socket, and is closed with the Agent.
	Wire     net.PacketConn
	Loopback bool // candidates of this machine alone are good enough
	Needs    agreement.Needs
	// Routed is told each way that is chosen, Failed that there is none (any more), and
	// Media what came through the relay; from goroutines of the Agent's, never after Close.
	Routed func(Route)
	Failed func()
	Media  func(data []byte)
}

// An Agent is ICE for one leg. Its methods may be called from any goroutine; they may wait,
// but for Write.
type Agent struct {
	cfg   Config
	agent *pion.Agent
	mux   *pion.UniversalUDPMuxDefault

	out   chan []byte
	stop  chan struct{}
	group sync.WaitGroup

	mu      sync.Mutex // guards what follows, and that things are done one after the other
	remote  agreement.ICE
	started bool
	closed  bool

	telling sync.Mutex // held while a way is told: none of a far end that is of the past
	own     string     // whose way it is: our ufrag
	peer    string     // the far end's
	seen    mappings
}

// maxOut is how many packets wait for the relay.
const maxOut = 32

// Gather makes an Agent and finds its candidates: until all servers have answered, two
// seconds have passed or ctx ends. What is there by then counts.
func Gather(ctx context.Context, c Config) (*Agent, agreement.ICE, error) {
	a := &Agent{cfg: c, out: make(chan []byte, maxOut), stop: make(chan struct{})}
	if err := a.open(); err != nil {
		_ = c.Wire.Close()
		return nil, agreement.ICE{}, fmt.Errorf("ice: %w", err)
	}
	if err := a.gather(ctx); err != nil {
		a.Close()
		return nil, agreement.ICE{}, fmt.Errorf("ice: %w", err)
	}
	local, err := a.local()
	if err != nil {
		a.Close()
		return nil, agreement.ICE{}, fmt.Errorf("ice: %w", err)
	}
	return a, local, nil
}

func (a *Agent) open() error {
	ways, err := stdnet.NewNet()
	if err != nil {
		return err
	}
	quiet := &logging.DefaultLoggerFactory{DefaultLogLevel: logging.LogLevelDisabled}
	a.mux = pion.NewUniversalUDPMuxDefault(pion.UniversalUDPMuxParams{UDPConn: witness{a.cfg.Wire, &a.seen}, Net: ways, Logger: quiet.NewLogger("ice")})
	types := []pion.CandidateType{pion.CandidateTypeHost}
	urls, err := urls(a.cfg.Needs)
	if err != nil {
		_ = a.mux.Close()
		return err
	}
	for _, u := range urls {
		if u.Scheme == stun.SchemeTypeTURN {
			types = append(types, pion.CandidateTypeRelay)
		} else {
			types = append(types, pion.CandidateTypeServerReflexive)
		}
	}
	options := []pion.AgentOption{
		pion.WithUDPMux(a.mux), pion.WithUDPMuxSrflx(a.mux), pion.WithNet(ways), pion.WithUrls(urls),
		pion.WithCandidateTypes(types), pion.WithNetworkTypes(families(a.cfg.Wire.LocalAddr())),
		pion.WithMulticastDNSMode(pion.MulticastDNSModeDisabled), pion.WithDisableActiveTCP(),
		pion.WithSTUNGatherTimeout(gatherWithin), pion.WithKeepaliveInterval(keepalive),
		pion.WithDisconnectedTimeout(failAfter), pion.WithFailedTimeout(lostAfter - failAfter),
		pion.WithLoggerFactory(quiet),
	}
	if a.cfg.Loopback {
		options = append(options, pion.WithIncludeLoopback())
	}
	if a.agent, err = pion.NewAgentWithOptions(options...); err != nil {
		_ = a.mux.Close()
		return err
	}
	err = errors.Join(
		a.agent.OnSelectedCandidatePairChange(a.selected),
		a.agent.OnConnectionStateChange(func(s pion.ConnectionState) {
			if s == pion.ConnectionStateFailed {
				a.cfg.Failed()
			}
		}))
	if err != nil {
		_ = a.agent.GracefulClose()
		_ = a.mux.Close()
	}
	return err
}

// families are the kinds of networks that a socket serves: one that is bound to no address
// serves both.
func families(local net.Addr) []pion.NetworkType {
	l, ok := local.(*net.UDPAddr)
	switch {
	case ok && l.IP.To4() != nil:
		return []pion.NetworkType{pion.NetworkTypeUDP4}
	case ok && l.IP.IsUnspecified():
		return []pion.NetworkType{pion.NetworkTypeUDP4, pion.NetworkTypeUDP6}
	}
	return []pion.NetworkType{pion.NetworkTypeUDP6}
}

// urls are the servers of n.
func urls(n agreement.Needs) ([]*stun.URI, error) {
	var all []*stun.URI
	if n.STUN == "" {
		n.STUN = n.TURN // a relay tells our address, too (RFC 8656 §3)
	}
	for _, s := range []struct {
		scheme stun.SchemeType
		server string
	}{{stun.SchemeTypeSTUN, n.STUN}, {stun.SchemeTypeTURN, n.TURN}} {
		if s.server == "" {
			continue
		}
		host, port, err := net.SplitHostPort(s.server)
		if err != nil {
			return nil, err
		}
		number, err := strconv.ParseUint(port, 10, 16)
		if err != nil {
			return nil, err
		}
		u := &stun.URI{Scheme: s.scheme, Host: host, Port: int(number), Proto: stun.ProtoTypeUDP}
		if s.scheme == stun.SchemeTypeTURN {
			u.Username, u.Password = n.TURNUser, string(n.TURNSecret)
		}
		all = append(all, u)
	}
	return all, nil
}

// gather finds candidates, and waits for them.
func (a *Agent) gather(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, gatherWithin)
	defer cancel()
	done := make(chan struct{})
	var once sync.Once
	err := a.agent.OnCandidate(func(c pion.Candidate) {
		if c == nil {
			once.Do(func() { close(done) })
		}
	})
	if err == nil {
		err = a.agent.GatherCandidates()
	}
	if err != nil {
		return err
	}
	select {
	case <-done:
	case <-ctx.Done():
	}
	return nil
}

// local is this end's half.
func (a *Agent) local() (agreement.ICE, error) {
	ufrag, pwd, err := a.agent.GetLocalUserCredentials()
	if err != nil {
		return agreement.ICE{}, err
	}
	candidates, err := a.agent.GetLocalCandidates()
	if err != nil {
		return agreement.ICE{}, err
	}
	if len(candidates) == 0 {
		return agreement.ICE{}, errors.New("no address to offer")
	}
	var b strings.Builder
	for i, c := range candidates {
		if i == agreement.MaxCandidates {
			break
		}
		line, _, _ := strings.Cut(c.Marshal(), " ufrag ") // pion's own words; a datagram is short
		b.WriteString(line + "\n")
	}
	return agreement.ICE{Ufrag: ufrag, Pwd: pwd, Candidates: b.String()}, nil
}

// Agree takes the far end's half, and begins the checks; later ones with other credentials
// of either end begin them anew (RFC 8445 §9). A fork of our offer is such a one: with other
// credentials of the far end and the same of ours.
func (a *Agent) Agree(r agreement.ICE) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.closed || a.started && r == a.remote {
		return nil
	}
	if a.started && (r.Ufrag != a.remote.Ufrag || r.Pwd != a.remote.Pwd || r.OwnUfrag != a.remote.OwnUfrag) {
		if err := a.restart(r); err != nil {
			return fmt.Errorf("ice: restart: %w", err)
		}
	}
	for line := range strings.Lines(r.Candidates) {
		c, err := pion.UnmarshalCandidate(strings.TrimSpace(line))
		if err != nil || c.Component() != pion.ComponentRTP || !c.NetworkType().IsUDP() {
			continue // TCP, RTCP's own, a name that only multicast DNS knows
		}
		if _, err := netip.ParseAddr(c.Address()); err != nil {
			continue
		}
		if err := a.agent.AddRemoteCandidate(c); err != nil {
			return fmt.Errorf("ice: %w", err)
		}
	}
	a.remote = r
	if a.started {
		return nil
	}
	a.started = true
	return a.start(r)
}

func (a *Agent) start(r agreement.ICE) error {
	begin := a.agent.StartAccept
	if r.Control {
		begin = a.agent.StartDial
	}
	if err := a.agent.SetRemoteICELite(r.Lite); err != nil {
		return fmt.Errorf("ice: %w", err)
	}
	ufrag, _, err := a.agent.GetLocalUserCredentials()
	if err != nil {
		return fmt.Errorf("ice: %w", err)
	}
	a.telling.Lock()
	a.own, a.peer = ufrag, r.Ufrag
	a.telling.Unlock()
	a.seen.begin(r.Pwd)
	conn, err := begin(r.Ufrag, r.Pwd)
	if err != nil {
		return fmt.Errorf("ice: %w", err)
	}
	a.group.Go(func() { a.read(conn) })
	a.group.Go(func() { a.write(conn) })
	return nil
}

// restart forgets all checks. The sockets stay, so the candidates that were described do;
// they are found anew while the checks run.
func (a *Agent) restart(r agreement.ICE) error {
	ufrag, pwd, err := a.agent.GetLocalUserCredentials()
	if err != nil {
		return err
	}
	if r.OwnUfrag != "" {
		ufrag, pwd = r.OwnUfrag, r.OwnPwd
	}
	a.telling.Lock()
	err = a.agent.Restart(ufrag, pwd)
	a.own, a.peer = ufrag, r.Ufrag
	a.telling.Unlock()
	a.seen.begin(r.Pwd)
	return errors.Join(err, a.agent.SetRemoteICELite(r.Lite), a.agent.SetRemoteCredentials(r.Ufrag, r.Pwd), a.agent.GatherCandidates())
}

// selected tells the pair that the controlling end has chosen. The one that it is called
// for may be of checks that have begun anew since.
func (a *Agent) selected(pion.Candidate, pion.Candidate) {
	a.telling.Lock()
	defer a.telling.Unlock()
	pair, err := a.agent.GetSelectedCandidatePair()
	if err != nil || pair == nil {
		return
	}
	remote, err := netip.ParseAddr(pair.Remote.Address())
	own, bad := netip.ParseAddr(pair.Local.Address())
	if err != nil || bad != nil {
		return
	}
	r := Route{
		Pair: agreement.Pair{
			Own:      netip.AddrPortFrom(own.Unmap(), uint16(pair.Local.Port())),
			Far:      netip.AddrPortFrom(remote.Unmap(), uint16(pair.Remote.Port())),
			OwnUfrag: a.own, Ufrag: a.peer,
		},
		Relay: pair.Local.Type() == pion.CandidateTypeRelay,
	}
	if mapped, ok := a.seen.at(r.Far); ok && !r.Relay {
		r.Own = mapped // RFC 8445 §7.2.5.3.2: the local candidate is what the far end saw
	}
	a.cfg.Routed(r)
}

// Write sends a packet through the relay. It never blocks: what there is no room for is lost.
func (a *Agent) Write(data []byte) bool {
	select {
	case a.out <- append([]byte(nil), data...):
		return true
	default:
		return false
	}
}

func (a *Agent) write(conn *pion.Conn) {
	for {
		select {
		case data := <-a.out:
			_, _ = conn.Write(data)
		case <-a.stop:
			return
		}
	}
}

// read takes what is no STUN: from the relay, as the leg's own socket is sorted elsewhere.
func (a *Agent) read(conn *pion.Conn) {
	buf := make([]byte, 2048)
	for {
		n, err := conn.Read(buf)
		if err != nil {
			return
		}
		if n > 0 {
			a.cfg.Media(buf[:n])
		}
	}
}

// Close ends the checks, gives the relay back, and waits for all goroutines.
func (a *Agent) Close() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.closed {
		return
	}
	a.closed = true
	close(a.stop)
	_ = a.agent.GracefulClose()
	_ = a.mux.Close()
	_ = a.cfg.Wire.Close()
	a.group.Wait()
}
