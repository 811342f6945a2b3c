//go:build amd64 || arm64

package direct_test

import (
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"github.com/offhook/offhook/media/direct/directtest"
)

// Who uses more than there is dies, and has not written over anything of Go's.
func TestTooDeep(t *testing.T) {
	if os.Getenv("OFFHOOK_TOO_DEEP") != "" {
		run(stack(t), directtest.Deep, 2000)
		return
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe, "-test.run=^TestTooDeep$")
	cmd.Env = append(os.Environ(), "OFFHOOK_TOO_DEEP=1", "GOTRACEBACK=none")
	out, err := cmd.CombinedOutput()
	if err == nil || err.Error() != "signal: segmentation fault" && !strings.Contains(string(out), "SIGSEGV") {
		t.Errorf("%v: %s", err, out)
	}
}

// The memory goes with the Stack.
func TestStacksGo(t *testing.T) {
	mapped := func() int {
		maps, err := os.ReadFile("/proc/self/maps")
		if err != nil {
			t.Skip(err)
		}
		return strings.Count(string(maps), "\n")
	}
	before := mapped()
	for range 100 {
		run(stack(t), directtest.Twice, 1)
	}
	for i := 0; mapped() > before+50; i++ {
		if i == 100 {
			t.Fatalf("%d mappings, %d before", mapped(), before)
		}
		runtime.GC()
	}
}
