package impair

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// obey answers the proxy. Each command is a datagram of words, the first a cookie that the
// answer begins with, the second a letter with options:
//
//	c U… call address port tag…    the caller listens there; answer: the port for the callee
//	c L… call address port tag…    the callee does; answer: the port for the caller
//	c D… call tag…                 the call is over
//	c V…                           what are you?
func (r *Relay) obey() {
	defer r.done.Done()
	packet := make([]byte, longPacket)
	for {
		n, from, err := r.control.ReadFromUDPAddrPort(packet)
		if err != nil {
			return
		}
		if cookie, answer := r.answer(string(packet[:n])); answer != "" {
			_, _ = r.control.WriteToUDPAddrPort([]byte(cookie+" "+answer+"\n"), from)
		}
	}
}

// answer carries out one command; none for what is no command.
func (r *Relay) answer(text string) (cookie, answer string) {
	words := strings.Fields(text)
	if len(words) < 2 {
		return "", ""
	}
	cookie = words[0]
	switch words[1][0] {
	case 'V':
		if strings.HasPrefix(words[1], "VF") {
			return cookie, "1" // whatever the feature is: it is asked, not used
		}
		return cookie, "20040107"
	case 'U', 'L':
		return cookie, r.place(words)
	case 'D':
		if len(words) < 3 {
			return cookie, "E1"
		}
		r.mu.Lock()
		r.drop(words[2])
		r.mu.Unlock()
		return cookie, "0"
	}
	return cookie, "E0" // no such command
}

// place notes where one party listens and names the port that the other is to use.
func (r *Relay) place(words []string) string {
	if len(words) < 6 {
		return "E1"
	}
	host, err := netip.ParseAddr(words[3])
	port, err2 := strconv.ParseUint(words[4], 10, 16)
	if err != nil || err2 != nil || !host.IsLoopback() {
		return "E2" // what is not on this machine is not in the trial
	}
	caller := words[1][0] == 'U'
	c, err := r.call(words[2], caller)
	if err != nil || c == nil {
		return "E8"
	}
	here, there := c.legs[0], c.legs[1]
	if !caller {
		here, there = there, here
	}
	addr := netip.AddrPortFrom(host, uint16(port))
	here.peer.Store(&addr)
	return fmt.Sprintf("%d %s", addrOf(there.rtp).Port(), loopback)
}
