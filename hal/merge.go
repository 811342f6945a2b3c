package hal

import "strings"

// maxHeld bounds the inputs that wait for the first hook level.
const maxHeld = 64

// merge is the pure part of Join: what two panels' inputs are together.
type merge struct {
	known [2]bool // the level of this panel's hook switch has come, or it has none
	off   [2]bool // level of each hook switch
	sent  bool    // the first level has been passed on
	level bool    // as last passed on
	held  []Input // inputs that came before the first level
	down  [2]map[Key]bool
}

func newMerge(hooks [2]bool) *merge {
	return &merge{
		known: [2]bool{!hooks[0], !hooks[1]},
		sent:  !hooks[0] && !hooks[1],
		down:  [2]map[Key]bool{{}, {}},
	}
}

// step takes one input of panel from and returns what passes on. Before the first hook
// level is known of both panels nothing passes: the level comes first.
func (m *merge) step(from int, v Input) []Input {
	switch v := v.(type) {
	case HookInput:
		return m.hook(from, v)
	case KeyInput:
		other := m.down[1-from][v.Key]
		if m.down[from][v.Key] == v.Down {
			return nil
		}
		if v.Down {
			m.down[from][v.Key] = true
		} else {
			delete(m.down[from], v.Key)
		}
		if other {
			return nil
		}
	}
	if !m.sent {
		if len(m.held) < maxHeld {
			m.held = append(m.held, v)
		}
		return nil
	}
	return []Input{v}
}

func (m *merge) hook(from int, v HookInput) []Input {
	m.known[from], m.off[from] = true, v.Off
	switch {
	case m.sent && v.Off == m.level, !m.known[0], !m.known[1]:
		return nil
	case m.sent:
		m.level = v.Off
		return []Input{v}
	}
	m.sent, m.level = true, m.off[0] || m.off[1]
	v.Off = m.level
	all := append([]Input{v}, m.held...)
	m.held = nil
	return all
}

func hasKey(keys string, k Key) bool { return strings.ContainsRune(keys, rune(k)) }

// Fit returns the frame cut or padded with spaces to size.
func (f Frame) Fit(size Size) Frame {
	if f.Size == size {
		return f
	}
	fitted := Frame{Size: size, Light: f.Light}
	for i := range min(size.Rows, MaxRows) {
		line := []rune(f.Text[i])
		if len(line) > size.Cols {
			line = line[:size.Cols]
		}
		fitted.Text[i] = string(line) + strings.Repeat(" ", size.Cols-len(line))
	}
	return fitted
}
