package main

import (
	"context"
	_ "embed"
	"encoding/csv"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/offhook/offhook/scripts/peers"
)

//go:embed uac.xml
var uac string

//go:embed uas.xml
var uas string

// callRun is one rate of calls, held for a while.
type callRun struct {
	rate, calls            int
	done, failed, repeated int // as sipp counts: messages that were sent again, at both ends
	lasted, cpu            time.Duration
}

func (c callRun) clean() bool { return c.done == c.calls && c.failed == 0 && c.repeated == 0 }

// runCalls has one sipp call another through the server.
func runCalls(ctx context.Context, s *server, dir string, rate, seconds int) (c callRun, err error) {
	c.rate, c.calls = rate, rate*seconds
	dir = filepath.Join(dir, fmt.Sprint("calls", rate))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return c, err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Duration(seconds)*time.Second+45*time.Second)
	defer cancel()
	names := [2]string{userName(0), userName(1)}
	fill := strings.NewReplacer("DOMAIN", s.domain, "CALLER", names[0], "SECRET", password(names[0]))
	var ports [2]int
	for i, scenario := range []string{uac, uas} {
		if ports[i], err = peers.FreePort(); err != nil {
			return c, err
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprint(i, ".xml")), []byte(fill.Replace(scenario)), 0o644); err != nil {
			return c, err
		}
		at := netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), uint16(ports[i]))
		if err := registerAt(s, names[i], at); err != nil {
			return c, err
		}
	}
	sipp := func(i int, more ...string) *exec.Cmd {
		args := []string{"-sf", filepath.Join(dir, fmt.Sprint(i, ".xml")), "-i", "127.0.0.1", "-p", fmt.Sprint(ports[i]), "-s", names[1],
			"-nostdin", "-trace_stat", "-stf", filepath.Join(dir, fmt.Sprint(i, ".csv")), "-fd", "1", "-nd", "-mp", fmt.Sprint(20000 + 10*i)}
		cmd := exec.CommandContext(ctx, "sipp", append(args, more...)...)
		cmd.Env = append(os.Environ(), "TERM=dumb")
		cmd.Dir = dir
		return cmd
	}
	callee := sipp(1)
	if err := callee.Start(); err != nil {
		return c, err
	}
	stopped := false
	defer func() {
		if !stopped {
			callee.Process.Kill()
			callee.Wait()
		}
	}()
	if err := rest(ctx, 500*time.Millisecond); err != nil {
		return c, err
	}
	begun, used := time.Now(), s.cpu()
	caller := sipp(0, "-auth_uri", names[1]+"@"+s.domain, "-r", fmt.Sprint(rate), "-m", fmt.Sprint(c.calls), "-l", fmt.Sprint(10*rate), "-timeout", fmt.Sprint(seconds+40), s.addr.String())
	out, err := caller.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return c, err
	}
	c.lasted, c.cpu = time.Since(begun), s.cpu()-used
	if err := rest(ctx, 2*time.Second); err != nil { // the callee writes its numbers each second
		return c, err
	}
	stopped = true
	callee.Process.Kill()
	callee.Wait()
	if ctx.Err() != nil {
		return c, ctx.Err()
	}
	first, err := readStat(filepath.Join(dir, "0.csv"))
	if err != nil {
		return c, fmt.Errorf("%w: sipp: %.500s", err, out)
	}
	second, err := readStat(filepath.Join(dir, "1.csv"))
	if err != nil {
		return c, err
	}
	c.done, c.failed = first["SuccessfulCall(C)"], first["FailedCall(C)"]
	c.repeated = first["Retransmissions(C)"] + second["Retransmissions(C)"]
	return c, nil
}

// readStat is the last line of a statistics file of sipp, by column.
func readStat(file string) (map[string]int, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return parseStat(string(b))
}

func parseStat(text string) (map[string]int, error) {
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.FieldsPerRecord, r.LazyQuotes = ';', -1, true
	rows, err := r.ReadAll()
	if err != nil || len(rows) < 2 {
		return nil, fmt.Errorf("no statistics: %w", errors.Join(err, errors.ErrUnsupported))
	}
	out := map[string]int{}
	last := rows[len(rows)-1]
	for i, name := range rows[0] {
		if i < len(last) {
			if n, err := strconv.Atoi(last[i]); err == nil {
				out[name] = n
			}
		}
	}
	for _, need := range []string{"SuccessfulCall(C)", "FailedCall(C)", "Retransmissions(C)"} {
		if _, ok := out[need]; !ok {
			return nil, fmt.Errorf("no %s in the statistics", need)
		}
	}
	return out, nil
}
