package main

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/offhook/offhook/firmware/doctor"
	"github.com/offhook/offhook/firmware/phone"
	"github.com/offhook/offhook/media/audio"
	"github.com/offhook/offhook/sip"
)

// From what each room says went wrong to what a person is told to do, one case per remedy.
func TestRemedies(t *testing.T) {
	card := func(err error) doctor.Seen {
		return doctor.Seen{Heard: hear(subject{card: func(audio.Spec) (audio.Card, error) { return nil, fmt.Errorf("audio: open: %w", err) }})}
	}
	server := func(p sip.Probed) doctor.Seen {
		p.Host = "pbx.home"
		return doctor.Seen{Servers: []doctor.Server{serverOf("Home", p)}}
	}
	name := func(trouble sip.Trouble) doctor.Seen { return server(sip.Probed{NotFound: "odd", Trouble: trouble}) }
	proof := func(trouble sip.Trouble) doctor.Seen { return server(sip.Probed{Refused: "odd", Trouble: trouble}) }
	account := func(trouble phone.Trouble) doctor.Seen {
		p := phone.Snapshot{NumAccts: 1}
		p.Accounts[0] = phone.AccountView{Label: "Home", Words: "odd", Trouble: trouble}
		return doctor.Seen{Accounts: standing(p)}
	}
	for _, c := range []struct {
		layer doctor.Layer
		seen  doctor.Seen
		want  string
	}{
		{doctor.Sound, card(audio.ErrNoCard), "plug one in;"},
		{doctor.Sound, card(audio.ErrBusy), "end the other program"},
		{doctor.Sound, card(audio.ErrDenied), "add the user that the phone runs as to the group audio:"},
		{doctor.Sound, card(audio.ErrNoMicrophone), "name one that has a microphone"},
		{doctor.Sound, card(errors.New("no sound card is used by another program")), "offhook devices lists the cards"},
		{doctor.DNS, name(sip.NamesUnanswered), "see that the router is on"},
		{doctor.DNS, name(sip.NameUnknown), "see that pbx.home is spelled right where account Home has it"},
		{doctor.TLS, proof(sip.Unreached), "see that the server is on and speaks TLS"},
		{doctor.TLS, proof(sip.TLSMissing), "see that the server is on and speaks TLS"},
		{doctor.TLS, proof(sip.ClockWrong), "give the router its way to the Internet, or a time server"},
		{doctor.TLS, proof(sip.CertificateOver), "who runs the server has to renew its certificate"},
		{doctor.TLS, proof(sip.CertificateOthers), "write the name that the certificate is for where account Home has pbx.home"},
		{doctor.TLS, proof(sip.AuthorityUnknown), "ask who runs the server for the certificate of its authority"},
		{doctor.TLS, proof(sip.ClientUnwelcome), "see that certificate and key of account Home"},
		{doctor.TLS, proof(sip.OtherTrouble), "ask who runs the server; offhook report"},
		{doctor.Registration, account(phone.LoginRefused), "see that user, login and password of account Home"},
		{doctor.Registration, account(phone.UserUnknown), "see that user and domain of account Home"},
		{doctor.Registration, account(phone.Unreached), "see that the server is on, and is where account Home has it"},
		{doctor.Registration, account(phone.NameUnknown), "see that domain and proxy of account Home"},
		{doctor.Registration, account(phone.NamesUnanswered), "see that domain and proxy of account Home"},
		{doctor.Registration, account(phone.OtherTransport), "see that transport of account Home"},
		{doctor.Registration, account(phone.OtherTrouble), "ask who runs the server of account Home"},
	} {
		c.seen.Links, c.seen.Addresses = []doctor.Interface{{Name: "eth0", Up: true}}, []netip.Addr{netip.MustParseAddr("192.0.2.7")}
		c.seen.Time.Now = built
		if got := doctor.Diagnose(c.seen)[c.layer]; got.Verdict != doctor.Bad || !strings.HasPrefix(got.Remedy, c.want) {
			t.Errorf("%+v, want %q", got, c.want)
		}
	}
}
