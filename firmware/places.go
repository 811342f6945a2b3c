package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/offhook/offhook/board/panel"
)

// defaultSettings is the settings file of a phone that was given none: offhook.toml here,
// if there is one, else that of the SD card's boot partition; "": built-in settings.
func defaultSettings() string {
	for _, path := range []string{"offhook.toml", "/boot/firmware/offhook.toml"} {
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	return ""
}

// defaultData is the folder for what outlives a power cut.
func defaultData() string {
	if dir := os.Getenv("STATE_DIRECTORY"); dir != "" { // set by systemd
		return dir
	}
	if dir := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "offhook")
	}
	if home, err := os.UserHomeDir(); err == nil {
		return filepath.Join(home, ".local", "state", "offhook")
	}
	return "offhook-data"
}

// keepsIn says to a person in which folder a phone keeps what outlives a power cut, and, where
// there is room on the line, how to begin without it: an older phone's may still be there.
func keepsIn(data string) string {
	if home, err := os.UserHomeDir(); err == nil && home != "/" {
		if rest, under := strings.CutPrefix(data, home+string(filepath.Separator)); under {
			data = filepath.Join("~", rest)
		}
	}
	if data == os.Getenv("STATE_DIRECTORY") { // a service, whose flags nobody types
		return data
	}
	if fresh := data + "; -data DIR starts fresh"; len([]rune(fresh)) <= panel.LineWidth {
		return fresh
	}
	return data
}

// defaultSocket is the panel of the phone that runs here.
func defaultSocket() string {
	if path := os.Getenv("OFFHOOK_SOCKET"); path != "" {
		return path
	}
	if dir := os.Getenv("RUNTIME_DIRECTORY"); dir != "" { // set by systemd
		return filepath.Join(dir, "panel.sock")
	}
	if dir := os.Getenv("XDG_RUNTIME_DIR"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "offhook", "panel.sock")
	}
	return filepath.Join(os.TempDir(), fmt.Sprintf("offhook-%d", os.Getuid()), "panel.sock")
}

// traceSocket stands beside the panel's.
func traceSocket(panel string) string { return filepath.Join(filepath.Dir(panel), "trace.sock") }
