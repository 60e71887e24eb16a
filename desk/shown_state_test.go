package desk_test

import (
	"testing"
	"time"
)

// Lists and /show tell what decides what to do next: how urgent it is, whose it
// is, and whether the customer has an answer.
func TestWhatAListTells(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	w.says(dana, n, "/priority urgent").only("dana: priority urgent")
	list := w.says(dana, n, "/list").to("dana")
	contains(t, list, "Jane Doe: open, nobody's yet, priority urgent")
	contains(t, w.says(dana, n, "/show").to("dana"), "Open, nobody's yet, priority urgent. From Jane Doe.")
	w.says(dana, n, "/take\n\nWe send a new one.")
	contains(t, w.says(dana, n, "/list").to("dana"), "open, Dana's, answered, priority urgent")
	contains(t, w.says(dana, n, "/show").to("dana"), "Open, Dana's, answered, priority urgent.")
	w.says(jane, w.lastTo("jane", "a new one"), "Where is it?")
	lacks(t, w.says(dana, n, "/list").to("dana"), "answered")
	w.opens(jane, "Toaster", "It burns.")
	w.says(dana, n, "/merge 2")
	contains(t, w.says(dana, list, "/list leaks").to("dana"), "merged into #2, Dana's")
	contains(t, w.says(dana, list, "1-3 /resolve").only("dana: NOT DONE")[0], "Write lines such as \u201c1042 1043 /assign omar\u201d.")
}

// A mail that answers none is not to be answered anew.
func TestHeldMailThatAnswersNone(t *testing.T) {
	w := open(t)
	w.signing = true
	m := w.writes(dana, "x", "/lst").only("dana: There is no command /lst.")[0]
	lacks(t, m, "answer the first mail anew")
	lacks(t, w.wait(time.Hour).only("dana: STILL NOT DONE")[0], "answer the first mail anew")
	n := w.opens(jane, "Kettle", "It leaks.")
	contains(t, w.says(dana, n, "/lst").only("dana: There is no command /lst.")[0], "Or answer the first mail anew")
}

// What comes beside a split says of which of the two tickets it is.
func TestSplitNamesTheTicketOfTheRest(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	w.says(dana, n, "/split\n/tag x").find("dana", "Done: #1 tags: x; #2 was started with this mail.")
	contains(t, w.says(dana, w.lastTo("dana", "It leaks"), "/ask dana\n\nMay we?").to("dana"), "Somebody else has to decide about your words.")
}

// The lines of an answer to a list cannot want two things of one ticket either.
func TestLinesThatContradictEachOther(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	list := w.says(dana, n, "/list").to("dana")
	contains(t, w.says(dana, list, "1 /resolve\n1 /open").only("dana: NOT DONE")[0], "The ticket cannot have two states")
	w.says(dana, list, "1 /resolve\n1 /tag x\n1 /tag y").only("dana: #1 resolved")
}

// Names of people who take part stand in no address book: what is not understood
// is answered with their addresses.
func TestRemoveByNameTellsTheAddresses(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	asked := w.says(dana, n, "/side max@repairs.example, dhl\n\nWhere is it?").to("max")
	back := w.says(max, asked, "Here.").to("dana")
	for _, line := range []string{"/remove max", "/remove vic@vendor.example"} {
		contains(t, w.says(dana, back, line).only("dana: NOT DONE")[0], "Who does: max@repairs.example, business@dhl.example.")
	}
}
