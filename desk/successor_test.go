package desk_test

import (
	"testing"
	"time"

	h "aside/test/harness"
)

// closedWithKim is a ticket of Jane's that Kim was copied in, closed for good: her
// first mail, and the answer that each of them got. Before it is resolved Dana
// sends the commands.
func closedWithKim(t *testing.T, commands ...string) (w *town, first *h.Draft, janes, kims *h.Mail) {
	w = open(t)
	first = h.Write(jane, support, "Kettle", "It leaks.")
	first.Cc = []h.Person{kim}
	n := w.post(first).to("dana")
	got := w.says(dana, n, "Dear Jane and Kim, we look at it.")
	janes, kims = got.find("jane", "we look at it"), got.find("kim", "we look at it")
	for _, c := range append(commands, "/resolve") {
		w.says(dana, n, c)
	}
	w.wait(30 * 24 * time.Hour)
	return w, first, janes, kims
}

// Who was removed returns only by /add, and not by the customer's answer to all
// in a ticket that is closed.
func TestRemovedDoesNotReturnByASuccessor(t *testing.T) {
	w, _, janes, _ := closedWithKim(t, "/remove kim@customer.example")
	n := w.post(h.Gmail().ReplyAll(jane, janes, "It leaks again.")).to("dana")
	contains(t, n, "Continues #1")
	w.says(dana, n, "Sorry for that, Jane.").none("kim")
}

// In a ticket that continues another one those take part whom the other one had,
// and whoever is copied now is shown.
func TestSuccessorHasWhoHeardTheOther(t *testing.T) {
	w, _, janes, _ := closedWithKim(t)
	again := h.Gmail().ReplyAll(jane, janes, "It leaks again.")
	again.Cc = append(again.Cc, joe)
	n := w.post(again).to("dana")
	contains(t, n, "Continues #1", joe.Address)
	w.says(dana, n, "Sorry for that, Jane.").none("joe").find("kim", "Sorry")
}

// A mail that is the customer's by its From alone changes nobody's part, also
// where it opens the ticket that continues a closed one: Kim, who was removed,
// writes it herself.
func TestForgedSuccessorBringsNobodyIn(t *testing.T) {
	w, first, janes, _ := closedWithKim(t, "/remove kim@customer.example")
	forged := h.Write(jane, support, "Re: Kettle", "Thanks for all.")
	forged.Cc, forged.InReplyTo = []h.Person{kim}, first.MessageID
	contains(t, w.post(forged).to("dana"), "Sender not verified")
	n := w.says(jane, janes, "It leaks again, and this is private.").to("dana")
	w.says(dana, n, "Dear Jane, it stays between us.").none("kim")
}

// Somebody copied who writes to a closed ticket first does not take the
// customer's place in it: what the customer writes is answered to the customer.
func TestCopiedPersonBeginsNoSuccessor(t *testing.T) {
	w, _, janes, kims := closedWithKim(t)
	w.says(kim, kims, "One more question of mine, what does a new one cost?")
	n := w.says(jane, janes, "It leaks again.").find("dana", "It leaks again")
	w.says(dana, n, "I am sorry to hear that.").none("kim").find("jane", "I am sorry")
}
