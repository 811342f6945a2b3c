package main

import (
	"encoding/binary"
	"testing"
)

// The states are those of the kernel's documentation (filesystems/ext4/super.rst).
func TestDamaged(t *testing.T) {
	const clean, met, orphans = 1, 2, 4
	for _, c := range []struct {
		name  string
		magic uint16
		state uint16
		want  bool
	}{
		{"unmounted", 0xef53, clean, false},
		{"in use when the power was cut", 0xef53, 0, false},
		{"files deleted that were open", 0xef53, clean | orphans, false},
		{"the kernel has met an error", 0xef53, clean | met, true},
		{"an error, and then the power was cut", 0xef53, met, true},
		{"no file system", 0, clean, true},
	} {
		super := make([]byte, superblockSize)
		binary.LittleEndian.PutUint16(super[56:], c.magic)
		binary.LittleEndian.PutUint16(super[58:], c.state)
		if got := damaged(super); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
