package guest

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"
)

// Waited is how long the guest could have gone on since it was started but for other programs
// that had this machine's processors: what that of QEMU's threads waited which waited longest.
// It is never more than what the clock says; where two threads waited in turn it is too little.
func (g *Guest) Waited() time.Duration {
	var most time.Duration
	threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", g.cmd.Process.Pid))
	for _, path := range threads {
		if ns, ok := runDelay(read(path)); ok {
			most = max(most, ns)
		}
	}
	return most
}

// runDelay is the second figure of a schedstat file: the time spent runnable on a queue, in
// nanoseconds.
func runDelay(text string) (time.Duration, bool) {
	f := strings.Fields(text)
	if len(f) != 3 {
		return 0, false
	}
	d, err := time.ParseDuration(f[1] + "ns")
	return d, err == nil
}
