package main

import (
	"context"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"
)

func TestTimeKnown(t *testing.T) {
	client := fstest.MapFS{"run/systemd/timesync/x": {}}
	with := func(more fstest.MapFS) fstest.MapFS {
		for name, f := range client {
			more[name] = f
		}
		return more
	}
	for name, c := range map[string]struct {
		fs   fstest.MapFS
		want bool
	}{
		"nobody to ask":                {fstest.MapFS{}, true},
		"a Pi":                         {client, false},
		"a server was heard":           {with(fstest.MapFS{"run/systemd/timesync/synchronized": {}}), true},
		"a chip":                       {with(fstest.MapFS{"sys/class/rtc/rtc0/hctosys": {Data: []byte("1\n")}}), true},
		"a chip that was not asked":    {with(fstest.MapFS{"sys/class/rtc/rtc0/hctosys": {Data: []byte("0\n")}}), false},
		"a chip that does not say":     {with(fstest.MapFS{"sys/class/rtc/rtc0/name": {}}), false},
		"the second chip has the time": {with(fstest.MapFS{"sys/class/rtc/rtc0/name": {}, "sys/class/rtc/rtc1/hctosys": {Data: []byte("1\n")}}), true},
	} {
		if got := timeKnown(c.fs); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestAwaitTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun, tells := time.Now(), make(chan struct{})
		known := func() bool { return time.Since(begun) > time.Minute }
		go awaitTime(t.Context(), known, tells)
		<-tells
		if took := time.Since(begun); took < time.Minute || took > time.Minute+timeEvery {
			t.Errorf("told after %v", took)
		}
		synctest.Wait()
		select {
		case <-tells:
			t.Error("told twice")
		default:
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		for _, now := range []bool{false, true} { // it waits for the time; it tells, and nobody hears
			go func() { awaitTime(ctx, func() bool { return now }, tells); ended <- struct{}{} }()
		}
		time.Sleep(time.Minute)
		cancel()
		<-ended
		<-ended
	})
}
