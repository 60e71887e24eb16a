package reply

import (
	"aside/reply/markup"
	"aside/reply/phrases"
)

// byHand finds what the writer quoted by hand, with "> " and perhaps a line
// like "you wrote:" above, before the client's own quotation begins. Words of
// the conversation that hears the reply stay, as they would between answers;
// others go with a doubt.
func (r *reading) byHand() {
	own := r.ownQuotation()
	for i := 0; i < own; i++ {
		w := &r.rows[i]
		switch {
		case w.kind == intro && w.depth == 0 && !w.lent && !w.tail && r.rows[r.next(i+1)].depth > 0:
			w.kind = fresh
		case w.kind != quoted || w.depth == 0 || w.tail || w.lent || w.weight == 0:
		case w.origin == Addressed && (w.known == w.weight || w.line == Addressed):
			w.kind = cited
		case w.newWords():
			w.typed = true
		default:
			w.altered = true
		}
	}
}

// ownQuotation is the first row that introduces a quotation beyond doubt, as
// clients do, or -1.
func (r *reading) ownQuotation() int {
	for i := range r.rows {
		w := &r.rows[i]
		if w.lent || w.kind != intro && w.kind != quoted || w.blank() {
			continue
		}
		if w.depth <= 1 && r.namesNotice(w.text) {
			return i
		}
		if w.kind != intro || w.depth > 0 {
			continue
		}
		if w.hint&(markup.HintIntro|markup.HintTail) != 0 || isLabel(w.text) || phrases.Original(w.text) {
			return i
		}
		below := r.next(i + 1)
		if _, strong := r.attribution(w.text); strong && below < len(r.rows) && r.rows[below].depth > 0 {
			return i
		}
	}
	return -1
}
