package peers

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"
)

// A Relay is Debian's coturn: a STUN server, and a TURN relay for one user with a
// long-term credential, at PublicAddr of a Network.
type Relay struct {
	*process
	Addr, User, Password string
}

// StartRelay runs it in n.Public, with its files in dir, and returns when it answers.
func StartRelay(dir string, n *Network) (*Relay, error) {
	r := &Relay{Addr: PublicAddr + ":3478", User: "anna", Password: "relay-secret"}
	config := filepath.Join(dir, "turnserver.conf")
	text := fmt.Sprintf(`listening-ip=%[1]s
relay-ip=%[1]s
listening-port=3478
min-port=49200
max-port=49299
realm=relay.test
lt-cred-mech
user=%[2]s:%[3]s
fingerprint
no-tls
no-dtls
no-tcp
no-cli
no-multicast-peers
relay-threads=1
log-file=stdout
simple-log
pidfile=%[4]s/turnserver.pid
userdb=%[4]s/turndb
`, PublicAddr, r.User, r.Password, dir)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		return nil, fmt.Errorf("peers: %w", err)
	}
	program, args, err := within(n.Public, "turnserver", []string{"-c", config})
	if err != nil {
		return nil, err
	}
	if r.process, err = start(dir, program, nil, args...); err != nil {
		return nil, err
	}
	if err := r.await(10*time.Second, "no answer to a STUN binding request", func() (ok bool) {
		return inside(n.Public, func() { ok = binds(r.Addr) }) == nil && ok
	}); err != nil {
		r.Stop()
		return nil, err
	}
	return r, nil
}

// binds reports whether a STUN server answers a binding request (RFC 8489 §6).
func binds(addr string) bool {
	c, err := net.Dial("udp4", addr)
	if err != nil {
		return false
	}
	defer c.Close()
	request := append([]byte{0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42}, "twelve bytes"...)
	if _, err := c.Write(request); err != nil {
		return false
	}
	_ = c.SetReadDeadline(time.Now().Add(200 * time.Millisecond))
	answer := make([]byte, 1500)
	n, err := c.Read(answer)
	return err == nil && n >= 20 && answer[0] == 1 && answer[1] == 1 && string(answer[8:20]) == "twelve bytes"
}
