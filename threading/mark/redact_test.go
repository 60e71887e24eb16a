package mark

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestRedact(t *testing.T) {
	ring := NewKeyRing(testKey(1))
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.Uint64Range(0, maxID)
		c, h, n := id.Draw(t, "conversation"), id.Draw(t, "holder"), id.Draw(t, "notice")
		p := Purpose(rapid.IntRange(1, 3).Draw(t, "purpose"))
		mark := rapid.SampledFrom([]string{ring.Sign(Token{p, c, h}), strings.TrimSuffix(ring.MessageID(c, n, "x.example"), "@x.example"),
			strings.TrimSuffix(ring.NoticeID(c, h, n, "x.example"), "@x.example")}).Draw(t, "mark")
		if rapid.Bool().Draw(t, "upper") {
			mark = strings.ToUpper(mark)
		}
		before := rapid.SampledFrom([]string{"", "support+", "<", "rcpts=[support+a@x support-", "mailto:support%2B", `"to":"a_`, "confirm ", "supportx0", "1"}).Draw(t, "before")
		after := rapid.SampledFrom([]string{"", "@example.com", ">", "%40x", " and support+" + mark + "@x", ",", "x@example.com", "999"}).Draw(t, "after")
		got := Redact(before + mark + after)
		if strings.Contains(got, mark) || strings.Contains(got, mark[20:]) || !strings.HasPrefix(got, before+mark[:shownOfMark]+"…") {
			t.Fatalf("Redact(%q) = %q", before+mark+after, got)
		}
	})
	for given, want := range map[string]string{
		"/confirm ABCD2345":                    "/confirm …",
		"say /Confirm  ABCD2345, and more":     "say /Confirm  …, and more",
		"／ confirm ABCD2345":                   "／ confirm …",
		"/confirm":                             "/confirm",
		"confirm ABCD2345":                     "confirm ABCD2345",
		"nothing here: support@example.com %2": "nothing here: support@example.com %2",
		"":                                     "",
	} {
		if got := Redact(given); got != want {
			t.Errorf("Redact(%q) = %q, want %q", given, got, want)
		}
	}
}

// TestRedactLeavesTheRest: what a script reads must stay what it is.
func TestRedactLeavesTheRest(t *testing.T) {
	for i := range 20000 {
		long, short := sha256.Sum256(fmt.Append(nil, i)), sha1.Sum(fmt.Append(nil, i))
		for _, s := range []string{hex.EncodeToString(long[:]), hex.EncodeToString(short[:])} {
			if got := Redact(`{"sha256":"` + s + `"}`); !strings.Contains(got, s) {
				t.Errorf("%s became %s", s, got)
			}
		}
	}
}
