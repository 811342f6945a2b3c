package media

import "sync"

// maxSpares is for a call and the one that waits beside it.
const maxSpares = 2

// spares keeps the memory of playout buffers that are over for the next ones: a call is
// answered without 100 KB of fresh memory that the system has to find page by page.
type spares struct {
	mu   sync.Mutex
	kept [][]byte
}

// take is memory for a buffer; nil: there is none.
func (s *spares) take() (m []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if last := len(s.kept) - 1; last >= 0 {
		m, s.kept = s.kept[last], s.kept[:last]
	}
	return m
}

// give keeps memory that nobody uses any more.
func (s *spares) give(m []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.kept) < maxSpares {
		s.kept = append(s.kept, m)
	}
}
