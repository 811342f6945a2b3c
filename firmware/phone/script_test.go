package phone

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/offhook/offhook/firmware/phone/digitmap"
	"github.com/offhook/offhook/scripts/golden"
)

// TestScripts plays testdata/*.txt. A line at the margin is a command, # a comment; what
// the machine did stands indented below it. See bench.command for the commands.
func TestScripts(t *testing.T) {
	for _, name := range scripts(t) {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txt"), func(t *testing.T) {
			script, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			golden.File(t, name, newBench(t).play(string(script)))
		})
	}
}

func scripts(t *testing.T) []string {
	t.Helper()
	names, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(names) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	return names
}

// play runs the commands of a script and returns it with what happened.
func (b *bench) play(script string) string {
	b.t.Helper()
	var out strings.Builder
	for line := range strings.Lines(script) {
		line = strings.TrimRight(line, "\n")
		if strings.HasPrefix(line, "  ") {
			continue
		}
		out.WriteString(line + "\n")
		if line == "" || line[0] == '#' {
			continue
		}
		b.out = &out
		b.command(strings.Fields(line))
		b.state()
	}
	return out.String()
}

// command carries out one line:
//
//	accounts Home Work:8         labels, with the prefix; users are 201, 202 …
//	set map|timeout|hotline|emergency|ear|ring|recording|beep VALUE
//	registered|registering|unregistered LABEL, refused LABEL CODE WORDS
//	messages LABEL NEW [OLD URGENT], watched ROW LABEL NUMBER STATE [FAR[, RINGS]]
//	pickup ROW
//	texted LABEL NUMBER WORDS, compose NUMBER WORDS, textdone ID CODE [WORDS], read
//	seen, restore number=… account=… ear=… ring=… silent dnd missed=…
//	hook on|off, dial DIGITS, press FUNCTION, call NUMBER [LABEL]
//	wait DURATION, expire        time passes; the next timer runs out
//	skip DURATION                time passes, and the timers are late
//	late ID                      a timer that was stopped runs out after all
//	incoming ID NUMBER [NAME] [on LABEL] [, NEWS] [auto | auto DURATION] [bell N]
//	connected ID NUMBER [NAME]
//	progress ID CODE [early | [to NUMBER] WORDS], answered ID CODEC [secure] [NUMBER NAME]
//	farhold|holddone ID on|off
//	ended ID CODE [elsewhere | again DURATION | [cause Q.850] WORDS]
//	transferring ID CODE, transferred ID done|gone|CODE [WORDS]
//	unrecorded ID WORDS
//	referred ID NUMBER [NAME], replaced ID NEW NUMBER [NAME]
//
// The ID @ is the call placed last.
func (b *bench) command(w []string) {
	rest := func(i int) string { return strings.Join(w[min(i, len(w)):], " ") } // of w as it stands
	switch w[0] {
	case "accounts":
		b.settings.Accounts, b.settings.NumAccts = [MaxAccounts]Account{}, len(w)-1
		for i, word := range w[1:] {
			label, prefix, _ := strings.Cut(word, ":")
			b.settings.Accounts[i] = Account{Label: label, User: strconv.Itoa(201 + len(label)), Domain: "pbx.home", Prefix: prefix}
		}
		b.step(Configured{b.settings})
	case "set":
		b.set(w[1], rest(2))
		b.step(Configured{b.settings})
	case "registered", "registering", "unregistered", "refused":
		e := Registration{Account: b.account(w[1])}
		e.State = map[string]RegState{
			"registered": Registered, "registering": Registering, "unregistered": Unregistered, "refused": Refused,
		}[w[0]]
		if len(w) > 2 {
			e.Code, e.Words = b.number(w[2]), rest(3)
		}
		b.step(e)
	case "messages":
		e := Messages{Account: b.account(w[1]), New: b.number(w[2])}
		if len(w) > 4 {
			e.Old, e.Urgent = b.number(w[3]), b.number(w[4])
		}
		b.step(e)
	case "watched":
		states := map[string]WatchState{"unknown": WatchUnknown, "idle": WatchIdle, "ringing": WatchRinging, "busy": WatchBusy, "offline": WatchOffline}
		far, rings, _ := strings.Cut(rest(5), ", ")
		b.step(Watched{b.number(w[1]), Watch{Label: w[2], Number: w[3], State: states[w[4]], Far: far, Rings: rings}})
	case "pickup":
		b.step(PickUp{b.number(w[1])})
	case "texted":
		b.step(Texted{b.account(w[1]), Peer{Number: w[2]}, rest(3)})
	case "compose":
		b.step(Compose{w[1], -1, rest(2)})
	case "textdone":
		b.step(TextDone{TextID(b.number(w[1])), b.number(w[2]), rest(3)})
	case "read":
		b.step(Read{})
	case "seen":
		b.step(Seen{})
	case "restore":
		b.step(Restored{b.saved(w[1:])})
	case "hook":
		b.step(Hook{Off: w[1] == "off"})
	case "dial":
		for _, d := range []byte(w[1]) {
			b.step(Digit{d})
		}
	case "up":
		b.step(DigitUp{w[1][0]})
	case "press":
		b.step(Press{functions[rest(1)]})
	case "call":
		account := -1
		if len(w) > 2 {
			account = b.account(w[2])
		}
		b.step(Call{w[1], account})
	case "wait":
		b.wait(b.duration(w[1]))
	case "expire":
		b.expire()
	case "skip":
		b.now = b.now.Add(b.duration(w[1]))
	case "late":
		b.step(Expired{TimerID(b.number(w[1]))})
	case "incoming":
		e := Incoming{Call: b.id(w[1])}
		if i := slices.Index(w, "bell"); i > 0 {
			e.Bell, w = Bell(b.number(w[i+1])), w[:i]
		}
		if i := slices.Index(w, "auto"); i > 0 {
			e.Auto = true
			if i+1 < len(w) {
				e.After = b.duration(w[i+1])
			}
			w = w[:i]
		}
		if i := slices.Index(w, ","); i > 0 {
			e.News, w = strings.Join(w[i+1:], " "), w[:i]
		}
		name, label, on := strings.Cut(" "+rest(3), " on ")
		if on {
			e.Account = b.account(label)
		}
		e.Peer = Peer{Name: strings.TrimSpace(name), Number: w[2]}
		b.step(e)
	case "connected":
		b.step(Connected{b.id(w[1]), Peer{Number: w[2], Name: rest(3)}})
	case "progress":
		e := Progress{Call: b.id(w[1]), Code: b.number(w[2]), Words: rest(3)}
		if e.Words == "early" {
			e.Words, e.Early = "", true
		}
		if len(w) > 4 && w[3] == "to" {
			e.To, e.Words = w[4], rest(5)
		}
		b.step(e)
	case "transferring":
		b.step(Transferring{b.id(w[1]), b.number(w[2])})
	case "transferred":
		e := TransferEnded{Call: b.id(w[1]), Done: w[2] == "done", Gone: w[2] == "gone", Words: rest(3)}
		if !e.Done && !e.Gone {
			e.Code = b.number(w[2])
		}
		b.step(e)
	case "referred":
		b.step(Referred{b.id(w[1]), Peer{Number: w[2], Name: rest(3)}})
	case "replaced":
		b.step(Replaced{Call: b.id(w[1]), New: b.id(w[2]), Peer: Peer{Number: w[3], Name: rest(4)}, Codec: "Opus"})
	case "answered":
		e := Answered{Call: b.id(w[1]), Codec: w[2]}
		if len(w) > 3 && w[3] == "secure" {
			e.Secure = true
		} else if len(w) > 3 {
			e.Peer = Peer{Number: w[3], Name: rest(4)}
		}
		b.step(e)
	case "farhold":
		b.step(FarHold{b.id(w[1]), w[2] == "on"})
	case "holddone":
		b.step(HoldDone{b.id(w[1]), w[2] == "on"})
	case "ended":
		e := Ended{Call: b.id(w[1]), Code: b.number(w[2]), Words: rest(3)}
		if strings.HasPrefix(e.Words, "again ") {
			e.Words, e.Retry = "", b.duration(w[4])
		}
		if strings.HasPrefix(e.Words, "cause ") {
			e.Words, e.Cause = rest(5), b.number(w[4])
		}
		if e.Words == "elsewhere" {
			e.Words, e.Elsewhere = "", true
		}
		b.step(e)
	case "unrecorded":
		b.step(RecordingFailed{b.id(w[1]), rest(2)})
	default:
		b.t.Fatalf("no command %q", w)
	}
}

var functions = map[string]Function{
	"hold": FunctionHold, "redial": FunctionRedial, "mute": FunctionMute, "send": FunctionSend,
	"delete": FunctionDelete, "clear": FunctionClear, "flash": FunctionFlash, "volume up": FunctionVolumeUp,
	"volume down": FunctionVolumeDown, "dnd": FunctionDND, "reject": FunctionReject, "retry": FunctionRetry,
	"reset": FunctionReset, "mailbox": FunctionMailbox, "pickup": FunctionPickup, "transfer": FunctionTransfer, "conference": FunctionConference,
	"speaker": FunctionSpeaker, "headset": FunctionHeadset, "record": FunctionRecord,
}

func (b *bench) set(name, value string) {
	s := &b.settings
	switch name {
	case "map":
		s.DigitMap = digitmap.Map(value)
		if err := s.DigitMap.Check(); err != nil {
			b.t.Fatal(err)
		}
	case "timeout":
		s.Timeout = b.duration(value)
	case "auto_answer":
		s.AutoAnswer = value == "on"
	case "hang_up_transfers":
		s.HangUpTransfers = map[string]HangUpTransfers{"asked": HangUpAsked, "flash": HangUpFlash, "never": HangUpNever}[value]
	case "conference_hangup":
		s.ConferenceStays = value == "transfer"
	case "recording":
		s.Recording = map[string]RecordingMode{"off": RecordingOff, "key": RecordingByKey, "always": RecordingAlways}[value]
	case "beep":
		s.RecordingBeep = value == "on"
	case "hotline":
		s.Hotline = value
	case "emergency":
		s.Emergency = [MaxEmergency]string{}
		copy(s.Emergency[:], strings.Fields(value))
	case "mailbox":
		for i, box := range strings.Fields(value) {
			s.Accounts[i].Mailbox = strings.Trim(box, "-")
		}
	case "pickup":
		s.Accounts[0].Pickup = value
	case "presence":
		s.Accounts[0].Presence = value == "on"
	case "ear":
		s.Ear = b.number(value)
	case "ring":
		s.Ring = b.number(value)
	case "ear_speaker":
		s.EarSpeaker = b.number(value)
	default:
		b.t.Fatalf("no setting %q", name)
	}
}

func (b *bench) saved(words []string) (v Saved) {
	for _, word := range words {
		name, value, _ := strings.Cut(word, "=")
		switch name {
		case "number":
			v.Number = value
		case "account":
			v.Account = value
		case "ear":
			v.Ear = b.number(value)
		case "ring":
			v.Ring = b.number(value)
		case "missed":
			v.Missed = b.number(value)
		case "headset":
			v.Headset = true
		case "ear_speaker":
			v.EarSpeaker = b.number(value)
		case "silent":
			v.Silent = true
		case "unread":
			v.Unread = b.number(value)
		case "dnd":
			v.DND = true
		default:
			b.t.Fatalf("nothing saved as %q", name)
		}
	}
	return v
}

func (b *bench) account(label string) int {
	for i, a := range b.settings.Accounts {
		if a.Label == label {
			return i
		}
	}
	return b.number(label)
}

func (b *bench) number(word string) int {
	n, err := strconv.Atoi(word)
	if err != nil {
		b.t.Fatal(err)
	}
	return n
}

func (b *bench) id(word string) CallID {
	if word == "@" {
		return b.m.lastCall
	}
	return CallID(b.number(word))
}

func (b *bench) duration(word string) time.Duration {
	d, err := time.ParseDuration(word)
	if err != nil {
		b.t.Fatal(err)
	}
	return d
}
