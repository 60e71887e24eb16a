package read

import (
	"regexp"
	"strings"
	"unicode"

	"aside"
)

// maxAddresses bounds the addresses read from one kind of field.
const maxAddresses = 500

// parseAddresses reads an address field leniently (RFC 5322 section 3.4 and
// what is sent instead of it): quoted local parts, comments as names, groups,
// missing brackets, semicolons for commas, encoded words anywhere.
func parseAddresses(s string) []aside.Address {
	if strings.TrimSpace(s) == "" {
		return nil
	}
	p := addressParser{s: s}
	p.run()
	return p.out
}

// addressParser reads one field from left to right.
type addressParser struct {
	s       string
	i       int
	phrase  strings.Builder
	comment string
	angle   string
	angled  bool
	noQuote bool // no closing quote is left: quotes are ordinary characters
	decoded bool // s came out of encoded words already
	out     []aside.Address
}

func (p *addressParser) run() {
	for p.i < len(p.s) && len(p.out) < maxAddresses {
		c := p.s[p.i]
		p.i++
		switch c {
		case '"':
			p.quoted()
		case '(':
			p.readComment()
		case '<':
			p.readAngle()
		case ',', ';':
			p.flush()
		case ':':
			p.colon()
		case '>': // closes nothing
		case '=':
			p.encoded()
		default:
			p.phrase.WriteByte(c)
		}
	}
	p.flush()
}

// nameWord is an encoded word that no address stands in.
var nameWord = regexp.MustCompile(`^=\?[^?\s]{1,60}\?[bBqQ]\?[^?\s<>@"]{0,200}\?=`)

// encoded takes an encoded word for one: programs leave signs in it that part
// addresses elsewhere (RFC 2047 section 5 allows them in no name).
func (p *addressParser) encoded() {
	word := nameWord.FindString(p.s[p.i-1:])
	if word == "" {
		word = "="
	}
	p.phrase.WriteString(word)
	p.i += len(word) - 1
}

// colon ends a group's name, or belongs to "mailto:".
func (p *addressParser) colon() {
	name := strings.TrimSpace(p.phrase.String())
	if before, found := cutMailto(name); found {
		p.phrase.Reset()
		p.phrase.WriteString(before + " ")
		return
	}
	if strings.ContainsRune(name, '@') || p.angled {
		p.phrase.WriteByte(':')
		return
	}
	p.phrase.Reset()
	p.comment = ""
}

// cutMailto cuts "mailto" off what stands before a colon, with the bracket that
// Outlook opens before it.
func cutMailto(s string) (before string, found bool) {
	const mailto = "mailto"
	if len(s) < len(mailto) || !strings.EqualFold(s[len(s)-len(mailto):], mailto) {
		return s, false
	}
	return strings.TrimRight(s[:len(s)-len(mailto)], "[ "), true
}

// quoted reads a quoted string: a local part when "@" follows, else a name.
func (p *addressParser) quoted() {
	if p.noQuote {
		p.phrase.WriteByte('"')
		return
	}
	var b strings.Builder
	for j := p.i; j < len(p.s); j++ {
		switch p.s[j] {
		case '\\':
			if j+1 < len(p.s) {
				j++
				b.WriteByte(p.s[j])
			}
		case '"':
			raw := p.s[p.i-1 : j+1]
			p.i = j + 1
			if p.i < len(p.s) && p.s[p.i] == '@' {
				p.phrase.WriteString(" " + strings.ReplaceAll(raw, " ", "\x01"))
			} else {
				p.phrase.WriteString(b.String())
			}
			return
		default:
			b.WriteByte(p.s[j])
		}
	}
	p.noQuote = true
}

// readComment reads a comment with its nested ones; one that is not closed
// is text.
func (p *addressParser) readComment() {
	depth := 1
	for j := p.i; j < len(p.s); j++ {
		switch p.s[j] {
		case '\\':
			j++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				p.comment = p.s[p.i:j]
				p.i = j + 1
				p.phrase.WriteByte(' ')
				return
			}
		}
	}
	p.comment = p.s[p.i:]
	p.i = len(p.s)
}

// readAngle reads <address>; without a closing bracket it ends at the comma.
func (p *addressParser) readAngle() {
	j, inQuote := p.i, false
	for ; j < len(p.s); j++ {
		c := p.s[j]
		if c == '"' {
			inQuote = !inQuote
		}
		if c == '>' || c == ',' && !inQuote && !strings.HasPrefix(p.s[p.i:], "@") {
			break
		}
	}
	// "<<a@b>>" and "Name <a@b> <c@d>": the last address counts.
	if a := strings.Trim(dropComments(p.s[p.i:j]), "< "); a != "" || !p.angled {
		p.angle, p.angled = a, true
	}
	p.i = j
	if j < len(p.s) && p.s[j] == '>' {
		p.i++
	}
}

// dropComments removes what stands in parentheses, which RFC 5322 allows even
// within an address. Quoted local parts are left alone.
func dropComments(s string) string {
	if strings.IndexByte(s, '(') < 0 || strings.IndexByte(s, '"') >= 0 {
		return s
	}
	var b strings.Builder
	depth := 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '(':
			depth++
		case c == ')' && depth > 0:
			depth--
		case depth == 0:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// flush ends one mailbox.
func (p *addressParser) flush() {
	phrase, comment, angle, angled := strings.TrimSpace(p.phrase.String()), p.comment, p.angle, p.angled
	p.phrase.Reset()
	p.comment, p.angle, p.angled = "", "", false
	if !angled {
		if !p.decoded && strings.Contains(phrase, "=?") {
			// Some encode the brackets as well, against RFC 2047 section 5.
			inner := addressParser{s: decodeHeader(phrase), decoded: true}
			inner.run()
			p.out = append(p.out, inner.out[:min(len(inner.out), maxAddresses-len(p.out))]...)
			return
		}
		words := strings.Fields(strings.ReplaceAll(phrase, " @ ", "@"))
		phrase = ""
		for _, w := range words {
			if angle == "" && strings.IndexByte(w, '@') > 0 {
				if angle = w; !strings.Contains(w, "@[") { // a domain literal
					angle = strings.TrimRight(w, "]")
				}
			} else {
				phrase += " " + w
			}
		}
	}
	addr := cleanAddress(angle)
	name := strings.ReplaceAll(phrase, "\x01", " ")
	if strings.TrimSpace(name) == "" {
		name = comment
	}
	if addr == "" && angled {
		addr = cleanAddress(strings.TrimSpace(phrase)) // "jane@x.example <>"
	}
	if addr == "" {
		return
	}
	p.out = append(p.out, aside.Address{Name: cleanName(name), Address: addr})
}

// cleanName decodes a display name.
func cleanName(s string) string {
	s = shorten(decodeHeader(s), maxName)
	for _, q := range []string{`"`, `'`} {
		if len(s) > 1 && strings.HasPrefix(s, q) && strings.HasSuffix(s, q) {
			s = strings.TrimSpace(s[1 : len(s)-1])
		}
	}
	return s
}

// cleanAddress folds an address, or returns "" when it is none. International
// domains become A-labels (RFC 5890), so that both spellings compare equal.
func cleanAddress(s string) string {
	if len(s) > 2000 {
		return ""
	}
	s = strings.ReplaceAll(s, "\x01", " ")
	if strings.Contains(s, "=?") {
		s = decodeHeader(s)
	}
	s, _ = toUTF8([]byte(s), "")
	s = strings.TrimSpace(oneLine(s))
	if len(s) > 7 && strings.EqualFold(s[:7], "mailto:") {
		s = s[7:]
	}
	if strings.HasPrefix(s, "@") { // source route, RFC 5321 appendix C
		if _, after, ok := strings.Cut(s, ":"); ok {
			s = after
		}
	}
	at := strings.LastIndexByte(s, '@')
	if at <= 0 || at == len(s)-1 {
		return ""
	}
	local, domain := strings.TrimSpace(s[:at]), strings.TrimSpace(s[at+1:])
	domain = strings.Trim(joinAtoms(domain), ".>;,'\"")
	if !strings.HasPrefix(local, `"`) {
		local = strings.Trim(joinAtoms(local), "'\"")
	}
	if !isQuoted(local) && strings.ContainsAny(local, specials) {
		return ""
	}
	if local == "" || strings.ContainsFunc(domain, unicode.IsSpace) || domain == "" || len(local)+len(domain) > 320 || strings.ContainsAny(domain, "<>()\"@:;,/\\") && !strings.HasPrefix(domain, "[") {
		return ""
	}
	return aside.FoldAddress(local + "@" + domain)
}

// specials make a local part one that needs quotes (RFC 5322 section 3.2.3):
// without them it would be several addresses to whoever reads it next.
const specials = `,;:<>()[]@\"`

// isQuoted reports whether a local part is one quoted string and nothing else.
func isQuoted(local string) bool {
	if len(local) < 3 || local[0] != '"' {
		return false
	}
	for i := 1; i < len(local); i++ {
		switch local[i] {
		case '\\':
			i++
		case '"':
			return i == len(local)-1
		}
	}
	return false
}

// joinAtoms takes out blanks beside dots, where RFC 5322 section 4.4 once
// allowed them. Any other blank stays: "da na" is not dana.
func joinAtoms(s string) string {
	labels := strings.Split(s, ".")
	for i, l := range labels {
		labels[i] = strings.TrimSpace(l)
	}
	return strings.Join(labels, ".")
}
