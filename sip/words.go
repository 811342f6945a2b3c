package sip

// Words is a final status in plain words for the user, 20 letters at most; "" for 200 and
// what the user has done himself (487).
func Words(code int) string {
	switch code {
	case 200, 202, 204, 487:
		return ""
	}
	if w, ok := statusWords[code]; ok {
		return w
	}
	switch code / 100 {
	case 3:
		return "Number has moved"
	case 5:
		return "Server error"
	case 6:
		return "Declined"
	}
	return "Call failed"
}

// statusWords are the final failures of IANA's registry, where the class does not say it.
var statusWords = map[int]string{
	300: "More than one match", 305: "Needs another proxy", 380: "Try another way",
	400: "Not understood", 401: "Not allowed", 402: "Not paid for", 403: "Not allowed",
	404: "No such number", 405: "Not possible", 406: "Not possible", 407: "Not allowed",
	408: "No answer", 410: "No such number", 412: "Not possible", 413: "Not possible",
	414: "Number is too long", 415: "No common codec", 416: "Not possible", 417: "Not possible",
	420: "Not possible", 421: "Not possible", 422: "Timer refused", 423: "Timer refused",
	424: "Location refused", 425: "Not possible", 428: "Identity is missing",
	429: "Not possible", 430: "Connection was lost", 433: "Show your number",
	436: "Identity refused", 437: "Identity refused", 438: "Identity refused",
	439: "Not possible", 440: "Call goes in circles", 469: "Not possible", 470: "Needs their consent",
	480: "Not available", 481: "Call was lost", 482: "Call goes in circles", 483: "Call goes in circles",
	484: "Number is incomplete", 485: "More than one match", 486: "Busy", 488: "No common codec",
	489: "Not possible", 491: "Try once more", 493: "Not readable", 494: "Not secure enough",
	501: "Not possible", 503: "Server not available", 504: "Server is silent", 505: "Not possible",
	513: "Message too long", 555: "Not possible", 580: "Not possible now",
	600: "Busy", 603: "Declined", 604: "No such number", 606: "No common codec",
	607: "Not wanted", 608: "Screened out",
}

// underWay are provisional statuses that say more than that it rings (RFC 3261 §21.1).
var underWay = map[int]string{181: "Being forwarded", 182: "Waiting in a queue"}

// causeWords are causes of the telephone network (ITU-T Q.850 §2.2.7), for statuses that
// say less.
var causeWords = map[int]string{
	1: "No such number", 2: "No way there", 3: "No way there", 17: "Busy", 18: "No answer",
	19: "No answer", 20: "Phone switched off", 21: "Declined", 22: "Number has changed",
	27: "Line is out of order", 28: "Number is incomplete", 34: "All lines are busy",
	38: "Network is down", 41: "Network trouble", 42: "Network is busy", 47: "All lines are busy",
	50: "Not allowed", 57: "Not allowed", 58: "Not possible now", 63: "Not possible",
	65: "Not possible", 79: "Not possible", 88: "Not possible", 102: "Network is silent",
}

// vague reports whether a cause beside a status says more than the status.
func vague(code int) bool {
	switch code {
	case 400, 403, 480, 500, 502, 503, 504, 580, 603:
		return true
	}
	return false
}

// spoken are the words of a status with the cause beside it; 0: none.
func spoken(code, cause int) string {
	if w := causeWords[cause]; w != "" && vague(code) {
		return w
	}
	return Words(code)
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
