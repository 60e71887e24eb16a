package reply

import (
	"regexp"
	"strings"

	"aside"
)

// A passage is what nobody writes twice by chance: 12 words, or 16 characters
// of a script without spaces between words, or a mixture that weighs as much.
const (
	passageWord      = 4
	passageCharacter = 3
	passageWeight    = 12 * passageWord
	// densePassages is how many passages of one text are all kept; beyond that
	// it is one in sparsePassages, which still meets every copy of a page.
	densePassages  = 20000
	sparsePassages = 16
)

// Passage is a run of words that is long enough to be known again elsewhere.
type Passage struct {
	Hash     uint64
	From, To int // the octets of the text that it stands in
}

// Passages are the keyed hashes of every passage of a text, one for each word
// that has enough words after it. Words are compared as Normalise gives them,
// so case, line ends, quotation marks and quote prefixes do not matter, and
// the numbers of a list are no words. Two texts under one key that share a
// passage share a hash.
func Passages(key []byte, text string) []Passage {
	text = clamp(text)
	k := deriveKey(key, "aside passage")
	var s stream
	s.grow(len(text))
	at := make([]int, 0, cap(s.words)) // where the line of each word begins in text
	begin := 0
	for line := range strings.SplitSeq(text, "\n") {
		s.line(line)
		for len(at) < len(s.words) {
			at = append(at, begin)
		}
		begin += len(line) + 1
	}
	at = s.unnumber(text, at)
	out := make([]Passage, 0, min(len(s.words), densePassages))
	weight, end := 0, 0
	for i := range s.words {
		for ; end < len(s.words) && weight < passageWeight; end++ {
			weight += passageWeightOf(s.words[end])
		}
		if weight < passageWeight {
			break
		}
		h := k.sum(s.slice(i, end))
		if len(out) < densePassages || h%sparsePassages == 0 {
			out = append(out, Passage{Hash: h, From: at[i] + int(s.words[i].srcFrom), To: at[end-1] + int(s.words[end-1].srcTo)})
		}
		weight -= passageWeightOf(s.words[i])
	}
	return out
}

// unnumber takes out the words that only number the items of a list, "1." or
// "b)": a program that pastes a list writes others, bullets or nothing. It
// returns where the lines of the words that are left begin. Numbers count as
// such wherever they stand: a list may have been filled into one paragraph.
func (s *stream) unnumber(text string, at []int) []int {
	kept, end := 0, int32(0)
	for i, w := range s.words {
		if listNumber(text[at[i]:], int(w.srcFrom), int(w.srcTo)) {
			continue
		}
		if kept < i {
			n := int32(copy(s.text[end:], s.text[w.from:w.to]))
			s.text[end+n] = ' '
			w.from, w.to = end, end+n
		}
		s.words[kept], at[kept] = w, at[i]
		kept, end = kept+1, w.to+1
	}
	s.words, s.text = s.words[:kept], s.text[:end]
	return at[:kept]
}

// listNumber reports whether the word of a text from one octet to another
// numbers what follows it: one or two digits before a full stop or a
// parenthesis, or one letter before a parenthesis, and a blank.
func listNumber(text string, from, to int) bool {
	if to-from > 2 || to == len(text) || text[to] != ')' && text[to] != '.' {
		return false
	}
	if digits := strings.Trim(text[from:to], "0123456789") == ""; !digits {
		if letter := text[from] | 0x20; to-from > 1 || letter < 'a' || letter > 'z' || text[to] != ')' {
			return false
		}
	}
	return to+1 == len(text) || strings.ContainsRune(" \t\r\n", rune(text[to+1])) || strings.HasPrefix(text[to+1:], "\u00a0")
}

// Words counts the words of a text as passages do: a character of a script
// without spaces is three quarters of one.
func Words(text string) int {
	var s stream
	weight := 0
	for line := range strings.SplitSeq(clamp(text), "\n") {
		from, to := s.line(line)
		for _, w := range s.words[from:to] {
			weight += passageWeightOf(w)
		}
	}
	return weight / passageWord
}

func passageWeightOf(w word) int {
	if w.weight == wordWeight {
		return passageWord
	}
	return passageCharacter
}

// addressLike finds what may be an address in running text.
var addressLike = regexp.MustCompile(`[\pL\pN._%+=/-]{1,64}@[\pL\pN-]{1,63}(?:\.[\pL\pN-]{1,63}){1,8}`)

const maxAddresses = 1000 // of one text

// Addresses are the addresses that a text mentions, folded, each once.
func Addresses(text string) []string {
	if !strings.Contains(text, "@") {
		return nil
	}
	var out []string
	seen := map[string]bool{}
	for _, a := range addressLike.FindAllString(clamp(text), maxAddresses) {
		a = aside.FoldAddress(strings.Trim(a, ".-/=%"))
		if !seen[a] {
			seen[a] = true
			out = append(out, a)
		}
	}
	return out
}

// AddressHash is the keyed hash by which an address that was written somewhere
// is known again.
func AddressHash(key []byte, address string) uint64 {
	return deriveKey(key, "aside address").sum([]byte(aside.FoldAddress(address)))
}
