package haltest

import "github.com/offhook/offhook/hal"

// Frame is a frame of a display, lit, with these rows.
func Frame(size hal.Size, rows ...string) hal.Frame {
	f := hal.Frame{Light: true}
	copy(f.Text[:], rows)
	return f.Fit(size)
}

// Frames makes frames out of a fuzzer's bytes: each has some cells that differ from the frame
// before, the first one from an empty one. Its letters are of these. The byte that a frame
// begins with is for what else the test has to choose.
func Frames(size hal.Size, letters []rune, data []byte, show func(f hal.Frame, choice byte)) {
	now := hal.Frame{}.Fit(size)
	for len(data) > 0 {
		n := min(len(data), int(data[0])%24+1)
		rows := make([][]rune, size.Rows)
		for i := range rows {
			rows[i] = []rune(now.Text[i])
		}
		for i, b := range data[:n] {
			at := (int(data[0])*7 + i*int(b)) % (size.Cols * size.Rows)
			rows[at/size.Cols][at%size.Cols] = letters[int(b)%len(letters)]
		}
		for i := range rows {
			now.Text[i] = string(rows[i])
		}
		show(now, data[0])
		data = data[n:]
	}
}
