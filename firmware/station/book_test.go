package station

import (
	"fmt"
	"testing"
	"time"

	"github.com/offhook/offhook/firmware/phone"
	"github.com/offhook/offhook/sip"
	"github.com/offhook/offhook/ui"
)

var people = []phone.Peer{
	{Name: "Anna Schmidt", Number: "030123456789"}, {Name: "Bert", Number: "203"}, {Name: "Door", Number: "sip:door@10.0.0.9"},
	{Name: "Twin one", Number: "0301111111"}, {Name: "Twin two", Number: "0401111111"}, {Name: "Twin two", Number: "00401111111"},
}

func TestBookNames(t *testing.T) {
	b := newBook(people)
	for number, want := range map[string]string{
		"030123456789": "Anna Schmidt", "+4930123456789": "Anna Schmidt", "004930123456789": "Anna Schmidt", "23456789": "",
		"203": "Bert", "1203": "", "sip:door@10.0.0.9": "Door", "door": "",
		"0301111111": "Twin one", "+49401111111": "Twin two", "+49301111111": "Twin one", "+49501111111": "",
		"": "", "anonymous": "",
	} {
		if got := b.named(phone.Peer{Number: number}).Name; got != want {
			t.Errorf("%q is %q, want %q", number, got, want)
		}
	}
	if p := b.named(phone.Peer{Name: "BERT@PBX", Number: "203"}); p.Name != "Bert" {
		t.Errorf("%+v: the user's own name is the better one", p)
	}
	if p := b.named(phone.Peer{Name: "Carol", Number: "204"}); p.Name != "Carol" {
		t.Errorf("%+v", p)
	}
	if p := (book{}).named(phone.Peer{Name: "Carol", Number: "204"}); p.Name != "Carol" {
		t.Errorf("%+v", p)
	}
}

func TestBookRows(t *testing.T) {
	var all []phone.Peer
	for i := range 30 {
		all = append(all, phone.Peer{Name: fmt.Sprint("n", i), Number: fmt.Sprint(i)})
	}
	b := newBook(all)
	for _, c := range []struct{ offset, count, rows int }{{0, ui.PageRows, ui.PageRows}, {25, ui.PageRows, 5}, {30, 5, 0}, {99, 5, 0}, {-3, 5, 5}, {0, 99, ui.PageRows}, {0, -1, 0}} {
		r := ui.Rows{List: ui.Book, Offset: c.offset}
		b.rows(&r, c.count)
		if r.Count != c.rows || r.Total != 30 || c.rows > 0 && r.Rows[0].Peer != all[max(c.offset, 0)] {
			t.Errorf("%+v: %d of %d, first %+v", c, r.Count, r.Total, r.Rows[0])
		}
	}
}

// A settings file with a phone book: who calls has its name, and so has who is called, from
// the book's page by # and by lifting the handset, on the display and in the log.
func TestPhoneBook(t *testing.T) {
	onDesk(t, func(d *desk) {
		d.press("A2") // there is none yet: nothing opens
		if l := d.lcd(); l == "" || l[:4] != "Menu" {
			t.Errorf("without a book:\n%s", l)
		}
		d.press("*")
		d.file = Reloaded{Update: &Update{Phone: d.base, Book: people, UI: ui.Settings{Keys: "123A456B789C*0#D", Functions: ui.DefaultFunctions()}, Zone: time.UTC}}
		d.hup <- struct{}{}
		d.lcd()
		d.signal(sip.Reconfigured{})

		d.signal(sip.Incoming{Call: 2, Name: "SPAM", Number: "+4930123456789"})
		d.wants(d.lcd(), "Anna Schmidt        \n+4930123456789")
		d.signal(sip.Ended{Call: 2, Code: 487})

		d.press("A2")
		d.wants(d.lcd(), ">Anna Schmidt")
		d.press("A#")
		d.wants(d.agent.take(), `Dial{Call:0x1, Account:0, Target:"203"`)
		d.wants(d.lcd(), "Bert                \n203")
		d.signal(sip.Ended{Call: 1, Code: 486})
		d.press("D")

		d.press("A2AA")
		d.wants(d.lcd(), ">Door")
		d.lift(true)
		d.wants(d.agent.take(), `Dial{Call:0x3, Account:0, Target:"sip:door@10.0.0.9"`)
		d.wants(d.lcd(), "Door")
		d.lift(false)
		time.Sleep(time.Second)

		d.press("A1")
		for _, name := range []string{"Door", "Bert", "Anna S"} {
			d.wants(d.lcd(), name)
		}
	})
}
