package rules

import (
	"fmt"
	"go/ast"
	"strconv"
)

// guessable are the files that may draw from math/rand, and what for: nothing that an
// outsider must not be able to foretell.
var guessable = map[string]string{
	"media/rtp/ports.go":        "which free port is tried first",
	"media/rtp/report.go":       "when the next RTCP report goes out (RFC 3550 §6.3.5)",
	"sip/reach.go":              "when the next keepalive goes out (RFC 5626 §4.4)",
	"sip/locate/locate.go":      "which of two equal servers is asked (RFC 2782)",
	"scripts/soak/garbage.go":   "garbage, the same again for the same seed",
	"scripts/soak/pour.go":      "the same over TCP",
	"scripts/codecs/trial.go":   "which packets of a measurement are lost, the same each time",
	"scripts/lossbench/line.go": "how unpunctual a sender is, the same each time",
	"scripts/peers/process.go":  "a free port for a peer",

	"scripts/jitterbench/network.go": "a network, the same again for the same seed",
	"scripts/jitterbench/talker.go":  "speech, the same again for the same seed",
}

// libraryRandom are sipgo's functions that draw from math/rand.
var libraryRandom = map[string]bool{
	"GenerateBranch": true, "GenerateBranchN": true, "GenerateTagN": true, "RandString": true, "RandStringBytesMask": true,
}

// foretold returns every place of a file that draws numbers which an outsider could work
// out: tags, branches, nonces, keys and the start values of RTP are made with crypto/rand.
func foretold(name string, f *ast.File) (broken []string) {
	for _, i := range f.Imports {
		if path, _ := strconv.Unquote(i.Path.Value); (path == "math/rand" || path == "math/rand/v2") && guessable[name] == "" {
			broken = append(broken, fmt.Sprintf("%s: draws from %s; crypto/rand, or a line in scripts/rules/random.go that says what for", name, path))
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok && libraryRandom[s.Sel.Name] {
			if x, ok := s.X.(*ast.Ident); ok && (x.Name == "sip" || x.Name == "sipgo") {
				broken = append(broken, fmt.Sprintf("%s: %s.%s draws from math/rand", name, x.Name, s.Sel.Name))
			}
		}
		return true
	})
	return broken
}
