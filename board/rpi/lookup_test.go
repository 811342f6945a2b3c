package rpi

import (
	"errors"
	"os"
	"testing"

	"golang.org/x/sys/unix"
	"periph.io/x/host/v3/gpioioctl"
)

// periph looks once: it is not asked while the header's chip is not there, or is not ours yet.
func TestChipThatComesLate(t *testing.T) {
	var labels []string
	looked, stop := 0, errors.New("looked")
	l := lookup{func() []string { return labels }, func() ([]*gpioioctl.GPIOChip, error) { looked++; return nil, stop }}
	if _, err := l.chip(""); !errors.Is(err, ErrNoLines) || looked != 0 {
		t.Errorf("nothing there: looked %d times, %v", looked, err)
	}
	labels = []string{"raspberrypi-exp-gpio"}
	if _, err := l.chip(""); err == nil || looked != 0 {
		t.Errorf("another chip: looked %d times, %v", looked, err)
	}
	labels = append(labels, "pinctrl-bcm2711")
	if _, err := l.chip("mine"); err == nil || looked != 0 {
		t.Errorf("not the one that is wanted: looked %d times, %v", looked, err)
	}
	if _, err := l.chip(""); !errors.Is(err, stop) || looked != 1 {
		t.Errorf("there it is: looked %d times, %v", looked, err)
	}
	l.chips = func() ([]*gpioioctl.GPIOChip, error) { return nil, nil }
	if _, err := l.chip(""); !errors.Is(err, ErrNoLines) {
		t.Errorf("periph finds none: %v", err)
	}
}

func TestWhatIsNoChip(t *testing.T) {
	if _, err := labelOf(os.DevNull); err == nil {
		t.Error("/dev/null has a label")
	}
	if _, err := labelOf(t.TempDir() + "/gpiochip0"); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

func TestBusThatDoesNotOpen(t *testing.T) {
	for err, want := range map[error]string{
		unix.ENOENT: "I2C bus 1 is not there; is it switched on",
		unix.EACCES: "I2C bus 1 may not be opened; is the phone in the group i2c",
		nil:         "I2C bus 1 does not open",
	} {
		if got := busWords(1, err).Error(); got != want {
			t.Errorf("%v: %q", err, got)
		}
	}
	if _, err := (kernel{}).bus(77); err == nil || err.Error() != "I2C bus 77 is not there; is it switched on" {
		t.Error(err)
	}
}
