package sdp

import (
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/offhook/offhook/media/agreement"
)

// audio is the one section of a description that is ours.
type audio struct {
	dir      agreement.Direction
	list     []format
	port     uint16 // 0: switched off
	keying   keying
	mux      bool
	xr       bool
	mid      string
	ice      agreement.ICE
	mismatch bool
	offers   bool
}

// write writes the section.
func (a audio) write(b *strings.Builder, t Terms) {
	port := a.port
	outside := t.outside()
	if outside.IsValid() && port != 0 {
		port = outside.Port()
	}
	fmt.Fprintf(b, "m=audio %d %s", port, a.keying.proto)
	for _, f := range a.list {
		fmt.Fprintf(b, " %d", f.typ)
	}
	b.WriteString("\r\n")
	if a.port == 0 {
		return
	}
	if a.mid != "" {
		fmt.Fprintf(b, "a=mid:%s\r\n", a.mid)
	}
	if outside.IsValid() { // the one port that we know to be open: RTCP is taken there as well
		fmt.Fprintf(b, "a=rtcp:%d\r\n", port)
	} else if rtcp := t.Local.RTCP; rtcp.IsValid() && (a.port == 65535 || rtcp != netip.AddrPortFrom(t.Local.RTP.Addr(), a.port+1)) {
		fmt.Fprintf(b, "a=rtcp:%d\r\n", rtcp.Port())
	}
	if a.mux {
		b.WriteString("a=rtcp-mux\r\n")
	}
	if a.xr {
		fmt.Fprintf(b, "a=rtcp-xr:%s\r\n", voipMetrics)
	}
	a.writeCodecs(b, t.Silence)
	a.writeKeys(b, t)
	a.writeICE(b, t)
	wanted := t.PacketTime
	if wanted == 0 {
		wanted = 20 * time.Millisecond
	}
	fmt.Fprintf(b, "a=ptime:%d\r\na=%s\r\n", wanted.Milliseconds(), a.dir)
}

func (a audio) writeCodecs(b *strings.Builder, silence bool) {
	for _, f := range a.list {
		switch c := f.codec; {
		case c == agreement.Opus:
			fmt.Fprintf(b, "a=rtpmap:%d opus/48000/2\r\na=fmtp:%d minptime=10;useinbandfec=1", f.typ, f.typ)
			if silence {
				b.WriteString(";usedtx=1")
			}
			b.WriteString("\r\n")
		case c.Name == telephoneEvent: // RFC 4733 §7.1.1: the sixteen digits
			fmt.Fprintf(b, "a=rtpmap:%d telephone-event/%d\r\na=fmtp:%d 0-15\r\n", f.typ, c.Clock, f.typ)
		default:
			fmt.Fprintf(b, "a=rtpmap:%d %s/%d\r\n", f.typ, c.Name, c.Clock)
		}
	}
}

func (a audio) writeKeys(b *strings.Builder, t Terms) {
	for _, k := range a.keying.keys {
		fmt.Fprintf(b, "a=crypto:%s\r\n", k)
	}
	if a.keying.dtls {
		fmt.Fprintf(b, "a=setup:%s\r\na=fingerprint:%s\r\n", a.keying.setup, t.Local.Fingerprint)
	}
}

func (a audio) writeICE(b *strings.Builder, t Terms) {
	if a.mismatch {
		b.WriteString("a=ice-mismatch\r\n")
	}
	if !a.ice.On() {
		return
	}
	fmt.Fprintf(b, "a=ice-options:ice2\r\na=ice-ufrag:%s\r\na=ice-pwd:%s\r\n", a.ice.Ufrag, a.ice.Pwd)
	for c := range strings.Lines(t.candidates()) {
		fmt.Fprintf(b, "a=candidate:%s\r\n", strings.TrimSpace(c))
	}
	b.WriteString("a=end-of-candidates\r\n")                     // RFC 8840 §4.3: none is trickled
	if far := t.Way.Far; a.offers && t.Chosen && far.IsValid() { // RFC 8839 §4.4.1.2.2
		fmt.Fprintf(b, "a=remote-candidates:1 %s %d\r\n", far.Addr(), far.Port())
	}
}
