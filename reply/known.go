package reply

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"aside/reply/markup"
)

// bareNumber is what stands beside the marker in some frames: the ticket's
// number, with the letters of a side conversation.
var bareNumber = regexp.MustCompile(`^[\s\[(]*#\d+(?:-[a-z]{2}| [a-z]{3,8})?[\])\s]*$`)

var markerForm = regexp.MustCompile(`(?i)\baside-[a-z0-9]{10}\b`)

// recognise finds the words that aside heard before, and the rows that belong
// to the frame of a notice.
func (r *reading) recognise() {
	octets := 0
	for i := range r.rows {
		octets += len(r.rows[i].text)
	}
	if r.weighed {
		octets = min(octets, maxIntro) // a row's
	}
	r.words.grow(octets)
	for i := range r.rows {
		w := &r.rows[i]
		w.from, w.to = r.words.line(w.text)
		for _, x := range r.words.words[w.from:w.to] {
			w.weight += int(x.weight)
		}
		if r.weighed {
			w.from, w.to, r.words.text, r.words.words = 0, 0, r.words.text[:0], r.words.words[:0]
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
	if !strings.Contains(text, "-") && !strings.Contains(text, "\xe2\x80") { // where the other hyphens begin
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

// asked are the hashes of all that hear asks for.
type asked struct {
	lines, behind, windows []uint64 // of rows, of rows behind a tag (0 if there is none), of windows
}

func (r *reading) asked() asked {
	lines := make([]uint64, 2*len(r.rows))
	a := asked{lines: lines[:len(r.rows)], behind: lines[len(r.rows):]}
	all := make([]uint64, 0, len(r.rows)+len(r.words.words))
	for i := range r.rows {
		w := &r.rows[i]
		if w.to == w.from {
			continue
		}
		a.lines[i], a.behind[i] = r.held.lineKey.sum(r.words.slice(w.from, w.to)), r.behindTag(w)
		if all = append(all, a.lines[i]); a.behind[i] != 0 {
			all = append(all, a.behind[i])
		}
	}
	begin, end := len(all), windowEnd{}
	for i := range r.words.words {
		if !end.after(r.words.words, i) {
			break
		}
		all = append(all, r.held.windowKey.sum(r.words.slice(i, end.at)))
	}
	a.windows = all[begin:]
	if r.held.Asking != nil {
		r.held.Asking(all)
	}
	return a
}

// hear asks for the origin of every line and every window.
func (r *reading) hear() {
	ask := r.asked()
	for i := range r.rows {
		w := &r.rows[i]
		if w.to == w.from {
			continue
		}
		w.line = r.held.Known(ask.lines[i])
		if w.line == Unknown && ask.behind[i] != 0 {
			w.line = r.held.Known(ask.behind[i])
		}
		if w.line != Unknown && w.weight >= 3*wordWeight {
			r.cover(w.from, w.to, w.line)
		}
	}
	for i, hash := range ask.windows {
		if o := r.held.Known(hash); o != Unknown {
			r.cover(i, r.words.window(i), o)
		}
	}
	for i := range r.rows {
		w := &r.rows[i]
		w.origin = w.line
		addressed := r.addressWords(w)
		for k := w.from; k < w.to; k++ {
			if o := r.origins[k]; o != Unknown {
				w.known += int(r.words.words[k].weight)
				if o > Own && !(o == Frame && addressed != nil && addressed[k-w.from]) {
					w.others += int(r.words.words[k].weight)
				}
				w.origin = max(w.origin, o)
			}
		}
		w.planted = r.isPlanted(w)
	}
}

// tag is what gateways and old clients put before lines: "[EXTERNAL] ",
// "CAUTION: ", "JD> ".
var tag = regexp.MustCompile(`(?i)^[\s*]*(?:[\[({<*]{1,3}[^\[\](){}<>*]{1,40}[\])}>*]{1,3}|(?:external|extern|externe|externo|esterno|caution|warning|spam|suspicious|vorsicht|achtung|attention)(?: e?-?mail)?\s*[:|-]+|[a-z]{1,8}>+|[:|#+%*~]+)\s*`)

// behindTag is the hash of a row's line without what was put before it; 0 if
// nothing was.
func (r *reading) behindTag(w *row) uint64 {
	if len(w.text) > 2000 || !mayHaveTag(w.text) {
		return 0
	}
	n := len(tag.FindString(w.text))
	if n == 0 {
		return 0
	}
	for k := w.from; k < w.to; k++ {
		if int(r.words.words[k].srcFrom) >= n {
			if k == w.from {
				return 0
			}
			return r.held.lineKey.sum(r.words.slice(k, w.to))
		}
	}
	return 0
}

// mayHaveTag reports cheaply whether something that tag finds may stand before
// a line.
func mayHaveTag(line string) bool {
	rest := strings.TrimLeft(line, "* \t\n\f\r")
	if rest == "" || strings.IndexByte(line[:len(line)-len(rest)], '*') >= 0 {
		return true
	}
	start := rest[:min(len(rest), len("suspicious"))]
	for i := range len(start) {
		switch c := start[i]; {
		case c >= utf8.RuneSelf, c == '>':
			return true // two letters of ASCII have others that count as the same
		case i == 0 && strings.IndexByte("[({<:|#+%~", c) >= 0:
			return true
		}
	}
	for _, word := range [...]string{"extern", "esterno", "caution", "warning", "spam", "suspicious", "vorsicht", "achtung", "attention"} {
		if len(rest) > len(word) && strings.EqualFold(rest[:len(word)], word) {
			return true
		}
	}
	return false
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

// typedFrame is the same for what stands above every sign of quotation: there
// a person may well write the names and addresses that a frame has, too, so
// addresses do not count, and less than a short frame's words is none unless
// its marker stands there.
const typedFrame = 13 * wordWeight

// commandRow reports whether a row that is not quoted has a command's form.
// Nobody but the writer writes such a row outside quoted matter, whatever words
// it has.
func (w *row) commandRow() bool {
	return w.depth == 0 && w.kind == fresh && !w.planted && w.hasCommandForm()
}

// isPlanted reports whether a row of a command's form stands where somebody
// else wrote it: it was heard, and so was what leads to it and on from it.
func (r *reading) isPlanted(w *row) bool {
	return w.line > Own && w.from < w.to && w.to < len(r.joint) && r.joint[w.from] && r.joint[w.to] && w.hasCommandForm()
}

// firstSign is the first row that shows by its form that quoted matter begins.
func (r *reading) firstSign() int {
	for i := range r.rows {
		w := &r.rows[i]
		if w.depth > 0 || w.hint&(markup.HintIntro|markup.HintTail) != 0 || len(w.text) <= 400 && announcesForward(w.text) {
			return i
		}
		if w.blank() {
			continue
		}
		o := r.openersAt(i)
		if o.rows == 0 {
			continue
		}
		if after := r.next(i + o.rows); o.strong || after < len(r.rows) && r.rows[after].depth > 0 {
			return i
		}
	}
	return len(r.rows)
}

// frames marks the rows of notices' frames. They never leave, quoted or not,
// so no sign of quotation is asked for.
func (r *reading) frames() {
	sure := r.sureFrameWords()
	for i := range r.rows {
		w := &r.rows[i]
		if w.commandRow() {
			if w.marker {
				r.cutMarker(w)
			}
			continue
		}
		framed := 0
		for k := w.from; k < w.to && sure != nil; k++ {
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
// words that is long enough; nil where there is no such word. A command ends a
// run.
func (r *reading) sureFrameWords() []bool {
	var sure []bool
	sign := -1 // found only where there is a frame
	for i := 0; i < len(r.rows); {
		w := &r.rows[i]
		k := w.from
		for k < w.to && r.origins[k] != Frame {
			k++
		}
		if k == w.to || w.commandRow() {
			i++
			continue
		}
		if sign < 0 {
			r.prefixedFrame = r.hasPrefixedFrame()
			sign, sure = r.firstSign(), make([]bool, len(r.origins))
		}
		i = r.frameRuns(i, sign, sure)
	}
	return sure
}

// hasPrefixedFrame reports whether a line of a frame stands there with a quote
// prefix: this client marks what it quotes. A contact's may quote mail that has
// no frame; an agent may have marked another line by hand, above a block in
// which nothing is marked.
func (r *reading) hasPrefixedFrame() bool {
	for i := range r.rows {
		w := &r.rows[i]
		if w.depth > 0 && (w.line == Frame || w.line > Own && !r.held.CutSignature) && w.weight >= windowWeight {
			return true
		}
	}
	return false
}

// frameRun is a run of a frame's words that reaches over rows.
type frameRun struct {
	from, to int // words
	weight   int
	bare     int  // of the words that are not of an address
	typed    bool // begins above every sign of quotation, or bare beside a frame with quote prefixes
	marked   bool // a marker stands in its rows, or right below
}

func (u frameRun) sure() bool {
	if u.typed && !u.marked {
		return u.bare >= typedFrame
	}
	return u.weight >= surelyFrame
}

// frameRuns marks the sure words from row i on until a row ends without one,
// and returns the row after that.
func (r *reading) frameRuns(i, sign int, sure []bool) int {
	var u frameRun
	end := func() {
		if u.to > u.from && u.sure() {
			for k := u.from; k < u.to; k++ {
				sure[k] = true
			}
		}
		u = frameRun{}
	}
	for ; i < len(r.rows); i++ {
		w := &r.rows[i]
		if w.commandRow() {
			break
		}
		u.marked = u.marked || w.marker
		addressed := r.addressWords(w)
		for k := w.from; k < w.to; k++ {
			if r.origins[k] != Frame {
				end()
				u.marked = w.marker
				continue
			}
			if k == w.from && !r.joint[k] {
				end() // a person's words begin like those of a frame that was never heard before them
				u.marked = w.marker
			}
			if u.to == u.from {
				u.from, u.typed = k, i < sign || w.depth == 0 && r.prefixedFrame
			}
			u.to = k + 1
			u.weight += int(r.words.words[k].weight)
			if addressed == nil || !addressed[k-w.from] {
				u.bare += int(r.words.words[k].weight)
			}
		}
		if w.to > w.from && u.to == u.from {
			i++
			break
		}
	}
	end()
	return i
}

// addressWords tells which words of a row are of an address; nil where none is.
func (r *reading) addressWords(w *row) []bool {
	if strings.IndexByte(w.text, '@') < 0 {
		return nil
	}
	out := make([]bool, w.to-w.from)
	spans := addressForm.FindAllStringIndex(w.text, -1)
	for k := range out {
		x := r.words.words[w.from+k]
		for len(spans) > 0 && spans[0][1] <= int(x.srcFrom) {
			spans = spans[1:]
		}
		out[k] = len(spans) > 0 && spans[0][0] <= int(x.srcFrom)
	}
	return out
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
		rest = int(r.words.words[last].srcTo)
		k = last
	}
	b.WriteString(w.text[rest:])
	left := strings.TrimRight(strings.TrimLeft(b.String(), " \t|.,;:·•-)]"), " \t|·•-([")
	if unknown := w.weight - w.known; unknown < 2*wordWeight || !r.worthKeeping(left) {
		w.kind = frame
		return
	}
	w.say(left)
	w.cut = true
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
	w.say(strings.TrimSpace(markerForm.ReplaceAllStringFunc(text, func(m string) string {
		if r.held.Marker == nil || r.held.Marker(strings.ToLower(m)) {
			return ""
		}
		return m
	})))
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
			return w.line == Frame || w.origin == Frame && w.others*10 >= w.weight*8
		}
		return !w.blank() && r.linksHome(w.text)
	}
	before := -1 // the last row that was not blank
	for i := range r.rows {
		if r.rows[i].blank() {
			continue
		}
		if before >= 0 && r.rows[before].kind == frame && part(&r.rows[i]) &&
			(!r.rows[i].commandRow() || r.rows[i].line == Frame && r.rows[before].depth == 0) {
			r.rows[i].kind = frame
		}
		before = i
	}
	after := len(r.rows) // the next row that is not blank
	for i := len(r.rows) - 1; i >= 0; i-- {
		if r.rows[i].blank() {
			continue
		}
		if after < len(r.rows) && r.rows[after].kind == frame && !r.rows[i].commandRow() && part(&r.rows[i]) {
			r.rows[i].kind = frame
		}
		after = i
	}
}

var addressForm = regexp.MustCompile(`[A-Za-z0-9._%+=-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+`)

// linksHome reports whether the text names an address of a desk.
func (r *reading) linksHome(text string) bool {
	return r.namesOurs(text, func(string) bool { return true })
}

// namesNotice reports whether a text names an address that notices come from
// or are answered at: one of ours with "notice" or a token behind its desk.
func (r *reading) namesNotice(text string) bool {
	const token = 40
	return r.namesOurs(text, func(local string) bool {
		return len(local) > token || len(local) > len("notice") && strings.HasSuffix(local, "notice")
	})
}

// namesOurs reports whether the text names an address of a desk whose local
// part is of a kind.
func (r *reading) namesOurs(text string, kind func(local string) bool) bool {
	if r.held.Ours == nil || !strings.Contains(text, "@") {
		return false
	}
	for _, a := range addressForm.FindAllString(strings.Map(seen, text), 8) {
		a = strings.ToLower(a)
		if kind(a[:strings.LastIndexByte(a, '@')]) && r.held.Ours(a) {
			return true
		}
	}
	return false
}
