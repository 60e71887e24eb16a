package desk

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"aside/desk/naming"

	"aside"
)

// view is a ticket with everything that belongs to it, read once a
// transaction and kept equal to what the transaction writes.
type view struct {
	w     *work
	t     *aside.Ticket
	desk  *aside.Desk
	convs []*aside.Conversation
	parts []aside.Participant
	room  map[string]string // handle → why
	// written is what a new ticket's row says already.
	written *aside.Ticket
	first   bool // begun by the contact's mail at hand: there is nothing else in it
}

// open reads a ticket.
func (w *work) open(number int64) (*view, error) {
	if v := w.views[number]; v != nil {
		return v, nil
	}
	if v := w.located(number); v != nil {
		return v, nil
	}
	t, err := w.tx.Ticket(number)
	if err != nil {
		return nil, err
	}
	v := &view{w: w, t: t, desk: w.dir.DeskOrFirst(t.Desk)}
	convs, err := w.tx.Conversations(number)
	if err != nil {
		return nil, fmt.Errorf("read ticket %d: %w", number, err)
	}
	for i := range convs {
		v.convs = append(v.convs, &convs[i])
	}
	if v.parts, err = w.tx.TicketParticipants(number); err != nil {
		return nil, fmt.Errorf("read ticket %d: %w", number, err)
	}
	if v.room, err = w.tx.Room(number); err != nil {
		return nil, fmt.Errorf("read ticket %d: %w", number, err)
	}
	w.views[number] = v
	return v, nil
}

// located is a ticket as locating the mail has read it; nil if it has not, or if
// this transaction may have changed it since.
func (w *work) located(number int64) *view {
	if w.rows == nil || len(w.views) > 0 || w.rows.Tickets[number] == nil {
		return nil
	}
	t := *w.rows.Tickets[number]
	t.Tags, t.Fields = slices.Clone(t.Tags), maps.Clone(t.Fields)
	v := &view{w: w, t: &t, desk: w.dir.DeskOrFirst(t.Desk), room: maps.Clone(w.rows.Rooms[number])}
	mine := map[int64]bool{}
	for _, c := range w.rows.Conversations {
		if c.Ticket == number {
			mine[c.ID] = true
			v.convs = append(v.convs, &c)
		}
	}
	for _, p := range w.rows.Participants {
		if mine[p.Conversation] {
			v.parts = append(v.parts, p)
		}
	}
	w.views[number] = v
	return v
}

// kind returns the ticket's one conversation of a kind.
func (v *view) kind(k aside.ConversationKind) *aside.Conversation {
	for _, c := range v.convs {
		if c.Kind == k {
			return c
		}
	}
	return nil
}

func (v *view) customer() *aside.Conversation { return v.kind(aside.Customer) }
func (v *view) notes() *aside.Conversation    { return v.kind(aside.Notes) }

// conversation returns one of the ticket's by its id, or nil.
func (v *view) conversation(id int64) *aside.Conversation {
	for _, c := range v.convs {
		if c.ID == id {
			return c
		}
	}
	return nil
}

// heard are the participants of a conversation now.
func (v *view) heard(conversation int64) []aside.Participant {
	var out []aside.Participant
	for _, p := range v.parts {
		if p.Conversation == conversation && p.Until.IsZero() {
			out = append(out, p)
		}
	}
	return out
}

// participant is the address's part in a conversation now, or nil.
func (v *view) participant(conversation int64, address string) *aside.Participant {
	for i := range v.parts {
		if p := &v.parts[i]; p.Conversation == conversation && p.Until.IsZero() && p.Address == address {
			return p
		}
	}
	return nil
}

// save writes the ticket; whatever touches it takes back that it would
// resolve itself.
func (v *view) save() error {
	if v.t.Status == aside.StatusResolved {
		family, err := v.w.tx.Family(v.t.Number)
		if err != nil {
			return err
		}
		for _, n := range family {
			if err := v.w.tx.ForgetPassages(n); err != nil {
				return err
			}
		}
	}
	if v.written != nil && reflect.DeepEqual(v.written, v.t) {
		return nil
	}
	v.written = nil
	return v.w.tx.SaveTicket(v.t)
}

// event adds a line to the ticket's history.
func (v *view) event(actor, kind string, data any) error {
	return v.w.tx.AddEvent(v.t.Number, actor, kind, data)
}

// addConversation makes a conversation of the ticket.
func (v *view) addConversation(c aside.Conversation) (*aside.Conversation, error) {
	return &c, v.addConversations(&c)
}

func (v *view) addConversations(list ...*aside.Conversation) (err error) {
	for _, c := range list {
		if c.Token, err = v.w.draw(); err != nil {
			return err
		}
		c.Ticket = v.t.Number
	}
	if err := v.w.tx.AddConversation(list...); err != nil {
		return err
	}
	v.convs = append(v.convs, list...)
	return nil
}

// join lets a contact hear a conversation. Our own addresses and agents' are
// never participants: the caller has sorted them out.
func (v *view) join(c aside.Conversation, addr aside.Address, role aside.ParticipantRole) (*aside.Participant, error) {
	if v.w.dir.IsOurs(addr.Address) || v.w.dir.AgentByAddress(addr.Address) != nil {
		return nil, fmt.Errorf("%s is one of our own addresses and cannot take part as a contact", addr.Address)
	}
	if p := v.participant(c.ID, addr.Address); p != nil {
		return p, nil
	}
	holder, err := v.w.draw()
	if err != nil {
		return nil, err
	}
	v.t.AudienceCount++
	p := aside.Participant{Conversation: c.ID, Address: aside.FoldAddress(addr.Address), Name: addr.Name, Role: role, Holder: holder, AudienceAt: v.t.AudienceCount}
	if err := v.w.tx.AddParticipant(&p, c.Kind); err != nil {
		return nil, err
	}
	v.parts = append(v.parts, p)
	return &v.parts[len(v.parts)-1], nil
}

// part ends a participation.
func (v *view) part(p *aside.Participant) error {
	v.t.AudienceCount++
	p.Until = v.w.now
	return v.w.tx.EndParticipant(p.ID)
}

// enter puts an agent into the room; an agent who was there for another reason
// stays so.
func (v *view) enter(handle, why string) error {
	if old := v.room[handle]; old != "" && old != "unfollowed" && why != "unfollowed" {
		return nil
	}
	v.room[handle] = why
	return v.w.tx.Join(v.t.Number, handle, why)
}

// inRoom reports whether the agent takes part in the ticket.
func (v *view) inRoom(handle string) bool {
	why := v.room[handle]
	return v.t.Assignee == handle || v.t.Lead == handle || (why != "" && why != "unfollowed")
}

// sees reports whether the agent may see the ticket at all: those of their
// teams and rooms.
func (v *view) sees(a *aside.Agent) bool { return a.InTeam(v.t.Team) || v.inRoom(a.Handle) }

// listeners are the agents who get notices: the room, and while the ticket is
// unassigned its team. Nobody's mail may reach no one, so a room without a
// reader falls back to the team, and a team that wants only mentions to all of
// it.
func (v *view) listeners(except ...string) []*aside.Agent {
	chosen := v.choose(func(a *aside.Agent) bool {
		switch {
		case v.inRoom(a.Handle):
			return true
		case !a.InTeam(v.t.Team) || v.room[a.Handle] == "unfollowed" || a.Notify == aside.NotifyMentions:
			return false
		default:
			return v.t.Assignee == "" || a.Notify == aside.NotifyAll
		}
	})
	if len(chosen) == 0 {
		chosen = v.w.dir.TeamAgents(v.t.Team)
	}
	return slices.DeleteFunc(slices.Clone(chosen), func(a *aside.Agent) bool { return slices.Contains(except, a.Handle) })
}

func (v *view) choose(keep func(*aside.Agent) bool) []*aside.Agent {
	var out []*aside.Agent
	for _, a := range v.w.dir.Agents {
		if keep(a) {
			out = append(out, a)
		}
	}
	return out
}

// names are how participants are called inside the team.
func (v *view) names(ps []aside.Participant) []string {
	var out []string
	for _, p := range ps {
		out = append(out, v.name(p))
	}
	return out
}

// name is a participant's own name, else the address book's, which is the
// team's and never leaves, else the address.
func (v *view) name(p aside.Participant) string {
	if p.Name == "" {
		for _, c := range v.w.dir.Cards {
			if aside.FoldAddress(c.Address) == p.Address {
				return c.Name
			}
		}
	}
	return naming.Inside(v.w.dir, p.Name, p.Address)
}

// writer is how a ticket's story names who wrote a message. Automatic mail goes
// by its From, which anybody can write: an agent's address stands there instead
// of the agent's name.
func (v *view) writer(m aside.Message) string {
	who := naming.Inside(v.w.dir, m.AuthorName, m.Author)
	switch {
	case m.Kind == aside.MessageAuto && v.w.dir.AgentByAddress(m.Author) != nil:
		return m.Author + ", automatic mail, not proved"
	case m.Kind == aside.MessageAuto:
		return who + ", automatic mail"
	case m.Kind == aside.MessageInbound && !v.tookPart(m.Conversation, m.Author):
		return who + ", not taking part"
	}
	return who
}

// about names a conversation to an agent.
func (v *view) about(c aside.Conversation) string {
	switch c.Kind {
	case aside.Notes:
		return "the notes"
	case aside.Side:
		return "the side conversation with " + strings.Join(v.names(v.heard(c.ID)), ", ")
	default:
		return "the customer conversation"
	}
}
