package codec

type law struct{}

var muLaw, aLaw law

func newG711Encoder(l *law, o Options) Encoder { return nil }
func newG711Decoder(l *law) Decoder            { return nil }
