package command

import "strings"

// Entry is one line of the help: how a command is written and what it does.
type Entry struct {
	Verb  Verb
	Usage string
	Does  string
}

// rule is one row of the grammar: parsing, suggestions and help read it.
type rule struct {
	word    string // as typed, without the slash
	verb    Verb
	aliases []string
	args    string // the arguments, for the usage line
	does    string
	later   bool // not in this version
	list    bool // may stand behind ticket numbers in an answer to a list
	more    more // what may go on in the next line
	run     func(*line) *fault
}

// more is what a command without fault may still take from a line directly
// below it.
type more int

const (
	moreNone    more = iota
	moreClauses      // addresses and clauses
	morePeople       // addresses
	moreNames        // names that are known
)

// usage is the line as the help shows it.
func (r *rule) usage() string {
	u := "/" + r.word
	if r.args != "" {
		u += " " + r.args
	}
	if len(r.aliases) > 0 {
		u += " (or /" + strings.Join(r.aliases, ", /") + ")"
	}
	return u
}

// grammar is all commands. It is made anew on each call, so that nobody can
// change it for others.
func grammar() []rule {
	var all []rule
	for _, rows := range [][]rule{textRules(), sideRules(), ticketRules(), roomRules(), holdRules(), askRules()} {
		all = append(all, rows...)
	}
	return all
}

func textRules() []rule {
	return []rule{
		{word: "note", verb: Note, run: alone,
			does: "this text is a note: only the team reads it"},
		{word: "reply", verb: Reply, run: alone,
			does: "this text goes to the customer, whatever it answers"},
		{word: "side", verb: Side, more: moreClauses, run: side,
			args: "WHO[, WHO…] [cc-customer] [due WHEN] [share last|all|none] [subject TEXT]",
			does: "asks somebody outside with this text; the customer does not hear it unless copied"},
		{word: "ask", verb: Ask, args: "HANDLE", run: oneName,
			does: "asks a colleague to approve this text; it stays a note"},
		{word: "macro", verb: Macro, args: "NAME [k=v…]", later: true, run: macro,
			does: "puts a canned response before this text"},
		{word: "new", verb: New, args: "ADDR", run: onePerson,
			does: "begins a ticket with this text, to that address"},
	}
}

func sideRules() []rule {
	return []rule{
		{word: "add", verb: Add, args: "WHO…", more: morePeople, run: people,
			does: "lets somebody hear this conversation from now on"},
		{word: "remove", verb: Remove, args: "WHO…", more: morePeople, run: people,
			does: "ends that somebody hears this conversation"},
		{word: "cc-customer", verb: CcCustomer, args: "on|off", run: onOff,
			does: "copies the customer in this side conversation, or no longer"},
		{word: "relay", verb: Relay, run: message,
			does: "sends this message on to the others in its conversation"},
		{word: "attach", verb: Attach, args: "NAME", run: fileName,
			does: "takes a file from the ticket's latest messages along"},
		{word: "due", verb: Due, args: "WHEN|none", run: due,
			does: "when this side conversation should have an answer"},
	}
}

func ticketRules() []rule {
	return []rule{
		{word: "open", verb: Open, list: true, run: alone,
			does: "opens the ticket"},
		{word: "pending", verb: Pending, list: true, run: alone,
			does: "the ticket waits for the customer"},
		{word: "resolve", verb: Resolve, aliases: []string{"resolved", "close", "done"}, list: true, run: alone,
			does: "resolves the ticket"},
		{word: "snooze", verb: Snooze, args: "[WHEN]", list: true, run: snooze,
			does: "puts the ticket away until then; tomorrow at 9 if no time is given"},
		{word: "assign", verb: Assign, args: "[me|HANDLE|TEAM|none]", list: true, run: assign,
			does: "makes the ticket yours, theirs or nobody's"},
		{word: "take", verb: Assign, list: true, run: take,
			does: "makes the ticket yours"},
		{word: "priority", verb: Priority, args: "P", list: true, run: priority,
			does: "sets the priority"},
		{word: "tag", verb: Tag, args: "a -b", list: true, run: tags,
			does: "adds the tag a and removes the tag b"},
		{word: "set", verb: Set, args: `field=value`, list: true, run: fields,
			does: `sets a field of the ticket; several words go in quotes: color="dark red"`},
		{word: "spam", verb: Spam, list: true, run: alone,
			does: "puts the ticket away as spam"},
		{word: "subject", verb: Subject, args: "TEXT", list: true, run: freeText,
			does: "names the ticket inside the team; outsiders see no change"},
		{word: "requester", verb: Requester, args: "ADDR", run: onePerson,
			does: "makes somebody else the customer of this ticket"},
		{word: "merge", verb: Merge, args: "N", list: true, run: ticketNumber,
			does: "moves this ticket into ticket N of the same customer"},
		{word: "split", verb: Split, run: alone,
			does: "makes the answered message a ticket of its own"},
	}
}

func roomRules() []rule {
	return []rule{
		{word: "invite", verb: Invite, args: "HANDLE…", list: true, more: moreNames, run: names,
			does: "brings colleagues into the ticket"},
		{word: "leave", verb: Leave, list: true, run: alone,
			does: "takes you out of the ticket"},
		{word: "lead", verb: Lead, args: "HANDLE|none", list: true, run: oneName,
			does: "lets only one of you answer the customer; replies of the others become notes"},
		{word: "follow", verb: Follow, list: true, run: alone,
			does: "sends you what happens in the ticket"},
		{word: "unfollow", verb: Unfollow, list: true, run: alone,
			does: "no longer sends you what happens in the ticket"},
	}
}

func holdRules() []rule {
	return []rule{
		{word: "send", verb: Send, args: "[H7] [notes]", run: release,
			does: "sends what is on hold; with notes also where it quotes a note"},
		{word: "discard", verb: Discard, args: "[H7]", run: release,
			does: "throws away what is on hold"},
		{word: "undo", verb: Undo, run: alone,
			does: "stops what has not left yet"},
		{word: "confirm", verb: Confirm, args: "CODE", run: code,
			does: "says that a held mail was yours"},
		{word: "away", verb: Away, args: "until WHEN [cover HANDLE]", later: true, run: away,
			does: "tells the desk that you are away"},
		{word: "same", verb: Same, args: "ADDR ADDR", later: true, run: same,
			does: "says that two addresses are one person"},
		{word: "erase", verb: Erase, later: true, run: optional,
			does: "erases a person's data"},
		{word: "export", verb: Export, later: true, run: optional,
			does: "sends a person's data"},
		{word: "hold", verb: HoldLegal, args: "legal", later: true, run: legal,
			does: "keeps the ticket from being erased"},
	}
}

func askRules() []rule {
	return []rule{
		{word: "show", verb: Show, args: "[N] [quoted]", list: true, run: show,
			does: "sends the whole ticket; with quoted what was cut from the mail that you answer"},
		{word: "list", verb: List, args: "[mine|unassigned|open|waiting|overdue|snoozed|WORDS]", run: listing,
			does: "sends a list of tickets"},
		{word: "search", verb: Search, args: "WORDS", run: freeText,
			does: "sends the tickets in which the words occur"},
		{word: "why", verb: Why, args: "[N or id]", list: true, run: why,
			does: "tells why a mail went where it went"},
		{word: "report", verb: Report, later: true, run: optional,
			does: "sends the figures"},
		{word: "help", verb: HelpMe, run: optional,
			does: "sends this list"},
	}
}

// Help is one line for each command of this version, in the order in which
// they are explained.
func Help() []Entry {
	var out []Entry
	for _, r := range grammar() {
		if !r.later {
			out = append(out, Entry{Verb: r.verb, Usage: r.usage(), Does: r.does})
		}
	}
	return out
}

// NotYet is the set of verbs that are read but not carried out in this
// version, for Options.Later.
func NotYet() map[Verb]bool {
	out := map[Verb]bool{}
	for _, r := range grammar() {
		if r.later {
			out[r.verb] = true
		}
	}
	return out
}
