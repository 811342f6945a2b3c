package sip

import (
	"fmt"
	"io"
	"net"
	"testing"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/dialog"
)

func TestWordsOfNoWay(t *testing.T) {
	for want, err := range map[string]error{
		"Server not found":     fmt.Errorf("%w: typo.home", errNoServer),
		"Name server silent":   fmt.Errorf("%w: i/o timeout", errNoDNS),
		"Server not reachable": fmt.Errorf("%w: %w", errNoConnection, io.EOF),
		"pbx takes no TLS":     fmt.Errorf("x: %w", &fault{"pbx takes no TLS", Unreached, io.EOF}),
	} {
		if got := noWay(err); got != want {
			t.Errorf("%v: %q, want %q", err, got, want)
		}
	}
	for at, want := range map[dialog.Phase]string{
		dialog.Calling: "Server not answering", dialog.Proceeding: "Connection was lost", dialog.Ending: "", dialog.Standing: "",
	} {
		if got := silence(at); got != want {
			t.Errorf("given up while %v: %q, want %q", at, got, want)
		}
	}
	if got := new(outbound).nowhere(); got != "" {
		t.Errorf("a request that went out: %q", got)
	}
}

// A refusal is taken for what it says though its connection ends behind it, before sipgo has
// passed it on.
func TestARefusalOutlivesItsConnection(t *testing.T) {
	req := sip.NewRequest(sip.INVITE, sip.Uri{Scheme: "sip", User: "202", Host: "pbx.home"})
	via := &sip.ViaHeader{ProtocolName: "SIP", ProtocolVersion: "2.0", Transport: "TCP", Host: "10.0.0.1", Params: sip.NewParams()}
	via.Params.Add("branch", "z9hG4bK1")
	req.AppendHeader(via)
	req.AppendHeader(&sip.CSeqHeader{SeqNo: 1, MethodName: sip.INVITE})
	gone := make(chan struct{})
	close(gone)
	o := &outbound{req: req, flow: &flow{gone: gone}}
	a := &Agent{}
	a.awaited.Store("z9hG4bK1", awaited{o, func(res *sip.Response) { t.Errorf("taken before sipgo's ACK: %v", res) }})
	a.responded(sip.NewResponseFromRequest(req, 604, "Does Not Exist Anywhere", nil))
	if o.cut() {
		t.Error("the refusal counts as never sent")
	}
	o = &outbound{req: req, flow: &flow{gone: gone}}
	if !o.cut() {
		t.Error("a request without an answer outlives its connection")
	}
}

// The same from end to end: a server that refuses and closes the connection at once.
func TestRefusedAndClosed(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	a := start(t, config(overTCP("201")))
	a.do(Dial{Call: 1, Target: "sip:202@" + l.Addr().String()})
	p := acceptPeer(t, l)
	p.answer(p.request("INVITE"), 604, "", "")
	p.conn.Close()
	ended(t, a, 604, "No such number")
}
