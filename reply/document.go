// Package reply finds what a person newly wrote in a mail: the quoted mail,
// the frame of a notice, a forward and the writer's signature are taken out,
// in the text and in the HTML alike. What aside heard before is known again by
// keyed hashes, in whatever way a client quotes it; general forms of quoting
// come after. Nothing here does I/O, and everything ends in linear time.
package reply

import (
	"strings"

	"aside"
	"aside/reply/markup"
)

// Held is what a mail is held against. The zero value knows nothing and keeps
// signatures.
type Held struct {
	// Key is the secret of the hashes that Known is asked about.
	Key []byte
	// Known tells where the line or passage with this hash (see Hashes) was
	// heard: Frame if it stands in the frame of a notice, else Addressed if
	// the conversation of this reply has it, else Elsewhere if another one of
	// the ticket has; Own if only the writer of this mail said it, wherever.
	// Nil when nothing is known.
	//
	// Frame is for what no person wrote: a passage that a notice shows to its
	// own writer, marked so, would be taken out of the writer's next mail.
	Known func(hash uint64) Origin
	// Asking is told what Known is going to be asked for, all of it at once
	// and before. Afterwards Known may be asked for more. Nil: nobody is told.
	Asking func(hashes []uint64)
	// Marker verifies a word of the form aside-k3f9q2m7xd, in lower case. Nil
	// takes every word of that form for a marker.
	Marker func(word string) bool
	// Ours reports whether an address, in lower case, is a desk's, with a
	// token or without. Nil: none is.
	Ours func(address string) bool
	// CutSignature takes the writer's own signature out of the new text.
	CutSignature bool
	// Signatures are lines of the writer's mail clients that count as their
	// signature where they end the text.
	Signatures []string
}

// Document is a mail divided into what is new and what is not.
type Document struct {
	held    *holding
	rows    []row    // of the part that is read
	shown   []int    // indexes of the rows that are kept, -1 for an added blank one
	lines   []string // the same as text
	gone    []bool   // lines that were removed
	page    *markup.Page
	onPage  []row // of the HTML part; the same as rows where that is read
	kept    []int // indexes of the page's rows that are kept
	forward *aside.Forwarded
	marked  bool
	short   bool
	chosen  *reading // the part that is read
	left    string   // what only the other part says

	below    []bool          // by line: quoted matter stood above
	optional map[string]bool // targets and pictures of the kept HTML
	html     string
	htmlDone bool
}

// Read divides a mail. It never fails: what it cannot judge it takes for new,
// unless a hash says otherwise.
func Read(m *aside.Mail, h Held) *Document {
	held := newHolding(h, m)
	d := &Document{held: held, short: len(m.Text) > maxText || len(m.HTML) > maxText}
	text, both := &reading{held: held, rows: textRows(m.Text, m.Flowed)}, strings.TrimSpace(m.HTML) != ""
	text.weighed = h.Known == nil && !both
	text.judge()
	chosen := text
	if both {
		page := d.readPage(m.HTML)
		text.signedAs(page)
		wholeAs(text.rows, page.rows)
		chosen, d.left = pick(text, page)
		d.onPage = page.rows
		d.kept = page.shown()
		d.marked = page.marked
		if d.forward = page.forwardedMail(); d.forward == nil || text.forward != nil {
			d.forward = text.forwardedMail()
		}
	} else {
		d.forward = text.forwardedMail()
	}
	d.marked = d.marked || text.marked
	d.rows = chosen.rows
	d.chosen = chosen
	d.shown = chosen.shown()
	for _, i := range d.shown {
		d.lines = append(d.lines, chosen.display(i))
	}
	d.gone = make([]bool, len(d.lines))
	d.markBelow()
	return d
}

// readPage reads the HTML part; one that cannot be taken apart is read as the
// text it shows.
func (d *Document) readPage(src string) *reading {
	r := &reading{held: d.held}
	page, err := markup.Parse(src)
	if err != nil {
		r.rows = textRows(markup.ToText(src), false)
	} else {
		d.page = page
		r.rows = pageRows(page)
	}
	r.judge()
	return r
}

// shown are the rows that stay: new ones, quoted ones kept with an answer, and
// the blank ones between them. Where something was cut in between, one blank
// line stands for it, -1 if the mail has none there.
func (r *reading) shown() []int {
	var out []int
	var blanks []int
	cut := false
	for i := range r.rows {
		w := &r.rows[i]
		keep := w.kind == fresh || w.kind == cited || w.kind == signature && !r.held.CutSignature
		switch {
		case !keep, w.blank() && w.depth > 0 && w.kind == fresh:
			cut = true
		case w.blank() && w.depth == 0:
			blanks = append(blanks, i)
		default:
			if w.kind != cited {
				var closed bool
				out, closed = r.closeCited(out)
				cut = cut || closed
			}
			if len(out) > 0 {
				if cut && len(blanks) > 1 {
					blanks = blanks[:1]
				}
				if cut && len(blanks) == 0 {
					blanks = append(blanks, -1)
				}
				out = append(out, blanks...)
			}
			blanks = blanks[:0]
			cut = false
			out = append(out, i)
		}
	}
	return out
}

// closeCited takes empty rows from the end of a kept quotation before an answer
// to it, and reports whether the quotation ends here.
func (r *reading) closeCited(out []int) ([]int, bool) {
	cites := func() bool { return len(out) > 0 && out[len(out)-1] >= 0 && r.rows[out[len(out)-1]].kind == cited }
	ends := cites()
	for cites() && r.rows[out[len(out)-1]].blank() {
		out = out[:len(out)-1]
	}
	return out, ends
}

// display is a kept row as a line of text.
func (r *reading) display(i int) string {
	if i < 0 {
		return ""
	}
	w := &r.rows[i]
	text := strings.TrimRight(w.text, " \t")
	if w.kind == cited {
		return strings.TrimRight(strings.Repeat("> ", min(w.depth, 8))+text, " ")
	}
	return text
}

// Lines are the newly written lines in reading order, commands and removed
// ones included. Quoted lines that are kept because answers follow them begin
// with "> ". The caller must not change the slice.
func (d *Document) Lines() []string { return d.lines }

// Whole reports whether the line with this index is known to end where its
// writer ended it: the mail says so, by format=flowed or an HTML element. A line
// of any other text may be the first part of one that a client wrapped.
func (d *Document) Whole(line int) bool {
	return line >= 0 && line < len(d.shown) && d.shown[line] >= 0 && d.rows[d.shown[line]].whole
}

// BelowQuote reports whether quoted or forwarded matter stood above the line
// with this index, kept or not: a command there is not proved new.
func (d *Document) BelowQuote(line int) bool {
	if line < 0 || line >= len(d.below) {
		return false
	}
	return d.below[line]
}

// markBelow finds for every line whether quoted matter stood above it.
func (d *Document) markBelow() {
	d.below = make([]bool, len(d.shown))
	at, found := 0, false
	for line, row := range d.shown {
		for ; at < row; at++ {
			switch d.rows[at].kind {
			case quoted, cited, intro, forwarded, frame:
				found = true
			}
		}
		d.below[line] = found
	}
}

// Remove takes lines, by their indexes in Lines, out of text and HTML.
// Indexes stay what they were.
func (d *Document) Remove(lines ...int) {
	for _, i := range lines {
		if i >= 0 && i < len(d.gone) {
			d.gone[i] = true
			d.htmlDone = false
		}
	}
}

// Text is what was newly written, less what was removed, trimmed.
func (d *Document) Text() string {
	kept := make([]string, 0, len(d.lines))
	for i, l := range d.lines {
		if !d.gone[i] {
			kept = append(kept, l)
		}
	}
	for len(kept) > 0 && strings.TrimSpace(kept[0]) == "" {
		kept = kept[1:]
	}
	text := strings.TrimRight(strings.Join(kept, "\n"), " \t\n\r")
	if len(kept) > 1 && isIndented(kept[1]) {
		return text // the first line's blanks may lay it out, too
	}
	return strings.TrimLeft(text, " \t")
}

func isIndented(line string) bool {
	return strings.HasPrefix(line, "  ") || strings.HasPrefix(line, "\t")
}

// Elided is what was cut as quoted, as it was written. The frames of notices
// are left out: they hold markers and tokens.
func (d *Document) Elided() string {
	return d.collect(func(k kind) bool { return k == quoted || k == intro })
}

// Signature is the writer's own signature, whether it was cut or not.
func (d *Document) Signature() string {
	return d.collect(func(k kind) bool { return k == signature })
}

func (d *Document) collect(want func(kind) bool) string {
	var out []string
	for i := range d.rows {
		w := &d.rows[i]
		if want(w.kind) {
			out = append(out, strings.Repeat("> ", min(8, depthOnPage(w)))+strings.TrimRight(w.raw, " \t"))
		} else if w.blank() && len(out) > 0 && out[len(out)-1] != "" {
			out = append(out, "")
		}
	}
	return strings.Trim(strings.Join(out, "\n"), " \t\n\r")
}

// depthOnPage is how deep a row is quoted by the markup alone; a prefix in the
// text is still there.
func depthOnPage(w *row) int {
	written, _ := unquote(w.raw)
	return w.depth - min(w.depth, written)
}

// Forwarded is the mail that was forwarded in the body, nil if none was.
// Everything below a forward's header belongs to it.
func (d *Document) Forwarded() *aside.Forwarded { return d.forward }

// Marked reports whether the marker of a notice stood anywhere in the mail.
func (d *Document) Marked() bool { return d.marked }

// Truncated reports whether the mail was longer than is read: what lies
// beyond two million octets is in the raw mail alone.
func (d *Document) Truncated() bool { return d.short }

// Sanitise makes HTML from outside fit to be shown inside a notice: the
// allow-list alone, no scripts, no position or background, hidden parts gone,
// remote pictures replaced by their description, pictures that came with the
// mail kept. What cannot be taken apart comes back as its text.
func Sanitise(html string) string { return markup.Sanitise(html) }

// TextToHTML makes HTML of plain text: paragraphs, web addresses as links,
// lines that begin with > as quotations.
func TextToHTML(text string) string { return markup.FromText(clamp(text)) }

// HTMLToText is what a person reads in HTML, one line for each block, hidden
// elements left out. It never fails.
func HTMLToText(html string) string { return markup.ToText(html) }
