package reply_test

import (
	"testing"
	"unicode/utf8"

	"aside/reply"
)

// FuzzPassages holds that each passage says where it stands, in order, and
// that it is known again there and within other words.
func FuzzPassages(f *testing.F) {
	f.Add("one two three four five six seven eight nine ten eleven twelve thirteen", "> ")
	f.Add("水壶坏了水壶坏了水壶坏了水壶坏了水壶坏了水壶坏了", "\u200b")
	key := []byte("a key of this test")
	f.Fuzz(func(t *testing.T, text, before string) {
		at := 0
		for _, p := range reply.Passages(key, text) {
			if p.From < at || p.To <= p.From || p.To > len(text) {
				t.Fatalf("%q: %d to %d after %d", text, p.From, p.To, at)
			}
			at = p.From
		}
		if utf8.ValidString(text + before) {
			reply.Addresses(before + text)
			reply.Words(before + text)
		}
	})
}
