package command

import (
	"fmt"
	"slices"
	"strings"
)

// Verb is the canonical name of a command; aliases are read as the verb they
// stand for.
type Verb string

// The verbs.
const (
	Note       Verb = "note"
	Reply      Verb = "reply"
	Side       Verb = "side"
	Ask        Verb = "ask"
	Add        Verb = "add"
	Remove     Verb = "remove"
	CcCustomer Verb = "cc-customer"
	Relay      Verb = "relay"
	Attach     Verb = "attach"
	Due        Verb = "due"
	Open       Verb = "open"
	Pending    Verb = "pending"
	Resolve    Verb = "resolve"
	Snooze     Verb = "snooze"
	Assign     Verb = "assign"
	Invite     Verb = "invite"
	Leave      Verb = "leave"
	Lead       Verb = "lead"
	Follow     Verb = "follow"
	Unfollow   Verb = "unfollow"
	Priority   Verb = "priority"
	Tag        Verb = "tag"
	Set        Verb = "set"
	Spam       Verb = "spam"
	Subject    Verb = "subject"
	Requester  Verb = "requester"
	Merge      Verb = "merge"
	Split      Verb = "split"
	New        Verb = "new"
	Macro      Verb = "macro"
	Send       Verb = "send"
	Discard    Verb = "discard"
	Undo       Verb = "undo"
	Confirm    Verb = "confirm"
	Away       Verb = "away"
	Same       Verb = "same"
	Erase      Verb = "erase"
	Export     Verb = "export"
	HoldLegal  Verb = "hold"
	Show       Verb = "show"
	List       Verb = "list"
	Search     Verb = "search"
	Why        Verb = "why"
	Report     Verb = "report"
	HelpMe     Verb = "help"
)

// Quoted asks /show for what was cut from mails as quoted.
const Quoted = "quoted"

// Command is one command as it was understood. Which fields count depends on
// the verb; the others are zero.
type Command struct {
	Verb   Verb
	Line   int    // index of its first line
	Source string // as written, for receipts; wrapped lines are joined by a blank

	// Args are, by verb:
	//   side, add, remove, requester, new, same: addresses (folded) or names
	//   ask, assign, invite, lead: handles, teams, names or addresses without
	//     their @; assign and lead also "me" (assign) and "none", in lower case
	//   attach: the file's name; macro: the macro's name; priority: the word
	//   in lower case; confirm: the code; hold: "legal"
	//   list: mine, unassigned, open, waiting, overdue or snoozed; why: the id;
	//   show: Quoted
	Args  []string
	Names []string // of side, add, remove, requester, new: the display name beside each of Args, or ""

	Text       string // subject, search, list: the words; side, new: the subject clause
	When       When   // due, snooze, away, and side's due clause; zero: none given
	CcCustomer bool   // side: the customer is copied
	Share      string // side: "last", "all" or "none"; "" when not said
	Switch     string // cc-customer: "on" or "off"; due: "none" when it clears
	Set        []Pair // set, macro
	AddTags    []string
	DropTags   []string
	Cover      string // away: the handle that covers
	Number     int64  // merge, show, why: the ticket; relay: the message; 0 when not said
	Hold       int64  // send, discard: 7 for H7; 0 when not said
	Notes      bool   // send: passages of notes may go along
}

// Pair is one field=value. An empty value clears the field.
type Pair struct{ Field, Value string }

// Problem is one line that holds the whole mail.
type Problem struct {
	Line   int    // index of the line
	Source string // the line as written
	Why    string // one kind and exact sentence for the receipt
	Meant  string // the line as it was probably meant, "/resolve"; "" if unknown
}

// Result is what Parse found. Every index of lines is in exactly one of
// Lines, the Line of a Problem, and the text that remains.
type Result struct {
	Commands []Command // what is said twice stands here once
	Lines    []int     // the lines of Commands, to be removed, ascending
	Problems []Problem
	Later    []Verb // verbs that are not in this version; each is a Problem too
}

// Text joins the lines that are neither commands nor problems, without the
// blank lines at their beginning and end.
func (r Result) Text(lines []string) string {
	gone := make(map[int]bool, len(r.Lines)+len(r.Problems))
	for _, i := range r.Lines {
		gone[i] = true
	}
	for _, p := range r.Problems {
		gone[p.Line] = true
	}
	kept := make([]string, 0, len(lines))
	for i, l := range lines {
		if !gone[i] {
			kept = append(kept, l)
		}
	}
	for len(kept) > 0 && blankLine(kept[0]) {
		kept = kept[1:]
	}
	for len(kept) > 0 && blankLine(kept[len(kept)-1]) {
		kept = kept[:len(kept)-1]
	}
	return strings.Join(kept, "\n")
}

// Options is what the grammar needs to know of the installation, and of the
// mail beside its lines. The zero value is good: names are then never known, and never suggested.
type Options struct {
	Later   map[Verb]bool // verbs not in this version: a Problem says so
	Handles []string      // handles and names of agents
	Teams   []string
	Cards   []string // names of the address book
	// Self are the writer's handle and first names. Some people sign with a
	// slash: a last line "/Anders" by Anders is text and no unknown command.
	Self []string
	// Whole reports of a line of the mail, by its index, that no client has
	// wrapped it. Nil when that is known of none.
	Whole func(line int) bool
}

const (
	maxCommandBytes = 8000 // of one command with its wrapped lines
	maxWrapped      = 20   // lines that wrapping made of one command
)

// parser holds the table and the options while lines are read.
type parser struct {
	rules map[string]*rule
	words []string
	o     Options
	known map[string]bool // handles, teams and cards in lower case
	self  map[string]bool
}

func newParser(o Options) *parser {
	p := &parser{rules: map[string]*rule{}, o: o, known: map[string]bool{}, self: map[string]bool{}}
	table := grammar()
	for i := range table {
		r := &table[i]
		for _, w := range append([]string{r.word}, r.aliases...) {
			if p.rules[w] == nil {
				p.words = append(p.words, w)
				p.rules[w] = r
			}
		}
	}
	for _, names := range [][]string{o.Handles, o.Teams, o.Cards} {
		for _, n := range names {
			p.known[strings.ToLower(Clean(n))] = true
		}
	}
	for _, n := range o.Self {
		p.self[strings.ToLower(Clean(n))] = true
	}
	return p
}

// itemKind is what one stretch of lines is.
type itemKind int

const (
	itemText itemKind = iota
	itemBlank
	itemCommand
	itemSignOff
)

// item is a line, or a command with the lines that wrapping made of it.
type item struct {
	kind  itemKind
	line  int
	n     int
	read  reading
	known bool // its word is a command's or within one edit of one
}

// Parse finds the commands in the newly written lines of a mail: those in the
// block before the first line of text and in the block after the last one.
// Nothing counts from a line "--" on. A result with Problems means that the
// whole mail is held.
func Parse(lines []string, o Options) Result {
	p := newParser(o)
	end := len(lines)
	for i, l := range lines {
		if trim(l) == "--" {
			end = i
			break
		}
	}
	items := p.items(lines[:end])
	first, last := textSpan(items)
	var r Result
	for i, it := range items {
		switch {
		case it.kind == itemSignOff && i < first:
			it.kind = itemCommand
			fallthrough
		case it.kind == itemCommand && (i < first || i > last):
			r.take(it, lines)
		case it.kind == itemCommand && it.known:
			r.Problems = append(r.Problems, Problem{Line: it.line, Source: source(lines[it.line]),
				Why:   "This looks like a command, but it stands inside your text. Commands go above the text or below it.",
				Meant: p.meant(it.read)})
		}
	}
	r.Commands = once(r.Commands)
	return r
}

// once leaves out what an earlier command of the mail says: it is meant once. A
// text that is sent twice is asked about. A stranger's mail may have very many.
func once(commands []Command) []Command {
	said := map[string]bool{}
	return slices.DeleteFunc(commands, func(c Command) bool {
		if c.Verb == Side || c.Verb == New {
			return false
		}
		key := c.meaning()
		before := said[key]
		said[key] = true
		return before
	})
}

// meaning is the same of commands that say the same, in whatever letters.
func (c Command) meaning() string {
	c.Line, c.Source, c.Names = 0, "", nil
	args := strings.ToLower(fmt.Sprintf("%q", c.Args))
	c.Args = nil
	return fmt.Sprintf("%s %+v", args, c)
}

// take keeps a command of a block, or its problem.
func (r *Result) take(it item, lines []string) {
	if f := it.read.fault; f != nil {
		r.Problems = append(r.Problems, Problem{Line: it.line, Source: source(lines[it.line]), Why: f.why, Meant: f.meant})
		if f.later != "" {
			r.Later = append(r.Later, f.later)
		}
		return
	}
	c := it.read.cmd
	c.Line = it.line
	c.Source = source(it.read.raw)
	r.Commands = append(r.Commands, c)
	for i := 0; i < it.n; i++ {
		r.Lines = append(r.Lines, it.line+i)
	}
}

// textSpan is the first and the last item of text; without text all items are
// one block.
func textSpan(items []item) (first, last int) {
	first, last = len(items), len(items)
	for i, it := range items {
		if it.kind != itemText {
			continue
		}
		if first == len(items) {
			first = i
		}
		last = i
	}
	return first, last
}

// items reads the lines from the top.
func (p *parser) items(lines []string) []item {
	items := make([]item, 0, len(lines))
	for i := 0; i < len(lines); {
		it := p.item(lines, i)
		items = append(items, it)
		i += it.n
	}
	return items
}

func (p *parser) item(lines []string, i int) item {
	it := item{kind: itemText, line: i, n: 1}
	if blankLine(lines[i]) {
		it.kind = itemBlank
		return it
	}
	word, rest, kind := head(lines[i])
	switch {
	case kind == headText:
		return p.decorated(it, lines[i])
	case kind == headOdd:
		// "/note: call Jane" has not the shape of a command, but it begins
		// with one: to send it as text would be a guess.
		if near := p.nearWord(word); near != "" {
			it.kind, it.known = itemCommand, true
			it.read = reading{word: word, rest: rest, raw: lines[i], fault: &fault{
				why:   "After the command's word there is a sign that does not belong there.",
				meant: p.withArgs(near, strings.TrimLeft(fold(rest), ":;!?)]\"' "))}}
		}
		return it
	case p.self[word] && blankLine(rest) && p.rules[word] == nil:
		it.kind = itemSignOff
		it.read = p.read(word, rest, len(rest))
		it.read.raw = lines[i]
		return it
	}
	it.kind, it.known = itemCommand, p.nearWord(word) != ""
	it.read, it.n = p.extend(lines, i, word, rest)
	return it
}

// decorated holds a command that a bullet, quotation marks or the wrong slash
// stand before: a client's list, or a slip of the hand; or numbers of tickets, as
// in answers to lists. Sent as text it would show the customer what was meant for
// the team.
func (p *parser) decorated(it item, line string) item {
	if _, numbered, why := listed(line); why == "" {
		word, rest, kind := head(numbered)
		if near := p.nearWord(word); kind == headShape && near != "" {
			it.kind, it.known = itemCommand, true
			it.read = reading{word: word, rest: rest, raw: line, fault: &fault{
				why: "Numbers before a command are for answers to a list. Here it is about the ticket that you answer.", meant: p.withArgs(near, rest)}}
		}
		return it
	}
	plain := strings.TrimLeft(fold(line), " -*+•·–—\"'`>")
	if strings.HasPrefix(plain, `\`) {
		plain = "/" + plain[1:]
	}
	plain = strings.TrimRight(plain, "\"'` ")
	word, rest, kind := head(plain)
	if kind != headShape || p.rules[word] == nil || strings.TrimLeft(plain, "/ ") == strings.TrimLeft(fold(line), " ") {
		return it
	}
	it.kind, it.known = itemCommand, true
	it.read = reading{word: word, rest: rest, raw: line, fault: &fault{
		why: "A command stands at the beginning of its line, with nothing before the slash.", meant: "/" + word + rest}}
	return it
}

// source is a line as a receipt shows it, of bounded length.
func source(s string) string {
	const most = 500
	s = trim(s)
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}
