package reply

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"aside/reply/markup"
	"aside/reply/phrases"
)

// opener is what introduces quoted matter.
type opener struct {
	rows   int  // how many rows it takes
	strong bool // no quote prefix need follow: everything below is quoted
}

// open walks the rows from the top and marks introductions, quoted rows and
// what lies below an introduction without any prefix.
func (r *reading) open() {
	bare, marked := r.lastFrames()
	for i := 0; i < len(r.rows); {
		i += r.openAt(i, bare > i && marked < i)
	}
}

// openAt marks what begins at row i, and returns how many rows that were. With
// bare the frame of the notice stands below without a prefix.
func (r *reading) openAt(i int, bare bool) int {
	w := &r.rows[i]
	if r.edged && w.hint&markup.HintEdge != 0 && w.depth == 0 {
		w.depth = 1
	}
	if w.blank() {
		w.tail = r.tail
		return 1
	}
	if w.kind == forwarded || !r.tail && r.forward == nil && r.forwardAt(i) {
		return 1
	}
	if r.headsAnswer(i) {
		w.kind = intro
		return 1
	}
	if n := r.runsInto(i); n > 0 {
		r.introduce(i, i+n)
		r.tail = r.tail || !r.quotedFrom(i+n)
		return n
	}
	if !r.tail && (r.groupWise(i) || r.runsOn(w)) {
		w.kind = intro
		r.tail = !r.quotedFrom(i + 1)
		return 1
	}
	if w.depth > 0 {
		return r.openQuoted(i)
	}
	if o := r.openersAt(i); o.rows > 0 && r.opens(i, o, bare) {
		return o.rows
	}
	if !r.tail && r.quotedFrom(i+1) && r.namesNotice(w.text) {
		// In whatever language: only an introduction names the address that
		// a notice came from, or one with a token, right above a quotation.
		r.introduce(i, i+1)
		return 1
	}
	w.tail = w.tail || r.tail
	if r.tail && w.kind == fresh {
		w.kind = quoted
	}
	return 1
}

// headsAnswer reports whether row i is the line above which a ticket system asks
// to answer, on top of its own mail: what its people say stands below. An agent's
// mail is never such a system's, and below the line is what the agent quotes.
func (r *reading) headsAnswer(i int) bool {
	if r.held.agents || r.tail || !phrases.AboveThis(r.rows[i].text) {
		return false
	}
	for k := range i {
		if w := &r.rows[k]; w.weight > 0 && !banner.MatchString(w.text) {
			return false
		}
	}
	return true
}

// quotedFrom reports whether the first row with text from i on has a prefix.
func (r *reading) quotedFrom(i int) bool {
	k := r.next(i)
	return k < len(r.rows) && r.rows[k].depth > 0
}

// opens marks the introduction at row i if something quoted follows it, with a
// prefix, known from elsewhere, or because nothing else can.
func (r *reading) opens(i int, o opener, bare bool) bool {
	after := r.next(i + o.rows)
	prefixed := r.quotedFrom(after)
	if o.strong && bare {
		prefixed = false // the notice's own frame has no prefix: what has one had it before
	}
	prefixed = prefixed || r.drawnBelow(i, after)
	if !prefixed && !r.tail && !o.strong {
		prefixed = r.heardBelow(i, after)
	}
	if !prefixed && !o.strong && !r.tail {
		return false
	}
	r.introduce(i, i+o.rows)
	r.tail = r.tail || !prefixed
	return true
}

// lastFrames are the last rows of a frame without a quote prefix and with one;
// -1 if there is none.
func (r *reading) lastFrames() (bare, marked int) {
	bare, marked = -1, -1
	for i := range r.rows {
		switch w := &r.rows[i]; {
		case w.kind != frame:
		case w.depth == 0:
			bare = i
		default:
			marked = i
		}
	}
	return bare, marked
}

// openQuoted marks the quoted row i, and with it the rest of an introduction
// that lost its prefix, and returns how many rows that were.
func (r *reading) openQuoted(i int) int {
	w := &r.rows[i]
	if w.kind == fresh {
		w.kind = quoted
	}
	if p := r.prev(i); w.kind == quoted && w.boxed() && (p < 0 || !r.rows[p].boxed()) {
		if o := r.attributionAt(i); o.rows > 0 {
			r.introduce(i, i+o.rows)
			return o.rows
		}
	}
	if i+1 < len(r.rows) && r.rows[i+1].depth == 0 && w.kind == quoted && startsIntro(w.text) {
		if o := r.attributionAt(i); o.rows > 1 {
			r.introduce(i, i+o.rows)
			return o.rows
		}
	}
	return 1
}

// introduce marks the rows of an introduction, and the rule right above it,
// header lines between the two included.
func (r *reading) introduce(from, to int) {
	for k := from; k < to; k++ {
		r.rows[k].kind = intro
	}
	p := r.prev(from)
	for top := from; p >= 0 && p >= top-3 && r.rows[p].kind == fresh && from-p < 12; p = r.prev(p) {
		if w := &r.rows[p]; phrases.Rule(w.text) || phrases.OriginalWords(w.text) || phrases.Titled(w.text) {
			for k := p; k < from; k++ {
				if !r.rows[k].blank() {
					r.rows[k].kind = intro
				}
			}
			return
		}
		if !r.rows[p].isLabel() {
			return
		}
		top = p
	}
}

// openersAt takes introductions that follow each other for one: some clients
// write "-----Original Message-----" above "On … wrote:".
func (r *reading) openersAt(i int) opener {
	o := r.openerAt(i)
	for range 2 {
		after := r.next(i + o.rows)
		if o.rows == 0 || after >= len(r.rows) || r.rows[after].depth > 0 {
			break
		}
		more := r.openerAt(after)
		if more.rows == 0 {
			break
		}
		o = opener{rows: after + more.rows - i, strong: o.strong || more.strong}
	}
	return o
}

// openerAt tries the forms of an introduction at row i.
func (r *reading) openerAt(i int) opener {
	w := &r.rows[i]
	if w.kind == frame || len(w.text) > 2000 || w.commandRow() && w.hint&markup.HintTail == 0 {
		return opener{}
	}
	if phrases.Original(w.text) {
		return r.originalAt(i)
	}
	if phrases.AboveThis(w.text) || phrases.NotesLine(w.text) {
		return opener{rows: 1, strong: true}
	}
	if w.hint&markup.HintTail != 0 {
		return opener{rows: max(1, r.headerRows(i, 1)), strong: true}
	}
	if rule := phrases.Rule(w.text); rule || w.hint&markup.HintRule != 0 {
		at := i
		if rule {
			at = r.next(i + 1)
		}
		if h, ok := r.readHeaders(at, false); ok && h.count >= 2 && r.sureHeaders(&h, true) {
			return opener{rows: at + h.rows - i, strong: true}
		}
	}
	if n := r.headerBlock(i); n > 0 {
		return opener{rows: n, strong: true}
	}
	if n := max(r.notesBlock(i), r.notesColumns(i)); n > 0 {
		return opener{rows: n, strong: true}
	}
	if n := r.headerRun(i); n > 0 {
		return opener{rows: n, strong: true}
	}
	if w.hint&markup.HintIntro != 0 {
		return r.hintedIntro(i)
	}
	return r.attributionAt(i)
}

// originalAt takes "-----Original Message-----" with the header lines below it.
// Where a sentence goes on there instead, somebody wrote about such a line.
func (r *reading) originalAt(i int) opener {
	n := r.headerRows(i+1, 1)
	if n == 0 && i+1 < len(r.rows) && r.rows[i+1].depth == 0 {
		if first, _ := utf8.DecodeRuneInString(strings.TrimSpace(r.rows[i+1].text)); unicode.IsLower(first) {
			return opener{}
		}
	}
	return opener{rows: 1 + n, strong: true}
}

// hintedIntro takes the rows that the client itself marked as introduction.
func (r *reading) hintedIntro(i int) opener {
	n := 0
	var joined []string
	for i+n < len(r.rows) && r.rows[i+n].hint&markup.HintIntro != 0 && n < 8 && !r.rows[i+n].commandRow() {
		joined = append(joined, r.rows[i+n].text)
		n++
	}
	match, _ := r.attribution(strings.Join(joined, " "))
	return opener{rows: n, strong: match}
}

// groupWise reports whether a row is GroupWise's introduction, which looks
// like a quotation: ">>> Jane Doe <jane@…> 21.11.2026 11:00 >>>".
func (r *reading) groupWise(i int) bool {
	w := &r.rows[i]
	raw := strings.TrimSpace(w.raw)
	if !strings.HasPrefix(raw, ">>> ") || !strings.HasSuffix(raw, " >>>") || len(raw) > maxIntro || i > 0 && r.rows[i-1].depth >= w.depth {
		return false
	}
	text := phrases.Clean(raw)
	return phrases.Date(text) && phrases.Clock(text)
}

// runsOn reports whether a row is an introduction with the quoted words behind
// it on the same row, as Yahoo's apps make text of HTML.
func (r *reading) runsOn(w *row) bool {
	if w.depth > 0 || strings.IndexByte(w.text, '@') < 0 || w.commandRow() || !strings.Contains(w.text, ":  ") {
		return false
	}
	text := phrases.Clean(clip(w.text, maxIntro))
	from := 0
	for range 6 {
		at := strings.Index(text[from:], ":  ")
		if at < 0 {
			return false
		}
		from += at + 1
		if l, ok := readLine(text[:from]); ok && l.verb && l.address && l.date && l.clock && strings.TrimSpace(text[from:]) != "" {
			return true
		}
	}
	return false
}

// runsInto counts the rows at row i of an introduction whose last one goes on
// with the quoted words, as where something on the way filled the lines anew:
// they were heard before.
func (r *reading) runsInto(i int) int {
	if r.held.Known == nil {
		return 0
	}
	for j := i; j < len(r.rows) && j < i+maxIntroRows/2; j++ {
		w := &r.rows[j]
		if w.blank() || w.depth > 0 || w.kind == frame || w.commandRow() || len(w.text) > maxIntro {
			return 0
		}
		whole := w.text
		for at, n := 0, 0; n < 6; n++ {
			colon := phrases.Colon(whole[at:])
			if colon < 0 {
				break
			}
			_, size := utf8.DecodeRuneInString(whole[at+colon:])
			at += colon + size
			if !r.heardFrom(j, at) {
				continue
			}
			if r.joined++; r.joined > maxJoined {
				return 0
			}
			before := *w
			w.say(whole[:at])
			o := r.attributionAt(i)
			*w = before
			if o.strong && o.rows == j-i+1 {
				return o.rows
			}
		}
	}
	return 0
}

// heardFrom reports whether the words of row j from an octet on were heard, in
// one go, from somebody else.
func (r *reading) heardFrom(j, at int) bool {
	w := &r.rows[j]
	heard := false
	for k := w.from; k < w.to; k++ {
		if int(r.words.words[k].srcFrom) < at {
			continue
		}
		if r.origins[k] <= Own {
			return false
		}
		heard = true
	}
	return heard
}
