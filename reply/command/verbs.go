package command

import (
	"strings"
	"unicode/utf8"
)

// alone is a command without arguments.
func alone(l *line) *fault {
	if t, ok := l.next(); ok {
		return l.extra(t)
	}
	return nil
}

// optional takes whatever words follow.
func optional(l *line) *fault {
	for _, t := range l.all() {
		l.cmd.Args = append(l.cmd.Args, t.text)
	}
	return nil
}

// freeText takes the rest of the line.
func freeText(l *line) *fault {
	l.open = true
	l.skip(false)
	if l.pos >= l.strict {
		return unclearFault("the line below it")
	}
	if l.cmd.Text = l.rest(); l.cmd.Text == "" {
		return l.missing("some words")
	}
	return nil
}

// fileName takes the rest of the line as a file's name.
func fileName(l *line) *fault {
	f := freeText(l)
	if f != nil && f.unfinished {
		f.why = "/attach needs the name of a file."
	}
	l.cmd.Args, l.cmd.Text = []string{l.cmd.Text}, ""
	return f
}

// onOff is the argument of cc-customer.
func onOff(l *line) *fault {
	w := l.all()
	if len(w) == 1 && (w[0].lower() == "on" || w[0].lower() == "off") {
		l.cmd.Switch = w[0].lower()
		return nil
	}
	return &fault{why: "/cc-customer takes on or off.", unfinished: len(w) == 0}
}

// when reads the rest of the line as a moment.
func (l *line) when() *fault {
	w, err := ParseWhen(l.rest())
	if err != nil {
		return &fault{why: Sentence(err), unfinished: true}
	}
	l.cmd.When = w
	return nil
}

func due(l *line) *fault {
	rest := strings.ToLower(strings.TrimRight(Clean(l.s), ".,"))
	switch rest {
	case "":
		return l.missing("a time; " + whenExamples)
	case "none":
		l.cmd.Switch = "none"
		return nil
	}
	return l.when()
}

func snooze(l *line) *fault {
	if strings.Trim(Clean(l.s), ".,") == "" {
		l.cmd.When = When{kind: whenTomorrow}
		return nil
	}
	return l.when()
}

// away reads "until WHEN [cover HANDLE]".
func away(l *line) *fault {
	words := l.all()
	at := len(words)
	for i, t := range words {
		if t.lower() == "cover" || t.lower() == "cover:" {
			at = i
		}
	}
	var said []string
	for _, t := range words[:at] {
		said = append(said, t.text)
	}
	w, err := ParseWhen(strings.Join(said, " "))
	if err != nil {
		return &fault{why: Sentence(err), unfinished: at == len(words)}
	}
	l.cmd.When = w
	if at == len(words) {
		return nil
	}
	if at+2 != len(words) {
		return &fault{why: "\u201ccover\u201d takes one name.", unfinished: at+1 == len(words)}
	}
	l.cmd.Cover = strings.TrimPrefix(words[at+1].text, "@")
	return nil
}

// names reads HANDLE…: names, with or without @, between commas or blanks.
func names(l *line) *fault {
	var element []token
	flush := func() *fault {
		f := l.element(element)
		element = nil
		return f
	}
	for {
		t, ok := l.next()
		if !ok {
			break
		}
		if strings.HasPrefix(t.text, "/") {
			return l.extra(t)
		}
		element = append(element, t)
		if t.comma || t.angled {
			if f := flush(); f != nil {
				return f
			}
		}
	}
	if f := flush(); f != nil {
		return f
	}
	switch n := len(l.cmd.Args); {
	case n == 0:
		return l.missing("somebody of the team")
	case n > maxPeople:
		return &fault{why: "That is too many people for one line."}
	}
	return nil
}

// element is what stands between two commas: one name of several words when
// somebody is called so, else a name each; or a mention that a client expanded
// to "@Dana Reyes <dana@example.com>", of which the address is the certain part.
func (l *line) element(words []token) *fault {
	if len(words) == 0 {
		return nil
	}
	if last := words[len(words)-1]; last.angled {
		a, ok := address(last.text)
		if !ok {
			return &fault{why: quoted(last.text) + " is not an address.", unfinished: last.open}
		}
		l.cmd.Args = append(l.cmd.Args, a)
		return nil
	}
	var texts []string
	for _, t := range words {
		texts = append(texts, strings.TrimPrefix(t.text, "@"))
	}
	joined, callable := strings.Join(texts, " "), [][]string{l.p.o.Handles}
	if l.r.verb == Assign {
		callable = append(callable, l.p.o.Teams)
	}
	if len(words) > 1 && l.p.known[strings.ToLower(joined)] {
		l.cmd.Args = append(l.cmd.Args, joined)
		return nil
	}
	for i, t := range words {
		name := texts[i]
		low := strings.ToLower(name)
		if name == "" {
			return &fault{why: quoted(t.text) + " is not a name."}
		}
		if l.uncertain(t) && !l.p.known[low] {
			return &fault{why: quoted(name) + " is nobody here."}
		}
		if near := l.p.nearName(low, callable...); near != "" {
			return &fault{why: "Nobody here is called " + quoted(name) + ".", meant: l.name() + " " + near}
		}
		l.cmd.Args = append(l.cmd.Args, name)
	}
	return nil
}

// oneName reads one name, or none for /lead.
func oneName(l *line) *fault {
	if f := names(l); f != nil {
		return f
	}
	if len(l.cmd.Args) > 1 {
		return &fault{why: l.name() + " takes one name.", meant: l.name() + " " + l.cmd.Args[0]}
	}
	if low := strings.ToLower(l.cmd.Args[0]); low == "none" && l.r.verb != Ask || low == "me" {
		l.cmd.Args[0] = low
	}
	return nil
}

// assign is oneName, and "me" when nobody is named.
func assign(l *line) *fault {
	if strings.Trim(Clean(l.s), ".,") == "" {
		l.cmd.Args = []string{"me"}
		return nil
	}
	return oneName(l)
}

func take(l *line) *fault {
	l.cmd.Args = []string{"me"}
	return alone(l)
}

func priority(l *line) *fault {
	w := l.all()
	if len(w) != 1 {
		return &fault{why: "/priority takes one word.", unfinished: len(w) == 0}
	}
	if l.uncertain(w[0]) {
		return unclearFault("the line below it")
	}
	l.cmd.Args = []string{w[0].lower()}
	return nil
}

// tags reads a -b; tags are kept in lower case so that they can be compared.
func tags(l *line) *fault {
	l.open = true
	for _, t := range l.all() {
		if l.uncertain(t) {
			return unclearFault("the line below it")
		}
		name, drop := strings.CutPrefix(t.lower(), "-")
		if !drop {
			name = strings.TrimPrefix(name, "+")
		}
		name = strings.TrimPrefix(name, "#")
		switch {
		case name == "" || strings.ContainsAny(name, "/<>=@") || utf8.RuneCountInString(name) > 60:
			return &fault{why: quoted(t.text) + " cannot be a tag."}
		case drop:
			l.cmd.DropTags = append(l.cmd.DropTags, name)
		default:
			l.cmd.AddTags = append(l.cmd.AddTags, name)
		}
	}
	for _, a := range l.cmd.AddTags {
		for _, d := range l.cmd.DropTags {
			if a == d {
				return &fault{why: "The tag " + quoted(a) + " is both added and removed."}
			}
		}
	}
	if len(l.cmd.AddTags)+len(l.cmd.DropTags) == 0 {
		return l.missing("a tag")
	}
	return nil
}

// fields reads field=value, blanks around the sign allowed.
func fields(l *line) *fault {
	l.open = true
	for {
		t, ok := l.next()
		if !ok {
			break
		}
		if l.uncertain(t) {
			return unclearFault("the line below it")
		}
		if f := l.pair(t); f != nil {
			return f
		}
	}
	if len(l.cmd.Set) == 0 {
		return l.missing("field=value")
	}
	return nil
}

// pair reads one field=value that begins with the word t.
func (l *line) pair(t token) *fault {
	field, value, ok := strings.Cut(t.text, "=")
	if !ok && !t.comma { // blanks before the sign
		at := l.pos
		n, found := l.next()
		rest, isSign := strings.CutPrefix(n.text, "=")
		switch {
		case !found || !isSign:
			l.pos = at
			f := &fault{why: quoted(t.text) + " is not field=value; a value of several words goes in quotes."}
			if found && len(l.cmd.Set) == 0 {
				f.meant = l.name() + " " + t.text + "=" + valueText(trim(fold(l.s[n.start:])))
			} else if n := len(l.cmd.Set); n > 0 {
				f.meant = l.name() + " " + l.cmd.Set[n-1].Field + "=" + valueText(l.cmd.Set[n-1].Value+" "+t.text)
			}
			return f
		default:
			field, value, ok, t = t.text, rest, true, n
		}
	}
	if !ok || field == "" || strings.ContainsAny(field, `"/<>@`) {
		return &fault{why: quoted(t.text) + " is not field=value."}
	}
	if value == "" && !t.comma && !strings.ContainsAny(fold(l.s[t.start:t.end]), `"`) && l.blankAfterSign() {
		if n, found := l.next(); found {
			value = n.text
		}
	}
	for _, s := range l.cmd.Set {
		if strings.EqualFold(s.Field, field) {
			return &fault{why: quoted(field) + " is set twice in this line."}
		}
	}
	l.cmd.Set = append(l.cmd.Set, Pair{Field: field, Value: value})
	return nil
}

// blankAfterSign reports that the next word is no field=value of its own, so
// that it is the value behind "field= ".
func (l *line) blankAfterSign() bool {
	ahead := l.scanner
	n, ok := ahead.next()
	if !ok || strings.Contains(n.text, "=") {
		return false
	}
	after, ok := ahead.next()
	return !ok || !strings.HasPrefix(after.text, "=")
}

// valueText quotes a value of several words.
func valueText(s string) string {
	s = short(strings.ReplaceAll(s, `"`, ""))
	if strings.ContainsAny(s, " ,;") {
		return `"` + s + `"`
	}
	return s
}

// macro reads NAME [k=v…].
func macro(l *line) *fault {
	t, ok := l.next()
	if !ok {
		return l.missing("the name of a macro")
	}
	l.cmd.Args = []string{t.text}
	at := l.pos
	if _, more := l.next(); !more {
		l.open = true
		return nil
	}
	l.pos = at
	return fields(l)
}

func ticketNumber(l *line) *fault {
	w := l.all()
	if len(w) == 0 {
		return l.missing("the number of a ticket")
	}
	n, ok := number(w[0].text)
	if !ok || len(w) > 1 {
		return &fault{why: l.name() + " takes the number of one ticket, such as 1042."}
	}
	l.cmd.Number = n
	return nil
}

// message reads the number of a message, which a link has and nobody types.
func message(l *line) *fault {
	w := l.all()
	if len(w) == 0 {
		return nil
	}
	n, ok := number(w[0].text)
	if !ok || len(w) > 1 {
		return l.extra(w[0])
	}
	l.cmd.Number = n
	return nil
}

// show reads a ticket's number and the word quoted, in any order.
func show(l *line) *fault {
	for _, w := range l.all() {
		n, ok := number(w.text)
		switch {
		case strings.EqualFold(Clean(w.text), Quoted) && l.cmd.Args == nil:
			l.cmd.Args = []string{Quoted}
		case ok && l.cmd.Number == 0:
			l.cmd.Number = n
		default:
			return &fault{why: "/show takes the number of one ticket, such as 1042, and quoted for what was cut from its mails."}
		}
	}
	return nil
}

// why reads a ticket's number or a mail's id.
func why(l *line) *fault {
	w := l.all()
	switch {
	case len(w) == 0:
		return nil
	case len(w) > 1:
		return &fault{why: "/why takes the number of one ticket or the id of one mail."}
	}
	if n, ok := number(w[0].text); ok {
		l.cmd.Number = n
	} else {
		l.cmd.Args = []string{w[0].text}
	}
	return nil
}

// holdNumber reads H7.
func holdNumber(s string) (int64, bool) {
	s = strings.ToLower(s)
	if len(s) < 2 || s[0] != 'h' {
		return 0, false
	}
	return number(s[1:])
}

// release reads [H7] and, for send, [notes].
func release(l *line) *fault {
	for _, t := range l.all() {
		n, isHold := holdNumber(t.text)
		switch {
		case isHold && l.cmd.Hold == 0:
			l.cmd.Hold = n
		case t.lower() == "notes" && l.r.verb == Send && !l.cmd.Notes:
			l.cmd.Notes = true
		case t.lower() == "note" && l.r.verb == Send:
			return &fault{why: quoted(t.text) + " is not understood here.", meant: "/send notes"}
		default:
			return l.extra(t)
		}
	}
	return nil
}

// code joins the words of a code that a client or a reader broke apart.
func code(l *line) *fault {
	var b strings.Builder
	for _, t := range l.all() {
		if l.uncertain(t) && b.Len() > 0 {
			return unclearFault("the line below it")
		}
		b.WriteString(t.text)
	}
	s := b.String()
	switch {
	case s == "":
		return l.missing("the code from the mail")
	case len(s) > 64 || strings.Trim(strings.ToLower(s), "abcdefghijklmnopqrstuvwxyz0123456789-") != "":
		return &fault{why: quoted(s) + " is not a code."}
	}
	l.cmd.Args = []string{s}
	return nil
}

func legal(l *line) *fault {
	w := l.all()
	if len(w) != 1 || w[0].lower() != "legal" {
		return &fault{why: "/hold takes the word legal.", meant: "/hold legal", unfinished: len(w) == 0}
	}
	l.cmd.Args = []string{"legal"}
	return nil
}

// listing reads a filter or words to look for.
func listing(l *line) *fault {
	l.open = true
	rest := l.rest()
	switch low := strings.ToLower(strings.Trim(Clean(rest), ".,")); low {
	case "":
	case "mine", "unassigned", "open", "waiting", "overdue", "snoozed":
		l.cmd.Args = []string{low}
	default:
		l.cmd.Text = rest
	}
	return nil
}
