package main

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// unit is a file of systemd's, by setting: each has the words of all its lines, of which an empty
// one takes back those before it.
func unit(t *testing.T, files ...string) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for _, name := range files {
		text, err := os.ReadFile("../scripts/" + name)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			key, value, is := strings.Cut(strings.TrimSpace(line), "=")
			switch {
			case !is || strings.HasPrefix(key, "#"):
			case value == "":
				delete(all, key)
			default:
				all[key] = append(all[key], strings.Fields(value)...)
			}
		}
	}
	return all
}

const phoneUnit = "image/root/etc/systemd/system/offhook.service"

// systemd looks up what a service may open when it starts, in /proc/devices, where a driver stands
// once its module is loaded: a sound card or a bus that comes later would be denied for good.
func TestDevicesOfThePhoneHaveTheirDrivers(t *testing.T) {
	u := unit(t, phoneUnit)
	for group, module := range map[string]string{"char-alsa": "snd", "char-i2c": "i2c_dev", "char-gpiochip": ""} {
		if !slices.Contains(u["DeviceAllow"], group) {
			t.Errorf("%s is denied", group)
		}
		load := "modprobe@" + module + ".service"
		if module != "" && (!slices.Contains(u["Wants"], load) || !slices.Contains(u["After"], load)) {
			t.Errorf("%s is not there before the phone", load)
		}
	}
	if n := len(u["DeviceAllow"]); n != 2*3 {
		t.Errorf("DeviceAllow has %q: which module is the new one of", u["DeviceAllow"])
	}
}

// The package's drop-in changes the data folder and nothing else: a lamp on a PWM channel is for
// Raspberry Pi OS alone.
func TestPackageMayWriteWhatTheCardMay(t *testing.T) {
	card, deb := unit(t, phoneUnit), unit(t, phoneUnit, "deb/package.conf")
	card["ReadWritePaths"] = slices.DeleteFunc(card["ReadWritePaths"], func(path string) bool { return path == "/data/phone" })
	if !slices.Equal(card["ReadWritePaths"], deb["ReadWritePaths"]) || len(deb["ReadWritePaths"]) == 0 {
		t.Errorf("the card's phone may write %q, the package's %q", card["ReadWritePaths"], deb["ReadWritePaths"])
	}
}

// What leaves a system on trial that hangs waits for nothing of that system, and the phone for
// nothing without an end.
func TestTrialWaitsForNothingThatMayHang(t *testing.T) {
	const units = "image/root/etc/systemd/system/"
	trial := unit(t, units+"offhook-trial.service")
	if !slices.Equal(trial["After"], []string{"local-fs.target"}) || !slices.Equal(trial["DefaultDependencies"], []string{"no"}) {
		t.Errorf("it waits for %q", trial["After"])
	}
	if system := unit(t, units+"offhook-system.service"); len(system["TimeoutStartSec"]) != 1 {
		t.Error("offhook-system.service may take for ever: the phone waits for it")
	}
}
