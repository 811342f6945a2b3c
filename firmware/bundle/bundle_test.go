package bundle

import (
	"bytes"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

var (
	private = ed25519.NewKeyFromSeed([]byte("0123456789abcdef0123456789abcdef"))
	other   = ed25519.NewKeyFromSeed([]byte("another seed of thirty-two bytes"))
	keys    = []ed25519.PublicKey{other.Public().(ed25519.PublicKey), private.Public().(ed25519.PublicKey)}
)

func source(name, text string) Source {
	return Source{name, func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }}
}

var (
	about  = Manifest{Version: "v1.2.3", Built: 1700000000, Board: "arm64", Kernel: "6.1.0"}
	inside = []Source{source("boot/kernel8.img", "kernel"), source("boot/empty", ""), source(Root, strings.Repeat("root", 1000))}
)

func written(t testing.TB, m Manifest, key ed25519.PrivateKey, sources ...Source) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, m, sources, key); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// read reads a bundle to its end.
func read(r io.Reader) (map[string]string, error) {
	b, err := Open(r, keys)
	if err != nil {
		return nil, err
	}
	parts := map[string]string{}
	for {
		p, r, err := b.Next()
		if errors.Is(err, io.EOF) {
			return parts, nil
		}
		if err != nil {
			return parts, err
		}
		text, err := io.ReadAll(r)
		if err != nil {
			return parts, err
		}
		parts[p.Name] = string(text)
	}
}

func TestRead(t *testing.T) {
	file := written(t, about, private, inside...)
	want := map[string]string{"boot/kernel8.img": "kernel", "boot/empty": "", Root: strings.Repeat("root", 1000)}
	for name, r := range map[string]io.Reader{
		"whole":                   bytes.NewReader(file),
		"in halves":               iotest.HalfReader(bytes.NewReader(file)),
		"the last with its error": iotest.DataErrReader(bytes.NewReader(file)),
	} {
		got, err := read(r)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
		}
	}
	b, err := Open(bytes.NewReader(file), keys)
	if err != nil || b.Manifest.Total() != 4006 || b.Manifest.Version != "v1.2.3" || b.Hash == [32]byte{} {
		t.Fatalf("%+v, %v", b, err)
	}
	if _, _, err := b.Next(); err != nil {
		t.Fatal(err)
	}
	if _, _, err := b.Next(); err == nil {
		t.Error("a part was left out, and nobody minds")
	}
	if again, err := Open(bytes.NewReader(written(t, about, private, inside[2])), keys); err != nil || again.Hash == b.Hash {
		t.Errorf("another bundle has the same hash, %v", err)
	}
}

// Whatever one changes, it is not taken.
func TestEveryBitCounts(t *testing.T) {
	file := written(t, about, private, source(Root, "the whole root"))
	for i := range file {
		for _, bit := range []byte{1, 0x80} {
			file[i] ^= bit
			if _, err := read(bytes.NewReader(file)); err == nil {
				t.Errorf("byte %d is another, and it is taken", i)
			}
			file[i] ^= bit
		}
	}
	for n := range file {
		if _, err := read(bytes.NewReader(file[:n])); err == nil {
			t.Errorf("it ends after %d bytes, and is taken", n)
		}
	}
}

func TestRefused(t *testing.T) {
	good := written(t, about, private, inside...)
	broken := errors.New("the stick is gone")
	long := bytes.Clone(good)
	long[16] = 1
	for _, c := range []struct {
		name string
		r    io.Reader
		want error
	}{
		{"nothing", strings.NewReader(""), ErrForeign},
		{"another file", strings.NewReader(strings.Repeat("PK\x03\x04", 100)), ErrForeign},
		{"another key", bytes.NewReader(written(t, about, ed25519.NewKeyFromSeed(make([]byte, 32)), inside...)), ErrKey},
		{"cut in its head", bytes.NewReader(good[:40]), ErrDamaged},
		{"cut in its manifest", bytes.NewReader(good[:100]), ErrDamaged},
		{"a manifest of 16 MB", bytes.NewReader(long), ErrDamaged},
		{"cut in a part", bytes.NewReader(good[:len(good)-1]), ErrDamaged},
		{"something behind", bytes.NewReader(append(bytes.Clone(good), 0)), ErrDamaged},
		{"cannot be read", iotest.ErrReader(broken), broken},
		{"cannot be read on", io.MultiReader(bytes.NewReader(good[:len(good)-5]), iotest.ErrReader(broken)), broken},
		{"not JSON", bytes.NewReader(sign([]byte("{"), private)), ErrForeign},
		{"no parts", bytes.NewReader(sign([]byte(`{"version":"1"}`), private)), ErrForeign},
	} {
		if _, err := read(c.r); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if _, err := Open(bytes.NewReader(good), nil); !errors.Is(err, ErrKey) {
		t.Errorf("no keys: %v", err)
	}
}

func TestManifestsThatAreNotWritten(t *testing.T) {
	twice := []Source{source(Root, ""), source(Root, "")}
	many := []Source{source(Root, "")}
	for i := range MaxParts {
		many = append(many, source(BootDir+strings.Repeat("a", i+1), ""))
	}
	for name, c := range map[string]struct {
		version string
		sources []Source
	}{
		"no version":         {"", inside},
		"a long version":     {strings.Repeat("1", 33), inside},
		"a version in words": {"one two", inside},
		"no root":            {"1", inside[:2]},
		"no parts":           {"1", nil},
		"one twice":          {"1", twice},
		"too many":           {"1", many},
		"out of its folder":  {"1", append([]Source{source("boot/../config.txt", "")}, inside...)},
		"a folder":           {"1", append([]Source{source("boot/overlays/x", "")}, inside...)},
		"hidden":             {"1", append([]Source{source("boot/.x", "")}, inside...)},
		"elsewhere":          {"1", append([]Source{source("etc", "")}, inside...)},
	} {
		m := about
		m.Version = c.version
		if err := Write(io.Discard, m, c.sources, private); err == nil {
			t.Errorf("%s: it is written", name)
		}
	}
	gone := errors.New("no such file")
	if err := Write(io.Discard, about, []Source{{Root, func() (io.ReadCloser, error) { return nil, gone }}}, private); !errors.Is(err, gone) {
		t.Errorf("a source that is not there: %v", err)
	}
}

func TestKeys(t *testing.T) {
	public, err := x509.MarshalPKIXPublicKey(private.Public())
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	one := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public})
	all, err := PublicKeys(append(bytes.Clone(one), one...))
	if err != nil || len(all) != 2 || !all[1].Equal(private.Public()) {
		t.Errorf("%v, %v", all, err)
	}
	key, err := PrivateKey(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}))
	if err != nil || !key.Equal(private) {
		t.Errorf("%v", err)
	}
	for name, text := range map[string][]byte{"nothing": nil, "words": []byte("key"), "too many": bytes.Repeat(one, MaxKeys+1),
		"a private one": pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})} {
		if _, err := PublicKeys(text); err == nil {
			t.Errorf("%s is a public key", name)
		}
	}
	for name, text := range map[string][]byte{"nothing": nil, "a public one": one} {
		if _, err := PrivateKey(text); err == nil {
			t.Errorf("%s is a private key", name)
		}
	}
}

// Bytes from outside: whatever comes after the signature is wrong is never looked at, so the
// manifest is fuzzed with a good one.
func FuzzRead(f *testing.F) {
	f.Add(written(f, about, private, inside...), []byte(`{"version":"1","parts":[{"name":"root","size":1,"sha256":""}]}`))
	f.Fuzz(func(t *testing.T, file, manifest []byte) {
		if _, err := read(bytes.NewReader(file)); err == nil && !bytes.HasPrefix(file, []byte(magic)) {
			t.Error("it is taken")
		}
		if len(manifest) > MaxManifest {
			return
		}
		b, err := Open(io.MultiReader(bytes.NewReader(sign(manifest, private)), bytes.NewReader(file)), keys)
		if err != nil {
			return
		}
		for _, p := range b.Manifest.Parts {
			if strings.Contains(p.Name, "..") || p.Size > MaxPart || p.Size < 0 {
				t.Errorf("%+v is taken", p)
			}
		}
		for range MaxParts + 1 {
			_, r, err := b.Next()
			if err != nil {
				return
			}
			if _, err := io.Copy(io.Discard, r); err != nil {
				return
			}
		}
		t.Error("it never ends")
	})
}
