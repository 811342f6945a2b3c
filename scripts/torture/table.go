package main

import (
	"fmt"
	"strings"

	"github.com/offhook/offhook/sip/torture"
)

// column is what came of all messages at one peer.
type column struct {
	name string
	role torture.Role
	got  map[torture.Network][]torture.Outcome // in the order of torture.Messages
}

// missed is how often it was not what the RFCs ask for.
func (c column) missed() (n int) {
	for i, m := range torture.Messages() {
		for _, over := range torture.Networks {
			if !m.Wanted(c.role, over).Accepts(c.got[over][i]) {
				n++
			}
		}
	}
	return n
}

// cell is the outcome over UDP and TCP; bold: not what is asked for.
func (c column) cell(i int, m torture.Message) string {
	var parts []string
	for _, over := range torture.Networks {
		s := c.got[over][i].String()
		if !m.Wanted(c.role, over).Accepts(c.got[over][i]) {
			s = "**" + s + "**"
		}
		parts = append(parts, s)
	}
	if parts[0] == parts[1] {
		return parts[0]
	}
	return strings.Join(parts, " / ")
}

func wants(m torture.Message, r torture.Role) string {
	udp, tcp := m.Wanted(r, torture.UDP).String(), m.Wanted(r, torture.TCP).String()
	s := udp
	if tcp != udp {
		s += " / " + tcp
	}
	return strings.ReplaceAll(s, "|", " or ")
}

const preface = `# Torture

The 61 messages of RFC 4475 and RFC 5118, each sent over UDP and over TCP to something that runs, which must answer OPTIONS afterwards. Written by
%[1]smake torture%[1]s; what is asked for stands in %[1]ssip/torture/manifest.tsv%[1]s, and %[1]smake test%[1]s holds Offhook to it.

%[2]s.

| | missed, of 122 |
|---|---|
%[3]s
One entry: the same over UDP and TCP; two: UDP / TCP. A number is the final response. *ring*: 180, and 487 when the call was withdrawn. *served*: taken as a good
request, whatever becomes of it (401, 404, 407, 480 …). *drop*: no response. *wait*: no response, the connection waits for the rest. *close*: the connection is
closed. *deaf*: it stays open, and is out of step. **Bold** is not what the RFCs ask for. The exchanges know nobody who sends these, so %[1]s407%[1]s is how they serve.

`

// render is the page.
func render(about string, columns []column) string {
	var b strings.Builder
	var sums strings.Builder
	for _, c := range columns {
		fmt.Fprintf(&sums, "| %s | %d |\n", c.name, c.missed())
	}
	fmt.Fprintf(&b, preface, "`", about, sums.String())
	b.WriteString("| message | RFC, section | what is special | a phone |")
	role := torture.Phone
	line := "|---|---|---|---|"
	for _, c := range columns {
		if c.role != role {
			role = c.role
			b.WriteString(" an exchange |")
			line += "---|"
		}
		fmt.Fprintf(&b, " %s |", c.name)
		line += "---|"
	}
	b.WriteString("\n" + line + "\n")
	for i, m := range torture.Messages() {
		fmt.Fprintf(&b, "| %s | %s, %s | %s | %s |", m.Name, m.RFC, m.Section, m.About, wants(m, torture.Phone))
		role := torture.Phone
		for _, c := range columns {
			if c.role != role {
				role = c.role
				fmt.Fprintf(&b, " %s |", wants(m, role))
			}
			fmt.Fprintf(&b, " %s |", c.cell(i, m))
		}
		b.WriteString("\n")
	}
	return b.String()
}
