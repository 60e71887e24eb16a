package store

import (
	"context"
	"fmt"
	"time"
)

// sweepRows is how many small rows go in one transaction.
const sweepRows = 500

// limiterLife is how long a limit's row is kept: no limit counts over more than
// a day.
const limiterLife = 48 * time.Hour

// SweepLimits removes what no limit counts any more, in batches. A limit whose
// row is gone is one that nothing was counted against.
func (s *Store) SweepLimits(ctx context.Context) (removed int64, err error) {
	for {
		var gone int64
		err := s.Update(ctx, func(tx *Tx) (err error) {
			gone, err = tx.sweepLimits()
			return err
		})
		if removed += gone; err != nil || gone < sweepRows {
			return removed, err
		}
	}
}

func (tx *Tx) sweepLimits() (int64, error) {
	n, err := tx.affected(`DELETE FROM limiter WHERE (kind, subject) IN (SELECT kind, subject FROM limiter WHERE at < $1 ORDER BY at LIMIT `+
		atMost(sweepRows)+tx.q.d.unclaimed("limiter")+`)`, micros(tx.now.Add(-limiterLife)))
	if err != nil {
		return 0, fmt.Errorf("remove limits that are over: %w", err)
	}
	return n, nil
}

// What no right clock writes: a mail that was queued in the future, one that
// was tried and is to wait longer than any pause, a claim longer than any.
const (
	clockSkew   = time.Minute // of several machines
	pauseAtMost = 5 * time.Hour
	leaseAtMost = 10 * time.Minute
	leaseAgain  = 2 * time.Minute
)

// moment is the time of a change. A clock that went back since the change
// before is remembered for WasSetBack.
func (s *Store) moment() time.Time {
	now := s.now().UTC()
	if last := s.latest.Swap(now.UnixMicro()); now.UnixMicro() < last-clockSkew.Microseconds() {
		s.setBack.Store(true)
	}
	return now
}

// WasSetBack reports, once each time, that the clock went back by more than a
// minute between two changes: then BackToNow has something to do.
func (s *Store) WasSetBack() bool { return s.setBack.Swap(false) }

// BackToNow makes due what waits only because the clock was wrong when it was
// queued, tried or claimed, and returns how many mails that are. Without it a
// mail that was queued while the clock was a month ahead would wait for a month.
func (tx *Tx) BackToNow() (n int64, err error) {
	for _, table := range []string{"delivery", "notice"} {
		due, err := tx.affected(`UPDATE `+table+` SET next_at = $1 WHERE state = 'queued' AND next_at > $2 AND (created_at > $2 OR attempts > 0 AND next_at > $3)`,
			micros(tx.now), micros(tx.now.Add(clockSkew)), micros(tx.now.Add(pauseAtMost)))
		if err != nil {
			return 0, fmt.Errorf("make due what was queued in the future: %w", err)
		}
		free, err := tx.affected(`UPDATE `+table+` SET lease_until = $1 WHERE state = 'queued' AND lease_until > $2`,
			micros(tx.now.Add(leaseAgain)), micros(tx.now.Add(leaseAtMost)))
		if err != nil {
			return 0, fmt.Errorf("shorten what was claimed in the future: %w", err)
		}
		n += due + free
	}
	tx.effects.queued = tx.effects.queued || n > 0
	return n, nil
}
