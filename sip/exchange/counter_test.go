package exchange

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/offhook/offhook/sip/ingress"
)

// A REGISTER that comes again, because its answer was lost, is answered alike, though its
// login was used and its number is not higher than the last.
func TestRegisterComesAgain(t *testing.T) {
	x := start(t, nil)
	p := registered(t, x.Addr(), "udp", "201", "one")
	var sent []string
	auth := p.authorize("REGISTER", "sip:offhook", &sent)
	via := fmt.Sprintf("SIP/2.0/UDP %s;rport;branch=z9hG4bKagain", p.conn.LocalAddr())
	var answers []string
	for range 3 {
		p.send("REGISTER", "sip:offhook", via, "<sip:201@offhook>;tag=1", "<sip:201@offhook>", "again", 7, auth+"Contact: "+p.contact()+"\r\n", "")
		answers = append(answers, p.waitFor("^SIP/2.0").text)
	}
	if !strings.HasPrefix(answers[0], "SIP/2.0 200") || answers[1] != answers[0] || answers[2] != answers[0] {
		t.Errorf("%s", strings.Join(answers, "\n"))
	}
}

func TestAnsweredForgets(t *testing.T) {
	a := newAnswered(2)
	for i := range uint64(3) {
		a.put(i+1, []byte{byte(i)})
	}
	if _, ok := a.get(1); ok || len(a.texts) != 2 {
		t.Errorf("%v", a.texts)
	}
	if text, ok := a.get(3); !ok || text[0] != 2 {
		t.Errorf("%v %v", text, ok)
	}
}

// Registrations leave no transaction behind, over UDP or TCP, whoever sends them.
func TestRegisterLeavesNoTransaction(t *testing.T) {
	x := start(t, func(c *Config) {
		c.Limits = ingress.Limits{PerSource: 1e6, SourceBurst: 1e6, Total: 1e6, TotalBurst: 1e6}
	})
	for _, network := range []string{"udp", "tcp"} {
		p := registered(t, x.Addr(), network, "201", "one")
		for range 50 {
			p.ask("REGISTER", "sip:offhook", "sip:201@offhook", "Contact: "+p.contact()+"\r\n", "200")
		}
		s := newPhone(t, x.Addr(), network, "666", "guess")
		for range 50 {
			s.ask("REGISTER", "sip:offhook", "sip:666@offhook", "", "401")
		}
	}
	if n := len(x.answered.texts); n < 50 || n > maxAnswered {
		t.Errorf("%d answers are remembered", n)
	}
	x.lingering.mu.Lock()
	defer x.lingering.mu.Unlock()
	if n := len(x.lingering.line); n != 0 {
		t.Errorf("%d transactions linger", n)
	}
}

type counted struct{ n *int }

func (e counted) Terminate() { *e.n++ }

func TestLingering(t *testing.T) {
	var n int
	l := lingering{max: 3}
	for i := range 5 {
		l.add(epoch.Add(time.Duration(i)*time.Second), counted{&n})
	}
	if n != 2 || len(l.line) != 3 {
		t.Errorf("%d were ended, %d linger", n, len(l.line))
	}
	l.sweep(epoch.Add(3*time.Second + lingerTime)) // the first of the rest has ended by itself
	if n != 2 || len(l.line) != 2 {
		t.Errorf("%d were ended, %d linger", n, len(l.line))
	}
	l.add(epoch.Add(time.Hour), counted{&n})
	if n != 2 || len(l.line) != 1 {
		t.Errorf("%d were ended, %d linger", n, len(l.line))
	}
	if l.sweep(epoch.Add(2 * time.Hour)); l.line != nil {
		t.Errorf("%d linger", len(l.line))
	}
}
