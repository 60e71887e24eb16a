package aside_test

import (
	"strings"
	"testing"

	"aside"
)

// TestUnseen: what steers is unseen, too, and what languages write is neither.
func TestUnseen(t *testing.T) {
	const steer = "\x00\n\t\x1b\u007f\u0085\u202a\u202e\u2066\u2069\ufeff\ufff9\ufffb"
	const still = "\u00ad\u061c\u180e\u200b\u200e\u200f\u2060\u2064\u206a\U000E0041\ufffd"
	const shown = "aß \u0301\u00a0\u0e33שָׁ\u200c\u200d\ufe0f👩\u200d🚀"
	for r := range strings.SplitSeq(steer+still+shown, "") {
		c := []rune(r)[0]
		if got, want := aside.Steers(c), strings.ContainsRune(steer, c); got != want {
			t.Errorf("%U steers: %v, want %v", c, got, want)
		}
		if got, want := aside.Unseen(c), strings.ContainsRune(steer+still, c); got != want {
			t.Errorf("%U is unseen: %v, want %v", c, got, want)
		}
	}
}
