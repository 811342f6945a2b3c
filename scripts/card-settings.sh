#!/bin/sh
# Prints the offhook.toml that a new card or package has: the sample, its account commented out,
# so that the phone is at its own exchange until somebody fills one in.
sed -e '/^\[\[account\]\]/,/^\[dial\]/{/^label\|^user\|^domain\|^password/s/^/#/; s/^\[\[account\]\]  /#[[account]] /}' \
	"$(dirname "$0")/../firmware/config/offhook.toml"
