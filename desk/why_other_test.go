package desk_test

import (
	"testing"

	h "aside/test/harness"
)

// /why with the id of a mail tells of it only whoever may see its ticket.
func TestWhyOfAnotherTeamsMail(t *testing.T) {
	w := open(t)
	id := w.send(h.Write(joe, support, "Secretsubject", "Hello."))
	w.deliver()
	n := w.post(h.Write(jane, billing, "Bill", "Wrong.")).to("eve")
	for _, m := range w.says(eve, n, "/why "+id).mails {
		lacks(t, m, "Secretsubject", joe.Address)
	}
}
