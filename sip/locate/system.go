package locate

import (
	"context"
	"errors"
	"net"
	"net/netip"
)

// system is Go's own resolver, for what is not DNS's and for a machine without name
// servers. It keeps nothing.
type system struct{ r *net.Resolver }

func (s system) Addrs(ctx context.Context, host string) ([]netip.Addr, error) {
	addrs, err := s.r.LookupNetIP(ctx, "ip", host)
	return addrs, known(err)
}

func (s system) SRV(ctx context.Context, name string) ([]SRV, error) {
	_, records, err := s.r.LookupSRV(ctx, "", "", name)
	out := make([]SRV, 0, len(records))
	for _, r := range records {
		out = append(out, SRV{r.Target, r.Port, r.Priority, r.Weight})
	}
	return out, known(err)
}

// known is nil for a name that DNS says does not exist: that is an answer.
func known(err error) error {
	var e *net.DNSError
	if errors.As(err, &e) && e.IsNotFound {
		return nil
	}
	return err
}

func (system) NAPTR(context.Context, string) ([]NAPTR, error) { return nil, nil }
