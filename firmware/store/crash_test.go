package store

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/offhook/offhook/firmware/phone"
)

const childEnv = "OFFHOOK_STORE_CHILD"

func childPath() string { return os.Getenv(childEnv) }

// writeForever is the child process: it puts entries and settings, and prints the number
// of each once the disk has it.
func writeForever(path string) {
	s, _, err := Open(path)
	if err != nil {
		fmt.Println("error", err)
		return
	}
	go s.Run(context.Background())
	n := 0
	if e := s.Entries(0, 1); len(e) > 0 {
		n = e[0].Code - 200 + 1
	}
	for ; ; n++ {
		s.PutEntry(entry(n))
		s.PutSaved(phone.Saved{Missed: n})
		if err := s.Flush(context.Background()); err != nil {
			fmt.Println("error", err)
			return
		}
		fmt.Println("kept", n)
	}
}

// What the child said was kept is there after SIGKILL, at whatever moment that comes, and
// the file needs no mending.
func TestKillLosesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "offhook.db")
	for round := range 5 {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), childEnv+"="+path)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		killer := time.AfterFunc(time.Minute, func() { cmd.Process.Kill() })
		last := -1
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if strings.HasPrefix(lines.Text(), "error") {
				t.Error(lines.Text())
			}
			first := last < 0
			if fmt.Sscanf(lines.Text(), "kept %d", &last); first && last >= 0 { // however slow its start was
				killer.Reset(time.Duration(20+37*round) * time.Millisecond)
			}
		}
		killer.Stop()
		if err := cmd.Wait(); err == nil || cmd.ProcessState.Exited() {
			t.Fatal("the child ended by itself:", err)
		}
		if last < 0 {
			t.Fatal("the child kept nothing")
		}
		s, r, stop := running(t, path, Options{})
		saved, _ := s.Saved()
		if r != (Report{}) || saved.Missed < last || s.Len() < min(last, MaxEntries) {
			t.Fatalf("round %d: kept up to %d, found %d entries, saved %+v, report %+v", round, last, s.Len(), saved, r)
		}
		newest := s.Entries(0, 1)[0].Code - 200
		if newest < last {
			t.Fatalf("round %d: %d was kept, the newest is %d", round, last, newest)
		}
		for i, e := range s.Entries(0, MaxEntries) {
			if e != entry(newest-i) {
				t.Fatalf("round %d: entry %d is %+v", round, i, e)
			}
		}
		stop()
	}
}
