package desk

import (
	"fmt"
	"slices"

	"aside"
	"aside/desk/answer"
	"aside/desk/naming"
	"aside/desk/reading"
	"aside/desk/ticket"
	"aside/reply/command"
	"aside/store"
	"aside/threading"
)

// atDesk carries out what an agent wrote to the desk itself, or as an answer
// to a notice that belongs to no ticket.
func (d *deed) atDesk() error {
	d.commands = d.r.Result.Commands
	if len(d.r.Listed) > 0 && len(d.r.Result.Problems) == 0 {
		return d.onList()
	}
	if done, err := d.questions(); done || err != nil {
		return err
	}
	d.check()
	var begin *command.Command
	for i, c := range d.commands {
		switch {
		case c.Verb == command.New:
			begin = &d.commands[i]
		case c.Verb == command.Confirm && !d.hasText() && len(d.commands) == 1:
			return d.confirmAlone(c)
		}
	}
	if begin != nil {
		return d.begin(*begin)
	}
	for _, c := range d.commands {
		d.refuse(c, "This needs a ticket: answer one of its mails, or write its number before the command.", "1042 "+c.Source)
	}
	d.emptyGuard()
	m, err := d.judged()
	if err != nil {
		return err
	}
	d.add(m.Opaque()...)
	if len(d.findings) > 0 {
		return d.hold()
	}
	if d.w.place.NoTicket {
		d.notDone = append(d.notDone, "an answer to a list or a receipt takes commands only")
		d.w.rec.Outcome = store.OutcomeDone
		return d.receipt()
	}
	return d.newAtDesk()
}

func (d *deed) confirmAlone(c command.Command) error {
	ok, err := d.confirm(c)
	if err != nil {
		return err
	}
	if !ok {
		d.notDone = append(d.notDone, "the code is not valid, or its day is over")
	}
	d.w.rec.Outcome = store.OutcomeDone
	return d.receipt()
}

// onList carries out lines such as "1042 1043 /assign omar", all or none.
func (d *deed) onList() error {
	type act struct {
		v  *ticket.View
		do func() error
	}
	var acts []act
	for _, line := range d.r.Listed {
		for _, number := range line.Numbers {
			v, err := d.w.tickets.Open(number)
			if err != nil || !v.SeenBy(d.a) {
				d.refuse(line.Command, fmt.Sprintf("There is no ticket #%d that you can see.", number), "")
				continue
			}
			sub := &deed{w: d.w, a: d.a, v: v, r: &reading.Reading{}, waived: map[string]bool{}}
			if answer.Asks(line.Command.Verb) {
				acts = append(acts, act{v, func() error { return sub.answer(line.Command) }})
				continue
			}
			do, _ := sub.step(line.Command)
			d.findings = append(d.findings, sub.findings...)
			acts = append(acts, act{v, func() error {
				if do == nil {
					return nil
				}
				if err := do(); err != nil {
					return err
				}
				for _, told := range sub.done {
					d.done = append(d.done, fmt.Sprintf("#%d %s", v.Ticket.Number, told))
				}
				return v.Save()
			}})
		}
	}
	if len(d.findings) > 0 {
		return d.hold()
	}
	for _, a := range acts {
		if err := a.do(); err != nil {
			return fmt.Errorf("ticket %d: %w", a.v.Ticket.Number, err)
		}
	}
	d.w.rec.Outcome = store.OutcomeDone
	return d.receipt()
}

// begin opens a ticket that we begin: /new ADDR.
func (d *deed) begin(c command.Command) error {
	d.dest = destination{kind: aside.Customer, named: true}
	m, err := d.judged()
	if err != nil {
		return err
	}
	d.add(m.Opaque()...)
	d.add(m.Mentions()...)
	if !d.hasText() {
		d.refuse(c, "There is no text to send.", "")
	}
	if len(d.commands) > 1 {
		d.refuse(d.commands[1], "Only /new can stand in a mail that begins a ticket.", "")
	}
	var to aside.Address
	if len(c.Args) != 1 || !d.w.contactable(c.Args[0]) {
		d.refuse(c, "Write one address of a customer.", "/new jane@customer.example")
	} else {
		to.Address = aside.FoldAddress(c.Args[0])
		if len(c.Names) > 0 {
			to.Name = c.Names[0]
		}
	}
	d.add(m.Marks()...)
	if len(d.findings) > 0 {
		return d.hold()
	}
	subject := threading.BaseSubject(d.w.in.Mail.Subject)
	if subject == "" || d.answered != nil && threading.SameSubject(subject, d.answered.Subject) {
		subject = "A message from " + d.w.dir.DeskOrFirst(d.w.place.Desk).Name
	}
	v, err := d.w.tickets.Begin(d.w.place.Desk, to, subject, 0)
	if err != nil {
		return err
	}
	d.v = v
	if _, err := v.Join(*v.Customer(), to, aside.RoleTo); err != nil {
		return err
	}
	v.Ticket.Assignee = d.a.Handle
	d.dest.conv = v.Customer()
	d.done = append(d.done, fmt.Sprintf("#%d begun with %s", v.Ticket.Number, naming.Inside(d.w.dir, to.Name, to.Address)))
	return d.carryOut(nil)
}

// newAtDesk files what an agent sent to the desk: a customer's mail that was
// forwarded becomes that customer's ticket, a mail that names the customer of
// one live ticket is recorded there, and anything else is an ordinary ticket.
func (d *deed) newAtDesk() error {
	if f := d.forwarded(); f != nil {
		return d.fromForward(f)
	}
	v, several, err := d.namedCustomer()
	if err != nil {
		return err
	}
	if several {
		d.find("several tickets", "", "Your mail names a customer with several open tickets; it was not recorded on a guess. Answer a notice of the right one.", "")
	}
	if len(d.findings) > 0 {
		return d.hold()
	}
	if v != nil {
		d.v = v
		d.w.place.Conversation = *v.Customer()
		return d.record()
	}
	w := d.w
	ticket, err := w.tickets.Begin(w.place.Desk, aside.Address{Name: d.a.Name, Address: d.a.Address()}, w.in.Mail.Subject, 0)
	if err != nil {
		return err
	}
	if err := ticket.Enter(d.a.Handle, "follower"); err != nil {
		return err
	}
	w.who.Address, w.who.Name = d.a.Address(), d.a.Name
	m, err := w.file(ticket, *ticket.Customer(), d.r, aside.MessageInbound)
	if err != nil {
		return err
	}
	if err := ticket.Save(); err != nil {
		return err
	}
	d.v = ticket
	d.done = append(d.done, fmt.Sprintf("#%d opened; nobody outside takes part in it yet", ticket.Ticket.Number))
	d.next = "To name the customer, answer with /requester and the address."
	facts := []string{"Nobody outside takes part yet: /requester names the customer."}
	if err := w.tellMessage(ticket, *ticket.Customer(), m, facts, d.a.Handle); err != nil {
		return err
	}
	return d.receipt()
}

// forwarded is the customer's mail in an agent's, where it is unambiguous.
func (d *deed) forwarded() *aside.Forwarded {
	for _, f := range []*aside.Forwarded{d.r.Forwarded, d.w.in.Mail.Forwarded} {
		if f != nil && d.w.contactable(f.From.Address) {
			return f
		}
	}
	return nil
}

func (d *deed) fromForward(f *aside.Forwarded) error {
	w := d.w
	v, err := w.tickets.Begin(w.place.Desk, f.From, f.Subject, 0)
	if err != nil {
		return err
	}
	d.v = v
	c := v.Customer()
	if _, err := v.Join(*c, f.From, aside.RoleTo); err != nil {
		return err
	}
	token, err := w.draw()
	if err != nil {
		return err
	}
	m := aside.Message{Conversation: c.ID, Token: token, Kind: aside.MessageInbound, Author: f.From.Address, AuthorName: f.From.Name, Subject: f.Subject,
		Text: f.Text, InboundID: w.rec.ID, Attachments: w.in.Mail.Attachments}
	if err := w.tx.AddMessage(&m, false); err != nil {
		return err
	}
	w.rec.Ticket, w.rec.Conversation, w.rec.Message = v.Ticket.Number, c.ID, m.ID
	if err := w.remember(v.Ticket.Number, m); err != nil {
		return err
	}
	if err := v.Event(d.a.Handle, "message", map[string]any{"message": m.ID, "mail": w.rec.ID, "reason": "forwarded by " + d.a.Name}); err != nil {
		return err
	}
	if d.r.Text != "" {
		d.dest = destination{kind: aside.Notes, conv: v.Notes()}
		note, err := d.note(d.r.Text)
		if err != nil {
			return err
		}
		if err := d.sayNote(note); err != nil {
			return err
		}
	}
	if err := v.Save(); err != nil {
		return err
	}
	d.done = append(d.done, fmt.Sprintf("#%d opened for %s", v.Ticket.Number, naming.Inside(d.w.dir, f.From.Name, f.From.Address)))
	d.next = "If the customer is somebody else, answer with /requester and the address."
	if err := w.tellMessage(v, *c, m, []string{"Forwarded by " + d.a.FirstName() + "."}); err != nil {
		return err
	}
	return d.receipt()
}

// note writes text into the notes, without files.
func (d *deed) note(text string) (aside.Message, error) {
	token, err := d.w.draw()
	if err != nil {
		return aside.Message{}, err
	}
	m := aside.Message{Conversation: d.v.Notes().ID, Token: token, Kind: aside.MessageNote, Author: d.a.Handle, AuthorName: d.a.Name, Verified: true,
		Text: text, InboundID: d.w.rec.ID}
	if err := d.w.tx.AddMessage(&m, true); err != nil {
		return m, err
	}
	if err := d.w.remember(d.v.Ticket.Number, m); err != nil {
		return m, err
	}
	return m, d.v.Event(d.a.Handle, "note", map[string]any{"message": m.ID, "mail": d.w.rec.ID})
}

// namedCustomer finds the one live ticket whose customer stands in To or Cc.
func (d *deed) namedCustomer() (v *ticket.View, several bool, err error) {
	var found []int64
	for _, a := range d.w.outsiders(append(slices.Clone(d.w.in.Mail.To), d.w.in.Mail.Cc...)) {
		list, err := d.w.tx.OpenTicketsOf(a.Address, 5)
		if err != nil {
			return nil, false, err
		}
		for _, t := range list {
			found = append(found, t.Number)
		}
	}
	if len(found) == 0 {
		return nil, false, nil
	}
	if len(found) > 1 {
		return nil, true, nil
	}
	v, err = d.w.tickets.Open(found[0])
	if err != nil || !v.SeenBy(d.a) {
		return nil, false, err
	}
	return v, false, nil
}
