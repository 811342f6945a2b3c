package main

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"os"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/offhook/offhook/firmware/clock"
	"github.com/offhook/offhook/firmware/config"
	"github.com/offhook/offhook/firmware/station"
	"github.com/offhook/offhook/media"
	"github.com/offhook/offhook/media/audio"
	"github.com/offhook/offhook/media/cards"
	"github.com/offhook/offhook/media/recording"
	"github.com/offhook/offhook/media/tone"
	"github.com/offhook/offhook/sip"
	"github.com/offhook/offhook/sip/account"
	"github.com/offhook/offhook/ui"
)

// A house is the phone of one set of settings: engine, agent, station, and the built-in
// exchange where that is wanted.
type house struct {
	engine  *media.Engine
	agent   *sip.Agent
	station *station.Station
	board   *switchboard // nil: no built-in exchange
	shelf   *recording.Shelf
	drawn   *drawn
	network *network
	timed   chan struct{} // told once that the time is known; nil: it is
	desk    *desk
	sound   config.Sound
}

// build binds every port and opens nothing that sounds. reread: a phone ran before it, with other
// settings.
func (d *desk) build(c config.Config, status config.Status, reread bool) (_ *house, err error) {
	if _, _, err := c.Wiring.LCD.Light(); err != nil {
		return nil, err
	}
	l := logs{d.log, c.Log}
	h := &house{desk: d, sound: c.Sound}
	accounts := c.Accounts
	if c.Exchange.Enabled {
		if h.board, err = openSwitchboard(c.Exchange, d.data, l); err != nil {
			return nil, err
		}
		defer func() {
			if err != nil {
				h.board.close()
			}
		}()
		accounts = throughExchange(accounts, c.Exchange.Listen.String(), h.board)
	}
	if h.engine, err = d.openEngine(c, l); err != nil {
		return nil, err
	}
	if h.agent, err = d.openAgent(c, accounts, h.engine, l); err != nil {
		return nil, err
	}
	h.shelf = d.openShelf(c, h.engine.Rate(), l)
	marks := d.marks(c)
	d.store.KeepRefusals(marks[:])
	strangers := h.agent.Strangers
	d.trace.strangers.Store(&strangers)
	h.drawn = &drawn{panel: d.panel, engine: h.engine, config: c, exchange: h.board, port: h.agent.Port(),
		keeps: keepsIn(d.data), began: make(chan struct{}, 1)}
	d.clinic.here.Store(h.drawn)
	h.network = newNetwork(d.cable, c.Network.Bind, accounts, l.room("station"))
	h.network.again = func() { h.agent.Do(sip.Renew{}) }
	if !timeKnown(os.DirFS("/")) {
		h.timed = make(chan struct{}, 1)
	}
	saved, old := d.store.Saved()
	words, news := d.storage.now()
	update, updates := d.updates.watch(h.engine)
	h.station = station.New(station.Config{
		Parts: d.panel.Parts(), Inputs: d.inputs,
		Agent: h.agent, Engine: h.engine, Figures: h.engine.Figures, Recorder: h.shelf, Store: d.store, Storage: news, Network: h.network.changes,
		Marks: marks, Phone: c.Phone, Book: c.Book, Saved: saved, HasOld: old,
		UI:        d.ui(c),
		Notices:   ui.Notices{Config: problemOf(status), Network: h.network.now, Storage: words, Update: update, ClockUnset: h.timed != nil},
		TimeKnown: h.timed,
		Updates:   updates, Answer: d.updates.answer,
		Cadences: cadencesOf(plan(c)), BellOnly: c.Sound.Bell, Zone: c.Timezone,
		Examine: ask(d.clinic.wanted), Report: ask(d.clinic.written), Told: d.clinic.told,
		Reload: h.reload, Asked: d.hup, Reloading: d.reloads, Reread: reread, Texting: d.texts, Pulse: d.beat, Watch: func(v station.View) { h.drawn.show(v); d.updates.see(v) }, Log: l.room("station"),
	})
	return h, nil
}

// run is the phone until ctx ends or new settings are wanted. The station stops first,
// so that the agent can still end its calls, and the exchange last.
func (h *house) run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	exchangeCtx, stopExchange := context.WithCancel(context.WithoutCancel(ctx))
	engineCtx, stopEngine := context.WithCancel(context.WithoutCancel(ctx))
	agentCtx, stopAgent := context.WithCancel(context.WithoutCancel(ctx))
	if h.board != nil {
		g.Go(func() error { return h.board.run(exchangeCtx) })
	}
	g.Go(func() error { return h.engine.Run(engineCtx) })
	g.Go(func() error { return h.shelf.Run(engineCtx) })
	g.Go(func() error {
		defer stopExchange()
		defer stopEngine()
		return h.agent.Run(agentCtx)
	})
	g.Go(func() error { return h.plug(ctx) })
	g.Go(func() error { return h.drawn.run(ctx) })
	g.Go(func() error { return h.network.run(ctx) })
	if h.timed != nil {
		g.Go(func() error { awaitTime(ctx, func() bool { return timeKnown(os.DirFS("/")) }, h.timed); return nil })
	}
	g.Go(func() error {
		// What a certificate that is not valid yet has kept from its server goes there at once.
		if err := clock.Watch(ctx, func() { h.agent.Do(sip.Renew{}) }); err != nil {
			h.network.log.Warn("the clock is not watched", "err", err)
		}
		return nil
	})
	g.Go(func() error {
		defer stopAgent()
		return h.station.Run(ctx)
	})
	return g.Wait()
}

// throughExchange points the accounts that want the built-in exchange, at the address
// that the settings name, to where it really listens.
func throughExchange(accounts []account.Account, wanted string, b *switchboard) []account.Account {
	all := slices.Clone(accounts)
	for i := range all {
		if all[i].Proxy == wanted {
			all[i].Proxy = b.reach().String()
		}
	}
	return all
}

func (d *desk) openEngine(c config.Config, l logs) (*media.Engine, error) {
	card, real := d.card, []cards.Card(nil)
	if card == nil {
		card, real = audio.Open, cardsNow()
	}
	files := filesIn(c.Sound.Directory)
	m := media.Config{
		Bind: c.Network.Bind, FirstPort: c.Network.RTPFirst, LastPort: c.Network.RTPLast,
		Card: card,
		Virtual: func(s audio.Spec) (audio.Card, error) {
			return audio.OpenVirtual(files, s)
		},
		VirtualName: standIn(files),
		Places:      placesOf(c.Sound, real, audio.Known), Gains: gainsOf(c.Sound), Mixer: mixerOf(c.Sound),
		Period: c.Sound.CardPeriod, Clean: cleaning(c.Sound), Sidetone: c.Sound.Sidetone.DB,
		Plan: plan(c), Ear: c.Sound.Volume, Ring: c.Sound.RingVolume,
		DSCP: marked(c.Network.VoiceClass), Silence: c.Network.VoiceTimeout,
		Log: l.room("media"),
	}
	if c.Sound.Handset == "wav" {
		m.Card = nil
	}
	return media.New(m)
}

func (d *desk) openAgent(c config.Config, accounts []account.Account, m sip.Media, l logs) (*sip.Agent, error) {
	a := sip.Config{
		Accounts: accounts, Refused: d.refused(c), Watches: c.Watches, Bind: c.Network.Bind, Port: c.Network.SIPPort,
		Strict: c.Network.Strict, RefuseStrangers: c.Network.RefuseStrangers,
		UserAgent: "Offhook/" + version, Instance: instance(os.DirFS("/"), d.data), Seed: seed(), Trace: d.trace.ring, Resolver: d.resolver, Log: l.room("sip"),
		ClockSet: func() bool { return timeKnown(os.DirFS("/")) },
	}
	a.DSCP = c.Network.SIPClass
	agent, err := sip.New(a, m)
	if err != nil && a.Port != 0 {
		l.room("sip").Warn("the SIP port is busy; another is taken", "port", a.Port, "err", err)
		a.Port = 0
		agent, err = sip.New(a, m)
	}
	return agent, err
}

// marked is a code point as media wants it, to which 0 is its own choice.
func marked(dscp int) int {
	if dscp == 0 {
		return -1
	}
	return dscp
}

// plan is the tone plan of the country; config has checked it.
func plan(c config.Config) tone.Plan {
	p, _ := tone.ForCountry(c.Country)
	return p
}

// secret is a password that nobody needs to know.
func secret() string {
	b := make([]byte, 16)
	rand.Read(b)
	return hex.EncodeToString(b)
}

func seed() uint64 {
	b := make([]byte, 8)
	rand.Read(b)
	return binary.NativeEndian.Uint64(b)
}
