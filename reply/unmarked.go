package reply

import (
	"regexp"
	"strings"

	"aside/reply/phrases"
)

// What unmarked matter must weigh to be taken for a quotation: next to the
// frame of a notice a sentence, without any other sign some lines.
const (
	besideFrame = 4 * wordWeight
	onItsOwn    = 25 * wordWeight
)

// changedRows is how many rows together a gateway may have changed beyond
// recognition within a quotation without any mark.
const changedRows = 3

// run is a stretch of rows that aside heard.
type run struct {
	from, to int // rows, to not included
	weight   int
	whole    bool // every word of it was heard
}

// unmarkedRuns cuts what a client pasted below the new text without any mark.
// A sentence that its writer merely says again stays: it is short, or it is
// not where a quotation would be. What only the writer said before, such as
// the words that end each of their mails, is no sign of a quotation. Without a
// frame beside it each word must have been heard, since people say things in
// much the same words again, and even then it is a doubt. Above the client's
// own quotation it is what somebody typed or pasted, and stays.
func (r *reading) unmarkedRuns() {
	newAbove := r.newWordsAbove()
	after := len(r.rows) // the first row below that is neither blank nor cut
	lastFrame := false   // the nearest row below that is not blank is a frame's
	shown := false       // the client's own quotation stands below, and quotes once
	for i := len(r.rows) - 1; i >= 0; i-- {
		w := &r.rows[i]
		if w.blank() {
			continue
		}
		if w.kind != fresh {
			lastFrame = w.kind == frame
			shown = shown || w.kind == intro || w.kind == quoted || w.kind == forwarded
			continue
		}
		if lastFrame && !w.commandRow() {
			if top := r.changedRun(i); top <= i {
				after, i = len(r.rows), top
				lastFrame = false
				continue
			}
		}
		if !w.isOthers() || w.cut || w.commandRow() {
			after, lastFrame = i, false
			continue
		}
		u := r.runEndingAt(i)
		if after == len(r.rows) && !shown && u.weight >= onItsOwn && u.whole && newAbove[u.from] {
			for k := u.from; k < u.to; k++ {
				if r.rows[k].kind == fresh {
					r.rows[k].kind, r.rows[k].altered = quoted, true
				}
			}
		} else {
			after = i
		}
		lastFrame = false
		i = u.from
	}
}

// newWordsAbove tells for every row whether unknown new words stand above it.
func (r *reading) newWordsAbove() []bool {
	out := make([]bool, len(r.rows)+1)
	found := false
	for i := range r.rows {
		out[i] = found
		w := &r.rows[i]
		found = found || w.kind == fresh && w.weight > 0 && (!w.isOthers() || w.commandRow())
	}
	return out
}

// runEndingAt follows known rows upwards as long as each leads on to the next
// in words that were heard in that order.
func (r *reading) runEndingAt(i int) run {
	u := run{from: i, to: i + 1, weight: r.rows[i].others, whole: r.rows[i].isWhole()}
	below := i
	for k := i - 1; k >= 0; k-- {
		w := &r.rows[k]
		if w.blank() || w.kind == fresh && w.silent() {
			continue
		}
		b := &r.rows[below]
		leads := b.from < b.to && r.joint[b.from] && w.from < w.to && w.to == b.from
		if w.kind != fresh || w.cut || !w.isOthers() || w.commandRow() || !leads {
			break
		}
		u.from, below = k, k
		u.weight += w.others
		u.whole = u.whole && w.isWhole()
	}
	return u
}

// isWhole reports whether every word of a row was heard, a word or two at its
// ends apart: a window may reach over them.
func (w *row) isWhole() bool {
	return w.line > Own || w.weight-w.known <= 2*wordWeight && w.known*10 >= w.weight*8
}

// changedRun cuts the rows above a notice's frame, from row i upwards, that
// aside heard, and with them those in between that something on the way
// changed: a warning put in, a link written anew. It returns the topmost row
// it cut, or more than i if there is no quotation here.
func (r *reading) changedRun(i int) int {
	top, heard, strange := i+1, 0, 0
	others, gap, gapWeight := 0, 0, 0
	for k := i; k >= 0; k-- {
		w := &r.rows[k]
		if w.blank() || w.kind == fresh && w.silent() {
			continue
		}
		if w.kind != fresh || w.cut || w.commandRow() {
			break
		}
		if !r.wasHeard(w) {
			if gap++; gap > changedRows {
				break
			}
			gapWeight += w.weight
			continue
		}
		top, heard, strange = k, heard+w.weight, strange+gapWeight
		others += w.others
		gap, gapWeight = 0, 0
	}
	if top > i || others < besideFrame || strange > heard {
		return i + 1
	}
	for top < i && r.endsParagraph(top) {
		top++
	}
	certain := false // somebody else's row stood above
	answers, end := false, 0
	for k := top; k <= i; k++ {
		w := &r.rows[k]
		if w.kind != fresh || w.blank() {
			continue
		}
		if k >= end {
			answers, end = r.answersBetween(k, i)
		}
		certain = certain || w.isOthers()
		switch {
		case answers && w.line <= Own:
			w.unclear = true
		case w.silent(), r.wasHeard(w):
			// Above all that was heard whole it may be an answer that only
			// begins like something else.
			w.kind, w.altered = quoted, !certain
		case r.within(k, top, i):
			w.kind, w.altered = quoted, true
		default:
			w.unclear = true
		}
	}
	return r.bylines(top)
}

// answersBetween reports whether the paragraph from row k on has no mark of a
// quotation where the client marks the frame below it, and is not wholly of
// heard words: it is an answer in much the same words. Right below a marked row
// it may be the rest of that one, which an agent's mail must not carry out. The
// paragraph ends before row end.
func (r *reading) answersBetween(k, bottom int) (answers bool, end int) {
	for k > 0 && !r.rows[k-1].blank() && r.rows[k-1].depth == 0 {
		k--
	}
	apart := k == 0 || r.rows[k-1].blank() || !r.held.CutSignature
	unknown := false
	for ; k < len(r.rows) && !r.rows[k].blank() && r.rows[k].depth == 0; k++ {
		w := &r.rows[k]
		unknown = unknown || w.known < w.weight && w.line <= Own
	}
	return apart && unknown && r.rows[r.next(bottom+1)].depth > 0, k
}

// endsParagraph reports whether row k is the short last line of a paragraph
// that is new above it: that its words were heard is chance.
func (r *reading) endsParagraph(k int) bool {
	w := &r.rows[k]
	if k == 0 || w.weight >= 3*wordWeight || !r.rows[k+1].blank() {
		return false
	}
	above := &r.rows[k-1]
	return !above.blank() && above.kind == fresh && above.weight > 0 && !r.wasHeard(above)
}

// wasHeard reports whether a row is somebody else's, perhaps with half of its
// words changed on the way. Of a frame's words, which are everybody's, more is
// asked.
func (r *reading) wasHeard(w *row) bool {
	if w.isOthers() {
		return true
	}
	said := 0
	for k := w.from; k < w.to; k++ {
		if o := r.origins[k]; o == Addressed || o == Elsewhere {
			said += int(r.words.words[k].weight)
		}
	}
	return w.weight > 0 && said*2 >= w.weight
}

// within reports whether a changed row stands right among rows that were
// heard, no blank one between: nobody answers there.
func (r *reading) within(k, top, bottom int) bool {
	above, below := k, k
	for above > top && !r.wasHeard(&r.rows[above]) && !r.rows[above-1].blank() {
		above--
	}
	for below < bottom && !r.wasHeard(&r.rows[below]) && !r.rows[below+1].blank() {
		below++
	}
	return r.wasHeard(&r.rows[above])
}

// byline is how a notice names its writer.
var byline = regexp.MustCompile(`^.{1,100} \((?:customer|side|note|team)\)(?: <[^<>]*>)?$`)

// bylines cuts what a client writes above a quotation instead of an
// introduction: who wrote, and when. It returns the topmost row of all.
func (r *reading) bylines(top int) int {
	for k := r.prev(top); k >= 0 && k >= top-2; k = r.prev(k) {
		w := &r.rows[k]
		text := phrases.Clean(strings.TrimSpace(w.text))
		if w.kind != fresh || w.commandRow() || len(text) > 200 {
			break
		}
		when := phrases.Date(text) && phrases.Clock(text) && len(strings.Fields(text)) <= 8
		if !when && !byline.MatchString(text) && !r.namesNotice(text) {
			break
		}
		w.kind, top = intro, k
	}
	return top
}
