package leak

import (
	"fmt"
	"slices"
	"strings"

	"aside/test/harness"
)

// agentActs lets an agent do something about a mail in the inbox.
func (u *universe) agentActs(a *person) error {
	if len(a.inbox) == 0 {
		return nil
	}
	// The newest first: people mostly answer what just came.
	i := len(a.inbox) - 1
	if u.chance(30) {
		i = u.rng.IntN(len(a.inbox))
	}
	for j, g := range a.inbox {
		if g.hold != nil && u.chance(50) {
			i = j
		}
	}
	g := a.inbox[i]
	g.conv = g.conv.live()
	if g.conv != nil && g.conv.ticket.retired > 0 {
		a.inbox = append(a.inbox[:i], a.inbox[i+1:]...)
		return nil
	}
	if g.hold != nil {
		a.inbox = append(a.inbox[:i], a.inbox[i+1:]...)
		return u.agentAnswersHold(a, g)
	}
	if g.conv == nil {
		return nil
	}
	type move struct {
		weight int
		do     func(*person, *got) error
	}
	moves := []move{{34, u.agentReplies}, {12, u.agentNotes}, {12, u.agentAsksVendor}, {8, u.agentAdds}, {6, u.agentRemoves},
		{4, u.agentCopiesCustomer}, {6, u.agentRelays}, {10, u.agentCommands}, {4, u.agentMentions}, {3, u.agentSlips},
		{2, u.agentCopiesOutsider}, {2, u.agentForwardsNotice}, {3, u.agentAttaches},
		{9, u.agentBlunders}, {3, u.agentMoves}, {5, u.agentCrosses}, {4, u.agentPastesFile}}
	total := 0
	for _, m := range moves {
		total += m.weight
	}
	roll := u.rng.IntN(total)
	for _, m := range moves {
		if roll -= m.weight; roll < 0 {
			return m.do(a, g)
		}
	}
	return nil
}

// agentSends makes the answer to a notice with commands above or below the
// words, distorts and posts it.
func (u *universe) agentSends(s *sent, g *got, commands, words string, files bool) error {
	s.moves = commands != ""
	text := words
	if commands != "" {
		text = commands + "\n\n" + words
		if u.chance(30) {
			text = words + "\n\n" + commands
		}
	}
	client := s.by.client
	if commands != "" && u.chance(80) {
		client = client.Top()
	}
	d := client.Reply(s.by.Person, g.m, strings.TrimSpace(text))
	if u.chance(10) {
		d = client.ReplyAll(s.by.Person, g.m, strings.TrimSpace(text))
	}
	if words != "" { // a picture alone would be what the mail says
		u.picture(s, d)
	}
	u.quotePictures(d, g.m)
	u.dress(s, d, files)
	s.answers = g.conv
	if client.Name == harness.NeomuttInterleaved().Name && words != "" {
		u.allowQuoted(s, g)
	}
	lost := u.distort(d, 25)
	if d.InReplyTo == "" {
		s.expect = nil // may be an address completed from memory
		s.loose = lost // nothing names the conversation or the agent any more
	}
	if u.chance(2) {
		if err := u.presends(s); err != nil || len(u.found) > 0 {
			return err
		}
	}
	return u.post(s)
}

// allowQuoted lets those who hear an answer written between quoted lines see
// these lines, where they are of the same conversation: said in it, or brought
// into it by who quoted them there. Whatever left too far did so then. What a
// contact wrote there only they may see who took part by then.
func (u *universe) allowQuoted(s *sent, g *got) {
	if s.conv != g.conv {
		return
	}
	of := func(c *canary) bool {
		return slices.ContainsFunc(c.convs, func(c *conv) bool { return c.live() == g.conv })
	}
	brought := g.about != nil && of(g.about)
	known, _ := u.reg.find(g.m.Words())
	for _, c := range known {
		if !c.gone && (brought || of(c)) {
			u.reg.allow(c, slices.DeleteFunc(u.maySee(s.text()), func(addr string) bool { return c.in != nil && !c.in.by.agent && !slices.Contains(c.in.then, addr) })...)
			s.onSend = append(s.onSend, func() { u.reg.allow(c, g.conv.live().heardBy()...) })
		}
	}
}

func (u *universe) agentReplies(a *person, g *got) error {
	// Whom the notice did not name yet hears it only if the agent is asked, or let
	// them in.
	var named []string
	for _, addr := range g.conv.heardBy() {
		if g.named == nil || slices.Contains(g.named, addr) || g.conv.let[addr] == a {
			named = append(named, addr)
		}
	}
	s := u.begin(a, "an agent's reply", []*conv{g.conv}, named...)
	s.expect = g.conv.expected()
	if len(named) < len(g.conv.heardBy()) {
		s.expect = nil
	}
	commands := ""
	if g.conv.kind == customerKind && u.chance(15) {
		commands = pick(u, []string{"/resolve", "/pending", "/assign me", "/tag urgent", "/snooze 2h", "/priority high"})
	}
	g.conv.ticket.resolved = g.conv.ticket.resolved || commands == "/resolve"
	return u.agentSends(s, g, commands, u.write(s.text()), true)
}

func (u *universe) agentNotes(a *person, g *got) error {
	s := u.begin(a, "a note", []*conv{g.conv.ticket.notes})
	return u.agentSends(s, g, pick(u, []string{"/note", "/Note", "/ note", "/note."}), u.write(s.text()), true)
}

func (u *universe) agentAsksVendor(a *person, g *got) error {
	t := g.conv.ticket
	if len(t.sides) >= 3 {
		return nil
	}
	who := []string{pick(u, u.vendors).Address}
	card, err := u.card()
	if err != nil {
		return err
	}
	line := "/side " + who[0]
	switch {
	case card != "":
		line, who[0] = "/side "+card, u.book[card]
	case u.chance(20):
		who = append(who, pick(u, u.vendors).Address)
		line += ", " + who[1]
	}
	side := t.conv(sideKind)
	if u.chance(12) {
		line += " cc-customer"
		who = append(who, t.requester)
	}
	share := ""
	if card == "" && u.chance(20) {
		share = pick(u, []string{"last", "all"})
		line += " share " + share
	}
	side.join(who...)
	s := u.begin(a, "a question to a vendor", []*conv{side}, who...)
	s.card = card
	if u.chance(30) {
		c := u.carry(s, "subject of a side conversation", []*conv{side}, who...)
		line += " subject About " + c.id
	}
	if share != "" {
		u.share(t, who) // what comes while it waits is not shared
	}
	u.acquaint(side)
	s.expect = who
	t.sides = append(t.sides, side)
	s.onAccept = append(s.onAccept, func() {
		for _, w := range who {
			side.sure[strings.ToLower(w)] = true
		}
	})
	words := u.write(s.text())
	if card != "" && u.chance(50) {
		words += " @" + pick(u, u.agents).handle // which is asked about, and the admin works meanwhile
		s.expect = nil
	}
	return u.agentSends(s, g, line, words, true)
}

// card is a name of the address book that an agent uses, sometimes one that the
// admin has just given to somebody else; often none.
func (u *universe) card() (name string, err error) {
	if u.wire.book == nil || u.chance(70) {
		return "", nil
	}
	name = fmt.Sprintf("%s%d", pick(u, []string{"parcels", "workshop"}), u.n)
	if u.book[name] == "" || u.chance(10) {
		err = u.rename(name)
	}
	return name, err
}

// rename has the admin give a name of the address book to somebody.
func (u *universe) rename(name string) error {
	u.book[name] = pick(u, u.vendors).Address
	return u.wire.book(name, u.book[name])
}

// renamed is whom a released mail reaches by a name of the address book that
// somebody else has now: nobody, unless its receipt shows that address. What only
// waited for its code names nobody yet.
func (u *universe) renamed(g *got) {
	now := u.book[g.hold.card]
	if now == "" || g.code == "" && !strings.Contains(strings.Join(strings.Fields(g.m.Plain()), " "), g.hold.card+" ["+now+"]") {
		return
	}
	g.hold.conv.join(now)
	u.acquaint(g.hold.conv)
	for _, c := range g.hold.canaries {
		u.reg.allow(c, now)
	}
}

// share lets people see what was said in the customer conversation, or in that
// of a ticket that was merged into it: the mail may answer one of its notices.
func (u *universe) share(t *ticket, who []string) {
	for _, o := range slices.Concat(u.tickets, u.retired, u.ghosts) { // whichever of them was merged into it
		if o == t || o.customer.live() == t.customer {
			u.shareOwn(o, who)
		}
	}
}

func (u *universe) shareOwn(t *ticket, who []string) {
	for _, m := range t.customer.mails {
		if !m.by.agent {
			u.reg.allow(m.by.canary, who...)
			// A first mail is kept whole, with what it quotes.
			known, _ := u.reg.find(m.draft.Text + "\n" + m.draft.HTML + "\n" + m.draft.Subject)
			for _, c := range known {
				u.reg.allow(c, who...)
			}
		}
		for _, c := range m.canaries {
			u.reg.allow(c, who...)
		}
		for _, c := range m.also { // went there by an agent's decision, or was known there
			if m.released || u.heard(c, t.requester) {
				u.reg.allow(c, who...)
			}
		}
	}
	for addr := range t.customer.may {
		if p := u.everybody[addr]; p != nil {
			u.reg.allow(p.canary, who...)
		}
	}
	for _, c := range t.canaries { // files that were taken along to the customer
		if u.heard(c, t.requester) && (strings.HasPrefix(c.what, "name of a file") || strings.HasPrefix(c.what, "file of")) {
			u.reg.allow(c, who...)
		}
	}
}

func (u *universe) agentAdds(a *person, g *got) error {
	if g.conv.kind == notesKind || len(g.conv.may) > 3 {
		return u.agentReplies(a, g)
	}
	p := pick(u, u.vendors)
	if g.conv.kind == customerKind {
		p = pick(u, u.customers)
	}
	g.conv.join(p.Address)
	g.conv.let[strings.ToLower(p.Address)] = a
	s := u.begin(a, "somebody added", []*conv{g.conv}, g.conv.heardBy()...)
	s.expect = append(g.conv.expected(), p.Address)
	c := g.conv
	s.onAccept = append(s.onAccept, func() { c.sure[p.Address] = true })
	u.acquaint(c)
	u.showThread(c, p.Address)
	return u.agentSends(s, g, "/add "+p.Address, u.write(s.text()), false)
}

// acquaint lets the people of a conversation see each other's addresses, as
// To and Cc show them.
func (u *universe) acquaint(c *conv) {
	for addr := range c.may {
		if p := u.everybody[addr]; p != nil {
			u.reg.allow(p.canary, c.heardBy()...)
		}
	}
}

// showThread lets somebody who is added see what the conversation's next mail
// names of it: the subject, and the Message-IDs of what contacts wrote.
func (u *universe) showThread(c *conv, addr string) {
	for _, m := range c.mails {
		for _, k := range m.canaries {
			if strings.HasPrefix(k.what, "subject") || strings.HasPrefix(k.what, "Message-ID") && !m.by.agent {
				u.reg.allow(k, addr)
			}
		}
		if m.by.agent || m.draft == nil {
			continue
		}
		known, _ := u.reg.find(m.draft.Subject)
		for _, k := range known {
			u.reg.allow(k, addr)
		}
	}
}

func (u *universe) agentRemoves(a *person, g *got) error {
	c := g.conv
	if c.kind == notesKind || len(c.may) < 2 {
		return u.agentReplies(a, g)
	}
	gone := pick(u, c.heardBy())
	if gone == c.ticket.requester && c.kind == customerKind {
		return u.agentReplies(a, g)
	}
	delete(c.sure, gone)
	var rest []string
	for _, p := range c.heardBy() {
		if p != gone {
			rest = append(rest, p)
		}
	}
	s := u.begin(a, "somebody removed", []*conv{c}, rest...)
	s.expect = c.expected()
	s.onAccept = append(s.onAccept, func() {
		// A line that a release sent along as text removed nobody.
		if !c.sure[gone] && !s.released { // not added again since
			delete(c.may, gone)
		}
	})
	return u.agentSends(s, g, "/remove "+gone, u.write(s.text()), true)
}

func (u *universe) agentCopiesCustomer(a *person, g *got) error {
	c, t := g.conv, g.conv.ticket
	if c.kind != sideKind || c.may[t.requester] || len(t.sides) >= 4 {
		return u.agentReplies(a, g)
	}
	fresh := t.conv(sideKind, append(c.heardBy(), t.requester)...)
	fresh.sure = map[string]bool{}
	t.sides = append(t.sides, fresh)
	s := u.begin(a, "the customer copied", []*conv{fresh, c}, fresh.heardBy()...)
	s.conv = fresh
	for addr := range c.sure {
		s.expect = append(s.expect, addr)
	}
	u.acquaint(fresh)
	s.onAccept = append(s.onAccept, func() {
		for _, addr := range fresh.heardBy() {
			fresh.sure[addr] = true
		}
	})
	return u.agentSends(s, g, "/cc-customer on", u.write(s.text()), false)
}

// agentRelays sends a contact's words on to the others of the conversation.
func (u *universe) agentRelays(a *person, g *got) error {
	if g.about == nil || g.about.in.by.agent || strings.HasPrefix(g.about.in.did, "a forgery") || g.conv.kind == notesKind || len(g.conv.may) < 2 {
		return u.agentReplies(a, g)
	}
	for _, c := range g.about.in.canaries {
		u.reg.allow(c, g.conv.heardBy()...)
	}
	u.reg.allow(g.about.in.by.canary, g.conv.heardBy()...)
	s := u.begin(a, "a relay", []*conv{g.conv})
	s.moves = true
	d := a.client.Top().Reply(a.Person, g.m, "/relay")
	u.dress(s, d, false)
	return u.post(s)
}

func (u *universe) agentCommands(a *person, g *got) error {
	s := u.begin(a, "commands", []*conv{g.conv.ticket.notes})
	colleague := pick(u, u.agents)
	for colleague == a { // assigned to oneself, a text is an answer
		colleague = pick(u, u.agents)
	}
	secret := func(what string) string { return u.carry(s, what, []*conv{g.conv.ticket.notes}).id }
	line := ""
	switch u.rng.IntN(9) {
	case 0:
		line = "/resolve"
		g.conv.ticket.resolved = true
	case 1:
		line = "/open\n/tag " + secret("tag")
	case 2:
		line = "/subject The matter of " + secret("the team's name for a ticket")
	case 3:
		line = "/take"
	case 4:
		line = "/snooze 3d"
	case 5:
		line = "/show"
	case 6:
		line = "/assign " + colleague.handle
	case 7:
		line = "/invite " + colleague.handle
	case 8:
		line = "/why"
	}
	words := ""
	if strings.HasPrefix(line, "/assign") || strings.HasPrefix(line, "/invite") {
		words = u.write(s.text()) // makes it a note
	}
	return u.agentSends(s, g, line, words, false)
}

func (u *universe) agentMentions(a *person, g *got) error {
	s := u.begin(a, "a mention", []*conv{g.conv.ticket.notes})
	return u.agentSends(s, g, "", "@"+pick(u, u.agents).handle+" "+u.write(s.text()), true)
}

// agentSlips does what people do by mistake: misspelt and misplaced commands.
// What a hold then says is answered later.
func (u *universe) agentSlips(a *person, g *got) error {
	s := u.begin(a, "a slip", []*conv{g.conv}, g.conv.heardBy()...)
	words := u.write(s.text())
	line := pick(u, []string{"/ntoe", "/sidee " + pick(u, u.vendors).Address, "/remov", "/assing omar", "/side"})
	if u.chance(40) {
		return u.agentSends(s, g, "", words+"\n/note\n"+u.write(s.text()), false)
	}
	return u.agentSends(s, g, line, words, false)
}

// agentCopiesOutsider puts an outside address into Cc of the answer: that
// copy goes out by the agent's own provider, with the notice quoted in it.
func (u *universe) agentCopiesOutsider(a *person, g *got) error {
	p := pick(u, append(append([]*person(nil), u.vendors...), u.customers...))
	may := append(g.conv.heardBy(), p.Address)
	s := u.begin(a, "an answer copied past the desk", []*conv{g.conv}, may...)
	d := a.client.Reply(a.Person, g.m, u.write(s.text()))
	d.Cc = append(d.Cc, p.Person)
	u.dress(s, d, false)
	if a.client.Name == harness.NeomuttInterleaved().Name {
		u.allowQuoted(s, g)
	}
	m, err := harness.ParseMail(d.Bytes())
	if err != nil {
		return fmt.Errorf("reading our own draft: %w", err)
	}
	p.keep(&got{m: m, conv: g.conv, direct: true, certain: true})
	// aside ends the token that the outsider now has, and sends a new notice.
	a.end(g.m.Token())
	return u.post(s)
}

// agentForwardsNotice bounces a notice as it is to somebody outside, whose
// answer then carries the agent's token.
func (u *universe) agentForwardsNotice(a *person, g *got) error {
	p := pick(u, append(append([]*person(nil), u.vendors...), u.customers...))
	g.conv.ticket.tell("%s sent a notice on to %s, past the desk", a.handle, p.Address)
	p.keep(&got{m: g.m, conv: g.conv, direct: true, certain: true})
	return nil
}

// agentAttaches takes a file of the ticket along by its name.
func (u *universe) agentAttaches(a *person, g *got) error {
	for _, c := range g.conv.ticket.canaries {
		if !strings.HasPrefix(c.what, "name of a file") || c.in == nil {
			continue
		}
		for _, f := range c.in.draft.Files {
			if !strings.Contains(f.Name, c.id) {
				continue // a picture, called like others
			}
			show := func() {
				u.reg.allow(c, g.conv.heardBy()...)
				for _, other := range c.in.canaries {
					if strings.HasPrefix(other.what, "file of") {
						u.reg.allow(other, g.conv.heardBy()...)
					}
				}
			}
			show()
			s := u.begin(a, "a file taken along", []*conv{g.conv}, g.conv.heardBy()...)
			s.onSend = append(s.onSend, show)
			return u.agentSends(s, g, "/attach "+f.Name, u.write(s.text()), false)
		}
	}
	return u.agentReplies(a, g)
}

// agentAnswersHold answers a NOT SENT with one word.
func (u *universe) agentAnswersHold(a *person, g *got) error {
	if g.hold.card != "" && g.hold.conv.kind == sideKind && u.chance(40) { // while it waited
		if err := u.rename(g.hold.card); err != nil {
			return err
		}
	}
	g.hold.conv, g.hold.answers = g.hold.conv.live(), g.hold.answers.live()
	word := pick(u, []string{"send", "send", "note", "discard", ""})
	toCard := g.hold.card != "" && strings.Contains(g.m.Subject, g.hold.card)
	if g.hold.answers != g.hold.conv && word == "send" && !toCard {
		word = "note" // "as it is" would go to whom the notice names
	}
	if g.hold.inward && word == "send" {
		word = "discard"
	}
	if g.hold.needs != "" && word == "send" {
		word = pick(u, []string{g.hold.needs, g.hold.needs, "send "}) // the last lets nothing go
	}
	if g.code != "" {
		word = g.code
	}
	if word == "" || g.hold.accepted {
		return nil
	}
	var inside func() // follows once the word counts
	switch {
	case word == "send ": // asked again, and nothing is allowed
	case word == "send" || word == g.hold.needs && word != "" || g.code != "":
		u.stats.released++
		g.hold.released = true
		for _, f := range g.hold.onSend {
			f()
		}
		if g.hold.conv != nil {
			u.renamed(g)
			// What its notice shows is what is decided about.
			shown, _ := u.reg.find(g.m.Plain())
			for _, c := range shown {
				u.reg.allow(c, g.hold.conv.heardBy()...)
			}
			for _, c := range g.hold.canaries {
				said := c == g.hold.text() || strings.HasPrefix(c.what, "name of a file of") || strings.HasPrefix(c.what, "file of") || strings.HasPrefix(c.what, "picture of")
				if len(u.maySee(c)) > 0 || said && g.hold.conv.kind != notesKind {
					u.reg.allow(c, g.hold.conv.heardBy()...)
				}
			}
		}
	default:
		kept := g.hold
		inside = func() {
			// Its commands are not carried out any more.
			kept.onAccept, kept.onSend = nil, nil
			for _, c := range kept.canaries {
				u.reg.forbid(c)
				if kept.conv != nil {
					c.convs = append(c.convs, kept.conv.ticket.notes)
				}
			}
		}
	}
	var convs []*conv
	if g.hold.conv != nil {
		convs = []*conv{g.hold.conv.ticket.notes}
	}
	s := u.begin(a, "a word about a hold, "+word, convs)
	s.releases, s.onHold, s.code = g.hold, inside, g.code != ""
	if u.wire.did == nil && inside != nil {
		inside()
	}
	d := a.client.Reply(a.Person, g.m, word)
	u.dress(s, d, false)
	if g.hold.conv != nil {
		g.hold.conv.ticket.tell("%s answers the hold with %q", a.handle, word)
	}
	return u.post(s)
}

// end forgets the notices that carry a token which gives no right any more.
func (p *person) end(token string) {
	if p.ended == nil {
		p.ended = map[string]bool{}
	}
	p.ended[token] = true
	rest := p.inbox[:0]
	for _, g := range p.inbox {
		if g.m.Token() != token {
			rest = append(rest, g)
		}
	}
	p.inbox = rest
}
