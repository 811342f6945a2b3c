package media

import (
	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/media/rtp"
	"github.com/offhook/offhook/media/srtp"
)

// A secrecy is how the packets of one leg are encrypted. The zero value: not at all.
//
//	plain ──agree──▶ waiting (DTLS: on, no keys yet) ──keys──▶ sealed
//	  └─────────────────────agree (SDES)────────────────────────▲
//
// While it waits nothing is sent, and nothing that comes is believed.
type secrecy struct {
	on      bool
	out, in *srtp.Context // nil: no keys

	// Contexts outlive an agreement: one that comes back, as when a fork of a call is
	// heard again, must go on counting where it was.
	outs, ins []cipher
	sealed    []byte // room for one packet
}

type cipher struct {
	suite agreement.Suite
	key   agreement.Key
	mki   agreement.MKI
	*srtp.Context
}

// maxContexts is how many are kept for each direction: the oldest is forgotten.
const maxContexts = 8

// ready reports whether packets may go out and come in.
func (s *secrecy) ready() bool { return !s.on || s.out != nil }

// agree takes what offer and answer say. Keys from SDES serve at once; those of DTLS come
// from a handshake, and keep is whether the one of before still holds.
func (s *secrecy) agree(p agreement.Protection, keep bool) error {
	if p.Suite != agreement.NoSuite {
		return s.rekey(p.Suite, p.Send, p.Recv, p.RecvMKI)
	}
	if s.on = p.On(); !keep {
		s.out, s.in = nil, nil
	}
	return nil
}

// rekey takes the keys of both directions.
func (s *secrecy) rekey(suite agreement.Suite, send, recv agreement.Key, mki agreement.MKI) error {
	out, err := find(&s.outs, suite, send, agreement.MKI{})
	if err != nil {
		return err
	}
	in, err := find(&s.ins, suite, recv, mki)
	if err != nil {
		return err
	}
	s.on, s.out, s.in = true, out, in
	if s.sealed == nil {
		s.sealed = make([]byte, maxPacket+srtp.Overhead)
	}
	return nil
}

// find is the context of a key, made where there is none yet.
func find(all *[]cipher, suite agreement.Suite, key agreement.Key, mki agreement.MKI) (*srtp.Context, error) {
	for _, c := range *all {
		if c.suite == suite && c.key == key && c.mki == mki {
			return c.Context, nil
		}
	}
	c, err := srtp.New(suite, key, mki)
	if err != nil {
		return nil, err
	}
	if len(*all) == maxContexts {
		*all = append((*all)[:0], (*all)[1:]...)
	}
	*all = append(*all, cipher{suite, key, mki, c})
	return c, nil
}

// seal is what goes over the wire for a packet; nil: nothing may.
func (s *secrecy) seal(packet []byte) []byte {
	switch {
	case !s.on:
		return packet
	case s.out == nil:
		return nil
	}
	sealed, err := s.out.Seal(s.sealed, packet)
	if err != nil {
		return nil
	}
	return sealed
}

// open is the packet that came over the wire; false: it is not authentic.
func (s *secrecy) open(data []byte) ([]byte, bool) {
	switch {
	case !s.on:
		return data, true
	case s.in == nil:
		return data, false
	}
	plain, err := s.in.Open(data)
	return plain, err == nil
}

// sealReport and openReport are the same for RTCP, which is never sent in clear on an
// encrypted leg.
func (s *secrecy) sealReport(packet []byte) []byte {
	switch {
	case !s.on:
		return packet
	case s.out == nil:
		return nil
	}
	sealed, err := s.out.SealReport(packet)
	if err != nil {
		return nil
	}
	return sealed
}

func (s *secrecy) openReport(data []byte) ([]byte, bool) {
	switch {
	case !s.on:
		return data, true
	case s.in == nil:
		return nil, false
	}
	plain, err := s.in.OpenReport(data)
	return plain, err == nil
}

// kind sorts the datagrams of one socket by their first octet (RFC 7983 §7), and RTCP
// from RTP by the second (RFC 5761 §4).
type kind uint8

const (
	kindOther kind = iota
	kindSTUN
	kindDTLS
	kindRTP
	kindRTCP
)

func kindOf(data []byte) kind {
	if len(data) == 0 {
		return kindOther
	}
	switch first := data[0]; {
	case first < 4:
		return kindSTUN
	case first >= 20 && first < 64:
		return kindDTLS
	case first>>6 != 2 || len(data) < 8:
		return kindOther
	case data[1] >= 192 && data[1] <= 223:
		return kindRTCP
	case len(data) < rtp.HeaderLen:
		return kindOther
	}
	return kindRTP
}
