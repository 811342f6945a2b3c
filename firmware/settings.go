package main

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/offhook/offhook/firmware/config"
	"github.com/offhook/offhook/firmware/store"
	"github.com/offhook/offhook/media/audio"
	"github.com/offhook/offhook/ui"
)

func checkFile(_ context.Context, s streams, args []string) error {
	f := flags(s, "check", "FILE")
	if err := parse(f, args, 1); err != nil {
		return err
	}
	c, mistakes := config.Load(f.Arg(0), config.Options{})
	if len(mistakes) > 0 {
		config.Print(s.err, mistakes)
		fmt.Fprintf(s.err, "%s.\n", count(len(mistakes), "mistake"))
		return errSilent
	}
	config.Print(s.err, c.Warnings)
	all := cardsNow()
	config.Print(s.err, missingCards(c, all, audio.Known))
	config.Print(s.err, sidetoneless(c, placesOf(c.Sound, all, audio.Known), audio.SetMixer))
	fmt.Fprintf(s.out, "%s: no mistakes\n", f.Arg(0))
	return nil
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func printConfig(_ context.Context, s streams, args []string) error {
	f := flags(s, "config", "")
	file := f.String("config", defaultSettings(), "settings `file`")
	data := f.String("data", defaultData(), "`folder` of the phone's own data")
	if err := parse(f, args, 0); err != nil {
		return err
	}
	c, status := config.LoadOrLastGood(*file, *data, config.Options{Menu: menuSettings(*data)})
	if len(status.Mistakes) > 0 {
		config.Print(s.err, status.Mistakes)
		fmt.Fprintln(s.err, inUse(status))
	}
	c.PrintValues(s.out)
	return nil
}

// inUse says which settings run in place of a file with mistakes.
func inUse(st config.Status) string {
	n := count(len(st.Mistakes), "mistake")
	switch st.Use {
	case config.UseLastGood:
		return fmt.Sprintf("%s. The %s stay in use.", n, lastUsed(st))
	case config.UseBuiltIn:
		return n + ". The built-in settings are in use."
	}
	return n + "."
}

// lastUsed names the settings that run in place of the file's.
func lastUsed(st config.Status) string { return "settings of " + st.Since.Format("2 Jan 15:04") }

// problemOf is the first mistake, as the display shows it.
func problemOf(st config.Status) ui.ConfigProblem {
	if len(st.Mistakes) == 0 {
		return ui.ConfigProblem{}
	}
	m := st.Mistakes[0]
	return ui.ConfigProblem{
		File: filepath.Base(m.File), Line: m.Line, Words: m.Brief(),
		Total: len(st.Mistakes), Fatal: st.Use == config.UseBuiltIn,
	}
}

// menuSettings are the settings that the user changed on the phone whose data is in dir.
func menuSettings(dir string) (menu map[string]string) {
	_ = readStore(dir, func(st *store.Store) { menu = menuOf(st.Saved()) }) // where there is none, nothing was changed
	return menu
}
