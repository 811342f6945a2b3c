// Package digitmap decides when dialled digits are a whole number. It owns the pattern
// language of [dial] digit_map and refuses to know accounts or calls.
package digitmap

// A Map is a digit map as written in offhook.toml, checked by Check. The empty map knows
// no pattern: every number is sent by a pause, by # or by the Send key.
type Map string
