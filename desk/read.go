package desk

import (
	"slices"
	"strings"

	"aside"
	"aside/desk/guard"
	"aside/reply"
	"aside/reply/command"
)

// reading is what a mail newly says, held against the lines that its ticket
// knows. It is never changed, so that a transaction may run again with it.
type reading struct {
	ticket    int64
	version   int64
	agent     string // whose signature was cut
	addressed int64  // the conversation whose quoted lines may stay between answers

	lines     []string // newly written, commands included
	result    command.Result
	hidden    string // a command that names a destination, in the part that was not read
	listed    []command.ListLine
	text      string
	html      string
	elided    string
	forwarded *aside.Forwarded
	cids      []string
	doubts    []reply.Doubt // what was cut or kept on a sign that may deceive
	unlearnt  bool          // many of the ticket's passages are not known yet
	scans     map[string]guard.Text
	ahead     *ahead
	cut       bool // what it quoted, and so lost from view, was not heard here before
}

// read reads the mail against its ticket; addressed is the conversation that
// the text goes to, 0 when it begins one.
func (w *work) read(addressed int64) (*reading, error) { return w.readText(addressed, nil) }

// readText is read with some lines taken as text even if they look like
// commands: what an agent decided about a hold.
func (w *work) readText(addressed int64, asText map[string]bool) (*reading, error) {
	r := &reading{ticket: w.place.Ticket.Number, version: w.place.Ticket.Version, addressed: addressed}
	held := reply.Held{Key: w.s.Keys.LineKey(), Marker: w.s.Keys.IsMarker, Ours: w.dir.IsOurs}
	agent := w.dir.AgentByHandle(w.who.Agent)
	if agent != nil && w.who.IsAgent() {
		r.agent, held.CutSignature, held.Signatures = agent.Handle, true, agent.OwnSignatures
	}
	heard := &heard{w: w, ticket: r.ticket, addressed: addressed}
	if r.ticket != 0 {
		held.Known, held.Asking = heard.known, heard.asking
	}
	doc := reply.Read(w.in.Mail, held)
	r.lines, r.elided, r.forwarded = doc.Lines(), doc.Elided(), doc.Forwarded()
	if r.agent != "" {
		r.doubts = doc.Doubts()
		o := w.commandOptions()
		r.result = command.Parse(r.lines, o)
		if w.place.NoTicket || w.place.New {
			r.listed, r.result = parseNumbered(r.lines, r.result, o)
		}
		r.result = aboveQuotes(r.result, doc, asText, w.heardLine(held))
		r.result = takeAsText(r.result, r.lines, asText)
		r.hidden = w.hiddenCommand(held, r.result)
		doc.Remove(r.result.Lines...)
	}
	r.text, r.html, r.cids = doc.Text(), doc.HTML(), doc.ContentIDs()
	r.cut = w.cutsUnheard(r, heard)
	return r, heard.err
}

// parseNumbered also reads lines such as "1042 1043 /assign omar", which
// answers to lists have.
func parseNumbered(lines []string, plain command.Result, o command.Options) ([]command.ListLine, command.Result) {
	listed, result := command.ParseList(lines, o)
	if len(listed) == 0 {
		return nil, plain
	}
	return listed, result
}

// hiddenCommand finds a command that keeps text inside, or sends it elsewhere,
// in one of the mail's two forms and not in what was read: then the forms
// disagree about who is meant to hear it.
func (w *work) hiddenCommand(held reply.Held, read command.Result) string {
	m := w.in.Mail
	if strings.TrimSpace(m.Text) == "" || strings.TrimSpace(m.HTML) == "" {
		return ""
	}
	for _, form := range []*aside.Mail{{Text: m.Text, Subject: m.Subject}, {HTML: m.HTML, Subject: m.Subject}} {
		for _, c := range command.Parse(reply.Read(form, held).Lines(), w.commandOptions()).Commands {
			if directs(c.Verb) && !slices.ContainsFunc(read.Commands, func(o command.Command) bool { return o.Verb == c.Verb }) &&
				!slices.ContainsFunc(read.Problems, func(p command.Problem) bool { return p.Source == c.Source }) {
				return c.Source
			}
		}
	}
	return ""
}

// directs reports a command that says where the text goes.
func directs(v command.Verb) bool {
	return slices.Contains([]command.Verb{command.Note, command.Side, command.Ask, command.New, command.Invite, command.Lead}, v)
}

// Why a command below quoted matter does nothing.
const (
	belowQuoteWhy = "This command stands below quoted text, where commands do not count. Write it at the top."
	heardWhy      = "This command stands below quoted text, and the ticket has it already, so it may not be yours. To mean it, write it at the top. Sent as it is, your text goes without this line."
)

// aboveQuotes makes problems of commands that stand below quoted or forwarded
// matter: there a line is not proved to be the writer's own. A release carries
// out the writer's own that it has shown; what the ticket has heard, somebody
// may have planted there, and a release leaves it out. A code counts, since
// nobody else knows it.
func aboveQuotes(r command.Result, doc *reply.Document, shown map[string]bool, heard func(string) bool) command.Result {
	out := r
	out.Commands, out.Lines = nil, nil
	below := map[int]bool{}
	for _, c := range r.Commands {
		planted, released := heard(c.Source), shown[strings.TrimSpace(c.Source)]
		switch {
		case !doc.BelowQuote(c.Line) || c.Verb == command.Confirm || released && !planted:
			out.Commands = append(out.Commands, c)
		case released: // it goes from the text, and nothing else
		case planted:
			below[c.Line] = true
			out.Problems = append(out.Problems, command.Problem{Line: c.Line, Source: c.Source, Why: heardWhy})
		default:
			below[c.Line] = true
			out.Problems = append(out.Problems, command.Problem{Line: c.Line, Source: c.Source, Why: belowQuoteWhy})
		}
	}
	for _, i := range r.Lines {
		if !below[i] {
			out.Lines = append(out.Lines, i)
		}
	}
	return out
}

// heardLine tells of a line whether somebody else may have written it: the
// ticket knows it, and not from the writer alone.
func (w *work) heardLine(held reply.Held) func(string) bool {
	return func(line string) bool {
		hashes := reply.Hashes(held.Key, line)
		if held.Known == nil || len(hashes) == 0 {
			return false
		}
		o := held.Known(hashes[0]) // the line's own; the others are of its passages
		return o != reply.Unknown && o != reply.Own
	}
}

// takeAsText takes lines out of the problems: they were shown to an agent, who
// said that they are text.
func takeAsText(r command.Result, lines []string, asText map[string]bool) command.Result {
	if len(asText) == 0 {
		return r
	}
	var left []command.Problem
	for _, p := range r.Problems {
		if p.Line < 0 || p.Line >= len(lines) || !asText[strings.TrimSpace(lines[p.Line])] {
			left = append(left, p)
		}
	}
	r.Problems = left
	return r
}

// prepared gives the reading that was made before the transaction, as long as
// the ticket is still the one it was made against; else it reads again.
func (w *work) prepared() (*reading, error) {
	r := w.ready
	if r != nil && r.ticket == w.place.Ticket.Number && r.version == w.place.Ticket.Version && r.addressed == w.place.Conversation.ID &&
		(r.agent != "") == w.who.IsAgent() {
		return r, nil
	}
	return w.read(w.place.Conversation.ID)
}

// remember keeps the hashes of a message's lines, so that they are known when
// somebody quotes them.
func (w *work) remember(ticket int64, m aside.Message) error {
	return w.tx.AddLines(ticket, m.Conversation, m.ID, w.hashes(m.Text))
}

// commandOptions is what the grammar needs to know of this installation.
func (w *work) commandOptions() command.Options {
	o := command.Options{Later: command.NotYet()}
	for _, a := range w.dir.Agents {
		o.Handles = append(o.Handles, a.Handle, a.Name)
	}
	for _, t := range w.dir.Teams {
		o.Teams = append(o.Teams, t.Name)
	}
	for _, c := range w.dir.Cards {
		o.Cards = append(o.Cards, c.Name)
	}
	if a := w.dir.AgentByHandle(w.who.Agent); a != nil {
		o.Self = append(strings.Fields(a.Name), a.Handle)
	}
	return o
}
