package store

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"aside"
)

// AddDelivery queues a message to a participant of its conversation, not to
// leave before a time. The database refuses a message or participant of
// another conversation, and a message that must not leave.
func (tx *Tx) AddDelivery(token uint64, m aside.Message, p aside.Participant, notBefore time.Time, automatic bool) error {
	err := tx.exec(`INSERT INTO delivery (token, conversation, message, participant, automatic, state, next_at, created_at, session)
		VALUES ($1, $2, $3, $4, $5, 'queued', $6, $7, $8)`,
		int64(token), m.Conversation, m.ID, p.ID, flag(automatic), micros(notBefore), micros(tx.now), tx.session)
	if err != nil {
		return fmt.Errorf("queue message %d to participant %d: %w", m.ID, p.ID, err)
	}
	tx.effects.queued = true
	return nil
}

// AddHad records that a participant has a message already: the mail program of
// the agent who wrote it has sent it there.
func (tx *Tx) AddHad(token uint64, m aside.Message, p aside.Participant) error {
	err := tx.exec(`INSERT INTO delivery (token, conversation, message, participant, state, next_at, created_at, finished_at, session, detail)
		VALUES ($1, $2, $3, $4, 'sent', $5, $5, $5, $6, 'sent by the agent''s own mail program')`,
		int64(token), m.Conversation, m.ID, p.ID, micros(tx.now), tx.session)
	if err != nil {
		return fmt.Errorf("record that participant %d has message %d: %w", p.ID, m.ID, err)
	}
	return nil
}

// ReleaseLeases frees what a daemon that died was sending; the one that takes
// its place calls it at its start. A SQLite store has one daemon, and all of it
// was that one's. In PostgreSQL others may be sending: what bears this daemon's
// name is freed, and what another left behind is sent once its lease has ended.
func (tx *Tx) ReleaseLeases() error {
	for _, table := range []string{"delivery", "notice"} {
		query, args := `UPDATE `+table+` SET lease_until = 0 WHERE state = 'queued' AND lease_until > 0`, []any(nil)
		if tx.q.d.name == "postgres" {
			query, args = query+` AND lease_by = $1 AND lease_by <> ''`, []any{tx.daemon}
		}
		if err := tx.exec(query, args...); err != nil {
			return fmt.Errorf("free what is claimed of %s: %w", table, err)
		}
	}
	return nil
}

// ReleaseOthers frees what this daemon has claimed, but for some deliveries and
// notices: those that it knows of. A claim whose answer was lost would else
// wait for the end of its lease.
func (tx *Tx) ReleaseOthers(deliveries, notices []int64) error {
	if tx.daemon == "" {
		return nil // nobody knows whose they are
	}
	for table, known := range map[string][]int64{"delivery": deliveries, "notice": notices} {
		err := tx.exec(`UPDATE `+table+` SET lease_until = 0 WHERE state = 'queued' AND lease_until > 0 AND lease_by = $1
			AND id NOT IN (SELECT value FROM `+tx.q.d.integers("$2")+` e)`, tx.daemon, jsonIDs(append([]int64{0}, known...)))
		if err != nil {
			return fmt.Errorf("free what is claimed of %s: %w", table, err)
		}
	}
	tx.effects.queued = true
	return nil
}

// Attempt is what one attempt to send came to.
type Attempt struct {
	Delivery int64 // or
	Notice   int64
	Claim    int                 // which claim it was made under, from 1; 0 for any
	State    aside.DeliveryState // queued: try again at Next
	Next     time.Time
	Code     int
	Detail   string
	Untried  bool // nothing was said of the mail: it does not count as an attempt
}

// ErrClaimLost says that what was claimed is another's by now, or has ended.
var ErrClaimLost = errors.New("the claim has ended")

// FinishAttempt records an attempt. A delivery that bounced or was given up
// meanwhile stays as it is, and so does one that another daemon has claimed
// since: then ErrClaimLost is the error where Claim is given.
func (tx *Tx) FinishAttempt(a Attempt) error {
	table, id := "delivery", a.Delivery
	if a.Notice != 0 {
		table, id = "notice", a.Notice
	}
	finished := tx.now
	if a.State == aside.DeliveryQueued {
		finished = time.Time{}
		tx.effects.queued = true
	}
	n, err := tx.affected(`UPDATE `+table+` SET state = $2, next_at = $3, lease_until = 0, code = $4, detail = $5, finished_at = $6, untried = untried + $8
		WHERE id = $1 AND state = 'queued' AND (attempts = $7 OR $7 = 0)`, id, a.State, micros(a.Next), a.Code, a.Detail, micros(finished), a.Claim, flag(a.Untried))
	if err == nil && n == 0 && a.Claim > 0 {
		err = ErrClaimLost
	}
	if err != nil {
		return fmt.Errorf("record an attempt at %s %d: %w", table, id, err)
	}
	return nil
}

// Renew makes the lease of what is being sent last until a time, and reports
// whether it is still held. Who has left meanwhile gets nothing more: the
// lease of a delivery to them is lost. claim is which claim it is, from 1; 0
// for any: what another daemon has claimed since is not ours.
func (tx *Tx) Renew(delivery, notice int64, claim int, until time.Time) (bool, error) {
	what, id := `notice SET lease_until = $2 WHERE `, notice
	if notice == 0 {
		what, id = `delivery SET lease_until = $2 WHERE EXISTS (SELECT 1 FROM participant p WHERE p.id = participant AND p.until = 0) AND `, delivery
	}
	n, err := tx.affected(`UPDATE `+what+`id = $1 AND state = 'queued' AND lease_until > 0 AND (attempts = $3 OR $3 = 0)`, id, micros(until), claim)
	if err != nil {
		return false, fmt.Errorf("renew the lease of delivery %d, notice %d: %w", delivery, notice, err)
	}
	return n > 0, nil
}

// NextDue is when the next delivery or notice wants to leave; zero if none.
func (tx *Tx) NextDue() (time.Time, error) {
	var at sql.NullInt64
	// Each part reads the beginning of an index: a long queue costs no more. A
	// lease always ends after the time that its row was due.
	err := tx.row(`SELECT min(at) FROM (
		SELECT * FROM (SELECT next_at AS at FROM delivery WHERE state = 'queued' AND lease_until = 0 ORDER BY next_at LIMIT 1) AS soonest_delivery
		UNION ALL SELECT * FROM (SELECT next_at FROM notice WHERE state = 'queued' AND lease_until = 0 ORDER BY next_at LIMIT 1) AS soonest_notice
		UNION ALL SELECT min(lease_until) FROM delivery WHERE state = 'queued' AND lease_until > 0
		UNION ALL SELECT min(lease_until) FROM notice WHERE state = 'queued' AND lease_until > 0) AS due`).Scan(&at)
	if err != nil {
		return time.Time{}, fmt.Errorf("look for the next mail to leave: %w", err)
	}
	return instant(at.Int64), nil
}

// TellDelay marks that the agents were told of the delay of a delivery or of a
// notice, and reports whether this was the first time.
func (tx *Tx) TellDelay(delivery, notice int64) (bool, error) {
	table, id := "delivery", delivery
	if notice != 0 {
		table, id = "notice", notice
	}
	n, err := tx.affected(`UPDATE `+table+` SET delay_told = 1 WHERE id = $1 AND delay_told = 0`, id)
	return n > 0, err
}

// notTakingPart is why a delivery is cancelled whose reader was taken out.
const notTakingPart = "no longer taking part"

// cancel stops the deliveries d for which where is true, and gives the message
// of each. What is known of the passages of their tickets is made anew when it
// is next needed: words that never left were heard by nobody.
func (tx *Tx) cancel(why, where string, args ...any) (messages []int64, err error) {
	var ids, tickets []int64
	err = tx.each(func(r scanner) error {
		var id, message, ticket int64
		err := r.Scan(&id, &message, &ticket)
		ids, messages = append(ids, id), append(messages, message)
		if !slices.Contains(tickets, ticket) {
			tickets = append(tickets, ticket)
		}
		return err
	}, `SELECT d.id, d.message, c.ticket FROM delivery d JOIN conversation c ON c.id = d.conversation WHERE `+where, args...)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	err = tx.exec(`UPDATE delivery SET state = 'cancelled', detail = $2, finished_at = $3 WHERE id IN (SELECT value FROM `+tx.q.d.integers("$1")+` e)`,
		jsonIDs(ids), why, micros(tx.now))
	for _, t := range tickets {
		if err == nil {
			err = tx.ForgetPassages(t)
		}
	}
	return messages, err
}

// CancelUnsent stops the deliveries of a message that are not being sent at
// this moment, those whose first attempts failed included, and returns how
// many were stopped and how many had left.
func (tx *Tx) CancelUnsent(message int64) (stopped, left int64, err error) {
	cancelled, err := tx.cancel("undone", `d.message = $1 AND d.state = 'queued' AND d.lease_until <= $2`, message, micros(tx.now))
	if err != nil {
		return 0, 0, fmt.Errorf("stop message %d: %w", message, err)
	}
	err = tx.row(`SELECT count(*) FROM delivery WHERE message = $1 AND state <> 'cancelled'`, message).Scan(&left)
	if err == nil && left == 0 { // what it was to send on was not
		err = tx.exec(`UPDATE message SET relayed = 0 WHERE id = (SELECT reply_to FROM message WHERE id = $1 AND relayed = 1)`, message)
	}
	return int64(len(cancelled)), left, err
}

// LastUnsent finds an agent's newest message of some tickets that still waits to
// leave: of those written until a time, if that is not zero.
func (tx *Tx) LastUnsent(agent string, until time.Time, tickets ...int64) (message int64, err error) {
	// From what is queued to its message (CROSS JOIN keeps that order): the
	// other way reads every message there is when nothing waits.
	err = tx.row(`SELECT coalesce(max(m.id), 0) FROM delivery d CROSS JOIN message m CROSS JOIN conversation c
		WHERE d.state = 'queued' AND d.lease_until <= $3 AND m.id = d.message AND c.id = m.conversation
		AND m.author = $1 AND m.kind = 'outbound' AND (m.created_at <= $4 OR $4 = 0) AND c.ticket IN (SELECT value FROM `+tx.q.d.integers("$2")+` e)`,
		agent, jsonIDs(tickets), micros(tx.now), micros(until)).Scan(&message)
	if err == nil && message == 0 {
		err = sql.ErrNoRows
	}
	return message, notFound(err, "unsent message of", agent)
}
