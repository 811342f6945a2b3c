package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"strings"
	"sync/atomic"

	"github.com/offhook/offhook/board"
	"github.com/offhook/offhook/board/panel"
	"github.com/offhook/offhook/firmware/config"
	"github.com/offhook/offhook/firmware/phone"
	"github.com/offhook/offhook/firmware/station"
	"github.com/offhook/offhook/firmware/store"
	"github.com/offhook/offhook/hal"
	"github.com/offhook/offhook/media"
	"github.com/offhook/offhook/sip/locate"
)

// A place is where a phone stands.
type place struct {
	file   string // of settings; "": the one that defaultSettings finds, each time anew
	data   string // folder for what outlives a power cut
	socket string // of the panel; the trace's is beside it
	log    io.Writer
}

// outside is what a phone finds outside of itself, and a test replaces. The zero value is
// the machine that it runs on.
type outside struct {
	card     media.Opener    // nil: audio.Open, of this machine's cards
	resolver locate.Resolver // nil: the system's
	disk     store.Options
	cable    cable
}

// A desk is what stays while the phone's settings change: the board, its panel, the
// sockets and the store.
type desk struct {
	place
	outside
	panel   *panel.Panel
	socketL net.Listener
	inputs  chan hal.Input
	store   *store.Store
	storage *storage
	trace   *traceServer
	clinic  *clinic
	tail    *tail // of the log
	updates *updating

	texts   chan station.Texting
	reloads chan station.Reloading
	hup     chan struct{} // somebody asks for the settings to be read again
	beat    chan struct{} // pulse's
	config  config.Config // of the phone that runs, or comes next; see reload
	status  config.Status
	first   config.Config // since the start: the board's and the panel's

	turnedDown atomic.Pointer[turnedDown] // nil: none yet
}

// storeName is the file of the store, in the data folder.
const storeName = "offhook.db"

// newDesk opens the sockets first, so that a second phone at the same place is told so
// before it touches anything, then the store, which never fails, and the board. Run must
// follow.
func newDesk(p place, o outside) (*desk, error) {
	d := &desk{updates: newUpdating(), place: p, outside: o, inputs: make(chan hal.Input, 64), hup: make(chan struct{}, 1), beat: make(chan struct{}), texts: make(chan station.Texting), reloads: make(chan station.Reloading)}
	d.tail = &tail{to: p.log}
	d.log = d.tail
	var err error
	if d.socketL, err = panel.ListenUnix(p.socket); err != nil {
		if errors.Is(err, panel.ErrInUse) {
			return nil, fmt.Errorf("a phone runs already, with its panel at %s; "+
				"`offhook panel` works it, -socket and -data make a second one", p.socket)
		}
		return nil, err
	}
	if d.trace, err = listenTrace(traceSocket(p.socket)); err != nil {
		d.socketL.Close()
		return nil, err
	}
	var report store.Report
	d.store, report, err = store.OpenWith(filepath.Join(p.data, storeName), o.disk)
	if err != nil || report.Words != "" {
		d.print("store:", report.Words, err)
	}
	d.storage = newStorage(d.store, report, d.log)
	d.config, d.status = d.load()
	d.trace.log = logs{d.log, d.config.Log}.room("sip")
	d.first = d.config
	b, err := board.Open(d.config.Wiring)
	if err != nil {
		d.socketL.Close()
		d.trace.listener.Close()
		closed, cancel := context.WithCancel(context.Background())
		cancel()
		return nil, errors.Join(err, d.store.Run(closed))
	}
	d.panel = panel.New(b)
	d.clinic = newClinic(d)
	d.panel.Text, d.panel.Reload, d.panel.Doctor, d.panel.Report = d.text, d.reloadNow, d.clinic.words, d.clinic.report
	return d, nil
}

// print writes a line to the log that belongs to no room.
func (d *desk) print(words ...any) { fmt.Fprintln(d.log, words...) }

// phones runs one phone after the other: a new one for new settings. Settings of which no
// phone can be made, an address that this computer does not have, say, leave the one
// before in use.
func (d *desk) phones(ctx context.Context) error {
	h, err := d.build(d.config, d.status, false)
	if err != nil {
		return err
	}
	for {
		if err := h.run(ctx); !errors.Is(err, station.ErrReload) {
			return err
		}
		before := d.config
		d.config, d.status = d.load()
		d.nextStart(d.config)
		if h, err = d.build(d.config, d.status, true); err == nil {
			d.print("config: the new settings are in use")
			continue
		}
		d.print("config: the new settings do not work:", err)
		d.turnedDown.Store(&turnedDown{d.config, unworkable(d.config, err)})
		d.config, d.status = before, unworkable(d.config, err)
		if h, err = d.build(d.config, d.status, true); err != nil {
			return err
		}
	}
}

// unworkable is the status of settings that are good but of which no phone can be made.
func unworkable(c config.Config, err error) config.Status {
	words := err.Error()
	if room, rest, ok := strings.Cut(words, ": "); ok && !strings.Contains(room, " ") {
		words = rest
	}
	words, _, _ = strings.Cut(words, ": ")
	return config.Status{Use: config.UseLastGood, Mistakes: []config.Mistake{{File: filepath.Base(c.File), Words: words}}}
}

// load reads the settings file, or what stands in for it, and keeps what is good.
func (d *desk) load() (config.Config, config.Status) {
	file := d.file
	if file == "" {
		file = defaultSettings()
	}
	saved, ok := d.store.Saved()
	c, status := config.LoadOrLastGood(file, d.data, config.Options{Menu: menuOf(saved, ok)})
	if status.Use == config.UseFile && c.File != "" {
		if err := c.Keep(d.data); err != nil {
			d.print("config: the good settings could not be kept:", err)
		}
	}
	if len(status.Mistakes) > 0 {
		config.Print(d.log, status.Mistakes)
		d.print(inUse(status))
	}
	config.Print(d.log, status.Warnings)
	return c, status
}

// menuOf are the settings that the user changed on the phone.
func menuOf(s phone.Saved, ok bool) map[string]string {
	menu := map[string]string{}
	if ok && s.Ear > 0 {
		menu["sound.volume"] = fmt.Sprint(s.Ear)
	}
	for key, volume := range map[string]int{"sound.headset_volume": s.EarHeadset, "sound.speaker_volume": s.EarSpeaker} {
		if ok && volume > 0 {
			menu[key] = fmt.Sprint(volume)
		}
	}
	if ok && (s.Ring > 0 || s.Silent) {
		menu["sound.ring_volume"] = fmt.Sprint(s.Ring)
	}
	return menu
}
