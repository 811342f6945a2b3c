package peers

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"

	"golang.org/x/sys/unix"
)

// A NAT says how a router treats UDP from inside. All of them let in only what answers
// (address- and port-dependent filtering, RFC 4787 §5), as Linux does.
type NAT uint8

const (
	// Cone keeps a source's port whatever its destination: hole punching works.
	Cone NAT = iota
	// Symmetric gives each destination another port: with one at both ends, it does not.
	Symmetric
)

// A Network is two homes, each behind a router of its own with NAT, and the public
// network between them, in network namespaces of this machine:
//
//	Left 10.77.1.2 ── 10.77.1.1 NAT 203.0.113.2 ── 203.0.113.1 Public 203.0.113.9 ── 203.0.113.10 NAT 10.77.2.1 ── 10.77.2.2 Right
//
// Nothing of it can be reached from outside, and it reaches nothing.
type Network struct {
	Public, Left, Right string // namespaces, for Phone.Netns and the like
	routers             [2]string
}

// Addresses in a Network.
const (
	PublicAddr = "203.0.113.1"
	LeftAddr   = "10.77.1.2"
	RightAddr  = "10.77.2.2"
)

// ErrNetwork is wrapped where this machine does not let us have network namespaces.
var ErrNetwork = errors.New("no network namespaces here")

// NewNetwork makes one, with NATs of this kind. blocked: nothing goes from one router to
// the other, so that only a relay in Public helps. It needs root.
func NewNetwork(kind NAT, blocked bool) (*Network, error) {
	if os.Getuid() != 0 {
		return nil, fmt.Errorf("peers: %w: not root", ErrNetwork)
	}
	for _, tool := range []string{"ip", "iptables"} {
		if _, err := exec.LookPath(tool); err != nil {
			return nil, fmt.Errorf("peers: %s: %w", tool, ErrMissing)
		}
	}
	name := func(part string) string { return fmt.Sprintf("offhook-%d-%s", os.Getpid(), part) }
	n := &Network{Public: name("public"), Left: name("left"), Right: name("right"), routers: [2]string{name("nat1"), name("nat2")}}
	for _, ns := range n.all() {
		if err := command("ip", "netns", "add", ns); err != nil {
			n.Close()
			return nil, fmt.Errorf("peers: %w: %w", ErrNetwork, err)
		}
	}
	if err := n.lay(kind, blocked); err != nil {
		n.Close()
		return nil, err
	}
	return n, nil
}

func (n *Network) all() []string {
	return []string{n.Public, n.Left, n.Right, n.routers[0], n.routers[1]}
}

// lay lays the cables and sets up the routers.
func (n *Network) lay(kind NAT, blocked bool) error {
	var todo []string
	in := func(ns, words string) { todo = append(todo, "ip netns exec "+ns+" "+words) }
	for _, ns := range n.all() {
		in(ns, "ip link set lo up")
	}
	for i, home := range []struct{ ns, net, public, outside, peer string }{
		{n.Left, "10.77.1", "left", "203.0.113.2", PublicAddr},
		{n.Right, "10.77.2", "right", "203.0.113.10", "203.0.113.9"},
	} {
		router := n.routers[i]
		todo = append(todo,
			"ip link add eth0 netns "+home.ns+" type veth peer name lan netns "+router,
			"ip link add wan netns "+router+" type veth peer name "+home.public+" netns "+n.Public)
		in(home.ns, "ip addr add "+home.net+".2/24 dev eth0")
		in(home.ns, "ip link set eth0 up")
		in(router, "ip addr add "+home.net+".1/24 dev lan")
		in(router, "ip link set lan up")
		in(router, "ip addr add "+home.outside+"/29 dev wan")
		in(router, "ip link set wan up")
		in(n.Public, "ip addr add "+home.peer+"/29 dev "+home.public)
		in(n.Public, "ip link set "+home.public+" up")
		in(home.ns, "ip route add default via "+home.net+".1")
		in(router, "ip route add default via "+home.peer)
		in(router, "sysctl -qw net.ipv4.ip_forward=1")
		masquerade := "iptables -t nat -A POSTROUTING -o wan -j MASQUERADE"
		if kind == Symmetric {
			masquerade += " --random-fully"
		}
		in(router, masquerade)
		// As routers do: what nobody inside has asked for leaves no trace, or it would take
		// the port that the answer needs.
		in(router, "iptables -A INPUT -i wan -j DROP")
		in(router, "iptables -A FORWARD -i wan -m conntrack ! --ctstate ESTABLISHED,RELATED -j DROP")
	}
	in(n.Public, "sysctl -qw net.ipv4.ip_forward=1")
	// The rest of the Internet: it swallows what is sent to it. Without a route there,
	// coturn gives up a relay at the first check that it sends to a private address.
	in(n.Public, "ip route add default dev lo")
	in(n.Public, "iptables -A FORWARD -o lo -j DROP")
	if blocked {
		in(n.Public, "iptables -A FORWARD -j DROP")
	}
	for _, words := range todo {
		f := strings.Fields(words)
		if err := command(f[0], f[1:]...); err != nil {
			return fmt.Errorf("peers: %w", err)
		}
	}
	return nil
}

// Close takes the network down. What still runs in it is cut off.
func (n *Network) Close() {
	for _, ns := range n.all() {
		_ = command("ip", "netns", "del", ns)
	}
}

func command(program string, args ...string) error {
	if out, err := exec.Command(program, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s: %w: %s", program, strings.Join(args, " "), err, strings.TrimSpace(string(out)))
	}
	return nil
}

// within is how a program is started in a namespace; "": in ours.
func within(ns, program string, args []string) (string, []string, error) {
	if ns == "" {
		return program, args, nil
	}
	path, err := exec.LookPath(program)
	if err != nil {
		return "", nil, fmt.Errorf("peers: %s: %w", program, ErrMissing)
	}
	return "ip", append([]string{"netns", "exec", ns, path}, args...), nil
}

// inside runs f with the sockets of a namespace; "": with ours.
func inside(ns string, f func()) error {
	if ns == "" {
		f()
		return nil
	}
	failed := make(chan error, 1)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends with this goroutine
		fd, err := unix.Open("/run/netns/"+ns, unix.O_RDONLY|unix.O_CLOEXEC, 0)
		if err == nil {
			err = unix.Setns(fd, unix.CLONE_NEWNET)
			unix.Close(fd)
		}
		if err == nil {
			f()
		}
		failed <- err
	}()
	if err := <-failed; err != nil {
		return fmt.Errorf("peers: %s: %w", ns, err)
	}
	return nil
}
