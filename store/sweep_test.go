package store

import (
	"fmt"
	"slices"
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
