package panel

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/offhook/offhook/hal"
)

// The protocol, by example in docs/panel-protocol.md.
const (
	Protocol = "offhook-panel"
	Version  = 1

	// MaxLine is the longest line that a client may send, its newline included.
	MaxLine = 4096

	// MaxText is how many letters a text may have.
	MaxText = 500
)

// How long a hook flash may last that a client asks for.
const (
	FlashDefault = 300 * time.Millisecond
	flashShort   = 20 * time.Millisecond
	flashLong    = 5 * time.Second
)

// Hello is the first line that the server sends. Where Login is set, it tells no more
// before the client has logged in, and then comes again in full.
type Hello struct {
	Protocol string     `json:"protocol"`
	Version  int        `json:"version"`
	Login    bool       `json:"login,omitempty"`
	LCD      [2]int     `json:"lcd,omitzero"` // columns, rows
	Keys     string     `json:"keys,omitempty"`
	Lamps    []hal.Lamp `json:"lamps,omitempty"`
}

// likely reports whether there are displays of that size.
func (h Hello) likely() bool {
	return h.LCD[0] >= 0 && h.LCD[0] <= maxCols && h.LCD[1] >= 0 && h.LCD[1] <= maxRows
}

// A Request is one line from the client. Do says which of the other fields count.
type Request struct {
	ID    int64  `json:"id"`
	Do    Verb   `json:"do"`
	Key   string `json:"key,omitempty"`   // press, release: a key's legend
	Off   *bool  `json:"off,omitempty"`   // hook: lifted
	MS    *int   `json:"ms,omitempty"`    // flash: milliseconds
	Token string `json:"token,omitempty"` // login

	Number string `json:"number,omitempty"` // text: who is written to
	Words  string `json:"words,omitempty"`  // text
}

// A Verb is what a request asks for.
type Verb string

const (
	DoLogin     Verb = "login"
	DoPress     Verb = "press"
	DoRelease   Verb = "release"
	DoHook      Verb = "hook"
	DoFlash     Verb = "flash"
	DoLCD       Verb = "lcd"
	DoLamps     Verb = "lamps"
	DoRinger    Verb = "ringer"
	DoState     Verb = "state"
	DoText      Verb = "text"
	DoReload    Verb = "reload"
	DoDoctor    Verb = "doctor"
	DoReport    Verb = "report"
	DoSubscribe Verb = "subscribe"
)

// Verbs are all there are, as an error lists them.
var Verbs = []Verb{DoLogin, DoPress, DoRelease, DoHook, DoFlash, DoLCD, DoLamps, DoRinger, DoState, DoText, DoReload, DoDoctor, DoReport, DoSubscribe}

// A Reply answers the request of the same ID: either OK with what was asked for, or Error,
// a sentence in plain words. ID is 0 where the request had none that could be read.
type Reply struct {
	ID     int64   `json:"id"`
	OK     bool    `json:"ok,omitempty"`
	Error  string  `json:"error,omitempty"`
	Words  string  `json:"words,omitempty"` // reload, doctor, report: what came of it
	LCD    *LCD    `json:"lcd,omitempty"`
	Lamps  *Lamps  `json:"lamps,omitempty"`
	Ringer *Ringer `json:"ringer,omitempty"`
	State  *State  `json:"state,omitempty"`
}

// A Change is a line that a subscriber gets: what is given is new, the rest is as it was.
// The first one gives everything.
type Change struct {
	LCD     *LCD    `json:"lcd,omitempty"`
	Lamps   *Lamps  `json:"lamps,omitempty"`
	Ringer  *Ringer `json:"ringer,omitempty"`
	OffHook *bool   `json:"off_hook,omitempty"`
	Pressed *string `json:"pressed,omitempty"`
	Info    *Info   `json:"info,omitempty"`
}

// line is anything that the server sends: exactly one of the three.
type line struct {
	Hello  *Hello  `json:"hello,omitempty"`
	Change *Change `json:"change,omitempty"`
	Reply
}

// greeting and changed are lines of the first two kinds.
type (
	greeting struct {
		Hello Hello `json:"hello"`
	}
	changed struct {
		Change Change `json:"change"`
	}
)

// parseRequest reads one line. Its errors are sentences for the person who wrote the client.
func parseRequest(text []byte) (Request, error) {
	var r Request
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&r); err != nil {
		return Request{ID: r.ID}, fmt.Errorf("not a request: %w", plainJSON(err))
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return Request{ID: r.ID}, errors.New("one request per line, and nothing after it")
	}
	switch r.Do {
	case DoPress, DoRelease:
		if utf8.RuneCountInString(r.Key) != 1 {
			return r, fmt.Errorf(`%s needs a key: {"do":"%s","key":"5"}`, r.Do, r.Do)
		}
	case DoHook:
		if r.Off == nil {
			return r, errors.New(`hook needs a level: {"do":"hook","off":true} lifts`)
		}
	case DoFlash:
		if d := r.flash(); d < flashShort || d > flashLong {
			return r, fmt.Errorf("a flash lasts %d to %d ms", flashShort.Milliseconds(), flashLong.Milliseconds())
		}
	case DoText:
		if strings.TrimSpace(r.Number) == "" || strings.TrimSpace(r.Words) == "" || utf8.RuneCountInString(r.Words) > MaxText {
			return r, fmt.Errorf(`text needs a number and up to %d letters: {"do":"text","number":"202","words":"Lunch?"}`, MaxText)
		}
	case DoLogin, DoLCD, DoLamps, DoRinger, DoState, DoReload, DoDoctor, DoReport, DoSubscribe:
	case "":
		return r, errors.New(`nothing to do: {"id":1,"do":"lcd"}`)
	default:
		all := make([]string, len(Verbs))
		for i, v := range Verbs {
			all[i] = string(v)
		}
		return r, fmt.Errorf("cannot do %.20q; there is %s", r.Do, strings.Join(all, " "))
	}
	return r, nil
}

// flash is how long a flash is to last.
func (r Request) flash() time.Duration {
	if r.MS == nil {
		return FlashDefault
	}
	const longest = int(time.Hour / time.Millisecond) // no overflow on the way to Duration
	return time.Duration(min(max(*r.MS, 0), longest)) * time.Millisecond
}

// plainJSON is a decoder's error without its Go types.
func plainJSON(err error) error {
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.As(err, &wrong) && wrong.Field != "":
		return fmt.Errorf("%q cannot be a %s", wrong.Field, wrong.Value)
	case errors.As(err, &wrong):
		return fmt.Errorf("%s where an object belongs", wrong.Value)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("the line ends too early")
	}
	return errors.New(strings.TrimPrefix(err.Error(), "json: "))
}

// encode is a value as one line with its newline.
func encode(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil { // only our own types come here, and none of them can fail
		return []byte("{}\n")
	}
	return append(text, '\n')
}
