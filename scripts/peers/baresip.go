package peers

import (
	"fmt"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/offhook/offhook/scripts/vcard"
)

// baresipModules is where Debian keeps them.
const baresipModules = "/usr/lib/baresip/modules"

// An Account is whom a baresip is.
type Account struct {
	User, Domain, Password string
	Proxy                  netip.AddrPort // where everything is sent
	Transport              string         // "udp" (also ""), "tcp", "tls"
	CA                     string         // file with the authority that TLS trusts; "": anybody
	Cert                   string         // file with its own certificate and key, for those who connect to it; baresip only
	Encryption             string         // of media: "srtp", "dtls"; "": none
	Register               bool
	AutoAnswer             bool
	More                   []string // further users of the domain, who take calls as well
	Codecs                 string   // best first, as baresip names them: "PCMU,opus"; "": all
	// Env is that of the test card that it speaks and hears through (vcard.Setup). Without
	// it, it gets one that is silent.
	Env []string
	// Netns is the network namespace that it runs in, "" ours, Bind its address there, ""
	// 127.0.0.1, and STUN a server for ICE, "" none; linphone only.
	Netns, Bind, STUN string
	Mux               bool // RTCP on RTP's port; linphone only
	Metrics           bool // VoIP metrics in RTCP (RFC 3611); linphone only
	Info              bool // digits go by INFO, not as events; linphone only
}

// Baresip is Debian's, with its defaults but for where it listens and what it loads.
type Baresip struct {
	*process
	*control
	Account
	Addr netip.AddrPort // where it listens for SIP, UDP and TCP
	RTP  int            // the first of 100 ports for media
}

// URI is what reaches the account at its proxy.
func (a Account) URI() string { return "sip:" + a.User + "@" + a.Domain }

// lines are the file of accounts: this one, and the further users.
func (a Account) lines() string {
	all := a.line() + "\n"
	for _, user := range a.More {
		all += fmt.Sprintf("<sip:%s@%s>;regint=0\n", url.PathEscape(user), a.Domain)
	}
	return all
}

// line is the account in the syntax of baresip's file of accounts.
func (a Account) line() string {
	var b strings.Builder
	fmt.Fprintf(&b, "<sip:%s@%s;transport=%s>", a.User, a.Domain, a.transport())
	if a.Password != "" {
		fmt.Fprintf(&b, ";auth_user=%s;auth_pass=%s", a.User, a.Password)
	}
	if a.Proxy.IsValid() {
		fmt.Fprintf(&b, ";outbound=\"sip:%s;transport=%s\"", a.Proxy, a.transport())
	}
	expires := 0
	if a.Register {
		expires = 600
	}
	fmt.Fprintf(&b, ";regint=%d", expires)
	if a.AutoAnswer {
		b.WriteString(";answermode=auto")
	}
	if e := map[string]string{"srtp": "srtp-mand", "dtls": "dtls_srtp"}[a.Encryption]; e != "" {
		fmt.Fprintf(&b, ";mediaenc=%s", e)
	}
	if a.Codecs != "" {
		fmt.Fprintf(&b, ";audio_codecs=%s", a.Codecs)
	}
	return b.String()
}

func (a Account) transport() string {
	if a.Transport == "" {
		return "udp"
	}
	return a.Transport
}

// config is baresip's own, with its defaults where nothing is said.
func (a Account) config(sip, rtp, ctrl int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "sip_listen 127.0.0.1:%d\nnet_interface 127.0.0.1\n", sip)
	fmt.Fprintf(&b, "rtp_ports %d-%d\nctrl_tcp_listen 127.0.0.1:%d\n", rtp, rtp+99, ctrl)
	fmt.Fprintf(&b, "audio_player alsa,default\naudio_source alsa,default\naudio_alert alsa,default\n")
	fmt.Fprintf(&b, "opus_inbandfec yes\nopus_stereo no\nopus_sprop_stereo no\n")
	if a.Cert != "" {
		fmt.Fprintf(&b, "sip_certificate %s\n", a.Cert)
	}
	if a.CA != "" {
		fmt.Fprintf(&b, "sip_cafile %s\nsip_verify_server yes\n", a.CA)
	}
	fmt.Fprintf(&b, "module_path %s\n", baresipModules)
	modules := []string{"g711", "opus", "alsa", "aufile", "uuid", "srtp", "dtls_srtp"}
	for _, m := range []string{"g722", "l16"} { // which its sample configuration leaves out
		if strings.Contains(strings.ToLower(a.Codecs), m) {
			modules = append(modules, m)
		}
	}
	for _, m := range modules {
		fmt.Fprintf(&b, "module %s.so\n", m)
	}
	for _, m := range []string{"account", "contact", "menu", "ctrl_tcp"} {
		fmt.Fprintf(&b, "module_app %s.so\n", m)
	}
	return b.String()
}

// StartBaresip starts one in dir and returns when it takes commands and, where the
// account asks for it, is registered.
func StartBaresip(dir string, a Account) (*Baresip, error) {
	if a.Env == nil {
		env, err := vcard.Setup(filepath.Join(dir, "card"), vcard.Config{Epoch: vcard.Now()})
		if err != nil {
			return nil, fmt.Errorf("peers: %w", err)
		}
		a.Env = env
	}
	sip, err := FreePort()
	if err != nil {
		return nil, err
	}
	ctrl, err := FreePort()
	if err != nil {
		return nil, err
	}
	rtp := voicePorts()
	for name, text := range map[string]string{"config": a.config(sip, rtp, ctrl), "accounts": a.lines(), "contacts": ""} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			return nil, fmt.Errorf("peers: %w", err)
		}
	}
	b := &Baresip{Account: a, RTP: rtp, Addr: netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), uint16(sip))}
	if b.process, err = start(dir, "baresip", append([]string{"HOME=" + dir}, a.Env...), "-f", dir); err != nil {
		return nil, err
	}
	if err := b.await(10*time.Second, "no control port", func() (ok bool) {
		b.control, err = dialControl(fmt.Sprintf("127.0.0.1:%d", ctrl))
		return err == nil
	}); err != nil {
		b.process.Stop()
		return nil, err
	}
	if a.Register { // it may have told so before anyone listened
		registered := func() bool { return strings.Contains(b.Log(), "200 OK (") }
		if err := b.await(10*time.Second, "not registered", registered); err != nil {
			b.Stop()
			return nil, err
		}
	}
	return b, nil
}

// Stop ends baresip; a call that it is in ends properly.
func (b *Baresip) Stop() {
	if b.control != nil {
		b.control.close()
	}
	b.process.Stop()
}
