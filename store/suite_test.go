package store

import (
	"context"
	"log/slog"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"aside"
)

// opener makes a new, empty store that follows a clock, and closes it when
// the test ends.
type opener func(t *testing.T, c *clock) *Store

// suite is what every engine must do. What belongs to one engine alone has
// tests of its own.
func suite(t *testing.T, open opener) {
	for _, part := range []struct {
		name string
		test func(*testing.T, opener)
	}{
		{"Update", testUpdate}, {"Concurrent", testConcurrent}, {"Closing", testClosing}, {"View", testView},
		{"Leaks", testLeaks}, {"Blobs", testBlobs}, {"Sweep", testSweep}, {"SweepLimits", testSweepLimits}, {"ClockSetBack", testClockSetBack}, {"SweepLines", testSweepLines}, {"History", testHistory},
		{"Claim", testClaim}, {"Fence", testFence}, {"Lease", testLease}, {"Leaving", testLeaving}, {"Undo", testUndo}, {"Admin", testAdmin},
		{"NextDue", testNextDue}, {"Thread", testThread}, {"Notices", testNotices},
		{"Candidates", testCandidates}, {"Holders", testHolders}, {"Search", testSearch}, {"SearchSight", testSearchSight}, {"SearchBehind", testSearchBehind},
		{"Tickets", testTickets}, {"Inbound", testInbound}, {"Holds", testHolds}, {"Lines", testLines}, {"Passages", testPassages}, {"Stopped", testStopped}, {"MessageSums", testMessageSums}, {"Family", testFamily},
	} {
		t.Run(part.name, func(t *testing.T) { part.test(t, open) })
	}
}

func TestSQLite(t *testing.T) { suite(t, openSQLite) }

func openSQLite(t *testing.T, c *clock) *Store {
	t.Helper()
	return openAt(t, filepath.Join(t.TempDir(), "aside.db"), c)
}

func openAt(t *testing.T, path string, c *clock) *Store {
	t.Helper()
	s, err := Open(context.Background(), Options{Path: path, Now: c.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

// reopen opens a closed store once more.
func reopen(t *testing.T, s *Store, c *clock) *Store {
	t.Helper()
	if s.options.DSN != "" {
		return openDSN(t, s.options.DSN, c)
	}
	return openAt(t, s.path, c)
}

// clock is a time that only the test moves.
type clock struct{ us atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.us.Store(time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC).UnixMicro())
	return c
}

func (c *clock) Now() time.Time      { return time.UnixMicro(c.us.Load()).UTC() }
func (c *clock) Add(d time.Duration) { c.us.Add(d.Microseconds()) }

// update runs a change that must succeed.
func update(t *testing.T, s *Store, fn func(*Tx) error) {
	t.Helper()
	if err := s.Update(context.Background(), fn); err != nil {
		t.Fatal(err)
	}
}

func view(t *testing.T, s *Store, fn func(*Tx) error) {
	t.Helper()
	if err := s.View(context.Background(), fn); err != nil {
		t.Fatal(err)
	}
}

// count is one number of a query on the committed state.
func count(t *testing.T, s *Store, query string, args ...any) (n int) {
	t.Helper()
	view(t, s, func(tx *Tx) error { return tx.row(query, args...).Scan(&n) })
	return n
}

// scene is a ticket with its three kinds of conversation, the customer in one
// and a vendor in the other, and a message in each.
type scene struct {
	ticket                   *aside.Ticket
	customer, side, notes    aside.Conversation
	jane, courier            aside.Participant
	answer, question, secret aside.Message
}

func makeScene(t *testing.T, s *Store) *scene {
	t.Helper()
	sc := &scene{}
	update(t, s, sc.write)
	return sc
}

func (sc *scene) write(tx *Tx) error {
	*sc = scene{ticket: &aside.Ticket{Desk: "support@example.com", Subject: "Kettle", Requester: "jane@customer.example",
		Status: aside.StatusOpen, Turn: aside.TurnTeam, Team: "support"}}
	if err := tx.AddTicket(sc.ticket, 0); err != nil {
		return err
	}
	n := sc.ticket.Number
	token := uint64(1<<55 + 100*n) // as large as those that are drawn
	draw := func() uint64 { token++; return token }
	sc.customer = aside.Conversation{Ticket: n, Kind: aside.Customer, Token: draw(), Subject: "Kettle"}
	sc.side = aside.Conversation{Ticket: n, Kind: aside.Side, Token: draw(), Subject: "A question", Tag: "kx", State: aside.SideWaiting}
	sc.notes = aside.Conversation{Ticket: n, Kind: aside.Notes, Token: draw()}
	for _, c := range []*aside.Conversation{&sc.customer, &sc.side, &sc.notes} {
		if err := tx.AddConversation(c); err != nil {
			return err
		}
	}
	sc.jane = aside.Participant{Conversation: sc.customer.ID, Address: "jane@customer.example", Role: aside.RoleTo, Holder: draw()}
	sc.courier = aside.Participant{Conversation: sc.side.ID, Address: "c@courier.example", Role: aside.RoleTo, Holder: draw()}
	if err := tx.AddParticipant(&sc.jane, aside.Customer); err != nil {
		return err
	}
	if err := tx.AddParticipant(&sc.courier, aside.Side); err != nil {
		return err
	}
	sc.answer = aside.Message{Conversation: sc.customer.ID, Token: draw(), Kind: aside.MessageOutbound, Author: "dana", Text: "We look into it."}
	sc.question = aside.Message{Conversation: sc.side.ID, Token: draw(), Kind: aside.MessageOutbound, Author: "dana", Text: "Where is it?"}
	sc.secret = aside.Message{Conversation: sc.notes.ID, Token: draw(), Kind: aside.MessageNote, Author: "omar", Text: "She is a VIP."}
	for _, m := range []*aside.Message{&sc.answer, &sc.question, &sc.secret} {
		if err := tx.AddMessage(m, true); err != nil {
			return err
		}
	}
	return nil
}
