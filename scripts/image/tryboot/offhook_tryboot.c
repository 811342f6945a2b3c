// SPDX-License-Identifier: GPL-2.0
/*
 * A restart whose words have "tryboot" in them ("0 tryboot") asks the Raspberry Pi's firmware to
 * read tryboot.txt in place of config.txt, once. Raspberry Pi's own kernel does so; Debian's, as
 * of 6.1, does not. On another board the module does not load.
 */
#include <linux/module.h>
#include <linux/of.h>
#include <linux/reboot.h>
#include <linux/string.h>
#include <soc/bcm2835/raspberrypi-firmware.h>

/* The firmware's property "set reboot flags" and its flag, as Raspberry Pi's kernel has them. */
#define SET_REBOOT_FLAGS 0x00038064
#define TRYBOOT 1

static struct rpi_firmware *firmware;

static int restarts(struct notifier_block *nb, unsigned long action, void *words)
{
	u32 flags = TRYBOOT;
	int err;

	if (action != SYS_RESTART || !words || !strstr(words, "tryboot"))
		return NOTIFY_DONE;
	err = rpi_firmware_property(firmware, SET_REBOOT_FLAGS, &flags, sizeof(flags));
	if (err)
		pr_err("offhook: the firmware does not know tryboot: %d\n", err);
	return NOTIFY_DONE;
}

static struct notifier_block notifier = { .notifier_call = restarts };

static int __init begin(void)
{
	struct device_node *node = of_find_compatible_node(NULL, NULL, "raspberrypi,bcm2835-firmware");

	if (!node)
		return -ENODEV;
	firmware = rpi_firmware_get(node);
	of_node_put(node);
	if (!firmware)
		return -ENODEV;
	return register_reboot_notifier(&notifier);
}

static void __exit end(void)
{
	unregister_reboot_notifier(&notifier);
	rpi_firmware_put(firmware);
}

module_init(begin);
module_exit(end);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Asks a Raspberry Pi's firmware for tryboot.txt");
