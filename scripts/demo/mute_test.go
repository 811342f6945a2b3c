//go:build demo

package main

import (
	"context"
	"errors"
	"os"
	"testing"
)

// A demo that cannot fail shows nothing: with the mute key of one phone pressed, it must.
func TestTheDemoFailsWhenOneIsMute(t *testing.T) {
	binary := os.Getenv("OFFHOOK")
	if binary == "" {
		t.Fatal("OFFHOOK names the phone's binary: run this by make demo-mute")
	}
	err := demo(context.Background(), binary, "B", "wav", "")
	if !errors.Is(err, errHeard) {
		t.Fatalf("with B mute the demo ends in %v, want %v", err, errHeard)
	}
}
