package store

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"aside"
)

// Needs are the rows that placing a mail may want.
type Needs struct {
	Conversations []uint64 // token ids
	Holders       []uint64
	Notices       []uint64 // tokens
	ForeignIDs    []string // Message-IDs
	Tickets       []int64  // of subject tags
	Cases         []Case
}

// Case is a vendor's own ticket tag with its sender.
type Case struct{ Tag, Sender string }

// Found are the rows for Needs, and every ticket they belong to, whole.
type Found struct {
	Tickets       map[int64]*aside.Ticket
	Conversations []aside.Conversation // all of every ticket in Tickets
	Participants  []aside.Participant  // of those, ended ones included
	Agents        map[uint64]AgentOf   // by holder id
	Notices       map[uint64]NoticeOf  // by token
	Foreign       map[string][]int64   // Message-ID → conversations where an inbound mail has it
	Cases         map[Case][]int64     // → side conversations
}

// AgentOf is the agent that a holder id was drawn for. Ended tells that the
// agent has another one by now in a conversation that the mail names.
type AgentOf struct {
	Handle string
	Ended  bool
}

func (tx *Tx) agentOf(holder uint64, conversations []uint64) (AgentOf, error) {
	var a AgentOf
	err := tx.row(`SELECT agent FROM holder WHERE id = $1 UNION ALL SELECT agent FROM agent_holder WHERE id = $1`, int64(holder)).Scan(&a.Handle)
	if errors.Is(err, sql.ErrNoRows) {
		return a, nil
	}
	if err != nil {
		return a, err
	}
	for _, token := range conversations {
		var redrawn int64
		err := tx.row(`SELECT coalesce((SELECT h.id FROM agent_holder h JOIN conversation c ON c.id = h.conversation
			WHERE c.token = $1 AND h.agent = $2 ORDER BY h.since DESC, h.id LIMIT 1), 0)`, int64(token), a.Handle).Scan(&redrawn)
		if err != nil {
			return a, err
		}
		a.Ended = a.Ended || redrawn != 0 && redrawn != int64(holder)
	}
	return a, nil
}

// Candidates reads in one round all that placing a mail may want.
func (tx *Tx) Candidates(n Needs) (*Found, error) {
	f := &Found{Tickets: map[int64]*aside.Ticket{}, Agents: map[uint64]AgentOf{}, Notices: map[uint64]NoticeOf{},
		Foreign: map[string][]int64{}, Cases: map[Case][]int64{}}
	tickets, err := tx.ticketsNeeded(n, f)
	if err != nil {
		return nil, fmt.Errorf("look for where a mail belongs: %w", err)
	}
	for i := 0; i < len(tickets); i++ {
		if tickets[i] == 0 || f.Tickets[tickets[i]] != nil {
			continue
		}
		t, err := tx.Ticket(tickets[i])
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		f.Tickets[t.Number] = t
		// What continues this ticket may be where the mail really belongs.
		tickets = append(tickets, t.MergedInto, t.Successor)
		cs, err := tx.Conversations(t.Number)
		if err != nil {
			return nil, fmt.Errorf("read ticket %d: %w", t.Number, err)
		}
		ps, err := tx.TicketParticipants(t.Number)
		if err != nil {
			return nil, fmt.Errorf("read ticket %d: %w", t.Number, err)
		}
		f.Conversations = append(f.Conversations, cs...)
		f.Participants = append(f.Participants, ps...)
	}
	return f, nil
}

func (tx *Tx) ticketsNeeded(n Needs, f *Found) ([]int64, error) {
	tickets := slices.Clone(n.Tickets)
	ofConversation := func(where string, arg any) ([]int64, error) {
		cs, err := tx.conversations(where, arg)
		var ids []int64
		for _, c := range cs {
			tickets = append(tickets, c.Ticket)
			ids = append(ids, c.ID)
		}
		return ids, err
	}
	for _, token := range n.Conversations {
		if _, err := ofConversation(`token = $1`, int64(token)); err != nil {
			return nil, err
		}
	}
	for _, holder := range n.Holders {
		agent, err := tx.agentOf(holder, n.Conversations)
		if err != nil {
			return nil, err
		}
		if agent.Handle != "" {
			f.Agents[holder] = agent
		}
		if _, err := ofConversation(`id IN (SELECT conversation FROM participant WHERE holder = $1)`, int64(holder)); err != nil {
			return nil, err
		}
	}
	for _, token := range n.Notices {
		notice, err := tx.NoticeByToken(token)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		f.Notices[token] = notice
	}
	foreign, err := tx.foreign(n.ForeignIDs, f)
	if err != nil {
		return nil, err
	}
	tickets = append(tickets, foreign...)
	for _, c := range n.Cases {
		ids, err := tx.casesOf(c)
		if err != nil {
			return nil, err
		}
		f.Cases[c] = ids
		for _, id := range ids {
			if _, err := ofConversation(`id = $1`, id); err != nil {
				return nil, err
			}
		}
	}
	return tickets, nil
}

// foreign finds the conversations in which an inbound mail has one of some
// Message-IDs, and returns their tickets.
func (tx *Tx) foreign(ids []string, f *Found) (tickets []int64, err error) {
	if len(ids) == 0 {
		return nil, nil
	}
	asked := []string{}
	for _, id := range ids {
		f.Foreign[id] = nil
		if strings.IndexByte(id, 0) < 0 { // nothing stored has one, and PostgreSQL's JSON neither
			asked = append(asked, id)
		}
	}
	list, err := json.Marshal(asked)
	if err != nil {
		return nil, err
	}
	err = tx.each(func(r *sql.Rows) error {
		var id string
		var conversation, ticket int64
		err := r.Scan(&id, &conversation, &ticket)
		f.Foreign[id] = append(f.Foreign[id], conversation)
		tickets = append(tickets, ticket)
		return err
	}, `SELECT DISTINCT m.message_id, c.id, c.ticket FROM `+tx.q.d.texts("$1")+` e CROSS JOIN message m CROSS JOIN conversation c
		WHERE m.message_id = e.value AND m.message_id <> '' AND m.kind = 'inbound' AND c.id = m.conversation ORDER BY c.id`, string(list))
	return tickets, err
}

func (tx *Tx) casesOf(c Case) ([]int64, error) {
	cs, err := tx.conversations(`id IN (SELECT conversation FROM foreign_case WHERE tag = $1 AND sender = $2)`, c.Tag, c.Sender)
	var ids []int64
	for _, c := range cs {
		ids = append(ids, c.ID)
	}
	return ids, err
}
