package station

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/offhook/offhook/firmware/phone"
	"github.com/offhook/offhook/media"
	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/media/recording"
)

// A recording is begun with the call's leg, ended with the call, and named in the log.
func TestTapes(t *testing.T) {
	shelf := recording.New(recording.Config{Directory: t.TempDir(), MostBytes: 1 << 30, Longest: time.Hour, Rate: 48000})
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- shelf.Run(ctx) }()
	defer func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}()
	var told []string
	kept := &entries{}
	s := &Station{
		cfg: Config{Store: kept, Recorder: shelf, Zone: time.UTC},
		engine: outbox[media.Command]{do: func(c media.Command) bool {
			r := c.(media.Record)
			told = append(told, fmt.Sprintf("leg %d, tape %v, beep %v", r.Leg, r.Tape != nil, r.Beep))
			return true
		}},
		legs: map[phone.CallID]agreement.Leg{1: 7}, tapes: map[phone.CallID]*recording.Tape{},
	}
	s.tape(phone.Record{Call: 1, On: true, Peer: phone.Peer{Name: "Anna", Number: "0301"}, Outgoing: true, Beep: true})
	for end := time.Now().Add(10 * time.Second); s.taped(1) == "" && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	name := s.taped(1)
	if !strings.HasSuffix(name, "_out_0301.wav") {
		t.Errorf("the file is called %q", name)
	}
	s.tape(phone.Record{Call: 1})
	s.enter(phone.Log{Call: 1, Entry: phone.Entry{Talked: time.Minute}})
	s.enter(phone.Log{Call: 2, Entry: phone.Entry{Talked: time.Minute}})
	if got, want := strings.Join(told, "; "), "leg 7, tape true, beep true; leg 7, tape false, beep false"; got != want {
		t.Errorf("the engine is told %s, want %s", got, want)
	}
	if kept.all[0].Recorded != name || kept.all[1].Recorded != "" {
		t.Errorf("the log names %q and %q", kept.all[0].Recorded, kept.all[1].Recorded)
	}
	s.forget()
	if len(s.tapes) > 0 {
		t.Error("the call has gone, and its tape is kept")
	}
}
