package sip

import (
	"strconv"
	"strings"
)

// Words is a final status in plain words for the user; "" for 200 and what the user has
// done himself (487).
func Words(code int) string {
	switch code {
	case 200, 487:
		return ""
	case 301, 302, 305, 380:
		return "Moved to another number"
	case 300, 485:
		return "More than one match"
	case 404, 410, 604:
		return "No such number"
	case 408:
		return "No answer"
	case 480:
		return "Not available"
	case 484:
		return "Number is incomplete"
	case 486, 600:
		return "Busy"
	case 603, 607, 608:
		return "Declined"
	case 401, 402, 403, 407:
		return "Not allowed"
	case 415, 488, 606:
		return "No common codec"
	case 481:
		return "Call was lost"
	case 482, 483:
		return "Call goes in circles"
	case 503:
		return "No line to the server"
	}
	switch code / 100 {
	case 3:
		return "Moved to another number"
	case 5:
		return "Server error"
	case 6:
		return "Declined"
	}
	return "Call failed"
}

// reason reads a Reason header (RFC 3326): elsewhere is whether another phone took the
// call, which RFC 3326 §2 writes as SIP;cause=200.
func reason(values []string) (elsewhere bool) {
	for _, v := range values {
		for part := range strings.SplitSeq(v, ",") {
			fields := strings.Split(part, ";")
			if !strings.EqualFold(strings.TrimSpace(fields[0]), "SIP") {
				continue
			}
			for _, f := range fields[1:] {
				name, value, _ := strings.Cut(strings.TrimSpace(f), "=")
				if !strings.EqualFold(strings.TrimSpace(name), "cause") {
					continue
				}
				if n, err := strconv.Atoi(strings.TrimSpace(value)); err == nil && (n == 200 || n == 600) {
					elsewhere = true
				}
			}
		}
	}
	return elsewhere
}

// phrase is the reason phrase of a status that we send.
func phrase(code int) string {
	if p, ok := phrases[code]; ok {
		return p
	}
	switch code / 100 {
	case 1:
		return "Session Progress"
	case 2:
		return "OK"
	case 4:
		return "Request Failure"
	case 5:
		return "Server Failure"
	}
	return "Global Failure"
}

var phrases = map[int]string{
	100: "Trying", 180: "Ringing", 183: "Session Progress", 200: "OK",
	202: "Accepted", 489: "Bad Event",
	302: "Moved Temporarily", 400: "Bad Request", 403: "Forbidden", 404: "Not Found",
	405: "Method Not Allowed", 408: "Request Timeout", 415: "Unsupported Media Type",
	416: "Unsupported URI Scheme", 420: "Bad Extension",
	422: "Session Interval Too Small", 480: "Temporarily Unavailable",
	481: "Call/Transaction Does Not Exist", 482: "Loop Detected", 483: "Too Many Hops",
	486: "Busy Here", 487: "Request Terminated", 488: "Not Acceptable Here",
	491: "Request Pending", 500: "Server Internal Error", 501: "Not Implemented",
	503: "Service Unavailable", 504: "Server Time-out", 505: "Version Not Supported", 600: "Busy Everywhere",
	603: "Decline",
}
