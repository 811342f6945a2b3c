package update

import (
	"bytes"
	"regexp"

	"github.com/offhook/offhook/firmware/slots"
)

var prefix = regexp.MustCompile(`(?m)^[ \t]*os_prefix=([ab])/[ \t]*\r?$`)

// Prefix finds in config.txt which slot's folder the board's firmware loads the kernel from, and
// the one letter that says so. All else in that file may be its owner's: drivers of a sound
// card, say.
func Prefix(config []byte) (s slots.Slot, letter int, err error) {
	all := prefix.FindAllSubmatchIndex(config, -1)
	if len(all) != 1 || bytes.Count(config, []byte("os_prefix")) != bytes.Count(config, []byte("\n#os_prefix"))+1 {
		return slots.None, 0, ErrConfig
	}
	letter = all[0][2]
	if config[letter] == 'b' {
		return slots.B, letter, nil
	}
	return slots.A, letter, nil
}

// TryBoot is tryboot.txt: what the board's firmware reads in place of config.txt, once, when
// it is asked to. It is the same for another slot.
func TryBoot(config []byte, s slots.Slot) ([]byte, error) {
	_, letter, err := Prefix(config)
	if err != nil {
		return nil, err
	}
	config = bytes.Clone(config)
	copy(config[letter:], s.String())
	return config, nil
}
