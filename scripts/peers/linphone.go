package peers

import (
	"fmt"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/offhook/offhook/scripts/vcard"
)

// Linphone is Debian's linphonec, worked through its standard input.
type Linphone struct {
	*process
	Account
	Addr netip.AddrPort // where it listens for SIP
	RTP  int
	keys io.Writer

	story string // liblinphone's log
	read  int    // octets of it that Await has gone past
}

// settings is linphonec's file. What is not said is its default.
func (a Account) settings(sip, rtp int) string {
	ports := map[string]int{"udp": 0, "tcp": 0, "tls": 0}
	ports[a.transport()] = sip
	var b strings.Builder
	fmt.Fprintf(&b, "[sip]\nsip_port=%d\nsip_tcp_port=%d\nsip_tls_port=%d\n", ports["udp"], ports["tcp"], ports["tls"])
	fmt.Fprintf(&b, "bind_address=%s\nuse_ipv6=0\ndefault_proxy=0\nregister_only_when_network_is_up=0\n", a.bind())
	fmt.Fprintf(&b, "guess_hostname=0\nauto_net_state_mon=0\nverify_server_certs=%d\nverify_server_cn=0\n", map[bool]int{true: 1}[a.CA != ""])
	if a.Info {
		fmt.Fprintf(&b, "use_info=1\nuse_rfc2833=0\n")
	}
	if a.CA != "" {
		fmt.Fprintf(&b, "root_ca=%s\n", a.CA)
	}
	encryption := a.Encryption
	if encryption == "" {
		encryption = "none"
	}
	fmt.Fprintf(&b, "media_encryption=%s\n", encryption)
	if a.STUN == "" {
		fmt.Fprintf(&b, "[net]\nfirewall_policy=0\nmtu=1300\n")
	} else {
		fmt.Fprintf(&b, "[net]\nfirewall_policy=4\nstun_server=%[1]s\nnat_policy_ref=ways\nmtu=1300\n"+
			"[nat_policy_0]\nref=ways\nice_enabled=1\nstun_enabled=1\nprotocols=stun,ice\nstun_server=%[1]s\n", a.STUN)
	}
	fmt.Fprintf(&b, "[rtp]\naudio_rtp_port=%d\nrtcp_mux=%d\n", rtp, map[bool]int{true: 1}[a.Mux])
	if a.Metrics {
		fmt.Fprintf(&b, "rtcp_xr_enabled=1\nrtcp_xr_rcvr_rtt_mode=all\nrtcp_xr_rcvr_rtt_max_size=10000\nrtcp_xr_stat_summary_enabled=1\nrtcp_xr_voip_metrics_enabled=1\n")
	}
	proxy := fmt.Sprintf("sip:%s;transport=%s", a.Proxy, a.transport())
	fmt.Fprintf(&b, "[proxy_0]\nreg_proxy=<%s>\nreg_identity=sip:%s@%s\n", proxy, a.User, a.Domain)
	fmt.Fprintf(&b, "reg_expires=600\nreg_sendregister=%d\nreg_route=<%s;lr>\npublish=0\n", map[bool]int{true: 1}[a.Register], proxy)
	fmt.Fprintf(&b, "[auth_info_0]\nusername=%s\npasswd=%s\nrealm=%s\ndomain=%s\n", a.User, a.Password, a.Domain, a.Domain)
	fmt.Fprintf(&b, "[sound]\nechocancellation=0\n")
	for i, c := range linphoneCodecs {
		fmt.Fprintf(&b, "[audio_codec_%d]\nmime=%s\nrate=%d\nchannels=%d\nenabled=%d\n", i, c.mime, c.rate, c.channels,
			map[bool]int{true: 1}[a.Codecs == "" || strings.Contains(","+strings.ToLower(a.Codecs)+",", ","+strings.ToLower(c.mime)+",")])
	}
	return b.String()
}

// bind is the account's own address.
func (a Account) bind() string {
	if a.Bind == "" {
		return "127.0.0.1"
	}
	return a.Bind
}

var linphoneCodecs = []struct {
	mime           string
	rate, channels int
}{{"opus", 48000, 2}, {"speex", 16000, 1}, {"speex", 8000, 1}, {"PCMU", 8000, 1}, {"PCMA", 8000, 1}, {"GSM", 8000, 1}, {"G722", 8000, 1}}

// StartLinphone starts one in dir and returns when it takes commands and, where the
// account asks for it, is registered.
func StartLinphone(dir string, a Account) (*Linphone, error) {
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
	rtp, err := FreePort()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Join(dir, ".local/share/linphone"), 0o755); err != nil {
		return nil, fmt.Errorf("peers: %w", err)
	}
	file := filepath.Join(dir, "rc")
	if err := os.WriteFile(file, []byte(a.settings(sip, rtp)), 0o644); err != nil {
		return nil, fmt.Errorf("peers: %w", err)
	}
	l := &Linphone{Account: a, RTP: rtp, story: filepath.Join(dir, "liblinphone.log"), Addr: netip.AddrPortFrom(netip.MustParseAddr(a.bind()), uint16(sip))}
	args := []string{"-c", file, "-d", "3", "-l", l.story}
	if a.AutoAnswer {
		args = append(args, "-a")
	}
	program, args, err := within(a.Netns, "linphonec", args)
	if err != nil {
		return nil, err
	}
	if l.process, l.keys, err = startTyped(dir, program, append([]string{"HOME=" + dir}, a.Env...), args...); err != nil {
		return nil, err
	}
	ready := "LinphoneCore"
	if a.Register {
		ready = "LinphoneRegistrationOk]"
	}
	if err := l.Await(15*time.Second, ready); err != nil {
		l.Stop()
		return nil, err
	}
	return l, nil
}

// Type gives one of linphonec's commands: "call" with a URI, "answer", "pause", "resume",
// "terminate", "transfer", "chat".
func (l *Linphone) Type(command string) error {
	if _, err := fmt.Fprintln(l.keys, command); err != nil {
		return fmt.Errorf("peers: linphonec: %w", err)
	}
	return nil
}

// Log is what liblinphone has told of itself, in all detail.
func (l *Linphone) Log() string {
	b, _ := os.ReadFile(l.story)
	return string(b)
}

// Await waits until the log has words that it did not have when the Await before ended:
// "LinphoneCallStreamsRunning", "LinphoneCallIncomingReceived", "LinphoneCallReleased".
func (l *Linphone) Await(d time.Duration, words string) error {
	return l.await(d, fmt.Sprintf("never says %q", words), func() bool {
		fresh := l.Log()
		fresh = fresh[min(l.read, len(fresh)):]
		at := strings.Index(fresh, words)
		if at >= 0 {
			l.read += at + len(words)
		}
		return at >= 0
	})
}

// Stop ends linphonec; a call that it is in ends properly.
func (l *Linphone) Stop() {
	_ = l.Type("quit")
	select {
	case <-l.done:
	case <-time.After(2 * time.Second):
	}
	l.process.Stop()
}
