#include "canceller.h"

#include <speex/speex_echo.h>
#include <speex/speex_preprocess.h>
#include <stdlib.h>
#include <string.h>

struct canceller {
	int rate, frame, noise, echo, both;
	SpeexEchoState *state; // NULL: no echo is cancelled
	SpeexPreprocessState *post;
	int16_t *clean, *far; // one frame each
	int loud;             // frames to go at an eighth
	int worse;            // frames in a row to which the canceller has added
};

// The library resets itself where its sums run over, or where it makes matters worse for
// half a second, and says so on standard error, where a phone's display may be, while sound
// waits. So both are seen before it sees them: what is louder than any speech is cancelled
// at an eighth of its size for a second, and what has been made worse for long is unlearnt.
enum { SMALL = 8, WORSE = 25 };
static const float LOUDEST = 2e8f; // mean square behind its pre-emphasis; it resets at ten times that
static const float FAINT = 10000; // mean square that may be added; twice that for the library

static float mean(const int16_t *x, int n) {
	float sum = 0;
	for (int i = 0; i < n; i++)
		sum += x[i];
	return sum / n;
}

// strength is the mean square behind the library's pre-emphasis, without direct current.
static float strength(const int16_t *x, int n, float direct) {
	float sum = 0, before = x[0] - direct;
	for (int i = 0; i < n; i++) {
		float now = x[i] - direct, y = now - .9f * before;
		sum += y * y;
		before = now;
	}
	return sum / n;
}

static void shrink(int16_t *x, int n) {
	for (int i = 0; i < n; i++)
		x[i] /= SMALL;
}

static void grow(int16_t *x, int n) {
	for (int i = 0; i < n; i++) {
		int y = x[i] * SMALL;
		x[i] = y > INT16_MAX ? INT16_MAX : y < INT16_MIN ? INT16_MIN : y;
	}
}

// after makes the preprocessor, which has no way to forget.
static SpeexPreprocessState *after(struct canceller *c) {
	SpeexPreprocessState *post = speex_preprocess_state_init(c->frame, c->rate);
	if (post == NULL)
		return NULL;
	// Its gain is what lowers the rest of the echo too, so it is on though the noise may
	// stay as it is. All else is off from the beginning: for its AGC see dsp.Leveller.
	int on = 1;
	speex_preprocess_ctl(post, SPEEX_PREPROCESS_SET_DENOISE, &on);
	speex_preprocess_ctl(post, SPEEX_PREPROCESS_SET_NOISE_SUPPRESS, &c->noise);
	if (c->state != NULL) {
		speex_preprocess_ctl(post, SPEEX_PREPROCESS_SET_ECHO_STATE, c->state);
		speex_preprocess_ctl(post, SPEEX_PREPROCESS_SET_ECHO_SUPPRESS, &c->echo);
		speex_preprocess_ctl(post, SPEEX_PREPROCESS_SET_ECHO_SUPPRESS_ACTIVE, &c->both);
	}
	return post;
}

struct canceller *canceller_new(int rate, int frame, int tail, int noise, int echo, int both) {
	struct canceller *c = calloc(1, sizeof *c);
	if (c == NULL)
		return NULL;
	c->rate = rate, c->frame = frame, c->noise = noise, c->echo = echo, c->both = both;
	if (tail > 0) {
		c->state = speex_echo_state_init(frame, tail);
		if (c->state != NULL)
			speex_echo_ctl(c->state, SPEEX_ECHO_SET_SAMPLING_RATE, &rate);
	}
	c->clean = calloc(frame, sizeof *c->clean);
	c->far = calloc(frame, sizeof *c->far);
	c->post = after(c);
	if ((tail > 0 && c->state == NULL) || c->clean == NULL || c->far == NULL || c->post == NULL) {
		canceller_free(c);
		return NULL;
	}
	return c;
}

void canceller_free(struct canceller *c) {
	if (c->post != NULL)
		speex_preprocess_state_destroy(c->post);
	if (c->state != NULL)
		speex_echo_state_destroy(c->state);
	free(c->clean);
	free(c->far);
	free(c);
}

// cancel takes far out of mic.
static void cancel(struct canceller *c, int16_t *mic, const int16_t *far) {
	const int n = c->frame;
	float before = strength(mic, n, mean(mic, n));
	memcpy(c->far, far, n * sizeof *far);
	if (before > LOUDEST || strength(far, n, 0) > LOUDEST)
		c->loud = c->rate / n;
	const int loud = c->loud > 0;
	if (loud) {
		c->loud--;
		before /= SMALL * SMALL;
		shrink(mic, n);
		shrink(c->far, n);
	}
	speex_echo_cancellation(c->state, mic, c->far, c->clean);
	memcpy(mic, c->clean, n * sizeof *mic);
	c->worse = strength(mic, n, 0) > before + FAINT ? c->worse + 1 : 0;
	if (c->worse >= WORSE) {
		c->worse = 0;
		speex_echo_state_reset(c->state);
	}
	if (loud)
		grow(mic, n);
}

void canceller_process(struct canceller *c, int16_t *mic, const int16_t *far) {
	if (c->state != NULL)
		cancel(c, mic, far);
	speex_preprocess_run(c->post, mic);
}

int canceller_forget(struct canceller *c) {
	SpeexPreprocessState *post = after(c);
	if (post == NULL)
		return 0;
	speex_preprocess_state_destroy(c->post);
	c->post = post;
	c->worse = c->loud = 0;
	if (c->state != NULL)
		speex_echo_state_reset(c->state);
	return 1;
}
