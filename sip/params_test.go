package sip

import (
	"slices"
	"strings"
	"testing"

	"github.com/emiago/sipgo/sip"
	"github.com/google/go-cmp/cmp"

	"github.com/offhook/offhook/sip/dialog"
)

func TestParams(t *testing.T) {
	for _, c := range []struct{ address, want string }{
		{`"A > b" <sip:201@10.0.0.1;transport=tcp>;Expires=60;pub-gruu="sip:201@h;gr=urn:x";reg-id=1;reg-id=2;x`,
			`expires=60 pub-gruu="sip:201@h;gr=urn:x" reg-id=1 x=`},
		{`<sip:a@h>;pub-gruu="sip:a@h;gr=1";temp-gruu="sip:==x@h;gr=2";+sip.instance="<urn:uuid:1>"`,
			`pub-gruu="sip:a@h;gr=1" temp-gruu="sip:==x@h;gr=2" +sip.instance="<urn:uuid:1>"`},
		{`<sip:a@h>;x="\\";tag=b\"";tag=c`, `x="\\" tag=b\""`},
		{`<sip:a@h>;x="\";tag=b";tag=c`, `x="\";tag=b" tag=c`},
		{`sip:a@h;tag=1;+sip.instance="<urn:x>"`, `tag=1 +sip.instance="<urn:x>"`},
		{`"; tag=no" <sip:a@h;tag=no> ; TAG = yes ;;`, `tag=yes`},
		{`<sip:a@h`, ``},
		{``, ``},
	} {
		var got []string
		for _, p := range params(c.address) {
			got = append(got, p.K+"="+p.V)
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.address, s, c.want)
		}
	}
}

func TestPieces(t *testing.T) {
	got := slices.Collect(pieces(`"a, \", b" <sip:c,d@e>;x="f,g" , <h,`, ','))
	want := []string{`"a, \", b" <sip:c,d@e>;x="f,g" `, ` <h,`}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// A tag between quotes is no tag, in a message as it comes.
func TestQuotedTagIsNone(t *testing.T) {
	m, err := parser().ParseSIP([]byte("BYE sip:201@h SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKx\r\n" +
		"f: <sip:202@h>;x=\";tag=evil\";tag=far\r\nT: <sip:201@h>;TAG=ours;y=\"=;tag=evil\"\r\nCall-ID: c\r\nCSeq: 2 BYE\r\n" +
		"Contact: \"a,b\" <sip:a,b@h>;q=\"0.5\";z=\"q=1,\", <sip:c@h>;q=0.7\r\nContent-Length: 0\r\n\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	req := m.(*sip.Request)
	if id := dialogOf(req); id != (dialog.ID{CallID: "c", Local: "ours", Remote: "far"}) {
		t.Errorf("dialog %+v", id)
	}
	var qs []string
	for _, h := range req.GetHeaders("Contact") {
		c := h.(*sip.ContactHeader)
		qs = append(qs, c.Address.User+" "+unquoted(c.Params, "q"))
	}
	if d := cmp.Diff([]string{"a,b 0.5", "c 0.7"}, qs); d != "" {
		t.Error(d)
	}
	// What goes back is what came.
	res := sip.NewResponseFromRequest(req, 200, "OK", nil)
	for _, want := range []string{`<sip:202@h>;x=";tag=evil";tag=far`, `<sip:201@h>;tag=ours;y="=;tag=evil"`} {
		if !strings.Contains(res.String(), want) {
			t.Errorf("the response lacks %s:\n%s", want, res)
		}
	}
}
