package store

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"time"

	"aside"
)

// AddEvent appends a line to a ticket's history. Each line's hash covers the
// one before it and a salted digest of its content, so that content can be
// erased later, data and salt together, and the chain still be checked.
func (tx *Tx) AddEvent(ticket int64, actor, kind string, data any) error {
	text, err := json.Marshal(data)
	if err != nil {
		return fmt.Errorf("event %s of ticket %d: %w", kind, ticket, err)
	}
	if err := tx.hold(ticket); err != nil {
		return err
	}
	last, known := tx.last[ticket]
	if !known {
		err = tx.row(lastEvent, ticket).Scan(&last.seq, &last.hash)
		if err != nil && err != sql.ErrNoRows {
			return fmt.Errorf("read the history of ticket %d: %w", ticket, err)
		}
	}
	salt := make([]byte, 16)
	_, _ = rand.Read(salt) // never fails (crypto/rand)
	at := micros(tx.now)
	digest := eventDigest(salt, actor, kind, string(text))
	next := link{last.seq + 1, eventHash(last.hash, ticket, last.seq+1, at, digest)}
	err = tx.exec(`INSERT INTO event (ticket, seq, at, actor, kind, data, salt, digest, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		ticket, next.seq, at, actor, kind, string(text), salt, digest, next.hash)
	if err != nil {
		return fmt.Errorf("add event %s to ticket %d: %w", kind, ticket, err)
	}
	tx.follows(ticket, next)
	return nil
}

const lastEvent = `SELECT seq, hash FROM event WHERE ticket = $1 ORDER BY seq DESC LIMIT 1`

// follows remembers what the next event of a ticket follows.
func (tx *Tx) follows(ticket int64, last link) {
	if tx.last == nil {
		tx.last = map[int64]link{}
	}
	tx.last[ticket] = last
}

// link is the newest event of a history.
type link struct {
	seq  int64
	hash []byte
}

func eventDigest(salt []byte, fields ...string) []byte {
	h := sha256.New()
	h.Write(salt)
	for _, f := range fields {
		// Lengths keep ("ab", "c") apart from ("a", "bc").
		_ = binary.Write(h, binary.BigEndian, int64(len(f)))
		h.Write([]byte(f))
	}
	return h.Sum(nil)
}

func eventHash(prev []byte, ticket, seq, at int64, digest []byte) []byte {
	h := sha256.New()
	h.Write(prev)
	for _, n := range []int64{ticket, seq, at} {
		_ = binary.Write(h, binary.BigEndian, n)
	}
	h.Write(digest)
	return h.Sum(nil)
}

// Events reads a ticket's history, the oldest first.
func (tx *Tx) Events(ticket int64) ([]aside.Event, error) {
	var out []aside.Event
	err := tx.each(func(r scanner) error {
		var e aside.Event
		var at int64
		var data string
		err := r.Scan(&e.Seq, &at, &e.Actor, &e.Kind, &data)
		e.Ticket, e.At, e.Data = ticket, instant(at), json.RawMessage(data)
		out = append(out, e)
		return err
	}, `SELECT seq, at, actor, kind, data FROM event WHERE ticket = $1 ORDER BY seq`, ticket)
	return out, err
}

// verifyHistory checks every chain and returns what does not fit.
func (tx *Tx) verifyHistory(report func(string)) (events int64, err error) {
	var ticket, next int64
	var prev []byte
	err = tx.each(func(r scanner) error {
		var t, seq, at int64
		var actor, kind, data string
		var salt, digest, hash []byte
		if err := r.Scan(&t, &seq, &at, &actor, &kind, &data, &salt, &digest, &hash); err != nil {
			return err
		}
		if t != ticket {
			ticket, next, prev = t, 1, nil
		}
		events++
		switch {
		case seq != next:
			report(fmt.Sprintf("history of ticket %d: event %d is missing", t, next))
		case !bytes.Equal(hash, eventHash(prev, t, seq, at, digest)):
			report(fmt.Sprintf("history of ticket %d: event %d does not follow from the one before it", t, seq))
		case data == "" && len(salt) == 0: // erased; without its salt nobody can guess what it was
		case !bytes.Equal(digest, eventDigest(salt, actor, kind, data)):
			report(fmt.Sprintf("history of ticket %d: event %d of %s was changed", t, seq, instant(at).Format(time.RFC3339)))
		}
		next, prev = seq+1, hash
		return nil
	}, `SELECT ticket, seq, at, actor, kind, data, salt, digest, hash FROM event ORDER BY ticket, seq`)
	return events, err
}

// ChangedSince reports whether a ticket's history has an entry of a kind that is
// later than a time.
func (tx *Tx) ChangedSince(ticket int64, kind string, since time.Time) (changed bool, err error) {
	err = tx.row(`SELECT EXISTS (SELECT 1 FROM event WHERE ticket = $1 AND kind = $2 AND at > $3)`, ticket, kind, micros(since)).Scan(&changed)
	if err != nil {
		return false, fmt.Errorf("read the history of ticket %d: %w", ticket, err)
	}
	return changed, nil
}

// ActedAt reports whether a ticket's history has an entry of a kind by an actor
// of exactly a time: what one change wrote bears one time.
func (tx *Tx) ActedAt(ticket int64, actor, kind string, at time.Time) (acted bool, err error) {
	err = tx.row(`SELECT EXISTS (SELECT 1 FROM event WHERE ticket = $1 AND kind = $2 AND actor = $3 AND at = $4)`, ticket, kind, actor, micros(at)).Scan(&acted)
	if err != nil {
		return false, fmt.Errorf("read the history of ticket %d: %w", ticket, err)
	}
	return acted, nil
}
