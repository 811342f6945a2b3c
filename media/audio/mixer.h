// A card's own mixer: what stands between the stream and the transducers.
#ifndef OFFHOOK_MIXER_H
#define OFFHOOK_MIXER_H

enum { SIDE_LEAVE, SIDE_SET, SIDE_SILENCE };

// What a mixer has, and is now at the wanted levels.
struct mixer {
	int play, record; // outputs and microphones
	int side;         // sidetones
};

// mixer_set opens the mixer of a control ("hw:Device") and closes it again. With levels its
// outputs and microphones are unmuted and set to their usual levels; side says what becomes
// of its sidetone, db is its level in hundredths of a dB. It returns 0, or an errno.
int mixer_set(const char *control, int levels, int side, long db, struct mixer *m);

#endif
