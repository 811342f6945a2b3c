package digitmap

// Bounds of a map, checked by Check.
const (
	MaxBytes    = 1024
	MaxElements = 60 // of one pattern
)

// An Error is one mistake in a digit map.
type Error struct {
	Pos  int    // byte in the map, from 0
	Text string // plain sentence: what is wrong and the remedy
}

// Error is the sentence, without the position.
func (e *Error) Error() string { return e.Text }

// Check returns nil, or an *Error for the first mistake in the map.
func (m Map) Check() error {
	if _, err := parse(m); err != nil {
		return err
	}
	return nil
}
