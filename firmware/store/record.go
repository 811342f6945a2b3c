package store

import (
	"encoding/binary"
	"encoding/json"
	"hash/crc32"

	"github.com/offhook/offhook/firmware/phone"
)

// Everything lies in one bucket, each value as the CRC-32C of key and JSON (big-endian)
// and then the JSON:
//
//	format       {"version":3,"first":12,"last":511,"saved":true}
//	saved        phone.Saved
//	texts        []phone.Text, oldest first
//	refusals     the logins that were refused, oldest first, and the key of their marks
//	call N       phone.Entry; N is 8 bytes, big-endian, first to last without a gap
//
// format says what else there must be, so that nothing is lost unseen.

// formatVersion 2 may have texts, 3 refusals.
const formatVersion = 3

var (
	bucketName  = []byte("offhook")
	keyFormat   = []byte("format")
	keySaved    = []byte("saved")
	keyTexts    = []byte("texts")
	keyRefusals = []byte("refusals")
	keyCall     = []byte("call ")
	castagnoli  = crc32.MakeTable(crc32.Castagnoli)
)

type format struct {
	Version  int    `json:"version"`
	First    uint64 `json:"first"` // number of the oldest entry
	Last     uint64 `json:"last"`  // number of the newest; First-1: there is none
	Saved    bool   `json:"saved"`
	Texts    bool   `json:"texts,omitempty"`
	Refusals bool   `json:"refusals,omitempty"`
}

func callKey(n uint64) []byte { return binary.BigEndian.AppendUint64(append([]byte{}, keyCall...), n) }

// pack makes a value of the bucket.
func pack(key []byte, v any) ([]byte, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	sum := crc32.Update(crc32.Checksum(key, castagnoli), castagnoli, text)
	return append(binary.BigEndian.AppendUint32(nil, sum), text...), nil
}

// unpack is the reverse of pack.
func unpack(key, value []byte, v any) error {
	if len(value) < 4 {
		return damaged("%q is too short", key)
	}
	text := value[4:]
	if binary.BigEndian.Uint32(value) != crc32.Update(crc32.Checksum(key, castagnoli), castagnoli, text) {
		return damaged("%q has a wrong checksum", key)
	}
	if err := json.Unmarshal(text, v); err != nil {
		return damaged("%q: %v", key, err)
	}
	return nil
}

// content is all that a file keeps.
type content struct {
	format   format
	saved    phone.Saved
	calls    []phone.Entry
	texts    []phone.Text
	refusals refusals
}

// decode reads the content out of a file's bytes; ErrNewer wraps a format that a later
// version wrote. older says that the last change may be missing.
func decode(b []byte) (c content, older bool, err error) {
	var seen, saved, texts, refused bool
	calls := map[uint64]phone.Entry{}
	older, err = inspect(b, func(bucket, key, value []byte) error {
		if string(bucket) != string(bucketName) {
			return damaged("a bucket %q", bucket)
		}
		switch {
		case string(key) == string(keyFormat):
			seen = true
			return unpack(key, value, &c.format)
		case string(key) == string(keySaved):
			saved = true
			return unpack(key, value, &c.saved)
		case string(key) == string(keyTexts):
			texts = true
			return unpack(key, value, &c.texts)
		case string(key) == string(keyRefusals):
			refused = true
			return unpack(key, value, &c.refusals)
		case len(key) == len(keyCall)+8 && string(key[:len(keyCall)]) == string(keyCall):
			var e phone.Entry
			err := unpack(key, value, &e)
			calls[binary.BigEndian.Uint64(key[len(keyCall):])] = e
			return err
		}
		return damaged("an unknown key %q", key)
	})
	f := c.format
	switch {
	case err != nil:
		return content{}, false, err
	case !seen && !saved && !texts && !refused && len(calls) == 0:
		c.format = format{Version: formatVersion, First: 1}
		return c, older, nil // made, and nothing put yet
	case f.Version > formatVersion:
		return content{}, false, errNewer
	case !seen || f.Saved != saved || f.Texts != texts || f.Refusals != refused || len(c.texts) > phone.MaxTexts || len(c.refusals.All) > MaxRefusals || f.First < 1 || f.Last+1 < f.First || f.Last+1-f.First != uint64(len(calls)):
		return content{}, false, damaged("something is missing")
	}
	for n := f.First; n <= f.Last; n++ {
		e, ok := calls[n]
		if !ok {
			return content{}, false, damaged("call %d is missing", n)
		}
		c.calls = append(c.calls, e)
	}
	return c, older, nil
}
