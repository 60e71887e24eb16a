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
// an introduction, and marks the lines there. Above the client's own quotation
// somebody pasted them, and they stay.
func (r *reading) heardBelow(after int) bool {
	if after >= len(r.rows) || r.rows[after].line < Elsewhere || r.rows[after].weight < quotedLine {
		return false
	}
	if r.quotesBelow(after) {
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
		w.kind = quoted
	}
	r.heard = true
	return true
}

// quotesBelow reports whether the client's own quotation stands below row i:
// marked as one, or under a header of its own.
func (r *reading) quotesBelow(i int) bool {
	for k := i; k < len(r.rows); k++ {
		w := &r.rows[k]
		if w.depth > 0 || w.hint&(markup.HintTail|markup.HintIntro) != 0 {
			return true
		}
		if !w.blank() && r.openersAt(k).strong {
			return true
		}
	}
	return false
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
			w.kind, w.depth = quoted, 1
		case r.heard && introduced && w.line >= Elsewhere && w.weight >= quotedLine:
			w.kind = quoted
		}
	}
}
