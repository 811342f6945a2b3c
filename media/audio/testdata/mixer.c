/* A mixer without hardware: an ALSA external control plugin whose elements are the lines
 * of a file, each "value low high low_db high_db name", the dB in hundredths, 0 0: none.
 * A switch is 0 to 1. Writing an element writes the file anew, so that a test sees it.
 *
 *   ctl.NAME { type desk  file "F" }
 */
#include <alsa/asoundlib.h>
#include <alsa/control_external.h>
#include <stdio.h>
#include <string.h>

#define MOST 32

struct element {
	long value, low, high, low_db, high_db;
	char name[64];
};

struct desk {
	snd_ctl_ext_t ext;
	char file[512];
	struct element all[MOST];
	int count;
};

static void load(struct desk *d) {
	FILE *f = fopen(d->file, "r");
	d->count = 0;
	while (f != NULL && d->count < MOST) {
		struct element *e = &d->all[d->count];
		if (fscanf(f, "%ld %ld %ld %ld %ld %63[^\n]", &e->value, &e->low, &e->high, &e->low_db, &e->high_db, e->name) != 6)
			break;
		d->count++;
	}
	if (f != NULL)
		fclose(f);
}

static void save(struct desk *d) {
	FILE *f = fopen(d->file, "w");
	for (int i = 0; f != NULL && i < d->count; i++) {
		struct element *e = &d->all[i];
		fprintf(f, "%ld %ld %ld %ld %ld %s\n", e->value, e->low, e->high, e->low_db, e->high_db, e->name);
	}
	if (f != NULL)
		fclose(f);
}

static struct element *at(snd_ctl_ext_t *ext, snd_ctl_ext_key_t key) { return &((struct desk *)ext->private_data)->all[key]; }

static int is_switch(const struct element *e) { return strstr(e->name, "Switch") != NULL; }

static int elem_count(snd_ctl_ext_t *ext) { return ((struct desk *)ext->private_data)->count; }

static int elem_list(snd_ctl_ext_t *ext, unsigned int offset, snd_ctl_elem_id_t *id) {
	snd_ctl_elem_id_set_interface(id, SND_CTL_ELEM_IFACE_MIXER);
	snd_ctl_elem_id_set_name(id, at(ext, offset)->name);
	return 0;
}

static snd_ctl_ext_key_t find_elem(snd_ctl_ext_t *ext, const snd_ctl_elem_id_t *id) {
	struct desk *d = ext->private_data;
	unsigned int numid = snd_ctl_elem_id_get_numid(id);
	if (numid > 0 && numid <= (unsigned)d->count)
		return numid - 1;
	for (int i = 0; i < d->count; i++)
		if (strcmp(d->all[i].name, snd_ctl_elem_id_get_name(id)) == 0)
			return i;
	return SND_CTL_EXT_KEY_NOT_FOUND;
}

static int get_attribute(snd_ctl_ext_t *ext, snd_ctl_ext_key_t key, int *type, unsigned int *acc, unsigned int *count) {
	struct element *e = at(ext, key);
	*type = is_switch(e) ? SND_CTL_ELEM_TYPE_BOOLEAN : SND_CTL_ELEM_TYPE_INTEGER;
	*acc = SND_CTL_EXT_ACCESS_READWRITE;
	if (e->low_db != e->high_db)
		*acc |= SND_CTL_EXT_ACCESS_TLV_READ | SND_CTL_EXT_ACCESS_TLV_CALLBACK;
	*count = 1;
	return 0;
}

static int get_integer_info(snd_ctl_ext_t *ext, snd_ctl_ext_key_t key, long *low, long *high, long *step) {
	*low = at(ext, key)->low, *high = at(ext, key)->high, *step = 0;
	return 0;
}

static int read_integer(snd_ctl_ext_t *ext, snd_ctl_ext_key_t key, long *value) {
	*value = at(ext, key)->value;
	return 0;
}

static int write_integer(snd_ctl_ext_t *ext, snd_ctl_ext_key_t key, long *value) {
	at(ext, key)->value = *value;
	save(ext->private_data);
	return 1;
}

static int tlv(snd_ctl_ext_t *ext, snd_ctl_ext_key_t key, int op, unsigned int numid, unsigned int *out, unsigned int size) {
	struct element *e = at(ext, key);
	(void)numid;
	if (op != 0 || size < 4 * sizeof *out)
		return -ENXIO;
	out[0] = SND_CTL_TLVT_DB_MINMAX;
	out[1] = 2 * sizeof *out;
	out[2] = (unsigned)e->low_db;
	out[3] = (unsigned)e->high_db;
	return 0;
}

static int read_event(snd_ctl_ext_t *ext, snd_ctl_elem_id_t *id, unsigned int *mask) {
	(void)ext, (void)id, (void)mask;
	return -EAGAIN;
}

static void closed(snd_ctl_ext_t *ext) { free(ext->private_data); }

static const snd_ctl_ext_callback_t calls = {
	.close = closed, .elem_count = elem_count, .elem_list = elem_list, .find_elem = find_elem,
	.get_attribute = get_attribute, .get_integer_info = get_integer_info,
	.read_integer = read_integer, .write_integer = write_integer, .read_event = read_event,
};

SND_CTL_PLUGIN_DEFINE_FUNC(desk) {
	const char *file = NULL;
	snd_config_iterator_t i, next;
	snd_config_for_each(i, next, conf) {
		const char *id;
		snd_config_t *n = snd_config_iterator_entry(i);
		if (snd_config_get_id(n, &id) == 0 && strcmp(id, "file") == 0)
			snd_config_get_string(n, &file);
	}
	(void)root;
	struct desk *d = calloc(1, sizeof *d);
	if (d == NULL || file == NULL) {
		free(d);
		return -EINVAL;
	}
	snprintf(d->file, sizeof d->file, "%s", file);
	load(d);
	d->ext.version = SND_CTL_EXT_VERSION;
	strcpy(d->ext.id, "desk");
	strcpy(d->ext.driver, "desk");
	strcpy(d->ext.name, "desk");
	strcpy(d->ext.mixername, "desk");
	d->ext.poll_fd = -1;
	d->ext.callback = &calls;
	d->ext.private_data = d;
	d->ext.tlv.c = tlv;
	int err = snd_ctl_ext_create(&d->ext, name, mode);
	if (err < 0) {
		free(d);
		return err;
	}
	*handlep = d->ext.handle;
	return 0;
}

SND_CTL_PLUGIN_SYMBOL(desk);
