package phrases

import (
	"regexp"
	"strings"
)

// AboveThis reports whether a line is what ticket systems write on top of their
// mail: "##- Please type your reply above this line -##".
func AboveThis(line string) bool {
	if line = strings.TrimSpace(line); len(line) >= 200 {
		return false
	}
	words := strings.Trim(line, answerSigns+" \t")
	before, after, _ := strings.Cut(line, words)
	return words != "" && manySigns(before) && manySigns(after) && aboveThis.MatchString(words)
}

// answerSigns are drawn on either side of such a line, two at least.
const answerSigns = "#=*_-"

func manySigns(s string) bool { return len(strings.TrimSpace(s)) >= 2 }

// NotesLine reports whether a line is what Lotus Notes writes above a quotation:
// a name, a time and how the mail begins, between dashes.
func NotesLine(line string) bool {
	return len(line) < 1000 && strings.Contains(line, "---") && notesLine.MatchString(line)
}

var (
	aboveThis = regexp.MustCompile(`(?i)^(?:[^.!?]{0,40}(?:reply|respon[ds]|answer|type|write|writing)\b[^.!?]{0,30}above (?:this|the) line|[^.!?]{0,30}antwort[^.!?]{0,30}(?:über|oberhalb) dieser (?:linie|zeile)|` +
		`[^.!?]{0,30}(?:répon|écri)[^.!?]{0,30}(?:au-dessus|dessus) de cette ligne|[^.!?]{0,30}(?:respon|escrib|escrev)[^.!?]{0,40}(?:encima|arriba|acima) (?:de esta|desta) (?:línea|linha)|[^.!?]{0,30}(?:rispon|scriv)[^.!?]{0,30}sopra (?:questa|la) (?:riga|linea)|` +
		`[^.!?]{0,30}(?:antwoord|reageer|typ)[^.!?]{0,30}boven deze (?:regel|lijn))[^.!?]{0,60}$`)
	notesLine = regexp.MustCompile(`^[^-].{1,300}? ---\d{1,4}[./-]\d{1,2}[./-]\d{1,4},? \d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?: [AP]M)?---`)
)
