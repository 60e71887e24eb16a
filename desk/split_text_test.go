package desk_test

import "testing"

// What is written beside /split is for whoever wrote the mail that is split off,
// or is asked about: not for the customer of the ticket that it leaves.
func TestTextBesideSplit(t *testing.T) {
	w := open(t)
	first := w.says(dana, w.opens(jane, "Kettle", "It leaks."), "We look at it.").to("jane")
	n := w.says(kim, first, "I have another matter, my toaster burns.").to("dana")
	w.says(dana, n, "/split\n\nDear Kim, we replace your toaster for nothing.").none("jane")
}
