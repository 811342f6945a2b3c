//go:build qemu

package guest

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/offhook/offhook/scripts/measure"
	"github.com/offhook/offhook/scripts/peers"
	"github.com/offhook/offhook/scripts/speech"
)

// One phone, registered at Debian's Kamailio on this machine: a call with sound both ways,
// then what it costs at rest, how soon a key is seen, and a registrar that goes and comes.
func TestPhone(t *testing.T) {
	k, err := peers.StartKamailio(peers.Registrar{Bind: HostAddr})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { k.Stop() }()
	settings := fmt.Sprintf(`phone.name = "Hall"
sound.handset = "Loopback"
sound.codecs = ["pcma"]
[[account]]
user = "201"
domain = %q
password = %q
proxy = %q
transport = "udp"
`, k.Domain, peers.Password("201"), k.Addr)
	p := boot(t, flash(t, Settings(settings)), Options{Append: "modules_load=snd-aloop"})
	p.see("ready", soon)
	t.Run("calls", func(t *testing.T) { p.t = t; calls(t, p, k) })
	t.Run("at rest", func(t *testing.T) { p.t = t; rests(t, p) })
	t.Run("shows keys", func(t *testing.T) { p.t = t; showsKeys(t, p) })
	t.Run("without registrar", func(t *testing.T) {
		p.t = t
		was := k.Registrar
		was.TLS = nil // its files go with it
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
}

// calls is a call to a phone on this machine, which answers by itself, and something is heard
// at both ends. It is no proof that they understand each other: hears.
func calls(t *testing.T, p phone, k *peers.Kamailio) {
	const long = 12 * time.Second
	dir := t.TempDir()
	anna, bob := voice(t, dir, "anna.wav", speech.Anna), voice(t, dir, "microphone.wav", speech.Bob)
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
	push(t, p, anna.file, "/root/anna.wav")
	p.shell("chmod 755 /root/aplay; ln -sf aplay /root/arecord; (while :; do /root/aplay -q -D plughw:Loopback,1 /root/anna.wav; done) >/dev/null 2>&1 </dev/null &")

	p.must(p.Hook(true))
	p.must(p.Tap("202#"))
	p.see(`00:0\d`, soon)
	if _, err := p.Shell(fmt.Sprintf("/root/arecord -q -D plughw:Loopback,1 -f S16_LE -r 48000 -c 1 -d %d /root/ear.wav", int(long.Seconds()))); err != nil {
		t.Fatal(err)
	}
	p.hangUp()
	p.see("ready", soon)
	ear, err := p.Shell("cat /root/ear.wav")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "guest.wav"), []byte(ear), 0o600); err != nil {
		t.Fatal(err)
	}
	hears(t, "the guest", bob.said, filepath.Join(dir, "guest.wav"))
	hears(t, "the phone here", anna.said, filepath.Join(dir, "earpiece.wav"))
	p.shell("for f in /proc/[0-9]*/cmdline; do grep -qs aplay $f && kill $(basename ${f%/cmdline}); done; true")
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
	if p.said, err = measure.Load(p.file, 0); err != nil {
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

// hears fails where nothing is heard at all. How much of what was said can be understood is
// printed: an emulated machine may be too slow for its sound.
func hears(t *testing.T, who string, said measure.Signal, file string) {
	t.Helper()
	heard, err := measure.Load(file, 48000)
	if err != nil {
		t.Fatal(err)
	}
	r := measure.Compare(said, heard, measure.Options{Loop: true, Max: said.Duration(), Piece: 250 * time.Millisecond, From: 2 * time.Second, To: heard.Duration() - time.Second})
	alike, loudest := 0, measure.Silence
	for _, w := range r.Windows {
		loudest = max(loudest, w.Heard)
		if w.Speech && w.Alike >= 0.8 {
			alike++
		}
	}
	t.Logf("%s: %d of %d seconds as they were said, %.1f %% gaps, at most %.0f dBFS", who, alike, r.Speech, 100*r.Gap, loudest)
	if loudest < -45 {
		t.Errorf("%s hears nothing", who)
	}
}
