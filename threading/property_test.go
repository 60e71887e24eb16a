package threading

import (
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"aside"
	"aside/threading/mark"
)

// spots of the test world that marks can name: ticket, conversation, and its
// privacy once merges were followed.
var namedSpots = []struct {
	ticket, n int64
	privacy   int
}{{1042, 1, 0}, {1042, 2, 2}, {1042, 3, 1}, {1042, 4, 1}, {1050, 1, 0}, {1049, 1, 0}, {1049, 2, 2},
	{1030, 1, 0}, {1020, 1, 0}, {1020, 3, 1}, {1060, 1, 0}, {1060, 2, 2}}

// signal is one drawn signal of a mail, and what it must at least lead to.
type signal struct {
	add     func(*mail)
	privacy int  // of the conversation that it names for anybody; -1 if it may name none
	agents  bool // an agent's mark
}

func drawSignal(t *rapid.T, w *world) signal {
	s := rapid.SampledFrom(namedSpots).Draw(t, "spot")
	agent := rapid.SampledFrom([]uint64{danaHolder, omarHolder, danaOld, goneHolder}).Draw(t, "agent")
	put := func(addr string) func(*mail) {
		switch rapid.SampledFrom([]string{"envelope", "to", "cc"}).Draw(t, "where") {
		case "envelope":
			return func(m *mail) { m.envelope = append(m.envelope, addr) }
		case "to":
			return func(m *mail) { m.to = append(m.to, addr) }
		default:
			return func(m *mail) { m.cc = append(m.cc, addr) }
		}
	}
	refer := func(id string) func(*mail) {
		if rapid.Bool().Draw(t, "direct") {
			return func(m *mail) { m.inReplyTo = append(m.inReplyTo, id) }
		}
		return func(m *mail) { m.references = append(m.references, id) }
	}
	switch rapid.SampledFrom([]string{"token", "agent's token", "id", "notice", "foreign", "tag"}).Draw(t, "signal") {
	case "token":
		if s.privacy == 2 {
			return signal{add: put(w.at(s.ticket, s.n, agent)), privacy: -1, agents: true}
		}
		return signal{add: put(w.at(s.ticket, s.n, holder(s.ticket, s.n, 0))), privacy: s.privacy}
	case "agent's token":
		return signal{add: put(w.at(s.ticket, s.n, agent)), privacy: -1, agents: true}
	case "id":
		return signal{add: refer(w.messageID(s.ticket, s.n)), privacy: s.privacy}
	case "notice":
		return signal{add: refer(w.noticeID(s.ticket, s.n, agent)), privacy: -1, agents: true}
	case "foreign":
		return signal{add: refer("first@c.example"), privacy: -1}
	default:
		tag := rapid.SampledFrom([]string{"[#1042]", "[#1042-kx]", "[#1050]", "[#1049]", "[#1020-cd]", "[#1042 team]"}).Draw(t, "tag")
		return signal{add: func(m *mail) { m.subject += tag }, privacy: -1}
	}
}

func drawMail(t *rapid.T, w *world, people []string) (mail, []signal) {
	w.rows.ForeignIDs["first@c.example"] = []int64{conv(1042, 1), conv(1042, 3)}
	m := mail{from: rapid.SampledFrom(people).Draw(t, "from"), verified: rapid.Bool().Draw(t, "verified")}
	var list []signal
	for range rapid.IntRange(0, 5).Draw(t, "signals") {
		s := drawSignal(t, w)
		s.add(&m)
		list = append(list, s)
	}
	return m, list
}

var contacts = []string{"jane@c.example", "kim@c.example", "zoe@c.example", "info@courier.example", "lee@d.example", "lawyer@law.example", support}

func TestAContactsMailIsReadInTheMostPrivateWay(t *testing.T) {
	w := newWorld()
	rapid.Check(t, func(t *rapid.T) {
		m, signals := drawMail(t, w, contacts)
		_, p := w.place(m)
		privacy := p.Conversation.Kind.Privacy()
		for _, s := range signals {
			if s.privacy > 0 && (p.New || privacy < s.privacy) {
				t.Fatalf("a signal names something of privacy %d, the mail went to %s", s.privacy, short(p))
			}
		}
		more := drawSignal(t, w)
		more.add(&m)
		if _, q := w.place(m); q.Conversation.Kind.Privacy() < privacy {
			t.Fatalf("one signal more makes %s of %s", short(q), short(p))
		}
	})
}

func TestAnAgentsTokenOpensNothingToAContact(t *testing.T) {
	w := newWorld()
	rapid.Check(t, func(t *rapid.T) {
		m, signals := drawMail(t, w, contacts)
		for _, s := range signals {
			if !s.agents {
				t.Skip("another signal")
			}
		}
		s, p := w.place(m)
		if p.Right || s.IsAgent() {
			t.Fatal("a contact has an agent's right")
		}
		if !p.New && p.Conversation.Kind != aside.Notes && p.Participant == nil {
			t.Fatalf("%s is in no such conversation: %s", m.from, short(p))
		}
	})
}

func TestPlacementInvariants(t *testing.T) {
	w := newWorld()
	rapid.Check(t, func(t *rapid.T) {
		m, _ := drawMail(t, w, append([]string{"dana@example.com", "omar@example.com"}, contacts...))
		m.kind = rapid.SampledFrom([]aside.MailKind{aside.KindMail, aside.KindAuto, aside.KindBounce}).Draw(t, "kind")
		s, p := w.place(m)
		if _, again := w.place(m); !reflect.DeepEqual(p, again) {
			t.Fatalf("placed twice, once as %s, once as %s", short(p), short(again))
		}
		if p.Conversation.ReadOnly || p.Ticket.Status == aside.StatusMerged {
			t.Fatalf("filed in what was merged: %s", short(p))
		}
		if p.New == (p.Conversation.ID != 0) || p.Conversation.Ticket != p.Ticket.Number {
			t.Fatalf("neither new nor filed, or both: %+v", p)
		}
		if p.Right && (!s.IsAgent() || m.kind.Automatic()) {
			t.Fatalf("%s %s has a right by %s", s.Role, m.from, short(p))
		}
		if p.Unverified && m.verified {
			t.Fatalf("a verified sender is shown as not verified: %s", short(p))
		}
		for _, c := range p.Conflicts {
			if c.Conversation.ID == p.Conversation.ID {
				t.Fatalf("a conversation is in conflict with itself: %s", short(p))
			}
			if s.Role == RoleContact && c.Conversation.Kind.Privacy() > p.Conversation.Kind.Privacy() {
				t.Fatalf("a more private reading lost: %s", short(p))
			}
		}
	})
}

// Marks signed by somebody else's key are nothing at all.
func TestForgedMarksPlaceNothing(t *testing.T) {
	w, forger := newWorld(), newWorld()
	forger.keys = mark.NewKeyRing(testKey(9))
	rapid.Check(t, func(t *rapid.T) {
		m := mail{from: rapid.SampledFrom(append([]string{"dana@example.com"}, contacts...)).Draw(t, "from")}
		for range rapid.IntRange(1, 5).Draw(t, "signals") {
			drawSignal(t, forger).add(&m)
		}
		m.subject = ""
		for i, id := range m.inReplyTo {
			if id == "first@c.example" {
				m.inReplyTo[i] = "other@c.example"
			}
		}
		m.verified = false
		w.rows.ForeignIDs = map[string][]int64{}
		if s, p := w.place(m); !p.New || s.IsAgent() {
			t.Fatalf("%s %s got %s", s.Role, m.from, short(p))
		}
	})
}
