package desk_test

import (
	"strings"
	"testing"

	h "aside/test/harness"
)

// What the former customer was told of a note the new one has not had.
func TestPassagesThatTheFormerCustomerHad(t *testing.T) {
	l := leaking(t)
	passage := noteSaid[strings.Index(noteSaid, "the whole"):]
	m := l.held(h.Gmail().Reply(dana, l.customer, "Dear Jane,\n\n"+passage), "These words stand in a note of the team.")
	l.says(dana, m, "send notes H1").find("jane", "the whole")
	l.says(dana, l.customer, "/requester joe@elsewhere.example")
	asked := l.says(omar, l.lastTo("omar", "My kettle"), "/reply\n\nDear Joe, hello.").to("omar")
	l.says(omar, asked, "send").find("joe", "hello")
	n := l.says(joe, l.boxes[joe.Address][0], "Hello, what is it?").to("omar")
	l.says(omar, n, "It is this, Joe: "+passage).none("joe").find("omar", "in a note of the team")
}

// What one vendor was told before another came to hear the conversation the
// other has not had.
func TestPassagesFromBeforeAVendorJoined(t *testing.T) {
	l := leaking(t)
	l.says(dana, l.vendor, "/add max@repairs.example")
	l.held(h.Gmail().Reply(dana, l.repairs, "Look: "+askedVic), "the side conversation")
}
