package main

import (
	"errors"

	"github.com/offhook/offhook/firmware/doctor"
	"github.com/offhook/offhook/firmware/phone"
	"github.com/offhook/offhook/media/audio"
	"github.com/offhook/offhook/sip"
)

// serverCauses are what a probe of a server found, as the doctor takes it.
var serverCauses = map[sip.Trouble]doctor.Cause{
	sip.NameUnknown:       doctor.NameUnknown,
	sip.NamesUnanswered:   doctor.NamesUnanswered,
	sip.Unreached:         doctor.Unreached,
	sip.TLSMissing:        doctor.TLSMissing,
	sip.ClockWrong:        doctor.ClockWrong,
	sip.CertificateOver:   doctor.CertificateOver,
	sip.CertificateOthers: doctor.CertificateOthers,
	sip.AuthorityUnknown:  doctor.AuthorityUnknown,
	sip.ClientUnwelcome:   doctor.ClientUnwelcome,
}

// accountCauses are why a registration does not stand, as the doctor takes it.
var accountCauses = map[phone.Trouble]doctor.Cause{
	phone.NameUnknown:     doctor.NameUnknown,
	phone.NamesUnanswered: doctor.NamesUnanswered,
	phone.Unreached:       doctor.Unreached,
	phone.OtherTransport:  doctor.OtherTransport,
	phone.LoginRefused:    doctor.LoginRefused,
	phone.UserUnknown:     doctor.UserUnknown,
}

// cardCause is what keeps a sound card from being used, as the doctor takes it.
func cardCause(err error) doctor.Cause {
	for _, c := range []struct {
		err   error
		cause doctor.Cause
	}{
		{audio.ErrNoCard, doctor.CardMissing},
		{audio.ErrBusy, doctor.CardBusy},
		{audio.ErrDenied, doctor.CardDenied},
		{audio.ErrNoMicrophone, doctor.MicrophoneMissing},
	} {
		if errors.Is(err, c.err) {
			return c.cause
		}
	}
	return doctor.OtherCause
}
