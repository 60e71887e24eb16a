package store

import (
	"database/sql"
	"errors"
	"fmt"
	"time"

	"aside"
)

// AddDelivery queues a message to a participant of its conversation, not to
// leave before a time. The database refuses a message or participant of
// another conversation, and a message that must not leave.
func (tx *Tx) AddDelivery(token uint64, m aside.Message, p aside.Participant, notBefore time.Time, automatic bool) error {
	err := tx.exec(`INSERT INTO delivery (token, conversation, message, participant, automatic, state, next_at, created_at)
		VALUES ($1, $2, $3, $4, $5, 'queued', $6, $7)`,
		int64(token), m.Conversation, m.ID, p.ID, flag(automatic), micros(notBefore), micros(tx.now))
	if err != nil {
		return fmt.Errorf("queue message %d to participant %d: %w", m.ID, p.ID, err)
	}
	tx.effects.queued = true
	return nil
}

// About says what a notice is about beyond its words.
type About struct {
	Hold  int64 // the number of the hold that it tells of; 0 if none
	Shown int64 // the message that it shows where its words are its own
}

// AddNotice queues a notice to an agent.
func (tx *Tx) AddNotice(n *aside.Notice, about About) error {
	n.CreatedAt = tx.now
	var holder int64
	err := tx.row(`INSERT INTO notice (token, agent, holder, kind, desk, ticket, conversation, message, hold, shown, address, from_name, reply_name,
		subject, important, text, html, frame_text, frame_html, audience_at, state, next_at, created_at)
		VALUES ($1, $2, `+holderIn("$6", "$2")+`, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, 'queued', $20, $20) RETURNING id, holder`,
		int64(n.Token), n.Agent, n.Kind, n.Desk, n.Ticket, n.Conversation, n.MessageRow, about.Hold, about.Shown, n.To.Address, n.From.Name, n.ReplyName, n.Subject,
		flag(n.Important), n.Text, n.HTML, n.FrameText, n.FrameHTML, n.AudienceAt, micros(tx.now)).Scan(&n.ID, &holder)
	n.Holder = uint64(holder)
	if err != nil {
		return fmt.Errorf("queue a notice to %s: %w", n.Agent, err)
	}
	tx.effects.queued = true
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

// claimed is what a due row tells before its words are read.
type claimed struct {
	id, token, message, participant, created int64
	conversation                             int64
	attempts                                 int
	automatic                                bool
}

// ClaimDeliveries takes at most n due deliveries for as long as the lease. The
// participant is checked in the same transaction: who has left gets nothing.
func (tx *Tx) ClaimDeliveries(lease time.Duration, n int) ([]aside.Outgoing, error) {
	var due []claimed
	err := tx.each(func(r *sql.Rows) error {
		var c claimed
		err := r.Scan(&c.id, &c.token, &c.conversation, &c.message, &c.participant, &c.automatic, &c.attempts, &c.created)
		due = append(due, c)
		return err
	}, `SELECT id, token, conversation, message, participant, automatic, attempts, created_at FROM delivery
		WHERE state = 'queued' AND next_at <= $1 AND lease_until <= $1 ORDER BY next_at LIMIT `+atMost(n)+tx.q.d.unclaimed("delivery"), micros(tx.now))
	if err != nil {
		return nil, fmt.Errorf("claim deliveries: %w", err)
	}
	var out []aside.Outgoing
	for _, c := range due {
		o, err := tx.outgoing(c)
		if errors.Is(err, errLeft) {
			if err := tx.exec(`UPDATE delivery SET state = 'cancelled', detail = 'no longer taking part', finished_at = $2 WHERE id = $1`, c.id, micros(tx.now)); err != nil {
				return nil, err
			}
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("claim delivery %d: %w", c.id, err)
		}
		err = tx.exec(`UPDATE delivery SET lease_until = $2, lease_by = $3, attempts = attempts + 1 WHERE id = $1`, c.id, micros(tx.now.Add(lease)), tx.daemon)
		if err != nil {
			return nil, fmt.Errorf("claim delivery %d: %w", c.id, err)
		}
		out = append(out, o)
	}
	return out, nil
}

var errLeft = errors.New("the participant has left")

func (tx *Tx) outgoing(c claimed) (aside.Outgoing, error) {
	audience, err := tx.Audience(c.conversation)
	if err != nil {
		return aside.Outgoing{}, err
	}
	if !audience.Hears(c.participant) {
		return aside.Outgoing{}, errLeft
	}
	p, err := scanParticipant(tx.row(`SELECT `+participantColumns+` FROM participant WHERE id = $1`, c.participant).Scan)
	if err != nil {
		return aside.Outgoing{}, notFound(err, "participant", c.participant)
	}
	m, err := tx.Message(c.message)
	if err != nil {
		return aside.Outgoing{}, err
	}
	o := aside.Outgoing{Delivery: c.id, Token: uint64(c.token), Audience: audience, Recipient: p, Ticket: audience.Conversation().Ticket,
		Message: m, AgentName: m.AuthorName, Automatic: c.automatic, Attempts: c.attempts, QueuedAt: instant(c.created)}
	if err := tx.row(`SELECT desk FROM ticket WHERE number = $1`, o.Ticket).Scan(&o.Desk); err != nil {
		return aside.Outgoing{}, notFound(err, "ticket", o.Ticket)
	}
	if o.Thread, err = tx.thread(c.conversation, c.message, p); err != nil {
		return aside.Outgoing{}, err
	}
	return aside.NewOutgoing(o)
}

// heardByAll selects the messages of a conversation that may stand in
// References: what left to everybody, and foreign mail that is listed.
const heardByAll = ` AND listed = 1 AND (leaves = 1 OR (kind = 'inbound' AND message_id <> '')) `

// heardBySelf are those that participant $4, who joined at $3, has.
const heardBySelf = ` AND (created_at >= $3 OR author = $4) `

// thread names the messages of a conversation before one that a participant
// has: the first and the newest 50 of those since they joined, and their own.
func (tx *Tx) thread(conversation, before int64, p aside.Participant) ([]aside.Heard, error) {
	var out []aside.Heard
	err := tx.each(func(r *sql.Rows) error {
		var h aside.Heard
		var token int64
		err := r.Scan(&h.Message, &h.Foreign, &token)
		h.Token = uint64(token)
		out = append(out, h)
		return err
	}, `SELECT id, message_id, token FROM message WHERE id IN (
			SELECT id FROM (SELECT id FROM message WHERE conversation = $1 AND id < $2`+heardByAll+heardBySelf+`ORDER BY id DESC LIMIT 50) AS newest
			UNION ALL SELECT id FROM (SELECT id FROM message WHERE conversation = $1 AND id < $2`+heardByAll+heardBySelf+`ORDER BY id LIMIT 1) AS first)
		ORDER BY id`, conversation, before, micros(p.Since), p.Address)
	if err != nil {
		return nil, fmt.Errorf("read the thread of conversation %d: %w", conversation, err)
	}
	return out, nil
}

const noticeColumns = `n.id, n.token, n.agent, n.holder, n.kind, n.desk, n.ticket, n.conversation, n.message, n.address, n.from_name, n.reply_name,
	n.subject, n.important, n.text, n.html, n.frame_text, n.frame_html, n.audience_at, n.attempts, n.created_at, coalesce(c.token, 0)`

const noticeTables = ` FROM notice n LEFT JOIN conversation c ON c.id = n.conversation `

func scanNotice(scan func(...any) error) (aside.Notice, error) {
	var n aside.Notice
	var token, holder, conv, created int64
	err := scan(&n.ID, &token, &n.Agent, &holder, &n.Kind, &n.Desk, &n.Ticket, &n.Conversation, &n.MessageRow, &n.To.Address, &n.From.Name, &n.ReplyName,
		&n.Subject, &n.Important, &n.Text, &n.HTML, &n.FrameText, &n.FrameHTML, &n.AudienceAt, &n.Attempts, &created, &conv)
	n.Token, n.Holder, n.ConvToken, n.CreatedAt = uint64(token), uint64(holder), uint64(conv), instant(created)
	return n, err
}

// ClaimNotices takes at most n due notices for as long as the lease.
func (tx *Tx) ClaimNotices(lease time.Duration, n int) ([]aside.Notice, error) {
	var out []aside.Notice
	err := tx.each(func(r *sql.Rows) error {
		notice, err := scanNotice(r.Scan)
		out = append(out, notice)
		return err
	}, `SELECT `+noticeColumns+noticeTables+`WHERE n.state = 'queued' AND n.next_at <= $1 AND n.lease_until <= $1 ORDER BY n.next_at LIMIT `+atMost(n)+tx.q.d.unclaimed("n"),
		micros(tx.now))
	if err != nil {
		return nil, fmt.Errorf("claim notices: %w", err)
	}
	whole := out[:0]
	for _, notice := range out {
		err := tx.claimNotice(&notice, lease)
		if errors.Is(err, ErrNotFound) { // one that cannot be made whole must not keep the others back
			err = tx.FinishAttempt(Attempt{Notice: notice.ID, State: aside.DeliveryFailed, Detail: "what it shows is gone"})
		} else if err == nil {
			whole = append(whole, notice)
		}
		if err != nil {
			return nil, fmt.Errorf("claim notice %d: %w", notice.ID, err)
		}
	}
	return whole, nil
}

// claimNotice reads what the notice shows, and takes it.
func (tx *Tx) claimNotice(n *aside.Notice, lease time.Duration) (err error) {
	if n.MessageRow != 0 {
		m, err := tx.Message(n.MessageRow)
		if err != nil {
			return err
		}
		n.Message = &m
	}
	if n.Earlier, err = tx.earlierNotices(*n); err != nil {
		return err
	}
	return tx.exec(`UPDATE notice SET lease_until = $2, lease_by = $3, attempts = attempts + 1 WHERE id = $1`, n.ID, micros(tx.now.Add(lease)), tx.daemon)
}

// earlierNotices names the first and the newest few notices of one agent in
// one conversation, so that they are one thread in the agent's client.
func (tx *Tx) earlierNotices(n aside.Notice) (earlier []aside.NoticeRef, err error) {
	if n.Conversation == 0 {
		return nil, nil
	}
	err = tx.each(func(r *sql.Rows) error {
		var holder, token int64
		err := r.Scan(&holder, &token)
		earlier = append(earlier, aside.NoticeRef{Holder: uint64(holder), Token: uint64(token)})
		return err
	}, `SELECT holder, token FROM notice WHERE id IN (
			SELECT id FROM (SELECT id FROM notice WHERE agent = $1 AND conversation = $2 AND id < $3 ORDER BY id DESC LIMIT 5) AS newest
			UNION ALL SELECT min(id) FROM notice WHERE agent = $1 AND conversation = $2 AND id < $3) ORDER BY id`, n.Agent, n.Conversation, n.ID)
	return earlier, err
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
	n, err := tx.affected(`UPDATE `+table+` SET state = $2, next_at = $3, lease_until = 0, code = $4, detail = $5, finished_at = $6
		WHERE id = $1 AND state = 'queued' AND (attempts = $7 OR $7 = 0)`, id, a.State, micros(a.Next), a.Code, a.Detail, micros(finished), a.Claim)
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

// TellDelay marks that the agents were told of a delay, and reports whether
// this was the first time.
func (tx *Tx) TellDelay(delivery int64) (bool, error) {
	n, err := tx.affected(`UPDATE delivery SET delay_told = 1 WHERE id = $1 AND delay_told = 0`, delivery)
	return n > 0, err
}

// CancelUnsent stops the deliveries of a message that are not being sent at
// this moment, those whose first attempts failed included, and returns how
// many were stopped and how many had left.
func (tx *Tx) CancelUnsent(message int64) (stopped, left int64, err error) {
	stopped, err = tx.affected(`UPDATE delivery SET state = 'cancelled', detail = 'undone', finished_at = $2
		WHERE message = $1 AND state = 'queued' AND lease_until <= $2`, message, micros(tx.now))
	if err != nil {
		return 0, 0, fmt.Errorf("stop message %d: %w", message, err)
	}
	err = tx.row(`SELECT count(*) FROM delivery WHERE message = $1 AND state <> 'cancelled'`, message).Scan(&left)
	return stopped, left, err
}

// LastUnsent finds an agent's newest message of a ticket that still waits to
// leave; any ticket's when it is 0.
func (tx *Tx) LastUnsent(agent string, ticket int64) (message int64, err error) {
	// From what is queued to its message (CROSS JOIN keeps that order): the
	// other way reads every message there is when nothing waits.
	err = tx.row(`SELECT coalesce(max(m.id), 0) FROM delivery d CROSS JOIN message m CROSS JOIN conversation c
		WHERE d.state = 'queued' AND d.lease_until <= $3 AND m.id = d.message AND c.id = m.conversation
		AND m.author = $1 AND m.kind = 'outbound' AND (c.ticket = $2 OR $2 = 0)`, agent, ticket, micros(tx.now)).Scan(&message)
	if err == nil && message == 0 {
		err = sql.ErrNoRows
	}
	return message, notFound(err, "unsent message of", agent)
}
