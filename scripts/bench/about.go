package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

// aboutHere says when, on what machine and with what the figures were made.
func aboutHere(ctx context.Context, offhook string) []string {
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

// peerVersions are those of Debian's packages.
func peerVersions(ctx context.Context) (lines []string) {
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
