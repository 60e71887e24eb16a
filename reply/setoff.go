package reply

import (
	"regexp"

	"aside"
	"aside/reply/phrases"
)

// replySubject is a subject with a prefix as answers have: "Re:", "AW:", "答复：".
var replySubject = regexp.MustCompile(`^\s*(?:\[[^\]]{0,40}\]\s*)*\pL{1,6}\.?(?:\[\d+\]|\(\d+\)|\^\d+)?\s*[:：]`)

// answers reports whether a mail says that it answers another one.
func answers(m *aside.Mail) bool {
	return len(m.InReplyTo) > 0 || len(m.References) > 0 || replySubject.MatchString(m.Subject)
}

// setOff keeps what a contact set off with quote signs, or in a block
// quotation, and nobody said before: a log, a list, a label's words. No line
// introduces it as a client's would, and the ticket has none of it; where
// nothing is known, the mail answers none. An agent is asked instead.
func (r *reading) setOff() {
	if r.held.agents || r.held.forwards || r.held.Known == nil && (!r.isFirst() || r.quotesMail()) {
		return
	}
	alone := true // nothing is new besides
	for i := range r.rows {
		w := &r.rows[i]
		alone = alone && !(w.kind == fresh && w.weight > 0)
	}
	for i := 0; i < len(r.rows); {
		if r.rows[i].depth == 0 {
			i++
			continue
		}
		from := i
		for i = from + 1; i < len(r.rows) && (r.rows[i].depth > 0 || r.rows[i].blank()); i++ {
		}
		if !r.isSetOff(from, i) {
			continue
		}
		for k := from; k < i; k++ {
			if w := &r.rows[k]; alone {
				w.kind, w.depth = fresh, 0
			} else if w.kind == quoted {
				w.kind = cited
			}
		}
		if top := r.prev(from); top >= 0 && r.rows[top].kind == intro {
			for k := r.topOfIntro(top); k <= top; k++ {
				r.rows[k].kind = fresh
			}
		}
	}
}

// quotesMail reports whether a client's introduction stands among the quoted
// rows: then others may be of that mail, too.
func (r *reading) quotesMail() bool {
	for i := range r.rows {
		if w := &r.rows[i]; w.depth > 0 && !w.blank() && (w.kind == intro || w.isLabel() || r.attributionAt(i).rows > 0) {
			return true
		}
	}
	return false
}

// isSetOff reports whether the rows from one to the other, all with a quote
// sign, are no client's quotation.
func (r *reading) isSetOff(from, to int) bool {
	for k := from; k < to; k++ {
		if w := &r.rows[k]; !w.blank() && (w.kind != quoted || w.tail || w.lent || w.marker || w.known*2 >= w.weight && w.known > 0 || w.line != Unknown) {
			return false
		}
	}
	if w := &r.rows[from]; w.isLabel() || r.attributionAt(from).rows > 0 || r.namesNotice(w.text) {
		return false
	}
	above := r.prev(from)
	if above < 0 || r.rows[above].kind == fresh {
		return above < 0 || !r.namesNotice(r.rows[above].text)
	}
	// "The log says:" introduces what its writer sets off.
	return r.rows[above].kind == intro && r.weakIntro(above) && !phrases.Date(phrases.Clean(r.rows[above].text))
}
