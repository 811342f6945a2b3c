package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"
)

// A ring is one INVITE and when its answers came.
type ring struct {
	begun    time.Time // it was sent
	ringing  time.Time // 180 Ringing came, the first
	answered time.Time // 200 OK came, the first
}

// call calls the phone whose registration passed the relay, ends the call once it is
// answered, and returns when the phone has said 200 to that too.
func (r *relay) call(ctx context.Context, contact string, n int) (one ring, err error) {
	media, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.AddrPortFrom(loopback, 0)))
	if err != nil {
		return one, err
	}
	defer media.Close() // what the phone says is not listened to
	to, err := netip.ParseAddrPort(hostOf(contact))
	if err != nil {
		return one, fmt.Errorf("the phone registered %q, which is no address: %w", contact, err)
	}
	s := script{
		self: r.addr, media: media.LocalAddr().(*net.UDPAddr).AddrPort(), to: contact,
		id: fmt.Sprintf("%s%d-%d", ours, time.Now().UnixNano(), n),
	}
	send := func(text []byte) error {
		_, err := r.conn.WriteToUDPAddrPort(text, to)
		return err
	}
	one.begun = wall(time.Now())
	if err := send(s.request("INVITE", 1, s.offer())); err != nil {
		return one, err
	}
	for {
		var a arrival
		select {
		case a = <-r.calls:
		case <-ctx.Done():
			return one, errors.New("the phone did not answer in time")
		}
		if a.header("Call-ID") != s.id {
			continue // of a call before
		}
		switch status, method := a.status(), a.method(); {
		case status == 0 && method == "BYE":
			return one, errors.New("the phone ended the call")
		case method == "INVITE" && status == 180 && one.ringing.IsZero():
			one.ringing = a.at
		case method == "INVITE" && status == 200:
			if one.ringing.IsZero() {
				return one, errors.New("the phone answers without having rung")
			}
			if one.answered.IsZero() {
				one.answered = a.at
			}
			s.tag = tagOf(a.header("To"))
			if err := errors.Join(send(s.request("ACK", 1, "")), send(s.request("BYE", 2, ""))); err != nil {
				return one, err
			}
		case method == "INVITE" && status >= 300:
			_ = send(s.request("ACK", 1, ""))
			return one, fmt.Errorf("the phone answers %d", status)
		case method == "BYE" && status >= 200:
			return one, nil
		}
	}
}

// wall is t by the wall clock alone: the kernel stamps packets with no other.
func wall(t time.Time) time.Time { return t.Round(0) }
