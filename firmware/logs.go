package main

import (
	"io"
	"log/slog"

	"github.com/offhook/offhook/firmware/config"
)

// logs makes one logger per room, each with its level from [log].
type logs struct {
	out    io.Writer
	levels config.Log
}

// room is the logger of one room: "sip", "media".
func (l logs) room(name string) *slog.Logger {
	level := l.levels.Level
	if own, ok := l.levels.Rooms[name]; ok {
		level = own
	}
	h := slog.NewTextHandler(l.out, &slog.HandlerOptions{Level: level})
	return slog.New(h).With("room", name)
}
