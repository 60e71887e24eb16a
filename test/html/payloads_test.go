package html

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"aside/test/harness"
)

// corpus is the collection that DOMPurify is tested with, where it is at hand.
// What each does to a browser of today is not written down there.
func corpus(tb testing.TB) []attack {
	tb.Helper()
	dir := os.Getenv("ASIDE_CORPORA")
	if dir == "" {
		dir = filepath.Join(harness.Root(), "..", "shared", "corpora")
	}
	raw, err := os.ReadFile(filepath.Join(dir, "dompurify", "payloads.json"))
	if err != nil {
		tb.Logf("without DOMPurify's payloads: %v", err)
		return nil
	}
	var list []struct{ Title, Payload string }
	if err := json.Unmarshal(raw, &list); err != nil {
		tb.Fatal(err)
	}
	var out []attack
	for _, p := range list {
		out = append(out, attack{"DOMPurify: " + p.Title, p.Payload, none})
	}
	return out
}

// kinds are the sorts of things that a page did.
func kinds(did []string) map[string]bool {
	out := map[string]bool{}
	for _, d := range did {
		kind, _, _ := strings.Cut(d, ":")
		out[kind] = true
	}
	return out
}
