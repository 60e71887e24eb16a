package desk

import (
	"fmt"
	"slices"
	"strings"

	"aside"
	"aside/desk/notice"
	"aside/store"
	"aside/templates"
)

// tellCopied tells the agent that the agent's own client sent this mail to
// outsiders, who have the notice's frame now: the reply addresses in it are
// ended, and a new notice has others.
func (d *deed) tellCopied() error {
	if len(d.copied) == 0 || d.w.place.Recorded {
		return nil
	}
	ended, err := d.exposed()
	if err != nil || len(ended) == 0 {
		return err
	}
	for _, conversation := range ended {
		draw, err := d.w.draw()
		if err != nil {
			return err
		}
		if err := d.w.tx.RedrawHolder(conversation, d.a.Handle, draw); err != nil {
			return fmt.Errorf("end a token of %s: %w", d.a.Handle, err)
		}
	}
	var who []string
	for _, a := range d.copied {
		who = append(who, a.Address)
	}
	told := []string{"Your mail program sent your last mail to " + strings.Join(who, ", ") + " as well, with what it quoted of our notice. It was not sent to them again.",
		"The reply address in that notice no longer counts. To go on, answer this mail."}
	if d.v == nil {
		desk := d.w.dir.DeskOrFirst(d.w.place.Desk)
		m, err := d.w.set.Templates.Receipt(templates.KeyOf(desk), templates.Receipt{NotDone: told[:1], Next: told[1]})
		if err != nil {
			return err
		}
		return d.w.tell.Apart(desk, d.a, aside.NoticeReceipt, m, store.About{})
	}
	if err := d.v.Event(d.a.Handle, "copied by the agent's client", map[string]any{"to": strings.Join(who, ", ")}); err != nil {
		return err
	}
	words, err := d.w.set.Templates.Event(templates.KeyOf(d.v.Desk), templates.Event{Lines: told})
	if err != nil {
		return err
	}
	c := *d.v.Conversation(d.w.place.Conversation.ID)
	return d.w.tell.Notice(d.v, notice.Notice{Kind: aside.NoticeEvent, Conversation: c, Words: words, Important: true}, d.a)
}

// exposed are the conversations whose reply addresses of the agent's the
// outsiders have: the one that the mail answers, as it was called there and where
// a merge has led it, those whose addresses the mail went to, and the notes of
// each, which a notice's links lead to. 0 is for what belongs to no ticket.
func (d *deed) exposed() (ids []int64, err error) {
	add := func(conversation, number int64) {
		if err != nil {
			return
		}
		list := []int64{conversation}
		if number != 0 {
			v, e := d.w.tickets.Open(number)
			if e != nil {
				err = e
				return
			}
			list = append(list, v.Notes().ID)
		}
		for _, id := range list {
			if !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	for _, t := range d.w.facts.Tokens {
		if d.w.rows.Agents[t.Holder].Handle != d.a.Handle {
			continue
		}
		if t.Conversation == 0 {
			add(0, 0)
		}
		for _, c := range d.w.rows.Conversations {
			if c.Token == t.Conversation {
				add(c.ID, c.Ticket)
			}
		}
	}
	if d.answered != nil {
		add(d.answered.Conversation, d.answered.Ticket)
	}
	if len(ids) > 0 && d.v != nil {
		add(d.w.place.Conversation.ID, d.v.Ticket.Number)
	}
	return ids, err
}
