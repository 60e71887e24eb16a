package reply

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"aside/reply/markup"
	"aside/reply/phrases"
)

// What an introduction may take: a long name makes five rows and more where
// lines are short.
const (
	maxIntroRows = 8
	maxIntro     = 900 // octets
	// maxJoined is how many rows of a mail are looked at joined with others:
	// far more than any mail has of the form.
	maxJoined = 20000
)

// attributionAt looks for "On … wrote:" at row i, over some rows. Below a row
// with a quote prefix the others may have lost theirs, as where the lines were
// wrapped on the way.
func (r *reading) attributionAt(i int) opener {
	if !r.endsNear(i) {
		return opener{}
	}
	joined := ""
	var found opener // without a colon: it may go on
	for j := i; j < len(r.rows) && j < i+maxIntroRows; j++ {
		w := &r.rows[j]
		if w.blank() || w.depth > r.rows[i].depth || w.kind == frame || j > i && w.commandRow() || len(joined)+len(w.text) > maxIntro {
			return found
		}
		if j > i && (w.hint&markup.HintRule != 0 || r.rows[j-1].endsSentence() && r.headerBegins(i, j)) {
			return found // a header block is no part of the line above it
		}
		joined = strings.TrimSpace(joined + " " + w.text)
		if j >= i+4 && !r.dated(i) || found.rows > 0 && j >= i+found.rows+2 {
			return found
		}
		if !w.mayEnd() && !(r.deeperBelow(i, j) && w.wrote()) {
			continue
		}
		if j > i {
			if r.joined++; r.joined > maxJoined {
				return found
			}
		}
		match, strong := r.attribution(joined)
		colon := strings.HasSuffix(strings.TrimSpace(w.text), ":")
		if !match && colon {
			return found
		}
		if !match {
			continue
		}
		if j > i && !r.beginsHere(i, j) {
			return found
		}
		if j+1 < len(r.rows) && strings.TrimSpace(r.rows[j+1].text) == ":" {
			j++ // French puts a blank before it, where lines may break
			colon = true
		}
		found = opener{rows: j - i + 1, strong: strong}
		if colon || endsClause(w.text) {
			return found
		}
	}
	return found
}

// endsNear reports cheaply whether row i, or one of those right below it, can
// end an introduction that begins in row i.
func (r *reading) endsNear(i int) bool {
	depth := r.rows[i].depth
	for j := i; j < len(r.rows) && j < i+maxIntroRows; j++ {
		w := &r.rows[j]
		switch {
		case w.blank() || w.depth > depth || w.kind == frame || j > i && w.commandRow():
			return false
		case w.mayEnd() || r.deeperBelow(i, j) && w.wrote():
			return j < i+4 || r.dated(i)
		}
	}
	return false
}

// deeperBelow reports whether row j is a short one right above rows that are
// quoted deeper than row i.
func (r *reading) deeperBelow(i, j int) bool {
	return j+1 < len(r.rows) && r.rows[j+1].depth > r.rows[i].depth && len(r.rows[j].text) < 120
}

// endsClause reports whether a row ends with a sign that ends an introduction
// for sure.
func endsClause(text string) bool {
	l, ok := readLine(text)
	return ok && (l.colon || l.drawn)
}

// namesSender reports whether a row is a name with its address in brackets,
// perhaps with a number, as the first half of an introduction is.
func namesSender(text string) bool {
	if !strings.Contains(text, "@") || endsSentence(text) {
		return false
	}
	bare := otherAddress.ReplaceAllString(phrases.Clean(text), "")
	if strings.Trim(bare, " ,;<>()") == "" {
		return true // the address alone
	}
	return len(bare)+2 < len(text) && strings.Contains(text, "<") &&
		(len(strings.Fields(bare)) <= 9 || strings.ContainsAny(bare, "0123456789") || phrases.Wrote(bare))
}

// dated reports whether a row begins like an introduction, its date there or
// on the next row.
func (r *reading) dated(i int) bool {
	text := r.rows[i].text
	if !startsIntro(text) {
		return false
	}
	if i+1 < len(r.rows) {
		text += " " + r.rows[i+1].text
	}
	return phrases.Date(phrases.Clean(text))
}

// beginsHere reports whether an introduction that ends in row j begins in row
// i rather than further down: a line of new text stands right above it often.
// Where the rows below row i would do alone, it is part of the introduction
// only if it begins like one itself, and none of them does and has the date.
func (r *reading) beginsHere(i, j int) bool {
	alone := false
	for k := j; k > i; k-- {
		text := r.rows[k].text
		if goesOn(text) && !r.rows[i].endsSentence() {
			continue // it must have begun above
		}
		r.joined++
		joined := ""
		for _, w := range r.rows[k : j+1] {
			joined = strings.TrimSpace(joined + " " + w.text)
		}
		if match, _ := r.attribution(joined); !match {
			continue
		}
		if halfAbove(r.rows[k-1].text, joined) {
			continue
		}
		alone = true
		opens := k == i+1 && phrases.Opens(phrases.Clean(r.rows[i].text)) && !phrases.Opens(phrases.Clean(text))
		if startsIntro(text) && phrases.Date(phrases.Clean(text)) && !opens {
			return false
		}
	}
	return !alone || startsIntro(r.rows[i].text)
}

// quotedName is a name in quotation marks, perhaps with a word behind it.
var quotedName = regexp.MustCompile(`^"[^"]{2,80}"(?: \S{1,8})?$`)

// halfAbove reports whether the row above what would do as an introduction
// has what that lacks: the sender, the day, or the verb.
func halfAbove(above, joined string) bool {
	if endsSentence(above) || len(above) > 200 {
		return false
	}
	if !strings.Contains(joined, "@") && namesSender(above) {
		return true
	}
	if quotedName.MatchString(strings.TrimSpace(above)) && !strings.Contains(joined, "@") {
		return true
	}
	above, joined = phrases.Clean(above), phrases.Clean(joined)
	return phrases.Date(above) && !phrases.Date(joined) || phrases.Wrote(above) && !phrases.Wrote(joined)
}

// goesOn reports whether an introduction cannot begin with a row: with the
// address after a name, or with the verb alone.
func goesOn(text string) bool {
	text = phrases.Clean(strings.TrimSpace(text))
	first, rest, _ := strings.Cut(text, " ")
	if c, _ := utf8.DecodeRuneInString(first); unicode.IsLower(c) && phrases.Wrote(first) && phrases.Date(rest) {
		return true
	}
	return strings.HasPrefix(strings.TrimLeft(text, "("), "<") || len(text) < 12 && phrases.Wrote(text)
}

func endsSentence(text string) bool {
	text = strings.TrimSpace(text)
	if n := len(text); n > 2 && text[n-1] == '.' && (text[n-2] >= '0' && text[n-2] <= '9' || strings.LastIndexByte(text, ' ') >= n-5) {
		return false // "21." or "nov."
	}
	return text == "" || strings.ContainsRune(".!?。！？", lastRune(text))
}

func lastRune(text string) rune {
	last, _ := utf8.DecodeLastRuneInString(text)
	return last
}

// startsIntro reports whether a line reads like the start of an introduction.
func startsIntro(text string) bool {
	text = phrases.Clean(strings.TrimSpace(text))
	if endsSentence(text) || len(text) > 120 && !(len(text) < maxIntro && phrases.Date(clip(text, 120))) {
		return false
	}
	return strings.ContainsAny(text, "0123456789") && phrases.Begins(text)
}

// clip is the start of a text, cut between characters.
func clip(text string, n int) string {
	for n > 0 && n < len(text) && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:min(n, len(text))]
}

// mayEnd reports cheaply whether an introduction can end with this row.
func mayEnd(text string) bool {
	text = strings.TrimRight(text, " \t*_\u00a0\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
	if text == "" {
		return false
	}
	switch lastRune(text) {
	case ':', '：', '>', '”', '"', '៖':
		return true
	case '-':
		return strings.HasSuffix(text, "--") && len(text) < 400 && phrases.Wrote(text)
	}
	return (len(text) < 12 || len(text) < 120 && strings.Contains(text, "@")) && phrases.Wrote(phrases.Clean(text))
}

var otherAddress = regexp.MustCompile(`<[^<>]*@[^<>]*>|\[mailto:[^\]]*\]|[^\s<>"]+@[^\s<>"]+`)

var angled = regexp.MustCompile(`<[^<>\s]+@[^<>]+>`)

// line is what is to be known of a line that may introduce a quotation.
type line struct {
	bare              string // without addresses
	address           bool
	person            bool // the address stands in angle brackets
	colon, drawn      bool // ends with a colon; has dashes on either side
	verb, date, clock bool
}

func readLine(text string) (line, bool) {
	text = strings.Trim(strings.Join(strings.Fields(phrases.Clean(text)), " "), "*_ ")
	var l line
	if cut := strings.Trim(text, "- "); len(cut) <= len(text)-4 {
		text, l.drawn = cut, true
	}
	if text == "" || len(text) > maxIntro+100 {
		return l, false
	}
	text = strings.TrimRight(text, "*_ ")
	l.colon = strings.HasSuffix(text, ":") || strings.HasSuffix(text, "：") || strings.HasSuffix(text, "៖") || strings.HasPrefix(text, ":")
	l.bare = text
	if strings.Contains(text, "@") {
		l.bare = otherAddress.ReplaceAllString(text, " @ ")
	}
	l.address = l.bare != text
	l.person = l.address && angled.MatchString(text)
	if len(l.bare) > maxIntro/2 {
		return l, false
	}
	l.verb = phrases.Wrote(l.bare)
	if !l.verb && !l.colon {
		return l, false
	}
	l.date, l.clock = phrases.Date(l.bare), phrases.Clock(l.bare)
	return l, true
}

// attribution reports whether a line introduces a quotation, and whether it
// does so beyond doubt.
func (r *reading) attribution(text string) (match, strong bool) {
	l, ok := readLine(text)
	if !ok {
		return false, false
	}
	ours := l.address && r.linksHome(text)
	when := l.date || l.clock
	switch {
	case l.verb && l.drawn && (when || l.colon):
		return true, true
	case l.verb && l.colon && when:
		return true, ours || l.address || l.date && l.clock && !phrases.Own(l.bare)
	case l.verb && l.colon:
		return l.address || l.says(), l.person && l.says() && !phrases.Own(l.bare)
	case l.verb && l.date && l.address:
		return true, true
	case l.verb && l.date && l.clock && !endsSentence(text):
		return l.says() && phrases.Begins(l.bare), false
	case l.colon && l.date && l.address:
		return true, l.clock && l.person && phrases.Begins(l.bare)
	case l.colon && l.address && ours:
		return true, false
	case l.colon && l.date && l.clock:
		return true, false
	case l.colon && phrases.Quoting(l.bare):
		return true, false
	}
	return false, false
}

// says reports whether a line without any date is short, and its verb stands
// first or last: "Jane Doe writes:".
func (l line) says() bool {
	words := strings.Fields(l.bare)
	return len(words) <= 10 && (phrases.Wrote(words[len(words)-1]) || phrases.Wrote(words[0]) ||
		len(words) > 2 && phrases.Wrote(words[len(words)-2]))
}
