package store

import (
	"encoding/json"
	"fmt"
	"time"

	"aside"
)

// HeldMail is a hold with the mail that waits.
type HeldMail struct {
	aside.Hold
	Mail    aside.Inbound
	To      []aside.Address // who would have heard it; without an address our own
	Meant   []aside.Address // whom its commands let take part or take out, whether or not they would have heard it
	Place   string          // where its text would have gone, in the desk's words
	Holders []uint64        // ids of the agent's, of those it came with, that counted when it came
	Passage string          // the text that waits, or its beginning
	Reasons []Reason        // why it waits, as its receipt says
	NextAt  time.Time       // when its writer is reminded, or it expires
	ToldAt  time.Time       // when its code was sent
	ToldTo  string          // and to which address
	Recall  int             // how many reminders went
	Again   bool            // its writer had let it go, and is asked about something new
}

// Reason is one thing that holds a mail, in the words of its receipt.
type Reason struct {
	Line, Why, Meant string
}

const holdColumns = `number, agent, ticket, kind, inbound, mail, guards, reasons, hearers, meant, holders, place, passage, notice, state, code_hash, told_to, told_at, recalls, again, next_at, created_at`

func scanHold(scan func(...any) error) (*HeldMail, error) {
	h := &HeldMail{}
	var mail, guards, reasons, hearers, meant, holders string
	var notice, told, next, created int64
	err := scan(&h.Number, &h.Agent, &h.Ticket, &h.Kind, &h.InboundID, &mail, &guards, &reasons, &hearers, &meant, &holders, &h.Place, &h.Passage, &notice, &h.State, &h.CodeHash, &h.ToldTo, &told, &h.Recall, &h.Again, &next, &created)
	if err != nil {
		return nil, err
	}
	h.Notice, h.ToldAt, h.NextAt, h.CreatedAt = uint64(notice), instant(told), instant(next), instant(created)
	for _, col := range []struct {
		text string
		to   any
	}{{guards, &h.Guards}, {reasons, &h.Reasons}, {hearers, &h.To}, {meant, &h.Meant}, {holders, &h.Holders}, {mail, &h.Mail}} {
		if err := json.Unmarshal([]byte(col.text), col.to); err != nil {
			return nil, fmt.Errorf("hold %d: %w", h.Number, err)
		}
	}
	return h, nil
}

// AddHold keeps a mail waiting and gives the hold its number. Its attachments
// are stored with it.
func (tx *Tx) AddHold(h *HeldMail) error {
	h.CreatedAt, h.State = tx.now, aside.HoldWaiting
	mail := h.Mail
	mail.Raw.Data = nil
	var parts []aside.Content
	if mail.Mail != nil {
		m := *mail.Mail
		m.Attachments = append([]aside.Attachment(nil), m.Attachments...)
		for i := range m.Attachments {
			parts = append(parts, m.Attachments[i].Content)
			m.Attachments[i].Data = nil
		}
		mail.Mail = &m
	}
	var cols [6]string
	for i, of := range []any{mail, h.Guards, h.Reasons, h.To, h.Meant, h.Holders} {
		text, err := json.Marshal(of)
		if err != nil {
			return fmt.Errorf("hold mail %s: %w", h.InboundID, err)
		}
		cols[i] = string(text)
	}
	var err error
	h.Number, err = tx.insert("hold", "number", `agent, ticket, kind, inbound, mail, guards, reasons, hearers, meant, holders, place, passage, notice, state, code_hash, told_to, told_at, again, next_at, created_at`,
		h.Agent, h.Ticket, h.Kind, h.InboundID, cols[0], cols[1], cols[2], cols[3], cols[4], cols[5], h.Place, h.Passage, int64(h.Notice), h.State, h.CodeHash, h.ToldTo,
		micros(h.ToldAt), flag(h.Again), micros(h.NextAt), micros(tx.now))
	if err != nil {
		return fmt.Errorf("hold mail %s: %w", h.InboundID, err)
	}
	for _, c := range parts {
		if err := tx.PutContent(c); err != nil {
			return fmt.Errorf("hold mail %s: %w", h.InboundID, err)
		}
		if err := tx.exec(`INSERT INTO hold_part (hold, sha256) VALUES ($1, $2) ON CONFLICT DO NOTHING`, h.Number, c.SHA256); err != nil {
			return fmt.Errorf("hold mail %s: %w", h.InboundID, err)
		}
	}
	return nil
}

// SaveHold writes what may change of a hold.
func (tx *Tx) SaveHold(h *HeldMail) error {
	guards, err := json.Marshal(h.Guards)
	if err != nil {
		return fmt.Errorf("save hold %d: %w", h.Number, err)
	}
	err = tx.exec(`UPDATE hold SET state = $2, code_hash = $3, told_at = $4, recalls = $5, next_at = $6, guards = $7, kind = $8, ticket = $9, told_to = $10 WHERE number = $1`,
		h.Number, h.State, h.CodeHash, micros(h.ToldAt), h.Recall, micros(h.NextAt), string(guards), h.Kind, h.Ticket, h.ToldTo)
	if err != nil {
		return fmt.Errorf("save hold %d: %w", h.Number, err)
	}
	return nil
}

// Hold reads one by its number.
func (tx *Tx) Hold(number int64) (*HeldMail, error) {
	h, err := scanHold(tx.row(`SELECT `+holdColumns+` FROM hold WHERE number = $1`, number).Scan)
	return h, notFound(err, "hold", fmt.Sprintf("H%d", number))
}

// WaitingHolds are an agent's holds that wait, the newest first, without those
// that nothing proves: strangers make as many of these as they like.
func (tx *Tx) WaitingHolds(agent string) ([]*HeldMail, error) {
	return tx.holds(`agent = $1 AND state = 'waiting' AND kind <> 'unproven' ORDER BY number DESC`, agent)
}

// UnprovenHolds are the mails in an agent's name that nothing proves and that
// wait with this code's hash, or without a code; the newest first.
func (tx *Tx) UnprovenHolds(agent, codeHash string, limit int) ([]*HeldMail, error) {
	return tx.holds(`agent = $1 AND state = 'waiting' AND kind = 'unproven' AND code_hash = $2 ORDER BY number DESC LIMIT `+atMost(limit), agent, codeHash)
}

// WithdrawCodes takes back the codes that were to go to an address of an agent's:
// their mails wait for new ones.
func (tx *Tx) WithdrawCodes(agent, address string) error {
	err := tx.exec(`UPDATE hold SET code_hash = '', next_at = $3 WHERE agent = $1 AND state = 'waiting' AND kind = 'unproven' AND told_to = $2`, agent, address, micros(tx.now))
	if err != nil {
		return fmt.Errorf("take back the codes of %s: %w", agent, err)
	}
	return nil
}

// DueHolds are the waiting ones whose reminder or end is due.
func (tx *Tx) DueHolds(now time.Time, limit int) ([]*HeldMail, error) {
	return tx.holds(`state = 'waiting' AND next_at > 0 AND next_at <= $1 ORDER BY next_at LIMIT `+atMost(limit), micros(now))
}

func (tx *Tx) holds(where string, args ...any) ([]*HeldMail, error) {
	var out []*HeldMail
	err := tx.each(func(r scanner) error {
		h, err := scanHold(r.Scan)
		out = append(out, h)
		return err
	}, `SELECT `+holdColumns+` FROM hold WHERE `+where, args...)
	return out, err
}
