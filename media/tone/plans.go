package tone

import "time"

// Sources, cited in each row. "E.180S2" is the ITU-T's list of the various tones used
// in national networks, E.180 Supplement 2 (annex to Operational Bulletin 781,
// February 2003), by the country's name. Where a country's list leaves a tone out, the
// row takes the recommended one of E.180 (1998), or one of a neighbour, and says so.
const (
	e180   = "ITU-T E.180/Q.35 (03/98), recommended value"
	e180s2 = "ITU-T E.180 Supplement 2 (02/2003)"
	gr506  = "Telcordia GR-506-CORE §17, North American precise audible tone plan"
	sin350 = "BT SIN 350 table 1"
	s002   = "ACIF S002:2001, Australia"
	ours   = "Offhook"
)

// North America's SIT "vacant code" (GR-506, ITU-T E.180 Annex A): low, low, high.
func vacantCode() Spec {
	return sequence("Telcordia GR-506-CORE §17.2.5, SIT vacant code", 1000, 985.2, 380, 1370.6, 274, 1776.7, 380)
}

// sit is the special information tone of E.180 §8.
func sit(source string) Spec {
	return sequence(source, 1000, 950, 330, 1400, 330, 1800, 330)
}

// bell is the electronic ringing of a loudspeaker: 1000 and 1250 Hz in turn with their
// octaves, 16 times a second. The cadence is the country's.
func bell(source string, onOff ...int) Spec {
	s := Sound{Freq: [4]float64{1000, 2000, 1250, 2500}, Warble: 16}
	return cadence(source+"; the sound: "+ours, s, onOff...).at(RingLevel)
}

// common are the tones that are ours in every country.
var common = [names]Spec{
	// Four frequencies, far from every dial tone; the loudest in a plan, and limited.
	Howler: cadence(gr506+", receiver off-hook tone, at a limited level", hz(1400, 2060, 2450, 2600), 100, 100).at(HowlerLevel),
	// Two falling notes a second: nobody takes it for a dial tone.
	NotRegistered: sequence(ours, 600, 620, 180, 440, 220).at(DefaultLevel),
	Confirm:       beep(ours, 0, hz(880), 60, 60, 60),
	Reject:        beep(ours, 0, hz(300), 250),
	Hold:          beep(ours, 20*time.Second, hz(660), 80, 120, 80),
}

var plans = []Plan{
	plan("AU", "Australia", rows{
		Dial:         steady(hz(413, 438), s002+": 425×25"),
		StutterDial:  cadence(s002+", message waiting: 425×25", hz(413, 438), 100, 40),
		Ringback:     cadence(s002+": 425×25", hz(413, 438), 400, 200, 400, 2000),
		Busy:         cadence(s002, hz(425), 375, 375),
		Congestion:   cadence(s002+"; without the fall of 10 dB in every other burst", hz(425), 375, 375),
		Unobtainable: cadence(s002, hz(425), 2500, 500),
		CallWaiting:  beep(s002, 5*time.Second, hz(425), 200, 200, 200),
		Disconnect:   cadence(s002+", busy", hz(425), 375, 375),
		Ring:         bell(s002+", normal ringing", 400, 200, 400, 2000),
	}),
	plan("CN", "China", rows{
		Dial:         steady(hz(450), e180s2+", China"),
		StutterDial:  cadence("GB 3380, special dial tone", hz(450), 400, 40),
		Ringback:     cadence(e180s2+", China", hz(450), 1000, 4000),
		Busy:         cadence(e180s2+", China", hz(450), 350, 350),
		Congestion:   cadence(e180s2+", China", hz(450), 700, 700),
		Unobtainable: cadence(e180s2+", China", hz(450), 100, 100, 100, 100, 100, 100, 400, 400),
		CallWaiting:  beep(e180s2+", China", 4400*time.Millisecond, hz(450), 400),
		Disconnect:   cadence(e180s2+", China, busy", hz(450), 350, 350),
		Ring:         bell(e180s2+", China", 1000, 4000),
	}),
	plan("DE", "Germany", rows{
		Dial:         steady(hz(425), e180s2+", Germany"),
		StutterDial:  steady(hz(425, 400), e180s2+", Germany, special dial tone"),
		Ringback:     cadence(e180s2+", Germany, ringing tone I", hz(425), 1000, 4000),
		Busy:         cadence(e180s2+", Germany, busy tone I", hz(425), 480, 480),
		Congestion:   cadence(e180s2+", Germany, congestion tone I", hz(425), 240, 240),
		Unobtainable: sit(e180s2 + ", Germany, special information tone II"),
		CallWaiting:  beep(e180s2+", Germany, call waiting tone I", 5600*time.Millisecond, hz(425), 200, 200, 200),
		Disconnect:   cadence(e180s2+", Germany, busy tone I", hz(425), 480, 480),
		Ring:         bell(e180s2+", Germany", 1000, 4000),
	}),
	plan("FR", "France", rows{
		Dial:         steady(hz(440), e180s2+", France"),
		StutterDial:  steady(hz(330, 440), e180s2+", France, special dial tone"),
		Ringback:     cadence(e180s2+", France", hz(440), 1500, 3500),
		Busy:         cadence(e180s2+", France", hz(440), 500, 500),
		Congestion:   cadence(e180+": twice as fast as busy", hz(440), 250, 250),
		Unobtainable: sit(e180s2 + ", France, special information tone"),
		CallWaiting:  beep(e180s2+", France", 10300*time.Millisecond, hz(440), 300),
		Disconnect:   cadence(e180s2+", France, busy", hz(440), 500, 500),
		Ring:         bell(e180s2+", France", 1500, 3500),
	}),
	plan("GB", "United Kingdom", rows{
		Dial: steady(hz(350, 440), sin350),
		StutterDial: Spec{Source: sin350 + ", special proceed indication: 350 Hz pulsed, 440 Hz steady", Steps: []Step{
			{hz(350, 440), 750 * time.Millisecond}, {hz(440), 750 * time.Millisecond}}},
		Ringback:     cadence(sin350, hz(400, 450), 400, 200, 400, 2000),
		Busy:         cadence(sin350, hz(400), 375, 375),
		Congestion:   cadence(sin350+", path engaged; without the rise of 6 dB in the short burst", hz(400), 400, 350, 225, 525),
		Unobtainable: steady(hz(400), sin350),
		CallWaiting:  beep(sin350, 4100*time.Millisecond, hz(400), 100),
		Disconnect:   steady(hz(400), sin350+", number unobtainable: what the network gives"),
		Ring:         bell("BT SIN 351, ringing", 400, 200, 400, 2000),
	}),
	plan("IN", "India", rows{
		Dial:         steady(am(400, 25, 0.9), e180s2+", India: 400×25"),
		StutterDial:  cadence(e180s2+", India, special dial tone", hz(400), 2800, 200),
		Ringback:     cadence(e180s2+", India: 400×25", am(400, 25, 0.9), 400, 200, 400, 2000),
		Busy:         cadence(e180s2+", India", hz(400), 750, 750),
		Congestion:   cadence(e180s2+", India", hz(400), 250, 250),
		Unobtainable: sit(e180 + ", special information tone"),
		CallWaiting:  beep(e180s2+", India", 8*time.Second, hz(400), 200, 100, 200),
		Disconnect:   cadence(e180s2+", India, busy", hz(400), 750, 750),
		Ring:         bell(e180s2+", India", 400, 200, 400, 2000),
	}),
	plan("JP", "Japan", rows{
		Dial:         steady(hz(400), e180s2+", Japan"),
		StutterDial:  cadence("NTT technical reference, second dial tone", hz(400), 125, 125),
		Ringback:     cadence(e180s2+", Japan: 400×16", am(400, 16, 0.85), 1000, 2000),
		Busy:         cadence(e180s2+", Japan", hz(400), 500, 500),
		Congestion:   cadence(e180+": twice as fast as busy, which Japan uses for both", hz(400), 250, 250),
		Unobtainable: sit(e180 + ", special information tone"),
		CallWaiting:  beep(e180s2+", Japan: 400×16", 8500*time.Millisecond, am(400, 16, 0.85), 500),
		Disconnect:   cadence(e180s2+", Japan, busy", hz(400), 500, 500),
		Ring:         bell("NTT technical reference, ringing", 1000, 2000),
	}),
	plan("US", "United States", rows{
		Dial:         steady(hz(350, 440), gr506),
		StutterDial:  stutter(gr506+", stutter dial tone", 10, hz(350, 440), 100, 100),
		Ringback:     cadence(gr506, hz(440, 480), 2000, 4000),
		Busy:         cadence(gr506, hz(480, 620), 500, 500),
		Congestion:   cadence(gr506+", reorder", hz(480, 620), 250, 250),
		Unobtainable: vacantCode(),
		CallWaiting:  beep(gr506, 10*time.Second, hz(440), 300),
		Disconnect:   cadence(gr506+", reorder", hz(480, 620), 250, 250),
		Ring:         bell(gr506, 2000, 4000),
	}),
}
