/* An ALSA program for the tests: plays a counting signal or records into a file.
 *
 *   client play|record PCM RATE CHANNELS PERIOD BUFFER FRAMES STALL_AT STALL_MS mmap|rw FILE
 *
 * It plays the samples 1, 2, 3 … 30000, 1 …; at frame STALL_AT it sleeps for STALL_MS
 * and recovers from the xrun as programs do. Playing ends in a drain, or with
 * STALL_MS below zero in a drop of what is queued. */
#include <alsa/asoundlib.h>
#include <stdint.h>

static void must(long r, const char *what)
{
	if (r < 0) {
		fprintf(stderr, "%s: %s\n", what, snd_strerror(r));
		exit(1);
	}
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
