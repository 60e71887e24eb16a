package desk_test

import (
	"testing"

	"aside"
	h "aside/test/harness"
)

// holding is a town in which a reply of Dana's to Jane is held, and the notice that
// it answers.
func holding(t *testing.T) (*town, *h.Mail) {
	t.Helper()
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	w.says(dana, n, "Dear Jane, @omar looks into it.").find("dana", "NOT SENT")
	return w, n
}

// A note, or a question to a vendor or a colleague, in answer to the same notice is
// no new reply to the customer: the held one waits on, and is sent by its word.
func TestAnotherMatterReplacesNoHeldReply(t *testing.T) {
	for _, next := range []string{"/note\n\nI wait for the depot.", "/side max@repairs.example\n\nCan you repair it?", "/ask omar\n\nMay I?",
		"/side max@repairs.example cc-customer\n\nCan you repair it?", "@omar please look."} {
		w, n := holding(t)
		w.says(dana, n, next)
		w.says(dana, n, "send").find("jane", "looks into it")
	}
}

// Nor is what is held as well, and then one word does not tell which is meant.
func TestAnotherHeldMailReplacesNoHeldReply(t *testing.T) {
	w, n := holding(t)
	side := w.says(dana, n, "/side max@repairs.example\n\nAsk @dana about it.").find("dana", "It waits as H2")
	again := w.says(dana, n, "/side max@repairs.example\n\nAsk @omar about it.").find("dana", "It waits as H3")
	contains(t, w.says(dana, side, "send").only("dana: ")[0], "replaced already")
	w.says(dana, n, "/side courier@vendor.example\n\nAsk @omar about it.").find("dana", "It waits as H4")
	contains(t, w.says(dana, n, "send").only("dana: not clear which held mail")[0], "send H4")
	w.says(dana, again, "send").find("max", "Ask @omar")
	w.says(dana, n, "send H1").find("jane", "looks into it")
	w.says(dana, n, "send").find("vic", "Ask @omar")
}

// What was held because nothing told where it was to go gives way to wherever it
// is sent then, and its writer hears that.
func TestAMisplacedHeldMailGivesWay(t *testing.T) {
	for _, line := range []string{"/sdie max@repairs.example", "/side max@repairs.example\n/note"} {
		w := open(t)
		n := w.opens(jane, "Kettle", "It leaks.")
		w.says(dana, n, line+"\n\nCan you repair it?").find("dana", "It waits as H1")
		w.says(dana, n, line+"\n\nCan you repair that?").find("dana", "It waits as H2")
		w.says(dana, n, "/side max@repairs.example\n\nCan you repair it?").find("dana", "H2 gave way to this mail")
		if w.hold(1).State != aside.HoldReplaced || w.hold(2).State != aside.HoldReplaced {
			t.Errorf("%q: states %v, %v", line, w.hold(1).State, w.hold(2).State)
		}
	}
}

// A side conversation with nobody who could be found gives way to the right one.
func TestAHeldSideWithNobodyGivesWay(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	w.says(dana, n, "/side maax\n\nCan you repair it?").find("dana", "It waits as H1")
	w.says(dana, n, "Dear Jane, one moment.").find("jane", "one moment")
	if w.hold(1).State != aside.HoldWaiting {
		t.Errorf("state %v", w.hold(1).State)
	}
	w.says(dana, n, "/side max@repairs.example\n\nCan you repair it?").find("max", "repair it")
	if w.hold(1).State != aside.HoldReplaced {
		t.Errorf("state %v", w.hold(1).State)
	}
}
