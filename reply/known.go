package reply

import (
	"regexp"
	"strings"
)

// bareNumber is what stands beside the marker in some frames: the ticket's
// number.
var bareNumber = regexp.MustCompile(`^#\d+$`)

var markerForm = regexp.MustCompile(`(?i)\baside-[a-z0-9]{10}\b`)

// recognise finds the words that aside heard before, and the rows that belong
// to the frame of a notice.
func (r *reading) recognise() {
	for i := range r.rows {
		w := &r.rows[i]
		w.from, w.to = r.words.line(w.text)
		for _, x := range r.words.words[w.from:w.to] {
			w.weight += int(x.weight)
		}
		w.marker = r.hasMarker(w.text)
		r.marked = r.marked || w.marker
	}
	r.origins = make([]Origin, len(r.words.words))
	r.joint = make([]bool, len(r.words.words))
	if r.held.Known != nil {
		r.hear()
	}
	r.frames()
}

func (r *reading) hasMarker(text string) bool {
	if len(text) < len("aside-")+10 {
		return false
	}
	text = strings.ToLower(strings.Map(seen, text))
	if !strings.Contains(text, "aside-") {
		return false
	}
	for _, m := range markerForm.FindAllString(text, 20) {
		if r.held.Marker == nil || r.held.Marker(m) {
			return true
		}
	}
	return false
}

// seen drops what is invisible and writes every hyphen alike.
func seen(c rune) rune {
	switch {
	case invisible(c):
		return -1
	case c == 0x2010 || c == 0x2011:
		return '-'
	}
	return c
}

// hear asks for the origin of every line and every window.
func (r *reading) hear() {
	for i := range r.rows {
		w := &r.rows[i]
		if w.to == w.from {
			continue
		}
		w.line = r.held.Known(r.held.lineKey.sum(r.words.slice(w.from, w.to)))
		if w.line != Unknown && w.weight >= 3*wordWeight {
			r.cover(w.from, w.to, w.line)
		}
	}
	for i := range r.words.words {
		j := r.words.window(i)
		if j < 0 {
			break
		}
		if o := r.held.Known(r.held.windowKey.sum(r.words.slice(i, j))); o != Unknown {
			r.cover(i, j, o)
		}
	}
	for i := range r.rows {
		w := &r.rows[i]
		w.origin = w.line
		for k := w.from; k < w.to; k++ {
			if o := r.origins[k]; o != Unknown {
				w.known += int(r.words.words[k].weight)
				if o > Own {
					w.others += int(r.words.words[k].weight)
				}
				w.origin = max(w.origin, o)
			}
		}
	}
}

func (r *reading) cover(from, to int, o Origin) {
	for k := from; k < to; k++ {
		r.origins[k] = max(r.origins[k], o)
		if k > from {
			r.joint[k] = true
		}
	}
}

// surelyFrame is how much of a frame must stand together before a line of new
// text is taken for one: eight words in the frame's order are no coincidence.
const surelyFrame = 8 * wordWeight

// frames marks the rows of notices' frames. They never leave, quoted or not,
// so no sign of quotation is asked for.
func (r *reading) frames() {
	sure := r.sureFrameWords()
	for i := range r.rows {
		w := &r.rows[i]
		framed := 0
		for k := w.from; k < w.to; k++ {
			if sure[k] {
				framed += int(r.words.words[k].weight)
			}
		}
		switch {
		case w.line == Frame && w.weight >= windowWeight:
			w.kind = frame
		case framed > 0:
			r.cutWords(w, sure)
		case w.marker && r.held.Known == nil:
			w.kind = frame
		}
		if w.marker && w.kind != frame {
			r.cutMarker(w)
		}
	}
	r.spreadFrames()
}

// sureFrameWords tells for every word whether it lies in a run of a frame's
// words that is long enough.
func (r *reading) sureFrameWords() []bool {
	sure := make([]bool, len(r.origins))
	for i := 0; i < len(r.origins); {
		if r.origins[i] != Frame {
			i++
			continue
		}
		j, weight := i, 0
		for j < len(r.origins) && r.origins[j] == Frame {
			weight += int(r.words.words[j].weight)
			j++
		}
		if weight >= surelyFrame {
			for k := i; k < j; k++ {
				sure[k] = true
			}
		}
		i = j
	}
	return sure
}

// cutWords takes a frame's words out of a row that also has others, as when a
// client joined the frame's last line with the first of the answer.
func (r *reading) cutWords(w *row, sure []bool) {
	var b strings.Builder
	rest := 0
	for k := w.from; k < w.to; k++ {
		if !sure[k] {
			continue
		}
		last := k
		for last+1 < w.to && sure[last+1] {
			last++
		}
		b.WriteString(w.text[rest:r.words.words[k].srcFrom])
		rest = r.words.words[last].srcTo
		k = last
	}
	b.WriteString(w.text[rest:])
	left := strings.TrimRight(strings.TrimLeft(b.String(), " \t|.,;:·•-)]"), " \t|·•-([")
	if unknown := w.weight - w.known; unknown < 2*wordWeight || !r.worthKeeping(left) {
		w.kind = frame
		return
	}
	w.text, w.cut = left, true
}

// worthKeeping reports whether what is left of a row beside a frame's words is
// more than a bullet or the address that a client wrote out.
func (r *reading) worthKeeping(left string) bool {
	bare := addressForm.ReplaceAllStringFunc(left, func(a string) string {
		if r.held.Ours != nil && r.held.Ours(strings.ToLower(a)) {
			return " "
		}
		return a
	})
	return strings.Contains(Normalise(bare), " ")
}

// cutMarker takes the marker out of a row that is otherwise new.
func (r *reading) cutMarker(w *row) {
	text := strings.Map(seen, w.text)
	w.text = strings.TrimSpace(markerForm.ReplaceAllStringFunc(text, func(m string) string {
		if r.held.Marker == nil || r.held.Marker(strings.ToLower(m)) {
			return ""
		}
		return m
	}))
	w.cut = true
	if bareNumber.MatchString(w.text) || Normalise(w.text) == "" {
		w.kind = frame
	}
}

// spreadFrames takes what is left of a frame beside rows that surely are of
// one: short lines, and rows that are nothing but a link to a desk.
func (r *reading) spreadFrames() {
	part := func(w *row) bool {
		if w.kind != fresh {
			return false
		}
		if w.weight > 0 {
			return w.line == Frame || w.origin == Frame && w.known*10 >= w.weight*8
		}
		return !w.blank() && r.linksHome(w.text)
	}
	before := -1 // the last row that was not blank
	for i := range r.rows {
		if r.rows[i].blank() {
			continue
		}
		if before >= 0 && r.rows[before].kind == frame && part(&r.rows[i]) {
			r.rows[i].kind = frame
		}
		before = i
	}
	after := len(r.rows) // the next row that is not blank
	for i := len(r.rows) - 1; i >= 0; i-- {
		if r.rows[i].blank() {
			continue
		}
		if after < len(r.rows) && r.rows[after].kind == frame && part(&r.rows[i]) {
			r.rows[i].kind = frame
		}
		after = i
	}
}

var addressForm = regexp.MustCompile(`[A-Za-z0-9._%+=-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+`)

// linksHome reports whether the text names an address of a desk.
func (r *reading) linksHome(text string) bool {
	if r.held.Ours == nil || !strings.Contains(text, "@") {
		return false
	}
	for _, a := range addressForm.FindAllString(text, 8) {
		if r.held.Ours(strings.ToLower(a)) {
			return true
		}
	}
	return false
}
