package tone

// Bells is how many ways there are to ring: the country's own, and eight that callers'
// servers name.
const Bells = 9

// North America's distinctive ringing patterns 1 to 5; the last is a splash, which comes
// again here. 6 to 8 are ours: phones and gateways have some under these names, and do not
// agree on them.
const distinctive = "Telcordia GR-506-CORE §14, distinctive ringing patterns"

var bells = [Bells]Spec{
	1: bell(distinctive, 2000, 4000),
	2: bell(distinctive, 800, 400, 800, 4000),
	3: bell(distinctive, 400, 200, 400, 200, 800, 4000),
	4: bell(distinctive, 300, 200, 1000, 200, 300, 4000),
	5: bell(distinctive+", ring splash", 500, 5500),
	6: bell(ours, 200, 400, 200, 400, 200, 4000),
	7: bell(ours, 1000, 300, 300, 4000),
	8: bell(ours, 250, 9750),
}

// Bell is the ringing called Bellcore-drN; 0, and numbers out of range, are the country's.
func (p Plan) Bell(n int) Spec {
	if n <= 0 || n >= Bells {
		return p.Spec(Ring)
	}
	return bells[n]
}
