package desk

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"aside"
	"aside/desk/guard"
	"aside/desk/naming"
	"aside/desk/notice"
	"aside/reply/command"
	"aside/store"
	"aside/templates"
	"aside/threading"
)

// stepSplit starts a ticket of its own with the answered message.
func (d *deed) stepSplit(c command.Command) func() error {
	var m aside.Message
	var err error
	if d.answered != nil && d.answered.Shown != 0 {
		m, err = d.w.tx.Message(d.answered.Shown)
	}
	if d.answered == nil || d.answered.Shown == 0 || err != nil || m.Kind != aside.MessageInbound {
		d.refuse(c, "Answer the customer's mail that should become a ticket of its own.", "")
		return nil
	}
	if !d.w.contactable(m.Author) {
		d.refuse(c, "That mail is not from a contact.", "")
		return nil
	}
	return func() error {
		fresh, err := d.w.tickets.Begin(d.v.Ticket.Desk, aside.Address{Name: m.AuthorName, Address: m.Author}, m.Subject, 0)
		if err != nil {
			return err
		}
		if _, err := fresh.Join(*fresh.Customer(), aside.Address{Name: m.AuthorName, Address: m.Author}, aside.RoleTo); err != nil {
			return err
		}
		if err := d.w.tx.MoveMessage(m.ID, *fresh.Customer()); err != nil {
			return err
		}
		if err := fresh.Event(d.a.Handle, "split", map[string]any{"was": d.v.Ticket.Number}); err != nil {
			return err
		}
		if err := fresh.Save(); err != nil {
			return err
		}
		m.Conversation = fresh.Customer().ID
		if err := d.w.tellMessage(fresh, *fresh.Customer(), m, []string{fmt.Sprintf("Split from #%d.", d.v.Ticket.Number)}); err != nil {
			return err
		}
		return d.log("split", fmt.Sprintf("#%d was started with this mail", fresh.Ticket.Number), map[string]any{"to": fresh.Ticket.Number})
	}
}

// stepRelay sends a contact's message on to the others in its conversation.
func (d *deed) stepRelay(c command.Command) func() error {
	conv := d.here(c)
	if conv == nil {
		return nil
	}
	var m aside.Message
	var err error
	if d.answered != nil && d.answered.Shown != 0 {
		m, err = d.w.tx.Message(d.answered.Shown)
	}
	switch {
	case d.answered == nil && d.onlyUnrelayed(*conv) != nil:
		m = *d.onlyUnrelayed(*conv)
	case d.answered == nil || d.answered.Shown == 0 || err != nil:
		d.refuse(c, "Answer the mail that should be sent on.", "")
		return nil
	}
	switch {
	case m.Kind == aside.MessageAuto:
		d.refuse(c, "Mail that no person wrote is never sent on.", "")
		return nil
	case m.Kind != aside.MessageInbound || m.Conversation != conv.ID:
		d.refuse(c, "Only a contact's mail of this conversation can be sent on.", "")
		return nil
	}
	missing := slices.DeleteFunc(d.v.Hearers(conv.ID), func(p aside.Participant) bool { return p.Address == m.Author })
	if len(missing) == 0 {
		d.refuse(c, "There is nobody else in this conversation.", "")
		return nil
	}
	return func() error { return d.relay(*conv, m, missing) }
}

// onlyUnrelayed is the one mail of a contact that a link without a thread can
// mean: the only one not sent on yet. With several there is no telling.
func (d *deed) onlyUnrelayed(c aside.Conversation) *aside.Message {
	list, err := d.w.tx.Messages(c.ID, 20)
	if err != nil {
		return nil
	}
	var only *aside.Message
	for _, m := range list {
		if m.Kind != aside.MessageInbound || m.Relayed {
			continue
		}
		if only != nil {
			return nil
		}
		only = &m
	}
	return only
}

func (d *deed) relay(c aside.Conversation, m aside.Message, to []aside.Participant) error {
	token, err := d.w.draw()
	if err != nil {
		return err
	}
	text, err := d.w.reader().Alone(d.v.Ticket.Number, m)
	if err != nil {
		return err
	}
	words, err := d.w.set.Templates.Share(templates.KeyOf(d.v.Desk), templates.Share{Messages: []templates.Shared{{
		Name: naming.Outside(m.AuthorName, m.Author), At: m.CreatedAt.In(d.v.Desk.Location), Text: text}}})
	if err != nil {
		return err
	}
	on := aside.Message{Conversation: c.ID, Token: token, Kind: aside.MessageOutbound, Author: d.a.Handle, AuthorName: d.a.Name, Verified: true,
		Subject: c.Subject, Text: words.Text, HTML: words.HTML, ReplyTo: m.ID, InboundID: d.w.rec.ID,
		Attachments: slices.DeleteFunc(slices.Clone(m.Attachments), func(f aside.Attachment) bool { return f.Inline })}
	if err := d.w.tx.AddMessage(&on, true); err != nil {
		return err
	}
	if err := d.w.remember(d.v.Ticket.Number, on); err != nil {
		return err
	}
	if err := d.w.tx.MarkRelayed(m.ID); err != nil {
		return err
	}
	for _, p := range to {
		if err := d.w.queue(on, p, d.w.now.Add(d.w.set.SendDelay), false); err != nil {
			return err
		}
	}
	return d.log("relayed", "sent on to "+strings.Join(d.v.Names(to), ", "), map[string]any{"what": m.ID})
}

// stepAttach makes sure that there is such a file, and text to go with it.
func (d *deed) stepAttach(c command.Command) func() error {
	if !d.hasText() {
		d.refuse(c, "There is no text for the file to go with.", "")
		return nil
	}
	if _, why, err := d.fileNamed(c); why != "" || err != nil {
		d.refuse(c, why, "")
	}
	return nil
}

// fileNamed finds a file: in the message that is answered, else among the
// ticket's latest ones, where the name must mean one file only.
func (d *deed) fileNamed(c command.Command) (file aside.Attachment, why string, err error) {
	want := strings.ToLower(strings.Join(c.Args, " "))
	list, err := d.w.tx.TicketMessages(d.v.Ticket.Number, 50)
	if err != nil {
		return file, "", fmt.Errorf("look for the file %q: %w", want, err)
	}
	found := map[string]bool{}
	for _, m := range list {
		for _, f := range m.Attachments {
			if strings.ToLower(f.Name) != want {
				continue
			}
			f.Inline, f.ContentID = false, ""
			if d.answered != nil && m.ID == d.answered.Shown {
				return f, "", nil
			}
			file, found[f.SHA256] = f, true
		}
	}
	switch len(found) {
	case 0:
		return file, "The latest messages of this ticket have no file called " + want + ".", nil
	case 1:
		return file, "", nil
	}
	return file, "Several files of this ticket are called " + want + ". Answer the mail that has the one you mean.", nil
}

// attach takes the named files along.
func (d *deed) attach(m *aside.Message) error {
	for _, c := range d.commands {
		if c.Verb != command.Attach {
			continue
		}
		f, _, err := d.fileNamed(c) // there is one: stepAttach has seen it
		if err != nil {
			return err
		}
		m.Attachments = append(m.Attachments, f)
	}
	return nil
}

func (d *deed) stepAsk(c command.Command) func() error {
	if len(c.Args) == 0 || naming.Called(d.w.dir, c.Args[0]) == nil {
		d.refuse(c, "Nobody here is called "+strings.Join(c.Args, " ")+".", "")
		return nil
	}
	if d.dest.ask == nil { // another command sends the text elsewhere
		d.refuse(c, "A question is a note, and this text goes elsewhere.", "")
		return nil
	}
	asked := naming.Called(d.w.dir, c.Args[0])
	d.dest.ask.Args = []string{asked.Handle}
	return func() error { return d.v.Enter(asked.Handle, "invited") }
}

// askNotice asks an agent for a decision. The links answer in the notes.
func (d *deed) askNotice(a *aside.Agent, m aside.Message) error {
	to, err := d.w.tell.Address(d.v.Desk, *d.v.Notes(), a.Handle)
	if err != nil {
		return err
	}
	subject := threading.NoticeSubject(*d.v.Notes(), d.v.Ticket.Subject)
	link := func(word string) string { return templates.Mailto(to, subject, fmt.Sprintf("%s %d\n--\n", word, m.ID)) }
	words, err := d.w.set.Templates.Ask(templates.KeyOf(d.v.Desk), templates.Ask{Who: d.a.FirstName(), Text: m.Text, ApproveURL: link("approve"), DeclineURL: link("decline")})
	if err != nil {
		return err
	}
	n := notice.Notice{Kind: aside.NoticeEvent, Conversation: *d.v.Notes(), Words: words, From: notice.Byline(d.w.dir, d.v, *d.v.Notes(), m), Important: true}
	n.About.Shown = m.ID
	d.done = append(d.done, a.FirstName()+" is asked")
	if err := d.v.Event(d.a.Handle, askedEvent, map[string]any{"what": m.ID, "to": a.Handle}); err != nil {
		return err
	}
	return d.w.tell.Notice(d.v, n, a)
}

// askedEvent says who was asked about which note.
const askedEvent = "asked"

// askedOf is whom a note asked; empty when it asked nobody.
func (d *deed) askedOf(note int64) (string, error) {
	events, err := d.w.tx.Events(d.v.Ticket.Number)
	if err != nil {
		return "", fmt.Errorf("read who was asked: %w", err)
	}
	for _, e := range events {
		var data struct {
			What int64
			To   string
		}
		if e.Kind == askedEvent && json.Unmarshal(e.Data, &data) == nil && data.What == note {
			return data.To, nil
		}
	}
	return "", nil
}

// answersAsk reads "approve" or "decline" as the answer to a question. Who,
// when and the exact text become an event.
func (d *deed) answersAsk() (bool, error) {
	if d.v == nil {
		return false, nil
	}
	fields := strings.Fields(strings.ToLower(strings.Trim(d.r.Text, " .!\n")))
	if len(fields) == 0 || len(fields) > 2 || fields[0] != "approve" && fields[0] != "decline" {
		return false, nil
	}
	var id int64
	switch {
	case len(fields) == 2:
		if _, err := fmt.Sscanf(fields[1], "%d", &id); err != nil {
			return false, nil
		}
	case d.answered != nil:
		id = d.answered.Shown
	}
	m, err := d.w.tx.Message(id)
	if err != nil || m.Kind != aside.MessageNote || d.v.Conversation(m.Conversation) == nil || !d.v.SeenBy(d.a) {
		return false, nil
	}
	asked, err := d.askedOf(m.ID)
	if err != nil || asked == "" {
		return false, err
	}
	verdict := map[string]string{"approve": "approved", "decline": "declined"}[fields[0]]
	if asked != d.a.Handle {
		d.w.rec.Outcome, d.w.rec.Ticket = store.OutcomeDone, d.v.Ticket.Number
		d.notDone = append(d.notDone, verdict+": it is "+naming.Agent(d.w.dir, asked)+"'s to decide")
		return true, d.receipt()
	}
	d.done = append(d.done, verdict)
	if err := d.v.Event(d.a.Handle, verdict, map[string]any{"what": m.ID, "value": m.Text}); err != nil {
		return true, err
	}
	if verdict == "approved" {
		if err := d.letGo(m); err != nil {
			return true, err
		}
	}
	d.w.rec.Outcome = store.OutcomeDone
	d.w.rec.Ticket = d.v.Ticket.Number
	told := d.v.Listeners(d.a.Handle)
	if author := d.w.dir.AgentByHandle(m.Author); author != nil && author != d.a && !slices.Contains(told, author) {
		told = append(told, author)
	}
	if err := d.w.tell.Event(d.v, told, d.a.FirstName()+" "+verdict+": "+templates.Excerpt(m.Text)); err != nil {
		return true, err
	}
	if err := d.v.Save(); err != nil {
		return true, err
	}
	return true, d.receipt()
}

// letGo lets the words of an approved note go to the customer: they were
// written for that, and shown to whoever approved them.
func (d *deed) letGo(m aside.Message) error {
	return guard.Know(d.w.tx, d.w.s.Keys, d.v.Ticket.Number, d.v.Customer().ID, store.WasSent, m.Text)
}

// tellCopied tells the agent that the agent's own client sent this mail to
// outsiders, who have the notice's frame now: its tokens, that of the
// conversation answered and that of the notes in its links, are ended, and a
// new notice has others.
func (d *deed) tellCopied() error {
	if len(d.copied) == 0 || d.answered == nil || d.v == nil || d.w.place.Recorded || d.w.place.New || d.w.place.NoTicket {
		return nil
	}
	c := *d.v.Conversation(d.w.place.Conversation.ID)
	var who []string
	for _, a := range d.copied {
		who = append(who, a.Address)
	}
	ended := []int64{c.ID}
	if notes := d.v.Notes(); notes.ID != c.ID {
		ended = append(ended, notes.ID)
	}
	for _, conversation := range ended {
		draw, err := d.w.draw()
		if err != nil {
			return err
		}
		if err := d.w.tx.RedrawHolder(conversation, d.a.Handle, draw); err != nil {
			return fmt.Errorf("end a token of %s: %w", d.a.Handle, err)
		}
	}
	if err := d.v.Event(d.a.Handle, "copied by the agent's client", map[string]any{"to": strings.Join(who, ", ")}); err != nil {
		return err
	}
	words, err := d.w.set.Templates.Event(templates.KeyOf(d.v.Desk), templates.Event{Lines: []string{
		"Your mail program sent your last mail to " + strings.Join(who, ", ") + " as well, with what it quoted of our notice. It was not sent to them again.",
		"The reply address in that notice no longer counts. To go on, answer this mail."}})
	if err != nil {
		return err
	}
	return d.w.tell.Notice(d.v, notice.Notice{Kind: aside.NoticeEvent, Conversation: c, Words: words, Important: true}, d.a)
}
