//go:build interop

package interop

import (
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/offhook/offhook/scripts/peers"
	"github.com/offhook/offhook/scripts/speech"
	"github.com/offhook/offhook/scripts/vcard"
)

// Over both transports; a wrong password is refused.
func TestBaresipRegistersAtKamailio(t *testing.T) {
	t.Parallel()
	k := kamailio(t, peers.Registrar{})
	baresip(t, k, "alice", nil)
	baresip(t, k, "bob", func(a *peers.Account) { a.Transport = "tcp" })
	eve := baresip(t, k, "eve", func(a *peers.Account) { a.Password, a.Register = "wrong", false })
	if _, err := eve.Do("dial", "sip:alice@"+k.Domain); err != nil {
		t.Fatal(err)
	}
	if e := await(t, eve, soon, "CALL_CLOSED"); !strings.Contains(e.Param, "407") && !strings.Contains(e.Param, "401") {
		t.Errorf("a wrong password ends in %q", e.Param)
	}
}

// Two baresips talk through Kamailio, each on a test card of one time line, and each
// hears what the other says: the road that Offhook is then put on.
func TestBaresipsTalk(t *testing.T) {
	for _, c := range []struct {
		codec string
		rate  int
		alike float64
	}{{"PCMU", 8000, 0.9}, {"opus/48000/1", 48000, 0.8}} {
		t.Run(c.codec, func(t *testing.T) {
			k := kamailio(t, peers.Registrar{})
			epoch := vcard.Now()
			one, other := newHead(t, epoch), newHead(t, epoch)
			anna, bob := said(t, one, speech.Anna, c.rate), said(t, other, speech.Bob, c.rate)
			called := baresip(t, k, "202", func(a *peers.Account) { a.Env, a.AutoAnswer, a.Codecs = other.env, true, c.codec })
			caller := baresip(t, k, "201", func(a *peers.Account) { a.Env, a.Codecs = one.env, c.codec })
			do(t, caller, "dial", called.URI())
			await(t, caller, soon, "CALL_ESTABLISHED")
			begun := time.Duration(vcard.Now() - epoch)
			time.Sleep(8 * time.Second)
			ended := time.Duration(vcard.Now() - epoch)
			do(t, caller, "hangup", "")
			await(t, called, soon, "CALL_CLOSED")

			hears(t, "the caller", bob, one, c.rate, begun, ended, c.alike)
			hears(t, "the called", anna, other, c.rate, begun, ended, c.alike)
		})
	}
}

// The scenarios are right: a phone that does each of these things well passes them.
// Debian's baresip does all but "forked".
func TestScenariosAgainstBaresip(t *testing.T) {
	t.Parallel()
	call := func(s peers.Scenario) func(*testing.T) {
		return func(t *testing.T) {
			t.Parallel()
			answers := s.Name != "cancel"
			b, err := peers.StartBaresip(t.TempDir(), peers.Account{User: "phone", Domain: "127.0.0.1", AutoAnswer: answers})
			if err != nil {
				t.Fatal(err)
			}
			defer b.Stop()
			s.Target = b.Addr.String()
			sipp, err := peers.StartSipp(t.TempDir(), s)
			if err != nil {
				t.Fatal(err)
			}
			if s.Name == "bye_crossed" {
				await(t, b, soon, "CALL_ESTABLISHED")
				do(t, b, "hangup", "")
			}
			if err := sipp.Wait(); err != nil {
				t.Error(err)
			}
		}
	}
	t.Run("bye_crossed", call(peers.Scenario{Name: "bye_crossed"}))
	t.Run("cancel", call(peers.Scenario{Name: "cancel"}))
	t.Run("hold", call(peers.Scenario{Name: "hold"}))
	t.Run("ack_late", call(peers.Scenario{Name: "ack_late"}))
	t.Run("ack_lost", call(peers.Scenario{Name: "ack_lost", Timeout: 45 * time.Second}))

	// dial lets baresip call the scenario; then does what else a person would.
	dial := func(name string, then func(*testing.T, *peers.Baresip)) func(*testing.T) {
		return func(t *testing.T) {
			t.Parallel()
			k := kamailio(t, peers.Registrar{})
			b := baresip(t, k, "202", nil)
			sipp, err := peers.StartSipp(t.TempDir(), peers.Scenario{Name: name})
			if err != nil {
				t.Fatal(err)
			}
			do(t, b, "dial", fmt.Sprintf("sip:7%05d@%s", sipp.Port, k.Domain))
			if then != nil {
				then(t, b)
			}
			if err := sipp.Wait(); err != nil {
				t.Error(err)
			}
		}
	}
	t.Run("cancel_crossed", dial("cancel_crossed", func(t *testing.T, b *peers.Baresip) {
		await(t, b, soon, "CALL_RINGING")
		do(t, b, "hangup", "")
	}))
	t.Run("answer_again", dial("answer_again", nil))
	t.Run("early_forks", dial("early_forks", nil))
	t.Run("held_by_phone", dial("held_by_phone", func(t *testing.T, b *peers.Baresip) {
		await(t, b, soon, "CALL_ESTABLISHED")
		do(t, b, "hold", "")
		time.Sleep(time.Second)
		do(t, b, "resume", "")
		time.Sleep(time.Second)
		do(t, b, "hangup", "")
	}))
}

// It leaves the second of two answers unacknowledged, so a caller of ours, written out
// message by message, takes its place; one that ends the wrong call fails.
func TestForkedKnowsRightFromWrong(t *testing.T) {
	for _, c := range []struct {
		end  string // whose call the caller ends
		good bool
	}{{"two", true}, {"one", false}} {
		t.Run("ends "+c.end, func(t *testing.T) {
			t.Parallel()
			sipp, err := peers.StartSipp(t.TempDir(), peers.Scenario{Name: "forked", Timeout: 8 * time.Second})
			if err != nil {
				t.Fatal(err)
			}
			conn, err := net.Dial("udp4", fmt.Sprintf("127.0.0.1:%d", sipp.Port))
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			send := func(method string, cseq int, tag string) {
				fmt.Fprintf(conn, "%[1]s sip:sipp@%[2]s SIP/2.0\r\nVia: SIP/2.0/UDP %[3]s;branch=z9hG4bK%[4]d%[5]s\r\n"+
					"Via: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK%[4]d\r\nRecord-Route: <sip:%[3]s;lr>\r\nMax-Forwards: 70\r\n"+
					"From: <sip:a@%[3]s>;tag=a\r\nTo: <sip:sipp@%[2]s>%[5]s\r\nCall-ID: %[3]s\r\nCSeq: %[4]d %[1]s\r\n"+
					"Contact: <sip:a@%[3]s>\r\nContent-Length: 0\r\n\r\n", method, conn.RemoteAddr(), conn.LocalAddr(), cseq, tag)
			}
			await := func(start, tag string) string {
				t.Helper()
				_ = conn.SetReadDeadline(time.Now().Add(5 * time.Second))
				for b := make([]byte, 4096); ; {
					n, err := conn.Read(b)
					if err != nil {
						if c.good {
							t.Fatalf("no %s %s: %v", start, tag, err)
						}
						return ""
					}
					if m := string(b[:n]); strings.HasPrefix(m, start) && strings.Contains(m, tag) {
						return m
					}
				}
			}
			send("INVITE", 1, "")
			for _, tag := range []string{"one", "two"} {
				await("SIP/2.0 200", "tag="+tag)
				send("ACK", 1, ";tag="+tag)
			}
			send("BYE", 2, ";tag="+c.end)
			if bye := await("BYE", "tag=one"); bye != "" {
				_, headers, _ := strings.Cut(bye, "\r\n")
				fmt.Fprint(conn, "SIP/2.0 200 OK\r\n"+headers)
			}
			if err := sipp.Wait(); (err == nil) != c.good {
				t.Errorf("ending %s: %v", c.end, err)
			}
		})
	}
}
