package event

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseSummary(t *testing.T) {
	for in, want := range map[string]Summary{
		"Messages-Waiting: yes\r\nMessage-Account: sip:201@pbx.home\r\nVoice-Message: 2/8 (1/0)\r\n": {
			Waiting: true, Account: "sip:201@pbx.home", Counted: true, New: 2, Old: 8, Urgent: 1},
		"Messages-Waiting: no\r\n": {},
		"messages-waiting : YES\nvoice-message: 4/1\nFax-Message: 9/9\nX-Odd:\n": {Waiting: true, Counted: true, New: 4, Old: 1},
		"Messages-Waiting: yes\r\nFax-Message: 1/0\r\n":                          {Waiting: true},
		// RFC 3842 §5.2: headers of single messages may follow an empty line.
		"Messages-Waiting: yes\r\nVoice-Message: 1/0\r\n\r\nVoice-Message: 7/7\r\nSubject: x\r\n": {Waiting: true, Counted: true, New: 1},
		"Messages-Waiting: yes\r\nVoice-Message: 99999999999999999999/0\r\n":                      {Waiting: true, Counted: true, New: maxMessages},
	} {
		if got, err := ParseSummary([]byte(in)); err != nil || got != want {
			t.Errorf("%q: %+v %v", in, got, err)
		}
	}
	for _, in := range []string{
		"", "Voice-Message: 1/0\r\n", "Messages-Waiting: perhaps\r\n", "Messages-Waiting: yes\r\nVoice-Message: -1/0\r\n",
		"Messages-Waiting: yes\r\nVoice-Message: 1\r\n", "Messages-Waiting: yes\r\nVoice-Message: 1/0 (1/0\r\n",
		"Messages-Waiting: yes\r\n" + strings.Repeat("X: y\r\n", maxSummary),
	} {
		if got, err := ParseSummary([]byte(in)); err == nil {
			t.Errorf("%.60q: taken for %+v", in, got)
		}
	}
}

const dialogHead = `<?xml version="1.0"?><dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" `

func TestParseDialogInfo(t *testing.T) {
	ringing := dialogHead + `version="3" state="full" entity="sip:202@pbx.home">
  <dialog id="as7d900as8" call-id="a84b4c76e66710" local-tag="1928301774" direction="recipient">
    <state event="rejected">early</state>
    <remote><identity display="Anna Schmidt">sip:203@pbx.home</identity><target uri="sip:203@192.0.2.7"/></remote>
    <local><identity>sip:202@pbx.home</identity></local>
  </dialog></dialog-info>`
	for in, want := range map[string]DialogInfo{
		// RFC 4235 §6.1: a user without a call.
		dialogHead + `version="0" state="full" entity="sip:202@pbx.home"/>`: {Full: true, Entity: "sip:202@pbx.home"},
		ringing: {Version: 3, Full: true, Entity: "sip:202@pbx.home", Calls: []Call{
			{ID: "as7d900as8", Stage: Rings, Called: true, Name: "Anna Schmidt", URI: "sip:203@pbx.home",
				Target: "sip:203@192.0.2.7", CallID: "a84b4c76e66710", LocalTag: "1928301774"}}},
		dialogHead + `version="4" state="partial" entity="e"><dialog id="1"><state>confirmed</state></dialog>
			<dialog id="2" direction="initiator"><state>early</state><remote><target uri="sip:9@x"/></remote></dialog>
			<dialog id="3"><state>terminated</state></dialog><other/></dialog-info>`: {
			Version: 4, Entity: "e", Calls: []Call{{ID: "1", Stage: Talking}, {ID: "2", Stage: Trial, URI: "sip:9@x", Target: "sip:9@x"}, {ID: "3"}}},
	} {
		got, err := ParseDialogInfo([]byte(in))
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%v %s", err, diff)
		}
	}
	for _, in := range []string{
		"", "x", dialogHead + `state="full"/>`, dialogHead + `version="-1" state="full"/>`, dialogHead + `version="1" state="half"/>`,
		dialogHead + `version="1" state="full"><dialog><state>early</state></dialog></dialog-info>`,
		dialogHead + `version="1" state="full"><dialog id="1"><state>odd</state></dialog></dialog-info>`,
		dialogHead + `version="1" state="full"/><second/>`, `<presence/>`,
	} {
		if got, err := ParseDialogInfo([]byte(in)); err == nil {
			t.Errorf("%q: taken for %+v", in, got)
		}
	}
}

func TestDialogsFollowVersions(t *testing.T) {
	call := func(id string, s Stage) Call { return Call{ID: id, Stage: s} }
	var d Dialogs
	for i, l := range []struct {
		info DialogInfo
		gap  bool
		most Stage
	}{
		{DialogInfo{Version: 5, Calls: []Call{call("a", Rings)}}, true, Gone}, // nothing to build on
		{DialogInfo{Version: 5, Full: true, Calls: []Call{call("a", Rings)}}, false, Rings},
		{DialogInfo{Version: 6, Calls: []Call{call("b", Trial)}}, false, Rings},
		{DialogInfo{Version: 6, Calls: []Call{call("a", Gone)}}, false, Rings}, // said twice: the second is dropped
		{DialogInfo{Version: 7, Calls: []Call{call("a", Talking)}}, false, Talking},
		{DialogInfo{Version: 9, Calls: []Call{call("a", Gone)}}, true, Talking},
		{DialogInfo{Version: 8, Calls: []Call{call("a", Gone)}}, false, Trial},
		{DialogInfo{Version: 0, Full: true}, false, Gone}, // a server that does not count
		{DialogInfo{Version: 1, Calls: []Call{call("a", Gone)}}, false, Gone},
	} {
		next, gap := d.Apply(l.info)
		if gap != l.gap || next.Most().Stage != l.most {
			t.Errorf("line %d: gap %v, %+v", i+1, gap, next.Most())
		}
		d = next
	}
	var many DialogInfo
	for i := range 4 * maxDialogs {
		many.Calls = append(many.Calls, call(strings.Repeat("x", i+1), Talking))
	}
	many.Full = true
	if d, _ = d.Apply(many); len(d.calls) != maxDialogs {
		t.Errorf("%d dialogs are kept", len(d.calls))
	}
}

func TestParsePresence(t *testing.T) {
	for in, want := range map[string]Presentity{
		`<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="pres:anna@pbx.home"><tuple id="a"><status><basic>open</basic></status>
			<contact priority="0.8">tel:+49301</contact></tuple><note>in the garden</note></presence>`: {
			Entity: "pres:anna@pbx.home", Known: true, Open: true, Note: "in the garden"},
		`<presence entity="e"><tuple id="a"><status><basic>closed</basic></status><note>out</note></tuple></presence>`: {
			Entity: "e", Known: true, Note: "out"},
		`<presence entity="e"/>`:               {Entity: "e"},
		string(Own(`sip:a"<&@x`, true, true)):  {Entity: `sip:a"<&@x`, Known: true, Open: true, OnPhone: true},
		string(Own("sip:201@x", false, false)): {Entity: "sip:201@x", Known: true},
	} {
		if got, err := ParsePresence([]byte(in)); err != nil || got != want {
			t.Errorf("%q: %+v %v", in, got, err)
		}
	}
}

func listBody(version, full string) string {
	return "--b1\r\nContent-ID: <root@pbx>\r\nContent-Type: application/rlmi+xml;charset=\"UTF-8\"\r\n\r\n" +
		`<list xmlns="urn:ietf:params:xml:ns:rlmi" uri="sip:blf@pbx.home" version="` + version + `" fullState="` + full + `">
		<resource uri="sip:202@pbx.home"><name>Anna</name><instance id="1" state="active" cid="one@pbx"/></resource>
		<resource uri="sip:203@pbx.home"><instance id="1" state="terminated" reason="noresource"/></resource>
		<resource uri="sip:204@pbx.home"/></list>` +
		"\r\n--b1\r\nContent-ID: <one@pbx>\r\nContent-Type: application/dialog-info+xml\r\n\r\n" +
		dialogHead + `version="0" state="full" entity="sip:202@pbx.home"/>` + "\r\n--b1--\r\n"
}

func TestParseList(t *testing.T) {
	l, err := ParseList(`multipart/related;type="application/rlmi+xml";start="<root@pbx>";boundary="b1"`, []byte(listBody("4", "true")))
	if err != nil || l.Version != 4 || !l.Full || len(l.Resources) != 3 {
		t.Fatalf("%+v %v", l, err)
	}
	one := l.Resources[0]
	if _, err := ParseDialogInfo(one.Part.Body); err != nil || one.Name != "Anna" || one.URI != "sip:202@pbx.home" || one.Part.Type != DialogType {
		t.Errorf("%+v %v", one, err)
	}
	if two := l.Resources[1]; !two.Over || two.Reason != "noresource" || two.Part.Type != "" {
		t.Errorf("%+v", two)
	}
	for _, bad := range []struct{ kind, body string }{
		{"multipart/related", listBody("1", "true")},
		{"text/plain; boundary=b1", listBody("1", "true")},
		{"multipart/related; boundary=other", listBody("1", "true")},
		{"multipart/related; boundary=b1", listBody("x", "true")},
		{"multipart/related; boundary=b1; start=\"<one@pbx>\"", listBody("1", "true")},
		{"multipart/related; boundary=b1", strings.Repeat("--b1\r\n\r\n\r\n", 2*maxParts) + "--b1--"},
	} {
		if l, err := ParseList(bad.kind, []byte(bad.body)); err == nil {
			t.Errorf("%s: taken for %+v", bad.kind, l)
		}
	}
}

func TestListingFollowsVersions(t *testing.T) {
	var l Listing
	for i, c := range []struct {
		doc        List
		gap, stale bool
	}{
		{List{Version: 2}, true, false},
		{List{Version: 2, Full: true}, false, false},
		{List{Version: 3}, false, false},
		{List{Version: 3}, false, true},
		{List{Version: 5}, true, false},
		{List{Version: 0, Full: true}, false, false},
		{List{Version: 1}, false, false},
	} {
		next, gap, stale := l.Follow(c.doc)
		if gap != c.gap || stale != c.stale {
			t.Errorf("line %d: gap %v stale %v", i+1, gap, stale)
		}
		l = next
	}
}

func TestWords(t *testing.T) {
	for in, want := range map[string]string{
		"Hello, Anna":                  "Hello, Anna",
		" two\r\nlines\rand\tmore \n":  "two\nlines\nand more",
		"a\x1b[2Jb\x00c\u202ed\u2028e": "a[2Jbcde",
		"Grüße ☎":                      "Grüße ☎",
		strings.Repeat("é", 900):       strings.Repeat("é", MaxWords),
	} {
		if got, ok := Words([]byte(in)); got != want || !ok {
			t.Errorf("%.40q: %q %v", in, got, ok)
		}
	}
	for _, in := range []string{"", " \r\n\x00", "caf\xe9"} {
		if got, ok := Words([]byte(in)); ok {
			t.Errorf("%q: taken for %q", in, got)
		}
	}
}
