package desk

import (
	"cmp"
	"errors"
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

const (
	recallAfter = 30 * time.Minute // its writer is reminded of a hold
	// secondRecall is when the assignee, or the managers, hear of it.
	secondRecall = 4 * time.Hour
	codeLife     = 24 * time.Hour
	codesEvery   = time.Hour
)

// hold keeps the whole mail waiting: nothing in it happens.
func (d *deed) hold() error {
	w := d.w
	h := &store.HeldMail{Hold: aside.Hold{Agent: d.a.Handle, InboundID: w.rec.ID, Kind: aside.HoldGuard}, Mail: *w.in, NextAt: w.now.Add(recallAfter)}
	if d.v != nil {
		h.Ticket = d.v.Ticket.Number
	}
	if d.answered != nil {
		h.Notice = d.answered.Token
	}
	if slices.ContainsFunc(d.findings, func(f guard.Finding) bool { return strings.HasPrefix(f.Guard, ofLine) }) {
		h.Kind = aside.HoldCommand
	}
	words, _, _ := d.words()
	h.Guards = guard.Kept(d.findings, d.waived, !d.hasText() && !d.bringsMail() && !d.passesOn())
	h.To, h.Meant, h.Place, h.Holders, h.Passage = d.hearers(), d.people(), d.dest.place(), w.counting(d.a), guard.Excerpt(words)
	for _, f := range d.findings {
		h.Reasons = append(h.Reasons, store.Reason(f.Reason))
	}
	if err := d.replaceHeld(false); err != nil {
		return err
	}
	if d.release != nil {
		// The same mail waits on, for what is new.
		h.InboundID, h.Again = d.release.InboundID, d.release.Kind != aside.HoldUnproven
	}
	if err := w.tx.AddHold(h); err != nil {
		return err
	}
	w.rec.Outcome, w.rec.Ticket = store.OutcomeHeld, h.Ticket
	if d.v != nil {
		if err := d.v.Event(d.a.Handle, "held", map[string]any{"what": fmt.Sprintf("H%d", h.Number), "reason": strings.Join(h.Guards, "; ")}); err != nil {
			return err
		}
	}
	return w.sendHold(d.v, d.a, h, holdView(w.dir, h))
}

// hearers are who would hear the mail, a mail that it sends on included, once its
// commands are carried out, by the names that its receipt has for them. Of our
// own, who join as what they are, no address stands there.
func (d *deed) hearers() []aside.Address {
	people := d.textHearers()
	relays := slices.ContainsFunc(d.commands, func(c command.Command) bool { return c.Verb == command.Relay })
	if relays && d.v != nil && d.hasText() {
		for _, who := range d.remaining(d.w.place.Conversation.ID) {
			if !slices.ContainsFunc(people, same(who)) {
				people = append(people, who)
			}
		}
	}
	return people
}

// remaining are those in a conversation whom the mail's commands leave there.
func (d *deed) remaining(conversation int64) (people []aside.Address) {
	for _, p := range d.v.Hearers(conversation) {
		if !d.leaves(p) {
			people = append(people, aside.Address{Name: d.v.Name(p), Address: p.Address})
		}
	}
	return people
}

// textHearers are those of the hearers who would get the mail's own text.
func (d *deed) textHearers() (people []aside.Address) {
	hears := func(who aside.Address) {
		if !slices.ContainsFunc(people, same(who)) {
			people = append(people, who)
		}
	}
	named := func(args []string) {
		for _, who := range d.called(args) {
			hears(who)
		}
	}
	switch {
	case d.dest.open != nil:
		named(d.dest.open.Args)
	case d.dest.conv != nil && d.dest.kind != aside.Notes && d.dest.kind != "":
		people = d.remaining(d.dest.conv.ID)
	}
	begins := slices.ContainsFunc(d.commands, func(c command.Command) bool { return c.Verb == command.New })
	inside := !begins && d.dest.open == nil && (d.dest.conv == nil || d.dest.kind == aside.Notes || d.dest.kind == "")
	for _, c := range d.commands {
		switch {
		case c.Verb == command.New:
			named(c.Args)
		case inside, d.beside(d.w.place.Conversation.ID) && (c.Verb == command.Add || c.Verb == command.CcCustomer):
		case c.Verb == command.Add, c.Verb == command.Requester && d.dest.kind == aside.Customer:
			named(c.Args)
		case d.v != nil && copiesCustomer(c):
			hears(d.customer())
		}
	}
	return people
}

// called are the people of a command's names, as far as they can be found.
func (d *deed) called(args []string) (people []aside.Address) {
	v := d.v
	if v == nil {
		v = &ticket.View{Ticket: &aside.Ticket{}} // of a mail to no ticket
	}
	for _, who := range args {
		t, _ := action.Whom(d.w.dir, v, who)
		people = append(people, aside.Address{Name: who, Address: t.Contact.Address})
	}
	return people
}

// people are those whom the mail's commands let take part or take out, be
// there a text or not, and wherever that goes.
func (d *deed) people() (people []aside.Address) {
	for _, c := range d.commands {
		switch {
		case c.Verb == command.Add, c.Verb == command.Remove, c.Verb == command.Requester:
			people = append(people, d.called(c.Args)...)
		case d.v != nil && copiesCustomer(c):
			people = append(people, d.customer())
		}
	}
	return people
}

// customer is whom the mail's /requester makes the ticket's customer, else who is
// it now.
func (d *deed) customer() aside.Address {
	for _, c := range d.commands {
		if c.Verb == command.Requester {
			t, _ := action.Whom(d.w.dir, d.v, c.Args[0])
			return aside.Address{Name: c.Args[0], Address: t.Contact.Address}
		}
	}
	address := d.v.Ticket.Requester
	return aside.Address{Name: naming.Inside(d.w.dir, d.v.Ticket.RequesterName, address), Address: address}
}

// leaves reports whether the mail's commands take somebody out of the
// conversation.
func (d *deed) leaves(p aside.Participant) bool {
	here := p.Conversation == d.w.place.Conversation.ID // where such a command counts
	return slices.ContainsFunc(d.commands, func(c command.Command) bool {
		switch {
		case c.Verb == command.Requester:
			return p.Address == d.v.Ticket.Requester // who was the customer leaves every conversation
		case c.Verb == command.CcCustomer:
			return here && c.Switch == "off" && p.Address == d.v.Ticket.Requester
		case c.Verb == command.Remove && here:
			list, _ := action.Targets(d.w.dir, d.v, c)
			return slices.ContainsFunc(list, func(t action.Target) bool { return t.Address == p.Address })
		}
		return false
	})
}

// sendNotes is the answer that lets words of a note leave.
const sendNotes = "send notes"

// holdView is what a hold's notice and its recalls show: whoever decides is told
// why it waits, and a release waives what was shown. Without a text there
// is nothing to send or keep, without a ticket there are no notes to keep it
// in, and a sign of ours is never sent.
func holdView(dir *aside.Directory, h *store.HeldMail) templates.Hold {
	view := templates.Hold{Ticket: h.Ticket, Number: fmt.Sprintf("H%d", h.Number), Passage: h.Passage, Alone: h.Notice == 0}
	for _, r := range h.Reasons {
		view.Reasons = append(view.Reasons, templates.Reason(r))
	}
	for _, who := range h.To {
		name := who.Name
		if dir.Card(name) != nil && who.Address != "" {
			name += " [" + who.Address + "]" // a name of the address book may mean somebody else by now
		}
		view.To = append(view.To, name)
	}
	silent := slices.Contains(h.Guards, guard.NoText)
	switch {
	case slices.Contains(h.Guards, guard.Never) || slices.Contains(h.Guards, guard.Cannot) || silent:
	case slices.ContainsFunc(h.Guards, guard.OfNotes):
		view.Answers = append(view.Answers, sendNotes)
	default:
		view.Answers = append(view.Answers, "send")
	}
	if h.Ticket != 0 && !silent {
		view.Answers = append(view.Answers, "note")
	}
	view.Answers = append(view.Answers, "discard")
	return view
}

// sendHold renders a hold's notice, or its recall.
func (w *work) sendHold(v *ticket.View, a *aside.Agent, h *store.HeldMail, view templates.Hold) error {
	desk := w.dir.Desks[0]
	if v != nil {
		desk = v.Desk
		to, err := w.tell.Address(v.Desk, *v.Notes(), a.Handle)
		if err != nil {
			return err
		}
		for _, word := range view.Answers {
			view.AnswerLinks = append(view.AnswerLinks, templates.Link{Label: word, URL: templates.Mailto(to, "["+view.Number+"]", "/"+word+" "+view.Number+"\n--\n")})
		}
		view.AnswerLinks = slices.DeleteFunc(view.AnswerLinks, func(l templates.Link) bool { return l.Label == "note" })
	}
	m, err := w.set.Templates.Hold(templates.KeyOf(desk), view)
	if err != nil {
		return err
	}
	if v == nil {
		return w.tell.Apart(desk, a, aside.NoticeHold, m, store.About{Hold: h.Number})
	}
	return w.tell.Notice(v, notice.Notice{Kind: aside.NoticeHold, Conversation: *v.Notes(), Words: m.Words, Subject: m.Subject, Important: true, Bare: true, Deciding: slices.Contains(view.Answers, "send"),
		About: store.About{Hold: h.Number}}, a)
}

// layAside ends a hold whose mail is not carried out any more, and says so where
// the mail's fate stands.
func (w *work) layAside(h *store.HeldMail, state aside.HoldState, how string) error {
	h.State = state
	if err := w.tx.SaveHold(h); err != nil {
		return err
	}
	rec, err := w.tx.Record(h.InboundID)
	if err != nil {
		return err
	}
	rec.Outcome, rec.Reason = store.OutcomeIgnored, rec.Reason+" It was held, and "+how+"."
	return w.tx.SaveRecord(rec)
}

// answersHold reads a bare word that answers a hold's notice. Any other text
// there is a note, which the notes conversation sees to.
func (d *deed) answersHold() (bool, error) {
	answer, bare := command.Bare(d.unsigned())
	if !bare && d.answered != nil && d.answered.Hold != 0 && len(strings.Fields(d.unsigned())) == 1 {
		return true, d.unclear("\u201c" + d.unsigned() + "\u201d is none of its answers")
	}
	if bare && len(d.r.Result.Commands) > 0 && d.answered != nil && d.answered.Hold != 0 {
		return true, d.unclear("an answer to a held mail stands alone, without commands")
	}
	if bare && len(d.r.Result.Commands) > 0 || !bare && d.r.Text != "" {
		return false, nil
	}
	if !bare {
		// "/send H7" as a mail's only command.
		cs := d.r.Result.Commands
		if len(cs) != 1 || len(d.r.Result.Problems) > 0 || cs[0].Verb != command.Send && cs[0].Verb != command.Discard {
			return false, nil
		}
		answer = command.Answer{Verb: cs[0].Verb, Hold: cs[0].Hold, Notes: cs[0].Notes}
	}
	if bare && answer.Hold == 0 && d.answered != nil && d.answered.Hold == 0 {
		waits, err := d.sameAnswered()
		if err != nil || len(waits) == 0 {
			return err != nil, err // a word to somebody else, in answer to something else
		}
		if len(waits) > 1 || waits[0].Again {
			return true, d.askedAnew(waits)
		}
		answer.Hold = waits[0].Number
	}
	h, why, err := d.heldFor(answer)
	if err != nil {
		return true, err
	}
	if h == nil {
		if bare && why != askedAgain && (d.answered == nil || d.answered.Hold == 0) {
			return false, nil // an ordinary one-word reply
		}
		d.notDone, d.w.rec.Outcome = append(d.notDone, why), store.OutcomeDone
		return true, d.receipt()
	}
	d.w.rec.Outcome, d.w.rec.Ticket = store.OutcomeDone, h.Ticket
	return true, d.decide(h, answer)
}

// unclear tells that an answer to a held mail was not understood: nothing is
// done, and the mail waits on.
func (d *deed) unclear(why string) error {
	d.w.rec.Outcome = store.OutcomeDone
	d.notDone = append(d.notDone, fmt.Sprintf("H%d, which still waits: %s", d.answered.Hold, why))
	d.next = "Answer with one word: send, note or discard."
	return d.receipt()
}

// unsigned is the new text without the agent's signature at its end, which
// clients put there with nothing that marks it.
func (d *deed) unsigned() string {
	lines := strings.Split(strings.TrimSpace(d.r.Text), "\n")
	if at := reading.SignedAt(lines, d.a); at > 0 {
		lines = lines[:at]
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

// heldFor finds the hold that an answer means: the numbered one, the one whose
// notice is answered, else the only one that waits.
func (d *deed) heldFor(a command.Answer) (h *store.HeldMail, why string, err error) {
	number := a.Hold
	if number == 0 && d.answered != nil {
		number = d.answered.Hold
	}
	if number == 0 {
		waiting, err := d.waiting()
		if err != nil {
			return nil, "", err
		}
		if len(waiting) == 0 {
			return nil, "nothing of yours is held", nil
		}
		waiting = slices.DeleteFunc(waiting, func(h *store.HeldMail) bool {
			return d.v != nil && h.Ticket != d.v.Ticket.Number
		})
		if len(waiting) != 1 || d.v != nil && d.w.place.Conversation.Kind != aside.Notes {
			return nil, whichOne + "; say its number, such as H7", nil
		}
		if h := waiting[0]; h.Again { // it has a newer receipt, which this may not answer
			d.next = newestReceipt(h)
			return nil, askedAgain, nil
		}
		return waiting[0], "", nil
	}
	h, err = d.w.tx.Hold(number)
	if errors.Is(err, store.ErrNotFound) {
		return nil, fmt.Sprintf("there is no held mail H%d", number), nil
	}
	if err != nil {
		return nil, "", err
	}
	switch {
	case h.Agent != d.a.Handle && (d.a.Role != aside.RoleManager || !d.maySee(h)):
		return nil, fmt.Sprintf("H%d is not yours; its writer or a manager decides", number), nil
	case h.Kind == aside.HoldUnproven:
		return nil, fmt.Sprintf("H%d waits for its code; answer with /confirm and the code", number), nil
	case h.State != aside.HoldWaiting:
		return nil, fmt.Sprintf("H%d was %s already", number, h.State), nil
	}
	return h, "", nil
}

// askedAgain says why a word without a thread does not count for a held mail.
const askedAgain = "your mail was asked about again since, for what is new, and it still waits"

func newestReceipt(h *store.HeldMail) string {
	return fmt.Sprintf("Answer its newest receipt, or with its number: send H%d.", h.Number)
}

// whichOne says why a word does not count where several held mails wait for one.
const whichOne = "it is not clear which held mail you mean"

// askedAnew tells that one word was not enough.
func (d *deed) askedAnew(waits []*store.HeldMail) error {
	why, next := askedAgain, newestReceipt(waits[0])
	if len(waits) > 1 {
		why, next = whichOne, fmt.Sprintf("Answer its receipt, or with its number: send H%d.", waits[0].Number)
	}
	d.notDone, d.next, d.w.rec.Outcome = append(d.notDone, why), next, store.OutcomeDone
	return d.receipt()
}

func (d *deed) maySee(h *store.HeldMail) bool {
	if h.Ticket == 0 {
		return false
	}
	v, err := d.w.tickets.Open(h.Ticket)
	return err == nil && v.SeenBy(d.a)
}

// decide does with a held mail what the answer says.
func (d *deed) decide(h *store.HeldMail, a command.Answer) error {
	if a.Verb == command.Discard {
		return d.discard(h)
	}
	if why, next := d.undecidable(h, a); why != "" {
		d.notDone, d.next = append(d.notDone, fmt.Sprintf("H%d, because %s", h.Number, why)), next
		return d.receipt()
	}
	h.State = aside.HoldReleased
	if err := d.w.tx.SaveHold(h); err != nil {
		return err
	}
	waived, decided := guard.Waived(h.Guards), "released"
	if a.Verb == command.Note {
		waived[asNote], decided = true, "kept as a note"
	}
	if err := d.w.again(h, waived); err != nil {
		return err
	}
	rec, err := d.w.tx.Record(h.InboundID)
	if err != nil || rec.Outcome == store.OutcomeHeld {
		return err // it waits again, and its writer is asked
	}
	if a.Verb == command.Send && rec.Message != 0 && h.Agent != d.a.Handle {
		m, err := d.w.tx.Message(rec.Message)
		if err != nil {
			return err
		}
		if m.Kind == aside.MessageNote && h.Place != string(aside.Notes) { // its writer alone hears why
			d.notDone = append(d.notDone, fmt.Sprintf("sending H%d: it is a note now, and %s was told why", h.Number, naming.Agent(d.w.dir, h.Agent)))
			return d.receipt()
		}
	}
	return d.tellWriter(h, decided)
}

// tellWriter tells the writer of a held mail what somebody else decided about
// it. That is a receipt, and no event: the words in it are the writer's own, who
// may use them again.
func (d *deed) tellWriter(h *store.HeldMail, decided string) error {
	writer := d.w.dir.AgentByHandle(h.Agent)
	if writer == nil || writer == d.a {
		return nil
	}
	told := fmt.Sprintf("H%d, your held mail \u201c%s\u201d, was %s by %s", h.Number, templates.Excerpt(cmp.Or(h.Passage, h.Mail.Mail.Subject)), decided, d.a.FirstName())
	to := &deed{w: d.w, a: writer, done: []string{told}}
	v, err := d.w.tickets.Open(h.Ticket)
	if err != nil {
		return err
	}
	if v.SeenBy(writer) {
		to.v = v
	}
	return to.receipt()
}

// discard throws a held mail away.
func (d *deed) discard(h *store.HeldMail) error {
	if err := d.w.layAside(h, aside.HoldDiscarded, "was discarded"); err != nil {
		return err
	}
	d.done = append(d.done, fmt.Sprintf("H%d discarded", h.Number))
	if h.Ticket != 0 {
		v, err := d.w.tickets.Open(h.Ticket)
		if err != nil {
			return err
		}
		d.v = v
		if err := v.Event(d.a.Handle, "discarded", map[string]any{"what": fmt.Sprintf("H%d", h.Number)}); err != nil {
			return err
		}
		if err := d.tellWriter(h, "discarded"); err != nil {
			return err
		}
	}
	return d.receipt()
}

// undecidable says why a held mail can be neither sent nor kept as the answer
// asks, and what to do instead; empty where it can.
func (d *deed) undecidable(h *store.HeldMail, a command.Answer) (why, next string) {
	has := func(name string) bool { return slices.Contains(h.Guards, name) }
	switch {
	case d.w.dir.AgentByHandle(h.Agent) == nil:
		return "its writer is no agent any more; discard it and write anew", ""
	case has(guard.NoText):
		return "it has no text to send or keep", "Please send the commands again as you mean them."
	case a.Verb == command.Note && h.Ticket == 0:
		return "it belongs to no ticket that could keep it as a note; it still waits", ""
	case a.Verb != command.Send:
		return "", ""
	case has(guard.Long):
		return "it quotes more of another conversation than could be shown; it still waits", "Please answer the first mail again with less of the quotation."
	case has(guard.Forwards):
		return "it only forwards another mail, which does not leave; it still waits", "Answer note to keep it in the team, or answer the first mail again and copy what is to leave."
	case has(guard.Never) && has(guard.Sign):
		return "it carries a sign of our own notices, which never leaves", "Please answer the notice again without that part."
	case has(guard.Never):
		return "a line of it may be a command that says where it goes; it still waits", "Please answer the first mail again with that line put right."
	case has(guard.Cannot):
		return "one of its commands cannot be carried out; it still waits", "Please answer the first mail again without that command, or with another."
	case !a.Notes && slices.ContainsFunc(h.Guards, guard.OfNotes):
		return "it carries words of a note; it still waits", fmt.Sprintf("If the note may leave, answer \u201c%s H%d\u201d.", sendNotes, h.Number)
	}
	return "", ""
}

// again carries out a released mail. All guards run again, and only what the
// receipt showed is waived.
func (w *work) again(h *store.HeldMail, waived map[string]bool) error {
	rec, err := w.tx.Record(h.InboundID)
	if err != nil {
		return err
	}
	w.tx.CausedBy(rec.Session)
	defer w.tx.CausedBy(w.rec.Session)
	d, err := w.proven(h, rec, waived)
	if err != nil {
		return err
	}
	rec.Acted, rec.Outcome, rec.Reason = true, store.OutcomeFiled, d.w.place.Reason+" It was held and then released."
	if waived[asNote] {
		d.r = d.r.AsNote()
	}
	if h.Kind != aside.HoldUnproven {
		err = d.run()
	} else if err = d.act(); err == nil { // nobody has looked yet whether it decides about something
		err = d.tellCopied() // of any other it was told when it was held
	}
	if err != nil {
		return err
	}
	return w.tx.SaveRecord(rec)
}

// proven is a held mail as its agent's deed, wherever that belongs by now.
func (w *work) proven(h *store.HeldMail, rec *store.Record, waived map[string]bool) (*deed, error) {
	in := h.Mail
	sub := w.s.work(w.tx, w.set, &in, h.InboundID)
	sub.rec, sub.tickets = rec, w.tickets
	if err := sub.locate(); err != nil {
		return nil, err
	}
	a := w.dir.AgentByHandle(h.Agent)
	if a == nil {
		return nil, fmt.Errorf("hold H%d is of %s, who is no agent any more", h.Number, h.Agent)
	}
	// The hold proves whose it is, by token then or by code since.
	sub.who = threading.Speaker{Role: threading.RoleAgent, Agent: a.Handle, Address: a.Address(), Name: a.Name, Verified: true, Proof: "hold"}
	sub.placeAgain(h)
	d := &deed{w: sub, a: a, waived: waived, release: h, copied: sub.outsiders(append(slices.Clone(in.Mail.To), in.Mail.Cc...))}
	d.answered = sub.answered(a)
	var err error
	if d.r, err = sub.reader().Read(sub.in.Mail, sub.place.Conversation.ID, sub.asText(d)); err != nil {
		return nil, err
	}
	if !sub.place.NoTicket && !sub.place.New {
		d.v, err = sub.tickets.Open(sub.place.Ticket.Number)
	}
	return d, err
}

// placeAgain places a held mail with its agent's rights, by the reply addresses
// that counted when it came: they may have ended since, even by this mail, where
// the agent's client copied it to somebody outside.
func (w *work) placeAgain(h *store.HeldMail) {
	for _, id := range h.Holders {
		if a, known := w.rows.Agents[id]; known {
			a.Ended = false
			w.rows.Agents[id] = a
		}
	}
	w.place = threading.Place(w.facts, candidates(w.rows, w.facts.Needs()), w.who, threading.Rules{Now: w.now, ReopenFor: w.set.ReopenFor})
}

// counting are the agent's holder ids, of those that the mail names, that count.
func (w *work) counting(a *aside.Agent) (ids []uint64) {
	for id, of := range w.rows.Agents {
		if of.Handle == a.Handle && !of.Ended {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// stepHold refuses /send among other commands: what it releases must stand
// alone, so that "all or none" stays true.
func (d *deed) stepHold(c command.Command) func() error {
	d.refuse(c, "Send "+strings.TrimSpace(c.Source)+" in a mail of its own, without other text or commands.", "")
	return nil
}
