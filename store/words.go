package store

import (
	"cmp"
	"encoding/binary"
	"iter"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Words for PostgreSQL, and of what no index has yet, are told apart here, by
// the rule of FTS5's unicode61 and not by one of PostgreSQL's, so that a search
// finds the same on both engines and at any time: letters and digits in a row,
// without case and diacritics.

const (
	// wordOctets bounds a word; PostgreSQL takes less than 2048.
	wordOctets = 1000
	// wordsIndexed bounds what is indexed of one message, searchOctets or not:
	// a tsvector has at most a megabyte.
	wordsIndexed = 60000
	// lastPosition is where PostgreSQL stops to count; a phrase behind it is
	// not found, its words are.
	lastPosition = 16383
	// maxPositions is how many places of a word PostgreSQL takes.
	maxPositions = 255
	// phraseWords bounds one word of a search that is many for the index.
	phraseWords = 64
)

// word is one of a text, and where it stands in it.
type word struct {
	text       string
	start, end int // octets
}

// eachWord gives the words of a text one by one, at most limit of them.
func eachWord(text string, limit int) iter.Seq[word] {
	return func(yield func(word) bool) {
		start, n := -1, 0
		more := func(end int) bool {
			from := start
			start = -1
			if from < 0 {
				return true
			}
			w := foldWord(text[from:end])
			if w == "" {
				return true
			}
			n++
			return yield(word{w, from, end}) && n < limit
		}
		for i, r := range text {
			inside := unicode.IsLetter(r) && !newerLetter(r) || unicode.IsNumber(r) || unicode.Is(unicode.Co, r)
			switch {
			case inside && start < 0:
				start = i
			case !inside && start >= 0 && !accent(r):
				if !more(i) {
					return
				}
			}
		}
		more(len(text))
	}
}

// newerLetter reports whether a rune became a letter after unicode61 was made: a
// vowel of New Tai Lue, or one of two signs of Vedic.
func newerLetter(r rune) bool {
	return r >= 0x19b0 && r <= 0x19c0 || r == 0x19c8 || r == 0x19c9 || r == 0x1cf2 || r == 0x1cf3
}

// accent reports whether unicode61 takes a mark behind a letter as part of it.
func accent(r rune) bool {
	switch {
	case r >= 0x300 && r <= 0x304, r >= 0x306 && r <= 0x30c, r >= 0x323 && r <= 0x328:
		return true
	}
	switch r {
	case 0x30f, 0x311, 0x31b, 0x32d, 0x32e, 0x330, 0x331:
		return true
	}
	return false
}

// diacritic reports whether a mark is taken away where words are compared.
func diacritic(r rune) bool { return r >= 0x300 && r <= 0x36f }

// foldWord takes case and diacritics away.
func foldWord(s string) string {
	if len(s) <= wordOctets && isASCII(s) {
		return strings.ToLower(s)
	}
	var b strings.Builder
	for _, r := range norm.NFD.String(s) {
		if diacritic(r) || r == utf8.RuneError {
			continue
		}
		r = unicode.ToLower(unicode.ToUpper(r)) // the two forms of a Greek sigma are one
		if b.Len()+utf8.RuneLen(r) > wordOctets {
			break
		}
		b.WriteRune(r)
	}
	return norm.NFC.String(b.String())
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// tsvector is a text as PostgreSQL's index takes it, in the form in which the
// server sends and receives one: a text of it takes the server longer to read
// than the words to index.
func tsvector(text string) []byte {
	type lexeme struct {
		word   string
		places []byte // two octets each
	}
	var lexemes []lexeme
	of := map[string]int{}
	n, octets := 0, 4
	for w := range eachWord(text, wordsIndexed) {
		i, known := of[w.text]
		if !known {
			i = len(lexemes)
			of[w.text] = i
			lexemes = append(lexemes, lexeme{word: w.text})
			octets += len(w.text) + 3
		}
		// Behind the last place that counts a word has that one, once.
		if n++; n <= lastPosition || len(lexemes[i].places) == 0 {
			if len(lexemes[i].places) < 2*maxPositions {
				lexemes[i].places = binary.BigEndian.AppendUint16(lexemes[i].places, uint16(min(n, lastPosition)))
				octets += 2
			}
		}
	}
	// By the first eight octets of each: few words differ only behind them.
	type key struct {
		head uint64
		i    int
	}
	keys := make([]key, len(lexemes))
	for i, l := range lexemes {
		var head [8]byte
		copy(head[:], l.word)
		keys[i] = key{binary.BigEndian.Uint64(head[:]), i}
	}
	slices.SortFunc(keys, func(a, b key) int {
		if c := cmp.Compare(a.head, b.head); c != 0 {
			return c
		}
		return strings.Compare(lexemes[a.i].word, lexemes[b.i].word)
	})
	b := binary.BigEndian.AppendUint32(make([]byte, 0, octets), uint32(len(lexemes)))
	for _, k := range keys {
		l := lexemes[k.i]
		b = append(append(b, l.word...), 0)
		b = append(binary.BigEndian.AppendUint16(b, uint16(len(l.places)/2)), l.places...)
	}
	return b
}

// phrase is a word of a search: several for the index where it has signs in it,
// such as 4-711, which must then follow each other.
type phrase struct {
	words []string // as they are compared
	said  []string // as they were written
}

func phrases(words []string) (all []phrase) {
	for _, w := range words {
		var p phrase
		for part := range eachWord(w, phraseWords) {
			p.words, p.said = append(p.words, part.text), append(p.said, w[part.start:part.end])
		}
		if len(p.words) > 0 {
			all = append(all, p)
		}
	}
	return all
}

// tsquery asks PostgreSQL for all of the phrases.
func tsquery(phrases []phrase) string {
	var all []string
	for _, p := range phrases {
		all = append(all, "('"+strings.Join(p.words, "' <-> '")+"')")
	}
	return strings.Join(all, " & ")
}

// matchExpression asks FTS5 for all words of the phrases that are taken, as they
// were written: it folds a few letters in another way. What is one word here and
// several for it, it would refuse, not having the places of words.
func matchExpression(phrases []phrase, take func(word string) bool) string {
	var all []string
	for _, p := range phrases {
		for _, w := range p.said {
			if take(w) {
				all = append(all, `"`+w+`"`)
			}
		}
	}
	slices.Sort(all)
	return strings.Join(slices.Compact(all), " ")
}

// occur tells whether a text has all of the phrases.
func occur(phrases []phrase, text string) bool {
	missing := slices.Clone(phrases)
	var last []string // as many words as the longest phrase has, and some
	for w := range eachWord(text, wordsIndexed) {
		if len(last) == 2*phraseWords {
			last = append(last[:0], last[phraseWords:]...)
		}
		last = append(last, w.text)
		missing = slices.DeleteFunc(missing, func(p phrase) bool {
			return len(p.words) <= len(last) && slices.Equal(p.words, last[len(last)-len(p.words):])
		})
		if len(missing) == 0 {
			return true
		}
	}
	return false
}

// excerptWords is how many words an excerpt has.
const excerptWords = 16

// excerpt shows where a text has the words that were searched for: the first
// of them with those around it. Where it has none it is how the text begins.
func excerpt(text string, searched []phrase) (out string, found bool) {
	wanted := map[string]bool{}
	for _, p := range searched {
		for _, w := range p.words {
			wanted[w] = true
		}
	}
	var words []word
	first := 0
	for w := range eachWord(text, wordsIndexed) {
		words = append(words, w)
		if !found && wanted[w.text] {
			first, found = max(0, len(words)-1-excerptWords/4), true
		}
		if found && len(words) > first+excerptWords {
			break
		}
	}
	if len(words) == 0 {
		return "", false
	}
	// Whoever prints it, and must show no code of /confirm, knows one by the command
	// before it.
	for first > 0 && words[first-1].text == "confirm" {
		first--
	}
	from, gap := words[first].start, 0
	if first > 0 {
		gap = words[first-1].end
	}
	if at := strings.LastIndexByte(text[gap:from], '/'); at >= 0 {
		from = gap + at // a command keeps its sign
	}
	last := min(first+excerptWords, len(words)) - 1
	out = text[from:words[last].end]
	if first > 0 {
		out = " … " + out
	}
	if last < len(words)-1 {
		out += " … "
	}
	return out, found
}
