package reading

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"aside"
)

// longestSignature bounds the lines below an agent's name that may be a
// signature without any sign, and their octets.
const (
	longestSignature = 12
	widestSignature  = 120
)

// SignedAt is the first of the lines at which the agent's signature begins that
// a client put there with nothing that marks it: their name alone on a line,
// and below it nothing that may tell somebody something. It is the number of
// lines where there is none. Such a signature is not cut from what leaves, for
// it may be meant; but nothing is done because of it alone.
func SignedAt(lines []string, a *aside.Agent) int {
	end := len(lines)
	for end > 0 && strings.TrimSpace(lines[end-1]) == "" {
		end--
	}
	for i := max(0, end-longestSignature); i < end; i++ {
		name := strings.TrimSpace(lines[i])
		whole := strings.EqualFold(name, a.Name)
		short := i == end-1 && (strings.EqualFold(name, a.FirstName()) || strings.EqualFold(name, a.Handle))
		if (whole || short) && !slices.ContainsFunc(lines[i+1:end], says) {
			return i
		}
	}
	return len(lines)
}

// says reports whether a line may tell somebody something. What a signature
// holds is titles, firms, numbers and addresses.
func says(line string) bool {
	line = strings.TrimSpace(line)
	if line == "" {
		return false
	}
	first, _ := utf8.DecodeRuneInString(line)
	last, _ := utf8.DecodeLastRuneInString(line)
	switch {
	case len(line) > widestSignature, strings.ContainsRune("?!:\u3002\uff01\uff1f", last), strings.ContainsRune("/>", first):
		return true
	case last == '.' && !abbreviated(line):
		return true
	}
	return unicode.IsLower(first) && !strings.ContainsAny(line, "0123456789@") && !strings.Contains(line, "www.")
}

// abbreviated reports whether a line ends in an abbreviation, as firms' names
// do ("Ltd.", "S.A.", "e.V."), rather than in a sentence's last word.
func abbreviated(line string) bool {
	word := line[strings.LastIndexByte(line, ' ')+1:]
	first, _ := utf8.DecodeRuneInString(word)
	return len(word) <= len("Corp.") && (unicode.IsUpper(first) || strings.Count(word, ".") > 1)
}
