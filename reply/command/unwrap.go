package command

import (
	"regexp"
	"strings"
)

// wrapping is what clients append to, or put around, what they take for a
// link: <mailto:a@b.c>, [mailto:a@b.c], (mailto:a@b.c), <http://notes.md>.
var wrapping = regexp.MustCompile(`(?i)[<\[(]\s*(?:mailto:([^<>\[\]()\s]*)|https?://([^<>\[\]()\s]*))\s*[>\])]`)

// bareMailto is a link's target that took the place of its words.
var bareMailto = regexp.MustCompile(`(?i)(^|[\s,;<])mailto:([^\s<>,;?]+)(\?[^\s<>,;]*)?`)

// markdown is a link as some clients write it: [a@b.c](mailto:a@b.c).
var markdown = regexp.MustCompile(`(?i)\[([^\[\]\s]+)\]\((mailto:[^()\s]+)\)`)

// unwrap undoes link wrappings. A wrapping whose target is what stands before
// it goes; one that stands for an address alone becomes that address in angle
// brackets; one that says something else than the words before it stays, so
// that the grammar refuses it: which of the two was meant is not ours to say.
func unwrap(line string) string {
	if !strings.ContainsAny(line, ":") {
		return line
	}
	line = markdown.ReplaceAllString(line, "$1 <$2>")
	var b strings.Builder
	at := 0
	for _, m := range wrapping.FindAllStringSubmatchIndex(line, -1) {
		b.WriteString(line[at:m[0]])
		at = m[1]
		before := lastWord(b.String())
		switch {
		case m[2] >= 0:
			target := strings.SplitN(line[m[2]:m[3]], "?", 2)[0]
			switch {
			case strings.EqualFold(before, target):
			case strings.Contains(before, "@") && !strings.HasPrefix(before, "@"):
				b.WriteString(line[m[0]:m[1]])
			default:
				b.WriteString(" <" + target + ">")
			}
		case strings.EqualFold(before, strings.TrimSuffix(line[m[4]:m[5]], "/")):
		default:
			b.WriteString(line[m[0]:m[1]])
		}
	}
	b.WriteString(line[at:])
	return bareMailto.ReplaceAllString(b.String(), "$1$2")
}

// lastWord is the last word of s without angle brackets. Only the end of s is
// looked at, so that many wrappings in one line cost no more than their words.
func lastWord(s string) string {
	const most = 400
	if len(s) > most {
		s = s[len(s)-most:]
	}
	s = strings.TrimRight(s, " \t\u00a0")
	if i := strings.LastIndexAny(s, " \t\u00a0,;<"); i >= 0 {
		s = s[i+1:]
		s = strings.TrimPrefix(s, "\xa0")
	}
	return strings.Trim(fold(s), "<>")
}
