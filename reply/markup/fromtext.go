package markup

import (
	"regexp"
	"strings"

	"aside"

	"golang.org/x/net/html"
)

var (
	leadingMark = regexp.MustCompile(`^[ \t]*[>＞][ \t]?`)
	// columns are blanks by which words stand below others: more than the two
	// that some set after a sentence.
	columns = regexp.MustCompile(`[^\s.!?:;] {2}\S|\S(?: {3,}|\t+)\S`)
	// patch are the lines that only a patch has.
	patch = regexp.MustCompile(`^(?:diff --git |@@ -\d+(?:,\d+)? \+\d+(?:,\d+)? @@|(?:---|\+\+\+) [ab]/)`)
)

// FromText makes HTML of plain text: a paragraph for every stretch between
// blank lines, web addresses as links, lines that begin with > as quotations.
// Blanks keep their width; code, patches and tables made of blanks are set in
// letters of one width.
func FromText(text string) string {
	var b strings.Builder
	fromLines(&b, strings.Split(text, "\n"), 0)
	return strings.TrimSpace(b.String())
}

func fromLines(b *strings.Builder, lines []string, depth int) {
	for i := 0; i < len(lines); {
		switch {
		case strings.TrimSpace(lines[i]) == "":
			i++
		case depth < 8 && marked(lines[i]):
			var inner []string
			for ; i < len(lines) && marked(lines[i]); i++ {
				inner = append(inner, leadingMark.ReplaceAllString(lines[i], ""))
			}
			if strings.Trim(strings.Join(inner, ""), " \t\r>＞") == "" {
				continue
			}
			b.WriteString("<blockquote>\n")
			fromLines(b, inner, depth+1)
			b.WriteString("</blockquote>\n")
		default:
			end, laid := stretch(lines, i, depth)
			write(b, lines[i:end], laid)
			i = end
		}
	}
}

// marked reports a line that begins with a quotation mark.
func marked(line string) bool {
	return (strings.IndexByte(line, '>') >= 0 || strings.Contains(line, "＞")) && leadingMark.MatchString(line)
}

// stretch is where the paragraph that begins in line i ends, and whether its
// blanks lay it out. Such paragraphs follow each other as one, so that a
// program keeps its blank lines.
func stretch(lines []string, i, depth int) (end int, laid bool) {
	end = paragraphEnd(lines, i, depth)
	if laid = laidOut(lines[i:end]); !laid {
		return end, false
	}
	for next := end; next < len(lines); {
		for next < len(lines) && strings.TrimSpace(lines[next]) == "" {
			next++
		}
		to := paragraphEnd(lines, next, depth)
		if to == next || !laidOut(lines[next:to]) && !indented(lines[next]) {
			break
		}
		end, next = to, to
	}
	return end, true
}

// paragraphEnd is the first line from i on that is blank or quoted.
func paragraphEnd(lines []string, i, depth int) int {
	for i < len(lines) && strings.TrimSpace(lines[i]) != "" && !(depth < 8 && marked(lines[i])) {
		i++
	}
	return i
}

// laidOut reports whether at least two lines are indented or have columns, or
// one shows a patch. A text whose first lines alone are indented is none.
func laidOut(lines []string) bool {
	n, inner := 0, 0
	for i, line := range lines {
		line = strings.TrimRight(line, " \t\r")
		switch {
		case line != "" && strings.IndexByte("d@-+", line[0]) >= 0 && patch.MatchString(line):
			return true
		case (strings.Contains(line, "  ") || strings.IndexByte(line, '\t') >= 0) && columns.MatchString(line):
			n++
		case indented(line):
			n++
			if i > 0 {
				inner++
			}
		}
	}
	return n > 1 && (n > 2 || inner > 0 || n == len(lines))
}

func indented(line string) bool {
	return strings.HasPrefix(line, "  ") || strings.HasPrefix(line, "\t")
}

// write adds the lines of one paragraph.
func write(b *strings.Builder, lines []string, laid bool) {
	if laid {
		b.WriteString(`<pre style="white-space: pre-wrap">`)
		for i, line := range lines {
			if i > 0 {
				b.WriteByte('\n')
			}
			linked(b, untabbed(strings.TrimRight(line, " \t\r")))
		}
		b.WriteString("</pre>\n")
		return
	}
	b.WriteString("<p>")
	for i, line := range lines {
		if i > 0 {
			b.WriteString("<br>\n")
		}
		linked(b, wide(untabbed(strings.TrimRight(line, " \t\r"))))
	}
	b.WriteString("</p>\n")
}

// longest is how many octets of a line are laid out; a longer one is no row of
// a table.
const longest = 2000

// untabbed writes tabs as the blanks up to the next multiple of eight.
func untabbed(line string) string {
	if len(line) > longest || !strings.Contains(line, "\t") {
		return line
	}
	var b strings.Builder
	column := 0
	for _, r := range line {
		n := 1
		if r == '\t' {
			n = 8 - column%8
			b.WriteString(strings.Repeat(" ", n))
		} else {
			b.WriteRune(r)
		}
		column += n
	}
	return b.String()
}

// wide makes blanks that HTML would join, or leave out, no-break ones: all but
// the last of a run, and those at the start.
func wide(line string) string {
	if len(line) > 8*longest || !strings.Contains(line, "  ") && !strings.HasPrefix(line, " ") {
		return line
	}
	var b strings.Builder
	begun := false
	for i := range len(line) {
		begun = begun || line[i] != ' '
		if line[i] == ' ' && (!begun || i+1 < len(line) && line[i+1] == ' ') {
			b.WriteString("\u00a0")
		} else {
			b.WriteByte(line[i])
		}
	}
	return b.String()
}

// linked escapes a line and makes its web addresses links.
func linked(b *strings.Builder, line string) {
	rest := 0
	for _, at := range aside.WebAddresses(line) {
		url := escaped(line[at[0]:at[1]])
		b.WriteString(escaped(line[rest:at[0]]) + `<a href="` + url + `">` + url + `</a>`)
		rest = at[1]
	}
	b.WriteString(escaped(line[rest:]))
}

func escaped(text string) string {
	return strings.ReplaceAll(html.EscapeString(text), "\u00a0", "&nbsp;")
}
