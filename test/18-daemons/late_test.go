package daemons

import (
	"strings"
	"testing"
	"time"

	. "aside/test/harness"
	"aside/test/postgres"
)

// TestLateWord: a daemon hands a mail in, and before it hears the answer its
// network is dead for so long that its claim ends and another daemon sends the
// mail as well. What the first one says of it, when its network is back, no
// longer counts: the claim is the other's.
func TestLateWord(t *testing.T) {
	s := newSite(t, 1)
	const words = "It leaks at the handle."
	stalled := s.world.stall(Dana.Address, words)
	s.daemons[0].Post(Write(Jane, Support, "Kettle", words))
	first := s.comes(stalled)
	s.nets[first].Turn(postgres.Dead)
	s.exec(`UPDATE notice SET lease_until = 1 WHERE address = $1 AND state = 'queued'`, Dana.Address) // as two minutes do
	second := s.comes(stalled)
	if first == second {
		t.Fatalf("%s has it twice, without a network", names[first])
	}
	s.nets[first].Turn(postgres.Fair)
	close(stalled.pass[first])
	s.until(names[first]+" hears that its claim is lost", func() bool {
		return strings.Contains(s.daemons[first].Log(), "msg=lost ") || s.number(`SELECT count(*) FROM notice WHERE address = $1 AND state <> 'queued'`, Dana.Address) > 0
	})
	if n := s.number(`SELECT count(*) FROM notice WHERE address = $1 AND state = 'queued' AND lease_until > 0 AND attempts = 2`, Dana.Address); n != 1 {
		t.Errorf("the claim of %s was ended by %s", names[second], names[first])
	}
	close(stalled.pass[second])
	s.until("all has left", func() bool {
		return s.number(`SELECT (SELECT count(*) FROM delivery WHERE state = 'queued') + (SELECT count(*) FROM notice WHERE state = 'queued')`) == 0
	})
	s.checkHeard()
	held, _ := s.claims()
	for mail, c := range held {
		if !c.ended {
			t.Errorf("%s is still claimed", mail)
		}
	}
	if n := len(s.world.repeats()); n != 1 {
		t.Errorf("%d mails came more than once, and one must have", n)
	}
}

// comes is who hands the stalled mail in next.
func (s *site) comes(st *stall) int {
	s.t.Helper()
	select {
	case by := <-st.came:
		return by
	case <-time.After(Patience):
		s.t.Fatal("nobody hands the mail in")
		return 0
	}
}

// until waits for something to be so.
func (s *site) until(what string, so func() bool) {
	s.t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(Patience); !so(); <-tick.C {
		if time.Now().After(deadline) {
			s.t.Fatalf("it never came to this: %s", what)
		}
	}
}
