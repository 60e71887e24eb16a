package desk_test

import (
	"strings"
	"testing"
)

// Who takes part already is neither said nor recorded to begin to: such a person
// has the earlier mails.
func TestAddingWhoTakesPart(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	contains(t, w.says(dana, n, "/add kim@customer.example").to("dana"), "from now on")
	again := w.says(dana, n, "/add kim@customer.example, joe@elsewhere.example\n\nHello.").to("dana")
	contains(t, again, "kim@customer.example hears the customer conversation already;", "joe@elsewhere.example hears the customer conversation from now on")
	w.says(dana, n, "/side max@repairs.example, max@repairs.example\n\nCan you repair it?").to("max")
	for _, who := range []string{"kim@customer.example", "joe@elsewhere.example", "max@repairs.example"} {
		added := 0
		for _, e := range w.events(1) {
			if strings.Contains(e, "added") && strings.Contains(e, who) {
				added++
			}
		}
		if added != 1 {
			t.Errorf("%s was added %d times:\n%s", who, added, strings.Join(w.events(1), "\n"))
		}
	}
}
