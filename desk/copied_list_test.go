package desk_test

import (
	"testing"

	h "aside/test/harness"
)

// The address of a list or a receipt that belongs to no ticket is an agent's,
// too: it ends when the agent's client copied it to an outsider.
func TestCopiedAnswerToAList(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	list := w.says(dana, n, "/list").to("dana")
	d := h.Gmail().Reply(dana, list, "1 /take")
	d.Cc = []h.Person{joe}
	w.post(d)
	w.post(h.Write(dana, list.ReplyTo.Address, "Your order", "/new kim@customer.example\n\nDear Kim, please pay to this account.")).none("kim")
}
