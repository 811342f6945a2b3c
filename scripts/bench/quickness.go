package main

import (
	"context"
	"fmt"
	"net/netip"
	"path/filepath"
	"strings"
	"time"

	"github.com/offhook/offhook/scripts/peers"
	"github.com/offhook/offhook/scripts/trial"
	"github.com/offhook/offhook/scripts/vcard"
)

// A quickness is how fast a phone is, once for each time that it was tried.
type quickness struct {
	registered []time.Duration // from the start of the process to 200 OK
	ringing    []time.Duration // from INVITE to 180
	answered   []time.Duration // from INVITE to 200
}

// hurry starts a phone again and again, and calls the last one as often.
func hurry(ctx context.Context, o options, k trial.Kind) (q quickness, err error) {
	ctx, cancel := context.WithTimeout(ctx, 45*time.Second)
	defer cancel()
	server, err := peers.StartKamailio(peers.Registrar{})
	if err != nil {
		return q, err
	}
	defer server.Stop()
	env, err := vcard.Setup(filepath.Join(o.keep, "quick-card-"+k.Flag()), vcard.Config{Epoch: vcard.Now()})
	if err != nil {
		return q, err
	}
	for i := range o.starts {
		last := i == o.starts-1
		if err := start(ctx, o, k, server, env, i, last, &q); err != nil {
			return q, err
		}
	}
	return q, nil
}

// start starts one phone behind a relay; the last one is called too.
func start(ctx context.Context, o options, k trial.Kind, server *peers.Kamailio, env []string, i int, last bool, q *quickness) error {
	r, err := openRelay(server.Addr)
	if err != nil {
		return err
	}
	defer r.close()
	dir := filepath.Join(o.keep, fmt.Sprintf("quick-%s-%d", k.Flag(), i))
	p, err := trial.Start(dir, k, trial.Config{
		Binary: o.offhook, User: fmt.Sprintf("30%d", int(k)), Domain: server.Domain, Proxy: r.addr, Codec: trial.Codecs[0], Answers: true, Env: env,
	})
	if err != nil {
		return err
	}
	defer p.Stop()
	var at time.Time
	select {
	case at = <-r.registered:
	case <-ctx.Done():
		return fmt.Errorf("not registered in time\n%s", p.Log())
	}
	q.registered = append(q.registered, at.Sub(wall(p.Begun())))
	if !last {
		return nil
	}
	contact := <-r.contact
	if err := p.Ready(); err != nil {
		return err
	}
	for n := range o.starts {
		lifted := p.Answer()
		one, err := r.call(ctx, contact, n)
		if err != nil {
			return fmt.Errorf("call %d: %w\n%s", n+1, err, p.Log())
		}
		up := <-lifted
		if up.Err != nil {
			return up.Err
		}
		q.ringing = append(q.ringing, one.ringing.Sub(one.begun))
		q.answered = append(q.answered, one.answered.Sub(one.begun))
		if err := p.PutBack(); err != nil {
			return err
		}
	}
	return nil
}

// hostOf is the host and port of a SIP URI.
func hostOf(uri string) string {
	rest := strings.TrimPrefix(uri, "sip:")
	if _, host, ok := strings.Cut(rest, "@"); ok {
		rest = host
	}
	rest, _, _ = strings.Cut(rest, ";")
	if _, err := netip.ParseAddr(rest); err == nil {
		return rest + ":5060"
	}
	return rest
}
