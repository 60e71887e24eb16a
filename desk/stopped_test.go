package desk_test

import (
	"strings"
	"testing"
	"time"

	"aside/desk"
	h "aside/test/harness"
)

// What /undo stopped was heard by nobody: quoted between answers it would be
// heard after all.
func TestStoppedWordsAreNotQuotedOn(t *testing.T) {
	w := open(t, func(s *desk.Settings) { s.SendDelay = time.Minute })
	n := w.opens(jane, "Kettle", "It leaks.")
	w.secret("undonewords")
	copied := w.says(dana, n, "The undonewords are here, Jane, and must not be read by you.\n\nWe send a new one.").to("omar")
	w.says(dana, n, "/undo")
	w.wait(2 * time.Minute).none("jane")
	w.post(h.NeomuttInterleaved().Reply(omar, copied, "This is all fine, dear Jane."))
	w.wait(2 * time.Minute)
}

// A passage of a note that was released and then stopped by /undo is still a
// note's: nobody outside has heard it.
func TestStoppedPassagesAreStillInside(t *testing.T) {
	l := leaking(t)
	l.set.SendDelay = time.Minute
	if err := l.svc.Configure(l.ctx, l.set); err != nil {
		t.Fatal(err)
	}
	passage := noteSaid[strings.Index(noteSaid, "the whole"):]
	m := l.held(h.Gmail().Reply(dana, l.customer, "Dear Jane,\n\n"+passage), "These words stand in a note of the team.")
	l.says(dana, m, "send notes H1").none("jane")
	l.says(dana, l.customer, "/undo")
	l.wait(2 * time.Minute).none("jane")
	n := l.says(jane, l.boxes[jane.Address][0], "Hello, is anybody there?").to("dana")
	l.held(h.Gmail().Reply(dana, n, "Hello, here is what I know: "+passage), "These words stand in a note of the team.")
	l.wait(2 * time.Minute).none("jane")
}
