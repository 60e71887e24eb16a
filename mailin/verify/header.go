package verify

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/mail"
	"slices"
	"strings"

	"aside"

	"golang.org/x/net/idna"
)

// Limits of a header that is looked at. The largest honest ones have some
// 60 kB; the DKIM library's work grows with the square of a field's lines.
const (
	maxHeader     = 256 << 10 // octets
	maxFields     = 1000
	maxFieldLines = 1000
	maxLine       = 64 << 10
)

// field is one header field.
type field struct {
	name  string // lower-case
	raw   string // as it came, folded, each line ended by CRLF
	lines int
}

// value is the field's value, unfolded.
func (f field) value() string {
	_, v, _ := strings.Cut(f.raw, ":")
	return strings.TrimSpace(strings.ReplaceAll(v, "\r\n", ""))
}

// header is the header of a mail as DKIM sees it, topmost field first.
type header struct {
	fields []field
	length int // octets up to the body
	// odd says what no mail program writes. Two readers may see different
	// fields in such a header, so no signature over it proves anything: a
	// line of blanks, for one, ends the header for some and folds it for
	// others, and what stands below it could be a forger's.
	odd string
}

// readHeader reads up to the first empty line. What is odd is no error. br
// holds a line of maxLine octets.
func readHeader(br *bufio.Reader) (header, error) {
	var h header
	for {
		line, err := br.ReadSlice('\n')
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			h.odd = "a line of its header is too long"
			return h, nil
		case errors.Is(err, io.EOF):
			h.odd = "its header has no end"
			return h, nil
		case err != nil:
			return h, err
		}
		if h.length += len(line); h.length > maxHeader {
			h.odd = "its header is too long"
			return h, nil
		}
		raw := string(line)
		text := strings.TrimSuffix(strings.TrimSuffix(raw, "\n"), "\r")
		if text == "" {
			return h, nil
		}
		if len(raw)-len(text) != len("\r\n") {
			raw = text + "\r\n"
		}
		if h.odd = h.add(text, raw); h.odd != "" {
			return h, nil
		}
	}
}

// add takes one line that is not empty, without its end and with CRLF, and says
// what is odd in it.
func (h *header) add(line, raw string) (odd string) {
	if strings.ContainsAny(line, "\r\x00") {
		return "its header holds control characters"
	}
	if line[0] == ' ' || line[0] == '\t' {
		if len(h.fields) == 0 || strings.Trim(line, " \t") == "" {
			return "its header holds a line of blanks"
		}
		f := &h.fields[len(h.fields)-1]
		if f.lines++; f.lines > maxFieldLines {
			return "a field of its header is too long"
		}
		f.raw += raw
		return ""
	}
	name, _, ok := strings.Cut(line, ":")
	if !ok || name == "" || strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return "its header holds a line that is no field"
	}
	if len(h.fields) >= maxFields {
		return "its header has too many fields"
	}
	h.fields = append(h.fields, field{name: strings.ToLower(name), raw: raw, lines: 1})
	return ""
}

// count is how often a field stands in the header.
func (h header) count(name string) (n int) {
	for _, f := range h.fields {
		if f.name == name {
			n++
		}
	}
	return n
}

// author is whom From names.
type author struct {
	address string // folded
	domain  string // as A-labels
	problem string // why From names nobody who could be proved
}

// author reads From strictly: one field with one address, which is also what
// the lenient reader made of it. RFC 7489 section 6.6.1 leaves mail with
// several or with none out of DMARC; a group (RFC 6854) is nobody.
func (h header) author(m *aside.Mail) author {
	if h.odd != "" {
		return author{problem: "Nothing could be proved: " + h.odd + "."}
	}
	i := slices.IndexFunc(h.fields, func(f field) bool { return f.name == "from" })
	switch n := h.count("from"); {
	case n == 0:
		return author{problem: "The mail has no From, so nobody could be proved."}
	case n > 1:
		return author{problem: fmt.Sprintf("From stands %d times in its header, so nobody could be proved.", n)}
	}
	const unclear = "From does not name one address clearly, so nobody could be proved."
	p := mail.AddressParser{WordDecoder: &mime.WordDecoder{CharsetReader: func(_ string, r io.Reader) (io.Reader, error) { return r, nil }}}
	value := h.fields[i].value()
	list, err := p.ParseList(value)
	if err != nil || len(list) != 1 || len(m.FromAll) != 1 || isGroup(value) {
		return author{problem: unclear}
	}
	address := aside.FoldAddress(list[0].Address)
	local, domain := cutAddress(address)
	if address != m.From.Address || isASCII(local) != isASCII(list[0].Address[:strings.LastIndexByte(list[0].Address, '@')]) {
		return author{problem: unclear}
	}
	if domain = asciiDomain(domain); domain == "" {
		return author{problem: "The domain of From is none, so nobody could be proved."}
	}
	return author{address: address, domain: domain}
}

// isGroup reports whether an address field has a colon or semicolon outside of
// quotes, comments and brackets.
func isGroup(value string) bool {
	depth, quoted := 0, false
	for i := 0; i < len(value); i++ {
		switch c := value[i]; {
		case c == '\\':
			i++
		case c == '"' && depth == 0:
			quoted = !quoted
		case quoted:
		case c == '(':
			depth++
		case c == ')':
			depth--
		case depth == 0 && (c == ':' || c == ';'):
			return true
		}
	}
	return false
}

// cutAddress splits an address at its last @.
func cutAddress(address string) (local, domain string) {
	at := strings.LastIndexByte(address, '@')
	if at < 0 {
		return address, ""
	}
	return address[:at], address[at+1:]
}

// asciiDomain is a domain as DNS knows it: A-labels (RFC 5890), lower-case.
// Empty when it is no domain of the DNS.
func asciiDomain(domain string) string {
	domain = strings.ToLower(strings.TrimSpace(domain))
	if !isASCII(domain) {
		var err error
		if domain, err = idna.Lookup.ToASCII(domain); err != nil {
			return ""
		}
	}
	if domain == "" || len(domain) > 253 || !strings.Contains(domain, ".") || strings.HasPrefix(domain, "[") {
		return ""
	}
	for label := range strings.SplitSeq(domain, ".") {
		if label == "" || len(label) > 63 || strings.ContainsFunc(label, func(r rune) bool {
			return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '_'
		}) {
			return ""
		}
	}
	return domain
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > 127 })
}
