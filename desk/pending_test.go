//go:build pending

package desk_test

import (
	"testing"

	"aside"
	"aside/desk"
	h "aside/test/harness"
)

// Turn comes back when a reply never left.
func TestUndoGivesTheTurnBack(t *testing.T) {
	w := open(t, func(s *desk.Settings) { s.SendDelay = 30e9 })
	n := w.opens(jane, "Kettle", "It leaks.")
	w.says(dana, n, "We send a new one.")
	w.says(dana, n, "/undo")
	if w.ticket(1).Turn != aside.TurnTeam {
		t.Error("the customer has heard nothing, and it is said to be the customer's turn")
	}
}

// Commands alone, copied to an outsider: the frame is out just the same.
func TestCommandsCopiedToAnOutsider(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	d := h.Gmail().Reply(dana, n, "/take")
	d.Cc = []h.Person{max}
	w.post(d).find("dana", max.Address)
	// Held mail, too.
	n = w.opens(joe, "Toaster", "It burns.")
	d = h.Gmail().Reply(dana, n, "/assing omar\n\nHello.")
	d.Cc = []h.Person{max}
	w.post(d).find("dana", max.Address)
}
