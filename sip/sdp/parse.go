package sdp

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/offhook/offhook/media/agreement"
)

// description is what we look at of a session description.
type description struct {
	streams []stream
}

// stream is one m= section with what it inherits from the session.
type stream struct {
	kind    string // "audio"
	port    uint16 // 0: refused or switched off
	proto   string // "RTP/AVP"
	addr    netip.Addr
	named   bool // the address is a host name, or multicast: nothing we can send to
	rtcp    netip.AddrPort
	dir     agreement.Direction // the describer's
	formats []format            // in the describer's order of preference
	first   string              // the first format as it stood
	ptime   int                 // ms; 0: not said
	maxtime int
	transport
}

// format is one payload type.
type format struct {
	typ   uint8
	codec agreement.Codec // Name "" when there is no rtpmap and the number is not static
	fmtp  string
}

// statics are the payload types that need no rtpmap (RFC 3551 §6).
var statics = map[uint8]agreement.Codec{0: agreement.PCMU, 8: agreement.PCMA, 9: agreement.G722, agreement.NoisePayload: agreement.Noise}

// parse reads a session description. It is deliberately own code: what other parsers
// refuse (an m=image of a fax, a new bandwidth type, a missing last line end) must only
// cost the stream that it stands in, never the call.
func parse(b []byte) (description, *Error) {
	if len(b) > MaxSize {
		return description{}, malformed("the session description is too large")
	}
	lines := strings.Split(strings.TrimRight(string(b), "\r\n"), "\n")
	if len(lines) > maxLines {
		return description{}, malformed("the session description has too many lines")
	}
	var session, media []string
	var d description
	origin := false
	flush := func() *Error {
		if media == nil {
			return nil
		}
		s, err := section(session, media)
		d.streams = append(d.streams, s)
		media = nil
		return err
	}
	for i, line := range lines {
		line = strings.TrimRight(line, "\r")
		if len(line) < 2 || line[1] != '=' || strings.ContainsAny(line, "\r\x00") {
			return description{}, malformed("a line of the session description is not x=value")
		}
		switch {
		case i == 0:
			if line != "v=0" {
				return description{}, malformed("the session description is not version 0")
			}
		case strings.IndexByte("vosiuepcbtrzkam", line[0]) < 0: // RFC 8866 §5
			return description{}, malformed("the session description has a line of unknown type")
		case line[0] == 'm':
			if err := flush(); err != nil {
				return description{}, err
			}
			if len(d.streams) == maxMedia {
				return description{}, malformed("the session description has too many streams")
			}
			media = []string{line}
		case media != nil:
			media = append(media, line)
		default:
			origin = origin || line[0] == 'o' && len(strings.Fields(line)) == 6
			session = append(session, line)
		}
	}
	if err := flush(); err != nil {
		return description{}, err
	}
	if !origin {
		return description{}, malformed("the session description has no origin")
	}
	return d, nil
}

// section reads one m= section; media[0] is its m= line.
func section(session, media []string) (stream, *Error) {
	f := strings.Fields(media[0][2:])
	if len(f) < 4 || len(f)-3 > maxTypes || !token(f[0]) || !token(strings.ReplaceAll(f[2], "/", "")) || !token(f[3]) {
		return stream{}, malformed("an m= line of the session description is not understood")
	}
	number, _, _ := strings.Cut(f[1], "/") // a count of ports: only the first is used
	port, err := strconv.ParseUint(number, 10, 16)
	if err != nil {
		return stream{}, malformed("a port in the session description is not understood")
	}
	s := stream{kind: strings.ToLower(f[0]), port: uint16(port), proto: f[2], first: f[3]}
	for _, number := range f[3:] {
		if typ, err := strconv.ParseUint(number, 10, 7); err == nil && s.find(uint8(typ)) == nil {
			s.formats = append(s.formats, format{typ: uint8(typ), codec: statics[uint8(typ)]})
		}
	}
	said := false // media level first: it overrides the session's (RFC 8866 §6.7)
	for i, level := range [][]string{media[1:], session} {
		connected := s.addr.IsValid() || s.named
		for _, line := range level {
			switch {
			case line[0] == 'c' && !connected:
				if err := s.connection(line[2:]); err != nil {
					return stream{}, err
				}
			case line[0] == 'a':
				said = s.attribute(line[2:], said, i == 1)
			}
		}
	}
	if s.port != 0 && !s.addr.IsValid() && !s.named {
		return stream{}, malformed("the session description has no address")
	}
	switch {
	case s.rtcp.Port() == 0 && s.port != 0 && s.port < 65535:
		s.rtcp = netip.AddrPortFrom(s.addr, s.port+1) // RFC 3550 §11
	case !s.rtcp.Addr().IsValid(): // a port alone, before the address was known
		s.rtcp = netip.AddrPortFrom(s.addr, s.rtcp.Port())
	}
	return s, nil
}

// connection reads the value of a c= line: IN IP4 address[/ttl].
func (s *stream) connection(v string) *Error {
	f := strings.Fields(v)
	if len(f) != 3 || f[0] != "IN" || (f[1] != "IP4" && f[1] != "IP6") {
		return malformed("a c= line of the session description is not understood")
	}
	text, _, _ := strings.Cut(f[2], "/")
	a, err := netip.ParseAddr(text)
	switch {
	case err != nil && strings.ContainsAny(text, "[]:"):
		return malformed("an address in the session description is not understood")
	case err != nil || a.IsMulticast() || a.Zone() != "":
		s.named = true
	case a.Is4() != (f[1] == "IP4"):
		return malformed("an address in the session description is not of the kind it says")
	default:
		s.addr = a.Unmap()
	}
	return nil
}

// attribute reads one a= value; what cannot be read is as if it were not there. It
// returns whether a direction was said.
func (s *stream) attribute(a string, said, session bool) bool {
	name, value, _ := strings.Cut(a, ":")
	switch name = strings.ToLower(name); name {
	case "sendrecv", "sendonly", "recvonly", "inactive":
		if !said {
			s.dir = directions[name]
		}
		return true
	case "rtpmap", "fmtp", "rtcp":
		if !session { // never at session level (RFC 8866 §6.6, §6.15, RFC 3605 §2.1)
			s.format(name, value)
		}
	case "ptime":
		s.ptime = milliseconds(value, s.ptime)
	case "maxptime":
		s.maxtime = milliseconds(value, s.maxtime)
	default:
		s.note(name, value, session)
	}
	return said
}

// format reads what is said of one format, or of RTCP.
func (s *stream) format(name, value string) {
	switch name {
	case "rtpmap":
		number, encoding, _ := strings.Cut(value, " ")
		if f := s.numbered(number); f != nil {
			f.codec = encodingOf(encoding)
		}
	case "fmtp":
		number, parameters, _ := strings.Cut(value, " ")
		if f := s.numbered(number); f != nil && f.fmtp == "" {
			f.fmtp = strings.TrimSpace(parameters)
		}
	case "rtcp":
		s.control(value)
	}
}

var directions = map[string]agreement.Direction{
	"sendrecv": agreement.SendRecv, "sendonly": agreement.SendOnly,
	"recvonly": agreement.RecvOnly, "inactive": agreement.Inactive,
}

// control reads an rtcp attribute (RFC 3605): port [IN IP4 address].
func (s *stream) control(v string) {
	f := strings.Fields(v)
	if s.rtcp.Port() != 0 || (len(f) != 1 && len(f) != 4) {
		return
	}
	port, err := strconv.ParseUint(f[0], 10, 16)
	if err != nil || port == 0 {
		return
	}
	var addr netip.Addr // the stream's
	if len(f) == 4 {
		if addr, err = netip.ParseAddr(f[3]); err != nil || addr.IsMulticast() || addr.Zone() != "" {
			return
		}
	}
	s.rtcp = netip.AddrPortFrom(addr.Unmap(), uint16(port))
}

func (s *stream) find(typ uint8) *format {
	for i := range s.formats {
		if s.formats[i].typ == typ {
			return &s.formats[i]
		}
	}
	return nil
}

func (s *stream) numbered(number string) *format {
	typ, err := strconv.ParseUint(strings.TrimSpace(number), 10, 7)
	if err != nil {
		return nil
	}
	return s.find(uint8(typ))
}

// encodingOf reads name/clock[/channels]. Opus without its channels is taken for Opus
// (RFC 7587 §7 wants 2; some forget it).
func encodingOf(v string) agreement.Codec {
	f := strings.Split(strings.TrimSpace(v), "/")
	if len(f) < 2 || len(f) > 3 {
		return agreement.Codec{}
	}
	c := agreement.Codec{Name: strings.ToUpper(f[0]), Chans: 1}
	var err error
	if c.Clock, err = strconv.Atoi(f[1]); err != nil || c.Clock <= 0 || c.Clock > 1e6 {
		return agreement.Codec{}
	}
	if len(f) == 3 {
		if c.Chans, err = strconv.Atoi(f[2]); err != nil {
			return agreement.Codec{}
		}
	} else if c.Name == agreement.Opus.Name {
		c.Chans = agreement.Opus.Chans
	}
	return c
}

// milliseconds reads a positive packet time; some write a fraction, which is cut off.
func milliseconds(v string, otherwise int) int {
	whole, _, _ := strings.Cut(strings.TrimSpace(v), ".")
	if n, err := strconv.Atoi(whole); err == nil && n > 0 && n <= 1000 && otherwise == 0 {
		return n
	}
	return otherwise
}

// parameter is one name=value of an fmtp.
func (f format) parameter(name string) string {
	for _, p := range strings.Split(f.fmtp, ";") {
		if k, v, _ := strings.Cut(p, "="); strings.EqualFold(strings.TrimSpace(k), name) {
			return strings.TrimSpace(v)
		}
	}
	return ""
}

// token is RFC 8866 §9's token: what may be written back into a description of ours.
func token(s string) bool {
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c >= 0x7f || strings.IndexByte(`"(),/:;<=>?@[\]`, c) >= 0 {
			return false
		}
	}
	return s != ""
}
