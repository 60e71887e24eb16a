package desk_test

import (
	"slices"
	"testing"

	h "aside/test/harness"
)

// Who is no agent any more gets no notice that still waits, for the relay or
// for another attempt.
func TestWaitingNoticesOfAnAgentWhoLeft(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	w.send(h.Gmail().Reply(dana, n, "/note\n\nOmar leaves today; do not tell him of the thief."))
	w.gone("omar")
	w.deliver().none("omar")
}

// What waits for an agent goes to the address that the agent has by now.
func TestWaitingNoticesFollowTheAddress(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	w.send(h.Gmail().Reply(dana, n, "/note\n\nDo not tell her of the thief."))
	w.moves("omar", "omar@home.example")
	var to []string
	for _, m := range w.deliver().mails {
		to = append(to, m.DeliveredTo)
	}
	if !slices.Contains(to, "omar@home.example") || slices.Contains(to, omar.Address) {
		t.Errorf("the note went to %v", to)
	}
}
