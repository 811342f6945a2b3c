package trial

import (
	"os"
	"strings"
	"testing"
)

func TestModel(t *testing.T) {
	if got := model("processor\t: 0\nmodel name\t: AMD EPYC\nflags\t: a b\n"); got != "AMD EPYC" {
		t.Errorf("a PC is %q", got)
	}
	if got := model("processor\t: 0\nRevision\t: c03115\nModel\t\t: Raspberry Pi 4 Model B\n"); !strings.HasPrefix(got, "Raspberry") {
		t.Errorf("a board is %q", got)
	}
	if model("") == "" {
		t.Error("an unknown one has no name")
	}
}

// The cards write into memory where there is some to write to, else where files go.
func TestMemory(t *testing.T) {
	dir := Memory()
	made, err := os.MkdirTemp(dir, "bench")
	if err != nil {
		t.Fatal(err)
	}
	os.Remove(made)
}
