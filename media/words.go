package media

import (
	"errors"
	"strings"

	"github.com/offhook/offhook/media/audio"
)

// reasons are the errors of cards that say all that a person needs.
var reasons = []error{
	audio.ErrNoCard, audio.ErrNoMicrophone, audio.ErrBusy, audio.ErrDenied, audio.ErrFormat, audio.ErrVanished,
}

// words says in plain words why a card cannot be used: the reason alone where the error is
// the card's own, which for the log also names the device.
func words(err error) string {
	for _, reason := range reasons {
		if errors.Is(err, reason) && strings.HasPrefix(err.Error(), "audio: ") {
			return reason.Error()
		}
	}
	return strings.TrimPrefix(err.Error(), "audio: ")
}
