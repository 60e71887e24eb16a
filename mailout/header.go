package mailout

import (
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"aside"
)

// Limits of header lines: RFC 5322 section 2.1.1 wants 78 octets and allows
// 998, both without CRLF; RFC 2047 section 2 allows 76 where an encoded word
// stands, and such a word 75. Ours are shorter: "Reply-To: " fits before them.
const (
	softLine    = 78
	hardLine    = 998
	encodedLine = 76
	maxEncoded  = encodedLine - len("Reply-To: ")
)

// Bounds of what other people wrote and a header repeats, in octets. They keep
// every line below hardLine and a header readable.
const (
	maxName    = 200
	maxSubject = 2000
	maxAddress = 320 // 64 @ 255, RFC 5321 section 4.5.3.1
	maxID      = 250 // longer foreign Message-IDs are left out of References
	maxRefs    = 21  // the first and the last 20
)

// ErrMalformed says that a mail cannot be written as it is: an address or a
// Message-ID would break the header. Trying again does not help.
var ErrMalformed = errors.New("malformed")

// headerBlock collects the fields of one header.
type headerBlock struct {
	b strings.Builder
}

// words writes one field from words that must not be broken, folded between
// them so that lines are no longer than they should be where the words allow it.
func (h *headerBlock) words(name string, words []string) {
	fold := softLine
	if slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(w, encodedBegins) }) {
		fold = encodedLine
	}
	h.b.WriteString(name)
	h.b.WriteByte(':')
	used := len(name) + 1
	for i, w := range words {
		// The first word stays on the field's own line unless it would pass the
		// hard limit: a line of white space alone is obsolete syntax (RFC 5322
		// section 3.2.2), and some readers end the header there.
		limit := fold
		if i == 0 {
			limit = hardLine
		}
		if used+1+len(w) > limit {
			h.b.WriteString("\r\n")
			used = 0
		}
		h.b.WriteByte(' ')
		h.b.WriteString(w)
		used += 1 + len(w)
	}
	h.b.WriteString("\r\n")
}

// field writes a field whose value is known to be clean ASCII.
func (h *headerBlock) field(name, value string) { h.words(name, strings.Split(value, " ")) }

// text writes an unstructured field such as Subject.
func (h *headerBlock) text(name, value string) {
	value = cut(oneLine(value), maxSubject)
	if value == "" {
		h.b.WriteString(name + ":\r\n")
		return
	}
	if plainText(value) {
		h.words(name, strings.Split(value, " "))
		return
	}
	h.words(name, encodedWords(value))
}

// plainText reports whether an unstructured value can stand as it is: printable
// ASCII, single spaces, nothing that reads like an encoded word (RFC 2047
// section 5) and no word that could not be folded.
func plainText(s string) bool {
	if strings.Contains(s, "=?") || strings.Contains(s, "  ") {
		return false
	}
	word := 0
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
		word++
		if s[i] == ' ' {
			word = 0
		}
		if word > softLine-10 {
			return false
		}
	}
	return true
}

// addresses writes an address list, a comma after each but the last.
func (h *headerBlock) addresses(name string, list []aside.Address) error {
	var words []string
	for i, a := range list {
		one, err := addressWords(a)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if i < len(list)-1 {
			one[len(one)-1] += ","
		}
		words = append(words, one...)
	}
	if len(words) > 0 {
		h.words(name, words)
	}
	return nil
}

// ids writes a field of Message-IDs.
func (h *headerBlock) ids(name string, ids []string) {
	words := make([]string, len(ids))
	for i, id := range ids {
		words[i] = "<" + id + ">"
	}
	h.words(name, words)
}

// addressWords is one mailbox as words that may be folded between.
func addressWords(a aside.Address) ([]string, error) {
	spec, err := addrSpec(a.Address)
	if err != nil {
		return nil, err
	}
	name := cut(oneLine(a.Name), maxName)
	if name == "" {
		return []string{spec}, nil
	}
	return append(phrase(name), "<"+spec+">"), nil
}

// phrase is a display name: a quoted string while it is short printable ASCII,
// encoded words otherwise. It is always quoted, so that no character of a
// stranger's name can end it and begin an address.
func phrase(name string) []string {
	if !plainText(name) || len(name) > 60 {
		return encodedWords(name)
	}
	return []string{quote(name)}
}

// quote makes a quoted-string (RFC 5322 section 3.2.4).
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// addrSpec is an address as it stands in a header or an SMTP command: the
// local part quoted where it must be, the domain in its ASCII form (RFC 5890).
// A local part may stay UTF-8 (RFC 6531). What cannot be an address, or would
// break the line it stands in, is ErrMalformed.
func addrSpec(addr string) (string, error) {
	at := strings.LastIndexByte(addr, '@')
	if at < 1 || at == len(addr)-1 || len(addr) > maxAddress || !utf8.ValidString(addr) {
		return "", fmt.Errorf("address %q: %w", cut(addr, maxAddress), ErrMalformed)
	}
	for _, r := range addr {
		// Angle brackets could be quoted, but nobody has them in an address, and
		// software on the way takes them for its end.
		if unicode.IsControl(r) || r == '<' || r == '>' || r == '\u2028' || r == '\u2029' {
			return "", fmt.Errorf("address %q: %w", addr, ErrMalformed)
		}
	}
	domain, err := asciiDomain(addr[at+1:])
	if err != nil {
		return "", fmt.Errorf("address %q: %w", addr, err)
	}
	local := addr[:at]
	if len(local) > 1 && local[0] == '"' && local[len(local)-1] == '"' {
		local = unquote(local[1 : len(local)-1])
	}
	if !dotAtom(local) {
		local = quote(local)
	}
	return local + "@" + domain, nil
}

// unquote undoes the backslashes of a quoted-string's content.
func unquote(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// asciiDomain checks a domain and gives its ASCII form.
func asciiDomain(domain string) (string, error) {
	if strings.HasPrefix(domain, "[") && strings.HasSuffix(domain, "]") && len(domain) > 2 {
		if inner := domain[1 : len(domain)-1]; strings.Trim(inner, "0123456789abcdefABCDEFIPv:.") == "" {
			return domain, nil
		}
		return "", fmt.Errorf("domain literal: %w", ErrMalformed)
	}
	if !isASCII(domain) {
		var err error
		if domain, err = aside.ASCIIDomain(domain); err != nil {
			return "", fmt.Errorf("domain: %w", ErrMalformed)
		}
	}
	for i := 0; i < len(domain); i++ {
		c := domain[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.') {
			return "", fmt.Errorf("domain: %w", ErrMalformed)
		}
	}
	return domain, nil
}

// dotAtom reports whether a local part needs no quotes (RFC 5322 section
// 3.2.3, with the UTF-8 of RFC 6532).
func dotAtom(s string) bool {
	if s == "" || s[0] == '.' || s[len(s)-1] == '.' || strings.Contains(s, "..") {
		return false
	}
	for _, r := range s {
		if r <= ' ' || r == 0x7f || strings.ContainsRune(`()<>[]:;@\,"`, r) {
			return false
		}
		if r >= 0x80 && unicode.IsSpace(r) {
			return false
		}
	}
	return true
}

// validID reports whether a Message-ID, without its angle brackets, can be
// repeated in a header. Foreign ids break the grammar of RFC 5322 section
// 3.6.4 in many ways that all readers bear, so this asks only for what would
// break ours.
func validID(id string) bool {
	if id == "" || len(id) > maxID || strings.Contains(id, "=?") {
		return false // an encoded word could be decoded on the way, to anything
	}
	for i := 0; i < len(id); i++ {
		if id[i] <= ' ' || id[i] > '~' || id[i] == '<' || id[i] == '>' {
			return false
		}
	}
	return true
}

// thread is what a mail's In-Reply-To and References say. A mail that answers
// nothing in particular, or one whose id cannot be repeated, follows the last.
func thread(id aside.Identity) (inReplyTo string, refs []string) {
	refs = references(id.References)
	switch {
	case validID(id.InReplyTo):
		return id.InReplyTo, refs
	case len(refs) > 0:
		return refs[len(refs)-1], refs
	}
	return "", nil
}

// references keeps what may stand in References: the first id and the last 20,
// none that cannot be repeated.
func references(ids []string) []string {
	var out []string
	for _, id := range ids {
		if validID(id) {
			out = append(out, id)
		}
	}
	if len(out) > maxRefs {
		out = append(out[:1:1], out[len(out)-maxRefs+1:]...)
	}
	return out
}

// encodedBegins is how each encoded word of ours begins; its kind, a '?', the
// text and "?=" follow.
const encodedBegins = "=?utf-8?"

// encodedWords encodes any text by RFC 2047, in words of at most maxEncoded
// octets that never split a character; Q while most of it is ASCII, B otherwise. The Q form
// uses the narrow alphabet of a phrase, so that it is right everywhere.
func encodedWords(s string) []string {
	plain := 0
	for i := 0; i < len(s); i++ {
		if qSafe(s[i]) || s[i] == ' ' {
			plain++
		}
	}
	const room = maxEncoded - len(encodedBegins+"Q??=")
	if plain*3 >= len(s)*2 {
		return splitWords(s, "Q", room, qLength, qEncode)
	}
	return splitWords(s, "B", room/4*3, func(r string) int { return len(r) }, func(chunk string) string {
		return base64.StdEncoding.EncodeToString([]byte(chunk))
	})
}

// splitWords cuts s between characters so that each chunk costs at most room.
func splitWords(s, kind string, room int, cost func(string) int, encode func(string) string) []string {
	var words []string
	start, used := 0, 0
	flush := func(end int) {
		words = append(words, encodedBegins+kind+"?"+encode(s[start:end])+"?=")
		start, used = end, 0
	}
	for i := 0; i < len(s); {
		_, n := utf8.DecodeRuneInString(s[i:])
		c := cost(s[i : i+n])
		if used+c > room {
			flush(i)
		}
		used += c
		i += n
	}
	flush(len(s))
	return words
}

func qSafe(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("!*+-/", c) >= 0
}

func qLength(r string) int {
	if len(r) == 1 && (qSafe(r[0]) || r[0] == ' ') {
		return 1
	}
	return 3 * len(r)
}

func qEncode(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == ' ':
			b.WriteByte('_')
		case qSafe(s[i]):
			b.WriteByte(s[i])
		default:
			fmt.Fprintf(&b, "=%02X", s[i])
		}
	}
	return b.String()
}

// oneLine makes one clean line of a text that a person wrote, such as a
// subject or a name: valid UTF-8, control characters and line ends become
// blanks, the ends are trimmed. A stranger's line break is thus no header of
// ours, and no reason to fail either. The overrides of writing direction go
// too: with them a name can show another address than the one behind it.
func oneLine(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r), r == '\u2028', r == '\u2029':
			return ' '
		case aside.Steers(r):
			return -1
		}
		return r
	}, s))
}

// cut shortens s to at most n octets without splitting a character.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return strings.TrimRight(s[:n], " ")
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
