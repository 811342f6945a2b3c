package main

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"os"

	"github.com/offhook/offhook/firmware/bundle"
)

var (
	errRefused = errors.New("a release is not to trust the development key; UPDATE_KEY and UPDATE_PUB name your own")
	errOthers  = errors.New("the phone would not take what this key signs: its public half is not among those that the phone trusts")
)

// keys says whether an image may be made with a file of a private key, which signs its updates,
// and one of public keys, which are those that it trusts. None of these may be of the file
// refused, "" being no file. Keys are compared, and not how their files are written.
func keys(private, public, refused string) error {
	key, err := privateKey(private)
	if err != nil {
		return fmt.Errorf("%s: %w", private, err)
	}
	trusted, err := publicKeys(public)
	if err != nil {
		return err
	}
	if refused != "" {
		bad, err := publicKeys(refused)
		if err != nil {
			return err
		}
		for _, k := range bad {
			if has(trusted, k) {
				return fmt.Errorf("%s: %w", public, errRefused)
			}
		}
	}
	if !has(trusted, key.Public().(ed25519.PublicKey)) {
		return fmt.Errorf("%s: %w (%s)", private, errOthers, public)
	}
	return nil
}

func publicKeys(file string) ([]ed25519.PublicKey, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	all, err := bundle.PublicKeys(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return all, nil
}

func has(all []ed25519.PublicKey, key ed25519.PublicKey) bool {
	for _, k := range all {
		if k.Equal(key) {
			return true
		}
	}
	return false
}
