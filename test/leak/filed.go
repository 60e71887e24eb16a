package leak

import (
	"fmt"
	"slices"
	"strings"

	"aside/test/harness"
)

// placeAsFiled files a notice of words whose conversation was aside's to
// judge where the store has them, and holds the cue against that. The words of
// somebody who takes no part there must not look like a participant's.
func (u *universe) placeAsFiled(g *got, cue spot) ([]leak, error) {
	s := g.about.in
	now, ok, err := u.wire.filed(s.id)
	if err != nil || !ok {
		return nil, err
	}
	if cue != now && cue != s.filed {
		other, err := u.saidAt(g, cue)
		if err != nil {
			return nil, err
		}
		if other != nil { // the first words are quoted: a first mail is kept whole
			g.about, s, now = other, other.in, cue
		}
	}
	if cue != now && cue != s.filed {
		return []leak{{fmt.Sprintf("%s stands in %s, and the notice says %q", g.about.what, now, g.m.ReplyTo.Name), g.about, g.m, "", nil}}, nil
	}
	g.conv = u.convAt(g.about, cue)
	s.filed = now
	if g.conv == nil {
		return nil, nil
	}
	if t := g.conv.ticket; t.number == "" {
		who, err := u.wire.requester(cue.ticket)
		if err != nil {
			return nil, err
		}
		switch p := u.everybody[who]; {
		case who == t.requester || p == nil:
		case t.origin == nil && p != u.everybody[t.requester]:
			return []leak{{fmt.Sprintf("#%s is of %s, and %s began it", cue.ticket, who, t.requester), g.about, g.m, "", t}}, nil
		default: // another may have begun what this mail might have begun
			t.requester = who
			t.customer.join(who)
			u.acquaint(t.customer)
		}
	}
	u.note(g, cue.ticket, cue.tag)
	s.conv, s.judged = g.conv, true
	for _, c := range s.canaries {
		c.convs = []*conv{g.conv}
	}
	return nil, nil
}

// saidAt is what else stands in a notice and is a contact's at the very place
// that its cue names, if anything is.
func (u *universe) saidAt(g *got, cue spot) (*canary, error) {
	known, _ := u.reg.find(g.m.Words())
	for _, c := range known {
		if c.in == nil || c != c.in.text() || c.in.by.agent || c.in.id == "" {
			continue
		}
		at, ok, err := u.wire.filed(c.in.id)
		if err != nil {
			return nil, err
		}
		if ok && at == cue {
			return c, nil
		}
	}
	return nil, nil
}

// convAt is the model's conversation of a name: one where the words were
// thought to be, else any.
func (u *universe) convAt(about *canary, at spot) *conv {
	if c := u.match(about, at.kind, at.ticket, at.tag); c != nil {
		return c
	}
	t := u.byNumber[at.ticket]
	switch {
	case t == nil:
		return nil
	case at.kind == customerKind:
		return t.customer.live()
	case at.kind == notesKind:
		return t.notes.live()
	}
	if i := slices.IndexFunc(t.sides, func(c *conv) bool { return c.tag == at.tag }); i >= 0 {
		return t.sides[i]
	}
	return nil
}

// note takes down what a notice tells of its conversation.
func (u *universe) note(g *got, number, tag string) {
	g.conv.tag = tag
	if t := g.conv.ticket; t.number == "" {
		t.number = number
		u.byNumber[number] = t
		u.settle(t, g.about.in)
	}
	if s := g.about.in; !slices.Contains(g.conv.mails, s) {
		g.conv.mails = append(g.conv.mails, s)
	}
}

// joins lets somebody take part whom an agent's mail names, whenever that mail
// was carried out: at once, or when it was released, after a merge or others'
// commands. That it was an agent's is the audit's to say.
func (u *universe) joins(s *sent, a act) {
	word, where, _ := strings.Cut(a.what, " ")
	addr, by := strings.ToLower(a.actor), s
	if s.releases != nil {
		by = s.releases
	}
	if word != "joined" || !by.by.agent || by.draft == nil || !strings.Contains(strings.ToLower(by.draft.Text+by.draft.HTML), addr) {
		return
	}
	t := u.byNumber[fmt.Sprint(a.ticket)]
	if t == nil {
		return
	}
	c := t.customer.live()
	if side, tag, _ := strings.Cut(where, " "); side != "customer" {
		i := slices.IndexFunc(t.sides, func(c *conv) bool { return c.tag == tag })
		if i < 0 {
			return
		}
		c = t.sides[i]
	}
	if !c.may[addr] {
		c.join(addr)
		u.acquaint(c)
		u.showThread(c, addr)
		u.reg.allow(by.text(), c.heardBy()...)
	}
}

// isOf reports whether a mail's reply token names the conversation that the
// model takes it to be of.
func (u *universe) isOf(m *harness.Mail, c *conv) (bool, error) {
	if u.wire.names == nil {
		return true, nil
	}
	at, ok, err := u.wire.names(m.Token())
	return ok && at.ticket == c.ticket.number && at.kind == c.kind && (c.tag == "" || c.tag == at.tag), err
}

// standsIn reports whether the store has an agent's words where the model
// takes them to be: else a contact's answer to them is of another place.
func (u *universe) standsIn(s *sent, c *conv) (bool, error) {
	if u.wire.filed == nil || s.id == "" || c.ticket.number == "" {
		return true, nil
	}
	now, ok, err := u.wire.filed(s.id)
	return !ok || now.ticket == c.ticket.number && now.kind == c.kind && (c.tag == "" || c.tag == now.tag), err
}

// isFiled reports whether an accepted mail's words stand in the ticket where
// the model takes them to be.
func (u *universe) isFiled(s *sent, c *conv) (bool, error) {
	if u.wire.filed == nil || s.id == "" {
		return true, nil
	}
	now, ok, err := u.wire.filed(s.id)
	return ok && (c.ticket.number == "" || now.ticket == c.ticket.number), err
}
