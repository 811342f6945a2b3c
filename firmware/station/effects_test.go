package station

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/offhook/offhook/board/sim"
	"github.com/offhook/offhook/firmware/phone"
	"github.com/offhook/offhook/media"
	"github.com/offhook/offhook/sip"
	"github.com/offhook/offhook/ui"
)

// The far end hears of a step before it is heard and seen here, whatever order the phone has.
func TestAgentIsToldFirst(t *testing.T) {
	settings := phone.Settings{NumAccts: 1, Ear: 60, Ring: 70}
	settings.Accounts[0] = phone.Account{Label: "Home", User: "201", Domain: "pbx.home"}
	s := New(Config{
		Parts: sim.New(sim.Config{}).Parts(), Agent: newOwner[sip.Command, sip.Event](), Engine: newOwner[media.Command, media.Event](),
		Store: &kept{}, Phone: settings, UI: ui.Settings{}, Zone: time.UTC, Log: slog.New(slog.DiscardHandler),
	})
	var told []string
	s.agent.do = func(c sip.Command) bool { told = append(told, fmt.Sprintf("%T", c)); return true }
	s.engine.do = func(c media.Command) bool { told = append(told, fmt.Sprintf("%T", c)); return true }
	s.signalled(sip.Incoming{Call: 2})
	s.step(time.Now(), phone.Hook{Off: true})
	if got, want := strings.Join(told, " "), "sip.Alert media.Volume media.Ring sip.Accept media.Ring"; got != want {
		t.Errorf("told in this order: %s, want %s", got, want)
	}
}
