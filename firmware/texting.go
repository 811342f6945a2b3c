package main

import (
	"context"
	"errors"
	"time"

	"github.com/offhook/offhook/firmware/station"
)

// textWithin is how long a phone may take to say what became of a text: longer than a SIP
// transaction to each of two servers, or than the change to new settings.
const textWithin = 50 * time.Second

// text sends a text for a client of the panel, through the phone that runs now.
func (d *desk) text(ctx context.Context, number, words string) error {
	done := make(chan error, 1)
	t := station.Texting{Number: number, Words: words, Done: func(err error) { done <- err }}
	late := time.NewTimer(textWithin)
	defer late.Stop()
	select {
	case d.texts <- t:
	case <-late.C:
		return errors.New("text not sent: the phone is starting or hangs")
	case <-ctx.Done():
		return errors.New("text not sent: the phone is stopping")
	}
	select {
	case err := <-done:
		return err
	case <-late.C:
		return errors.New("no answer: nobody knows whether the text arrived")
	case <-ctx.Done():
		return errors.New("the phone is stopping: nobody knows whether the text arrived")
	}
}
