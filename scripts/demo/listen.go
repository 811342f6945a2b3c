package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/offhook/offhook/scripts/measure"
	"github.com/offhook/offhook/scripts/vcard"
)

// listen compares what each ear got with what the other's mouth said.
func (p *pass) listen(f facts) (heard [2]hearing, err error) {
	for i := range p.phones {
		ear, err := p.ear(i)
		if err != nil {
			return heard, err
		}
		said, err := p.mouth(1 - i)
		if err != nil {
			return heard, err
		}
		h := hearing{hush: measure.Silence}
		for _, t := range f.talks {
			h.talk = append(h.talk, compare(said, ear, t))
		}
		for at := f.held.from; at+time.Second <= f.held.to; at += time.Second {
			h.hush = max(h.hush, ear.Cut(at, at+time.Second).Level())
		}
		heard[i] = h
	}
	return heard, nil
}

// compare looks for what was said in what the ear got during t. Only the sound around t
// is looked at: the rest of the pass takes time and says nothing.
func compare(said, ear measure.Signal, t span) measure.Report {
	const back = time.Second // the longest delay that is looked for
	from := t.from - back
	return measure.Compare(said.Cut(from, t.to), ear.Cut(from, t.to), measure.Options{
		From: back, Max: back, Piece: piece,
	})
}

// piece is what is aligned by itself: the phones change their playout delay in mid-call.
const piece = 125 * time.Millisecond

// earRate is the rate in Hz at which the phone opens its card.
const earRate = 48000

// ear is what phone i played, from the beginning of the pass on.
func (p *pass) ear(i int) (measure.Signal, error) {
	dir := p.phones[i].Dir
	if p.kind == virtualCard {
		pcm, err := vcard.Read(filepath.Join(dir, fmt.Sprintf("ear%d.raw", earRate)))
		return measure.FromPCM(earRate, pcm), err
	}
	return p.earFile(i)
}

// mouth is what phone i's microphone heard, from the beginning of the pass on.
func (p *pass) mouth(i int) (measure.Signal, error) {
	if p.kind == virtualCard {
		return p.voices[i].said, nil
	}
	return p.mouthFile(i)
}

// An opening is one time that a phone opened its virtual card (media/audio notes it
// beside the files).
type opening struct {
	at    time.Duration // on the pass's time line
	first int           // sample of earpiece.wav that it began with
}

// openings reads when phone i opened its card.
func (p *pass) openings(i int) ([]opening, error) {
	text, err := os.ReadFile(filepath.Join(p.phones[i].Dir, "opened.txt"))
	if err != nil {
		return nil, err
	}
	var all []opening
	for line := range strings.Lines(string(text)) {
		var when string
		var monotonic int64
		var first int
		if _, err := fmt.Sscanf(line, "%s monotonic %d earpiece %d", &when, &monotonic, &first); err != nil {
			return nil, fmt.Errorf("opened.txt: %q: %w", line, err)
		}
		all = append(all, opening{time.Duration(monotonic - int64(p.epoch)), first})
	}
	return all, nil
}

// cardPeriod is how long after the card took a sample it is heard: the card plays one
// period while the next is made. What it records is of the instant that it stands for.
const cardPeriod = 10 * time.Millisecond

// earFile is earpiece.wav, each opening of the card where it belongs.
func (p *pass) earFile(i int) (measure.Signal, error) {
	file, err := measure.Load(filepath.Join(p.phones[i].Dir, "earpiece.wav"), earRate)
	if err != nil {
		return file, err
	}
	all, err := p.openings(i)
	if err != nil {
		return file, err
	}
	line := measure.Signal{Rate: earRate}
	for k, o := range all {
		last := len(file.X)
		if k+1 < len(all) {
			last = min(last, all[k+1].first)
		}
		place(&line, o.at+cardPeriod, file.X[min(o.first, last):last])
	}
	return line, nil
}

// mouthFile is microphone.wav as it was spoken: from its beginning at each opening.
func (p *pass) mouthFile(i int) (measure.Signal, error) {
	all, err := p.openings(i)
	line := measure.Signal{Rate: earRate}
	for _, o := range all {
		place(&line, o.at, p.voices[i].said.X)
	}
	return line, err
}

// place lays x on the time line, over what is there.
func place(line *measure.Signal, at time.Duration, x []float64) {
	from := int(at.Seconds()*float64(line.Rate) + 0.5)
	if need := from + len(x); need > len(line.X) {
		line.X = append(line.X, make([]float64, need-len(line.X))...)
	}
	copy(line.X[max(from, 0):], x)
}
