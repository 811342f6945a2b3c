package main

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/offhook/offhook/firmware/config"
	"github.com/offhook/offhook/firmware/doctor"
)

// fileSeen is a settings file as the doctor takes it, with how it was read.
func fileSeen(file string, st config.Status) doctor.File {
	f := doctor.File{}
	if file != "" {
		f.Name = filepath.Base(file)
	}
	if len(st.Mistakes) == 0 {
		return f
	}
	m := st.Mistakes[0]
	f.Name, f.Mistake, f.More = m.File, mistakeWords(m), len(st.Mistakes)-1
	switch {
	case st.Use == config.UseBuiltIn:
		f.Instead = "what is built in"
	case !st.Since.IsZero():
		f.Instead = "what stood in it on " + st.Since.Format("2 Jan 15:04")
	}
	return f
}

// mistakeWords are a mistake without its file: "line 16: account.user: put it in quotes".
func mistakeWords(m config.Mistake) string {
	words := strings.TrimSuffix(m.Words, ".")
	if m.Key != "" {
		words = m.Key + ": " + words
	}
	if m.Line > 0 {
		return fmt.Sprintf("line %d: %s", m.Line, words)
	}
	return words
}

// mistakesNow reads the settings file as it is now, and changes nothing.
func (d *desk) mistakesNow() (config.Config, []config.Mistake) {
	file := d.file
	if file == "" {
		file = defaultSettings()
	}
	if file == "" {
		return config.Default(config.Options{}), nil
	}
	return config.Load(file, config.Options{})
}

// fileNow is the settings file as it is now, beside what the phone runs with.
func (d *desk) fileNow(runs config.Config) doctor.File {
	c, mistakes := d.mistakesNow()
	if no := d.turnedDown.Load(); no != nil && len(mistakes) == 0 && c.SameFile(no.config) && !c.SameFile(runs) {
		return fileSeen(c.File, no.status)
	}
	use := config.UseLastGood
	if runs.File == "" {
		use = config.UseBuiltIn
	}
	f := fileSeen(c.File, config.Status{Use: use, Mistakes: mistakes})
	f.Unread = f.Mistake == "" && !c.SameFile(runs)
	return f
}

// turnedDown are settings without a mistake of which no phone could be made.
type turnedDown struct {
	config config.Config
	status config.Status
}
