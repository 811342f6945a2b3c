package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/offhook/offhook/board/panel"
	"github.com/offhook/offhook/firmware/config"
	"github.com/offhook/offhook/firmware/doctor"
	"github.com/offhook/offhook/firmware/updater"
	"github.com/offhook/offhook/sip/trace"
)

// reportName is the report's file, in the phone's data folder.
const reportName = "report.txt"

// A report is what those need to know who are to help with a phone.
type report struct {
	at       time.Time
	findings doctor.Findings
	settings config.Config
	mistakes []config.Mistake
	kernel   string
	messages string // of SIP, as a ladder
	log      string // its last lines
}

// String is the report as a file, every secret of the settings taken out of all of it.
func (r report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Report of a phone, %s\n\n", r.at.Format("2 Jan 2006 15:04:05 MST"))
	b.WriteString("Passwords, keys and tokens are left out. Names, numbers and addresses are not:\nread it before you give it away.\n")
	section := func(title, text string) {
		if text = strings.TrimRight(text, "\n"); text == "" {
			text = "nothing"
		}
		fmt.Fprintf(&b, "\n== %s\n\n%s\n", title, text)
	}
	section("Version", "Offhook "+version+"\n"+r.kernel)
	section("Examination", r.findings.String())
	var settings bytes.Buffer
	config.Print(&settings, r.mistakes)
	r.settings.PrintValues(&settings)
	section("Settings", settings.String())
	section("SIP messages", r.messages)
	section("Log", r.log)
	return hidden(b.String(), secretsOf(r.settings))
}

// secretsOf are the secrets of the settings. None of them stands in what a report is made of;
// this is the lock behind that door.
func secretsOf(c config.Config) []string {
	all := []string{c.Admin.PanelToken, c.System.WiFiPassword}
	for _, a := range c.Accounts {
		all = append(all, a.Password, a.TURNPassword, a.Key)
	}
	for _, u := range c.Exchange.Users {
		all = append(all, u.Password)
	}
	return all
}

// shortSecret is up to where a secret is also something else, like the number 201.
const shortSecret = 6

// What may hold a secret though no setting says so: an address with a password in it, and what an
// address of the web asks for.
var (
	withPassword = regexp.MustCompile(`(?i)\b((?:sips?:|turns?:|https?://)[^\s:@/<>"]*):[^\s@/<>"]*@`)
	withQuery    = regexp.MustCompile(`(?i)\b(https?://[^\s?<>"]*)\?[^\s<>"]*`)
)

// hidden is a text without secrets, as they stand or as Go quotes them.
func hidden(text string, secrets []string) string {
	for _, s := range secrets {
		if s = strings.TrimSpace(s); len(s) < shortSecret {
			continue
		}
		quoted := strconv.Quote(s)
		text = strings.ReplaceAll(text, quoted[1:len(quoted)-1], "***")
		text = strings.ReplaceAll(text, s, "***")
	}
	text = withPassword.ReplaceAllString(text, "$1:***@")
	return withQuery.ReplaceAllString(text, "$1?***")
}

// report examines the phone and saves a report of it. The words say where.
func (c *clinic) report(ctx context.Context) (string, error) {
	found, err := c.examine(ctx)
	if err != nil {
		return "", err
	}
	settings, _ := c.here.Load().now()
	_, mistakes := c.desk.mistakesNow()
	c.desk.trace.log.Debug("a report is written")
	return saved(ctx, c.desk.data, report{
		at: time.Now(), findings: found, settings: settings, mistakes: mistakes, kernel: kernelOf("/proc/version"),
		messages: trace.Ladder(c.desk.trace.ring.Messages()) + c.desk.trace.turnedAway(), log: c.desk.tail.String(),
	})
}

// leftOut stands for older messages than there is room for.
const leftOut = "(there were more, before these)\n"

// within is the report in so many octets: what is too much is left out of the oldest messages.
func (r report) within(room int) string {
	text := r.String()
	if over := len(text) - room; over > 0 {
		r.messages = leftOut + lastLines(r.messages, len(r.messages)-over-len(leftOut))
		text = r.String()
	}
	return text[:min(len(text), room)]
}

// lastLines are the last whole lines of a text, in up to so many octets.
func lastLines(text string, room int) string {
	switch {
	case room <= 0:
		return ""
	case len(text) <= room:
		return text
	}
	_, rest, _ := strings.Cut(text[len(text)-room-1:], "\n")
	return rest
}

// saved writes a report in one piece, on the card's boot partition too where this system runs
// from such a card.
func saved(ctx context.Context, data string, r report) (string, error) {
	path, text := filepath.Join(data, reportName), r.within(updater.ReportRoom)
	err := os.WriteFile(path+".new", []byte(text), 0o644)
	if err == nil {
		err = os.Rename(path+".new", path)
	}
	if err != nil {
		var in *os.PathError
		if errors.As(err, &in) {
			err = in.Err
		}
		err = fmt.Errorf("report not saved: %w", err)
	}
	switch on := toCard(ctx, text); {
	case on == nil: // a data partition that is full does not matter then
		return "Report saved on the card: report.txt", nil
	case err != nil:
		return "", err
	case errors.Is(on, errNoCard):
		return "Report saved as " + path, nil
	default:
		return "Report saved as " + path + ", but not on the card: " + on.Error(), nil
	}
}

// kernelOf is the kernel's own line about itself.
func kernelOf(path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return "another kernel than Linux"
	}
	return strings.TrimSpace(string(text))
}

// saveReport has a running phone save a report, or saves one of this machine where none runs.
func saveReport(ctx context.Context, s streams, args []string) error {
	f := flags(s, "report", "")
	file := f.String("config", defaultSettings(), "settings `file`, where no phone runs")
	data := f.String("data", defaultData(), "`folder` of the phone's own data, where no phone runs")
	addr := f.String("socket", defaultSocket(), "the phone's panel: a socket path, or host:port")
	token := f.String("token", os.Getenv("OFFHOOK_TOKEN"), "panel token, for host:port")
	if err := parse(f, args, 0); err != nil {
		return err
	}
	c, err := panel.Dial(ctx, *addr, *token)
	if err != nil {
		if remote(*addr) {
			return fmt.Errorf("no phone answers at %s", *addr)
		}
		settings, status := config.LoadOrLastGood(*file, *data, config.Options{Menu: menuSettings(*data)})
		found := examine(ctx, subject{config: settings, settings: fileSeen(*file, status), noPhone: true, faults: tryBoard(ctx, settings), system: os.DirFS("/")})
		words, err := saved(ctx, *data, report{at: time.Now(), findings: found, settings: settings, mistakes: status.Mistakes, kernel: kernelOf("/proc/version")})
		if err == nil {
			fmt.Fprintln(s.out, words)
		}
		return err
	}
	defer c.Close()
	defer context.AfterFunc(ctx, func() { c.Close() })()
	words, err := c.Report()
	switch {
	case ctx.Err() != nil:
		return errors.New("stopped waiting; the report may still be saved")
	case err != nil:
		return errors.New(strings.TrimPrefix(err.Error(), "panel: "))
	}
	fmt.Fprintln(s.out, words)
	return nil
}

// remote says that a panel's address is not a socket of this machine.
func remote(addr string) bool {
	return !strings.HasPrefix(addr, string(filepath.Separator)) && strings.Contains(addr, ":")
}
