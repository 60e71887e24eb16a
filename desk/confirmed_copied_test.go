package desk_test

import (
	"testing"

	h "aside/test/harness"
)

// The agent's client sent the mail to an outsider as well: the agent hears of it
// also where the mail waited for a code, and the address in it ends.
func TestConfirmedCopyToAnOutsider(t *testing.T) {
	w := open(t, bySignature)
	n := w.opens(jane, "Kettle", "It leaks.")
	d := h.Gmail().Reply(dana, n, "We look into it.")
	d.Cc = []h.Person{joe}
	m := w.post(d).to("dana")
	w.signing = true
	got := w.says(dana, m, "/confirm "+code(t, m))
	got.find("jane", "We look into it.")
	got.find("dana", "Your mail program sent your last mail to "+joe.Address)
}
