package digest

// An Algorithm is a hash as the challenge names it.
type Algorithm string

// The algorithms we speak, strongest first (RFC 8760 §2.1). The -sess variants mix the
// nonces into the password hash.
const (
	SHA512256     Algorithm = "SHA-512-256"
	SHA512256Sess Algorithm = "SHA-512-256-sess"
	SHA256        Algorithm = "SHA-256"
	SHA256Sess    Algorithm = "SHA-256-sess"
	MD5           Algorithm = "MD5"
	MD5Sess       Algorithm = "MD5-sess"
)
