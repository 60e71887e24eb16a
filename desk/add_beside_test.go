package desk_test

import "testing"

// Where a command lets somebody into the conversation that is answered, and the
// text goes elsewhere, it is asked who should hear what: nobody joins what they
// were not meant to hear.
func TestAddBesideATextThatGoesElsewhere(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	held := w.says(dana, n, "/side max@repairs.example\n/add kim@customer.example\n\nCan you repair it?").only("dana: not clear whom they should hear")[0]
	contains(t, held, "NOT SENT: your reply to max@repairs.example [#1]", "name them in /side")
	w.says(dana, n, "/side max@repairs.example, kim@customer.example\n\nCan you repair it?").only("max: repair it", "kim: repair it", "omar: repair it", "dana: opened")
	back := w.says(max, w.lastTo("max", "repair it"), "At noon.").to("dana")
	for _, line := range []string{"/add joe@elsewhere.example", "/cc-customer on"} {
		held = w.says(dana, back, "/reply\n"+line+"\n\nAt noon, says the depot.").only("dana: not clear whom they should hear")[0]
		contains(t, held, "NOT SENT: your reply to Jane Doe [#1]")
	}
	// A note goes to none of them, and those who join hear what comes.
	w.says(dana, n, "/add kim@customer.example\n/note\n\nShe asked for it.").only("omar: She asked", "dana: hears the customer conversation")
}
