package store

import (
	"slices"
	"strings"

	"github.com/offhook/offhook/firmware/phone"
)

// PutText keeps a text that came; of more than phone.MaxTexts the oldest go first. Words
// longer than a text may be are cut.
func (s *Store) PutText(t phone.Text) {
	t.Peer.Name, t.Peer.Number, t.Account = cut(t.Peer.Name), cut(t.Peer.Number), cut(t.Account)
	if len(t.Words) > 4*phone.MaxWords {
		t.Words = strings.ToValidUTF8(t.Words[:4*phone.MaxWords], "")
	}
	t.At = kept(t.At)
	s.mu.Lock()
	s.texts = append(s.texts, t)
	if over := len(s.texts) - phone.MaxTexts; over > 0 {
		s.texts = slices.Clone(s.texts[over:])
	}
	s.version++
	s.mu.Unlock()
	s.poke()
}

// Texts is a page of the texts, newest first: up to n from the skip-th on. The slice is
// the caller's.
func (s *Store) Texts(skip, n int) []phone.Text {
	s.mu.Lock()
	defer s.mu.Unlock()
	n = min(n, len(s.texts)-skip)
	if skip < 0 || n <= 0 {
		return nil
	}
	page := make([]phone.Text, 0, n)
	for i := range n {
		page = append(page, s.texts[len(s.texts)-1-skip-i])
	}
	return page
}

// NumTexts is how many texts are kept.
func (s *Store) NumTexts() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.texts)
}
