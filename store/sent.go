package store

import (
	"encoding/json"
	"fmt"
	"time"

	"aside"
)

// QueueEntry is a line of the queue as an admin sees it.
type QueueEntry struct {
	ID       int64     `json:"id"`
	Kind     string    `json:"kind"` // "delivery" or "notice"
	To       string    `json:"to"`
	Ticket   int64     `json:"ticket"`
	State    string    `json:"state"`
	Attempts int       `json:"attempts"`
	Next     time.Time `json:"next"`
	Code     int       `json:"code"`
	Detail   string    `json:"detail"`
	Created  time.Time `json:"created"`
}

// Queue lists what waits to leave or, if all, failed.
func (tx *Tx) Queue(all bool, limit int) ([]QueueEntry, error) {
	states := `= 'queued'`
	if all {
		states = `IN ('queued', 'failed', 'bounced')`
	}
	var out []QueueEntry
	err := tx.each(func(r scanner) error {
		var e QueueEntry
		var next, created int64
		err := r.Scan(&e.Kind, &e.ID, &e.To, &e.Ticket, &e.State, &e.Attempts, &next, &e.Code, &e.Detail, &created)
		e.Next, e.Created = instant(next), instant(created)
		out = append(out, e)
		return err
	}, `SELECT 'delivery', d.id, p.address, c.ticket, d.state, d.attempts - d.untried, d.next_at, d.code, d.detail, d.created_at
			FROM delivery d JOIN participant p ON p.id = d.participant JOIN conversation c ON c.id = d.conversation WHERE d.state `+states+`
		UNION ALL
		SELECT 'notice', id, address, ticket, state, attempts - untried, next_at, code, detail, created_at FROM notice WHERE state `+states+`
		ORDER BY 10, 1 LIMIT `+atMost(limit))
	return out, err
}

// QueueLength counts the deliveries and notices in a state. For "queued" and
// "failed" there are indexes; any other reads all that was ever sent.
func (tx *Tx) QueueLength(state string) (n int, err error) {
	is := `state = $1`
	switch aside.DeliveryState(state) {
	case aside.DeliveryQueued, aside.DeliveryFailed:
		is = `state = '` + state + `' AND state = $1` // a partial index is found by the literal
	}
	err = tx.row(`SELECT (SELECT count(*) FROM delivery WHERE `+is+`) + (SELECT count(*) FROM notice WHERE `+is+`)`, state).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count what is %s: %w", state, err)
	}
	return n, nil
}

// RetryNow has a queued or failed entry tried at once.
func (tx *Tx) RetryNow(kind string, id int64) error {
	return tx.changeEntry(kind, id, `UPDATE %s SET state = 'queued', next_at = $2, lease_until = 0, finished_at = 0
		WHERE id = $1 AND state IN ('queued', 'failed', 'bounced')`, micros(tx.now))
}

// Drop gives a queued entry up.
func (tx *Tx) Drop(kind string, id int64) error {
	const why = "dropped by the admin"
	if kind == "delivery" {
		dropped, err := tx.cancel(why, `d.id = $1 AND d.state IN ('queued', 'failed')`, id)
		if err == nil && len(dropped) == 0 {
			err = ErrNotFound
		}
		if err != nil {
			return fmt.Errorf("delivery %d: %w", id, err)
		}
		return nil
	}
	return tx.changeEntry(kind, id, `UPDATE %s SET state = 'cancelled', detail = '`+why+`', finished_at = $2
		WHERE id = $1 AND state IN ('queued', 'failed')`, micros(tx.now))
}

func (tx *Tx) changeEntry(kind string, id int64, update string, at int64) error {
	if kind != "delivery" && kind != "notice" {
		return fmt.Errorf("queue entry %s: the kind is delivery or notice", kind)
	}
	n, err := tx.affected(fmt.Sprintf(update, kind), id, at)
	if err == nil && n == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("%s %d: %w", kind, id, err)
	}
	tx.effects.queued = true
	return nil
}

// DeliveryOf is what is known of a delivery when its bounce comes back.
type DeliveryOf struct {
	ID           int64
	Conversation int64
	Ticket       int64
	Message      int64
	Author       string
	Recipient    aside.Participant
	State        aside.DeliveryState
}

// DeliveryByToken finds a delivery by the id that its return path carried.
func (tx *Tx) DeliveryByToken(token uint64) (DeliveryOf, error) {
	return tx.deliveryOf(`d.token = $1`, int64(token))
}

// DeliveryByID finds a delivery by its row.
func (tx *Tx) DeliveryByID(id int64) (DeliveryOf, error) { return tx.deliveryOf(`d.id = $1`, id) }

func (tx *Tx) deliveryOf(where string, arg int64) (DeliveryOf, error) {
	var d DeliveryOf
	var participant int64
	err := tx.row(`SELECT d.id, d.conversation, c.ticket, d.message, m.author, d.participant, d.state FROM delivery d
		JOIN conversation c ON c.id = d.conversation JOIN message m ON m.id = d.message WHERE `+where, arg).
		Scan(&d.ID, &d.Conversation, &d.Ticket, &d.Message, &d.Author, &participant, &d.State)
	if err != nil {
		return d, notFound(err, "delivery", arg)
	}
	d.Recipient, err = scanParticipant(tx.row(`SELECT `+participantColumns+` FROM participant WHERE id = $1`, participant).Scan)
	return d, notFound(err, "participant", participant)
}

// Bounced records that a sent delivery came back.
func (tx *Tx) Bounced(delivery int64, detail string) error {
	err := tx.exec(`UPDATE delivery SET state = 'bounced', detail = $2, finished_at = $3 WHERE id = $1 AND state IN ('queued', 'sent')`,
		delivery, detail, micros(tx.now))
	if err != nil {
		return fmt.Errorf("record the bounce of delivery %d: %w", delivery, err)
	}
	return nil
}

// NoticesSince counts an agent's newest notices of one conversation (0 for
// those of none) made after a time: messages, which show somebody's words, and
// others. It looks at no more than limit.
func (tx *Tx) NoticesSince(agent string, conversation int64, since time.Time, limit int) (messages, others int, err error) {
	err = tx.each(func(rows scanner) error {
		var kind aside.NoticeKind
		var at int64
		if err := rows.Scan(&kind, &at); err != nil {
			return err
		}
		switch {
		case at <= micros(since):
		case kind == aside.NoticeMessage:
			messages++
		default:
			others++
		}
		return nil
	}, `SELECT kind, created_at FROM notice WHERE agent = $1 AND conversation = $2 ORDER BY id DESC LIMIT `+atMost(limit), agent, conversation)
	if err != nil {
		return 0, 0, fmt.Errorf("count the notices of %s: %w", agent, err)
	}
	return messages, others, nil
}

// FewNoticesSince reports that each of some agents got fewer than n notices of
// a conversation after a time: by looking at the n-th newest alone.
func (tx *Tx) FewNoticesSince(agents []string, conversation int64, since time.Time, n int) (few bool, err error) {
	list, err := json.Marshal(append([]string{}, agents...)) // [] where there are none
	if err != nil {
		return false, err
	}
	var newest int64
	err = tx.row(`SELECT coalesce(max(at), 0) FROM (SELECT (SELECT n.created_at FROM notice n WHERE n.agent = e.value AND n.conversation = $2
		ORDER BY n.id DESC LIMIT 1 OFFSET `+atMost(n-1)+`) AS at FROM `+tx.q.d.texts("$1")+` e) AS newest`, string(list), conversation).Scan(&newest)
	if err != nil {
		return false, fmt.Errorf("count the notices of %s: %w", agents, err)
	}
	return newest <= micros(since), nil
}

// NoticeOf is what is known of a notice when an answer or a bounce refers to
// it.
type NoticeOf struct {
	ID           int64
	Token        uint64
	Agent        string
	Address      string // that it went to
	Kind         aside.NoticeKind
	Desk         string
	Ticket       int64
	Conversation int64
	Message      int64
	Hold         int64
	Shown        int64 // the message whose words it shows; Message where it copies one
	AudienceAt   int64
	Subject      string
	Facts        string // JSON: what its frame shows
	CreatedAt    time.Time
}

const noticeOfColumns = `id, token, agent, address, kind, desk, ticket, conversation, message, hold, shown, audience_at, subject, facts, created_at`

func scanNoticeOf(scan func(...any) error) (NoticeOf, error) {
	var n NoticeOf
	var token, created int64
	err := scan(&n.ID, &token, &n.Agent, &n.Address, &n.Kind, &n.Desk, &n.Ticket, &n.Conversation, &n.Message, &n.Hold, &n.Shown, &n.AudienceAt, &n.Subject, &n.Facts, &created)
	if n.Shown == 0 {
		n.Shown = n.Message
	}
	n.Token, n.CreatedAt = uint64(token), instant(created)
	return n, err
}

// NoticeByToken finds a notice by the id that its Message-ID carries.
func (tx *Tx) NoticeByToken(token uint64) (NoticeOf, error) {
	n, err := scanNoticeOf(tx.row(`SELECT `+noticeOfColumns+` FROM notice WHERE token = $1`, int64(token)).Scan)
	return n, notFound(err, "notice", token)
}

// NoticeByID finds a notice.
func (tx *Tx) NoticeByID(id int64) (NoticeOf, error) {
	n, err := scanNoticeOf(tx.row(`SELECT `+noticeOfColumns+` FROM notice WHERE id = $1`, id).Scan)
	return n, notFound(err, "notice", id)
}

// NoticeBounced records that a notice came back.
func (tx *Tx) NoticeBounced(id int64, detail string) error {
	return tx.exec(`UPDATE notice SET state = 'bounced', detail = $2, finished_at = $3 WHERE id = $1`, id, detail, micros(tx.now))
}
