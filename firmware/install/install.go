package install

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/offhook/offhook/firmware/bundle"
	"github.com/offhook/offhook/firmware/slots"
	"github.com/offhook/offhook/firmware/update"
)

// syncEvery is how much is written before the card is waited for: enough for its erase blocks,
// and so little that neither memory nor the wait grows long.
const syncEvery = 4 << 20 // bytes

// Write fills the slot that does not run with what a bundle holds, and reads all of it back.
// Nothing boots it meanwhile, and nothing will unless Try follows. progress is told of bytes
// written and compared, out of twice the bundle's length; it must not block. The signature was
// checked by bundle.Open.
func Write(ctx context.Context, c Card, running slots.Slot, b *bundle.Reader, progress func(done, all int64)) error {
	to := running.Other()
	if err := fits(c, to, b.Manifest); err != nil {
		return err
	}
	was, err := Record(c)
	if err != nil {
		return err
	}
	if r := was; r.Trial == running || r.Good != running && (r.Good != slots.None || running != slots.A) {
		return errors.New("the system that runs is not the good one")
	}
	if err := keep(c, func(r slots.Record) slots.Record { return r.Emptied() }); err != nil {
		return err
	}
	count := counter{all: 2 * b.Manifest.Total(), tell: progress}
	var kept []written
	for {
		p, r, err := b.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		w, err := fill(ctx, c, volume(to, p.Name), named(to, p, r), p.Size, &count)
		if err != nil {
			return fmt.Errorf("%s: %w", p.Name, err)
		}
		kept = append(kept, w)
	}
	for _, w := range kept { // after all of them: a card's own memory is not asked
		if err := w.verify(ctx, c, &count); err != nil {
			return err
		}
	}
	return nil
}

// volume is where a part of a bundle goes.
func volume(to slots.Slot, part string) string {
	if file, boot := strings.CutPrefix(part, bundle.BootDir); boot {
		return to.String() + "/" + file
	}
	return part + "-" + to.String()
}

// The kernel tells the initrd whose it is by a word in cmdline.txt, which a bundle writes as if it
// were for slot A.
const (
	cmdline = bundle.BootDir + "cmdline.txt"
	whose   = "offhook.slot="
)

// named puts the slot's letter into its cmdline.txt.
func named(to slots.Slot, p bundle.Part, r io.Reader) io.Reader {
	if p.Name != cmdline || p.Size > maxText {
		return r
	}
	text, err := io.ReadAll(r)
	if err != nil {
		return io.MultiReader(bytes.NewReader(text), failing{r, err})
	}
	return bytes.NewReader(bytes.ReplaceAll(text, []byte(whose+slots.A.String()), []byte(whose+to.String())))
}

// fits says that there is a place for each part, before anything is touched.
func fits(c Card, to slots.Slot, m bundle.Manifest) error {
	for _, p := range m.Parts {
		v, err := c.Open(volume(to, p.Name))
		if err != nil {
			return fmt.Errorf("%w: %w", update.ErrRoom, err)
		}
		size := v.Size()
		v.Close()
		if p.Size > size {
			return fmt.Errorf("%w: %s has %d bytes, and its place %d", update.ErrRoom, p.Name, p.Size, size)
		}
	}
	return nil
}

// A written is what has to be read back.
type written struct {
	name string
	size int64
	sum  [sha256.Size]byte
}

// fill writes one volume. A partition may be longer than what is in it, a file may not.
func fill(ctx context.Context, c Card, name string, r io.Reader, size int64, count *counter) (written, error) {
	v, err := c.Open(name)
	if err != nil {
		return written{}, err
	}
	defer v.Close()
	if !strings.HasPrefix(name, bundle.Root) {
		r = Padded(name, r, size, v.Size())
	}
	w := written{name: name}
	sum, block, unsynced := sha256.New(), make([]byte, 256<<10), 0
	for {
		if err := ctx.Err(); err != nil {
			return w, err
		}
		n, err := io.ReadFull(r, block)
		if n > 0 {
			if _, err := v.WriteAt(block[:n], w.size); err != nil {
				return w, err
			}
			sum.Write(block[:n])
			w.size += int64(n)
			count.add(n)
			if unsynced += n; unsynced >= syncEvery {
				unsynced = 0
				if err := v.Sync(); err != nil {
					return w, err
				}
			}
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			break
		}
		if err != nil {
			return w, err
		}
	}
	w.sum = [sha256.Size]byte(sum.Sum(nil))
	return w, v.Sync()
}

func (w written) verify(ctx context.Context, c Card, count *counter) error {
	v, err := c.Open(w.name)
	if err != nil {
		return err
	}
	defer v.Close()
	sum, block := sha256.New(), make([]byte, 256<<10)
	for at := int64(0); at < w.size; {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := v.ReadAt(block[:min(int64(len(block)), w.size-at)], at)
		if n == 0 && err != nil {
			return fmt.Errorf("%s: %w", w.name, err)
		}
		sum.Write(block[:n])
		at += int64(n)
		count.add(n)
	}
	if !bytes.Equal(sum.Sum(nil), w.sum[:]) {
		return fmt.Errorf("%w: %s", update.ErrReadBack, w.name)
	}
	return nil
}

// counter tells how far it all is.
type counter struct {
	done, all int64
	tell      func(done, all int64)
}

// add counts n bytes more. What fills files up makes it reach the end a little too soon.
func (c *counter) add(n int) {
	c.done = min(c.done+int64(n), c.all)
	if c.tell != nil {
		c.tell(c.done, c.all)
	}
}
