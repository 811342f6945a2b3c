//go:build interop

package interop

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// matrix is what this run has met.
var matrix Matrix

// meets notes what a test does with a peer, and at its end whether it went well.
func meets(t *testing.T, peer, did, over string) {
	t.Helper()
	t.Cleanup(func() {
		if !t.Skipped() {
			matrix.Add(Meeting{Peer: peer, Did: did, Over: over, Test: t.Name(), Fail: t.Failed()})
		}
	})
}

// page is the file that make interop-matrix wants written; "": none.
const page = "OFFHOOK_INTEROP_PAGE"

// write puts the matrix into its page, if one is wanted.
func write() error {
	file := os.Getenv(page)
	if file == "" || matrix.Empty() {
		return nil
	}
	if part := flag.Lookup("test.run"); part != nil && part.Value.String() != "" {
		return fmt.Errorf("interop: %s stays as it was: a run of -run %s has met only a part", file, part.Value)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("interop: %w", err)
	}
	versions := map[string]string{}
	for peer, of := range map[string]string{"baresip": "baresip-core", "linphone": "linphone-cli", "Kamailio": "kamailio", "sipp": "sip-tester", "coturn": "coturn"} {
		if v, err := exec.Command("dpkg-query", "-W", "-f", "${Version}", of).Output(); err == nil {
			upstream, _, _ := strings.Cut(string(v), "-")
			versions[peer] = upstream[strings.Index(upstream, ":")+1:] // without Debian's epoch
		}
	}
	filled, err := matrix.Page(string(text), time.Now(), versions)
	if err != nil {
		return err
	}
	return os.WriteFile(file, []byte(filled), 0o644)
}
