package store

import (
	"errors"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"aside"
)

// Limits that are over go, in more than one batch, and no other: what was
// allowed an hour ago still counts.
func testSweepLimits(t *testing.T, open opener) {
	c := newClock()
	s := open(t, c)
	allow := func(subject string, every time.Duration) (ok bool) {
		t.Helper()
		update(t, s, func(tx *Tx) (err error) { ok, err = tx.Allow("ack", subject, every); return err })
		return ok
	}
	update(t, s, func(tx *Tx) error {
		for i := range 2*sweepRows + 7 {
			if _, err := tx.Allow("ack", fmt.Sprint(i), time.Hour); err != nil {
				return err
			}
		}
		return nil
	})
	c.Add(47 * time.Hour)
	if !allow("fresh", 24*time.Hour) {
		t.Fatal("nothing was counted against it")
	}
	c.Add(time.Hour + time.Microsecond)
	removed, err := s.SweepLimits(t.Context())
	if err != nil || removed != 2*sweepRows+7 {
		t.Errorf("%d limits were removed, want %d (%v)", removed, 2*sweepRows+7, err)
	}
	if allow("fresh", 24*time.Hour) {
		t.Error("a limit that counts was removed")
	}
	if !allow("1", 24*time.Hour) || allow("1", 24*time.Hour) {
		t.Error("a limit that was removed does not begin anew")
	}
	if n := count(t, s, `SELECT count(*) FROM limiter`); n != 2 {
		t.Errorf("%d limits are left", n)
	}
}

// The clock was a month ahead and is right again: what was queued, tried or
// claimed meanwhile is not kept for a month, what waits rightly goes on
// waiting, and limits that were counted then do not bind.
func testClockSetBack(t *testing.T, open opener) {
	const month = 30 * 24 * time.Hour
	c := newClock()
	s := open(t, c)
	claimSome := func(n int) (ids []int64) {
		t.Helper()
		update(t, s, func(tx *Tx) error {
			out, err := tx.ClaimDeliveries(2*time.Minute, n)
			ids = nil
			for _, o := range out {
				ids = append(ids, o.Delivery)
			}
			slices.Sort(ids)
			return err
		})
		return ids
	}
	queue := func(wait time.Duration) int64 {
		t.Helper()
		return queueAnswer(t, s, makeScene(t, s), c.Now().Add(wait))
	}
	expect := func(what string, got []int64, want ...int64) {
		t.Helper()
		if !slices.Equal(got, want) {
			t.Fatalf("%s: claimed %v, want %v", what, got, want)
		}
	}
	failed := queue(0)
	expect("now", claimSome(9), failed)
	finish(t, s, Attempt{Delivery: failed, State: aside.DeliveryQueued, Next: c.Now().Add(4 * time.Hour)})
	queue(20 * time.Hour) // by send_delay
	tried, claimed := queue(0), queue(0)
	c.Add(month)
	expect("a month ahead", claimSome(2), tried, claimed)
	finish(t, s, Attempt{Delivery: tried, State: aside.DeliveryQueued, Next: c.Now().Add(time.Minute)})
	future := queue(30 * time.Second)
	update(t, s, func(tx *Tx) error { _, err := tx.Allow("ack", "jane@x", time.Hour); return err })
	c.Add(-month)
	if s.WasSetBack() {
		t.Error("it was set back before it was")
	}
	expect("set back", claimSome(9))
	if !s.WasSetBack() || s.WasSetBack() {
		t.Error("that it was set back is not told, or not once")
	}

	mended := func() (n int64) {
		t.Helper()
		update(t, s, func(tx *Tx) (err error) { n, err = tx.BackToNow(); return err })
		return n
	}
	if n, again := mended(), mended(); n != 3 || again != 0 {
		t.Errorf("%d mails were brought back, and then %d, want 3 and none", n, again)
	}
	expect("brought back", claimSome(9), tried, future)
	c.Add(leaseAgain)
	got := claimSome(9)
	if !slices.Contains(got, claimed) || slices.Contains(got, failed) {
		t.Errorf("after a claim's time %v are free, and %d must be, and %d must not", got, claimed, failed)
	}
	update(t, s, func(tx *Tx) error {
		ok, err := tx.Allow("ack", "jane@x", time.Hour)
		if !ok {
			t.Error("a limit of the future binds")
		}
		return err
	})
}

// Line hashes of messages go once their ticket has rested, and Lines tells the
// same as before: in the ticket, in one that it was merged into, and after a
// message was moved. What is open, rested lately, or cannot be made again stays.
func testSweepLines(t *testing.T, open opener) {
	c := newClock()
	s := open(t, c)
	hashes := func(text string) (out []uint64) {
		for _, line := range strings.Split(text, "\n") {
			h := fnv.New64()
			h.Write([]byte(line))
			out = append(out, h.Sum64())
		}
		return out
	}
	type line struct {
		hash         uint64
		conversation int64
		author       string
	}
	lines := func(ticket int64) map[line]int {
		out := map[line]int{}
		view(t, s, func(tx *Tx) error {
			return tx.Lines(ticket, -1, func(_ int64, text string) []uint64 { return hashes(text) },
				func(set LineSet) {
					for _, h := range set.Hashes {
						out[line{h, set.Conversation, set.Author}]++
					}
				})
		})
		return out
	}
	blank := func() int { return count(t, s, `SELECT count(*) FROM line_set WHERE length(hashes) = 0`) }
	token := uint64(9100)
	fill := func(status aside.Status) (*scene, aside.Message) {
		sc := makeScene(t, s)
		token++
		in := aside.Message{Conversation: sc.customer.ID, Token: token, Kind: aside.MessageInbound, Author: "jane@customer.example", Text: fmt.Sprintf("It leaks.\nNumber %d.", token)}
		update(t, s, func(tx *Tx) error {
			n := sc.ticket.Number
			sc.ticket.Status = status
			return errors.Join(tx.AddMessage(&in, true), tx.AddLines(n, sc.notes.ID, in.ID, hashes(in.Text)), // heard by nobody where it is filed
				tx.AddLines(n, 0, 0, []uint64{1, 2}), tx.AddLines(n, sc.notes.ID, 0, []uint64{3}), tx.SaveTicket(sc.ticket))
		})
		return sc, in
	}
	var rested []*scene
	var before []map[line]int
	var moved aside.Message
	for range sweepTickets + 3 {
		sc, in := fill(aside.StatusResolved)
		rested, moved = append(rested, sc), in
		before = append(before, lines(sc.ticket.Number))
	}
	working, _ := fill(aside.StatusOpen)
	c.Add(24 * time.Hour)
	lately, _ := fill(aside.StatusResolved)
	kept := []map[line]int{lines(working.ticket.Number), lines(lately.ticket.Number)}

	c.Add(time.Hour)
	n, err := s.SweepLines(t.Context(), c.Now().Add(-12*time.Hour))
	if err != nil || n != sweepTickets+3 || blank() != sweepTickets+3 {
		t.Errorf("the lines of %d messages went, %d rows are empty, want %d (%v)", n, blank(), sweepTickets+3, err)
	}
	for i, sc := range rested {
		if after := lines(sc.ticket.Number); !maps.Equal(before[i], after) || len(after) != 5 {
			t.Fatalf("ticket %d knows %v, and knew %v", sc.ticket.Number, after, before[i])
		}
	}
	if !maps.Equal(kept[0], lines(working.ticket.Number)) || !maps.Equal(kept[1], lines(lately.ticket.Number)) {
		t.Error("tickets that are open or rested lately know something else")
	}
	if n, err := s.SweepLines(t.Context(), c.Now().Add(-12*time.Hour)); n != 0 || err != nil {
		t.Errorf("the second time %d went (%v)", n, err)
	}
	if n, err := s.SweepLines(t.Context(), c.Now()); n != 1 || err != nil {
		t.Errorf("later %d went (%v)", n, err)
	}
	from, into := rested[0], working
	was := lines(into.ticket.Number)
	update(t, s, func(tx *Tx) error {
		return tx.CopyLines(from.ticket.Number, into.ticket.Number, into.customer.ID, from.customer.ID)
	})
	if after := lines(into.ticket.Number); len(after) != len(was)+3 {
		t.Errorf("after the merge the ticket knows %v, and knew %v and %v", after, was, before[0])
	}
	last := rested[len(rested)-1]
	update(t, s, func(tx *Tx) error { return tx.MoveMessage(moved.ID, working.customer) })
	if after := lines(working.ticket.Number); after[line{hashes(moved.Text)[1], working.customer.ID, moved.Author}] != 1 || len(lines(last.ticket.Number)) != 3 {
		t.Errorf("after a message was moved its ticket knows %v", after)
	}
}
