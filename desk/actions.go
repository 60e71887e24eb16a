package desk

import (
	"slices"

	"aside"
	"aside/desk/action"
	"aside/reply/command"
)

// phase orders what a mail does: who hears no more comes first, for /cc-customer
// takes along whoever is there; then who hears and what the ticket is, so that
// the text's notices tell the state after the mail; then the text; then what
// takes messages elsewhere; and the ticket's own end last.
type phase int

const (
	leaving phase = iota
	before
	during
	after
	ending
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
		return d.stepRemove(c), leaving
	case command.CcCustomer:
		if c.Switch == "off" {
			return d.stepCcCustomer(c), leaving
		}
		return d.stepCcCustomer(c), before
	case command.Relay:
		return d.stepRelay(c), after
	case command.Requester, command.Due, command.Open, command.Pending, command.Resolve, command.Snooze, command.Spam, command.Assign,
		command.Invite, command.Leave, command.Lead, command.Follow, command.Unfollow, command.Priority, command.Tag, command.Set,
		command.Subject, command.Undo:
		return d.onTicket(c), before
	case command.Merge:
		return d.onTicket(c), ending
	case command.Split:
		return d.stepSplit(c), after
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

// actor acts on the ticket itself.
func (d *deed) actor() *action.Actor {
	return &action.Actor{Tx: d.w.tx, Dir: d.w.dir, Tell: d.w.tell, Tickets: d.w.tickets, Fields: d.w.set.Fields, Agent: d.a, View: d.v,
		Here: d.w.place.Conversation.ID, Came: d.came(), Said: d.dest.kind != "", Noted: d.dest.kind == aside.Notes}
}

// onTicket plans a command that is about the ticket itself.
func (d *deed) onTicket(c command.Command) func() error {
	actor := d.actor()
	do := actor.Plan(c)
	for _, r := range actor.Refusals {
		d.refuse(c, r.Why, r.Meant)
	}
	if do == nil {
		return nil
	}
	return func() error {
		err := do()
		if slices.ContainsFunc(d.commands, func(c command.Command) bool { return c.Verb == command.Split }) {
			actor.Done = ofTicket(d.v, actor.Done) // and not the one that begins
		}
		d.done, d.notDone = append(d.done, actor.Done...), append(d.notDone, actor.NotDone...)
		return err
	}
}
