// Package answer answers what an agent asks by mail: lists, searches, what a
// ticket is and what was said in it, why a mail stands where it does, and which
// commands there are. It reads, and changes nothing.
package answer

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"aside"
	"aside/desk/naming"
	"aside/desk/ticket"
	"aside/reply/command"
	"aside/store"
	"aside/templates"
)

const (
	listed  = 50 // tickets of a list, hits of a search
	entries = 60 // messages and events that /show shows
)

// Asker is an agent who asks, within one transaction.
type Asker struct {
	Tx        *store.Tx
	Dir       *aside.Directory
	Templates *templates.Set
	Tickets   *ticket.Book
	Agent     *aside.Agent
	Desk      *aside.Desk               // who answers
	Found     map[string]*store.Results // what was searched for before the transaction, by the words
}

// now is the time that answers are read at, as their reader has it.
func (a *Asker) now() time.Time { return a.Tx.Now().In(a.Agent.Location) }

// Asks reports whether a command is a question: it changes nothing.
func Asks(v command.Verb) bool {
	return slices.Contains([]command.Verb{command.Show, command.List, command.Search, command.Why, command.HelpMe}, v)
}

// About is the ticket that a question is about: the one it names, else the one
// at hand, which may be nil. Where there is none it says why.
func (a *Asker) About(c command.Command, here *ticket.View) (*ticket.View, string) {
	number := c.Number
	switch {
	case number == 0 && c.Verb == command.Why && len(c.Args) > 0:
		r, err := a.Tx.Record(c.Args[0])
		if err != nil || r.Ticket == 0 {
			return nil, "there is no mail with the id " + c.Args[0] + " in a ticket that you can see"
		}
		number = r.Ticket
	case number == 0 && here != nil:
		return here, ""
	case number == 0:
		return nil, "/" + string(c.Verb) + ": which ticket? Write its number, such as /" + string(c.Verb) + " 1042"
	}
	v, err := a.Tickets.Open(number)
	if err != nil || !v.SeenBy(a.Agent) {
		return nil, fmt.Sprintf("there is no ticket #%d that you can see", number)
	}
	return v, ""
}

// List answers /list: the tickets that the agent sees, or those of them that the
// command says.
func (a *Asker) List(c command.Command) (templates.Mail, error) {
	title, list, err := a.asked(c)
	if err != nil {
		return templates.Mail{}, err
	}
	view := templates.List{Title: title, More: len(list) > listed}
	for _, t := range list[:min(len(list), listed)] {
		v, err := a.Tickets.Open(t.Number)
		if err != nil {
			return templates.Mail{}, err
		}
		item := templates.ListItem{Number: t.Number, Subject: t.Subject, Who: naming.Inside(a.Dir, t.RequesterName, t.Requester), Status: v.Status(a.Agent.Location),
			Owner: v.OwnerName(), Priority: t.Priority, Answered: answered(t)}
		for _, conv := range v.Conversations {
			if conv.State == aside.SideOverdue {
				item.Late, item.Due = true, "overdue since "+templates.ShortTime(conv.DueAt, a.Tx.Now(), a.Agent.Location)
			}
		}
		view.Tickets = append(view.Tickets, item)
	}
	return a.Templates.List(templates.KeyOf(a.Desk), view)
}

// answered reports whether an open ticket waits for its customer.
func answered(t *aside.Ticket) bool {
	return t.Status == aside.StatusOpen && t.Turn == aside.TurnCustomer
}

// asked are the tickets that a /list asks for, and what they are called
// together. One more than are shown says that there are more.
func (a *Asker) asked(c command.Command) (title string, list []*aside.Ticket, err error) {
	f := store.TicketFilter{Teams: a.Agent.Teams, Also: a.Agent.Handle, Limit: listed + 1,
		Statuses: []aside.Status{aside.StatusOpen, aside.StatusPending, aside.StatusSnoozed}}
	if f.Teams == nil {
		f.Teams = []string{}
	}
	what := ""
	if len(c.Args) > 0 {
		what = c.Args[0]
	}
	switch what {
	case "mine":
		title, f.Assignee = "Yours", a.Agent.Handle
	case "unassigned":
		title, f.Free, f.Agents = "Nobody's yet", true, a.Dir.Handles()
	case "open":
		title, f.Statuses = "Open tickets", f.Statuses[:1]
	case "waiting":
		title, f.Statuses = "Waiting for the customer", f.Statuses[1:2]
	case "snoozed":
		title, f.Statuses = "Snoozed", f.Statuses[2:]
	case "overdue":
		title, f.Overdue = "Waiting too long for an answer from outside", true
	default:
		if c.Text != "" {
			list, err = a.with(c.Text)
			return "Tickets with " + c.Text, list, err
		}
		title = "Tickets not resolved"
	}
	list, err = a.Tx.Tickets(f)
	return title, list, err
}

// with are the tickets in which words were found, the best first.
func (a *Asker) with(words string) (list []*aside.Ticket, err error) {
	found, err := a.find(words)
	if err != nil {
		return nil, err
	}
	for _, h := range found.Hits {
		if slices.ContainsFunc(list, func(t *aside.Ticket) bool { return t.Number == h.Ticket }) {
			continue
		}
		v, err := a.Tickets.Open(h.Ticket)
		if err != nil {
			return nil, err
		}
		list = append(list, v.Ticket)
	}
	return list, nil
}

// Search answers /search.
func (a *Asker) Search(c command.Command) (templates.Mail, error) {
	found, err := a.find(c.Text)
	if err != nil {
		return templates.Mail{}, err
	}
	view := templates.Search{Query: c.Text, Behind: found.Behind, Now: a.now()}
	for _, h := range found.Hits {
		if len(view.Hits) == listed {
			view.More = true
			break
		}
		view.Hits = append(view.Hits, templates.Hit{Ticket: h.Ticket, Subject: h.Subject, Who: naming.Agent(a.Dir, h.Author),
			Kind: aside.ConversationKind(h.Conversation), At: h.At.In(a.Agent.Location), Snippet: h.Excerpt})
	}
	return a.Templates.Search(templates.KeyOf(a.Desk), view)
}

// Find finds messages in the tickets that an agent may see.
func Find(tx *store.Tx, a *aside.Agent, words string) (*store.Results, error) {
	return tx.Search(words, &store.Sight{Agent: a.Handle, Teams: a.Teams}, listed*4, listed)
}

// find is Find, of what was found already.
func (a *Asker) find(words string) (*store.Results, error) {
	if found, ok := a.Found[words]; ok {
		return found, nil
	}
	return Find(a.Tx, a.Agent, words)
}

// Show answers /show: what the ticket is, and what was said and done in it.
func (a *Asker) Show(v *ticket.View) (templates.Mail, error) {
	view := templates.Show{Ticket: v.Ticket.Number, Subject: v.Ticket.Subject, Now: a.now()}
	state := v.Status(a.Agent.Location)
	switch owner := v.OwnerName(); {
	case owner != "":
		state += ", " + owner + "'s"
	case v.Ticket.Status == aside.StatusOpen:
		state += ", nobody's yet"
	}
	if answered(v.Ticket) {
		state += ", answered"
	}
	if p := v.Ticket.Priority; p != "" {
		state += ", priority " + p
	}
	view.Facts = append(view.Facts, strings.ToUpper(state[:1])+state[1:]+".", "From "+naming.Inside(a.Dir, v.Ticket.RequesterName, v.Ticket.Requester)+".")
	if len(v.Ticket.Tags) > 0 {
		view.Facts = append(view.Facts, "Tags: "+strings.Join(v.Ticket.Tags, ", ")+".")
	}
	for _, name := range sortedKeys(v.Ticket.Fields) {
		view.Facts = append(view.Facts, name+": "+v.Ticket.Fields[name]+".")
	}
	messages, err := a.Tx.TicketMessages(v.Ticket.Number, entries)
	if err != nil {
		return templates.Mail{}, err
	}
	stopped, err := a.Tx.Stopped(messages...)
	if err != nil {
		return templates.Mail{}, err
	}
	h := &history{a: a, v: v, messages: map[int64]aside.Message{}}
	for _, m := range messages {
		h.messages[m.ID] = m
		e := a.entry(v, m, m.Text)
		e.Stopped = stopped[m.ID]
		for _, f := range m.Attachments {
			e.Files = append(e.Files, f.Name)
		}
		view.Entries = append(view.Entries, e)
	}
	events, err := a.Tx.Events(v.Ticket.Number)
	if err != nil {
		return templates.Mail{}, err
	}
	if len(events) > entries {
		view.Earlier, events = len(events)-entries, events[len(events)-entries:]
	}
	for _, e := range events {
		if told := h.sentence(e); told != "" {
			view.Entries = append(view.Entries, templates.Entry{At: e.At.In(a.Agent.Location), Text: told})
		}
	}
	slices.SortStableFunc(view.Entries, func(a, b templates.Entry) int { return a.At.Compare(b.At) })
	return a.Templates.Show(templates.KeyOf(a.Desk), view)
}

// entry is a message in the ticket's story, with some of its text.
func (a *Asker) entry(v *ticket.View, m aside.Message, text string) templates.Entry {
	c := v.Conversation(m.Conversation)
	e := templates.Entry{At: m.CreatedAt.In(a.Agent.Location), Who: writer(a.Dir, v, m), Kind: c.Kind, Text: text,
		Sent: m.Kind == aside.MessageOutbound || m.Kind == aside.MessageSystem}
	if c.Kind == aside.Side {
		e.With = strings.Join(v.Names(v.Hearers(c.ID)), ", ")
	}
	return e
}

func sortedKeys(m map[string]string) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// Why answers /why: where mails were filed, and for which reasons.
func (a *Asker) Why(v *ticket.View, c command.Command) (templates.Mail, error) {
	var records []*store.Record
	var err error
	if len(c.Args) > 0 && c.Number == 0 {
		r, e := a.Tx.Record(c.Args[0])
		if e == nil {
			records = append(records, r)
		} else if !errors.Is(e, store.ErrNotFound) {
			err = e
		}
	} else {
		records, err = a.Tx.TicketRecords(v.Ticket.Number, 20)
	}
	if err != nil {
		return templates.Mail{}, err
	}
	view := templates.Why{Ticket: v.Ticket.Number, Now: a.now()}
	for _, r := range records {
		p := templates.Placement{At: r.ReceivedAt.In(a.Agent.Location), From: r.From, Subject: r.Subject, Reason: r.Reason, Verified: r.Sender}
		if conv := v.Conversation(r.Conversation); conv != nil {
			p.Placed = fmt.Sprintf("#%d, %s", v.Ticket.Number, v.About(*conv))
		}
		view.Placements = append(view.Placements, p)
	}
	return a.Templates.Why(templates.KeyOf(a.Desk), view)
}

// Help answers /help: all commands.
func (a *Asker) Help() (templates.Mail, error) {
	var h templates.Help
	for _, e := range command.Help() {
		h.Commands = append(h.Commands, templates.Command{Usage: e.Usage, Does: e.Does})
	}
	return a.Templates.Help(templates.KeyOf(a.Desk), h)
}

// Quoted answers /show quoted: what was cut as quoted from one message, or with
// 0 from all of the ticket, and the same as bare text. It is empty where nothing
// was cut.
func (a *Asker) Quoted(v *ticket.View, message int64) (m templates.Mail, all string, err error) {
	list, err := a.cutFrom(v, message)
	if err != nil || len(list) == 0 {
		return m, "", err
	}
	shown := templates.Show{Ticket: v.Ticket.Number, Subject: v.Ticket.Subject, Now: a.now(), Facts: []string{"What was cut as quoted; the frames of notices and signatures are left out."}}
	var texts []string
	for _, m := range list {
		shown.Entries = append(shown.Entries, a.entry(v, m, m.Elided))
		texts = append(texts, m.Elided)
	}
	m, err = a.Templates.Show(templates.KeyOf(a.Desk), shown)
	return m, strings.Join(texts, "\n"), err
}

// cutFrom are the messages that /show quoted is about, those alone from which
// something was cut, the oldest first.
func (a *Asker) cutFrom(v *ticket.View, message int64) ([]aside.Message, error) {
	var list []aside.Message
	if message != 0 {
		m, err := a.Tx.Message(message)
		if err != nil {
			return nil, fmt.Errorf("read the message that was answered: %w", err)
		}
		list = append(list, m)
	} else {
		var err error
		if list, err = a.Tx.TicketMessages(v.Ticket.Number, entries); err != nil {
			return nil, err
		}
	}
	return slices.DeleteFunc(list, func(m aside.Message) bool {
		return strings.TrimSpace(m.Elided) == "" || v.Conversation(m.Conversation) == nil
	}), nil
}

// writer is how a ticket's story names who wrote a message. Automatic mail goes
// by its From, which anybody can write: an agent's address stands there instead
// of the agent's name.
func writer(dir *aside.Directory, v *ticket.View, m aside.Message) string {
	who := naming.Inside(dir, m.AuthorName, m.Author)
	switch {
	case m.Kind == aside.MessageAuto && dir.AgentByAddress(m.Author) != nil:
		return m.Author + ", automatic mail, not proved"
	case m.Kind == aside.MessageAuto:
		return who + ", automatic mail"
	case m.Kind == aside.MessageInbound && !v.TookPart(m.Conversation, m.Author):
		return who + ", not taking part"
	}
	return who
}
