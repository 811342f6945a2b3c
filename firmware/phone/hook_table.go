package phone

// hookState is the hook switch as the phone understands it.
type hookState uint8

const (
	hookResting   hookState = iota // on the hook
	hookLifted                     // off the hook
	hookDown                       // laid down just now: bounce, flash or hang-up
	hookHandsFree                  // on the hook, but a key opened the sound
)

const (
	onLifted  cause = "lifted"
	onDown    cause = "laid down"
	onBounce  cause = "lifted again before flash_min"
	onFlash   cause = "flash"
	onHungUp  cause = "hung up"
	onLeft    cause = "laid down, the voice elsewhere"
	onOpened  cause = "opened by a key, or auto-answer"
	onAtFlash cause = "lifted again up to flash_max"
)

var hookTable = []row[hookState]{
	{hookResting, onLifted, hookLifted, "The first edge counts: a ringing call is answered, dialled digits are sent, the hotline is called, or dial tone sounds."},
	{hookResting, onOpened, hookHandsFree, "Speaker, Headset, Send, redial, the phone book, or a call that is taken by itself: with the handset on the hook a call is made or answered, or dial tone sounds."},
	{hookLifted, onDown, hookDown, "Ear and mouth are off at once; whether it is a flash is not yet known."},
	{hookLifted, onLeft, hookHandsFree, "The speaker or the headset has the voice: the call goes on there."},
	{hookDown, onBounce, hookLifted, "Contact bounce: nothing has happened."},
	{hookDown, onAtFlash, hookLifted, "A hook flash: see the line."},
	{hookDown, onHungUp, hookResting, "flash_max has passed, or a key was pressed with the handset down: the line is cleared."},
	{hookHandsFree, onLifted, hookLifted, "The call goes on in the handset."},
	{hookHandsFree, onHungUp, hookResting, "The key of what has the voice, the Reject key, or the tone after a call has ended."},
}

// turnHook moves the hook machine.
func (s *step) turnHook(on cause) {
	to, ok := next(hookTable, s.hook, on)
	s.moved("hook", s.hook.String(), to.String(), on, ok)
	s.hook = to
}

// open reports whether ear and mouth are in use.
func (m *Machine) open() bool { return m.hook == hookLifted || m.hook == hookHandsFree }
