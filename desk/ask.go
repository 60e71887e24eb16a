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
	"aside/desk/ticket"
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
	if asked == d.a {
		d.refuse(c, "Somebody else has to decide about your words.", "")
		return nil
	}
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
	if err := d.v.Event(d.a.Handle, askedEvent, map[string]any{"what": m.ID, "to": a.Handle, "for": d.askedFor().ID}); err != nil {
		return err
	}
	return d.w.tell.Notice(d.v, n, a)
}

// askedFor is whom a question's words are for: the conversation in whose answer
// it is asked.
func (d *deed) askedFor() *aside.Conversation {
	if c := d.v.Conversation(d.w.place.Conversation.ID); c != nil && c.Kind == aside.Side {
		return c
	}
	return d.v.Customer()
}

// askedEvent says who was asked about which note.
const askedEvent = "asked"

// question is a note that asks a colleague for a decision.
type question struct {
	note   aside.Message
	of     *ticket.View // whose note it is: the ticket, or one that was merged into it
	family []int64
	to     string // who is asked
	about  int64  // the conversation that the words are for; 0 for the customer's
}

// asked is the question that a note is; nil where it asked nobody.
func (d *deed) asked(note int64) (*question, error) {
	q := &question{}
	var err error
	if q.note, err = d.w.tx.Message(note); errors.Is(err, store.ErrNotFound) || err == nil && q.note.Kind != aside.MessageNote {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read what was asked: %w", err)
	}
	if q.family, err = d.w.tx.Family(d.v.Ticket.Number); err != nil {
		return nil, err
	}
	if q.of, err = d.withConversation(q.family, q.note.Conversation); err != nil || q.of == nil {
		return nil, err
	}
	events, err := d.w.tx.Events(q.of.Ticket.Number)
	if err != nil {
		return nil, fmt.Errorf("read who was asked: %w", err)
	}
	for _, e := range events {
		var data struct {
			What, For int64
			To        string
		}
		if e.Kind == askedEvent && json.Unmarshal(e.Data, &data) == nil && data.What == note {
			q.to, q.about = data.To, data.For
			return q, nil
		}
	}
	return nil, nil
}

// withConversation is the one of some tickets that has a conversation; nil if
// none has.
func (d *deed) withConversation(tickets []int64, conversation int64) (*ticket.View, error) {
	for _, n := range tickets {
		v, err := d.w.tickets.Open(n)
		if err != nil {
			return nil, err
		}
		if v.Conversation(conversation) != nil {
			return v, nil
		}
	}
	return nil, nil
}

// answersAsk reads "approve" or "decline" as the answer to a question. Who,
// when and the exact text become an event.
func (d *deed) answersAsk() (bool, error) {
	if d.v == nil {
		return false, nil
	}
	verdict, id := d.verdict()
	if verdict == "" {
		return false, nil
	}
	if id == 0 && d.answered != nil {
		id = d.answered.Shown
	}
	q, err := d.asked(id)
	if err != nil || q == nil || !d.v.SeenBy(d.a) {
		return false, err
	}
	d.w.rec.Outcome, d.w.rec.Ticket = store.OutcomeDone, d.v.Ticket.Number
	if q.to != d.a.Handle {
		d.notDone = append(d.notDone, verdict+": it is "+naming.Agent(d.w.dir, q.to)+"'s to decide")
		return true, d.receipt()
	}
	d.done = append(d.done, verdict)
	if err := d.v.Event(d.a.Handle, verdict, map[string]any{"what": q.note.ID, "value": q.note.Text}); err != nil {
		return true, err
	}
	if err := d.letGo(q, verdict == approved); err != nil {
		return true, err
	}
	told := d.v.Listeners(d.a.Handle)
	if author := d.w.dir.AgentByHandle(q.note.Author); author != nil && author != d.a && !slices.Contains(told, author) {
		told = append(told, author)
	}
	if err := d.w.tell.Event(d.v, told, d.a.FirstName()+" "+verdict+": "+templates.Excerpt(q.note.Text)); err != nil {
		return true, err
	}
	if err := d.v.Save(); err != nil {
		return true, err
	}
	return true, d.receipt()
}

// What a question is answered with.
const (
	approved = "approved"
	declined = "declined"
)

// verdict reads a mail that says nothing but "approve" or "decline", above a
// signature too, and which note that is about; 0 for the one that is answered.
func (d *deed) verdict() (verdict string, note int64) {
	fields := strings.Fields(strings.ToLower(strings.Trim(d.unsigned(), " .!\n")))
	if len(fields) == 0 || len(fields) > 2 {
		return "", 0
	}
	if len(fields) == 2 {
		if _, err := fmt.Sscanf(fields[1], "%d", &note); err != nil {
			return "", 0
		}
	}
	return map[string]string{"approve": approved, "decline": declined}[fields[0]], note
}

// letGo lets the words of a note go where they were written for, once whoever was
// asked has approved them, or not any more. What the note forwards was written
// for somebody else.
func (d *deed) letGo(q *question, may bool) error {
	note := q.note
	note.Text, _, _ = strings.Cut("\n"+note.Text, "\n"+naming.ForwardedWord)
	v, conversation := q.of, q.of.Customer().ID
	if q.about != 0 {
		var err error
		if v, err = d.withConversation(q.family, q.about); err != nil || v == nil {
			return err
		}
		conversation = q.about
	}
	if !may {
		return guard.KeepBack(d.w.tx, d.w.s.Keys, v, conversation, note)
	}
	return guard.LetGo(d.w.tx, d.w.s.Keys, v, conversation, note)
}
