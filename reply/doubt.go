package reply

import (
	"regexp"
	"strings"
)

// Doubt is a passage of which nothing proves whether its writer wrote it anew.
type Doubt struct {
	Text string // the lines, as they were written
	// Kept passages are in Text although they stand among quoted words of
	// another conversation, or are such words, pasted; the others were cut
	// although nothing proves that they are quoted.
	Kept bool
	// Left passages were cut because only the part has them that is not read.
	Left bool
}

// Doubts are the passages that were kept or cut on a sign that may deceive, in
// reading order; what is left of the other part comes last. The others are
// looked for only where Held knows what was heard: there a quotation is of known
// words, and unknown ones are a question. What is composed from such a mail should leave only after its writer was asked.
func (d *Document) Doubts() []Doubt {
	out := d.chosen.doubts()
	if d.left != "" {
		out = append(out, Doubt{Text: d.left, Left: true})
	}
	return out
}

// doubts collects them.
func (r *reading) doubts() []Doubt {
	if r.held.Known == nil {
		return nil
	}
	var out []Doubt
	for i := 0; i < len(r.rows); {
		kept, doubtful := r.doubtful(i)
		if !doubtful {
			i++
			continue
		}
		var lines []string
		for i < len(r.rows) && len(lines) < 200 {
			if w := &r.rows[i]; !w.blank() {
				if k, more := r.doubtful(i); !more || k != kept {
					break
				}
				lines = append(lines, strings.TrimRight(w.raw, " \t"))
			}
			i++
		}
		out = append(out, Doubt{Text: strings.Join(lines, "\n"), Kept: kept})
	}
	return out
}

// doubtful reports whether row i was kept or cut on a weak sign.
func (r *reading) doubtful(i int) (kept, doubtful bool) {
	w := &r.rows[i]
	switch {
	case w.blank() || w.weight == 0 || w.marker:
		return false, false
	case w.asked:
		return false, w.kind == quoted || w.kind == intro
	case w.unclear:
		return true, w.kind == fresh
	}
	// The forms are looked for last: that takes long.
	return false, r.cutOnWeakSign(i) && !banner.MatchString(w.text) && !w.isLabel() && !r.device(w.text)
}

func (r *reading) cutOnWeakSign(i int) bool {
	w := &r.rows[i]
	switch {
	case w.altered:
		return w.weight >= 3*wordWeight || w.known == 0 && w.weight >= wordWeight
	case w.kind == quoted && w.depth == 0 && !w.tail && (!w.stray || r.rows[i-1].blank()) && w.weight >= 6*wordWeight && r.prev(i) >= 0 && r.rows[r.prev(i)].depth > 0:
		// The program marks what it quotes, and did not mark this: somebody
		// pasted it, or says it again.
		return true
	case w.kind == quoted && w.tail && w.depth == 0 && !w.isKnown():
		// Nothing marks what stands below an introduction, and somebody may have
		// typed that: words that were never heard are a question. One or two
		// among others are what something on the way changed.
		return w.weight-w.known >= 3*wordWeight || w.known == 0 && w.weight >= wordWeight
	case w.kind == quoted && w.newWords():
		return w.typed || (w.tail && w.depth == 0 || w.boxed()) && w.weight >= 2*wordWeight
	case w.kind == signature:
		return w.typed
	}
	return false
}

// banner is what gateways put above or into mail from outside.
var banner = regexp.MustCompile(`(?i)^\W*(?:external|extern|externe|caution|warning|vorsicht|achtung|attention|important|cuidado|attenzione|let op|obs)\b.{0,400}$|(?:originated|came|comes|received|sent) from (?:outside|an external)|you don't often get (?:e?mail|email) from|learn why this is important|from an external (?:sender|source)|externe[rn]? (?:absender|e-?mail)|do not click|phish`)

// typedQuotes marks rows with a quote prefix that a person may have typed: a
// block of which nothing was ever heard, unless a client introduced it.
func (r *reading) typedQuotes() {
	for i := 0; i < len(r.rows); {
		if r.rows[i].depth == 0 {
			i++
			continue
		}
		from, heard := i, false
		for i < len(r.rows) && (r.rows[i].depth > 0 || r.rows[i].blank()) {
			w := &r.rows[i]
			heard = heard || w.known > 0 || w.line != Unknown || w.kind == frame || w.kind == intro
			i++
		}
		above := r.prev(from)
		if heard || above >= 0 && r.rows[above].kind != fresh && (r.rows[above].kind != intro || r.clientsIntro(above)) {
			continue
		}
		for k := from; k < i; k++ {
			r.rows[k].typed = r.rows[k].kind == quoted
		}
	}
}

// clientsIntro reports whether the introduction that ends in row k has what
// nobody types by hand: the address that a notice came from, or somebody's in
// brackets, with a time.
func (r *reading) clientsIntro(k int) bool {
	joined := ""
	for top := r.topOfIntro(k); top <= k; top++ {
		joined += " " + r.rows[top].text
	}
	l, ok := readLine(joined)
	return r.namesNotice(joined) || r.rows[r.topOfIntro(k)].isLabel() || ok && l.person && l.clock
}

// typedBelowDashes marks what stands below two dashes without their blank and
// reads like sentences, if it is not the writer's usual end.
func (r *reading) typedBelowDashes() {
	for i := 0; i < len(r.rows); i++ {
		if r.rows[i].kind != signature || !r.isBare(i) {
			continue
		}
		says := false
		end := i + 1
		for ; end < len(r.rows) && (r.rows[end].kind == signature || r.rows[end].blank()); end++ {
			w := &r.rows[end]
			text := strings.TrimSpace(w.text)
			says = says || w.known == 0 && !r.ownLine(end) && saysSentence(text) && len(strings.Fields(text)) >= 2 && !strings.ContainsAny(text, "@/|") && !r.device(text)
		}
		for k := i + 1; says && k < end; k++ {
			r.rows[k].typed = true
		}
		i = end - 1
	}
}
