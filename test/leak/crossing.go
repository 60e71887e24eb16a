package leak

import (
	"slices"
	"strings"
)

// agentCrosses answers a vendor's mail or a note with words for the customer.
func (u *universe) agentCrosses(a *person, g *got) error {
	if g.conv.kind == customerKind {
		return u.agentReplies(a, g)
	}
	t := g.conv.ticket
	s := u.begin(a, "an answer across", []*conv{t.customer}, t.customer.heardBy()...)
	return u.agentSends(s, g, pick(u, []string{"/reply", "/Reply", "/reply."}), u.write(s.text()), true)
}

// agentPastesFile puts a file of another conversation beside an answer: held, and
// let go only after it was shown.
func (u *universe) agentPastesFile(a *person, g *got) error {
	if g.conv.kind == notesKind {
		return nil
	}
	for _, c := range g.conv.ticket.canaries {
		if !strings.HasPrefix(c.what, "name of a file") || c.in == nil || c.in.draft == nil || len(c.convs) != 1 || c.convs[0] == g.conv ||
			c.convs[0].kind == customerKind || c.in.by.agent && !c.in.accepted || c.in.forged || c.in.guessed || !u.shown(c.in.text()) {
			continue
		}
		if known, err := u.isFiled(c.in, c.convs[0]); !known || err != nil {
			if err != nil {
				return err
			}
			continue
		}
		for _, f := range c.in.draft.Files {
			if !strings.Contains(f.Name, c.id) || !u.chance(50) {
				continue
			}
			s := u.begin(a, "a file of elsewhere", []*conv{g.conv}, g.conv.heardBy()...)
			var of []*canary
			for _, o := range c.in.canaries {
				if o == c || strings.HasPrefix(o.what, "file of") {
					of = append(of, o)
				}
			}
			s.also = append(s.also, of...)
			s.onSend = append(s.onSend, func() {
				for _, o := range of {
					u.reg.allow(o, g.conv.heardBy()...)
				}
			})
			if c.convs[0].kind == notesKind {
				s.needs = "send notes"
			}
			d := a.client.Reply(a.Person, g.m, u.write(s.text()))
			d.Files = append(slices.Clone(d.Files), f)
			u.dress(s, d, false)
			s.answers = g.conv
			return u.post(s)
		}
	}
	return nil
}
