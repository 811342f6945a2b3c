package config

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// selfIssued is a certificate that signs for itself, and its key, as PEM.
func selfIssued(t *testing.T) (cert, key string) {
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "pbx"}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &k.PublicKey, k)
	if err != nil {
		t.Fatal(err)
	}
	kder, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})),
		string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: kder}))
}

const secureAccount = `[[account]]
user = "201"
domain = "pbx.home"
password = 'x'
transport = "tls"
`

func TestSecureFiles(t *testing.T) {
	dir := t.TempDir()
	put := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cert, key := selfIssued(t)
	_, other := selfIssued(t)
	put("pbx.pem", "# our PBX\n"+cert)
	put("phone.key", key)
	put("other.key", other)
	put("locked.key", "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n")
	put("empty.pem", "")
	put("large.pem", strings.Repeat("#", maxPEM+1))
	if err := os.Mkdir(filepath.Join(dir, "folder"), 0o700); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "offhook.toml")
	for _, c := range []struct{ lines, want string }{
		{"ca = 'pbx.pem'\ncertificate = 'pbx.pem'\nkey = 'phone.key'\n", ""},
		{fmt.Sprintf("ca = '%s'\n", filepath.Join(dir, "pbx.pem")), ""},
		{"ca = 'none.pem'\n", "offhook.toml:6:6: account.ca: none.pem: no such file"},
		{"ca = 'folder'\n", "offhook.toml:6:6: account.ca: folder: not a file but a folder or a device"},
		{"ca = 'empty.pem'\n", "offhook.toml:6:6: account.ca: empty.pem holds no certificate in PEM form"},
		{"ca = 'large.pem'\n", "offhook.toml:6:6: account.ca: large.pem is larger than 64 KiB"},
		{"ca = 'phone.key'\n", "offhook.toml:6:6: account.ca: phone.key holds no certificate in PEM form"},
		{"certificate = 'pbx.pem'\n", `offhook.toml:6:15: account.certificate: its key is missing; add key = "phone.key"`},
		{"key = 'phone.key'\n", `offhook.toml:6:7: account.key: its certificate is missing; add certificate = "phone.pem"`},
		{"certificate = 'pbx.pem'\nkey = 'other.key'\n", "offhook.toml:7:7: account.key: is not the key of the certificate"},
		{"certificate = 'pbx.pem'\nkey = 'locked.key'\n", "offhook.toml:7:7: account.key: locked.key is locked by a password; this phone needs the key unlocked"},
		{"certificate = 'pbx.pem'\nkey = 'pbx.pem'\n", "offhook.toml:7:7: account.key: pbx.pem holds no private key in PEM form"},
	} {
		put("offhook.toml", secureAccount+c.lines)
		got, ms := Load(file, Options{})
		var words []string
		for _, m := range ms {
			words = append(words, strings.SplitN(m.String(), "\n", 2)[0])
		}
		if s := strings.Join(words, "\n"); s != c.want {
			t.Errorf("%s: %s\nwant %s", c.lines, s, c.want)
		}
		if c.want == "" && got.Accounts[0].CA == "" {
			t.Errorf("%s: no authority", c.lines)
		}
		for _, v := range got.Values {
			if strings.Contains(v.Text, "PRIVATE") {
				t.Errorf("%s shows a key: %s", v.Key, v.Text)
			}
		}
	}
}

// The last good settings have their files with them: the card may be gone.
func TestSecureFilesAreKept(t *testing.T) {
	card, data := t.TempDir(), t.TempDir()
	cert, _ := selfIssued(t)
	file := filepath.Join(card, "offhook.toml")
	for name, text := range map[string]string{"offhook.toml": secureAccount + "ca = 'pbx.pem'\n", "pbx.pem": cert} {
		if err := os.WriteFile(filepath.Join(card, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c, s := LoadOrLastGood(file, data, Options{})
	if s.Use != UseFile || c.Accounts[0].CA != cert {
		t.Fatalf("%+v", s)
	}
	if err := c.Keep(data); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(card, "pbx.pem")); err != nil {
		t.Fatal(err)
	}
	c, s = LoadOrLastGood(file, data, Options{})
	if s.Use != UseLastGood || c.Accounts[0].CA != cert || len(s.Mistakes) != 1 {
		t.Errorf("%+v, authority %q", s, c.Accounts[0].CA)
	}
	info, err := os.Stat(keptAs(data, "pbx.pem"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
}
