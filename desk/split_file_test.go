package desk_test

import (
	"testing"

	h "aside/test/harness"
)

// A vendor's file is the vendor's, also when the mail that brought it became a
// ticket of its own.
func TestFilesThatWereSplitOff(t *testing.T) {
	l := leaking(t)
	offer := h.File{Name: "offer.pdf", Type: "application/pdf", Data: []byte("%PDF the secret offer")}
	d := h.Gmail().Reply(vic, l.boxes[vic.Address][0], "Here is the offer.")
	d.Files = []h.File{offer}
	n := l.post(d).to("dana")
	l.says(dana, n, "/split").find("dana", "Split from")
	r := h.Gmail().Reply(dana, l.customer, "Dear Jane, the file.")
	r.Files = []h.File{offer}
	l.held(r, "offer.pdf")
}
