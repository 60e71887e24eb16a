package store

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"aside"
)

// Outcome is what became of an inbound mail.
type Outcome string

// The outcomes.
const (
	OutcomeFiled   Outcome = "filed"   // a message of a conversation
	OutcomeDone    Outcome = "done"    // an agent's commands, carried out
	OutcomeHeld    Outcome = "held"    // waits for a word
	OutcomeEvent   Outcome = "event"   // automatic: recorded, heard by nobody else
	OutcomeIgnored Outcome = "ignored" // nothing in it could be acted on; the reason says why
)

// Record is what is kept of every accepted mail: its fate and why.
type Record struct {
	ID           string    `json:"id"`
	Session      string    `json:"session"`
	Channel      string    `json:"channel"`
	MailFrom     string    `json:"mail_from"`
	Recipients   []string  `json:"recipients"`
	From         string    `json:"from"`
	Subject      string    `json:"subject"`
	MessageID    string    `json:"message_id"`
	Digest       string    `json:"-"`
	Raw          string    `json:"raw_sha256"`
	ReceivedAt   time.Time `json:"received_at"`
	Outcome      Outcome   `json:"outcome"`
	Acted        bool      `json:"acted"`
	Ticket       int64     `json:"ticket"`
	Conversation int64     `json:"conversation"`
	Message      int64     `json:"message"`
	Signal       string    `json:"signal"`
	Reason       string    `json:"reason"`
	Sender       string    `json:"sender"` // who speaks in it, and what proves it
}

const recordColumns = `id, session, channel, mail_from, recipients, from_address, subject, message_id, digest, raw, received_at,
	outcome, acted, ticket, conversation, message, signal, reason, sender`

func scanRecord(scan func(...any) error) (*Record, error) {
	r := &Record{}
	var at int64
	var recipients string
	err := scan(&r.ID, &r.Session, &r.Channel, &r.MailFrom, &recipients, &r.From, &r.Subject, &r.MessageID, &r.Digest, &r.Raw, &at,
		&r.Outcome, &r.Acted, &r.Ticket, &r.Conversation, &r.Message, &r.Signal, &r.Reason, &r.Sender)
	if err != nil {
		return nil, err
	}
	r.ReceivedAt = instant(at)
	return r, json.Unmarshal([]byte(recipients), &r.Recipients)
}

// AddRecord writes what became of an inbound mail, and its raw bytes.
func (tx *Tx) AddRecord(r *Record, raw aside.Content) error {
	if err := tx.PutContent(raw); err != nil {
		return fmt.Errorf("store the raw mail: %w", err)
	}
	recipients, err := json.Marshal(r.Recipients)
	if err != nil {
		return fmt.Errorf("store mail %s: %w", r.ID, err)
	}
	err = tx.exec(`INSERT INTO inbound (`+recordColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)`,
		r.ID, r.Session, r.Channel, r.MailFrom, string(recipients), r.From, r.Subject, r.MessageID, r.Digest, raw.SHA256, micros(r.ReceivedAt),
		r.Outcome, flag(r.Acted), r.Ticket, r.Conversation, r.Message, r.Signal, r.Reason, r.Sender)
	if err != nil {
		return fmt.Errorf("store mail %s: %w", r.ID, err)
	}
	return nil
}

// SaveRecord writes what changed in a record once its mail was acted on.
func (tx *Tx) SaveRecord(r *Record) error {
	err := tx.exec(`UPDATE inbound SET outcome = $2, acted = $3, ticket = $4, conversation = $5, message = $6, signal = $7, reason = $8 WHERE id = $1`,
		r.ID, r.Outcome, flag(r.Acted), r.Ticket, r.Conversation, r.Message, r.Signal, r.Reason)
	if err != nil {
		return fmt.Errorf("save mail %s: %w", r.ID, err)
	}
	return nil
}

// Duplicate finds the mail that is the same as this one: the same Message-ID
// and digest, or without a Message-ID the same digest.
func (tx *Tx) Duplicate(messageID, digest string) (id string, found bool, err error) {
	err = tx.row(`SELECT id FROM inbound WHERE message_id = $1 AND digest = $2`, messageID, digest).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return "", false, nil
	}
	return id, err == nil, err
}

// Acted reports whether a mail with this Message-ID was carried out as an
// agent's already.
func (tx *Tx) Acted(messageID string) (acted bool, err error) {
	if err := tx.alone("acting", messageID); err != nil {
		return false, err
	}
	err = tx.row(`SELECT EXISTS (SELECT 1 FROM inbound WHERE message_id = $1 AND acted = 1)`, messageID).Scan(&acted)
	return acted, err
}

// Record reads the record of a mail by the id of its 250.
func (tx *Tx) Record(id string) (*Record, error) {
	r, err := scanRecord(tx.row(`SELECT `+recordColumns+` FROM inbound WHERE id = $1`, id).Scan)
	return r, notFound(err, "mail", id)
}

// Records are the mails with a Message-ID.
func (tx *Tx) Records(messageID string) ([]*Record, error) {
	return tx.records(`message_id = $1 ORDER BY received_at`, messageID)
}

// TicketRecords are the mails that ended in a ticket, the newest first.
func (tx *Tx) TicketRecords(ticket int64, limit int) ([]*Record, error) {
	return tx.records(`message IN (SELECT id FROM message WHERE conversation IN (SELECT id FROM conversation WHERE ticket = $1))
		ORDER BY received_at DESC LIMIT `+atMost(limit), ticket)
}

func (tx *Tx) records(where string, args ...any) ([]*Record, error) {
	var out []*Record
	err := tx.each(func(rows scanner) error {
		r, err := scanRecord(rows.Scan)
		out = append(out, r)
		return err
	}, `SELECT `+recordColumns+` FROM inbound WHERE `+where, args...)
	return out, err
}

// Allow reports whether something limited may happen now, and counts it if
// so: at most once per kind and subject in a period. What was counted while the
// clock was ahead does not count.
func (tx *Tx) Allow(kind, subject string, every time.Duration) (bool, error) {
	n, err := tx.affected(`INSERT INTO limiter (kind, subject, at) VALUES ($1, $2, $3)
		ON CONFLICT (kind, subject) DO UPDATE SET at = excluded.at WHERE limiter.at <= $4 OR limiter.at > $3`,
		kind, subject, micros(tx.now), micros(tx.now.Add(-every)))
	return n > 0, err
}

// Limit is something limited that has several places, each of which is taken for
// a period.
type Limit struct {
	Kind     string
	Subjects []string // the places
	Every    time.Duration
}

// AllowAll takes, as Allow does, the first free place of each limit, and reports
// whether each had one. Those behind one that has none are left alone.
func (tx *Tx) AllowAll(limits ...Limit) (bool, error) {
	taken, err := tx.taken(limits)
	if err != nil {
		return false, fmt.Errorf("look for what is limited: %w", err)
	}
	for _, l := range limits {
		ok := false
		for _, subject := range l.Subjects {
			at, known := taken[[2]string{l.Kind, subject}]
			switch {
			case taken == nil:
				ok, err = tx.Allow(l.Kind, subject, l.Every)
			case !known || at <= micros(tx.now.Add(-l.Every)) || at > micros(tx.now):
				ok, err = true, tx.limit(l.Kind, subject)
			}
			if err != nil {
				return false, err
			}
			if ok {
				break
			}
		}
		if !ok {
			return false, nil
		}
	}
	return true, nil
}

// taken tells in one round trip when the places of limits were taken last, by
// kind and subject; nil on an engine where each is looked at as it is taken.
func (tx *Tx) taken(limits []Limit) (at map[[2]string]int64, err error) {
	if tx.q.line == nil {
		return nil, nil
	}
	at = map[[2]string]int64{}
	var places []string
	var args []any
	for _, l := range limits {
		for _, subject := range l.Subjects {
			args = append(args, l.Kind, subject)
			places = append(places, fmt.Sprintf("($%d, $%d)", len(args)-1, len(args)))
		}
	}
	err = tx.each(func(r scanner) error {
		var key [2]string
		var last int64
		err := r.Scan(&key[0], &key[1], &last)
		at[key] = last
		return err
	}, `SELECT kind, subject, at FROM limiter WHERE (kind, subject) IN (`+strings.Join(places, ", ")+`)`, args...)
	return at, err
}

// limit takes a place, whoever had it.
func (tx *Tx) limit(kind, subject string) error {
	return tx.exec(`INSERT INTO limiter (kind, subject, at) VALUES ($1, $2, $3)
		ON CONFLICT (kind, subject) DO UPDATE SET at = excluded.at`, kind, subject, micros(tx.now))
}

// alone makes this transaction the only one at its time that has to do with a
// subject: whoever has so at once is overtaken, runs again and sees what this
// one did.
func (tx *Tx) alone(kind, subject string) error {
	if tx.held == nil || subject == "" {
		return nil // a View, or an engine with one writer
	}
	return tx.limit(kind, subject)
}

// LearnCase remembers a vendor's own ticket tag for a side conversation.
func (tx *Tx) LearnCase(tag, sender string, conversation int64) error {
	return tx.exec(`INSERT INTO foreign_case (tag, sender, conversation) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, tag, sender, conversation)
}
