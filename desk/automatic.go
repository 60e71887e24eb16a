package desk

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"aside"
	"aside/desk/ticket"
	"aside/store"
	"aside/templates"
	"aside/threading"
)

// automatic records mail that nobody wrote: agents can read it on the ticket,
// and it goes to nobody else, carries no command and moves nothing.
func (w *work) automatic() error {
	if b := w.place.Bounced; b != nil {
		if done, err := w.bounced(b); done || err != nil {
			return err
		}
	}
	w.rec.Outcome = store.OutcomeEvent
	r, err := w.prepared()
	if err != nil {
		return err
	}
	if w.place.New {
		if w.ownEcho() {
			w.rec.Outcome, w.rec.Reason = store.OutcomeIgnored, "Automatic mail in the name of this desk or of an agent, which answers nothing."
			return nil
		}
		return w.openTicket(r, w.sender(), aside.MessageAuto)
	}
	if w.place.NoTicket {
		w.rec.Outcome, w.rec.Reason = store.OutcomeIgnored, "Automatic mail that answers a notice without a ticket."
		return nil
	}
	v, err := w.tickets.Open(w.place.Ticket.Number)
	if err != nil {
		return err
	}
	c := *v.Conversation(w.place.Conversation.ID)
	m, err := w.file(v, c, r, aside.MessageAuto)
	if err != nil || w.in.Mail.Unmarked == "" || w.responder(c) || w.ownEcho() {
		return err
	}
	// No header rules out that a person wrote it: somebody must see it.
	return w.tellMessage(v, c, m, []string{"This looks automatic, so it moved nothing here."})
}

// filed is what the ticket's history says of a mail. Of a machine's it is also
// what sort of mail, on which evidence, and what it says of addresses and
// absences.
func (w *work) filed(c aside.Conversation, m aside.Message) map[string]any {
	data := map[string]any{"conversation": c.Kind, "message": m.ID, "mail": w.rec.ID, "signal": w.rec.Signal, "reason": w.rec.Reason}
	in := w.in.Mail
	if m.Kind != aside.MessageAuto || in == nil {
		return data
	}
	data["what"], data["evidence"] = in.Kind, in.AutoReason
	if !in.Until.IsZero() {
		data["until"] = in.Until.Format("2006-01-02")
	}
	if len(in.Failed) > 0 {
		data["failed"] = in.Failed
	}
	return data
}

// ownList makes a person's mail of what came by a list that is a desk's own
// address: the list is how mail reaches that desk.
func ownList(dir *aside.Directory, m *aside.Mail) {
	if m != nil && m.Kind == aside.KindList && slices.ContainsFunc(m.ListOf, dir.IsOurs) {
		m.Kind, m.AutoReason, m.Unmarked = aside.KindMail, "", ""
	}
}

// onlyTheMatter reports a contact's mail that was taken for automatic by its
// subject, where that is the ticket's own: what a customer calls "Vacation
// rental 12" is no absence, and her answer must be heard.
func (w *work) onlyTheMatter() bool {
	m := w.in.Mail
	if m == nil || m.Unmarked != aside.UnmarkedBySubject || !m.Kind.Automatic() || w.who.Role != threading.RoleContact || w.place.New || w.place.NoTicket {
		return false
	}
	return threading.SameSubject(m.Subject, w.place.Conversation.Subject)
}

// responder reports a program's word before the conversation's own subject, as
// "Automatic reply: Kettle": no person answers so.
func (w *work) responder(c aside.Conversation) bool {
	at := strings.IndexAny(w.in.Mail.Subject, ":：")
	if at < 0 || w.in.Mail.Unmarked != aside.UnmarkedBySubject {
		return false
	}
	_, size := utf8.DecodeRuneInString(w.in.Mail.Subject[at:])
	rest := threading.BaseSubject(w.in.Mail.Subject[at+size:])
	return rest != "" && threading.SameSubject(rest, c.Subject)
}

// personal takes an automatic mail for a person's after all.
func personal(m *aside.Mail) {
	m.Kind, m.AutoReason, m.Unmarked, m.Until, m.LooksAutomatic = aside.KindMail, "", "", time.Time{}, true
}

// ownEcho tells automatic mail of our own or of an agent's responder, which
// would open a ticket a mail if it opened any.
func (w *work) ownEcho() bool {
	return w.dir.IsOurs(w.in.Mail.From.Address) || w.dir.AgentByAddress(w.in.Mail.From.Address) != nil
}

// bounced files what came back where it was sent, and tells its author.
func (w *work) bounced(b *threading.Bounced) (done bool, err error) {
	delayed := w.in.Mail.Kind == aside.KindDelay
	failed := w.in.Mail.Kind == aside.KindBounce
	if b.Notice != 0 && failed {
		n, err := w.tx.NoticeByToken(b.Notice)
		if err != nil {
			return false, nil // of an older installation: what it is about is not known
		}
		w.rec.Outcome, w.rec.Ticket = store.OutcomeEvent, n.Ticket
		detail := w.bounceDetail(n.Address)
		if err := w.tx.NoticeBounced(n.ID, detail); err != nil {
			return true, err
		}
		return true, w.refused(n, detail)
	}
	if b.Delivery == 0 {
		return false, nil
	}
	d, err := w.tx.DeliveryByToken(b.Delivery)
	if err != nil {
		return false, nil // as above
	}
	v, err := w.tickets.Open(d.Ticket)
	if err != nil {
		return false, err
	}
	r, err := w.prepared()
	if err != nil {
		return false, err
	}
	c := v.Conversation(d.Conversation)
	w.rec.Outcome = store.OutcomeEvent
	if _, err := w.file(v, *c, r, aside.MessageAuto); err != nil {
		return false, err
	}
	if !failed && !delayed {
		return true, nil
	}
	detail := w.bounceDetail(d.Recipient.Address)
	if failed {
		if err := w.tx.Bounced(d.ID, detail); err != nil {
			return false, err
		}
	}
	return true, w.tellTrouble(v, d, w.trouble(d, delayed, detail))
}

// bounceDetail is what the other side said of a mail to an address, in one
// line; other addresses, as those behind a list, are named.
func (w *work) bounceDetail(to string) string {
	var parts []string
	for _, f := range w.in.Mail.Failed {
		said := f.Reason
		if !strings.Contains(said, f.Status) {
			said = strings.TrimSpace(f.Status + " " + said)
		}
		if said == "" || aside.FoldAddress(f.Address) != to {
			said = strings.TrimSpace(f.Address + " " + said)
		}
		parts = append(parts, said)
	}
	if len(parts) == 0 {
		return w.in.Mail.Subject
	}
	return strings.Join(parts, ", ")
}

// acknowledge tells the customer that the mail is here: never automatic mail,
// a null sender or ourselves, and within the limits of automatic mail.
func (w *work) acknowledge(v *ticket.View, m aside.Message) error {
	p := v.Participant(v.Customer().ID, m.Author)
	if !v.Desk.Acknowledge || p == nil || w.facts.NullSender || w.in.Mail.Kind.Automatic() || w.in.Mail.LooksAutomatic {
		return nil
	}
	ok, err := w.mayAnswer(v, m.Author)
	if err != nil || !ok {
		return err
	}
	words, err := w.acknowledgement(ackOf{templates.KeyOf(v.Desk), acknowledgement(v.Desk, v.Ticket.Number, m)})
	if err != nil {
		return err
	}
	token, err := w.draw()
	if err != nil {
		return err
	}
	ack := aside.Message{Conversation: m.Conversation, Token: token, MessageID: w.s.known("", *v.Customer(), token, v.Desk), Kind: aside.MessageSystem, Author: "aside", Subject: words.Subject,
		Text: words.Text, HTML: words.HTML, ReplyTo: m.ID}
	if err := w.tx.AddMessage(&ack, true); err != nil {
		return err
	}
	if err := w.remember(v.Ticket.Number, ack); err != nil {
		return err
	}
	return w.queue(ack, *p, w.now, true)
}
