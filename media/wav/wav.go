// Package wav owns reading and writing WAV files of 16-bit PCM as a stream: constant
// memory, bounded parsing of whatever a file claims, and files that are valid even
// when the writer was killed. It refuses other encodings and does not resample.
//
// A file is a RIFF form of chunks, each a name, a length (little-endian) and that many
// bytes, padded to an even count:
//
//	"RIFF" length "WAVE"
//	"fmt " 16     format=1 channels rate bytes/s bytes/frame bits=16
//	"data" length samples…
package wav

import "errors"

// ErrFormat is wrapped by every error about a file that is not a usable WAV file.
var ErrFormat = errors.New("not a 16-bit PCM WAV file")

// ErrFull is returned by Write when the file has reached the 4 GiB that its header can say.
var ErrFull = errors.New("wav: file is full")

const (
	minRate, maxRate = 1000, 384000
	maxChannels      = 16
	maxPreamble      = 1 << 20 // bytes before the samples
	headerLen        = 44      // of the files that we write
	formatPCM        = 1
	formatExtensible = 0xFFFE // the real format begins the GUID at byte 24
)
