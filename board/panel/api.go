package panel

import (
	"context"
	"io"
	"net"
	"regexp"
	"time"

	"github.com/offhook/offhook/hal"
)

type Panel struct{ inner hal.Panel }

// New wraps a board: what it shows is mirrored, and remote inputs join its own.
func New(inner hal.Panel) *Panel                                               { return &Panel{inner: inner} }
func (p *Panel) Parts() hal.Parts                                              { return p.inner.Parts() }
func (p *Panel) Run(ctx context.Context, in chan<- hal.Input) error            { return p.inner.Run(ctx, in) }
func (p *Panel) SetInfo(Info)                                                  {}
func (p *Panel) Serve(ctx context.Context, l net.Listener, token string) error { return nil }
func (p *Panel) Attach(ctx context.Context) (*Client, error)                   { return nil, nil }

// ListenUnix and ListenTCP make the listeners for Serve.
func ListenUnix(path string) (net.Listener, error)       { return nil, nil }
func ListenTCP(addr, token string) (net.Listener, error) { return nil, nil }

type Client struct{}

type State struct {
	LCD     LCD
	Lamps   map[string]string
	Ringer  bool
	OffHook bool
	Info    Info
}
type LCD struct {
	Lines []string
	Light bool
}

// Dial connects to "unix:/path", "/path" or "host:port".
func Dial(ctx context.Context, addr, token string) (*Client, error)          { return nil, nil }
func (c *Client) Close() error                                               { return nil }
func (c *Client) Press(key hal.Key) error                                    { return nil }
func (c *Client) Release(key hal.Key) error                                  { return nil }
func (c *Client) Tap(keys string) error                                      { return nil }
func (c *Client) Hook(off bool) error                                        { return nil }
func (c *Client) Flash(d time.Duration) error                                { return nil }
func (c *Client) LCD() (LCD, error)                                          { return LCD{}, nil }
func (c *Client) State() (State, error)                                      { return State{}, nil }
func (c *Client) Wait(re *regexp.Regexp, timeout time.Duration) (LCD, error) { return LCD{}, nil }
func (c *Client) Subscribe(ctx context.Context) (<-chan State, error)        { return nil, nil }

// Terminal draws the handset until the user quits, ctx ends or the phone goes.
func Terminal(ctx context.Context, c *Client, in io.Reader, out io.Writer) error { return nil }
