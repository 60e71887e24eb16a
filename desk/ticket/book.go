package ticket

import (
	"fmt"
	"io"
	"maps"
	"slices"

	"aside"
	"aside/store"
	"aside/templates"
	"aside/threading"
	"aside/threading/mark"
)

// Book is the tickets that one transaction works on, each read once. It is used
// as long as its transaction, by nobody else.
type Book struct {
	tx     *store.Tx
	dir    *aside.Directory
	words  *templates.Set
	random io.Reader

	rows  *store.Found // what locating a mail has read
	views map[int64]*View
}

// NewBook begins with no ticket; random draws the ids of what is begun.
func NewBook(tx *store.Tx, dir *aside.Directory, words *templates.Set, random io.Reader) *Book {
	return &Book{tx: tx, dir: dir, words: words, random: random, views: map[int64]*View{}}
}

// Found tells what locating a mail has read, so that it is not read again.
func (b *Book) Found(rows *store.Found) { b.rows = rows }

// Open reads a ticket.
func (b *Book) Open(number int64) (*View, error) {
	if v := b.views[number]; v != nil {
		return v, nil
	}
	if v := b.located(number); v != nil {
		return v, nil
	}
	t, err := b.tx.Ticket(number)
	if err != nil {
		return nil, err
	}
	v := b.view(t)
	convs, err := b.tx.Conversations(number)
	if err != nil {
		return nil, fmt.Errorf("read ticket %d: %w", number, err)
	}
	for i := range convs {
		v.Conversations = append(v.Conversations, &convs[i])
	}
	if v.Participants, err = b.tx.TicketParticipants(number); err != nil {
		return nil, fmt.Errorf("read ticket %d: %w", number, err)
	}
	if v.Room, err = b.tx.Room(number); err != nil {
		return nil, fmt.Errorf("read ticket %d: %w", number, err)
	}
	b.views[number] = v
	return v, nil
}

// view is a ticket that was read, as yet without what belongs to it. One of a team
// that the config has no more is its desk's team's.
func (b *Book) view(t *aside.Ticket) *View {
	v := &View{book: b, Ticket: t, Desk: b.dir.DeskOrFirst(t.Desk), audience: t.AudienceCount}
	if b.dir.Team(t.Team) == nil {
		t.Team = v.Desk.Team
	}
	return v
}

// located is a ticket as locating the mail has read it; nil if it has not, or if
// this transaction may have changed it since.
func (b *Book) located(number int64) *View {
	if b.rows == nil || len(b.views) > 0 || b.rows.Tickets[number] == nil {
		return nil
	}
	t := *b.rows.Tickets[number]
	t.Tags, t.Fields = slices.Clone(t.Tags), maps.Clone(t.Fields)
	v := b.view(&t)
	v.Room = maps.Clone(b.rows.Rooms[number])
	mine := map[int64]bool{}
	for _, c := range b.rows.Conversations {
		if c.Ticket == number {
			mine[c.ID] = true
			v.Conversations = append(v.Conversations, &c)
		}
	}
	for _, p := range b.rows.Participants {
		if mine[p.Conversation] {
			v.Participants = append(v.Participants, p)
		}
	}
	b.views[number] = v
	return v
}

// Begin writes a ticket with the two conversations that each has. joining is
// how many are let to take part in it next, before anything else. Without a
// subject of its own the ticket is called so.
func (b *Book) Begin(address string, requester aside.Address, subject string, joining int) (*View, error) {
	desk := b.dir.DeskOrFirst(address)
	name := threading.BaseSubject(subject)
	if name == "" {
		name = "(no subject)"
	}
	t := &aside.Ticket{Desk: desk.Address, Subject: name, Requester: requester.Address, RequesterName: requester.Name, Status: aside.StatusOpen,
		Turn: aside.TurnTeam, Team: desk.Team, Fields: map[string]string{}}
	if err := b.tx.AddTicket(t, joining); err != nil {
		return nil, err
	}
	written := *t
	written.AudienceCount += int64(joining)
	written.Fields = map[string]string{}
	v := &View{book: b, Ticket: t, Desk: desk, Room: map[string]string{}, written: &written}
	b.views[t.Number] = v
	outside := name
	if b.dir.AgentByAddress(requester.Address) != nil { // what an agent called it is the team's
		var err error
		if outside, err = b.words.RequestSubject(desk); err != nil {
			return nil, err
		}
	}
	if err := v.addConversations(&aside.Conversation{Kind: aside.Customer, Subject: outside}, &aside.Conversation{Kind: aside.Notes, Subject: name}); err != nil {
		return nil, err
	}
	return v, v.Event("aside", "ticket opened", map[string]any{"requester": requester.Address, "desk": desk.Address})
}

// draw is a fresh 56-bit id.
func (b *Book) draw() (uint64, error) { return mark.RandomID(b.random) }
