/* An ALSA program for the tests: plays a counting signal or records into a file.
 *
 *   client play|record|skip PCM RATE CHANNELS PERIOD BUFFER FRAMES STALL_AT STALL_MS mmap|rw FILE
 *
 * "skip" records mapped and waits with poll(2); at STALL_AT it lets a period go without
 * having looked at it. It writes, as text, how often it was woken in vain.
 *
 * It plays the samples 1, 2, 3 … 30000, 1 …; at frame STALL_AT it sleeps for STALL_MS
 * and recovers from the xrun as programs do. Playing ends in a drain, or with
 * STALL_MS below zero in a drop of what is queued. */
#include <alsa/asoundlib.h>
#include <poll.h>
#include <stdint.h>

static void must(long r, const char *what)
{
	if (r < 0) {
		fprintf(stderr, "%s: %s\n", what, snd_strerror(r));
		exit(1);
	}
}

static void skip(snd_pcm_t *pcm, snd_pcm_uframes_t period, snd_pcm_uframes_t buffer, long frames, long at, FILE *file)
{
	const snd_pcm_channel_area_t *areas;
	snd_pcm_uframes_t offset = 0, n;
	long vain = 0, woken = 0;
	must(snd_pcm_start(pcm), "start");
	for (long done = 0; done < frames && vain < 100000;) {
		struct pollfd fds[4];
		int count = snd_pcm_poll_descriptors(pcm, fds, 4);
		must(poll(fds, count, 1000), "poll");
		woken++;
		snd_pcm_sframes_t ready = snd_pcm_avail_update(pcm);
		if (ready == -EPIPE) {
			must(snd_pcm_prepare(pcm), "prepare");
			must(snd_pcm_start(pcm), "start");
			offset = 0;
			continue;
		}
		must(ready, "avail");
		if (ready < (snd_pcm_sframes_t)period) {
			vain++;
			continue;
		}
		if (done != at) {
			n = period;
			must(snd_pcm_mmap_begin(pcm, &areas, &offset, &n), "begin");
		}
		must(snd_pcm_mmap_commit(pcm, offset, period), "commit");
		offset = (offset + period) % buffer;
		done += period;
	}
	fprintf(file, "%ld %ld\n", vain, woken);
}

int main(int argc, char **argv)
{
	if (argc != 12)
		return 2;
	int play = !strcmp(argv[1], "play"), mapped = !strcmp(argv[10], "mmap");
	unsigned rate = atoi(argv[3]), channels = atoi(argv[4]);
	snd_pcm_uframes_t period = atoi(argv[5]), buffer = atoi(argv[6]);
	long frames = atol(argv[7]), stall_at = atol(argv[8]), stall_ms = atol(argv[9]);
	snd_pcm_t *pcm;
	snd_pcm_hw_params_t *hw;
	snd_pcm_hw_params_alloca(&hw);
	must(snd_pcm_open(&pcm, argv[2], play ? SND_PCM_STREAM_PLAYBACK : SND_PCM_STREAM_CAPTURE, 0), "open");
	must(snd_pcm_hw_params_any(pcm, hw), "any");
	must(snd_pcm_hw_params_set_access(pcm, hw, mapped ? SND_PCM_ACCESS_MMAP_INTERLEAVED : SND_PCM_ACCESS_RW_INTERLEAVED), "access");
	must(snd_pcm_hw_params_set_format(pcm, hw, SND_PCM_FORMAT_S16_LE), "format");
	must(snd_pcm_hw_params_set_channels(pcm, hw, channels), "channels");
	must(snd_pcm_hw_params_set_rate(pcm, hw, rate, 0), "rate");
	must(snd_pcm_hw_params_set_period_size(pcm, hw, period, 0), "period");
	must(snd_pcm_hw_params_set_buffer_size(pcm, hw, buffer), "buffer");
	must(snd_pcm_hw_params(pcm, hw), "hw_params");

	int16_t block[period * channels];
	FILE *file = play ? NULL : fopen(argv[11], "wb");
	if (!strcmp(argv[1], "skip")) {
		skip(pcm, period, buffer, frames, stall_at, file);
		frames = 0;
	}
	for (long done = 0; done < frames;) {
		if (stall_at >= 0 && done >= stall_at) {
			usleep(stall_ms * 1000);
			stall_at = -1;
		}
		for (unsigned i = 0; i < period; i++)
			for (unsigned ch = 0; ch < channels; ch++)
				block[i * channels + ch] = ch ? -1 : 1 + (done + i) % 30000;
		snd_pcm_sframes_t n;
		if (play)
			n = mapped ? snd_pcm_mmap_writei(pcm, block, period) : snd_pcm_writei(pcm, block, period);
		else
			n = mapped ? snd_pcm_mmap_readi(pcm, block, period) : snd_pcm_readi(pcm, block, period);
		if (n == -EPIPE) {
			must(snd_pcm_prepare(pcm), "prepare");
			continue;
		}
		must(n, "transfer");
		if (file)
			fwrite(block, 2 * channels, n, file);
		done += n;
	}
	must(play && stall_ms >= 0 ? snd_pcm_drain(pcm) : snd_pcm_drop(pcm), "drain");
	must(snd_pcm_close(pcm), "close");
	if (file)
		fclose(file);
	return 0;
}
