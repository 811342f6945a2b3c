// Package torture owns the 61 SIP messages of RFC 4475 (section 3) and RFC 5118
// (section 4), what those RFCs ask of a phone and of an exchange that get them, and the
// means to ask a running one over UDP and TCP. It judges answers, never how they come
// about, and it sends nothing but these messages and what ends a call that one of them
// began.
package torture

import (
	"embed"
	"fmt"
	"slices"
	"strings"
	"sync"
)

//go:embed manifest.tsv messages
var files embed.FS

// A Message is one of the RFCs' messages and what is to come of it.
type Message struct {
	Name    string // "wsinv", as in the RFC
	RFC     string // "4475"
	Section string // "3.1.1.1"
	Class   string // "valid", "invalid", "transaction", "application", "compat" …
	SHA256  string // of Bytes
	About   string // what is special about it, in a few words
	Bytes   []byte // as it goes over the wire; not to be changed
	want    [2][2]Wanted
}

// A Role is what the one is that gets a message.
type Role int

const (
	Phone    Role = iota // a user agent that is no registrar
	Exchange             // a registrar and proxy
)

// A Network is how a message travels.
type Network int

const (
	UDP Network = iota
	TCP
)

func (n Network) String() string { return [...]string{"udp", "tcp"}[n] }

// Networks are all that messages are sent over.
var Networks = []Network{UDP, TCP}

// Wanted is what may come of the message.
func (m Message) Wanted(r Role, n Network) Wanted { return m.want[r][n] }

// Messages are all of them, in the order of the RFCs. The slice is the caller's.
func Messages() []Message { return slices.Clone(all()) }

var all = sync.OnceValue(func() []Message {
	table, err := files.ReadFile("manifest.tsv")
	if err != nil {
		panic(err) // it is embedded
	}
	out, err := parse(string(table))
	if err != nil {
		panic(err) // a test reads it
	}
	return out
})

// Users are whom the valid INVITEs call, and the MESSAGE with a multipart body.
var Users = []string{"user", "UserB", "vivekg", "sips:user@example.com", "kumiko"}

// columns of manifest.tsv.
const columns = "name rfc section class sha256 phone_udp phone_tcp exchange_udp exchange_tcp about"

func parse(table string) ([]Message, error) {
	var out []Message
	for i, line := range strings.Split(strings.TrimSuffix(table, "\n"), "\n") {
		cells := strings.Split(line, "\t")
		if i == 0 {
			if strings.Join(cells, " ") != columns {
				return nil, fmt.Errorf("torture: the columns are not %s", columns)
			}
			continue
		}
		if len(cells) != len(strings.Fields(columns)) {
			return nil, fmt.Errorf("torture: line %d: %d columns", i+1, len(cells))
		}
		m := Message{Name: cells[0], RFC: cells[1], Section: cells[2], Class: cells[3], SHA256: cells[4], About: cells[9]}
		var err error
		if m.Bytes, err = files.ReadFile("messages/" + m.Name + ".dat"); err != nil {
			return nil, fmt.Errorf("torture: line %d: %w", i+1, err)
		}
		for r := range m.want {
			for n := range m.want[r] {
				if m.want[r][n], err = wanted(cells[5+2*r+n]); err != nil {
					return nil, fmt.Errorf("torture: line %d: %w", i+1, err)
				}
			}
		}
		out = append(out, m)
	}
	return out, nil
}
