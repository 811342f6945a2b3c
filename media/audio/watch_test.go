package audio

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// A machine without sound, to which cards come one after the other, from which one goes, and
// then the driver: each is told, and what is no card's is not.
func TestWatch(t *testing.T) {
	defer goleak.VerifyNone(t)
	dev := t.TempDir()
	snd := filepath.Join(dev, "snd")
	ctx, stop := context.WithCancel(context.Background())
	told, ended := make(chan struct{}, 64), make(chan struct{})
	go func() {
		defer close(ended)
		Watch(ctx, dev, func() { told <- struct{}{} })
	}()
	defer func() {
		stop()
		<-ended
	}()
	news := func(what string) {
		t.Helper()
		select {
		case <-told:
		case <-time.After(20 * time.Second):
			t.Fatalf("%s: nobody is told", what)
		}
		for { // one card has several files
			select {
			case <-told:
			case <-time.After(2 * settling):
				return
			}
		}
	}
	do := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	news("the beginning")
	do(os.WriteFile(filepath.Join(dev, "ttyUSB0"), nil, 0o600))
	select {
	case <-told:
		t.Error("a modem is taken for a sound card")
	case <-time.After(2 * settling):
	}
	do(os.Mkdir(snd, 0o755))
	do(os.WriteFile(filepath.Join(snd, "pcmC0D0p"), nil, 0o600))
	news("the first card")
	do(os.WriteFile(filepath.Join(snd, "pcmC1D0p"), nil, 0o600))
	do(os.WriteFile(filepath.Join(snd, "pcmC1D0c"), nil, 0o600))
	news("another card")
	do(os.Chmod(filepath.Join(snd, "pcmC1D0c"), 0o660))
	news("the right to use it")
	do(os.Remove(filepath.Join(snd, "pcmC1D0c")))
	news("a card that went")
	do(os.RemoveAll(snd))
	news("the last one")
	do(os.Mkdir(snd, 0o755))
	do(os.WriteFile(filepath.Join(snd, "pcmC0D0p"), nil, 0o600))
	news("one that comes back")
}

// What ALSA calls its own is known, and a card that is not there is nothing of it.
func TestKnown(t *testing.T) {
	for name, want := range map[string]bool{"default": true, "default:1": true, "Headset": false, "plughw:CARD=Headset,DEV=0": false, "usb:0d8c:0014": false, "": false} {
		if got := Known(name); got != want {
			t.Errorf("%q is known: %v", name, got)
		}
	}
}
