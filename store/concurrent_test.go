package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"aside"
	"aside/test/postgres"
)

// pair are two stores on one database, as two daemons have it.
func pair(t *testing.T) (stores [2]*Store, c *clock) {
	t.Helper()
	c = newClock()
	dsn := postgres.Start(t).Database(t)
	for i := range stores {
		stores[i] = openDSN(t, dsn, c)
	}
	return stores, c
}

// atOnce runs something in many goroutines, half of them on either store.
func atOnce(t *testing.T, stores [2]*Store, n int, do func(i int, s *Store) error) {
	t.Helper()
	var ready, wg sync.WaitGroup
	ready.Add(n)
	for i := range n {
		wg.Go(func() {
			ready.Done()
			ready.Wait()
			if err := do(i, stores[i%2]); err != nil {
				t.Errorf("%d: %v", i, err)
			}
		})
	}
	wg.Wait()
}

var background = context.Background()

// Everybody changes one ticket: no change is lost, versions and history follow
// each other.
func TestOneTicketChangedByMany(t *testing.T) {
	stores, _ := pair(t)
	sc := makeScene(t, stores[0])
	const writers, each = 12, 6
	atOnce(t, stores, writers, func(i int, s *Store) error {
		for range each {
			err := s.Update(background, func(tx *Tx) error {
				tk, err := tx.Ticket(sc.ticket.Number)
				if err != nil {
					return err
				}
				tk.AudienceCount++
				n, err := tx.Meta("counter")
				if err != nil {
					return err
				}
				count, _ := strconv.Atoi(n) // empty at first
				return errors.Join(tx.SaveTicket(tk), tx.AddEvent(tk.Number, "dana", "counted", i), tx.AddEvent(tk.Number, "dana", "counted", i),
					tx.SetMeta("counter", strconv.Itoa(count+1)))
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	view(t, stores[1], func(tx *Tx) error {
		tk, err := tx.Ticket(sc.ticket.Number)
		if err != nil || tk.AudienceCount != 1+writers*each || tk.Version != 1+writers*each {
			t.Errorf("after %d changes the ticket says %d, its version %d (%v)", writers*each, tk.AudienceCount, tk.Version, err)
		}
		if n, err := tx.Meta("counter"); n != fmt.Sprint(writers*each) || err != nil {
			t.Errorf("counted %s (%v)", n, err)
		}
		return nil
	})
	f, err := stores[0].Verify(background)
	if err != nil || len(f.Problems) > 0 || f.Events != 2*writers*each {
		t.Errorf("%+v (%v)", f, err)
	}
}

// A history is one chain even where nobody read the ticket before.
func TestHistoryWrittenByMany(t *testing.T) {
	stores, _ := pair(t)
	sc := makeScene(t, stores[0])
	atOnce(t, stores, 20, func(i int, s *Store) error {
		return s.Update(background, func(tx *Tx) error {
			// What is read before the ticket is held may be old by then.
			if _, err := tx.Events(sc.ticket.Number); err != nil {
				return err
			}
			return tx.AddEvent(sc.ticket.Number, "dana", "said", i)
		})
	})
	f, err := stores[0].Verify(background)
	if err != nil || len(f.Problems) > 0 || f.Events != 20 {
		t.Errorf("%+v (%v)", f, err)
	}
}

// The same mail comes to both daemons at once: it is one mail, and all are
// told its id. Others come beside it and each opens a ticket.
func TestSameMailToMany(t *testing.T) {
	stores, _ := pair(t)
	const many = 16
	told := make([]string, many)
	atOnce(t, stores, many, func(i int, s *Store) error {
		return s.Update(background, func(tx *Tx) error {
			first, found, err := tx.Duplicate("m@x", "digest")
			if err != nil || found {
				told[i] = first
				return err
			}
			told[i] = fmt.Sprintf("id%d", i)
			raw := aside.Content{SHA256: "same", Size: 4, Data: []byte("same")}
			return errors.Join(ticketNamed("same")(tx), tx.AddRecord(&Record{ID: told[i], MessageID: "m@x", Digest: "digest"}, raw))
		})
	})
	if n := count(t, stores[0], ofSubject, "same"); n != 1 {
		t.Errorf("%d tickets", n)
	}
	if told[0] == "" || len(slices.Compact(slices.Clone(told))) != 1 {
		t.Errorf("they were told %q", told)
	}
}

// Two mails of an agent with one Message-ID and different words: one acts.
func TestMessageIDActsOnceAmongMany(t *testing.T) {
	stores, _ := pair(t)
	var mu sync.Mutex
	acted := map[int]bool{}
	atOnce(t, stores, 10, func(i int, s *Store) error {
		did := false
		err := s.Update(background, func(tx *Tx) error {
			before, err := tx.Acted("cmd@x")
			if err != nil {
				return err
			}
			did = !before
			r := &Record{ID: fmt.Sprint(i), MessageID: "cmd@x", Digest: fmt.Sprint(i), Acted: did}
			return tx.AddRecord(r, aside.Content{SHA256: fmt.Sprint(i), Size: 1, Data: []byte("x")})
		})
		mu.Lock()
		defer mu.Unlock()
		acted[i] = did
		return err
	})
	n := 0
	for _, did := range acted {
		if did {
			n++
		}
	}
	if n != 1 || len(acted) != 10 {
		t.Errorf("%d of %d acted", n, len(acted))
	}
}

// Several daemons claim what is due: each mail is claimed once.
func TestClaimsOfMany(t *testing.T) {
	stores, c := pair(t)
	const mails = 60
	update(t, stores[0], func(tx *Tx) error {
		var sc scene
		if err := sc.write(tx); err != nil {
			return err
		}
		if _, err := tx.Holder("dana", 1<<50); err != nil {
			return err
		}
		for i := range uint64(mails) {
			m := aside.Message{Conversation: sc.customer.ID, Token: 5000 + i, Kind: aside.MessageOutbound, Author: "dana", Text: "Yes."}
			n := aside.Notice{Token: 6000 + i, Agent: "dana", Conversation: sc.customer.ID, Kind: aside.NoticeMessage}
			if err := errors.Join(tx.AddMessage(&m, true), tx.AddDelivery(i, m, sc.jane, c.Now(), false), addNotice(tx, &n, About{})); err != nil {
				return err
			}
		}
		return nil
	})
	var mu sync.Mutex
	claimed := map[string]int{}
	atOnce(t, stores, 8, func(i int, s *Store) error {
		for {
			var got []string
			err := s.Update(background, func(tx *Tx) error {
				got = nil
				out, err := tx.ClaimDeliveries(time.Minute, 3)
				if err != nil {
					return err
				}
				notices, err := tx.ClaimNotices(time.Minute, 3)
				for _, o := range out {
					got = append(got, fmt.Sprint("delivery ", o.Delivery))
				}
				for _, n := range notices {
					got = append(got, fmt.Sprint("notice ", n.ID))
				}
				return err
			})
			if err != nil {
				return err
			}
			var left int
			if err := s.View(background, func(tx *Tx) error {
				return tx.row(`SELECT (SELECT count(*) FROM delivery WHERE lease_until = 0) + (SELECT count(*) FROM notice WHERE lease_until = 0)`).Scan(&left)
			}); err != nil {
				return err
			}
			mu.Lock()
			for _, g := range got {
				claimed[g]++
			}
			mu.Unlock()
			if left == 0 {
				return nil
			}
		}
	})
	if len(claimed) != 2*mails {
		t.Errorf("%d of %d were claimed", len(claimed), 2*mails)
	}
	for what, n := range claimed {
		if n != 1 {
			t.Errorf("%s was claimed %d times", what, n)
		}
	}
}

// A daemon that comes back after a crash takes up at once what it had claimed,
// and nothing that another is sending.
func TestClaimsAfterACrash(t *testing.T) {
	dsn, c := postgres.Start(t).Database(t), newClock()
	named := func(name string) *Store {
		s, err := Open(background, Options{DSN: dsn, Now: c.Now, Log: slog.New(slog.DiscardHandler), Daemon: name})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		return s
	}
	north, south := named("north"), named("south")
	claimed := map[*Store]int64{}
	for _, s := range []*Store{north, south} {
		claimed[s] = queueAnswer(t, s, makeScene(t, s), c.Now())
		notice := aside.Notice{Token: uint64(900 + claimed[s]), Agent: "dana", Conversation: 1, Kind: aside.NoticeMessage}
		update(t, s, func(tx *Tx) error {
			if _, err := tx.Holder("dana", 1<<50); err != nil {
				return err
			}
			return addNotice(tx, &notice, About{})
		})
		if out := claim(t, s); len(out) != 1 || out[0].Delivery != claimed[s] {
			t.Fatalf("claimed %+v, want %d", out, claimed[s])
		}
		update(t, s, func(tx *Tx) error { _, err := tx.ClaimNotices(time.Minute, 10); return err })
	}
	for name, want := range map[string]int{"": 0, "west": 0, "north": 1} {
		again := named(name)
		update(t, again, (*Tx).ReleaseLeases)
		out := claim(t, again)
		var notices []aside.Notice
		update(t, again, func(tx *Tx) (err error) { notices, err = tx.ClaimNotices(time.Minute, 10); return err })
		if len(out) != want || len(notices) != want || want == 1 && out[0].Delivery != claimed[north] {
			t.Errorf("%q has %d deliveries and %d notices after its start, want %d of each: %+v", name, len(out), len(notices), want, out)
		}
	}
}

// Numbers are drawn before their transactions end, in another order: a message
// that is committed late is found all the same.
func TestIndexMissesNothing(t *testing.T) {
	stores, _ := pair(t)
	early, late := makeScene(t, stores[0]), makeScene(t, stores[0])
	note := func(sc *scene, token uint64, text string, then func()) func(*Tx) error {
		return func(tx *Tx) error {
			m := aside.Message{Conversation: sc.notes.ID, Token: token, Kind: aside.MessageNote, Author: "omar", Text: text}
			err := tx.AddMessage(&m, true)
			then()
			return err
		}
	}
	update(t, stores[0], note(early, 7001, "word first", func() {
		update(t, stores[1], note(late, 7002, "word second", func() {}))
		fill(t, stores[1])
	}))
	fill(t, stores[0])
	view(t, stores[0], func(tx *Tx) error {
		found, err := tx.Search("word", nil, 10, 10)
		if len(found.Hits) != 2 {
			t.Errorf("found %+v", found)
		}
		var left int
		if err := tx.row(`SELECT count(*) FROM message WHERE id NOT IN (SELECT message FROM search)`).Scan(&left); err != nil || left > 0 {
			t.Errorf("%d messages are not indexed: %v", left, err)
		}
		return err
	})
}

// A daemon outlives its database: what was in the middle is repeated, what
// comes while it is gone fails with a word that makes the sender come again.
func TestDatabaseGone(t *testing.T) {
	server := postgres.Start(t)
	s := openDSN(t, server.Database(t), newClock())
	update(t, s, ticketNamed("before"))
	runs := 0
	update(t, s, func(tx *Tx) error {
		if runs++; runs == 1 {
			server.Restart(t)
		}
		return ticketNamed("during")(tx)
	})
	if runs < 2 {
		t.Errorf("the change ran %d times", runs)
	}
	for _, name := range []string{"before", "during"} {
		if n := count(t, s, ofSubject, name); n != 1 {
			t.Errorf("%d tickets of %s", n, name)
		}
	}
	server.Stop(t)
	err := s.Update(background, ticketNamed("gone"))
	viewErr := s.View(background, func(tx *Tx) error { var n int; return tx.row(`SELECT count(*) FROM ticket`).Scan(&n) })
	server.Restart(t)
	if !Unavailable(err) || !Unavailable(viewErr) {
		t.Errorf("without a database a change says %v and a look %v", err, viewErr)
	}
	update(t, s, ticketNamed("after"))
	if n := count(t, s, `SELECT count(*) FROM ticket`); n != 3 {
		t.Errorf("%d tickets", n)
	}
}

// On a network that carries nothing any more and says nothing either, a change
// and a look end, and say that they may be tried later.
func TestDeadNetwork(t *testing.T) {
	network := postgres.Lay(t, postgres.Start(t).Database(t))
	s, err := Open(background, Options{DSN: network.DSN, Now: newClock().Now, Log: slog.New(slog.DiscardHandler), Patience: 3 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	update(t, s, ticketNamed("before"))
	dies := func(tx *Tx) error {
		err := ticketNamed("lost")(tx)
		network.Turn(postgres.Dead)
		return err
	}
	ended := make(chan error)
	for name, do := range map[string]func() error{
		"commit": func() error { return s.Update(background, dies) },
		"change": func() error { network.Turn(postgres.Dead); return s.Update(background, ticketNamed("gone")) },
		"look": func() error {
			return s.View(background, func(tx *Tx) error {
				network.Turn(postgres.Dead)
				var n int
				return tx.row(`SELECT count(*) FROM ticket`).Scan(&n)
			})
		},
	} {
		go func() { ended <- do() }()
		select {
		case err := <-ended:
			if !Unavailable(err) {
				t.Errorf("%s says %v", name, err)
			}
		case <-time.After(2 * time.Minute):
			t.Fatalf("%s never ends", name)
		}
		network.Turn(postgres.Fair)
		update(t, s, ticketNamed("after"))
	}
	if n := count(t, s, ofSubject, "after"); n != 3 {
		t.Errorf("%d changes after the network was back", n)
	}
	if n := count(t, s, ofSubject, "gone"); n > 1 {
		t.Errorf("%d of one change", n)
	}
}

// What is read before it is written, and belongs to no ticket, is not lost
// either.
func TestCountedByMany(t *testing.T) {
	stores, _ := pair(t)
	atOnce(t, stores, 12, func(i int, s *Store) error {
		return s.Update(background, func(tx *Tx) error {
			n, err := tx.Meta("counter")
			if err != nil {
				return err
			}
			count, _ := strconv.Atoi(n) // empty at first
			return tx.SetMeta("counter", strconv.Itoa(count+1))
		})
	})
	view(t, stores[0], func(tx *Tx) error {
		n, err := tx.Meta("counter")
		if n != "12" {
			t.Errorf("counted %s", n)
		}
		return err
	})
}

// What one daemon takes on at this moment another one does not stop: it leaves,
// and /undo says so.
func TestStoppedWhileTakenOn(t *testing.T) {
	stores, c := pair(t)
	sc := makeScene(t, stores[0])
	id := queueAnswer(t, stores[0], sc, c.Now())
	var stopped, left int64
	var wg sync.WaitGroup
	update(t, stores[0], func(tx *Tx) error {
		if out, err := tx.ClaimDeliveries(time.Minute, 10); err != nil || len(out) != 1 {
			t.Fatalf("claimed %d (%v)", len(out), err)
		}
		wg.Go(func() {
			update(t, stores[1], func(tx *Tx) (err error) {
				stopped, left, err = tx.CancelUnsent(sc.answer.ID)
				return err
			})
		})
		for waiting := 0; waiting == 0; {
			view(t, stores[0], func(tx *Tx) error { return tx.row(`SELECT count(*) FROM pg_locks WHERE NOT granted`).Scan(&waiting) })
		}
		return nil
	})
	wg.Wait()
	if got := state(t, stores[0], "delivery", id); stopped != 0 || left != 1 || got != "queued" {
		t.Errorf("stopped %d, %d left, and the delivery is %s", stopped, left, got)
	}
}
