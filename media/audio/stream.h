// A PortAudio stream over a card's rings.
#ifndef OFFHOOK_STREAM_H
#define OFFHOOK_STREAM_H

#include "turn.h"

struct stream {
	void *pa;             // PaStream
	double play, record;  // latency in s, as PortAudio says
	int sound_card;       // ALSA's number of it; -1: not a card
};

// stream_open opens the ALSA device for mono S16 and starts it. It returns a PaError, 0
// for success.
int stream_open(struct stream *s, struct card *c, const char *device, double rate, unsigned long period, int record);

// stream_close stops at once and returns when the callback will not run again.
void stream_close(struct stream *s);

// stream_quiet silences what the libraries can be told not to print.
void stream_quiet(void);

// stream_known says whether ALSA's configuration has a device of that name.
int stream_known(const char *name);

// stream_try opens the device and closes it: 0, or the errno that ALSA gives.
int stream_try(const char *device, int record);

#endif
