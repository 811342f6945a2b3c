package hal

import (
	"context"
	"sync"
)

// Join merges two panels into one phone: the board on the desk and a panel far away, say.
//
// Inputs of both arrive on one channel, in the order in which they were sent, and outputs
// go to both. The hook switch that moved last decides, so that either can lift, flash and
// hang up whatever the other does; until one has moved, the phone is off-hook when either
// is. Only changes of that level are passed on. A second key of the same legend pressed on
// the other panel is one key: down with the first, up with the last.
//
// The display has the size of a's, or of b's where a has none; the other one shows as much
// of the frame as fits. Run ends, with the first error, when either panel fails.
func Join(a, b Panel) Panel {
	pa, pb := a.Parts(), b.Parts()
	parts := Parts{Keys: pa.Keys, Hook: pa.Hook || pb.Hook}
	for _, k := range pb.Keys {
		if !hasKey(parts.Keys, Key(k)) {
			parts.Keys += string(k)
		}
	}
	switch {
	case pa.Display == nil:
		parts.Display = pb.Display
	case pb.Display == nil:
		parts.Display = pa.Display
	default:
		parts.Display = bothDisplays{pa.Display, pb.Display}
	}
	switch {
	case pa.Lamps == nil:
		parts.Lamps = pb.Lamps
	case pb.Lamps == nil:
		parts.Lamps = pa.Lamps
	default:
		parts.Lamps = bothLamps{pa.Lamps, pb.Lamps}
	}
	switch {
	case pa.Ringer == nil:
		parts.Ringer = pb.Ringer
	case pb.Ringer == nil:
		parts.Ringer = pa.Ringer
	default:
		parts.Ringer = bothRingers{pa.Ringer, pb.Ringer}
	}
	return &joined{panels: [2]Panel{a, b}, hooks: [2]bool{pa.Hook, pb.Hook}, parts: parts}
}

type joined struct {
	panels [2]Panel
	hooks  [2]bool // which panels have a hook switch
	parts  Parts
}

func (j *joined) Parts() Parts { return j.parts }

func (j *joined) Run(ctx context.Context, in chan<- Input) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type sent struct {
		from  int
		input Input
	}
	all := make(chan sent)
	var (
		running sync.WaitGroup
		errs    [2]error
		inputs  [2]chan Input
	)
	for i := range j.panels {
		inputs[i] = make(chan Input)
		running.Go(func() {
			errs[i] = j.panels[i].Run(ctx, inputs[i])
			cancel()
		})
		running.Go(func() {
			for {
				select {
				case v := <-inputs[i]:
					select {
					case all <- sent{i, v}:
					case <-ctx.Done():
						return
					}
				case <-ctx.Done():
					return
				}
			}
		})
	}
	m := newMerge(j.hooks)
	for {
		select {
		case s := <-all:
			for _, v := range m.step(s.from, s.input) {
				select {
				case in <- v:
				case <-ctx.Done():
				}
			}
		case <-ctx.Done():
			running.Wait()
			if errs[0] != nil {
				return errs[0]
			}
			return errs[1]
		}
	}
}

type bothDisplays [2]Display

func (d bothDisplays) Size() Size { return d[0].Size() }
func (d bothDisplays) Show(f Frame) {
	for _, one := range d {
		one.Show(f.Fit(one.Size()))
	}
}

type bothLamps [2]Lamps

func (l bothLamps) Light(lamp Lamp, p Pattern) {
	l[0].Light(lamp, p)
	l[1].Light(lamp, p)
}

type bothRingers [2]Ringer

func (r bothRingers) Ring(c Cadence) {
	r[0].Ring(c)
	r[1].Ring(c)
}
