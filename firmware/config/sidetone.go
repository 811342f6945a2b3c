package config

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Sidetone is the own voice in the own ear.
type Sidetone struct {
	DB  float64 // that the phone mixes, from microphone to earpiece; 0: it does not
	Off bool    // and the card is asked not to either
	// Card is how loud the card's own is set, which has no delay; 0: it is left as it is.
	Card float64
}

// How loud the phone may mix it. More howls where a handset leads sound back to its
// microphone; less is not heard.
const sidetoneLow, sidetoneHigh = -40, -6

var decibels = regexp.MustCompile(`^([+-]?[0-9]{1,3}(?:\.[0-9])?) ?[dD][bB]$`)

// sidetoneOf reads sound.sidetone; words say what is wrong with it.
func sidetoneOf(s string) (side Sidetone, words string) {
	switch s {
	case "card":
		return Sidetone{}, ""
	case "off":
		return Sidetone{Off: true}, ""
	}
	level, card := strings.CutPrefix(s, "card ")
	m := decibels.FindStringSubmatch(level)
	if m == nil {
		return side, fmt.Sprintf(`%q: write "card", "card -12dB", "off" or how loud, like "-18dB"`, clip(s))
	}
	db, err := strconv.ParseFloat(m[1], 64)
	if err != nil || db < sidetoneLow || db > sidetoneHigh {
		return side, fmt.Sprintf("%s is out of range; %ddB to %ddB", s, sidetoneLow, sidetoneHigh)
	}
	if card {
		return Sidetone{Card: db}, ""
	}
	return Sidetone{DB: db}, ""
}

func sidetoneWords(s string) string {
	_, words := sidetoneOf(s)
	return words
}
