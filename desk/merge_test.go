package desk_test

import (
	"testing"
)

// A colleague answered in the ticket that was merged: a collision still.
func TestCollisionAcrossAMerge(t *testing.T) {
	w := open(t)
	w.opens(jane, "Kettle", "It leaks.")
	o, n := w.lastTo("omar", "It leaks."), w.lastTo("dana", "It leaks.")
	w.opens(jane, "The same", "It still leaks.")
	w.says(omar, o, "We send a new one.").find("jane", "We send a new one.")
	w.says(omar, o, "/merge 2").find("omar", "merged into #2")
	w.says(dana, n, "Send it back, "+w.secret("secondwords")).only("dana: NOT SENT")
}
