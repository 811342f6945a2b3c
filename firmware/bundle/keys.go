package bundle

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
)

// MaxKeys is how many keys a phone trusts at most: one, and the next.
const MaxKeys = 4

// PublicKeys reads keys as "openssl pkey -pubout" writes them (PEM), one after the other.
func PublicKeys(text []byte) ([]ed25519.PublicKey, error) {
	var all []ed25519.PublicKey
	for {
		var block *pem.Block
		if block, text = pem.Decode(text); block == nil {
			break
		}
		k, err := x509.ParsePKIXPublicKey(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("bundle: public key: %w", err)
		}
		public, ok := k.(ed25519.PublicKey)
		if !ok {
			return nil, errors.New("bundle: the public key is not of Ed25519")
		}
		if all = append(all, public); len(all) > MaxKeys {
			return nil, fmt.Errorf("bundle: more than %d public keys", MaxKeys)
		}
	}
	if len(all) == 0 {
		return nil, errors.New("bundle: there is no public key")
	}
	return all, nil
}

// PrivateKey reads a key as "openssl genpkey -algorithm ed25519" writes it (PEM).
func PrivateKey(text []byte) (ed25519.PrivateKey, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("bundle: there is no private key")
	}
	k, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("bundle: private key: %w", err)
	}
	private, ok := k.(ed25519.PrivateKey)
	if !ok {
		return nil, errors.New("bundle: the private key is not of Ed25519")
	}
	return private, nil
}
