package event

import (
	"testing"
	"unicode/utf8"
)

// FuzzBodies gives every parser the same bytes: none may panic, and what they let through
// is within the bounds.
func FuzzBodies(f *testing.F) {
	f.Add("multipart/related; boundary=b1", []byte(listBody("1", "true")))
	f.Add("text/plain", []byte("Messages-Waiting: yes\r\nVoice-Message: 2/8 (1/0)\r\n"))
	f.Add("active;expires=60", []byte(dialogHead+`version="0" state="full"><dialog id="1"><state>early</state></dialog></dialog-info>`))
	f.Add("terminated;reason=x;retry-after=9", Own("sip:1@x", true, true))
	f.Add("text/plain", reginfo(contact("terminated", `event="probation" retry-after="9"`)))
	f.Add("pending", reginfo(contact("active", `event="registered" q="0.5"`)))
	f.Add("active;reason=noresource", reginfo(contact("terminated", `event="rejected"`)))
	f.Add("active", []byte(dialogHead+`version="7" state="partial"><dialog id="1"><state>confirmed</state><remote><identity display="B">sip:b@x</identity></remote></dialog><dialog id="2"><state>terminated</state></dialog></dialog-info>`))
	f.Fuzz(func(t *testing.T, header string, body []byte) {
		if s, err := ParseSummary(body); err == nil && (s.New < 0 || s.New > maxMessages || len(s.Account) > 4*maxName) {
			t.Errorf("%+v", s)
		}
		if info, err := ParseDialogInfo(body); err == nil {
			d, _ := Dialogs{}.Apply(info)
			if len(info.Calls) > maxDialogs || len(d.calls) > maxDialogs {
				t.Errorf("%d calls", len(info.Calls))
			}
			if again, gap := d.Apply(info); !gap && len(again.calls) > maxDialogs {
				t.Errorf("%d calls", len(again.calls))
			}
			_ = d.Most()
		}
		if p, err := ParsePresence(body); err == nil && !utf8.ValidString(p.Note) {
			t.Errorf("%+v", p)
		}
		if l, err := ParseList(header, body); err == nil {
			if len(l.Resources) > maxResources {
				t.Errorf("%d resources", len(l.Resources))
			}
			if next, gap, _ := (Listing{}).Follow(l); l.Full == gap {
				t.Errorf("full %v, gap %v", l.Full, gap)
			} else if _, gap, stale := next.Follow(l); !l.Full && !gap && !stale {
				t.Error("the same part is news twice")
			}
		}
		if r, err := ParseRegInfo(body); err == nil {
			if _, gap, stale := (Versions{}).Follow(r); r.Full == gap || stale {
				t.Errorf("full %v, gap %v, stale %v", r.Full, gap, stale)
			}
			if len(r.Contacts) > maxContacts {
				t.Errorf("%d contacts", len(r.Contacts))
			}
			for _, c := range r.Contacts {
				if c.RetryAfter < 0 || c.RetryAfter > longest || c.URI == "" {
					t.Errorf("%+v", c)
				}
			}
		}
		if w, ok := Words(body); ok && (!utf8.ValidString(w) || utf8.RuneCountInString(w) > MaxWords) {
			t.Errorf("%q", w)
		}
		if s, ok := ParseState(header); ok && (s.Expires < 0 || s.Expires > longest || s.RetryAfter > longest) {
			t.Errorf("%+v", s)
		}
	})
}
