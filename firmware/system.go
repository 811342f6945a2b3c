package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/offhook/offhook/firmware/appliance"
	"github.com/offhook/offhook/firmware/config"
)

// setUpSystem writes what the SD card's operating system reads at its start, from the same
// file that the phone reads; where that file is bad, from the last good one.
func setUpSystem(_ context.Context, s streams, args []string) error {
	f := flags(s, "system", "")
	file := f.String("config", defaultSettings(), "settings `file`")
	data := f.String("data", defaultData(), "`folder` with the last good settings")
	root := f.String("root", "", "`folder` that stands for / ; nothing outside of it is changed")
	if err := parse(f, args, 0); err != nil {
		return err
	}
	if *root == "" {
		f.Usage()
		fmt.Fprintln(s.err, "offhook: system replaces the computer's own settings: only an SD card's, with -root /")
		return errUsage
	}
	c, status := config.LoadOrLastGood(*file, *data, config.Options{})
	for _, m := range status.Mistakes {
		fmt.Fprintln(s.err, m)
	}
	for _, file := range appliance.Files(systemOf(c.System)) {
		path := filepath.Join(*root, file.Path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(file.Text), file.Mode); err != nil {
			return err
		}
	}
	if *root != "/" {
		return nil
	}
	return unix.Sethostname([]byte(c.System.Hostname))
}

func systemOf(s config.System) appliance.System {
	return appliance.System{
		Hostname: s.Hostname, Country: s.Country,
		Address: s.Address, Gateway: s.Gateway, DNS: s.DNS, NTP: s.NTP, VLAN: s.VLAN,
		WiFi: s.WiFi, WiFiPassword: s.WiFiPassword, SSHKeys: s.SSHKeys,
	}
}
