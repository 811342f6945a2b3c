package media

// tell queues an event for Events.
func (e *Engine) tell(v Event) {
	if len(e.pending) == 0 {
		select {
		case e.events <- v:
			return
		default:
		}
	}
	if len(e.pending) >= maxEvents {
		e.eventsLost++
		e.cfg.Log.Warn("event lost: nobody reads them", "event", v, "lost", e.eventsLost)
		return
	}
	e.pending = append(e.pending, v)
}

// tellAll hands on what waits, in order, and the state of the card last.
func (e *Engine) tellAll() {
	for len(e.pending) > 0 {
		select {
		case e.events <- e.pending[0]:
			e.pending = append(e.pending[:0], e.pending[1:]...)
		default:
			return
		}
	}
	if e.card != nil {
		select {
		case e.events <- *e.card:
			e.card = nil
		default:
		}
	}
}
