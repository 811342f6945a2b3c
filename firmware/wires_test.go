package main

import (
	"strings"
	"testing"

	"github.com/offhook/offhook/board/drawing"
	"github.com/offhook/offhook/board/wiring"
)

func TestWiring(t *testing.T) {
	t.Chdir(t.TempDir())
	w, _ := wiring.Preset("pi-door")
	prints(t, 0, drawing.Text(w), "wiring", "-preset", "pi-door")
	prints(t, 0, drawing.SVG(w), "wiring", "-preset", "pi-door", "-svg")
	fails(t, 1, `there is no preset "pie"; there is sim, pi-4x4`, "wiring", "-preset", "pie")
	fails(t, 1, "the simulated board has no wires", "wiring", "-svg", "-preset", "sim")
	fails(t, 2, "usage: offhook wiring", "wiring", "now")
	prints(t, 0, drawing.Text(wiring.Wiring{Preset: wiring.Sim}), "wiring") // no file yet
	fails(t, 1, "none.toml: no such file", "wiring", "-config", "none.toml")

	write(t, "offhook.toml", "[board]\npreset = \"pi-door\"\n[board.hook]\npin = 26\n")
	w.Hook.Pin = 26
	prints(t, 0, drawing.Text(w), "wiring", "-config", "offhook.toml")
	write(t, "bad.toml", "[board]\npreset = \"pi-door\"\n[board.hook]\npin = 17\n")
	if code, out, err := run("wiring", "-config", "bad.toml"); code != 1 || out != "" || !strings.Contains(err, "bad.toml:4:7: board.hook.pin: GPIO 17 of hook switch is key D already") {
		t.Errorf("%d: %s", code, err)
	}
}
