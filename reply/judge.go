package reply

import (
	"strings"

	"aside/reply/markup"
	"aside/reply/phrases"
)

// judge decides for every row what it is.
func (r *reading) judge() {
	r.recognise()
	r.open()
	if r.held.Known != nil {
		r.strays()
		r.drawn()
		if !r.held.CutSignature {
			r.typedLead()
		}
		r.answersInTail()
		r.unheardTail()
		r.unmarkedRuns()
	}
	r.setOff()
	r.signatures()
	r.keepBetween()
	if r.held.Known != nil {
		r.byHand()
		r.typedQuotes()
		r.typedBelowDashes()
	}
	if !r.held.CutSignature || r.isFirst() {
		r.nothingElse()
	}
}

// strays finds quoted lines that lost their prefix, as the ends of lines do
// that a client wrapped after it had prefixed them: they stand right below a
// quoted line, and go on in the order that was heard.
func (r *reading) strays() {
	var above *row // the last row with a word
	for i := range r.rows {
		w := &r.rows[i]
		if w.silent() {
			continue
		}
		goesOn := above != nil && w.depth == 0 && above.to == w.from && r.joint[w.from] &&
			(above.kind == quoted || above.kind == frame) && (above.depth > 0 || above.stray)
		switch {
		case !goesOn:
		case w.kind == frame: // of words that a frame has, too
			w.stray = true
		case w.kind == fresh && !w.cut && !w.commandRow() && w.known == w.weight:
			w.kind, w.stray = quoted, true
		}
		above = w
	}
}

// nothingElse takes unmarked matter below an introduction for new where the
// mail has no new word besides: a contact who answers below a quotation
// without marks is heard rather than lost. An agent's empty reply is told. In a
// mail that answers none the introduction is new as well: it is a letter's head,
// a form's, or a journey's.
func (r *reading) nothingElse() {
	for i := range r.rows {
		if w := &r.rows[i]; w.kind == fresh && w.weight > 0 || w.kind == forwarded || w.hint&markup.HintPicture != 0 {
			return
		}
	}
	for i := range r.rows {
		w := &r.rows[i]
		heads := w.kind == intro && r.isFirst() && !(w.hint&markup.HintTail != 0 && w.isLabel()) && !phrases.Original(r.rows[r.topOfIntro(i)].text)
		if w.depth == 0 && (w.tail && w.kind == quoted || heads) {
			w.kind = fresh
		}
	}
}

// isFirst reports whether this is no agent's mail and answers none, as far as is
// known.
func (r *reading) isFirst() bool {
	return r.held.Known == nil && !r.held.agents && !r.held.answers
}

// answersInTail finds what was written into or below matter that a client
// quotes without any prefix. There a row is an answer only if aside never
// heard a word of it, in the midst of rows that it did hear, or below the end
// of a notice, which is its frame. A contact quotes what was sent, which has no
// frame: below the last of it stands the answer.
func (r *reading) answersInTail() {
	runs, known, total := r.insertions()
	if known == 0 {
		return
	}
	answers := 0
	for _, u := range runs {
		if u.between || u.below {
			answers += u.weight
		}
	}
	contact := !r.held.CutSignature
	for _, u := range runs {
		// A frame further down shows that all this is a notice, every line of
		// which was heard.
		mostly := known*2 >= total || u.framed || contact && known >= 3*wordWeight && known*2 >= total-answers
		if !u.behind && !(mostly && (u.between || contact && u.below)) {
			continue
		}
		if p := r.prev(u.from); p >= 0 && r.rows[p].kind == quoted && strings.TrimSpace(r.rows[p].text) == "--" {
			u.from = p // a signature
		}
		for k := u.from; k < u.to; k++ {
			r.rows[k].kind = fresh
			r.rows[k].unclear = u.between && u.elsewhere
		}
	}
}

// typedLead shows what a contact wrote below an introduction of their own: what
// a client introduces so is what was sent, and begins with words that were
// heard. What has an address, a block of header lines, or a mark of the client is
// nobody's own.
func (r *reading) typedLead() {
	from := 0 // the first row of unmarked matter
	for from < len(r.rows) && !(r.rows[from].tail && !r.rows[from].blank()) {
		from++
	}
	last := r.prev(from)
	if from == len(r.rows) || last < 0 || r.rows[last].kind != intro || r.rows[last].depth > 0 {
		return
	}
	top := r.topOfIntro(last)
	for k := top; k <= last; k++ {
		if w := &r.rows[k]; w.isLabel() || strings.Contains(w.text, "@") || phrases.Original(w.text) || w.lent || w.hint&(markup.HintIntro|markup.HintTail|markup.HintRule) != 0 {
			return
		}
	}
	to := from
	for to < len(r.rows) && !r.rows[to].isKnown() && (r.rows[to].blank() || r.rows[to].kind == quoted && r.rows[to].depth == 0) {
		to++
	}
	words, heard := 0, false
	for k := from; k < to; k++ {
		if w := &r.rows[k]; !banner.MatchString(w.text) {
			words += w.weight
		}
	}
	for k := to; k < len(r.rows); k++ {
		heard = heard || r.rows[k].isKnown() && r.rows[k].weight >= quotedLine
	}
	if !heard || words == 0 {
		return // nothing was heard at all, or all but what a gateway put in
	}
	for k := top; k < to; k++ {
		if w := &r.rows[k]; !w.blank() {
			w.kind = fresh
		}
	}
}

// insertion is a run of rows without a known word inside quoted matter.
type insertion struct {
	from, to  int // rows, to not included
	weight    int
	between   bool // rows that were heard stand right above and right below
	below     bool // it ends the mail, below one that was heard
	behind    bool // it ends the mail, right below a frame
	framed    bool // a frame stands further down
	elsewhere bool // a row beside it was heard in another conversation
}

// insertions are the runs that may be answers, and how much of what is inside
// was heard, and is in all.
func (r *reading) insertions() (runs []insertion, known, total int) {
	heard := func(k int) bool {
		return k >= 0 && k < len(r.rows) && r.rows[k].isKnown() && r.rows[k].kind != intro
	}
	last := len(r.rows) // the last row of a frame
	for last--; last >= 0 && r.rows[last].kind != frame; last-- {
	}
	above, framed := -1, -1 // the last row inside that is in no run; the last of a frame so far
	for i := 0; i < len(r.rows); {
		w := &r.rows[i]
		if !w.inside() || w.blank() || w.silent() && w.kind == quoted {
			i++
			continue
		}
		behind := last >= 0 && i > last
		if w.kind != quoted || !r.mayAnswer(w, behind) {
			if !w.isLabel() { // those of a header block say nothing of what is below
				total += w.weight
			}
			if w.isKnown() {
				known += max(w.known, 1)
			}
			if w.kind == frame {
				framed = i
			}
			above = i
			i++
			continue
		}
		end, below := r.candidates(i, behind)
		u := insertion{from: i, to: end, weight: r.weightOf(i, end), between: heard(above) && heard(below), below: heard(above) && below == len(r.rows),
			behind: above >= 0 && r.rows[above].kind == frame && (below == len(r.rows) || behind && r.rows[below].depth > 0)}
		u.elsewhere = u.between && (r.isElsewhere(above) || r.isElsewhere(below))
		total += u.weight
		runs = append(runs, u)
		i = end
	}
	for i := range runs {
		runs[i].framed = runs[i].from < framed
	}
	return runs, known, total
}

// inside reports whether a row is in matter that a client quotes as a whole,
// with no mark of its own before the line.
func (w *row) inside() bool { return w.tail || w.boxed() }

// boxed reports whether only the client's element around the answered mail
// shows that a row is quoted.
func (w *row) boxed() bool {
	return w.hint&markup.HintBox != 0 && w.depth == 1 && depthOnPage(w) == 1
}

func (r *reading) weightOf(from, to int) int {
	sum := 0
	for k := from; k < to; k++ {
		sum += r.rows[k].weight
	}
	return sum
}

// isElsewhere reports whether some of a row was heard in another conversation.
func (r *reading) isElsewhere(i int) bool {
	w := &r.rows[i]
	if w.line == Elsewhere {
		return true
	}
	for k := w.from; k < w.to; k++ {
		if r.origins[k] == Elsewhere {
			return true
		}
	}
	return false
}

// mayAnswer reports whether a quoted row without prefix has only words that
// aside never heard. Its first may seem to go on what was heard above it. What
// is behind the frame, where a notice has ended, may also begin like something
// that was heard.
func (r *reading) mayAnswer(w *row, behind bool) bool {
	return (w.depth == 0 || w.boxed()) && w.weight > 0 && (w.newWords() || behind && !w.isKnown()) && w.hint&markup.HintSignature == 0 &&
		(behind || !w.isLabel()) && !phrases.Rule(w.text)
}

// newWords reports whether aside has not heard what a row says.
func (w *row) newWords() bool { return w.line == Unknown && w.known*5 < w.weight }

// candidates returns the end of the rows from i on that may be an answer, and
// the first row below them that is not blank.
func (r *reading) candidates(i int, behind bool) (end, below int) {
	end = i + 1
	for k := i + 1; k < len(r.rows); k++ {
		w := &r.rows[k]
		if w.blank() || w.silent() && w.kind == quoted {
			continue
		}
		if w.kind != quoted || !r.mayAnswer(w, behind) {
			return end, k
		}
		end = k + 1
	}
	return end, len(r.rows)
}

// keepBetween keeps quoted rows that an answer follows, where answers were
// written between quoted rows. Where aside knows what was heard, every one of
// these must have been heard in the very conversation that the reply goes to.
// Where nothing is known they stay in what is only read, since "Yes." needs
// its question, and go from an agent's mail, which may be sent on.
func (r *reading) keepBetween() {
	if r.held.Known == nil && r.held.agents {
		return
	}
	blocks := r.quotedBlocks()
	if !r.between(blocks) {
		return
	}
	for _, b := range blocks {
		if b.answered && b.ours {
			for k := b.from; k < b.to; k++ {
				r.rows[k].kind = cited
			}
		}
	}
}

// between reports whether answers stand between quoted words: one has some
// below it, or there are two. One answer below everything needs no quotation,
// and what is left of a frame below it makes none.
func (r *reading) between(blocks []block) bool {
	answers, first := 0, len(r.rows)
	below, answering := false, false
	for i := range r.rows {
		switch w := &r.rows[i]; {
		case w.blank():
		case w.kind == quoted || w.kind == frame:
			below, answering = true, false
		case below && !answering && w.kind == fresh && w.weight > 0:
			answers++
			answering, first = true, min(first, i)
		}
	}
	for _, b := range blocks {
		if b.worthy && b.from > first {
			return true
		}
	}
	return answers > 1
}

// block is a stretch of quoted rows.
type block struct {
	from, to int
	answered bool // new words follow directly
	ours     bool // all of it may go where the reply goes
	worthy   bool // some of it may
}

// quotedBlocks are the stretches of rows with a quote prefix, or inside a
// quotation of the markup.
func (r *reading) quotedBlocks() []block {
	var blocks []block
	for i := 0; i < len(r.rows); {
		if r.rows[i].depth == 0 || r.rows[i].kind != quoted {
			i++
			continue
		}
		b := block{from: i, ours: true}
		words := false
		for i < len(r.rows) && (r.rows[i].blank() || r.rows[i].depth > 0 && r.rows[i].kind == quoted) {
			w := &r.rows[i]
			if w.weight > 0 {
				words = true
				ours := r.held.Known == nil || w.origin == Addressed && (w.known == w.weight || w.line == Addressed)
				b.ours, b.worthy = b.ours && ours, b.worthy || ours
			}
			if !w.blank() || w.depth > 0 {
				b.to = i + 1
			}
			i++
		}
		b.ours = b.ours && words
		b.answered = i < len(r.rows) && r.rows[i].kind == fresh && r.rows[i].weight > 0
		blocks = append(blocks, b)
	}
	return blocks
}
