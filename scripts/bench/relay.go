package main

import (
	"net"
	"net/netip"
	"strings"
	"syscall"
	"time"
	"unsafe"
)

// A relay stands between one phone and the registrar, as the phone's outbound proxy, and
// notes when packets pass, to the microsecond: the kernel stamps what arrives. It calls
// the phone itself, so that nothing but the phone is in the times of a call.
type relay struct {
	conn       *net.UDPConn
	addr       netip.AddrPort
	server     netip.AddrPort
	registered chan time.Time // the first 200 to a REGISTER, passing
	contact    chan string    // the phone's own URI, of the first REGISTER
	calls      chan arrival   // what belongs to a call of ours
	done       chan struct{}
}

// An arrival is a packet and when it reached this machine's network.
type arrival struct {
	message
	at   time.Time
	from netip.AddrPort
}

// ours begins the Call-ID of each call that a relay makes.
const ours = "offhook-bench-"

var loopback = netip.AddrFrom4([4]byte{127, 0, 0, 1})

func openRelay(server netip.AddrPort) (*relay, error) {
	conn, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.AddrPortFrom(loopback, 0)))
	if err != nil {
		return nil, err
	}
	r := &relay{
		conn: conn, server: server, addr: conn.LocalAddr().(*net.UDPAddr).AddrPort(),
		registered: make(chan time.Time, 1), contact: make(chan string, 1),
		calls: make(chan arrival, 64), done: make(chan struct{}),
	}
	raw, err := conn.SyscallConn()
	if err == nil {
		var refused error
		err = raw.Control(func(fd uintptr) {
			refused = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_TIMESTAMPNS, 1)
		})
		if err == nil {
			err = refused
		}
	}
	if err != nil {
		conn.Close()
		return nil, err
	}
	go r.run()
	return r, nil
}

func (r *relay) close() {
	r.conn.Close()
	<-r.done
}

func (r *relay) run() {
	defer close(r.done)
	var phone netip.AddrPort
	packet, control := make([]byte, 1<<16), make([]byte, 128)
	for {
		n, c, _, from, err := r.conn.ReadMsgUDPAddrPort(packet, control)
		if err != nil {
			return
		}
		m := message(packet[:n])
		at := stamp(control[:c])
		switch {
		case from == r.server:
			if m.status() == 200 && m.method() == "REGISTER" {
				offer(r.registered, at)
			}
			if phone.IsValid() {
				_, _ = r.conn.WriteToUDPAddrPort(m, phone)
			}
		case strings.HasPrefix(m.header("Call-ID"), ours):
			offer(r.calls, arrival{append(message(nil), m...), at, from})
		default:
			if m.method() == "REGISTER" {
				phone = from
				offer(r.contact, uri(m.header("Contact")))
			}
			_, _ = r.conn.WriteToUDPAddrPort(m, r.server)
		}
	}
}

// offer leaves v in c unless it is full.
func offer[T any](c chan T, v T) {
	select {
	case c <- v:
	default:
	}
}

// stamp is the kernel's time of arrival, or now where it told none.
func stamp(control []byte) time.Time {
	all, err := syscall.ParseSocketControlMessage(control)
	if err != nil {
		return time.Now()
	}
	for _, c := range all {
		if c.Header.Level == syscall.SOL_SOCKET && c.Header.Type == syscall.SCM_TIMESTAMPNS && len(c.Data) >= int(unsafe.Sizeof(syscall.Timespec{})) {
			t := (*syscall.Timespec)(unsafe.Pointer(&c.Data[0]))
			return time.Unix(t.Unix())
		}
	}
	return time.Now()
}
