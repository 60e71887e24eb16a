package desk_test

import (
	"testing"

	h "aside/test/harness"
)

// confirms has the next mail of an agent wait for its code, and gives that.
func (w *town) confirms(who h.Person, d *h.Draft) *news {
	w.t.Helper()
	w.signing = false
	asked := w.post(d).to(nameOf(who))
	w.signing = true
	return w.says(who, asked, "/confirm "+code(w.t, asked))
}

// A word about a held mail is one also where it waits for a code itself, and no
// letter to anybody: in answer to the receipt, and to the first mail.
func TestConfirmedWords(t *testing.T) {
	for _, toReceipt := range []bool{true, false} {
		for word, then := range map[string]func(*news){
			"send":    func(n *news) { contains(t, n.find("jane", "as @omar says"), "A new one comes") },
			"note":    func(n *news) { n.none("jane").find("omar", "A new one comes") },
			"discard": func(n *news) { n.none("jane", "omar").find("dana", "H1 discarded") },
		} {
			w := open(t, bySignature)
			w.signing = true
			n := w.opens(jane, "Kettle", "It leaks.")
			m := w.says(dana, n, "A new one comes, as @omar says.").only("dana: NOT SENT")[0]
			if !toReceipt {
				m = n
			}
			then(w.confirms(dana, h.Gmail().Reply(dana, m, word)))
		}
	}
}

// So is the answer to a question.
func TestConfirmedApproval(t *testing.T) {
	w := open(t, bySignature)
	w.signing = true
	n := w.opens(jane, "Kettle", "It leaks.")
	asked := w.says(dana, n, "/ask omar\n\nMay I send forty euros?").find("omar", "forty")
	w.confirms(omar, w.click(omar, asked, "approve")).find("dana", "Omar approved: May I send forty euros?")
}

// What is confirmed takes the place of no mail that was written after it.
func TestConfirmedReplacesNothingNewer(t *testing.T) {
	w := open(t, bySignature)
	n := w.opens(jane, "Kettle", "It leaks.")
	asked := w.says(dana, n, "We look at it.").to("dana")
	w.signing = true
	held := w.says(dana, n, "A new one comes, as @omar says.").find("dana", "NOT SENT")
	w.says(dana, asked, "/confirm "+code(t, asked)).find("jane", "We look at it")
	w.says(dana, held, "send").find("jane", "A new one comes")
}

// Nor is a confirmed word about one.
func TestConfirmedWordIsAboutNothingNewer(t *testing.T) {
	w := open(t, bySignature)
	w.signing = true
	n := w.opens(jane, "Kettle", "It leaks.")
	w.says(dana, n, "A new one comes, as @omar says.").find("dana", "NOT SENT")
	w.signing = false
	asked := w.says(dana, n, "send").to("dana")
	w.signing = true
	w.says(dana, n, "None comes, as @omar says.").find("dana", "NOT SENT")
	w.says(dana, asked, "/confirm "+code(t, asked)).none("jane")
}

// One of these words that comes twice, or when the mail does not wait any more,
// is no letter either, unless its writer says so.
func TestTheOneWordTwice(t *testing.T) {
	for _, word := range []string{"send", "note", "discard", "Send.\n\nKind regards\nDana Reyes"} {
		w := open(t)
		n := w.opens(jane, "Kettle", "It leaks.")
		w.says(dana, n, "A new one comes, as @omar says.").find("dana", "NOT SENT")
		w.says(dana, n, word)
		held := w.says(dana, n, word).only("dana: Such a word decides about a held mail")[0]
		w.says(dana, held, "send").find("jane", word[:4])
	}
}
