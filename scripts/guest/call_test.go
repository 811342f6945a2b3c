//go:build qemu

package guest

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/offhook/offhook/scripts/measure"
	"github.com/offhook/offhook/scripts/peers"
	"github.com/offhook/offhook/scripts/speech"
)

// One phone, registered at Debian's Kamailio on this machine, twice: with TLS once it is told the
// time. A call with sound both ways, what it costs at rest, how soon a key is seen, and a registrar
// that goes and comes; and the next start.
func TestPhone(t *testing.T) {
	certificate := tomorrows(t, "pbx.test")
	k, err := peers.StartKamailio(peers.Registrar{Domain: "pbx.test", Bind: HostAddr, TLS: &certificate})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { k.Stop() }()
	clock := startTimeServer(t)
	settings := fmt.Sprintf(`network.ntp = [%[1]q]
phone.name = "Hall"
sound.handset = "Loopback"
sound.codecs = ["pcma"]
sound.card_period = "40ms" # an emulated machine may be late
[[account]]
user = "201"
domain = %[2]q
password = %[3]q
proxy = %[4]q
transport = "udp"
[[account]]
label = "Office"
user = "203"
domain = %[2]q
password = %[5]q
proxy = %[6]q
transport = "tls"
ca = "ca.pem"
`, HostAddr, k.Domain, peers.Password("201"), k.Addr, peers.Password("203"), k.Secure)
	c := flash(t, Settings(settings))
	if err := c.Put("ca.pem", read(certificate.CA)); err != nil {
		t.Fatal(err)
	}
	p := boot(t, c, Options{Append: noClockChip})
	p.see("ready", soon)
	t.Run("waits for the time", func(t *testing.T) { p.t = t; waitsForTime(t, p, clock) })
	t.Run("talks", func(t *testing.T) { p.t = t; talks(t, p, k) })
	t.Run("at rest", func(t *testing.T) { p.t = t; rests(t, p) })
	t.Run("shows keys", func(t *testing.T) { p.t = t; showsKeys(t, p) })
	t.Run("without registrar", func(t *testing.T) {
		p.t = t
		was := k.Registrar
		k.Stop()
		p.must(p.Hook(true)) // who tries to call hears of it
		p.must(p.Tap("202#"))
		p.see("not answering|No answer|Not registered|Server|server", time.Minute)
		p.hangUp()
		if k, err = peers.StartKamailio(was); err != nil {
			t.Fatal(err)
		}
		p.see("ready", 2*time.Minute)
	})
	p.t = t
	clock.tell(false)
	was := p.switchesOff()
	if err := c.Put("offhook.toml", strings.Replace(Settings(settings), `"Loopback"`, strconv.Quote(usbName), 1)); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	p = boot(t, c, Options{Append: noClockChip, Devices: usbCard(dir)})
	t.Run("wakes with the time", func(t *testing.T) { p.t = t; wakesLater(t, p, was) })
	t.Run("unmutes a USB card", func(t *testing.T) { p.t = t; unmutes(t, p, dir) })
}

// talks is a call to a phone on this machine, which answers by itself: both hear what the
// other says, three of five half seconds of it at least. The machine may be one that has much
// else to do; so the better one of some calls counts.
func talks(t *testing.T, p phone, k *peers.Kamailio) {
	dir := t.TempDir()
	anna, bob := voice(t, dir, "anna.raw", speech.Anna), voice(t, dir, "microphone.wav", speech.Bob)
	bob.said = bob.said.Cut(0, bob.said.Duration()+breath)
	binary, err := filepath.Abs("../../bin/offhook")
	if err != nil {
		t.Fatal(err)
	}
	o, err := peers.StartOffhook(dir, peers.Phone{Binary: binary, Name: "Bob", User: "202", Password: peers.Password("202"),
		Domain: k.Domain, Proxy: k.Addr.String(), Transport: "udp", Bind: HostAddr, WAV: true, Auto: true})
	if err != nil {
		t.Fatal(err)
	}
	defer o.Stop()
	push(t, p, player(t, dir), "/root/aplay")
	push(t, p, anna.file, "/root/anna.raw")
	p.shell("systemctl stop 'offhook-panel@*'") // their meters cost an emulated machine as much as the call
	p.shell("chmod 755 /root/aplay; ln -sf aplay /root/arecord; (while cat /root/anna.raw; do :; done | /root/aplay -q -D plughw:Loopback,1 -t raw " + format + ") >/dev/null 2>&1 </dev/null &")
	for calls := 1; ; calls++ {
		there, here := talk(t, p, dir, bob.said, anna.said)
		if min(there, here) >= 0.6 {
			break
		}
		if calls == 4 {
			t.Errorf("less than three of five half seconds are heard, in %d calls", calls)
			break
		}
	}
	p.shell(`for p in /proc/[0-9]*; do [ "$(cat $p/comm)" = aplay ] && kill ${p#/proc/}; done 2>/dev/null; true`)
	p.shell("systemctl start offhook-panel@tty1 offhook-panel@hvc0")
}

const (
	format = "-f S16_LE -r 48000 -c 1"
	breath = 2 * time.Second // what a microphone of WAV files is silent before it begins anew
)

// talk is one call, and the shares of what was said that are heard in the guest and here.
func talk(t *testing.T, p phone, dir string, bob, anna measure.Signal) (there, here float64) {
	t.Helper()
	const long = 12 * time.Second
	earpiece := filepath.Join(dir, "earpiece.wav")
	before, _ := measure.Load(earpiece, 0) // of the calls before
	p.must(p.Hook(true))
	p.must(p.Tap("202#"))
	p.see(`00:0\d`, soon)
	begun, waited := time.Now(), p.Waited()
	// While the phone opens its end of the loopback card anew, the other end may have no format.
	ear, err := p.Shell(fmt.Sprintf("for n in 1 2 3 4 5; do /root/arecord -q -D plughw:Loopback,1 -t raw %s -d %d && exit; sleep 1; done", format, int(long.Seconds())))
	p.must(err)
	took := time.Since(begun)
	waited = p.Waited() - waited
	p.hangUp()
	p.see("ready", soon)
	guest := filepath.Join(dir, "guest.raw")
	if err := os.WriteFile(guest, []byte(ear), 0o600); err != nil {
		t.Fatal(err)
	}
	there = hears(t, "the guest", bob, guest, time.Second, long)
	began := time.Duration(0)
	if before.Rate > 0 {
		began = before.Duration()
	}
	here = hears(t, "the phone here", anna, earpiece, began+time.Second, began+long)
	t.Logf("the guest waited %v of %v for a processor", waited.Round(time.Millisecond), took.Round(time.Millisecond))
	return there, here
}

// A spoken is what somebody says, over and over, and its file.
type spoken struct {
	said measure.Signal
	file string
}

func voice(t *testing.T, dir, name string, v speech.Voice) spoken {
	t.Helper()
	s, err := speech.Say(v)
	if err != nil {
		t.Fatal(err)
	}
	p := spoken{file: filepath.Join(dir, name)}
	if err := speech.Save(p.file, s, 12*time.Second, 48000); err != nil {
		t.Fatal(err)
	}
	if p.said, err = measure.Load(p.file, 48000); err != nil {
		t.Fatal(err)
	}
	return p
}

// push puts a file of this machine into the guest's memory.
func push(t *testing.T, p phone, file, to string) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	p.shell("true") // a file is read once: the guest must have a shell by now
	_, err = p.ShellWith(f, "cat >"+to)
	p.must(err)
}

// player is Debian's aplay for the guest, which is arecord by another name. It is not in the
// image: scripts/image.sh -q has it fetched.
func player(t *testing.T, dir string) string {
	t.Helper()
	found, _ := filepath.Glob("../../bin/image/apt/cache/alsa-utils_*_arm64.deb")
	if len(found) == 0 {
		t.Fatal("there is no alsa-utils beside the image; scripts/image.sh -q fetches it")
	}
	if _, err := run("dpkg-deb", "-x", found[0], filepath.Join(dir, "alsa")); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "alsa/usr/bin/aplay")
}

// hears is the share of what was said that is heard in a part of a file: measure.Recognise.
// Silence, noise, a tone or what somebody else says would be a quarter at most.
func hears(t *testing.T, who string, said measure.Signal, file string, from, to time.Duration) float64 {
	t.Helper()
	heard, err := measure.Load(file, 48000)
	if err != nil {
		t.Fatal(err)
	}
	r := measure.Recognise(said, heard, measure.Options{Loop: true, Max: said.Duration(), From: from, To: to})
	t.Logf("%s: %d of %d half seconds as they were said", who, r.Recognised, r.Speech)
	return r.Share()
}
