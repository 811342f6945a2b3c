// Command tally reads what go test -json writes, from standard input, and prints
// what a person wants of it: a line per package, and everything that a failed test
// said. It adds what it counted to the file named by its argument, so that several
// runs make one sum; "tally -sum FILE" prints that sum. It exits 1 when a test, a
// package or a build failed.
package main

import (
	"fmt"
	"io"
	"os"
)

func main() {
	code, err := run(os.Args[1:], os.Stdin, os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, "tally:", err)
		code = 2
	}
	os.Exit(code)
}

func run(args []string, in io.Reader, out io.Writer) (int, error) {
	switch {
	case len(args) == 2 && args[0] == "-sum":
		sum, err := load(args[1])
		if err != nil {
			return 0, err
		}
		fmt.Fprintln(out, sum)
		return sum.exit(), nil
	case len(args) == 1:
		got, err := count(in, out)
		if err != nil {
			return 0, err
		}
		sum, err := load(args[0])
		if err != nil {
			return 0, err
		}
		return got.exit(), save(args[0], sum.plus(got))
	}
	return 0, fmt.Errorf("usage: go test -json ./... | tally FILE, or tally -sum FILE")
}
