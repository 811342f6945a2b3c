package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/offhook/offhook/firmware/updater"
)

// The phone may not write to the card's boot partition, where a person finds a report with any
// computer. systemd listens for it at a socket, and starts "offhook keep-report" for each report,
// as root.
const (
	reportVariable = "OFFHOOK_REPORT" // names another socket
	reportSocket   = "/run/offhook-report.socket"
)

// Bounds of the conversation: the report, then one line.
const (
	keepTime  = 30 * time.Second
	maxAnswer = 512
)

// keptReport is the answer to a report that is on the card.
const keptReport = "kept"

// errNoCard says that this system runs from no card of ours.
var errNoCard = errors.New("no card")

// toCard has a report kept on the card.
func toCard(ctx context.Context, text string) error {
	ctx, done := context.WithTimeout(ctx, keepTime)
	defer done()
	var d net.Dialer
	c, err := d.DialContext(ctx, "unix", cmp.Or(os.Getenv(reportVariable), reportSocket))
	if errors.Is(err, syscall.ENOENT) {
		return errNoCard
	}
	if err != nil {
		return fmt.Errorf("its service does not answer: %w", err)
	}
	defer c.Close()
	defer context.AfterFunc(ctx, func() { c.Close() })()
	_, err = io.WriteString(c, text)
	if err == nil {
		err = c.(*net.UnixConn).CloseWrite()
	}
	answer, end := io.ReadAll(io.LimitReader(c, maxAnswer))
	switch said := strings.TrimSpace(string(answer)); {
	case said == keptReport:
		return nil
	case said != "": // it may refuse before it has read all
		return errors.New(said)
	}
	return fmt.Errorf("its service has failed: %w", cmp.Or(err, end, io.ErrUnexpectedEOF))
}

// keepReport is the card's service at that socket, which is its standard input and output.
func keepReport(_ context.Context, s streams, args []string) error {
	f := flags(s, "keep-report", "")
	if err := parse(f, args, 0); err != nil {
		return err
	}
	card, err := updater.FindCard("/")
	if err == nil {
		err = card.KeepReport(s.in)
	}
	if err != nil {
		fmt.Fprintln(s.out, err)
		return err
	}
	fmt.Fprintln(s.out, keptReport)
	return nil
}
