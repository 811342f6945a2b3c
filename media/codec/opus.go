package codec

func (o Options) completeOpus() (Options, error) { return o, nil }
func newOpusEncoder(o Options) (Encoder, error)  { return nil, nil }
func newOpusDecoder(o Options) (Decoder, error)  { return nil, nil }
