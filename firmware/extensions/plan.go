package extensions

import "time"

// A behaviour is what one extension does with a call.
type behaviour struct {
	user   string
	label  string
	answer bool // lift at once
	reject int  // turn down with this status; 0: do not
	// hangUp ends an answered call, or gives up ringing (480), after so long; 0: never.
	hangUp time.Duration
	// callBack dials the caller so long after the call has ended; 0: never.
	callBack time.Duration
	sound    func(rate int) source
}

// plan is every extension there is, the same on every phone and documented for users.
var plan = []behaviour{
	{user: "600", label: "Echo", answer: true, sound: func(rate int) source { return newEcho(rate) }},
	{user: "601", label: "Music", answer: true, sound: func(rate int) source { return newMelody(rate) }},
	{user: "602", label: "Busy", reject: 486},
	{user: "603", label: "Never answers", hangUp: 3 * time.Minute},
	{user: "604", label: "Hangs up", answer: true, hangUp: 3 * time.Second,
		sound: func(rate int) source { return newMelody(rate) }},
	{user: "605", label: "Call back", answer: true, hangUp: 2 * time.Second, callBack: 3 * time.Second,
		sound: func(rate int) source { return newMelody(rate) }},
}

// Users are the extensions' numbers, in order.
func Users() []string {
	users := make([]string, len(plan))
	for i, b := range plan {
		users[i] = b.user
	}
	return users
}
