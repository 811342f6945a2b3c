package exchange

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/digest"
)

// allow is the Allow header of our own answers.
var allow = func() string {
	names := []string{"REGISTER", "ACK", "CANCEL"}
	for _, m := range proxied {
		names = append(names, string(m))
	}
	return strings.Join(names, ", ")
}()

// reply is an answer of our own. A repetition of the request gets the same tag (RFC 3261
// §8.2.7), so it can be sent without a transaction.
func (x *Exchange) reply(req *sip.Request, status int, reason string, more ...sip.Header) *sip.Response {
	tagged := req.To() == nil || req.To().Params.Has("tag")
	res := sip.NewResponseFromRequest(req, status, reason, nil)
	if !tagged {
		res.To().Params.Add("tag", x.ownTag(req))
	}
	for _, h := range more {
		res.AppendHeader(h)
	}
	return res
}

// write sends an answer; what is not received is asked for again.
func (x *Exchange) write(res *sip.Response) {
	if err := x.server.WriteResponse(res); err != nil {
		x.log.Debug("answer not sent", "status", res.StatusCode, "to", res.Destination(), "error", err)
	}
}

// stateless answers without a transaction, so that a flood leaves nothing behind.
func (x *Exchange) stateless(req *sip.Request, status int, reason string, more ...sip.Header) {
	if !req.IsAck() {
		x.write(x.reply(req, status, reason, more...))
	}
}

// ownTag is a To tag that is the same for each repetition of a request.
func (x *Exchange) ownTag(req *sip.Request) string {
	h := hmac.New(sha256.New, x.key)
	branch := ""
	if v := req.Via(); v != nil {
		branch, _ = v.Params.Get("branch")
	}
	h.Write([]byte(branch))
	if id := req.CallID(); id != nil {
		h.Write([]byte(id.Value()))
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// options answers for the exchange itself (RFC 3261 §11.2).
func (x *Exchange) options(req *sip.Request) *sip.Response {
	return x.reply(req, 200, "OK", sip.NewHeader("Allow", allow), sip.NewHeader("Accept", "*/*"))
}

// identify demands a login. kind is 401 (REGISTER) or 407; refusal nil: user is who the
// sender says.
func (x *Exchange) identify(req *sip.Request, kind int) (user string, refusal *sip.Response) {
	header, challenge, reason := "Proxy-Authorization", "Proxy-Authenticate", "Proxy Authentication Required"
	if kind == 401 {
		header, challenge, reason = "Authorization", "WWW-Authenticate", "Unauthorized"
	}
	host, _, _ := net.SplitHostPort(req.Source())
	now := time.Now()
	user, v := x.login.Verify(now, host,
		digest.Request{Method: string(req.Method), URI: req.Recipient.String(), Body: req.Body()},
		values(req, header), func(u string) (string, bool) { p, ok := x.config.Users[u]; return p, ok })
	switch v {
	case digest.Granted:
		return user, nil
	case digest.Malformed:
		return "", x.reply(req, 400, "Malformed "+header)
	case digest.Wrong:
		x.log.Info("login refused", "method", string(req.Method), "from", req.Source())
	}
	var more []sip.Header
	for _, c := range x.login.Challenge(now, host, v == digest.Stale || v == digest.Replayed) {
		more = append(more, sip.NewHeader(challenge, c))
	}
	return "", x.reply(req, kind, reason, more...)
}

// values are the values of a header, whatever the case of its name.
func values(m sip.Message, name string) []string {
	var out []string
	for _, h := range m.GetHeaders(name) {
		out = append(out, h.Value())
	}
	return out
}
