package measure

import (
	"testing"
	"time"
)

// A delay that moves in mid-window is found piece by piece; another voice is not.
func TestPiecesFollowAMovingDelay(t *testing.T) {
	said := speech(1, 16000, 6*time.Second, false)
	heard := Signal{Rate: said.Rate}
	cut := said.index(2300 * time.Millisecond)
	heard.X = append(heard.X, said.X[:cut]...)
	heard.X = append(heard.X, said.X[cut+said.index(20*time.Millisecond):]...) // 20 ms less delay from here on
	whole := Compare(said, heard, Options{Min: -time.Second, Max: time.Second})
	pieces := Compare(said, heard, Options{Min: -time.Second, Max: time.Second, Piece: 125 * time.Millisecond})
	if whole.Least > 0.85 {
		t.Errorf("one delay a second finds %.2f: the test shows nothing", whole.Least)
	}
	if pieces.Least < 0.95 {
		t.Errorf("pieces find only %.2f", pieces.Least)
	}
	other := Compare(said, speech(2, 16000, 6*time.Second, false), Options{Min: -time.Second, Max: time.Second, Piece: 125 * time.Millisecond})
	for _, w := range other.Windows {
		if w.Speech && w.Alike > 0.75 {
			t.Errorf("another voice is %.2f alike", w.Alike)
		}
	}
}
