package desk_test

import "testing"

// Who becomes the customer hears no text that goes to a vendor, and who is the
// customer no more hears none: the receipt of a held one names neither.
func TestReceiptOfARequester(t *testing.T) {
	l := leaking(t)
	m := l.says(dana, l.vendor, "/requester joe@elsewhere.example\n\nWhat do you say of @omar?").only("dana: NOT SENT")[0]
	lacks(t, m, "reply to Courier GmbH, joe@elsewhere.example")
	l = leaking(t)
	m = l.says(dana, l.customer, "/requester joe@elsewhere.example\n/side max@repairs.example\n\nWhat do you say of @omar?").only("dana: NOT SENT")[0]
	lacks(t, m, "send it to max@repairs.example, joe@elsewhere.example")

	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	asked := w.says(dana, n, withJane+"\n\nWhen can you come?").find("max", "come")
	back := w.says(max, asked, "At noon.").to("dana")
	m = w.says(dana, back, "/requester joe@elsewhere.example\n\nAsk @omar then.").only("dana: NOT SENT")[0]
	lacks(t, m, "Jane Doe as it is", "Jane Doe, joe")
	w.says(dana, m, "send").none("jane").none("joe")
}

// Who let somebody hear the customer conversation did not let them hear a
// vendor's as the customer.
func TestLetInAndTheCustomerSince(t *testing.T) {
	for _, vendor := range []bool{false, true} {
		l := leaking(t)
		l.says(dana, l.customer, "/add joe@elsewhere.example")
		l.says(omar, l.lastTo("omar", "leaked on the new"), "/requester joe@elsewhere.example")
		at, line := l.customer, "/side max@repairs.example cc-customer"
		if vendor {
			at, line = l.vendor, "/cc-customer on"
		}
		l.says(dana, at, line+"\n\nHello both.").none("joe", "max", "vic", "jane")
	}
}
