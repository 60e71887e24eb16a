package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"aside"
)

// ticketNamed adds a ticket that a test finds again by its subject.
func ticketNamed(subject string) func(*Tx) error {
	return func(tx *Tx) error {
		return tx.AddTicket(&aside.Ticket{Desk: "support@example.com", Subject: subject, Status: aside.StatusOpen, Turn: aside.TurnTeam, Team: "support"}, 0)
	}
}

const ofSubject = `SELECT count(*) FROM ticket WHERE subject = $1`

// A change is there once Update returns; one that fails in any way has left
// nothing and does not harm the next.
func testUpdate(t *testing.T, open opener) {
	s := open(t, newClock())
	broken := errors.New("broken")
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	for _, tt := range []struct {
		name string
		ctx  context.Context
		then func(*Tx) error // after the ticket was added
		want string          // in the error; none when empty
	}{
		{"kept", nil, func(*Tx) error { return nil }, ""},
		{"failed", nil, func(*Tx) error { return broken }, "broken"},
		{"panicked", nil, func(*Tx) error { panic("a bug") }, "a change panicked: a bug\ngoroutine "},
		{"refused by the database", nil, func(tx *Tx) error { return tx.SetTag(424242, "x", true) }, "constraint"},
		{"refused, and gone on", nil, func(tx *Tx) error { _ = tx.SetTag(424242, "x", true); return nil }, "constraint"},
		{"cancelled before it began", ended, func(*Tx) error { t.Error("a cancelled change ran"); return nil }, "canceled"},
		{"nested", nil, func(tx *Tx) error { return s.Update(tx.Context(), ticketNamed("nested")) }, "within a change"},
		{"kept after all that", nil, func(*Tx) error { return nil }, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ctx := tt.ctx
			if ctx == nil {
				ctx = context.Background()
			}
			err := s.Update(ctx, func(tx *Tx) error {
				if err := ticketNamed(tt.name)(tx); err != nil {
					return err
				}
				return tt.then(tx)
			})
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
			want := 0
			if tt.want == "" {
				want = 1
			}
			if n := count(t, s, ofSubject, tt.name); n != want {
				t.Errorf("%d tickets, want %d", n, want)
			}
		})
	}
}

// Many at once: every one that was acknowledged is there once, every one that
// failed is not, and their numbers have no gap where a failure was undone.
func testConcurrent(t *testing.T, open opener) {
	s := open(t, newClock())
	const writers, each = 20, 20
	broken := errors.New("broken")
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				name := fmt.Sprintf("%d-%d", w, i)
				err := s.Update(context.Background(), func(tx *Tx) error {
					if err := ticketNamed(name)(tx); err != nil {
						return err
					}
					switch i % 5 {
					case 3:
						return broken
					case 4:
						panic("a bug")
					}
					return nil
				})
				if failed := i%5 >= 3; (err != nil) != failed {
					t.Errorf("%s: %v", name, err)
				}
			}
		})
	}
	wg.Wait()
	if n := count(t, s, `SELECT count(DISTINCT subject) FROM ticket`); n != writers*each*3/5 {
		t.Errorf("%d tickets, want %d", n, writers*each*3/5)
	}
	if n := count(t, s, `SELECT count(*) FROM ticket`); n != writers*each*3/5 {
		t.Errorf("%d rows, want %d", n, writers*each*3/5)
	}
}

// Whoever is told ErrClosed has changed nothing, whoever is told of success
// has, however closely Close comes.
func testClosing(t *testing.T, open opener) {
	c := newClock()
	s := open(t, c)
	outcome := make([]error, 40)
	var started, wg sync.WaitGroup
	for i := range outcome {
		started.Add(1)
		wg.Go(func() {
			started.Done()
			outcome[i] = s.Update(context.Background(), ticketNamed(fmt.Sprint(i)))
		})
	}
	started.Wait()
	var seen int
	if err := s.View(context.Background(), func(tx *Tx) error { return tx.row(`SELECT count(*) FROM ticket`).Scan(&seen) }); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	wg.Wait()
	if err := s.Update(context.Background(), ticketNamed("late")); !errors.Is(err, ErrClosed) {
		t.Errorf("a change after Close: %v", err)
	}
	if err := s.View(context.Background(), func(*Tx) error { return nil }); !errors.Is(err, ErrClosed) {
		t.Errorf("a look after Close: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("closed twice: %v", err)
	}
	again := reopen(t, s, c)
	for i, err := range outcome {
		if err != nil && !errors.Is(err, ErrClosed) {
			t.Errorf("change %d: %v", i, err)
		}
		want := 1
		if err != nil {
			want = 0
		}
		if n := count(t, again, ofSubject, fmt.Sprint(i)); n != want {
			t.Errorf("change %d ended with %v and left %d rows", i, err, n)
		}
	}
}

// A reader has one state from its first look on, neither sees what is not
// committed nor waits for it, and cannot write.
func testView(t *testing.T, open opener) {
	s := open(t, newClock())
	const all = `SELECT count(*) FROM ticket`
	number := func(tx *Tx) (n int) {
		if err := tx.row(all).Scan(&n); err != nil {
			t.Error(err)
		}
		return n
	}
	view(t, s, func(tx *Tx) error {
		before := number(tx)
		update(t, s, ticketNamed("during the look"))
		if after := number(tx); after != before {
			t.Errorf("a snapshot went from %d to %d tickets", before, after)
		}
		return nil
	})
	update(t, s, func(tx *Tx) error {
		if err := ticketNamed("not committed yet")(tx); err != nil {
			return err
		}
		if n := number(tx); n != 2 {
			t.Errorf("a change sees %d tickets with its own, want 2", n)
		}
		view(t, s, func(tx *Tx) error {
			if n := number(tx); n != 1 {
				t.Errorf("a reader beside the change sees %d tickets, want 1", n)
			}
			return nil
		})
		return nil
	})
	if err := s.View(context.Background(), ticketNamed("written by a reader")); err == nil {
		t.Error("a View could write")
	}
	broken := errors.New("broken")
	if err := s.View(context.Background(), func(*Tx) error { return broken }); !errors.Is(err, broken) {
		t.Errorf("View returned %v", err)
	}
	if n := count(t, s, all); n != 2 {
		t.Errorf("%d tickets, want 2", n)
	}
	testOneConnectionServes(t, s)
	testViewsReadBlobs(t, s)
	testViewCancelled(t, s)
}

// As many Views as there are connections all read a blob: none may wait for
// another's connection.
func testViewsReadBlobs(t *testing.T, s *Store) {
	content, err := s.KeepStream(context.Background(), strings.NewReader("an attachment"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	var all, wg sync.WaitGroup
	n := s.readers.size()
	all.Add(n)
	for range n {
		wg.Go(func() {
			err := s.View(ctx, func(tx *Tx) error {
				all.Done()
				all.Wait()
				r, err := s.OpenBlob(tx.Context(), content.SHA256)
				if err != nil {
					return err
				}
				defer r.Close()
				_, err = io.ReadAll(r)
				return err
			})
			if err != nil {
				t.Errorf("a View that reads a blob: %v", err)
			}
		})
	}
	wg.Wait()
}

// A cancelled look ends, and its connection serves the next.
func testViewCancelled(t *testing.T, s *Store) {
	for range 2 * s.readers.size() {
		ctx, cancel := context.WithCancel(context.Background())
		err := s.View(ctx, func(tx *Tx) error {
			cancel()
			var n int
			return tx.row(`SELECT count(*) FROM ticket`).Scan(&n)
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("a cancelled look: %v", err)
		}
	}
	count(t, s, `SELECT count(*) FROM ticket`)
}

// While one looks after the other, one connection serves them all.
func testOneConnectionServes(t *testing.T, s *Store) {
	for range 3 * s.readers.size() {
		if err := s.View(context.Background(), func(tx *Tx) error { _, err := tx.NextDue(); return err }); err != nil {
			t.Fatal(err)
		}
	}
	open := 0
	for _, c := range s.readers.free {
		if c.conn != nil {
			open++
		}
	}
	if open != 1 || len(s.readers.free) != s.readers.size() {
		t.Errorf("%d of %d connections are open, of %d in all", open, len(s.readers.free), s.readers.size())
	}
}
