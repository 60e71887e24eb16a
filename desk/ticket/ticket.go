// Package ticket is a ticket as one transaction works on it: with its
// conversations, who takes part in them, and its room. What is changed here is
// written at once, a ticket's own row by Save.
package ticket

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"aside"
	"aside/desk/naming"
	"aside/templates"
)

// View is a ticket with everything that belongs to it, read once a
// transaction and kept equal to what the transaction writes.
type View struct {
	Ticket        *aside.Ticket
	Desk          *aside.Desk // its desk, or the first where the config has that no longer
	Conversations []*aside.Conversation
	Participants  []aside.Participant // those whose part has ended as well
	Room          map[string]string   // handle → why
	First         bool                // begun by the contact's mail at hand: there is nothing else in it
	Ending        int64               // where a command of the mail at hand ends it, carried out or not yet; 0 for nowhere

	book *Book
	// written is what a new ticket's row says already.
	written *aside.Ticket
	// audience is the ticket's count of changes when its passages were right.
	audience int64
}

// kind returns the ticket's one conversation of a kind.
func (v *View) kind(k aside.ConversationKind) *aside.Conversation {
	for _, c := range v.Conversations {
		if c.Kind == k {
			return c
		}
	}
	return nil
}

// Customer is the conversation with the customer.
func (v *View) Customer() *aside.Conversation { return v.kind(aside.Customer) }

// Notes is the team's own conversation.
func (v *View) Notes() *aside.Conversation { return v.kind(aside.Notes) }

// Conversation returns one of the ticket's by its id, or nil.
func (v *View) Conversation(id int64) *aside.Conversation {
	for _, c := range v.Conversations {
		if c.ID == id {
			return c
		}
	}
	return nil
}

// Hearers are the participants of a conversation now.
func (v *View) Hearers(conversation int64) []aside.Participant {
	var out []aside.Participant
	for _, p := range v.Participants {
		if p.Conversation == conversation && p.Until.IsZero() {
			out = append(out, p)
		}
	}
	return out
}

// Participant is the address's part in a conversation now, or nil.
func (v *View) Participant(conversation int64, address string) *aside.Participant {
	for i := range v.Participants {
		if p := &v.Participants[i]; p.Conversation == conversation && p.Until.IsZero() && p.Address == address {
			return p
		}
	}
	return nil
}

// TookPart reports whether an address takes part in a conversation, or did.
func (v *View) TookPart(conversation int64, address string) bool {
	return slices.ContainsFunc(v.Participants, func(p aside.Participant) bool { return p.Conversation == conversation && p.Address == address })
}

// Contacts are the addresses of all who ever took part in a conversation, each
// once, in the order in which they came to it: a place in it is somebody's for good.
func (v *View) Contacts(conversation int64) (all []string) {
	for _, p := range v.Participants {
		if p.Conversation == conversation && !slices.Contains(all, p.Address) {
			all = append(all, p.Address)
		}
	}
	return all
}

// Save writes the ticket; whatever touches it takes back that it would
// resolve itself.
func (v *View) Save() error {
	if err := v.forget(); err != nil {
		return err
	}
	if v.written != nil && reflect.DeepEqual(v.written, v.Ticket) {
		return nil
	}
	v.written = nil
	return v.book.tx.SaveTicket(v.Ticket)
}

// forget has the ticket's passages made anew when they are next needed: at once
// where others take part in it, for who joins may have written there before. A
// resolved ticket needs none.
func (v *View) forget() error {
	resolved, others := v.Ticket.Status == aside.StatusResolved, v.audience != v.Ticket.AudienceCount
	v.audience = v.Ticket.AudienceCount
	if v.written != nil || !resolved && !others {
		return nil // it is new, or they are right
	}
	family := []int64{v.Ticket.Number}
	if resolved {
		var err error
		if family, err = v.book.tx.Family(v.Ticket.Number); err != nil {
			return err
		}
	}
	for _, n := range family {
		if err := v.book.tx.ForgetPassages(n); err != nil {
			return err
		}
	}
	return nil
}

// Event adds a line to the ticket's history.
func (v *View) Event(actor, kind string, data any) error {
	return v.book.tx.AddEvent(v.Ticket.Number, actor, kind, data)
}

// AddConversation makes a conversation of the ticket.
func (v *View) AddConversation(c aside.Conversation) (*aside.Conversation, error) {
	return &c, v.addConversations(&c)
}

func (v *View) addConversations(list ...*aside.Conversation) (err error) {
	for _, c := range list {
		if c.Token, err = v.book.draw(); err != nil {
			return err
		}
		c.Ticket = v.Ticket.Number
	}
	if err := v.book.tx.AddConversation(list...); err != nil {
		return err
	}
	v.Conversations = append(v.Conversations, list...)
	return nil
}

// TakeSides takes the side conversations of a ticket that ends in this one, with
// who takes part in them. The others of that ticket stay, and are closed. Its
// view keeps them all: what is left to be said of the mail at hand is said there.
func (v *View) TakeSides(from *View) error {
	for _, c := range from.Conversations {
		if c.Kind == aside.Side {
			c.Ticket = v.Ticket.Number
			v.Conversations = append(v.Conversations, c)
		} else {
			c.ReadOnly = true
		}
		if err := v.book.tx.SaveConversation(*c); err != nil {
			return err
		}
	}
	for _, p := range from.Participants {
		if c := from.Conversation(p.Conversation); c != nil && c.Kind == aside.Side {
			v.Participants = append(v.Participants, p)
		}
	}
	return nil
}

// Join lets a contact hear a conversation. Our own addresses and agents' are
// never participants: the caller has sorted them out.
func (v *View) Join(c aside.Conversation, addr aside.Address, role aside.ParticipantRole) (*aside.Participant, error) {
	if v.book.dir.IsOurs(addr.Address) || v.book.dir.AgentByAddress(addr.Address) != nil {
		return nil, fmt.Errorf("%s is one of our own addresses and cannot take part as a contact", addr.Address)
	}
	if p := v.Participant(c.ID, addr.Address); p != nil {
		return p, nil
	}
	holder, err := v.book.draw()
	if err != nil {
		return nil, err
	}
	v.Ticket.AudienceCount++
	p := aside.Participant{Conversation: c.ID, Address: aside.FoldAddress(addr.Address), Name: addr.Name, Role: role, Holder: holder, AudienceAt: v.Ticket.AudienceCount}
	if err := v.book.tx.AddParticipant(&p, c.Kind); err != nil {
		return nil, err
	}
	v.Participants = append(v.Participants, p)
	return &v.Participants[len(v.Participants)-1], nil
}

// Part ends a participation, and gives the messages that waited to leave to them
// and do not any more.
func (v *View) Part(p *aside.Participant) (stopped []int64, err error) {
	v.Ticket.AudienceCount++
	p.Until = v.book.tx.Now()
	return v.book.tx.EndParticipant(p.ID)
}

// Enter puts an agent into the room; an agent who was there for another reason
// stays so.
func (v *View) Enter(handle, why string) error {
	if old := v.Room[handle]; old != "" && old != "unfollowed" && why != "unfollowed" {
		return nil
	}
	v.Room[handle] = why
	return v.book.tx.Join(v.Ticket.Number, handle, why)
}

// Leave takes an agent out of the room, and from whatever else the agent is in
// the ticket. The ticket itself is written by Save.
func (v *View) Leave(handle string) error {
	delete(v.Room, handle)
	if err := v.book.tx.Leave(v.Ticket.Number, handle); err != nil {
		return err
	}
	if v.Ticket.Assignee == handle {
		v.Ticket.Assignee = ""
	}
	if v.Ticket.Lead == handle {
		v.Ticket.Lead = ""
	}
	return nil
}

// Owner is whose the ticket is; nil while it is nobody's, as one is whose assignee
// is no agent any more.
func (v *View) Owner() *aside.Agent { return v.book.dir.AgentByHandle(v.Ticket.Assignee) }

// OwnerName is how the ticket's owner is called inside the team; empty for
// nobody.
func (v *View) OwnerName() string {
	if a := v.Owner(); a != nil {
		return a.FirstName()
	}
	return ""
}

// InRoom reports whether the agent takes part in the ticket.
func (v *View) InRoom(handle string) bool {
	why := v.Room[handle]
	return v.Ticket.Assignee == handle || v.Ticket.Lead == handle || (why != "" && why != "unfollowed")
}

// SeenBy reports whether the agent may see the ticket at all: those of their
// teams and rooms.
func (v *View) SeenBy(a *aside.Agent) bool { return a.InTeam(v.Ticket.Team) || v.InRoom(a.Handle) }

// Listeners are the agents who get notices: the room, and while the ticket is
// unassigned its team. Nobody's mail may reach no one, so a room without a
// reader falls back to the team, and a team that wants only mentions to all of
// it.
func (v *View) Listeners(except ...string) []*aside.Agent {
	chosen := v.choose(func(a *aside.Agent) bool {
		switch {
		case v.InRoom(a.Handle):
			return true
		case !a.InTeam(v.Ticket.Team) || v.Room[a.Handle] == "unfollowed" || a.Notify == aside.NotifyMentions:
			return false
		default:
			return v.Owner() == nil || a.Notify == aside.NotifyAll
		}
	})
	if len(chosen) == 0 {
		chosen = v.book.dir.TeamAgents(v.Ticket.Team)
	}
	if len(chosen) == 0 {
		chosen = v.book.dir.TeamAgents(v.Desk.Team)
	}
	return slices.DeleteFunc(slices.Clone(chosen), func(a *aside.Agent) bool { return slices.Contains(except, a.Handle) })
}

func (v *View) choose(keep func(*aside.Agent) bool) []*aside.Agent {
	var out []*aside.Agent
	for _, a := range v.book.dir.Agents {
		if keep(a) {
			out = append(out, a)
		}
	}
	return out
}

// Names are how participants are called inside the team.
func (v *View) Names(ps []aside.Participant) []string {
	var out []string
	for _, p := range ps {
		out = append(out, v.Name(p))
	}
	return out
}

// Name is a participant's own name, else the address book's, which is the
// team's and never leaves, else the address.
func (v *View) Name(p aside.Participant) string {
	if p.Name == "" {
		for _, c := range v.book.dir.Cards {
			if aside.FoldAddress(c.Address) == p.Address {
				return c.Name
			}
		}
	}
	return naming.Inside(v.book.dir, p.Name, p.Address)
}

// Status is the ticket's state in words.
func (v *View) Status(loc *time.Location) string {
	switch t := v.Ticket; t.Status {
	case aside.StatusSnoozed:
		return "snoozed until " + templates.DayTime(t.SnoozedUntil, v.book.tx.Now(), loc)
	case aside.StatusMerged:
		return fmt.Sprintf("merged into #%d", t.MergedInto)
	default:
		return string(t.Status)
	}
}

// About names a conversation to an agent.
func (v *View) About(c aside.Conversation) string {
	switch c.Kind {
	case aside.Notes:
		return "the notes"
	case aside.Side:
		return "the side conversation with " + strings.Join(v.Names(v.Hearers(c.ID)), ", ")
	default:
		return "the customer conversation"
	}
}
