package command

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// foldRune is the plain form of one rune as mail clients and keyboards vary
// it, or -1 for runes that are not seen at all.
func foldRune(r rune) rune {
	switch {
	case r < 0x80:
		if r == '\t' || r == '\r' || r == '\v' || r == '\f' || r == '\n' {
			return ' '
		}
		if r < 0x20 || r == 0x7f {
			return -1
		}
		return r
	case r >= 0xff01 && r <= 0xff5e: // full-width forms of ASCII
		return r - 0xff01 + '!'
	case invisible(r):
		return -1
	case unicode.IsSpace(r) || unicode.Is(unicode.Zs, r) || r == 0x2028 || r == 0x2029:
		return ' '
	case unicode.Is(unicode.Pd, r) || r == '\u2212' || r == '\u2043':
		return '-'
	}
	switch r {
	case '\u201c', '\u201d', '\u201e', '\u201f', '\u00ab', '\u00bb', '\u2033':
		return '"'
	case '\u2018', '\u2019', '\u201a', '\u201b', '\u00b4', '\u2032':
		return '\''
	case '\u2044', '\u2215', '\u29f8':
		return '/'
	case '\u3002', '\uff61':
		return '.'
	case '\u3001', '\uff64':
		return ','
	}
	return r
}

// invisible reports runes without a shape of their own: zero-width blanks and
// joiners, soft hyphens, direction marks, variation selectors, the byte order
// mark.
func invisible(r rune) bool {
	return unicode.Is(unicode.Cf, r) || r == '\u034f' || r == '\u115f' || r == '\u1160' || r == '\u3164' ||
		r >= 0xfe00 && r <= 0xfe0f || unicode.IsControl(r) && !unicode.IsSpace(r)
}

// fold is the plain form of a piece of a line, its blanks kept.
func fold(s string) string {
	return strings.Map(foldRune, s)
}

// isBlank reports runes that stand between words, seen or not.
func isBlank(r rune) bool {
	f := foldRune(r)
	return f == ' ' || f == -1
}

// Clean is the tolerant normal form of one line: nothing invisible, plain
// blanks, quotes, dashes and slashes, the mailto wrappings of clients undone,
// no blanks around it and one between words. Case is kept.
func Clean(line string) string {
	return strings.Join(strings.Fields(fold(unwrap(line))), " ")
}

// trim cuts the blanks around s, also those that are not seen.
func trim(s string) string { return strings.TrimFunc(s, isBlank) }

// blankLine reports a line on which nothing is seen.
func blankLine(s string) bool { return trim(s) == "" }

// headKind tells what the start of a line looks like.
type headKind int

const (
	headText  headKind = iota // not the shape of a command
	headShape                 // slash, word, then blank, comma, full stop or end
	headOdd                   // slash, word, then other punctuation, as in "/note: call Jane"
)

// head splits a line into the word after the slash, in lower case, and the
// rest. A path such as /usr/bin, a lone slash and /2 are text.
func head(line string) (word, rest string, kind headKind) {
	s := strings.TrimLeftFunc(line, isBlank)
	r, n := utf8.DecodeRuneInString(s)
	if foldRune(r) != '/' {
		return "", "", headText
	}
	s = strings.TrimLeftFunc(s[n:], isBlank)
	var b strings.Builder
	for i, r := range s {
		f := foldRune(r)
		switch {
		case f == -1:
			continue
		case unicode.IsLetter(f) || f == '-' && b.Len() > 0:
			b.WriteRune(unicode.ToLower(f))
			continue
		case b.Len() == 0:
			return "", "", headText
		case f == ' ' || f == ',' || f == '.':
			return b.String(), s[i+utf8.RuneLen(r):], headShape
		case strings.ContainsRune(":;!?)]\"'", f):
			return b.String(), s[i:], headOdd
		default:
			return "", "", headText
		}
	}
	if b.Len() == 0 {
		return "", "", headText
	}
	return b.String(), "", headShape
}

// token is one word of a command's arguments.
type token struct {
	text       string // folded, without quotes
	start, end int    // in the scanner's string
	comma      bool   // a comma or semicolon follows
	quoted     bool   // the whole word stood in quotes
	angled     bool   // it stood in angle brackets, which text leaves out
	open       bool   // an angle bracket was opened and not closed
}

// lower is the word in lower case.
func (t token) lower() string { return strings.ToLower(t.text) }

// scanner reads words from a line: blanks and commas stand between them,
// double quotes and angle brackets keep what is inside together.
type scanner struct {
	s        string
	pos      int
	noQuotes bool // no closing quote follows: quotes are letters from here on
}

// peek is the rune at the position, folded, and its width; 0 at the end.
func (c *scanner) peek() (rune, int) {
	if c.pos >= len(c.s) {
		return 0, 0
	}
	r, n := utf8.DecodeRuneInString(c.s[c.pos:])
	return foldRune(r), n
}

// skip passes over blanks, and over commas when told to, and reports whether
// there was a comma.
func (c *scanner) skip(commas bool) (comma bool) {
	for {
		r, n := c.peek()
		switch {
		case n == 0:
			return comma
		case r == ' ' || r == -1:
		case commas && (r == ',' || r == ';'):
			comma = true
		default:
			return comma
		}
		c.pos += n
	}
}

// next reads one word; false at the end of the line.
func (c *scanner) next() (token, bool) {
	c.skip(true)
	r, n := c.peek()
	if n == 0 {
		return token{}, false
	}
	t := token{start: c.pos}
	if r == '<' {
		c.angle(&t, n)
	} else {
		c.word(&t)
	}
	t.end = c.pos
	t.comma = c.skip(true)
	return t, true
}

// angle reads <…>, whose blanks are wrapping.
func (c *scanner) angle(t *token, width int) {
	c.pos += width
	t.angled = true
	end := strings.IndexAny(c.s[c.pos:], "<>\uff1e")
	if end < 0 || c.s[c.pos+end] == '<' {
		t.open = true
		end = len(c.s) - c.pos
	}
	t.text = strings.Join(strings.Fields(fold(c.s[c.pos:c.pos+end])), "")
	c.pos += end
	if !t.open {
		_, n := c.peek()
		c.pos += n
	}
}

// word reads up to the next blank, comma or angle bracket outside quotes.
func (c *scanner) word(t *token) {
	var b strings.Builder
	quotes, bare := 0, 0
	for {
		r, n := c.peek()
		if n == 0 || r == ' ' || r == ',' || r == ';' || r == '<' {
			break
		}
		if r == '"' && !c.noQuotes {
			if inner, ok := c.quote(n); ok {
				b.WriteString(inner)
				quotes++
				continue
			}
			c.noQuotes = true
		}
		c.pos += n
		if r != -1 {
			bare++
			b.WriteRune(r)
		}
	}
	t.text, t.quoted = b.String(), quotes > 0 && bare == 0
}

// quote reads a quoted piece at the position; false when it is never closed.
func (c *scanner) quote(width int) (string, bool) {
	from := c.pos + width
	for i, r := range c.s[from:] {
		if foldRune(r) == '"' {
			c.pos = from + i + utf8.RuneLen(r)
			return strings.Join(strings.Fields(fold(c.s[from:from+i])), " "), true
		}
	}
	return "", false
}

// rest is what follows the position, trimmed, as it was written, without the
// pair of quotes around it if there is one.
func (c *scanner) rest() string {
	s := trim(c.s[c.pos:])
	c.pos = len(c.s)
	return unquote(s)
}

// unquote takes one pair of double quotes, straight or curly, off s where
// nothing inside is quoted again.
func unquote(s string) string {
	first, n := utf8.DecodeRuneInString(s)
	last, m := utf8.DecodeLastRuneInString(s)
	if len(s) <= n || foldRune(first) != '"' || foldRune(last) != '"' {
		return s
	}
	inner := s[n : len(s)-m]
	for _, r := range inner {
		if foldRune(r) == '"' {
			return s
		}
	}
	return trim(inner)
}
