package transfer

import (
	"bytes"
	"strconv"
)

// maxFragment bounds a sipfrag in bytes; only its first line is read.
const maxFragment = 8 << 10

// Status reads the status line that begins the message/sipfrag body of a NOTIFY (RFC 3515
// §2.4.5, RFC 3420); 0: there is none.
func Status(body []byte) int {
	if len(body) > maxFragment {
		return 0
	}
	line, _, _ := bytes.Cut(body, []byte("\n"))
	line = bytes.TrimRight(line, "\r")
	version, rest, ok := bytes.Cut(line, []byte(" "))
	if !ok || !bytes.EqualFold(version, []byte("SIP/2.0")) {
		return 0
	}
	digits, _, _ := bytes.Cut(rest, []byte(" "))
	if len(digits) != 3 {
		return 0
	}
	code, err := strconv.Atoi(string(digits))
	if err != nil || code < 100 || code > 699 {
		return 0
	}
	return code
}

// Fragment is the body that tells a status.
func Fragment(code int, phrase string) []byte {
	return []byte("SIP/2.0 " + strconv.Itoa(code) + " " + phrase + "\r\n")
}
