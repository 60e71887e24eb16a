// Package reading reads a mail against what its ticket has heard: what is newly
// written there, which commands stand in it, and what was cut.
package reading

import (
	"slices"
	"strings"

	"aside"
	"aside/reply"
	"aside/reply/command"
	"aside/store"
	"aside/threading"
	"aside/threading/mark"
)

// Reading is what a mail newly says, held against the lines that its ticket
// knows. It is never changed, so that a transaction may run again with it.
type Reading struct {
	Ticket    int64  // 0 for none
	Version   int64  // of the ticket
	Agent     string // whose signature was cut
	Addressed int64  // the conversation whose quoted lines may stay between answers

	Lines      []string // newly written, commands included
	Result     command.Result
	Hidden     string // a command that names a destination, in the part that was not read
	Listed     []command.ListLine
	Text       string // newly written, without the commands
	HTML       string
	Elided     string
	Forwarded  *aside.Forwarded
	ContentIDs []string
	Doubts     []reply.Doubt      // what was cut or kept on a sign that may deceive
	Made       map[int64][]uint64 // hashes of the lines of messages, by id, that the store did not keep
	Signed     bool               // below commands stood a signature alone, which is no text
	Cut        bool               // what it quoted, and so lost from view, was not heard here before
}

// AsNote keeps of a reading its words alone: who answers "note" wants the text
// kept inside, and none of its commands.
func (r *Reading) AsNote() *Reading {
	out := *r
	out.Result = command.Result{}
	out.Listed = nil
	return &out
}

// Reader reads in one transaction, for one mail that was located.
type Reader struct {
	Tx         *store.Tx
	Dir        *aside.Directory
	Keys       *mark.KeyRing
	Signatures []uint64 // hashes of the lines that the desks set below their mail
	Who        threading.Speaker
	Place      threading.Placement
}

// Read reads the mail against its ticket; addressed is the conversation that
// the text goes to, 0 when it begins one. The lines in asText are taken as text
// even if they look like commands: what an agent decided about a hold.
func (x *Reader) Read(m *aside.Mail, addressed int64, asText map[string]bool) (*Reading, error) {
	r := &Reading{Ticket: x.Place.Ticket.Number, Version: x.Place.Ticket.Version, Addressed: addressed}
	held := reply.Held{Key: x.Keys.LineKey(), Marker: x.Keys.IsMarker, Ours: x.Dir.IsOurs}
	agent := x.Dir.AgentByHandle(x.Who.Agent)
	if agent != nil && x.Who.IsAgent() {
		r.Agent, held.CutSignature, held.Signatures = agent.Handle, true, agent.OwnSignatures
	}
	// A contact has no notices, but those that somebody sent on. Their frames name
	// other tickets of a customer, who may write the same words.
	noFrames := x.Who.Agent == "" && len(x.Keys.FindMarkers(m.Text)) == 0 && len(x.Keys.FindMarkers(m.HTML)) == 0
	heard := &heard{x: x, ticket: r.Ticket, addressed: addressed, noFrames: noFrames}
	if r.Ticket != 0 {
		held.Known, held.Asking = heard.known, heard.asking
	}
	doc := reply.Read(m, held)
	r.Lines, r.Elided, r.Forwarded = doc.Lines(), doc.Elided(), doc.Forwarded()
	if r.Agent != "" {
		r.Doubts = doc.Doubts()
		o := Options(x.Dir, x.Who.Agent)
		o.Whole = doc.Whole
		signed := SignedAt(r.Lines, agent)
		r.Result = command.Parse(r.Lines[:signed], o)
		if x.Place.NoTicket || x.Place.New {
			r.Listed, r.Result = parseNumbered(r.Lines[:signed], r.Result, o, x.Place.NoTicket)
		}
		r.Result = aboveQuotes(r.Result, doc, asText, x.heardLine(held))
		r.Result = takeAsText(r.Result, r.Lines, asText)
		r.Hidden = x.hiddenCommand(m, held, r.Result)
		doc.Remove(r.Result.Lines...)
		if len(r.Result.Lines)+len(r.Result.Problems) > 0 && r.Result.Text(r.Lines[:signed]) == "" {
			for i := signed; i < len(r.Lines); i++ { // commands, and a signature alone
				doc.Remove(i)
			}
			r.Signed, r.Lines = signed < len(r.Lines), r.Lines[:signed]
		}
	}
	r.Text, r.HTML, r.ContentIDs = doc.Text(), doc.HTML(), doc.ContentIDs()
	if left := doc.Left(); left != "" && r.Agent == "" {
		// Nobody is asked about a contact's mail, so both parts are heard.
		r.Text, r.HTML = strings.TrimSpace(r.Text+"\n\n"+left), ""
	}
	r.Cut = x.cutsUnheard(r, heard)
	r.Made = heard.made
	return r, heard.err
}

// parseNumbered also reads lines such as "1042 1043 /assign omar", which
// answers to lists have. Where none of them can be done, one in an answer shows
// that they were meant; in a mail to the desk, which may be any text, all do.
func parseNumbered(lines []string, plain command.Result, o command.Options, answer bool) ([]command.ListLine, command.Result) {
	listed, result := command.ParseList(lines, o)
	meant, all := len(listed) > 0, true
	for _, line := range lines {
		if strings.TrimSpace(line) == "--" {
			break
		}
		numbered := command.Numbered(line)
		meant = meant || answer && numbered
		all = all && (numbered || strings.TrimSpace(line) == "")
	}
	if meant || all && len(result.Problems) > 0 {
		return listed, result
	}
	return nil, plain
}

// hiddenCommand finds a command in one of the mail's two forms that is not in
// what was read: then the forms disagree about what is to be done, perhaps about
// who is meant to hear it.
func (x *Reader) hiddenCommand(m *aside.Mail, held reply.Held, read command.Result) string {
	if strings.TrimSpace(m.Text) == "" || strings.TrimSpace(m.HTML) == "" {
		return ""
	}
	for _, form := range []*aside.Mail{{Text: m.Text, Flowed: m.Flowed, Subject: m.Subject}, {HTML: m.HTML, Subject: m.Subject}} {
		doc, o := reply.Read(form, held), Options(x.Dir, x.Who.Agent)
		o.Whole = doc.Whole
		lines := doc.Lines()
		for _, c := range command.Parse(lines[:SignedAt(lines, x.Dir.AgentByHandle(x.Who.Agent))], o).Commands {
			if !slices.ContainsFunc(read.Commands, func(o command.Command) bool { return o.Verb == c.Verb }) &&
				!slices.ContainsFunc(read.Problems, func(p command.Problem) bool { return p.Source == c.Source }) {
				return c.Source
			}
		}
	}
	return ""
}

// Why a command below quoted matter does nothing.
const (
	belowQuoteWhy = "This command stands below quoted text, where commands do not count. Write it at the top."
	HeardWhy      = "This command stands below quoted text, and the ticket has it already, so it may not be yours. To mean it, write it at the top. Sent as it is, your text goes without this line."
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
			out.Problems = append(out.Problems, command.Problem{Line: c.Line, Source: c.Source, Why: HeardWhy})
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
func (x *Reader) heardLine(held reply.Held) func(string) bool {
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

// Options is what the grammar of commands needs to know of this installation;
// agent is the handle of who writes, "" for nobody known.
func Options(dir *aside.Directory, agent string) command.Options {
	o := command.Options{Later: command.NotYet()}
	for _, a := range dir.Agents {
		o.Handles = append(o.Handles, a.Handle, a.Name)
	}
	for _, t := range dir.Teams {
		o.Teams = append(o.Teams, t.Name)
	}
	for _, c := range dir.Cards {
		o.Cards = append(o.Cards, c.Name)
	}
	if a := dir.AgentByHandle(agent); a != nil {
		o.Self = append(strings.Fields(a.Name), a.Handle)
	}
	return o
}
