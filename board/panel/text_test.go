package panel_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/offhook/offhook/board/sim"
)

// A client's text reaches the phone as it was written, however JSON spells it, and the client
// gets the phone's sentence.
func TestTextForAClient(t *testing.T) {
	p := open(t, sim.Config{})
	if err := p.dial(t).Text("202", "Lunch?"); err == nil || err.Error() != "panel: this phone sends no texts" {
		t.Errorf("%v", err)
	}
	longest := strings.Repeat("<", 500) // six bytes each in JSON
	var got []string
	p.Panel.Text = func(_ context.Context, number, words string) error {
		got = append(got, number+" "+words)
		if number == "299" {
			return errors.New("text not sent: No such number (404)")
		}
		return nil
	}
	c := p.dial(t)
	for _, words := range []string{"Lunch?", "Grüße,\n\"Ä\"", longest} {
		if err := c.Text("202", words); err != nil {
			t.Errorf("%q: %v", words, err)
		}
		if want := "202 " + words; got[len(got)-1] != want {
			t.Errorf("%q came as %q", want, got[len(got)-1])
		}
	}
	if err := c.Text("299", "x"); err == nil || err.Error() != "panel: text not sent: No such number (404)" {
		t.Errorf("%v", err)
	}
	before := len(got)
	for number, words := range map[string]string{"": "x", "202": " ", "203": longest + "<"} {
		if err := c.Text(number, words); err == nil || !strings.Contains(err.Error(), "text needs a number") {
			t.Errorf("%q to %q: %v", words, number, err)
		}
	}
	if len(got) != before {
		t.Errorf("the phone was asked for %q", got[before:])
	}
}

// A client that asks for the doctor gets what was found.
func TestDoctorForAClient(t *testing.T) {
	p := open(t, sim.Config{})
	c := p.dial(t)
	if _, err := c.Doctor(); err == nil || err.Error() != "panel: this phone has no doctor" {
		t.Errorf("%v", err)
	}
	p.Panel.Doctor = func(context.Context) (string, error) { return "Pins  ok\nLCD  ok\n", nil }
	if words, err := c.Doctor(); err != nil || words != "Pins  ok\nLCD  ok\n" {
		t.Errorf("%q, %v", words, err)
	}
	if _, err := c.Report(); err == nil || err.Error() != "panel: this phone has no report" {
		t.Errorf("%v", err)
	}
	p.Panel.Report = func(context.Context) (string, error) { return "Report saved", nil }
	if words, err := c.Report(); err != nil || words != "Report saved" {
		t.Errorf("%q, %v", words, err)
	}
	p.Panel.Doctor = func(context.Context) (string, error) { return "half", errors.New("the phone is stopping") }
	if words, err := c.Doctor(); err == nil || words != "" || err.Error() != "panel: the phone is stopping" {
		t.Errorf("%q, %v", words, err)
	}
}

// A client that asks for the settings gets the phone's words, several lines of them too.
func TestReloadForAClient(t *testing.T) {
	p := open(t, sim.Config{})
	c := p.dial(t)
	if _, err := c.Reload(); err == nil || err.Error() != "panel: this phone has no settings to read" {
		t.Errorf("%v", err)
	}
	good := true
	p.Panel.Reload = func(context.Context) (string, error) {
		if !good {
			return "", errors.New("offhook.toml:6:1: x\n1 mistake.")
		}
		return "The new settings are in use.", nil
	}
	if words, err := c.Reload(); err != nil || words != "The new settings are in use." {
		t.Errorf("%q, %v", words, err)
	}
	good = false
	if words, err := c.Reload(); err == nil || words != "" || err.Error() != "panel: offhook.toml:6:1: x\n1 mistake." {
		t.Errorf("%q, %v", words, err)
	}
}
