package reply

import (
	"regexp"
	"strings"

	"aside"
	"aside/reply/markup"
	"aside/reply/phrases"
)

// kind is what a row was found to be.
type kind uint8

const (
	fresh     kind = iota // newly written
	cited                 // quoted, and kept because an answer follows it
	quoted                // quoted, cut
	intro                 // "On … wrote:", a header block, a separator
	frame                 // of a notice
	forwarded             // below a forward's header
	signature             // the writer's own
)

// row is one line of the body, from the text part or the HTML part.
type row struct {
	raw    string // as written
	text   string // without its quote prefix
	depth  int
	hint   markup.Hint
	kind   kind
	cut    bool // words of a frame were cut out of text
	tail   bool // in unmarked matter below an introduction
	stray  bool // the unprefixed rest of a quoted line
	marker bool // carries a notice's marker
	// altered rows were cut and unclear ones kept though nothing shows whose
	// they are.
	altered, unclear bool
	typed            bool // cut though a person may have typed it
	asked            bool // cut above the client's own quotation
	// lent rows have no mark of a quotation: only that the ticket has them, or
	// that they introduce such a row, makes them one.
	lent    bool
	planted bool // has a command's form, and was heard in its place

	whole bool // it ends where its writer ended it: nothing has wrapped it
	empty bool // nothing but blanks is in text
	form  form
	label phrases.Label // of a copied header line, and its value
	value string

	from, to int    // its words in the stream
	weight   int    // of all its words
	known    int    // of those that aside knows
	others   int    // of those that somebody else said, a frame's addresses apart
	line     Origin // of the whole line
	origin   Origin // the most private of line and words
}

// newRow is a line as it was written, and without the quote prefix that makes
// it so deep.
func newRow(raw, text string, depth int) row {
	w := row{raw: raw, depth: depth}
	w.say(text)
	return w
}

// say gives a row another text.
func (r *row) say(text string) {
	r.text, r.form = text, 0
	r.empty = strings.TrimSpace(text) == ""
}

// blank rows show nothing; one that was cut empty is still a frame's.
func (r *row) blank() bool {
	return r.empty && r.kind != frame && r.hint&markup.HintPicture == 0
}

// isOthers reports whether somebody else than the writer said the row before.
func (r *row) isOthers() bool {
	return r.line > Own || r.weight > 0 && r.others*10 >= r.weight*8
}

// silent rows have no word to judge by.
func (r *row) silent() bool { return r.weight == 0 }

// isKnown reports whether aside heard the row before.
func (r *row) isKnown() bool {
	return r.line != Unknown || r.weight > 0 && r.known*10 >= r.weight*8
}

// reading is one part of a mail being read.
type reading struct {
	held    *holding
	rows    []row
	words   stream   // empty where they are only weighed
	origins []Origin // by word
	joint   []bool   // by word: heard directly after the word before it
	weighed bool     // there is nothing to hold the words against, neither what was heard nor another part

	forward *forward
	marked  bool
	// prefixedFrame: a line of a frame stood there with a quote prefix.
	prefixedFrame bool
	tail          bool // what follows is quoted, without any prefix
	devices       int  // lines that were asked whether a device added them
	joined        int  // rows that were looked at joined with others for an introduction
	edged         bool // an introduction stands above a block drawn like a quotation
	heard         bool // an introduction stands above what aside heard, without any mark
}

// holding is Held with what is derived from it once a mail.
type holding struct {
	Held
	lineKey, windowKey sipKey
	forwards           bool            // the subject says that a mail is forwarded
	answers            bool            // it says that it answers another one
	agents             bool            // an agent wrote it, so that it may be sent on
	writer, name       string          // the address in From, and the name
	ownLines           map[string]bool // normalised lines of own signatures
}

func newHolding(h Held, m *aside.Mail) *holding {
	out := &holding{Held: h, forwards: phrases.ForwardSubject(m.Subject), answers: answers(m),
		agents: h.CutSignature && (h.Known != nil || h.Marker != nil), writer: m.From.Address, name: strings.TrimSpace(m.From.Name), ownLines: map[string]bool{}}
	out.lineKey, out.windowKey = keys(h.Key)
	for _, s := range h.Signatures {
		for l := range strings.SplitSeq(s, "\n") {
			if n := Normalise(l); n != "" {
				out.ownLines[n] = true
			}
		}
	}
	return out
}

const maxRows = 60000 // of one part; the rest is read as one row

// textRows are the rows of a text part. Of a flowed one all are whole.
func textRows(text string, flowed bool) []row {
	text = clamp(text)
	rows := make([]row, 0, min(strings.Count(text, "\n")+1, maxRows))
	for more := true; more; {
		line := text
		if len(rows) < maxRows-1 {
			line, text, more = strings.Cut(text, "\n")
		} else {
			more = false
		}
		line = strings.TrimSuffix(line, "\r")
		depth, body := unquote(line)
		w := newRow(line, body, depth)
		w.whole = flowed
		rows = append(rows, w)
	}
	return named(barred(rows))
}

// speaker is the name or the initials that some programs set before each line
// that they quote: "ES> ", "    Example> ".
var speaker = regexp.MustCompile(`^\s{0,8}(\p{Lu}[\pL.]{0,15})>(?: |$)`)

// named reads lines with a speaker as quoted where several follow an
// introduction.
func named(rows []row) []row {
	for i := 0; i < len(rows); i++ {
		if at := strings.IndexByte(rows[i].text, '>'); at < 0 || at > 48 {
			continue
		}
		m := speaker.FindStringSubmatch(rows[i].text)
		if m == nil || rows[i].depth > 0 || i == 0 || !strings.HasSuffix(strings.TrimSpace(lastText(rows[:i])), ":") {
			continue
		}
		j := i
		for ; j < len(rows) && rows[j].depth == 0; j++ {
			if n := speaker.FindStringSubmatch(rows[j].text); n == nil || n[1] != m[1] {
				break
			}
		}
		for k := i; k < j && j-i >= 2; k++ {
			rows[k].depth = 1
			rows[k].say(speaker.ReplaceAllString(rows[k].text, ""))
		}
		i = max(i, j-1)
	}
	return rows
}

// wholeAs finds which rows of the text part are whole: the HTML part has the
// same line in an element of its own.
func wholeAs(text, page []row) {
	whole := map[string]bool{}
	for i := range page {
		if page[i].whole && !page[i].empty {
			whole[strings.TrimSpace(page[i].raw)] = true
		}
	}
	for i := range text {
		text[i].whole = text[i].whole || whole[strings.TrimSpace(text[i].raw)]
	}
}

// barred reads lines that begin with a bar as quoted where several follow an
// introduction: some clients draw the quotation's edge that way.
func barred(rows []row) []row {
	for i := 0; i < len(rows); i++ {
		j := i
		for j < len(rows) && rows[j].depth == 0 && (strings.HasPrefix(rows[j].text, "| ") || rows[j].text == "|") &&
			!strings.Contains(strings.TrimPrefix(rows[j].text, "| "), " | ") {
			j++
		}
		if j-i >= 2 && i > 0 && strings.HasSuffix(strings.TrimSpace(lastText(rows[:i])), ":") {
			for k := i; k < j; k++ {
				rows[k].depth = 1
				rows[k].say(strings.TrimPrefix(strings.TrimPrefix(rows[k].text, "|"), " "))
			}
		}
		i = max(i, j-1)
	}
	return rows
}

// lastText is the last row that is not blank, of the last three.
func lastText(rows []row) string {
	for i := len(rows) - 1; i >= 0 && i >= len(rows)-3; i-- {
		if !rows[i].blank() {
			return rows[i].text
		}
	}
	return ""
}

// pageRows are the rows of an HTML part.
func pageRows(p *markup.Page) []row {
	lines := p.Lines()
	rows := make([]row, 0, len(lines))
	for _, l := range lines {
		depth, body := unquote(l.Text)
		w := newRow(l.Text, body, l.Depth+depth)
		w.hint, w.whole = l.Hint, l.Whole
		rows = append(rows, w)
	}
	return typedInSignature(rows)
}

// typedInSignature takes the mark of a signature from elements into which
// somebody typed a mail: it says a sentence, as no telephone's line does.
func typedInSignature(rows []row) []row {
	const sentence = 8 // words; twice as many characters of a script without blanks
	typed := false
	for i := range rows {
		w := &rows[i]
		if w.hint&markup.HintLight == 0 || w.depth > 0 || phrases.Device(w.text) {
			continue
		}
		blankless := 0
		for _, c := range w.text {
			if spaceless(c) {
				blankless++
			}
		}
		typed = typed || len(strings.Fields(w.text)) >= sentence || blankless >= 2*sentence
	}
	for i := range rows {
		if w := &rows[i]; typed && w.hint&markup.HintLight != 0 {
			w.hint &^= markup.HintSignature
		}
	}
	return rows
}

// next is the index of the first row from i on that is not blank, or the
// number of rows.
func (r *reading) next(i int) int {
	for i < len(r.rows) && r.rows[i].blank() {
		i++
	}
	return i
}

// prev is the index of the last row before i that is not blank, or -1.
func (r *reading) prev(i int) int {
	for i--; i >= 0 && r.rows[i].blank(); i-- {
	}
	return i
}
