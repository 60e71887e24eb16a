package reply

import (
	"regexp"
	"strings"

	"aside/reply/markup"
	"aside/reply/phrases"
)

// headers is what a block of copied header lines holds.
type headers struct {
	rows, count int
	values      [phrases.Labels]string
	has         [phrases.Labels]bool

	last phrases.Label // the one that was read last
	more []string      // rows that its value goes on in
}

// join ends the value of the last label. Rows are joined only here: a block of
// many would be copied once for each of them.
func (h *headers) join() {
	if len(h.more) > 0 {
		h.values[h.last] = strings.TrimSpace(h.values[h.last] + " " + strings.Join(h.more, " "))
		h.more = nil
	}
}

// headerRows counts the copied header lines at row i, their continuations
// included; fewer than least count as none. Below a line of a client's own,
// the colons may be missing.
func (r *reading) headerRows(i, least int) int {
	n, _ := r.readHeaders(i, least == 1)
	if n.count < least {
		return 0
	}
	return n.rows
}

// readHeaders reads the block of copied header lines at row i, if there is
// one: "From:", "Sent:" and so on, each perhaps wrapped, blank lines between
// them where a client made paragraphs of them.
func (r *reading) readHeaders(i int, bare bool) (headers, bool) {
	h := headers{last: phrases.None}
	end := min(i, len(r.rows))
	for j := i; j < len(r.rows) && j < i+60 && h.count < 12; j++ {
		w := &r.rows[j]
		if w.blank() {
			// One blank line between header lines, if a header line follows.
			if k := r.next(j); h.last == phrases.None || k-j > 1 || k >= len(r.rows) || !r.rows[k].isLabel() || h.has[phrases.Subject] {
				break
			}
			continue
		}
		l, value := w.header(bare)
		switch {
		case l != phrases.None && (!h.has[l] || l == phrases.Other):
			h.join()
			h.count++
			h.has[l] = true
			h.values[l] = value
			h.last = l
		case h.last != phrases.None && j == end && h.continues(w):
			if !w.empty { // as a picture alone is
				h.more = append(h.more, strings.TrimSpace(w.text))
			}
		case h.last == phrases.Subject && j == end && r.wrapsSubject(j):
			h.more = append(h.more, strings.TrimSpace(w.text))
		case h.count > 0 && j == end && r.strangeLabel(j):
			h.join()
			h.last = phrases.Other
		default:
			h.join()
			h.rows = end - i
			return h, h.count > 0
		}
		end = j + 1
	}
	h.join()
	h.rows = end - i
	return h, h.count > 0
}

// wrapsSubject reports whether row j goes on with the subject above it, which was
// too long for its row: another header line stands below.
func (r *reading) wrapsSubject(j int) bool {
	first, _, _ := strings.Cut(strings.TrimSpace(r.rows[j].text), " ")
	return len(r.rows[j-1].text)+len(first) >= 60 && j+1 < len(r.rows) && r.rows[j+1].isLabel() && !r.rows[j].commandRow()
}

// strangeLabel reports whether row j is a header line in a word that is not
// known, between others that are.
func (r *reading) strangeLabel(j int) bool {
	return r.rows[j].isStrangeLabel() && j+1 < len(r.rows) && r.rows[j+1].isLabel()
}

// labelled reads a copied header line.
func labelled(text string) (phrases.Label, string) {
	if phrases.Colon(text) < 0 && strings.IndexByte(text, '|') < 0 {
		return phrases.None, ""
	}
	return phrases.Header(text, false)
}

// continues reports whether a row can be the rest of a wrapped header line, or
// its value on a row of its own.
func (h *headers) continues(w *row) bool {
	of := h.last
	text := strings.TrimSpace(w.text)
	if len(text) > 200 || w.commandRow() {
		return false
	}
	if h.values[of] == "" && len(h.more) == 0 && of != phrases.Other && !strings.HasSuffix(text, ":") && of != phrases.Cc {
		return true
	}
	switch of {
	case phrases.From, phrases.To, phrases.Cc:
		return strings.ContainsAny(text, "@;<>")
	case phrases.Sent, phrases.Day:
		return phrases.Clock(phrases.Clean(text)) && len(text) < 40
	}
	return false
}

// headerBlock returns the length of a header block that needs no rule above
// it to be known as one. "From: Berlin / To: Hamburg / Date: 3 May" is none:
// it has no label that only mail has, and no address.
//
// Its client may have drawn a rule above the first line: what stands over that
// is none of its lines, however alike ("Tracking number: 1Z999").
func (r *reading) headerBlock(i int) int {
	n := r.anyBlock(i)
	if n > 0 && r.isFirst() && r.isRawHeader(i, i+n) {
		return 0
	}
	for k := i + 1; k < i+n; k++ {
		if r.rows[k].hint&markup.HintRule != 0 && r.rows[i].hint&markup.HintRule == 0 {
			return 0
		}
	}
	return n
}

// rawField is a field of a mail's header that no client copies above a quotation.
var rawField = regexp.MustCompile(`(?i)^\s*(?:return-path|received|delivered-to|message-id|mime-version|content-type|dkim-signature|authentication-results|x-[a-z-]+)\s*:`)

// isRawHeader reports whether the rows from one to the other, and the one right
// above them, have a field that only somebody pastes who asks about a mail.
func (r *reading) isRawHeader(from, to int) bool {
	for k := max(from-1, 0); k < to; k++ {
		if rawField.MatchString(r.rows[k].text) {
			return true
		}
	}
	return false
}

// maxRawHeader bounds the header of a mail that was forwarded with all of it, in
// rows.
const maxRawHeader = 300

// rawHeaders reads the whole header of a forwarded mail at row i, as some
// programs copy it, and some people set them to: each field, folded or not.
func (r *reading) rawHeaders(i int) headers {
	var h headers
	for j := i; j < len(r.rows) && j < i+maxRawHeader; j++ {
		w := &r.rows[j]
		l, value := w.header(false)
		switch {
		case w.blank():
			return h
		case field.MatchString(w.text) || l != phrases.None:
			h.join()
			h.count++
			if h.last = phrases.Other; l != phrases.None && !h.has[l] {
				h.last, h.has[l], h.values[l] = l, true, value
			}
		case h.count > 0 && strings.TrimLeft(w.text, " \t") != w.text:
			h.more = append(h.more, strings.TrimSpace(w.text))
		default:
			return headers{}
		}
		h.rows = j + 1 - i
	}
	return headers{}
}

// field begins a field of a mail's header.
var field = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]{1,50}:\s`)

func (r *reading) anyBlock(i int) int {
	if !r.rows[i].isLabel() {
		return r.foreignBlock(i)
	}
	h, ok := r.readHeaders(i, false)
	if !ok || h.count < 2 {
		return r.foreignBlock(i)
	}
	if !r.sureHeaders(&h, r.rows[i].hint&markup.HintRule != 0) {
		return r.foreignBlock(i)
	}
	return h.rows
}

// sureHeaders reports whether a block is of a mail beyond doubt: it names a
// sender and a day, with an address, a time of day, or a subject beside them.
// An address of ours needs no day, and a rule above only one thing more.
func (r *reading) sureHeaders(h *headers, ruled bool) bool {
	if !h.has[phrases.From] && !h.has[phrases.Sent] {
		return false
	}
	from, when := h.values[phrases.From], phrases.Clean(h.values[phrases.Sent]+" "+h.values[phrases.Day])
	address := strings.Contains(from, "@") || strings.Contains(h.values[phrases.To], "@")
	day := phrases.Date(when) || phrases.Clock(when) || h.has[phrases.Sent] && strings.ContainsAny(when, "0123456789")
	switch {
	case !h.has[phrases.From]:
		return ruled && day && h.count >= 3
	case ruled:
		return address || day || h.has[phrases.Subject]
	case address && r.linksHome(from):
		return true
	case !day:
		return h.has[phrases.Sent] && h.has[phrases.Subject]
	case r.isFirst() && !address && !ofDay.MatchString(when):
		return false // an invoice has such a head, too
	}
	return address || h.has[phrases.Subject] && (h.count >= 4 || h.has[phrases.Sent]) || h.has[phrases.Sent] && h.count >= 3 && phrases.Clock(when)
}

// ofDay is a time of day that is no part of a date.
var ofDay = regexp.MustCompile(`\d[:h]\d\d|\s\d{1,2}\.\d\d(?:\s|$)|[時时시]`)

// foreignBlock is a header block in a language that is not known: at least
// three lines of a few words, a colon and a value, among them a name with its
// address in brackets and a day with its time.
func (r *reading) foreignBlock(i int) int {
	person, when, n := false, false, 0
	for ; i+n < len(r.rows) && n < 7; n++ {
		text := r.rows[i+n].text
		if len(text) > 1000 || n == 0 && phrases.Colon(text) < 0 {
			break
		}
		value, ok := phrases.Labelled(text)
		if !ok {
			break
		}
		if n == 0 && isSentence(value) || n > 0 && r.headerBegins(i, i+n) {
			return 0 // somebody's last line stands right above the block
		}
		if n < 2 && (strings.Contains(value, "<") && strings.Contains(value, "@") && !strings.HasPrefix(value, "<") || strings.Contains(value, "[mailto:")) {
			person = true
		}
		when = when || phrases.Date(value) && phrases.Clock(value)
	}
	if n < 3 || !person || !when {
		return 0
	}
	return n
}

// isSentence reports whether the value of a line like a header's is one that
// somebody wrote.
func isSentence(value string) bool {
	return len(strings.Fields(value)) >= 6 && endsSentence(value) && !strings.Contains(value, "@")
}

// headerBegins reports whether a header block begins in row j, of which row i
// above it is no part: a rule is drawn between them, or row i is no header
// line and the block does without it.
func (r *reading) headerBegins(i, j int) bool {
	if r.rows[j].hint&markup.HintRule != 0 {
		return true
	}
	if r.rows[i].isLabel() || !r.rows[j].isLabel() {
		return false
	}
	h, ok := r.readHeaders(j, false)
	return ok && h.has[phrases.From] && h.count >= 3 && r.sureHeaders(&h, false)
}

// notesBlock is the header that Lotus Notes writes without colons: a name and
// a time, then "To" and "Subject", each with its value on the next row.
func (r *reading) notesBlock(i int) int {
	at := r.next(i + 1)
	if at < len(r.rows) && !r.rows[at].saysTo() {
		at = r.next(at + 1)
	}
	if at >= len(r.rows) || !r.rows[at].saysTo() || len(r.rows[i].text) > 200 {
		return 0
	}
	when := false
	for k := i; k < at; k++ {
		text := phrases.Clean(r.rows[k].text)
		when = when || len(text) <= 200 && phrases.Date(text) && phrases.Clock(text)
	}
	if !when {
		return 0
	}
	for range 8 {
		if at = r.next(at + 1); at >= len(r.rows) || len(r.rows[at].text) > 500 {
			return 0
		}
		if r.rows[at].saysSubject() {
			return min(r.next(at+1)+1, len(r.rows)) - i
		}
	}
	return 0
}

// column is the word of a header line that Lotus Notes sets to the right of the
// sender's column.
var column = regexp.MustCompile(`(?i)\s{2,}(?:to|an|à|para|aan|til|till|cc|kopie|copie|copia|subject|thema|betreff|objet|asunto|oggetto|onderwerp|assunto)\s*$`)

// notesColumns is the same header where the text part has it in columns: the
// sender and the time at the left, the words and their values at the right.
func (r *reading) notesColumns(i int) int {
	if !strings.HasPrefix(r.rows[i].text, "    ") || i > 0 && !r.rows[i-1].blank() {
		return 0
	}
	words, when := 0, false
	for k := i; k < len(r.rows) && k < i+16; k++ {
		text := r.rows[k].text
		if r.rows[k].blank() {
			continue
		}
		if !strings.HasPrefix(text, "    ") || len(text) > 200 {
			return 0
		}
		if words == 0 && k > i+6 {
			return 0
		}
		clean := phrases.Clean(text)
		when = when || phrases.Date(clean) && phrases.Clock(clean)
		if column.MatchString(text) {
			words++
		}
		if words == 3 && when {
			return min(r.next(k+1)+1, len(r.rows)) - i
		}
	}
	return 0
}

// headerRun is a header block whose lines run into each other.
func (r *reading) headerRun(i int) int {
	if !r.rows[i].isLabel() {
		return 0
	}
	joined, starts := "", 0
	for j := i; j < len(r.rows) && j < i+maxIntroRows; j++ {
		w := &r.rows[j]
		if w.blank() || w.kind == frame || j > i && (w.commandRow() || w.hint&markup.HintRule != 0) || len(joined)+len(w.text) > maxIntro {
			return 0
		}
		if r.joined++; r.joined > maxJoined {
			return 0
		}
		joined = strings.TrimSpace(joined + " " + phrases.Clean(w.text))
		if w.isLabel() {
			starts++
		}
		if phrases.HeaderRun(joined) <= starts {
			continue
		}
		for j+1 < len(r.rows) && j+1 < i+maxIntroRows && !r.rows[j+1].blank() && r.rows[j+1].kind != frame && !r.rows[j+1].commandRow() {
			j++
		}
		return j + 1 - i
	}
	return 0
}

// isWord reports whether a line is nothing but the word of a label.
func isWord(text string, label phrases.Label) bool {
	if len(text) > 40 || phrases.Colon(text) >= 0 {
		return false
	}
	l, value := phrases.Header(strings.TrimSpace(text)+":", false)
	return l == label && value == ""
}
