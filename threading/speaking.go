package threading

import (
	"fmt"
	"strings"

	"aside"
	"aside/threading/mark"
)

// Role is in which role somebody speaks.
type Role string

// The roles. The zero value is none of them and counts as RoleContact.
const (
	RoleContact Role = "contact"
	RoleAgent   Role = "agent"
	// RoleClaimed is nobody yet: the mail says that it is an agent's and does
	// not prove it. It is held until the agent confirms it.
	RoleClaimed Role = "claimed"
)

// Trust is what proves an agent, beside an authenticated session and a
// signature: the setting trust.agents. The zero value is TrustDMARC.
type Trust string

// The settings.
const (
	// TrustDMARC lets nothing else prove an agent.
	TrustDMARC Trust = "dmarc"
	// TrustToken lets an agent's own token prove who wrote.
	TrustToken Trust = "token"
)

// Speaker is who speaks in a mail.
type Speaker struct {
	Role     Role
	Agent    string // handle, proved or claimed; empty for a contact
	Address  string // folded address that the mail speaks for
	Name     string // its display name, which proves nothing
	Verified bool   // DMARC passed for the address
	// Proof tells what proved an agent: "auth", "dkim", "authres", "token" or
	// "notice"; empty otherwise.
	Proof string
	// Ours tells that From is a desk's own address: such a contact never
	// becomes a participant or a requester.
	Ours   bool
	Reason string // one sentence for /why
}

// IsAgent reports whether the speaker is proved to be an agent.
func (s Speaker) IsAgent() bool { return s.Role == RoleAgent && s.Agent != "" }

// Speaking decides who speaks:
//
//   - Somebody who is both an agent and a contact speaks in the role of the
//     token's holder, the first token deciding.
//   - Else an authenticated session is its agent's, whatever From says.
//   - Else several addresses in From never make an agent.
//   - From is an agent's address, and the mail is signed by that domain so that
//     nobody can have changed it, or a mail server in front of us says that its
//     sender logged in by that address: that agent.
//   - With TrustToken also: From is an agent's address and the mail carries that
//     agent's own token, in an address or as a notice's Message-ID in
//     In-Reply-To.
//   - From is an agent's address and nothing of it holds: RoleClaimed.
//   - Anybody else is a contact.
//
// Being an agent gives no right to speak in a conversation: that is the token's
// (Placement.Right), whatever proved who speaks.
func Speaking(f Facts, c Candidates, dir *aside.Directory, t Trust) Speaker {
	s := Speaker{Role: RoleContact, Verified: f.Verdict.DMARC == "pass"}
	if len(f.From) > 0 {
		s.Address, s.Name = f.Sender(), f.From[0].Name
	}
	if a := dir.AgentByHandle(f.AuthAgent); f.AuthAgent != "" && a != nil {
		if proof, reason := tokenProof(f, c, a); proof == "contact" {
			s.Reason = reason
			return s
		}
		return speakAs(s, a, RoleAgent, "auth", a.Name+" wrote in an authenticated session.")
	}
	if len(f.From) > 1 {
		return speakingSeveral(f, s, dir)
	}
	a := dir.AgentByAddress(s.Address)
	if a == nil {
		s.Ours = dir.IsOurs(s.Address)
		s.Reason = contactReason(s)
		return s
	}
	token, reason := tokenProof(f, c, a)
	if token == "contact" {
		s.Reason = reason
		return s
	}
	proof, doubt := f.signature(a, s.Address)
	switch {
	case proof == "authres":
		return speakAs(s, a, RoleAgent, proof, "The mail server in front says that "+a.Name+" logged in to send it.")
	case proof != "":
		return speakAs(s, a, RoleAgent, proof, "It is signed by the domain of "+a.Name+"'s address.")
	case token != "" && t == TrustToken:
		return speakAs(s, a, RoleAgent, token, reason)
	}
	return speakAs(s, a, RoleClaimed, "", fmt.Sprintf(
		"From is %s's address, but nothing in the mail proves that %s wrote it%s.", a.Name, a.Name, doubt))
}

// signature looks whether the mail server in front or a signature proves that
// the agent wrote this mail, and wrote it to us. A signed mail of an agent to
// others, a mailing list for one, is in many hands; whoever sends it here again
// is not that agent.
func (f Facts) signature(a *aside.Agent, address string) (proof, doubt string) {
	v := f.Verdict
	switch {
	case v.AuthAddress != "" && v.AuthAddress == address:
		return "authres", ""
	case !v.AlignedDKIM:
		return "", ""
	case v.ToSigned && !f.ToUs:
		return "", ": it is signed, but To and Cc name nobody here, so it was written to others"
	}
	return "dkim", ""
}

func speakAs(s Speaker, a *aside.Agent, role Role, proof, reason string) Speaker {
	s.Role, s.Agent, s.Proof, s.Reason = role, a.Handle, proof, reason
	return s
}

// speakingSeveral takes a mail with several From addresses for a contact's, and
// speaks for the first of them that is neither an agent's nor ours. When all
// are, it claims to be the agent's.
func speakingSeveral(f Facts, s Speaker, dir *aside.Directory) Speaker {
	for _, from := range f.From {
		if dir.AgentByAddress(from.Address) == nil && !dir.IsOurs(from.Address) {
			s.Address, s.Name = aside.FoldAddress(from.Address), from.Name
			s.Reason = "From names several addresses, so it is a contact's mail."
			return s
		}
	}
	for _, from := range f.From {
		if a := dir.AgentByAddress(from.Address); a != nil {
			s.Address, s.Name = aside.FoldAddress(from.Address), from.Name
			return speakAs(s, a, RoleClaimed, "", "From names several addresses, which proves no agent.")
		}
	}
	s.Ours = true
	s.Reason = contactReason(s)
	return s
}

func contactReason(s Speaker) string {
	switch {
	case s.Address == "":
		return "The mail names no sender."
	case s.Ours:
		return "From is an address of ours, which nobody speaks for."
	default:
		return s.Address + " belongs to no agent, so it is a contact's mail."
	}
}

// tokenProof looks for the token that decides the role of mail from an agent's
// address: "token" or "notice" is the agent's own, "contact" says that it
// carries the person's own token as a contact. The first that decides wins.
func tokenProof(f Facts, c Candidates, a *aside.Agent) (proof, reason string) {
	x := newIndex(c)
	for _, t := range f.Tokens {
		if !x.known(t.Conversation) {
			continue
		}
		h := c.Holders[t.Holder]
		if h.isAgent(a) {
			return "token", fmt.Sprintf("The mail carries %s's own token in %s.", a.Name, t.Where.words())
		}
		if p := h.Participant; p != nil && p.Until.IsZero() && hasAddress(a, p.Address) {
			return "contact", fmt.Sprintf("The token in %s is the one %s holds as a contact.", t.Where.words(), p.Address)
		}
	}
	for _, id := range f.SignedIDs {
		if id.Where == InReplyTo && id.Purpose == mark.Internal && x.known(id.Conversation) &&
			c.Holders[id.Holder].isAgent(a) {
			return "notice", fmt.Sprintf("The mail answers a notice that only %s got.", a.Name)
		}
	}
	return "", ""
}

// known reports whether a token's conversation exists; 0 stands for no ticket.
func (x index) known(conversation uint64) bool {
	return conversation == 0 || x.byToken[conversation].ok()
}

func (h Holder) isAgent(a *aside.Agent) bool {
	return h.Agent != "" && !h.Ended && strings.EqualFold(h.Agent, a.Handle)
}

func hasAddress(a *aside.Agent, address string) bool {
	for _, own := range a.Addresses {
		if sameAddress(own, address) {
			return true
		}
	}
	return false
}

// words is the place as a sentence names it.
func (w Where) words() string {
	switch w {
	case InEnvelope, InReturned, InSubject:
		return "the " + string(w)
	default:
		return string(w)
	}
}
