package sip

import (
	"context"
	"net"

	"github.com/offhook/offhook/sip/account"
	"github.com/offhook/offhook/sip/locate"
)

// find asks DNS.
func (a *Agent) find(ctx context.Context, t locate.Target) ([]locate.Candidate, error) {
	addrs, err := net.DefaultResolver.LookupNetIP(ctx, "ip", t.Host)
	if err != nil {
		return nil, err
	}
	var cs []locate.Candidate
	for _, ip := range addrs {
		h, _ := a.literal(locate.Target{Host: ip.String(), Port: t.Port, Transport: account.UDP})
		cs = append(cs, h.Candidate)
	}
	return cs, nil
}
