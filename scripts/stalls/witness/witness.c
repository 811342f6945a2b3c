/*
 * On each core one thread of the highest real-time precedence sleeps for a millisecond at a
 * time. It prints "CORE FROM TO" (ns of CLOCK_MONOTONIC) whenever it woke up later than argv[1]
 * microseconds after it was due: nothing else of this system can have kept it from running.
 * It ends with its standard input.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { NAP = 1000000, SECOND = 1000000000 };

static int64_t least;

static int64_t now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * SECOND + t.tv_nsec;
}

static void *watch(void *core)
{
	int64_t due = now();
	for (;;) {
		due += NAP;
		struct timespec t = {due / SECOND, due % SECOND};
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
		int64_t woke = now();
		if (woke - due > least) {
			printf("%d %lld %lld\n", (int)(intptr_t)core, (long long)due, (long long)woke);
			fflush(stdout);
		}
		if (woke > due)
			due = woke;
	}
	return NULL;
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	least = atoll(argv[1]) * 1000;
	cpu_set_t mine;
	if (sched_getaffinity(0, sizeof mine, &mine)) {
		perror("the cores");
		return 1;
	}
	for (int core = 0; core < CPU_SETSIZE; core++) {
		if (!CPU_ISSET(core, &mine))
			continue;
		cpu_set_t one;
		CPU_ZERO(&one);
		CPU_SET(core, &one);
		struct sched_param first = {.sched_priority = sched_get_priority_max(SCHED_FIFO)};
		pthread_attr_t how;
		pthread_attr_init(&how);
		pthread_attr_setinheritsched(&how, PTHREAD_EXPLICIT_SCHED);
		pthread_attr_setschedpolicy(&how, SCHED_FIFO);
		pthread_attr_setschedparam(&how, &first);
		pthread_attr_setaffinity_np(&how, sizeof one, &one);
		pthread_t id;
		int err = pthread_create(&id, &how, watch, (void *)(intptr_t)core);
		if (err) {
			fprintf(stderr, "real-time precedence: %s\n", strerror(err));
			return 1;
		}
	}
	puts("watching");
	fflush(stdout);
	char c;
	while (read(0, &c, 1) > 0)
		;
	return 0;
}
