package audio

// Open opens a sound card through PortAudio and starts it. Errors wrap ErrNoCard,
// ErrBusy, ErrVanished or ErrFormat and say in plain words what is wrong.
func Open(s Spec) (Card, error) { return nil, ErrNoCard }

// Devices lists the cards there are now, the default one first.
func Devices() ([]Device, error) { return nil, ErrNoCard }

// OpenVirtual opens the card without hardware: it records dir/microphone.wav, then
// silence (without the file: silence), and plays into dir/earpiece.wav, in real time.
// Spec.Device and Spec.PlayOnly are ignored.
func OpenVirtual(dir string, s Spec) (Card, error) { return nil, ErrNoCard }
