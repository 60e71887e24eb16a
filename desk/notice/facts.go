package notice

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"aside"
	"aside/desk/naming"
	"aside/desk/ticket"
	"aside/templates"
	"aside/threading"
)

// common is what the frames of one message's notices have in common.
type common struct {
	facts  facts
	inside string
	open   []*aside.Ticket   // of the same requester
	mails  map[time.Time]int // of the requester, by when the day began
}

// cue is what stands in the composer's To line: who will hear.
func cue(v *ticket.View, c aside.Conversation) string {
	number := fmt.Sprintf("#%d", v.Ticket.Number)
	if c.Kind == aside.Notes {
		return "TEAM ONLY " + number
	}
	var others []aside.Participant
	copied, who := false, "nobody"
	for _, p := range v.Hearers(c.ID) {
		if c.Kind == aside.Side && c.CustomerCopied && p.Address == v.Ticket.Requester {
			copied, who = true, v.Name(p) // where nobody else is left
			continue
		}
		others = append(others, p)
	}
	if len(others) > 0 {
		who = v.Name(others[0])
	}
	if len(others) > 1 {
		who += fmt.Sprintf(" +%d", len(others)-1)
	}
	switch {
	case c.Kind == aside.Customer:
		return "CUSTOMER " + who + " " + number
	case copied:
		return "CUSTOMER + SIDE " + who + " " + number + "-" + c.Tag
	default:
		return "SIDE " + who + " " + number + "-" + c.Tag
	}
}

// common gathers what the frames of a notice show to every agent.
func (t *Teller) common(v *ticket.View, n Notice) (*common, error) {
	all := &common{mails: map[time.Time]int{}}
	f := &all.facts
	f.Audience, f.Ticket, f.Tag, f.Deciding = n.Conversation.Kind, v.Ticket.Number, n.Conversation.Tag, n.Deciding
	if n.Conversation.Kind != aside.Notes {
		f.Hear = v.Names(v.Hearers(n.Conversation.ID))
	}
	if p := v.Participant(n.Conversation.ID, v.Ticket.Requester); n.Conversation.CustomerCopied && p != nil {
		customer := v.Name(*p) // as among those who hear it, who may have come by another name than to the ticket
		f.Customer = &customer
	}
	if s := n.Sender; s != nil {
		f.Stranger, f.Unproven, f.Offers, f.WhoHas = s.Stranger, s.Unproven, s.Offers, s.WhoHas
		if n.Message != nil {
			f.Relayed = n.Message.ID
		}
		f.Facts = append(f.Facts, s.Facts...)
		f.Subject = threading.NoticeSubject(n.Conversation, v.Ticket.Subject)
	}
	if n.Bare {
		return all, nil
	}
	f.Owner = v.OwnerName()
	f.Facts = append(f.Facts, n.Facts...)
	f.Notes = threading.NoticeSubject(*v.Notes(), v.Ticket.Subject)
	var err error
	if all.inside, err = t.inside(v, n.Conversation); err != nil {
		return nil, err
	}
	all.open, err = t.Tx.OpenTicketsOf(v.Ticket.Requester, 4)
	return all, err
}

// frame gathers what stands below the words of an agent's notice.
func (t *Teller) frame(v *ticket.View, a *aside.Agent, n Notice, all *common) (facts, error) {
	f := all.facts
	f.Facts = slices.Clone(f.Facts)
	if a.InTeam(v.Ticket.Team) && n.Kind != aside.NoticeReceipt && n.Kind != aside.NoticeHold {
		f.Team = v.Ticket.Team
	}
	if n.Bare {
		return f, nil
	}
	f.Status = v.Status(a.Location)
	if n.Conversation.Kind == aside.Side && !n.Conversation.DueAt.IsZero() && n.Conversation.State != aside.SideAnswered {
		f.Due = templates.ShortTime(n.Conversation.DueAt, t.Tx.Now(), a.Location)
	}
	return f, t.ticketFacts(v, a, &f, n, all)
}

// ticketFacts are the sentences about the ticket. In the customer conversation
// they count what is inside and say nothing of it.
func (t *Teller) ticketFacts(v *ticket.View, a *aside.Agent, f *facts, n Notice, all *common) error {
	count, err := t.mailsToday(v, a, n, all)
	if err != nil {
		return err
	}
	if count > 1 {
		f.Mails = ordinal(count) + " mail today."
	}
	if all.inside != "" {
		f.Facts = append(f.Facts, "Inside: "+all.inside+".")
	}
	var also []string
	for _, o := range all.open {
		if o.Number != v.Ticket.Number && (a.InTeam(o.Team) || o.Assignee == a.Handle) && len(also) < 3 {
			also = append(also, fmt.Sprintf("#%d %s", o.Number, o.Subject))
		}
	}
	if len(also) > 0 {
		f.Facts = append(f.Facts, "Also open: "+strings.Join(also, ", ")+".")
	}
	if len(n.AlsoTo) > 0 {
		f.Facts = append(f.Facts, "Also written to "+strings.Join(n.AlsoTo, ", ")+".")
	}
	return nil
}

// mailsToday counts the requester's mails on an agent's day, where the notice
// shows one of them.
func (t *Teller) mailsToday(v *ticket.View, a *aside.Agent, n Notice, all *common) (int, error) {
	if n.Message == nil || n.Message.Kind != aside.MessageInbound || n.Message.Author != v.Ticket.Requester || v.First {
		return 0, nil
	}
	day := startOfDay(t.Tx.Now(), a.Location)
	count, counted := all.mails[day]
	if counted {
		return count, nil
	}
	count, err := t.Tx.InboundCount(v.Ticket.Number, v.Ticket.Requester, day)
	all.mails[day] = count
	return count, err
}

// inside counts what a ticket holds beside the conversation that a notice is
// of: "1 side, overdue; 2 notes". It says nothing of what stands there.
func (t *Teller) inside(v *ticket.View, shown aside.Conversation) (string, error) {
	sides, overdue := 0, 0
	for _, c := range v.Conversations {
		if c.Kind == aside.Side && c.ID != shown.ID && c.State != aside.SideDone {
			sides++
			if c.State == aside.SideOverdue {
				overdue++
			}
		}
	}
	var parts []string
	if sides > 0 {
		s := templates.Count(sides, "side")
		switch {
		case overdue == sides:
			s += ", overdue"
		case overdue > 0:
			s += fmt.Sprintf(", %d overdue", overdue)
		}
		parts = append(parts, s)
	}
	if shown.Kind != aside.Notes && !v.First {
		notes, err := t.Tx.NoteCount(v.Notes().ID)
		if err != nil {
			return "", fmt.Errorf("count the notes of ticket %d: %w", v.Ticket.Number, err)
		}
		if notes > 0 {
			parts = append(parts, templates.Count(notes, "note"))
		}
	}
	return strings.Join(parts, "; "), nil
}

// ordinal is a place in a row, in words for the first ten.
func ordinal(n int) string {
	words := []string{"", "First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth", "Ninth", "Tenth"}
	if n < len(words) {
		return words[n]
	}
	end := "th"
	if tens := n / 10 % 10; tens != 1 && n%10 > 0 && n%10 < 4 {
		end = []string{"st", "nd", "rd"}[n%10-1]
	}
	return fmt.Sprint(n, end)
}

func startOfDay(now time.Time, loc *time.Location) time.Time {
	n := now.In(loc)
	return time.Date(n.Year(), n.Month(), n.Day(), 0, 0, 0, 0, loc)
}

// Byline is the display name of From in a notice that shows a message.
func Byline(dir *aside.Directory, v *ticket.View, c aside.Conversation, m aside.Message) string {
	name := naming.Inside(dir, m.AuthorName, m.Author)
	switch {
	case m.Kind == aside.MessageNote:
		return name + " (note)"
	case dir.AgentByAddress(m.Author) != nil:
		return name + " (colleague)"
	case m.Kind == aside.MessageOutbound:
		return name + " (to " + shortList(v.Names(v.Hearers(c.ID))) + ")"
	case m.Author == v.Ticket.Requester && v.Participant(c.ID, m.Author) != nil:
		return name + " (customer)"
	case v.Participant(c.ID, m.Author) != nil && c.Kind == aside.Customer:
		return name + " (copied)"
	case v.Participant(c.ID, m.Author) != nil:
		return name + " (side)"
	default:
		return name + " (not taking part)"
	}
}

// shortList names the first of several: a sender's name that fills a line is
// broken by clients that quote it.
func shortList(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return fmt.Sprintf("%s +%d", names[0], len(names)-1)
}
