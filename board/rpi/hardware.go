package rpi

import (
	"fmt"
	"sync"

	"periph.io/x/conn/v3/driver/driverreg"
	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/i2c"
	"periph.io/x/conn/v3/i2c/i2creg"
	"periph.io/x/host/v3/gpioioctl"
	_ "periph.io/x/host/v3/sysfs" // the I2C buses
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

// hardware is where lines and buses come from: the kernel, or a test.
type hardware interface {
	line(gpio int) (line, error)
	bus(number int) (bus, error)
}

// kernel is the real hardware.
type kernel struct{}

var drivers = sync.OnceValue(func() error {
	_, err := driverreg.Init()
	return err
})

// line finds a line by its name in the device tree ("GPIO26"), so that another bank of lines
// beside the header's does not confuse; else by its number on the first chip.
func (kernel) line(number int) (line, error) {
	if err := drivers(); err != nil {
		return nil, fmt.Errorf("GPIO: %w", err)
	}
	for _, chip := range gpioioctl.Chips {
		if l := chip.ByName(fmt.Sprint("GPIO", number)); l != nil {
			return l, nil
		}
	}
	if len(gpioioctl.Chips) > 0 && number < gpioioctl.Chips[0].LineCount() {
		return gpioioctl.Chips[0].ByNumber(number), nil
	}
	return nil, fmt.Errorf("there is no GPIO %d on this machine", number)
}

func (kernel) bus(number int) (bus, error) {
	if err := drivers(); err != nil {
		return nil, fmt.Errorf("I2C: %w", err)
	}
	b, err := i2creg.Open(fmt.Sprint(number))
	if err != nil {
		return nil, fmt.Errorf("I2C bus %d is not there; is it switched on", number)
	}
	return i2c.BusCloser(b), nil
}

// release gives a line back to the kernel, which lets it float.
func release(all ...line) {
	for _, l := range all {
		if c, is := l.(interface{ Close() }); is && l != nil {
			c.Close()
		}
	}
}
