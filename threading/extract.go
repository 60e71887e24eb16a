package threading

import (
	"slices"

	"aside"
	"aside/threading/mark"
)

// Where is the part of a mail in which a signal stood.
type Where string

// The places of signals, in the order in which they are looked at.
const (
	InEnvelope    Where = "envelope"
	InDeliveredTo Where = "Delivered-To"
	InTo          Where = "To"
	InCc          Where = "Cc"
	InResentTo    Where = "Resent-To"
	InReplyTo     Where = "In-Reply-To"
	InReferences  Where = "References"
	InReturned    Where = "returned mail"
	InSubject     Where = "subject"
)

// FoundToken is a valid token and where it stood.
type FoundToken struct {
	mark.Token
	Where Where
}

// FoundID is a valid Message-ID of ours and where it stood.
type FoundID struct {
	mark.SignedID
	Where Where
}

// ForeignID is a Message-ID that is not ours, without angle brackets, and where
// it stood.
type ForeignID struct {
	ID    string
	Where Where
}

// Facts are the signals of one mail that bear on where it belongs and who
// speaks. Nothing in them has been looked up yet.
type Facts struct {
	Kind       aside.MailKind
	NullSender bool
	AuthAgent  string // handle proved by AUTH; empty otherwise
	Verdict    aside.Verdict
	From       []aside.Address // all of From

	Tokens     []FoundToken // Reply tokens by place, each once
	Bounces    []FoundToken // Bounce and NoticeBounce tokens by place, each once
	SignedIDs  []FoundID    // In-Reply-To, then References from the newest
	Returned   []FoundID    // what a bounce says came back
	ForeignIDs []ForeignID  // In-Reply-To, then References from the newest
	Tags       []SubjectTag
	Cases      []string // vendors' case numbers in the subject
	// Desks are the desks addressed, by address, the first named before the
	// others. A mail that names none is taken for the first desk's, and
	// DeskAssumed is set.
	Desks       []string
	DeskAssumed bool
	// ToUs reports that To or Cc names an address of ours.
	ToUs bool
}

// Needs are the rows that the signals of a mail refer to.
type Needs struct {
	Conversations []uint64 // token ids
	Holders       []uint64 // holder ids
	Messages      []uint64 // message token ids
	Notices       []uint64 // notice token ids
	Deliveries    []uint64 // delivery token ids
	ForeignIDs    []string // Message-IDs of inbound mail
	Tickets       []int64  // numbers, from subject tags
	// Cases are vendors' case numbers; what they lead to was learned from mail
	// of the same Sender.
	Cases  []string
	Sender string // folded address
}

// The most that is read of one mail. Signed marks beyond it are no honest
// mail's.
const (
	maxSignals    = 100
	maxAddresses  = 2000
	maxReferences = 50
	maxIDLength   = 998
)

// Extract reads all signals of a mail. Delivered-To and its kin count only in
// pulled mail, where they stand for the envelope; elsewhere any sender could
// write them.
func Extract(keys *mark.KeyRing, dir *aside.Directory, in *aside.Inbound) Facts {
	m := in.Mail
	if m == nil {
		m = &aside.Mail{}
	}
	f := Facts{
		Kind:       m.Kind,
		NullSender: in.MailFrom == "" || in.MailFrom == "<>",
		AuthAgent:  in.AuthAgent,
		Verdict:    in.Verdict,
		From:       m.FromAll,
	}
	if len(f.From) == 0 && m.From.Address != "" {
		f.From = []aside.Address{m.From}
	}
	x := extraction{keys: keys, dir: dir, facts: &f, left: maxAddresses}
	x.addresses(InEnvelope, in.Recipients)
	if in.Channel == aside.ChannelPull {
		x.addresses(InDeliveredTo, m.DeliveredTo)
	}
	cameFor := f.Desks
	f.Desks = nil
	x.mailboxes(InTo, m.To)
	x.mailboxes(InCc, m.Cc)
	f.Desks = firstNamed(cameFor, f.Desks)
	x.mailboxes(InResentTo, m.ResentTo)
	x.ids(InReplyTo, m.InReplyTo)
	x.ids(InReferences, newestFirst(m.References))
	if m.Original != nil {
		if id, ok := keys.ParseMessageID(m.Original.MessageID); ok {
			f.Returned = append(f.Returned, FoundID{id, InReturned})
		}
	}
	f.Tags = SubjectTags(m.Subject)
	f.Cases = foreignCases(m.Subject)
	if len(f.Desks) == 0 && len(dir.Desks) > 0 {
		f.Desks, f.DeskAssumed = []string{dir.Desks[0].Address}, true
	}
	return f
}

// firstNamed orders the desks that a mail came for and those that its header
// names. The order of the envelope is that of mail servers, which sort and split
// recipients; the writer's stands in the header, if that names a desk that the
// mail came for. Else it was sent on or copied blindly.
func firstNamed(cameFor, header []string) []string {
	first, then := cameFor, header
	if slices.ContainsFunc(header, func(d string) bool { return slices.Contains(cameFor, d) }) {
		first, then = header, cameFor
	}
	for _, d := range then {
		first = appendNew(first, d)
	}
	return first
}

// extraction collects facts.
type extraction struct {
	keys  *mark.KeyRing
	dir   *aside.Directory
	facts *Facts
	left  int // addresses that are still looked at
}

func (x *extraction) mailboxes(where Where, list []aside.Address) {
	for _, a := range list {
		x.address(where, a.Address)
	}
}

func (x *extraction) addresses(where Where, list []string) {
	for _, a := range list {
		x.address(where, a)
	}
}

// address reads the desk and the token of one address.
func (x *extraction) address(where Where, addr string) {
	if x.left--; x.left < 0 || len(addr) > maxIDLength {
		return
	}
	desk, _, ok := x.dir.Resolve(addr)
	if ok {
		x.facts.Desks = appendNew(x.facts.Desks, desk.Address)
	}
	t, signed := x.keys.TokenIn(addr)
	if (ok || signed) && (where == InTo || where == InCc) {
		x.facts.ToUs = true
	}
	switch {
	case !signed:
	case t.Purpose == mark.Reply:
		x.facts.Tokens = appendToken(x.facts.Tokens, FoundToken{t, where})
	default:
		x.facts.Bounces = appendToken(x.facts.Bounces, FoundToken{t, where})
	}
}

// appendToken keeps the first place of each token.
func appendToken(list []FoundToken, t FoundToken) []FoundToken {
	for _, old := range list {
		if old.Token == t.Token {
			return list
		}
	}
	if len(list) >= maxSignals {
		return list
	}
	return append(list, t)
}

// ids sorts Message-IDs into ours and others'.
func (x *extraction) ids(where Where, list []string) {
	if len(list) > maxReferences {
		list = list[:maxReferences]
	}
	for _, id := range list {
		if len(id) > maxIDLength || id == "" {
			continue
		}
		if signed, ok := x.keys.ParseMessageID(id); ok {
			x.signed(FoundID{signed, where})
			continue
		}
		x.foreign(ForeignID{id, where})
	}
}

func (x *extraction) signed(id FoundID) {
	for _, old := range x.facts.SignedIDs {
		if old.SignedID == id.SignedID {
			return
		}
	}
	x.facts.SignedIDs = append(x.facts.SignedIDs, id)
}

func (x *extraction) foreign(id ForeignID) {
	for _, old := range x.facts.ForeignIDs {
		if old.ID == id.ID {
			return
		}
	}
	x.facts.ForeignIDs = append(x.facts.ForeignIDs, id)
}

func newestFirst(ids []string) []string {
	if len(ids) > maxReferences {
		ids = ids[len(ids)-maxReferences:]
	}
	out := make([]string, len(ids))
	for i, id := range ids {
		out[len(ids)-1-i] = id
	}
	return out
}

// Sender is the address that a contact's mail speaks for: the first of From,
// folded; empty when there is none.
func (f Facts) Sender() string {
	if len(f.From) == 0 {
		return ""
	}
	return aside.FoldAddress(f.From[0].Address)
}

// Needs lists the rows to fetch, each once. Of conversation 0, by which an agent
// speaks outside any ticket, there is no row, but an agent's address there may
// have ended.
func (f Facts) Needs() Needs {
	n := Needs{Cases: f.Cases, Sender: f.Sender()}
	for _, t := range f.Tokens {
		n.Conversations = appendNew(n.Conversations, t.Conversation)
		n.Holders = appendID(n.Holders, t.Holder)
	}
	for _, t := range f.Bounces {
		n.Conversations = appendID(n.Conversations, t.Conversation)
		if t.Purpose == mark.Bounce {
			n.Deliveries = appendID(n.Deliveries, t.Holder)
		} else {
			n.Notices = appendID(n.Notices, t.Holder)
		}
	}
	for _, ids := range [][]FoundID{f.SignedIDs, f.Returned} {
		for _, id := range ids {
			n.Conversations = appendID(n.Conversations, id.Conversation)
			n.Messages = appendID(n.Messages, id.Message)
			n.Holders = appendID(n.Holders, id.Holder)
			n.Notices = appendID(n.Notices, id.Notice)
		}
	}
	for _, id := range f.ForeignIDs {
		n.ForeignIDs = append(n.ForeignIDs, id.ID)
	}
	for _, t := range f.Tags {
		n.Tickets = appendNew(n.Tickets, t.Ticket)
	}
	return n
}

func appendID(list []uint64, id uint64) []uint64 {
	if id == 0 {
		return list
	}
	return appendNew(list, id)
}
