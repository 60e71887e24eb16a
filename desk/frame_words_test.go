package desk_test

import (
	"testing"

	h "aside/test/harness"
)

// The frames of notices name a customer's other tickets. Who writes the same words
// in a mail that brings no notice is heard, whatever a gateway made of the quotation
// above them.
func TestCustomersWordsThatStandInFrames(t *testing.T) {
	w := open(t)
	w.opens(jane, "It would be a great help to have the blue one", "Where is it?")
	w.wait(7200e9)
	w.opens(jane, "Refund for the toaster", "Please pay me back.")
	m := w.boxes[jane.Address][1]
	contains(t, w.says(jane, m, "Hello?").to("dana"), "Also open: #1 It would be a great help")
	d := h.Neomutt().Reply(jane, m, "x")
	d.Flowed = false
	d.Text = "On Wed, Mar 04, 2026 at 09:39:53PM +0000, Example\nSupport wrote:\n> Hello,\n>\n> thank you for writing to Example Support.\nYour message has\n> arrived, and one of us\n" +
		"will read it and answer you.\n>\n> If there is something to add, just reply to\nthis mail.\n>\n> -- \n> Example Support, Mon-Fri 9-17\n\nIt would be a great help to have 12345!\n"
	contains(t, w.post(d).to("dana"), "to have 12345!")
}
