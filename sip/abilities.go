package sip

import (
	"strings"

	"github.com/offhook/offhook/sip/event"
)

// What this user agent says that it can, in Allow, Supported and Accept. A name stands
// here only when what it promises works.
var (
	// methods are answered with more than 405 or 501 (RFC 3261 §20.5).
	methods = []string{
		"INVITE",
		"ACK",
		"CANCEL",
		"BYE",
		"OPTIONS",
		"INFO",
		"MESSAGE",
		"NOTIFY",
		"PRACK",
		"UPDATE",
		"REFER",
	}
	// extensions are option tags (RFC 3261 §20.37): offered in Supported, and met when a
	// request names them in Require.
	extensions = []string{
		"100rel",      // RFC 3262
		"timer",       // RFC 4028
		"from-change", // RFC 4916
		"answermode",  // RFC 5373
		"199",         // RFC 6228
		"replaces",    // RFC 3891
		"norefersub",  // RFC 4488
	}
	// bodies are the types that an INVITE may carry (RFC 3261 §20.1).
	bodies = []string{
		accepts,
		"multipart/mixed", // RFC 5621 §3.1: with one of the others in it
	}
	// packages are the events whose NOTIFY is understood (RFC 6665 §8.2.2).
	packages = []string{
		event.MessageSummary,
		event.Dialog,
		event.Presence,
		event.Reg,
		"refer", // RFC 3515; only inside a call
	}
)

// accepts is the type of every offer and answer.
const accepts = "application/sdp"

var (
	allow       = strings.Join(methods, ", ")
	supported   = strings.Join(extensions, ", ")
	accept      = strings.Join(bodies, ", ")
	allowEvents = strings.Join(packages, ", ")
)
