package wav

import (
	"encoding/binary"
	"os"
)

// Mend brings the header of a file that this package wrote up to date with its length, as
// after a power cut, and reports whether that was needed. A file that is not ours stays as it
// is.
func Mend(path string) (bool, error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return false, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return false, err
	}
	var head, ours [headerLen]byte
	if n, _ := f.ReadAt(head[:], 0); n != headerLen || !info.Mode().IsRegular() {
		return false, nil
	}
	le := binary.LittleEndian
	s := form{rate: int(le.Uint32(head[24:])), channels: int(le.Uint16(head[22:]))}
	if s.rate < minRate || s.rate > maxRate || s.channels < 1 || s.channels > maxChannels {
		return false, nil
	}
	said := int64(le.Uint32(head[40:])) / 2
	if header(&ours, s, said); head != ours {
		return false, nil
	}
	there := min(info.Size()-headerLen, 2*maxSamples) / int64(2*s.channels) * int64(s.channels)
	if there == said {
		return false, nil
	}
	header(&ours, s, there)
	if _, err := f.WriteAt(ours[:], 0); err != nil {
		return false, err
	}
	return true, f.Close()
}
