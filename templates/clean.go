package templates

import (
	"html"
	"strings"
	"unicode"
	"unicode/utf8"

	"aside"
)

// Bounds in characters of what strangers can put into a mail's own words.
const (
	maxName    = 80
	maxLine    = 300
	maxSubject = 250
	maxText    = 20000
	maxMarks   = 4 // combining marks on one letter; no language needs more
)

// width is the longest line of text that clients quote without wrapping it
// again: 78 less some levels of "> ".
const width = 72

// cleanLine makes one line of a stranger's words: white space and line ends
// become single blanks, unseen characters go, and it has at most limit
// characters.
func cleanLine(s string, limit int) string {
	var out []rune
	marks, blank := 0, false
	for _, r := range s {
		if unicode.IsSpace(r) {
			blank = len(out) > 0
			continue
		}
		if aside.Unseen(r) {
			continue
		}
		if !unicode.Is(unicode.Mn, r) {
			marks = 0
		} else if marks++; marks > maxMarks {
			continue
		}
		if blank {
			out, blank = append(out, ' '), false
		}
		out = append(out, r)
		if len(out) > limit {
			return strings.TrimRight(string(out[:limit-1]), " ") + "…"
		}
	}
	return string(out)
}

// Name makes a stranger's display name fit for a line of our own words: one
// line without unseen characters, at most 80 characters, and no round brackets.
func Name(s string) string { return cleanName(s) }

// cleanName makes a name fit to stand in a frame's line. Round brackets become
// square ones, because the frame's own words stand in round ones.
func cleanName(s string) string {
	s = cleanLine(s, maxName)
	return brackets.Replace(s)
}

var brackets = strings.NewReplacer("(", "[", ")", "]", "（", "[", "）", "]")

// cleanLines cleans each, and leaves out what is empty then.
func cleanLines(in []string, clean func(string) string) []string {
	var out []string
	for _, s := range in {
		if s = clean(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// oneLine is cleanLine at the usual length.
func oneLine(s string) string { return cleanLine(s, maxLine) }

// cleanText keeps lines and tabs of a longer text, without unseen characters,
// and says where it was cut.
func cleanText(s string, limit int) string {
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	var b strings.Builder
	count := 0
	for _, r := range s {
		if r != '\n' && r != '\t' && aside.Unseen(r) {
			continue
		}
		if r == 0x2028 || r == 0x2029 {
			r = '\n'
		}
		if count++; count > limit {
			b.WriteString(" […]")
			break
		}
		b.WriteRune(r)
	}
	return strings.TrimRight(strings.Trim(b.String(), "\n"), " \t\n")
}

// joinNames lists names; one with a comma inside is quoted, so that it cannot
// pass for two people.
func joinNames(list []string) string {
	out := make([]string, len(list))
	for i, n := range list {
		if strings.ContainsAny(n, ",，;") {
			n = `"` + strings.ReplaceAll(n, `"`, `'`) + `"`
		}
		out[i] = n
	}
	return strings.Join(out, ", ")
}

// tidy trims what templates leave behind: blanks at line ends, more than one
// empty line, empty lines at both ends.
func tidy(s string) string {
	var out []string
	for _, line := range strings.Split(s, "\n") {
		line = strings.TrimRight(line, " \t\r")
		if line == "" && (len(out) == 0 || out[len(out)-1] == "") {
			continue
		}
		out = append(out, line)
	}
	return strings.Trim(strings.Join(out, "\n"), "\n")
}

// tidyHTML drops indentation and empty lines of rendered HTML; nothing here is
// preformatted.
func tidyHTML(s string) string {
	var out []string
	for _, line := range strings.Split(s, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return strings.Join(out, "\n")
}

// wrapText wraps long lines at blanks; quoted lines stay quoted, indented ones
// indented.
func wrapText(s string) string {
	var out []string
	for _, line := range strings.Split(s, "\n") {
		rest := strings.TrimLeft(line, " >")
		out = append(out, wrapLine(line, line[:len(line)-len(rest)])...)
	}
	return strings.Join(out, "\n")
}

// wrapLine wraps one line at blanks; the lines after the first begin with lead.
// A word longer than a line (an address, a link) is never broken.
func wrapLine(line, lead string) []string {
	if utf8.RuneCountInString(line) <= width {
		return []string{line}
	}
	var out []string
	start := line[:len(line)-len(strings.TrimLeft(line, " >"))]
	current, n, fresh := []byte(start), utf8.RuneCountInString(start), true
	for _, word := range strings.Fields(line[len(start):]) {
		runes := utf8.RuneCountInString(word)
		if !fresh && n+1+runes > width {
			out = append(out, string(current))
			current, n, fresh = append(current[:0], lead...), utf8.RuneCountInString(lead), true
		}
		if !fresh {
			current, n = append(current, ' '), n+1
		}
		current, n, fresh = append(current, word...), n+runes, false
	}
	return append(out, string(current))
}

// pack sets sentences into lines of at most width, never breaking one that
// fits into a line.
func pack(sentences []string) []string {
	var out []string
	current := ""
	for _, s := range sentences {
		switch {
		case current == "":
			current = s
		case utf8.RuneCountInString(current)+1+utf8.RuneCountInString(s) <= width:
			current += " " + s
		default:
			out = append(out, current)
			current = s
		}
	}
	if current != "" {
		out = append(out, current)
	}
	return out
}

// quote sets "> " before each line.
func quote(s string) string {
	if s == "" {
		return ""
	}
	return "> " + strings.ReplaceAll(s, "\n", "\n> ")
}

// breaks escapes text for HTML and keeps its lines.
func breaks(s string) string {
	s = html.EscapeString(s)
	s = strings.ReplaceAll(s, "\t", "    ")
	s = strings.ReplaceAll(s, "  ", "&nbsp; ")
	return strings.ReplaceAll(s, "\n", "<br>\n")
}

// paragraphs makes HTML of text: an empty line ends a paragraph.
func paragraphs(s string) string {
	var b strings.Builder
	for _, p := range strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n\n") {
		if p = strings.Trim(p, "\n"); p != "" {
			b.WriteString(`<p style="margin:0 0 14px">` + breaks(p) + "</p>\n")
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}
