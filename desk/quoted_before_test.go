package desk_test

import (
	"fmt"
	"strings"
	"testing"

	h "aside/test/harness"
)

// between is an answer that stands between the lines of a mail, which the
// writer's program quotes.
func between(who h.Person, m *h.Mail, says string, lines ...string) *h.Draft {
	d := h.Neomutt().Reply(who, m, "x")
	var b strings.Builder
	fmt.Fprintf(&b, "On Mon, Mar 02, 2026 at 09:00:00AM +0000, %s wrote:\n", m.From.Name)
	for i, line := range lines {
		fmt.Fprintf(&b, "> %s\n\n%s to number %d.\n\n", line, says, i+1)
	}
	d.Text = b.String()
	return d
}

var costs = []string{"The boxes cost us four euros each.", "We never pay for damage.", "The driver is called Hansen."}

// What a contact wrote before somebody joined is theirs to quote who heard it,
// and leaves to nobody who came later.
func TestQuotedFromBeforeOneJoined(t *testing.T) {
	l := leaking(t)
	n := l.says(vic, l.boxes[vic.Address][0], strings.Join(costs, "\n")).to("dana")
	contains(t, l.post(between(dana, n, "Agreed", costs...)).find("vic", "number 3."), "> "+costs[2])
	l.says(dana, n, "/add kim@customer.example")
	got := l.post(between(dana, n, "Sorry", costs...))
	for _, who := range []string{"vic", "kim"} {
		lacks(t, got.find(who, "number 3."), "four euros", "Hansen")
	}
	// What came since she has not had either, but she takes part in it.
	n = l.says(vic, l.boxes[vic.Address][1], "It is\nas I said\nbefore.").to("dana")
	contains(t, l.post(between(dana, n, "Well", "It is", "as I said", "before.")).find("kim", "number 3."), "> as I said")
}

// Who left and came back hears nothing of what was written meanwhile.
func TestQuotedFromWhileOneWasAway(t *testing.T) {
	l := leaking(t)
	l.says(dana, l.vendor, "/add kim@customer.example")
	first := l.says(vic, l.boxes[vic.Address][0], "It is\nas I said\nbefore.").to("dana")
	l.says(dana, first, "/remove kim@customer.example")
	n := l.says(vic, l.boxes[vic.Address][0], strings.Join(costs, "\n")).to("dana")
	l.says(dana, n, "/add kim@customer.example")
	lacks(t, l.post(between(dana, n, "Sorry", costs...)).find("kim", "number 3."), "four euros", "Hansen")
	contains(t, l.post(between(dana, first, "Well", "It is", "as I said", "before.")).find("kim", "number 3."), "> as I said")
}
