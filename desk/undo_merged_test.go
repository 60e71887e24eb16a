package desk_test

import (
	"testing"
	"time"

	"aside/desk"
)

// An answer that waits can be stopped after its ticket was merged.
func TestUndoAfterAMerge(t *testing.T) {
	w := open(t, func(s *desk.Settings) { s.SendDelay = time.Minute })
	w.opens(jane, "Invoice", "Hello, otherwords.")
	n := w.opens(jane, "Kettle", "It leaks, kettlewords.")
	w.says(dana, n, "The undonewords go to Jane.")
	w.says(dana, n, "/merge 1").find("dana", "merged into #1")
	w.says(dana, n, "/undo").find("dana", "stopped before it left")
	w.wait(2 * time.Minute).none("jane")
}
