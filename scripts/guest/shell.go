package guest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"time"
)

// What Settings has for the tests.
const (
	panelPort  = "5080"
	panelToken = "the token of the tests"
)

// Settings are a phone's offhook.toml: its end of the cable, the panel and a shell for the
// tests, and more, which begins with whole keys ("sound.handset = ...") where it is of the
// tables network and admin.
func Settings(more string) string {
	return fmt.Sprintf(`network.address = "%s/24"
network.gateway = "%s"
admin.panel_tcp = "0.0.0.0:%s"
admin.panel_token = "%s"
admin.ssh_keys = ["%s"]
%s`, GuestAddr, HostAddr, panelPort, panelToken, strings.TrimSpace(read(keyFile()+".pub")), more)
}

// shellTime is how long the guest's shell may take for one command.
const shellTime = 2 * time.Minute

// Shell has the guest's root run a command, and returns what it prints. The first one waits
// until the guest can.
func (g *Guest) Shell(command string) (string, error) { return g.ShellWith(nil, command) }

// ShellWith is Shell for a command that reads.
func (g *Guest) ShellWith(in io.Reader, command string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), shellTime)
	defer cancel()
	for {
		var out, words bytes.Buffer
		c := exec.CommandContext(ctx, "ssh", "-F", "none", "-i", keyFile(), "-o", "BatchMode=yes", "-o", "ConnectTimeout=5", "-o", "LogLevel=ERROR",
			"-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "root@"+GuestAddr, command)
		c.Stdin, c.Stdout, c.Stderr = in, &out, &words
		err := c.Run()
		var exit *exec.ExitError
		if errors.As(err, &exit) && exit.ExitCode() == 255 && in == nil && ctx.Err() == nil && g.on() { // ssh's own: nobody answers yet
			time.Sleep(200 * time.Millisecond)
			continue
		}
		if err != nil {
			err = fmt.Errorf("guest: %s: %w\n%s%s", command, err, tail(words.String()), tail(out.String()))
		}
		return out.String(), err
	}
}

// Logs are what the phone has written since the start, for a test that failed.
func (g *Guest) Logs() string {
	out, err := g.Shell("journalctl -b --no-pager -o short-monotonic -n 150")
	if err != nil {
		return err.Error()
	}
	return out
}
