package desk

import (
	"fmt"
	"slices"
	"time"

	"aside"
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
	return s.work(tx, s.settings.Load(), nil, "").unreached(n, t.Delayed, t.Detail)
}

// unreached tells an agent's colleagues that a notice did not get there: what it
// says, nobody may know else. The ticket has it as well. The agent is not told,
// for that would go the way that fails, and of a notice like these nothing is
// told: two mailboxes that are full would keep telling of each other.
func (w *work) unreached(n store.NoticeOf, delayed bool, detail string) error {
	a := w.dir.AgentByHandle(n.Agent)
	if a == nil || n.Kind == aside.NoticeUnreached {
		return nil
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
	return w.tell.Notice(v, notice.Notice{Kind: aside.NoticeUnreached, Conversation: *v.Notes(), Words: words}, w.colleagues(v, a)...)
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
func (w *work) colleagues(v *ticket.View, a *aside.Agent) []*aside.Agent {
	for _, list := range [][]*aside.Agent{v.Listeners(), w.dir.TeamAgents(v.Ticket.Team), w.dir.TeamAgents(v.Desk.Team)} {
		if rest := others(list, a); len(rest) > 0 {
			return rest
		}
	}
	return nil
}

func others(list []*aside.Agent, a *aside.Agent) []*aside.Agent {
	return slices.DeleteFunc(slices.Clone(list), func(b *aside.Agent) bool { return b.Handle == a.Handle })
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
	for _, b := range others(w.dir.TeamAgents(d.Team), a) {
		if err := w.tell.Apart(d, b, aside.NoticeUnreached, templates.Mail{Subject: a.Name + " is not reached by mail", Words: words}, store.About{}); err != nil {
			return err
		}
	}
	return nil
}
