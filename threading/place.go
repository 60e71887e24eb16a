package threading

import (
	"fmt"
	"strings"
	"time"

	"aside"
)

// Signal is what placed a mail. Its text is stored with the mail.
type Signal string

// The signals, strongest first.
const (
	SignalBounce     Signal = "bounce"      // automatic mail: what came back
	SignalToken      Signal = "token"       // signed token in an address
	SignalInReplyTo  Signal = "in-reply-to" // signed Message-ID there
	SignalReferences Signal = "references"  // signed Message-ID there
	SignalMessageID  Signal = "message-id"  // Message-ID of an inbound mail
	SignalCase       Signal = "case"        // a vendor's own case number
	SignalTag        Signal = "tag"         // subject tag
	SignalNew        Signal = "new"         // nothing named a conversation
)

// Rules are what placing depends on beside the rows.
type Rules struct {
	Now time.Time
	// ReopenFor is how long after its resolution a ticket is opened again by
	// its customer; later, a new ticket continues it. Zero means for ever.
	ReopenFor time.Duration
}

// Placement is where a mail belongs and what that rests on.
type Placement struct {
	// Ticket and Conversation are where the mail is filed; zero when it opens
	// a new ticket or answers a notice that belongs to none.
	Ticket       aside.Ticket
	Conversation aside.Conversation
	// New says that the mail opens a ticket at the desk Desk. From an agent it
	// means that no conversation was named.
	New  bool
	Desk string // address of the ticket's desk
	// Continues is the closed ticket that the new one is linked to; 0 if none.
	Continues int64
	// OtherDesks are further desks addressed, by address.
	OtherDesks []string

	Signal Signal
	Where  Where
	Reason string // sentences for /why

	// Participant is the sender's present part in the conversation; nil when
	// the sender has none.
	Participant *aside.Participant
	// Holder is the holder id that the deciding signal carried; 0 if it
	// carried none. HolderIsSender says that it is the sender's own.
	Holder         uint64
	HolderIsSender bool
	// Stranger: a contact who takes no part in the customer or side
	// conversation that the mail is filed in. Shown with the real sender, and
	// its notice offers /add.
	Stranger bool
	// Ended: the sender took part once and was removed, or the token is an
	// agent's that counts no longer.
	Ended bool
	// Leaked: a contact wrote with an agent's token or answered a notice.
	// LeakedHolder is the first such holder id, whatever decided the place;
	// that agent's tokens in the ticket are known outside.
	Leaked       bool
	LeakedHolder uint64
	// Unverified: the place rests on From, and From was not proved.
	Unverified bool
	// Closed: the ticket was resolved longer ago than it is opened again by
	// mail.
	Closed bool
	// FromTicket is the merged or closed ticket that the signal named, when
	// the mail is filed in the one it led to; 0 otherwise.
	FromTicket int64

	// Right: the speaker is an agent, and the mail carries that agent's own
	// token of this conversation, or answers a notice of it. Without it an
	// agent's words are recorded and do not leave.
	Right bool
	// Recorded: an agent wrote to a contact's token, so the contact has the
	// mail already.
	Recorded bool
	// Addressed: an agent's mail went to a reply address of the conversation,
	// or of one that led to it by a merge. Its right may rest on In-Reply-To
	// alone.
	Addressed bool
	// NoTicket: an agent answers a notice that belongs to no ticket.
	NoTicket bool
	// Notice is the token id of the notice in In-Reply-To, when it went to
	// this agent; 0 otherwise.
	Notice uint64

	// Conflicts are the other conversations that signals name. A contact's
	// mail went to the most private one; an agent's is to be held.
	Conflicts []Conflict
	// Bounced names what came back, for automatic mail; nil otherwise.
	Bounced *Bounced
}

// Conflict is a conversation that a signal names and the mail is not filed in.
type Conflict struct {
	Ticket       int64
	Conversation aside.Conversation
	Signal       Signal
	Where        Where
}

// Bounced is what automatic mail came back from: a delivery or a notice, by
// token id, or a message, known by its Message-ID only.
type Bounced struct {
	Delivery uint64
	Notice   uint64
	Message  uint64
}

// Place says where a mail belongs. Of the signals of section "Where a mail
// belongs" the first that answers wins, and where signals disagree the most
// private reading. A mail that nothing places opens a ticket.
func Place(f Facts, c Candidates, s Speaker, r Rules) Placement {
	p := placer{facts: f, rows: c, speaker: s, rules: r, index: newIndex(c),
		automatic: f.Kind.Automatic()}
	var out Placement
	if s.Agent != "" && !p.automatic {
		out = p.agentPlacement()
	} else {
		out = p.contactPlacement()
	}
	out.OtherDesks = p.otherDesks(out.Desk)
	return out
}

// placer holds what one call of Place works with.
type placer struct {
	facts     Facts
	rows      Candidates
	speaker   Speaker
	rules     Rules
	index     index
	automatic bool
	readings  []reading
}

// reading is what one signal says: a conversation, after merges and successors
// were followed.
type reading struct {
	at       spot
	named    spot // before they were followed
	signal   Signal
	where    Where
	why      string // how the signal names the conversation
	holder   uint64
	leaked   bool // an agent's mark in a contact's mail
	ended    bool // the mark counts no longer
	byFrom   bool // rests on From
	right    bool
	recorded bool
	bounced  *Bounced
}

// mostPrivate is the reading that wins: of the most private kind, the first.
func mostPrivate(readings []reading) reading {
	best := readings[0]
	for _, r := range readings[1:] {
		if r.at.kind().Privacy() > best.at.kind().Privacy() {
			best = r
		}
	}
	return best
}

// fill writes a reading into a placement.
func (p *placer) fill(won reading) Placement {
	out := Placement{
		Ticket: won.at.ticket.Ticket, Conversation: won.at.conversation(),
		Desk:   won.at.ticket.Ticket.Desk,
		Signal: won.signal, Where: won.where,
		Holder: won.holder, Ended: won.ended,
		Unverified: won.byFrom && !p.speaker.Verified,
		Right:      won.right && p.speaker.IsAgent(), Recorded: won.recorded && !won.right,
		Closed:  p.closed(won.at.ticket.Ticket),
		Bounced: won.bounced,
	}
	if n := won.named.ticket.Ticket.Number; n != out.Ticket.Number {
		out.FromTicket = n
	}
	return out
}

// closed reports whether a ticket is over: mail does not open it again.
func (p *placer) closed(t aside.Ticket) bool {
	return t.Status == aside.StatusResolved && p.rules.ReopenFor > 0 && !t.ResolvedAt.IsZero() &&
		p.rules.Now.Sub(t.ResolvedAt) > p.rules.ReopenFor
}

// opened is the placement of a mail that nothing places.
func (p *placer) opened() Placement {
	out := Placement{New: true, Signal: SignalNew}
	if len(p.facts.Desks) > 0 {
		out.Desk = p.facts.Desks[0]
	}
	switch {
	case out.Desk == "" || p.facts.DeskAssumed:
		out.Reason = "Nothing in the mail names a conversation or a desk, so it opens a ticket at the first desk."
	default:
		out.Reason = "Nothing in the mail names a conversation, so it opens a ticket at " + out.Desk + "."
	}
	return out
}

// otherDesks are the desks addressed beside the ticket's own.
func (p *placer) otherDesks(own string) []string {
	if p.facts.DeskAssumed {
		return nil
	}
	var out []string
	for _, d := range p.facts.Desks {
		if d != own {
			out = append(out, d)
		}
	}
	return out
}

// describe names a conversation in a sentence.
func describe(c aside.Conversation) string {
	switch {
	case c.Kind == aside.Notes:
		return fmt.Sprintf("the notes of #%d", c.Ticket)
	case c.Kind == aside.Side && c.Tag != "":
		return fmt.Sprintf("the side conversation #%d-%s", c.Ticket, c.Tag)
	case c.Kind == aside.Side:
		return fmt.Sprintf("a side conversation of #%d", c.Ticket)
	default:
		return fmt.Sprintf("the customer conversation of #%d", c.Ticket)
	}
}

// explain makes the sentences of a placement.
func explain(won reading, out Placement, more ...string) string {
	s := []string{won.why + "."}
	if out.FromTicket != 0 {
		verb := "is closed"
		if won.named.ticket.Ticket.MergedInto != 0 {
			verb = "was merged"
		}
		s = append(s, fmt.Sprintf("#%d %s and leads to #%d.", out.FromTicket, verb, out.Ticket.Number))
	}
	for _, c := range out.Conflicts {
		s = append(s, fmt.Sprintf("But %s names %s.", signalWords(c.Signal, c.Where), describe(c.Conversation)))
	}
	return strings.Join(append(s, more...), " ")
}

// signalWords names a signal in a sentence.
func signalWords(s Signal, w Where) string {
	switch s {
	case SignalBounce:
		return "the returned mail"
	case SignalToken:
		return "the token in " + w.words()
	case SignalInReplyTo, SignalReferences:
		return "our Message-ID in " + string(w)
	case SignalMessageID:
		return "the Message-ID in " + string(w)
	case SignalCase:
		return "the sender's case number in the subject"
	default:
		return "the subject tag"
	}
}

// conflicts lists the conversations, other than the one that won, of the
// readings that count as contradicting it, each once.
func conflicts(won reading, others []reading) []Conflict {
	var out []Conflict
	seen := map[int64]bool{won.at.id(): true}
	for _, r := range others {
		if seen[r.at.id()] {
			continue
		}
		seen[r.at.id()] = true
		out = append(out, Conflict{Ticket: r.at.ticket.Ticket.Number,
			Conversation: r.at.conversation(), Signal: r.signal, Where: r.where})
	}
	return out
}
