package srtp

import (
	"bytes"
	"crypto/rand"
	"errors"
	"testing"

	"github.com/pion/rtp"

	"github.com/offhook/offhook/media/agreement"
)

func pair(t testing.TB, s agreement.Suite, mki agreement.MKI) (out, in *Context) {
	t.Helper()
	var k agreement.Key
	rand.Read(k[:])
	var err error
	if out, err = New(s, k, mki); err == nil {
		in, err = New(s, k, mki)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out, in
}

func packet(t testing.TB, seq uint16, payload []byte) []byte {
	t.Helper()
	p := rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: 8, SequenceNumber: seq, Timestamp: uint32(seq) * 160, SSRC: 7}, Payload: payload}
	b, err := p.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func seal(t testing.TB, c *Context, plain []byte) []byte {
	t.Helper()
	sealed, err := c.Seal(make([]byte, 0, len(plain)+Overhead+4), plain)
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

// What goes in comes out for every suite, across the rollover of sequence numbers; what
// goes over the wire is something else; a bit changed anywhere is noticed.
func TestThereAndBack(t *testing.T) {
	for _, s := range agreement.Suites() {
		for _, mki := range []agreement.MKI{{}, {Value: 258, Len: 2}} {
			out, in := pair(t, s, mki)
			voice := bytes.Repeat([]byte{0x55}, 160)
			for i := range 300 {
				plain := packet(t, uint16(65400+i), voice)
				sealed := seal(t, out, plain)
				if len(sealed) <= len(plain) || len(sealed) > len(plain)+Overhead+int(mki.Len) || bytes.Contains(sealed, voice[:20]) {
					t.Fatalf("%v: %d octets become %d", s, len(plain), len(sealed))
				}
				if i%50 == 0 {
					for at := range sealed {
						bad := bytes.Clone(sealed)
						bad[at] ^= 1
						if got, err := in.Open(bad); err == nil && mki.Len == 0 {
							t.Fatalf("%v: octet %d was changed, and %x came out", s, at, got)
						}
					}
				}
				got, err := in.Open(bytes.Clone(sealed))
				if err != nil || !bytes.Equal(got, plain) {
					t.Fatalf("%v, packet %d: %v\n%x\n%x", s, i, err, got, plain)
				}
				if _, err := in.Open(bytes.Clone(sealed)); err == nil {
					t.Fatalf("%v: a replayed packet was taken", s)
				}
			}
		}
	}
}

func TestReports(t *testing.T) {
	for _, s := range agreement.Suites() {
		out, in := pair(t, s, agreement.MKI{})
		plain := []byte{0x80, 201, 0, 1, 0, 0, 0, 7}
		sealed, err := out.SealReport(plain)
		if err != nil || len(sealed) > len(plain)+ReportOverhead {
			t.Fatalf("%v: %d octets, %v", s, len(sealed), err)
		}
		bad := bytes.Clone(sealed)
		bad[4] ^= 1
		if _, err := in.OpenReport(bad); err == nil {
			t.Errorf("%v: a forged report was taken", s)
		}
		if got, err := in.OpenReport(bytes.Clone(sealed)); err != nil || !bytes.Equal(got, plain) {
			t.Errorf("%v: %v %x", s, err, got)
		}
		if _, err := in.OpenReport(bytes.Clone(sealed)); err == nil {
			t.Errorf("%v: a replayed report was taken", s)
		}
	}
}

func TestUnknownSuite(t *testing.T) {
	for _, s := range []agreement.Suite{agreement.NoSuite, 99} {
		if _, err := New(s, agreement.Key{}, agreement.MKI{}); !errors.Is(err, ErrSuite) {
			t.Errorf("%d: %v", s, err)
		}
	}
}

// In steady state a packet costs no memory.
func TestAllocatesNothing(t *testing.T) {
	if raced {
		t.Skip("allocations are not to be counted under the race detector")
	}
	for _, s := range agreement.Suites() {
		out, in := pair(t, s, agreement.MKI{})
		plain := packet(t, 0, make([]byte, 160))
		buf := make([]byte, 0, len(plain)+Overhead)
		seq := uint16(0)
		frame := func() {
			seq++
			plain[2], plain[3] = byte(seq>>8), byte(seq)
			sealed, err := out.Seal(buf, plain)
			if err != nil {
				t.Fatal(err)
			}
			if _, err = in.Open(sealed); err != nil {
				t.Fatal(err)
			}
		}
		frame()
		if n := testing.AllocsPerRun(200, frame); n != 0 {
			t.Errorf("%v: %v allocations for a packet there and back, want 0", s, n)
		}
	}
}

// No datagram makes Open panic or come out authentic.
func FuzzOpen(f *testing.F) {
	f.Add(make([]byte, 40), uint8(0))
	f.Add([]byte{0x90, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 7, 0xbe, 0xde, 0, 9}, uint8(3))
	f.Add([]byte{0xbf}, uint8(5))
	f.Fuzz(func(t *testing.T, data []byte, suite uint8) {
		_, in := pair(t, agreement.Suites()[int(suite)%6], agreement.MKI{})
		if _, err := in.Open(bytes.Clone(data)); err == nil {
			t.Fatalf("%x was taken", data)
		}
		if _, err := in.OpenReport(data); err == nil {
			t.Fatalf("%x was taken for a report", data)
		}
	})
}

func BenchmarkPacket(b *testing.B) {
	for _, s := range agreement.Suites() {
		b.Run(s.String(), func(b *testing.B) {
			out, in := pair(b, s, agreement.MKI{})
			plain := packet(b, 0, make([]byte, 160))
			buf := make([]byte, 0, len(plain)+Overhead)
			seq := uint16(0)
			b.ReportAllocs()
			for b.Loop() {
				seq++
				plain[2], plain[3] = byte(seq>>8), byte(seq)
				sealed, _ := out.Seal(buf, plain)
				in.Open(sealed)
			}
		})
	}
}
