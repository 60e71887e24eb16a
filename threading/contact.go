package threading

import (
	"fmt"

	"aside"
	"aside/threading/mark"
)

// contactPlacement places what a contact sends, and all automatic mail.
func (p *placer) contactPlacement() Placement {
	if p.automatic {
		p.returnedReadings()
	}
	p.contactTokens()
	if !p.automatic {
		p.bounceTokens()
	}
	p.contactIDs()
	p.foreignIDs()
	p.caseNumbers()
	p.contactTags()
	if len(p.readings) == 0 {
		return p.openedByContact()
	}
	won := mostPrivate(p.readings)
	if from, closed := p.outlived(won); closed {
		return p.continued(won, from)
	}
	out := p.fill(won)
	sender := p.speaker.Address
	out.Participant = won.at.current(sender)
	for _, r := range p.readings {
		if r.leaked && !out.Leaked {
			out.Leaked, out.LeakedHolder = true, r.holder
		}
		if r.at.id() == won.at.id() && p.isHolder(r.holder) && !out.HolderIsSender {
			out.Holder, out.HolderIsSender = r.holder, true
		}
	}
	if won.at.kind() != aside.Notes && !p.automatic && out.Participant == nil {
		out.Stranger = true
		out.Ended = out.Ended || won.at.left(sender) || won.named.left(sender)
	}
	out.Conflicts = conflicts(won, p.contradicting(won))
	out.Reason = explain(won, out, p.senderWords(out)...)
	return out
}

// openedByContact is a new ticket, or the notice without a ticket that came
// back.
func (p *placer) openedByContact() Placement {
	out := p.opened()
	if !p.automatic {
		return out
	}
	for _, t := range p.facts.Bounces {
		if t.Purpose == mark.NoticeBounce && t.Conversation == 0 {
			return Placement{NoTicket: true, Desk: out.Desk, Signal: SignalBounce, Where: t.Where,
				Bounced: &Bounced{Notice: t.Holder},
				Reason:  "A notice that belongs to no ticket came back."}
		}
	}
	return out
}

// senderWords say what is odd about the sender.
func (p *placer) senderWords(out Placement) []string {
	var s []string
	who := p.speaker.Address
	if who == "" {
		who = "the sender"
	}
	if out.Leaked {
		s = append(s, fmt.Sprintf("%s is no agent and wrote with an agent's token.", who))
	}
	switch {
	case out.Ended && out.Stranger:
		s = append(s, fmt.Sprintf("%s took part once and was removed.", who))
	case out.Stranger:
		s = append(s, fmt.Sprintf("%s takes no part in that conversation.", who))
	}
	if out.Unverified {
		s = append(s, "The sender is not verified.")
	}
	return s
}

// add keeps a reading of a contact's mail, after merges and successors.
func (p *placer) add(r reading) {
	r.at = p.followed(r.named)
	if !r.at.ok() || r.at.conversation().ReadOnly {
		return
	}
	p.readings = append(p.readings, r)
}

// followed is where a conversation leads to since it was merged or closed.
// Automatic mail opens nothing, and so stays with a closed ticket.
func (p *placer) followed(s spot) spot {
	s = p.index.live(s)
	if s.ok() && s.kind() == aside.Customer && !p.automatic {
		s = p.succeeded(s)
	}
	return s
}

// addLeaked keeps the reading of a mark that is no contact's in a contact's
// mail: a conversation that the contact is in, else the notes.
func (p *placer) addLeaked(r reading) {
	live := p.index.live(r.named)
	if !live.ok() {
		return
	}
	r.at = p.index.heardBy(live, p.speaker.Address)
	if !r.at.ok() {
		r.at = p.index.notes(live)
	} else {
		r.at = p.followed(r.at)
	}
	if !r.at.ok() || r.at.conversation().ReadOnly {
		return
	}
	if r.leaked {
		r.why += ", and belongs to an agent"
	} else {
		r.why += ", and nobody holds it any more"
	}
	if r.at.id() != live.id() {
		r.why += "; the mail is filed in " + describe(r.at.conversation())
	}
	p.readings = append(p.readings, r)
}

// succeeded follows a closed ticket to the ticket that continues it, while that
// one is open. With none open it returns the last of the chain.
func (p *placer) succeeded(s spot) spot {
	for range maxHops {
		if !p.closed(s.ticket.Ticket) || s.ticket.Ticket.Successor == 0 {
			return s
		}
		next := p.index.live(p.index.only(s.ticket.Ticket.Successor, aside.Customer))
		if !next.ok() || next.conversation().ReadOnly {
			return s
		}
		s = next
	}
	return s
}

// outlived reports whether the mail is the customer's own to a closed ticket, and
// which ticket the new one then continues. Mail of anybody else is filed there
// instead, of others who take part as well: they open no ticket in the
// customer's matter. Nor does who was the customer of a ticket that led there, by
// a merge or as the one before: the matter may be somebody else's by now.
func (p *placer) outlived(won reading) (continues aside.Ticket, yes bool) {
	t := won.at.ticket.Ticket
	if p.automatic || won.at.kind() != aside.Customer || !p.closed(t) {
		return t, false
	}
	return t, sameAddress(t.Requester, p.speaker.Address) && !won.at.left(p.speaker.Address)
}

// continued opens a ticket that continues a closed one.
func (p *placer) continued(won reading, closed aside.Ticket) Placement {
	return Placement{
		New: true, Desk: closed.Desk, Continues: closed.Number,
		Signal: won.signal, Where: won.where, Holder: won.holder,
		HolderIsSender: p.isHolder(won.holder),
		Unverified:     won.byFrom && !p.speaker.Verified,
		Reason: fmt.Sprintf("%s. #%d is closed, so the mail opens a ticket that continues it.",
			won.why, closed.Number),
	}
}

func (p *placer) isHolder(id uint64) bool {
	h := p.rows.Holders[id]
	return h.Participant != nil && sameAddress(h.Participant.Address, p.speaker.Address)
}

// contradicting are the readings that agents should hear of: what tokens and
// In-Reply-To name, and what would have won if it were not less private.
func (p *placer) contradicting(won reading) []reading {
	var out []reading
	for i, r := range p.readings {
		switch {
		case r.signal == SignalToken || r.signal == SignalInReplyTo || r.signal == SignalBounce:
			out = append(out, r)
		case i == 0 && r.at.kind().Privacy() < won.at.kind().Privacy():
			out = append(out, r)
		}
	}
	return out
}

// returnedReadings reads what an automatic mail says came back.
func (p *placer) returnedReadings() {
	p.bounceTokens()
	for _, id := range p.facts.Returned {
		named := p.index.byToken[id.Conversation]
		if !named.ok() {
			continue
		}
		b := &Bounced{Message: id.Message, Notice: id.Notice}
		if id.Purpose == mark.Internal {
			named = p.index.notes(named)
		}
		p.addBounce(named, InReturned, b)
	}
}

// bounceTokens reads the tokens of envelope senders. What a notice's bounce
// quotes is team matter: it is filed in the notes.
func (p *placer) bounceTokens() {
	for _, t := range p.facts.Bounces {
		named := p.index.byToken[t.Conversation]
		if t.Purpose == mark.NoticeBounce {
			p.addBounce(p.index.notes(named), t.Where, &Bounced{Notice: t.Holder})
			continue
		}
		p.addBounce(named, t.Where, &Bounced{Delivery: t.Holder})
	}
}

func (p *placer) addBounce(named spot, where Where, b *Bounced) {
	if !named.ok() {
		return
	}
	signal := SignalBounce
	if !p.automatic {
		signal, b = SignalToken, nil
	}
	p.add(reading{named: named, signal: signal, where: where, bounced: b,
		why: fmt.Sprintf("The return path in %s belongs to %s", where.words(), describe(named.conversation()))})
}

// contactTokens reads reply tokens.
func (p *placer) contactTokens() {
	for _, t := range p.facts.Tokens {
		named := p.index.byToken[t.Conversation]
		if !named.ok() {
			continue
		}
		r := reading{named: named, signal: SignalToken, where: t.Where, holder: t.Holder,
			why: fmt.Sprintf("The token in %s names %s", t.Where.words(), describe(named.conversation()))}
		h, known := p.rows.Holders[t.Holder]
		switch {
		case h.Participant != nil:
			p.add(r)
		case known || named.current(p.speaker.Address) == nil:
			r.leaked, r.ended = h.Agent != "", h.Ended || !known
			p.addLeaked(r)
		default:
			p.add(r) // a holder that a restored backup forgot
		}
	}
}

// contactIDs reads our Message-IDs. A notice's is an agent's mark wherever it
// stands.
func (p *placer) contactIDs() {
	for _, id := range p.facts.SignedIDs {
		named := p.index.byToken[id.Conversation]
		if !named.ok() {
			continue
		}
		r := reading{named: named, signal: idSignal(id.Where), where: id.Where,
			why: fmt.Sprintf("Our Message-ID in %s names %s", id.Where, describe(named.conversation()))}
		if id.Purpose == mark.Internal {
			r.holder, r.leaked = id.Holder, true
			r.ended = p.rows.Holders[id.Holder].Ended
			p.addLeaked(r)
			continue
		}
		p.add(r)
	}
}

func idSignal(w Where) Signal {
	if w == InReplyTo {
		return SignalInReplyTo
	}
	return SignalReferences
}

// foreignIDs reads Message-IDs of stored inbound mail, where the sender takes
// part in the conversation that holds it.
func (p *placer) foreignIDs() {
	for _, id := range p.facts.ForeignIDs {
		for _, row := range p.rows.ForeignIDs[id.ID] {
			if named := p.index.byID[row]; p.takesPart(named) {
				p.add(reading{named: named, signal: SignalMessageID, where: id.Where, byFrom: true,
					why: fmt.Sprintf("%s names an earlier mail in %s, where %s takes part",
						id.Where, describe(named.conversation()), p.speaker.Address)})
			}
		}
	}
}

// takesPart reports whether the sender is in a conversation, or in the one that
// it leads to since it was merged.
func (p *placer) takesPart(s spot) bool {
	if !s.ok() {
		return false
	}
	if s.current(p.speaker.Address) != nil {
		return true
	}
	live := p.index.live(s)
	return live.ok() && live.current(p.speaker.Address) != nil
}

// caseNumbers reads a vendor's case numbers, which count for a verified sender
// and where exactly one side conversation has learned them.
func (p *placer) caseNumbers() {
	if !p.speaker.Verified || p.speaker.Address == "" {
		return
	}
	for _, number := range p.facts.Cases {
		var ids []int64
		for _, id := range p.rows.Cases[number] {
			ids = appendNew(ids, id)
		}
		if len(ids) != 1 {
			continue
		}
		named := p.index.byID[ids[0]]
		if !named.ok() || named.kind() != aside.Side {
			continue
		}
		p.add(reading{named: named, signal: SignalCase, where: InSubject, byFrom: true,
			why: fmt.Sprintf("%s used the case number %s in %s and nowhere else",
				p.speaker.Address, number, describe(named.conversation()))})
	}
}

// contactTags reads subject tags, where the sender takes part. A tag that means
// two conversations means none.
func (p *placer) contactTags() {
	for _, tag := range p.facts.Tags {
		var in []spot
		for _, s := range p.index.tagged(tag) {
			if p.takesPart(s) {
				in = append(in, s)
			}
		}
		if len(in) != 1 {
			continue
		}
		p.add(reading{named: in[0], signal: SignalTag, where: InSubject, byFrom: true,
			why: fmt.Sprintf("The subject tag %s names %s, where %s takes part",
				tag, describe(in[0].conversation()), p.speaker.Address)})
	}
}
