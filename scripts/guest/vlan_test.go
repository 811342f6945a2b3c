//go:build qemu

package guest

import (
	"bytes"
	"encoding/binary"
	"net"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// tagged gives the guest a VLAN and an address in it beside what it has, by the files that its
// card makes of offhook.toml, and waits for that address on the cable, with the tag.
func tagged(t *testing.T, p phone) {
	t.Helper()
	const number, address = 7, "10.77.0.2"
	wire := listenOnCable(t)
	carries := p.shell(`set -e
mkdir -p /root/vlan
echo 'network = { vlan = 7, address = "` + address + `/24" }' >/root/vlan.toml
offhook system -config /root/vlan.toml -data /root/vlan -root /root/vlan
cd /root/vlan/run/systemd/network
cp 10-voice.netdev 11-phone.network /run/systemd/network
printf '[Network]\nVLAN=voice\n' >>/run/systemd/network/10-phone.network
networkctl reload
cat 10-cable.network`)
	if !strings.Contains(carries, "\nVLAN=voice\n") {
		t.Errorf("the cable carries none: %s", carries)
	}
	until(t, soon, "the VLAN's address on the cable", func() bool {
		for _, f := range wire() {
			if bytes.Contains(f.octets, net.ParseIP(address).To4()) {
				if f.tag != number {
					t.Errorf("it is in VLAN %d", f.tag)
				}
				return true
			}
		}
		return false
	})
	if now := p.shell("cat /proc/net/vlan/voice; cat /proc/net/fib_trie"); !strings.Contains(now, "VID: 7") || !strings.Contains(now, address) {
		t.Errorf("in the guest: %s", now)
	}
}

// A frame is what came over the cable: its 802.1Q number, 0 without a tag, and its octets.
type frame struct {
	tag    int
	octets []byte
}

// listenOnCable returns what has come over the cable from the guest since it was asked last. The
// kernel takes tags off, and tells of them beside the frame (packet(7), PACKET_AUXDATA).
func listenOnCable(t *testing.T) func() []frame {
	t.Helper()
	all := binary.NativeEndian.Uint16([]byte{0, unix.ETH_P_ALL})
	link, err := net.InterfaceByName(cable)
	if err != nil {
		t.Fatal(err)
	}
	s, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, int(all))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(s) })
	if err := unix.SetsockoptInt(s, unix.SOL_PACKET, unix.PACKET_AUXDATA, 1); err != nil {
		t.Fatal(err)
	}
	if err := unix.Bind(s, &unix.SockaddrLinklayer{Protocol: all, Ifindex: link.Index}); err != nil {
		t.Fatal(err)
	}
	return func() []frame {
		var frames []frame
		for octets, beside := make([]byte, 2048), make([]byte, 64); ; {
			n, more, _, from, err := unix.Recvmsg(s, octets, beside, 0)
			if err != nil {
				return frames
			}
			if at, is := from.(*unix.SockaddrLinklayer); is && at.Pkttype == unix.PACKET_OUTGOING {
				continue
			}
			f := frame{octets: bytes.Clone(octets[:n])}
			messages, _ := unix.ParseSocketControlMessage(beside[:more])
			for _, m := range messages { // struct tpacket_auxdata: status, and the tag at 16
				if d := m.Data; len(d) >= 18 && binary.NativeEndian.Uint32(d)&unix.TP_STATUS_VLAN_VALID != 0 {
					f.tag = int(binary.NativeEndian.Uint16(d[16:]) & 0xfff)
				}
			}
			frames = append(frames, f)
		}
	}
}
