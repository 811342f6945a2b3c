#include "mixer.h"

#include <alsa/asoundlib.h>
#include <string.h>

// Only elements of these names are touched: a codec has dozens that are somebody else's. A USB card
// may call its own whatever it likes; there the only one is it.
static const char *const outputs[] = {
	"Master", "PCM", "Speaker", "Headphone", "Headset", "Handset", "Earpiece", "Front", "Playback", "Digital", NULL,
};
static const char *const microphones[] = {
	"Mic", "Microphone", "Headset", "Headset Mic", "Handset", "Internal Mic", "Capture", NULL,
};
// The playback side of a microphone is what USB cards have for a sidetone.
static const char *const sidetones[] = {
	"Sidetone", "Mic", "Microphone", "Headset Mic", NULL,
};

static int is(const char *name, const char *const *all) {
	for (; *all != NULL; all++)
		if (strcmp(name, *all) == 0)
			return 1;
	return 0;
}

// play_on unmutes an output: at 0 dB, or its loudest where that is less; at 70 % where the
// card knows no dB. What stands there already is not written again: on a USB card that
// takes a millisecond each.
static void play_on(snd_mixer_elem_t *e) {
	long low, high, is;
	int on;
	if (snd_mixer_selem_has_playback_volume(e)) {
		if (snd_mixer_selem_get_playback_dB_range(e, &low, &high) == 0 && low < high) {
			long want = high < 0 ? high : low > 0 ? low : 0;
			if (snd_mixer_selem_get_playback_dB(e, SND_MIXER_SCHN_MONO, &is) != 0 || is != want)
				snd_mixer_selem_set_playback_dB_all(e, want, -1);
		} else if (snd_mixer_selem_get_playback_volume_range(e, &low, &high) == 0) {
			snd_mixer_selem_set_playback_volume_all(e, low + (high - low) * 7 / 10);
		}
	}
	if (snd_mixer_selem_has_playback_switch(e) &&
	    (snd_mixer_selem_get_playback_switch(e, SND_MIXER_SCHN_MONO, &on) != 0 || !on))
		snd_mixer_selem_set_playback_switch_all(e, 1);
}

// record_on unmutes a microphone: at 0 dB where that is not its softest, else half way up.
static void record_on(snd_mixer_elem_t *e) {
	long low, high, is;
	int on;
	if (snd_mixer_selem_has_capture_volume(e)) {
		if (snd_mixer_selem_get_capture_dB_range(e, &low, &high) == 0 && low < high) {
			long want = high <= 0 ? high : low < 0 ? 0 : (low + high) / 2;
			if (snd_mixer_selem_get_capture_dB(e, SND_MIXER_SCHN_MONO, &is) != 0 || is != want)
				snd_mixer_selem_set_capture_dB_all(e, want, -1);
		} else if (snd_mixer_selem_get_capture_volume_range(e, &low, &high) == 0) {
			snd_mixer_selem_set_capture_volume_all(e, low + (high - low) * 7 / 10);
		}
	}
	if (snd_mixer_selem_has_capture_switch(e) &&
	    (snd_mixer_selem_get_capture_switch(e, SND_MIXER_SCHN_MONO, &on) != 0 || !on))
		snd_mixer_selem_set_capture_switch_all(e, 1);
}

// side_to sets a sidetone to a level, as near as the card can; silence is its switch, or
// its softest where it has none.
static void side_to(snd_mixer_elem_t *e, int silence, long db) {
	long low, high;
	if (snd_mixer_selem_has_playback_switch(e))
		snd_mixer_selem_set_playback_switch_all(e, !silence);
	if (!snd_mixer_selem_has_playback_volume(e) || (silence && snd_mixer_selem_has_playback_switch(e)))
		return;
	if (silence) {
		if (snd_mixer_selem_get_playback_volume_range(e, &low, &high) == 0)
			snd_mixer_selem_set_playback_volume_all(e, low);
		return;
	}
	if (snd_mixer_selem_get_playback_dB_range(e, &low, &high) == 0 && low < high) {
		db = db < low ? low : db > high ? high : db;
		snd_mixer_selem_set_playback_dB_all(e, db, -1);
	}
}

static int plays(snd_mixer_elem_t *e) {
	return snd_mixer_selem_has_playback_volume(e) || snd_mixer_selem_has_playback_switch(e);
}

static int records(snd_mixer_elem_t *e) {
	return snd_mixer_selem_has_capture_volume(e) || snd_mixer_selem_has_capture_switch(e);
}

int mixer_set(const char *control, int levels, int side, long db, struct mixer *m) {
	snd_mixer_t *mixer;
	memset(m, 0, sizeof *m);
	int err = snd_mixer_open(&mixer, 0);
	if (err < 0)
		return -err;
	if ((err = snd_mixer_attach(mixer, control)) < 0 || (err = snd_mixer_selem_register(mixer, NULL, NULL)) < 0 ||
	    (err = snd_mixer_load(mixer)) < 0) {
		snd_mixer_close(mixer);
		return -err;
	}
	snd_mixer_elem_t *output = NULL, *microphone = NULL; // of other names
	int outs = 0, mics = 0;
	for (snd_mixer_elem_t *e = snd_mixer_first_elem(mixer); e != NULL; e = snd_mixer_elem_next(e)) {
		const char *name = snd_mixer_selem_get_name(e);
		if (!snd_mixer_selem_is_active(e))
			continue;
		if (plays(e) && is(name, sidetones)) {
			m->side++;
			if (side != SIDE_LEAVE)
				side_to(e, side == SIDE_SILENCE, db);
		} else if (plays(e) && is(name, outputs)) {
			m->play++;
			if (levels)
				play_on(e);
		} else if (plays(e)) {
			output = e;
			outs++;
		}
		if (records(e) && is(name, microphones)) {
			m->record++;
			if (levels)
				record_on(e);
		} else if (records(e)) {
			microphone = e;
			mics++;
		}
	}
	if (m->play == 0 && outs == 1) {
		m->play++;
		if (levels)
			play_on(output);
	}
	if (m->record == 0 && mics == 1) {
		m->record++;
		if (levels)
			record_on(microphone);
	}
	snd_mixer_close(mixer);
	return 0;
}
