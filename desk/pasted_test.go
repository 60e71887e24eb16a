package desk_test

import (
	"testing"

	h "aside/test/harness"
)

// A vendor's sentence that is typed again among marked quotations neither
// leaves nor vanishes: the mail waits.
func TestAVendorsSentenceTypedAgainAmongQuotations(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	asked, _ := w.asks(n, "/side courier@vendor.example", "Where is it?")
	said := "The parcel lies in the depot in Leeds since Friday and nobody there has looked for it so far."
	back := w.says(vic, asked, said+"\n\nThe neighbour signed for it with a name that none of us could read at all.").to("dana")
	d := h.Neomutt().Reply(dana, back, "")
	d.Text, d.HTML = "/reply\n\nOn Monday, Courier GmbH wrote:\n> "+said+"\n\n"+said+"\n\n> The neighbour signed for it with a name that none of us could read at all.\n\nWe are sorry for that.\n", ""
	contains(t, w.post(d).none("jane").find("dana", "NOT SENT"), "The parcel lies in the")
}
