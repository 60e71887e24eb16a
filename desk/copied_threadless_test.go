package desk_test

import (
	"testing"

	h "aside/test/harness"
)

// The reply address that a mail went to is in the hands of whom the agent's
// client copied, whether or not the mail says which notice it answers.
func TestCopiedWithoutAThread(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks, kettlewords.")
	d := h.Gmail().Reply(dana, n, "/reply\n\nA new one comes, Jane.")
	d.Cc = []h.Person{joe}
	h.NoThreading(d)
	w.post(d)
	w.post(h.Write(dana, n.ReplyTo.Address, "Re: Kettle", "/side joe@elsewhere.example share all\n\nAll of it, please.")).none("joe")
}
