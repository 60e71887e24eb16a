package desk_test

import (
	"testing"

	h "aside/test/harness"
)

// What was written where nobody took part was kept here and said to nobody: it is
// neither shared nor quoted on once somebody does.
func TestWordsKeptHereAreNotShared(t *testing.T) {
	for _, how := range []string{"share", "quote"} {
		w := open(t)
		w.signing = true
		w.secret("crookwords")
		n := w.post(h.Write(dana, support, "Refund", "A Mr Park asks for his money.")).to("omar")
		m := w.says(omar, n, "I believe that he is one of those crookwords again.\n\nLet us wait.")
		contains(t, m.find("omar", "kept here"), "nobody outside takes part")
		copied := m.find("dana", "crookwords")
		w.says(dana, copied, "/requester joe@elsewhere.example")
		if how == "share" {
			w.says(dana, copied, "/side max@repairs.example share all\n\nCan you repair that?").find("max", "repair")
			continue
		}
		w.post(h.NeomuttInterleaved().Reply(dana, copied, "/reply\n\nWe look into it, Joe."))
		w.says(dana, w.lastTo("dana", "We look into it"), "send")
	}
}
