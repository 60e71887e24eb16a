// Package action does what commands ask of a ticket itself: its status, whose it
// is, its room, fields and name, what is due, its customer, an end in another
// ticket, and taking back what has not left. What sends or moves words is the
// desk's.
package action

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"aside"
	"aside/desk/notice"
	"aside/desk/ticket"
	"aside/reply/command"
	"aside/store"
	"aside/templates"
)

// Actor is an agent who acts on a ticket, within one transaction.
type Actor struct {
	Tx      *store.Tx
	Dir     *aside.Directory
	Tell    *notice.Teller
	Tickets *ticket.Book
	Fields  map[string][]string // of tickets, and their values; none means any

	Agent *aside.Agent
	View  *ticket.View
	Here  int64     // the conversation that the command is about; 0 for none
	Came  time.Time // when the mail came, where it waited since; else zero
	Said  bool      // the mail's text tells those who heard of the ticket anyway
	Noted bool      // and is a note, which those who join get as well

	Refusals      []Refusal // why a planned command cannot be carried out
	Done, NotDone []string  // what the receipt tells
}

// Refusal is why a command cannot be carried out, and what was probably meant.
type Refusal struct{ Why, Meant string }

func (x *Actor) refuse(why, meant string) {
	x.Refusals = append(x.Refusals, Refusal{Why: why, Meant: meant})
}

// log records a change of the ticket and tells the receipt.
func (x *Actor) log(kind, told string, data map[string]any) error {
	x.Done = append(x.Done, told)
	return x.View.Event(x.Agent.Handle, kind, data)
}

// Plan checks a command and returns what carries it out; nil for one that was
// refused, or is no such command.
func (x *Actor) Plan(c command.Command) func() error {
	switch c.Verb {
	case command.Open, command.Pending, command.Resolve, command.Snooze, command.Spam:
		return x.stepStatus(c)
	case command.Assign:
		return x.stepAssign(c)
	case command.Invite, command.Leave, command.Lead, command.Follow, command.Unfollow:
		return x.stepRoom(c)
	case command.Priority, command.Tag, command.Set, command.Subject:
		return x.stepTicket(c)
	case command.Due:
		return x.stepDue(c)
	case command.Undo:
		return x.stepUndo()
	case command.Requester:
		return x.stepRequester(c)
	case command.Merge:
		return x.stepMerge(c)
	}
	return nil
}

func (x *Actor) stepStatus(c command.Command) func() error {
	var until time.Time
	if c.Verb == command.Snooze {
		when := c.When
		if when.IsZero() {
			when, _ = command.ParseWhen("tomorrow 9am")
		}
		var err error
		if until, err = when.Resolve(x.Tx.Now(), x.Agent.Location); err != nil {
			x.refuse(command.Sentence(err), "/snooze tomorrow 9am")
			return nil
		}
	}
	return func() error {
		was := x.View.Ticket.Status
		if err := x.setStatus(c.Verb, until); err != nil {
			return err
		}
		owner, now := x.View.Owner(), x.View.Ticket.Status
		if was == now && now != aside.StatusSnoozed || owner == nil {
			return nil
		}
		did := map[command.Verb]string{command.Open: "opened this ticket", command.Pending: "set this ticket pending", command.Resolve: "resolved this ticket",
			command.Spam: "marked this ticket as spam", command.Snooze: "snoozed this ticket until " + templates.DayTime(until, x.Tx.Now(), owner.Location)}
		return x.tellOwner(owner, did[c.Verb])
	}
}

func (x *Actor) setStatus(verb command.Verb, until time.Time) error {
	t := x.View.Ticket
	t.SnoozedUntil, t.ResolvedAt = time.Time{}, time.Time{}
	switch verb {
	case command.Open:
		t.Status = aside.StatusOpen
		return x.log("status", "open", map[string]any{"to": "open"})
	case command.Pending:
		t.Status = aside.StatusPending
		return x.log("status", "pending, waiting for the customer", map[string]any{"to": "pending"})
	case command.Snooze:
		t.Status, t.SnoozedUntil = aside.StatusSnoozed, until
		told := templates.DayTime(until, x.Tx.Now(), x.Agent.Location)
		return x.log("status", "snoozed until "+told, map[string]any{"to": "snoozed", "until": until})
	case command.Spam:
		if err := x.Tx.SetTag(t.Number, "spam", true); err != nil {
			return err
		}
		t.Status, t.ResolvedAt = aside.StatusResolved, x.Tx.Now()
		return x.log("status", "marked as spam and resolved", map[string]any{"to": "resolved", "reason": "spam"})
	default:
		t.Status, t.ResolvedAt = aside.StatusResolved, x.Tx.Now()
		if err := x.endReminders(); err != nil {
			return err
		}
		return x.log("status", "resolved", map[string]any{"to": "resolved"})
	}
}

// endReminders: a resolved ticket waits for no vendor.
func (x *Actor) endReminders() error {
	for _, c := range x.View.Conversations {
		if c.Kind == aside.Side && (c.State == aside.SideWaiting || c.State == aside.SideOverdue) {
			c.State, c.DueAt = aside.SideDone, time.Time{}
			if err := x.Tx.SaveConversation(*c); err != nil {
				return err
			}
		}
	}
	return nil
}

func (x *Actor) stepTicket(c command.Command) func() error {
	t := x.View.Ticket
	switch c.Verb {
	case command.Priority:
		if len(c.Args) == 0 {
			x.refuse("Which priority?", "/priority high")
			return nil
		}
		return func() error {
			t.Priority = c.Args[0]
			return x.log("priority", "priority "+t.Priority, map[string]any{"to": t.Priority})
		}
	case command.Subject:
		return func() error {
			was := t.Subject
			t.Subject = c.Text
			return x.log("subject", "named \u201c"+c.Text+"\u201d inside the team", map[string]any{"to": c.Text, "was": was})
		}
	case command.Set:
		return x.stepSet(c)
	default:
		return func() error { return x.tag(c.AddTags, c.DropTags) }
	}
}

// tag adds tags to the ticket and takes others away.
func (x *Actor) tag(add, drop []string) error {
	t, told := x.View.Ticket, slices.Clone(add)
	for _, name := range add {
		if err := x.Tx.SetTag(t.Number, name, true); err != nil {
			return fmt.Errorf("tag ticket %d: %w", t.Number, err)
		}
	}
	has := append(slices.Clone(t.Tags), add...)
	for _, name := range drop {
		if err := x.Tx.SetTag(t.Number, name, false); err != nil {
			return fmt.Errorf("tag ticket %d: %w", t.Number, err)
		}
		if slices.Contains(has, name) {
			told = append(told, "-"+name)
		} else {
			told = append(told, "-"+name+" (was not there)")
		}
	}
	t.Tags = slices.DeleteFunc(has, func(name string) bool { return slices.Contains(drop, name) })
	return x.log("tags", "tags: "+strings.Join(told, " "), map[string]any{"to": strings.Join(append(slices.Clone(add), prefixed("-", drop)...), " ")})
}

func prefixed(p string, list []string) []string {
	var out []string
	for _, s := range list {
		out = append(out, p+s)
	}
	return out
}

func (x *Actor) stepSet(c command.Command) func() error {
	var pairs []command.Pair
	for _, p := range c.Set {
		names := slices.Sorted(maps.Keys(x.Fields))
		field, known := asConfigured(p.Field, names)
		if !known {
			why := "There is no field " + p.Field + " in the settings"
			if len(names) > 0 {
				why += "; these are there: " + strings.Join(names, ", ")
			}
			x.refuse(why+".", meantPair(command.Nearest(p.Field, names), p.Value))
			return nil
		}
		values, value := x.Fields[field], p.Value
		if p.Value != "" && len(values) > 0 {
			if value, known = asConfigured(p.Value, values); !known {
				x.refuse("The field "+field+" takes "+strings.Join(values, ", ")+".", meantPair(field, command.Nearest(p.Value, values)))
				return nil
			}
		}
		pairs = append(pairs, command.Pair{Field: field, Value: value})
	}
	return func() error {
		for _, p := range pairs {
			if err := x.Tx.SetField(x.View.Ticket.Number, p.Field, p.Value); err != nil {
				return fmt.Errorf("set %s of ticket %d: %w", p.Field, x.View.Ticket.Number, err)
			}
			told := p.Field + " is " + p.Value
			if p.Value == "" {
				told = p.Field + " is empty now"
			}
			if err := x.log("field", told, map[string]any{"what": p.Field, "to": p.Value}); err != nil {
				return err
			}
		}
		return nil
	}
}

// asConfigured is a word as the settings spell it. Case does not matter: a
// telephone writes the first letter large by itself.
func asConfigured(word string, spelt []string) (string, bool) {
	if slices.Contains(spelt, word) {
		return word, true
	}
	i := slices.IndexFunc(spelt, func(s string) bool { return strings.EqualFold(s, word) })
	if i < 0 {
		return "", false
	}
	return spelt[i], true
}

// meantPair is the /set that was probably meant; empty where a part of it is
// not known.
func meantPair(field, value string) string {
	if field == "" || value == "" {
		return ""
	}
	if strings.ContainsAny(value, " ,;") {
		value = `"` + value + `"`
	}
	return "/set " + field + "=" + value
}

func (x *Actor) stepDue(c command.Command) func() error {
	conv := x.View.Conversation(x.Here)
	if conv == nil || conv.Kind != aside.Side {
		x.refuse("/due is for a side conversation: answer one of its mails.", "")
		return nil
	}
	var at time.Time
	if c.Switch != "none" {
		var err error
		if at, err = c.When.Resolve(x.Tx.Now(), x.Agent.Location); err != nil {
			x.refuse(command.Sentence(err), "/due 2 days")
			return nil
		}
	}
	return func() error {
		conv.DueAt = at
		if !at.IsZero() || conv.State == aside.SideOverdue {
			conv.State = aside.SideWaiting // an answer that was none ends no waiting
		}
		if err := x.Tx.SaveConversation(*conv); err != nil {
			return err
		}
		if at.IsZero() {
			return x.log("due", "no answer is due any more", map[string]any{"what": conv.Tag, "to": "none"})
		}
		return x.log("due", "an answer is due "+templates.DayTime(at, x.Tx.Now(), x.Agent.Location), map[string]any{"what": conv.Tag, "to": at})
	}
}

func (x *Actor) stepUndo() func() error {
	message, err := x.lastUnsent()
	if errors.Is(err, store.ErrNotFound) {
		x.refuse("Nothing of yours is waiting to leave in this ticket any more; what has left cannot be called back.", "")
		return nil
	}
	if err != nil {
		return func() error { return err }
	}
	return func() error {
		stopped, left, err := x.Tx.CancelUnsent(message)
		if err != nil {
			return err
		}
		if left > 0 {
			x.NotDone = append(x.NotDone, fmt.Sprintf("%d of its copies had left already", left))
		}
		m, err := x.Tx.Message(message)
		if err != nil {
			return err
		}
		if err := x.turnBack(m.Conversation); err != nil {
			return err
		}
		if err := x.Tell.Event(x.View, x.View.Listeners(x.Agent.Handle), x.Agent.FirstName()+" took back a reply before it left: "+templates.Excerpt(m.Text)); err != nil {
			return err
		}
		err = x.log("undone", fmt.Sprintf("stopped before it left (%s): \u201c%s\u201d", copies(stopped), templates.Excerpt(m.Text)), map[string]any{"what": message})
		if s := x.View.Ticket.Status; s != aside.StatusOpen { // perhaps by the very mail that was taken back
			x.Done = append(x.Done, "the ticket stays "+string(s)+" (/open opens it)")
		}
		return err
	}
}

// lastUnsent is the agent's newest message that still waits to leave, of the
// ticket and of those that were merged into it. What was written while the mail
// waited is not what it was to stop.
func (x *Actor) lastUnsent() (int64, error) {
	family, err := x.Tx.Family(x.View.Ticket.Number)
	if err != nil {
		return 0, err
	}
	return x.Tx.LastUnsent(x.Agent.Handle, x.Came, family...)
}

// turnBack gives turn and state back what an undone message had moved.
func (x *Actor) turnBack(conversation int64) error {
	c := x.View.Conversation(conversation)
	if c == nil {
		return nil
	}
	list, err := x.Tx.Messages(c.ID, 50)
	if err != nil {
		return fmt.Errorf("read conversation %d: %w", c.ID, err)
	}
	var heard time.Time // when a contact last wrote
	for _, m := range list {
		if m.Kind == aside.MessageInbound {
			heard = m.CreatedAt
		}
	}
	answered, err := x.Tx.RepliedSince(c.ID, heard, "")
	if err != nil || len(answered) > 0 {
		return err
	}
	switch {
	case c.Kind == aside.Customer:
		x.View.Ticket.Turn = aside.TurnTeam
		return nil
	case heard.IsZero():
		c.State, c.DueAt = aside.SideDone, time.Time{} // nobody was asked
	default:
		c.State = aside.SideAnswered
	}
	return x.Tx.SaveConversation(*c)
}

func copies(n int64) string {
	if n == 1 {
		return "1 copy"
	}
	return fmt.Sprintf("%d copies", n)
}
