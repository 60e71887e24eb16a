package threading

import (
	"sort"

	"aside"
)

// Candidates are the rows that a mail's signals lead to, as the store fetched
// them for Facts.Needs.
type Candidates struct {
	// Tickets holds, by number, every ticket that one of the found
	// conversations belongs to or a tag names, and with each also the ticket
	// it was merged into and the one that succeeds it, and so on from there.
	Tickets map[int64]TicketRow
	// Holders says whose the holder ids are. Ids that nobody has are left out.
	Holders map[uint64]Holder
	// ForeignIDs gives the ids of the conversations that hold an inbound mail
	// with that Message-ID.
	ForeignIDs map[string][]int64
	// Cases gives, by case number, the ids of the side conversations in which
	// it was learned from verified mail of this mail's sender.
	Cases map[string][]int64
}

// TicketRow is a ticket with all its conversations.
type TicketRow struct {
	Ticket        aside.Ticket
	Conversations []ConversationRow
}

// ConversationRow is a conversation with everybody who takes part in it or ever
// did, in the order they joined.
type ConversationRow struct {
	Conversation aside.Conversation
	Participants []aside.Participant
}

// Holder is who a holder id was drawn for: an agent, or one participation of a
// contact.
type Holder struct {
	Agent       string             // handle; empty for a contact's
	Ended       bool               // the agent's id was replaced, or the agent left
	Participant *aside.Participant // a contact's; nil for an agent's
}

// maxHops bounds chains of merged and succeeding tickets.
const maxHops = 32

// spot is one conversation among the candidates.
type spot struct {
	row    *ConversationRow
	ticket *TicketRow
}

func (s spot) ok() bool                         { return s.row != nil }
func (s spot) conversation() aside.Conversation { return s.row.Conversation }
func (s spot) id() int64                        { return s.row.Conversation.ID }
func (s spot) kind() aside.ConversationKind     { return s.row.Conversation.Kind }

// current is the participation that the address has now, or nil.
func (s spot) current(address string) *aside.Participant {
	for i := range s.row.Participants {
		if p := &s.row.Participants[i]; p.Until.IsZero() && sameAddress(p.Address, address) {
			return p
		}
	}
	return nil
}

// left reports whether the address took part once and does no longer.
func (s spot) left(address string) bool {
	if s.current(address) != nil {
		return false
	}
	for _, p := range s.row.Participants {
		if sameAddress(p.Address, address) {
			return true
		}
	}
	return false
}

func sameAddress(a, b string) bool {
	return a != "" && aside.FoldAddress(a) == aside.FoldAddress(b)
}

// index finds conversations by token id, row id, and place in their ticket.
type index struct {
	rows    Candidates
	byToken map[uint64]spot
	byID    map[int64]spot
}

func newIndex(c Candidates) index {
	x := index{rows: c, byToken: map[uint64]spot{}, byID: map[int64]spot{}}
	for number := range c.Tickets {
		t := c.Tickets[number]
		for i := range t.Conversations {
			s := spot{&t.Conversations[i], &t}
			x.byID[s.id()] = s
			if token := s.conversation().Token; token != 0 {
				x.byToken[token] = s
			}
		}
	}
	return x
}

// only returns a ticket's conversation of a kind that it has once.
func (x index) only(ticket int64, kind aside.ConversationKind) spot {
	t, known := x.rows.Tickets[ticket]
	if !known {
		return spot{}
	}
	for i := range t.Conversations {
		if t.Conversations[i].Conversation.Kind == kind {
			return spot{&t.Conversations[i], &t}
		}
	}
	return spot{}
}

// live follows merges: the customer and notes conversations of a merged ticket
// lead to those of the ticket it was merged into. A side conversation moved
// with its row. It returns no spot when the chain leaves the candidates.
func (x index) live(s spot) spot {
	for range maxHops {
		if !s.ok() {
			return s
		}
		into := s.ticket.Ticket.MergedInto
		if into == 0 || s.kind() == aside.Side && !s.conversation().ReadOnly {
			return s
		}
		s = x.only(into, s.kind())
	}
	return spot{}
}

// notes is the live notes conversation of the ticket that a spot is in.
func (x index) notes(s spot) spot {
	if !s.ok() {
		return s
	}
	return x.live(x.only(s.ticket.Ticket.Number, aside.Notes))
}

// heardBy finds a conversation of the spot's ticket in which the address takes
// part now: this one, else the most private one.
func (x index) heardBy(s spot, address string) spot {
	if s.current(address) != nil {
		return s
	}
	var in []spot
	for i := range s.ticket.Conversations {
		c := spot{&s.ticket.Conversations[i], s.ticket}
		if c.current(address) != nil {
			in = append(in, c)
		}
	}
	sort.SliceStable(in, func(i, j int) bool {
		a, b := in[i].conversation(), in[j].conversation()
		if a.Kind.Privacy() != b.Kind.Privacy() {
			return a.Kind.Privacy() > b.Kind.Privacy()
		}
		return a.ID > b.ID // the newest
	})
	if len(in) == 0 {
		return spot{}
	}
	return in[0]
}

// tagged finds the conversations that a subject tag can mean. Those of kinds
// that a ticket has once are the merged ticket's own; side conversations are
// looked for along the chain of merges, for they moved with their tags.
func (x index) tagged(t SubjectTag) []spot {
	switch {
	case t.Team:
		return existing(x.only(t.Ticket, aside.Notes))
	case t.Side == "":
		return existing(x.only(t.Ticket, aside.Customer))
	}
	var out []spot
	number := t.Ticket
	for range maxHops {
		row, known := x.rows.Tickets[number]
		if !known {
			break
		}
		for i := range row.Conversations {
			c := row.Conversations[i].Conversation
			if c.Kind == aside.Side && c.Tag == t.Side {
				out = append(out, spot{&row.Conversations[i], &row})
			}
		}
		if number = row.Ticket.MergedInto; number == 0 {
			break
		}
	}
	return out
}

func existing(s spot) []spot {
	if !s.ok() {
		return nil
	}
	return []spot{s}
}
