package reply

import (
	"bytes"
	"math/bits"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Origin tells where a line that aside knows was heard.
type Origin uint8

// The origins, the more private the higher.
const (
	Unknown   Origin = iota
	Own              // nobody but the writer of this mail said it
	Addressed        // the conversation that this reply goes to
	Elsewhere        // another conversation of the ticket
	Frame            // the frame of a notice
)

// A passage is hashed in windows of about five words: enough to be no
// coincidence, few enough to survive a client that wraps lines anew. A word of
// a script with spaces weighs two; a character of one without weighs one.
const (
	wordWeight   = 2
	windowWeight = 5 * wordWeight
	maxHashes    = 40000 // of one text; what lies beyond is not known again
)

// Normalise reduces text to what clients leave alone: its words in lower
// case, separated by single spaces, without quote prefixes, bullets, dashes,
// quotation marks, invisible characters, or the targets of links that clients
// write in brackets after the words. Every web address is the same word: the
// gateways of many firms write them anew.
func Normalise(text string) string {
	var s stream
	for line := range strings.SplitSeq(clamp(text), "\n") {
		s.line(line)
	}
	return string(bytes.TrimSuffix(s.text, []byte{' '}))
}

// Hashes are the keyed hashes by which the lines and passages of a text are
// known again: one for every line that has a word, and one for every window of
// about five words, line ends disregarded. The key decides all of them; equal
// texts under equal keys have equal hashes.
func Hashes(key []byte, text string) []uint64 {
	lineKey, windowKey := keys(key)
	text = clamp(text)
	s := stream{text: roomFor(len(text))}
	var lines []uint64
	windows := make([]uint64, 0, len(text)/5)
	var end windowEnd
	for line := range strings.SplitSeq(text, "\n") {
		if from, to := s.line(line); to > from {
			lines = append(lines, lineKey.sum(s.slice(from, to)))
		}
		done := 0 // words whose window has ended, and which are not needed again
		for ; end.after(s.words, done); done++ {
			windows = append(windows, windowKey.sum(s.slice(done, end.at)))
		}
		s.words = s.words[:copy(s.words, s.words[done:])]
		end.at -= done
	}
	return unique(lines, windows)
}

// unique is hashes in the order in which they come, each once, and no more than
// maxHashes.
func unique(lists ...[]uint64) []uint64 {
	n := 0
	for _, l := range lists {
		n += len(l)
	}
	n = min(n, maxHashes)
	out := make([]uint64, 0, n)
	// Where each of out stands there, counted from one: at its low bits or
	// behind. Hashes are spread evenly as they are, for who has no key cannot
	// choose them.
	slots := make([]uint16, 1<<bits.Len(uint(2*n)))
	mask := uint64(len(slots) - 1)
	for _, list := range lists {
	next:
		for _, h := range list {
			at := h & mask
			for ; slots[at] != 0; at = (at + 1) & mask {
				if out[slots[at]-1] == h {
					continue next
				}
			}
			if len(out) == maxHashes {
				return out
			}
			out = append(out, h)
			slots[at] = uint16(len(out))
		}
	}
	return out
}

func keys(key []byte) (line, window sipKey) {
	return deriveKey(key, "aside line"), deriveKey(key, "aside window")
}

// maxText bounds every text that is read, in octets.
const maxText = 2 << 20

// clamp cuts a text at the bound, between characters.
func clamp(text string) string {
	if len(text) <= maxText {
		return text
	}
	n := maxText
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}

// stream is a text as its normalised words, one after the other.
type stream struct {
	text  []byte // the words, a space after each
	words []word
}

// word is one word of a stream: where it stands there, where it stood in the
// line it came from, and what it weighs.
type word struct {
	from, to       int32 // in stream.text
	srcFrom, srcTo int32 // in the line as it was given
	weight         int8
}

// line adds the words of a line and returns their indexes.
func (s *stream) line(line string) (from, to int) {
	from = len(s.words)
	_, body := unquote(line)
	offset := len(line) - len(body)
	for at := 0; at < len(body); {
		if c := body[at]; c < utf8.RuneSelf {
			class := classes[c]
			if class == gap {
				at++
				continue
			}
			if class == letter || class == special && !maySign(body[at:]) { // nearly always: a word of ASCII
				if n := s.addASCII(body[at:], offset+at); n > 0 {
					at += n
					continue
				}
			}
		}
		if skip := target(body[at:]); skip > 0 {
			at += skip
			continue
		}
		r, size := utf8.DecodeRuneInString(body[at:])
		if !wordRune(r) {
			if r == ':' && strings.HasPrefix(body[at:], webAddress) && (at == 0 || body[at-1] == ' ') {
				s.addSign(offset+at, offset+at+len(webAddress))
				size = len(webAddress)
			}
			at += size
			continue
		}
		if n := markerAt(body[at:]); n > 0 {
			at += n
			continue
		}
		if n := webAddressAt(body[at:]); n > 0 {
			s.addSign(offset+at, offset+at+n)
			at += n
			continue
		}
		end := at + size
		if !spaceless(r) {
			end = wordEnd(body, end)
		}
		s.add(body[at:end], offset+at, offset+end)
		at = end
	}
	return from, len(s.words)
}

// What a character of ASCII is to a stream.
const (
	gap     = iota // between words
	sign           // perhaps the beginning of what is no word: a link, its target
	letter         // of a word
	special        // of a word, and perhaps the beginning of a marker or a web address
)

// classes tell what each octet is; what is no ASCII counts as a gap.
var classes = func() (out [256]uint8) {
	for c := range utf8.RuneSelf {
		if wordRune(rune(c)) {
			out[c] = letter
		}
	}
	for _, c := range "aAhHwW" {
		out[c] = special
	}
	for _, c := range "<([:" {
		out[c] = sign
	}
	return out
}()

// lower is each octet that is part of a word of ASCII, in lower case; 0 where it
// is part of none.
var lower = func() (out [256]byte) {
	for c := range utf8.RuneSelf {
		if wordRune(rune(c)) {
			out[c] = byte(unicode.ToLower(rune(c)))
		}
	}
	return out
}()

// maySign reports cheaply whether a marker or a web address may stand at the
// start of s, which begins as one of them does: "as", "ht" or "ww".
func maySign(s string) bool {
	if len(s) < 2 {
		return false
	}
	switch s[1] | 0x20 {
	case 's', 't', 'w':
		return true
	}
	return false
}

// addASCII adds the word of ASCII that begins body, and stood at src in the line,
// and returns its length; 0 if what goes on there is no ASCII.
func (s *stream) addASCII(body string, src int) int {
	from := len(s.text)
	if cap(s.text)-from <= len(body) {
		s.text = slices.Grow(s.text, len(body)+1)
	}
	n, text := 0, s.text[from:from+len(body)+1]
	for n < len(body) {
		c := lower[body[n]]
		if c == 0 {
			break
		}
		text[n] = c
		n++
	}
	if n < len(body) && body[n] >= utf8.RuneSelf {
		return 0
	}
	text[n] = ' '
	s.text = s.text[:from+n+1]
	s.words = append(s.words, word{from: int32(from), to: int32(from + n), srcFrom: int32(src), srcTo: int32(src + n), weight: wordWeight})
	return n
}

// grow makes room for a text of so many octets.
func (s *stream) grow(octets int) {
	s.text = roomFor(octets)
	s.words = make([]word, 0, octets/5+8)
}

// roomFor holds the words of a text of so many octets.
func roomFor(octets int) []byte { return make([]byte, 0, octets+octets/16+16) }

// markerAt is the length of a marker at the start of s. Markers differ from
// notice to notice while the lines they stand in are the same.
func markerAt(s string) int {
	if len(s) < len("aside-")+10 || !strings.EqualFold(s[:5], "aside") {
		return 0
	}
	hyphen, size := utf8.DecodeRuneInString(s[5:])
	end := 5 + size + 10
	if seen(hyphen) != '-' || len(s) < end {
		return 0
	}
	for i := end - 10; i < end; i++ {
		if c := s[i]; c >= utf8.RuneSelf || !wordRune(rune(c)) {
			return 0
		}
	}
	if r, _ := utf8.DecodeRuneInString(s[end:]); len(s) > end && wordRune(r) {
		return 0
	}
	return end
}

// webAddressAt is the length of a web address at the start of s, zero if none
// is there. Gateways rewrite them, so all are the same word.
func webAddressAt(s string) int {
	switch s[0] {
	case 'h', 'H', 'w', 'W':
	default:
		return 0
	}
	lower := strings.ToLower(s[:min(len(s), 8)])
	if !strings.HasPrefix(lower, "http://") && !strings.HasPrefix(lower, "https://") && !strings.HasPrefix(lower, "www.") {
		return 0
	}
	end := strings.IndexAny(s, " \t<>\"\u00a0|")
	if end < 0 {
		return len(s)
	}
	return end
}

// webAddress is the word that stands for every web address: no other word has
// these characters.
const webAddress = "://"

func (s *stream) addSign(srcFrom, srcTo int) {
	from := len(s.text)
	s.text = append(s.text, webAddress...)
	s.words = append(s.words, word{from: int32(from), to: int32(len(s.text)), srcFrom: int32(srcFrom), srcTo: int32(srcTo), weight: wordWeight})
	s.text = append(s.text, ' ')
}

// wordEnd finds where the word that has begun before end is over.
func wordEnd(body string, end int) int {
	for end < len(body) {
		r, size := utf8.DecodeRuneInString(body[end:])
		if invisible(r) {
			end += size
			continue
		}
		if !wordRune(r) || spaceless(r) {
			break
		}
		end += size
	}
	return end
}

// add adds a word, or the several that it is in plain characters: "㈱" is
// "株", and one character of Thai may be two.
func (s *stream) add(w string, srcFrom, srcTo int) {
	x := word{from: int32(len(s.text)), srcFrom: int32(srcFrom), srcTo: int32(srcTo), weight: wordWeight}
	for i := range len(w) {
		c := w[i]
		if c >= utf8.RuneSelf {
			s.text = s.text[:x.from]
			s.addPlain(unfolded(strings.Map(plain, w)), x)
			return
		}
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		s.text = append(s.text, c)
	}
	s.end(x)
}

// maxUnfolded is how many times as long a word may become in plain characters.
// Few are: one sign of Arabic is eighteen, and a mail of it would be a book.
const maxUnfolded = 3

// unfolded is a word in plain characters (NFKC), or as it is where that is far
// longer.
func unfolded(w string) string {
	if out := norm.NFKC.String(w); len(out) <= maxUnfolded*len(w) {
		return out
	}
	return w
}

// plain is a character in lower case, or none where it is invisible.
func plain(r rune) rune {
	if invisible(r) {
		return -1
	}
	return unicode.ToLower(r)
}

// addPlain adds the words of a text in plain characters.
func (s *stream) addPlain(text string, x word) {
	for _, r := range text {
		r = unicode.ToLower(r)
		if !wordRune(r) || spaceless(r) {
			x = s.end(x)
		}
		if !wordRune(r) {
			continue
		}
		s.text = utf8.AppendRune(s.text, r)
		if spaceless(r) {
			x.weight = 1
			x = s.end(x)
			x.weight = wordWeight
		}
	}
	s.end(x)
}

// end ends a word, if it has begun, and returns the one after it.
func (s *stream) end(x word) word {
	if len(s.text) > int(x.from) {
		x.to = int32(len(s.text))
		s.words = append(s.words, x)
		s.text = append(s.text, ' ')
	}
	x.from = int32(len(s.text))
	return x
}

// slice is the text of the words i to j, j not included.
func (s *stream) slice(i, j int) []byte { return s.text[s.words[i].from:s.words[j-1].to] }

// windowEnd is the end of the smallest window that begins at a word, found for
// each word in turn.
type windowEnd struct{ at, weight int }

// after moves to the end of the window that begins at word i; false where the
// words are over before it.
func (e *windowEnd) after(words []word, i int) bool {
	for ; e.at < len(words) && e.weight < windowWeight; e.at++ {
		e.weight += int(words[e.at].weight)
	}
	if e.weight < windowWeight {
		return false
	}
	e.weight -= int(words[i].weight)
	return true
}

// window returns the end of the smallest window that begins at word i, or -1
// where the text is over before it.
func (s *stream) window(i int) int {
	weight := 0
	for j := i; j < len(s.words); j++ {
		if weight += int(s.words[j].weight); weight >= windowWeight {
			return j + 1
		}
	}
	return -1
}

// wordRune reports whether a character is part of a word. Signs such as
// emoji count: a thumb up is an answer.
func wordRune(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.M, r) || unicode.Is(unicode.So, r)
}

// spaceless reports whether a character belongs to a script written without
// spaces between words.
func spaceless(r rune) bool {
	if r < 0x0e00 {
		return false
	}
	return r <= 0x0eff || r >= 0x1000 && r <= 0x109f || r >= 0x1780 && r <= 0x17ff || r >= 0x3040 && r <= 0x30ff ||
		r >= 0x3400 && r <= 0x4dbf || r >= 0x4e00 && r <= 0x9fff || r >= 0xf900 && r <= 0xfaff || r >= 0x20000 && r <= 0x3ffff
}

// invisible characters may stand inside a word and change nothing about it.
func invisible(r rune) bool {
	switch r {
	case 0xad, 0x34f, 0x61c, 0x180e, 0x2060, 0x2061, 0x2062, 0x2063, 0x2064, 0xfe0e, 0xfe0f, 0xfeff:
		return true
	}
	return r >= 0x200b && r <= 0x200f || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
}

// bracketed returns what stands in brackets at the start of s, which bracket
// closes it, and the length of it all; zero if no bracket opens there, or none
// closes it soon.
func bracketed(s string) (inner string, closing byte, length int) {
	switch s[0] {
	case '<':
		closing = '>'
	case '(':
		closing = ')'
	case '[':
		closing = ']'
	default:
		return "", 0, 0
	}
	end := strings.IndexByte(s[:min(len(s), 2048)], closing)
	if end < 0 {
		return "", 0, 0
	}
	return s[1:end], closing, end + 1
}

// target returns the length of a link's target in brackets at the start of s:
// <https://…>, (mailto:…), [cid:…], <jane@example.com>. Zero if none is there.
func target(s string) int {
	inner, closing, length := bracketed(s)
	if length == 0 || strings.ContainsAny(inner, " \t") {
		return 0
	}
	lower := strings.ToLower(inner[:min(len(inner), 8)])
	for _, scheme := range []string{"http://", "https://", "mailto:", "tel:", "cid:"} {
		if strings.HasPrefix(lower, scheme) {
			return length
		}
	}
	if closing == '>' && strings.Contains(inner, "@") {
		return length
	}
	return 0
}

// unquote takes the quote prefix off a line and tells how deep it was.
func unquote(line string) (depth int, body string) {
	at := 0
	for at < len(line) {
		i := at
		for i < len(line) && (line[i] == ' ' || line[i] == '\t') {
			i++
		}
		switch {
		case i < len(line) && line[i] == '>':
			i++
		case strings.HasPrefix(line[i:], "＞"):
			i += len("＞")
		case strings.HasPrefix(line[i:], "&gt;"): // a program wrote HTML into the text
			i += len("&gt;")
		default:
			return depth, line[at:]
		}
		depth++
		if i < len(line) && line[i] == ' ' {
			i++
		}
		at = i
	}
	return depth, line[at:]
}
