package desk_test

import (
	"testing"

	h "aside/test/harness"
)

// Who follows a ticket no longer, and has no other part in it, does not see it
// in lists either; and a merge takes no part that somebody has in the other one.
func TestUnfollowedInLists(t *testing.T) {
	w := open(t, bySignature)
	w.signing = true
	w.says(dana, w.opens(jane, "Kettlesecret", "It leaks."), "/note\n\n@eve look at it")
	w.says(eve, w.lastTo("eve", "look"), "/unfollow")
	w.writes(jane, "Other", "Otherwords.")
	w.signing = true
	lacks(t, w.post(h.Write(eve, support, "My tickets", "/list")).only("eve: ")[0], "Kettlesecret")
}

func TestUnfollowedAcrossAMerge(t *testing.T) {
	w := open(t)
	w.opens(jane, "One", "Onewords.")
	w.says(dana, w.lastTo("dana", "Onewords"), "/note\n\n@eve please look")
	n := w.opens(jane, "Two", "Twowords.")
	w.says(dana, n, "/note\n\n@eve please look here, too")
	w.says(eve, w.lastTo("eve", "here, too"), "/unfollow")
	w.says(dana, n, "/merge 1")
	w.says(dana, w.lastTo("dana", "Onewords"), "/note\n\nDoes Eve hear this?").find("eve", "Does Eve hear this?")
}

// Who leaves hears no more of the ticket, also while it is nobody's and so its
// whole team's; but nobody's mail may reach no one.
func TestLeave(t *testing.T) {
	for _, before := range []string{"/follow", "/take", "/take\n/lead me"} {
		w := open(t)
		n := w.opens(jane, "Kettle", "It leaks.")
		w.says(dana, n, before)
		w.says(dana, n, "/leave").only("dana: you left this ticket.")
		w.says(jane, w.boxes[jane.Address][0], "And it hisses.").only("omar: And it hisses.")
		w.says(omar, w.lastTo("omar", "It leaks."), "/leave").only("omar: you left this ticket; its mail comes to you all the same while nobody else of the team gets it.")
		w.says(jane, w.boxes[jane.Address][0], "And it smokes.").find("omar", "And it smokes.")
		// Whose it is hears of it.
		w.says(dana, n, "/take")
		w.says(jane, w.boxes[jane.Address][0], "And it burns.").only("dana: And it burns.")
	}
}
