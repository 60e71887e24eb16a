package reply

import (
	"net/mail"
	"regexp"
	"strings"

	"aside"
	"aside/reply/phrases"
)

// forward is a forwarded mail found in the body.
type forward struct {
	from headers
	rows int // index of its first row of text
	end  int // index of the row after its last
}

// forwardAt marks everything from row i on as forwarded matter where a
// forward's header begins there, up to the line that mutt writes at its end.
func (r *reading) forwardAt(i int) bool {
	w := &r.rows[i]
	if w.depth > 0 && (w.raw != w.text && !r.forwardsQuoted(i) || r.quotedAbove(i)) || len(w.text) > 400 || w.kind == frame {
		return false
	}
	at := i
	explicit, drawn := phrases.Forward(w.text)
	if explicit {
		at = r.next(i + 1)
	} else if from, subject, ok := phrases.ForwardRun(w.text); ok {
		return r.forwards(i, i+1, runHeaders(from, subject))
	} else if !r.forwardBlock(i, &at) {
		return false
	}
	h, ok := r.readHeaders(at, true)
	if !ok || !h.has[phrases.From] {
		h, ok = r.looseHeaders(at, h, ok)
	}
	if explicit && !h.has[phrases.From] {
		if raw := r.rawHeaders(at); raw.has[phrases.From] {
			h, ok = raw, true
		}
	}
	if explicit && (!ok || !h.has[phrases.From] && !h.has[phrases.Subject]) {
		if !drawn {
			return false
		}
		h = headers{}
	}
	return r.forwards(i, at+h.rows, h)
}

// forwardsQuoted reports whether a forward whose header bears quote signs, too,
// may begin in row i.
func (r *reading) forwardsQuoted(i int) bool {
	p := r.prev(i)
	return r.held.forwards && (p < 0 || r.rows[p].depth == 0)
}

// forwards marks what is forwarded from row i on, its text from the row text.
func (r *reading) forwards(i, text int, h headers) bool {
	end, rest := r.forwardEnd(i)
	for k := i; k < len(r.rows); k++ {
		if r.rows[k].kind != frame && (k <= end || k >= rest) {
			r.rows[k].kind = forwarded
		}
	}
	if p := r.prev(i); p >= 0 && r.rows[p].kind == fresh && phrases.Rule(r.rows[p].text) {
		r.rows[p].kind = forwarded
	}
	r.forward = &forward{from: h, rows: text, end: end}
	return true
}

// runHeaders are headers that stood on one line.
func runHeaders(from, subject string) headers {
	var h headers
	h.values[phrases.From], h.values[phrases.Subject] = from, subject
	return h
}

// looseHeaders reads the sender where the header's language is not known, the
// subject on the last line, or where the header is an introduction.
func (r *reading) looseHeaders(at int, h headers, ok bool) (headers, bool) {
	if at >= len(r.rows) {
		return h, ok
	}
	if n := r.foreignBlock(at); n > 0 {
		h = headers{rows: n, count: n}
		h.has[phrases.From] = true
		for k := at; k < at+n; k++ {
			value, _ := phrases.Labelled(r.rows[k].text)
			if h.values[phrases.From] == "" && strings.Contains(value, "@") {
				h.values[phrases.From] = value
			}
			h.values[phrases.Subject] = value
		}
		return h, true
	}
	if o := r.attributionAt(at); o.rows > 0 && !h.has[phrases.From] && strings.Contains(r.rows[at].text, "@") {
		h.rows, h.count = o.rows, 1
		h.has[phrases.From] = true
		if h.values[phrases.From] = quotedSender.FindString(r.rows[at].text); h.values[phrases.From] == "" {
			h.values[phrases.From] = lastTwo.FindString(r.rows[at].text)
		}
		return h, true
	}
	return h, ok
}

// lastTwo is a name and its address in an introduction.
var lastTwo = regexp.MustCompile(`[^,;\d]*<[^<>]*@[^<>]*>`)

// quotedSender is the same where the name has quotation marks.
var quotedSender = regexp.MustCompile(`["„«“][^"„«»“”]+["»“”]\s*<[^<>]*@[^<>]*>`)

// forwardEnd finds the end line of a forward of mutt's: only the last one is
// the forwarder's, a line like it above that was in the mail itself. What
// stands below it down to the rest, the forwarder's signature, is new.
func (r *reading) forwardEnd(i int) (end, rest int) {
	n := len(r.rows)
	if !phrases.ForwardFrom(r.rows[i].text) {
		return n, n
	}
	for end = n - 1; end > i && (r.rows[end].depth != r.rows[i].depth || !phrases.ForwardEnd(r.rows[end].text)); end-- {
	}
	if end == i {
		return n, n
	}
	for rest = end + 1; rest < n && strings.TrimSpace(r.rows[rest].text) != "--"; rest++ {
	}
	return end, rest
}

// quotedAbove reports whether row i stands in quoted matter that has begun
// before it.
func (r *reading) quotedAbove(i int) bool {
	p := r.prev(i)
	return p >= 0 && (r.rows[p].depth >= r.rows[i].depth || r.rows[p].kind == intro)
}

// forwardBlock reports whether row i begins the header block of a client that
// forwards without saying so, as Outlook does: only the subject tells.
func (r *reading) forwardBlock(i int, at *int) bool {
	if !r.held.forwards {
		return false
	}
	j := i
	if text := r.rows[i].text; phrases.Rule(text) || phrases.Original(text) || phrases.Titled(text) ||
		r.rows[i].depth > 0 && !r.rows[i].isLabel() && phrases.Date(phrases.Clean(text)) {
		j = r.next(i + 1)
	} else if o := r.attributionAt(i); o.strong && r.rows[i].depth == 0 && strings.Contains(text, "@") {
		// Some programs introduce what they forward like what they answer.
		if below := r.next(i + o.rows); below < len(r.rows) && r.rows[below].depth == 0 {
			*at = i
			return true
		}
	}
	if j >= len(r.rows) {
		return false
	}
	*at = j
	if r.headerBlock(j) > 0 {
		return true
	}
	h, ok := r.readHeaders(j, false) // the day stood in the line above
	return ok && j > i && phrases.Date(phrases.Clean(r.rows[i].text)) && h.has[phrases.Subject] && strings.Contains(h.values[phrases.From], "@")
}

// forwardedMail is the forwarded mail as it goes on.
func (r *reading) forwardedMail() *aside.Forwarded {
	if r.forward == nil {
		return nil
	}
	h := r.forward.from
	out := &aside.Forwarded{From: parseSender(h.values[phrases.From]), Subject: h.values[phrases.Subject]}
	least := 99
	var lines []string
	end := min(r.forward.end, len(r.rows))
	matter := r.rows[min(r.forward.rows, end):end]
	if first := r.next(min(r.forward.rows, end)); first < end && announcesForward(r.rows[first].text) {
		if below := r.next(first + 1); below < end && !r.rows[below].isLabel() {
			matter = r.rows[below:end] // some close the header with the line above it
		}
	}
	for _, w := range matter {
		if w.kind == forwarded && !w.blank() {
			least = min(least, w.depth)
		}
	}
	for _, w := range matter {
		if w.kind == forwarded {
			lines = append(lines, strings.Repeat("> ", min(8, max(0, w.depth-least)))+strings.TrimRight(w.text, " \t"))
		}
	}
	for n := len(lines); n > 0 && (strings.TrimSpace(lines[n-1]) == "" || phrases.ForwardEnd(lines[n-1])); n-- {
		lines = lines[:n-1]
	}
	out.Text = strings.Trim(strings.Join(lines, "\n"), " \t\n\ufeff") // iPhones put the last one on top
	return out
}

// parseSender reads the value of a copied From line in the forms of the
// clients: Jane <jane@…>, Jane [mailto:jane@…], jane@… (Jane).
func parseSender(value string) aside.Address {
	value = strings.TrimSpace(strings.Trim(value, "*_ "))
	if a, err := mail.ParseAddress(value); err == nil {
		return aside.Address{Name: a.Name, Address: aside.FoldAddress(a.Address)}
	}
	found := addressForm.FindString(value)
	if found == "" {
		return aside.Address{Name: strings.Trim(value, `"' `)}
	}
	name := value[:strings.Index(value, found)]
	name = strings.TrimSuffix(strings.TrimRight(name, " <[('\""), "mailto:")
	name = strings.Trim(name, " <>[]()'\"„“”«»\t*_")
	if strings.Contains(name, "@") {
		name = ""
	}
	return aside.Address{Name: name, Address: aside.FoldAddress(found)}
}

// announcesForward reports whether a line is what a client writes above a
// mail that it forwards.
func announcesForward(text string) bool {
	forward, _ := phrases.Forward(text)
	return forward
}
