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

// NoticeTo is an agent who gets a notice, and what is that agent's own in it.
type NoticeTo struct {
	Token   uint64          `json:"token"`
	Agent   string          `json:"agent"`
	Address string          `json:"address"`
	Facts   json.RawMessage `json:"facts"` // what the frame shows; {} for nothing
}

// AddNotices queues a notice to agents: all of it but what is each agent's own
// is the same.
func (tx *Tx) AddNotices(n aside.Notice, about About, to ...NoticeTo) error {
	if len(to) == 0 {
		return nil
	}
	list, err := json.Marshal(to)
	if err != nil {
		return fmt.Errorf("queue a notice: %w", err)
	}
	const agent = `e.value->>'agent'`
	err = tx.exec(`INSERT INTO notice (token, agent, holder, kind, desk, ticket, conversation, message, hold, shown, address, from_name, reply_name,
		subject, important, text, html, facts, audience_at, state, next_at, created_at)
		SELECT CAST(e.value->>'token' AS BIGINT), `+agent+`, `+holderIn("CAST($5 AS BIGINT)", agent)+`, $2, $3, $4, $5, $6, $7, $8, e.value->>'address', $9, $10, $11, $12, $13, $14,
		e.value->>'facts', $15, 'queued', $16, $16 FROM `+tx.q.d.elements("$1")+` e`,
		string(list), n.Kind, n.Desk, n.Ticket, n.Conversation, n.MessageRow, about.Hold, about.Shown, n.From.Name, n.ReplyName, n.Subject,
		flag(n.Important), n.Text, n.HTML, n.AudienceAt, micros(tx.now))
	if err != nil {
		return fmt.Errorf("queue a notice to %s: %w", to[0].Agent, err)
	}
	tx.effects.queued = true
	return nil
}
