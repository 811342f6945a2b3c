package doctor

// A Cause is why something fails, as far as another remedy mends it. The words beside it are
// for people; no remedy hangs on them.
type Cause uint8

const (
	OtherCause Cause = iota // none is known, or it has no remedy of its own

	// of the sound card
	CardMissing       // no card is there
	CardBusy          // another program has it
	CardDenied        // this user may not open it
	MicrophoneMissing // it only plays

	// of the way to a server
	NameUnknown     // no address belongs to its name
	NamesUnanswered // no name server answers
	Unreached       // nobody answers there
	OtherTransport  // something else is spoken there than what the account has

	// of a server's TLS
	TLSMissing        // what answers there does not speak it
	ClockWrong        // the certificate is of a later time than ours
	CertificateOver   // it was valid once
	CertificateOthers // it is for another name
	AuthorityUnknown  // nobody that the phone trusts has signed it
	ClientUnwelcome   // our certificate is not taken, or one is wanted

	// of a registration
	LoginRefused
	UserUnknown

	numCauses
)
