package peers

import (
	"bufio"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestKamailioConfig(t *testing.T) {
	r, err := Registrar{Algorithm: "SHA-256", MinExpires: 60, TLS: &Certificate{Key: "/k.pem", Cert: "/c.pem"}}.filled()
	if err != nil {
		t.Fatal(err)
	}
	text, err := r.config()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		fmt.Sprintf("listen=udp:127.0.0.1:%d\n", r.Port), fmt.Sprintf("listen=tcp:127.0.0.1:%d\n", r.Port),
		`alias="pbx.test"`, `"algorithm", "SHA-256"`, `"min_expires", 60`, `"private_key", "/k.pem"`, `"certificate", "/c.pem"`, fmt.Sprintf("listen=tls:127.0.0.1:%d\n", r.Port+1), `"nonce_expire", 300`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in the configuration", want)
		}
	}
	if strings.Contains(text, "{{") {
		t.Error("something was not filled in")
	}
}

func TestBaresipAccount(t *testing.T) {
	proxy := netip.MustParseAddrPort("127.0.0.1:5070")
	for _, c := range []struct {
		a    Account
		want string
	}{
		{Account{User: "a", Domain: "pbx.test", Password: "p", Proxy: proxy, Register: true, AutoAnswer: true, Codecs: "PCMU"},
			`<sip:a@pbx.test;transport=udp>;auth_user=a;auth_pass=p;outbound="sip:127.0.0.1:5070;transport=udp";regint=600;answermode=auto;audio_codecs=PCMU`},
		{Account{User: "b", Domain: "127.0.0.1", Transport: "tcp"}, `<sip:b@127.0.0.1;transport=tcp>;regint=0`},
	} {
		if got := c.a.line(); got != c.want {
			t.Errorf("%s\nwant %s", got, c.want)
		}
	}
	config := Account{}.config(5080, 6000, 7000)
	for _, want := range []string{"sip_listen 127.0.0.1:5080\n", "rtp_ports 6000-6099\n", "ctrl_tcp_listen 127.0.0.1:7000\n", "audio_source alsa,default\n"} {
		if !strings.Contains(config, want) {
			t.Errorf("%q is not in the configuration", want)
		}
	}
}

func TestNetstring(t *testing.T) {
	r := bufio.NewReader(strings.NewReader("5:hello,0:,3:abc;"))
	for _, want := range []string{"hello", ""} {
		if got, err := netstring(r); err != nil || string(got) != want {
			t.Errorf("%q, %v", got, err)
		}
	}
	for _, bad := range []string{"3:abc;", "x:abc,", "-1:,", "9999999999:", "4:ab", "12"} {
		if got, err := netstring(bufio.NewReader(strings.NewReader(bad))); err == nil {
			t.Errorf("%q is read as %q", bad, got)
		}
	}
}

// A baresip of a few lines: it answers each command, tells an event, and goes.
func TestControl(t *testing.T) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		say := func(m map[string]any) {
			b, _ := json.Marshal(m)
			fmt.Fprintf(conn, "%d:%s,", len(b), b)
		}
		text, err := netstring(bufio.NewReader(conn))
		if err != nil {
			return
		}
		say(map[string]any{"event": true, "type": "CALL_RINGING"})
		say(map[string]any{"response": true, "ok": true, "data": "did " + string(text)})
		say(map[string]any{"event": true, "type": "CALL_CLOSED", "param": "486 Busy"})
	}()
	c, err := dialControl(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.close()
	said, err := c.Do("dial", "sip:a@b")
	if err != nil || !strings.Contains(said, `"command":"dial"`) || !strings.Contains(said, `"params":"sip:a@b"`) {
		t.Errorf("%q, %v", said, err)
	}
	e, err := c.Await(time.Second, "CALL_CLOSED", "CALL_ESTABLISHED")
	if err != nil || e.Type != "CALL_CLOSED" || e.Param != "486 Busy" {
		t.Errorf("%+v, %v", e, err)
	}
	if _, err := c.Await(time.Second, "CALL_RINGING"); err == nil || !strings.Contains(err.Error(), "CALL_RINGING") {
		t.Errorf("an event that is past: %v", err)
	}
}

// A hundred phones of a run share no voice port, and none of theirs is a FreePort: a phone
// whose SIP port lies among its voice ports refuses its settings.
func TestVoicePorts(t *testing.T) {
	seen := map[int]bool{}
	for range 100 {
		first := voicePorts()
		if seen[first] || first%100 != 0 || first < 20000 || first+99 > 29999 {
			t.Errorf("a phone's first voice port is %d, after %v", first, seen)
		}
		seen[first] = true
	}
}

func TestFreePort(t *testing.T) {
	port, err := FreePort()
	if err != nil || port%2 != 0 || port+3 >= 20000 {
		t.Fatalf("%d, %v", port, err)
	}
	if listens(port) {
		t.Error("somebody listens at a free port")
	}
	l, err := net.ListenPacket("udp4", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if free(port) {
		t.Error("a port in use is free")
	}
	if !listens(port) {
		t.Error("nobody listens at a port in use")
	}
}

// Every scenario is well-formed, says what it proves, and leaves no variable unused:
// sipp refuses those that do.
func TestScenarios(t *testing.T) {
	names := Scenarios()
	for _, want := range []string{"cancel", "cancel_crossed", "forked", "hold", "answer_again", "ack_late", "ack_lost"} {
		if !slices.Contains(names, want) {
			t.Errorf("no scenario %s", want)
		}
	}
	for _, name := range names {
		text, err := scenarios.ReadFile("sipp/" + name + ".xml")
		if err != nil {
			t.Fatal(err)
		}
		comment := false
		for d := xml.NewDecoder(strings.NewReader(string(text))); ; {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if c, ok := token.(xml.Comment); ok && strings.Contains(string(c), "(RFC ") {
				comment = true
			}
		}
		if !comment {
			t.Errorf("%s does not cite what it proves", name)
		}
	}
	if _, err := StartSipp(t.TempDir(), Scenario{Name: "nonsense"}); err == nil {
		t.Error("an unknown scenario is started")
	}
}

func TestMissingPeerIsAnError(t *testing.T) {
	if _, err := start(t.TempDir(), "no-such-program", nil); !errors.Is(err, ErrMissing) {
		t.Errorf("%v", err)
	}
}

// A process that ends, one that never gets ready, and one that ignores the request to
// end, with a child of its own.
func TestProcess(t *testing.T) {
	dir := t.TempDir()
	p, err := start(dir, "sh", nil, "-c", "echo words; exit 3")
	if err != nil {
		t.Fatal(err)
	}
	<-p.done
	if err := p.await(time.Second, "never", func() bool { return false }); err == nil || !strings.Contains(err.Error(), "words") {
		t.Errorf("an ended process is awaited with %v", err)
	}
	p, err = start(dir, "sh", nil, "-c", "trap '' TERM; sleep 60 & echo $! >child; wait; wait")
	if err != nil {
		t.Fatal(err)
	}
	if err := p.await(5*time.Second, "no child", func() bool { _, err := os.Stat(filepath.Join(dir, "child")); return err == nil }); err != nil {
		t.Fatal(err)
	}
	if err := p.await(50*time.Millisecond, "never", func() bool { return false }); err == nil {
		t.Error("never is now")
	}
	p.Stop()
	if p.alive() == nil {
		t.Error("stopped, and alive")
	}
	child, err := os.ReadFile(filepath.Join(dir, "child"))
	if err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(3 * time.Second); running(strings.TrimSpace(string(child))); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("its child is still there")
		}
	}
}

func running(pid string) bool {
	stat, err := os.ReadFile("/proc/" + pid + "/stat")
	return err == nil && !strings.Contains(string(stat), ") Z ")
}

func TestLinphoneSettings(t *testing.T) {
	a := Account{User: "a", Domain: "pbx.test", Password: "p", Proxy: netip.MustParseAddrPort("127.0.0.1:5061"),
		Register: true, Transport: "tls", CA: "/ca.pem", Encryption: "srtp", Codecs: "PCMU,opus"}
	text := a.settings(5080, 6000)
	for _, want := range []string{
		"sip_port=0\n", "sip_tls_port=5080\n", "root_ca=/ca.pem\n", "verify_server_certs=1\n", "media_encryption=srtp\n",
		"reg_proxy=<sip:127.0.0.1:5061;transport=tls>\n", "reg_identity=sip:a@pbx.test\n", "audio_rtp_port=6000\n",
		"mime=opus\nrate=48000\nchannels=2\nenabled=1\n", "mime=PCMU\nrate=8000\nchannels=1\nenabled=1\n", "mime=PCMA\nrate=8000\nchannels=1\nenabled=0\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in the settings\n%s", want, text)
		}
	}
}

func TestScenariosSayWhatTheyProve(t *testing.T) {
	for _, name := range Scenarios() {
		if words := (Scenario{Name: name}).Proves(); len(words) < 20 || strings.Contains(words, "\n") {
			t.Errorf("%s: %q", name, words)
		}
	}
	if got := (Scenario{Name: "cancel"}).Proves(); got != "A caller that gives up while the phone rings: 200 to the CANCEL, 487 to the INVITE (RFC 3261 section 9.2)" {
		t.Error(got)
	}
}
