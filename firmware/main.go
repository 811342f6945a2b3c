// Command offhook is a desk phone: with a board, a handset and a file of settings it is
// the whole phone; with the simulated board it is the same phone on a terminal. This
// package owns flags, subcommands, the wiring of the rooms and exit codes. It decides
// nothing about calls.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

// version is set by the build.
var version = "unversioned"

// A command is one subcommand.
type command struct {
	name, args, about string
	run               func(ctx context.Context, io streams, args []string) error
}

// streams are where a command reads and writes.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// commands in the order in which help lists them.
var commands []command

func init() {
	commands = []command{
		{"run", "", "be a phone", runPhone},
		{"check", "FILE", "test a settings file: every mistake, with line and column", checkFile},
		{"config", "", "print every setting and where it comes from", printConfig},
		{"devices", "", "list the sound cards by the names that [sound] takes", listDevices},
		{"learn", "", "find out how a board is wired: asks for each key and the hook switch", learnWiring},
		{"wiring", "", "draw which pin of the board goes where; -svg for a browser", drawWiring},
		{"panel", "", "work a running phone from this terminal", attachPanel},
		{"press", "KEYS", "press keys on a running phone: 6 0 0", pressKeys},
		{"hook", "off|on|flash", "lift, hang up or flash a running phone", moveHook},
		{"lcd", "", "print the display of a running phone", printLCD},
		{"wait", "REGEXP TIME", "wait until a running phone's display matches: 'ready' 5s", waitLCD},
		{"calls", "", "print the last calls, newest first, from the data folder (-h says which)", printCalls},
		{"text", "NUMBER WORDS", "send a text from a running phone, and say what became of it", sendText},
		{"reload", "", "have a running phone read its settings file, and say what came of it", reloadSettings},
		{"trace", "", "print a running phone's SIP messages as a ladder; -f follows", printTrace},
		{"doctor", "", "examine a phone layer by layer, from its pins to its calls, and name what fails", seeDoctor},
		{"report", "", "save what those need to know who are to help with a phone, its secrets left out", saveReport},
		{"exchange", "", "run the built-in exchange and its test extensions alone", runExchange},
		{"system", "", "set up the SD card's operating system from the settings", setUpSystem},
		{"keep-report", "", "write a report to the SD card's boot partition: the card's service", keepReport},
		{"update", "FILE|URL", "install new software on the SD card that this system runs from", installUpdate},
		{"updater", "", "look for new software, and install it: the SD card's service", runUpdater},
		{"version", "", "print the version", printVersion},
	}
}

// errUsage is a wrong command line; the words were already printed.
var errUsage = errors.New("usage")

// errSilent is a failure that has printed all there is to say.
var errSilent = errors.New("failed")

func main() {
	ends := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if len(os.Args) < 2 || os.Args[1] != "run" { // there it means new settings
		ends = append(ends, syscall.SIGHUP)
	}
	ctx, stop := signal.NotifyContext(context.Background(), ends...)
	code := dispatch(ctx, streams{os.Stdin, os.Stdout, os.Stderr}, os.Args[1:])
	stop()
	os.Exit(code)
}

// dispatch runs one command line and returns its exit code: 0 done, 1 failed, 2 not
// understood.
func dispatch(ctx context.Context, s streams, args []string) int {
	if len(args) == 0 || args[0] == "help" || args[0] == "-h" || args[0] == "--help" {
		usage(s.out)
		return 0
	}
	for _, c := range commands {
		if c.name != args[0] {
			continue
		}
		err := c.run(ctx, s, args[1:])
		switch {
		case err == nil || errors.Is(err, flag.ErrHelp):
			return 0
		case errors.Is(err, errUsage):
			return 2
		case !errors.Is(err, errSilent):
			fmt.Fprintf(s.err, "offhook: %v\n", err)
		}
		return 1
	}
	fmt.Fprintf(s.err, "offhook: no command %q; offhook help lists them\n", args[0])
	return 2
}

func usage(w io.Writer) {
	fmt.Fprintf(w, "offhook %s: a desk phone\n\n", version)
	for _, c := range commands {
		fmt.Fprintf(w, "  %-26s %s\n", strings.TrimRight(c.name+" "+c.args, " "), c.about)
	}
	fmt.Fprintf(w, "\nEach takes -h. A running phone is found by its panel socket: -socket PATH, or $OFFHOOK_SOCKET.\n")
}

// aboutOf is what a command does, in the words of help; "": there is none of that name.
func aboutOf(name string) string {
	for _, c := range commands {
		if c.name == name {
			return c.about
		}
	}
	return ""
}

// flags makes the flag set of one command; its usage names the command.
func flags(s streams, name, args string) *flag.FlagSet {
	f := flag.NewFlagSet(name, flag.ContinueOnError)
	f.SetOutput(s.err)
	f.Usage = func() {
		fmt.Fprintln(s.err, strings.TrimRight("usage: offhook "+name+" [flags] "+args, " "))
		if about := aboutOf(name); about != "" {
			fmt.Fprintf(s.err, "%s%s.\n", strings.ToUpper(about[:1]), about[1:])
		}
		f.PrintDefaults()
	}
	return f
}

// parse reads the flags and wants count arguments; -1: any number.
func parse(f *flag.FlagSet, args []string, count int) error {
	if err := f.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return err
		}
		return errUsage
	}
	if count >= 0 && f.NArg() != count {
		f.Usage()
		return errUsage
	}
	return nil
}

func printVersion(_ context.Context, s streams, args []string) error {
	if err := parse(flags(s, "version", ""), args, 0); err != nil {
		return err
	}
	_, err := fmt.Fprintln(s.out, version)
	return err
}
