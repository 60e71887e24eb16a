package desk_test

import (
	"testing"

	h "aside/test/harness"
)

// Who hears the ticket that a mail's own was merged into while it waited for its
// code is asked about, however long they have been there.
func TestConfirmedAfterAMerge(t *testing.T) {
	w := open(t, bySignature)
	w.signing = true
	w.opens(jane, "Invoice", "Hello, otherwords.")
	w.says(omar, w.lastTo("omar", "otherwords"), "/add kim@customer.example")
	n := w.opens(jane, "Kettle", "It leaks, kettlewords.")
	w.signing = false
	m := w.post(h.Write(dana, n.ReplyTo.Address, "hello", "/reply\n\nJust so, dear Jane.")).to("dana")
	w.signing = true
	w.says(omar, w.lastTo("omar", "kettlewords"), "/merge 1").find("omar", "merged into #1")
	w.says(dana, m, "/confirm "+code(t, m)).none("kim").find("dana", "NOT SENT")
}
