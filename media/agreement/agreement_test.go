package agreement

import "testing"

func TestDirection(t *testing.T) {
	for _, c := range []struct {
		d          Direction
		send, recv bool
		far        Direction
		text       string
	}{
		{SendRecv, true, true, SendRecv, "sendrecv"},
		{SendOnly, true, false, RecvOnly, "sendonly"},
		{RecvOnly, false, true, SendOnly, "recvonly"},
		{Inactive, false, false, Inactive, "inactive"},
	} {
		if c.d.Send() != c.send || c.d.Recv() != c.recv || c.d.Reverse() != c.far || c.d.String() != c.text {
			t.Errorf("%v: send %v, recv %v, seen from the far end %v", c.d, c.d.Send(), c.d.Recv(), c.d.Reverse())
		}
	}
}
