package desk_test

import (
	"testing"
	"time"

	h "aside/test/harness"
)

// A mail that is the customer's by its From alone changes nobody's part, also
// where it opens the ticket that continues a closed one: Kim, who was removed,
// writes it herself.
func TestForgedSuccessorBringsNobodyIn(t *testing.T) {
	w := open(t)
	d := h.Write(jane, support, "Kettle", "It leaks.")
	d.Cc = []h.Person{kim}
	n := w.post(d).to("dana")
	answer := w.says(dana, n, "Dear Jane and Kim, we look at it.").find("jane", "we look")
	w.says(dana, n, "/remove kim@customer.example")
	w.says(dana, n, "/resolve")
	w.wait(30 * 24 * time.Hour)
	forged := h.Write(jane, support, "Re: Kettle", "Thanks for all.")
	forged.Cc, forged.InReplyTo = []h.Person{kim}, d.MessageID
	contains(t, w.post(forged).to("dana"), "Sender not verified")
	n = w.says(jane, answer, "It leaks again, and this is private.").to("dana")
	w.says(dana, n, "Dear Jane, it stays between us.").none("kim")
}
