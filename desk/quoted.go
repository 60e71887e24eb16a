package desk

import (
	"fmt"
	"slices"
	"strings"

	"aside"
	"aside/desk/guard"
	"aside/desk/notice"
	"aside/desk/reading"
	"aside/desk/ticket"
	"aside/reply"
	"aside/reply/command"
	"aside/templates"
)

// showQuoted answers /show quoted: what was cut as quoted from the mail whose
// notice is answered, else from all mails of the ticket. The answer stands in
// the team's thread: who quotes it quotes something of the team's.
func (d *deed) showQuoted(k templates.Key, v *ticket.View, c command.Command) error {
	list, err := d.cutFrom(v, c)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		d.notDone = append(d.notDone, "/show quoted: nothing was cut from what you answer")
		return nil
	}
	shown := templates.Show{Ticket: v.Ticket.Number, Subject: v.Ticket.Subject, Facts: []string{"What was cut as quoted; the frames of notices and signatures are left out."}}
	var all []string
	for _, m := range list {
		in := v.Conversation(m.Conversation)
		shown.Entries = append(shown.Entries, templates.Entry{At: m.CreatedAt.In(d.a.Location), Who: v.Writer(m), Kind: in.Kind, Text: m.Elided})
		all = append(all, m.Elided)
	}
	m, err := d.w.set.Templates.Show(k, shown)
	if err != nil {
		return err
	}
	n := notice.Notice{Kind: aside.NoticeList, Conversation: *v.Notes(), Words: m.Words, Subject: fmt.Sprintf("[#%d team] Quoted: %s", v.Ticket.Number, v.Ticket.Subject), Bare: true}
	if err := d.w.tell.Notice(v, n, d.a); err != nil {
		return err
	}
	return d.w.staysInside(v, strings.Join(all, "\n"))
}

// cutFrom are the messages that /show quoted is about, those alone from which
// something was cut, the oldest first.
func (d *deed) cutFrom(v *ticket.View, c command.Command) ([]aside.Message, error) {
	var list []aside.Message
	if c.Number == 0 && d.answered != nil && d.answered.Shown != 0 {
		m, err := d.w.tx.Message(d.answered.Shown)
		if err != nil {
			return nil, fmt.Errorf("read the message that was answered: %w", err)
		}
		list = append(list, m)
	} else {
		var err error
		if list, err = d.w.tx.TicketMessages(v.Ticket.Number, entries); err != nil {
			return nil, err
		}
	}
	return slices.DeleteFunc(list, func(m aside.Message) bool {
		return strings.TrimSpace(m.Elided) == "" || v.Conversation(m.Conversation) == nil
	}), nil
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
	return guard.Know(w.tx, w.s.Keys, v.Ticket.Number, v.Notes().ID, 0, reading.Unmarked(text))
}
