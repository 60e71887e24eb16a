package store

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"aside"
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

// sweepTickets is how many tickets let their lines go in one transaction.
const sweepTickets = 50

// SweepLines lets go the line hashes of messages in tickets that have rested
// since a time, resolved or merged: they can be made of the messages again, and
// Lines does so. What cannot stays: the lines of frames, of events, and of what
// an agent's mail quoted from elsewhere. Each ticket is looked at once after
// each time that it comes to rest.
func (s *Store) SweepLines(ctx context.Context, restedSince time.Time) (messages int64, err error) {
	for _, status := range []aside.Status{aside.StatusResolved, aside.StatusMerged} {
		for more := true; more; {
			var swept int64
			err := s.Update(ctx, func(tx *Tx) (err error) {
				swept, more, err = tx.sweepLines(status, restedSince)
				return err
			})
			if err != nil {
				return messages, fmt.Errorf("let go the lines of %s tickets: %w", status, err)
			}
			messages += swept
		}
	}
	return messages, nil
}

// sweepLines is a batch. How far it came, by the times when the tickets came to
// rest, is kept in the same transaction.
func (tx *Tx) sweepLines(status aside.Status, restedSince time.Time) (swept int64, more bool, err error) {
	key := "lines_swept_" + string(status)
	value, err := tx.Meta(key)
	if err != nil {
		return 0, false, err
	}
	upto, _ := strconv.ParseInt(value, 10, 64) // empty at first
	var tickets []int64
	last := upto
	err = tx.each(func(r scanner) error {
		var number int64
		err := r.Scan(&number, &last)
		tickets = append(tickets, number)
		return err
	}, `SELECT number, updated_at FROM ticket WHERE status = $1 AND updated_at >= $2 AND updated_at < $3
		AND EXISTS (SELECT 1 FROM line_set WHERE ticket = number AND message > 0 AND length(hashes) > 0) ORDER BY updated_at LIMIT `+atMost(sweepTickets),
		status, upto, micros(restedSince))
	if err != nil {
		return 0, false, err
	}
	for _, t := range tickets {
		n, err := tx.affected(`UPDATE line_set SET hashes = substr(hashes, 1, 0) WHERE ticket = $1 AND message > 0 AND length(hashes) > 0`, t)
		if err != nil {
			return 0, false, fmt.Errorf("ticket %d: %w", t, err)
		}
		swept += n
	}
	if more = len(tickets) == sweepTickets; !more {
		last = max(upto, micros(restedSince)) // all before it were looked at
	}
	if last == upto {
		return swept, more, nil
	}
	return swept, more, tx.SetMeta(key, strconv.FormatInt(last, 10))
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
