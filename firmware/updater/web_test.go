package updater

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// server gives a file in pieces: each answer breaks off after some bytes.
func server(t *testing.T, file []byte, piece int, change func(http.ResponseWriter, *http.Request) bool) (web, string) {
	t.Helper()
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if change != nil && change(w, r) {
			return
		}
		w.Header().Set("ETag", `"one"`)
		http.ServeContent(&breaking{w, piece}, r, "x", time.Time{}, bytes.NewReader(file))
	}))
	t.Cleanup(func() { s.Client().CloseIdleConnections(); s.Close() })
	w := newWeb(s.Client().Transport)
	w.pause = time.Millisecond
	return w, s.URL
}

type breaking struct {
	http.ResponseWriter
	left int
}

func (b *breaking) Write(p []byte) (int, error) {
	if b.left -= len(p); b.left <= 0 {
		b.ResponseWriter.Write(p[:len(p)/2])
		panic(http.ErrAbortHandler)
	}
	return b.ResponseWriter.Write(p)
}

func fetch(w web, address string) ([]byte, error) {
	r, err := w.open(context.Background(), address)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

func TestResumed(t *testing.T) {
	file := bytes.Repeat([]byte("0123456789abcdef"), 40_000)
	w, address := server(t, file, 100_000, nil)
	if got, err := fetch(w, address); err != nil || !bytes.Equal(got, file) {
		t.Errorf("%d of %d bytes, %v", len(got), len(file), err)
	}
	w, address = server(t, file, 20_000, nil)
	if got, err := fetch(w, address); err == nil || !strings.Contains(err.Error(), "connection broke") {
		t.Errorf("a server that breaks off for ever: %d bytes, %v", len(got), err)
	}
}

func TestChangedMeanwhile(t *testing.T) {
	file := bytes.Repeat([]byte("0123456789abcdef"), 40_000)
	for name, answer := range map[string]func(http.ResponseWriter){
		"another file":      func(w http.ResponseWriter) { w.Write(file) },
		"from another byte": func(w http.ResponseWriter) { w.Header().Set("Content-Range", "bytes 5-9/10"); w.WriteHeader(206) },
		"without a range":   func(w http.ResponseWriter) { w.WriteHeader(206) },
	} {
		w, address := server(t, file, 100_000, func(w http.ResponseWriter, r *http.Request) bool {
			if r.Header.Get("Range") == "" {
				return false
			}
			answer(w)
			return true
		})
		if _, err := fetch(w, address); !errors.Is(err, errChanged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNotFetched(t *testing.T) {
	w, address := server(t, nil, 1000, func(w http.ResponseWriter, r *http.Request) bool {
		switch r.URL.Path {
		case "/plain":
			http.Redirect(w, r, "http://127.0.0.1:9/", http.StatusFound)
		case "/round":
			http.Redirect(w, r, "/round", http.StatusFound)
		default:
			w.WriteHeader(http.StatusNotFound)
		}
		return true
	})
	for path, want := range map[string]string{"/none": "the server says 404", "/plain": ErrURL.Error(), "/round": "too many redirects"} {
		if _, err := fetch(w, address+path); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), address) {
			t.Errorf("%s: %v", path, err)
		}
	}
	for _, bad := range []string{"http://127.0.0.1/", "ftp://x/", "https://", "file:///etc/passwd", "://", ""} {
		if _, err := fetch(w, bad); !errors.Is(err, ErrURL) {
			t.Errorf("%s: %v", bad, err)
		}
	}
	// Another authority than the system's.
	if _, err := fetch(newWeb(nil), address); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("a certificate that nobody vouches for: %v", err)
	}
}
