package leak

import (
	"slices"
	"strings"

	"aside/test/harness"
)

// agentBlunders is what happens to people every day.
func (u *universe) agentBlunders(a *person, g *got) error {
	return pick(u, []func(*person, *got) error{u.completesAddress, u.greetsFirst, u.pastes, u.pastes, u.writesFromHome, u.mailboxResponds,
		u.asksColleague, u.changesHisMind, u.changesHisMind})(a, g)
}

// completesAddress writes to whom the client completed: an old reply address,
// or somebody outside with the desk in Cc.
func (u *universe) completesAddress(a *person, g *got) error {
	if other := pick(u, a.inbox); u.chance(50) && other.conv != nil && other.conv.live() != g.conv && other.hold == nil && other.m.Token() != "" {
		s := u.begin(a, "an address completed", []*conv{other.conv})
		d := a.client.Reply(a.Person, g.m, u.write(s.text()))
		d.To = []harness.Person{other.m.ReplyTo}
		u.dress(s, d, false)
		s.answers, s.loose = g.conv, true // held: it names two conversations
		if other.conv.kind == notesKind || g.conv.kind == notesKind {
			s.conv = other.conv.ticket.notes
		}
		return u.post(s)
	}
	p := pick(u, append(append([]*person(nil), u.vendors...), u.customers...))
	s := u.begin(a, "an answer to somebody else", []*conv{g.conv}, append(g.conv.heardBy(), p.Address)...)
	d := a.client.Top().Reply(a.Person, g.m, u.write(s.text()))
	d.Cc, d.To = d.To, []harness.Person{p.Person}
	u.dress(s, d, false)
	m, err := harness.ParseMail(d.Bytes())
	if err != nil {
		return err
	}
	p.keep(&got{m: m, conv: g.conv, direct: true, certain: true})
	a.end(g.m.Token())
	return u.post(s)
}

// greetsFirst puts a command that keeps a text inside where it does not count.
func (u *universe) greetsFirst(a *person, g *got) error {
	s := u.begin(a, "a command below a greeting", []*conv{g.conv})
	s.answers = nil // whatever is asked about it, it is kept inside
	line := pick(u, []string{"/note", "/nite", "/noye", "/Note", "/ note", "/note:", "\uff0fnote", "/sode " + pick(u, u.vendors).Address, "/side " + pick(u, u.vendors).Address})
	d := a.client.Reply(a.Person, g.m, "Hello "+strings.Fields(g.m.From.Name + " all")[0]+",\n\n"+line+"\n\n"+u.write(s.text()))
	u.dress(s, d, false)
	s.inward = true
	return u.post(s)
}

// pastes copies a line of a note, or of another conversation, into an answer:
// held, and let go only after it was shown.
func (u *universe) pastes(a *person, g *got) error {
	if g.conv.kind == notesKind {
		return nil
	}
	var from *canary
	line := ""
	for _, c := range g.conv.ticket.canaries {
		if c.in == nil || c != c.in.text() || c.in.draft == nil || len(c.convs) != 1 || c.convs[0] == g.conv || c.in.by.agent && !c.in.accepted || c.in.forged || c.in.guessed || !u.shown(c) {
			continue
		}
		if c.convs[0].kind == customerKind {
			continue // the customer's words may go to a vendor
		}
		if slices.ContainsFunc(g.conv.mails, func(s *sent) bool { return !s.by.agent && strings.Contains(s.draft.Text+s.draft.HTML, c.id) }) {
			continue // somebody of the audience has quoted it there: it counts as theirs
		}
		if known, err := u.isFiled(c.in, c.convs[0]); !known || err != nil {
			if err != nil {
				return err
			}
			continue // it was held and is nowhere yet, or began a ticket of its own
		}
		for _, l := range strings.Split(c.in.words, "\n") {
			if len(strings.Fields(l)) >= 16 && strings.Contains(l, c.id) && u.chance(50) &&
				strings.Contains(strings.Join(strings.Fields(c.in.draft.Text), " "), l) {
				from, line = c, l
			}
		}
	}
	if from == nil {
		return nil
	}
	line = pick(u, []string{line, line, strings.ToUpper(line), strings.ReplaceAll(line, " ", "  "), harness.Wrapped(line, 40)})
	s := u.begin(a, "a pasted passage", []*conv{g.conv}, g.conv.heardBy()...)
	s.also = append(s.also, from)
	s.onSend = append(s.onSend, func() { u.reg.allow(from, g.conv.heardBy()...) })
	if from.convs[0].kind == notesKind {
		s.needs = "send notes"
	}
	return u.agentSends(s, g, "", u.sentence(s.text())+"\n"+line+"\n"+u.sentence(s.text()), false)
}

// shown reports whether some agent was told of the words, so that they are
// known to have been taken.
func (u *universe) shown(c *canary) bool {
	u.reg.mu.Lock()
	defer u.reg.mu.Unlock()
	return slices.ContainsFunc(u.agents, func(a *person) bool { return c.heard[a.Address] })
}

// writesFromHome answers from an address that the installation does not know.
func (u *universe) writesFromHome(a *person, g *got) error {
	home := harness.Person{Name: a.Name, Address: a.handle + ".home@private.example"}
	s := u.begin(a, "an answer from home", []*conv{g.conv.ticket.notes})
	s.stranger, s.loose = true, true
	d := a.client.Top().Reply(home, g.m, pick(u, []string{"/note", "/resolve", "/add " + pick(u, u.vendors).Address, ""})+"\n\n"+u.write(s.text()))
	u.dress(s, d, false)
	return u.post(s)
}

// mailboxResponds lets the responder of an agent's mailbox answer a notice,
// with all of it: a code or a hold's words are not confirmed by it.
func (u *universe) mailboxResponds(a *person, _ *got) error {
	g := pick(u, a.inbox)
	for _, other := range a.inbox {
		if other.code != "" || other.hold != nil && u.chance(50) {
			g = other
		}
	}
	if g.conv == nil {
		return nil
	}
	s := u.begin(a, "an agent's responder", []*conv{g.conv.ticket.notes})
	s.stranger, s.loose = true, true
	d := a.client.Reply(a.Person, g.m, "I am away until Monday.\n"+u.sentence(s.text())+"\n\n"+g.m.Plain())
	d.Headers = append(d.Headers, [2]string{"Auto-Submitted", "auto-replied"})
	if u.chance(50) {
		d.Headers = [][2]string{{"X-Autoreply", "yes"}, {"Precedence", "bulk"}}
	}
	d.Envelope = "<>"
	u.dress(s, d, false)
	return u.post(s)
}

// asksColleague sends a notice on to a colleague, who answers it with an
// address that is not theirs.
func (u *universe) asksColleague(a *person, g *got) error {
	o := pick(u, u.agents)
	if o == a || g.m.Token() == "" {
		return nil
	}
	s := u.begin(o, "an answer with a colleague's address", []*conv{g.conv.ticket.notes})
	s.loose, s.inward = true, true
	d := o.client.Reply(o.Person, g.m, u.write(s.text()))
	u.dress(s, d, false)
	return u.post(s)
}

// changesHisMind takes an answer back before it has left.
func (u *universe) changesHisMind(a *person, g *got) error {
	if u.wire.pass == nil || g.conv.kind == notesKind {
		return u.agentReplies(a, g)
	}
	s := u.begin(a, "an answer taken back", []*conv{g.conv}, g.conv.heardBy()...)
	d := a.client.Top().Reply(a.Person, g.m, u.write(s.text()))
	u.dress(s, d, true)
	if err := u.post(s); err != nil || len(u.found) > 0 {
		return err
	}
	undo := u.begin(a, "an undo", []*conv{g.conv.ticket.notes})
	undo.moves = true
	undo.onAct = map[string]func(){"undone": func() {
		for _, c := range s.canaries {
			u.reg.forbid(c)
		}
	}}
	d = a.client.Top().Reply(a.Person, g.m, "/undo")
	u.dress(undo, d, false)
	if err := u.post(undo); err != nil || len(u.found) > 0 || u.chance(50) {
		return err
	}
	return u.answersTakenBack(a, s)
}

// answersTakenBack lets a colleague, who has a copy of an answer that was taken
// back, answer it between its lines.
func (u *universe) answersTakenBack(a *person, s *sent) error {
	for _, o := range u.agents {
		for _, g := range slices.Backward(o.inbox) {
			if o == a || g.about != s.text() || g.conv != s.conv {
				continue
			}
			own := o.client
			o.client = harness.NeomuttInterleaved()
			err := u.agentReplies(o, g)
			o.client = own
			return err
		}
	}
	return nil
}
