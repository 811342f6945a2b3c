package bundle

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
)

// A Source is a part that is to be written.
type Source struct {
	Name string
	Open func() (io.ReadCloser, error) // called twice: to measure, then to copy
}

// Write makes a bundle: it measures the sources, signs, and copies them. Sizes and checksums
// of m are filled in.
func Write(w io.Writer, m Manifest, sources []Source, key ed25519.PrivateKey) error {
	m.Parts = nil
	for _, s := range sources {
		sum := sha256.New()
		n, err := copied(sum, s)
		if err != nil {
			return err
		}
		m.Parts = append(m.Parts, Part{Name: s.Name, Size: n, SHA256: hex.EncodeToString(sum.Sum(nil))})
	}
	if err := m.check(); err != nil {
		return fmt.Errorf("bundle: %w", err)
	}
	manifest, err := json.Marshal(m)
	if err != nil {
		return err
	}
	if len(manifest) > MaxManifest {
		return fmt.Errorf("bundle: a manifest of %d bytes", len(manifest))
	}
	if _, err := w.Write(sign(manifest, key)); err != nil {
		return err
	}
	for i, s := range sources {
		if n, err := copied(w, s); err != nil {
			return err
		} else if n != m.Parts[i].Size {
			return fmt.Errorf("bundle: %s changed while it was read", s.Name)
		}
	}
	return nil
}

// sign makes a bundle's head.
func sign(manifest []byte, key ed25519.PrivateKey) []byte {
	signed := binary.BigEndian.AppendUint32([]byte(magic), uint32(len(manifest)))
	head := append(signed[:prefix:prefix], ed25519.Sign(key, append(signed, manifest...))...)
	return append(head, manifest...)
}

func copied(w io.Writer, s Source) (int64, error) {
	r, err := s.Open()
	if err != nil {
		return 0, fmt.Errorf("bundle: %w", err)
	}
	defer r.Close()
	n, err := io.Copy(w, r)
	if err != nil {
		return n, fmt.Errorf("bundle: %s: %w", s.Name, err)
	}
	return n, nil
}
