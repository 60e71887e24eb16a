package threading

import (
	"testing"

	"aside"
	"aside/threading/mark"
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
	unknown := "support+" + w.keys.Sign(mark.Token{Purpose: mark.Reply, Conversation: 12345, Holder: danaHolder}) + "@example.com"
	none := "support+" + w.keys.Sign(mark.Token{Purpose: mark.Reply, Conversation: 0, Holder: danaHolder}) + "@example.com"
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

// What proves an agent, in both settings: a signature that covers the mail, or
// the word of the mail server in front. The own token does so in one of them.
func TestWhatProvesAnAgent(t *testing.T) {
	w := newWorld()
	const dana = "dana@example.com"
	own := w.at(1042, 1, danaHolder)
	signed := aside.Verdict{DMARC: "pass", By: "dkim", AlignedDKIM: true, ToSigned: true}
	halfSigned := aside.Verdict{DMARC: "pass", By: "dkim", AlignedDKIM: true}
	bySPF := aside.Verdict{DMARC: "pass", By: "spf"}
	for _, c := range []struct {
		says           string
		mail           mail
		verdict        aside.Verdict
		dmarc, byToken Role
		proof, signal  string // with "dmarc"
	}{
		{"nothing", mail{from: dana, to: []string{support}}, aside.Verdict{}, RoleClaimed, RoleClaimed, "", ""},
		{"the own token", mail{from: dana, to: []string{own}}, aside.Verdict{}, RoleClaimed, RoleAgent, "", ""},
		{"the own notice", mail{from: dana, inReplyTo: []string{w.noticeID(1042, 1, danaHolder)}}, aside.Verdict{}, RoleClaimed, RoleAgent, "", ""},
		{"SPF alone", mail{from: dana, to: []string{support}}, bySPF, RoleClaimed, RoleClaimed, "", ""},
		{"SPF and the own token", mail{from: dana, to: []string{own}}, bySPF, RoleClaimed, RoleAgent, "", ""},
		{"a signature", mail{from: dana, to: []string{support}}, signed, RoleAgent, RoleAgent, "dkim", ""},
		{"a signature, to the own token", mail{from: dana, to: []string{own}, envelope: []string{own}}, signed, RoleAgent, RoleAgent, "dkim", "right"},
		{"a signature, by Cc", mail{from: dana, to: []string{"x@list.example"}, cc: []string{support}}, signed, RoleAgent, RoleAgent, "dkim", ""},
		{"a signed mail to others", mail{from: dana, to: []string{"x@list.example"}}, signed, RoleClaimed, RoleClaimed, "", ""},
		{"a signed mail to others, sent to a token", mail{from: dana, to: []string{"x@list.example"}, envelope: []string{own}}, signed, RoleClaimed, RoleAgent, "", ""},
		{"a signature that leaves To open", mail{from: dana, to: []string{"x@list.example"}}, halfSigned, RoleAgent, RoleAgent, "dkim", ""},
		{"a signature and a colleague's token", mail{from: dana, to: []string{w.at(1042, 1, omarHolder)}}, signed, RoleAgent, RoleAgent, "dkim", "no right"},
		{"a signature and an ended token", mail{from: dana, to: []string{w.at(1042, 1, danaOld)}}, signed, RoleAgent, RoleAgent, "dkim", "no right"},
		{"a signature and a subject tag", mail{from: dana, to: []string{support}, subject: "[#1042] Kettle"}, signed, RoleAgent, RoleAgent, "dkim", "no right"},
		{"a signature and our Message-ID", mail{from: dana, to: []string{support}, inReplyTo: []string{w.messageID(1042, 1)}}, signed, RoleAgent, RoleAgent, "dkim", "no right"},
		{"logged in in front", mail{from: dana, to: []string{support}}, aside.Verdict{AuthAddress: dana}, RoleAgent, RoleAgent, "authres", ""},
		{"somebody else logged in in front", mail{from: dana, to: []string{support}}, aside.Verdict{AuthAddress: "omar@example.com"}, RoleClaimed, RoleClaimed, "", ""},
		{"a contact's signature", mail{from: "jane@c.example", to: []string{own}}, signed, RoleContact, RoleContact, "", ""},
	} {
		for trust, want := range map[Trust]Role{TrustDMARC: c.dmarc, "": c.dmarc, TrustToken: c.byToken} {
			in := c.mail.inbound()
			in.Verdict = c.verdict
			f := Extract(w.keys, w.dir, in)
			s := Speaking(f, w.rows, w.dir, trust)
			if s.Role != want || trust == TrustDMARC && s.Proof != c.proof || s.Reason == "" {
				t.Errorf("%s, %q: %s by %q, want %s by %q (%s)", c.says, trust, s.Role, s.Proof, want, c.proof, s.Reason)
			}
			if p := Place(f, w.rows, s, w.rules()); trust == TrustDMARC && p.Right != (c.signal == "right") {
				t.Errorf("%s: right is %v (%s)", c.says, p.Right, p.Reason)
			}
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
