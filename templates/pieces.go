package templates

import (
	"time"

	"aside"
)

// piece is one thing that a mail says, with the data its templates are tried
// with when they are loaded. Each sample takes other branches.
type piece struct {
	name        string
	subject     bool // has a NAME.subject
	textOnly    bool // no NAME.html
	subjectOnly bool // nothing but a NAME.subject
	samples     []any
}

// has reports whether a file with that extension belongs to the piece.
func (p piece) has(ext string) bool {
	switch ext {
	case ".txt":
		return !p.subjectOnly
	case ".html":
		return !p.textOnly && !p.subjectOnly
	case ".subject":
		return p.subject || p.subjectOnly
	}
	return false
}

func findPiece(name, ext string) (piece, bool) {
	for _, p := range pieces() {
		if p.name == name && p.has(ext) {
			return p, true
		}
	}
	return piece{}, false
}

// pieces lists all there is.
func pieces() []piece {
	at := time.Date(2026, 11, 21, 10, 12, 0, 0, time.UTC)
	frames := frameSamples()
	return []piece{
		{name: "audience", textOnly: true, samples: frames},
		{name: "facts", textOnly: true, samples: frames},
		{name: "frame", samples: frames},
		{name: "receipt", subject: true, samples: []any{
			Receipt{}, Receipt{Done: []string{"a"}}, Receipt{Done: []string{"a", "b"}, NotDone: []string{"c"}, Next: "d"}}},
		{name: "hold", subject: true, samples: holdSamples()},
		{name: "code", subject: true, samples: []any{
			Code{Mails: []HeldMail{{}}},
			Code{Desk: "a", Mails: []HeldMail{{Subject: "a", FirstLines: "b", Code: "c", At: at}, {}}}}},
		{name: "event", samples: []any{Event{}, Event{Lines: []string{"a"}}, Event{Lines: []string{"a", "b"}}}},
		{name: "ask", samples: []any{
			Ask{}, Ask{Who: "a", Text: "b", ApproveURL: "mailto:a@example.com", DeclineURL: "mailto:b@example.com"}}},
		{name: "list", subject: true, samples: []any{
			List{}, List{Title: "a", More: true, Tickets: []ListItem{{}, {Number: 1, Subject: "a", Who: "b",
				Status: "c", Owner: "d", Due: "e", Inside: "f", Late: true, Priority: "g", Answered: true}}}}},
		{name: "show", subject: true, samples: []any{
			Show{Ticket: 1}, Show{Ticket: 1, Subject: "a", Facts: []string{"b"}, Earlier: 1, Entries: entrySamples(at)}}},
		{name: "search", subject: true, samples: []any{
			Search{Query: "a"}, Search{Query: "a", More: true, Hits: []Hit{{Kind: aside.Customer}, {Kind: aside.Side},
				{Ticket: 1, Subject: "a", Who: "b", Kind: aside.Notes, At: at, Snippet: "c"}}}}},
		{name: "why", subject: true, samples: []any{
			Why{}, Why{Ticket: 1, Placements: []Placement{{}, {At: at, From: "a", Subject: "b", Placed: "c",
				Reason: "d", Passed: []string{"e"}, Verified: "f"}}}}},
		{name: "help", subject: true, samples: []any{
			Help{}, Help{Commands: []Command{{Group: "a", Usage: "/b", Does: "c"}, {}}}}},
		{name: "ack", subject: true, samples: []any{
			Acknowledgement{Desk: "a"}, Acknowledgement{Name: "a", Desk: "b", Subject: "c", Answering: "d", Number: 1}}},
		{name: "share", samples: []any{
			Share{}, Share{Messages: []Shared{{}, {Name: "a", At: at, Text: "b\nc"}}}}},
		{name: "sender", textOnly: true, samples: []any{Sender{Agent: "a", Desk: "b"}}},
		{name: "question", subjectOnly: true, samples: []any{neutral{Desk: "a"}}},
		{name: "message", subjectOnly: true, samples: []any{neutral{Desk: "a"}}},
		{name: "request", subjectOnly: true, samples: []any{neutral{Desk: "a"}}},
	}
}

func frameSamples() []any {
	full := Frame{Hear: []string{"a", "b"}, Customer: "c", Unproven: "d", Stranger: "e", WhoHas: "f (Relay)",
		RelayLink: "mailto:a@example.com", Status: "open", Owner: "g", Due: "h", Mails: "i", Facts: []string{"j"},
		NotHear: []NotHearing{{By: "k", Address: "l", AddLink: "mailto:a@example.com"}, {Writer: true}, {ReplyTo: true}, {}},
		Links:   []Link{{Label: "m", URL: "mailto:a@example.com"}, {Label: "n"}}, Ticket: 1, Tag: "kx", Marker: "o"}
	var out []any
	for _, kind := range []aside.ConversationKind{"", aside.Customer, aside.Side, aside.Notes} {
		empty := frameView{Frame: Frame{Audience: kind}}
		some := frameView{Frame: full, Line: "p", FactLines: []string{"q"}, More: 1}
		some.Audience = kind
		copied := some
		copied.CustomerCopied, copied.Deciding = true, true
		out = append(out, empty, some, copied)
	}
	return out
}

func holdSamples() []any {
	full := Hold{To: []string{"a", "b"}, Ticket: 1, Number: "H7", Passage: "c",
		Reasons:     []Reason{{Line: "d", Why: "e", Meant: "f"}, {Why: "g"}},
		Answers:     []string{"send", "send notes", "note", "discard", "other"},
		AnswerLinks: []Link{{Label: "send", URL: "mailto:a@example.com"}}}
	recall, others, commands := full, full, full
	recall.Waited = "30 minutes"
	others.Waited, others.Writer = "a day", "Dana"
	commands.To = nil
	bare := Hold{Writer: "Dana", Alone: true}
	return []any{holdView{}, holdView{full}, holdView{recall}, holdView{others}, holdView{commands}, holdView{bare}}
}

func entrySamples(at time.Time) []Entry {
	return []Entry{
		{At: at, Who: "a", Kind: aside.Customer, Text: "b", Files: []string{"c"}, Subject: "d"},
		{At: at, Who: "a", Kind: aside.Side, With: "b", Text: "c"},
		{Kind: aside.Side},
		{At: at, Who: "a", Kind: aside.Notes, Text: "b"},
		{At: at, Who: "a", Text: "b"},
		{},
	}
}
