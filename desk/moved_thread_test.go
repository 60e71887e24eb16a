package desk_test

import (
	"slices"
	"testing"

	"aside/desk"
	h "aside/test/harness"
)

// What left before its ticket was merged into one of another desk, with a domain
// of its own, is referred to by the Message-ID under which it left.
func TestThreadAfterMovingToAnotherDesk(t *testing.T) {
	w := open(t, func(s *desk.Settings) {
		s.Directory.Desks[1].ReplyDomain = "reply.example.com"
		s.Directory.AgentByHandle("dana").Teams = []string{"support", "billing"}
	})
	n := w.opens(jane, "Kettle", "It leaks.")
	first := w.says(dana, n, "/side max@repairs.example subject Kettle\n\nCan you repair it?").to("max")
	w.post(h.Write(jane, billing, "Bill", "It is wrong."))
	w.says(dana, n, "/merge 2")
	back := w.says(max, first, "Yes.").to("dana")
	second := w.says(dana, back, "Please do.").to("max")
	if !slices.Contains(second.References, first.MessageID) {
		t.Errorf("%s is not in %q", first.MessageID, second.References)
	}
}
