package desk

import (
	"fmt"
	"slices"
	"strings"

	"aside"
	"aside/desk/guard"
	"aside/desk/naming"
	"aside/desk/reading"
	"aside/reply"
	"aside/reply/command"
	"aside/templates"
	"aside/threading"
)

// find adds a finding, unless an agent released it.
func (d *deed) find(name, line, why, meant string) {
	d.add(guard.Finding{Guard: name, Reason: templates.Reason{Line: line, Why: why, Meant: meant}})
}

// add adds findings, except those that an agent released.
func (d *deed) add(findings ...guard.Finding) {
	for _, f := range findings {
		if f.Never || !d.waived[f.Guard] {
			d.findings = append(d.findings, f)
		}
	}
}

// refuse adds a problem with a command: nothing in the mail happens.
func (d *deed) refuse(c command.Command, why, meant string) {
	d.findings = append(d.findings, guard.Finding{Guard: "line " + strings.TrimSpace(c.Source), Cannot: true, Reason: templates.Reason{Line: c.Source, Why: why, Meant: meant}})
}

// check takes the problems of the grammar, and reports whether the commands
// contradict each other: then there is no telling what the rest would be.
func (d *deed) check() (contradicts bool) {
	for _, p := range d.r.Result.Problems {
		line := "line " + strings.TrimSpace(d.lineOf(p))
		if p.Why != reading.HeardWhy && namesHearers(p) && !d.waived["as note"] {
			// To send this text as it stands would be to send it to the wrong
			// people, with the line that says so.
			d.findings = append(d.findings, guard.Finding{Guard: line, Never: true, Reason: templates.Reason{Line: p.Source, Why: p.Why, Meant: p.Meant}})
			continue
		}
		d.find(line, p.Source, p.Why, p.Meant)
	}
	if d.r.Hidden != "" && !d.waived["as note"] {
		contradicts = true
		d.findings = append(d.findings, guard.Finding{Guard: "hidden command", Never: true, Reason: templates.Reason{Line: d.r.Hidden,
			Why: "Your mail has two forms, plain text and HTML, and this stands in one of them only. Please write it again."}})
	}
	for _, p := range command.Conflicts(d.commands) {
		contradicts = true
		d.findings = append(d.findings, guard.Finding{Guard: "contradiction", Never: true, Reason: templates.Reason{Line: p.Source, Why: p.Why, Meant: p.Meant}})
	}
	return contradicts
}

// namesHearers reports whether a line that was not understood or does not
// count, or what it probably meant, says who hears the text.
func namesHearers(p command.Problem) bool {
	for _, line := range []string{p.Source, p.Meant} {
		word := strings.TrimLeft(command.Clean(line), "/ ")
		if i := strings.IndexAny(word, " ,.:"); i >= 0 {
			word = word[:i]
		}
		switch command.Verb(strings.ToLower(word)) {
		case command.Note, command.Reply, command.Side, command.Ask, command.New, command.Invite, command.Lead,
			command.Add, command.Remove, command.Requester, command.CcCustomer:
			return true
		}
	}
	return false
}

// lineOf is the line of a problem as the mail has it.
func (d *deed) lineOf(p command.Problem) string {
	if p.Line >= 0 && p.Line < len(d.r.Lines) {
		return d.r.Lines[p.Line]
	}
	return p.Source
}

// guards judge what no command in the mail says.
func (d *deed) guards() error {
	d.emptyGuard()
	if d.dest.kind == "" {
		return nil
	}
	if what := d.w.leftOut(); what != "" {
		d.find("left out", "", "Not all of your mail could be read: "+what+".", "")
	}
	m, err := d.judged()
	if err != nil {
		return err
	}
	d.add(m.Opaque()...)
	d.destinationGuard()
	d.mentionGuard()
	if d.dest.kind == aside.Notes {
		return nil
	}
	d.add(guard.Doubts(d.r.Doubts)...)
	if err := d.audienceGuard(); err != nil {
		return err
	}
	if err := d.collisionGuard(); err != nil {
		return err
	}
	d.add(m.Marks()...)
	d.add(m.Introduction()...)
	d.add(m.Greeting()...)
	if err := d.repeatGuard(); err != nil {
		return err
	}
	found, err := m.Passages()
	d.add(found...)
	return err
}

// repeatGuard holds an answer in the very words of the writer's last one, which
// quotes nothing: a mailbox that answers by itself, and says nowhere that it
// does, has no others.
func (d *deed) repeatGuard() error {
	const few = 8 // a short "Thank you, we are on it." may come twice
	if d.dest.conv == nil || d.dest.named || strings.TrimSpace(d.r.Elided) != "" || reply.Words(d.r.Text) < few {
		return nil
	}
	last, err := d.w.tx.Messages(d.dest.conv.ID, 6)
	if err != nil {
		return fmt.Errorf("read what was said last: %w", err)
	}
	for _, m := range slices.Backward(last) {
		if m.Kind != aside.MessageOutbound || m.Author != d.a.Handle {
			continue
		}
		if reply.Normalise(m.Text) == reply.Normalise(d.r.Text) {
			d.find("repeated", "", "You sent the very same words here before. If you did not write this mail, your mailbox answers by itself.", "")
		}
		return nil
	}
	return nil
}

func (d *deed) emptyGuard() {
	if d.hasText() {
		return
	}
	switch {
	case d.dest.open != nil && d.dest.open.Share != "" && d.dest.open.Share != "none":
	case d.dest.open != nil:
		d.refuse(*d.dest.open, "There is no text for the side conversation.", "")
	case d.dest.ask != nil:
		d.refuse(*d.dest.ask, "There is no text to ask about.", "")
	case len(d.commands) == 0 && len(d.r.Result.Problems) == 0:
		if o := d.w.in.Mail.Opaque; o != aside.OpaqueNone {
			d.find(guard.Empty, "", fmt.Sprintf("Your mail is packed as %s, which cannot be read here. Please send it as plain text or HTML.", o), "")
			return
		}
		d.find(guard.Empty, "", "Nothing is left of your mail once quoted text and your signature are taken away.", "")
	default:
		for _, c := range d.commands {
			if c.Verb == command.Note || c.Verb == command.Reply || c.Verb == command.Attach {
				d.refuse(c, "There is no text to go with it.", "")
			}
		}
	}
}

// destinationGuard holds what names two conversations, and text to a customer
// or vendor that answers nothing.
func (d *deed) destinationGuard() {
	p := d.w.place
	for _, c := range p.Conflicts {
		if d.dest.named && c.Ticket == d.v.Ticket.Number {
			continue
		}
		d.find("two conversations", "", fmt.Sprintf("Your mail belongs to two conversations: %s names #%d, %s names #%d (%s).",
			signal(p.Signal), d.v.Ticket.Number, signal(c.Signal), c.Ticket, c.Conversation.Kind), "")
	}
	if !p.Right && d.dest.kind != aside.Notes {
		d.find("no right", "", "Your mail did not come by your own reply address of this ticket.", "")
	}
	if d.dest.kind == aside.Notes || d.dest.named {
		return
	}
	d.addresseeGuard()
	if d.r.Forwarded != nil {
		d.find("forward", "", "Your mail forwards another one, so it is not clear whom your own words are for.", "")
	}
	n := d.answered
	if n == nil || n.Ticket != d.v.Ticket.Number && n.Ticket != p.FromTicket && (d.dest.conv == nil || n.Conversation != d.dest.conv.ID) {
		d.find("answers nothing", "", "Your mail answers no notice of this ticket; perhaps your mail program completed an old address.", "")
	}
}

// addresseeGuard holds an answer that is evidently meant for somebody else, or
// that nobody wrote: another address put into To while we are only copied, and
// the responder of an agent's mailbox that does not say what it is.
func (d *deed) addresseeGuard() {
	if d.w.in.Mail.LooksAutomatic {
		d.find("automatic", d.w.in.Mail.Subject, "This looks like an automatic answer of your mailbox.", "")
	}
	ours, token := false, false
	var others []string
	for _, a := range d.w.in.Mail.To {
		switch {
		case d.w.dir.IsOurs(a.Address):
			ours = true
		case d.dest.conv == nil || d.v.Participant(d.dest.conv.ID, a.Address) == nil:
			others = append(others, naming.Inside(d.w.dir, a.Name, a.Address))
		}
	}
	for _, t := range d.w.facts.Tokens {
		token = token || t.Conversation == d.w.place.Conversation.Token
	}
	switch {
	case len(others) > 0:
		d.find("addressee "+strings.Join(others, ", "), strings.Join(others, ", "),
			"Your mail is addressed to somebody who does not take part, so your words may be meant for them.", "")
	case ours && !token && d.r.Forwarded == nil && strings.TrimSpace(d.r.Elided) == "":
		d.find("not by reply", "", "Your mail went to the notice's sender and quotes nothing of it, as automatic answers do.", "")
	}
}

func signal(s threading.Signal) string {
	switch s {
	case threading.SignalToken:
		return "its address"
	case threading.SignalInReplyTo, threading.SignalReferences:
		return "the mail that it answers"
	default:
		return "its subject"
	}
}

// mentionGuard holds an @ that names nobody, and in text that leaves one that
// names a colleague.
func (d *deed) mentionGuard() {
	known, unknown := command.Mentions(d.r.Text, d.w.callable())
	for _, m := range unknown {
		d.find("mention "+strings.ToLower(m.Name), "@"+m.Name, "Nobody here is called @"+m.Name+".", "")
	}
	if d.dest.kind == aside.Notes {
		return
	}
	for _, m := range known {
		d.find("mention "+strings.ToLower(m.Name), "@"+m.Name, "This names a colleague and would leave the team.", "")
	}
}

// audienceGuard holds what somebody would hear whom the answered notice did
// not name.
func (d *deed) audienceGuard() error {
	if d.answered == nil || d.dest.conv == nil {
		return nil
	}
	// Counts of two tickets cannot be compared: after a merge it is the people
	// of the conversation that was answered, as they were then.
	merged := d.answered.Ticket != d.v.Ticket.Number && d.answered.Conversation != d.dest.conv.ID
	var before []aside.Participant
	if merged {
		var err error
		if before, err = d.w.tx.Participants(d.answered.Conversation); err != nil {
			return fmt.Errorf("read who heard conversation %d: %w", d.answered.Conversation, err)
		}
	}
	for _, p := range d.v.Hearers(d.dest.conv.ID) {
		named := p.AudienceAt <= d.answered.AudienceAt
		if merged {
			named = slices.ContainsFunc(before, func(o aside.Participant) bool {
				return o.Address == p.Address && o.AudienceAt <= d.answered.AudienceAt && (o.Until.IsZero() || o.Until.After(d.answered.CreatedAt))
			})
		}
		if named {
			continue
		}
		d.find("audience "+p.Address, naming.Inside(d.w.dir, p.Name, p.Address),
			naming.Inside(d.w.dir, p.Name, p.Address)+" would get this too, and was not among the readers when you got the mail that you answer.", "")
	}
	return nil
}

// collisionGuard holds a reply when a colleague has answered since, or the
// ticket is somebody else's.
func (d *deed) collisionGuard() error {
	if d.dest.conv != nil && d.answered != nil {
		// After a merge an answer may stand in the conversation that was
		// answered, and is no less heard.
		where := []int64{d.dest.conv.ID}
		if d.answered.Ticket != d.v.Ticket.Number {
			where = append(where, d.answered.Conversation)
		}
		for _, conversation := range where {
			authors, err := d.w.tx.RepliedSince(conversation, d.answered.CreatedAt, d.a.Handle)
			if err != nil {
				return fmt.Errorf("look who answered since: %w", err)
			}
			for _, author := range authors {
				d.collides(author)
			}
		}
	}
	if owner := d.v.Ticket.Assignee; owner != "" && !d.v.InRoom(d.a.Handle) && !d.takes() {
		d.find("owner "+owner, "", fmt.Sprintf("#%d is %s's, and you are not in its room.", d.v.Ticket.Number, naming.Agent(d.w.dir, owner)), "")
	}
	return nil
}

// collides adds the finding that a colleague was faster, once.
func (d *deed) collides(author string) {
	name := "collision " + author
	if !slices.ContainsFunc(d.findings, func(f guard.Finding) bool { return f.Guard == name }) {
		d.find(name, "", naming.Agent(d.w.dir, author)+" has answered since the mail that you answer.", "")
	}
}

// takes reports whether the mail itself makes the ticket its writer's.
func (d *deed) takes() bool {
	return slices.ContainsFunc(d.commands, func(c command.Command) bool {
		return c.Verb == command.Assign && (len(c.Args) == 0 || c.Args[0] == "me" || d.w.called(c.Args[0]) == d.a)
	})
}
