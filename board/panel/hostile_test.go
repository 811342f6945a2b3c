package panel

import (
	"bufio"
	"context"
	"encoding/json"
	"net"
	"strings"
	"testing"
	"time"
	"unicode"
)

// FuzzState has a client look at a phone that is anybody's: whatever it says is drawn in the
// terminal's bounds, and moves no cursor there.
func FuzzState(f *testing.F) {
	f.Add(`{"hello":{"protocol":"offhook-panel","version":1,"lcd":[20,4],"keys":"123A"}}`, `{"change":{"lcd":{"rows":["a","\ue000 b"],"light":true},"info":{"title":"x","volume":60,"help":"a  b"}}}`)
	f.Add(`{"hello":{"lcd":[-1,2]}}`, `{"change":{"lcd":{"rows":["\u001b[2J","2","3"]},"off_hook":true,"pressed":"1"}}`)
	f.Add(`{"hello":{"lcd":[1000000000,1]}}`, `{"change":{"info":{"title":"\u001b]0;x\u0007","volume":-100,"labels":"A ,B"},"ringer":{"ringing":true}}}`)
	f.Fuzz(func(t *testing.T, greeting, change string) {
		var hello, said line
		if json.Unmarshal([]byte(greeting), &hello) != nil || hello.Hello == nil || !hello.Hello.likely() ||
			json.Unmarshal([]byte(change), &said) != nil || said.Change == nil {
			return
		}
		s := State{}.apply(said.Change.clean(hello.Hello.LCD))
		if n := len(s.LCD.Rows); n > maxRows {
			t.Errorf("%d rows", n)
		}
		for _, help := range []bool{false, true} {
			h := handset{state: s, hello: *hello.Hello, help: help}
			for _, size := range [][2]int{{100, 40}, {fullWidth, fullHeight}, {30, 8}, {1, 1}} {
				for _, l := range strings.Split(h.draw(size[0], size[1]), "\n") {
					if strings.ContainsFunc(l, unicode.IsControl) {
						t.Fatalf("%q", l)
					}
				}
			}
		}
	})
}

// A greeting of a display that there cannot be is no phone's.
func TestUnlikelyPhone(t *testing.T) {
	for size, want := range map[string]string{
		"[20,4]": "", "[0,0]": "",
		"[-1,4]": "what listens here is no phone", "[20,9]": "what listens here is no phone", "[1000000000,1]": "what listens here is no phone",
	} {
		here, there := net.Pipe()
		go func() {
			defer there.Close()
			hello, _ := json.Marshal(Hello{Protocol: Protocol, Version: Version})
			_, _ = there.Write([]byte(`{"hello":` + strings.TrimSuffix(string(hello), "}") + `,"lcd":` + size + "}}\n"))
			_, _ = bufio.NewReader(there).ReadString('\n') // until the client goes
		}()
		ctx, stop := context.WithTimeout(t.Context(), 10*time.Second)
		c, err := newClient(ctx, here, "")
		switch {
		case err == nil && want == "":
			c.Close()
		case err == nil || want == "" || !strings.Contains(err.Error(), want):
			t.Errorf("%s: %v", size, err)
		}
		stop()
	}
}
