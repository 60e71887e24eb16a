package reply

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"aside/reply/markup"
	"aside/reply/phrases"
)

// nameLine is a dash and a name, as some close a mail.
var nameLine = regexp.MustCompile(`^(?:-|–|—|--)\p{Lu}[\p{L}'’.-]*(?: \p{Lu}[\p{L}'’.-]*){0,2}$`)

// listRule is drawn above what a mailing list adds, and listWords stand there.
var (
	listRule  = regexp.MustCompile(`^_{30,}\s*$`)
	listWords = regexp.MustCompile(`(?i)\b(?:mailing[ -]?list|mailinglist|listinfo|unsubscribe|list address|listserv|listes?/|lists\.|lists?@|-list@|liste de diffusion|lista de (?:correo|distribución|discussão)|abbestellen|abmelden|désabonner|desuscribir)`)
)

// longSignature bounds what may stand below a line of two dashes whose blank
// was lost on the way: longer than that the dashes are a divider.
const longSignature = 15

// signatures marks the writer's own signature: below dashes in every stretch
// of new text, and without any mark at the end of the first and of the last.
func (r *reading) signatures() {
	first, last := [2]int{}, [2]int{}
	for i := 0; i < len(r.rows); {
		if r.rows[i].kind != fresh {
			i++
			continue
		}
		j, words := i, false
		for j < len(r.rows) && r.rows[j].kind == fresh {
			words = words || r.rows[j].weight > 0 && r.rows[j].hint&markup.HintSignature == 0
			j++
		}
		if end := r.belowDashes(i, j); words {
			last = [2]int{i, end}
			if first[1] == 0 {
				first = last
			}
		}
		if words && j < len(r.rows) && r.rows[j].kind == intro && first != last {
			r.ownTrailing(last[0], last[1])
		}
		i = j
	}
	r.leading(first[0], first[1])
	r.trailing(last[0], last[1])
	if first != last {
		r.trailing(first[0], first[1])
	}
	if last[1] == 0 {
		r.notOnlySignature()
	}
}

// notOnlySignature takes back what only the markup called a signature, where
// nothing else is left: some people type inside that element.
func (r *reading) notOnlySignature() {
	for i := range r.rows {
		if w := &r.rows[i]; w.kind == signature && w.hint&markup.HintSignature != 0 && w.weight > 0 {
			w.kind = fresh
		}
	}
}

// belowDashes marks what stands below the dashes of a signature in the rows
// from i to j, and returns where the text above ends.
func (r *reading) belowDashes(i, j int) int {
	bare := 0 // rows of two dashes without the blank of RFC 3676 section 4.3
	for k := i; k < j; k++ {
		if r.isBare(k) {
			bare++
		}
	}
	for k := i; k < j; k++ {
		if r.rows[k].hint&markup.HintSignature != 0 && !r.rows[k].commandRow() {
			r.rows[k].kind = signature
		}
		text := strings.TrimSpace(r.rows[k].text)
		if text == "--" && r.closes(k, j, bare) || j-k < 12 && listRule.MatchString(text) && r.isOfList(k, j) {
			r.sign(k, j-1)
			return k
		}
	}
	return j
}

// isBare reports whether a row is two dashes without the blank behind them.
func (r *reading) isBare(k int) bool {
	return strings.TrimSpace(r.rows[k].text) == "--" && !strings.HasSuffix(r.rows[k].raw, "-- ")
}

// closes reports whether the dashes in row k begin a signature. Without their
// blank they may be a rule: what is long below them, or says sentences where
// there are several, is text.
func (r *reading) closes(k, j, bare int) bool {
	if !r.isBare(k) {
		return true
	}
	lines := 0
	for n := k + 1; n < j && lines <= longSignature; n++ {
		text := strings.TrimSpace(r.rows[n].text)
		if r.rows[n].blank() {
			continue
		}
		lines++
		if bare > 1 && (text == "--" || saysSentence(text) && !strings.ContainsAny(text, "@/")) {
			return false
		}
	}
	return lines <= longSignature
}

// saysSentence reports whether a line ends as a sentence does.
func saysSentence(text string) bool {
	return text != "" && strings.ContainsRune(".!?。！？", lastRune(text))
}

// isOfList reports whether the rows from k to j are what a mailing list adds,
// with a link or an address: a rule of this length is drawn by people, too.
func (r *reading) isOfList(k, j int) bool {
	link, list := false, false
	for _, w := range r.rows[k:j] {
		link = link || strings.Contains(w.text, "http") || strings.Contains(w.text, "@")
		list = list || listWords.MatchString(w.text)
	}
	return link && list
}

// trailing takes the lines of devices and of the configured signature from
// the end of rows i to j upwards.
func (r *reading) trailing(i, j int) {
	named := false
	for k := j - 1; k >= i; k-- {
		w := &r.rows[k]
		if w.blank() || w.kind == signature {
			continue
		}
		text := strings.TrimSpace(w.text)
		switch {
		case r.device(text) && !r.goesOnAbove(k):
			if top := r.barsAbove(k); top < k {
				r.sign(max(top, i), k)
				k = max(top, i)
				w = &r.rows[k]
			}
		case r.held.writer != "" && strings.EqualFold(text, r.held.writer):
		case r.ownLine(k):
		case !named && k > i && r.rows[k-1].blank() && nameLine.MatchString(text) && !r.lists(k):
			named = true
		default:
			return
		}
		w.kind = signature
	}
}

// goesOnAbove reports whether row k goes on with the sentence of the row
// right above it.
func (r *reading) goesOnAbove(k int) bool {
	text := strings.TrimSpace(r.rows[k].text)
	first, _ := utf8.DecodeRuneInString(text)
	return unicode.IsLower(first) && !strings.HasPrefix(text, "iP") && k > 0 && !r.rows[k-1].blank() && r.rows[k-1].depth == 0 && !r.rows[k-1].endsSentence()
}

// lists reports whether row k is one of a list rather than a name: a colon
// stands above it.
func (r *reading) lists(k int) bool {
	p := r.prev(k)
	return p >= 0 && strings.HasSuffix(strings.TrimSpace(r.rows[p].text), ":")
}

// maxDevices is how many lines of a mail are asked whether a device added them:
// no mail has so many to ask about, and one may take as long to tell as some
// hundred others.
const maxDevices = 1000

// device reports whether a line is what a phone or a mail program adds.
func (r *reading) device(text string) bool {
	r.devices++
	return r.devices <= maxDevices && phrases.Device(text)
}

// barsAbove is the top of the card that NetEase's app draws with bars above
// its line in row k, or k.
func (r *reading) barsAbove(k int) int {
	for n := k - 1; n >= 0 && n > k-12; n-- {
		if strings.TrimSpace(r.rows[n].text) == "| |" {
			return n
		}
	}
	return k
}

// sign marks the new rows from i to k, k included.
func (r *reading) sign(i, k int) {
	for ; i <= k; i++ {
		if r.rows[i].kind == fresh {
			r.rows[i].kind = signature
		}
	}
}

// leading takes the configured signature from the start of rows i to j: some
// clients put it above the quotation, and the writer goes on below it. A
// single line of it must stand alone.
func (r *reading) leading(i, j int) {
	for i < j && (r.rows[i].blank() || r.rows[i].commandRow()) {
		i++
	}
	lines, end := 0, i
	for k := i; k < j; k++ {
		if r.rows[k].blank() {
			continue
		}
		if !r.ownLine(k) {
			break
		}
		lines, end = lines+1, k+1
	}
	if lines == 0 || lines == 1 && len(r.held.ownLines) > 1 && end < j && !r.rows[end].blank() || !r.saysMore(i, end) {
		return
	}
	for k := i; k < end; k++ {
		if !r.rows[k].blank() {
			r.rows[k].kind = signature
		}
	}
}

// ownTrailing takes the configured signature from the end of rows i to j.
func (r *reading) ownTrailing(i, j int) {
	for k := j - 1; k >= i; k-- {
		if w := &r.rows[k]; w.blank() || w.kind == signature {
			continue
		}
		if !r.ownLine(k) {
			return
		}
		r.rows[k].kind = signature
	}
}

// ownLine reports whether a row is a line of the configured signature.
func (r *reading) ownLine(k int) bool {
	text := r.rows[k].text
	return len(r.held.ownLines) > 0 && len(text) < 500 && r.held.ownLines[Normalise(text)]
}

// signedAs marks the signature that the HTML part's markup names in the text
// part, too: there it may stand without dashes, above the quotation and above
// the answers below it.
func (r *reading) signedAs(page *reading) {
	var lines []string
	for i := range page.rows {
		if w := &page.rows[i]; w.hint&markup.HintSignature != 0 && w.depth == 0 && !w.blank() {
			if w.hasCommandForm() {
				return // something else than a signature was typed there
			}
			lines = append(lines, Normalise(w.text))
		}
	}
	if len(lines) == 0 || len(lines) > longSignature {
		return
	}
	for i := range r.rows {
		end, ok := r.spells(i, lines)
		if !ok || !r.saysMore(i, end) {
			continue
		}
		for k := i; k < end; k++ {
			r.rows[k].kind = signature
		}
		return
	}
}

// spells reports whether the new rows from i on are the lines, blank rows
// between them apart, and where they end.
func (r *reading) spells(i int, lines []string) (end int, ok bool) {
	k := 0
	for ; i < len(r.rows) && k < len(lines); i++ {
		w := &r.rows[i]
		switch {
		case w.kind != fresh && w.kind != signature:
			return 0, false
		case w.blank():
			if k == 0 {
				return 0, false
			}
		case Normalise(w.text) != lines[k]:
			return 0, false
		default:
			k++
		}
	}
	return i, k == len(lines)
}

// saysMore reports whether anything new stands outside the rows from i to end.
func (r *reading) saysMore(i, end int) bool {
	for k := range r.rows {
		if w := &r.rows[k]; (k < i || k >= end) && w.kind == fresh && w.weight > 0 {
			return true
		}
	}
	return false
}
