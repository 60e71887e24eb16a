package desk_test

import (
	"testing"
	"time"

	h "aside/test/harness"
)

// A code that waits for the relay while the agent's address changes is not sent
// to the new one, where it would not count: another one is made for that.
func TestCodeOfAnAddressThatChanged(t *testing.T) {
	w := open(t, bySignature)
	w.opens(jane, "Kettle", "It leaks.")
	w.send(h.Gmail().Reply(omar, w.lastTo("omar", "It leaks."), "We look into it."))
	home := h.Person{Name: omar.Name, Address: "omar@home.example"}
	w.gets("omar", home.Address, omar.Address) // both stay Omar's
	for _, m := range w.deliver().mails {
		if m.DeliveredTo == omar.Address || m.DeliveredTo == home.Address {
			t.Errorf("Omar got %q", m.Subject)
		}
	}
	for _, m := range w.wait(time.Hour).mails {
		if m.DeliveredTo == home.Address {
			w.signing = true
			w.says(home, m, "/confirm "+code(t, m)).find("jane", "We look into it.")
			return
		}
	}
	t.Error("no code came to the new address")
}

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
