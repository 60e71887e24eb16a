package reply

import (
	"strings"
	"unicode/utf8"

	"aside/reply/markup"
)

// opener is what introduces quoted matter.
type opener struct {
	rows   int  // how many rows it takes
	strong bool // no quote prefix need follow: everything below is quoted
}

// open walks the rows from the top and marks introductions, quoted rows and
// what lies below an introduction without any prefix.
func (r *reading) open() {
	tail := false
	for i := 0; i < len(r.rows); {
		w := &r.rows[i]
		if r.edged && w.hint&markup.HintEdge != 0 && w.depth == 0 {
			w.depth = 1
		}
		if w.blank() {
			w.tail = tail
			i++
			continue
		}
		if w.kind == forwarded || !tail && r.forward == nil && r.forwardAt(i) {
			i++
			continue
		}
		if w.depth > 0 {
			i += r.openQuoted(i)
			continue
		}
		if o := r.openersAt(i); o.rows > 0 {
			after := r.next(i + o.rows)
			prefixed := after < len(r.rows) && r.rows[after].depth > 0 || r.drawnBelow(i, after) || !tail && !o.strong && r.heardBelow(after)
			if prefixed || o.strong || tail {
				r.introduce(i, i+o.rows)
				tail = tail || !prefixed
				i += o.rows
				continue
			}
		}
		if after := r.next(i + 1); !tail && after < len(r.rows) && r.rows[after].depth > 0 && r.namesNotice(w.text) {
			// In whatever language: only an introduction names the address that
			// a notice came from, or one with a token, right above a quotation.
			r.introduce(i, i+1)
			i++
			continue
		}
		if tail {
			w.tail = true
			if w.kind == fresh {
				w.kind = quoted
			}
		}
		i++
	}
	r.sawTail = tail
}

// openQuoted marks the quoted row i, and with it the rest of an introduction
// that lost its prefix, and returns how many rows that were.
func (r *reading) openQuoted(i int) int {
	w := &r.rows[i]
	if w.kind == fresh {
		w.kind = quoted
	}
	if i+1 < len(r.rows) && r.rows[i+1].depth == 0 && w.kind == quoted && startsIntro(w.text) {
		if o := r.attributionAt(i); o.rows > 1 {
			r.introduce(i, i+o.rows)
			return o.rows
		}
	}
	return 1
}

// introduce marks the rows of an introduction, and the rule right above it.
func (r *reading) introduce(from, to int) {
	for k := from; k < to; k++ {
		r.rows[k].kind = intro
	}
	if p := r.prev(from); p >= from-3 && p >= 0 && r.rows[p].kind == fresh && isRule(r.rows[p].text) {
		r.rows[p].kind = intro
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
	if isOriginal(w.text) {
		return opener{rows: 1 + r.headerRows(i+1, 1), strong: true}
	}
	if w.hint&markup.HintTail != 0 {
		return opener{rows: max(1, r.headerRows(i, 1)), strong: true}
	}
	if isRule(w.text) || w.hint&markup.HintRule != 0 {
		at := i
		if isRule(w.text) {
			at = r.next(i + 1)
		}
		if n := r.headerRows(at, 2); n > 0 {
			return opener{rows: at + n - i, strong: true}
		}
	}
	if n := r.headerBlock(i); n > 0 {
		return opener{rows: n, strong: true}
	}
	if w.hint&markup.HintIntro != 0 {
		return r.hintedIntro(i)
	}
	return r.attributionAt(i)
}

// hintedIntro takes the rows that the client itself marked as introduction.
func (r *reading) hintedIntro(i int) opener {
	n := 0
	var joined []string
	for i+n < len(r.rows) && r.rows[i+n].hint&markup.HintIntro != 0 && n < 8 && !r.rows[i+n].commandRow() {
		joined = append(joined, r.rows[i+n].text)
		n++
	}
	_, strong := r.attribution(strings.Join(joined, " "))
	return opener{rows: n, strong: strong}
}

// headerRows counts the copied header lines at row i, their continuations
// included; fewer than least count as none.
func (r *reading) headerRows(i, least int) int {
	n, _ := r.readHeaders(i)
	if n.count < least {
		return 0
	}
	return n.rows
}

// headers is what a block of copied header lines holds.
type headers struct {
	rows, count int
	values      [labelOther + 1]string
	has         [labelOther + 1]bool
}

// readHeaders reads the block of copied header lines at row i, if there is
// one: "From:", "Sent:" and so on, each perhaps wrapped, blank lines between
// them where a client made paragraphs of them.
func (r *reading) readHeaders(i int) (headers, bool) {
	var h headers
	last := labelNone
	end := min(i, len(r.rows))
	for j := i; j < len(r.rows) && j < i+60 && h.count < 12; j++ {
		w := &r.rows[j]
		if w.blank() {
			// One blank line between header lines, if a header line follows.
			if k := r.next(j); last == labelNone || k-j > 1 || k >= len(r.rows) || !isLabel(r.rows[k].text) || h.has[labelSubject] {
				break
			}
			continue
		}
		l, value := headerLabel(w.text)
		switch {
		case l != labelNone && (!h.has[l] || l == labelOther):
			h.count++
			h.has[l] = true
			h.values[l] = value
			last = l
		case last != labelNone && continues(w.text, last) && j == end:
			h.values[last] += " " + strings.TrimSpace(w.text)
		default:
			l = labelNone
			h.rows = end - i
			return h, h.count > 0
		}
		end = j + 1
	}
	h.rows = end - i
	return h, h.count > 0
}

func isLabel(text string) bool {
	l, _ := headerLabel(text)
	return l != labelNone
}

// continues reports whether a line can be the rest of a wrapped header line.
func continues(text string, of label) bool {
	text = strings.TrimSpace(text)
	if len(text) > 200 {
		return false
	}
	switch of {
	case labelFrom, labelTo, labelCc:
		return !commandForm.MatchString(text) && strings.ContainsAny(text, "@;<>")
	case labelSent, labelDate:
		return timeForm.MatchString(text) && len(text) < 40
	}
	return false
}

// headerBlock returns the length of a header block that needs no rule above
// it to be known as one. "From: Berlin / To: Hamburg / Date: 3 May" is none:
// it has no label that only mail has, and no address.
func (r *reading) headerBlock(i int) int {
	if !isLabel(r.rows[i].text) {
		return 0
	}
	h, ok := r.readHeaders(i)
	if !ok || h.count < 2 || !h.has[labelFrom] {
		return 0
	}
	other := h.has[labelSent] || h.has[labelDate] || h.has[labelTo] || h.has[labelSubject]
	address := strings.Contains(h.values[labelFrom], "@") || strings.Contains(h.values[labelTo], "@")
	sure := address || h.count >= 3 && (h.has[labelSent] || h.has[labelSubject])
	if r.rows[i].hint&markup.HintRule != 0 {
		sure = true
	}
	if !other || !sure {
		return 0
	}
	if h.count == 2 && !(h.has[labelSubject] || h.has[labelSent] || h.has[labelDate]) {
		return 0
	}
	return h.rows
}

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
	joined := ""
	for j := i; j < len(r.rows) && j < i+maxIntroRows; j++ {
		w := &r.rows[j]
		if w.blank() || w.depth > r.rows[i].depth || w.kind == frame || j > i && w.commandRow() || len(joined)+len(w.text) > maxIntro {
			return opener{}
		}
		joined = strings.TrimSpace(joined + " " + w.text)
		if j >= i+4 && !r.dated(i) {
			return opener{}
		}
		if !mayEnd(w.text) {
			continue
		}
		if j > i {
			if r.joined++; r.joined > maxJoined {
				return opener{}
			}
		}
		match, strong := r.attribution(joined)
		if !match && strings.HasSuffix(strings.TrimSpace(w.text), ":") {
			return opener{}
		}
		if !match {
			continue
		}
		if j > i && !r.beginsHere(i, j) {
			return opener{}
		}
		if j+1 < len(r.rows) && strings.TrimSpace(r.rows[j+1].text) == ":" {
			j++ // French puts a blank before it, where lines may break
		}
		return opener{rows: j - i + 1, strong: strong}
	}
	return opener{}
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
	return dateForm.MatchString(text)
}

// beginsHere reports whether an introduction that ends in row j begins in row
// i rather than further down: a line of new text stands right above it often.
func (r *reading) beginsHere(i, j int) bool {
	for k := i + 1; k <= j; k++ {
		if goesOn(r.rows[k].text) && !endsSentence(r.rows[i].text) {
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
		// It would match from row k on alone: row i is part of it only if it
		// begins like one itself, and row k does not or lacks the date.
		return startsIntro(r.rows[i].text) && (!startsIntro(r.rows[k].text) || !dateForm.MatchString(r.rows[k].text))
	}
	return true
}

// goesOn reports whether an introduction cannot begin with a row: with the
// address after a name, or with the verb alone.
func goesOn(text string) bool {
	text = strings.TrimSpace(text)
	return strings.HasPrefix(text, "<") || len(text) < 12 && saysWrote(text)
}

func endsSentence(text string) bool {
	text = strings.TrimSpace(text)
	return text == "" || strings.ContainsRune(".!?。！？", lastRune(text))
}

func lastRune(text string) rune {
	last, _ := utf8.DecodeLastRuneInString(text)
	return last
}

// startsIntro reports whether a line reads like the start of an introduction.
func startsIntro(text string) bool {
	text = strings.TrimSpace(text)
	if endsSentence(text) || len(text) > 120 && !(len(text) < maxIntro && dateForm.MatchString(text[:120])) {
		return false
	}
	return beginnings.MatchString(text) && strings.ContainsAny(text, "0123456789")
}

// mayEnd reports cheaply whether an introduction can end with this row.
func mayEnd(text string) bool {
	text = strings.TrimRight(text, " \t*_\u00a0")
	if text == "" {
		return false
	}
	switch lastRune(text) {
	case ':', '：', '>', '”', '"':
		return true
	}
	return (len(text) < 12 || len(text) < 120 && strings.Contains(text, "@")) && saysWrote(text)
}

// attribution reports whether a line introduces a quotation, and whether it
// does so beyond doubt.
func (r *reading) attribution(line string) (match, strong bool) {
	line = strings.TrimSpace(strings.Trim(strings.Join(strings.Fields(line), " "), "*_"))
	if line == "" || len(line) > maxIntro+100 {
		return false, false
	}
	colon := strings.HasSuffix(line, ":") || strings.HasSuffix(line, "：")
	bare := line
	if strings.Contains(line, "@") {
		bare = otherAddress.ReplaceAllString(line, " @ ")
	}
	address := bare != line
	verb := saysWrote(bare)
	if !verb && !colon || len(bare) > maxIntro/2 || !verb && !strings.ContainsAny(bare, "0123456789") {
		return false, false
	}
	date, clock := dateForm.MatchString(bare), timeForm.MatchString(bare)
	own := verb && ownVerb.MatchString(bare)
	ours := address && r.linksHome(line)
	switch {
	case verb && colon:
		when := date || clock
		return true, when && (!own || address) || ours && when
	case verb && date && address:
		return true, true
	case colon && date && address:
		return true, clock
	case colon && address && ours:
		return true, false
	case colon && date && clock:
		return true, false
	}
	return false, false
}
