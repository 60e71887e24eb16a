package desk_test

import "testing"

// "share all" is the conversation with the customer of now: what the former one
// was told is neither the vendor's nor the new customer's.
func TestShareAllAfterRequester(t *testing.T) {
	for _, also := range []string{"", " cc-customer"} {
		w := open(t)
		n := w.opens(jane, "Kettle", "It leaks.")
		w.says(dana, n, "Dear Jane, we pay you "+w.secret("fortywords", jane)+" back.").find("jane", "forty")
		back := w.givenToJoe(n)
		m := w.says(dana, back, "/side max@repairs.example"+also+" share all\n\nCan you repair it?").find("max", "repair it?")
		contains(t, m, "Dear Joe, hello.", "Hello, what is it?")
	}
}
