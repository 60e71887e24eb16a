package templates

import (
	"time"

	"aside"
)

// List is the answer to /list.
type List struct {
	Title   string // what was asked: "Tickets not resolved", "Yours"
	Tickets []ListItem
	More    bool // not all are shown
}

// ListItem is one ticket of a list.
type ListItem struct {
	Number  int64
	Subject string
	Who     string // the requester's name or address
	Status  string // "open", "snoozed until Mon 9:00"
	Owner   string // first name; empty while nobody's
	Due     string // ready: "due 11:40", "overdue since Fri"; empty for none
	Inside  string // "1 side, overdue; 2 notes"; empty for none
	Late    bool   // something is overdue
	// Priority is empty for none; Answered is an open one that waits for the
	// customer.
	Priority string
	Answered bool
}

// List renders a list of tickets.
func (s *Set) List(k Key, l List) (Mail, error) {
	l.Title = oneLine(l.Title)
	var items []ListItem
	for _, t := range l.Tickets {
		t.Subject, t.Who, t.Status = oneLine(t.Subject), cleanName(t.Who), oneLine(t.Status)
		t.Owner, t.Due, t.Inside, t.Priority = cleanName(t.Owner), oneLine(t.Due), oneLine(t.Inside), oneLine(t.Priority)
		items = append(items, t)
	}
	l.Tickets = items
	return s.renderMail(k, "list", l)
}

// Show is a ticket with its messages and events, oldest first.
type Show struct {
	Ticket  int64
	Subject string
	Facts   []string // ready sentences: "Open, Omar's.", "From Jane Doe <jane@example.org>."
	Entries []Entry
	Earlier int       // how many older entries are not shown
	Now     time.Time // in the agent's time zone, as that of each entry
}

// Entry is one message, or one event when Kind is empty.
type Entry struct {
	At      time.Time              // in the agent's time zone
	Who     string                 // wrote the message; empty for an event
	Kind    aside.ConversationKind // of the message's conversation; empty for an event
	With    string                 // of a side conversation: "Courier GmbH"
	Sent    bool                   // a message from here to those who hear the conversation
	Stopped bool                   // it was taken back, or stopped otherwise, before it left: nobody heard it
	Text    string                 // the message, or a sentence of what happened
	Files   []string
	Subject string // of a side conversation; may be empty
}

// Show renders a ticket as it stands.
func (s *Set) Show(k Key, v Show) (Mail, error) {
	v.Subject, v.Facts = oneLine(v.Subject), pack(cleanLines(v.Facts, oneLine))
	var entries []Entry
	for _, e := range v.Entries {
		e.Who, e.With, e.Subject = cleanName(e.Who), cleanName(e.With), oneLine(e.Subject)
		e.Text, e.Files = cleanText(e.Text, maxText), cleanLines(e.Files, cleanName)
		entries = append(entries, e)
	}
	v.Entries = entries
	return s.renderMail(k, "show", v)
}

// Search is the answer to /search.
type Search struct {
	Query string
	Hits  []Hit
	More  bool      // not all are shown
	Now   time.Time // in the agent's time zone, as that of each hit
	// Behind says that older mail may have been missed, which the daemon indexes
	// anew.
	Behind bool
}

// Hit is one message found.
type Hit struct {
	Ticket  int64
	Subject string
	Who     string
	Kind    aside.ConversationKind
	At      time.Time // in the agent's time zone
	Snippet string    // the words around what was found
}

// Search renders what was found.
func (s *Set) Search(k Key, v Search) (Mail, error) {
	v.Query = oneLine(v.Query)
	var hits []Hit
	for _, h := range v.Hits {
		h.Subject, h.Who, h.Snippet = oneLine(h.Subject), cleanName(h.Who), cleanLine(h.Snippet, 600)
		hits = append(hits, h)
	}
	v.Hits = hits
	return s.renderMail(k, "search", v)
}

// Why says why mails stand where they stand.
type Why struct {
	Ticket     int64 // 0 if none
	Placements []Placement
	Now        time.Time // in the agent's time zone, as that of each placement
}

// Placement is one mail's way to its conversation.
type Placement struct {
	At       time.Time // in the agent's time zone
	From     string    // name or address
	Subject  string
	Placed   string   // where it is: "Customer conversation of #1042"
	Reason   string   // a sentence: "It carried Jane's signed reply address."
	Passed   []string // what was looked at before and did not answer; may be empty
	Verified string   // who speaks and what proves it: "It is signed by example.com (DKIM)."; may be empty
}

// Why renders placements.
func (s *Set) Why(k Key, v Why) (Mail, error) {
	var out []Placement
	for _, p := range v.Placements {
		p.From, p.Subject, p.Placed = cleanName(p.From), oneLine(p.Subject), oneLine(p.Placed)
		p.Reason, p.Passed, p.Verified = oneLine(p.Reason), cleanLines(p.Passed, oneLine), oneLine(p.Verified)
		out = append(out, p)
	}
	v.Placements = out
	return s.renderMail(k, "why", v)
}

// Help is the answer to /help, and what a lone misspelled question gets.
type Help struct{ Commands []Command }

// Command is one entry of the help.
type Command struct {
	Group string // a heading above this entry; empty to go on with the last one
	Usage string // "/assign [me|HANDLE|TEAM|none]"
	Does  string // "gives the ticket to somebody"
}

// Help renders the commands.
func (s *Set) Help(k Key, v Help) (Mail, error) {
	var out []Command
	for _, c := range v.Commands {
		out = append(out, Command{Group: oneLine(c.Group), Usage: oneLine(c.Usage), Does: oneLine(c.Does)})
	}
	v.Commands = out
	return s.renderMail(k, "help", v)
}
