package main

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/offhook/offhook/scripts/peers"
)

// server is what is measured.
type server struct {
	addr   netip.AddrPort
	domain string
	pid    int
	stop   func()
}

func startServer(kind string, o options, dir string) (*server, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	if kind == "Kamailio" {
		k, err := peers.StartKamailio(peers.Registrar{Workers: 2, MinExpires: 60, NonceSeconds: 3600})
		if err != nil {
			return nil, err
		}
		return &server{k.Addr, k.Domain, k.PID(), k.Stop}, nil
	}
	port, err := peers.FreePort()
	if err != nil {
		return nil, err
	}
	var users strings.Builder
	for n := range o.users {
		fmt.Fprintf(&users, "%s %s\n", userName(n), password(userName(n)))
	}
	settings := fmt.Sprintf("[exchange]\nlisten = \"127.0.0.1:%d\"\nusers_file = \"users\"\nrate = 1000000\nlogin = \"md5\"\n[log]\nlevel = \"warn\"\n", port)
	for name, text := range map[string]string{"users": users.String(), "offhook.toml": settings} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return nil, err
		}
	}
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		return nil, err
	}
	defer log.Close()
	cmd := exec.Command(o.offhook, "exchange", "-config", filepath.Join(dir, "offhook.toml"), "-data", filepath.Join(dir, "data"))
	cmd.Env = append(os.Environ(), "GOMAXPROCS=2")
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	stop := func() {
		cmd.Process.Signal(syscall.SIGTERM)
		cmd.Wait()
	}
	s := &server{netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), uint16(port)), "exchange.internal", cmd.Process.Pid, stop}
	for range 100 {
		text, _ := os.ReadFile(log.Name())
		if strings.Contains(string(text), "exchange at "+s.addr.String()) {
			return s, nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	stop()
	text, _ := os.ReadFile(log.Name())
	return nil, fmt.Errorf("it does not start: %s", text)
}

// processes are the server's, its children included.
func (s *server) processes() []int {
	all := []int{s.pid}
	for i := 0; i < len(all); i++ {
		text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", all[i], all[i]))
		for _, word := range strings.Fields(string(text)) {
			if pid, err := strconv.Atoi(word); err == nil {
				all = append(all, pid)
			}
		}
	}
	return all
}

// memory is the proportional set size of all processes, in octets.
func (s *server) memory() (int64, error) {
	var total int64
	for _, pid := range s.processes() {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
		if err != nil {
			return 0, err
		}
		n, err := pss(string(text))
		if err != nil {
			return 0, err
		}
		total += n
	}
	return total, nil
}

func pss(rollup string) (int64, error) {
	for line := range strings.Lines(rollup) {
		if rest, ok := strings.CutPrefix(line, "Pss:"); ok {
			n, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 10, 64)
			return n << 10, err
		}
	}
	return 0, fmt.Errorf("no Pss")
}

// watch looks at the memory four times a second; what it returns ends that and gives the
// most there was.
func (s *server) watch(ctx context.Context) func() int64 {
	ctx, cancel := context.WithCancel(ctx)
	most := make(chan int64)
	go func() {
		var peak int64
		tick := time.NewTicker(250 * time.Millisecond)
		defer tick.Stop()
		for {
			if n, err := s.memory(); err == nil {
				peak = max(peak, n)
			}
			select {
			case <-tick.C:
			case <-ctx.Done():
				most <- peak
				return
			}
		}
	}()
	return func() int64 { cancel(); return <-most }
}

// cpu is what all processes have used, in ticks of 10 ms.
func (s *server) cpu() time.Duration {
	var ticks int64
	for _, pid := range s.processes() {
		text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		ticks += ticksOf(string(text))
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}

// ticksOf are utime and stime of /proc/PID/stat (proc(5)); the name may have spaces.
func ticksOf(stat string) int64 {
	fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.ParseInt(fields[11], 10, 64)
	system, _ := strconv.ParseInt(fields[12], 10, 64)
	return user + system
}

// aboutHere says when, on what machine and with what the figures were made.
func aboutHere(ctx context.Context, offhook string) []string {
	said := func(program string, args ...string) string {
		out, err := exec.CommandContext(ctx, program, args...).Output()
		if err != nil {
			return "?"
		}
		return strings.TrimSpace(string(out))
	}
	kernel, _ := os.ReadFile("/proc/sys/kernel/osrelease")
	averages, _ := os.ReadFile("/proc/loadavg")
	lines := []string{
		fmt.Sprintf("%s, Offhook %s, kamailio %s, sip-tester %s", time.Now().UTC().Format("2006-01-02 15:04 MST"), said(offhook, "version"),
			said("dpkg-query", "-W", "-f", "${Version}", "kamailio"), said("dpkg-query", "-W", "-f", "${Version}", "sip-tester")),
		fmt.Sprintf("%d CPUs, Linux %s, %s", runtime.NumCPU(), strings.TrimSpace(string(kernel)), runtime.Version()),
	}
	if words := strings.Fields(string(averages)); len(words) >= 3 {
		lines = append(lines, "load average before: "+strings.Join(words[:3], " ")+"; above 0.3 others were busy too, and the figures are worth as much less")
	}
	return lines
}
