package desk_test

import (
	"testing"

	h "aside/test/harness"
)

const (
	toApprove = "We would pay at most eleven euros because our margin on the spring batch is ten percent and no more than that."
	byHand    = "approve\n\nKind regards\nOmar Haddad\nHead of Support"
)

// What is approved may go to whom it was asked for, and to nobody else.
func TestApprovedForAVendor(t *testing.T) {
	l := leaking(t)
	asked := l.says(dana, l.repairs, "/ask omar\n\n"+toApprove).find("omar", "eleven")
	l.says(omar, asked, "approve")
	l.says(dana, l.customer, toApprove).none("jane").find("dana", "in a note of the team")
	l.says(dana, l.vendor, toApprove).none("vic").find("dana", "in a note of the team")
	l.says(dana, l.repairs, toApprove).find("max", "eleven")
}

// Who was asked has the last word.
func TestApprovalTakenBack(t *testing.T) {
	l := leaking(t)
	asked := l.says(dana, l.customer, "/ask omar\n\n"+toApprove).find("omar", "eleven")
	l.says(omar, asked, "approve").find("dana", "Omar approved")
	l.says(omar, asked, "decline").find("dana", "Omar declined")
	l.says(dana, l.customer, toApprove).none("jane").find("dana", "in a note of the team")
	l.says(omar, asked, "approve")
	l.says(dana, l.customer, toApprove).find("jane", "eleven")
}

// A signature below the word is none of the answer, and a merge between the
// question and it changes nothing.
func TestApprovedAfterAMerge(t *testing.T) {
	for _, side := range []bool{false, true} {
		l := leaking(t)
		n, who := l.customer, "jane"
		if side {
			n, who = l.repairs, "max"
		}
		asked := l.says(dana, n, "/ask omar\n\n"+toApprove).find("omar", "eleven")
		l.opens(jane, "Toaster", "It burns.")
		l.says(dana, l.customer, "/merge 2")
		l.says(omar, asked, byHand).find("dana", "Omar approved")
		l.says(dana, n, toApprove).find(who, "eleven")
	}
}

// The word in answer to the customer's mail goes to nobody unasked.
func TestApprovedInTheWrongPlace(t *testing.T) {
	for _, word := range []string{"approve", "Decline.", "approve 9", byHand} {
		l := leaking(t)
		l.says(dana, l.customer, "/ask omar\n\n"+toApprove)
		l.says(omar, l.lastTo("omar", "My kettle"), word).none("jane").find("omar", "It would leave as your text")
	}
}

// What is told of a decision is all of the note, also what it forwards.
func TestApprovedWithAForward(t *testing.T) {
	l := leaking(t)
	notes := l.lastTo("dana", "Between us")
	other := h.Write(h.Person{Name: "Price list", Address: "prices@maker.example"}, dana.Address, "Prices", "Handles cost eleven euros.")
	m, err := h.ParseMail(other.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	asked := l.post(h.Gmail().Forward(dana, m, notes.ReplyTo.Address, "/ask omar\n\nMay we pay that?")).find("omar", "May we pay that")
	contains(t, l.says(omar, asked, "approve").find("dana", "Omar approved: May we pay that"), "Handles cost eleven")
}
