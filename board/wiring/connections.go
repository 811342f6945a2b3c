package wiring

import "fmt"

// inputs are the wires that the phone reads all the time: columns, buttons and contacts.
func (w Wiring) inputs() []Connection {
	var all []Connection
	for i, pin := range w.Keypad.Cols {
		all = append(all, Connection{"board.keypad.cols", fmt.Sprint("keypad column ", i+1), pin})
	}
	for _, legend := range sorted(w.Buttons) {
		all = append(all, Connection{"board.buttons." + legend, "key " + legend, w.Buttons[legend]})
	}
	if w.Dial.Pulse != 0 {
		all = append(all, Connection{"board.dial.pulse", "dial pulses", w.Dial.Pulse})
	}
	if w.Dial.Turned != 0 {
		all = append(all, Connection{"board.dial.turned", "dial turned", w.Dial.Turned})
	}
	if w.Hook.Pin != 0 {
		all = append(all, Connection{"board.hook.pin", "hook switch", w.Hook.Pin})
	}
	return all
}

// bells are the wires of the ringer.
func (w Wiring) bells() []Connection {
	var all []Connection
	for i, pin := range w.Ringer.Bell {
		all = append(all, Connection{"board.ringer.bell", fmt.Sprint("bell coil ", i+1), pin})
	}
	if w.Ringer.Buzzer != 0 {
		all = append(all, Connection{"board.ringer.buzzer", "buzzer", w.Ringer.Buzzer})
	}
	return all
}

// extended are the wires of the expander: the bus, where it is not the display's too, and the
// interrupt.
func (w Wiring) extended() []Connection {
	var all []Connection
	if !w.Expander.There() {
		return nil
	}
	if shared := w.LCD.Cols > 0 && len(w.LCD.Pins) == 0 && w.LCD.Bus == w.Expander.Bus; w.Expander.Bus == 1 && !shared {
		all = append(all, Connection{"board.expander.bus", "I2C data (SDA)", 2}, Connection{"board.expander.bus", "I2C clock (SCL)", 3})
	}
	if w.Expander.Interrupt != 0 {
		all = append(all, Connection{"board.expander.interrupt", "the expander's interrupt", w.Expander.Interrupt})
	}
	return all
}

// exists says that a pin is one that something can be wired to.
func (w Wiring) exists(pin int) bool {
	first, count := w.Expander.lines()
	return HeaderPin(pin) != 0 || PWM(pin) >= 0 || count > 0 && pin >= first && pin < first+count
}
