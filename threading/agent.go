package threading

import (
	"fmt"
	"slices"
	"strings"

	"aside/threading/mark"
)

// agentPlacement places what an agent sends, or somebody who claims to be one.
// Only the agent's own token, or a notice of the agent's own in In-Reply-To,
// gives a right; everything else only names a conversation. Signals that rest
// on taking part do not apply: agents are never participants.
func (p *placer) agentPlacement() Placement {
	p.agentTokens()
	p.agentIDs(InReplyTo)
	if len(p.readings) == 0 {
		p.agentIDs(InReferences)
		if len(p.readings) > 1 {
			p.readings = p.readings[:1] // the newest
		}
	}
	notice := p.answeredNotice()
	if len(p.readings) == 0 {
		out := p.agentWithoutTicket()
		out.Notice = notice
		return out
	}
	won := p.agentReading()
	out := p.fill(won)
	out.HolderIsSender = p.own(won.holder)
	out.Notice = notice
	out.Addressed = slices.ContainsFunc(p.readings, func(r reading) bool { return r.signal == SignalToken && r.at.id() == won.at.id() })
	out.Conflicts = conflicts(won, p.readings)
	out.Reason = explain(won, out, p.rightWords(won, out)...)
	return out
}

// agentReading is the most private conversation named, and of the readings that
// name it the one with the most right.
func (p *placer) agentReading() reading {
	won := mostPrivate(p.readings)
	for _, r := range p.readings {
		if r.at.id() == won.at.id() && r.right && !won.right {
			return r
		}
	}
	return won
}

// agentWithoutTicket is an answer to a notice without a ticket, else a mail to
// the desk itself.
func (p *placer) agentWithoutTicket() Placement {
	out := p.opened()
	out.Reason = "Nothing in the mail names a conversation, so it is for " + out.Desk + " itself."
	if out.Desk == "" || p.facts.DeskAssumed {
		out.Reason = "Nothing in the mail names a conversation or a desk, so it is for the first desk."
	}
	answered := func(holder uint64, w Where) Placement {
		return Placement{NoTicket: true, Right: p.speaker.IsAgent(), Desk: out.Desk, Signal: SignalToken,
			Where: w, Holder: holder, HolderIsSender: true,
			Reason: "The mail answers a notice that belongs to no ticket."}
	}
	for _, t := range p.facts.Tokens {
		if t.Conversation == 0 && p.own(t.Holder) {
			return answered(t.Holder, t.Where)
		}
	}
	for _, id := range p.facts.SignedIDs {
		if id.Where == InReplyTo && id.Purpose == mark.Internal && id.Conversation == 0 && p.own(id.Holder) {
			return answered(id.Holder, id.Where)
		}
	}
	return out
}

// rightWords say what an agent's mail may not do, and why.
func (p *placer) rightWords(won reading, out Placement) []string {
	switch {
	case out.Recorded:
		return []string{"The token is a contact's, so the mail is recorded and goes to nobody."}
	case out.Ended:
		return []string{"The token counts no longer, so the mail stays in the notes."}
	case !p.speaker.IsAgent() && won.at.kind() != won.named.kind():
		return []string{fmt.Sprintf("Nothing proves that %s wrote it, so it belongs to %s.",
			p.speaker.Agent, describe(out.Conversation))}
	case !p.speaker.IsAgent():
		return []string{fmt.Sprintf("Nothing proves that %s wrote it.", p.speaker.Agent)}
	case !out.Right && won.at.kind() != won.named.kind():
		return []string{fmt.Sprintf("The token is not %s's own, so the mail stays in %s.",
			p.speaker.Agent, describe(out.Conversation))}
	case !out.Right:
		return []string{fmt.Sprintf("It carries no token of %s, so nothing leaves by it.", p.speaker.Agent)}
	}
	return nil
}

// own reports whether a holder id is the speaking agent's, and counts.
func (p *placer) own(holder uint64) bool {
	h := p.rows.Holders[holder]
	return p.isMine(h) && !h.Ended
}

func (p *placer) isMine(h Holder) bool {
	return h.Agent != "" && strings.EqualFold(h.Agent, p.speaker.Agent)
}

func (p *placer) agentTokens() {
	for _, t := range p.facts.Tokens {
		named := p.index.byToken[t.Conversation]
		if !named.ok() {
			continue
		}
		p.addOwned(reading{named: named, signal: SignalToken, where: t.Where, holder: t.Holder,
			why: fmt.Sprintf("The token in %s names %s", t.Where.words(), describe(named.conversation()))}, true)
	}
	for _, t := range p.facts.Bounces {
		named := p.index.byToken[t.Conversation]
		p.addAgent(reading{named: named, signal: SignalToken, where: t.Where}, p.index.notes(named),
			"The return path in %s belongs to %s")
	}
}

// agentIDs reads our Message-IDs in one header.
func (p *placer) agentIDs(where Where) {
	for _, id := range p.facts.SignedIDs {
		named := p.index.byToken[id.Conversation]
		if id.Where != where || !named.ok() {
			continue
		}
		r := reading{named: named, signal: idSignal(where), where: where, holder: id.Holder}
		const why = "Our Message-ID in %s names %s"
		if id.Purpose == mark.External {
			p.addAgent(r, p.index.live(named), why)
			continue
		}
		r.why = fmt.Sprintf(why, where, describe(named.conversation()))
		p.addOwned(r, where == InReplyTo)
	}
}

// addOwned keeps the reading of a mark that has a holder. The agent's own names
// its conversation and, where it may, gives the right to speak there; a
// contact's only names it; an ended one, a colleague's, and one that nobody
// holds lead to the notes.
func (p *placer) addOwned(r reading, mayGiveRight bool) {
	h := p.rows.Holders[r.holder]
	switch {
	case p.isMine(h) && !h.Ended:
		r.right = mayGiveRight
		r.at = p.index.live(r.named)
	case h.Participant != nil:
		r.recorded = true
		r.at = p.index.live(r.named)
	default:
		r.ended = h.Ended || h == Holder{}
		r.at = p.index.notes(p.index.live(r.named))
	}
	p.keep(r)
}

// addAgent keeps a reading that gives no right.
func (p *placer) addAgent(r reading, at spot, why string) {
	if !r.named.ok() {
		return
	}
	r.at = at
	r.why = fmt.Sprintf(why, r.where.words(), describe(r.named.conversation()))
	p.keep(r)
}

func (p *placer) keep(r reading) {
	if r.at.ok() && !r.at.conversation().ReadOnly {
		p.readings = append(p.readings, r)
	}
}

// answeredNotice is the notice of this agent's own that In-Reply-To names.
func (p *placer) answeredNotice() uint64 {
	for _, id := range p.facts.SignedIDs {
		if id.Where == InReplyTo && id.Purpose == mark.Internal && p.isMine(p.rows.Holders[id.Holder]) {
			return id.Notice
		}
	}
	return 0
}
