package account

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// Mark stands for all that the account's server knows of it, password included, and tells
// nothing of that to who does not have the key: two accounts have the same mark where Carry
// would go on with the registration of the one for the other.
func (a Account) Mark(key [32]byte) string {
	h := hmac.New(sha256.New, key[:])
	fmt.Fprintf(h, "%#v", a.registered())
	return hex.EncodeToString(h.Sum(nil))
}
