#!/usr/bin/env bash
# Makes a lean static PortAudio for one architecture out of Debian's own archive:
# without JACK, whose library speaks on the terminal whenever no JACK runs, and without
# OSS, which tries six hundred device files at every start. What is linked with it
# needs only libc, libm and libasound on the phone.
#
#   scripts/portaudio.sh amd64|arm64|armhf     leaves bin/portaudio/ARCH/portaudio-2.0.pc
set -euo pipefail
cd "$(dirname "$0")/.."

arch=${1:?which architecture: amd64, arm64 or armhf}
# shellcheck source=scripts/arch.sh
source scripts/arch.sh
tool() { # a compiler tool for the architecture: plain where it is our own
	if [ "$(dpkg --print-architecture)" = "$arch" ]; then "$1" "${@:2}"; else "$triple-$1" "${@:2}"; fi
}
from=/usr/lib/$triple/libportaudio.a
out=$PWD/bin/portaudio/$arch
[ ! "$out/portaudio-2.0.pc" -nt "$from" ] || [ "$out/portaudio-2.0.pc" -ot "$0" ] || exit 0

mkdir -p "$out"
cp "$from" "$out/libportaudio.a"
tool ar d "$out/libportaudio.a" pa_jack.o pa_unix_oss.o
# PortAudio's table of host APIs still names the two: they find nothing (pa_hostapi.h).
cat >"$out/none.c" <<-C
	#include <stddef.h>
	#include <sys/time.h>
	#include <time.h>
	int PaJack_Initialize(void **api, int index) { (void)index; *api = 0; return 0; }
	int PaOSS_Initialize(void **api, int index) { (void)index; *api = 0; return 0; }
	void PaUtil_SetInputChannel(void *processor, unsigned channel, void *data, unsigned stride);
	void PaUtil_SetInputFrameCount(void *processor, unsigned long frames);
	void PaUtil_SetOutputFrameCount(void *processor, unsigned long frames);
	static char silence[1 << 18];
	static __thread unsigned long played;
	static __thread int none;
	void offhook_no_input(void *processor) {
		PaUtil_SetInputChannel(processor, 0, silence, 1);
		PaUtil_SetInputFrameCount(processor, played);
		none = 1;
	}
	void offhook_input(void *processor, unsigned long frames) {
		PaUtil_SetInputFrameCount(processor, frames);
		none = 0;
	}
	void offhook_output(void *processor, unsigned long frames) {
		PaUtil_SetOutputFrameCount(processor, played = frames);
		if (none)
			PaUtil_SetInputFrameCount(processor, frames);
	}
	struct status { int state; struct timeval now; long delay; };
	int snd_pcm_state(void *pcm);
	int snd_pcm_delay(void *pcm, long *frames);
	size_t offhook_status_size(void) { return sizeof(struct status); }
	int offhook_status(void *pcm, struct status *s) {
		struct timespec now;
		clock_gettime(CLOCK_MONOTONIC, &now);
		s->now = (struct timeval){now.tv_sec, now.tv_nsec / 1000};
		s->state = snd_pcm_state(pcm);
		if (snd_pcm_delay(pcm, &s->delay) < 0) /* it ran dry or over, or is gone: state says so */
			s->delay = 0;
		return 0;
	}
	int offhook_status_state(const struct status *s) { return s->state; }
	long offhook_status_delay(const struct status *s) { return s->delay; }
	void offhook_status_time(const struct status *s, struct timeval *t) { *t = s->now; }
	void offhook_status_since(const struct status *s, struct timeval *t) { *t = s->now; }
C
# Where a card has played and not recorded yet, and its two periods differ, PortAudio reads
# what was recorded through a null pointer (AdaptingProcess in pa_process.c, version 19.6 and
# 19.7). Our one channel gets as much silence instead; a host buffer has at most 65536 frames.
#
# For each period PortAudio also asks for both directions' snd_pcm_status. On a card that goes
# through one of alsa-lib's conversions that ends the program, after a time in which the card
# was not served, by an assertion about a pointer that the answer does not need
# (snd_pcm_plugin_status, since alsa-lib 1.2.5). State, delay and time are asked for one by one
# instead; the time of an xrun is when it was noticed, which only PortAudio's log would tell.
(cd "$out" && tool ar x libportaudio.a pa_linux_alsa.o &&
	tool objcopy --redefine-sym PaUtil_SetNoInput=offhook_no_input --redefine-sym PaUtil_SetInputFrameCount=offhook_input \
		--redefine-sym PaUtil_SetOutputFrameCount=offhook_output \
		--redefine-sym snd_pcm_status=offhook_status --redefine-sym snd_pcm_status_sizeof=offhook_status_size \
		--redefine-sym snd_pcm_status_get_state=offhook_status_state --redefine-sym snd_pcm_status_get_delay=offhook_status_delay \
		--redefine-sym snd_pcm_status_get_tstamp=offhook_status_time \
		--redefine-sym snd_pcm_status_get_trigger_tstamp=offhook_status_since pa_linux_alsa.o &&
	tool ar r libportaudio.a pa_linux_alsa.o && rm pa_linux_alsa.o)
if tool nm "$out/libportaudio.a" 2>/dev/null | grep 'U snd_pcm_status$' >&2; then
	echo "portaudio: another of its objects asks for snd_pcm_status" >&2
	exit 1
fi
tool gcc -O2 -c -o "$out/none.o" "$out/none.c"
tool ar rs "$out/libportaudio.a" "$out/none.o" 2>/dev/null
cat >"$out/portaudio-2.0.pc" <<-PC
	Name: PortAudio
	Description: Debian's PortAudio without JACK, static
	Version: 19
	Libs: -L\${pcfiledir} -l:libportaudio.a -lasound -lm -lpthread
	Cflags: -pthread
PC
rm "$out/none.c" "$out/none.o"
