package reading

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"aside"
	"aside/reply/command"
)

// longestSignature bounds the lines below an agent's name that may be a
// signature without any sign, and their octets.
const (
	longestSignature = 12
	widestSignature  = 120
)

// closings are the words that close a letter above a name, and beside them
// stand no others: "Thanks!" alone, or "The blue one is best", tells something.
const (
	closings = " regards best cheers sincerely yours wishes greetings grüße grüßen grüsse grüssen gruß gruss " +
		"gruesse gruessen cordialement salutations saludos atentamente saluti groet groeten cumprimentos abraços " +
		"pozdrawiam pozdrowieniami hilsen hilsner hälsning hälsningar mvh lg vg mfg "
	besideClosings = " kind kindest warm warmest many with all the and thanks truly faithfully very " +
		"mit freundlichen freundlichem freundliche viele vielen liebe lieben beste besten herzliche herzlichen schöne schönen aus dank " +
		"bien à vous meilleures sincères un cordial saludo cordiales cordiali distinti met vriendelijke hartelijke com os melhores " +
		"z poważaniem med venlig vennlig venlige vennlige vänlig vänliga bästa "
)

// SignedAt is the first of the lines at which the agent's signature begins that
// a client put there with nothing that marks it: their name alone on a line,
// perhaps below words that close a letter, and above nothing that may tell
// somebody something. It is the number of lines where there is none. Such a
// signature is not cut from what leaves, for it may be meant; but nothing is
// done because of it alone.
func SignedAt(lines []string, a *aside.Agent) int {
	end := len(lines)
	for end > 0 && strings.TrimSpace(lines[end-1]) == "" {
		end--
	}
	for i := max(0, end-longestSignature); i < end; i++ {
		name := strings.TrimSpace(lines[i])
		short := i == end-1 && (strings.EqualFold(name, a.FirstName()) || strings.EqualFold(name, a.Handle))
		if (short || isName(name, a)) && !slices.ContainsFunc(lines[i+1:end], says) {
			return closedAt(lines, i)
		}
	}
	return len(lines)
}

// isName reports whether a line is the agent's name, in whatever order and with
// little beside it: "Reyes, Dana", "Dana M. Reyes, MSc".
func isName(line string, a *aside.Agent) bool {
	words, name := wordsOf(line), wordsOf(a.Name)
	if len(name) < 2 {
		return strings.EqualFold(line, a.Name)
	}
	return len(words) <= len(name)+2 && !slices.ContainsFunc(name, func(w string) bool { return !slices.Contains(words, w) }) && !says(line)
}

// closedAt is the line of the words that close a letter right above line i, else i.
func closedAt(lines []string, i int) int {
	k := i - 1
	for k >= 0 && strings.TrimSpace(lines[k]) == "" {
		k--
	}
	if k < 0 {
		return i
	}
	closes := false
	for _, w := range wordsOf(lines[k]) {
		closing := strings.Contains(closings, " "+w+" ")
		if !closing && !strings.Contains(besideClosings, " "+w+" ") {
			return i
		}
		closes = closes || closing
	}
	if !closes {
		return i
	}
	return k
}

// wordsOf are a line's words in small letters.
func wordsOf(line string) []string {
	return strings.FieldsFunc(strings.ToLower(line), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) && r != '\'' && r != '-' })
}

// says reports whether a line may tell somebody something. What a signature
// holds is titles, firms, numbers and addresses.
func says(line string) bool {
	line = command.Clean(line) // as commands and names are read
	if line == "" {
		return false
	}
	first, _ := utf8.DecodeRuneInString(line)
	last, _ := utf8.DecodeLastRuneInString(line)
	switch {
	case len(line) > widestSignature, strings.ContainsRune("?!:\u3002\uff01\uff1f", last), strings.ContainsRune("/>@", first):
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
