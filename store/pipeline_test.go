package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"aside"
	"aside/test/postgres"
)

// asked has a change wait for all that it put down.
func asked(tx *Tx) error {
	var n int
	return tx.row(`SELECT count(*) FROM meta`).Scan(&n)
}

// A statement whose answer nobody waited for fails the change wherever its
// error shows, and the error says which it was.
func TestRefusedOnTheWay(t *testing.T) {
	s := openPostgres(t, newClock())
	tag := func(tx *Tx) error { return tx.SetTag(424242, "x", true) }
	for name, steps := range map[string][]func(*Tx) error{
		"with the commit":                {asked, tag},
		"before the commit":              {tag},
		"with the next answer":           {asked, tag, asked},
		"with the first answer":          {tag, asked},
		"with the next answer, unheeded": {tag, func(tx *Tx) error { _ = asked(tx); return nil }},
		"with one of many":               {func(tx *Tx) error { return errors.Join(tag(tx), many(tx)) }},
		"what cannot be asked":           {asked, func(tx *Tx) error { return tx.exec(`INSERT INTO tag VALUES (1`) }},
		"what cannot be given":           {func(tx *Tx) error { return tx.exec(`INSERT INTO tag VALUES ($1, $2)`, "one", 2) }},
	} {
		t.Run(name, func(t *testing.T) {
			err := s.Update(background, func(tx *Tx) error {
				if err := ticketNamed(name)(tx); err != nil {
					return err
				}
				for _, step := range steps {
					if err := step(tx); err != nil {
						return err
					}
				}
				return nil
			})
			if err == nil || !strings.Contains(err.Error(), "INSERT INTO tag") || strings.Contains(err.Error(), "424242") {
				t.Errorf("the change says %v", err)
			}
			if n := count(t, s, ofSubject, name); n != 0 {
				t.Errorf("%d tickets of it", n)
			}
			update(t, s, ticketNamed(name+", again"))
		})
	}
}

// many puts down more than may wait.
func many(tx *Tx) error {
	for i := range 3 * maxQueued {
		if err := tx.SetMeta("many", fmt.Sprint(i)); err != nil {
			return err
		}
	}
	return nil
}

// What a change puts down is carried out in its order, however much it is.
func TestOrderOnTheWay(t *testing.T) {
	s := openPostgres(t, newClock())
	update(t, s, many)
	view(t, s, func(tx *Tx) error {
		if v, err := tx.Meta("many"); v != fmt.Sprint(3*maxQueued-1) {
			t.Errorf("the last of many is %q (%v)", v, err)
		}
		return nil
	})
}

// Who is overtaken in what waited runs again, with what the other did in sight.
func TestOvertakenOnTheWay(t *testing.T) {
	for name, then := range map[string]func(*Tx) error{"with the commit": func(*Tx) error { return nil }, "with the next answer": asked} {
		t.Run(name, func(t *testing.T) {
			stores, _ := pair(t)
			update(t, stores[0], func(tx *Tx) error { return tx.SetMeta("said", "first") })
			runs := 0
			update(t, stores[0], func(tx *Tx) error {
				before, err := tx.Meta("said")
				if err != nil {
					return err
				}
				if runs++; runs == 1 {
					update(t, stores[1], func(tx *Tx) error { return tx.SetMeta("said", before+", second") })
				}
				return errors.Join(tx.SetMeta("said", before+", third"), then(tx))
			})
			if runs != 2 {
				t.Errorf("it ran %d times", runs)
			}
			view(t, stores[1], func(tx *Tx) error {
				if v, err := tx.Meta("said"); v != "first, second, third" {
					t.Errorf("said %q (%v)", v, err)
				}
				return nil
			})
		})
	}
}

// What waits for the commit when the network dies ends after the store's
// patience, and is not tried again where it may have been committed.
func TestDeadOnTheWay(t *testing.T) {
	network := postgres.Lay(t, postgres.Start(t).Database(t))
	s, err := Open(background, Options{DSN: network.DSN, Now: newClock().Now, Log: slog.New(slog.DiscardHandler), Patience: 2 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for name, begun := range map[string]bool{"with the commit": true, "before the commit": false} {
		t.Run(name, func(t *testing.T) {
			update(t, s, asked)
			runs := 0
			ended := make(chan error, 1)
			go func() {
				ended <- s.Update(background, func(tx *Tx) error {
					runs++
					var err error
					if begun {
						err = asked(tx)
					}
					network.Turn(postgres.Dead)
					return errors.Join(err, tx.SetMeta("dead", name))
				})
			}()
			select {
			case err := <-ended:
				if !Unavailable(err) || begun && runs > 1 {
					t.Errorf("after %d runs it says %v", runs, err)
				}
			case <-time.After(2 * time.Minute):
				t.Fatal("it never ends")
			}
			if err := s.View(background, func(*Tx) error { return nil }); err != nil {
				t.Errorf("a look that asks nothing says %v", err)
			}
			network.Turn(postgres.Fair)
		})
	}
}

// A server that is shut down while it commits says so behind its word that it
// has: the change is done, and not done again.
func TestEndedWithTheCommit(t *testing.T) {
	dsn := postgres.Start(t).Database(t)
	s := openDSN(t, dsn+"&commit_delay=100000&commit_siblings=0", newClock()) // a commit takes a tenth of a second
	other := openDSN(t, dsn, newClock())
	end := func(pid int, committed <-chan struct{}) (ended bool) {
		for !ended {
			select {
			case <-committed:
				return false
			default:
			}
			_ = other.View(background, func(tx *Tx) error {
				return tx.each(func(r scanner) error { return r.Scan(&ended) },
					`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = $1 AND state = 'active' AND query = 'COMMIT'`, pid)
			})
		}
		return true
	}
	runs, changes := 0, 0
	for hit := false; !hit; changes++ {
		committed, ended := make(chan struct{}), make(chan bool, 1)
		first := true
		update(t, s, func(tx *Tx) error {
			var pid int
			err := tx.row(`SELECT pg_backend_pid()`).Scan(&pid)
			if runs++; first {
				first = false
				go func() { ended <- end(pid, committed) }()
			}
			return errors.Join(err, tx.SetMeta("runs", fmt.Sprint(runs)))
		})
		close(committed)
		hit = <-ended
	}
	if runs != changes {
		t.Errorf("%d changes ran %d times", changes, runs)
	}
	update(t, s, func(tx *Tx) error {
		v, err := tx.Meta("runs")
		if v != fmt.Sprint(runs) {
			t.Errorf("the last change left %q (%v)", v, err)
		}
		return err
	})
}

// The database was restarted while nobody used it: neither a change nor a look
// fails by that.
func TestRestartedMeanwhile(t *testing.T) {
	server := postgres.Start(t)
	s := openDSN(t, server.Database(t), newClock())
	sc := makeScene(t, s)
	several := func(tx *Tx) error { // questions in one round trip
		k, err := tx.Ticket(sc.ticket.Number)
		if err == nil && k.Subject != sc.ticket.Subject {
			err = fmt.Errorf("it is called %q", k.Subject)
		}
		return err
	}
	looks := []func(*Tx) error{asked, several, several}
	for i := range looks {
		done := make(chan error, 3)
		for range cap(done) { // several connections of each kind
			go func() {
				done <- errors.Join(s.Update(background, asked), s.View(background, asked))
			}()
		}
		for range cap(done) {
			if err := <-done; err != nil {
				t.Fatal(err)
			}
		}
		server.Restart(t)
		if err := s.Update(background, func(tx *Tx) error { return tx.SetMeta("restarts", fmt.Sprint(i)) }); err != nil {
			t.Errorf("a change after restart %d: %v", i, err)
		}
		if err := s.View(background, looks[i]); err != nil {
			t.Errorf("a look after restart %d: %v", i, err)
		}
	}
}

// A look whose reader goes away ends, and the next one is served.
func TestLookGivenUp(t *testing.T) {
	s := openPostgres(t, newClock())
	for range 3 * s.readers.size() {
		ctx, cancel := context.WithCancel(background)
		err := s.View(ctx, func(tx *Tx) error {
			if err := asked(tx); err != nil {
				return err
			}
			cancel()
			return asked(tx)
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("it says %v", err)
		}
		view(t, s, asked)
	}
}

// Statements of ever new texts are not all kept.
func TestStatementsForgotten(t *testing.T) {
	s := openPostgres(t, newClock())
	for i := range 3 {
		update(t, s, func(tx *Tx) error {
			for k := range maxStatements / 2 {
				var n int
				if err := tx.row(fmt.Sprintf(`SELECT %d`, i*maxStatements+k)).Scan(&n); err != nil || n != i*maxStatements+k {
					return fmt.Errorf("%d of %d: %w", n, k, err)
				}
			}
			return nil
		})
	}
	if n := len(s.writers.free[len(s.writers.free)-1].line.known); n > maxStatements {
		t.Errorf("%d statements are kept", n)
	}
}

// The server takes the index of any text: words that occur too often or too late
// to be counted, and those of any script.
func TestWordsOfAnyText(t *testing.T) {
	s := openPostgres(t, newClock())
	sc := makeScene(t, s)
	var b strings.Builder
	b.WriteString(strings.Repeat("Wasserkocher ", 400) + "Straße naïve ÅNGSTRÖM 水壺 " + strings.Repeat("x", wordOctets+10) + " ")
	for i := range lastPosition + 1000 {
		fmt.Fprintf(&b, "n%d ", i)
	}
	b.WriteString("late late later")
	for i, text := range []string{b.String(), ""} {
		update(t, s, func(tx *Tx) error {
			return tx.AddMessage(&aside.Message{Conversation: sc.notes.ID, Token: uint64(8000 + i), Kind: aside.MessageNote, Author: "omar", Text: text}, true)
		})
	}
	fill(t, s)
	view(t, s, func(tx *Tx) error {
		for _, word := range []string{"wasserkocher", "Straße", "naive", "ångström", "水壺", "n16000", "late", "later", "n3 n4"} {
			found, err := tx.Search(word, nil, 10, 10)
			if err != nil {
				return err
			}
			if len(found.Hits) != 1 {
				t.Errorf("%s is in %d messages", word, len(found.Hits))
			}
		}
		return nil
	})
}
