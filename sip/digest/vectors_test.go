package digest

import "testing"

// The examples printed in the RFCs, and one of an erratum.
func TestResponseVectors(t *testing.T) {
	rfc7616 := proof{
		username: "Mufasa", password: "Circle of Life", realm: "http-auth@example.org",
		nonce: "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
		qop:   "auth", cnonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", nc: 1,
		method: "GET", uri: "/dir/index.html",
	}
	rfc2617 := proof{
		algorithm: MD5, username: "Mufasa", password: "Circle Of Life", realm: "testrealm@host.com",
		nonce: "dcd98b7102dd2f0e8b11d0f600bfb0c093", qop: "auth", cnonce: "0a4f113b", nc: 1,
		method: "GET", uri: "/dir/index.html",
	}
	with := func(p proof, change func(*proof)) proof { change(&p); return p }
	for _, c := range []struct {
		name string
		p    proof
		want string
	}{
		{"RFC 7616 §3.9.1 MD5", with(rfc7616, func(p *proof) { p.algorithm = MD5 }),
			"8ca523f5e9506fed4657c9700eebdbec"},
		{"RFC 7616 §3.9.1 SHA-256", with(rfc7616, func(p *proof) { p.algorithm = SHA256 }),
			"753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"},
		{"RFC 7616 §3.9.2, erratum 4897", proof{
			algorithm: SHA512256, username: "Jäsøn Doe", password: "Secret, or not?", realm: "api@example.org",
			nonce: "5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK", qop: "auth",
			cnonce: "NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v", nc: 1, method: "GET", uri: "/doe.json"},
			"3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5"},
		{"RFC 2617 §3.5", rfc2617, "6629fae49393a05397450978507c4ef1"},
		{"RFC 2069 form", with(rfc2617, func(p *proof) { p.qop = "" }), "670fd8c2df070c60b045671b8b24ff02"},
	} {
		if got := c.p.response(); got != c.want {
			t.Errorf("%s: response %s, want %s", c.name, got, c.want)
		}
	}
}

// The session key of -sess hashes the nonces of the first request only (RFC 7616
// §3.4.2): a later nonce changes the response, but not by way of A1.
func TestSessionKeyStays(t *testing.T) {
	p := proof{algorithm: MD5Sess, username: "u", password: "p", realm: "r", nonce: "n1",
		qop: "auth", cnonce: "c", nc: 1, method: "REGISTER", uri: "sip:r", firstNonce: "n1", firstOwn: "c"}
	h := MD5.hash
	a1 := h(h("u:r:p") + ":n1:c")
	if got, want := p.response(), h(a1+":n1:00000001:c:auth:"+h("REGISTER:sip:r")); got != want {
		t.Errorf("first response %s, want %s", got, want)
	}
	p.nonce, p.nc = "n2", 2
	if got, want := p.response(), h(a1+":n2:00000002:c:auth:"+h("REGISTER:sip:r")); got != want {
		t.Errorf("second response %s, want %s", got, want)
	}
}

func TestAuthIntCoversTheBody(t *testing.T) {
	p := proof{algorithm: SHA256, qop: "auth-int", nc: 1, body: []byte("v=0\r\n")}
	one := p.response()
	p.body = []byte("v=1\r\n")
	if p.response() == one {
		t.Error("a changed body gives the same response")
	}
}

func TestCount(t *testing.T) {
	for nc, want := range map[uint32]string{1: "00000001", 0xab: "000000ab", 0xffffffff: "ffffffff"} {
		if got := count(nc); got != want {
			t.Errorf("count(%d) = %s, want %s", nc, got, want)
		}
	}
}
