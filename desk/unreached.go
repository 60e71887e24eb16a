package desk

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"aside"
	"aside/desk/action"
	"aside/desk/notice"
	"aside/desk/ticket"
	"aside/store"
	"aside/templates"
)

// tellUnreachedEvery is how often the same colleagues hear that an agent is not
// reached with what a ticket has: a mailbox that is full refuses many notices.
const tellUnreachedEvery = 24 * time.Hour

// Unreached is Undelivered of a notice.
func (s *Service) Unreached(tx *store.Tx, t Trouble) error {
	n, err := tx.NoticeByID(t.Notice)
	if err != nil {
		return err
	}
	n.Address = t.To // the agent's own by now
	if t.Delayed {
		if first, err := tx.TellDelay(0, t.Notice); err != nil || !first {
			return err
		}
	}
	w := s.work(tx, s.settings.Load(), nil, "")
	if t.Refused {
		return w.refused(n, t.Detail)
	}
	return w.unreached(n, t.Delayed, t.Detail)
}

// refused sends a notice that was refused for good once more without the files
// that it had: most often it is they that are refused, and the words must be
// heard. Of one that had none colleagues hear.
func (w *work) refused(n store.NoticeOf, detail string) error {
	var files []aside.Attachment
	if n.Message != 0 && w.dir.AgentByHandle(n.Agent) != nil {
		m, err := w.tx.Message(n.Message)
		if err != nil {
			return err
		}
		files = m.Attachments
	}
	facts, err := notice.WithoutFiles(n.Facts, files, detail)
	if err != nil || facts == "" {
		return errors.Join(err, w.unreached(n, false, detail))
	}
	v, err := w.tickets.Open(n.Ticket)
	if err != nil {
		return err
	}
	token, err := w.draw()
	if err != nil {
		return err
	}
	if err := w.tx.RepeatNotice(n.ID, token, facts); err != nil {
		return err
	}
	return v.Event("aside", "notice trouble", map[string]any{"to": n.Address,
		"reason": "A notice to " + n.Agent + " (" + n.Address + ") was refused, and goes once more without its files: " + detail})
}

// unreached tells an agent's colleagues that a notice did not get there: what it
// says, nobody may know else. The ticket has it as well. The agent is not told,
// for that would go the way that fails, and of a notice like these nothing is
// told: two mailboxes that are full would keep telling of each other.
func (w *work) unreached(n store.NoticeOf, delayed bool, detail string) error {
	a := w.dir.AgentByHandle(n.Agent)
	switch {
	case n.Kind == aside.NoticeUnreached:
		return nil
	case a == nil && delayed:
		return nil // it is not tried again
	case a == nil:
		return w.unheard(n, "no agent any more")
	}
	limit := "unreached"
	if delayed {
		limit = "unreached yet"
	}
	if first, err := w.tx.Allow(limit, fmt.Sprintf("%s %d", n.Agent, n.Ticket), tellUnreachedEvery); err != nil || !first {
		return err
	}
	who := a.Name + " (" + n.Address + ")"
	lines := []string{"A notice to " + who + " did not arrive: " + detail, whatItHad(n, a)}
	if delayed {
		lines[0] = "A notice to " + who + " is delayed and is still being tried: " + detail
	}
	if n.Ticket == 0 {
		return w.unreachedApart(n, a, lines)
	}
	return w.tellColleagues(n, lines)
}

// unheard tells colleagues of what a ticket had for somebody who may not have it
// any more, be it that they are no agent, and for nobody else, once a day: nobody
// is left who knows of it.
func (w *work) unheard(n store.NoticeOf, why string) error {
	if n.Ticket == 0 || n.Kind != aside.NoticeMessage && n.Kind != aside.NoticeEvent {
		return nil // about that agent's own mail
	}
	if n.Shown != 0 {
		m, err := w.tx.Message(n.Shown)
		if err != nil {
			return err
		}
		if w.dir.AgentByHandle(m.Author) != nil {
			return nil // whose words they are knows of them
		}
	}
	var agents []string
	for _, a := range w.dir.Agents {
		agents = append(agents, a.Handle)
	}
	told, err := w.tx.AlsoTold(n, agents)
	if err != nil || told {
		return err
	}
	if first, err := w.tx.Allow("unheard", fmt.Sprintf("%s %d", n.Agent, n.Ticket), tellUnreachedEvery); err != nil || !first {
		return err
	}
	return w.tellColleagues(n, []string{"This ticket has had mail or news of which only " + n.Agent + " was told, who is " + why + ".",
		"Somebody else has to look after it. " + action.ReadAll})
}

// expire throws away what somebody held who is no agent any more. Nobody else may
// know that an answer was written, and did not leave.
func (w *work) expire(h *store.HeldMail) error {
	if err := w.layAside(h, aside.HoldExpired, "its writer is no agent any more"); err != nil || h.Ticket == 0 || h.Kind == aside.HoldUnproven {
		return err
	}
	v, err := w.tickets.Open(h.Ticket)
	if err != nil {
		return err
	}
	view := holdView(w.dir, h)
	told := "H" + fmt.Sprint(h.Number) + ", a mail of " + h.Agent + "'s that was held"
	if len(view.To) > 0 {
		told += " on its way to " + strings.Join(view.To, ", ")
	}
	return w.tell.Event(v, w.colleagues(v, h.Agent), told+", will not be sent: "+h.Agent+" is no agent any more.")
}

// tellColleagues tells, on the ticket, those who hear of it beside the agent of a
// notice.
func (w *work) tellColleagues(n store.NoticeOf, lines []string) error {
	v, err := w.tickets.Open(n.Ticket)
	if err != nil {
		return err
	}
	if err := v.Event("aside", "notice trouble", map[string]any{"to": n.Address, "reason": lines[0]}); err != nil {
		return err
	}
	words, err := w.set.Templates.Event(templates.KeyOf(v.Desk), templates.Event{Lines: lines})
	if err != nil {
		return err
	}
	return w.tell.Notice(v, notice.Notice{Kind: aside.NoticeUnreached, Conversation: *v.Notes(), Words: words}, w.colleagues(v, n.Agent)...)
}

// whatItHad is what an agent does not know without a notice.
func whatItHad(n store.NoticeOf, a *aside.Agent) string {
	switch n.Kind {
	case aside.NoticeHold:
		return "It says that a mail of " + a.FirstName() + "'s is held: nothing in it was done yet."
	case aside.NoticeCode:
		return "It has the code for a mail in " + a.FirstName() + "'s name, which waits for it."
	case aside.NoticeReceipt:
		return "It says what became of a mail of " + a.FirstName() + "'s."
	}
	if n.Ticket == 0 {
		return "Until that mailbox takes mail again, " + a.FirstName() + " hears nothing from this desk."
	}
	return "Until that mailbox takes mail again, somebody else has to look after this ticket."
}

// colleagues are those who hear of a ticket beside an agent; where that is
// nobody, the rest of the team.
func (w *work) colleagues(v *ticket.View, agent string) []*aside.Agent {
	for _, list := range [][]*aside.Agent{v.Listeners(), w.dir.TeamAgents(v.Ticket.Team), w.dir.TeamAgents(v.Desk.Team)} {
		if rest := others(list, agent); len(rest) > 0 {
			return rest
		}
	}
	return nil
}

func others(list []*aside.Agent, agent string) []*aside.Agent {
	return slices.DeleteFunc(slices.Clone(list), func(a *aside.Agent) bool { return a.Handle == agent })
}

// unreachedApart tells the team of a desk what belongs to no ticket.
func (w *work) unreachedApart(n store.NoticeOf, a *aside.Agent, lines []string) error {
	d := w.dir.Desk(n.Desk)
	if d == nil {
		return nil
	}
	words, err := w.set.Templates.Event(templates.KeyOf(d), templates.Event{Lines: lines})
	if err != nil {
		return err
	}
	for _, b := range others(w.dir.TeamAgents(d.Team), a.Handle) {
		if err := w.tell.Apart(d, b, aside.NoticeUnreached, templates.Mail{Subject: a.Name + " is not reached by mail", Words: words}, store.About{}); err != nil {
			return err
		}
	}
	return nil
}
