package desk

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"aside"
	"aside/desk/guard"
	"aside/desk/naming"
	"aside/desk/notice"
	"aside/reply/command"
	"aside/store"
	"aside/templates"
	"aside/threading"
)

// stepAsk makes sure that there is somebody to ask, and lets them in.
func (d *deed) stepAsk(c command.Command) func() error {
	if len(c.Args) == 0 || naming.Called(d.w.dir, c.Args[0]) == nil {
		d.refuse(c, "Nobody here is called "+strings.Join(c.Args, " ")+".", "")
		return nil
	}
	if d.dest.ask == nil { // another command sends the text elsewhere
		d.refuse(c, "A question is a note, and this text goes elsewhere.", "")
		return nil
	}
	asked := naming.Called(d.w.dir, c.Args[0])
	d.dest.ask.Args = []string{asked.Handle}
	return func() error { return d.v.Enter(asked.Handle, "invited") }
}

// askNotice asks an agent for a decision. The links answer in the notes.
func (d *deed) askNotice(a *aside.Agent, m aside.Message) error {
	to, err := d.w.tell.Address(d.v.Desk, *d.v.Notes(), a.Handle)
	if err != nil {
		return err
	}
	subject := threading.NoticeSubject(*d.v.Notes(), d.v.Ticket.Subject)
	link := func(word string) string { return templates.Mailto(to, subject, fmt.Sprintf("%s %d\n--\n", word, m.ID)) }
	words, err := d.w.set.Templates.Ask(templates.KeyOf(d.v.Desk), templates.Ask{Who: d.a.FirstName(), Text: m.Text, ApproveURL: link("approve"), DeclineURL: link("decline")})
	if err != nil {
		return err
	}
	n := notice.Notice{Kind: aside.NoticeEvent, Conversation: *d.v.Notes(), Words: words, From: notice.Byline(d.w.dir, d.v, *d.v.Notes(), m), Important: true}
	n.About.Shown = m.ID
	d.done = append(d.done, a.FirstName()+" is asked")
	if err := d.v.Event(d.a.Handle, askedEvent, map[string]any{"what": m.ID, "to": a.Handle}); err != nil {
		return err
	}
	return d.w.tell.Notice(d.v, n, a)
}

// askedEvent says who was asked about which note.
const askedEvent = "asked"

// askedOf is whom a note asked; empty when it asked nobody.
func (d *deed) askedOf(note int64) (string, error) {
	events, err := d.w.tx.Events(d.v.Ticket.Number)
	if err != nil {
		return "", fmt.Errorf("read who was asked: %w", err)
	}
	for _, e := range events {
		var data struct {
			What int64
			To   string
		}
		if e.Kind == askedEvent && json.Unmarshal(e.Data, &data) == nil && data.What == note {
			return data.To, nil
		}
	}
	return "", nil
}

// answersAsk reads "approve" or "decline" as the answer to a question. Who,
// when and the exact text become an event.
func (d *deed) answersAsk() (bool, error) {
	if d.v == nil {
		return false, nil
	}
	fields := strings.Fields(strings.ToLower(strings.Trim(d.r.Text, " .!\n")))
	if len(fields) == 0 || len(fields) > 2 || fields[0] != "approve" && fields[0] != "decline" {
		return false, nil
	}
	var id int64
	switch {
	case len(fields) == 2:
		if _, err := fmt.Sscanf(fields[1], "%d", &id); err != nil {
			return false, nil
		}
	case d.answered != nil:
		id = d.answered.Shown
	}
	m, err := d.w.tx.Message(id)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return false, fmt.Errorf("read what was asked: %w", err)
	}
	if err != nil || m.Kind != aside.MessageNote || d.v.Conversation(m.Conversation) == nil || !d.v.SeenBy(d.a) {
		return false, nil
	}
	asked, err := d.askedOf(m.ID)
	if err != nil || asked == "" {
		return false, err
	}
	verdict := map[string]string{"approve": "approved", "decline": "declined"}[fields[0]]
	if asked != d.a.Handle {
		d.w.rec.Outcome, d.w.rec.Ticket = store.OutcomeDone, d.v.Ticket.Number
		d.notDone = append(d.notDone, verdict+": it is "+naming.Agent(d.w.dir, asked)+"'s to decide")
		return true, d.receipt()
	}
	d.done = append(d.done, verdict)
	if err := d.v.Event(d.a.Handle, verdict, map[string]any{"what": m.ID, "value": m.Text}); err != nil {
		return true, err
	}
	if verdict == "approved" {
		if err := d.letGo(m); err != nil {
			return true, err
		}
	}
	d.w.rec.Outcome = store.OutcomeDone
	d.w.rec.Ticket = d.v.Ticket.Number
	told := d.v.Listeners(d.a.Handle)
	if author := d.w.dir.AgentByHandle(m.Author); author != nil && author != d.a && !slices.Contains(told, author) {
		told = append(told, author)
	}
	if err := d.w.tell.Event(d.v, told, d.a.FirstName()+" "+verdict+": "+templates.Excerpt(m.Text)); err != nil {
		return true, err
	}
	if err := d.v.Save(); err != nil {
		return true, err
	}
	return true, d.receipt()
}

// letGo lets the words of an approved note go to the customer: they were
// written for that, and shown to whoever approved them. What the note forwards
// was written for somebody else.
func (d *deed) letGo(m aside.Message) error {
	m.Text, _, _ = strings.Cut("\n"+m.Text, "\n"+naming.ForwardedWord)
	return guard.LetGo(d.w.tx, d.w.s.Keys, d.v, m)
}
