package reply

import (
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
		r.answersInTail()
		r.unmarkedRuns()
	}
	r.signatures()
	r.keepBetween()
	if r.held.Known != nil {
		r.typedQuotes()
		r.typedBelowDashes()
	}
	if !r.held.CutSignature {
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
		if above != nil && w.kind == fresh && w.depth == 0 && !w.cut && !w.commandRow() && w.known == w.weight && r.joint[w.from] &&
			above.to == w.from && above.kind == quoted && (above.depth > 0 || above.stray) {
			w.kind, w.stray = quoted, true
		}
		above = w
	}
}

// nothingElse takes unmarked matter below an introduction for new where the
// mail has no new word besides: a contact who answers below a quotation
// without marks is heard rather than lost. An agent's empty reply is told.
func (r *reading) nothingElse() {
	for i := range r.rows {
		if w := &r.rows[i]; w.kind == fresh && w.weight > 0 || w.kind == forwarded || w.hint&markup.HintPicture != 0 {
			return
		}
	}
	for i := range r.rows {
		if w := &r.rows[i]; w.tail && w.kind == quoted && w.depth == 0 {
			w.kind = fresh
		}
	}
}

// answersInTail finds what was written into or below matter that a client
// quotes without any prefix. There a row is an answer only if aside never
// heard a word of it, in the midst of rows that it did hear, or below the end
// of a notice, which is its frame.
func (r *reading) answersInTail() {
	known, total, ended := 0, 0, -1
	for i := range r.rows {
		w := &r.rows[i]
		if !w.tail || w.blank() {
			continue
		}
		total += w.weight
		if w.isKnown() {
			known += max(w.known, 1)
		}
	}
	if known == 0 {
		return
	}
	mostly := known*2 >= total
	above := -1 // the last row of the tail that is no candidate
	for i := 0; i < len(r.rows); {
		w := &r.rows[i]
		if !w.tail || w.blank() || w.kind != quoted || !r.mayAnswer(w) {
			if w.tail && !w.blank() {
				above = i
			}
			if w.kind == frame {
				ended = i
			}
			i++
			continue
		}
		end, below := r.candidates(i)
		between := mostly && above >= 0 && r.rows[above].isKnown() && r.rows[above].kind != intro &&
			below < len(r.rows) && r.rows[below].isKnown() && r.rows[below].kind != intro
		behind := ended >= 0 && above == ended && below == len(r.rows)
		if between || behind {
			for k := i; k < end; k++ {
				r.rows[k].kind = fresh
				r.rows[k].unclear = between && (r.isElsewhere(above) || r.isElsewhere(below))
			}
		}
		i = end
	}
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
// aside never heard.
func (r *reading) mayAnswer(w *row) bool {
	return w.depth == 0 && w.weight > 0 && w.known == 0 && w.line == Unknown && w.hint&markup.HintSignature == 0 &&
		!isLabel(w.text) && !phrases.Rule(w.text)
}

// candidates returns the end of the rows from i on that may be an answer, and
// the first row below them that is not blank.
func (r *reading) candidates(i int) (end, below int) {
	end = i + 1
	for k := i + 1; k < len(r.rows); k++ {
		w := &r.rows[k]
		if w.blank() {
			continue
		}
		if w.kind != quoted || !r.mayAnswer(w) {
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
	if r.held.Known == nil && r.held.Marker != nil && r.held.CutSignature {
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
