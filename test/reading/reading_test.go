package main

import (
	"os"
	"testing"

	"aside/test/harness"
)

// The page is what the command prints, nothing is wrong in it without an
// argument, and every argument is needed.
func TestPage(t *testing.T) {
	dir := os.Getenv("ASIDE_CORPORA")
	if dir == "" {
		dir = harness.Root() + "/../shared/corpora"
	}
	if _, err := os.Stat(dir); err != nil {
		t.Skip("no collections at ", dir)
	}
	sets, err := judgeAll(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(sets) < 10 {
		t.Errorf("%d collections", len(sets))
	}
	used := map[string]bool{}
	for _, s := range sets {
		for _, v := range s.verdicts {
			if v.wrong != "" && v.why == "" {
				t.Errorf("%s/%s, %s: %s", s.name, v.file, v.aspect, v.wrong)
			}
			if v.why != "" {
				used[v.key(s)] = true
			}
		}
	}
	for key, why := range argued {
		if !used[key] {
			t.Errorf("%s is argued (%s) and is as expected", key, why)
		}
	}
	want, err := os.ReadFile(harness.Root() + "/docs/reading.md")
	if err != nil {
		t.Fatal(err)
	}
	if got := page(sets); got != string(want) {
		t.Errorf("docs/reading.md is not what the command prints: go run ./test/reading > docs/reading.md")
	}
}
