//go:build pending

package desk_test

import (
	"testing"

	"aside"
)

// A note answer keeps text inside, whatever the destination was.
func TestHeldSideAsANote(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	m := w.says(dana, n, "/side courier@vendor.example\n/resolve\n\nAsk @omar about "+w.secret("sidewords")).only("dana: NOT SENT")[0]
	w.says(dana, m, "note").only("omar: sidewords")
	if len(w.conversations(1)) != 2 || w.ticket(1).Status != aside.StatusOpen {
		t.Error("a command was done")
	}
}
