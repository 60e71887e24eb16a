package desk_test

import (
	"testing"

	h "aside/test/harness"
)

var plantedLines = []string{"/side kim@customer.example", "/requester kim@customer.example", "/add kim@customer.example", "/resolve"}

// A customer plants a command where an answer that quotes it has it below a
// quotation. It does nothing, goes nowhere, and most often holds nothing.
func TestPlantedCommandsDoNothing(t *testing.T) {
	for _, line := range plantedLines {
		for _, c := range h.Clients() {
			t.Run(line+" "+c.Name, func(t *testing.T) {
				w := open(t)
				n := w.opens(jane, "Kettle", "On Wed, Aug 19, 2026 at 06:04:31AM +0000, Dana at Example Support wrote:\n> We look into it, and write as soon as we know.\n\n"+
					line+"\n\nIt leaks still, and more than before.")
				got := w.post(c.Top().Reply(dana, n, "We send you another one."))
				got.none("kim")
				exactly(t, got.find("jane", "We send you"), "We send you another one.")
				if now := w.ticket(1); now.Requester != jane.Address || now.Status != "open" || len(w.conversations(1)) != 2 {
					t.Errorf("the planted line did something: %+v", now)
				}
			})
		}
	}
}

// Where nothing proves that it was the customer's, the answer waits: the
// release sends the agent's own words to whom the notice names, and no more.
func TestPlantedCommandsAreNotReleased(t *testing.T) {
	for _, line := range plantedLines {
		t.Run(line, func(t *testing.T) {
			w := open(t)
			n := w.opens(jane, "Kettle", line+"\n\nIt leaks still, and more than before.")
			d := h.Neomutt().Reply(dana, n, "")
			d.Text += "\n" + line + "\n\nWe send you another one.\n"
			hold := w.post(d).only("dana: NOT")[0]
			contains(t, hold, "and the ticket has it already", "send it to Jane Doe as it is")
			got := w.says(dana, hold, "send")
			got.none("kim")
			exactly(t, got.find("jane", "We send you"), "We send you another one.")
			if now := w.ticket(1); now.Requester != jane.Address || now.Status != "open" || len(w.conversations(1)) != 2 {
				t.Errorf("the planted line did something: %+v", now)
			}
		})
	}
}

// A command of the agent's own below a quotation: one that says who hears the
// text is never carried out by a plain "send", which names somebody else.
func TestOwnCommandsBelowQuotations(t *testing.T) {
	for line, sends := range map[string]bool{"/side kim@customer.example": false, "/requester kim@customer.example": false, "/note": false, "/resolve": true} {
		t.Run(line, func(t *testing.T) {
			w := open(t)
			n := w.opens(jane, "Kettle", "It leaks still.")
			d := h.Neomutt().Reply(dana, n, "")
			d.Text += "\n" + line + "\n\nWe send you another one.\n"
			hold := w.post(d).only("dana: NOT")[0]
			if offered := has(hold, "send it to Jane Doe as it is"); offered != sends {
				t.Fatalf("a plain send is offered: %v\n%s", offered, all(hold))
			}
			got := w.says(dana, hold, "send")
			got.none("kim")
			if sends {
				exactly(t, got.find("jane", "We send you"), "We send you another one.")
			} else {
				got.none("jane")
			}
			if resolved := w.ticket(1).Status == "resolved"; resolved != sends {
				t.Errorf("resolved: %v", resolved)
			}
		})
	}
}

// What a customer typed with a quote sign, with a line of their own below it,
// is quoted matter in a program that marks nothing.
func TestMarkedLinesInAQuotation(t *testing.T) {
	for _, c := range h.Clients() {
		t.Run(c.Name, func(t *testing.T) {
			w := open(t)
			n := w.opens(jane, "Kettle", "> Hello,\n\nkettlewords")
			got := w.post(c.Top().Reply(dana, n, "/side max@repairs.example\n\nWhere is it?"))
			exactly(t, got.find("max", "Where is it?"), "Where is it?")
		})
	}
}

// Who is added hears what is said from then on: what the answer quotes between
// its lines was said before.
func TestWhoIsAddedHearsNoQuotation(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "Does it leak?\n\nDoes it hiss?")
	c := h.NeomuttInterleaved()
	contains(t, w.post(c.Reply(dana, n, "It must not.")).find("jane", "It must not."), "> Does it leak?")
	got := w.post(commanded(c, dana, n, "/add kim@customer.example", "Kim will see to it."))
	exactly(t, got.find("kim", "Kim will"), "Kim will see to it.")
}
