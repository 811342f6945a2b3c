package torture

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Wanted is what may come of a message: alternatives, any of which will do.
//
//	400          this final response; a connection stays open and in step
//	ring         180, and 487 once the call is withdrawn
//	served       understood: forwarded, or refused for what it asks, not for its form
//	drop         no response; a connection stays open and in step
//	wait         no response; a connection stays open, waiting for the rest
//	close        no response; the connection is closed
//	400+close    this final response, then the connection is closed
type Wanted []string

func wanted(s string) (Wanted, error) {
	w := Wanted(strings.Split(s, "|"))
	for _, one := range w {
		what := strings.TrimSuffix(one, "+close")
		code, err := strconv.Atoi(what)
		named := slices.Contains([]string{"ring", "served", "drop", "wait", "close"}, one)
		if !named && (err != nil || code < 200 || code > 699) {
			return nil, fmt.Errorf("%q is no outcome", one)
		}
	}
	return w, nil
}

func (w Wanted) String() string { return strings.Join(w, "|") }

// Silence reports whether no response at all is wanted, so that none need be waited for.
func (w Wanted) Silence() bool {
	return !slices.ContainsFunc(w, func(s string) bool { return s != "drop" && s != "wait" && s != "close" })
}

// Accepts reports whether an outcome is one of those wanted.
func (w Wanted) Accepts(o Outcome) bool {
	return slices.ContainsFunc(w, func(s string) bool {
		return s == o.String() || s == "served" && o.served()
	})
}

// An Outcome is what came of a message.
type Outcome struct {
	Rang   bool // 180 was sent
	Final  int  // status of the final response; 0: none came
	Closed bool // the connection was closed; false for UDP
	Deaf   bool // the connection is open and answers nothing more; false for UDP
}

func (o Outcome) String() string {
	s := strconv.Itoa(o.Final)
	switch {
	case o.Rang:
		s = "ring"
	case o.Final == 0 && o.Closed:
		return "close"
	case o.Final == 0 && o.Deaf:
		return "wait"
	case o.Final == 0:
		return "drop"
	}
	switch {
	case o.Closed:
		s += "+close"
	case o.Deaf:
		s += "+deaf"
	}
	return s
}

// served reports whether a request was taken as a good one: it rang, or the answer is
// about the user, the login or the next hop.
func (o Outcome) served() bool {
	understood := o.Rang || o.Final >= 200 && o.Final < 300 || slices.Contains([]int{
		401, 403, 404, 405, 407, 408, 423, 480, 484, 486, 487, 488, 503, 603, 604, 606,
		476, 477, 478, 479, // Kamailio's: the next hop cannot be found or reached
	}, o.Final)
	return understood && !o.Closed && !o.Deaf
}
