package peers

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

//go:embed sipp
var scenarios embed.FS

// A Scenario is one call that sipp makes or takes, by a file of the folder sipp that
// says at its top what it proves.
type Scenario struct {
	Name   string // of the file, without ".xml"
	Target string // host:port that sipp calls; "": it waits for the call
	User   string // who is called; "": "phone"
	Port   int    // of sipp itself; 0: a free one
	// Timeout is how long the whole scenario may take; zero: 20 s.
	Timeout time.Duration
}

// Scenarios are the names of all that there are.
func Scenarios() (names []string) {
	files, err := fs.Glob(scenarios, "sipp/*.xml")
	if err != nil {
		panic(err) // the pattern is constant
	}
	for _, f := range files {
		names = append(names, strings.TrimSuffix(filepath.Base(f), ".xml"))
	}
	return names
}

// Proves is what the scenario is for: the first sentence of its file's comment.
func (s Scenario) Proves() string {
	text, err := scenarios.ReadFile("sipp/" + s.Name + ".xml")
	if err != nil {
		return ""
	}
	_, after, _ := strings.Cut(string(text), "<!--")
	comment, _, _ := strings.Cut(after, "-->")
	words := strings.Join(strings.Fields(comment), " ")
	for i := range words {
		if words[i] == '.' && (i+1 == len(words) || words[i+1] == ' ') {
			return words[:i]
		}
	}
	return words
}

// Sipp is one that runs.
type Sipp struct {
	*process
	Port int
	dir  string
	end  time.Time
}

// StartSipp starts a scenario with its files in dir. Those that wait for a call do so
// when it returns.
func StartSipp(dir string, s Scenario) (*Sipp, error) {
	text, err := scenarios.ReadFile("sipp/" + s.Name + ".xml")
	if err != nil {
		return nil, fmt.Errorf("peers: no scenario %q; there are %v", s.Name, Scenarios())
	}
	file := filepath.Join(dir, s.Name+".xml")
	if err := os.WriteFile(file, text, 0o644); err != nil {
		return nil, fmt.Errorf("peers: %w", err)
	}
	if s.Port == 0 {
		if s.Port, err = FreePort(); err != nil {
			return nil, err
		}
	}
	media, err := FreePort()
	if err != nil {
		return nil, err
	}
	if s.Timeout == 0 {
		s.Timeout = 20 * time.Second
	}
	if s.User == "" {
		s.User = "phone"
	}
	args := []string{"-sf", file, "-i", "127.0.0.1", "-p", fmt.Sprint(s.Port), "-mi", "127.0.0.1", "-mp", fmt.Sprint(media),
		"-m", "1", "-l", "1", "-s", s.User, "-nostdin", "-timeout", fmt.Sprint(int(s.Timeout.Seconds()) + 1), "-timeout_error",
		// Each message is one of the scenario, also what looks like a retransmission.
		"-nr", "-trace_msg", "-message_file", filepath.Join(dir, "messages"), "-trace_err", "-error_file", filepath.Join(dir, "errors")}
	if s.Target != "" {
		args = append(args, s.Target)
	}
	p, err := start(dir, "sipp", []string{"TERM=dumb"}, args...)
	if err != nil {
		return nil, err
	}
	sipp := &Sipp{process: p, Port: s.Port, dir: dir, end: time.Now().Add(s.Timeout + 2*time.Second)}
	if s.Target == "" {
		if err := sipp.await(5*time.Second, "not listening", func() bool { return listens(s.Port) }); err != nil {
			sipp.Stop()
			return nil, err
		}
	}
	return sipp, nil
}

// Wait returns when the call is over: nil when it went exactly as the scenario has it,
// else what sipp found wrong and the messages that were exchanged.
func (s *Sipp) Wait() error {
	select {
	case <-s.done:
	case <-time.After(time.Until(s.end)):
		s.Stop()
		return fmt.Errorf("peers: sipp did not end in time%s", s.story())
	}
	if s.err != nil {
		return fmt.Errorf("peers: sipp: %w%s", s.err, s.story())
	}
	return nil
}

func (s *Sipp) story() string {
	var b strings.Builder
	for _, name := range []string{"errors", "messages"} {
		text, err := os.ReadFile(filepath.Join(s.dir, name))
		if err == nil {
			fmt.Fprintf(&b, "\n--- %s\n%s", name, text)
		} else if !errors.Is(err, os.ErrNotExist) {
			fmt.Fprintf(&b, "\n--- %s: %v", name, err)
		}
	}
	return b.String()
}

// Messages is all that sipp sent and received.
func (s *Sipp) Messages() string {
	b, _ := os.ReadFile(filepath.Join(s.dir, "messages"))
	return string(b)
}
