package desk_test

import (
	"testing"
	"time"

	"aside/desk"
)

// delayed has what an agent writes wait for a minute, in which it can be stopped.
func delayed(s *desk.Settings) { s.SendDelay = time.Minute }

// An answer that waits can be stopped after its ticket was merged.
func TestUndoAfterAMerge(t *testing.T) {
	w := open(t, delayed)
	w.opens(jane, "Invoice", "Hello, otherwords.")
	n := w.opens(jane, "Kettle", "It leaks, kettlewords.")
	w.says(dana, n, "The undonewords go to Jane.")
	w.says(dana, n, "/merge 1").find("dana", "merged into #1")
	w.says(dana, n, "/undo").find("dana", "stopped before it left (1 copy): \u201cThe undonewords go to Jane.\u201d")
	w.wait(2 * time.Minute).none("jane")
}

// What else the mail did stands, and the receipt says so.
func TestUndoOfAReplyThatResolved(t *testing.T) {
	w := open(t, delayed)
	n := w.opens(jane, "Kettle", "It leaks.")
	w.says(dana, n, "Closing this.\n\n/resolve")
	contains(t, w.says(dana, n, "/undo").find("dana", "stopped before it left"), "the ticket stays resolved (/open opens it)")
	w.says(dana, n, "/open\n\nIt comes.")
	lacks(t, w.says(dana, n, "/undo").find("dana", "stopped before it left"), "the ticket stays")
}

// undone is a town in which /undo, from a telephone that proves nothing, waits for
// its code while Dana writes the right answer.
func undone(t *testing.T) (w *town, confirm func() *news) {
	t.Helper()
	w = open(t, bySignature, delayed)
	w.signing = true
	n := w.opens(jane, "Kettle", "It leaks.")
	w.says(dana, n, "Dear Jane, this is the wrong answer.")
	w.signing = false
	m := w.says(dana, n, "/undo").to("dana")
	w.signing = true
	w.says(dana, n, "Dear Jane, this is the right answer.")
	return w, func() *news { return w.says(dana, m, "/confirm "+code(t, m)) }
}

// It stops what it was written for, and not what took its place since.
func TestUndoThatWaitedForItsCode(t *testing.T) {
	w, confirm := undone(t)
	confirm().find("dana", "stopped before it left (1 copy): \u201cDear Jane, this is the wrong answer.\u201d")
	contains(t, w.wait(2*time.Minute).to("jane"), "the right answer")
}

// Where that has left, it stops nothing.
func TestUndoWhoseCodeCameLate(t *testing.T) {
	w, confirm := undone(t)
	w.wait(45*time.Second).find("jane", "the wrong answer")
	contains(t, confirm().find("dana", "NOT DONE"), "Nothing of yours is waiting to leave")
	w.wait(time.Minute).find("jane", "the right answer")
}

// Of a question that was stopped the notice does not say that it is still open.
func TestUndoneQuestionIsNotInside(t *testing.T) {
	w := open(t, func(s *desk.Settings) { s.SendDelay = 30e9 })
	n := w.opens(jane, "Kettle", "It leaks.")
	w.says(dana, n, "/side max@repairs.example\n\nWhere is it?")
	lacks(t, w.says(dana, n, "/undo").find("omar", "Dana took back a reply"), "Inside: 1 side")
}
