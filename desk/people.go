package desk

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"aside"
	"aside/desk/action"
	"aside/desk/naming"
	"aside/desk/notice"
	"aside/desk/ticket"
	"aside/reply/command"
	"aside/templates"
	"aside/threading"
)

// targets resolves the people of a command. An empty answer means that the
// command was refused.
func (d *deed) targets(c command.Command) []action.Target {
	list, why := action.Targets(d.w.dir, d.v, c)
	if why != "" {
		d.refuse(c, why, "")
		return nil
	}
	return list
}

// joinTargets lets people hear a conversation; agents join the room instead.
func (d *deed) joinTargets(c aside.Conversation, list []action.Target, first aside.ParticipantRole) error {
	role := first
	for _, t := range list {
		if len(t.Agents) > 0 {
			actor := d.actor()
			if err := actor.Invite(t.Agents); err != nil {
				return err
			}
			d.done = append(d.done, actor.Done...)
			continue
		}
		if d.v.Participant(c.ID, t.Contact.Address) != nil {
			continue
		}
		if _, err := d.v.Join(c, t.Contact, role); err != nil {
			return err
		}
		if err := d.v.Event(d.a.Handle, "added", map[string]any{"to": t.Contact.Address, "conversation": c.Kind}); err != nil {
			return err
		}
	}
	return nil
}

func (d *deed) stepSide(c command.Command) func() error {
	list := d.targets(c)
	if list == nil {
		return nil
	}
	if !slices.ContainsFunc(list, func(t action.Target) bool { return len(t.Agents) == 0 }) {
		d.refuse(c, "All of these are colleagues. Write a note and name them with @.", "/note")
		return nil
	}
	if requester := d.v.Ticket.Requester; !slices.ContainsFunc(list, func(t action.Target) bool { return len(t.Agents) == 0 && t.Contact.Address != requester }) {
		d.refuse(c, naming.Inside(d.w.dir, d.v.Ticket.RequesterName, requester)+" is the customer of this ticket, and would get this as a second conversation.", "/reply")
		return nil
	}
	if !c.When.IsZero() {
		if _, err := c.When.Resolve(d.w.now, d.a.Location); err != nil {
			d.refuse(c, command.Sentence(err), "")
		}
	}
	if c.CcCustomer && !d.w.contactable(d.v.Ticket.Requester) {
		d.refuse(c, "This ticket has no customer who could be copied.", "")
	}
	return nil
}

// openSide opens the side conversation that /side asks for.
func (d *deed) openSide() error {
	c := *d.dest.open
	list := d.targets(c)
	tag, err := d.freeTag()
	if err != nil {
		return err
	}
	subject, err := d.sideSubject()
	if err != nil {
		return err
	}
	conv := aside.Conversation{Kind: aside.Side, Subject: subject, Tag: tag, State: aside.SideWaiting}
	conv.CustomerCopied = c.CcCustomer || slices.ContainsFunc(list, func(t action.Target) bool { return t.Contact.Address == d.v.Ticket.Requester })
	var addresses []string
	for _, t := range list {
		addresses = append(addresses, t.Contact.Address)
	}
	if conv.DueAt, err = d.sideDue(c.When, addresses); err != nil {
		return err
	}
	made, err := d.v.AddConversation(conv)
	if err != nil {
		return err
	}
	d.dest.conv = made
	side := *made
	if err := d.v.Event(d.a.Handle, "side conversation opened", map[string]any{"what": tag}); err != nil {
		return err
	}
	if err := d.joinTargets(side, list, aside.RoleTo); err != nil {
		return err
	}
	if c.CcCustomer {
		if err := d.copyCustomer(side); err != nil {
			return err
		}
	}
	d.dest.conv = d.v.Conversation(side.ID)
	d.done = append(d.done, "side conversation #"+fmt.Sprintf("%d-%s", d.v.Ticket.Number, tag)+" opened with "+strings.Join(d.v.Names(d.v.Hearers(side.ID)), ", "))
	return nil
}

func (d *deed) copyCustomer(c aside.Conversation) error {
	_, err := d.v.Join(c, aside.Address{Name: d.v.Ticket.RequesterName, Address: d.v.Ticket.Requester}, aside.RoleCc)
	if err != nil {
		return err
	}
	return d.v.Event(d.a.Handle, "customer copied", map[string]any{"what": c.Tag})
}

// sideDue is when an answer is due: as the command says, else as the address
// book does for the first of them for whom it says something.
func (d *deed) sideDue(when command.When, addresses []string) (time.Time, error) {
	for _, address := range addresses {
		book := action.DueOf(d.w.dir, address)
		if !when.IsZero() || book == "" {
			continue
		}
		var err error
		if when, err = command.ParseWhen(book); err != nil {
			return time.Time{}, fmt.Errorf("due of %s in the address book: %w", address, err)
		}
	}
	if when.IsZero() {
		return time.Time{}, nil
	}
	return when.Resolve(d.w.now, d.a.Location)
}

// dueAnew is when an answer is due in a side conversation in which something new
// is said: at the time that was set, and once that is over as the address book
// says, for it was set for what was asked before.
func (d *deed) dueAnew(c aside.Conversation) (time.Time, error) {
	if c.DueAt.IsZero() || c.DueAt.After(d.w.now) {
		return c.DueAt, nil
	}
	var addresses []string
	for _, p := range d.v.Hearers(c.ID) {
		addresses = append(addresses, p.Address)
	}
	return d.sideDue(command.When{}, addresses)
}

// freeTag draws a tag that no side conversation of the ticket has.
func (d *deed) freeTag() (string, error) {
	for {
		tag, err := threading.RandomTag(d.w.s.Rand)
		if err != nil {
			return "", err
		}
		if !slices.ContainsFunc(d.v.Conversations, func(c *aside.Conversation) bool { return c.Tag == tag }) {
			return tag, nil
		}
	}
}

// sideSubject is the subject of a new side conversation: the given one, else
// the mail's where the agent changed more than prefixes, else a neutral one.
// The ticket's own subject is the customer's words and stays inside.
func (d *deed) sideSubject() (string, error) {
	if d.dest.open.Text != "" {
		return d.dest.open.Text, nil
	}
	if s := threading.BaseSubject(d.w.in.Mail.Subject); s != "" && d.answered != nil && !d.knownSubject(s) {
		return s, nil
	}
	return d.w.set.Templates.QuestionSubject(d.v.Desk)
}

// knownSubject reports whether a subject is the answered notice's or one of
// the ticket's.
func (d *deed) knownSubject(s string) bool {
	known := func(subject string) bool { return threading.Derived(s, subject) }
	if known(d.answered.Subject) || known(d.v.Ticket.Subject) {
		return true
	}
	return slices.ContainsFunc(d.v.Conversations, func(c *aside.Conversation) bool { return known(c.Subject) })
}

// share adds what the customer wrote to the text that opens a side
// conversation, as far as the agent asked for it and had it before.
func (d *deed) share(m *aside.Message) error {
	if d.dest.open == nil || d.dest.open.Share == "" || d.dest.open.Share == "none" {
		return nil
	}
	shared, err := d.shared(d.dest.open.Share == "all")
	if err != nil || len(shared) == 0 {
		return err
	}
	words, err := d.w.set.Templates.Share(templates.KeyOf(d.v.Desk), templates.Share{Messages: shared})
	if err != nil {
		return err
	}
	own := m.HTML
	if own == "" {
		own = templates.FromText(m.Text).HTML
	}
	m.Text, m.HTML = strings.TrimSpace(m.Text+"\n\n"+words.Text), own+words.HTML
	return nil
}

// shared are the customer's last message, or all of the conversation.
func (d *deed) shared(all bool) (shared []templates.Shared, err error) {
	v, err := d.answeredTicket()
	if err != nil {
		return nil, err
	}
	list, err := d.w.tx.Messages(v.Customer().ID, mostShared)
	if err != nil {
		return nil, fmt.Errorf("read the customer conversation: %w", err)
	}
	had, err := d.w.tx.HadBy(list...)
	if err != nil {
		return nil, err
	}
	for _, c := range list {
		if d.since(c.CreatedAt) {
			continue
		}
		// A stranger's or a removed person's words, filed here, are not shared,
		// nor are ours that this customer has not had.
		p := v.Participant(c.Conversation, c.Author)
		fromCustomer := c.Kind == aside.MessageInbound && p != nil && !d.since(p.Since)
		toCustomer := c.Kind == aside.MessageOutbound && slices.Contains(had[c.ID], d.v.Ticket.Requester)
		if !fromCustomer && (!all || !toCustomer) || fromCustomer && !all && c.Author != v.Ticket.Requester {
			continue
		}
		who := d.v.Desk.Name
		if fromCustomer {
			who = naming.Outside(d.w.dir, c.AuthorName, c.Author, "")
		}
		text, err := d.w.reader().Alone(d.v.Ticket.Number, c)
		if err != nil {
			return nil, err
		}
		if text == "" && !fromCustomer {
			continue // it sent on what another wrote, who stands here as well
		}
		shared = append(shared, templates.Shared{Name: who, At: c.CreatedAt.In(d.v.Desk.Location), Text: text})
	}
	if !all && len(shared) > 1 {
		shared = shared[len(shared)-1:]
	}
	return shared, nil
}

// mostShared is how many messages of a conversation are looked at to share it.
const mostShared = 50

// since reports whether something came about while the mail waited: a message
// that its writer had not read, somebody who came to take part.
func (d *deed) since(at time.Time) bool {
	came := d.came()
	return !came.IsZero() && at.After(came)
}

// came is when a mail came that waited, perhaps twice, for a code and for a guard;
// zero for one that comes now.
func (d *deed) came() time.Time {
	switch {
	case d.release == nil:
		return time.Time{}
	case d.release.CreatedAt.Before(d.w.rec.ReceivedAt):
		return d.release.CreatedAt
	}
	return d.w.rec.ReceivedAt
}

// answeredTicket is the ticket whose notice was answered: once it is merged that
// is not the one that the mail is placed in.
func (d *deed) answeredTicket() (*ticket.View, error) {
	number := d.w.place.FromTicket // of a mail that answers no notice, and was addressed to it
	if d.answered != nil {
		number = d.answered.Ticket
	}
	if number == 0 || number == d.v.Ticket.Number {
		return d.v, nil
	}
	v, err := d.w.tickets.Open(number)
	if err != nil {
		return nil, err
	}
	if v.Ticket.Status != aside.StatusMerged {
		return d.v, nil
	}
	return v, nil
}

// here is the customer or side conversation that a command about people is
// about: the one that the mail answers.
func (d *deed) here(c command.Command) *aside.Conversation {
	conv := d.v.Conversation(d.w.place.Conversation.ID)
	if conv.Kind == aside.Notes {
		d.refuse(c, "The notes stay in the team. Answer a mail of the conversation that you mean, or use /invite for a colleague.", "")
		return nil
	}
	if !d.w.place.Right {
		d.refuse(c, "Your mail did not come by your own reply address of this conversation.", "")
		return nil
	}
	return conv
}

// beside reports whether the mail's text goes to other people than those of a
// conversation, outside as well: who is let in there would not get it.
func (d *deed) beside(conversation int64) bool {
	return d.dest.open != nil || d.dest.conv != nil && d.dest.kind != "" && d.dest.kind != aside.Notes && d.dest.conv.ID != conversation
}

// whomToTell is asked where a command lets people into the conversation that the
// mail answers, and its text goes elsewhere.
const whomToTell = "Your text goes elsewhere than to the conversation that this line is about, so it is not clear whom they should hear. Write one of the two in a mail of its own."

func (d *deed) stepAdd(c command.Command) func() error {
	conv, list := d.here(c), d.targets(c)
	if conv == nil || list == nil {
		return nil
	}
	if d.beside(conv.ID) {
		why := whomToTell
		if d.dest.open != nil {
			why += " To ask them as well, name them in /side."
		}
		d.refuse(c, why, "")
		return nil
	}
	for _, t := range list {
		if conv.Kind == aside.Side && t.Contact.Address != "" && t.Contact.Address == d.v.Ticket.Requester {
			d.refuse(c, "This would copy the customer. If you mean it, write /cc-customer on.", "/cc-customer on")
			return nil
		}
	}
	return func() error {
		had := map[string]bool{}
		for _, t := range list {
			had[t.Contact.Address] = d.v.Participant(conv.ID, t.Contact.Address) != nil
		}
		if err := d.joinTargets(*conv, list, aside.RoleCc); err != nil {
			return err
		}
		for _, t := range list {
			told := " from now on, and got none of the earlier mails"
			if had[t.Contact.Address] {
				told = " already"
			}
			if t.Contact.Address != "" {
				d.done = append(d.done, naming.Inside(d.w.dir, t.Contact.Name, t.Contact.Address)+" hears "+d.v.About(*conv)+told)
			}
		}
		return nil
	}
}

func (d *deed) stepRemove(c command.Command) func() error {
	conv := d.here(c)
	if conv == nil {
		return nil
	}
	list, why := action.Targets(d.w.dir, d.v, c)
	for _, t := range list {
		if d.v.Participant(conv.ID, t.Address) == nil { // who is an agent by now may still take part as a contact
			why = cmp.Or(t.Address, strings.Join(c.Args, ", ")) + " takes no part in this conversation."
		}
	}
	if why != "" {
		var here []string // their names may be no names of the address book
		for _, p := range d.v.Hearers(conv.ID) {
			here = append(here, p.Address)
		}
		d.refuse(c, why+" Who does: "+cmp.Or(strings.Join(here, ", "), "nobody")+".", "")
		return nil
	}
	return func() error {
		conv := d.v.Conversation(conv.ID)
		for _, t := range list {
			p := d.v.Participant(conv.ID, t.Address)
			if p == nil {
				continue // named twice
			}
			if err := d.part(p); err != nil {
				return err
			}
			told := naming.Inside(d.w.dir, p.Name, p.Address) + " hears no more of this conversation"
			if err := d.log("removed", told, map[string]any{"to": p.Address, "conversation": conv.Kind}); err != nil {
				return err
			}
			if p.Address == d.v.Ticket.Requester && conv.Kind == aside.Side {
				conv.CustomerCopied = false
			}
		}
		return d.w.tx.SaveConversation(*conv)
	}
}

func (d *deed) stepCcCustomer(c command.Command) func() error {
	conv := d.here(c)
	if conv == nil {
		return nil
	}
	if conv.Kind != aside.Side {
		d.refuse(c, "/cc-customer is for a side conversation; the customer hears this one anyway.", "")
		return nil
	}
	p := d.v.Participant(conv.ID, d.v.Ticket.Requester)
	if c.Switch == "off" {
		if p == nil {
			d.refuse(c, "The customer is not copied in this conversation.", "")
			return nil
		}
		return func() error { return d.uncopyCustomer(conv.ID) }
	}
	if p != nil {
		d.refuse(c, "The customer is copied already.", "")
		return nil
	}
	if !d.w.contactable(d.v.Ticket.Requester) {
		d.refuse(c, "This ticket has no customer who could be copied.", "")
		return nil
	}
	if d.beside(conv.ID) {
		d.refuse(c, whomToTell, "")
		return nil
	}
	return func() error { return d.freshWithCustomer(conv.ID) }
}

// part ends a participation.
func (d *deed) part(p *aside.Participant) error {
	actor := d.actor()
	err := actor.Part(p)
	d.done = append(d.done, actor.Done...)
	return err
}

// copiesCustomer reports whether a command lets the customer hear a side
// conversation.
func copiesCustomer(c command.Command) bool {
	return c.Verb == command.Side && c.CcCustomer || c.Verb == command.CcCustomer && c.Switch == "on"
}

func (d *deed) uncopyCustomer(id int64) error {
	conv := d.v.Conversation(id)
	if p := d.v.Participant(id, d.v.Ticket.Requester); p != nil {
		if err := d.part(p); err != nil {
			return err
		}
	}
	conv.CustomerCopied = false
	if err := d.w.tx.SaveConversation(*conv); err != nil {
		return err
	}
	return d.log("customer uncopied", "the customer hears no more of this conversation; what was sent before cannot be called back", map[string]any{"what": conv.Tag})
}

// freshWithCustomer opens a side conversation with the same people and the
// customer: the old one's mails, subjects and Message-IDs stay unseen.
func (d *deed) freshWithCustomer(id int64) error {
	old := *d.v.Conversation(id)
	people := d.v.Hearers(old.ID)
	tag, err := d.freeTag()
	if err != nil {
		return err
	}
	due, err := d.dueAnew(old)
	if err != nil {
		return err
	}
	subject, err := d.w.set.Templates.QuestionSubject(d.v.Desk)
	if err != nil {
		return err
	}
	made, err := d.v.AddConversation(aside.Conversation{Kind: aside.Side, Subject: subject, Tag: tag,
		State: aside.SideWaiting, DueAt: due, CustomerCopied: true})
	if err != nil {
		return err
	}
	fresh := *made
	for _, p := range people {
		if !d.w.contactable(p.Address) {
			continue // an agent by now, or ours, who hears it as that
		}
		if _, err := d.v.Join(fresh, aside.Address{Name: p.Name, Address: p.Address}, p.Role); err != nil {
			return err
		}
	}
	if err := d.copyCustomer(fresh); err != nil {
		return err
	}
	stale := d.v.Conversation(old.ID)
	stale.State, stale.DueAt = aside.SideDone, time.Time{}
	if err := d.w.tx.SaveConversation(*stale); err != nil {
		return err
	}
	if d.dest.conv != nil && d.dest.conv.ID == old.ID {
		d.dest.conv = d.v.Conversation(fresh.ID)
	}
	d.done = append(d.done, fmt.Sprintf("a fresh side conversation #%d-%s includes the customer; the earlier mails stay unseen", d.v.Ticket.Number, tag))
	return d.tellFresh(fresh)
}

// tellFresh gives the team a mail of a fresh conversation that they can answer.
func (d *deed) tellFresh(fresh aside.Conversation) error {
	words, err := d.w.set.Templates.Event(templates.KeyOf(d.v.Desk), templates.Event{Lines: []string{
		d.a.FirstName() + " copied the customer. Whoever answers this mail writes to all of them; the earlier mails stay unseen."}})
	if err != nil {
		return err
	}
	for _, a := range d.v.Listeners() {
		if err := d.w.tell.Notice(d.v, notice.Notice{Kind: aside.NoticeEvent, Conversation: fresh, Words: words}, a); err != nil {
			return err
		}
	}
	return nil
}
