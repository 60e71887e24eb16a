package action

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"aside"
	"aside/desk/naming"
	"aside/desk/ticket"
	"aside/reply/command"
	"aside/templates"
)

// stepRequester makes somebody else the customer. The old requester leaves
// every conversation, and a forwarder's words become notes.
func (x *Actor) stepRequester(c command.Command) func() error {
	list, why := Targets(x.Dir, x.View, c)
	if why != "" {
		x.refuse(why, "")
	}
	if len(list) == 0 {
		return nil
	}
	to := list[0].Contact
	if to.Address == "" {
		x.refuse("The customer cannot be one of our own addresses.", "")
		return nil
	}
	if to.Address == x.View.Ticket.Requester {
		x.refuse(to.Address+" is the customer already.", "")
		return nil
	}
	return func() error { return x.changeRequester(to) }
}

func (x *Actor) changeRequester(to aside.Address) error {
	old := x.View.Ticket.Requester
	family, err := x.Tx.Family(x.View.Ticket.Number)
	if err != nil {
		return err
	}
	for _, number := range family {
		v, err := x.Tickets.Open(number)
		if err == nil {
			err = x.takeOut(v, old)
		}
		if err != nil {
			return fmt.Errorf("take the former customer out of ticket %d: %w", number, err)
		}
	}
	for _, c := range x.View.Conversations {
		if heard := c.Kind == aside.Side && x.View.Participant(c.ID, to.Address) != nil; c.CustomerCopied != heard {
			c.CustomerCopied = heard
			if err := x.Tx.SaveConversation(*c); err != nil {
				return err
			}
		}
	}
	x.View.Ticket.Requester, x.View.Ticket.RequesterName = to.Address, to.Name
	if _, err := x.View.Join(*x.View.Customer(), to, aside.RoleTo); err != nil {
		return err
	}
	return x.log("requester", "the customer is "+naming.Inside(x.Dir, to.Name, to.Address)+" now; what "+old+" wrote is among the notes",
		map[string]any{"to": to.Address, "was": old})
}

// takeOut takes the former customer out of a ticket, this one or one that was
// merged into it, and what they wrote to us there into its notes.
func (x *Actor) takeOut(v *ticket.View, customer string) error {
	for i := range v.Participants {
		if p := &v.Participants[i]; p.Address == customer && p.Until.IsZero() {
			if err := x.Part(p); err != nil {
				return err
			}
		}
	}
	return x.moveWords(customer, *v.Customer(), *v.Notes())
}

// Part ends a participation. Who wrote what waited to leave to them hears that it
// does not.
func (x *Actor) Part(p *aside.Participant) error {
	stopped, err := x.View.Part(p)
	if err != nil {
		return err
	}
	for _, id := range stopped {
		m, err := x.Tx.Message(id)
		if err != nil {
			return err
		}
		if m.Kind != aside.MessageOutbound {
			continue // an acknowledgement
		}
		who, words := x.View.Name(*p), templates.Excerpt(m.Text)
		writer := x.Dir.AgentByHandle(m.Author)
		if writer == nil || writer == x.Agent {
			x.Done = append(x.Done, "not sent to "+who+" any more: "+words)
			continue
		}
		if err := x.Tell.Event(x.View, []*aside.Agent{writer}, x.Agent.FirstName()+" took "+who+" out before your mail left, so it was not sent there: "+words); err != nil {
			return err
		}
	}
	return nil
}

// moveWords takes what an address wrote from one conversation into another.
func (x *Actor) moveWords(author string, from, to aside.Conversation) error {
	list, err := x.Tx.Messages(from.ID, 10000)
	if err != nil {
		return fmt.Errorf("read conversation %d: %w", from.ID, err)
	}
	for _, m := range list {
		if m.Author == author && (m.Kind == aside.MessageInbound || m.Kind == aside.MessageAuto) {
			if err := x.Tx.MoveMessage(m.ID, to); err != nil {
				return err
			}
		}
	}
	return nil
}

// stepMerge ends this ticket in another of the same requester; those of
// different requesters are linked, no more.
func (x *Actor) stepMerge(c command.Command) func() error {
	into, err := x.Tickets.Open(c.Number)
	switch {
	case err != nil || !into.SeenBy(x.Agent):
		x.refuse(fmt.Sprintf("There is no ticket #%d that you can see.", c.Number), "")
		return nil
	case into.Ticket.Number == x.View.Ticket.Number:
		x.refuse("This is the ticket itself.", "")
		return nil
	case into.Ticket.Status == aside.StatusMerged:
		x.refuse(fmt.Sprintf("#%d was merged into #%d itself.", c.Number, into.Ticket.MergedInto), fmt.Sprintf("/merge %d", into.Ticket.MergedInto))
		return nil
	// All of a mail is planned before any of it is done: what one line ends is
	// no ticket to the others, or two could end in each other.
	case into.Ending != 0:
		x.refuse(Ends(into), "")
		return nil
	case x.View.Ending != 0:
		if x.View.Ending != c.Number {
			x.refuse(Ends(x.View), "")
		}
		return nil
	}
	x.View.Ending = c.Number
	return func() error {
		if into.Ticket.Requester != x.View.Ticket.Requester {
			if err := into.Event(x.Agent.Handle, "linked", map[string]any{"to": x.View.Ticket.Number}); err != nil {
				return err
			}
			return x.log("linked", fmt.Sprintf("linked with #%d; they have different customers, so they were not merged", into.Ticket.Number), map[string]any{"to": into.Ticket.Number})
		}
		return x.merge(into)
	}
}

// Ends says of a ticket that another line merges it.
func Ends(v *ticket.View) string {
	return fmt.Sprintf("Another line of your mail merges #%d into #%d.", v.Ticket.Number, v.Ending)
}

func (x *Actor) merge(into *ticket.View) error {
	if err := into.TakeSides(x.View); err != nil {
		return err
	}
	t := x.View.Ticket
	was := into.Ticket.Status
	becomes, err := x.becomes(into)
	if err != nil {
		return err
	}
	told := fmt.Sprintf("merged into #%d", into.Ticket.Number)
	if len(becomes) > 0 {
		told += ", which is " + strings.Join(becomes, " and ")
	}
	owner := x.View.Owner()
	t.Status, t.MergedInto, t.SnoozedUntil = aside.StatusMerged, into.Ticket.Number, time.Time{}
	if err := x.log("merged", told, map[string]any{"to": into.Ticket.Number}); err != nil {
		return err
	}
	if err := into.Event(x.Agent.Handle, "took in", map[string]any{"what": t.Number}); err != nil {
		return err
	}
	if err := x.moveRoom(into); err != nil {
		return err
	}
	// Later than all that either ticket counted: its participants come along.
	into.Ticket.AudienceCount = max(into.Ticket.AudienceCount, t.AudienceCount) + 1
	if err := x.Tx.CopyLines(t.Number, into.Ticket.Number, into.Customer().ID, x.View.Customer().ID); err != nil {
		return err
	}
	// Side conversations have moved: whose passages are whose is found anew.
	for _, n := range []int64{t.Number, into.Ticket.Number} {
		if err := x.Tx.ForgetPassages(n); err != nil {
			return err
		}
	}
	if err := x.View.Save(); err != nil { // else it would be told of as still open
		return err
	}
	if err := x.tellMerged(into, owner, was != aside.StatusOpen && into.Ticket.Status == aside.StatusOpen); err != nil {
		return err
	}
	return into.Save()
}

// becomes makes of the ticket that takes another one in what the other was: open
// or awake in time where it was put away, and an owner's where it is nobody's. It
// gives what has changed, in words.
func (x *Actor) becomes(into *ticket.View) (told []string, err error) {
	if opens(x.View.Ticket, into.Ticket) {
		data := map[string]any{"to": into.Ticket.Status, "reason": "an open ticket was merged into it"}
		told = append(told, "open again")
		if until := into.Ticket.SnoozedUntil; !until.IsZero() {
			data, told[0] = map[string]any{"to": into.Ticket.Status, "until": until}, into.Status(x.Agent.Location)
		}
		if err := into.Event(x.Agent.Handle, "status", data); err != nil {
			return nil, err
		}
	}
	// Whoever is not of its team would take it from that.
	if a := x.View.Owner(); a != nil && into.Owner() == nil && a.InTeam(into.Ticket.Team) {
		was := into.Ticket.Assignee
		into.Ticket.Assignee = a.Handle
		told = append(told, a.FirstName()+"'s now")
		return told, into.Event(x.Agent.Handle, "assigned", map[string]any{"to": a.Handle, "was": was})
	}
	return told, nil
}

// moveRoom lets those who took part in a merged ticket take part in the one that
// took it in, whose it was among them.
func (x *Actor) moveRoom(into *ticket.View) error {
	if a := x.View.Owner(); a != nil && into.Owner() != a {
		if err := into.Enter(a.Handle, "invited"); err != nil {
			return err
		}
	}
	for handle, why := range x.View.Room {
		if why == "unfollowed" && into.Room[handle] != "" {
			continue // whoever follows the other one goes on
		}
		if err := into.Enter(handle, why); err != nil {
			return err
		}
	}
	return nil
}

// tellMerged tells of a merge: all who hear of the ticket that took the other in
// where that opened it, else the one whose it is, and the one whose the other was.
func (x *Actor) tellMerged(into *ticket.View, former *aside.Agent, opened bool) error {
	told := fmt.Sprintf("%s merged #%d into this ticket", x.Agent.FirstName(), x.View.Ticket.Number)
	agents := into.Listeners(x.Agent.Handle)
	if opened {
		told += ", which is open again"
	} else {
		agents = slices.DeleteFunc(agents, func(a *aside.Agent) bool { return a != into.Owner() && a != former })
	}
	return x.Tell.Event(into, agents, told+".")
}

// opens opens the ticket that takes an open one in, and reports whether it was
// put away: a question that nobody has answered must not be put away with it. One
// that was to come back comes back as part of the other.
func opens(open, into *aside.Ticket) bool {
	asked, comes := open.Turn == aside.TurnTeam, open.SnoozedUntil
	if asked && (open.Status == aside.StatusOpen || open.Status == aside.StatusSnoozed) {
		into.Turn = aside.TurnTeam
	}
	switch away := into.Status == aside.StatusResolved || into.Status == aside.StatusSnoozed; {
	case open.Status == aside.StatusOpen && (away || into.Status == aside.StatusPending && asked):
		into.Status, into.SnoozedUntil = aside.StatusOpen, time.Time{}
	case open.Status == aside.StatusSnoozed && away && (into.SnoozedUntil.IsZero() || into.SnoozedUntil.After(comes)):
		into.Status, into.SnoozedUntil = aside.StatusSnoozed, comes
	default:
		return false
	}
	into.ResolvedAt = time.Time{}
	return true
}
