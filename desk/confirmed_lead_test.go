package desk_test

import "testing"

// What was a note when it was written, because a colleague led the ticket, does
// not leave because nobody leads it when its code is confirmed.
func TestConfirmedAfterALead(t *testing.T) {
	w := open(t, bySignature)
	n := w.opens(jane, "Kettle", "It leaks.")
	w.signing = true
	w.says(omar, w.lastTo("omar", "It leaks."), "/lead omar")
	w.signing = false
	m := w.says(dana, n, "I think she broke it herself.").to("dana")
	w.signing = true
	w.says(omar, w.lastTo("omar", "It leaks."), "/lead none")
	w.says(dana, m, "/confirm "+code(t, m)).none("jane")
}
