package desk

import (
	"fmt"
	"slices"
	"strings"

	"aside"
	"aside/desk/naming"
	"aside/desk/notice"
	"aside/desk/ticket"
	"aside/store"
	"aside/templates"
)

// aboutSender says of a contact's mail who really wrote it, who is named in it and
// will not hear an answer, and who has it already; nil of a message that is not
// of this mail.
func (w *work) aboutSender(v *ticket.View, c aside.Conversation, m aside.Message) *notice.Sender {
	if w.in == nil || m.Kind == aside.MessageNote || m.InboundID != w.rec.ID || m.Kind == aside.MessageOutbound {
		return nil
	}
	address := m.Author
	s := &notice.Sender{}
	switch {
	case w.place.Stranger || w.place.Leaked || w.place.Ended:
		s.Stranger = address
	case w.place.Unverified:
		s.Unproven = "Sender not verified: " + address
	}
	if o := w.in.Mail.Opaque; o != aside.OpaqueNone {
		s.Facts = append(s.Facts, fmt.Sprintf("Packed as %s: what is not shown is in the attached file.", o))
	}
	if what := w.in.Mail.LeftOut; what != "" {
		s.Facts = append(s.Facts, "Not all of it is shown: "+what+". The whole mail is kept.")
	}
	if w.cut {
		s.Facts = append(s.Facts, "Quotes what was not heard here before: /show quoted.")
	}
	s.Offers = w.offers(v, c, m)
	to := append(slices.Clone(w.in.Mail.To), w.in.Mail.Cc...)
	if missing := w.without(v, c, address, to); len(missing) > 0 {
		s.WhoHas = "Not sent on to: " + strings.Join(v.Names(missing), ", ") + " (Relay)"
	}
	return s
}

// offers are the people whom a mail names and who will not hear an answer: its
// writer, whom Reply-To names (of a form on a web site that is the customer, and
// proves nothing), and whom it was copied to.
func (w *work) offers(v *ticket.View, c aside.Conversation, m aside.Message) (out []notice.Offer) {
	by := naming.First(naming.Inside(w.dir, m.AuthorName, m.Author))
	if w.who.IsAgent() { // who forwarded it
		by = naming.First(w.who.Name)
	}
	copied := append(slices.Clone(w.in.Mail.To), w.in.Mail.Cc...)
	var named []aside.Address
	if !w.who.IsAgent() {
		named = w.in.Mail.ReplyTo
	}
	if c.Kind != aside.Notes && v.Participant(c.ID, m.Author) == nil && !w.who.Ours && w.contactable(m.Author) {
		out = append(out, notice.Offer{By: by, Address: m.Author, Writer: true, Add: true})
	}
	for _, o := range w.outsiders(append(slices.Clone(named), copied...)) {
		if c.Kind == aside.Notes || v.Participant(c.ID, o.Address) == nil {
			reply := slices.ContainsFunc(named, func(a aside.Address) bool { return a.Address == o.Address })
			out = append(out, notice.Offer{By: by, Address: o.Address, ReplyTo: reply, Add: c.Kind != aside.Notes})
		}
	}
	return out
}

// without are the others in the conversation who have not got this mail.
func (w *work) without(v *ticket.View, c aside.Conversation, author string, to []aside.Address) []aside.Participant {
	return slices.DeleteFunc(v.Hearers(c.ID), func(p aside.Participant) bool {
		return p.Address == author || slices.ContainsFunc(to, func(a aside.Address) bool { return a.Address == p.Address })
	})
}

// tellMessage tells the agents of a message in a conversation; its author and
// others excepted.
func (w *work) tellMessage(v *ticket.View, c aside.Conversation, m aside.Message, facts []string, except ...string) error {
	return w.tellAgents(v, c, m, facts, v.Listeners(except...))
}

// tellAgents is tellMessage for given agents.
func (w *work) tellAgents(v *ticket.View, c aside.Conversation, m aside.Message, facts []string, told []*aside.Agent) error {
	n := notice.Notice{Kind: aside.NoticeMessage, Conversation: c, Message: &m, Sender: w.aboutSender(v, c, m), AlsoTo: w.alsoTo(),
		From: notice.Byline(w.dir, v, c, m), Facts: facts}
	holder := w.holderAgent()
	if holder == nil {
		return w.tell.Notice(v, n, told...)
	}
	if v.SeenBy(holder) {
		if err := w.tellHolder(v, n, holder); err != nil {
			return err
		}
	}
	n.Facts = append(slices.Clone(facts), fmt.Sprintf("It came by %s's reply address, or answered a notice of %[1]s's, and from none of %[1]s's addresses: nothing was done, and it was sent to nobody.",
		holder.FirstName()))
	return w.tell.Notice(v, n, slices.DeleteFunc(slices.Clone(told), func(a *aside.Agent) bool { return a == holder })...)
}

// tellHolder tells an agent by whose reply address somebody wrote whom aside does
// not know as that agent: mostly it is the agent, at home or on a telephone, who
// waits for an answer to what was never sent.
func (w *work) tellHolder(v *ticket.View, n notice.Notice, holder *aside.Agent) error {
	from := actorOf(*n.Message)
	n.Important = true
	n.Facts = append(slices.Clone(n.Facts), fmt.Sprintf("NOT SENT: it came by your own reply address, from %s, which is not one of yours. Nothing was done, and nobody outside got it. "+
		"If you wrote it, send it again from %s, or ask whoever runs aside to add that address to yours.", from, holder.Address()))
	return w.tell.Notice(v, n, holder)
}

// alsoTo are the other desks that the mail was written to, where that is news.
func (w *work) alsoTo() []string {
	if w.place.New {
		return nil // their teams are told
	}
	return w.place.OtherDesks
}

// holderAgent is the agent whose token a contact's mail used; nil for none.
func (w *work) holderAgent() *aside.Agent {
	if !w.place.Leaked {
		return nil
	}
	return w.dir.AgentByHandle(w.rows.Agents[w.place.LeakedHolder].Handle)
}

// tellOtherDesks tells the teams of other desks addressed, once, that this
// ticket is where it is dealt with.
func (w *work) tellOtherDesks(v *ticket.View) error {
	for _, address := range w.place.OtherDesks {
		d := w.dir.Desk(address)
		if d == nil || d.Team == v.Ticket.Team {
			continue
		}
		line := fmt.Sprintf("%s wrote to %s and to %s. It is ticket #%d of %s, whose team answers it.",
			naming.Inside(w.dir, v.Ticket.RequesterName, v.Ticket.Requester), v.Desk.Address, d.Address, v.Ticket.Number, v.Desk.Name)
		words, err := w.set.Templates.Event(templates.KeyOf(d), templates.Event{Lines: []string{line}})
		if err != nil {
			return err
		}
		for _, a := range w.dir.TeamAgents(d.Team) {
			if a.InTeam(v.Ticket.Team) {
				continue
			}
			if err := w.tell.Apart(d, a, aside.NoticeEvent, templates.Mail{Subject: fmt.Sprintf("Told once: #%d", v.Ticket.Number), Words: words}, store.About{}); err != nil {
				return err
			}
		}
	}
	return nil
}

// trouble is what is told of a delivery that did not arrive.
func (w *work) trouble(t store.DeliveryOf, delayed bool, detail string) string {
	who := naming.Inside(w.dir, t.Recipient.Name, t.Recipient.Address)
	if !strings.Contains(who+detail, t.Recipient.Address) { // a slip in it is seen here
		who += " (" + t.Recipient.Address + ")"
	}
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
		return w.tell.Event(v, told, line, "It said: "+templates.Excerpt(m.Text))
	}
	return w.tell.Event(v, told, line)
}
