// The card's side of a stream: two rings between one writer and one reader each, and
// what happens at each period. Positions count samples since the beginning; the bytes
// between tail and head belong to the reader, the others to the writer.
#ifndef OFFHOOK_TURN_H
#define OFFHOOK_TURN_H

#include <stdint.h>

struct ring {
	int16_t *data;
	uint64_t size; // a power of two
	uint64_t head; // written so far, by the writer
	uint64_t tail; // read so far, by the reader
};

struct card {
	struct ring play;   // written by Go, read by turn
	struct ring record; // written by turn, read by Go

	// Counters, written by turn alone.
	uint64_t callbacks, played, recorded;
	uint64_t underruns, missing, overruns, dropped;
	uint64_t card_underruns, card_overruns;
	uint64_t moved;    // CLOCK_MONOTONIC in ns at the last turn
	uint64_t wakes;    // written to event so far
	uint64_t finished; // the card will never turn again
	uint64_t spent;    // CPU time of the card's thread in ns, as card_thread last saw it
	uint64_t realtime; // the system lets that thread go first

	uint64_t rhythm; // when to wake Go, told by Go at any time: see RHYTHM

	uint32_t sidetone; // gain of the mouth in the ear, in SIDETONE_FULL, written by Go

	// Of turn alone.
	uint32_t side;         // the same as it is now: it moves to sidetone without a click
	uint32_t ramp, risen;  // samples of a fade-in, and how far it is
	int32_t last;          // sample played last
	int began, dry;        // sound has come; none is left
	int event;             // eventfd
};

// A rhythm wakes Go after each period whose number, counted from 1 and taken modulo every (at
// most 32), has its bit in mask.
#define RHYTHM(every, mask) ((uint64_t)(every) << 32 | (mask))

enum { CARD_UNDERRUN = 1, CARD_OVERRUN = 2 };
enum { SIDETONE_FULL = 32768 }; // what was recorded is played as loud

struct card *card_new(uint64_t ring, uint64_t rhythm, uint32_t ramp, int event);
void card_free(struct card *c);

// turn moves the card on by n samples: it fills out, takes in (either may be NULL), mixes the
// sidetone, and wakes Go when it is time. It never blocks, allocates or locks.
void card_turn(struct card *c, const int16_t *in, int16_t *out, uint64_t n, int trouble);

// card_thread notes how the calling thread fares, every now and then: whether the system lets it
// go first, and how much CPU time it has had. It is for a card with a thread of its own, after
// each turn.
void card_thread(struct card *c);

// finish says that there will be no more turns, and wakes Go.
void card_finish(struct card *c);

#endif
