package threading

import (
	"fmt"
	"strings"

	"aside"
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

// Speaker is who speaks in a mail.
type Speaker struct {
	Role     Role
	Agent    string // handle, proved or claimed; empty for a contact
	Address  string // folded address that the mail speaks for
	Name     string // its display name, which proves nothing
	Verified bool   // DMARC passed for the address
	// Proof tells what proved an agent: "auth", "token" or "notice"; empty
	// otherwise.
	Proof string
	// Ours tells that From is a desk's own address: such a contact never
	// becomes a participant or a requester.
	Ours   bool
	Reason string // one sentence for /why
}

// IsAgent reports whether the speaker is proved to be an agent.
func (s Speaker) IsAgent() bool { return s.Role == RoleAgent && s.Agent != "" }

// Speaking decides who speaks, for installations that trust an agent's own
// token (trust.agents = "token"):
//
//   - Somebody who is both an agent and a contact speaks in the role of the
//     token's holder, the first token deciding.
//   - Else an authenticated session is its agent's, whatever From says.
//   - Else several addresses in From never make an agent.
//   - From is an agent's address and the mail carries that agent's own token,
//     in an address or as a notice's Message-ID in In-Reply-To: that agent.
//   - From is an agent's address without it: RoleClaimed.
//   - Anybody else is a contact.
func Speaking(f Facts, c Candidates, dir *aside.Directory) Speaker {
	s := Speaker{Role: RoleContact, Verified: f.Verdict.DMARC == "pass"}
	if len(f.From) > 0 {
		s.Address, s.Name = f.Sender(), f.From[0].Name
	}
	if a := dir.AgentByHandle(f.AuthAgent); f.AuthAgent != "" && a != nil {
		if proof, reason := agentProof(f, c, a); proof == "contact" {
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
	switch proof, reason := agentProof(f, c, a); proof {
	case "contact":
		s.Reason = reason
		return s
	case "":
		return speakAs(s, a, RoleClaimed, "", fmt.Sprintf(
			"From is %s's address, but nothing in the mail proves that %s wrote it.", a.Name, a.Name))
	default:
		return speakAs(s, a, RoleAgent, proof, reason)
	}
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

// agentProof looks for what decides the role of mail from an agent's address:
// "token" or "notice" prove the agent, "contact" says that it carries the
// person's own token as a contact. The first that decides wins.
func agentProof(f Facts, c Candidates, a *aside.Agent) (proof, reason string) {
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
		if id.Where == InReplyTo && id.Purpose == Internal && x.known(id.Conversation) &&
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
