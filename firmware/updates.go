package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"github.com/offhook/offhook/firmware/bundle"
	"github.com/offhook/offhook/firmware/config"
	"github.com/offhook/offhook/firmware/update"
	"github.com/offhook/offhook/firmware/updater"
)

// Where the card's image has what the updater needs; scripts/image.sh puts it there.
const (
	updateKeys = "/usr/share/offhook/update.pub" // whom updates are taken from
	buildTime  = "/usr/lib/clock-epoch"          // its time is the time of the last change
	clockSet   = "/run/systemd/timesync/synchronized"
	keptMark   = "/run/offhook-kept" // tells offhook-trial.service that the trial is over
)

// runUpdater is the updater of an SD card, as root beside the phone.
func runUpdater(ctx context.Context, s streams, args []string) error {
	f := flags(s, "updater", "")
	file := f.String("config", defaultSettings(), "settings `file`")
	data := f.String("data", defaultData(), "`folder` with the last good settings")
	socket := f.String("socket", updater.Socket, "`path` of the socket")
	if err := parse(f, args, 0); err != nil {
		return err
	}
	card, err := updater.FindCard("/")
	if err != nil {
		return err
	}
	text, err := os.ReadFile(updateKeys)
	if err != nil {
		return err
	}
	keys, err := bundle.PublicKeys(text)
	if err != nil {
		return err
	}
	environ, err := os.ReadFile("/proc/1/environ")
	if err != nil {
		return err
	}
	release := update.Release{Version: version}
	if i, err := os.Stat(buildTime); err == nil {
		release.Built = i.ModTime().Unix()
	}
	group := -1
	if g, err := user.LookupGroup("offhook"); err == nil {
		group, _ = strconv.Atoi(g.Gid)
	}
	return updater.Run(ctx, updater.Config{
		Release: release, Board: runtime.GOARCH, Running: updater.Running(environ),
		Card: card, Writable: card.Writable, Keys: keys, Boot: card.Boot, Socket: *socket, Group: group,
		Settings: func() updater.Settings {
			c, _ := config.LoadOrLastGood(*file, *data, config.Options{})
			return updater.Settings{URL: c.Update.URL, Every: c.Update.Every, Ask: c.Update.Ask}
		},
		ClockSet: func() bool { _, err := os.Stat(clockSet); return err == nil },
		Sticks: func(ctx context.Context, came, gone func(string)) error {
			return updater.Sticks(ctx, filepath.Join(filepath.Dir(*socket), "sticks"), came, gone)
		},
		Kept:    func() error { return os.WriteFile(keptMark, nil, 0o644) },
		Restart: restartBoard, Log: slog.New(slog.NewTextHandler(s.err, nil)),
	})
}

// restartBoard restarts in order; tryboot: the board's firmware is asked for tryboot.txt, once.
func restartBoard(tryboot bool) error {
	args := []string{"reboot"}
	if tryboot {
		args = append(args, "--reboot-argument=0 tryboot")
	}
	if out, err := exec.Command("/usr/bin/systemctl", args...).CombinedOutput(); err != nil {
		return fmt.Errorf("restarting: %w: %s", err, out)
	}
	return nil
}

// reasonOf is an error of the file system without the call and the path, which it names.
func reasonOf(err error) error {
	var in *os.PathError
	switch {
	case errors.Is(err, os.ErrNotExist):
		return errors.New("no such file")
	case errors.As(err, &in):
		return in.Err
	}
	return err
}

// installUpdate has the updater that runs here install a bundle, and says how far it is.
func installUpdate(ctx context.Context, s streams, args []string) error {
	f := flags(s, "update", "FILE|URL")
	socket := f.String("socket", updater.Socket, "`path` of the updater's socket")
	if err := parse(f, args, 1); err != nil {
		return err
	}
	where := f.Arg(0)
	if !strings.Contains(where, "://") {
		path, err := filepath.Abs(where)
		if err != nil {
			return err
		}
		if _, err := os.Stat(path); err != nil {
			return fmt.Errorf("%s: %w", where, reasonOf(err))
		}
		where = path
	}
	c, err := updater.Dial(*socket)
	if errors.Is(err, os.ErrPermission) {
		return errors.New("only root may update")
	}
	if err != nil {
		return updater.ErrNoCard
	}
	defer c.Close()
	defer context.AfterFunc(ctx, func() { c.Close() })()
	first, _, err := c.Next()
	if err != nil {
		return err
	}
	if first.Stage > update.Offered {
		return fmt.Errorf("another update is on: %v", first.Stage)
	}
	if err := c.Install(where); err != nil {
		return err
	}
	for last := first; ; {
		now, measure, err := c.Next()
		switch {
		case ctx.Err() != nil:
			return errors.New("stopped waiting; the update goes on")
		case err != nil && last.Stage == update.Restarting:
			return nil
		case err != nil:
			return err
		case measure:
			continue
		case now.Stage <= update.Offered && now.Note != "":
			return errors.New(now.Note)
		case now == last:
			continue
		case now.Stage == update.Installing:
			fmt.Fprintf(s.out, "%s: %d %%\n", now.Version, now.Percent)
		case now.Stage == update.Waiting:
			fmt.Fprintln(s.out, "written; it restarts as soon as no call is up")
		case now.Stage == update.Restarting:
			fmt.Fprintln(s.out, "written, read back; it restarts and tries", now.Version)
			return nil
		}
		last = now
	}
}
