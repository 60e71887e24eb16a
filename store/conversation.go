package store

import (
	"database/sql"
	"fmt"
	"time"

	"aside"
)

const conversationColumns = `id, ticket, kind, token, subject, tag, state, due_at, read_only, customer_copied, created_at`

func scanConversation(scan func(...any) error) (aside.Conversation, error) {
	var c aside.Conversation
	var token, due, created int64
	err := scan(&c.ID, &c.Ticket, &c.Kind, &token, &c.Subject, &c.Tag, &c.State, &due, &c.ReadOnly, &c.CustomerCopied, &created)
	c.Token, c.DueAt, c.CreatedAt = uint64(token), instant(due), instant(created)
	return c, err
}

// AddConversation writes new conversations of one ticket and gives them their
// ids. Token and Tag are drawn by the caller.
func (tx *Tx) AddConversation(list ...*aside.Conversation) (err error) {
	for _, c := range list {
		c.CreatedAt = tx.now
		c.ID, err = tx.insert("conversation", "id", `ticket, kind, token, subject, tag, state, due_at, customer_copied, created_at`,
			c.Ticket, c.Kind, int64(c.Token), c.Subject, c.Tag, c.State, micros(c.DueAt), flag(c.CustomerCopied), micros(tx.now))
		if err != nil {
			return fmt.Errorf("add a %s conversation to ticket %d: %w", c.Kind, c.Ticket, err)
		}
	}
	return nil
}

// SaveConversation writes what may change of a conversation; never its
// subject, kind or token.
func (tx *Tx) SaveConversation(c aside.Conversation) error {
	err := tx.exec(`UPDATE conversation SET ticket = $2, state = $3, due_at = $4, read_only = $5, customer_copied = $6 WHERE id = $1`,
		c.ID, c.Ticket, c.State, micros(c.DueAt), flag(c.ReadOnly), flag(c.CustomerCopied))
	if err != nil {
		return fmt.Errorf("save conversation %d: %w", c.ID, err)
	}
	return nil
}

func (tx *Tx) conversations(where string, args ...any) (out []aside.Conversation, err error) {
	err = tx.answer(askConversations(&out, where, args...))
	return out, err
}

// askConversations is the question for conversations.
func askConversations(out *[]aside.Conversation, where string, args ...any) question {
	return question{func(r scanner) error {
		c, err := scanConversation(r.Scan)
		*out = append(*out, c)
		return err
	}, `SELECT ` + conversationColumns + ` FROM conversation WHERE ` + where, args}
}

const (
	conversationsOfTicket = `ticket = $1 ORDER BY id`
	participantsOfTicket  = `conversation IN (SELECT id FROM conversation WHERE ticket = $1) ORDER BY id`
)

// Conversations are all of a ticket's, the oldest first.
func (tx *Tx) Conversations(ticket int64) ([]aside.Conversation, error) {
	return tx.conversations(conversationsOfTicket, ticket)
}

// Conversation reads one.
func (tx *Tx) Conversation(id int64) (aside.Conversation, error) {
	c, err := scanConversation(tx.row(`SELECT `+conversationColumns+` FROM conversation WHERE id = $1`, id).Scan)
	return c, notFound(err, "conversation", id)
}

// DueConversations are the side conversations whose answer is overdue now.
func (tx *Tx) DueConversations(now time.Time, limit int) ([]aside.Conversation, error) {
	return tx.conversations(`due_at > 0 AND state = 'waiting' AND due_at <= $1 ORDER BY due_at LIMIT `+atMost(limit), micros(now))
}

const participantColumns = `id, conversation, address, name, role, holder, since, until, audience_at`

func scanParticipant(scan func(...any) error) (aside.Participant, error) {
	var p aside.Participant
	var holder, since, until int64
	err := scan(&p.ID, &p.Conversation, &p.Address, &p.Name, &p.Role, &holder, &since, &until, &p.AudienceAt)
	p.Holder, p.Since, p.Until = uint64(holder), instant(since), instant(until)
	return p, err
}

// AddParticipant lets a contact hear a conversation from now on. Holder is
// drawn by the caller. A notes conversation refuses by itself.
func (tx *Tx) AddParticipant(p *aside.Participant, kind aside.ConversationKind) error {
	p.Since = tx.now
	var err error
	p.ID, err = tx.insert("participant", "id", `conversation, kind, address, name, role, holder, since, audience_at`,
		p.Conversation, kind, p.Address, p.Name, p.Role, int64(p.Holder), micros(tx.now), p.AudienceAt)
	if err != nil {
		return fmt.Errorf("add %s to conversation %d: %w", p.Address, p.Conversation, err)
	}
	return nil
}

// NameParticipant gives a participant who had no name the one that their own
// mail carries.
func (tx *Tx) NameParticipant(id int64, name string) error {
	return tx.exec(`UPDATE participant SET name = $2 WHERE id = $1 AND name = ''`, id, name)
}

// EndParticipant ends a participation and, in the same transaction, cancels
// the deliveries to it that have not been claimed. It gives the messages that do
// not reach them any more.
func (tx *Tx) EndParticipant(id int64) (stopped []int64, err error) {
	if err := tx.exec(`UPDATE participant SET until = $2 WHERE id = $1 AND until = 0`, id, micros(tx.now)); err != nil {
		return nil, fmt.Errorf("end participant %d: %w", id, err)
	}
	stopped, err = tx.cancel(notTakingPart, `d.participant = $1 AND d.state = 'queued' AND d.lease_until <= $2`, id, micros(tx.now))
	if err != nil {
		return nil, fmt.Errorf("cancel deliveries to participant %d: %w", id, err)
	}
	return stopped, nil
}

// Participants are all of a conversation, ended ones included, in the order
// they joined.
func (tx *Tx) Participants(conversation int64) ([]aside.Participant, error) {
	return tx.participants(`conversation = $1 ORDER BY id`, conversation)
}

// TicketParticipants are those of all of a ticket's conversations.
func (tx *Tx) TicketParticipants(ticket int64) ([]aside.Participant, error) {
	return tx.participants(participantsOfTicket, ticket)
}

func (tx *Tx) participants(where string, args ...any) (out []aside.Participant, err error) {
	err = tx.answer(askParticipants(&out, where, args...))
	return out, err
}

// askParticipants is the question for participants.
func askParticipants(out *[]aside.Participant, where string, args ...any) question {
	return question{func(r scanner) error {
		p, err := scanParticipant(r.Scan)
		*out = append(*out, p)
		return err
	}, `SELECT ` + participantColumns + ` FROM participant WHERE ` + where, args}
}

// Audience makes the audience of a conversation from its current rows.
func (tx *Tx) Audience(conversation int64) (aside.Audience, error) {
	c, err := tx.Conversation(conversation)
	if err != nil {
		return aside.Audience{}, err
	}
	ps, err := tx.participants(`conversation = $1 AND until = 0 ORDER BY id`, conversation)
	if err != nil {
		return aside.Audience{}, fmt.Errorf("read who hears conversation %d: %w", conversation, err)
	}
	return aside.HeardBy(c, ps)
}

// Holder returns the agent's holder id, making it from draw on first use.
func (tx *Tx) Holder(agent string, draw uint64) (uint64, error) {
	var id int64
	err := tx.row(`SELECT id FROM holder WHERE agent = $1`, agent).Scan(&id)
	if err == nil {
		return uint64(id), nil
	}
	if err != sql.ErrNoRows {
		return 0, fmt.Errorf("read the holder id of %s: %w", agent, err)
	}
	if err := tx.exec(`INSERT INTO holder (id, agent) VALUES ($1, $2)`, int64(draw), agent); err != nil {
		return 0, fmt.Errorf("add a holder id for %s: %w", agent, err)
	}
	return draw, nil
}

// holderIn is the expression of what HolderIn gives; NULL if there is none.
func holderIn(conversation, agent string) string {
	return `coalesce((SELECT id FROM agent_holder WHERE conversation = ` + conversation + ` AND agent = ` + agent + ` ORDER BY since DESC, id LIMIT 1),
		(SELECT id FROM holder WHERE agent = ` + agent + `))`
}

// HolderIn is the holder id that an agent has in a conversation now: the one
// redrawn there, else the agent's own. Every agent's own is made at start.
func (tx *Tx) HolderIn(conversation int64, agent string) (uint64, error) {
	var id int64
	err := tx.row(`SELECT coalesce(`+holderIn("$1", "$2")+`, 0)`, conversation, agent).Scan(&id)
	if err == nil && id == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return 0, fmt.Errorf("read the holder id of %s: %w", agent, err)
	}
	return uint64(id), nil
}

// RedrawHolder gives an agent another holder id in a conversation, which ends
// the earlier ones there. Its time is later than theirs even where the clock
// was set back: else the id that leaked would count again.
func (tx *Tx) RedrawHolder(conversation int64, agent string, draw uint64) error {
	err := tx.exec(`INSERT INTO agent_holder (id, conversation, agent, since) VALUES ($1, $2, $3,
		(SELECT max(since) FROM (SELECT CAST($4 AS BIGINT) AS since UNION ALL SELECT since + 1 FROM agent_holder WHERE conversation = $2 AND agent = $3) AS later))`,
		int64(draw), conversation, agent, micros(tx.now))
	if err != nil {
		return fmt.Errorf("give %s another holder id in conversation %d: %w", agent, conversation, err)
	}
	// What has not left yet must not carry the id that is ended.
	err = tx.exec(`UPDATE notice SET holder = $3 WHERE conversation = $1 AND agent = $2 AND state = 'queued' AND attempts = 0`, conversation, agent, int64(draw))
	if err != nil {
		return fmt.Errorf("give %s another holder id in conversation %d: %w", agent, conversation, err)
	}
	return nil
}

// AgentOfHolder is the agent that a holder id was drawn for; empty for a
// contact's.
func (tx *Tx) AgentOfHolder(holder uint64) (agent string, err error) {
	var contact bool
	if err := tx.row(`SELECT EXISTS (SELECT 1 FROM participant WHERE holder = $1)`, int64(holder)).Scan(&contact); err != nil || contact {
		return "", err
	}
	err = tx.row(`SELECT agent FROM holder WHERE id = $1 UNION ALL SELECT agent FROM agent_holder WHERE id = $1`, int64(holder)).Scan(&agent)
	return agent, notFound(err, "holder", holder)
}
