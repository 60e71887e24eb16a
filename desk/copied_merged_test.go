package desk_test

import (
	"testing"

	h "aside/test/harness"
)

// The reply address of a notice that the agent's client copied to an outsider
// ends, also where the notice's ticket was merged since.
func TestCopiedNoticeOfAMergedTicket(t *testing.T) {
	for _, merged := range []bool{false, true} {
		w := open(t)
		w.opens(jane, "Invoice", "Hello, otherwords.")
		n := w.opens(jane, "Kettle", "It leaks, kettlewords.")
		if merged {
			w.says(omar, w.lastTo("omar", "kettlewords"), "/merge 1").find("omar", "merged into #1")
		}
		d := h.Gmail().Reply(dana, n, "A new one comes, Jane.")
		d.Cc = []h.Person{joe}
		w.post(d).find("dana", "The reply address in that notice no longer counts")
		// Joe has the addresses now, and writes in Dana's name.
		forged := h.Write(dana, n.ReplyTo.Address, "Re: Kettle", "/side joe@elsewhere.example share all\n\nAll of it, please.")
		w.post(forged).none("joe")
		link := w.click(dana, n, "/resolve") // one of the links below the quoted notice
		link.Text = "/side joe@elsewhere.example share all\n\nAll of it, please."
		w.post(link).none("joe")
		if t.Failed() {
			t.Fatalf("merged: %v", merged)
		}
	}
}
