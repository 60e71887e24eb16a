package command

import (
	"strings"
	"unicode/utf8"
)

// maxPeople bounds who can be named in one command.
const maxPeople = 50

// who gathers the people of a command: addresses, with or without a display
// name, and names of the address book.
type who struct {
	l       *line
	pending []token // words since the last comma or address
	before  string  // the address directly before, without a comma
	after   bool    // somebody or a clause stands before, without a comma
	behind  bool    // the same for the first of the pending words
}

// take adds one word.
func (w *who) take(t token) *fault {
	if t.angled {
		return w.angled(t)
	}
	text := t.text
	if n := len(text); n > 2 && text[0] == '\'' && text[n-1] == '\'' {
		text = text[1 : n-1]
	}
	if !t.quoted && strings.Contains(strings.TrimPrefix(text, "@"), "@") {
		a, ok := address(text)
		if !ok {
			return &fault{why: quoted(text) + " is not an address."}
		}
		if len(w.pending) > 0 {
			w.behind = true // a word without a comma before an address
		}
		if f := w.flush(); f != nil {
			return f
		}
		w.add(a, "")
		w.before, w.after = a, true
	} else {
		if len(w.pending) == 0 {
			w.behind = w.after
		}
		w.pending = append(w.pending, t)
		w.after = true
	}
	if t.comma {
		f := w.flush()
		w.before, w.after = "", false
		return f
	}
	return nil
}

// angled adds the address of "Name <address>". Directly behind another address
// it must be the same: a client repeats what it links, and a link to somebody
// else is not a thing to guess about.
func (w *who) angled(t token) *fault {
	if t.open {
		return &fault{why: "An address in < > is not closed.", unfinished: true}
	}
	a, ok := address(strings.TrimPrefix(strings.ToLower(t.text), "mailto:"))
	if !ok {
		return &fault{why: quoted("<"+t.text+">") + " is not an address."}
	}
	if w.before != "" && len(w.pending) == 0 {
		if w.before != a {
			return &fault{why: "It says " + w.before + " but stands for " + a + ". Please write only the one you mean; between two of them goes a comma."}
		}
		return nil
	}
	var words []string
	for _, p := range w.pending {
		if len(w.pending) > 1 && !p.quoted && w.l.p.known[p.lower()] {
			return &fault{why: "Between two people goes a comma."}
		}
		words = append(words, p.text)
	}
	w.pending = nil
	w.add(a, strings.Join(words, " "))
	w.before, w.after = a, true
	if t.comma {
		w.before, w.after = "", false
	}
	return nil
}

// flush ends a name of the address book.
func (w *who) flush() *fault {
	p, behind := w.pending, w.behind
	w.pending, w.before = nil, ""
	if len(p) == 0 {
		return nil
	}
	var words []string
	for _, t := range p {
		words = append(words, strings.TrimPrefix(t.text, "@"))
	}
	known := w.l.p.known
	if joined := strings.Join(words, " "); len(p) > 1 && known[strings.ToLower(joined)] {
		return w.name(p[0], joined)
	}
	if w.l.r.more == moreClauses && behind && !known[strings.ToLower(words[0])] {
		return w.stray(p[0], false)
	}
	if w.l.r.more == moreClauses && len(p) > 1 {
		return w.stray(p[1], known[strings.ToLower(words[1])])
	}
	for i, t := range p {
		if f := w.name(t, words[i]); f != nil {
			return f
		}
	}
	return nil
}

// stray is about a word in a /side line that is no clause.
func (w *who) stray(t token, known bool) *fault {
	if known {
		return &fault{why: "Between two people goes a comma."}
	}
	return &fault{why: quoted(t.text) + " is not part of a /side line; the text goes on the lines below.",
		unfinished: w.l.pos >= len(w.l.s)} // an address may follow, and make a name of it
}

// name adds a name of the address book.
func (w *who) name(t token, name string) *fault {
	low := strings.ToLower(name)
	if a, ok := address(name); ok && t.quoted {
		w.add(a, "")
		return nil
	}
	if w.l.uncertain(t) && !w.l.p.known[low] {
		return &fault{why: quoted(name) + " is nobody in the address book.", unfinished: w.l.pos >= len(w.l.s) && !t.comma}
	}
	if name == "" || strings.ContainsAny(name, "<>@/:") {
		return &fault{why: quoted(t.text) + " is neither an address nor a name."}
	}
	if near := w.l.p.nearName(low, w.l.p.o.Cards, w.l.p.o.Handles); near != "" {
		return &fault{why: "There is no " + quoted(name) + " in the address book.", meant: w.l.name() + " " + near}
	}
	w.add(name, "")
	return nil
}

// add keeps each person once.
func (w *who) add(arg, name string) {
	c := w.l.cmd
	for _, a := range c.Args {
		if strings.EqualFold(a, arg) {
			return
		}
	}
	c.Args = append(c.Args, arg)
	c.Names = append(c.Names, name)
}

// done ends the list.
func (w *who) done() *fault {
	if f := w.flush(); f != nil {
		return f
	}
	switch n := len(w.l.cmd.Args); {
	case n == 0:
		return w.l.missing("somebody: an address, or a name of the address book")
	case n > maxPeople:
		return &fault{why: "That is too many people for one line."}
	}
	return nil
}

// people reads WHO… for add and remove.
func people(l *line) *fault {
	w := who{l: l}
	for {
		t, ok := l.next()
		if !ok {
			return w.done()
		}
		if strings.HasPrefix(t.text, "/") {
			return l.extra(t)
		}
		if f := w.take(t); f != nil {
			return f
		}
		if len(l.cmd.Args) > maxPeople {
			return w.done()
		}
	}
}

// onePerson reads one address.
func onePerson(l *line) *fault {
	if f := people(l); f != nil {
		if f.unfinished {
			f.why = l.name() + " needs an address."
		}
		return f
	}
	switch a, ok := address(l.cmd.Args[0]); {
	case len(l.cmd.Args) > 1:
		return &fault{why: l.name() + " takes one address."}
	case !ok:
		return &fault{why: quoted(l.cmd.Args[0]) + " is not an address."}
	default:
		l.cmd.Args[0] = a
		return nil
	}
}

// same reads two addresses.
func same(l *line) *fault {
	if f := people(l); f != nil {
		return f
	}
	l.cmd.Names = nil
	for _, a := range l.cmd.Args {
		if _, ok := address(a); !ok {
			return &fault{why: quoted(a) + " is not an address."}
		}
	}
	if len(l.cmd.Args) != 2 {
		return &fault{why: "/same takes two different addresses.", unfinished: len(l.cmd.Args) < 2}
	}
	return nil
}

// clauseOf is the keyword of a side clause that a word begins, or "".
func clauseOf(t token) string {
	if t.quoted || t.angled {
		return ""
	}
	low := t.lower()
	for _, k := range []string{"due", "share", "subject"} {
		if rest, ok := strings.CutPrefix(low, k); ok && (rest == "" || rest[0] == ':' || rest[0] == '=') {
			return k
		}
	}
	switch low {
	case "cc-customer", "cc-", "cc":
		return "cc-customer"
	}
	return ""
}

// side reads WHO and the clauses, in any order; a subject without quotes runs
// to the end.
func side(l *line) *fault {
	w := who{l: l}
	seen := map[string]bool{}
	for {
		t, ok := l.next()
		if !ok {
			break
		}
		if strings.HasPrefix(t.text, "/") {
			return l.extra(t)
		}
		k := clauseOf(t)
		if k == "" {
			if f := l.nearClause(t, &w); f != nil {
				return f
			}
			if f := w.take(t); f != nil {
				return f
			}
			continue
		}
		if f := w.flush(); f != nil {
			return f
		}
		w.after = true
		if seen[k] {
			return &fault{why: quoted(k) + " stands in this line twice."}
		}
		seen[k] = true
		if f := l.clause(k, t); f != nil {
			return f
		}
	}
	return w.done()
}

// nearClause catches a misspelt keyword before it is taken for a name.
func (l *line) nearClause(t token, w *who) *fault {
	if t.quoted || t.angled || len(l.cmd.Args)+len(w.pending) == 0 || l.p.known[t.lower()] {
		return nil
	}
	for _, k := range []string{"cc-customer", "share", "subject"} {
		if editOne(t.lower(), k) {
			return &fault{why: quoted(t.text) + " is not part of a /side line.", meant: k}
		}
	}
	return nil
}

// clause reads what follows a keyword.
func (l *line) clause(k string, t token) *fault {
	colon := false
	if k != "cc-customer" {
		for i, r := range l.s[t.start:t.end] {
			if f := foldRune(r); f == ':' || f == '=' {
				l.pos = t.start + i + len(string(r))
				colon = true
				break
			}
		}
	}
	switch k {
	case "due":
		return l.dueClause()
	case "share":
		return l.shareClause()
	case "subject":
		return l.subjectClause(t, colon)
	}
	if t.lower() != "cc-customer" { // wrapped or written apart
		n, ok := l.next()
		if !ok || n.lower() != "customer" {
			return &fault{why: quoted(t.text) + " is not part of a /side line.", meant: "cc-customer", unfinished: !ok}
		}
	}
	l.cmd.CcCustomer = true
	return nil
}

// dueClause reads a moment up to the next clause or address.
func (l *line) dueClause() *fault {
	var words []string
	ended := true
	for {
		at := l.pos
		t, ok := l.next()
		if !ok {
			break
		}
		if t.angled || clauseOf(t) != "" || strings.Contains(t.text, "@") || len(words) > maxWhenWords {
			l.pos, ended = at, false
			break
		}
		words = append(words, t.text)
	}
	if len(words) == 0 {
		return &fault{why: "\u201cdue\u201d needs a time; " + whenExamples + ".", unfinished: ended}
	}
	w, err := ParseWhen(strings.Join(words, " "))
	if err != nil {
		return &fault{why: Sentence(err), unfinished: ended}
	}
	l.cmd.When = w
	return nil
}

func (l *line) shareClause() *fault {
	t, ok := l.next()
	switch s := t.lower(); {
	case !ok:
		return &fault{why: "\u201cshare\u201d needs last, all or none.", unfinished: true}
	case s == "last" || s == "all" || s == "none":
		l.cmd.Share = s
		return nil
	}
	return &fault{why: "\u201cshare\u201d takes last, all or none, not " + quoted(t.text) + "."}
}

// subjectClause takes the rest of the line, or what stands in quotes before a
// further clause. In a line below, a sentence may well begin with the word
// "subject".
func (l *line) subjectClause(t token, colon bool) *fault {
	first := t.start >= l.latest && blankLine(l.s[l.latest:t.start])
	if l.uncertain(t) && first && !colon && !l.wrapped {
		return unclearFault("the line below it, which begins with \u201csubject\u201d,")
	}
	l.skip(true)
	from := l.pos
	if l.quotedSubject() {
		return nil
	}
	l.cmd.Text = l.rest()
	if l.cmd.Text == "" {
		return &fault{why: "\u201csubject\u201d needs its words.", unfinished: true}
	}
	if from >= l.strict && !l.uncertain(t) && strings.HasSuffix(l.cmd.Text, ",") {
		return unclearFault("the line below it")
	}
	l.open = true
	return nil
}

// quotedSubject reads a subject in quotes, where a clause follows it.
func (l *line) quotedSubject() bool {
	before := l.scanner
	if t, ok := l.next(); ok && t.quoted {
		after := l.scanner
		if k, ok := l.next(); ok && clauseOf(k) != "" && !l.uncertain(k) {
			l.scanner = after
			l.cmd.Text = unquote(l.s[t.start:t.end])
			return l.cmd.Text != ""
		}
	}
	l.scanner = before
	return false
}

// Sentence is an error's text as a sentence, for a receipt.
func Sentence(err error) string {
	s := err.Error()
	_, n := utf8.DecodeRuneInString(s)
	return strings.ToUpper(s[:n]) + s[n:] + "."
}
