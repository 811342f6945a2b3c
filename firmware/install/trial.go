package install

import (
	"bytes"
	"fmt"

	"github.com/offhook/offhook/firmware/slots"
	"github.com/offhook/offhook/firmware/update"
)

// Try puts the slot that was written on trial. The caller then restarts, and asks the board's
// firmware for tryboot.txt.
func Try(c Card, running slots.Slot, o update.Offer, before slots.Health) error {
	if err := other(c, running); err != nil {
		return err
	}
	return keep(c, func(r slots.Record) slots.Record { return r.Try(o.Hash, o.Version, before) })
}

// Prove keeps the slot that runs. First the record says so, then the board's firmware is told;
// between the two, that one loads the old slot's kernel, which asks for the new one.
func Prove(c Card, running slots.Slot) error {
	if err := keep(c, func(r slots.Record) slots.Record { return r.Proved(running) }); err != nil {
		return err
	}
	return Mend(c, running)
}

// GiveUp leaves the slot on trial. The caller then restarts, and asks for nothing.
func GiveUp(c Card) error { return keep(c, slots.Record.GivenUp) }

// Mend makes config.txt name the slot that runs, where the record says that it is the good one,
// and tryboot.txt the other. It is done at each start: the power may have been cut before.
func Mend(c Card, running slots.Slot) error {
	r, err := Record(c)
	if err != nil {
		return err
	}
	if r.Good == slots.None {
		r.Good = slots.A
	}
	if r.Trial != slots.None || r.Good != running {
		return nil
	}
	config, v, err := text(c, configVolume)
	if err != nil {
		return err
	}
	defer v.Close()
	named, letter, err := update.Prefix(config)
	if err != nil {
		return err
	}
	if named != running {
		// One byte, in one sector: the card has the old line or the new one.
		if err := write(v, []byte(running.String()), int64(letter)); err != nil {
			return fmt.Errorf("%s: %w", configVolume, err)
		}
	}
	return other(c, running)
}

// other makes tryboot.txt what config.txt is, for the slot that does not run, and reads it back.
func other(c Card, running slots.Slot) error {
	config, v, err := text(c, configVolume)
	if err != nil {
		return err
	}
	v.Close()
	want, err := update.TryBoot(bytes.TrimRight(config, " "), running.Other())
	if err != nil {
		return err
	}
	have, v, err := text(c, trybootVolume)
	if err != nil {
		return err
	}
	defer v.Close()
	if len(want) > len(have) {
		return fmt.Errorf("%w: config.txt has %d bytes, and tryboot.txt room for %d", update.ErrRoom, len(want), len(have))
	}
	want = append(want, bytes.Repeat([]byte(" "), len(have)-len(want))...)
	if bytes.Equal(want, have) {
		return nil
	}
	if err := write(v, want, 0); err != nil {
		return fmt.Errorf("%s: %w", trybootVolume, err)
	}
	if _, err := v.ReadAt(have, 0); err != nil || !bytes.Equal(want, have) {
		return fmt.Errorf("%w: %s", update.ErrReadBack, trybootVolume)
	}
	return nil
}
