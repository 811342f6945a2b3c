package main

import (
	"path/filepath"

	"github.com/offhook/offhook/firmware/config"
	"github.com/offhook/offhook/media/recording"
)

// openShelf is where recordings go: nothing is written before a call is recorded.
func (d *desk) openShelf(c config.Config, rate int, l logs) *recording.Shelf {
	r := c.Recording
	return recording.New(recording.Config{
		Directory: d.recordings(r), MostBytes: r.MostBytes, MostAge: r.MostAge, Longest: r.Longest,
		Rate: rate, Log: l.room("media"),
	})
}

// recordings is the folder of recordings, in the data folder unless it is a path of its own.
func (d *desk) recordings(r config.Recording) string {
	if filepath.IsAbs(r.Directory) {
		return r.Directory
	}
	return filepath.Join(d.data, r.Directory)
}
