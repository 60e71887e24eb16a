package desk_test

import (
	"testing"
	"time"
)

// A recall offers its reader only what its reader may do: the assignee is neither
// the writer nor a manager.
func TestRecallOffersWhatItsReaderMayDo(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	w.says(dana, w.lastTo("dana", "It leaks"), "/assign dana")
	w.says(omar, w.lastTo("omar", "It leaks"), "/follow")
	w.says(dana, n, "/assign omar")
	w.says(dana, n, "Hello @zorro.")
	w.wait(40 * time.Minute)
	m := w.wait(5*time.Hour).find("omar", "STILL NOT SENT")
	lacks(t, m, "send it to Jane Doe", "sends what waits")
	contains(t, m, "Dana or a manager decides what becomes of it.")
}

// Who is reminded of a held mail, or decides about a colleague's, learns why it
// waits: what one lets go was shown to one.
func TestRecallSaysWhyItWaits(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	w.says(dana, n, "/take\n/invite omar")
	said := "the driver has thrown all of the parcels over the fence of the neighbour again"
	side := w.says(dana, n, "/side max@repairs.example\n\nWhere is it?").to("max")
	w.says(max, side, said)
	w.says(omar, w.lastTo("omar", "It leaks"), "Dear Jane, "+said+".").find("omar", "These words stand in the side conversation")
	w.wait(40*time.Minute).find("omar", "These words stand in the side conversation with Max Repair")
	m := w.wait(5*time.Hour).find("dana", "STILL NOT SENT: Omar's reply")
	contains(t, m, "These words stand in the side conversation with Max Repair", "send it to Jane Doe")
}
