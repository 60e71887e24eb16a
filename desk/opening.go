package desk

import (
	"fmt"
	"slices"

	"aside"
	"aside/desk/naming"
	"aside/desk/ticket"
	"aside/reply/command"
	"aside/threading"
)

// begin opens a ticket that we begin: /new ADDR.
func (d *deed) begin(c command.Command) error {
	d.dest = destination{kind: aside.Customer, named: true}
	m, err := d.judged()
	if err != nil {
		return err
	}
	d.add(m.Opaque()...)
	d.add(m.Mentions()...)
	d.add(m.Forward()...)
	if !d.hasText() {
		d.refuse(c, "There is no text to send.", "")
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
	d.tryOpening(to)
	d.add(m.Marks()...)
	d.findUnshown()
	if len(d.findings) > 0 {
		return d.hold()
	}
	subject := threading.BaseSubject(d.w.in.Mail.Subject)
	tagged := len(threading.SubjectTags(d.w.in.Mail.Subject)) > 0 // it answered a notice once
	if subject == "" || tagged || d.answered != nil && threading.Derived(subject, d.answered.Subject) {
		var err error
		if subject, err = d.w.set.Templates.MessageSubject(d.w.dir.DeskOrFirst(d.w.place.Desk)); err != nil {
			return err
		}
	}
	d.because("It begins a ticket.")
	if err := d.open(to, subject); err != nil {
		return err
	}
	d.v.Ticket.Assignee = d.a.Handle
	d.dest.conv = d.v.Customer()
	d.done = append(d.done, fmt.Sprintf("#%d begun with %s", d.v.Ticket.Number, naming.Inside(d.w.dir, to.Name, to.Address)))
	return d.carryOut(d.ofOpened())
}

// newAtDesk files what an agent sent to the desk: a customer's mail that was
// forwarded becomes that customer's ticket, a mail that names the customer of
// one live ticket is recorded there, and anything else is an ordinary ticket.
// Its commands are about the ticket that it opens.
func (d *deed) newAtDesk() error {
	d.forwarded = d.theForwarded()
	var v *ticket.View
	var err error
	requester, several := aside.Address{Name: d.a.Name, Address: d.a.Address()}, false
	if d.forwarded != nil {
		requester = d.forwarded.From
		d.noteAbove()
	} else if v, several, err = d.namedCustomer(); err != nil {
		return err
	}
	if len(d.commands) > 0 {
		d.emptyGuard()
	}
	if err := d.notRead(); err != nil {
		return err
	}
	switch {
	case several:
		d.find("several tickets", "", "Your mail names a customer with several open tickets; it was not recorded on a guess. Answer a notice of the right one.", "")
	case v == nil:
		d.tryOpening(requester)
	}
	d.findUnshown()
	if len(d.findings) > 0 {
		return d.hold()
	}
	switch {
	case v != nil:
		d.v = v
		d.w.place.Conversation = *v.Customer()
		d.because(fmt.Sprintf("It is written to %s, the customer of #%d, so it is recorded there.", v.Ticket.Requester, v.Ticket.Number))
		return d.record()
	case d.forwarded != nil:
		return d.fromForward()
	default:
		return d.ordinary(requester)
	}
}

// ordinary opens a ticket that begins with what the agent wrote. Nobody outside
// takes part, unless a command says who.
func (d *deed) ordinary(from aside.Address) error {
	w := d.w
	d.because("It opens a ticket.")
	if err := d.open(from, w.in.Mail.Subject); err != nil {
		return err
	}
	if err := d.v.Enter(d.a.Handle, "follower"); err != nil {
		return err
	}
	w.who.Address, w.who.Name = from.Address, from.Name
	m, err := w.file(d.v, *d.v.Customer(), d.r, aside.MessageInbound)
	if err != nil {
		return err
	}
	return d.carryOutOpened(m, func() (facts []string) {
		told := fmt.Sprintf("#%d opened", d.v.Ticket.Number)
		if len(d.v.Hearers(d.v.Customer().ID)) == 0 {
			told += "; nobody outside takes part in it yet"
			d.next = "To name the customer, answer with /requester and the address."
			facts = []string{"Nobody outside takes part yet: /requester names the customer."}
		}
		d.done = slices.Insert(d.done, 0, told)
		return facts
	})
}

// carryOutOpened carries out the commands of a mail that opened a ticket, and
// tells of the message that the ticket begins with: when the commands have said
// who hears of it, and before the mail's own text. told gives the facts for its
// notice.
func (d *deed) carryOutOpened(m aside.Message, told func() []string) error {
	var stands int64
	tell := func() error {
		facts := told()
		m, err := d.w.tx.Message(m.ID) // /requester takes it among the notes
		if err != nil {
			return err
		}
		c := d.v.Conversation(m.Conversation)
		stands = c.ID
		var except []string
		if d.forwarded == nil {
			except = append(except, d.a.Handle) // who wrote it
		}
		return d.w.tellMessage(d.v, *c, m, facts, except...)
	}
	if err := d.carryOut(append(d.ofOpened(), step{phase: before, source: "notices of the new ticket", do: tell})); err != nil {
		return err
	}
	d.w.rec.Conversation, d.w.rec.Message = stands, m.ID // and not the note above it
	return nil
}

// open writes the ticket that the mail opens. A contact takes part in it.
func (d *deed) open(requester aside.Address, subject string) error {
	v, err := d.w.tickets.Begin(d.w.place.Desk, requester, subject, 0)
	if err != nil {
		return err
	}
	if d.w.contactable(requester.Address) {
		if _, err := v.Join(*v.Customer(), requester, aside.RoleTo); err != nil {
			return err
		}
	}
	d.v, d.w.place.Conversation = v, *v.Customer()
	return nil
}

// tryOpening checks the commands of a mail that opens a ticket against one that
// is not written: what is held opens none.
func (d *deed) tryOpening(requester aside.Address) {
	desk := d.w.dir.DeskOrFirst(d.w.place.Desk)
	d.v = &ticket.View{Desk: desk, Room: map[string]string{}, Conversations: []*aside.Conversation{{Kind: aside.Customer}, {Kind: aside.Notes}},
		Ticket: &aside.Ticket{Desk: desk.Address, Team: desk.Team, Status: aside.StatusOpen, Requester: requester.Address, RequesterName: requester.Name}}
	d.w.place.Right = true // whoever opens a ticket says who hears it
	d.ofOpened()
	d.v = nil
}

// ofOpened plans the commands of a mail for the ticket that it opens.
func (d *deed) ofOpened() (out []step) {
	for _, c := range d.commands {
		if c.Verb == command.New {
			continue
		}
		if why, meant := d.tooEarly(c); why != "" {
			d.refuse(c, why, meant)
			continue
		}
		if do, at := d.step(c); do != nil {
			out = append(out, step{phase: at, source: c.Source, do: do})
		}
	}
	return out
}

// tooEarly says why a command cannot be about the ticket that its own mail opens,
// and what was probably meant; empty where it can.
func (d *deed) tooEarly(c command.Command) (why, meant string) {
	begun := d.dest.kind == aside.Customer // by /new
	switch c.Verb {
	case command.Reply:
		if d.forwarded != nil {
			return "What stands above a forwarded mail is a note. To write to the customer, answer the notice of the new ticket.", ""
		}
		return "Nobody outside takes part yet in the ticket that your mail opens. To write to a customer first, use /new and the address.", "/new jane@customer.example"
	case command.Side:
		return "The ticket that your mail opens does not stand yet. Write this in answer to its notice.", ""
	case command.Ask:
		if d.forwarded == nil {
			return "Your text begins the ticket itself, so it is no note that could be asked about. Ask in answer to the ticket's notice.", ""
		}
	case command.Requester:
		if begun {
			return "/new names the customer already.", ""
		}
	case command.Remove:
		return "Nobody takes part yet in the ticket that your mail opens.", ""
	case command.CcCustomer, command.Due:
		return "The ticket that your mail opens has no side conversation yet.", ""
	case command.Relay, command.Split, command.Attach:
		return "The ticket that your mail opens has no earlier mails.", ""
	case command.Merge:
		return "The ticket that your mail opens does not stand yet. Merge it in answer to its notice.", ""
	case command.Undo:
		return "Nothing waits to leave in the ticket that your mail opens.", ""
	case command.Confirm:
		return "Send the code in a mail of its own.", ""
	}
	return "", ""
}
