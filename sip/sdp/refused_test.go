package sdp

import (
	"bytes"
	"testing"

	"github.com/offhook/offhook/media/agreement"
)

// RFC 3264 §8: a refused offer leaves what was agreed, under its own number; one number
// never stands for two descriptions.
func TestRefusedOffer(t *testing.T) {
	x := terms()
	s, agreed := NewSide(1).Offer(x)
	held := x
	held.Direction = agreement.SendOnly
	by, refused := s.Offer(held)
	s = s.Refused(by)
	if again, b := s.Offer(x); !bytes.Equal(b, agreed) || again.now != s.now {
		t.Errorf("what holds became\n%s", b)
	}
	if _, b := s.Offer(held); !bytes.Equal(b, refused) {
		t.Errorf("what was refused became\n%s", b)
	}
	fewer := x
	fewer.Codecs = []string{"pcmu"}
	other, third := s.Offer(fewer)
	if other.now.version != 3 || by.now.version != 2 {
		t.Errorf("a third description has number %d:\n%s", other.now.version, third)
	}
	// Twice refused, and each keeps its number as long as it can be told.
	s = s.Refused(other)
	if again, _ := s.Offer(fewer); again.now.version != 3 {
		t.Errorf("number %d", again.now.version)
	}
	if again, _ := s.Offer(held); again.now.version != 4 {
		t.Errorf("number %d", again.now.version)
	}
	numbers := map[uint64]string{}
	for _, d := range []Side{s, by, other} {
		if was, ok := numbers[d.now.version]; ok && was != d.now.text {
			t.Errorf("number %d stands for two", d.now.version)
		}
		numbers[d.now.version] = d.now.text
	}
}

// Who waits for the handshake of our offer's answer waits in later ones, too.
func TestCompletedKeepsTheRole(t *testing.T) {
	for client, want := range map[bool]string{true: "active", false: "passive"} {
		s := NewSide(1).Completed(agreement.Agreed{Protection: agreement.Protection{Fingerprint: "sha-256 00", Client: client}})
		if s.settled.setup != want {
			t.Errorf("client %v: %q", client, s.settled.setup)
		}
	}
	if s := NewSide(1).Completed(agreement.Agreed{}); s.settled.setup != "" {
		t.Errorf("no handshake: %q", s.settled.setup)
	}
}
