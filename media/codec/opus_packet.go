package codec

// opusPacket reads what RFC 6716 §3 puts before the frames of a packet:
//
//	 0 1 2 3 4 5 6 7
//	+-+-+-+-+-+-+-+-+
//	| config  |s| c |   config: mode, bandwidth and frame length
//	+-+-+-+-+-+-+-+-+   s: stereo; c: how many frames follow and how
//
// It returns the length of a frame in units of 2.5 ms, the number of frames and where
// the first one begins; ok is false for a packet that breaks the rules R1 to R5 as far
// as they are read here, or is longer than 120 ms.
func opusPacket(p []byte) (units, frames, first int, ok bool) {
	if len(p) == 0 {
		return 0, 0, 0, false
	}
	units, frames, first = opusUnits(p[0]), 1, 1
	switch p[0] & 3 {
	case 1: // two frames of equal length (R3)
		frames = 2
		ok = (len(p)-1)%2 == 0
	case 2: // two frames, the length of the first is given (R4)
		frames = 2
		size, used := opusLength(p[1:])
		first = 1 + used
		ok = used > 0 && first+size <= len(p)
	case 3: // M frames
		if len(p) < 2 {
			return 0, 0, 0, false
		}
		frames = int(p[1] & 0x3F)
		first, ok = opusManyFirst(p)
	default:
		ok = true
	}
	ok = ok && frames > 0 && units*frames <= 48 // R5
	return units, frames, first, ok
}

// opusUnits is the length of a frame by its TOC byte (RFC 6716 table 2).
func opusUnits(toc byte) int {
	switch config := toc >> 3; {
	case config < 12: // SILK: 10, 20, 40, 60 ms
		return [...]int{4, 8, 16, 24}[config&3]
	case config < 16: // hybrid: 10, 20 ms
		return 4 << (config & 1)
	default: // CELT: 2.5, 5, 10, 20 ms
		return 1 << (config & 3)
	}
}

// opusLength reads a frame length of one or two bytes (§3.2.1); used is 0 if it is cut.
func opusLength(p []byte) (size, used int) {
	switch {
	case len(p) == 0:
		return 0, 0
	case p[0] < 252:
		return int(p[0]), 1
	case len(p) == 1:
		return 0, 0
	}
	return int(p[0]) + 4*int(p[1]), 2
}

// opusManyFirst finds the first frame of a code 3 packet, past padding and lengths
// (§3.2.5).
func opusManyFirst(p []byte) (first int, ok bool) {
	at, padding := 2, 0
	if p[1]&0x40 != 0 {
		for {
			if at >= len(p) {
				return 0, false
			}
			b := int(p[at])
			at++
			if b < 255 {
				padding += b
				break
			}
			padding += 254
		}
	}
	if p[1]&0x80 != 0 { // VBR: the lengths of all frames but the last
		total := 0
		for range int(p[1]&0x3F) - 1 {
			size, used := opusLength(p[min(at, len(p)):])
			if used == 0 {
				return 0, false
			}
			at += used
			total += size
		}
		return at, at+total+padding <= len(p)
	}
	return at, at+padding <= len(p)
}

// opusHasFEC reports whether the packet carries an earlier frame at low bitrate (LBRR,
// RFC 6716 §4.2.3): after one voice-activity bit per 20 ms, the first SILK frame of each
// channel says so.
func opusHasFEC(p []byte) bool {
	units, _, first, ok := opusPacket(p)
	if !ok || p[0]>>3 >= 16 || first >= len(p) {
		return false
	}
	spans := max(units/8, 1)
	header := p[first]
	fec := header>>(7-spans)&1 != 0
	if p[0]&4 != 0 {
		fec = fec || header>>(6-2*spans)&1 != 0
	}
	return fec
}

// opusRests reports whether the sender may leave out what follows: it says nothing at all,
// or no SILK frame is speech by its voice-activity bits, which stand first (RFC 6716
// §4.2.3). CELT alone has no such bits.
func opusRests(p []byte) bool {
	units, frames, first, ok := opusPacket(p)
	switch {
	case !ok:
		return false
	case len(p) <= opusNothing:
		return true
	case p[0]>>3 >= 16 || frames != 1 || first >= len(p):
		return false
	}
	spans := max(units/8, 1)
	header := p[first]
	speaks := header>>(8-spans) != 0
	if p[0]&4 != 0 {
		speaks = speaks || header<<(spans+1)>>(8-spans) != 0
	}
	return !speaks
}
