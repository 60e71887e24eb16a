package reply

import "aside/reply/markup"

// quotedLine is how many words a line must have to be taken for quoted where
// only its being heard to the letter says so.
const quotedLine = 4 * wordWeight

// drawnBelow reports whether an introduction in row i stands right above a
// block that is drawn like a quotation. From there on such blocks are
// quotations; a bar around the introduction, too, is around the answers.
func (r *reading) drawnBelow(i, after int) bool {
	if after >= len(r.rows) || r.rows[after].hint&markup.HintEdge == 0 || r.rows[i].hint&markup.HintEdge != 0 {
		return false
	}
	r.edged = true
	return true
}

// heardBelow reports whether a line that may not leave stands right below
// an introduction in row i, and marks the lines there.
func (r *reading) heardBelow(i, after int) bool {
	if after >= len(r.rows) || r.rows[after].line < Elsewhere || r.rows[after].weight < quotedLine {
		return false
	}
	for k := after; k < len(r.rows); k++ {
		w := &r.rows[k]
		if w.blank() {
			continue
		}
		if w.kind != fresh || w.line <= Own || w.commandRow() {
			break
		}
		w.kind, w.lent = quoted, true
	}
	for k := i; k < after; k++ {
		r.rows[k].lent = true
	}
	r.heard = true
	return true
}

// drawn cuts what was heard in blocks drawn like a quotation, and, where an
// introduction stands above lines without any mark, each line further down
// that may not leave.
func (r *reading) drawn() {
	introduced := false
	for i := range r.rows {
		w := &r.rows[i]
		introduced = introduced || w.kind == intro
		if w.kind != fresh || w.depth > 0 || w.blank() || w.commandRow() {
			continue
		}
		switch {
		case w.hint&markup.HintEdge != 0 && !w.cut && w.isOthers():
			w.kind, w.depth, w.lent = quoted, 1, true
		case r.heard && introduced && w.line >= Elsewhere && w.weight >= quotedLine:
			w.kind, w.lent = quoted, true
		}
	}
	r.pasted()
}

// pasted looks at what is quoted only for having been heard. Above the
// client's own quotation it is what the writer pasted and introduced: it stays,
// with a doubt, since other people said it. Where new words stand below, and no
// quotation, it goes with a doubt.
func (r *reading) pasted() {
	shown, answered := false, false
	for i := len(r.rows) - 1; i >= 0; i-- {
		w := &r.rows[i]
		switch {
		case w.blank():
		case w.lent && shown:
			if w.hint&markup.HintEdge != 0 {
				w.depth = 0
			}
			w.kind, w.unclear = fresh, true
		case w.lent:
			w.altered = answered && w.kind == quoted
		case w.kind == intro || w.kind == forwarded || w.depth > 0 || w.tail:
			shown = true
		case w.kind == fresh:
			answered = answered || w.weight > 0
		}
	}
	r.typedLetter()
}

// typedLetter finds an introduction that the writer typed, with a date and
// all, so that it and what is below it seem to be quoted: the client's own
// quotation of a notice begins only further down. What was heard in between
// goes with a doubt, as does what was not.
func (r *reading) typedLetter() {
	own := -1 // the first row of the client's own introduction
	for i := len(r.rows) - 1; i >= 0; i-- {
		w := &r.rows[i]
		if w.kind != intro || w.lent || w.depth > 0 {
			continue
		}
		below := r.next(i + 1)
		if r.namesNotice(w.text) || below < len(r.rows) && r.rows[below].depth > 0 && r.rows[below].kind == quoted {
			own = i
			break
		}
	}
	for i := 0; i < own; i++ {
		if w := &r.rows[i]; w.tail && w.kind == quoted && w.depth == 0 {
			w.altered = true
		}
	}
}
