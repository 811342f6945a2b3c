package sdp

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/offhook/offhook/media/agreement"
)

// Keys as they stand in a description: 30 and 46 octets, and the hash of a certificate.
const (
	key30   = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwd"
	key46   = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLQ=="
	key28   = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGw=="
	print32 = "00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11:12:13:14:15:16:17:18:19:1A:1B:1C:1D:1E:1F"
)

// counted is a key of the octets first, first+1, ...
func counted(s agreement.Suite, first byte) (k agreement.Key) {
	key, salt := s.Len()
	for i := range key + salt {
		k[i] = first + byte(i)
	}
	return k
}

func secret() Terms {
	t := terms()
	t.Security, t.Keying = Preferred, SDES
	t.Local.Fingerprint = "sha-256 " + strings.ReplaceAll(print32, "0", "F")
	for i, s := range agreement.Suites() {
		t.Keys = append(t.Keys, Keyed{s, counted(s, byte(100+i))})
	}
	return t
}

func TestCryptoLines(t *testing.T) {
	for line, want := range map[string]keyed{
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30:                  {"1", agreement.AES128CM80, counted(agreement.AES128CM80, 0), agreement.MKI{}},
		"2 AES_CM_128_HMAC_SHA1_32 inline:" + key30 + "|2^48":        {"2", agreement.AES128CM32, counted(agreement.AES128CM32, 0), agreement.MKI{}},
		"1 AES_256_CM_HMAC_SHA1_80 inline:" + key46 + "|2097152":     {"1", agreement.AES256CM80, counted(agreement.AES256CM80, 0), agreement.MKI{}},
		"1 AES_CM_256_HMAC_SHA1_32 inline:" + key46:                  {"1", agreement.AES256CM32, counted(agreement.AES256CM32, 0), agreement.MKI{}},
		"1 AES_256_CM_HMAC_SHA1_32 inline:" + key46[:62]:             {"1", agreement.AES256CM32, counted(agreement.AES256CM32, 0), agreement.MKI{}}, // no padding
		"7 AEAD_AES_128_GCM INLINE:" + key28:                         {"7", agreement.AES128GCM, counted(agreement.AES128GCM, 0), agreement.MKI{}},
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + "|2^31|1:1":    {"1", agreement.AES128CM80, counted(agreement.AES128CM80, 0), agreement.MKI{Value: 1, Len: 1}},
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + "|300:2":       {"1", agreement.AES128CM80, counted(agreement.AES128CM80, 0), agreement.MKI{Value: 300, Len: 2}},
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + " WSH=64 -X=1": {"1", agreement.AES128CM80, counted(agreement.AES128CM80, 0), agreement.MKI{}},
	} {
		got, ok := crypto(line)
		if !ok || got != want {
			t.Errorf("%s: %v %+v", line, ok, got)
		}
	}
	for _, line := range []string{
		"", "1", "1 AES_CM_128_HMAC_SHA1_80",
		"x AES_CM_128_HMAC_SHA1_80 inline:" + key30,
		"1234567890 AES_CM_128_HMAC_SHA1_80 inline:" + key30,
		"1 F8_128_HMAC_SHA1_80 inline:" + key30,
		"1 AES_CM_128_HMAC_SHA1_80 " + key30,
		"1 AES_CM_128_HMAC_SHA1_80 uri:" + key30,
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key28,
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key46,
		"1 AES_CM_128_HMAC_SHA1_80 inline:!" + key30[1:],
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + "|2^10",            // too short a life
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + "|2^49",            // more than there can be
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + "|1000",            //
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + "|1:1|2^31",        // the wrong way round
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + "|2^31|1:8",        // an MKI of 8 octets
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + "|2^31|300:1",      // does not fit
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + "|2^31|1:1|x",      //
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + ";inline:" + key30, // two keys
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + " UNENCRYPTED_SRTP",
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + " UNENCRYPTED_SRTCP",
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + " UNAUTHENTICATED_SRTP",
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + " KDR=3",
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + " FEC_ORDER=FEC_SRTP",
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + " X=1",
	} {
		if got, ok := crypto(line); ok {
			t.Errorf("%s was taken: %+v", line, got)
		}
	}
}

func TestFingerprints(t *testing.T) {
	for in, want := range map[string]string{
		"SHA-256 " + strings.ToLower(print32):             "sha-256 " + print32,
		"sha-1 " + print32[:59]:                           "", // too weak
		"sha-256 " + print32[:59]:                         "",
		"sha-256 " + print32 + ":00":                      "",
		"sha-256":                                         "",
		"sha-384 " + print32 + ":" + print32[:47]:         "sha-384 " + print32 + ":" + print32[:47],
		"sha-256 " + strings.ReplaceAll(print32, ":", ""): "",
	} {
		if got := fingerprint(in); got != want {
			t.Errorf("%s: %q", in, got)
		}
	}
}

// What is offered for each wish, and how it is answered, by what.
func TestWaysOfEncryption(t *testing.T) {
	sdes := "a=crypto:4 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + "\n"
	odd := "a=crypto:3 F8_128_HMAC_SHA1_80 inline:" + key30 + "\n"
	dtls := "a=fingerprint:sha-256 " + print32 + "\na=setup:actpass\n"
	mirror := "a=crypto:4 AES_CM_128_HMAC_SHA1_80 inline:"
	for _, c := range []struct {
		name, media             string
		off, preferred, mandate string // m= line of the answer and one more line; "": 488
	}{
		{"plain", "m=audio 6000 RTP/AVP 0\n", "RTP/AVP 0", "RTP/AVP 0", ""},
		{"with feedback", "m=audio 6000 RTP/AVPF 0\na=rtcp-fb:* nack\n", "RTP/AVPF 0", "RTP/AVPF 0", ""},
		{"SAVP, as Linphone", "m=audio 6000 RTP/SAVP 0\n" + odd + sdes, "", "RTP/SAVP 0" + mirror, "RTP/SAVP 0" + mirror},
		{"SAVPF", "m=audio 6000 RTP/SAVPF 0\n" + sdes, "", "RTP/SAVPF 0" + mirror, "RTP/SAVPF 0" + mirror},
		{"SAVP without a usable key", "m=audio 6000 RTP/SAVP 0\n" + odd, "", "", ""},
		{"AVP with keys, as baresip, pjsip and RFC 8643", "m=audio 6000 RTP/AVP 0\n" + sdes, "RTP/AVP 0", "RTP/AVP 0" + mirror, "RTP/AVP 0" + mirror},
		{"AVP with a fingerprint", "m=audio 6000 RTP/AVP 0\n" + dtls, "RTP/AVP 0", "RTP/AVP 0a=setup:active", "RTP/AVP 0a=setup:active"},
		{"AVP with keys that nobody can use", "m=audio 6000 RTP/AVP 0\n" + odd, "RTP/AVP 0", "RTP/AVP 0", ""},
		{"DTLS, as browsers", dtls + "a=group:BUNDLE 0\nm=audio 6000 UDP/TLS/RTP/SAVPF 0\na=mid:0\n", "", "UDP/TLS/RTP/SAVPF 0a=setup:active", "UDP/TLS/RTP/SAVPF 0a=setup:active"},
		{"DTLS, as Asterisk", "m=audio 6000 UDP/TLS/RTP/SAVP 0\na=fingerprint:sha-256 " + print32 + "\na=setup:active\n", "", "UDP/TLS/RTP/SAVP 0a=setup:passive", "UDP/TLS/RTP/SAVP 0a=setup:passive"},
		{"DTLS on hold (RFC 4145)", "m=audio 6000 UDP/TLS/RTP/SAVP 0\na=fingerprint:sha-256 " + print32 + "\na=setup:holdconn\n", "", "", ""},
		{"DTLS with SHA-1", "m=audio 6000 UDP/TLS/RTP/SAVP 0\na=fingerprint:sha-1 " + print32[:59] + "\na=setup:actpass\n", "", "", ""},
		{"DTLS of early WebRTC", "m=audio 6000 RTP/SAVPF 0\n" + dtls, "", "RTP/SAVPF 0a=setup:active", "RTP/SAVPF 0a=setup:active"},
		{"SAVP with both", "m=audio 6000 RTP/SAVP 0\n" + dtls + sdes, "", "RTP/SAVP 0" + mirror, "RTP/SAVP 0" + mirror},
		{"another transport", "m=audio 6000 TCP/RTP/AVP 0\n", "", "", ""},
	} {
		for want, security := range map[*string]Security{&c.off: Off, &c.preferred: Preferred, &c.mandate: Mandatory} {
			x := secret()
			x.Security = security
			_, b, a, err := NewSide(1).Answer(far(c.media), x)
			if *want == "" {
				var e *Error
				if !errors.As(err, &e) || e.Status != 488 || e.Warning != 302 || e.Insecure != (security == Mandatory && !strings.Contains(c.media, "TCP") || security == Preferred && !strings.Contains(c.media, "TCP")) {
					t.Errorf("%s, %d: %v %+v\n%s", c.name, security, err, e, b)
				}
				continue
			}
			line, more, _ := strings.Cut(*want, "a=")
			if err != nil || !strings.Contains(string(b), "m=audio 4000 "+line+"\r\n") || !strings.Contains(string(b), "a="+more) || a.Protection.On() != (more != "") {
				t.Errorf("%s, %d: %v %v\n%s", c.name, security, err, a.Protection, b)
			}
			if more == "" && strings.Contains(string(b), "a=crypto") {
				t.Errorf("%s, %d: a key without an encrypted stream:\n%s", c.name, security, b)
			}
			readable(t, b)
		}
	}
}

// Of the same sound offered plain and encrypted, as FreeSWITCH and Yealink's "optional"
// do, the encrypted one is taken, and the lines keep their order (RFC 3264 §6).
func TestBothLines(t *testing.T) {
	offer := far("m=audio 6000 RTP/AVP 0\nm=audio 6002 RTP/SAVP 0\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + "\nm=video 6004 RTP/AVP 31\n")
	x := secret()
	_, b, a, err := NewSide(1).Answer(offer, x)
	if err != nil || a.RTP.Port() != 6002 || !strings.Contains(string(b), "m=audio 0 RTP/AVP 0\r\nm=audio 4000 RTP/SAVP 0\r\n") || !strings.HasSuffix(string(b), "m=video 0 RTP/AVP 31\r\n") {
		t.Errorf("%v %v\n%s", err, a.RTP, b)
	}
	x.Security = Off
	if _, b, a, err = NewSide(1).Answer(offer, x); err != nil || a.RTP.Port() != 6000 || !strings.Contains(string(b), "m=audio 4000 RTP/AVP 0\r\n") {
		t.Errorf("off: %v %v\n%s", err, a.RTP, b)
	}
}

func TestSecretOffers(t *testing.T) {
	for _, c := range []struct {
		security Security
		keying   Keying
		brief    bool
		proto    string
		keys     int
		dtls     bool
	}{
		{Off, SDES, false, "RTP/AVP", 0, false},
		{Preferred, NoKeys, false, "RTP/AVP", 0, false},
		{Preferred, SDES, false, "RTP/AVP", 6, false},
		{Preferred, DTLS, false, "RTP/AVP", 0, true},
		{Mandatory, SDES, false, "RTP/SAVP", 6, false},
		{Mandatory, SDES, true, "RTP/SAVP", 2, false},
		{Mandatory, DTLS, false, "UDP/TLS/RTP/SAVP", 0, true},
	} {
		x := secret()
		x.Security, x.Keying, x.Brief = c.security, c.keying, c.brief
		_, b := NewSide(1).Offer(x)
		if !strings.Contains(string(b), "m=audio 4000 "+c.proto+" ") || strings.Count(string(b), "a=crypto:") != c.keys ||
			strings.Contains(string(b), "a=setup:actpass\r\na=fingerprint:sha-256 ") != c.dtls {
			t.Errorf("%+v:\n%s", c, b)
		}
		readable(t, b)
	}
}

// Whatever two of us want, they agree on mirrored keys, or on 488.
func TestKeysOfBothSides(t *testing.T) {
	for _, a := range []Terms{with(Off, NoKeys), with(Preferred, NoKeys), with(Preferred, SDES), with(Preferred, DTLS), with(Mandatory, SDES), with(Mandatory, DTLS)} {
		for _, security := range []Security{Off, Preferred, Mandatory} {
			b := with(security, SDES)
			b.Local.RTP = local("192.0.2.2:5000").RTP
			for i := range b.Keys {
				b.Keys[i].Key = counted(b.Keys[i].Suite, byte(i))
			}
			_, offer := NewSide(1).Offer(a)
			_, answer, atB, err := NewSide(2).Answer(offer, b)
			if want := a.Security == Mandatory && security == Off || (a.Security == Off || a.Keying == NoKeys) && security == Mandatory; (err != nil) != want {
				t.Errorf("%d %d to %d: %v", a.Security, a.Keying, security, err)
			}
			if err != nil {
				continue
			}
			atA, err := Complete(offer, answer)
			if err != nil {
				t.Fatal(err)
			}
			p, q := atA.Protection, atB.Protection
			if on := a.Security != Off && a.Keying != NoKeys && security != Off; p.On() != on || q.On() != on {
				t.Errorf("%d %d to %d: %v %v", a.Security, a.Keying, security, p, q)
			}
			if p.Suite != q.Suite || p.Send != q.Recv || p.Recv != q.Send || p.On() && p.Fingerprint != "" && p.Client == q.Client {
				t.Errorf("%d %d to %d:\nA %#v\nB %#v", a.Security, a.Keying, security, p, q)
			}
			if !atA.Mux || !atB.Mux || atA.RTCP != atA.RTP {
				t.Error("RTCP is not on RTP's port")
			}
		}
	}
}

func with(s Security, k Keying) Terms {
	t := secret()
	t.Security, t.Keying = s, k
	return t
}

func TestAnswersThatDoNotEncrypt(t *testing.T) {
	_, offer := NewSide(1).Offer(with(Mandatory, SDES))
	_, soft := NewSide(1).Offer(with(Preferred, SDES))
	good := "a=crypto:1 AEAD_AES_256_GCM inline:" + "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKis=" + "\n"
	for _, c := range []struct {
		name, media string
		hard, soft  bool
	}{
		{"as offered", "m=audio 6000 RTP/SAVP 0\n" + good, true, true},
		{"no key", "m=audio 6000 RTP/SAVP 0\n", false, false},
		{"plain", "m=audio 6000 RTP/AVP 0\n", false, true},
		{"a tag never offered", "m=audio 6000 RTP/SAVP 0\n" + strings.Replace(good, ":1", ":9", 1), false, false},
		{"a suite of another tag", "m=audio 6000 RTP/SAVP 0\n" + strings.Replace(good, ":1", ":2", 1), false, false},
		{"DTLS, which was not offered", "m=audio 6000 UDP/TLS/RTP/SAVP 0\na=fingerprint:sha-256 " + print32 + "\na=setup:active\n", false, false},
	} {
		for _, o := range []struct {
			offer []byte
			want  bool
		}{{offer, c.hard}, {soft, c.soft}} {
			_, err := Complete(o.offer, far(c.media))
			if (err == nil) != o.want {
				t.Errorf("%s: %v", c.name, err)
			}
			var e *Error
			if err != nil && (!errors.As(err, &e) || !e.Insecure) {
				t.Errorf("%s: %+v", c.name, err)
			}
		}
	}
}

// A call that was answered encrypted stays so in our own offers, over the same transport
// and with the same keys (RFC 3264 §8, RFC 4568 §7.1.4), and keeps its role in DTLS.
func TestEncryptionStays(t *testing.T) {
	x := secret()
	x.Keying = NoKeys
	s, first, _, err := NewSide(1).Answer(far("m=audio 6000 RTP/SAVP 0\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:"+key30+"\n"), x)
	if err != nil {
		t.Fatal(err)
	}
	_, b := s.Offer(x)
	key := keyed{suite: agreement.AES128CM80, key: counted(agreement.AES128CM80, 103)}.String()
	for _, d := range [][]byte{first, b} {
		if !strings.Contains(string(d), " RTP/SAVP ") || !strings.Contains(string(d), strings.TrimSpace(key)) {
			t.Errorf("no %s in\n%s", key, d)
		}
	}
	dtls := far("m=audio 6000 UDP/TLS/RTP/SAVP 0\na=fingerprint:sha-256 " + print32 + "\na=setup:active\n")
	if s, _, _, err = NewSide(1).Answer(dtls, x); err != nil {
		t.Fatal(err)
	}
	if _, b = s.Offer(x); !strings.Contains(string(b), "m=audio 4000 UDP/TLS/RTP/SAVP ") || !strings.Contains(string(b), "a=setup:actpass\r\n") {
		t.Errorf("the offer:\n%s", b)
	}
	again := far("m=audio 6000 UDP/TLS/RTP/SAVP 0\na=fingerprint:sha-256 " + print32 + "\na=setup:actpass\n")
	if _, b, _, _ = s.Answer(again, x); !strings.Contains(string(b), "a=setup:passive\r\n") {
		t.Errorf("the role has changed:\n%s", b)
	}
}

func TestKeysStayOutOfWords(t *testing.T) {
	a := agreement.Protection{Suite: agreement.AES128CM80, Send: counted(agreement.AES128CM80, 65)}
	if d := cmp.Diff("{AES_CM_128_HMAC_SHA1_80 (key) (key) {0 0}  false}", fmt.Sprint(a)); d != "" {
		t.Error(d)
	}
}

func TestICEDescriptions(t *testing.T) {
	const ours = "1 1 udp 2130706431 192.0.2.1 4000 typ host"
	x := terms()
	x.Local.ICE = agreement.ICE{Ufrag: "abcd", Pwd: "0123456789012345678901", Candidates: ours + "\n"}
	_, offer := NewSide(1).Offer(x)
	for _, want := range []string{"a=ice-ufrag:abcd\r\n", "a=ice-pwd:0123456789012345678901\r\n", "a=candidate:" + ours + "\r\n"} {
		if !strings.Contains(string(offer), want) {
			t.Errorf("no %q in\n%s", want, offer)
		}
	}
	readable(t, offer)
	const creds = "a=ice-ufrag:wxyz\na=ice-pwd:abcdefghijabcdefghijab\n"
	const host = "a=candidate:1 1 UDP 2130706431 198.51.100.7 6000 typ host\n"
	for _, c := range []struct {
		name, media       string
		on, lite, mistake bool
	}{
		{"full", creds + host, true, false, false},
		{"none", "", false, false, false},
		{"no password", "a=ice-ufrag:wxyz\n" + host, false, false, false},
		{"short password", "a=ice-ufrag:wxyz\na=ice-pwd:short\n" + host, false, false, false},
		{"changed on the way", creds + "a=candidate:1 1 UDP 2130706431 198.51.100.9 6000 typ host\n", false, false, true},
		{"they say so", creds + host + "a=ice-mismatch\n", false, false, false},
		{"RTCP's candidate alone", creds + "a=candidate:1 2 UDP 2130706431 198.51.100.7 6000 typ host\n", false, false, true},
	} {
		media := "m=audio 6000 RTP/AVP 0\n" + c.media
		_, b, a, err := NewSide(1).Answer(far(media), x)
		if err != nil || a.ICE.On() != c.on || a.ICE.Control || strings.Contains(string(b), "a=ice-mismatch") != c.mistake || strings.Contains(string(b), "a=ice-ufrag") != c.on {
			t.Errorf("%s: %v %+v\n%s", c.name, err, a.ICE, b)
		}
		if a, err = Complete(offer, far(media)); err != nil || a.ICE.On() != c.on || a.ICE.Control != c.on {
			t.Errorf("%s: as an answer %v %+v", c.name, err, a.ICE)
		}
		if _, _, a, _ = NewSide(1).Answer(far("a=ice-lite\n"+media), x); a.ICE.Lite != c.on || a.ICE.Control != c.on {
			t.Errorf("%s, lite: %+v", c.name, a.ICE)
		}
		if _, _, a, _ = NewSide(1).Answer(far(media), terms()); a.ICE.On() {
			t.Errorf("%s: ICE, though we have none", c.name)
		}
	}
}
