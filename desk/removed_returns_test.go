package desk_test

import (
	"testing"
	"time"

	h "aside/test/harness"
)

// Who was removed returns only by /add, and not by the customer's answer to all
// in a ticket that is closed.
func TestRemovedDoesNotReturnByASuccessor(t *testing.T) {
	w := open(t)
	d := h.Write(jane, support, "Kettle", "It leaks.")
	d.Cc = []h.Person{kim}
	n := w.post(d).to("dana")
	first := w.says(dana, n, "Dear Jane and Kim, we look at it.").find("jane", "we look at it")
	w.says(dana, n, "/remove kim@customer.example")
	w.says(dana, n, "/resolve")
	w.wait(30 * 24 * time.Hour)
	n = w.post(h.Gmail().ReplyAll(jane, first, "It leaks again.")).to("dana")
	contains(t, n, "Continues #1")
	w.says(dana, n, "Sorry for that, Jane.").none("kim")
}

// In a ticket that continues another one those take part whom the other one had,
// and whoever is copied now is shown.
func TestSuccessorHasWhoHeardTheOther(t *testing.T) {
	w := open(t)
	d := h.Write(jane, support, "Kettle", "It leaks.")
	d.Cc = []h.Person{kim}
	n := w.post(d).to("dana")
	first := w.says(dana, n, "Dear Jane and Kim, we look at it.").find("jane", "we look at it")
	w.says(dana, n, "/resolve")
	w.wait(30 * 24 * time.Hour)
	again := h.Gmail().ReplyAll(jane, first, "It leaks again.")
	again.Cc = append(again.Cc, joe)
	n = w.post(again).to("dana")
	contains(t, n, "Continues #1", joe.Address)
	got := w.says(dana, n, "Sorry for that, Jane.").none("joe")
	got.find("kim", "Sorry")
}
