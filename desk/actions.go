package desk

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"aside"
	"aside/desk/naming"
	"aside/reply/command"
)

// phase orders what a mail does: who hears and what the ticket is come first,
// so that the text's notices tell the state after the mail; then the text; then
// what takes messages elsewhere.
type phase int

const (
	before phase = iota
	during
	after
)

// step is one command, checked, and ready to be done.
type step struct {
	phase  phase
	source string
	do     func() error
}

// steps checks every command of a mail about a ticket. What cannot be done is
// a finding, and then nothing is.
func (d *deed) steps() []step {
	var out []step
	for _, c := range d.commands {
		do, at := d.step(c)
		if do != nil {
			out = append(out, step{phase: at, source: c.Source, do: do})
		}
	}
	return out
}

// step is the table of commands. A nil function means that there is nothing
// more to do: the command was refused, or only names a destination.
func (d *deed) step(c command.Command) (func() error, phase) {
	switch c.Verb {
	case command.Note, command.Reply:
		return nil, during
	case command.Side:
		return d.stepSide(c), during
	case command.Ask:
		return d.stepAsk(c), during
	case command.Attach:
		return d.stepAttach(c), during
	case command.Add:
		return d.stepAdd(c), before
	case command.Remove:
		return d.stepRemove(c), before
	case command.CcCustomer:
		return d.stepCcCustomer(c), before
	case command.Requester:
		return d.stepRequester(c), before
	case command.Relay:
		return d.stepRelay(c), after
	case command.Due:
		return d.stepDue(c), before
	case command.Open, command.Pending, command.Resolve, command.Snooze, command.Spam:
		return d.stepStatus(c), before
	case command.Assign:
		return d.stepAssign(c), before
	case command.Invite, command.Leave, command.Lead, command.Follow, command.Unfollow:
		return d.stepRoom(c), before
	case command.Priority, command.Tag, command.Set, command.Subject:
		return d.stepTicket(c), before
	case command.Merge:
		return d.stepMerge(c), after
	case command.Split:
		return d.stepSplit(c), after
	case command.Undo:
		return d.stepUndo(c), before
	case command.Send, command.Discard:
		return d.stepHold(c), before
	case command.Confirm:
		return d.stepConfirm(c), before
	case command.New:
		d.refuse(c, "/new begins a ticket. Write it in a mail of its own, to the desk.", "")
	default:
		d.refuse(c, "/"+string(c.Verb)+" cannot be used together with other commands or text.", "")
	}
	return nil, after
}

// log records a change of the ticket and tells the receipt.
func (d *deed) log(kind, told string, data map[string]any) error {
	d.done = append(d.done, told)
	return d.v.Event(d.a.Handle, kind, data)
}

func (d *deed) stepStatus(c command.Command) func() error {
	var until time.Time
	if c.Verb == command.Snooze {
		when := c.When
		if when.IsZero() {
			when, _ = command.ParseWhen("tomorrow 9am")
		}
		var err error
		if until, err = when.Resolve(d.w.now, d.a.Location); err != nil {
			d.refuse(c, err.Error(), "/snooze tomorrow 9am")
			return nil
		}
	}
	return func() error {
		t := d.v.Ticket
		t.SnoozedUntil, t.ResolvedAt = time.Time{}, time.Time{}
		switch c.Verb {
		case command.Open:
			t.Status = aside.StatusOpen
			return d.log("status", "open", map[string]any{"to": "open"})
		case command.Pending:
			t.Status = aside.StatusPending
			return d.log("status", "pending, waiting for the customer", map[string]any{"to": "pending"})
		case command.Snooze:
			t.Status, t.SnoozedUntil = aside.StatusSnoozed, until
			told := until.In(d.a.Location).Format("Mon 2 Jan 15:04")
			return d.log("status", "snoozed until "+told, map[string]any{"to": "snoozed", "until": until})
		case command.Spam:
			if err := d.w.tx.SetTag(t.Number, "spam", true); err != nil {
				return err
			}
			t.Status, t.ResolvedAt = aside.StatusResolved, d.w.now
			return d.log("status", "marked as spam and resolved", map[string]any{"to": "resolved", "reason": "spam"})
		default:
			t.Status, t.ResolvedAt = aside.StatusResolved, d.w.now
			if err := d.endReminders(); err != nil {
				return err
			}
			return d.log("status", "resolved", map[string]any{"to": "resolved"})
		}
	}
}

// endReminders: a resolved ticket waits for no vendor.
func (d *deed) endReminders() error {
	for _, c := range d.v.Conversations {
		if c.Kind == aside.Side && (c.State == aside.SideWaiting || c.State == aside.SideOverdue) {
			c.State, c.DueAt = aside.SideDone, time.Time{}
			if err := d.w.tx.SaveConversation(*c); err != nil {
				return err
			}
		}
	}
	return nil
}

func (d *deed) stepAssign(c command.Command) func() error {
	who := "me"
	if len(c.Args) > 0 {
		who = c.Args[0]
	}
	var agent *aside.Agent
	team := d.w.dir.Team(who)
	switch {
	case strings.EqualFold(who, "me"):
		agent = d.a
	case strings.EqualFold(who, "none"):
	case naming.Called(d.w.dir, who) != nil:
		agent = naming.Called(d.w.dir, who)
	case team == nil:
		d.refuse(c, "Nobody here and no team is called "+who+".", d.nearest("/assign ", who))
		return nil
	}
	return func() error {
		t := d.v.Ticket
		was := t.Assignee
		switch {
		case agent != nil:
			t.Assignee = agent.Handle
			if err := d.log("assigned", "assigned to "+agent.FirstName(), map[string]any{"to": agent.Handle, "was": was}); err != nil {
				return err
			}
			if agent != d.a {
				return d.w.tell.Event(d.v, []*aside.Agent{agent}, d.a.FirstName()+" assigned this ticket to you.")
			}
			return nil
		case team != nil && !strings.EqualFold(who, "none"):
			t.Assignee, t.Team = "", team.Name
			if err := d.log("assigned", "given to the team "+team.Name, map[string]any{"to": team.Name, "was": was}); err != nil {
				return err
			}
			told := slices.DeleteFunc(slices.Clone(d.w.dir.TeamAgents(team.Name)), func(a *aside.Agent) bool { return a == d.a })
			return d.w.tell.Event(d.v, told, d.a.FirstName()+" gave this ticket to the team "+team.Name+".")
		default:
			t.Assignee = ""
			return d.log("assigned", "nobody's", map[string]any{"to": "none", "was": was})
		}
	}
}

// nearest suggests a handle or team that is one slip away.
func (d *deed) nearest(before, word string) string {
	for _, name := range naming.Callable(d.w.dir) {
		if n := len(word); n >= 3 && (strings.HasPrefix(strings.ToLower(name), strings.ToLower(word)) || command.Nearest(word, []string{name}) != "") {
			return before + name
		}
	}
	return ""
}

func (d *deed) stepRoom(c command.Command) func() error {
	var agents []*aside.Agent
	for _, name := range c.Args {
		if c.Verb == command.Lead && strings.EqualFold(name, "none") {
			continue
		}
		a := naming.Called(d.w.dir, name)
		if a == nil {
			d.refuse(c, "Nobody here is called "+name+".", d.nearest("/"+string(c.Verb)+" ", name))
			return nil
		}
		agents = append(agents, a)
	}
	return func() error {
		switch c.Verb {
		case command.Invite:
			return d.invite(agents)
		case command.Lead:
			return d.lead(agents)
		case command.Follow:
			if err := d.v.Enter(d.a.Handle, "follower"); err != nil {
				return err
			}
			return d.log("room", "you follow this ticket", map[string]any{"what": "followed"})
		case command.Unfollow:
			if err := d.v.Enter(d.a.Handle, "unfollowed"); err != nil {
				return err
			}
			return d.log("room", "you no longer follow this ticket", map[string]any{"what": "unfollowed"})
		default:
			if err := d.v.Leave(d.a.Handle); err != nil {
				return err
			}
			return d.log("room", "you left this ticket", map[string]any{"what": "left"})
		}
	}
}

func (d *deed) invite(agents []*aside.Agent) error {
	for _, a := range agents {
		if err := d.v.Enter(a.Handle, "invited"); err != nil {
			return err
		}
		if err := d.log("room", a.FirstName()+" invited", map[string]any{"what": "invited", "to": a.Handle}); err != nil {
			return err
		}
		if a == d.a || d.dest.kind == aside.Notes {
			continue // the note itself tells
		}
		if err := d.w.tell.Event(d.v, []*aside.Agent{a}, d.a.FirstName()+" invited you to this ticket."); err != nil {
			return err
		}
	}
	return nil
}

func (d *deed) lead(agents []*aside.Agent) error {
	if len(agents) == 0 {
		d.v.Ticket.Lead = ""
		return d.log("lead", "nobody leads this ticket any more", map[string]any{"to": "none"})
	}
	a := agents[0]
	d.v.Ticket.Lead = a.Handle
	if err := d.v.Enter(a.Handle, "invited"); err != nil {
		return err
	}
	if err := d.log("lead", a.FirstName()+" leads this ticket", map[string]any{"to": a.Handle}); err != nil {
		return err
	}
	told := d.v.Listeners(d.a.Handle)
	return d.w.tell.Event(d.v, told, a.FirstName()+" leads this ticket: replies of the others stay in the team as notes.")
}

func (d *deed) stepTicket(c command.Command) func() error {
	t := d.v.Ticket
	switch c.Verb {
	case command.Priority:
		if len(c.Args) == 0 {
			d.refuse(c, "Which priority?", "/priority high")
			return nil
		}
		return func() error {
			t.Priority = c.Args[0]
			return d.log("priority", "priority "+t.Priority, map[string]any{"to": t.Priority})
		}
	case command.Subject:
		return func() error {
			was := t.Subject
			t.Subject = c.Text
			return d.log("subject", "named \u201c"+c.Text+"\u201d inside the team", map[string]any{"to": c.Text, "was": was})
		}
	case command.Set:
		return d.stepSet(c)
	default:
		return func() error {
			for on, tags := range map[bool][]string{true: c.AddTags, false: c.DropTags} {
				for _, tag := range tags {
					if err := d.w.tx.SetTag(t.Number, tag, on); err != nil {
						return fmt.Errorf("tag ticket %d: %w", t.Number, err)
					}
				}
			}
			told := strings.Join(append(slices.Clone(c.AddTags), prefixed("-", c.DropTags)...), " ")
			return d.log("tags", "tags: "+told, map[string]any{"to": told})
		}
	}
}

func prefixed(p string, list []string) []string {
	var out []string
	for _, s := range list {
		out = append(out, p+s)
	}
	return out
}

func (d *deed) stepSet(c command.Command) func() error {
	for _, p := range c.Set {
		values, known := d.w.set.Fields[p.Field]
		if !known {
			d.refuse(c, "There is no field "+p.Field+" in the settings.", "")
			return nil
		}
		if p.Value != "" && len(values) > 0 && !slices.Contains(values, p.Value) {
			d.refuse(c, "The field "+p.Field+" takes "+strings.Join(values, ", ")+".", "")
			return nil
		}
	}
	return func() error {
		for _, p := range c.Set {
			if err := d.w.tx.SetField(d.v.Ticket.Number, p.Field, p.Value); err != nil {
				return fmt.Errorf("set %s of ticket %d: %w", p.Field, d.v.Ticket.Number, err)
			}
			if err := d.log("field", p.Field+" is "+p.Value, map[string]any{"what": p.Field, "to": p.Value}); err != nil {
				return err
			}
		}
		return nil
	}
}

func (d *deed) stepDue(c command.Command) func() error {
	conv := d.v.Conversation(d.w.place.Conversation.ID)
	if conv.Kind != aside.Side {
		d.refuse(c, "/due is for a side conversation: answer one of its mails.", "")
		return nil
	}
	var at time.Time
	if c.Switch != "none" {
		var err error
		if at, err = c.When.Resolve(d.w.now, d.a.Location); err != nil {
			d.refuse(c, err.Error(), "/due 2 days")
			return nil
		}
	}
	return func() error {
		conv.DueAt = at
		if conv.State == aside.SideOverdue {
			conv.State = aside.SideWaiting
		}
		if err := d.w.tx.SaveConversation(*conv); err != nil {
			return err
		}
		if at.IsZero() {
			return d.log("due", "no answer is due any more", map[string]any{"what": conv.Tag, "to": "none"})
		}
		return d.log("due", "an answer is due "+at.In(d.a.Location).Format("Mon 2 Jan 15:04"), map[string]any{"what": conv.Tag, "to": at})
	}
}

func (d *deed) stepUndo(c command.Command) func() error {
	message, err := d.w.tx.LastUnsent(d.a.Handle, d.v.Ticket.Number)
	if err != nil {
		d.refuse(c, "Nothing of yours is waiting to leave in this ticket any more; what has left cannot be called back.", "")
		return nil
	}
	return func() error {
		stopped, left, err := d.w.tx.CancelUnsent(message)
		if err != nil {
			return err
		}
		if left > 0 {
			d.notDone = append(d.notDone, fmt.Sprintf("%d of its copies had left already", left))
		}
		m, err := d.w.tx.Message(message)
		if err != nil {
			return err
		}
		if err := d.w.tell.Event(d.v, d.v.Listeners(d.a.Handle), d.a.FirstName()+" took back a reply before it left: "+excerpt(m.Text)); err != nil {
			return err
		}
		if err := d.turnBack(m.Conversation); err != nil {
			return err
		}
		return d.log("undone", fmt.Sprintf("stopped before it left (%s)", copies(stopped)), map[string]any{"what": message})
	}
}

// turnBack gives turn and state back what an undone message had moved.
func (d *deed) turnBack(conversation int64) error {
	c := d.v.Conversation(conversation)
	if c == nil {
		return nil
	}
	list, err := d.w.tx.Messages(c.ID, 50)
	if err != nil {
		return fmt.Errorf("read conversation %d: %w", c.ID, err)
	}
	var heard time.Time // when a contact last wrote
	for _, m := range list {
		if m.Kind == aside.MessageInbound {
			heard = m.CreatedAt
		}
	}
	answered, err := d.w.tx.RepliedSince(c.ID, heard, "")
	if err != nil || len(answered) > 0 {
		return err
	}
	switch {
	case c.Kind == aside.Customer:
		d.v.Ticket.Turn = aside.TurnTeam
		return nil
	case heard.IsZero():
		c.State, c.DueAt = aside.SideDone, time.Time{} // nobody was asked
	default:
		c.State = aside.SideAnswered
	}
	return d.w.tx.SaveConversation(*c)
}

func excerpt(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > 120 {
		return string(r[:120]) + "…"
	}
	return s
}

func copies(n int64) string {
	if n == 1 {
		return "1 copy"
	}
	return fmt.Sprintf("%d copies", n)
}
