package command

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"aside"
)

// fault is why one command cannot be carried out as written.
type fault struct {
	why, meant string
	unfinished bool // the line below may hold what is missing
	unclear    bool // the line below may or may not belong to the command
	later      Verb
}

// reading is one command line, with what wrapping made of it, as understood.
type reading struct {
	rule       *rule
	word, rest string
	raw        string
	cmd        Command
	fault      *fault
	open       bool // it ended in free words, which could go on
}

// line reads the arguments of one command.
type line struct {
	scanner
	p       *parser
	r       *rule
	cmd     *Command
	strict  int  // words from here on come from lines below: they must be certain
	latest  int  // where the latest of these lines begins
	wrapped bool // that line break is one that a client makes
	open    bool
}

// read understands a command of one line.
func (p *parser) read(word, rest string, strict int) reading {
	return p.readWrapped(word, rest, strict, strict, false)
}

func (p *parser) readWrapped(word, rest string, strict, latest int, wrapped bool) reading {
	rd := reading{rule: p.rules[word], word: word, rest: rest}
	switch {
	case rd.rule == nil:
		rd.fault = &fault{why: "There is no command /" + short(word) + ".", meant: p.suggest(word, rest)}
		return rd
	case p.o.Later[rd.rule.verb]:
		rd.fault = &fault{why: "/" + word + " is not in this version.", later: rd.rule.verb}
		return rd
	case len(rest) > maxCommandBytes:
		rd.fault = &fault{why: "This line is too long for a command."}
		return rd
	}
	rd.cmd.Verb = rd.rule.verb
	l := line{scanner: scanner{s: unwrap(rest)}, p: p, r: rd.rule, cmd: &rd.cmd, strict: strict, latest: latest, wrapped: wrapped}
	rd.fault = rd.rule.run(&l)
	rd.open = l.open
	if rd.fault != nil {
		rd.cmd = Command{}
	}
	return rd
}

// next reads a word; a full stop that ends the line is not part of it.
func (l *line) next() (token, bool) {
	t, ok := l.scanner.next()
	if ok && l.pos >= len(l.s) && !t.quoted && !t.angled {
		if t.text = strings.TrimRight(t.text, "."); t.text == "" {
			return token{}, false
		}
	}
	return t, ok
}

// all reads the remaining words.
func (l *line) all() []token {
	var out []token
	for {
		t, ok := l.next()
		if !ok {
			return out
		}
		out = append(out, t)
	}
}

// uncertain reports a word from a line below that could as well be text.
func (l *line) uncertain(t token) bool { return t.start >= l.strict }

func (l *line) name() string { return "/" + l.r.word }

func (l *line) missing(what string) *fault {
	return &fault{why: l.name() + " needs " + what + ".", unfinished: true}
}

// extra says that a word is too many.
func (l *line) extra(t token) *fault {
	if strings.HasPrefix(t.text, "/") {
		return &fault{why: "Each command needs a line of its own."}
	}
	return &fault{why: l.name() + " does not take the words " + quoted(trim(l.s[t.start:])) + "; text goes on a line of its own.",
		meant: l.name()}
}

// quoted is a piece of what was written, as a sentence shows it.
func quoted(s string) string { return "\u201c" + short(s) + "\u201d" }

// short bounds what is repeated.
func short(s string) string {
	const most = 80
	s = strings.Join(strings.Fields(s), " ")
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most]) + "…"
}

// goesOn is how likely it is that the line below belongs to the command.
type goesOn int

const (
	goesNot    goesOn = iota
	goesMaybe         // if it consists of clauses and nothing else
	goesSurely        // it does, or the command is unclear
)

// mayContinue reports whether the line below could belong to the command.
func (p *parser) mayContinue(cur reading, below string, wrapped bool) goesOn {
	switch {
	case cur.fault != nil && cur.fault.unfinished:
		return goesMaybe
	case cur.fault != nil || cur.rule.more == moreNone:
		return goesNot
	}
	c := strings.TrimRightFunc(cur.rest, isBlank)
	last, _ := utf8.DecodeLastRuneInString(c)
	comma := strings.ContainsRune(",;", foldRune(last)) && c != ""
	if cur.rule.more == moreNames {
		if comma || wrapped {
			return goesMaybe
		}
		return goesNot
	}
	first, anywhere := p.clausesIn(cur.rule, below)
	switch {
	case (comma || wrapped) && anywhere:
		return goesSurely
	case comma || wrapped || first:
		return goesMaybe
	}
	return goesNot
}

// clausesIn reports whether a line begins with an address or a clause, and
// whether there is an address anywhere in it.
func (p *parser) clausesIn(r *rule, below string) (first, anywhere bool) {
	sc := scanner{s: unwrap(below)}
	for n := 0; n < maxPeople; n++ {
		t, ok := sc.next()
		if !ok {
			break
		}
		_, isAddress := address(t.text)
		isAddress = isAddress && !t.quoted
		if n == 0 {
			first = isAddress || r.more == moreClauses && clauseOf(t) != ""
		}
		anywhere = anywhere || isAddress
	}
	return first, anywhere || first
}

// extend reads the command that begins at line i together with the lines that
// wrapping made of it. The line below belongs to the command only if the
// command is unfinished without it, or if it consists of the command's clauses
// and nothing else; where it could be either, the command is at fault.
func (p *parser) extend(lines []string, i int, word, rest string) (reading, int) {
	best, n := p.read(word, rest, len(rest)*2+1), 1
	best.raw = lines[i]
	if best.rule == nil || len(rest) > maxCommandBytes {
		return best, n
	}
	cur, strict, sure := best, len(unwrap(rest))+1, false
	for k := 1; k <= maxWrapped && i+k < len(lines); k++ {
		below := lines[i+k]
		if _, _, kind := head(below); kind != headText || blankLine(below) {
			break
		}
		wrapped := wrapsAt(lines[i+k-1], below) && (p.o.Whole == nil || !p.o.Whole(i+k-1))
		if cur.fault == nil && cur.open {
			if wrapped {
				best.fault = unclearFault("the line below it")
			}
			break
		}
		likely := p.mayContinue(cur, below, wrapped)
		if likely == goesNot || len(cur.rest)+len(below) > maxCommandBytes {
			break
		}
		sure = sure || likely == goesSurely
		latest := len(unwrap(cur.rest)) + 1
		next := p.readWrapped(word, cur.rest+" "+below, strict, latest, wrapped)
		next.raw = cur.raw + " " + trim(below)
		if next.fault != nil && next.fault.unclear {
			best.fault = next.fault
			break
		}
		if next.fault != nil && !next.fault.unfinished {
			break
		}
		cur = next
		if cur.fault == nil {
			best, n, sure = cur, k+1, false
		}
	}
	if sure && best.fault == nil {
		best.fault = unclearFault("the line below it")
	}
	return best, n
}

func unclearFault(what string) *fault {
	return &fault{unclear: true,
		why: "It is not clear whether " + what + " belongs to this command. Leave an empty line below the command, or write it shorter."}
}

// wrapsAt reports whether a mail client could have broken a line here: it is
// as long as lines are made, and the next word had no room.
func wrapsAt(line, below string) bool {
	const shortest, longest, room = 40, 80, 65
	n := utf8.RuneCountInString(strings.TrimRightFunc(line, isBlank))
	if n < shortest || n > longest {
		return false
	}
	word := strings.TrimLeftFunc(below, isBlank)
	if i := strings.IndexFunc(word, isBlank); i >= 0 {
		word = word[:i]
	}
	return n+1+utf8.RuneCountInString(word) > room
}

// address is a mail address in its folded form; ok is false when s is none.
func address(s string) (string, bool) {
	s = strings.TrimRight(strings.TrimSpace(s), ".:")
	at := strings.LastIndexByte(s, '@')
	if at < 1 || at == len(s)-1 || at > 64 || len(s) > 254 {
		return "", false
	}
	local, domain := s[:at], s[at+1:]
	if strings.ContainsAny(local, "@<>()[]\\:;,\" /") || strings.HasPrefix(local, ".") || strings.HasSuffix(local, ".") {
		return "", false
	}
	for _, label := range strings.Split(domain, ".") {
		if label == "" || label[0] == '-' || label[len(label)-1] == '-' || !domainLabel(label) {
			return "", false
		}
	}
	return aside.FoldAddress(s), true
}

// domainLabel reports letters, digits and hyphens; letters of any script, for
// RFC 6531 addresses.
func domainLabel(label string) bool {
	for _, r := range label {
		if r == '-' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			continue
		}
		if r < 0x80 || r == utf8.RuneError {
			return false
		}
	}
	return true
}

// number reads a ticket's number: 1042, #1042 or [#1042-kx].
func number(s string) (int64, bool) {
	s = strings.TrimSuffix(strings.TrimPrefix(s, "["), "]")
	if strings.HasPrefix(s, "#") {
		s = s[1:]
		if i := strings.IndexByte(s, '-'); i > 0 {
			s = s[:i]
		}
	}
	if s == "" || len(s) > 15 || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil && n > 0
}
