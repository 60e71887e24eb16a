//go:build pending

package desk_test

import (
	"strings"
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

// The subject of a list is not the customer's to read.
func TestNewTakesNoSubjectOfANotice(t *testing.T) {
	w := open(t)
	n := w.opens(joe, "Toaster", "It burns.")
	for _, question := range []string{"/search secretquery", "/list"} {
		list := w.says(dana, n, question).to("dana")
		m := w.says(dana, list, "/new jane@customer.example\n\nIt is here.").find("jane", "It is here.")
		if strings.Contains(m.Subject, "Found") || strings.Contains(m.Subject, "secretquery") || strings.Contains(m.Subject, "tickets") {
			t.Errorf("subject %q", m.Subject)
		}
	}
}

func TestNoNoteWithoutATicket(t *testing.T) {
	w := open(t)
	n := w.opens(joe, "Toaster", "It burns.")
	list := w.says(dana, n, "/list").to("dana")
	m := w.says(dana, list, "/new jane@customer.example\n/frobnicate\n\nIt is here.").to("dana")
	if has(m, "note: keep it") {
		t.Errorf("a note in which ticket?\n%s", all(m))
	}
	w.says(dana, m, "note")
	if w.hold(1).State != aside.HoldWaiting {
		t.Errorf("the text is gone: %v", w.hold(1).State)
	}
}

// What the customer wrote is shared, and not what somebody else wrote into the
// same conversation.
func TestShareLastIsTheCustomers(t *testing.T) {
	for _, share := range []string{"last", "all"} {
		w := open(t)
		n := w.opens(jane, "Kettle", "It leaks, janewords.")
		m := w.says(dana, n, "Does it?").find("jane", "Does it?")
		// Jane's mail is answered by somebody to whom she sent it on.
		n = w.says(joe, m, "I am her lawyer, "+w.secret("strangerwords")).to("dana")
		contains(t, n, "does not take part")
		got := w.says(dana, n, "/side max@repairs.example share "+share+"\n\nCan you repair it?").to("max")
		contains(t, got, "janewords")
	}
}
