package updater

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// Bounds of a download.
const (
	maxRedirects = 5
	maxResumed   = 20               // times that a connection may break
	patience     = 30 * time.Second // without a byte
	resumeAfter  = 5 * time.Second
	maxDownload  = 512 << 20 // bytes
)

// ErrURL is what a download says that leaves HTTPS.
var ErrURL = errors.New("updates come over https:// only")

// A web is how bundles are fetched.
type web struct {
	client *http.Client
	pause  time.Duration // before a broken download goes on
}

// newWeb takes the transport of a test; nil: the system's, with TLS verified as it does.
func newWeb(t http.RoundTripper) web {
	if t == nil {
		own := http.DefaultTransport.(*http.Transport).Clone()
		own.ResponseHeaderTimeout = patience
		t = own
	}
	return web{pause: resumeAfter, client: &http.Client{Transport: t, CheckRedirect: func(r *http.Request, via []*http.Request) error {
		if len(via) > maxRedirects {
			return errors.New("too many redirects")
		}
		if r.URL.Scheme != "https" {
			return ErrURL
		}
		return nil
	}}}
}

// open begins a download. Where the connection breaks, the reader takes it up where it was, as
// long as it is the same file (RFC 9110 sections 13.1.5 and 14.2). Close ends it.
func (w web) open(ctx context.Context, address string) (io.ReadCloser, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.Host == "" {
		return nil, ErrURL
	}
	ctx, cancel := context.WithCancel(ctx)
	d := &download{web: w, ctx: ctx, cancel: cancel, url: u.String(), left: maxResumed}
	if err := d.connect(); err != nil {
		cancel()
		return nil, err
	}
	return d, nil
}

type download struct {
	web
	ctx    context.Context
	cancel context.CancelFunc
	url    string
	body   io.ReadCloser
	at     int64
	tag    string // of the file, strong; "": it cannot be taken up
	left   int
}

// connect asks for the rest of the file.
func (d *download) connect() error {
	r, err := http.NewRequestWithContext(d.ctx, http.MethodGet, d.url, nil)
	if err != nil {
		return err
	}
	r.Header.Set("User-Agent", "Offhook")
	r.Header.Set("Accept-Encoding", "identity") // ranges are of the file itself
	if d.at > 0 {
		r.Header.Set("Range", fmt.Sprintf("bytes=%d-", d.at))
		r.Header.Set("If-Range", d.tag)
	}
	answer, err := d.client.Do(r)
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err // without the address, which may be a secret
		}
		return err
	}
	want := http.StatusOK
	if d.at > 0 {
		want = http.StatusPartialContent
	}
	var begin int64
	_, ranged := fmt.Sscanf(answer.Header.Get("Content-Range"), "bytes %d-", &begin)
	switch {
	case answer.StatusCode != want && d.at > 0 && answer.StatusCode == http.StatusOK:
		answer.Body.Close()
		return errChanged
	case answer.StatusCode != want:
		answer.Body.Close()
		return fmt.Errorf("the server says %d", answer.StatusCode)
	case d.at > 0 && (ranged != nil || begin != d.at):
		answer.Body.Close()
		return errChanged
	}
	if d.at == 0 {
		if tag := answer.Header.Get("ETag"); len(tag) > 2 && tag[0] == '"' {
			d.tag = tag
		} else {
			d.tag = answer.Header.Get("Last-Modified")
		}
	}
	d.body = answer.Body
	return nil
}

var errChanged = errors.New("the file on the server changed meanwhile")

func (d *download) Read(b []byte) (int, error) {
	for {
		if d.at >= maxDownload {
			return 0, fmt.Errorf("it has more than %d bytes", maxDownload)
		}
		late := time.AfterFunc(patience, func() { d.body.Close() })
		n, err := d.body.Read(b)
		late.Stop()
		d.at += int64(n)
		if n > 0 || err == nil || errors.Is(err, io.EOF) {
			if n > 0 {
				err = nil // it comes again
			}
			return n, err
		}
		if err := d.resume(err); err != nil {
			return 0, err
		}
	}
}

// resume goes on after a broken connection.
func (d *download) resume(why error) error {
	d.body.Close()
	for ; d.left > 0 && d.tag != ""; d.left-- {
		select {
		case <-time.After(d.pause):
		case <-d.ctx.Done():
			return d.ctx.Err()
		}
		if err := d.connect(); err == nil {
			d.left--
			return nil
		} else if errors.Is(err, errChanged) {
			return err
		}
	}
	return fmt.Errorf("the connection broke: %w", why)
}

func (d *download) Close() error {
	d.cancel()
	return d.body.Close()
}
