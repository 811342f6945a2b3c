package event

import (
	"testing"
	"time"
)

func TestPublisherScripts(t *testing.T) {
	type script = []line[PublisherEvent]
	up := script{
		{Changed{}, `trying: publish 1h0m0s if "" with body`},
		{Reply{Code: 200, ETag: "a1", Expires: hour}, "active: report active 200 timer"},
	}
	for name, s := range map[string]script{
		"RFC 3903 §4: publish, refresh, modify, remove": append(up[:2:2],
			line[PublisherEvent]{due, `active: publish 1h0m0s if "a1"`},
			line[PublisherEvent]{Reply{Code: 200, ETag: "a2", Expires: hour}, "active: timer"},
			line[PublisherEvent]{Changed{}, `active: publish 1h0m0s if "a2" with body`},
			line[PublisherEvent]{Reply{Code: 200, ETag: "a3", Expires: hour}, "active: timer"},
			line[PublisherEvent]{Stop{}, `leaving: publish 0s if "a3"`},
			line[PublisherEvent]{Reply{Code: 200}, "ended: report ended 0 done"}),
		"412: the server has forgotten, all of it again": append(up[:2:2],
			line[PublisherEvent]{due, `active: publish 1h0m0s if "a1"`},
			line[PublisherEvent]{Reply{Code: 412}, `trying: publish 1h0m0s if "" with body`},
			line[PublisherEvent]{Reply{Code: 412}, "refused: report refused 412"}),
		"changes while one is out are sent once": append(up[:2:2],
			line[PublisherEvent]{Changed{}, `active: publish 1h0m0s if "a1" with body`},
			line[PublisherEvent]{Changed{}, "active:"},
			line[PublisherEvent]{Changed{}, "active:"},
			line[PublisherEvent]{Reply{Code: 200, ETag: "a2"}, `active: publish 1h0m0s if "a2" with body`},
			line[PublisherEvent]{Reply{Code: 200, ETag: "a3"}, "active: timer"}),
		"again while it stands: the server may have lost it": append(up[:2:2],
			line[PublisherEvent]{Again{}, `active: publish 1h0m0s if "a1" with body`},
			line[PublisherEvent]{Again{}, "active:"},
			line[PublisherEvent]{Reply{Code: 412}, `trying: publish 1h0m0s if "" with body`},
			line[PublisherEvent]{Reply{Code: 200, ETag: "b1"}, "active: report active 200 timer"}),
		"login": {
			{Changed{}, `trying: publish 1h0m0s if "" with body`},
			{Reply{Code: 401}, "refused: report refused 401"},
			{Changed{}, "refused:"},
			{Again{}, `trying: publish 1h0m0s if "" with body`},
		},
		"423": {
			{Changed{}, `trying: publish 1h0m0s if "" with body`},
			{Reply{Code: 423, MinExpires: 2 * hour}, `trying: publish 2h0m0s if "" with body`},
			{Reply{Code: 423, MinExpires: 3 * hour}, "refused: report refused 423"},
		},
		"489, and quiet": {
			{Changed{}, `trying: publish 1h0m0s if "" with body`},
			{Reply{Code: 489}, "refused: report refused 489"},
			{due, "refused:"},
			{Stop{}, "ended: report ended 0 done"},
		},
		"no answer: later, all of it": append(up[:2:2],
			line[PublisherEvent]{due, `active: publish 1h0m0s if "a1"`},
			line[PublisherEvent]{Lost{Code: 408}, "resting: report resting 408 timer"},
			line[PublisherEvent]{Changed{}, "resting:"},
			line[PublisherEvent]{due, `trying: publish 1h0m0s if "" with body`}),
		"a server without entity tags": {
			{Changed{}, `trying: publish 1h0m0s if "" with body`},
			{Reply{Code: 200}, "active: report active 200 timer"},
			{due, `active: publish 1h0m0s if "" with body`},
		},
		"leaving while the first one is out: what it brought is taken back": {
			{Changed{}, `trying: publish 1h0m0s if "" with body`},
			{Changed{}, "trying:"},
			{Stop{}, "leaving:"},
			{Changed{}, "leaving:"},
			{Again{}, "leaving:"},
			{Stop{}, "leaving:"},
			{Reply{Code: 200, ETag: "a1", Expires: hour}, `leaving: publish 0s if "a1"`},
			{Reply{Code: 200}, "ended: report ended 0 done"},
		},
		"leaving while the first one is out, in vain": {
			{Changed{}, `trying: publish 1h0m0s if "" with body`},
			{Stop{}, "leaving:"},
			{Reply{Code: 503}, "ended: report ended 0 done"},
		},
		"leaving while the first one is out, which is lost": {
			{Changed{}, `trying: publish 1h0m0s if "" with body`},
			{Stop{}, "leaving:"},
			{Lost{Code: 408}, "ended: report ended 0 done"},
		},
		"leaving while a change is out (RFC 3903 §4: one at a time)": append(up[:2:2],
			line[PublisherEvent]{Changed{}, `active: publish 1h0m0s if "a1" with body`},
			line[PublisherEvent]{Stop{}, "leaving:"},
			line[PublisherEvent]{Reply{Code: 200, ETag: "a2"}, `leaving: publish 0s if "a2"`},
			line[PublisherEvent]{Reply{Code: 412}, "ended: report ended 0 done"}),
		"leaving while a change is out, which fails: the old state is there": append(up[:2:2],
			line[PublisherEvent]{Changed{}, `active: publish 1h0m0s if "a1" with body`},
			line[PublisherEvent]{Stop{}, "leaving:"},
			line[PublisherEvent]{Reply{Code: 500}, `leaving: publish 0s if "a1"`},
			line[PublisherEvent]{Lost{Code: 408}, "ended: report ended 0 done"}),
		"leaving while a change is out, and the server has forgotten": append(up[:2:2],
			line[PublisherEvent]{Changed{}, `active: publish 1h0m0s if "a1" with body`},
			line[PublisherEvent]{Stop{}, "leaving:"},
			line[PublisherEvent]{Reply{Code: 412}, "ended: report ended 0 done"}),
		"leaving while it rests": append(up[:2:2],
			line[PublisherEvent]{due, `active: publish 1h0m0s if "a1"`},
			line[PublisherEvent]{Reply{Code: 500}, "resting: report resting 500 timer"},
			line[PublisherEvent]{Stop{}, `leaving: publish 0s if "a1"`},
			line[PublisherEvent]{due, "leaving:"},
			line[PublisherEvent]{Reply{Code: 204}, "ended: report ended 0 done"}),
		"leaving, and nobody answers": append(up[:2:2],
			line[PublisherEvent]{Stop{}, `leaving: publish 0s if "a1"`},
			line[PublisherEvent]{Lost{Code: 408}, "ended: report ended 0 done"},
			line[PublisherEvent]{Stop{}, "ended:"}),
	} {
		t.Run(name, func(t *testing.T) {
			p := NewPublisher(hour, 7)
			for i, l := range s {
				e := l.event
				switch x := e.(type) {
				case Expired:
					e = Expired{p.timer}
				case Reply:
					x.Attempt = p.Attempt
					e = x
				case Lost:
					x.Attempt = p.Attempt
					e = x
				}
				var effects []Effect
				p, effects = p.Step(e)
				if got := said(p.Phase, effects); got != l.want {
					t.Errorf("line %d, %+v:\n got %s\nwant %s", i+1, l.event, got, l.want)
				}
			}
		})
	}
}

func TestPublisherTimers(t *testing.T) {
	p := NewPublisher(hour, 7)
	p, _ = p.Step(Changed{})
	p, effects := p.Step(Reply{Attempt: p.Attempt, Code: 200, ETag: "x", Expires: 100 * time.Second})
	timer := effects[1].(StartTimer)
	if timer.After < 75*time.Second || timer.After > 85*time.Second {
		t.Errorf("refresh after %v of 100 s", timer.After)
	}
	p, _ = p.Step(Changed{})
	if same, effects := p.Step(Expired{timer.Timer}); len(effects) > 0 || same != p {
		t.Errorf("an overtaken timer did %v", effects)
	}
}
