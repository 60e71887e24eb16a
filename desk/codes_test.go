package desk_test

import (
	"strings"
	"testing"
	"time"

	h "aside/test/harness"
)

// A stranger's mail with very many codes is held like any other, at once: it
// is looked at inside the one transaction that all mail waits for.
func TestManyCodes(t *testing.T) {
	w := open(t)
	m := h.Write(dana, support, "Mine", strings.Repeat("/confirm AAAA2345\n", 20_000))
	m.Envelope = "eve@evil.example"
	start := time.Now()
	w.post(m).only("dana: 1 mail waits for your word")
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
}
