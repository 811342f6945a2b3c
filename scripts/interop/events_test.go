//go:build interop

package interop

import (
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/offhook/offhook/scripts/peers"
)

// A publisher tells Kamailio's presence server of one user, as a voice mail server or a
// PBX would (RFC 3903). It is of a domain of its own, which Kamailio does not challenge.
type publisher struct {
	t    *testing.T
	k    *peers.Kamailio
	conn net.Conn
	user string
	pkg  string // event package
	kind string // content type
	etag string // of what it last published
	cseq int
}

func newPublisher(t *testing.T, k *peers.Kamailio, user, pkg, kind string) *publisher {
	t.Helper()
	conn, err := net.Dial("udp4", k.Addr.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return &publisher{t: t, k: k, conn: conn, user: user, pkg: pkg, kind: kind}
}

// publish replaces what was published before.
func (p *publisher) publish(body string) {
	p.t.Helper()
	p.cseq++
	match := ""
	if p.etag != "" {
		match = "SIP-If-Match: " + p.etag + "\r\n"
	}
	fmt.Fprintf(p.conn, "PUBLISH sip:%[1]s@%[2]s SIP/2.0\r\nVia: SIP/2.0/UDP %[3]s;branch=z9hG4bK%[4]s%[5]d\r\nMax-Forwards: 70\r\n"+
		"From: <sip:%[1]s@source.test>;tag=p\r\nTo: <sip:%[1]s@%[2]s>\r\nCall-ID: %[4]s@%[3]s\r\nCSeq: %[5]d PUBLISH\r\nExpires: 600\r\n"+
		"Event: %[4]s\r\n%[6]sContent-Type: %[7]s\r\nContent-Length: %[8]d\r\n\r\n%[9]s",
		p.user, p.k.Domain, p.conn.LocalAddr(), p.pkg, p.cseq, match, p.kind, len(body), body)
	_ = p.conn.SetReadDeadline(time.Now().Add(5 * time.Second))
	b := make([]byte, 4096)
	n, err := p.conn.Read(b)
	answer := string(b[:n])
	_, after, ok := strings.Cut(answer, "SIP-ETag: ")
	if err != nil || !strings.HasPrefix(answer, "SIP/2.0 200 ") || !ok {
		p.t.Fatalf("PUBLISH: %v: %s", err, answer)
	}
	p.etag, _, _ = strings.Cut(after, "\r\n")
}

// Voice mail as a presence server tells of it (RFC 3842): counted on the display, and gone
// when it has been heard.
func TestVoiceMailAtKamailio(t *testing.T) {
	t.Parallel()
	meets(t, "Kamailio", "tells the phone of voice mail (message-summary)", "UDP")
	k := kamailio(t, peers.Registrar{Presence: true})
	mailbox := newPublisher(t, k, "201", "message-summary", "application/simple-message-summary")
	account := "Message-Account: sip:201@" + k.Domain + "\r\n"
	mailbox.publish("Messages-Waiting: yes\r\n" + account + "Voice-Message: 1/0 (0/0)\r\n")
	p := offhook(t, k, "201", nil)
	p.see("1 message", soon) // the first NOTIFY
	mailbox.publish("Messages-Waiting: yes\r\n" + account + "Voice-Message: 2/1 (0/0)\r\n")
	p.see("2 messages", soon)
	p.lamp("message", "on")
	mailbox.publish("Messages-Waiting: no\r\n" + account + "Voice-Message: 0/3 (0/0)\r\n")
	p.lamp("message", "off")
	if lcd, err := p.LCD(); err != nil || strings.Contains(lcd.String(), "message") {
		t.Errorf("%v: the display still says\n%s", err, lcd)
	}
}

// lamp waits until a lamp is lit so.
func (p phone) lamp(which, how string) {
	p.t.Helper()
	now := ""
	for end := time.Now().Add(soon); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		s, err := p.State()
		p.must(err)
		if now = map[string]string{"message": s.Lamps.Message, "watch": s.Lamps.Watch}[which]; now == how {
			return
		}
	}
	p.t.Fatalf("the %s lamp is %s, not %s", which, now, how)
}

// calls is a dialog-info document with one dialog, in this state (RFC 4235).
func calls(user, domain, state string) string {
	return fmt.Sprintf(`<?xml version="1.0"?>
<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="0" state="full" entity="sip:%[1]s@%[2]s">
<dialog id="d1" call-id="c1" direction="recipient"><state>%[3]s</state>
<remote><identity display="Carl">sip:204@%[2]s</identity></remote></dialog></dialog-info>
`, user, domain, state)
}

// A colleague's calls as a presence server tells of them (RFC 4235).
func TestColleaguesAtKamailio(t *testing.T) {
	t.Parallel()
	meets(t, "Kamailio", "tells the phone what a colleague does (dialog)", "UDP")
	k := kamailio(t, peers.Registrar{Presence: true})
	anna := newPublisher(t, k, "202", "dialog", "application/dialog-info+xml")
	p := offhook(t, k, "201", func(p *peers.Phone) { p.Colleagues = map[string]string{"Anna": "202"} })
	p.choose("Colleagues")
	for _, c := range []struct{ state, shown, lamp string }{{"early", "rings Carl", "blink"}, {"confirmed", "busy Carl", "on"}, {"terminated", "free", "off"}} {
		anna.publish(calls("202", k.Domain, c.state))
		p.see("Anna +"+c.shown, soon)
		p.lamp("watch", c.lamp)
	}
}

// The registrar ends the phone's registration by itself (RFC 3680): for good, and the
// display says so; then once more, for a while.
func TestRegistrationEndedAtKamailio(t *testing.T) {
	t.Parallel()
	meets(t, "Kamailio", "is told that its registration was ended (reg)", "UDP")
	for _, c := range []struct{ event, shown string }{
		{"rejected", "(?s)does.*not.*let"},
		{`probation" retry-after="3`, "(?s)ended.*the.*registration"},
	} {
		k := kamailio(t, peers.Registrar{Presence: true})
		port, err := peers.FreePort()
		if err != nil {
			t.Fatal(err)
		}
		p := offhook(t, k, "201", func(p *peers.Phone) { p.SIPPort = port })
		newPublisher(t, k, "201", "reg", "application/reginfo+xml").publish(fmt.Sprintf(`<?xml version="1.0"?>
<reginfo xmlns="urn:ietf:params:xml:ns:reginfo" version="0" state="full"><registration aor="sip:201@%s" id="a" state="terminated">
<contact id="c" state="terminated" event="%s"><uri>sip:201@127.0.0.1:%d</uri></contact></registration></reginfo>
`, k.Domain, c.event, port))
		p.see(c.shown, soon)
		if c.event != "rejected" {
			p.see("ready", soon)
		}
	}
}

// A text to and from linphone (RFC 3428).
func TestTextsWithLinphone(t *testing.T) {
	t.Parallel()
	meets(t, "linphone", "texts both ways (MESSAGE)", "UDP")
	k := kamailio(t, peers.Registrar{})
	l := linphone(t, k, "202", nil)
	p := offhook(t, k, "201", func(p *peers.Phone) { p.Colleagues = map[string]string{"Bob": "202"} })
	typed(t, l, "chat sip:201@"+k.Domain+" Lunch at twelve?", "")
	p.see("Text: 202", soon)
	p.lamp("message", "on")
	p.choose("Texts")
	p.see("202", soon)
	p.must(p.Tap("#"))
	p.see("Lunch at twelve", soon)
	p.lamp("message", "off")
	p.must(p.Tap("***"))
	p.choose("Colleagues")
	p.must(p.Tap("0#")) // the first of the words that can be sent
	if err := l.Await(soon, "Call you back"); err != nil {
		t.Error(err)
	}
	p.see("Text sent", soon)
}

// choose opens a line of the menu.
func (p phone) choose(line string) {
	p.t.Helper()
	p.must(p.Tap("A"))
	p.see("(?m)^>", soon)
	for range 15 {
		lcd, err := p.LCD()
		p.must(err)
		_, marked, _ := strings.Cut(lcd.String(), ">")
		marked, _, _ = strings.Cut(marked, "\n")
		if strings.Contains(marked, " "+line) {
			p.must(p.Tap("#"))
			return
		}
		p.must(p.Tap("A"))
		time.Sleep(200 * time.Millisecond)
	}
	p.t.Fatalf("the menu has no line %q", line)
}
