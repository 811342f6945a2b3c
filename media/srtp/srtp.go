// Package srtp encrypts and authenticates the packets of one leg (RFC 3711, 6188, 7714)
// with keys that others have agreed upon. It owns the rollover counters and the replay
// windows, and refuses to know where keys come from and where packets go.
package srtp

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/pion/rtp"
	pion "github.com/pion/srtp/v3"

	"github.com/offhook/offhook/media/agreement"
)

// Overhead is the most that Seal adds to a packet: a tag of 16 octets (RFC 7714 §13.1).
// SealReport adds the index of SRTCP and its E bit as well (RFC 3711 §3.4).
const (
	Overhead       = 16
	ReportOverhead = 16 + 4
)

// Windows of packets in which a replayed one is told from a late one (RFC 3711 §3.3.2: at
// least 64): more than two seconds of sound.
const (
	window       = 128
	reportWindow = 64
)

// ErrSuite is a suite, or a key for it, that is not spoken here.
var ErrSuite = errors.New("srtp: no such suite")

// A Context is one direction of one leg under one key. It belongs to one goroutine.
type Context struct {
	ctx    *pion.Context
	header rtp.Header
}

var profiles = map[agreement.Suite]pion.ProtectionProfile{
	agreement.AES128CM80: pion.ProtectionProfileAes128CmHmacSha1_80,
	agreement.AES128CM32: pion.ProtectionProfileAes128CmHmacSha1_32,
	agreement.AES256CM80: pion.ProtectionProfileAes256CmHmacSha1_80,
	agreement.AES256CM32: pion.ProtectionProfileAes256CmHmacSha1_32,
	agreement.AES128GCM:  pion.ProtectionProfileAeadAes128Gcm,
	agreement.AES256GCM:  pion.ProtectionProfileAeadAes256Gcm,
}

// New makes the context of a direction whose packets carry mki. A key must serve one
// direction of one leg alone, and keep its Context as long as it is in use: a second one
// would count from zero and encrypt two packets with the same keystream.
func New(s agreement.Suite, k agreement.Key, mki agreement.MKI) (*Context, error) {
	p, ok := profiles[s]
	if !ok {
		return nil, ErrSuite
	}
	key, salt := s.Len()
	options := []pion.ContextOption{
		pion.SRTPReplayProtection(window), pion.SRTCPReplayProtection(reportWindow),
	}
	if mki.Len > 0 {
		var id [4]byte
		binary.BigEndian.PutUint32(id[:], mki.Value)
		options = append(options, pion.MasterKeyIndicator(id[4-min(mki.Len, 4):]))
	}
	ctx, err := pion.CreateContext(k[:key], k[key:key+salt], p, options...)
	if err != nil {
		return nil, fmt.Errorf("srtp: %w", err)
	}
	return &Context{ctx: ctx}, nil
}

// Seal encrypts an RTP packet into dst[:0], which must have room for Overhead more. dst
// may be the packet itself.
func (c *Context) Seal(dst, packet []byte) ([]byte, error) {
	return c.ctx.EncryptRTP(dst[:0], packet, &c.header)
}

// Open authenticates a packet and decrypts it in place. An error: it is forged, replayed,
// too old or not for this key.
func (c *Context) Open(packet []byte) ([]byte, error) {
	return c.ctx.DecryptRTP(packet[:0], packet, &c.header)
}

// SealReport encrypts an RTCP packet into new memory: reports are rare.
func (c *Context) SealReport(packet []byte) ([]byte, error) {
	return c.ctx.EncryptRTCP(nil, packet, nil)
}

// OpenReport authenticates and decrypts an RTCP packet into new memory.
func (c *Context) OpenReport(packet []byte) ([]byte, error) {
	return c.ctx.DecryptRTCP(nil, packet, nil)
}
