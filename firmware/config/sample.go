package config

import _ "embed"

// Sample is the commented offhook.toml that a user edits.
//
//go:embed offhook.toml
var Sample []byte
