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

// Nor does a former customer, or one who was taken out, by an old mail of a ticket
// that led to the closed one: what its customer writes is answered to the customer.
func TestFormerCustomerBeginsNoSuccessor(t *testing.T) {
	for _, test := range []struct {
		name string
		into func(w *town, n *h.Mail) *h.Mail // makes Jane's ticket lead to another one, and gives a notice of that
	}{
		{"merged into another ticket", func(w *town, n *h.Mail) *h.Mail {
			one := w.opens(jane, "Invoice", "Hello, otherwords.")
			w.says(dana, n, "/merge 2").find("dana", "merged into #2")
			return one
		}},
		{"continued by another ticket", func(w *town, n *h.Mail) *h.Mail {
			w.says(dana, n, "/resolve")
			w.wait(30 * 24 * time.Hour)
			again := w.says(jane, w.boxes[jane.Address][0], "It leaks again.").to("dana")
			contains(w.t, again, "Continues #1")
			return again
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := open(t)
			n := w.opens(jane, "Kettle", "It leaks, kettlewords.")
			janes := w.says(dana, n, "Dear Jane, we look.").find("jane", "we look")
			later := test.into(w, n)
			w.says(dana, later, "/requester joe@elsewhere.example")
			held := w.says(dana, later, "/reply\n\nDear Joe, hello.").to("dana")
			joes := w.says(dana, held, "send").find("joe", "hello")
			w.says(dana, later, "/resolve")
			w.wait(30 * 24 * time.Hour)
			contains(t, w.says(jane, janes, "It leaks again.").to("dana"), "Jane Doe (not taking part)")
			m := w.says(joe, joes, "A question of my own, joewords.").find("dana", "joewords")
			contains(t, m, "Continues #2")
			w.says(dana, m, "Here is the answer to your question.").none("jane").find("joe", "answer to your question")
		})
	}
}

// Who was removed does not return by an old mail of a ticket that was merged.
func TestRemovedBeginsNoSuccessorAfterAMerge(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks, kettlewords.")
	janes := w.says(dana, n, "Dear Jane, we look.").find("jane", "we look")
	one := w.opens(jane, "Invoice", "Hello, otherwords.")
	w.says(dana, n, "/merge 2").find("dana", "merged into #2")
	w.says(dana, one, "/remove jane@customer.example")
	w.says(dana, one, "/resolve")
	w.wait(30 * 24 * time.Hour)
	lacks(t, w.says(jane, janes, "It leaks again.").to("dana"), "Continues", "YOUR REPLY GOES TO: Jane")
}
