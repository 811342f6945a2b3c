#include "turn.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define load(p) __atomic_load_n(p, __ATOMIC_ACQUIRE)
#define store(p, v) __atomic_store_n(p, v, __ATOMIC_RELEASE)
#define count(p, n) __atomic_store_n(p, *(p) + (n), __ATOMIC_RELAXED) // one writer

static int16_t *space(uint64_t samples) { return calloc(samples, sizeof(int16_t)); }

struct card *card_new(uint64_t ring, uint64_t rhythm, uint32_t ramp, int event) {
	struct card *c = calloc(1, sizeof *c);
	if (c == NULL)
		return NULL;
	c->play.data = space(ring);
	c->record.data = space(ring);
	if (c->play.data == NULL || c->record.data == NULL) {
		card_free(c);
		return NULL;
	}
	c->play.size = c->record.size = ring;
	c->rhythm = rhythm;
	c->ramp = ramp;
	c->event = event;
	return c;
}

void card_free(struct card *c) {
	free(c->play.data);
	free(c->record.data);
	free(c);
}

// copy_out takes n samples from position at of the ring, which may wrap once.
static void copy_out(int16_t *to, const struct ring *r, uint64_t at, uint64_t n) {
	uint64_t from = at & (r->size - 1), first = r->size - from;
	if (first > n)
		first = n;
	memcpy(to, r->data + from, first * sizeof *to);
	memcpy(to + first, r->data, (n - first) * sizeof *to);
}

static void copy_in(const struct ring *r, uint64_t at, const int16_t *from, uint64_t n) {
	uint64_t to = at & (r->size - 1), first = r->size - to;
	if (first > n)
		first = n;
	memcpy(r->data + to, from, first * sizeof *from);
	memcpy(r->data, from + first, (n - first) * sizeof *from);
}

// play fills out. Where sound is missing the last sample dies away within some 8 ms,
// and what comes after it fades in: no click.
static void play(struct card *c, int16_t *out, uint64_t n) {
	uint64_t tail = c->play.tail, have = load(&c->play.head) - tail, i;
	if (have > n)
		have = n;
	copy_out(out, &c->play, tail, have);
	store(&c->play.tail, tail + have);
	count(&c->played, have);
	for (i = 0; i < have && c->risen < c->ramp; i++, c->risen++)
		out[i] = (int16_t)((int32_t)out[i] * (int32_t)c->risen / (int32_t)c->ramp);
	if (have > 0) {
		c->began = 1;
		c->last = out[have - 1];
	}
	if (have == n) {
		c->dry = 0;
		return;
	}
	for (i = have; i < n; i++) {
		c->last -= c->last / 32 + (c->last > 0) - (c->last < 0);
		out[i] = (int16_t)c->last;
	}
	c->risen = 0;
	if (c->began) {
		if (!c->dry || have > 0)
			count(&c->underruns, 1);
		c->dry = 1;
		count(&c->missing, n - have);
	}
}

static void record(struct card *c, const int16_t *in, uint64_t n) {
	uint64_t head = c->record.head, room = c->record.size - (head - load(&c->record.tail));
	uint64_t take = n < room ? n : room;
	copy_in(&c->record, head, in, take);
	store(&c->record.head, head + take);
	count(&c->recorded, n);
	if (take < n) {
		count(&c->overruns, 1);
		count(&c->dropped, n - take);
	}
}

// sidetone adds what was just recorded to what is about to be played. That is as soon as it
// can be done here; still it is heard a period and the card's buffer later. The gain takes
// some 5 ms to -18 dB.
static void sidetone(struct card *c, const int16_t *in, int16_t *out, uint64_t n) {
	int32_t goal = (int32_t)load(&c->sidetone), gain = (int32_t)c->side, x;
	int32_t step = SIDETONE_FULL / 8 / (int32_t)c->ramp + 1;
	uint64_t i;
	if (goal == 0 && gain == 0)
		return;
	for (i = 0; i < n; i++) {
		if (gain < goal)
			gain = goal - gain > step ? gain + step : goal;
		else if (gain > goal)
			gain = gain - goal > step ? gain - step : goal;
		x = out[i] + (int32_t)in[i] * gain / SIDETONE_FULL;
		out[i] = (int16_t)(x > 32767 ? 32767 : x < -32768 ? -32768 : x);
	}
	c->side = (uint32_t)gain;
}

static void wake(struct card *c) {
	const uint64_t one = 1;
	__atomic_fetch_add(&c->wakes, 1, __ATOMIC_ACQ_REL); // card_finish may be elsewhere
	// Nobody reads the event, so the write can fail only after 2^64-2 of them.
	if (write(c->event, &one, sizeof one) < 0)
		return;
}

void card_turn(struct card *c, const int16_t *in, int16_t *out, uint64_t n, int trouble) {
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	store(&c->moved, (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec);
	if (out != NULL)
		play(c, out, n);
	if (in != NULL)
		record(c, in, n);
	if (in != NULL && out != NULL)
		sidetone(c, in, out, n);
	if (trouble & CARD_UNDERRUN)
		count(&c->card_underruns, 1);
	if (trouble & CARD_OVERRUN)
		count(&c->card_overruns, 1);
	count(&c->callbacks, 1);
	uint64_t rhythm = load(&c->rhythm);
	if (rhythm >> c->callbacks % (rhythm >> 32) & 1)
		wake(c);
}

void card_thread(struct card *c) {
	struct timespec t;
	struct sched_param p;
	int policy;
	if (c->callbacks % 64 != 8) // whoever started the thread has raised it by then
		return;
	if (pthread_getschedparam(pthread_self(), &policy, &p) == 0)
		store(&c->realtime, policy == SCHED_FIFO || policy == SCHED_RR);
	if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t) == 0)
		store(&c->spent, (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec);
}

void card_finish(struct card *c) {
	store(&c->finished, 1);
	wake(c);
}
