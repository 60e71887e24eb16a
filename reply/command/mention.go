package command

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Mention is an @name in a text.
type Mention struct {
	Name       string // as the list of names has it; as written when nobody is called so
	Start, End int    // bytes of the text, from the @ to behind the name
	Line       int    // index of its line
}

// Mentions finds the @names in a text: @dana, @Dana Reyes (the longest name
// wins), @billing, in any case. Those that nobody bears are unknown. An @ in a
// mail address, in a link, or before something that is no word is none.
func Mentions(text string, names []string) (known, unknown []Mention) {
	index := nameIndex(names)
	line, prev := 0, ' '
	linkEnd := 0 // up to here the text is one link
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRuneInString(text[i:])
		if r == '\n' {
			line++
		}
		if f := foldRune(r); f != ' ' && f != -1 && prev == ' ' && i >= linkEnd {
			linkEnd = linkUpTo(text, i)
		}
		if foldRune(r) == '@' && i >= linkEnd && startsWord(prev) {
			if m, ok := mentionAt(text, i, n, index); ok {
				m.Line = line
				if m.Name != "" {
					known = append(known, m)
				} else {
					m.Name = fold(text[i+n : m.End])
					unknown = append(unknown, m)
				}
				line += strings.Count(text[i:m.End], "\n")
				i, prev = m.End, 'x'
				continue
			}
		}
		switch f := foldRune(r); {
		case f == -1:
		case f == '-' && r != '-':
			prev = ',' // a dash between words, not the hyphen of an address
		default:
			prev = f
		}
		i += n
	}
	return known, unknown
}

// LeadingMention reports whether a text begins with an @ and a word: its
// writer speaks to a colleague first.
func LeadingMention(text string) bool {
	s := strings.TrimLeftFunc(text, func(r rune) bool { return isBlank(r) || strings.ContainsRune("\"'(*_", foldRune(r)) })
	r, n := utf8.DecodeRuneInString(s)
	if foldRune(r) != '@' {
		return false
	}
	m, ok := mentionAt(s, 0, n, nil)
	return ok && m.End > n
}

// namePart is a name in its words.
type namePart struct {
	name  string
	words []string
}

// nameIndex lists the names by the first rune of their first word, folded.
func nameIndex(names []string) map[string][]namePart {
	index := map[string][]namePart{}
	for _, name := range names {
		words := strings.Fields(fold(strings.ToLower(name)))
		if len(words) == 0 {
			continue
		}
		key := firstRun(words[0])
		index[key] = append(index[key], namePart{name: name, words: words})
	}
	return index
}

// firstRun is the run of letters and digits at the start of s.
func firstRun(s string) string {
	for i, r := range s {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return s[:i]
		}
	}
	return s
}

// startsWord reports whether a name's @ can stand behind the rune: behind a
// letter it is an address, behind a slash a link.
func startsWord(prev rune) bool {
	return !unicode.IsLetter(prev) && !unicode.IsDigit(prev) && !unicode.Is(unicode.M, prev) && !strings.ContainsRune("._%+-/=@\\#&~", prev)
}

// linkUpTo is the end of the link that begins at i, or i.
func linkUpTo(text string, i int) int {
	end := len(text)
	if j := strings.IndexFunc(text[i:], func(r rune) bool { return foldRune(r) == ' ' || r == '<' || r == '>' }); j >= 0 {
		end = i + j
	}
	if end == i {
		return i
	}
	word := strings.ToLower(text[i:end])
	if strings.Contains(word, "://") || strings.HasPrefix(strings.TrimLeft(word, "(["), "www.") {
		return end
	}
	return i
}

// maxNameRunes bounds what an unknown name repeats.
const maxNameRunes = 64

// mentionAt reads a name behind the @ at i, whose width is n. Name is empty
// when nobody is called so.
func mentionAt(text string, i, n int, index map[string][]namePart) (Mention, bool) {
	from := i + n
	for from < len(text) {
		r, w := utf8.DecodeRuneInString(text[from:])
		if foldRune(r) != -1 {
			break
		}
		from += w
	}
	end, ends := wordAt(text, from)
	if end == from {
		return Mention{}, false
	}
	word := strings.ToLower(fold(text[from:end]))
	best := Mention{Start: i}
	for _, p := range index[firstRun(word)] {
		if e, ok := matchName(text, from, p.words); ok && e > best.End {
			best.Name, best.End = p.name, e
		}
	}
	if best.End > 0 {
		return best, true
	}
	first, _ := utf8.DecodeRuneInString(word)
	if !unicode.IsLetter(first) {
		return Mention{}, false // "@5pm"
	}
	if !ends && !strings.Contains(word, "@") && len(index[firstRun(word)]) == 0 {
		return Mention{}, false // "@example.com", but not "@dana.please call"
	}
	best.End = end
	return best, true
}

// wordAt is the end of the word at from: letters and digits, and signs between
// them. ends tells that no dot stood in it.
func wordAt(text string, from int) (end int, ends bool) {
	end, ends = from, true
	joined, runes := false, 0
	for j := from; j < len(text) && runes < maxNameRunes; runes++ {
		r, n := utf8.DecodeRuneInString(text[j:])
		f := foldRune(r)
		switch {
		case f == -1:
		case unicode.IsLetter(f) || unicode.IsDigit(f) || unicode.Is(unicode.M, f) || f == '_':
			if joined && strings.ContainsRune(text[end:j], '.') {
				ends = false
			}
			end, joined = j+n, false
		case (f == '.' || f == '-' || f == '@') && end > from && !joined:
			joined = true
		default:
			return end, ends
		}
		j += n
	}
	return end, ends
}

// matchName reports where the words of a name end in the text at from, in any
// case, with any blanks or one line break between them, and nothing behind
// that would make it another word.
func matchName(text string, from int, words []string) (int, bool) {
	j := from
	for k, w := range words {
		if k > 0 {
			start := j
			for j < len(text) && j-start < 8 {
				r, n := utf8.DecodeRuneInString(text[j:])
				if !isBlank(r) {
					break
				}
				j += n
			}
			if j == start {
				return 0, false
			}
		}
		e, ok := matchWord(text, j, w)
		if !ok {
			return 0, false
		}
		j = e
	}
	return j, boundary(text[j:])
}

// matchWord compares one word rune by rune, passing over what is not seen.
func matchWord(text string, j int, word string) (int, bool) {
	for _, want := range word {
		for {
			r, n := utf8.DecodeRuneInString(text[j:])
			if n == 0 {
				return 0, false
			}
			j += n
			f := foldRune(r)
			if f == -1 && j-n < len(text) {
				continue
			}
			if unicode.ToLower(f) != want {
				return 0, false
			}
			break
		}
	}
	return j, true
}

// boundary reports whether a name may end before rest.
func boundary(rest string) bool {
	r, n := utf8.DecodeRuneInString(rest)
	if n == 0 {
		return true
	}
	f := foldRune(r)
	if unicode.IsLetter(f) || unicode.IsDigit(f) || f == '_' || f == '@' {
		return false
	}
	if f == '.' || f == '-' { // dana.reyes and dana-marie are other words, "dana." is not
		next, m := utf8.DecodeRuneInString(rest[n:])
		return m == 0 || !unicode.IsLetter(next) && !unicode.IsDigit(next)
	}
	return true
}
