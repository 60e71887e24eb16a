package store

import (
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
	Conversations []aside.Conversation        // all of every ticket in Tickets
	Participants  []aside.Participant         // of those, ended ones included
	Agents        map[uint64]AgentOf          // by holder id
	Notices       map[uint64]NoticeOf         // by token
	Foreign       map[string][]int64          // Message-ID → conversations where an inbound mail has it
	Cases         map[Case][]int64            // → side conversations
	Rooms         map[int64]map[string]string // of every ticket in Tickets: handle → why
}

// AgentOf is the agent that a holder id was drawn for. Ended tells that the
// agent has another one by now in a conversation that the mail names.
type AgentOf struct {
	Handle string
	Ended  bool
}

// ended reports whether an agent has another holder id by now in one of some
// conversations.
func (tx *Tx) ended(agent string, holder uint64, conversations []uint64) (ended bool, err error) {
	for _, token := range conversations {
		var redrawn int64
		err := tx.row(`SELECT coalesce((SELECT h.id FROM agent_holder h
			WHERE h.conversation = CASE WHEN CAST($1 AS BIGINT) = 0 THEN 0 ELSE (SELECT c.id FROM conversation c WHERE c.token = $1) END AND h.agent = $2
			ORDER BY h.since DESC, h.id LIMIT 1), 0)`, int64(token), agent).Scan(&redrawn)
		if err != nil {
			return false, err
		}
		ended = ended || redrawn != 0 && redrawn != int64(holder)
	}
	return ended, nil
}

// Candidates reads in one round all that placing a mail may want.
func (tx *Tx) Candidates(n Needs) (*Found, error) {
	f := &Found{Tickets: map[int64]*aside.Ticket{}, Agents: map[uint64]AgentOf{}, Notices: map[uint64]NoticeOf{},
		Foreign: map[string][]int64{}, Cases: map[Case][]int64{}, Rooms: map[int64]map[string]string{}}
	tickets, err := tx.ticketsNeeded(n, f)
	if err != nil {
		return nil, fmt.Errorf("look for where a mail belongs: %w", err)
	}
	for i := 0; i < len(tickets); i++ {
		if tickets[i] == 0 || f.Tickets[tickets[i]] != nil {
			continue
		}
		t, room := &aside.Ticket{}, map[string]string{}
		err := tx.ticketWith(tickets[i], t, room, askConversations(&f.Conversations, conversationsOfTicket, tickets[i]),
			askParticipants(&f.Participants, participantsOfTicket, tickets[i]))
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		f.Tickets[t.Number], f.Rooms[t.Number] = t, room
		// What continues this ticket may be where the mail really belongs.
		tickets = append(tickets, t.MergedInto, t.Successor)
	}
	return f, nil
}

// found is one row of what ticketsNeeded asks for.
type found struct {
	what         string // "ticket", "agent", "foreign" or "case"
	key, sender  string
	number       int64 // of a ticket, or a holder id
	conversation int64
}

// ticketsNeeded finds in one query the tickets that some needs name, and what
// else stands in single rows.
func (tx *Tx) ticketsNeeded(n Needs, f *Found) ([]int64, error) {
	tickets := slices.Clone(n.Tickets)
	if len(n.Conversations)+len(n.Holders)+len(n.ForeignIDs)+len(n.Cases) > 0 {
		rows, err := tx.found(n, f)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			switch r.what {
			case "agent":
				ended, err := tx.ended(r.key, uint64(r.number), n.Conversations)
				if err != nil {
					return nil, err
				}
				f.Agents[uint64(r.number)] = AgentOf{Handle: r.key, Ended: ended}
				continue
			case "foreign":
				f.Foreign[r.key] = append(f.Foreign[r.key], r.conversation)
			case "case":
				c := Case{Tag: r.key, Sender: r.sender}
				f.Cases[c] = append(f.Cases[c], r.conversation)
			}
			tickets = append(tickets, r.number)
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
	return tickets, nil
}

// found asks for the rows that tokens, holders, Message-IDs and cases name.
// From each list to its rows, and from those on (CROSS JOIN keeps that order); a kind in an
// expression tempts no planner to an index of kinds.
func (tx *Tx) found(n Needs, f *Found) (rows []found, err error) {
	ids := []string{}
	for _, id := range n.ForeignIDs {
		f.Foreign[id] = nil
		if strings.IndexByte(id, 0) < 0 { // nothing stored has one, and PostgreSQL's JSON neither
			ids = append(ids, id)
		}
	}
	type oneCase struct {
		Tag    string `json:"tag"`
		Sender string `json:"sender"`
	}
	cases := []oneCase{}
	for _, c := range n.Cases {
		f.Cases[c] = nil
		if strings.IndexByte(c.Tag+c.Sender, 0) < 0 {
			cases = append(cases, oneCase(c))
		}
	}
	foreign, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	tags, err := json.Marshal(cases)
	if err != nil {
		return nil, err
	}
	d := tx.q.d
	err = tx.each(func(r scanner) error {
		var one found
		err := r.Scan(&one.what, &one.key, &one.sender, &one.number, &one.conversation)
		rows = append(rows, one)
		return err
	}, `SELECT 'ticket' AS what, '' AS key, '' AS sender, c.ticket AS number, c.id AS conversation`+d.byInteger("$1", "conversation c", "c.token")+`
		UNION SELECT 'ticket', '', '', c.ticket, c.id`+d.byInteger("$2", "participant p CROSS JOIN conversation c", "p.holder")+` AND c.id = p.conversation
		UNION SELECT 'agent', h.agent, '', h.id, 0`+d.byInteger("$2", "holder h", "h.id")+`
		UNION SELECT 'agent', h.agent, '', h.id, 0`+d.byInteger("$2", "agent_holder h", "h.id")+`
		UNION SELECT 'foreign', m.message_id, '', c.ticket, c.id`+d.byText("$3", "message m CROSS JOIN conversation c", "m.message_id")+`
			AND m.message_id <> '' AND m.kind || '' = 'inbound' AND c.id = m.conversation
		UNION SELECT 'case', k.tag, k.sender, c.ticket, c.id FROM `+d.elements("$4")+` e CROSS JOIN foreign_case k CROSS JOIN conversation c
			WHERE k.tag = e.value->>'tag' AND k.sender = e.value->>'sender' AND c.id = k.conversation
		ORDER BY conversation, number`, jsonInts(n.Conversations), jsonInts(n.Holders), string(foreign), string(tags))
	return rows, err
}
