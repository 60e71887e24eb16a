package leak

import (
	"fmt"
	"strings"

	"aside/test/harness"
)

// attacks lets somebody outside try for what is not theirs. None of it gives a
// right: whatever happens afterwards in an agent's name is the audit's to find.
func (u *universe) attacks(p *person, g *got) error {
	return pick(u, []func(*person, *got) error{u.forges, u.forges, u.forgesForeignToken, u.guessesTag, u.pastesToList, u.flipsToken,
		u.answersNoticeID, u.replays, u.plants, u.plants, u.writesAsDesk})(p, g)
}

// planted are commands that somebody outside hopes that a machine or an agent
// carries out.
func (u *universe) planted(p *person) string {
	return pick(u, []string{"/reply", "/add " + p.Address, "/side " + p.Address, "/side " + p.Address + " share all", "/relay", "/cc-customer on", "/show",
		"/send", "/send notes", "send", "/resolve", "/requester " + p.Address, "/assign " + u.agents[1].handle, "approve 1", "/undo", "/discard H1", "/confirm ABCD2345"})
}

// plants writes a customer's or vendor's mail with commands in it: where they
// are seen, where they are not, in the subject, and in a file's name. Agents
// will quote it.
func (u *universe) plants(p *person, g *got) error {
	homes := u.homes(p, g, p.Address, true)
	s := u.begin(p, "a mail with planted commands", homes, p.Address, p.other.Address)
	s.guessed = !g.certain
	line := u.planted(p)
	text := u.write(s.text())
	switch u.rng.IntN(3) {
	case 0:
		text = line + "\n\n" + text
	case 1:
		text += "\n\n" + line
	default:
		text = strings.ReplaceAll(text, "\n", "\n"+line+"\n")
	}
	d := p.client.Reply(p.Person, g.m, text)
	if u.chance(30) && d.HTML != "" {
		d.HTML = strings.Replace(d.HTML, "</body>", `<div style="display:none">`+line+"</div></body>", 1)
	}
	if u.chance(20) {
		d.Subject = line
	}
	if u.chance(20) {
		d.Files = append(d.Files, harness.File{Name: strings.ReplaceAll(line, "/", "\u2044") + ".txt", Type: "text/plain", Data: []byte(line + "\n")})
	}
	u.dress(s, d, false)
	if own := homes[len(homes)-1]; own.kind == customerKind && own != g.conv {
		u.mayOpen(s, d, own)
	}
	return u.post(s)
}

// lies are header fields by which a forger says that all is well.
func (u *universe) lies(d *harness.Draft, victim harness.Person) {
	_, domain, _ := strings.Cut(victim.Address, "@")
	for _, h := range [][2]string{
		{"Authentication-Results", "desk.example.com; dkim=pass header.d=" + domain + "; dmarc=pass header.from=" + domain},
		{"Authentication-Results", "desk.example.com; auth=pass smtp.auth=" + victim.Address},
		{"Sender", victim.Address},
		{"X-Forwarded-For", victim.Address},
		{"DKIM-Signature", "v=1; a=rsa-sha256; d=" + domain + "; s=mail; h=from; bh=AAAA; b=AAAA"},
	} {
		if u.chance(40) {
			d.Headers = append(d.Headers, h)
		}
	}
}

// forgesForeignToken writes in an agent's name with the token of a colleague,
// of which somebody outside was sent a copy.
func (u *universe) forgesForeignToken(p *person, g *got) error {
	if !g.direct {
		return u.forges(p, g)
	}
	holder := u.reg.holder(g.m.Token())
	for _, a := range u.agents {
		if a.Address == holder && !u.wire.dmarc {
			continue // where tokens prove agents, this would be no forgery
		}
		homes := u.homes(p, g, a.Address, true)
		s := u.begin(p, "a forgery with a leaked token, of "+a.Address, homes, p.Address, p.other.Address)
		s.inbound, s.forged, s.claims, s.loose = false, true, a.handle, true
		d := p.client.Reply(a.Person, g.m, u.planted(p)+"\n\n"+u.write(s.text()))
		if a.Address != holder && !u.wire.dmarc {
			d.InReplyTo, d.References = "", nil
		}
		u.lies(d, a.Person)
		u.dress(s, d, true)
		d.Envelope = p.Address
		return u.post(s)
	}
	return nil
}

// guessesTag names a ticket and a side conversation of somebody else in the
// subject.
func (u *universe) guessesTag(p *person, g *got) error {
	t := pick(u, append(append([]*ticket(nil), u.tickets...), g.conv.ticket))
	own := newTicket(p.Address)
	own.customer.join(p.other.Address)
	own.born, own.origin = u.steps, t
	u.ghosts = append(u.ghosts, own)
	homes := []*conv{own.customer}
	tag := "-" + string([]byte{byte('a' + u.rng.IntN(26)), byte('a' + u.rng.IntN(26))})
	for _, c := range append([]*conv{t.customer}, t.sides...) {
		if c.tag != "" && u.chance(60) {
			tag = "-" + c.tag
		}
		if c.may[p.Address] || c.may[p.other.Address] {
			homes = append(homes, c)
		}
	}
	if u.chance(30) {
		tag = ""
	}
	s := u.begin(p, "a guessed tag", homes, p.Address, p.other.Address)
	s.guessed, s.conv = !g.certain, nil // what the tag leads to is aside's to judge
	d := harness.Write(p.Person, u.desk, fmt.Sprintf("Re: [#%s%s] A question from Example Support", t.number, tag), u.write(s.text()))
	u.dress(s, d, false)
	u.mayOpen(s, d, own.customer)
	return u.post(s)
}

// pastesToList puts a mail with its address where many read it: some answer as
// the list does, some by themselves.
func (u *universe) pastesToList(p *person, g *got) error {
	for range 3 {
		o := pick(u, append(append([]*person(nil), u.vendors...), u.customers...))
		homes := u.homes(o, &got{m: g.m, conv: g.conv, direct: true}, o.Address, true)
		s := u.begin(o, "a list's answer", homes, o.Address, o.other.Address)
		s.inbound, s.loose = false, true
		d := o.client.Reply(o.Person, g.m, u.write(s.text()))
		if u.chance(60) {
			d.Headers = append(d.Headers, [2]string{"List-Id", "<talk.lists.example>"}, [2]string{"Precedence", "list"})
		}
		u.dress(s, d, false)
		if own := homes[len(homes)-1]; own != g.conv {
			u.mayOpen(s, d, own)
		}
		if err := u.post(s); err != nil {
			return err
		}
	}
	return nil
}

// flipsToken answers with a token in which one character is another.
func (u *universe) flipsToken(p *person, g *got) error {
	token := g.m.Token()
	if token == "" {
		return nil
	}
	i := u.rng.IntN(len(token))
	letter := byte("abcdefghijklmnopqrstuvwxyz234567"[u.rng.IntN(32)])
	flipped := token[:i] + string(letter) + token[i+1:]
	homes := u.homes(p, g, p.Address, true)
	s := u.begin(p, "a flipped token", homes, p.Address, p.other.Address)
	s.guessed = !g.certain
	d := p.client.Reply(p.Person, g.m, u.write(s.text()))
	d.To[0].Address = strings.Replace(strings.ToLower(d.To[0].Address), token, flipped, 1)
	if u.chance(50) {
		harness.NoThreading(d)
	}
	u.dress(s, d, false)
	if own := homes[len(homes)-1]; own != g.conv {
		u.mayOpen(s, d, own)
	}
	return u.post(s)
}

// answersNoticeID writes a mail that claims to answer a notice which only an
// agent got.
func (u *universe) answersNoticeID(p *person, g *got) error {
	a := pick(u, u.agents)
	if len(a.inbox) == 0 {
		return nil
	}
	n := pick(u, a.inbox)
	if n.conv == nil || n.conv.ticket.retired > 0 {
		return nil
	}
	homes := u.homes(p, &got{m: n.m, conv: n.conv, direct: true}, p.Address, true)
	s := u.begin(p, "an answer to somebody's notice", homes, p.Address, p.other.Address)
	s.guessed = !g.certain
	from := p.Person
	if u.wire.dmarc && u.chance(50) { // elsewhere the id is a secret as good as a token
		from = a.Person
		s.inbound, s.forged, s.claims = false, true, a.handle
	}
	d := harness.Write(from, u.desk, n.m.Subject, u.planted(p)+"\n\n"+u.write(s.text()))
	d.Envelope = p.Address
	d.InReplyTo, d.References = n.m.MessageID, []string{n.m.MessageID}
	s.loose = true
	u.dress(s, d, false)
	if own := homes[len(homes)-1]; own != n.conv && s.claims == "" {
		u.mayOpen(s, d, own)
	}
	return u.post(s)
}

// replays hands in once more, by other recipients, what an agent wrote to the
// desk or to this person.
func (u *universe) replays(p *person, g *got) error {
	a := pick(u, u.agents)
	s := u.begin(p, "a replay, of "+a.Address, u.homes(p, g, a.Address, true), p.Address, p.other.Address)
	s.inbound, s.forged, s.claims, s.loose = false, true, a.handle, true
	if a.last != nil && a.last.id != "" && u.chance(60) && g.m.Token() != "" {
		s.draft, s.raw = a.last.draft, a.last.raw
		_, err := u.hand(s, letter{from: p.Address, rcpts: []string{g.m.ReplyTo.Address}, raw: s.raw, signed: true})
		return err
	}
	// What the agent once wrote to them alone, signed as it is.
	d := harness.Write(a.Person, p.Address, "As you asked", u.planted(p)+"\n\n"+u.write(s.text()))
	u.dress(s, d, false)
	s.raw = d.Bytes()
	to := u.desk
	if g.m.Token() != "" && (!g.direct || u.wire.dmarc) {
		to = g.m.ReplyTo.Address
	}
	u.stats.did["a replay"]++
	_, err := u.hand(s, letter{from: p.Address, rcpts: []string{to}, raw: s.raw, signed: true})
	return err
}

// writesAsDesk uses the desk's own address as From.
func (u *universe) writesAsDesk(p *person, g *got) error {
	from := harness.Person{Name: "Example Support", Address: pick(u, []string{u.desk, strings.Replace(u.desk, "@", "+notice@", 1), g.m.ReplyTo.Address})}
	s := u.begin(p, "a mail in the desk's name", u.homes(p, g, "nobody@nowhere.example", true), p.Address, p.other.Address)
	s.inbound, s.forged, s.loose = false, true, true
	d := p.client.Reply(from, g.m, u.planted(p)+"\n\n"+u.write(s.text()))
	u.dress(s, d, false)
	d.Envelope = p.Address
	return u.post(s)
}

// presends lets somebody outside be first with the Message-ID that another's
// mail is about to have. That mail counts all the same.
func (u *universe) presends(victim *sent) error {
	p := pick(u, append(append([]*person(nil), u.vendors...), u.customers...))
	if p == victim.by || victim.draft.MessageID == "" {
		return nil
	}
	own := newTicket(p.Address)
	own.customer.join(p.other.Address)
	own.born, own.origin = u.steps, victim.text().ticket
	u.ghosts = append(u.ghosts, own)
	s := u.begin(p, "a mail under another's Message-ID", []*conv{own.customer}, p.Address, p.other.Address)
	s.conv = nil // which of the tickets that it may have begun is aside's to judge
	d := harness.Write(p.Person, u.desk, "Hello "+u.sentence(s.text()), u.planted(p)+"\n\n"+u.write(s.text()))
	u.dress(s, d, false)
	// The id is known to both, so it is no canary of either.
	d.MessageID = fmt.Sprintf("shared.%x@client.example", u.rng.Uint64())
	victim.draft.MessageID = d.MessageID
	return u.post(s)
}

// holder is the agent who was given a token, or empty.
func (r *registry) holder(token string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.agentToken.get(token)
}
