package threading

import (
	"testing"

	"aside"
)

func TestWhoIsSpeaking(t *testing.T) {
	w := newWorld()
	// omar was a contact once, and still takes part in #1060.
	omarAsContact := uint64(2001)
	w.rows.Holders[omarAsContact] = Holder{Participant: &aside.Participant{ID: 2001, Conversation: conv(1060, 1),
		Address: "omar@example.com", Holder: omarAsContact}}
	ended := uint64(2002)
	w.rows.Holders[ended] = Holder{Participant: &aside.Participant{ID: 2002, Conversation: conv(1060, 1),
		Address: "omar@example.com", Holder: ended, Until: w.now}}
	unknown := "support+" + w.keys.Sign(Token{Reply, 12345, danaHolder}) + "@example.com"
	none := "support+" + w.keys.Sign(Token{Reply, 0, danaHolder}) + "@example.com"
	const dana, omar = "dana@example.com", "omar@example.com"
	for _, c := range []struct {
		says  string
		mail  mail
		role  Role
		agent string
		proof string
	}{
		{"a contact", mail{from: "jane@c.example"}, RoleContact, "", ""},
		{"a contact with an agent's token is no agent", mail{from: "jane@c.example", envelope: []string{w.at(1042, 1, danaHolder)}}, RoleContact, "", ""},
		{"an agent's address alone", mail{from: dana}, RoleClaimed, "dana", ""},
		{"DMARC does not help here", mail{from: dana, verified: true}, RoleClaimed, "dana", ""},
		{"the own token", mail{from: dana, envelope: []string{w.at(1042, 1, danaHolder)}}, RoleAgent, "dana", "token"},
		{"the own token in Cc", mail{from: dana, cc: []string{w.at(1042, 1, danaHolder)}}, RoleAgent, "dana", "token"},
		{"from another address of the agent", mail{from: "Dana@Home.example", envelope: []string{w.at(1042, 1, danaHolder)}}, RoleAgent, "dana", "token"},
		{"the own token without a ticket", mail{from: dana, envelope: []string{none}}, RoleAgent, "dana", "token"},
		{"a colleague's token", mail{from: dana, envelope: []string{w.at(1042, 1, omarHolder)}}, RoleClaimed, "dana", ""},
		{"an ended token", mail{from: dana, envelope: []string{w.at(1042, 1, danaOld)}}, RoleClaimed, "dana", ""},
		{"the own token of an unknown conversation", mail{from: dana, envelope: []string{unknown}}, RoleClaimed, "dana", ""},
		{"a contact's token", mail{from: dana, envelope: []string{w.at(1042, 1, holder(1042, 1, 0))}}, RoleClaimed, "dana", ""},
		{"the own notice in In-Reply-To", mail{from: dana, inReplyTo: []string{w.noticeID(1042, 1, danaHolder)}}, RoleAgent, "dana", "notice"},
		{"the own notice in References only", mail{from: dana, references: []string{w.noticeID(1042, 1, danaHolder)}}, RoleClaimed, "dana", ""},
		{"a colleague's notice", mail{from: dana, inReplyTo: []string{w.noticeID(1042, 1, omarHolder)}}, RoleClaimed, "dana", ""},
		{"our Message-ID proves no agent", mail{from: dana, inReplyTo: []string{w.messageID(1042, 1)}}, RoleClaimed, "dana", ""},
		{"an authenticated session", mail{from: "x@y.example", auth: "omar"}, RoleAgent, "omar", "auth"},
		{"a session of nobody we know", mail{from: dana, auth: "nobody"}, RoleClaimed, "dana", ""},
		{"agent and contact, with the contact's token", mail{from: omar, envelope: []string{w.at(1060, 1, omarAsContact)}}, RoleContact, "", ""},
		{"the same in an authenticated session", mail{from: omar, auth: "omar", envelope: []string{w.at(1060, 1, omarAsContact)}}, RoleContact, "", ""},
		{"agent and contact, with the agent's token", mail{from: omar, envelope: []string{w.at(1060, 1, omarHolder)}}, RoleAgent, "omar", "token"},
		{"with both, the first decides", mail{from: omar, envelope: []string{w.at(1060, 1, omarAsContact)}, cc: []string{w.at(1060, 1, omarHolder)}}, RoleContact, "", ""},
		{"a contact no longer", mail{from: omar, envelope: []string{w.at(1060, 1, ended)}}, RoleClaimed, "omar", ""},
		{"no From", mail{}, RoleContact, "", ""},
	} {
		s := Speaking(Extract(w.keys, w.dir, c.mail.inbound()), w.rows, w.dir, TrustToken)
		if s.Role != c.role || s.Agent != c.agent || s.Proof != c.proof {
			t.Errorf("%s: %s %q by %q, want %s %q by %q (%s)", c.says, s.Role, s.Agent, s.Proof, c.role, c.agent, c.proof, s.Reason)
		}
		if s.Reason == "" {
			t.Errorf("%s: no reason", c.says)
		}
	}
}

func TestSeveralFromAddresses(t *testing.T) {
	w := newWorld()
	own := []string{w.at(1042, 1, danaHolder)}
	for _, c := range []struct {
		says, address string
		from          []string
		role          Role
		ours          bool
	}{
		{"an agent first", "jane@c.example", []string{"dana@example.com", "jane@c.example"}, RoleContact, false},
		{"an agent second", "jane@c.example", []string{"jane@c.example", "dana@example.com"}, RoleContact, false},
		{"agents only", "dana@example.com", []string{"dana@example.com", "omar@example.com"}, RoleClaimed, false},
		{"desks only", support, []string{support, billing}, RoleContact, true},
		{"one desk", support, []string{support}, RoleContact, true},
	} {
		in := mail{envelope: own}.inbound()
		in.Mail.FromAll = addresses(c.from)
		in.Mail.From = in.Mail.FromAll[0]
		s := Speaking(Extract(w.keys, w.dir, in), w.rows, w.dir, TrustToken)
		if s.Role != c.role || s.Address != c.address || s.Ours != c.ours {
			t.Errorf("%s: %s %s ours=%v, want %s %s ours=%v", c.says, s.Role, s.Address, s.Ours, c.role, c.address, c.ours)
		}
		if s.IsAgent() {
			t.Errorf("%s: an agent", c.says)
		}
	}
}

func TestAClaimHasNoRight(t *testing.T) {
	w := newWorld()
	f := Extract(w.keys, w.dir, mail{from: "dana@example.com", envelope: []string{w.at(1042, 1, danaHolder)}}.inbound())
	p := Place(f, w.rows, Speaker{Role: RoleClaimed, Agent: "dana", Address: "dana@example.com"}, w.rules())
	if p.Right {
		t.Error("a claim has a right")
	}
	p = Place(f, w.rows, Speaker{Role: RoleAgent, Agent: "dana", Address: "dana@example.com"}, w.rules())
	if !p.Right {
		t.Error("after it was confirmed it has none")
	}
}
