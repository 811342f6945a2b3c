/* A sound card without hardware: an ALSA external I/O plugin that runs on the
 * machine's own clock, so that what two programs play and hear can be compared to
 * the sample.
 *
 * All cards with one epoch share one time line. At rate r the frame g of it is the
 * instant epoch + g/r, on CLOCK_MONOTONIC.
 *   recording   hears frame g of the file "in", which starts anew at its end
 *   playing     writes what is heard at g to frame g of the file "out"
 * Both files are headerless S16_LE mono; "%d" in their names is the rate. What a
 * program queues too late is not heard: it leaves zeros, and is logged as an xrun.
 *
 *   pcm.NAME { type vcard  in "F"  out "F"  epoch "NS"  ppm "E"  log "F"  socket "F" }
 *
 * The card is plugged in while the file "socket" is there; without one it always is.
 * ppm is the error of the card's crystal: its own frame p lasts 1/(r(1+ppm/10^6)).
 */
#include <alsa/asoundlib.h>
#include <alsa/pcm_external.h>
#include <fcntl.h>
#include <math.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

struct card {
	snd_pcm_ioplug_t io;
	/* from the configuration */
	char *in, *out, *socket;
	int64_t epoch; /* ns */
	double skew;   /* 1 + ppm/10^6 */
	int log;       /* descriptor, or -1 */
	/* while the hardware parameters are set */
	const int16_t *heard; /* the file "in", mapped */
	int64_t nheard;       /* its frames; 0: silence */
	int fd;               /* the file "out", or -1 */
	/* while it runs, and until it is prepared again */
	int running;
	int64_t t0;     /* ns, when frame 0 of this run began */
	int64_t g0;     /* the frame of the time line at t0 */
	int16_t *early; /* playing: frames handed over before the start */
	int64_t nearly;
	unsigned xruns;
	snd_pcm_uframes_t avail_min, stop_threshold;
};

static int64_t now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static int playing(const struct card *c) { return c->io.stream == SND_PCM_STREAM_PLAYBACK; }

/* Whether it was pulled out. */
static int gone(const struct card *c) { return c->socket && access(c->socket, F_OK) != 0; }

/* Own frames that have passed since the start. */
static int64_t position(const struct card *c)
{
	return (int64_t)((double)(now() - c->t0) * 1e-9 * c->io.rate * c->skew);
}

/* The instant at which own frame p begins, in ns. */
static int64_t instant(const struct card *c, int64_t p)
{
	return c->t0 + (int64_t)ceil((double)p * 1e9 / (c->io.rate * c->skew));
}

/* The frame of the time line at which own frame p is heard. */
static int64_t global(const struct card *c, int64_t p)
{
	return c->g0 + (c->skew == 1 ? p : llround((double)p / c->skew));
}

static void note(const struct card *c, const char *what, int64_t frame)
{
	if (c->log >= 0)
		dprintf(c->log, "%lld %d %s %s rate=%u channels=%u period=%lu buffer=%lu frame=%lld xruns=%u\n",
			(long long)(now() - c->epoch), getpid(), playing(c) ? "play" : "record", what, c->io.rate,
			c->io.channels, c->io.period_size, c->io.buffer_size,
			(long long)frame, c->xruns);
}

/* Own frames that the program is done with since prepare. ALSA counts them: a program may
 * skip frames, or look at them twice, without our being told. */
static int64_t queued(const struct card *c) { return (int64_t)c->io.appl_ptr; }

/* Frames that the program may write or read now, more than the buffer after an xrun. */
static int64_t avail(const struct card *c)
{
	int64_t moved = c->running ? position(c) : 0;
	return playing(c) ? moved + (int64_t)c->io.buffer_size - queued(c) : moved - queued(c);
}

/* Makes the poll descriptor readable when avail_min frames will be available. */
static void arm(const struct card *c)
{
	struct itimerspec when = {{0, 0}, {0, 0}};
	int64_t lacking = (int64_t)c->avail_min - avail(c);
	int64_t at = 1; /* long past: at once */
	if (lacking > 0 && c->running)
		at = instant(c, queued(c) + (int64_t)c->avail_min - (playing(c) ? (int64_t)c->io.buffer_size : 0));
	if (lacking <= 0 || c->running || c->io.state == SND_PCM_STATE_XRUN) {
		when.it_value.tv_sec = at / 1000000000;
		when.it_value.tv_nsec = at % 1000000000;
	}
	timerfd_settime(c->io.poll_fd, TFD_TIMER_ABSTIME, &when, NULL);
}

/* Writes own frames p, p+1 … to the file; pcm NULL is silence. A card with another
 * clock holds a frame for two of the time line, or drops one, now and then. */
static void emit(const struct card *c, int64_t p, const int16_t *pcm, int64_t n)
{
	int16_t line[2048];
	int64_t have = 0, first = global(c, p);
	if (c->fd < 0)
		return;
	for (int64_t i = 0; i < n; i++) {
		int64_t g = global(c, p + i), next = global(c, p + i + 1);
		for (; g < next; g++) {
			if (g < 0) {
				first = g + 1;
				continue;
			}
			line[have++] = pcm ? pcm[i] : 0;
			if (have == 2048) {
				if (pwrite(c->fd, line, have * 2, first * 2) < 0)
					return;
				first += have;
				have = 0;
			}
		}
	}
	if (have > 0 && pwrite(c->fd, line, have * 2, first * 2) < 0)
		return;
}

/* The instant at which a stream starts. Programs link the two streams of a card
 * (snd_pcm_link), and hardware then starts them together, on one clock and with one
 * interrupt for both; a plugin cannot be linked, so what one process starts within
 * TOGETHER is taken for it. */
#define TOGETHER 2000000LL /* ns */

static int64_t begin(void)
{
	static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;
	static int64_t last;
	pthread_mutex_lock(&guard);
	int64_t t = now();
	if (t - last >= TOGETHER)
		last = t;
	t = last;
	pthread_mutex_unlock(&guard);
	return t;
}

static int start(snd_pcm_ioplug_t *io)
{
	struct card *c = io->private_data;
	c->t0 = begin();
	c->g0 = (int64_t)floor((double)(c->t0 - c->epoch) * 1e-9 * io->rate);
	c->running = 1;
	note(c, "start", c->g0);
	emit(c, 0, c->early, c->nearly);
	c->nearly = 0;
	arm(c);
	return 0;
}

static int stop(snd_pcm_ioplug_t *io)
{
	struct card *c = io->private_data;
	if (c->running) {
		int64_t p = position(c);
		if (playing(c) && p < queued(c))
			emit(c, p, NULL, queued(c) - p); /* dropped: never heard */
		note(c, "stop", global(c, p));
		c->running = 0;
	}
	return 0;
}

static snd_pcm_sframes_t pointer(snd_pcm_ioplug_t *io)
{
	struct card *c = io->private_data;
	if (gone(c))
		return -ENODEV;
	if (!c->running)
		return 0;
	int64_t p = position(c), ready = p + (playing(c) ? (int64_t)io->buffer_size : 0) - queued(c);
	if (io->state == SND_PCM_STATE_DRAINING)
		return p < queued(c) ? p : queued(c);
	if (ready >= (int64_t)c->stop_threshold) {
		c->xruns++;
		note(c, "xrun", global(c, p));
		c->running = 0;
		return -EPIPE;
	}
	return p;
}

/* Takes n own frames, from at on. */
static void play(struct card *c, int64_t at, const char *from, unsigned step, int64_t n)
{
	int16_t pcm[1024];
	int64_t p = c->running ? position(c) : 0, late = p > at ? p - at : 0;
	for (int64_t i = 0; i < n; i++)
		pcm[i] = *(const int16_t *)(from + i * step / 8);
	if (!c->running && c->nearly + n <= (int64_t)c->io.buffer_size + 1024) {
		memcpy(c->early + c->nearly, pcm, n * 2);
		c->nearly += n;
	} else if (c->running && late < n)
		emit(c, at + late, pcm + late, n - late);
}

/* Gives n own frames, from at on. */
static void record(const struct card *c, int64_t at, char *to, unsigned step, int64_t n)
{
	for (int64_t i = 0; i < n; i++) {
		int64_t g = global(c, at + i);
		*(int16_t *)(to + i * step / 8) = c->nheard > 0 && g >= 0 ? c->heard[g % c->nheard] : 0;
	}
}

/* Moves n frames, all of them. Of two channels the left one is heard; the
 * microphone is on both. */
static snd_pcm_sframes_t transfer(snd_pcm_ioplug_t *io, const snd_pcm_channel_area_t *area,
				  snd_pcm_uframes_t offset, snd_pcm_uframes_t n)
{
	struct card *c = io->private_data;
	for (snd_pcm_uframes_t done = 0; done < n;) {
		int64_t at = queued(c) + (int64_t)done, part = n - done < 1024 ? n - done : 1024;
		for (unsigned ch = 0; ch < (playing(c) ? 1 : io->channels); ch++) {
			char *first = (char *)area[ch].addr + (area[ch].first + (offset + done) * area[ch].step) / 8;
			if (playing(c))
				play(c, at, first, area[ch].step, part);
			else
				record(c, at, first, area[ch].step, part);
		}
		done += part;
	}
	return n;
}

static void files_close(struct card *c)
{
	if (c->fd >= 0)
		close(c->fd);
	if (c->heard)
		munmap((void *)c->heard, c->nheard * 2);
	c->fd = -1;
	c->heard = NULL;
	c->nheard = 0;
}

static int file_open(const char *pattern, unsigned rate, int flags)
{
	char path[4096];
	const char *mark = strstr(pattern, "%d");
	if (mark)
		snprintf(path, sizeof path, "%.*s%u%s", (int)(mark - pattern), pattern, rate, mark + 2);
	else
		snprintf(path, sizeof path, "%s", pattern);
	return open(path, flags | O_CLOEXEC, 0644);
}

static int hw_params(snd_pcm_ioplug_t *io, snd_pcm_hw_params_t *params)
{
	struct card *c = io->private_data;
	(void)params;
	files_close(c);
	c->avail_min = io->period_size;
	c->stop_threshold = io->buffer_size;
	free(c->early);
	c->early = calloc(io->buffer_size + 1024, sizeof *c->early);
	if (!c->early)
		return -ENOMEM;
	if (playing(c) && c->out && (c->fd = file_open(c->out, io->rate, O_RDWR | O_CREAT)) < 0) {
		note(c, "no-out-file", 0);
		return -errno;
	}
	if (!playing(c) && c->in) {
		struct stat st;
		int fd = file_open(c->in, io->rate, O_RDONLY);
		void *p = MAP_FAILED;
		if (fd >= 0 && fstat(fd, &st) == 0 && st.st_size > 1)
			p = mmap(NULL, st.st_size & ~1LL, PROT_READ, MAP_SHARED, fd, 0);
		if (p == MAP_FAILED)
			note(c, "no-in-file", 0);
		else {
			c->heard = p;
			c->nheard = st.st_size / 2;
		}
		if (fd >= 0)
			close(fd);
	}
	note(c, "open", 0);
	return 0;
}

static int sw_params(snd_pcm_ioplug_t *io, snd_pcm_sw_params_t *params)
{
	struct card *c = io->private_data;
	snd_pcm_sw_params_get_avail_min(params, &c->avail_min);
	snd_pcm_sw_params_get_stop_threshold(params, &c->stop_threshold);
	return 0;
}

static int prepare(snd_pcm_ioplug_t *io)
{
	struct card *c = io->private_data;
	c->running = 0;
	c->nearly = 0;
	if (gone(c))
		return -ENODEV;
	arm(c);
	return 0;
}

static int poll_descriptors(snd_pcm_ioplug_t *io, struct pollfd *fds, unsigned space)
{
	if (space < 1)
		return -EINVAL;
	arm(io->private_data);
	fds->fd = io->poll_fd;
	fds->events = POLLIN;
	fds->revents = 0;
	return 1;
}

static int poll_revents(snd_pcm_ioplug_t *io, struct pollfd *fds, unsigned n, unsigned short *revents)
{
	struct card *c = io->private_data;
	(void)fds;
	(void)n;
	*revents = 0;
	if (gone(c)) {
		*revents = POLLERR | POLLNVAL;
		return -ENODEV;
	}
	if (avail(c) >= (int64_t)c->avail_min)
		*revents = playing(c) ? POLLOUT : POLLIN;
	else
		arm(c);
	if (io->state == SND_PCM_STATE_XRUN)
		*revents |= POLLERR;
	return 0;
}

static int card_close(snd_pcm_ioplug_t *io)
{
	struct card *c = io->private_data;
	stop(io);
	note(c, "close", 0);
	files_close(c);
	if (c->log >= 0)
		close(c->log);
	close(io->poll_fd);
	free(c->early);
	free(c->in);
	free(c->out);
	free(c->socket);
	free(c);
	return 0;
}

static const snd_pcm_ioplug_callback_t callbacks = {
	.start = start, .stop = stop, .pointer = pointer, .transfer = transfer,
	.close = card_close, .hw_params = hw_params, .sw_params = sw_params, .prepare = prepare,
	.poll_descriptors = poll_descriptors, .poll_revents = poll_revents,
};

static int offer(snd_pcm_ioplug_t *io)
{
	static const unsigned access[] = {SND_PCM_ACCESS_MMAP_INTERLEAVED, SND_PCM_ACCESS_RW_INTERLEAVED};
	static const unsigned format[] = {SND_PCM_FORMAT_S16_LE};
	static const unsigned rate[] = {8000, 16000, 24000, 32000, 44100, 48000};
	int err = snd_pcm_ioplug_set_param_list(io, SND_PCM_IOPLUG_HW_ACCESS, 2, access);
	if (err >= 0)
		err = snd_pcm_ioplug_set_param_list(io, SND_PCM_IOPLUG_HW_FORMAT, 1, format);
	if (err >= 0)
		err = snd_pcm_ioplug_set_param_list(io, SND_PCM_IOPLUG_HW_RATE, 6, rate);
	if (err >= 0)
		err = snd_pcm_ioplug_set_param_minmax(io, SND_PCM_IOPLUG_HW_CHANNELS, 1, 2);
	if (err >= 0)
		err = snd_pcm_ioplug_set_param_minmax(io, SND_PCM_IOPLUG_HW_PERIOD_BYTES, 64, 1 << 16);
	if (err >= 0)
		err = snd_pcm_ioplug_set_param_minmax(io, SND_PCM_IOPLUG_HW_BUFFER_BYTES, 128, 1 << 18);
	if (err >= 0)
		err = snd_pcm_ioplug_set_param_minmax(io, SND_PCM_IOPLUG_HW_PERIODS, 2, 64);
	return err;
}

SND_PCM_PLUGIN_DEFINE_FUNC(vcard)
{
	snd_config_iterator_t i, next;
	struct card *c = calloc(1, sizeof *c);
	int err;
	(void)root;
	if (!c)
		return -ENOMEM;
	c->fd = c->log = -1;
	c->skew = 1;
	snd_config_for_each(i, next, conf)
	{
		snd_config_t *n = snd_config_iterator_entry(i);
		const char *id, *s;
		if (snd_config_get_id(n, &id) < 0 || snd_config_get_string(n, &s) < 0)
			continue;
		if (!strcmp(id, "in"))
			c->in = strdup(s);
		else if (!strcmp(id, "out"))
			c->out = strdup(s);
		else if (!strcmp(id, "socket"))
			c->socket = strdup(s);
		else if (!strcmp(id, "epoch"))
			c->epoch = strtoll(s, NULL, 10);
		else if (!strcmp(id, "ppm"))
			c->skew = 1 + strtod(s, NULL) * 1e-6;
		else if (!strcmp(id, "log"))
			c->log = open(s, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	}
	c->io.version = SND_PCM_IOPLUG_VERSION;
	c->io.name = "sound card without hardware";
	c->io.flags = SND_PCM_IOPLUG_FLAG_MONOTONIC | SND_PCM_IOPLUG_FLAG_BOUNDARY_WA;
	c->io.callback = &callbacks;
	c->io.private_data = c;
	c->io.poll_events = POLLIN;
	c->io.poll_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (c->io.poll_fd < 0)
		err = -errno;
	else if (gone(c)) {
		close(c->io.poll_fd);
		err = -ENODEV;
	}
	else if ((err = snd_pcm_ioplug_create(&c->io, name, stream, mode)) >= 0) {
		if ((err = offer(&c->io)) < 0)
			snd_pcm_ioplug_delete(&c->io); /* calls card_close */
		else
			*pcmp = c->io.pcm;
		return err;
	} else
		close(c->io.poll_fd);
	if (c->log >= 0)
		close(c->log);
	free(c->in);
	free(c->out);
	free(c->socket);
	free(c);
	return err;
}
SND_PCM_PLUGIN_SYMBOL(vcard);
