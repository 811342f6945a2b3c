package guest

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"
)

// Waited is how long the guest could have gone on since it was started but for other programs
// that had this machine's processors: the waits of all threads of QEMU. What a guest takes on a
// machine of its own is less than the clock says by about that, or not quite as much, because
// two of them may have waited at once.
func (g *Guest) Waited() time.Duration {
	var all time.Duration
	threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", g.cmd.Process.Pid))
	for _, path := range threads {
		if ns, ok := runDelay(read(path)); ok {
			all += ns
		}
	}
	return all
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
