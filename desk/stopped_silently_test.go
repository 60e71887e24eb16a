package desk_test

import (
	"testing"
	"time"

	"aside/desk"
)

// An answer that is stopped because its reader was taken out meanwhile is not
// dropped in silence: its writer hears of it.
func TestWriterHearsThatTheReaderLeft(t *testing.T) {
	w := open(t, func(s *desk.Settings) { s.SendDelay = time.Minute })
	n := w.opens(jane, "Kettle", "It leaks.")
	w.says(dana, n, "We send a new kettle tomorrow, dear Jane.")
	got := w.says(omar, w.lastTo("omar", "It leaks."), "/requester joe@elsewhere.example")
	later := w.wait(2*time.Minute).none("jane", "joe")
	for _, m := range append(got.mails, later.mails...) {
		if m.DeliveredTo == dana.Address {
			return
		}
	}
	t.Error("nobody told Dana that her answer went to nobody")
}
