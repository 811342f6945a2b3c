package trial

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// AboutHere says when, on what machine and with what the figures were made.
func AboutHere(ctx context.Context, offhook string) []string {
	info, _ := os.ReadFile("/proc/cpuinfo")
	kernel, _ := os.ReadFile("/proc/sys/kernel/osrelease")
	averages, _ := os.ReadFile("/proc/loadavg")
	lines := []string{
		time.Now().Format("2006-01-02 15:04 MST") + ", Offhook " + said(ctx, offhook, "version"),
		fmt.Sprintf("%d × %s, Linux %s, %s", runtime.NumCPU(), model(string(info)), strings.TrimSpace(string(kernel)), runtime.Version()),
	}
	if words := strings.Fields(string(averages)); len(words) >= 3 {
		lines = append(lines, "load average before: "+strings.Join(words[:3], " "))
	}
	return lines
}

// model is what /proc/cpuinfo calls the processor.
func model(cpuinfo string) string {
	for line := range strings.Lines(cpuinfo) {
		key, value, ok := strings.Cut(line, ":")
		switch strings.TrimSpace(key) {
		case "model name", "Model":
			if ok {
				return strings.TrimSpace(value)
			}
		}
	}
	return runtime.GOARCH
}

// PeerVersions are those of Debian's packages.
func PeerVersions(ctx context.Context) (lines []string) {
	for _, name := range []string{"baresip-core", "linphone-cli", "kamailio"} {
		lines = append(lines, name+" "+said(ctx, "dpkg-query", "-W", "-f", "${Version}", name))
	}
	return lines
}

// said is what a program prints, in one line; "?" where there is none.
func said(ctx context.Context, program string, args ...string) string {
	out, err := exec.CommandContext(ctx, program, args...).Output()
	if err != nil {
		return "?"
	}
	return strings.TrimSpace(string(out))
}

// Memory is a folder that costs no disk: the virtual cards write what is heard within
// the phones' own time. "" where there is none.
func Memory() string {
	const shm = "/dev/shm"
	if info, err := os.Stat(shm); err != nil || !info.IsDir() || syscall.Access(shm, 2) != nil { // 2: may write
		return ""
	}
	return shm
}
