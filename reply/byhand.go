package reply

import (
	"strings"

	"aside/reply/markup"
	"aside/reply/phrases"
)

// byHand finds what the writer quoted by hand, with "> " and perhaps a line
// like "you wrote:" above, before the client's own quotation begins. Words of
// the conversation that hears the reply stay, as they would between answers;
// others go with a doubt. So does what stands there below an introduction
// without any mark: nothing shows where it ends.
func (r *reading) byHand() {
	own := r.ownQuotation()
	ofWriter := false // a client quotes the writer's own earlier mail
	for i := 0; i < own; i++ {
		w := &r.rows[i]
		if w.kind == intro && !w.blank() {
			ofWriter = r.namesWriter(w.text)
		}
		switch {
		case ofWriter:
		case (w.kind == quoted || w.kind == intro) && w.depth == 0 && !w.lent && (w.tail || w.kind == intro && r.rows[r.introduced(i)].tail):
			w.asked = true
			if !r.held.CutSignature {
				w.kind = fresh // a contact is heard rather than asked
			}
		case w.kind == intro && w.depth == 0 && !w.lent && !w.tail && r.rows[r.introduced(i)].depth > 0:
			if r.weakIntro(i) {
				w.kind = fresh
			} else {
				w.asked = true
			}
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

// introduced is the first row below an introduction in row i that is none of
// its own; there is one, since the client's own quotation comes below.
func (r *reading) introduced(i int) int {
	for i++; i < len(r.rows)-1 && (r.rows[i].blank() || r.rows[i].kind == intro); i++ {
	}
	return i
}

// namesWriter reports whether an introduction names the writer of this mail: a
// person does not quote that by hand, a client does.
func (r *reading) namesWriter(text string) bool {
	if r.held.writer != "" && strings.Contains(strings.ToLower(text), strings.ToLower(r.held.writer)) {
		return true
	}
	label, value := phrases.Header(text, false)
	return label == phrases.From && r.held.name != "" && strings.HasPrefix(value, r.held.name)
}

// weakIntro reports whether row i introduces words as people do, without the
// marks of a client: "you wrote:". The second half of an introduction whose
// first is of a frame, or was heard, is no such row, nor is one with an address.
func (r *reading) weakIntro(i int) bool {
	top := r.topOfIntro(i)
	if top > 0 && !r.rows[top-1].blank() && r.rows[top-1].kind != fresh || strings.Contains(r.rows[i].text, "@") {
		return false
	}
	o := r.attributionAt(top)
	return o.rows > 0 && !o.strong && r.rows[top].hint&(markup.HintIntro|markup.HintTail|markup.HintRule) == 0
}

// ownQuotation is the first row that introduces the client's own quotation of
// the answered mail, or -1. A notice ends with its frame, so that the nearest
// introduction above one is the client's; without a frame it is the first that
// is one beyond doubt.
func (r *reading) ownQuotation() int {
	for i := range r.rows {
		if r.rows[i].kind == frame {
			if own := r.introAbove(i); own >= 0 {
				return own
			}
			break
		}
	}
	for i := range r.rows {
		w := &r.rows[i]
		if w.lent || w.kind != intro && w.kind != quoted || w.blank() {
			continue
		}
		if w.depth <= 1 && r.namesNotice(w.text) {
			return r.topOfIntro(i)
		}
		if w.kind != intro || w.depth > 0 {
			continue
		}
		if w.hint&(markup.HintIntro|markup.HintTail) != 0 || w.isLabel() || phrases.Original(w.text) {
			return r.topOfIntro(i)
		}
		below := r.next(i + 1)
		if _, strong := r.attribution(w.text); strong && below < len(r.rows) && r.rows[below].depth > 0 {
			return r.topOfIntro(i)
		}
	}
	return -1
}

// introAbove is the first row of the nearest introduction above row i that is
// no part of what was heard, or -1.
func (r *reading) introAbove(i int) int {
	for k := r.prev(i); k >= 0; k = r.prev(k) {
		w := &r.rows[k]
		if w.lent || w.depth > 1 || w.line == Addressed || w.line == Elsewhere {
			continue
		}
		if w.kind != intro && !(w.kind == quoted && w.depth == 1 && (r.namesNotice(w.text) || r.introducesBlock(k))) {
			continue
		}
		return r.topOfIntro(k)
	}
	return -1
}

// topOfIntro is the first row of the introduction that row k is part of.
func (r *reading) topOfIntro(k int) int {
	for p := r.prev(k); p >= 0 && r.rows[k].kind == intro && r.rows[p].kind == intro; p = r.prev(p) {
		k = p
	}
	return k
}

// introducesBlock reports whether a quoted row is an introduction that the
// client quotes along, as Apple's do: the first row of its block.
func (r *reading) introducesBlock(k int) bool {
	if p := r.prev(k); p >= 0 && r.rows[p].depth > 0 && !r.rows[k-1].blank() {
		return false
	}
	_, strong := r.attribution(r.rows[k].text)
	return strong
}

// unheardTail shows what a contact set below a header block, or an
// introduction, where aside never heard any of it: it is no quotation of what
// the contact got, but a mail pasted, or a table that looks like a header.
func (r *reading) unheardTail() {
	if r.held.CutSignature {
		return
	}
	from := -1
	for i := range r.rows {
		w := &r.rows[i]
		if w.tail && from < 0 && !w.blank() {
			from = i
		}
		if w.weight > 0 && w.isKnown() && w.kind != fresh && w.weight >= 2*wordWeight || w.kind == frame || w.marker {
			return
		}
	}
	if from < 0 {
		return
	}
	for p := r.prev(from); p >= 0 && r.rows[p].kind == intro; p = r.prev(p) {
		from = p
	}
	for i := from; i < len(r.rows); i++ {
		if w := &r.rows[i]; w.kind == intro || w.kind == quoted && w.depth == 0 {
			w.kind = fresh
		}
	}
}
