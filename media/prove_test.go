package media

import (
	"errors"
	"testing"
	"time"
)

// A card that nothing sounds on is opened for a while, and its clock is seen.
func TestProve(t *testing.T) {
	p := newPhone(t, Config{}, nil)
	c := drive(p)
	if _, open := p.Clock(); open {
		t.Fatal("a card is open, and nothing sounds")
	}
	p.Do(Prove{For: time.Second})
	c.run(200 * time.Millisecond)
	before, open := p.Clock()
	c.run(200 * time.Millisecond)
	after, _ := p.Clock()
	if !open || after <= before {
		t.Errorf("open %v, %d then %d periods", open, before, after)
	}
	c.run(3 * time.Second)
	if _, open := p.Clock(); open {
		t.Error("the card is still open")
	}
}

func TestProveWithoutACard(t *testing.T) {
	p := newPhone(t, Config{}, nil)
	c := drive(p)
	p.fail = errors.New("no such card")
	p.Do(Prove{For: time.Second})
	c.run(500 * time.Millisecond)
	if _, open := p.Clock(); open {
		t.Error("no card is open, and one keeps time")
	}
}
