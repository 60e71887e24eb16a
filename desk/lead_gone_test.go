package desk_test

import "testing"

// A lead who is no agent any more leads nothing: the others' answers leave.
func TestLeadWhoLeftTheConfig(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	w.says(omar, w.lastTo("omar", "It leaks."), "/lead omar")
	w.gone("omar")
	w.says(dana, n, "A new one is on its way, Jane.").find("jane", "on its way")
}
