package desk_test

import (
	"testing"

	h "aside/test/harness"
)

// ofALeaver is a ticket that Omar took, with Eve of another team in its room, and
// that he left the config with: Dana's first notice of it, and what Jane was told.
func ofALeaver(t *testing.T) (w *town, n, told *h.Mail) {
	w = open(t)
	n = w.opens(jane, "Kettle", "It leaks.")
	told = w.says(dana, n, "Dear Jane, we look.").find("jane", "we look")
	w.says(omar, w.lastTo("omar", "It leaks."), "/take\n/invite eve")
	w.gone("omar")
	return w, n, told
}

// A ticket of somebody who is no agent any more is nobody's: the team's answers
// leave, and are not held because it is somebody else's.
func TestAnswersToATicketOfALeaver(t *testing.T) {
	w, n, _ := ofALeaver(t)
	w.says(dana, n, "A new one is on its way, Jane.").find("jane", "on its way")
}

// Its mail goes to the team, and not to a guest alone.
func TestMailOfATicketOfALeaver(t *testing.T) {
	w, _, told := ofALeaver(t)
	got := w.says(jane, told, "Is anybody there?")
	got.find("eve", "Is anybody there?")
	contains(t, got.find("dana", "Is anybody there?"), "nobody's yet")
}

// And whoever looks for what is nobody's finds it.
func TestListOfATicketOfALeaver(t *testing.T) {
	w, n, _ := ofALeaver(t)
	contains(t, w.says(dana, n, "/list unassigned").to("dana"), "#1", "nobody's yet")
	lacks(t, w.says(dana, n, "/show").to("dana"), "omar's")
	w.says(dana, n, "/take")
	contains(t, w.says(dana, n, "/list unassigned").to("dana"), "no tickets")
}
