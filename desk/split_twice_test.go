package desk_test

import "testing"

// Of two agents who split off the same mail the second one is told that it was
// done: the ticket that was begun with it keeps it.
func TestSplitByTwo(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	first := w.says(dana, n, "We look at it.").to("jane")
	got := w.says(kim, first, "I have another matter, my toaster, kimwords.")
	danas, omars := got.find("dana", "kimwords"), got.find("omar", "kimwords")
	w.says(dana, danas, "/split").find("dana", "#2 was started with this mail")
	// It is another team's by now, and Omar does not see it.
	w.says(dana, w.lastTo("dana", "kimwords"), "/assign billing")
	w.says(omar, omars, "/split").find("omar", "NOT DONE")
	if len(w.conversations(3)) > 0 {
		t.Error("#2 has lost its mail to #3")
	}
}
