package store

import (
	"encoding/json"
	"fmt"

	"aside"
)

// About says what a notice is about beyond its words.
type About struct {
	Hold  int64 // the number of the hold that it tells of; 0 if none
	Shown int64 // the message that it shows where its words are its own
}

// AlsoTold reports whether a notice went to one of some agents as well: the same
// message or event, in the same transaction.
func (tx *Tx) AlsoTold(n NoticeOf, agents []string) (told bool, err error) {
	list, err := json.Marshal(append([]string{}, agents...)) // [] where there are none
	if err != nil {
		return false, fmt.Errorf("look who got notice %d: %w", n.ID, err)
	}
	err = tx.row(`SELECT EXISTS (SELECT 1 FROM notice WHERE agent IN (SELECT value FROM `+tx.q.d.texts("$1")+` e) AND conversation = $2
		AND kind = $3 AND message = $4 AND created_at = $5 AND state <> 'cancelled' AND id <> $6)`,
		string(list), n.Conversation, n.Kind, n.Message, micros(n.CreatedAt), n.ID).Scan(&told)
	if err != nil {
		return false, fmt.Errorf("look who got notice %d: %w", n.ID, err)
	}
	return told, nil
}

// NoticeTo is an agent who gets a notice, and what is that agent's own in it.
type NoticeTo struct {
	Token   uint64
	Agent   string
	Address string
	Facts   json.RawMessage // what the frame shows; {} for nothing
}

// AddNotices queues a notice to agents: all of it but what is each agent's own
// is the same. It is a statement for each: one for all would have SQLite keep a
// copy of every page that it touches, in case that a later row fails.
func (tx *Tx) AddNotices(n aside.Notice, about About, to ...NoticeTo) error {
	for _, one := range to {
		err := tx.exec(`INSERT INTO notice (token, agent, holder, kind, desk, ticket, conversation, message, hold, shown, address, from_name, reply_name,
			subject, important, text, html, facts, audience_at, state, next_at, created_at, session)
			VALUES ($1, $2, `+holderIn("CAST($6 AS BIGINT)", "$2")+`, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, 'queued', $19, $19, $20)`,
			int64(one.Token), one.Agent, n.Kind, n.Desk, n.Ticket, n.Conversation, n.MessageRow, about.Hold, about.Shown, one.Address, n.From.Name, n.ReplyName,
			n.Subject, flag(n.Important), n.Text, n.HTML, string(one.Facts), n.AudienceAt, micros(tx.now), tx.session)
		if err != nil {
			return fmt.Errorf("queue a notice to %s: %w", one.Agent, err)
		}
		tx.effects.queued = true
	}
	return nil
}

// RepeatNotice queues a notice once more, with another frame.
func (tx *Tx) RepeatNotice(id int64, token uint64, facts string) error {
	err := tx.exec(`INSERT INTO notice (token, agent, holder, kind, desk, ticket, conversation, message, hold, shown, address, from_name, reply_name,
		subject, important, text, html, facts, audience_at, state, next_at, created_at, session)
		SELECT $2, agent, `+holderIn("n.conversation", "n.agent")+`, kind, desk, ticket, conversation, message, hold, shown, address, from_name, reply_name,
		subject, important, text, html, $3, audience_at, 'queued', $4, $4, session FROM notice n WHERE id = $1`, id, int64(token), facts, micros(tx.now))
	if err != nil {
		return fmt.Errorf("queue notice %d once more: %w", id, err)
	}
	tx.effects.queued = true
	return nil
}
