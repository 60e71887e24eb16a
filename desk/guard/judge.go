package guard

import (
	"fmt"
	"slices"
	"strings"

	"aside"
	"aside/desk/naming"
	"aside/reply"
	"aside/reply/command"
	"aside/threading"
)

// Judge is all that the guards find in a mail. The error is the store's.
func (m *Mail) Judge() (out []Finding, err error) {
	if what := m.In.LeftOut; what != "" {
		out = append(out, found("left out", "", "Not all of your mail could be read: "+what+"."))
	}
	out = slices.Concat(out, m.Opaque(), m.destination(), m.Mentions())
	if m.Kind == aside.Notes {
		return out, nil
	}
	out = append(append(out, m.Forward()...), doubts(m.Reading.Doubts)...)
	heard, err := m.audience()
	if err != nil {
		return nil, err
	}
	faster, err := m.collision()
	if err != nil {
		return nil, err
	}
	out = slices.Concat(out, heard, faster, m.Marks(), m.introduction(), m.greeting())
	again, err := m.repeated()
	if err != nil {
		return nil, err
	}
	passages, err := m.Passages()
	return slices.Concat(out, again, passages), err
}

// destination is what names two conversations, and text to a customer or vendor
// that answers nothing.
func (m *Mail) destination() (out []Finding) {
	p := m.Place
	for _, c := range p.Conflicts {
		if m.Directed && c.Ticket == m.View.Ticket.Number {
			continue
		}
		out = append(out, found("two conversations", "", fmt.Sprintf("Your mail belongs to two conversations: %s names #%d, %s names #%d (%s).",
			signal(p.Signal), m.View.Ticket.Number, signal(c.Signal), c.Ticket, c.Conversation.Kind)))
	}
	if !p.Right && m.Kind != aside.Notes {
		out = append(out, found("no right", "", "Your mail did not come by your own reply address of this ticket."))
	}
	if m.Kind == aside.Notes || m.Directed {
		return out
	}
	out = append(out, m.addressee()...)
	n := m.Answered
	if n == nil || n.Ticket != m.View.Ticket.Number && n.Ticket != p.FromTicket && (m.To == nil || n.Conversation != m.To.ID) {
		out = append(out, found("answers nothing", "", "Your mail answers no notice of this ticket; perhaps your mail program completed an old address."))
	}
	return out
}

// Forward is what a mail forwards: it does not go along, and somebody who passes
// a mail on means it to.
func (m *Mail) Forward() (out []Finding) {
	if m.Reading.Forwarded == nil || m.Kind == aside.Notes {
		return nil
	}
	return append(out, found("forward", naming.Forwarded(m.Dir, m.Reading.Forwarded),
		"Your mail forwards this, which is left out: only your own words leave. To send it, too, answer again and copy it, or attach it."))
}

// addressee is an answer that is evidently meant for somebody else, or that
// nobody wrote: another address put into To while we are only copied, and the
// responder of an agent's mailbox that does not say what it is.
func (m *Mail) addressee() (out []Finding) {
	if m.In.LooksAutomatic {
		out = append(out, found("automatic", m.In.Subject, "This looks like an automatic answer of your mailbox."))
	}
	ours := false
	var others []string
	for _, a := range m.In.To {
		switch {
		case m.Dir.IsOurs(a.Address):
			ours = true
		case m.To == nil || m.View.Participant(m.To.ID, a.Address) == nil:
			others = append(others, naming.Inside(m.Dir, a.Name, a.Address))
		}
	}
	switch {
	case len(others) > 0:
		out = append(out, found("addressee "+strings.Join(others, ", "), strings.Join(others, ", "),
			"Your mail is addressed to somebody who does not take part, so your words may be meant for them."))
	case ours && !m.Place.Addressed && m.Reading.Forwarded == nil && strings.TrimSpace(m.Reading.Elided) == "":
		out = append(out, found("not by reply", "", "Your mail went to the notice's sender and quotes nothing of it, as automatic answers do."))
	}
	return out
}

func signal(s threading.Signal) string {
	switch s {
	case threading.SignalToken:
		return "its address"
	case threading.SignalInReplyTo, threading.SignalReferences:
		return "the mail that it answers"
	default:
		return "its subject"
	}
}

// Mentions are an @ that names nobody, and in text that leaves one that names a
// colleague.
func (m *Mail) Mentions() (out []Finding) {
	known, unknown := command.Mentions(m.Reading.Text, naming.Callable(m.Dir))
	for _, x := range unknown {
		out = append(out, found("mention "+strings.ToLower(x.Name), "@"+x.Name, "Nobody here is called @"+x.Name+"."))
	}
	if m.Kind == aside.Notes {
		return out
	}
	for _, x := range known {
		out = append(out, found("mention "+strings.ToLower(x.Name), "@"+x.Name, "This names a colleague and would leave the team."))
	}
	return out
}

// audience is what somebody would hear whom the answered notice did not name.
func (m *Mail) audience() (out []Finding, err error) {
	if m.Answered == nil || m.View == nil {
		return nil, nil
	}
	var late []aside.Participant
	if m.To != nil {
		if late, err = m.unnamed(m.View.Hearers(m.To.ID)); err != nil {
			return nil, err
		}
	}
	if m.Copies {
		changed, err := m.Tx.ChangedSince(m.View.Ticket.Number, "requester", m.Answered.CreatedAt)
		if err != nil {
			return nil, err
		}
		if customer := m.View.Participant(m.View.Customer().ID, m.View.Ticket.Requester); changed && customer != nil {
			late = append(late, *customer)
		}
	}
	for _, p := range late {
		own, err := m.letIn(p)
		if err != nil {
			return nil, err
		}
		if own {
			continue
		}
		f := found("audience "+p.Address, naming.Inside(m.Dir, p.Name, p.Address),
			naming.Inside(m.Dir, p.Name, p.Address)+" would get this too, and was not among the readers when you got the mail that you answer.")
		if !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	return out, nil
}

// letIn reports whether the mail's writer let somebody into the conversation that
// it goes to, and so needs no telling that they are there; but what was one
// conversation with them and one without is another matter. A mail that names
// another customer is answered to that one, unless somebody says otherwise.
func (m *Mail) letIn(p aside.Participant) (bool, error) {
	if m.Answered.Ticket != m.View.Ticket.Number || m.To == nil || p.Conversation != m.To.ID {
		return false, nil
	}
	number := m.View.Ticket.Number
	own, err := m.Tx.ActedAt(number, m.Agent.Handle, "added", p.Since)
	if err != nil || own || m.Answered.Conversation != m.View.Notes().ID {
		return own, err
	}
	return m.Tx.ActedAt(number, m.Agent.Handle, "requester", p.Since)
}

// unnamed are those of the conversation's people whom the answered notice did
// not name.
func (m *Mail) unnamed(people []aside.Participant) ([]aside.Participant, error) {
	// Counts of two tickets cannot be compared: after a merge it is the people
	// of the conversation that was answered, as they were then, those left out
	// whose part there has ended since.
	merged := m.Answered.Ticket != m.View.Ticket.Number && m.Answered.Conversation != m.To.ID
	var before []aside.Participant
	var err error
	if merged {
		if before, err = m.Tx.Participants(m.Answered.Conversation); err != nil {
			return nil, fmt.Errorf("read who heard conversation %d: %w", m.Answered.Conversation, err)
		}
	}
	return slices.DeleteFunc(people, func(p aside.Participant) bool {
		if !merged {
			return p.AudienceAt <= m.Answered.AudienceAt
		}
		return slices.ContainsFunc(before, func(o aside.Participant) bool {
			return o.Address == p.Address && o.AudienceAt <= m.Answered.AudienceAt && o.Until.IsZero()
		})
	}), nil
}

// collision is a reply when a colleague has answered since, or the ticket is
// somebody else's.
func (m *Mail) collision() (out []Finding, err error) {
	if m.To != nil && m.Answered != nil {
		// After a merge an answer may stand in the conversation that was
		// answered, and is no less heard.
		where := []int64{m.To.ID}
		if m.Answered.Ticket != m.View.Ticket.Number {
			where = append(where, m.Answered.Conversation)
		}
		for _, conversation := range where {
			authors, err := m.Tx.RepliedSince(conversation, m.Answered.CreatedAt, m.Agent.Handle)
			if err != nil {
				return nil, fmt.Errorf("look who answered since: %w", err)
			}
			for _, author := range authors {
				f := found("collision "+author, "", naming.Agent(m.Dir, author)+" has answered since the mail that you answer.")
				if !slices.Contains(out, f) {
					out = append(out, f)
				}
			}
		}
	}
	if owner := m.View.Owner(); owner != nil && !m.View.InRoom(m.Agent.Handle) && !m.takes() {
		out = append(out, found("owner "+owner.Handle, "", fmt.Sprintf("#%d is %s's, and you are not in its room.", m.View.Ticket.Number, owner.FirstName())))
	}
	return out, nil
}

// takes reports whether the mail itself makes the ticket its writer's.
func (m *Mail) takes() bool {
	return slices.ContainsFunc(m.Commands, func(c command.Command) bool {
		return c.Verb == command.Assign && (len(c.Args) == 0 || c.Args[0] == "me" || naming.Called(m.Dir, c.Args[0]) == m.Agent)
	})
}

// repeated is an answer in the very words of the writer's last one, which
// quotes nothing: a mailbox that answers by itself, and says nowhere that it
// does, has no others.
func (m *Mail) repeated() (out []Finding, err error) {
	const few = 8 // a short "Thank you, we are on it." may come twice
	if m.To == nil || m.Directed || strings.TrimSpace(m.Reading.Elided) != "" || reply.Words(m.Reading.Text) < few {
		return nil, nil
	}
	last, err := m.Tx.Messages(m.To.ID, 6)
	if err != nil {
		return nil, fmt.Errorf("read what was said last: %w", err)
	}
	for _, was := range slices.Backward(last) {
		if was.Kind != aside.MessageOutbound || was.Author != m.Agent.Handle {
			continue
		}
		if reply.Normalise(was.Text) == reply.Normalise(m.Reading.Text) {
			out = append(out, found("repeated", "", "You sent the very same words here before. If you did not write this mail, your mailbox answers by itself."))
		}
		return out, nil
	}
	return nil, nil
}
