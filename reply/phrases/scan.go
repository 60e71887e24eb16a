package phrases

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// What stands here is asked of every line of every mail, nearly always to learn
// that the line is none of those that the lists have: it tells so without
// taking the line apart.

// ascii reports whether a line has ASCII characters alone.
func ascii(line string) bool {
	for len(line) >= 8 {
		x := uint64(line[0]) | uint64(line[1])<<8 | uint64(line[2])<<16 | uint64(line[3])<<24 |
			uint64(line[4])<<32 | uint64(line[5])<<40 | uint64(line[6])<<48 | uint64(line[7])<<56
		if x&0x8080808080808080 != 0 {
			return false
		}
		line = line[8:]
	}
	for i := range len(line) {
		if line[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// hasDigit reports whether a line has a digit of ASCII.
func hasDigit(line string) bool {
	for i := range len(line) {
		if c := line[i]; '0' <= c && c <= '9' {
			return true
		}
	}
	return false
}

// Colon is where the first colon of a line stands, the wide one of Chinese and
// Japanese included, or -1.
func Colon(line string) int {
	at := strings.IndexByte(line, ':')
	before := line
	if at >= 0 {
		before = line[:at]
	}
	if wide := strings.Index(before, "："); wide >= 0 {
		return wide
	}
	return at
}

// drawnAround reports whether a character is one of those that clients draw
// around a phrase.
func drawnAround(r rune) bool {
	switch r {
	case ' ', '\t', '-', '–', '—', '─', '━', '_', '=', '*', ':', '：', '>', '|':
		return true
	}
	return false
}

// maxFirst is how long the first word of a phrase may be.
const maxFirst = 96

// beginsLike reports whether the first word of a line is one of firsts, what is
// drawn around it and letter case apart. A line that is none of the phrases
// that these are the first words of may begin like one, too.
func beginsLike(line string, firsts map[string]bool) bool {
	var word [maxFirst + utf8.UTFMax]byte
	if first, ok := firstASCII(line); ok && len(first) <= maxFirst {
		return first != "" && firsts[string(lowered(word[:], first))]
	}
	n, end, begun := 0, 0, false // end: behind the last character that is not drawn
	for _, r := range line {
		if r >= utf8.RuneSelf {
			r = cleanRune(r)
		}
		if r < 0 {
			continue
		}
		drawn := drawnAround(r)
		space := r == ' ' || r == '\t' || unicode.IsSpace(r)
		switch {
		case !begun && (drawn || space):
			continue
		case space:
			return firsts[string(word[:end])]
		case drawn && n >= maxFirst:
			continue
		case n >= maxFirst:
			return false
		}
		begun = true
		n += utf8.EncodeRune(word[n:], unicode.ToLower(r))
		if !drawn {
			end = n
		}
	}
	return begun && firsts[string(word[:end])]
}

// firstASCII is the first word of a line without what is drawn around it; not ok
// where the line is no ASCII up to there.
func firstASCII(line string) (word string, ok bool) {
	from := 0
	for from < len(line) && (blankASCII(line[from]) || drawnAround(rune(line[from]))) {
		from++
	}
	to := from
	for to < len(line) && !blankASCII(line[to]) {
		if line[to] >= utf8.RuneSelf {
			return "", false
		}
		to++
	}
	for to > from && drawnAround(rune(line[to-1])) {
		to--
	}
	return line[from:to], true
}

func blankASCII(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }

// firstWords are the first words of phrases.
func firstWords(lists ...map[string]bool) map[string]bool {
	out := map[string]bool{}
	for _, list := range lists {
		for p := range list {
			first, _, _ := strings.Cut(p, " ")
			out[strings.TrimFunc(first, drawnAround)] = true
		}
	}
	return out
}
