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

// An agent who was moved to another team gets nothing of the tickets of the first
// one that still waits.
func TestWaitingNoticesOfAnAgentWhoChangedTeams(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	w.send(h.Gmail().Reply(dana, n, "/note\n\nOmar goes to billing; do not tell him of the thief."))
	w.joins("omar", "billing")
	w.deliver().none("omar")
	w.joins("omar", "support")
	w.deliver().none("omar")
}

// Unless the agent is in the room, or the ticket is the other team's by now; and
// what became of the agent's own mail is told.
func TestWaitingNoticesThatAreStillTheirs(t *testing.T) {
	for _, before := range []string{"/invite omar", "/tag fire"} {
		w := open(t)
		n := w.opens(jane, "Kettle", "It leaks.")
		w.says(dana, n, before)
		w.send(h.Gmail().Reply(omar, w.lastTo("omar", "It leaks."), "/tag water"))
		w.send(h.Gmail().Reply(dana, n, "/note\n\nThe thief again."))
		if before == "/tag fire" {
			w.send(h.Gmail().Reply(dana, n, "/assign billing"))
		}
		w.joins("omar", "billing")
		got := w.deliver()
		got.find("omar", "The thief again.")
		got.find("omar", "water")
	}
}

// What the one had alone who left the team somebody else hears of.
func TestOnlyNoticeOfAnAgentWhoChangedTeams(t *testing.T) {
	w := open(t)
	w.opens(jane, "Kettle", "It leaks.")
	w.says(dana, w.lastTo("dana", "It leaks."), "/unfollow")
	w.send(h.Gmail().Reply(jane, w.lastTo("jane", "arrived"), "It burns now."))
	w.joins("omar", "billing")
	first, then := w.deliver(), w.deliver()
	first.none("omar")
	contains(t, append(first.mails, then.mails...)[0], "only omar was told, who is not in the team support any more")
}

// An agent of another team by now, and not of the room, reads nothing of what
// comes by an old reply address of theirs.
func TestOldAddressOfAnAgentOfAnotherTeam(t *testing.T) {
	w := open(t)
	w.opens(jane, "Kettle", "It leaks.")
	old := w.lastTo("omar", "It leaks.")
	w.joins("omar", "billing")
	w.post(h.Gmail().Reply(joe, old, "I know who broke it.")).none("omar").find("dana", "I know who broke it.")
}
