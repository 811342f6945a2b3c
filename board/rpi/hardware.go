package rpi

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/sys/unix"
	"periph.io/x/conn/v3/gpio"
	"periph.io/x/host/v3/gpioioctl"
	"periph.io/x/host/v3/sysfs"
)

// A line is a GPIO line, as periph has it.
type line interface {
	In(pull gpio.Pull, edge gpio.Edge) error
	Read() gpio.Level
	Out(level gpio.Level) error
}

// A bus is an I2C bus.
type bus interface {
	Tx(addr uint16, w, r []byte) error
	Close() error
}

// A port is contacts of one chip that are read together: inputs that are pulled up, and rows
// that are pulled down in turn. Bits count in the order in which its pins were given.
type port interface {
	// read says which inputs are low.
	read() (low uint64, err error)
	// pull drives these rows low and lets the others go, these first, so that two keys of a
	// column never join two outputs.
	pull(rows uint64) error
	// tells says that the port calls when an input has moved; else it must be polled.
	tells() bool
	close()
}

// hardware is where lines and buses come from: the kernel, or a test.
type hardware interface {
	line(gpio int) (line, error)
	bus(number int) (bus, error)
	// port takes GPIO lines; moved is called from any goroutine and does not block.
	port(inputs, rows []int, moved func()) (port, error)
	// pwm takes a channel of the PWM chip.
	pwm(channel int, period time.Duration) (dimmer, error)
}

// kernel is the real hardware, with the label of its GPIO chip; "": a Raspberry Pi's header.
type kernel struct{ label string }

// ErrNoLines is that of a machine without GPIO, or whose GPIO this user may not open.
var ErrNoLines = errors.New("there are no GPIO lines that may be opened; is the phone in the group gpio")

// ErrBusy is that of a line that another program or the kernel has.
const ErrBusy = unix.EBUSY

// told gives ErrBusy back to an error of periph's, which keeps the kernel's words and not its
// number.
func told(err error) error {
	if root := plain(err); root != nil && root.Error() == ErrBusy.Error() {
		return ErrBusy
	}
	return err
}

// headers are the labels of the chips whose lines 0 to 27 are those of a Raspberry Pi's header:
// of a Pi 5, of a Pi 4, and of all others. The kernel numbers its chips anew at each start.
var headers = []string{"pinctrl-rp1", "pinctrl-bcm2711", "pinctrl-bcm2835"}

// header finds the chip among those that there are: the one that is wanted, or a Raspberry
// Pi's, or the kernel's simulated one.
func header(labels []string, wanted string) (int, error) {
	for _, one := range append([]string{wanted}, headers...) {
		for i, label := range labels {
			if one != "" && label == one {
				return i, nil
			}
		}
		if one != "" && one == wanted {
			return 0, fmt.Errorf("there is no GPIO chip %q; there is %s", wanted, list(labels))
		}
	}
	for i, label := range labels {
		if strings.HasPrefix(label, "gpio-sim") {
			return i, nil
		}
	}
	if len(labels) == 0 {
		return 0, ErrNoLines
	}
	return 0, fmt.Errorf("no Raspberry Pi's header is here; board.chip can be %s", list(labels))
}

func list(labels []string) string {
	if len(labels) == 0 {
		return "none"
	}
	return strings.Join(labels, ", ")
}

func (k kernel) chip() (*gpioioctl.GPIOChip, error) { return chipsHere.chip(k.label) }

func (k kernel) line(number int) (line, error) {
	l, err := k.gpio(number)
	if err != nil {
		return nil, err
	}
	return l, nil
}

func (k kernel) gpio(number int) (*gpioioctl.GPIOLine, error) {
	chip, err := k.chip()
	if err != nil {
		return nil, err
	}
	if number >= chip.LineCount() {
		return nil, fmt.Errorf("there is no GPIO %d on this machine", number)
	}
	return chip.ByNumber(number), nil
}

// bus opens a bus by its file, which may not be there yet: I2C's drivers are modules.
func (kernel) bus(number int) (bus, error) {
	b, err := sysfs.NewI2C(number)
	if err != nil {
		return nil, busWords(number, unix.Access(fmt.Sprint("/dev/i2c-", number), unix.R_OK|unix.W_OK))
	}
	return b, nil
}

// busWords says why a bus does not open.
func busWords(number int, err error) error {
	switch {
	case errors.Is(err, unix.ENOENT):
		return fmt.Errorf("I2C bus %d is not there; is it switched on", number)
	case errors.Is(err, unix.EACCES):
		return fmt.Errorf("I2C bus %d may not be opened; is the phone in the group i2c", number)
	}
	return fmt.Errorf("I2C bus %d does not open", number)
}

// release gives a line back to the kernel, which lets it float.
func release(all ...line) {
	for _, l := range all {
		if c, is := l.(interface{ Close() }); is && l != nil {
			c.Close()
		}
	}
}
