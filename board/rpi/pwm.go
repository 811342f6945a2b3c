package rpi

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// A dimmer is one channel of PWM.
type dimmer interface {
	set(percent int) error // 0: dark
	close()
}

// pwmClass is where the kernel has its PWM chips.
const pwmClass = "/sys/class/pwm"

// dimPeriod is 1 kHz: no eye sees it flicker.
const dimPeriod = time.Millisecond

// A channel is one of the kernel's PWM chip, by its files.
type channel struct {
	dir    string
	period time.Duration
}

func (kernel) pwm(number int, period time.Duration) (dimmer, error) {
	return openChannel(pwmClass, number, period)
}

// openChannel takes a channel of the first chip of a class folder; it gives nothing yet.
func openChannel(class string, number int, period time.Duration) (dimmer, error) {
	chips, _ := filepath.Glob(filepath.Join(class, "pwmchip*")) // the pattern is right
	if len(chips) == 0 {
		return nil, errors.New("the kernel has no PWM; dtoverlay=pwm-2chan in config.txt switches it on")
	}
	c := channel{filepath.Join(chips[0], fmt.Sprint("pwm", number)), period}
	if _, err := os.Stat(c.dir); err != nil {
		if err := os.WriteFile(filepath.Join(chips[0], "export"), []byte(strconv.Itoa(number)), 0); err != nil {
			return nil, plain(err)
		}
		for range 10 { // udev gives the new files to our group in its own time
			if c.write("enable", "0") == nil {
				break
			}
			time.Sleep(50 * time.Millisecond)
		}
	}
	nanoseconds := strconv.FormatInt(period.Nanoseconds(), 10)
	for _, one := range [][2]string{{"duty_cycle", "0"}, {"period", nanoseconds}, {"enable", "1"}} {
		if err := c.write(one[0], one[1]); err != nil && one[0] != "duty_cycle" { // without a period it has none
			return nil, err
		}
	}
	return c, nil
}

func (c channel) write(file, text string) error {
	return plain(os.WriteFile(filepath.Join(c.dir, file), []byte(text), 0))
}

// plain is what an error says at its root, without the path or the name of a call of the
// kernel's, which tell a person nothing.
func plain(err error) error {
	for inner := err; inner != nil; inner = errors.Unwrap(inner) {
		err = inner
	}
	return err
}

func (c channel) set(percent int) error {
	return c.write("duty_cycle", strconv.FormatInt(c.period.Nanoseconds()*int64(percent)/100, 10))
}

func (c channel) close() { c.write("enable", "0") }
