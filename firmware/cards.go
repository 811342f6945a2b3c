package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/offhook/offhook/firmware/config"
	"github.com/offhook/offhook/media"
	"github.com/offhook/offhook/media/audio"
	"github.com/offhook/offhook/media/cards"
)

// roleNames are the cards of the settings by role.
func roleNames(s config.Sound) [media.Roles]string {
	return [media.Roles]string{media.Handset: s.Handset, media.Headset: s.Headset, media.Speaker: s.Speaker, media.Ringer: s.Ringer}
}

// owner is the role whose setting names the card of r: "handset" in another's place stands for
// the handset's card. Those that stand for one another in a circle have the handset's.
func owner(r media.Role, names [media.Roles]string) media.Role {
	for range media.Roles {
		next := r
		for other := range media.Ringer {
			if r != media.Handset && names[r] == other.String() {
				next = other
			}
		}
		if next == r {
			return r
		}
		r = next
	}
	return media.Handset
}

// placesOf are where the cards of the roles are now, of all that there are. known reports
// what ALSA has by other names than cards': "default", a plugin's.
func placesOf(s config.Sound, all []cards.Card, known func(string) bool) (p media.Places) {
	if s.Handset == "wav" {
		return p // there is no card at all
	}
	names := roleNames(s)
	for r := range p {
		role := owner(media.Role(r), names)
		name := names[role]
		found, err := cards.Find(name, all)
		switch {
		case name == "": // the system's default
		case err == nil:
			p[r].Card = found.Device
		case known(name):
			p[r].Card = name
		default:
			p[r].Missing = fmt.Sprintf("no %v card", role)
		}
	}
	return p
}

// gainsOf are the gains of the roles.
func gainsOf(s config.Sound) (g [media.Roles]media.Gains) {
	for r := range g {
		role := media.Role(r).String()
		g[r] = media.Gains{Ear: float64(s.Gains[role+"_ear"]), Mouth: float64(s.Gains[role+"_mouth"])}
	}
	g[media.Ringer].Ear = float64(s.Gains["ringer"])
	return g
}

// mixerOf is what is done to the cards' own mixers. A sidetone that the phone mixes, or that is
// off, is not the card's as well.
func mixerOf(s config.Sound) audio.Mixer {
	m := audio.Mixer{Levels: true}
	switch {
	case s.KeepsMixer:
		return audio.Mixer{}
	case s.Sidetone.Card != 0:
		m.Side, m.DB = audio.SideAt, s.Sidetone.Card
	case s.Sidetone.Off || s.Sidetone.DB != 0:
		m.Side = audio.SideOff
	}
	return m
}

// cardsNow are this machine's cards.
func cardsNow() []cards.Card { return cards.List(os.DirFS("/")) }

// plug tells the engine where the cards are, now and each time that some come or go.
func (h *house) plug(ctx context.Context) error {
	if h.sound.Handset != "wav" {
		audio.Watch(ctx, "/dev", func() {
			h.engine.Do(media.Plug{Places: placesOf(h.sound, cardsNow(), audio.Known)})
		})
	}
	return nil
}

// missingCards are notes about cards that the settings name and that are not there now, or
// are there more than once.
func missingCards(c config.Config, all []cards.Card, known func(string) bool) (notes []config.Mistake) {
	names := roleNames(c.Sound)
	for r, name := range names {
		role := media.Role(r)
		if name == "" || name == "wav" && role == media.Handset || owner(role, names) != role {
			continue
		}
		key := "sound." + role.String()
		note := config.Mistake{File: c.File, Key: key, Line: c.Line(key), Col: 1}
		found, err := cards.Find(name, all)
		switch {
		case err == nil && found.More > 0:
			note.Words = fmt.Sprintf("%d cards are called %q; this one is used: %q", 1+found.More, name, cards.Name(found.Card, all))
		case errors.Is(err, cards.ErrNone) && !known(name):
			note.Words = fmt.Sprintf("no card called %q is plugged in now", name)
			if n := config.Near(name, cards.Names(all)); n != "" {
				note.Words += fmt.Sprintf("; did you mean %q?", n)
			}
		default:
			continue
		}
		notes = append(notes, note)
	}
	return notes
}

// sidetoneless is a note about a sidetone that is to be the card's, and that no mixer of the
// cards that are there has; look is audio.SetMixer.
func sidetoneless(c config.Config, places media.Places, look func(string, audio.Mixer) (audio.MixerFound, error)) []config.Mistake {
	if c.Sound.Sidetone.Card == 0 || c.Sound.KeepsMixer {
		return nil
	}
	p := places[media.Handset]
	if found, err := look(p.Card, audio.Mixer{}); p.Missing != "" || err != nil || found.Sidetone > 0 {
		return nil
	}
	const key = "sound.sidetone"
	return []config.Mistake{{File: c.File, Key: key, Line: c.Line(key), Col: 1, Words: fmt.Sprintf(
		`the handset's card has no sidetone of its own; "%gdB" has the phone mix it`, c.Sound.Sidetone.Card)}}
}

func listDevices(_ context.Context, s streams, args []string) error {
	if err := parse(flags(s, "devices", ""), args, 0); err != nil {
		return err
	}
	others, err := audio.Devices()
	if err != nil {
		return err
	}
	printDevices(s.out, cardsNow(), others)
	return nil
}

// printDevices lists the cards by name, then what else ALSA has, and what to write where.
func printDevices(w io.Writer, all []cards.Card, others []audio.Device) {
	other := ""
	for _, d := range others {
		if !d.Hardware {
			other += device(d.Name, d.Label, "", d.Play, d.Record)
		}
	}
	if len(all) == 0 && other == "" {
		fmt.Fprintln(w, "No sound card. The phone uses WAV files until there is one.")
		return
	}
	use := ""
	for _, c := range all {
		name := cards.Name(c, all)
		fmt.Fprint(w, device(name, c.Label, c.Port, c.Play, c.Record))
		if c.Play && c.Record && (use == "" || c.USB() && !strings.HasPrefix(use, "usb:")) {
			use = name
		}
	}
	fmt.Fprint(w, other)
	if use != "" {
		fmt.Fprintf(w, "\nIn offhook.toml under [sound], for example:\n  handset = %q\n", use)
	}
}

// device is a line of the list.
func device(name, label, port string, play, record bool) string {
	uses := "plays, records"
	switch {
	case !play && !record:
		uses = ""
	case !record:
		uses = "plays"
	case !play:
		uses = "records"
	}
	if port != "" {
		label += ", socket " + port
	}
	return strings.TrimRight(fmt.Sprintf("%-32s %-48s %s", name, label, uses), " ") + "\n"
}
