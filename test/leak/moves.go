package leak

import (
	"fmt"
	"strings"
)

// What these actions bring about is known from the log of acts alone, so they
// are played in process only.

// agentMoves merges, splits, or makes somebody else the customer, while others
// answer what they got before.
func (u *universe) agentMoves(a *person, g *got) error {
	if u.wire.did == nil || g.conv.ticket.number == "" {
		return u.agentReplies(a, g)
	}
	return pick(u, []func(*person, *got) error{u.agentMerges, u.agentMerges, u.agentSplits, u.agentChangesRequester})(a, g)
}

func (u *universe) agentMerges(a *person, g *got) error {
	t := g.conv.ticket
	var into *ticket
	for _, o := range u.tickets {
		if o != t && o.number != "" && o.merged == nil && (o.requester == t.requester || u.chance(5)) {
			into = o
		}
	}
	if into == nil || t.merged != nil {
		return u.agentReplies(a, g)
	}
	s := u.begin(a, "a merge", []*conv{t.notes})
	s.moves = true
	s.onAct = map[string]func(){"merged": func() {
		t.merged = into
		t.kin = append(t.kin, into)
		into.tell("took in #%s", t.number)
		for _, c := range t.sides {
			c.ticket = into
			into.sides = append(into.sides, c)
		}
		t.sides = nil
	}}
	d := a.client.Top().Reply(a.Person, g.m, "/merge "+into.number)
	u.dress(s, d, false)
	return u.post(s)
}

// agentSplits starts a ticket with the mail that is answered.
func (u *universe) agentSplits(a *person, g *got) error {
	if g.about == nil || g.about.in.by.agent || g.about.in.forged || g.conv.kind != customerKind || len(g.about.convs) != 1 {
		return u.agentReplies(a, g)
	}
	in, t := g.about.in, g.conv.ticket
	from := strings.ToLower(in.draft.From.Address)
	s := u.begin(a, "a split", []*conv{t.notes})
	s.moves = true
	s.onAct = map[string]func(){"split": func() {
		own := newTicket(from)
		own.origin = t
		u.ghosts = append(u.ghosts, own)
		own.born = u.steps
		for _, c := range in.canaries {
			c.convs = append(append([]*conv(nil), c.convs...), own.customer)
		}
		u.mayOpen(in, in.draft, own.customer)
		t.kin = append(t.kin, own)
	}}
	d := a.client.Top().Reply(a.Person, g.m, "/split")
	u.dress(s, d, false)
	return u.post(s)
}

// agentChangesRequester makes somebody else the customer: whoever was it hears
// nothing more.
func (u *universe) agentChangesRequester(a *person, g *got) error {
	t := g.conv.ticket
	p := pick(u, u.customers)
	to, old := strings.ToLower(p.Address), t.requester
	if to == old || t.merged != nil || g.conv.kind != customerKind {
		return u.agentReplies(a, g)
	}
	s := u.begin(a, "another customer", []*conv{t.customer})
	s.moves = true
	s.onAct = map[string]func(){"requester": func() {
		t.requester = to
		for _, c := range append([]*conv{t.customer}, t.sides...) {
			delete(c.may, old)
			delete(c.sure, old)
		}
		t.customer.join(to)
		t.customer.sure[to] = true
		u.acquaint(t.customer)
		u.showThread(t.customer, to)
		for _, addr := range t.customer.heardBy() {
			if s.draft.Text != "" {
				u.reg.allow(s.text(), addr)
			}
		}
	}}
	for addr := range t.customer.may {
		if addr != old {
			u.reg.allow(s.text(), addr)
		}
	}
	u.reg.allow(s.text(), to)
	return u.agentSends(s, g, fmt.Sprintf("/requester %s", p.Address), u.write(s.text()), false)
}
