// Package peers owns the real SIP programs that Offhook is tried against: Debian's
// Kamailio, baresip and sipp, each started on free ports of the loopback interface
// with a configuration of ours, and stopped with all that it started. It does not
// judge what they say to each other.
package peers

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// ErrMissing is wrapped where a peer is not installed. It is no reason to skip a test.
var ErrMissing = errors.New("not installed; make interop installs it")

// A process is a peer that runs, with what it prints in a file.
type process struct {
	cmd   *exec.Cmd
	begun time.Time
	log   string
	done  chan struct{}
	err   error // of Wait, once done is closed
}

func start(dir, program string, env []string, args ...string) (*process, error) {
	return run(dir, program, env, nil, args...)
}

// startTyped is start for a program that reads commands: what is written is typed.
func startTyped(dir, program string, env []string, args ...string) (*process, io.Writer, error) {
	in, keys, err := os.Pipe()
	if err != nil {
		return nil, nil, fmt.Errorf("peers: %w", err)
	}
	defer in.Close()
	p, err := run(dir, program, env, in, args...)
	if err != nil {
		keys.Close()
		return nil, nil, err
	}
	go func() {
		<-p.done
		keys.Close()
	}()
	return p, keys, nil
}

func run(dir, program string, env []string, in *os.File, args ...string) (*process, error) {
	path, err := exec.LookPath(program)
	if err != nil {
		return nil, fmt.Errorf("peers: %s: %w", program, ErrMissing)
	}
	p := &process{cmd: exec.Command(path, args...), log: filepath.Join(dir, filepath.Base(program)+".log"), done: make(chan struct{})}
	out, err := os.Create(p.log)
	if err != nil {
		return nil, fmt.Errorf("peers: %w", err)
	}
	defer out.Close()
	p.cmd.Stdout, p.cmd.Stderr = out, out
	if in != nil {
		p.cmd.Stdin = in
	}
	p.cmd.Dir = dir
	p.cmd.Env = append(os.Environ(), env...)
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // its children end with it
	p.begun = time.Now()
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("peers: %w", err)
	}
	go func() {
		p.err = p.cmd.Wait()
		close(p.done)
	}()
	return p, nil
}

// PID is the process that was started.
func (p *process) PID() int { return p.cmd.Process.Pid }

// Begun is when it was started.
func (p *process) Begun() time.Time { return p.begun }

// Log is all that the peer has printed so far.
func (p *process) Log() string {
	b, _ := os.ReadFile(p.log)
	return string(b)
}

// alive is nil while the peer runs, else how it ended.
func (p *process) alive() error {
	select {
	case <-p.done:
		return fmt.Errorf("peers: %s ended: %v\n%s", filepath.Base(p.cmd.Path), p.err, tail(p.Log()))
	default:
		return nil
	}
}

// Stop asks the peer to end, waits three seconds, and ends whatever is left of it.
func (p *process) Stop() {
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.done:
	case <-time.After(3 * time.Second):
	}
	_ = syscall.Kill(-p.PID(), syscall.SIGKILL)
	<-p.done
}

// await polls until ready says so, the peer ends, or d has passed.
func (p *process) await(d time.Duration, what string, ready func() bool) error {
	for end := time.Now().Add(d); ; time.Sleep(20 * time.Millisecond) {
		if ready() {
			return nil
		}
		if err := p.alive(); err != nil {
			return err
		}
		if time.Now().After(end) {
			return fmt.Errorf("peers: %s: %s: not within %v\n%s", filepath.Base(p.cmd.Path), what, d, tail(p.Log()))
		}
	}
}

func tail(s string) string {
	const enough = 3000
	if len(s) > enough {
		s = "… " + s[len(s)-enough:]
	}
	return s
}

// FreePort is an even port of 127.0.0.1 at which nobody listened a moment ago, for UDP
// and TCP, and the next one likewise: SIP with TLS beside it, or RTP with RTCP. It is
// below those that Linux gives out by itself, and those that baresip and Offhook (voicePorts)
// pick from: they might take it before the peer that it is for.
func FreePort() (int, error) {
	for range 200 {
		port := 10000 + 4*rand.IntN(2500) // sipp binds up to two more beside its media's
		if _, again := handedOut.LoadOrStore(port, true); !again && free(port) && free(port+1) {
			return port, nil
		}
	}
	return 0, errors.New("peers: no two free ports in a row on 127.0.0.1")
}

// voicePorts is the first of a hundred ports, from 20000 to 29999, of which a phone tries some
// until one is free: no two phones of a run get the same ones while there are others.
func voicePorts() int { return 20000 + 100*int((lastVoice.Add(1)+voiceBegin)%100) }

// voiceBegin keeps two runs side by side apart, mostly; lastVoice counts the phones of this one.
var (
	voiceBegin = rand.Uint32N(100)
	lastVoice  atomic.Uint32
)

// handedOut are the ports given to peers that may not have bound them yet.
var handedOut sync.Map

// listens is whether somebody has the UDP port of 127.0.0.1: a datagram sent there is not
// refused. It does not try to bind, which would be in the way of the peer's own bind, and
// does not ask /proc/net, which does not list every kernel's sockets of IPv6. The datagram is
// a keep-alive (RFC 5626, section 4.4.1): no SIP message, so that no peer takes it for one.
func listens(port int) bool {
	conn, err := net.Dial("udp4", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return false
	}
	defer conn.Close()
	if _, err := conn.Write([]byte("\r\n\r\n")); err != nil {
		return false
	}
	_ = conn.SetReadDeadline(time.Now().Add(20 * time.Millisecond)) // loopback refuses at once
	_, err = conn.Read(make([]byte, 64))
	return !errors.Is(err, syscall.ECONNREFUSED)
}

func free(port int) bool {
	addr := fmt.Sprintf("127.0.0.1:%d", port)
	u, err := net.ListenPacket("udp4", addr)
	if err != nil {
		return false
	}
	defer u.Close()
	l, err := net.Listen("tcp4", addr)
	if err != nil {
		return false
	}
	l.Close()
	return true
}
