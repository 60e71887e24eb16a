package desk

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"aside"
	"aside/desk/naming"
	"aside/desk/reading"
	"aside/desk/ticket"
	"aside/reply"
	"aside/threading"
)

// fromContact files a contact's mail where it belongs, and tells the agents.
// It is sent to nobody.
func (w *work) fromContact() error {
	r, err := w.prepared()
	if err != nil {
		return err
	}
	if w.place.New {
		return w.openTicket(r, w.sender(), aside.MessageInbound)
	}
	v, err := w.tickets.Open(w.place.Ticket.Number)
	if err != nil {
		return err
	}
	c := v.Conversation(w.place.Conversation.ID)
	if err := w.learnName(v, *c); err != nil {
		return err
	}
	m, err := w.file(v, *c, r, aside.MessageInbound)
	if err != nil {
		return err
	}
	facts, err := w.moves(v, c, m)
	if err != nil {
		return err
	}
	return w.tellMessage(v, *c, m, facts)
}

// learnName gives a participant who was added by address alone the name of
// their first own mail.
func (w *work) learnName(v *ticket.View, c aside.Conversation) error {
	p := v.Participant(c.ID, w.who.Address)
	if p == nil || p.Name != "" || w.who.Name == "" || !w.place.HolderIsSender {
		return nil
	}
	p.Name = w.who.Name
	return w.tx.NameParticipant(p.ID, p.Name)
}

// sender is whom a contact's mail speaks for.
func (w *work) sender() aside.Address {
	return aside.Address{Name: w.who.Name, Address: w.who.Address}
}

// file writes the mail as a message of the conversation.
func (w *work) file(v *ticket.View, c aside.Conversation, r *reading.Reading, kind aside.MessageKind) (aside.Message, error) {
	token, err := w.draw()
	if err != nil {
		return aside.Message{}, err
	}
	m := aside.Message{Conversation: c.ID, Token: token, Kind: kind, Author: w.who.Address, AuthorName: w.who.Name, Verified: w.who.Verified,
		MessageID: w.in.Mail.MessageID, Subject: w.in.Mail.Subject, Elided: r.Elided, InboundID: w.rec.ID,
		Attachments: w.in.Mail.Attachments}
	m.Text, m.HTML = w.filedText(r, kind)
	if w.showsWhole(m.Text, kind) {
		m.Text, m.HTML, m.Elided = wholeText(w.in.Mail), w.sanitise(w.in.Mail.HTML), ""
	}
	if m.Author == "" {
		m.Author = w.in.MailFrom
	}
	w.cut = m.Elided != "" && r.Cut
	if err := w.tx.AddMessage(&m, kind == aside.MessageInbound && w.place.Participant != nil); err != nil {
		return m, err
	}
	w.rec.Ticket, w.rec.Conversation, w.rec.Message = v.Ticket.Number, c.ID, m.ID
	heard := m
	if kind != aside.MessageInbound || w.place.Participant == nil {
		heard.Conversation = v.Notes().ID // filed here, and heard by nobody here
	}
	if err := w.remember(v.Ticket.Number, heard); err != nil {
		return m, err
	}
	written := kind == aside.MessageInbound || w.in.Mail.Unmarked == aside.UnmarkedByProgram // as all mail of a ticket system is
	if c.Kind == aside.Side && w.who.Verified && w.place.Participant != nil && written && w.who.Address != v.Ticket.Requester {
		for _, tag := range w.facts.CasesToLearn(v.Ticket.Number) {
			if err := w.tx.LearnCase(tag, w.who.Address, c.ID); err != nil {
				return m, fmt.Errorf("remember the sender's case: %w", err)
			}
		}
	}
	return m, v.Event(actorOf(m), eventOf(kind), w.filed(c, m))
}

// filedText is what a mail newly says. Between contacts a forward is part of it.
func (w *work) filedText(r *reading.Reading, kind aside.MessageKind) (text, html string) {
	if r.Forwarded != nil && kind == aside.MessageInbound && !w.place.New {
		return w.withForward(r), ""
	}
	return r.Text, r.HTML
}

// withForward is what a mail newly says, with what it forwards below.
func (w *work) withForward(r *reading.Reading) string {
	return strings.TrimSpace(r.Text + "\n\n" + w.forwardText(r.Forwarded))
}

// showsWhole reports that agents get a mail whole: a first one quotes what we
// have never seen, and one that consists of quotes means them.
func (w *work) showsWhole(text string, kind aside.MessageKind) bool {
	return kind == aside.MessageInbound && (w.place.New || text == "" && len(w.in.Mail.Attachments) == 0)
}

// wholeText is all that a mail says, quotes included.
func wholeText(m *aside.Mail) string {
	if text := strings.TrimSpace(m.Text); text != "" {
		return text
	}
	return strings.TrimSpace(reply.HTMLToText(m.HTML))
}

func (w *work) forwardText(f *aside.Forwarded) string {
	return naming.Forwarded(w.dir, f) + "\n\n" + f.Text
}

func actorOf(m aside.Message) string {
	if m.Author == "" {
		return "nobody named"
	}
	return m.Author
}

func eventOf(kind aside.MessageKind) string {
	if kind == aside.MessageAuto {
		return "automatic mail"
	}
	return "message"
}

// moves is what a contact's message does to status, turn and state. Only the
// requester moves the ticket, wherever in it the message lands; an answer in a
// side conversation moves that alone.
func (w *work) moves(v *ticket.View, c *aside.Conversation, m aside.Message) (facts []string, err error) {
	if c.Kind == aside.Side && w.place.Participant != nil && (c.State == aside.SideWaiting || c.State == aside.SideOverdue) {
		c.State = aside.SideAnswered
		if err := w.tx.SaveConversation(*c); err != nil {
			return nil, err
		}
	}
	if m.Author != v.Ticket.Requester || v.Ticket.Status == aside.StatusMerged {
		// The ticket changes all the same: what was prepared against it is old.
		return nil, v.Save()
	}
	was := v.Ticket.Status
	v.Ticket.Status, v.Ticket.Turn = aside.StatusOpen, aside.TurnTeam
	v.Ticket.SnoozedUntil, v.Ticket.ResolvedAt = time.Time{}, time.Time{}
	if err := v.Save(); err != nil {
		return nil, err
	}
	if was != aside.StatusOpen {
		if err := v.Event("aside", "opened", map[string]any{"was": was, "by": "the customer's mail"}); err != nil {
			return nil, err
		}
	}
	if was == aside.StatusResolved {
		if bareThanks(m) {
			at := nextMorning(w.now, v.Desk.Location)
			facts = append(facts, "Only says thanks: it resolves itself tomorrow morning, unless you touch it.")
			return facts, w.tx.SetResolvesAt(v.Ticket.Number, at)
		}
		facts = append(facts, "It was resolved and is open again.")
	}
	return facts, nil
}

func nextMorning(now time.Time, loc *time.Location) time.Time {
	n := now.In(loc)
	return time.Date(n.Year(), n.Month(), n.Day()+1, 9, 0, 0, 0, loc)
}

// openTicket makes the ticket of a mail that belongs to none.
func (w *work) openTicket(r *reading.Reading, requester aside.Address, kind aside.MessageKind) error {
	joining, err := w.firstParticipants(requester)
	if err != nil {
		return err
	}
	v, err := w.tickets.Begin(w.place.Desk, requester, w.in.Mail.Subject, len(joining))
	if err != nil {
		return err
	}
	v.First = kind == aside.MessageInbound && !w.who.IsAgent()
	c := v.Customer()
	for i, a := range joining {
		role := aside.RoleCc
		if i == 0 && a.Address == requester.Address {
			role = aside.RoleTo
		}
		if _, err := v.Join(*c, a, role); err != nil {
			return err
		}
	}
	w.place.Participant = v.Participant(c.ID, requester.Address)
	m, err := w.file(v, *c, r, kind)
	if err != nil {
		return err
	}
	facts, err := w.linkOlder(v)
	if err != nil {
		return err
	}
	if kind == aside.MessageInbound {
		if err := w.acknowledge(v, m); err != nil {
			return err
		}
	}
	if err := v.Save(); err != nil {
		return err
	}
	if err := w.tellMessage(v, *c, m, facts); err != nil {
		return err
	}
	return w.tellOtherDesks(v)
}

// firstParticipants are the requester and, from this first mail only, whom it
// was also written to, if it was written to the desk at all; nobody twice. A
// ticket that continues another one begins with no first mail: of those copied
// only they take part who heard the other one to its end, and none where nothing
// but From says that the mail is the customer's.
func (w *work) firstParticipants(requester aside.Address) (out []aside.Address, err error) {
	if w.contactable(requester.Address) {
		out = append(out, requester)
	}
	m := w.in.Mail
	addressed := slices.ContainsFunc(append(slices.Clone(m.To), m.Cc...), func(a aside.Address) bool { return w.dir.IsOurs(a.Address) })
	if !addressed || m.Kind.Automatic() || w.place.Unverified {
		return out, nil
	}
	var before *ticket.View
	if w.place.Continues != 0 {
		if before, err = w.tickets.Open(w.place.Continues); err != nil {
			return nil, err
		}
	}
	for _, a := range w.outsiders(append(slices.Clone(m.To), m.Cc...)) {
		if a.Address != requester.Address && (before == nil || before.Participant(before.Customer().ID, a.Address) != nil) {
			out = append(out, a)
		}
	}
	return out, nil
}

// maxCopied bounds how many people one mail can bring into a conversation.
const maxCopied = 50

// outsiders are the contacts among addresses, each once: not ours, no agents,
// not the sender.
func (w *work) outsiders(list []aside.Address) []aside.Address {
	var out []aside.Address
	seen := map[string]bool{w.who.Address: true}
	for _, a := range list {
		if !seen[a.Address] && w.contactable(a.Address) && len(out) < maxCopied {
			out = append(out, a)
		}
		seen[a.Address] = true
	}
	return out
}

// contactable reports whether an address can be a contact's.
func (w *work) contactable(address string) bool {
	at := strings.LastIndexByte(address, '@')
	if _, err := aside.ASCIIDomain(address[at+1:]); err != nil {
		return false // written to look like another domain, perhaps ours
	}
	return at > 0 && at < len(address)-1 && !w.dir.IsOurs(address) && w.dir.AgentByAddress(address) == nil
}

// linkOlder names the requester's other open tickets, and links the closed one
// that this continues.
func (w *work) linkOlder(v *ticket.View) (facts []string, err error) {
	if n := w.place.Continues; n != 0 {
		facts = append(facts, fmt.Sprintf("Continues #%d, which is closed.", n))
		old, err := w.tickets.Open(n)
		if err != nil {
			return nil, err
		}
		old.Ticket.Successor = v.Ticket.Number
		if err := w.tx.SaveTicket(old.Ticket); err != nil {
			return nil, err
		}
		if err := old.Event("aside", "continued", map[string]any{"by": v.Ticket.Number}); err != nil {
			return nil, err
		}
	}
	return facts, nil
}

// queue puts a message on its way to one participant.
func (w *work) queue(m aside.Message, p aside.Participant, at time.Time, automatic bool) error {
	token, err := w.draw()
	if err != nil {
		return err
	}
	return w.tx.AddDelivery(token, m, p, at, automatic)
}

// openRaw keeps a mail that could not be read as a ticket, with the raw mail
// attached.
func (w *work) openRaw() error {
	if w.in.Mail == nil {
		w.in.Mail = &aside.Mail{}
	}
	address := w.in.Mail.From.Address
	if address == "" {
		address = aside.FoldAddress(w.in.MailFrom)
	}
	from := aside.Address{Name: w.in.Mail.From.Name, Address: address}
	if !w.place.New {
		w.place = threading.Placement{New: true, Desk: w.place.Desk}
	}
	subject := w.in.Mail.Subject
	if subject == "" {
		subject = "A mail that could not be read"
	}
	v, err := w.tickets.Begin(w.place.Desk, from, subject, 0)
	if err != nil {
		return err
	}
	if w.contactable(address) && w.in.MailFrom != "" && w.who.Role == threading.RoleContact {
		if _, err := v.Join(*v.Customer(), from, aside.RoleTo); err != nil {
			return err
		}
	}
	w.rec.Signal, w.rec.Reason = "new", "The mail could not be read ("+w.in.ReadError+"), so it is a ticket with the raw mail attached."
	token, err := w.draw()
	if err != nil {
		return err
	}
	m := aside.Message{Conversation: v.Customer().ID, Token: token, Kind: aside.MessageInbound, Author: address, Subject: subject, InboundID: w.rec.ID,
		Text:        "This mail could not be read. It is attached as it came.",
		Attachments: []aside.Attachment{{Name: "mail.eml", Type: "message/rfc822", Content: w.in.Raw}}}
	if err := w.tx.AddMessage(&m, false); err != nil {
		return err
	}
	w.rec.Ticket, w.rec.Conversation, w.rec.Message = v.Ticket.Number, m.Conversation, m.ID
	if err := v.Event(actorOf(m), "message", map[string]any{"message": m.ID, "mail": w.rec.ID, "reason": w.rec.Reason}); err != nil {
		return err
	}
	if err := v.Save(); err != nil {
		return err
	}
	return w.tellMessage(v, *v.Customer(), m, nil)
}
