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
C
# Where a card has played and not recorded yet, and its two periods differ, PortAudio reads
# what was recorded through a null pointer (AdaptingProcess in pa_process.c, version 19.6 and
# 19.7). Our one channel gets as much silence instead; a host buffer has at most 65536 frames.
(cd "$out" && tool ar x libportaudio.a pa_linux_alsa.o &&
	tool objcopy --redefine-sym PaUtil_SetNoInput=offhook_no_input --redefine-sym PaUtil_SetInputFrameCount=offhook_input \
		--redefine-sym PaUtil_SetOutputFrameCount=offhook_output pa_linux_alsa.o &&
	tool ar r libportaudio.a pa_linux_alsa.o && rm pa_linux_alsa.o)
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
