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
