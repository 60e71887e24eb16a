package desk

import (
	"fmt"
	"slices"

	"aside"
	"aside/desk/answer"
	"aside/desk/guard"
	"aside/desk/notice"
	"aside/desk/reading"
	"aside/desk/ticket"
	"aside/reply"
	"aside/reply/command"
	"aside/store"
	"aside/templates"
)

// questions answers a mail that consists of questions alone: /list, /show,
// /search, /why and /help change nothing.
func (d *deed) questions() (bool, error) {
	asks := 0
	for _, c := range d.commands {
		if answer.Asks(c.Verb) {
			asks++
		}
	}
	if asks == 0 || asks != len(d.commands) || len(d.r.Result.Problems) > 0 || d.hasText() || d.passesOn() {
		return false, nil
	}
	d.w.rec.Outcome = store.OutcomeDone
	for _, c := range d.commands {
		if err := d.answer(c); err != nil {
			return true, fmt.Errorf("%s: %w", c.Source, err)
		}
	}
	return true, d.receipt()
}

// answer sends the answer to one question.
func (d *deed) answer(c command.Command) error {
	w := d.w
	desk := w.dir.DeskOrFirst(w.place.Desk)
	if d.v != nil {
		desk = d.v.Desk
	}
	asker := &answer.Asker{Tx: w.tx, Dir: w.dir, Templates: w.set.Templates, Tickets: w.tickets, Agent: d.a, Desk: desk, Found: w.found(d.a)}
	var m templates.Mail
	var err error
	switch c.Verb {
	case command.List:
		m, err = asker.List(c)
	case command.Search:
		m, err = asker.Search(c)
	case command.HelpMe:
		m, err = asker.Help()
	default:
		v, problem := asker.About(c, d.v)
		if problem != "" {
			d.notDone = append(d.notDone, problem)
			return nil
		}
		switch {
		case c.Verb == command.Show && slices.Contains(c.Args, command.Quoted):
			return d.showQuoted(asker, v, c)
		case c.Verb == command.Show:
			m, err = asker.Show(v)
		default:
			m, err = asker.Why(v, c)
		}
	}
	if err != nil {
		return err
	}
	return w.tell.Apart(desk, d.a, aside.NoticeList, m, store.About{})
}

// showQuoted answers /show quoted: what was cut as quoted from the mail whose
// notice is answered, else from all mails of the ticket. The answer stands in
// the team's thread: who quotes it quotes something of the team's.
func (d *deed) showQuoted(asker *answer.Asker, v *ticket.View, c command.Command) error {
	var message int64
	if c.Number == 0 && d.answered != nil {
		message = d.answered.Shown
	}
	m, all, err := asker.Quoted(v, message)
	if err != nil {
		return err
	}
	if all == "" {
		from := "what you answer"
		if message == 0 {
			from = "the mails of this ticket"
		}
		d.notDone = append(d.notDone, "/show quoted: nothing was cut from "+from)
		return nil
	}
	n := notice.Notice{Kind: aside.NoticeList, Conversation: *v.Notes(), Words: m.Words, Subject: fmt.Sprintf("[#%d team] Quoted: %s", v.Ticket.Number, v.Ticket.Subject), Bare: true}
	if err := d.w.tell.Notice(v, n, d.a); err != nil {
		return err
	}
	return d.w.staysInside(v, all)
}

// staysInside makes text known as the team's: its lines, which quoting clients
// bring back, and its passages, of which the leak guard knows nothing where
// an agent's mail quoted them from elsewhere. What an audience has heard itself
// it may hear again.
func (w *work) staysInside(v *ticket.View, text string) error {
	key := w.s.Keys.LineKey()
	if err := w.tx.AddLines(v.Ticket.Number, v.Notes().ID, 0, reply.Hashes(key, reading.Unmarked(text))); err != nil {
		return err
	}
	return guard.KeepInside(w.tx, w.s.Keys, v, reading.Unmarked(text))
}
