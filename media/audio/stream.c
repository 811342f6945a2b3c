#define _GNU_SOURCE
#include "stream.h"

#include <alsa/asoundlib.h>
#include <pa_linux_alsa.h>
#include <portaudio.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static int callback(const void *in, void *out, unsigned long n, const PaStreamCallbackTimeInfo *t,
		    PaStreamCallbackFlags flags, void *user) {
	(void)t;
	card_turn(user, in, out, n,
		  (flags & paOutputUnderflow ? CARD_UNDERRUN : 0) | (flags & paInputOverflow ? CARD_OVERRUN : 0));
	card_thread(user);
	return paContinue;
}

static void finished(void *user) { card_finish(user); }

int stream_open(struct stream *s, struct card *c, const char *device, double rate, unsigned long period, int record) {
	PaAlsaStreamInfo alsa;
	PaAlsa_InitializeStreamInfo(&alsa);
	alsa.deviceString = device; // by name: numbers change
	PaStreamParameters end = {
		.device = paUseHostApiSpecificDeviceSpecification,
		.channelCount = 1,
		.sampleFormat = paInt16,
		// One period: ALSA then gets two, the least that works.
		.suggestedLatency = period / rate,
		.hostApiSpecificStreamInfo = &alsa,
	};
	PaStream *pa = NULL;
	PaAlsa_SetRetriesBusy(5); // 10 ms each, not a second
	PaError err = Pa_OpenStream(&pa, record ? &end : NULL, &end, rate, period, paClipOff | paDitherOff, callback, c);
	if (err != paNoError)
		return err;
	PaAlsa_EnableRealtimeScheduling(pa, 1); // where the system allows it
	Pa_SetStreamFinishedCallback(pa, finished);
	const PaStreamInfo *info = Pa_GetStreamInfo(pa);
	if (info != NULL) {
		s->play = info->outputLatency;
		s->record = record ? info->inputLatency : 0;
	}
	if (PaAlsa_GetStreamOutputCard(pa, &s->sound_card) != paNoError)
		s->sound_card = -1;
	err = Pa_StartStream(pa);
	if (err != paNoError) {
		Pa_CloseStream(pa);
		return err;
	}
	s->pa = pa;
	return paNoError;
}

void stream_close(struct stream *s) {
	Pa_AbortStream(s->pa);
	Pa_CloseStream(s->pa);
	s->pa = NULL;
}

static void no_alsa(const char *file, int line, const char *function, int err, const char *format, ...) {
	(void)file, (void)line, (void)function, (void)err, (void)format;
}

// no_text prints nothing. The thread of a stream whose card was pulled out has been seen to
// spin in PortAudio, failing and printing for ever: Pa_AbortStream, which cancels it, waits
// for a place where it can be cancelled. Printing would be one; so this has to be.
static void no_text(const char *text) {
	(void)text;
	pthread_testcancel();
}

// PortAudio's own, in its pa_debugprint.h, which is not installed: the static library
// has it, the shared one does not show it.
extern void PaUtil_SetDebugPrintFunction(void (*print)(const char *text)) __attribute__((weak));

void stream_quiet(void) {
	snd_lib_error_set_handler(no_alsa);
	setenv("JACK_NO_START_SERVER", "1", 0); // nobody asked for it
	if (PaUtil_SetDebugPrintFunction != 0)
		PaUtil_SetDebugPrintFunction(no_text); // it tells of each failure line by line
}

int stream_try(const char *device, int record) {
	snd_pcm_t *pcm;
	int err = snd_pcm_open(&pcm, device, record ? SND_PCM_STREAM_CAPTURE : SND_PCM_STREAM_PLAYBACK, SND_PCM_NONBLOCK);
	if (err < 0)
		return -err;
	snd_pcm_close(pcm);
	return 0;
}

int stream_known(const char *name) {
	snd_config_t *top = NULL, *found = NULL;
	snd_config_update_t *update = NULL;
	char key[256];
	int known = 0, n = snprintf(key, sizeof key, "pcm.%s", name);
	if (n < (int)sizeof key && snd_config_update_r(&top, &update, NULL) >= 0)
		known = snd_config_search(top, key, &found) >= 0;
	if (top != NULL)
		snd_config_delete(top);
	if (update != NULL)
		snd_config_update_free(update);
	return known;
}
