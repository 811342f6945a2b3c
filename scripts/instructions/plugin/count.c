// A plugin of qemu's that counts the instructions of a program, exactly, its threads together.
// At the end it writes their number to the file that OFFHOOK_COUNT names.
//
// Debian ships qemu's plugins' interface (docs/devel/tcg-plugins) without its header: these
// are the few declarations that are used, of version 1.
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define SHOWN __attribute__((visibility("default")))

typedef uint64_t qemu_plugin_id_t;
struct qemu_plugin_tb; // a piece of straight code
enum { NO_REGISTERS = 0 };

size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *);
void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t, void (*)(qemu_plugin_id_t, struct qemu_plugin_tb *));
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *, void (*)(unsigned int, void *), int, void *);
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t, void (*)(qemu_plugin_id_t, void *), void *);

SHOWN int qemu_plugin_version = 1;

static uint64_t count;

static void run(unsigned int processor, void *instructions) {
	(void)processor;
	__atomic_fetch_add(&count, (uintptr_t)instructions, __ATOMIC_RELAXED);
}

static void translate(qemu_plugin_id_t id, struct qemu_plugin_tb *piece) {
	(void)id;
	qemu_plugin_register_vcpu_tb_exec_cb(piece, run, NO_REGISTERS, (void *)qemu_plugin_tb_n_insns(piece));
}

static void end(qemu_plugin_id_t id, void *user) {
	(void)id, (void)user;
	const char *name = getenv("OFFHOOK_COUNT");
	FILE *f = name == NULL ? NULL : fopen(name, "w");
	if (f == NULL)
		return;
	fprintf(f, "%llu\n", (unsigned long long)count);
	fclose(f);
}

SHOWN int qemu_plugin_install(qemu_plugin_id_t id, const void *info, int argc, char **argv) {
	(void)info, (void)argc, (void)argv;
	qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
	qemu_plugin_register_atexit_cb(id, end, NULL);
	return 0;
}
