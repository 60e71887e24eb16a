package desk

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"aside"
	"aside/desk/action"
	"aside/desk/guard"
	"aside/desk/naming"
	"aside/desk/notice"
	"aside/desk/reading"
	"aside/desk/ticket"
	"aside/reply/command"
	"aside/store"
	"aside/templates"
	"aside/threading"
)

// deed is an agent's mail on its way to being carried out: all of it or
// nothing.
type deed struct {
	w        *work
	a        *aside.Agent
	v        *ticket.View    // the ticket; nil while the mail belongs to none
	answered *store.NoticeOf // the notice that it answers; nil if none
	r        *reading.Reading
	dest     destination
	commands []command.Command

	findings []guard.Finding
	waived   map[string]bool    // guards whose findings an agent released
	release  *store.HeldMail    // the hold that this releases; nil otherwise
	copied   []aside.Address    // outsiders whom the agent's client mailed directly
	listened []*aside.Agent     // who got notices before this mail's own commands
	attached []aside.Attachment // the files of the ticket that /attach names
	pictures map[string]bool    // parts that the ticket has already, by content

	forwarded *aside.Forwarded // the customer's mail that opens a ticket; nil if none

	done    []string // what the receipt tells
	notDone []string
	next    string
}

// staleAfter is the age from which an agent's mail does nothing: whoever
// replays it later has no agent's rights.
const staleAfter = 5 * 24 * time.Hour

// fromAgent carries out what an agent sent.
func (w *work) fromAgent() error {
	d := &deed{w: w, a: w.dir.AgentByHandle(w.who.Agent), waived: map[string]bool{}}
	if stop, err := d.replayed(); stop || err != nil {
		return err
	}
	w.rec.Acted = true
	d.answered = w.answered(d.a)
	var err error
	if d.r, err = w.prepared(); err != nil {
		return err
	}
	if !w.place.NoTicket && !w.place.New {
		if d.v, err = w.tickets.Open(w.place.Ticket.Number); err != nil {
			return err
		}
	}
	d.copied = d.w.outsiders(append(slices.Clone(w.in.Mail.To), w.in.Mail.Cc...))
	if err := d.act(); err != nil {
		return err
	}
	return d.tellCopied()
}

// act is whatever the mail is: the answer to a hold or to a question, or
// something to be done.
func (d *deed) act() error {
	if done, err := d.answersHold(); done || err != nil {
		return err
	}
	if done, err := d.answersAsk(); done || err != nil {
		return err
	}
	return d.run()
}

// acted reports whether a mail with this Message-ID was carried out before.
func (w *work) acted(m *aside.Mail) (bool, error) {
	if m.MessageID == "" {
		return false, nil
	}
	acted, err := w.tx.Acted(m.MessageID)
	if err != nil {
		return false, fmt.Errorf("look whether %s acted before: %w", m.MessageID, err)
	}
	return acted, nil
}

// actedBefore is why a mail that came again does nothing.
const actedBefore = "one with the same Message-ID was carried out before"

// replayed stops a mail that was carried out before or is too old.
func (d *deed) replayed() (bool, error) {
	w := d.w
	acted, err := w.acted(w.in.Mail)
	if err != nil {
		return false, err
	}
	if acted {
		w.rec.Outcome, w.rec.Reason = store.OutcomeIgnored, "A mail with this Message-ID was carried out before, and acts once."
		return true, d.tellReplayed()
	}
	if date := w.in.Mail.Date; !date.IsZero() && w.now.Sub(date) > staleAfter {
		w.rec.Outcome, w.rec.Reason = store.OutcomeIgnored, "The mail is dated more than five days ago, and so does nothing."
		if ok, err := d.tellsAgain("stale"); err != nil || !ok {
			return true, err
		}
		d.notDone = append(d.notDone, "your mail \u201c"+w.in.Mail.Subject+"\u201d: it is dated more than five days ago")
		d.next = "If it is still meant, please write it again."
		return true, d.receiptThere()
	}
	return false, nil
}

// tellsAgain reports whether an agent hears of one more mail that does nothing:
// of their own always, and once an hour of what nothing proves, for anybody can
// send more of it.
func (d *deed) tellsAgain(what string) (bool, error) {
	if d.w.who.IsAgent() {
		return true, nil
	}
	return d.w.tx.Allow(what, d.a.Handle, time.Hour)
}

// tellReplayed tells an agent that a mail came again under a Message-ID that has
// acted: perhaps a draft that was sent twice.
func (d *deed) tellReplayed() error {
	ok, err := d.tellsAgain("replayed")
	if err != nil || !ok {
		return err
	}
	d.notDone = append(d.notDone, "your mail \u201c"+d.w.in.Mail.Subject+"\u201d: "+actedBefore)
	d.next = "If this is another mail, please write it anew."
	return d.receiptThere()
}

// receiptThere sends the receipt in the thread of the ticket that the mail
// names, if it names one.
func (d *deed) receiptThere() error {
	if !d.w.place.NoTicket && !d.w.place.New {
		var err error
		if d.v, err = d.w.tickets.Open(d.w.place.Ticket.Number); err != nil {
			return err
		}
	}
	return d.receipt()
}

// answered finds the notice that an agent's mail answers: the one in
// In-Reply-To, else the newest of that agent's in References.
func (w *work) answered(a *aside.Agent) *store.NoticeOf {
	if n, ok := w.rows.Notices[w.place.Notice]; ok && n.Agent == a.Handle {
		return &n
	}
	for _, id := range w.facts.SignedIDs {
		if n, ok := w.rows.Notices[id.Notice]; ok && n.Agent == a.Handle && id.Where == threading.InReferences {
			return &n
		}
	}
	return nil
}

// run finds where the text goes, checks everything, and then does all of it or
// holds all of it.
func (d *deed) run() error {
	if d.v == nil {
		return d.atDesk()
	}
	if !d.v.SeenBy(d.a) {
		return d.withoutAccess()
	}
	if err := d.knowPictures(); err != nil {
		return err
	}
	d.commands = d.r.Result.Commands
	if done, err := d.questions(); done || err != nil {
		return err
	}
	d.choose()
	if err := d.reread(); err != nil {
		return err
	}
	if d.w.place.Recorded {
		return d.record()
	}
	if d.check() {
		return d.hold()
	}
	steps := d.steps()
	if err := d.guards(); err != nil {
		return err
	}
	if len(d.findings) > 0 {
		return d.hold()
	}
	return d.carryOut(steps)
}

// carryOut runs the steps in their phases.
func (d *deed) carryOut(steps []step) error {
	if !d.w.place.New { // of a new ticket nobody has heard
		d.listened = d.v.Listeners(d.a.Handle)
	}
	for _, phase := range []phase{leaving, before, during, after, ending} {
		if phase == during {
			if err := d.say(); err != nil {
				return err
			}
		}
		for _, s := range steps {
			if s.phase != phase {
				continue
			}
			if err := s.do(); err != nil {
				return fmt.Errorf("%s: %w", s.source, err)
			}
		}
	}
	d.w.rec.Ticket = d.v.Ticket.Number
	if d.w.rec.Message == 0 {
		d.w.rec.Outcome = store.OutcomeDone
	}
	if err := d.v.Save(); err != nil {
		return err
	}
	if err := d.replaceHeld(true); err != nil {
		return err
	}
	return d.receipt()
}

// asText are the lines that a released hold showed as not understood.
func (w *work) asText(d *deed) map[string]bool {
	out := map[string]bool{}
	for name := range d.waived {
		if line, ok := strings.CutPrefix(name, ofLine); ok {
			out[line] = true
		}
	}
	return out
}

// say writes the agent's text into its conversation and queues it to whoever
// hears that.
func (d *deed) say() error {
	if d.dest.kind == "" {
		return nil
	}
	if d.dest.conv == nil {
		if err := d.openSide(); err != nil {
			return err
		}
	}
	if d.dest.kind != aside.Notes && len(d.v.Hearers(d.dest.conv.ID)) == 0 {
		d.notDone = append(d.notDone, "sending your text: nobody outside takes part in this conversation, so it was kept here as a note")
		d.next = "Use /add or /requester to name somebody."
		d.dest = destination{kind: aside.Notes, conv: d.v.Notes()} // it is said to nobody
	}
	kind := aside.MessageOutbound
	if d.dest.kind == aside.Notes {
		kind = aside.MessageNote
	}
	m, err := d.write(*d.dest.conv, kind)
	if err != nil {
		return err
	}
	if kind == aside.MessageNote {
		return d.sayNote(m)
	}
	return d.sayOut(m)
}

// write files the text as a message.
func (d *deed) write(c aside.Conversation, kind aside.MessageKind) (aside.Message, error) {
	w := d.w
	token, err := w.draw()
	if err != nil {
		return aside.Message{}, err
	}
	m := aside.Message{Conversation: c.ID, Token: token, Kind: kind, Author: d.a.Handle, AuthorName: d.a.Name, Verified: true, Subject: c.Subject,
		InboundID: w.rec.ID, Attachments: d.files()}
	if kind == aside.MessageOutbound {
		m.MessageID = w.s.known("", c, token, d.v.Desk)
	}
	m.Text, m.HTML, m.Elided = d.words()
	w.cut = d.r.Cut
	if d.answered != nil && d.answered.Conversation == c.ID {
		m.ReplyTo = d.answered.Shown
	}
	m.Attachments = append(m.Attachments, d.attached...)
	if err := d.share(&m); err != nil {
		return m, err
	}
	if err := w.tx.AddMessage(&m, true); err != nil {
		return m, err
	}
	w.rec.Ticket, w.rec.Conversation, w.rec.Message = d.v.Ticket.Number, c.ID, m.ID
	if err := w.remember(d.v.Ticket.Number, m); err != nil {
		return m, err
	}
	return m, d.v.Event(d.a.Handle, string(kind), map[string]any{"conversation": c.Kind, "message": m.ID, "mail": w.rec.ID, "reason": w.place.Reason})
}

// sayOut queues a message to the conversation's participants, those excepted
// who have it already from the agent's own client.
func (d *deed) sayOut(m aside.Message) error {
	w := d.w
	c := d.dest.conv
	for _, p := range d.v.Hearers(c.ID) {
		if slices.ContainsFunc(d.copied, func(a aside.Address) bool { return a.Address == p.Address }) {
			if err := d.hasIt(m, p); err != nil {
				return err
			}
			continue
		}
		if err := w.queue(m, p, w.now.Add(w.set.SendDelay), false); err != nil {
			return err
		}
	}
	if c.Kind == aside.Customer {
		d.v.Ticket.Turn = aside.TurnCustomer
	} else {
		var err error
		if c.DueAt, err = d.dueAnew(*c); err != nil {
			return err
		}
		c.State = aside.SideWaiting
		if err := w.tx.SaveConversation(*c); err != nil {
			return err
		}
	}
	return w.tellAgents(d.v, *c, m, nil, d.listeners())
}

// hasIt records that somebody has a message from the agent's own client.
func (d *deed) hasIt(m aside.Message, p aside.Participant) error {
	token, err := d.w.draw()
	if err != nil {
		return err
	}
	return d.w.tx.AddHad(token, m, p)
}

// listeners are the agents who hear of this mail: those before its commands
// and those after. Who got the customer's mail learns that it was taken.
func (d *deed) listeners() []*aside.Agent {
	told := d.v.Listeners(d.a.Handle)
	for _, a := range d.listened {
		if !slices.Contains(told, a) && d.v.Room[a.Handle] != "unfollowed" {
			told = append(told, a)
		}
	}
	return told
}

// sayNote tells the room and whom the note mentions.
func (d *deed) sayNote(m aside.Message) error {
	mentioned := d.mentioned()
	for _, a := range mentioned {
		if a.Handle != d.a.Handle {
			if err := d.v.Enter(a.Handle, "mentioned"); err != nil {
				return err
			}
		}
	}
	if d.dest.why != "" {
		d.done = append(d.done, "kept as a note: "+d.dest.why)
	}
	if d.answered != nil && d.answered.Hold != 0 && !d.waived[asNote] {
		h, err := d.w.tx.Hold(d.answered.Hold)
		if err != nil {
			return err
		}
		if h.State == aside.HoldWaiting {
			d.done = append(d.done, fmt.Sprintf("your words were kept as a note; H%d still waits", h.Number))
			d.next = "Answer with one word: send, note or discard."
		}
	}
	n := notice.Notice{Kind: aside.NoticeMessage, Conversation: *d.dest.conv, Message: &m, AlsoTo: d.w.alsoTo(), From: notice.Byline(d.w.dir, d.v, *d.dest.conv, m)}
	var asked *aside.Agent
	if d.dest.ask != nil {
		asked = d.w.dir.AgentByHandle(d.dest.ask.Args[0])
		if err := d.askNotice(asked, m); err != nil {
			return err
		}
	}
	told := d.listeners()
	if a, err := d.answeredColleague(); err != nil {
		return err
	} else if a != nil && !slices.Contains(told, a) {
		told = append(told, a)
	}
	told = slices.DeleteFunc(told, func(a *aside.Agent) bool { return a == asked })
	return d.tellNote(n, told)
}

// tellNote tells of a note, and those whom it brings into the ticket what they
// are there for and how to read the rest.
func (d *deed) tellNote(n notice.Notice, told []*aside.Agent) error {
	assigns := slices.ContainsFunc(d.commands, func(c command.Command) bool { return c.Verb == command.Assign })
	for _, a := range told {
		own := n
		switch t := d.v.Ticket; {
		case assigns && a.Handle == t.Assignee:
			own.Facts = append(own.Facts, d.a.FirstName()+" assigned this ticket to you.")
		case assigns && t.Assignee == "" && a.InTeam(t.Team) && !slices.Contains(d.listened, a):
			own.Facts = append(own.Facts, d.a.FirstName()+" gave this ticket to the team "+t.Team+".")
		}
		if !d.w.place.New && !slices.Contains(d.listened, a) {
			own.Facts = append(own.Facts, action.ReadAll)
		}
		if err := d.w.tell.Notice(d.v, own, a); err != nil {
			return err
		}
	}
	return nil
}

// answeredColleague is who wrote the note that this mail answers, nil if nobody
// else did: who asks a colleague hears the answer, in the room or not.
func (d *deed) answeredColleague() (*aside.Agent, error) {
	if d.answered == nil || d.answered.Shown == 0 {
		return nil, nil
	}
	m, err := d.w.tx.Message(d.answered.Shown)
	if err != nil || m.Kind != aside.MessageNote || m.Author == d.a.Handle {
		return nil, err
	}
	a := d.w.dir.AgentByHandle(m.Author)
	if a == nil || !d.v.SeenBy(a) || d.v.Room[a.Handle] == "unfollowed" {
		return nil, nil
	}
	return a, nil
}

// mentioned are the agents whom the text names with an @; a team means all of
// its members.
func (d *deed) mentioned() []*aside.Agent {
	known, _ := command.Mentions(d.r.Text, naming.Callable(d.w.dir))
	var out []*aside.Agent
	add := func(a *aside.Agent) {
		if a != nil && !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	for _, m := range known {
		if a := naming.Called(d.w.dir, m.Name); a != nil {
			add(a)
			continue
		}
		team := m.Name
		if t := d.w.dir.Team(team); t != nil {
			team = t.Name
		}
		for _, a := range d.w.dir.TeamAgents(team) {
			add(a)
		}
	}
	return out
}

// record keeps a mail that the agent's client sent to contacts itself: they
// have it, so it is not sent again. What went to none of them is a note.
func (d *deed) record() error {
	c := d.v.Conversation(d.w.place.Conversation.ID)
	kind, told := aside.MessageOutbound, "recorded, and not sent again: your own mail program sent it"
	have := slices.DeleteFunc(d.v.Hearers(c.ID), func(p aside.Participant) bool {
		return !slices.ContainsFunc(slices.Concat(d.w.in.Mail.To, d.w.in.Mail.Cc), func(a aside.Address) bool { return a.Address == p.Address })
	})
	if len(have) == 0 {
		c, kind, told = d.v.Notes(), aside.MessageNote, "kept as a note: your mail went to none of those who take part, and not by your own reply address"
	}
	d.dest = destination{kind: c.Kind, conv: c}
	m, err := d.write(*c, kind)
	if err != nil {
		return err
	}
	for _, p := range have {
		if err := d.hasIt(m, p); err != nil {
			return err
		}
	}
	if c.Kind == aside.Customer {
		d.v.Ticket.Turn = aside.TurnCustomer
	}
	if err := d.v.Save(); err != nil {
		return err
	}
	d.done = append(d.done, told)
	if len(d.commands) > 0 {
		d.notDone = append(d.notDone, "its commands: the mail did not come by your own reply address")
	}
	if err := d.w.tellMessage(d.v, *c, m, nil, d.a.Handle); err != nil {
		return err
	}
	return d.receipt()
}

// withoutAccess keeps the words of an agent who has no part in the ticket any
// more in its notes.
func (d *deed) withoutAccess() error {
	d.dest = destination{kind: aside.Notes, conv: d.v.Notes()}
	d.next = "Ask its team to invite you."
	if len(d.r.Result.Commands)+len(d.r.Result.Problems) > 0 || !d.hasText() {
		d.notDone = append(d.notDone, "your commands: you have no part in this ticket any more")
	}
	if !d.hasText() {
		d.w.rec.Outcome = store.OutcomeIgnored
		return d.receipt()
	}
	m, err := d.write(*d.v.Notes(), aside.MessageNote)
	if err != nil {
		return err
	}
	if err := d.v.Save(); err != nil {
		return err
	}
	d.notDone = append(d.notDone, "sending your text: you have no part in this ticket any more, so it was kept as a note")
	if err := d.w.tellMessage(d.v, *d.v.Notes(), m, nil, d.a.Handle); err != nil {
		return err
	}
	return d.receipt()
}

// receipt tells the agent what was done, where there is anything to tell.
func (d *deed) receipt() error {
	if len(d.done) == 0 && len(d.notDone) == 0 {
		return nil
	}
	if d.r != nil && d.r.Signed && len(d.done) > 0 {
		d.done = append(d.done, "your signature went to nobody")
	}
	v := d.v
	desk := d.w.dir.DeskOrFirst(d.w.place.Desk)
	if v != nil {
		desk = v.Desk
	}
	m, err := d.w.set.Templates.Receipt(templates.KeyOf(desk), templates.Receipt{Done: d.done, NotDone: d.notDone, Next: d.next})
	if err != nil {
		return err
	}
	if v == nil {
		return d.w.tell.Apart(desk, d.a, aside.NoticeReceipt, m, store.About{})
	}
	return d.w.tell.Notice(v, notice.Notice{Kind: aside.NoticeReceipt, Conversation: *v.Notes(), Words: m.Words, Bare: true}, d.a)
}
