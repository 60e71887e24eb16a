package desk_test

import (
	"testing"

	h "aside/test/harness"
)

// A ticket system says of all its mail that a program sent it, and may keep
// nothing of ours: its case number, learned from the first mail, places the rest.
func TestCaseOfATicketSystem(t *testing.T) {
	w := open(t)
	w.verdict = verified
	n := w.opens(jane, "Kettle", "It leaks.")
	asked := w.says(dana, n, "/side "+vic.Address+"\n\nWhere is it?").find("vic", "Where is it?")
	d := h.Gmail().Reply(vic, asked, "Your case was opened.")
	d.Subject, d.Headers = "Case CS0012345 was opened", append(d.Headers, [2]string{"Auto-Submitted", "auto-generated"})
	w.post(d).to("omar")

	d = h.Write(vic, support, "Case CS0012345: update", "It is in Leipzig.")
	d.Headers = append(d.Headers, [2]string{"Auto-Submitted", "auto-generated"})
	contains(t, w.post(d).to("omar"), "It is in Leipzig.", "YOUR REPLY GOES TO: courier@vendor.example (side conversation, not the")
}
