package reply

import (
	"regexp"
	"slices"
	"strings"
)

// A mail may come as text and as HTML, "alternatives" that should say the same
// (RFC 2046 section 5.1.4) and often do not: programs cut the text short, leave
// the quotation out of one of them, or write no more than a remark into it.
// One is read, and what only the other one says is not lost.

var stub = regexp.MustCompile(`(?i)\bhtml\b|view (?:this|it|the) |in (?:your|a) browser|does not support|kann nicht angezeigt|im browser|plain ?text|` +
	`(?:text version|textversion) .{0,20}(?:available|verfügbar)|^\W*(?:null|undefined|none|no text)\W*$`)

// Left is what only the part says that is not read, text or HTML; empty where
// the two agree. Text and HTML have none of it.
func (d *Document) Left() string { return d.left }

// pick decides which part is read, and returns what the other one newly says and
// this one does not.
func pick(text, page *reading) (chosen *reading, left string) {
	ofText, ofPage := lacks{}, lacks{}
	if a, b := text.said(false), page.said(false); a != b {
		ofPage = page.lacking(text)
		if !strings.HasPrefix(b, a) { // else it was cut short, perhaps within a word
			ofText = text.lacking(page)
		}
	}
	switch {
	case !prefersPage(text, page, ofText.weight, ofPage.weight):
		return text, page.displayed(ofPage.rows)
	case weigh(text) == 0:
		return page, ""
	}
	if ofPage.weight > 0 {
		page.quoteAs(text)
	} else if text.newWeight() == 0 {
		page.doubt()
	}
	return page, text.displayed(ofText.rows)
}

// muchMore is by how much more the HTML must say to be read where the text part
// has words of its own, too.
const muchMore = 10 * wordWeight

// prefersPage decides which part is read: the one that newly says what the
// other has nowhere. Where both newly say the same it is the text part, unless
// the HTML is clearly the fuller one, or the two agree but for what the markup
// shows to be quoted and the text does not.
func prefersPage(text, page *reading, ofText, ofPage int) bool {
	inText, inPage := weigh(text), weigh(page)
	switch {
	case inPage == 0:
		return false
	case inText == 0, inPage > inText && isStub(text):
		return true
	case ofText == 0 && ofPage > 0, ofPage > 2*ofText+muchMore:
		return true
	case ofText > 0:
		return false
	case ofText == 0 && text.newWeight() == 0 && page.newWeight() > 0:
		return true
	case inPage*2 > inText*3+100:
		return true
	}
	a, b := text.said(false), page.said(false)
	if len(b) == 0 || len(b) >= len(a) {
		return false
	}
	if !strings.HasPrefix(a, b) {
		return !text.prefixed() && page.prefixed() && page.saidWithin(a)
	}
	// Where the text part marks its quotations, what it leaves unmarked is
	// new, unless the markup calls it the signature.
	return !text.prefixed() || page.said(true) == a
}

// lacks is what a part newly says and the other one does not.
type lacks struct {
	weight int   // of its words
	rows   []int // that say little else
}

// lacking finds the new words of a part that stand nowhere in the other one,
// quoted or not. A word stands there if it does beside the same word before it
// or behind it: lines may end elsewhere, and a link's target may come between.
// Web addresses, which gateways write anew, and what a gateway put in are no
// words of the writer, and neither are a remark about the other part and what
// somebody else said.
func (r *reading) lacking(other *reading) lacks {
	all := other.pairs(func(*row) bool { return true })
	single, remark := other.singles(), isStub(r)
	var out lacks
	for i := range r.rows {
		w := &r.rows[i]
		if !w.isNew() || w.weight == 0 || banner.MatchString(w.text) || remark && stub.MatchString(w.text) {
			continue
		}
		weight := 0
		for k := w.from; k < w.to; k++ {
			if r.origins[k] <= Own && !r.words.isAddress(k) && !all.has(r.pair(k-1)) && !all.has(r.pair(k)) &&
				!(w.to-w.from == 1 && single.has(r.single(k))) {
				weight += int(r.words.words[k].weight)
			}
		}
		out.weight += weight
		if weight*2 >= w.weight {
			out.rows = append(out.rows, i)
		}
	}
	return out
}

// isNew reports whether a row is new, or kept for an answer.
func (w *row) isNew() bool { return w.kind == fresh || w.kind == cited }

// hashes are some in order.
type hashes []uint64

func (h hashes) has(x uint64) bool {
	_, found := slices.BinarySearch(h, x)
	return found && x != 0
}

// pair is the hash of word k and the next one; 0 where one of them is none.
func (r *reading) pair(k int) uint64 {
	if k < 0 || k+1 >= len(r.words.words) {
		return 0
	}
	return r.held.windowKey.sum(r.words.slice(k, k+2))
}

func (r *reading) single(k int) uint64 { return r.held.windowKey.sum(r.words.slice(k, k+1)) }

// pairs are the hashes of the words that follow each other in rows of a kind.
func (r *reading) pairs(of func(*row) bool) hashes {
	var out hashes
	before := -1 // the last word
	for i := range r.rows {
		w := &r.rows[i]
		if !of(w) {
			continue
		}
		for k := w.from; k < w.to; k++ {
			if before == k-1 && k > 0 {
				out = append(out, r.pair(k-1))
			}
			before = k
		}
	}
	slices.Sort(out)
	return out
}

// singles are the hashes of the new words.
func (r *reading) singles() hashes {
	var out hashes
	for i := range r.rows {
		if w := &r.rows[i]; w.isNew() {
			for k := w.from; k < w.to; k++ {
				out = append(out, r.single(k))
			}
		}
	}
	slices.Sort(out)
	return out
}

// isAddress reports whether a word stands for a web address.
func (s *stream) isAddress(k int) bool { return string(s.slice(k, k+1)) == webAddress }

// newWeight is the weight of the new words that nobody else said.
func (r *reading) newWeight() int {
	sum := 0
	for i := range r.rows {
		if w := &r.rows[i]; w.isNew() && !w.isOthers() {
			sum += w.weight
		}
	}
	return sum
}

// quoteAs cuts the new rows that the other part has, too, and shows to be
// quoted: here nothing showed it.
func (r *reading) quoteAs(other *reading) {
	cut := other.pairs(func(w *row) bool { return w.kind == quoted || w.kind == intro || w.kind == frame })
	kept := other.pairs((*row).isNew)
	for i := range r.rows {
		w := &r.rows[i]
		if w.kind != fresh || w.to-w.from < 2 || w.commandRow() {
			continue
		}
		both := 0
		for k := w.from; k < w.to; k++ {
			if p, q := r.pair(k-1), r.pair(k); (cut.has(p) || cut.has(q)) && !kept.has(p) && !kept.has(q) {
				both += int(r.words.words[k].weight)
			}
		}
		if both*10 >= w.weight*8 {
			w.kind, w.altered = quoted, true
		}
	}
}

// doubt marks all that is new as kept on a weak sign.
func (r *reading) doubt() {
	for i := range r.rows {
		if w := &r.rows[i]; w.kind == fresh && w.weight > 0 {
			w.unclear = true
		}
	}
}

// displayed are rows as lines of text.
func (r *reading) displayed(rows []int) string {
	var out []string
	for _, i := range rows {
		out = append(out, r.display(i))
	}
	return strings.TrimSpace(strings.Join(out, "\n"))
}

// prefixed reports whether any row carries a quote prefix.
func (r *reading) prefixed() bool {
	for i := range r.rows {
		if r.rows[i].depth > 0 {
			return true
		}
	}
	return false
}

// weigh is the weight of all the words of a part.
func weigh(r *reading) int {
	total := 0
	for i := range r.rows {
		total += r.rows[i].weight
	}
	return total
}

// isStub reports whether a part is no more than a remark that the other one is
// to be read.
func isStub(r *reading) bool {
	if weigh(r) >= 60*wordWeight {
		return false
	}
	for i := range r.rows {
		if stub.MatchString(r.rows[i].text) {
			return true
		}
	}
	return false
}

// said is what the new rows of a part say, with the signature or without.
func (r *reading) said(signed bool) string {
	var b strings.Builder
	for i := range r.rows {
		w := &r.rows[i]
		if w.kind == fresh || w.kind == cited || signed && w.kind == signature {
			for _, x := range r.words.words[w.from:w.to] {
				b.Write(r.words.text[x.from:x.to])
			}
		}
	}
	return b.String()
}

// saidWithin reports whether each new row of a part is said in a text, one
// after the other: answers between what only the markup shows to be quoted.
func (r *reading) saidWithin(all string) bool {
	for i := range r.rows {
		w := &r.rows[i]
		if w.kind != fresh && w.kind != cited {
			continue
		}
		for _, x := range r.words.words[w.from:w.to] {
			said := string(r.words.text[x.from:x.to])
			at := strings.Index(all, said)
			if at < 0 {
				return false
			}
			all = all[at+len(said):]
		}
	}
	return true
}
