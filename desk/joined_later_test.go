package desk_test

import (
	"slices"
	"testing"
	"time"

	h "aside/test/harness"
)

// A mail that waited to leave names nobody as a reader who joined since and does
// not get it: an answer to all would bring its words there, and its writer agreed
// to nobody else.
func TestAMailDoesNotNameWhoJoinedSince(t *testing.T) {
	w := open(t, delayed)
	d := h.Write(jane, support, "Kettle", "It leaks.")
	d.Cc = []h.Person{joe}
	n := w.post(d).to("dana")
	w.says(dana, n, "We would rather not have Kim know of this.")
	w.says(dana, n, "/add kim@customer.example\n\nHello all three.")
	before := w.wait(52*time.Second).only("jane: rather not", "joe: rather not")
	after := w.wait(time.Minute).only("jane: all three", "joe: all three", "kim: all three")
	for i, m := range append(before, after...) {
		named := map[string]bool{}
		for _, p := range slices.Concat(m.To, m.Cc) {
			named[p.Address] = true
		}
		if !named[jane.Address] || !named[joe.Address] || named[kim.Address] != (i >= len(before)) {
			t.Errorf("%q names %v", m.Says(), named)
		}
	}
}
