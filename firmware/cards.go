package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/offhook/offhook/firmware/config"
	"github.com/offhook/offhook/media"
	"github.com/offhook/offhook/media/audio"
)

// cardNamed opens the card whose name or label has part in it; "": the default card.
// It asks for the list anew each time: cards come and go.
func cardNamed(s audio.Spec) (audio.Card, error) {
	if s.Device != "" {
		name, err := cardName(s.Device)
		if err != nil {
			return nil, err
		}
		s.Device = name
	}
	return audio.Open(s)
}

// cardName is the stable name of the card that part means.
func cardName(part string) (string, error) {
	all, err := audio.Devices()
	if err != nil {
		return "", err
	}
	for _, d := range all {
		if d.Name == part {
			return d.Name, nil
		}
	}
	for _, d := range all {
		if strings.Contains(strings.ToLower(d.Label+" "+d.Name), strings.ToLower(part)) {
			return d.Name, nil
		}
	}
	return "", fmt.Errorf("no sound card has %q in its name", part)
}

// placesOf are the cards of the roles.
func placesOf(s config.Sound) media.Places {
	var p media.Places
	for r := range p {
		p[r].Card = s.Handset
	}
	if s.Ringer != "handset" {
		p[media.Ringer].Card = s.Ringer
	}
	return p
}

func listDevices(_ context.Context, s streams, args []string) error {
	if err := parse(flags(s, "devices", ""), args, 0); err != nil {
		return err
	}
	all, err := audio.Devices()
	if err != nil {
		return err
	}
	if len(all) == 0 {
		fmt.Fprintln(s.out, "No sound card. The phone uses WAV files until there is one.")
		return nil
	}
	for _, d := range all {
		uses := ""
		switch {
		case d.Play && d.Record:
			uses = "plays, records"
		case d.Play:
			uses = "plays"
		case d.Record:
			uses = "records"
		}
		if d.Default {
			uses += ", default"
		}
		fmt.Fprintf(s.out, "%-32s %-40s %s\n", d.Name, d.Label, uses)
	}
	return nil
}
