package quality

// An Impairment is what a codec costs on the scale of Rating.
type Impairment struct {
	Ie  float64 // without loss
	Bpl float64 // robustness against loss: higher is better; 0: as G.107's default
}

// bplDefault is G.107's: a codec that conceals nothing.
const bplDefault = 4.3

// effective is Ie-eff of G.107 §7.5.
func (i Impairment) effective(loss, bursts float64) float64 {
	bpl := i.Bpl
	if bpl <= 0 {
		bpl = bplDefault
	}
	percent := 100 * min(max(loss, 0), 1)
	if percent == 0 {
		return i.Ie
	}
	return i.Ie + (mostImpairment-i.Ie)*percent/(percent/max(bursts, 1)+bpl)
}

// Of is the impairment of a codec by its name in SDP. fec: packets carry a copy of the ones
// before.
//
// G.711 with concealment is G.113's (appendix I, table I.4). For the others the ITU has
// figures on other scales or none, so these are ours: without loss a wideband codec is not
// worse than G.711; against loss G.722, whose predictors need a while to recover, has half of
// G.711's robustness, and Opus four fifths of it, which its redundancy doubles.
func Of(name string, fec bool) Impairment {
	switch name {
	case "PCMU", "PCMA", "L16":
		return Impairment{0, 25.1}
	case "G722":
		return Impairment{0, 12.5}
	case "OPUS":
		if fec {
			return Impairment{0, 40}
		}
		return Impairment{0, 20}
	}
	return Impairment{}
}

// Words say a rating in a word that people use.
func Words(r float64) string {
	switch { // G.109 table 1
	case r >= 80:
		return "good"
	case r >= 70:
		return "fair"
	case r >= 50:
		return "poor"
	}
	return "bad"
}
