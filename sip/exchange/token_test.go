package exchange

import (
	"net/netip"
	"strings"
	"testing"
)

func TestPassage(t *testing.T) {
	p := testPlace()
	v6 := flow{"TCP", netip.MustParseAddrPort("[2001:db8::1]:5061")}
	for _, flows := range [][2]flow{{at(5071), at(5072)}, {at(5071), v6}, {v6, at(5072)}, {v6, v6}, {{"TCP", at(1).addr}, {"UDP", v6.addr}}} {
		invite := request(t, "INVITE sip:202@offhook", "", "")
		text := p.passageOf(invite, flows[0], flows[1])
		if len(text) > maxPassage {
			t.Errorf("%d letters", len(text))
		}
		bye := request(t, "BYE sip:202@127.0.0.1:5072", ";tag=t", "")
		way, ok := p.passage(bye, text)
		if !ok || way.caller != flows[0] || way.callee != flows[1] || p.toward(bye, way) != flows[1] {
			t.Errorf("%v: %+v", flows, way)
		}
		back := parse(t, strings.Replace(strings.Replace(bye.String(), "\r\n", "\n", -1), "tag=f", "tag=x", 1))
		if p.toward(back, way) != flows[0] {
			t.Error("the other side sends to itself")
		}
		other := parse(t, strings.Replace(strings.Replace(bye.String(), "\r\n", "\n", -1), "Call-ID: c1", "Call-ID: c2", 1))
		if _, ok := p.passage(other, text); ok {
			t.Error("good for another call")
		}
		for i := range text {
			if _, ok := p.passage(bye, text[:i]); ok {
				t.Errorf("cut at %d it is good", i)
			}
			if forged := text[:i] + string(text[i]^1) + text[i+1:]; forged != text {
				if _, ok := p.passage(bye, forged); ok {
					t.Errorf("changed at %d it is good", i)
				}
			}
		}
		if _, ok := newPlace(p.addr, "offhook", nil, []byte("another")).passage(bye, text); ok {
			t.Error("good at another exchange")
		}
	}
}

func FuzzPassage(f *testing.F) {
	p := testPlace()
	req := request(f, "BYE sip:202@127.0.0.1:5072", ";tag=t", "")
	good := p.passageOf(req, at(1), at(2))
	f.Add(good)
	f.Add(good[:9] + "\n" + good[9:])
	f.Fuzz(func(t *testing.T, text string) {
		if way, ok := p.passage(req, text); ok && p.passageOf(req, way.caller, way.callee) != text {
			t.Errorf("%q is read as %+v", text, way)
		}
	})
}

func FuzzPath(f *testing.F) {
	f.Add("<sip:a;lr>, <sip:x@b;lr;ob>")
	f.Add("<sip:a;lr>,<<>,")
	f.Fuzz(func(t *testing.T, text string) {
		for _, one := range addresses(text) {
			if !strings.Contains(text, one) {
				t.Errorf("%q is not in %q", one, text)
			}
		}
	})
}
