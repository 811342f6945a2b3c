package event

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const regHead = `<?xml version="1.0"?><reginfo xmlns="urn:ietf:params:xml:ns:reginfo" `

func contact(state, more string) string {
	return fmt.Sprintf(`<contact id="1" state="%s" %s><uri>sip:201@192.0.2.1:5060</uri></contact>`, state, more)
}

func reginfo(contacts ...string) []byte {
	return []byte(regHead + `version="1" state="partial"><registration aor="sip:201@pbx.home" id="a" state="active">` +
		strings.Join(contacts, "\n") + `</registration></reginfo>`)
}

// The events of RFC 3680 §5.1, and what each asks of the phone.
func TestRemovals(t *testing.T) {
	for _, c := range []struct {
		state, more string
		want        Contact
	}{
		{"active", `event="registered"`, Contact{}},
		{"active", `event="created"`, Contact{}},
		{"active", `event="refreshed" expires="60"`, Contact{}},
		{"active", `event="shortened" expires="5"`, Contact{}},
		{"terminated", `event="expired"`, Contact{Removal: AtOnce}},
		{"terminated", `event="deactivated"`, Contact{Removal: AtOnce}},
		{"terminated", `event="deactivated" retry-after="9"`, Contact{Removal: AtOnce}},
		{"terminated", `event="probation" retry-after="90"`, Contact{Removal: Later, RetryAfter: 90 * time.Second}},
		{"terminated", `event="probation" retry-after="99999999999999999999"`, Contact{Removal: Later, RetryAfter: longest}},
		{"terminated", `event="probation"`, Contact{Removal: Later}},
		{"terminated", `event="unregistered"`, Contact{Removal: Later}},
		{"terminated", `event="rejected"`, Contact{Removal: Rejected}},
		{"terminated", `event="of-the-future"`, Contact{Removal: Later}},
		{"terminated", ``, Contact{Removal: Later}},
	} {
		c.want.URI = "sip:201@192.0.2.1:5060"
		got, err := ParseRegInfo(reginfo(contact(c.state, c.more)))
		if diff := cmp.Diff(RegInfo{Version: 1, Contacts: []Contact{c.want}}, got); err != nil || diff != "" {
			t.Errorf("%s %s: %v %s", c.state, c.more, err, diff)
		}
	}
}

func TestParseRegInfo(t *testing.T) {
	flows := `<contact id="2" state="active" event="created" callid="x" cseq="7"><uri>sip:201@192.0.2.2</uri>
		<unknown-param name="+sip.instance">"&lt;urn:uuid:1&gt;"</unknown-param><unknown-param name="reg-id">2</unknown-param></contact>`
	got, err := ParseRegInfo([]byte(regHead + `version="0" state="full"><registration aor="sip:1@x" id="a" state="init"/>
		<registration aor="sip:201@x" id="b" state="active">` + flows + `</registration></reginfo>`))
	if diff := cmp.Diff(RegInfo{Full: true, Contacts: []Contact{{URI: "sip:201@192.0.2.2", RegID: 2}}}, got); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	many := make([]string, 100)
	for i := range many {
		many[i] = contact("active", "")
	}
	if got, err := ParseRegInfo(reginfo(many...)); err != nil || len(got.Contacts) != maxContacts {
		t.Errorf("%d contacts, %v", len(got.Contacts), err)
	}
	for _, in := range []string{
		"", "<reginfo/>", regHead + `state="full"/>`, regHead + `version="-1" state="full"/>`, regHead + `version="1" state="half"/>`,
		string(reginfo(contact("sleeping", ""))), string(reginfo(`<contact id="1" state="active"/>`)), string(dialogHead) + `version="0" state="full"/>`,
	} {
		if got, err := ParseRegInfo([]byte(in)); err == nil {
			t.Errorf("%q: taken for %+v", in, got)
		}
	}
}

func TestVersionsOfRegInfo(t *testing.T) {
	var v Versions
	for i, l := range []struct {
		version          uint32
		full, gap, stale bool
	}{
		{3, false, true, false}, // nothing to build on
		{3, true, false, false},
		{4, false, false, false},
		{4, false, false, true},
		{6, false, true, false},
		{5, false, false, false},
		{0, true, false, false}, // a registrar that was restarted
		{1, false, false, false},
	} {
		next, gap, stale := v.Follow(RegInfo{Version: l.version, Full: l.full})
		if gap != l.gap || stale != l.stale {
			t.Errorf("line %d: gap %v, stale %v", i+1, gap, stale)
		}
		v = next
	}
}
