package desk

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"aside"
	"aside/desk/naming"
	"aside/reply"
	"aside/reply/command"
	"aside/templates"
	"aside/threading"
)

// finding is why a mail is held.
type finding struct {
	guard  string // stable name, kept with the hold: what a release waives
	reason templates.Reason
	never  bool // no release lets it leave
	cannot bool // a command that cannot be carried out, now or after a release
}

// markerGuard finds signs of our own notices, which never leave.
const markerGuard = "marker"

// find adds a finding, unless an agent released it.
func (d *deed) find(guard, line, why, meant string) {
	if !d.waived[guard] {
		d.findings = append(d.findings, finding{guard: guard, reason: templates.Reason{Line: line, Why: why, Meant: meant}})
	}
}

// refuse adds a problem with a command: nothing in the mail happens.
func (d *deed) refuse(c command.Command, why, meant string) {
	d.findings = append(d.findings, finding{guard: "line " + strings.TrimSpace(c.Source), cannot: true, reason: templates.Reason{Line: c.Source, Why: why, Meant: meant}})
}

// check takes the problems of the grammar, and reports whether the commands
// contradict each other: then there is no telling what the rest would be.
func (d *deed) check() (contradicts bool) {
	for _, p := range d.r.result.Problems {
		line := "line " + strings.TrimSpace(d.lineOf(p))
		if p.Why != heardWhy && namesHearers(p) && !d.waived["as note"] {
			// To send this text as it stands would be to send it to the wrong
			// people, with the line that says so.
			d.findings = append(d.findings, finding{guard: line, never: true, reason: templates.Reason{Line: p.Source, Why: p.Why, Meant: p.Meant}})
			continue
		}
		d.find(line, p.Source, p.Why, p.Meant)
	}
	if d.r.hidden != "" && !d.waived["as note"] {
		contradicts = true
		d.findings = append(d.findings, finding{guard: "hidden command", never: true, reason: templates.Reason{Line: d.r.hidden,
			Why: "Your mail has two forms, plain text and HTML, and this stands in one of them only. Please write it again."}})
	}
	for _, p := range command.Conflicts(d.commands) {
		contradicts = true
		d.findings = append(d.findings, finding{guard: "contradiction", never: true, reason: templates.Reason{Line: p.Source, Why: p.Why, Meant: p.Meant}})
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
	if p.Line >= 0 && p.Line < len(d.r.lines) {
		return d.r.lines[p.Line]
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
	if err := d.opaqueGuard(); err != nil {
		return err
	}
	d.destinationGuard()
	d.mentionGuard()
	if d.dest.kind == aside.Notes {
		return nil
	}
	d.doubtGuard()
	if err := d.audienceGuard(); err != nil {
		return err
	}
	if err := d.collisionGuard(); err != nil {
		return err
	}
	texts, err := d.leaving()
	if err != nil {
		return err
	}
	d.markGuard(texts)
	d.introductionGuard()
	d.greetingGuard()
	if err := d.repeatGuard(); err != nil {
		return err
	}
	return d.passageGuard(texts)
}

// repeatGuard holds an answer in the very words of the writer's last one, which
// quotes nothing: a mailbox that answers by itself, and says nowhere that it
// does, has no others.
func (d *deed) repeatGuard() error {
	const few = 8 // a short "Thank you, we are on it." may come twice
	if d.dest.conv == nil || d.dest.named || strings.TrimSpace(d.r.elided) != "" || reply.Words(d.r.text) < few {
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
		if reply.Normalise(m.Text) == reply.Normalise(d.r.text) {
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
	case len(d.commands) == 0 && len(d.r.result.Problems) == 0:
		if o := d.w.in.Mail.Opaque; o != aside.OpaqueNone {
			d.find("empty", "", fmt.Sprintf("Your mail is packed as %s, which cannot be read here. Please send it as plain text or HTML.", o), "")
			return
		}
		d.find("empty", "", "Nothing is left of your mail once quoted text and your signature are taken away.", "")
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
	if d.r.forwarded != nil {
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
	case ours && !token && d.r.forwarded == nil && strings.TrimSpace(d.r.elided) == "":
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
	known, unknown := command.Mentions(d.r.text, d.w.callable())
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
		d.find("owner "+owner, "", fmt.Sprintf("#%d is %s's, and you are not in its room.", d.v.Ticket.Number, d.w.ownerName(owner)), "")
	}
	return nil
}

// collides adds the finding that a colleague was faster, once.
func (d *deed) collides(author string) {
	guard := "collision " + author
	if !slices.ContainsFunc(d.findings, func(f finding) bool { return f.guard == guard }) {
		d.find(guard, "", d.w.ownerName(author)+" has answered since the mail that you answer.", "")
	}
}

// takes reports whether the mail itself makes the ticket its writer's.
func (d *deed) takes() bool {
	return slices.ContainsFunc(d.commands, func(c command.Command) bool {
		return c.Verb == command.Assign && (len(c.Args) == 0 || c.Args[0] == "me" || d.w.called(c.Args[0]) == d.a)
	})
}

// markGuard holds what carries a marker or an agent's token. They are ours
// alone, so no release lets them leave.
func (d *deed) markGuard(texts []scanned) {
	page := scanned{text: d.r.html}
	d.w.scanMarks(&page, page.text)
	for _, t := range append(slices.Clone(texts), page) {
		found := d.w.internalMark(t)
		if found == "" {
			found = d.internalName(t.text)
		}
		if found == "" {
			found = d.internalName(t.binary)
		}
		if found != "" {
			d.findings = append(d.findings, finding{guard: markerGuard, never: true, reason: templates.Reason{Line: found,
				Why: "This is a sign of our own notices, so part of one is still in your mail. Please take it out and answer again."}})
			break
		}
	}
}

// sideTag is the tag of a side conversation or of the notes, as subjects of
// notices have it.
var sideTag = regexp.MustCompile(`(?i)#(\d{1,12})(?:-([a-z]{2})\b| team\])`)

// addressLike finds what may be an address that notices come from.
var addressLike = regexp.MustCompile(`[A-Za-z0-9._%+=-]{3,64}@[A-Za-z0-9.-]{3,255}`)

// internalName finds what only notices name: the address they come from, and
// the tag of another conversation of this ticket. Where a client quotes in a
// way that nobody knows, these stand in what it copies above.
func (d *deed) internalName(text string) string {
	for _, m := range sideTag.FindAllStringSubmatch(text, 100) {
		own := d.dest.conv != nil && strings.EqualFold(m[2], d.dest.conv.Tag) && m[2] != ""
		if d.v != nil && m[1] == strconv.FormatInt(d.v.Ticket.Number, 10) && !own && d.hasTag(m[2]) {
			return m[0]
		}
	}
	for _, a := range addressLike.FindAllString(text, 1000) {
		if _, detail, ok := d.w.dir.Resolve(a); ok && strings.EqualFold(detail, "notice") {
			return a
		}
	}
	if strings.Contains(text, "REPLY") || strings.Contains(text, "Snooze") { // files may be long
		if found := frameWords.FindString(text); found != "" {
			return found
		}
	}
	return d.bylineIn(text)
}

// frameWords are what the frame of every notice says, whatever stands between
// its words: where something on the way put words of its own into each quoted
// line, no line is known again and the marker may be gone.
var frameWords = regexp.MustCompile(`YOUR[^\pL]+REPLY[^\pL]+(?:GOES[^\pL]+TO|STAYS[^\pL]+IN[^\pL]+THE[^\pL]+TEAM)|Snooze[^\pL]+Take[^\pL]+Note[^\pL]+Ask[^\pL]+someone`)

// bylineBefore is the rest of an introduction with a notice's sender in it.
var bylineBefore = regexp.MustCompile(`(?m)\((?:customer|copied|side|colleague|not taking part)\)[^\n]{0,80}:[ \t]*$`)

// bylineIn finds the name of a notice's sender as only notices write it. A
// quotation's header that a gateway broke may leave it behind.
func (d *deed) bylineIn(text string) string {
	if !strings.Contains(text, "(") {
		return ""
	}
	if found := bylineBefore.FindString(text); found != "" {
		return strings.TrimSpace(found)
	}
	line := strings.ToLower(strings.Join(strings.Fields(text), " "))
	for _, a := range d.w.dir.Agents {
		for _, role := range []string{" (to ", " (note)", " (colleague)"} {
			if strings.Contains(line, strings.ToLower(a.Name)+role) {
				return a.Name + role
			}
		}
	}
	return ""
}

// clockTime is how an introduction of quoted words tells when.
var clockTime = regexp.MustCompile(`\d{1,2}[:.h]\d{2}`)

// introductionGuard holds what ends with a colleague's full name behind a time
// of day: the first half of "On Monday at 10:30 Dana Reyes (to Jane) wrote",
// which a client broke within the name of a notice's sender.
func (d *deed) introductionGuard() {
	lines := strings.Split(strings.TrimSpace(d.r.text), "\n")
	last := strings.TrimSpace(lines[len(lines)-1])
	if !clockTime.MatchString(last) {
		return
	}
	for _, a := range d.w.dir.Agents {
		if strings.Contains(a.Name, " ") && strings.HasSuffix(strings.ToLower(last), strings.ToLower(a.Name)) {
			d.find("introduction", last, "This looks like the line by which your mail program introduces quoted words.", "")
		}
	}
}

// hasTag reports whether the ticket has such a side conversation; an empty tag
// is the notes'.
func (d *deed) hasTag(tag string) bool {
	return tag == "" || slices.ContainsFunc(d.v.Conversations, func(c *aside.Conversation) bool { return strings.EqualFold(c.Tag, tag) })
}

// internalMark finds a marker, an agent's token or a notice's Message-ID in a
// text.
func (w *work) internalMark(t scanned) string {
	if len(t.markers) > 0 {
		return t.markers[0]
	}
	for _, s := range t.signed {
		if s.ID.Purpose == threading.Internal || s.ID.Purpose != threading.External && w.agentToken(s.Token) {
			return s.Text
		}
	}
	return ""
}

// agentToken reports whether a valid token is an agent's: every one that is
// no participant's.
func (w *work) agentToken(t threading.Token) bool {
	if t.Purpose != threading.Reply {
		return t.Purpose == threading.NoticeBounce
	}
	agent, err := w.tx.AgentOfHolder(t.Holder)
	return err != nil || agent != ""
}
