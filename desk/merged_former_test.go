package desk_test

import "testing"

// What the former customer wrote and was told in a ticket that was merged into
// this one is not the next customer's either.
func TestFormerCustomerOfAMergedTicket(t *testing.T) {
	for _, also := range []string{"", " cc-customer"} {
		w := open(t)
		w.opens(jane, "Kettle", "It leaks.")
		n := w.opens(jane, "Kettle again", "It leaks, "+w.secret("fortywords", jane)+" I said.")
		w.says(dana, n, "Dear Jane, we pay you "+w.secret("fiftywords", jane)+" back.").find("jane", "fifty")
		w.says(dana, n, "/merge 1").find("dana", "merged into #1")
		w.givenToJoe(w.lastTo("dana", "Kettle"))
		w.says(dana, n, "/side max@repairs.example"+also+" share all\n\nCan you repair it?")
	}
}

// Nor are the former customer's words there the customer's, which may go to anybody.
func TestFormerCustomersWordsInAMergedTicket(t *testing.T) {
	l := leaking(t)
	n := l.opens(jane, "Kettle again", "My brother has paid the first kettle in cash and nobody in our family may know what it cost.")
	l.says(dana, n, "/merge 1").find("dana", "merged into #1")
	back := l.givenToJoe(l.customer)
	l.says(dana, back, "My brother has paid the first kettle in cash and nobody in our family may know what it cost.").none("joe")
}
