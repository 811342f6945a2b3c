package config

// A Mistake is one thing wrong with the file, or (among Warnings) about to be.
type Mistake struct {
	File  string // as the user knows it
	Line  int    // from 1; 0: the file as a whole
	Col   int    // from 1, in characters
	Key   string // "account.domain"; "": syntax or the file itself
	Words string // what, and the remedy: `201 is a number here; put it in quotes`

	// Source is the line, secrets masked; Width is how many characters from Col are
	// meant; Fix is what belongs there. "": the words say it all.
	Source string
	Width  int
	Fix    string

	// What and Remedy are for the LCD, one row each of at most 20 characters where
	// they can be that short: `user needs quotes:`, `user = "201"`.
	What, Remedy string
}
