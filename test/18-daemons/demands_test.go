package daemons

import (
	"database/sql"
	"fmt"
	"time"

	. "aside/test/harness"
)

// check demands what holds in the end of every play.
func (s *site) check(c *crowd) {
	s.t.Helper()
	c.checkAccepted()
	s.checkHeard()
	s.checkRepeats()
	s.checkClaims()
	if out := s.daemons[0].CLI("verify"); out.Exit != 0 {
		s.t.Errorf("aside verify: %s%s", out.Stdout, out.Stderr)
	}
}

// checkAccepted demands that each mail that was answered with 250 is there
// once, under the id that the 250 named, and so are its words.
func (c *crowd) checkAccepted() {
	c.t.Helper()
	ids := map[string][]string{} // by Message-ID
	c.s.each(func(r *sql.Rows) error {
		var id, messageID string
		err := r.Scan(&id, &messageID)
		ids[messageID] = append(ids[messageID], id)
		return err
	}, `SELECT id, message_id FROM inbound`)
	for _, p := range c.posted {
		if got := ids[p.messageID]; len(got) != 1 || got[0] != p.id {
			c.t.Errorf("the mail %s of %s was answered 250 as %s, and is there as %q", p.messageID, p.from, p.id, got)
		}
		if n := c.s.number(`SELECT count(*) FROM message WHERE inbound = $1`, p.id); n != 1 {
			c.t.Errorf("the mail %s of %s is %d messages", p.id, p.from, n)
		}
	}
	if len(ids) != len(c.posted)+c.s.quiet {
		c.t.Errorf("%d mails are there, %d were posted", len(ids), len(c.posted)+c.s.quiet)
	}
	if n := c.s.number(`SELECT count(*) FROM ticket`); n != c.matters+c.s.opened {
		c.t.Errorf("%d tickets of %d matters", n, c.matters+c.s.opened)
	}
}

// checkHeard demands that all that was to leave left, and that each address
// got as many different mails as were made for it.
func (s *site) checkHeard() {
	s.t.Helper()
	if n := s.number(`SELECT (SELECT count(*) FROM delivery WHERE state <> 'sent') + (SELECT count(*) FROM notice WHERE state <> 'sent')`); n != 0 {
		s.t.Errorf("%d mails did not leave", n)
	}
	got := s.world.letters()
	s.each(func(r *sql.Rows) error {
		var address string
		var made int
		err := r.Scan(&address, &made)
		if got[address] != made {
			s.t.Errorf("%s got %d different mails of %d", address, got[address], made)
		}
		delete(got, address)
		return err
	}, `SELECT address, count(*) FROM (SELECT p.address FROM delivery d JOIN participant p ON p.id = d.participant
		UNION ALL SELECT address FROM notice) AS mails GROUP BY address`)
	for address, n := range got {
		s.t.Errorf("%s got %d mails of which the database knows nothing", address, n)
	}
}

// checkRepeats demands that a mail came twice only where the daemon that had
// handed it in was killed before it could write that down.
func (s *site) checkRepeats() {
	s.t.Helper()
	for l, came := range s.world.repeats() {
		for i := range came[1:] {
			if first, again := came[i], came[i+1]; !s.killed(first.by, first.began, again.at) {
				s.t.Errorf("%s got %s from %s at %s, and from %s at %s, although %s was not killed in between", l.to, l.messageID,
					names[first.by], stamp(first.at), names[again.by], stamp(again.at), names[first.by])
			}
		}
	}
}

func stamp(at time.Time) string { return at.Format("15:04:05.000000") }

// checkClaims demands that nobody claimed what was claimed, unless its holder
// was killed, and that no claim is left. Nobody waits for the end of a lease:
// who comes back, or lost the answer to its claim, frees it.
func (s *site) checkClaims() {
	s.t.Helper()
	held, taken := s.claims()
	for _, c := range taken {
		if !s.killed(c.from.daemon, c.from.at, c.at) {
			s.t.Errorf("%s was claimed by %s at %s while %s held it", c.mail, names[c.daemon], stamp(c.at), names[c.from.daemon])
		}
	}
	if len(held) == 0 {
		s.t.Error("nobody ever claimed anything")
	}
	for mail, c := range held {
		if !c.ended {
			s.t.Errorf("%s is still claimed", mail)
		}
	}
}

// claim is one claim of a mail, as the database wrote it down.
type claim struct {
	mail           string
	daemon, number int
	at             time.Time
	ended          bool
	from           *claim // another one that had not ended
}

// claims reads what the database wrote down: the last claim of each mail, and
// those that took it from another. Only who holds a claim may end it, and what
// was sent is at rest.
func (s *site) claims() (held map[string]claim, taken []claim) {
	s.t.Helper()
	held = map[string]claim{}
	s.each(func(r *sql.Rows) error {
		var now claim
		var what, state string
		var row int64
		var claimed bool
		if err := r.Scan(&now.at, &now.daemon, &what, &row, &now.number, &claimed, &state); err != nil {
			return err
		}
		now.mail, now.ended = fmt.Sprintf("%s %d", what, row), !claimed
		before, known := held[now.mail]
		switch {
		case claimed && known && !before.ended:
			now.from = &before
			taken = append(taken, now)
		case !claimed && (!known || before.ended || before.daemon != now.daemon || before.number != now.number):
			s.t.Errorf("%s was made %q by %s under claim %d, and it was %s's claim %d", now.mail, state, names[now.daemon], now.number, names[before.daemon], before.number)
		}
		held[now.mail] = now
		return nil
	}, `SELECT at, CAST(daemon AS integer), what, row, claim, claimed, state FROM audit ORDER BY n`)
	return held, taken
}

// clocks are what time will bring: tickets asleep and side conversations that
// wait for an answer, none of them due before the test says so.
type clocks struct {
	s        *site
	tickets  []int64 // asleep
	sides    []int64 // conversations
	ofSide   []int64 // their tickets
	stricken int
}

// clocks winds so many up of each kind.
func (s *site) clocks(n int) *clocks {
	s.t.Helper()
	k := &clocks{s: s}
	for i := range n {
		jane := Who("Jane Doe", fmt.Sprintf("clock%d@customer.example", i))
		words := fmt.Sprintf("Clock %d, the question.", i)
		d := s.daemons[i%len(s.daemons)]
		d.Post(Write(jane, Support, "Clock", words))
		ctx, cancel := patience()
		notice := s.world.await(ctx, Dana.Address, words)
		cancel()
		if notice == nil {
			s.t.Fatalf("Dana never got %q", words)
		}
		d.Post(Gmail().Reply(Dana, notice, "/snooze 5 days"))
		d.Post(Gmail().Reply(Dana, notice, fmt.Sprintf("/side courier due 5d\n\nClock %d, the parcel.", i)))
	}
	s.opened, s.quiet = n, 3*n
	s.each(func(r *sql.Rows) error {
		var number int64
		err := r.Scan(&number)
		k.tickets = append(k.tickets, number)
		return err
	}, `SELECT number FROM ticket WHERE status = 'snoozed' ORDER BY number`)
	s.each(func(r *sql.Rows) error {
		var id, ticket int64
		err := r.Scan(&id, &ticket)
		k.sides, k.ofSide = append(k.sides, id), append(k.ofSide, ticket)
		return err
	}, `SELECT id, ticket FROM conversation WHERE due_at > 0 AND state = 'waiting' ORDER BY id`)
	if len(k.tickets) != n || len(k.sides) != n {
		s.t.Fatalf("%d tickets sleep and %d vendors are waited for, of %d", len(k.tickets), len(k.sides), n)
	}
	return k
}

// strike makes the next few due at once, for all daemons.
func (k *clocks) strike(n int) {
	k.s.t.Helper()
	for ; n > 0 && k.stricken < len(k.tickets); n-- {
		now := time.Now().UnixMicro()
		k.s.exec(`UPDATE ticket SET snoozed_until = $2 WHERE number = $1`, k.tickets[k.stricken], now)
		k.s.exec(`UPDATE conversation SET due_at = $2 WHERE id = $1`, k.sides[k.stricken], now)
		k.stricken++
	}
}

// check demands that each struck once, and each agent heard of it once.
func (k *clocks) check() {
	k.s.t.Helper()
	if k.stricken != len(k.tickets) {
		k.s.t.Errorf("%d of %d clocks were struck", k.stricken, len(k.tickets))
	}
	for i := range k.tickets {
		for what, tt := range map[string]struct {
			ticket      int64
			event, says string
		}{
			"snooze": {k.tickets[i], `%the snooze is over%`, `The snooze is over%`},
			"due":    {k.ofSide[i], `%`, `No answer yet in%`},
		} {
			kind := map[string]string{"snooze": "status", "due": "overdue"}[what]
			if n := k.s.number(`SELECT count(*) FROM event WHERE ticket = $1 AND kind = $2 AND data LIKE $3`, tt.ticket, kind, tt.event); n != 1 {
				k.s.t.Errorf("the %s of ticket %d struck %d times", what, tt.ticket, n)
			}
			agents, told := 0, 0
			err := k.s.db.QueryRow(`SELECT count(DISTINCT agent), count(*) FROM notice WHERE ticket = $1 AND text LIKE $2`, tt.ticket, tt.says).Scan(&agents, &told)
			if err != nil || agents == 0 || told != agents {
				k.s.t.Errorf("of the %s of ticket %d %d agents were told by %d notices (%v)", what, tt.ticket, agents, told, err)
			}
		}
	}
}
