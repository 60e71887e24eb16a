package desk_test

import (
	"testing"

	h "aside/test/harness"
)

// A code that went to an address which is the agent's no longer confirms
// nothing: who reads that mailbox may have written the mail, and what wrote from
// there is no agent's.
func TestCodeOfAnAddressThatIsGone(t *testing.T) {
	w := open(t, bySignature)
	w.opens(jane, "Kettle", "It leaks.")
	m := w.says(omar, w.lastTo("omar", "It leaks."), "Dear Jane, please pay to another account.").to("omar")
	w.moves("omar", "omar@home.example")
	home := h.Person{Name: omar.Name, Address: "omar@home.example"}
	w.post(h.Write(home, support, "x", "/confirm "+code(t, m))).none("jane") // nothing proves this mail
}
