package leak

import (
	"fmt"
	"strings"

	"aside/test/harness"
)

// customerOpens starts a ticket, sometimes with somebody in Cc.
func (u *universe) customerOpens(p *person) error {
	from := p.Person
	if u.chance(10) {
		from = p.other
	}
	t := newTicket(from.Address)
	var cc []harness.Person
	if u.chance(15) {
		other := pick(u, u.customers)
		if other != p {
			cc = append(cc, other.Person)
			t.customer.join(other.Address)
			t.customer.sure[strings.ToLower(other.Address)] = true
		}
	}
	u.acquaint(t.customer)
	u.tickets = append(u.tickets, t)
	s := u.begin(p, "a first mail", []*conv{t.customer}, t.customer.heardBy()...)
	subject := u.carry(s, "subject of a customer", []*conv{t.customer}, t.customer.heardBy()...)
	d := harness.Write(from, u.desk, "About "+subject.id+" again", u.write(s.text()))
	d.Cc = cc
	if u.chance(10) {
		d.Subject = "Größe " + subject.id + " — falsch"
	}
	if u.chance(30) {
		harness.HTMLOnly(d)
	}
	u.picture(s, d)
	u.dress(s, d, true)
	return u.post(s)
}

// outsiderActs lets somebody outside do something about a mail in the inbox.
func (u *universe) outsiderActs(p *person) error {
	if len(p.inbox) == 0 {
		return nil
	}
	i := len(p.inbox) - 1
	if u.chance(35) {
		i = u.rng.IntN(len(p.inbox))
	}
	g := p.inbox[i]
	if c := u.tokens[g.m.Token()]; c != nil && g.m.Token() != "" {
		g.conv, g.certain = c, true
	}
	if g.conv == nil || g.conv.ticket.retired > 0 {
		p.inbox = append(p.inbox[:i], p.inbox[i+1:]...)
		return nil
	}
	switch roll := u.rng.IntN(100); {
	case roll < 62:
		return u.outsiderReplies(p, g, p.Person, false)
	case roll < 70:
		return u.outsiderReplies(p, g, p.other, false)
	case roll < 76:
		return u.outsiderReplies(p, g, p.Person, true)
	case roll < 80:
		return u.outsiderForwards(p, g)
	case roll < 86:
		return u.outsiderResponds(p, g)
	case roll < 91:
		return u.bounces(p, g)
	case roll < 97:
		return u.attacks(p, g)
	default:
		return u.repeats(p, g)
	}
}

// homes are the conversations in which words of an outsider about a mail may
// be filed: the one the mail is of, any that the person is in, or a ticket of
// their own. Never may they reach anybody else by that alone.
func (u *universe) homes(p *person, g *got, from string, lost bool) []*conv {
	homes := []*conv{g.conv}
	if !lost && !g.direct && g.conv.ticket.merged == nil && g.conv.may[strings.ToLower(from)] {
		return homes
	}
	t := g.conv.ticket
	for _, k := range t.family() {
		homes = append(homes, k.notes)
		for _, c := range append([]*conv{k.customer}, k.sides...) {
			// A closed ticket's customer conversation goes on in its successor.
			goesOn := c.kind == customerKind && g.conv.kind == customerKind && k != t
			if c != g.conv && (goesOn || c.may[strings.ToLower(p.Address)] || c.may[strings.ToLower(p.other.Address)]) {
				homes = append(homes, c)
			}
		}
	}
	own := newTicket(from)
	own.customer.join(p.Address, p.other.Address) // it may be this or an earlier mail of theirs that begins it
	own.born, own.origin = u.steps, t
	own.tell("may have begun with mail about #%s", t.number)
	u.ghosts = append(u.ghosts, own)
	return append(homes, own.customer)
}

// mayOpen makes the people whom a mail copies participants of the ticket that
// it may begin, who then see its subject and each other.
func (u *universe) mayOpen(s *sent, d *harness.Draft, own *conv) {
	for _, l := range [][]harness.Person{d.To, d.Cc} {
		for _, p := range l {
			if u.everybody[strings.ToLower(p.Address)] != nil {
				own.join(p.Address)
			}
		}
	}
	u.acquaint(own)
	known, _ := u.reg.find(d.Subject + "\n" + d.Text + "\n" + d.HTML)
	for _, c := range append(known, s.canaries...) {
		u.reg.allow(c, own.heardBy()...)
	}
}

func (u *universe) outsiderReplies(p *person, g *got, from harness.Person, strip bool) error {
	did := "a contact's reply"
	if from != p.Person {
		did = "a contact's reply from another address"
	}
	homes := u.homes(p, g, from.Address, true)
	s := u.begin(p, did, homes, p.Address, p.other.Address)
	s.guessed = !g.certain
	d := p.client.Reply(from, g.m, u.write(s.text()))
	if u.chance(25) {
		d = p.client.ReplyAll(from, g.m, u.write(s.text()))
		s.did += " to all"
	}
	u.picture(s, d)
	u.quotePictures(d, g.m)
	u.dress(s, d, true)
	lost := u.distort(d, 30)
	if strip {
		harness.NoThreading(d)
		if u.chance(50) {
			harness.NoPlus(d)
			lost = true
			s.did += ", everything stripped"
		}
	}
	if u.chance(8) {
		d.Cc = append(d.Cc, pick(u, u.vendors).Person)
	}
	if own := homes[len(homes)-1]; own.kind == customerKind && own != g.conv {
		u.mayOpen(s, d, own)
	}
	there := false
	if g.about != nil && g.conv.ticket.number != "" {
		var err error
		if there, err = u.isOf(g.m, g.conv); err != nil {
			return err
		}
	}
	if there && !lost && !g.direct && !g.conv.ticket.resolved && g.conv.ticket.merged == nil && g.certain && g.conv.sure[strings.ToLower(from.Address)] && g.m.Token() != "" {
		// Its own token, from its own address: there is only one place.
		s.conv = g.conv
		for _, c := range s.canaries {
			c.convs = []*conv{g.conv}
		}
		u.ghosts = u.ghosts[:len(u.ghosts)-1]
	}
	return u.post(s)
}

// outsiderForwards sends what came on to somebody else outside, who answers
// with a token that is not theirs.
func (u *universe) outsiderForwards(p *person, g *got) error {
	other := pick(u, append(append([]*person(nil), u.vendors...), u.customers...))
	if other == p {
		return nil
	}
	g.conv.ticket.tell("%s sent the mail on to %s, past the desk", p.Address, other.Address)
	other.keep(&got{m: g.m, conv: g.conv, direct: true, certain: g.certain})
	return nil
}

// outsiderResponds is an out-of-office answer: for agents to read, for nobody
// else to get.
func (u *universe) outsiderResponds(p *person, g *got) error {
	s := u.begin(p, "an automatic answer", u.homes(p, g, p.Address, true), p.Address, p.other.Address)
	s.inbound = false
	d := p.client.Reply(p.Person, g.m, "I am away until Monday.\n"+u.write(s.text()))
	d.Subject = "Automatic reply: " + g.m.Subject
	d.Headers = append(d.Headers, [2]string{"Auto-Submitted", "auto-replied"}, [2]string{"X-Auto-Response-Suppress", "All"})
	u.dress(s, d, false)
	d.Envelope = "<>"
	return u.post(s)
}

// bounces returns a mail to its envelope sender as a mail server does.
func (u *universe) bounces(p *person, g *got) error {
	if g.direct || g.m.ReturnPath == "" {
		return nil
	}
	s := u.begin(p, "a bounce", u.homes(p, g, p.Address, true), p.Address, p.other.Address)
	s.inbound = false
	d := harness.Write(harness.Person{Name: "Mail Delivery System", Address: "mailer-daemon@vendor.example"}, g.m.ReturnPath,
		"Undelivered Mail Returned to Sender", fmt.Sprintf("I could not deliver your mail to %s.\n%s\n", p.Address, u.write(s.text())))
	u.dress(s, d, false)
	d.Envelope = "<>"
	d.Headers = append(d.Headers, [2]string{"Auto-Submitted", "auto-replied"})
	d.Report = &harness.Report{Recipient: p.Address, Status: "5.1.1", Original: g.m.Raw}
	return u.post(s)
}

// forges writes an agent's address, or the customer's, into From.
func (u *universe) forges(p *person, g *got) error {
	victim := pick(u, u.agents).Person
	if u.chance(40) {
		if c := u.everybody[g.conv.ticket.requester]; c != nil {
			victim = c.Person
		}
	}
	homes := u.homes(p, g, victim.Address, true)
	s := u.begin(p, "a forgery, of "+victim.Address, homes, p.Address, p.other.Address)
	s.inbound, s.forged = false, true
	for _, a := range u.agents {
		if a.Person == victim {
			s.claims = a.handle
		}
	}
	words := u.write(s.text())
	if u.chance(60) {
		words = pick(u, []string{"/reply", "/add " + p.Address, "/side " + p.Address, "/relay", "/cc-customer on", "/show"}) + "\n\n" + words
	}
	d := p.client.Reply(victim, g.m, words)
	u.dress(s, d, true)
	d.Envelope = p.Address
	u.lies(d, victim)
	if g.direct { // with an agent's own token it would be no forgery
		harness.NoThreading(d)
	}
	if g.direct || u.chance(40) {
		harness.NoPlus(d)
	}
	if own := homes[len(homes)-1]; s.claims == "" && own != g.conv {
		// A ticket in the victim's name begins with the forger's words.
		u.mayOpen(s, d, own)
	}
	return u.post(s)
}

// repeats delivers the same mail twice, as servers do after a lost answer.
func (u *universe) repeats(p *person, g *got) error {
	if err := u.outsiderReplies(p, g, p.Person, false); err != nil {
		return err
	}
	last := u.checks[len(u.checks)-1]
	if last.by != p || last.id == "" {
		return nil
	}
	id, err := u.hand(last, letter{last.draft.MailFrom(), last.draft.Ours(), last.raw, true})
	if err != nil {
		return fmt.Errorf("the same mail once more: %w", err)
	}
	if id != last.id {
		return fmt.Errorf("the same mail was taken twice, as %s and as %s", last.id, id)
	}
	return nil
}
