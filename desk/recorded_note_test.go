package desk_test

import (
	"testing"

	h "aside/test/harness"
)

// A note that went to a contact's reply address alone was sent to nobody: it is
// no word to the customer, and is not shared.
func TestNoteToAContactsToken(t *testing.T) {
	w := open(t, bySignature)
	w.signing = true
	n := w.opens(jane, "Kettle", "It leaks.")
	m := w.says(dana, n, "We send a new one.").to("jane")
	w.secret("betweenuswords")
	w.post(h.Write(dana, m.ReplyTo.Address, "Re: Kettle", "/note\n\nShe broke it herself, betweenuswords.")).none("jane")
	w.says(dana, n, "/side max@repairs.example share all\n\nCan you repair that?").find("max", "repair")
}
