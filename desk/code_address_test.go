package desk_test

import (
	"testing"

	"aside"
	h "aside/test/harness"
)

// A code that went to an address which is the agent's no longer confirms
// nothing: who reads that mailbox may have written the mail, and what wrote from
// there is no agent's.
func TestCodeOfAnAddressThatIsGone(t *testing.T) {
	w := open(t, bySignature)
	w.opens(jane, "Kettle", "It leaks.")
	m := w.says(omar, w.lastTo("omar", "It leaks."), "Dear Jane, please pay to another account.").to("omar")
	book := w.set.Directory
	moved := *book.AgentByHandle("omar")
	moved.Addresses = []string{"omar@home.example"}
	w.set.Directory = aside.NewDirectory(book.Desks, book.Teams, []*aside.Agent{book.AgentByHandle("dana"), &moved, book.AgentByHandle("eve")}, book.Cards)
	if err := w.svc.Configure(w.ctx, w.set); err != nil {
		t.Fatal(err)
	}
	home := h.Person{Name: omar.Name, Address: "omar@home.example"}
	w.post(h.Write(home, support, "x", "/confirm "+code(t, m))).none("jane") // nothing proves this mail
}
