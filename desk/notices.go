package desk

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"aside"
	"aside/desk/naming"
	"aside/desk/ticket"
	"aside/store"
	"aside/templates"
	"aside/threading"
)

func keyOf(d *aside.Desk) templates.Key {
	return templates.Key{Desk: d.Address, Language: d.Language}
}

// notice is a notice about to be made for one agent.
type notice struct {
	kind      aside.NoticeKind
	conv      aside.Conversation // where an answer goes
	message   *aside.Message     // whose words it shows
	words     templates.Words    // its own words, without a message
	subject   string             // its own; else the conversation's
	from      string             // display name of From
	important bool
	facts     []string
	about     store.About
	bare      bool // without the frame's facts and links: a receipt
	deciding  bool // the word "send" in answer to it sends what waits
}

// common is what the frames of one message's notices have in common.
type common struct {
	facts  frameFacts
	inside string
	open   []*aside.Ticket   // of the same requester
	mails  map[time.Time]int // of the requester, by when the day began
}

// address is the agent's reply address for a conversation.
func (w *work) address(d *aside.Desk, c aside.Conversation, agent string) (string, error) {
	holder, err := w.tx.HolderIn(c.ID, agent)
	if err != nil {
		return "", err
	}
	return d.Sub(w.s.replyToken(c.Token, holder)), nil
}

// notify queues one notice about a ticket to some agents.
func (w *work) notify(v *ticket.View, n notice, agents ...*aside.Agent) error {
	told, last, err := w.told(v, n, agents)
	if err != nil || len(told) == 0 {
		return err
	}
	all, err := w.common(v, n)
	if err != nil {
		return err
	}
	var to []store.NoticeTo
	for _, a := range told {
		f, err := w.frame(v, a, n, all)
		if err != nil {
			return err
		}
		if last[a] {
			f.Facts = append(f.Facts, fmt.Sprintf("So much came here within the hour that what follows is not sent to you until it has passed; /show %d has it all.", v.Ticket.Number))
		}
		one, err := w.noticeTo(a, f)
		if err != nil {
			return err
		}
		to = append(to, one)
	}
	row := aside.Notice{Kind: n.kind, Desk: v.Desk.Address, Ticket: v.Ticket.Number, Conversation: n.conv.ID, From: aside.Address{Name: n.from},
		ReplyName: cue(v, n.conv), Subject: n.subject, Important: n.important, Text: n.words.Text, HTML: n.words.HTML, AudienceAt: v.Ticket.AudienceCount}
	if row.Subject == "" {
		row.Subject = threading.NoticeSubject(n.conv, v.Ticket.Subject)
	}
	if row.From.Name == "" {
		row.From.Name = v.Desk.Name
	}
	if n.message != nil {
		row.MessageRow = n.message.ID
	}
	if err := w.tx.AddNotices(row, n.about, to...); err != nil {
		return err
	}
	// The words of an event are known when they are quoted back; the frame's
	// are from when it is drawn. A hold shows the agent's own passage, which
	// must not be taken for a quotation when it is sent again.
	if n.kind == aside.NoticeEvent {
		return w.tx.AddLines(v.Ticket.Number, v.Notes().ID, 0, w.hashes(row.Text))
	}
	return nil
}

// told are the agents who may get a notice, and those for whom it is the last
// of its sort for now.
func (w *work) told(v *ticket.View, n notice, agents []*aside.Agent) (told []*aside.Agent, last map[*aside.Agent]bool, err error) {
	if len(agents) == 0 {
		return nil, nil, nil
	}
	if all, err := w.mayTellAll(v, agents, n.conv.ID); err != nil || all {
		return agents, nil, err
	}
	last = map[*aside.Agent]bool{}
	for _, a := range agents {
		ok, isLast, err := w.mayTell(v, a, n.kind, n.conv.ID)
		if err != nil {
			return nil, nil, err
		}
		if ok {
			told, last[a] = append(told, a), isLast
		}
	}
	return told, last, nil
}

// noticeTo is what is an agent's own in a notice.
func (w *work) noticeTo(a *aside.Agent, f frameFacts) (store.NoticeTo, error) {
	token, err := w.draw()
	if err != nil {
		return store.NoticeTo{}, err
	}
	marker, err := w.draw()
	if err != nil {
		return store.NoticeTo{}, err
	}
	f.Marker = w.s.Keys.Marker(marker)
	facts, err := json.Marshal(f)
	if err != nil {
		return store.NoticeTo{}, fmt.Errorf("write down what a frame shows: %w", err)
	}
	return store.NoticeTo{Token: token, Agent: a.Handle, Address: a.Address(), Facts: facts}, nil
}

// cue is what stands in the composer's To line: who will hear.
func cue(v *ticket.View, c aside.Conversation) string {
	number := fmt.Sprintf("#%d", v.Ticket.Number)
	if c.Kind == aside.Notes {
		return "TEAM ONLY " + number
	}
	var others []aside.Participant
	copied := false
	for _, p := range v.Hearers(c.ID) {
		if c.Kind == aside.Side && c.CustomerCopied && p.Address == v.Ticket.Requester {
			copied = true
			continue
		}
		others = append(others, p)
	}
	who := "nobody"
	if len(others) > 0 {
		who = v.Name(others[0])
	}
	if len(others) > 1 {
		who += fmt.Sprintf(" +%d", len(others)-1)
	}
	switch {
	case c.Kind == aside.Customer:
		return "CUSTOMER " + who + " " + number
	case copied:
		return "CUSTOMER + SIDE " + who + " " + number + "-" + c.Tag
	default:
		return "SIDE " + who + " " + number + "-" + c.Tag
	}
}

// common gathers what the frames of a notice show to every agent.
func (w *work) common(v *ticket.View, n notice) (*common, error) {
	all := &common{mails: map[time.Time]int{}}
	f := &all.facts
	f.Audience, f.Ticket, f.Tag, f.Deciding = n.conv.Kind, v.Ticket.Number, n.conv.Tag, n.deciding
	if n.conv.Kind != aside.Notes {
		f.Hear = v.Names(v.Hearers(n.conv.ID))
	}
	if n.conv.CustomerCopied && v.Participant(n.conv.ID, v.Ticket.Requester) != nil {
		customer := naming.Inside(w.dir, v.Ticket.RequesterName, v.Ticket.Requester)
		f.Customer = &customer
	}
	if n.message != nil && w.in != nil && n.message.Kind != aside.MessageNote {
		w.frameSender(v, n, f)
	}
	if n.bare {
		return all, nil
	}
	f.Owner = w.ownerName(v.Ticket.Assignee)
	f.Facts = append(f.Facts, n.facts...)
	f.Notes = threading.NoticeSubject(*v.Notes(), v.Ticket.Subject)
	var err error
	if all.inside, err = w.inside(v, n.conv); err != nil {
		return nil, err
	}
	all.open, err = w.tx.OpenTicketsOf(v.Ticket.Requester, 4)
	return all, err
}

// frame gathers what stands below the words of an agent's notice.
func (w *work) frame(v *ticket.View, a *aside.Agent, n notice, all *common) (frameFacts, error) {
	f := all.facts
	f.Facts = slices.Clone(f.Facts)
	if n.bare {
		return f, nil
	}
	f.Status = v.Status(a.Location)
	if n.conv.Kind == aside.Side && !n.conv.DueAt.IsZero() && n.conv.State != aside.SideAnswered {
		f.Due = shortTime(n.conv.DueAt, w.now, a.Location)
	}
	return f, w.ticketFacts(v, a, &f, n, all)
}

// frameSender says of a contact's mail who really wrote it, who was copied and
// will not hear an answer, and who has it already.
func (w *work) frameSender(v *ticket.View, n notice, f *frameFacts) {
	if n.message.InboundID != w.rec.ID || n.message.Kind == aside.MessageOutbound {
		return
	}
	address := n.message.Author
	switch {
	case w.place.Stranger || w.place.Leaked || w.place.Ended:
		f.Stranger = address
	case w.place.Unverified:
		f.Unproven = "Sender not verified: " + address
	}
	if o := w.in.Mail.Opaque; o != aside.OpaqueNone {
		f.Facts = append(f.Facts, fmt.Sprintf("Packed as %s: what is not shown is in the attached file.", o))
	}
	if what := w.leftOut(); what != "" {
		f.Facts = append(f.Facts, "Not all of it is shown: "+what+". The whole mail is kept.")
	}
	if w.cut {
		f.Facts = append(f.Facts, "Quotes what was not heard here before: /show quoted.")
	}
	f.Subject = threading.NoticeSubject(n.conv, v.Ticket.Subject)
	by := naming.First(naming.Inside(w.dir, n.message.AuthorName, address))
	add := func(addr string) {
		f.Offers = append(f.Offers, offer{By: by, Address: addr, Writer: addr == address, Add: n.conv.Kind != aside.Notes})
	}
	if n.conv.Kind != aside.Notes && w.place.Participant == nil && !w.who.Ours && w.contactable(address) {
		add(address)
	}
	to := append(slices.Clone(w.in.Mail.To), w.in.Mail.Cc...)
	for _, o := range w.outsiders(to) {
		if n.conv.Kind == aside.Notes || v.Participant(n.conv.ID, o.Address) == nil {
			add(o.Address)
		}
	}
	if missing := w.without(v, n.conv, address, to); len(missing) > 0 {
		f.WhoHas = "Not sent on to: " + strings.Join(v.Names(missing), ", ") + " (Relay)"
	}
}

// leftOut tells what of the mail was too much to be read; empty if nothing was.
func (w *work) leftOut() string {
	for _, p := range w.in.Mail.Problems {
		if strings.HasSuffix(p, " left out") {
			return p
		}
	}
	return ""
}

// without are the others in the conversation who have not got this mail.
func (w *work) without(v *ticket.View, c aside.Conversation, author string, to []aside.Address) []aside.Participant {
	return slices.DeleteFunc(v.Hearers(c.ID), func(p aside.Participant) bool {
		return p.Address == author || slices.ContainsFunc(to, func(a aside.Address) bool { return a.Address == p.Address })
	})
}

func (w *work) ownerName(handle string) string {
	if a := w.dir.AgentByHandle(handle); a != nil {
		return a.FirstName()
	}
	return handle
}

func shortTime(t, now time.Time, loc *time.Location) string {
	t, now = t.In(loc), now.In(loc)
	if t.YearDay() == now.YearDay() && t.Year() == now.Year() {
		return t.Format("15:04")
	}
	return t.Format("Mon 2 Jan 15:04")
}

// ticketFacts are the sentences about the ticket. In the customer conversation
// they count what is inside and say nothing of it.
func (w *work) ticketFacts(v *ticket.View, a *aside.Agent, f *frameFacts, n notice, all *common) error {
	count, err := w.mailsToday(v, a, n, all)
	if err != nil {
		return err
	}
	if count > 1 {
		f.Mails = ordinal(count) + " mail today."
	}
	if all.inside != "" {
		f.Facts = append(f.Facts, "Inside: "+all.inside+".")
	}
	var also []string
	for _, t := range all.open {
		if t.Number != v.Ticket.Number && (a.InTeam(t.Team) || t.Assignee == a.Handle) && len(also) < 3 {
			also = append(also, fmt.Sprintf("#%d %s", t.Number, t.Subject))
		}
	}
	if len(also) > 0 {
		f.Facts = append(f.Facts, "Also open: "+strings.Join(also, ", ")+".")
	}
	if len(w.place.OtherDesks) > 0 && n.message != nil && !w.place.New {
		f.Facts = append(f.Facts, "Also written to "+strings.Join(w.place.OtherDesks, ", ")+".")
	}
	return nil
}

// mailsToday counts the requester's mails on an agent's day, where the notice
// shows one of them.
func (w *work) mailsToday(v *ticket.View, a *aside.Agent, n notice, all *common) (int, error) {
	if n.message == nil || n.message.Kind != aside.MessageInbound || n.message.Author != v.Ticket.Requester || v.First {
		return 0, nil
	}
	day := startOfDay(w.now, a.Location)
	count, counted := all.mails[day]
	if counted {
		return count, nil
	}
	count, err := w.tx.InboundCount(v.Ticket.Number, v.Ticket.Requester, day)
	all.mails[day] = count
	return count, err
}

// inside counts what a ticket holds beside the conversation that a notice is
// of: "1 side, overdue; 2 notes". It says nothing of what stands there.
func (w *work) inside(v *ticket.View, shown aside.Conversation) (string, error) {
	sides, overdue := 0, 0
	for _, c := range v.Conversations {
		if c.Kind == aside.Side && c.ID != shown.ID && c.State != aside.SideDone {
			sides++
			if c.State == aside.SideOverdue {
				overdue++
			}
		}
	}
	var parts []string
	if sides > 0 {
		s := plural(sides, "side")
		switch {
		case overdue == sides:
			s += ", overdue"
		case overdue > 0:
			s += fmt.Sprintf(", %d overdue", overdue)
		}
		parts = append(parts, s)
	}
	if shown.Kind != aside.Notes && !v.First {
		notes, err := w.tx.NoteCount(v.Notes().ID)
		if err != nil {
			return "", fmt.Errorf("count the notes of ticket %d: %w", v.Ticket.Number, err)
		}
		if notes > 0 {
			parts = append(parts, plural(notes, "note"))
		}
	}
	return strings.Join(parts, "; "), nil
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func ordinal(n int) string {
	words := []string{"", "First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth", "Ninth", "Tenth"}
	if n < len(words) {
		return words[n]
	}
	return fmt.Sprintf("%dth", n)
}

func startOfDay(now time.Time, loc *time.Location) time.Time {
	n := now.In(loc)
	return time.Date(n.Year(), n.Month(), n.Day(), 0, 0, 0, 0, loc)
}

func nextMorning(now time.Time, loc *time.Location) time.Time {
	n := now.In(loc)
	return time.Date(n.Year(), n.Month(), n.Day()+1, 9, 0, 0, 0, loc)
}

// mailto makes a link by RFC 6068: blanks as %20, lines as CRLF.
func mailto(to, subject, body string) string {
	enc := func(s string) string {
		return strings.ReplaceAll(url.QueryEscape(strings.ReplaceAll(s, "\n", "\r\n")), "+", "%20")
	}
	// A plus in the local part must be escaped: some clients read it as a blank.
	s := "mailto:" + strings.ReplaceAll(url.PathEscape(to), "+", "%2B") + "?subject=" + enc(subject)
	if body != "" {
		s += "&body=" + enc(body)
	}
	return s
}

// tellMessage tells the agents of a message in a conversation; its author and
// others excepted.
func (w *work) tellMessage(v *ticket.View, c aside.Conversation, m aside.Message, facts []string, except ...string) error {
	return w.tellAgents(v, c, m, facts, v.Listeners(except...))
}

// tellAgents is tellMessage for given agents.
func (w *work) tellAgents(v *ticket.View, c aside.Conversation, m aside.Message, facts []string, told []*aside.Agent) error {
	n := notice{kind: aside.NoticeMessage, conv: c, message: &m, from: w.byline(v, c, m), facts: facts}
	if w.place.Leaked {
		if a := w.holderAgent(); a != nil && !slices.Contains(told, a) {
			told = append(told, a)
		}
		n.facts = append(n.facts, "It came with an agent's reply address or answered a notice: nothing was done.")
	}
	return w.notify(v, n, told...)
}

// holderAgent is the agent whose token the mail used.
func (w *work) holderAgent() *aside.Agent {
	return w.dir.AgentByHandle(w.rows.Agents[w.place.LeakedHolder].Handle)
}

// byline is the display name of a notice's From.
func (w *work) byline(v *ticket.View, c aside.Conversation, m aside.Message) string {
	name := naming.Inside(w.dir, m.AuthorName, m.Author)
	switch {
	case m.Kind == aside.MessageNote:
		return name + " (note)"
	case w.dir.AgentByAddress(m.Author) != nil:
		return name + " (colleague)"
	case m.Kind == aside.MessageOutbound:
		return name + " (to " + shortList(v.Names(v.Hearers(c.ID))) + ")"
	case m.Author == v.Ticket.Requester && v.Participant(c.ID, m.Author) != nil:
		return name + " (customer)"
	case v.Participant(c.ID, m.Author) != nil && c.Kind == aside.Customer:
		return name + " (copied)"
	case v.Participant(c.ID, m.Author) != nil:
		return name + " (side)"
	default:
		return name + " (not taking part)"
	}
}

// shortList names the first of several: a sender's name that fills a line is
// broken by clients that quote it.
func shortList(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return fmt.Sprintf("%s +%d", names[0], len(names)-1)
}

// tellEvent tells agents of something that happened, in the ticket's notes
// thread.
func (w *work) tellEvent(v *ticket.View, agents []*aside.Agent, lines ...string) error {
	words, err := w.set.Templates.Event(keyOf(v.Desk), templates.Event{Lines: lines})
	if err != nil {
		return err
	}
	return w.notify(v, notice{kind: aside.NoticeEvent, conv: *v.Notes(), words: words}, agents...)
}

// tellOtherDesks tells the teams of other desks addressed, once, that this
// ticket is where it is dealt with.
func (w *work) tellOtherDesks(v *ticket.View) error {
	for _, address := range w.place.OtherDesks {
		d := w.dir.Desk(address)
		if d == nil || d.Team == v.Ticket.Team {
			continue
		}
		line := fmt.Sprintf("%s wrote to %s and to %s. It is ticket #%d of %s, whose team answers it.",
			naming.Inside(w.dir, v.Ticket.RequesterName, v.Ticket.Requester), v.Desk.Address, d.Address, v.Ticket.Number, v.Desk.Name)
		words, err := w.set.Templates.Event(keyOf(d), templates.Event{Lines: []string{line}})
		if err != nil {
			return err
		}
		for _, a := range w.dir.TeamAgents(d.Team) {
			if a.InTeam(v.Ticket.Team) {
				continue
			}
			if err := w.notifyApart(d, a, aside.NoticeEvent, templates.Mail{Subject: fmt.Sprintf("Told once: #%d", v.Ticket.Number), Words: words}, store.About{}); err != nil {
				return err
			}
		}
	}
	return nil
}

// notifyApart queues a notice that belongs to no ticket.
func (w *work) notifyApart(d *aside.Desk, a *aside.Agent, kind aside.NoticeKind, m templates.Mail, about store.About) error {
	ok, last, err := w.mayTell(nil, a, kind, 0)
	if err != nil || !ok {
		return err
	}
	var f frameFacts
	if last {
		f.Facts = []string{"So much was sent to you within the hour that what you ask next gets no answer until it has passed."}
	}
	to, err := w.noticeTo(a, f)
	if err != nil {
		return err
	}
	return w.tx.AddNotices(aside.Notice{Kind: kind, Desk: d.Address, From: aside.Address{Name: d.Name}, ReplyName: d.Name, Subject: m.Subject,
		Text: m.Text, HTML: m.HTML}, about, to)
}
