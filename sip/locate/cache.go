package locate

import (
	"container/list"
	"time"

	"github.com/miekg/dns"
)

// Bounds of what is remembered, our own choice but for where a section is named.
const (
	maxNames    = 256              // names and kinds of records
	longestTTL  = 24 * time.Hour   // RFC 8767 §4 wants a cap
	longestNone = 5 * time.Minute  // that a name does not exist (RFC 2308 §5)
	staleFor    = 72 * time.Hour   // how old an answer may be when nobody answers (RFC 8767 §5)
	staleEvery  = 10 * time.Second // between attempts while an old answer stands in
)

// A question is a name, in lower case and with its last dot, and a kind of record.
type question struct {
	name string
	kind uint16
}

// An answer is what DNS said: none, if there are no such records.
type answer struct {
	records []dns.RR
	ttl     time.Duration
}

// memory holds answers until their time is over, and behind that for when DNS is silent.
// The caller locks it.
type memory struct {
	known map[question]*list.Element
	used  *list.List // of *entry, the most recently used in front
}

type entry struct {
	q     question
	a     answer
	until time.Time // the answer is good before this
	asked time.Time // DNS was last asked in vain
	got   time.Time
}

func newMemory() *memory { return &memory{map[question]*list.Element{}, list.New()} }

// fresh is an answer whose time is not over.
func (m *memory) fresh(q question, now time.Time) (answer, bool) {
	e := m.find(q)
	if e == nil || !now.Before(e.until) {
		return answer{}, false
	}
	return e.a, true
}

// stale is an answer that may be used because nobody gives a new one. resting: that was so
// a moment ago, and DNS need not be asked again yet.
func (m *memory) stale(q question, now time.Time) (a answer, resting, ok bool) {
	e := m.find(q)
	if e == nil || now.Sub(e.got) > staleFor || len(e.a.records) == 0 {
		return answer{}, false, false
	}
	return e.a, now.Sub(e.asked) < staleEvery, true
}

// failed notes that nobody answered.
func (m *memory) failed(q question, now time.Time) {
	if e := m.find(q); e != nil {
		e.asked = now
	}
}

func (m *memory) keep(q question, a answer, now time.Time) {
	top := longestTTL
	if len(a.records) == 0 {
		top = longestNone
	}
	e := m.find(q)
	if e == nil {
		if m.used.Len() >= maxNames {
			old := m.used.Back()
			delete(m.known, old.Value.(*entry).q)
			m.used.Remove(old)
		}
		e = &entry{q: q}
		m.known[q] = m.used.PushFront(e)
	}
	e.a, e.got, e.until, e.asked = a, now, now.Add(min(max(a.ttl, 0), top)), time.Time{}
}

// age ends the time of all answers: they came from another network's servers.
func (m *memory) age() {
	for e := m.used.Front(); e != nil; e = e.Next() {
		e.Value.(*entry).until = time.Time{}
	}
}

func (m *memory) find(q question) *entry {
	e := m.known[q]
	if e == nil {
		return nil
	}
	m.used.MoveToFront(e)
	return e.Value.(*entry)
}
