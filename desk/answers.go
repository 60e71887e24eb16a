package desk

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"aside"
	"aside/desk/naming"
	"aside/desk/reading"
	"aside/desk/ticket"
	"aside/reply/command"
	"aside/store"
	"aside/templates"
	"aside/threading"
)

const (
	listed  = 50 // tickets of a list, hits of a search
	entries = 60 // messages and events that /show shows
)

// questions answers a mail that consists of questions alone: /list, /show,
// /search, /why and /help change nothing.
func (d *deed) questions() (bool, error) {
	asks := 0
	for _, c := range d.commands {
		if question(c.Verb) {
			asks++
		}
	}
	if asks == 0 || asks != len(d.commands) || len(d.r.Result.Problems) > 0 || d.hasText() {
		return false, nil
	}
	d.w.rec.Outcome = store.OutcomeDone
	for _, c := range d.commands {
		if err := d.answer(c); err != nil {
			return true, fmt.Errorf("%s: %w", c.Source, err)
		}
	}
	return true, d.receipt()
}

func question(v command.Verb) bool {
	return slices.Contains([]command.Verb{command.Show, command.List, command.Search, command.Why, command.HelpMe}, v)
}

// answer sends the answer to one question.
func (d *deed) answer(c command.Command) error {
	desk := d.w.dir.DeskOrFirst(d.w.place.Desk)
	if d.v != nil {
		desk = d.v.Desk
	}
	var m templates.Mail
	var err error
	switch c.Verb {
	case command.List:
		m, err = d.list(templates.KeyOf(desk), c)
	case command.Search:
		m, err = d.search(templates.KeyOf(desk), c)
	case command.HelpMe:
		m, err = d.w.set.Templates.Help(templates.KeyOf(desk), help())
	default:
		v, problem := d.asked(c)
		if problem != "" {
			d.notDone = append(d.notDone, problem)
			return nil
		}
		switch {
		case c.Verb == command.Show && slices.Contains(c.Args, command.Quoted):
			return d.showQuoted(templates.KeyOf(desk), v, c)
		case c.Verb == command.Show:
			m, err = d.show(templates.KeyOf(desk), v)
		default:
			m, err = d.why(templates.KeyOf(desk), v, c)
		}
	}
	if err != nil {
		return err
	}
	return d.w.tell.Apart(desk, d.a, aside.NoticeList, m, store.About{})
}

// asked is the ticket that a question is about.
func (d *deed) asked(c command.Command) (*ticket.View, string) {
	if c.Number == 0 && d.v != nil {
		return d.v, ""
	}
	number := c.Number
	if number == 0 && c.Verb == command.Why && len(c.Args) > 0 {
		if r, err := d.w.tx.Record(c.Args[0]); err == nil {
			number = r.Ticket
		}
	}
	if number == 0 {
		return nil, "/" + string(c.Verb) + ": which ticket? Write its number, such as /" + string(c.Verb) + " 1042"
	}
	v, err := d.w.tickets.Open(number)
	if err != nil || !v.SeenBy(d.a) {
		return nil, fmt.Sprintf("there is no ticket #%d that you can see", number)
	}
	return v, ""
}

func (d *deed) list(k templates.Key, c command.Command) (templates.Mail, error) {
	f := store.TicketFilter{Teams: d.a.Teams, Also: d.a.Handle, Limit: listed + 1,
		Statuses: []aside.Status{aside.StatusOpen, aside.StatusPending, aside.StatusSnoozed}}
	if f.Teams == nil {
		f.Teams = []string{}
	}
	view := templates.List{Title: "Open tickets"}
	what := ""
	if len(c.Args) > 0 {
		what = c.Args[0]
	}
	switch what {
	case "mine":
		view.Title, f.Assignee = "Yours", d.a.Handle
	case "unassigned":
		view.Title, f.Free = "Nobody's yet", true
	case "open":
		f.Statuses = f.Statuses[:1]
	case "waiting":
		view.Title, f.Statuses = "Waiting for the customer", f.Statuses[1:2]
	case "snoozed":
		view.Title, f.Statuses = "Snoozed", f.Statuses[2:]
	case "overdue":
		view.Title, f.Overdue = "Waiting too long for an answer from outside", true
	default:
		if c.Text != "" {
			return d.search(k, c)
		}
	}
	list, err := d.w.tx.Tickets(f)
	if err != nil {
		return templates.Mail{}, err
	}
	if len(list) > listed {
		list, view.More = list[:listed], len(list)-listed
	}
	for _, t := range list {
		v, err := d.w.tickets.Open(t.Number)
		if err != nil {
			return templates.Mail{}, err
		}
		item := templates.ListItem{Number: t.Number, Subject: t.Subject, Who: naming.Inside(d.w.dir, t.RequesterName, t.Requester), Status: v.Status(d.a.Location),
			Owner: naming.Agent(d.w.dir, t.Assignee)}
		for _, conv := range v.Conversations {
			if conv.State == aside.SideOverdue {
				item.Late, item.Due = true, "overdue since "+templates.ShortTime(conv.DueAt, d.w.now, d.a.Location)
			}
		}
		view.Tickets = append(view.Tickets, item)
	}
	return d.w.set.Templates.List(k, view)
}

func (d *deed) search(k templates.Key, c command.Command) (templates.Mail, error) {
	hits, err := d.w.search(c.Text, d.a)
	if err != nil {
		return templates.Mail{}, err
	}
	view := templates.Search{Query: c.Text}
	for _, h := range hits {
		if len(view.Hits) == listed {
			view.More++
			continue
		}
		view.Hits = append(view.Hits, templates.Hit{Ticket: h.Ticket, Subject: h.Subject, Who: naming.Agent(d.w.dir, h.Author),
			Kind: aside.ConversationKind(h.Conversation), At: h.At.In(d.a.Location), Snippet: h.Excerpt})
	}
	return d.w.set.Templates.Search(k, view)
}

func (d *deed) show(k templates.Key, v *ticket.View) (templates.Mail, error) {
	view := templates.Show{Ticket: v.Ticket.Number, Subject: v.Ticket.Subject}
	state := v.Status(d.a.Location)
	if v.Ticket.Assignee != "" {
		state += ", " + naming.Agent(d.w.dir, v.Ticket.Assignee) + "'s"
	}
	view.Facts = append(view.Facts, strings.ToUpper(state[:1])+state[1:]+".", "From "+naming.Inside(d.w.dir, v.Ticket.RequesterName, v.Ticket.Requester)+".")
	if len(v.Ticket.Tags) > 0 {
		view.Facts = append(view.Facts, "Tags: "+strings.Join(v.Ticket.Tags, ", ")+".")
	}
	for _, name := range sortedKeys(v.Ticket.Fields) {
		view.Facts = append(view.Facts, name+": "+v.Ticket.Fields[name]+".")
	}
	messages, err := d.w.tx.TicketMessages(v.Ticket.Number, entries)
	if err != nil {
		return templates.Mail{}, err
	}
	for _, m := range messages {
		c := v.Conversation(m.Conversation)
		e := templates.Entry{At: m.CreatedAt.In(d.a.Location), Who: v.Writer(m), Kind: c.Kind, Text: m.Text}
		if c.Kind == aside.Side {
			e.With = strings.Join(v.Names(v.Hearers(c.ID)), ", ")
		}
		for _, f := range m.Attachments {
			e.Files = append(e.Files, f.Name)
		}
		view.Entries = append(view.Entries, e)
	}
	events, err := d.w.tx.Events(v.Ticket.Number)
	if err != nil {
		return templates.Mail{}, err
	}
	if len(events) > entries {
		view.Earlier, events = len(events)-entries, events[len(events)-entries:]
	}
	for _, e := range events {
		if !slices.Contains([]string{"message", "outbound", "note"}, e.Kind) {
			view.Entries = append(view.Entries, templates.Entry{At: e.At.In(d.a.Location), Who: naming.Agent(d.w.dir, e.Actor), Text: eventText(e)})
		}
	}
	slices.SortStableFunc(view.Entries, func(a, b templates.Entry) int { return a.At.Compare(b.At) })
	return d.w.set.Templates.Show(k, view)
}

func sortedKeys(m map[string]string) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

func (d *deed) why(k templates.Key, v *ticket.View, c command.Command) (templates.Mail, error) {
	var records []*store.Record
	var err error
	if len(c.Args) > 0 && c.Number == 0 {
		r, e := d.w.tx.Record(c.Args[0])
		if e == nil {
			records = append(records, r)
		} else if !errors.Is(e, store.ErrNotFound) {
			err = e
		}
	} else {
		records, err = d.w.tx.TicketRecords(v.Ticket.Number, 20)
	}
	if err != nil {
		return templates.Mail{}, err
	}
	view := templates.Why{Ticket: v.Ticket.Number}
	for _, r := range records {
		p := templates.Placement{At: r.ReceivedAt.In(d.a.Location), From: r.From, Subject: r.Subject, Reason: r.Reason, Verified: r.Sender}
		if conv := v.Conversation(r.Conversation); conv != nil {
			p.Placed = fmt.Sprintf("#%d, %s", v.Ticket.Number, v.About(*conv))
		}
		view.Placements = append(view.Placements, p)
	}
	return d.w.set.Templates.Why(k, view)
}

func help() templates.Help {
	var h templates.Help
	for _, e := range command.Help() {
		h.Commands = append(h.Commands, templates.Command{Usage: e.Usage, Does: e.Does})
	}
	return h
}

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
			if question(line.Command.Verb) {
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
	d.mentionGuard()
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

// trouble is what is told of a delivery that did not arrive.
func (w *work) trouble(t store.DeliveryOf, delayed bool, detail string) string {
	who := naming.Inside(w.dir, t.Recipient.Name, t.Recipient.Address)
	if delayed {
		return "A mail to " + who + " is delayed and is still being tried: " + detail
	}
	return "A mail to " + who + " did not arrive: " + detail
}

// tellTrouble tells the author of a message that it did not arrive, and the
// room.
func (w *work) tellTrouble(v *ticket.View, t store.DeliveryOf, line string) error {
	if err := v.Event("aside", "delivery trouble", map[string]any{"to": t.Recipient.Address, "reason": line}); err != nil {
		return err
	}
	told := v.Listeners()
	if a := w.dir.AgentByHandle(t.Author); a != nil && !slices.Contains(told, a) {
		told = append(told, a)
	}
	if m, err := w.tx.Message(t.Message); err == nil {
		return w.tell.Event(v, told, line, "It said: "+excerpt(m.Text))
	}
	return w.tell.Event(v, told, line)
}
