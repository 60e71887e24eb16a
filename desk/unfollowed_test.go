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
