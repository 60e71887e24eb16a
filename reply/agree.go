package reply

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"aside/reply/markup"
)

// letters is what a text says, whatever its spaces, dashes and emphasis: its
// letters, digits and signs in order. Targets of links and descriptions of
// pictures in brackets are left out where optional names them.
func letters(text string, optional map[string]bool) string {
	out := make([]byte, 0, len(text))
	for at := 0; at < len(text); {
		c := text[at]
		if len(optional) > 0 && classes[c] == sign {
			if skip := optionalAt(text[at:], optional); skip > 0 {
				at += skip
				continue
			}
		}
		if c < utf8.RuneSelf {
			if classes[c] >= letter {
				if 'A' <= c && c <= 'Z' {
					c += 'a' - 'A'
				}
				out = append(out, c)
			}
			at++
			continue
		}
		r, size := utf8.DecodeRuneInString(text[at:])
		if wordRune(r) && !invisible(r) {
			out = utf8.AppendRune(out, unicode.ToLower(r))
		}
		at += size
	}
	if norm.NFKC.IsNormal(out) {
		return string(out)
	}
	return string(norm.NFKC.Bytes(out))
}

var pictureForm = regexp.MustCompile(`^(?i:image|bild|imagen|imagem|immagine|afbeelding|inline image \d+|inline-bild \d+|cid):\s*(.*)$`)

// optionalAt returns the length of a bracketed target or description at the
// start of s that clients add when they make text of HTML.
func optionalAt(s string, optional map[string]bool) int {
	inner, closing, length := bracketed(s)
	if length == 0 {
		return 0
	}
	inner = strings.TrimSpace(inner)
	if inner != "" && (optional[inner] || optional["cid:"+strings.TrimPrefix(inner, "cid:")]) && (closing != ']' || strings.Contains(inner, ":")) {
		return length
	}
	if m := pictureForm.FindStringSubmatch(inner); closing == ']' && m != nil && optional["picture "+m[1]] {
		return length
	}
	return 0
}

// HTML is the newly written HTML, sanitised, less what was removed. It is
// empty when the mail has none, and whenever it would not say exactly what
// Text says: then the caller makes HTML from the text. So no word is ever
// shown, or hidden, that Text does not have.
func (d *Document) HTML() string {
	if !d.htmlDone {
		d.html, d.htmlDone = d.makeHTML(), true
	}
	return d.html
}

func (d *Document) makeHTML() string {
	if d.page == nil || !d.dropped() {
		return ""
	}
	d.page.PlainQuotations()
	out := d.page.HTML()
	shown, err := markup.Shown(out)
	if err != nil {
		return ""
	}
	words := letters(shown, nil)
	text := d.Text()
	if words == "" && len(d.page.ContentIDs()) == 0 || letters(text, nil) != words && letters(text, d.optional) != words {
		return ""
	}
	return out
}

func options(targets, pictures map[string]bool) map[string]bool {
	out := make(map[string]bool, len(targets)+len(pictures))
	for t := range targets {
		out[t] = true
	}
	for p := range pictures {
		if strings.HasPrefix(p, "cid:") {
			out[p] = true
		} else {
			out["picture "+p] = true
		}
	}
	return out
}

// dropped takes everything out of the page that is not kept or was removed.
// It reports whether text and page agree on what that is.
func (d *Document) dropped() bool {
	keep := make(map[int]bool, len(d.kept))
	for _, i := range d.kept {
		keep[i] = true
	}
	for i := range d.onPage {
		w := &d.onPage[i]
		// What is kept of a quotation must show that it is one.
		if keep[i] && (w.cut || w.kind == cited && (w.tail && w.depth == 0 || w.boxed())) {
			return false
		}
	}
	d.page.Drop(func(line int) bool { return !keep[line] })
	if d.optional == nil {
		d.optional = options(d.page.Links())
	}
	spans, ok := d.removedSpans()
	if !ok {
		return false
	}
	if len(spans) == 0 {
		return true
	}
	drop, ok := d.rowsWithin(spans)
	if !ok {
		return false
	}
	d.dropBlanks(drop)
	d.page.Drop(func(line int) bool { return drop[line] })
	return true
}

// dropBlanks adds the blank rows that removed ones leave at the top, at the
// end, and beside another blank row.
func (d *Document) dropBlanks(drop map[int]bool) {
	var blanks []int
	begun := false
	for _, i := range d.kept {
		switch {
		case i < 0 || drop[i]:
		case d.onPage[i].blank():
			blanks = append(blanks, i)
		default:
			keep := 0
			if begun {
				keep = min(len(blanks), 1)
			}
			for _, b := range blanks[keep:] {
				drop[b] = true
			}
			blanks, begun = blanks[:0], true
		}
	}
	for _, b := range blanks {
		drop[b] = true
	}
}

// span is a stretch of the letters of all kept lines.
type span struct{ from, to int }

// removedSpans are the stretches that removed lines take. It is false when the
// lines and the page do not say the same to begin with.
func (d *Document) removedSpans() ([]span, bool) {
	shown := d.pageLetters()
	for _, o := range []map[string]bool{nil, d.optional} {
		var spans []span
		var all strings.Builder
		for i, l := range d.lines {
			from := all.Len()
			all.WriteString(letters(l, o))
			if d.gone[i] && all.Len() > from {
				spans = append(spans, span{from, all.Len()})
			}
		}
		if norm.NFKC.String(all.String()) == shown {
			return merged(spans), true
		}
	}
	return nil, false
}

// merged joins spans that touch: a command that a client wrapped is one line
// of the page.
func merged(spans []span) []span {
	var out []span
	for _, s := range spans {
		if n := len(out); n > 0 && out[n-1].to == s.from {
			out[n-1].to = s.to
			continue
		}
		out = append(out, s)
	}
	return out
}

func (d *Document) pageLetters() string {
	lines := d.page.Lines()
	var b strings.Builder
	for _, i := range d.kept {
		if i >= 0 {
			b.WriteString(letters(lines[i].Plain, nil))
		}
	}
	return b.String()
}

// rowsWithin are the rows of the page that lie in the spans; false when a row
// lies there in part.
func (d *Document) rowsWithin(spans []span) (map[int]bool, bool) {
	lines := d.page.Lines()
	drop := map[int]bool{}
	at, s := 0, 0
	for _, i := range d.kept {
		if i < 0 {
			continue
		}
		n := len(letters(lines[i].Plain, nil))
		if n == 0 {
			continue
		}
		from, to := at, at+n
		at = to
		for s < len(spans) && spans[s].to <= from {
			s++
		}
		if s == len(spans) || spans[s].from >= to {
			continue
		}
		if spans[s].from > from || spans[s].to < to {
			return nil, false
		}
		drop[i] = true
	}
	return drop, true
}

// ContentIDs are the ids of the pictures in what was newly written, whether
// or not HTML is empty.
func (d *Document) ContentIDs() []string {
	if d.page == nil {
		return nil
	}
	d.HTML()
	return d.page.ContentIDs()
}
