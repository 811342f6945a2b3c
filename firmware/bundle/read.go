package bundle

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
)

const (
	magic  = "offhook update 1"
	prefix = len(magic) + 4 // what is signed beside the manifest
	header = prefix + ed25519.SignatureSize
)

// A Reader reads one bundle. It is for one goroutine.
type Reader struct {
	Manifest Manifest
	Hash     [32]byte // SHA-256 of what is signed; it tells bundles apart

	r    io.Reader
	next int
	part *part
}

// Open reads the head of a bundle and checks it. Nothing of the manifest is looked at unless
// one of keys has signed it. Errors are ErrForeign, ErrKey, ErrDamaged, or r's own.
func Open(r io.Reader, keys []ed25519.PublicKey) (*Reader, error) {
	head := make([]byte, header)
	if n, err := io.ReadFull(r, head); err != nil {
		if short(err) && (n < len(magic) || string(head[:len(magic)]) != magic) {
			return nil, ErrForeign
		}
		return nil, damaged(err, "it ends in its head")
	}
	if string(head[:len(magic)]) != magic {
		return nil, ErrForeign
	}
	n := binary.BigEndian.Uint32(head[len(magic):])
	if n > MaxManifest {
		return nil, fmt.Errorf("%w: a manifest of %d bytes", ErrDamaged, n)
	}
	signed := append(make([]byte, 0, prefix+int(n)), head[:prefix]...)[:prefix+int(n)]
	if _, err := io.ReadFull(r, signed[prefix:]); err != nil {
		return nil, damaged(err, "it ends in its head")
	}
	if !vouched(signed, head[prefix:], keys) {
		return nil, ErrKey
	}
	b := &Reader{r: r, Hash: sha256.Sum256(signed)}
	if err := json.Unmarshal(signed[prefix:], &b.Manifest); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrForeign, err)
	}
	if err := b.Manifest.check(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrForeign, err)
	}
	return b, nil
}

func vouched(signed, signature []byte, keys []ed25519.PublicKey) bool {
	for _, k := range keys {
		if len(k) == ed25519.PublicKeySize && ed25519.Verify(k, signed, signature) {
			return true
		}
	}
	return false
}

// Next returns the next part, which must have been read to its end before Next is called
// again. Its last Read says ErrDamaged, in place of io.EOF, where the checksum is not the
// manifest's. After the last part there is io.EOF, or ErrDamaged where something follows.
func (b *Reader) Next() (Part, io.Reader, error) {
	if b.part != nil && !b.part.ended {
		return Part{}, nil, errors.New("bundle: the part before was not read")
	}
	if b.next == len(b.Manifest.Parts) {
		switch n, err := io.ReadFull(b.r, make([]byte, 1)); {
		case n > 0:
			return Part{}, nil, fmt.Errorf("%w: something follows", ErrDamaged)
		case !short(err):
			return Part{}, nil, err
		}
		return Part{}, nil, io.EOF
	}
	p := b.Manifest.Parts[b.next]
	b.next++
	b.part = &part{r: b.r, of: p, left: p.Size, sum: sha256.New()}
	return p, b.part, nil
}

// part is the stream of one.
type part struct {
	r     io.Reader
	of    Part
	left  int64
	sum   hash.Hash
	ended bool
}

func (p *part) Read(b []byte) (int, error) {
	if p.left == 0 {
		p.ended = true
		if hex.EncodeToString(p.sum.Sum(nil)) != p.of.SHA256 {
			return 0, fmt.Errorf("%w: %s", ErrDamaged, p.of.Name)
		}
		return 0, io.EOF
	}
	n, err := p.r.Read(b[:min(int64(len(b)), p.left)])
	p.sum.Write(b[:n])
	p.left -= int64(n)
	if err != nil && p.left > 0 {
		return n, damaged(err, "it ends in "+p.of.Name)
	}
	return n, nil
}

func short(err error) bool { return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) }

// damaged is what a failed read means: a stream that ends is damaged, another error is its own.
func damaged(err error, words string) error {
	if short(err) {
		return fmt.Errorf("%w: %s", ErrDamaged, words)
	}
	return err
}
