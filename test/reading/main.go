// Command reading prints how aside reads the mail that other projects have
// collected, held against what those projects say of it: docs/reading.md is its
// output. ASIDE_CORPORA names the folder of the collections.
//
//	go run ./test/reading > docs/reading.md
package main

import (
	"fmt"
	"os"
)

func main() {
	dir := os.Getenv("ASIDE_CORPORA")
	if dir == "" {
		dir = "../shared/corpora"
	}
	sets, err := judgeAll(dir)
	if err != nil {
		fmt.Fprintln(os.Stderr, "reading:", err)
		os.Exit(1)
	}
	fmt.Print(page(sets))
}
