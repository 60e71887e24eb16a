package html

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aside/test/harness"
)

// payload is HTML that attacks who reads it.
type payload struct{ Title, Payload string }

// corpus is the collection that DOMPurify is tested with, where it is at hand.
func corpus(tb testing.TB) []payload {
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
	var out []payload
	if err := json.Unmarshal(raw, &out); err != nil {
		tb.Fatal(err)
	}
	return out
}

// TestProbe opens the payloads as they are: the probe must see scripts run and
// requests leave, else its silence elsewhere proves nothing.
func TestProbe(t *testing.T) {
	g := openGallery(t)
	b := startBrowser(t, g.sink)
	p := openTab(t, b, g)
	start := time.Now()
	seen := map[string]int{}
	for _, a := range corpus(t) {
		at := time.Now()
		did, err := p.open("<!DOCTYPE html><html><body>" + a.Payload + "</body></html>")
		if err != nil {
			t.Fatalf("%s: %v", a.Title, err)
		}
		if d := time.Since(at); d > time.Second/2 || len(did) > 0 && strings.HasPrefix(did[0], "conn") {
			t.Logf("%v %s %q %.300s", d, a.Title, did, a.Payload)
		}
		kinds := map[string]bool{}
		for _, d := range did {
			k, _, _ := strings.Cut(d, ":")
			kinds[k] = true
		}
		for k := range kinds {
			seen[k]++
		}
		if len(kinds) > 0 {
			seen["any"]++
		}
	}
	t.Log(seen, time.Since(start))
}
