package threading

import (
	"bytes"
	"fmt"
	"time"

	"aside"
	"aside/threading/mark"
)

// The people and conversations of the tests:
//
//	#1042 customer jane (kim copied, zoe removed), side kx with courier,
//	      side mv with bank and jane copied, notes
//	#1050 customer jane, notes; old ticket #1049 was merged into it
//	#1030 closed, continued by #1031, which is open
//	#1020 closed, continued by nothing; side cd with courier
//	#1021 closed, its requester bo removed
//	#1060 customer lee, notes
type world struct {
	keys *mark.KeyRing
	dir  *aside.Directory
	rows Candidates
	now  time.Time
}

const (
	support = "support@example.com"
	billing = "billing@example.com"
)

// Holder ids. A contact's holder id is 1000 + the participation's id.
const (
	danaHolder uint64 = 501
	omarHolder uint64 = 502
	danaOld    uint64 = 503 // ended
	goneHolder uint64 = 504 // of an agent who left
)

func testKey(seed byte) mark.Key {
	secret := make([]byte, 32)
	for i := range secret {
		secret[i] = seed + byte(i)*7
	}
	k, err := mark.GenerateKey(bytes.NewReader(secret))
	if err != nil {
		panic(err)
	}
	return k
}

func newWorld() *world {
	desks := []*aside.Desk{
		{Address: support, Name: "Example Support", Team: "support", Separator: "+"},
		{Address: billing, Name: "Billing", Team: "billing", Separator: "+"},
	}
	agents := []*aside.Agent{
		{Handle: "dana", Name: "Dana Reyes", Addresses: []string{"dana@example.com", "dana@home.example"}},
		{Handle: "omar", Name: "Omar Aziz", Addresses: []string{"omar@example.com"}},
	}
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	w := &world{keys: mark.NewKeyRing(testKey(1)), dir: aside.NewDirectory(desks, nil, agents, nil), now: now,
		rows: Candidates{Tickets: map[int64]TicketRow{}, ForeignIDs: map[string][]int64{}, Cases: map[string][]int64{},
			Holders: map[uint64]Holder{
				danaHolder: {Agent: "dana"}, omarHolder: {Agent: "omar"},
				danaOld: {Agent: "dana", Ended: true}, goneHolder: {Agent: "gil", Ended: true},
			}}}
	w.ticket(1042, aside.StatusOpen, "jane@c.example", "kim@c.example", "-zoe@c.example")
	w.side(1042, 3, "kx", "info@courier.example")
	w.side(1042, 4, "mv", "help@bank.example", "jane@c.example")
	w.ticket(1050, aside.StatusOpen, "jane@c.example")
	w.ticket(1049, aside.StatusMerged, "jane@c.example", "kim@c.example")
	w.edit(1049, func(t *aside.Ticket) { t.MergedInto = 1050 })
	w.ticket(1030, aside.StatusResolved, "jane@c.example")
	w.edit(1030, func(t *aside.Ticket) { t.ResolvedAt, t.Successor = now.AddDate(0, -3, 0), 1031 })
	w.ticket(1031, aside.StatusOpen, "jane@c.example")
	w.ticket(1020, aside.StatusResolved, "jane@c.example", "-zoe@c.example")
	w.side(1020, 3, "cd", "info@courier.example")
	w.edit(1020, func(t *aside.Ticket) { t.ResolvedAt = now.AddDate(0, -3, 0) })
	w.ticket(1021, aside.StatusResolved, "-bo@c.example", "jane@c.example")
	w.edit(1021, func(t *aside.Ticket) { t.Requester, t.ResolvedAt = "bo@c.example", now.AddDate(0, -3, 0) })
	w.ticket(1060, aside.StatusOpen, "lee@d.example")
	return w
}

func (w *world) rules() Rules { return Rules{Now: w.now, ReopenFor: 14 * 24 * time.Hour} }

// conv is the row id of a ticket's conversation: 1 customer, 2 notes, then
// sides. Its token id is 7 times the row id.
func conv(ticket int64, n int64) int64 { return ticket*10 + n }

func convToken(ticket int64, n int64) uint64 { return uint64(conv(ticket, n)) * 7 }

func (w *world) ticket(number int64, status aside.Status, people ...string) {
	w.rows.Tickets[number] = TicketRow{Ticket: aside.Ticket{Number: number, Desk: support,
		Requester: people[0], Status: status}}
	merged := status == aside.StatusMerged
	w.conversation(number, aside.Conversation{ID: conv(number, 1), Kind: aside.Customer, ReadOnly: merged}, people...)
	w.conversation(number, aside.Conversation{ID: conv(number, 2), Kind: aside.Notes, ReadOnly: merged})
}

func (w *world) side(number, n int64, tag string, people ...string) {
	w.conversation(number, aside.Conversation{ID: conv(number, n), Kind: aside.Side, Tag: tag}, people...)
}

// conversation adds a row; an address with a leading minus took part once.
func (w *world) conversation(number int64, c aside.Conversation, people ...string) {
	t := w.rows.Tickets[number]
	c.Ticket, c.Token = number, uint64(c.ID)*7
	row := ConversationRow{Conversation: c}
	for i, addr := range people {
		p := aside.Participant{ID: c.ID*10 + int64(i), Conversation: c.ID, Address: addr, Role: aside.RoleTo}
		if addr[0] == '-' {
			p.Address, p.Until = addr[1:], w.now.Add(-time.Hour)
		}
		p.Holder = 1000 + uint64(p.ID)
		w.rows.Holders[p.Holder] = Holder{Participant: &p}
		row.Participants = append(row.Participants, p)
	}
	t.Conversations = append(t.Conversations, row)
	w.rows.Tickets[number] = t
}

func (w *world) edit(number int64, change func(*aside.Ticket)) {
	t := w.rows.Tickets[number]
	change(&t.Ticket)
	w.rows.Tickets[number] = t
}

// holder is the holder id of the person at that place in a conversation.
func holder(ticket, n int64, place int) uint64 {
	return 1000 + uint64(conv(ticket, n)*10) + uint64(place)
}

// at is the address with a signed token.
func (w *world) at(ticket, n int64, holder uint64) string {
	return "support+" + w.keys.Sign(mark.Token{Purpose: mark.Reply, Conversation: convToken(ticket, n), Holder: holder}) + "@example.com"
}

func (w *world) messageID(ticket, n int64) string {
	return w.keys.MessageID(convToken(ticket, n), 77, "example.com")
}

func (w *world) noticeID(ticket, n int64, holder uint64) string {
	return w.keys.NoticeID(convToken(ticket, n), holder, 99, "example.com")
}

// mail is one inbound mail of the tests.
type mail struct {
	from       string
	envelope   []string // support when empty
	to, cc     []string
	delivered  []string
	pull       bool
	inReplyTo  []string
	references []string
	subject    string
	kind       aside.MailKind
	verified   bool
	auth       string
	returned   string // Message-ID of the mail that came back
}

func addresses(list []string) []aside.Address {
	var out []aside.Address
	for _, a := range list {
		out = append(out, aside.Address{Address: a})
	}
	return out
}

func (m mail) inbound() *aside.Inbound {
	in := &aside.Inbound{Channel: aside.ChannelSMTP, MailFrom: m.from, Recipients: m.envelope, AuthAgent: m.auth,
		Mail: &aside.Mail{Kind: m.kind, To: addresses(m.to), Cc: addresses(m.cc), DeliveredTo: m.delivered,
			InReplyTo: m.inReplyTo, References: m.references, Subject: m.subject}}
	if len(in.Recipients) == 0 {
		in.Recipients = []string{support}
	}
	if m.from != "" {
		in.Mail.From = aside.Address{Address: m.from}
		in.Mail.FromAll = []aside.Address{in.Mail.From}
	}
	if m.pull {
		in.Channel = aside.ChannelPull
	}
	if m.verified {
		in.Verdict.DMARC = "pass"
	}
	if m.returned != "" {
		in.Mail.Original = &aside.Original{MessageID: m.returned}
	}
	return in
}

// place takes a mail the whole way.
func (w *world) place(m mail) (Speaker, Placement) {
	f := Extract(w.keys, w.dir, m.inbound())
	s := Speaking(f, w.rows, w.dir, TrustToken)
	return s, Place(f, w.rows, s, w.rules())
}

// short tells a placement in a few words, as the tables expect it.
func short(p Placement) string {
	s := string(p.Signal) + " "
	switch {
	case p.NoTicket:
		s += "no ticket"
	case p.New:
		s += "new at " + p.Desk
	default:
		s += TagOf(p.Conversation).String()
	}
	if p.Continues != 0 {
		s += fmt.Sprintf(" continues #%d", p.Continues)
	}
	if p.FromTicket != 0 {
		s += fmt.Sprintf(" from #%d", p.FromTicket)
	}
	for _, f := range []struct {
		name string
		set  bool
	}{{"stranger", p.Stranger}, {"ended", p.Ended}, {"leaked", p.Leaked}, {"unverified", p.Unverified},
		{"closed", p.Closed}, {"right", p.Right}, {"recorded", p.Recorded}, {"holder", p.HolderIsSender}} {
		if f.set {
			s += ", " + f.name
		}
	}
	for _, c := range p.Conflicts {
		s += ", against " + TagOf(c.Conversation).String()
	}
	return s
}
