package desk_test

import (
	"testing"

	h "aside/test/harness"
)

const offerSaid = "We sold the whole container of kettles to somebody in Rotterdam for eleven euros a piece."

var offer = h.File{Name: "offer.pdf", Type: "application/pdf", Data: []byte("%PDF the secret offer")}

// splitOff is a ticket of which a vendor's mail, with a file, became a ticket of
// its own: Dana's notice there.
func splitOff(t *testing.T) (l *leakage, fresh *h.Mail) {
	l = leaking(t)
	d := h.Gmail().Reply(vic, l.boxes[vic.Address][0], offerSaid)
	d.Files = []h.File{offer}
	return l, l.says(dana, l.post(d).to("dana"), "/split").find("dana", "Split from")
}

// isTheirs wants what the vendor sent held where it would go to the old ticket's
// customer.
func (l *leakage) isTheirs() {
	l.t.Helper()
	r := h.Gmail().Reply(dana, l.customer, "Dear Jane, the file.")
	r.Files = []h.File{offer}
	l.held(r, "offer.pdf")
	l.held(h.Gmail().Reply(dana, l.customer, "Dear Jane, they say: "+offerSaid), "These words stand in the side conversation")
}

// What a vendor sent is the vendor's, also when the mail that brought it became a
// ticket of its own.
func TestSplitOff(t *testing.T) {
	l, _ := splitOff(t)
	l.isTheirs()
}

// And when that ticket is somebody else's by now, and the mail among its notes.
func TestSplitOffAndGivenToACustomer(t *testing.T) {
	l, fresh := splitOff(t)
	l.says(dana, fresh, "/requester joe@elsewhere.example").find("dana", "is among the notes")
	l.isTheirs()
}

// Nor is it split off again: only one ticket that it left would know of it.
func TestSplitOffAgain(t *testing.T) {
	l, fresh := splitOff(t)
	l.says(dana, fresh, "/requester joe@elsewhere.example")
	l.says(dana, fresh, "/split").find("dana", "was split off once")
}
