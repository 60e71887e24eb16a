package desk

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"aside"
	"aside/desk/naming"
	"aside/reply/command"
	"aside/store"
	"aside/templates"
)

// stepSplit starts a ticket of its own with the answered message.
func (d *deed) stepSplit(c command.Command) func() error {
	var m aside.Message
	if d.answered != nil && d.answered.Shown != 0 {
		var err error
		if m, err = d.w.tx.Message(d.answered.Shown); err != nil && !errors.Is(err, store.ErrNotFound) {
			return func() error { return fmt.Errorf("read what is split off: %w", err) }
		}
	}
	if why := d.notSplit(m); why != "" {
		d.refuse(c, why, "")
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

// notSplit says why no ticket begins with a message; empty where one can.
func (d *deed) notSplit(m aside.Message) string {
	if m.Kind != aside.MessageInbound {
		return "Answer the customer's mail that should become a ticket of its own."
	}
	if !d.w.contactable(m.Author) {
		return "That mail is not from a contact."
	}
	if was, err := d.answeredTicket(); err != nil || was.Conversation(m.Conversation) == nil && d.v.Conversation(m.Conversation) == nil {
		return "That mail stands in another ticket by now."
	}
	if m.Origin != 0 {
		return "That mail was split off once, and its ticket began with it. Write /requester to say whose it is."
	}
	if d.hasText() && d.dest.kind != aside.Notes {
		return "It is not clear who should get your text: those who hear this conversation, or who wrote that mail. Send /split alone, and answer the mail of the new ticket."
	}
	return ""
}

// stepRelay sends a contact's message on to the others in its conversation.
func (d *deed) stepRelay(c command.Command) func() error {
	conv := d.here(c)
	if conv == nil {
		return nil
	}
	m, err := d.meant(c)
	if err != nil {
		d.refuse(c, "Answer the mail that should be sent on.", "")
		return nil
	}
	missing := slices.DeleteFunc(d.v.Hearers(conv.ID), func(p aside.Participant) bool { return p.Address == m.Author || d.leaves(p) })
	why, err := d.notSentOn(*conv, m, missing)
	switch {
	case err != nil:
		return func() error { return err }
	case why != "":
		d.refuse(c, why, "")
		return nil
	}
	return func() error { return d.relay(*conv, m, missing) }
}

// notSentOn says why a message cannot be sent on to some of its conversation;
// empty where it can.
func (d *deed) notSentOn(c aside.Conversation, m aside.Message, to []aside.Participant) (why string, err error) {
	switch {
	case m.Kind == aside.MessageAuto:
		return "Mail that no person wrote is never sent on.", nil
	case m.Kind != aside.MessageInbound || m.Conversation != c.ID:
		return "Only a contact's mail of this conversation can be sent on.", nil
	case m.Relayed:
		return "That mail was sent on already. If somebody has not got it, write what should be known of it in a reply.", nil
	case len(to) == 0:
		return "There is nobody else in this conversation.", nil
	}
	customer := func(p aside.Participant) bool { return p.Address == d.customer().Address }
	if lead := d.lead(); lead != nil && slices.ContainsFunc(to, customer) {
		return lead.FirstName() + " leads this ticket and answers the customer, who would get that mail.", nil
	}
	since := m.CreatedAt // a link opens a mail that answers none: nobody knows how old the notice was
	if d.answered != nil {
		since = d.answered.CreatedAt
	}
	for _, p := range to {
		if p.Since.After(since) || d.answered != nil && d.answered.Ticket == d.v.Ticket.Number && p.AudienceAt > d.answered.AudienceAt {
			return d.v.Name(p) + " has joined since that mail came, so nothing is sent on. Write what should be known of it in a reply.", nil
		}
	}
	if marked, err := d.marked(c, m.Attachments); err != nil || !marked {
		return "", err
	}
	return "A file of that mail carries a sign of our own notices, which never leaves. Write what should be known of it in a reply.", nil
}

// meant is the message that /relay is about: the one below which the link stood,
// which names it, else the one whose notice is answered.
func (d *deed) meant(c command.Command) (aside.Message, error) {
	id := c.Number
	if id == 0 && d.answered != nil {
		id = d.answered.Shown
	}
	return d.w.tx.Message(id)
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
		Name: naming.Outside(d.w.dir, m.AuthorName, m.Author, m.Author), At: m.CreatedAt.In(d.v.Desk.Location), Text: text}}})
	if err != nil {
		return err
	}
	files, err := d.relayed(m)
	if err != nil {
		return err
	}
	on := aside.Message{Conversation: c.ID, Token: token, Kind: aside.MessageOutbound, Author: d.a.Handle, AuthorName: d.a.Name, Verified: true,
		MessageID: d.w.s.known("", c, token, d.v.Desk), Subject: c.Subject, Text: words.Text, HTML: words.HTML, ReplyTo: m.ID, InboundID: d.w.rec.ID,
		Attachments: files}
	if err := d.w.tx.AddMessage(&on, true); err != nil {
		return err
	}
	if err := d.w.remember(d.v.Ticket.Number, on); err != nil {
		return err
	}
	if err := d.w.tx.MarkRelayed(m.ID, on.ID); err != nil {
		return err
	}
	for _, p := range to {
		if err := d.w.queue(on, p, d.w.now.Add(d.w.set.SendDelay), false); err != nil {
			return err
		}
	}
	return d.log("relayed", "sent on to "+strings.Join(d.v.Names(to), ", "), map[string]any{"what": m.ID})
}

// relayed are the files that go with a message that is sent on: as files also the
// pictures among its words, which are sent on as text, and none that it quotes.
func (d *deed) relayed(m aside.Message) (files []aside.Attachment, err error) {
	var shown []string
	if slices.ContainsFunc(m.Attachments, func(f aside.Attachment) bool { return f.Inline }) {
		if shown, err = d.w.reader().ShownAlone(d.v.Ticket.Number, m); err != nil {
			return nil, err
		}
	}
	for _, f := range m.Attachments {
		if f.Inline && !slices.Contains(shown, f.ContentID) {
			continue
		}
		f.Inline, f.ContentID = false, ""
		files = append(files, f)
	}
	return files, nil
}

// stepAttach makes sure that there is such a file, and text to go with it.
func (d *deed) stepAttach(c command.Command) func() error {
	if !d.hasText() {
		d.refuse(c, "There is no text for the file to go with.", "")
		return nil
	}
	f, why, err := d.fileNamed(c)
	switch {
	case err != nil:
		return func() error { return err }
	case why != "":
		d.refuse(c, why, "")
	default:
		d.attached = append(d.attached, f)
	}
	return nil
}

// fileNamed finds a file: in the message that is answered, else among the
// ticket's latest ones, where the name must mean one file only.
func (d *deed) fileNamed(c command.Command) (file aside.Attachment, why string, err error) {
	want := strings.ToLower(strings.Join(c.Args, " "))
	// What is answered goes first, wherever it stands by now.
	if d.answered != nil && d.answered.Shown != 0 {
		m, err := d.w.tx.Message(d.answered.Shown)
		if err != nil {
			return file, "", fmt.Errorf("look for the file %q: %w", want, err)
		}
		if file, n := called(want, m); n > 0 {
			if n > 1 {
				return file, "Several files of that mail are called " + want + ". Add the one you mean to your answer yourself.", nil
			}
			return file, "", nil
		}
	}
	v, err := d.answeredTicket()
	if err != nil {
		return file, "", err
	}
	list, err := d.w.tx.TicketMessages(v.Ticket.Number, 50)
	if err != nil {
		return file, "", fmt.Errorf("look for the file %q: %w", want, err)
	}
	list = slices.DeleteFunc(list, func(m aside.Message) bool { return d.since(m.CreatedAt) })
	file, n := called(want, list...)
	switch n {
	case 0:
		return file, "The latest messages of this ticket have no file called " + want + ".", nil
	case 1:
		return file, "", nil
	}
	return file, "Several files of this ticket are called " + want + ". Answer the mail that has the one you mean.", nil
}

// called is the newest file of that name in some messages, and how many
// different ones have it.
func called(name string, in ...aside.Message) (file aside.Attachment, n int) {
	found := map[string]bool{}
	for _, m := range in {
		for _, f := range m.Attachments {
			if strings.ToLower(f.Name) == name {
				f.Inline, f.ContentID = false, ""
				file, found[f.SHA256] = f, true
			}
		}
	}
	return file, len(found)
}
