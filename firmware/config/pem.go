package config

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

// maxPEM is how large a file of certificates may be, in bytes. The system's own list of
// all authorities is larger, and is trusted anyway.
const maxPEM = MaxSize

// errNoFolder: the text came from no file, so nothing can lie beside it.
var errNoFolder = errors.New("only a settings file on disk can name other files")

// secureFiles fills in what TLS needs of the account with index i. The files are read
// here, and what is wrong with them is a mistake at the setting that names them.
func (b *builder) secureFiles(i int, c *Config) (ca, certificate, key string) {
	ca = b.pem(i, "account.ca", c, authorities)
	certificate = b.pem(i, "account.certificate", c, func(text []byte) string {
		if len(certificates(text)) == 0 {
			return "holds no certificate in PEM form"
		}
		return ""
	})
	key = b.pem(i, "account.key", c, unlocked)
	named := func(k string) bool { s, _ := b.account(i, k).(string); return s != "" }
	switch {
	case named("account.certificate") && !named("account.key"):
		b.complainAccount(i, "account.certificate", flaw{words: `its key is missing; add key = "phone.key"`, what: "has no key"})
	case named("account.key") && !named("account.certificate"):
		b.complainAccount(i, "account.key", flaw{words: `its certificate is missing; add certificate = "phone.pem"`, what: "has no certificate"})
	case certificate != "" && key != "":
		if _, err := tls.X509KeyPair([]byte(certificate), []byte(key)); err != nil {
			b.complainAccount(i, "account.key", flaw{words: "is not the key of the certificate", what: "is another's:"})
		}
	}
	return ca, certificate, key
}

// pem is the text of the file that a setting names; "": none, or it is wrong.
func (b *builder) pem(i int, key string, c *Config, wrong func([]byte) string) string {
	name, _ := b.account(i, key).(string)
	if name == "" {
		return ""
	}
	text, err := b.beside(name, maxPEM)
	words := ""
	switch {
	case errors.Is(err, errNoFolder):
		words = errNoFolder.Error()
	case err != nil:
		words = fmt.Sprintf("%s: %s", clip(name), unreadable(err))
	case len(text) > maxPEM:
		words = fmt.Sprintf("%s is larger than %d KiB", clip(name), maxPEM>>10)
	default:
		if w := wrong(text); w != "" {
			words = clip(name) + " " + w
		}
	}
	if words != "" {
		b.complainAccount(i, key, flaw{words: words, what: "file is wrong:"})
		return ""
	}
	c.keeps(name, text)
	return string(text)
}

// keeps notes a file that the settings name, to lie beside them when they are the last good.
func (c *Config) keeps(name string, text []byte) {
	if c.beside == nil {
		c.beside = map[string][]byte{}
	}
	c.beside[name] = text
}

// Beside are the names of the files that the settings name, as they stand there, in order.
func (c Config) Beside() []string { return slices.Sorted(maps.Keys(c.beside)) }

// beside reads a file that the settings name, from the folder of the settings file or, of
// the last good settings, as it was kept with them.
func (b *builder) beside(name string, most int64) ([]byte, error) {
	if b.kept != "" {
		if text, err := readUpTo(keptAs(b.kept, name), most); !errors.Is(err, fs.ErrNotExist) {
			return text, err
		}
	}
	if b.folder == "" {
		return nil, errNoFolder
	}
	if !filepath.IsAbs(name) {
		name = filepath.Join(b.folder, name)
	}
	return readUpTo(name, most)
}

// keptAs is where a file that the last good settings name lies in the data folder.
func keptAs(dataDir, name string) string {
	sum := sha256.Sum256([]byte(name))
	return filepath.Join(dataDir, "last-good-"+hex.EncodeToString(sum[:8])+".pem")
}

// certificates are the certificates in a PEM text that can be read.
func certificates(text []byte) []*x509.Certificate {
	var all []*x509.Certificate
	for {
		var block *pem.Block
		if block, text = pem.Decode(text); block == nil {
			return all
		}
		if c, err := x509.ParseCertificate(block.Bytes); block.Type == "CERTIFICATE" && err == nil {
			all = append(all, c)
		}
	}
}

// authorities says what is wrong with a file of authorities.
func authorities(text []byte) string {
	all := certificates(text)
	if len(all) == 0 {
		return "holds no certificate in PEM form"
	}
	// A server that signs for itself is its own authority, whatever it says of itself.
	if !slices.ContainsFunc(all, func(c *x509.Certificate) bool { return c.IsCA || selfSigned(c) }) {
		return "holds no authority's certificate, only others'"
	}
	return ""
}

func selfSigned(c *x509.Certificate) bool { return string(c.RawIssuer) == string(c.RawSubject) }

// unlocked says what is wrong with a file of a private key.
func unlocked(text []byte) string {
	if strings.Contains(string(text), "ENCRYPTED") {
		return "is locked by a password; this phone needs the key unlocked"
	}
	for {
		var block *pem.Block
		if block, text = pem.Decode(text); block == nil {
			return "holds no private key in PEM form"
		}
		if strings.HasSuffix(block.Type, "PRIVATE KEY") {
			return ""
		}
	}
}
