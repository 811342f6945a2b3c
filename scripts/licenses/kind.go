package main

import (
	"fmt"
	"strings"
)

// kind names a licence by what only its text says, as SPDX does. A text of which we know
// nothing is an error: somebody has to read it first.
func kind(text string) (string, error) {
	plain := strings.ToLower(strings.Join(strings.Fields(text), " "))
	has := func(words string) bool { return strings.Contains(plain, words) }
	switch {
	case has("gnu general public license"), has("gnu affero general public license"), has("gnu lesser general public license"):
		return "", fmt.Errorf("a GNU licence, which asks more of a program than this one gives")
	case has("apache license version 2.0"):
		return "Apache-2.0", nil
	case has("mozilla public license version 2.0"), has("mozilla public license, version 2.0"):
		return "MPL-2.0", nil
	case has("permission is hereby granted, free of charge, to any person obtaining a copy"):
		return "MIT", nil
	case has("redistribution and use in source and binary forms") && has("neither the name"):
		return "BSD-3-Clause", nil
	case has("redistribution and use in source and binary forms"):
		return "BSD-2-Clause", nil
	case has("permission to use, copy, modify, and/or distribute this software for any purpose"),
		has("permission to use, copy, modify, and distribute this software for any purpose"):
		return "ISC", nil
	}
	return "", fmt.Errorf("a licence that nobody has looked at")
}
