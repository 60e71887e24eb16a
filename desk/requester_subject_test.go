package desk_test

import (
	"testing"

	h "aside/test/harness"
)

// What an agent wrote to the desk becomes notes once a customer is named, and so
// does its subject.
func TestSubjectOfAnAgentsMailStaysInside(t *testing.T) {
	w := open(t)
	w.signing = true
	w.secret("cheatwords")
	n := w.post(h.Write(dana, support, "Refund, fraud suspected, cheatwords", "He asks for his money back, but I think he cheats.")).find("omar", "cheats")
	w.says(omar, n, "/requester joe@elsewhere.example")
	asked := w.says(omar, n, "/reply\n\nDear Joe, we look into it.").to("omar")
	w.says(omar, asked, "send").find("joe", "Dear Joe")
}
