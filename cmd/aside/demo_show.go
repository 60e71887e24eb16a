package main

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"unicode/utf8"
)

// screen is what the demo writes to. Without columns it is plain: one mailbox
// after the other, without colours.
type screen struct {
	width   int
	columns bool
	colour  bool
}

const (
	gap         = " │ "
	plainWidth  = 78
	leastWidth  = 78  // below it three columns cannot be read
	largestDemo = 150 // above it lines get too long to read
)

// screenOf judges where the output goes. COLUMNS overrides the terminal's own
// width, NO_COLOR its colours.
func screenOf(w io.Writer) screen {
	plain := screen{width: plainWidth}
	f, ok := w.(*os.File)
	if !ok {
		return plain
	}
	width, ok := terminalWidth(f)
	if !ok {
		return plain
	}
	if n, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && n > 0 {
		width = n
	}
	if width < leastWidth {
		return screen{width: max(min(width, plainWidth), 20)}
	}
	return screen{width: min(width, largestDemo), columns: true, colour: os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"}
}

// style is an ANSI one.
type style string

const (
	ordinary style = ""
	strong   style = "1"
	faint    style = "2"
	red      style = "1;31"
	green    style = "1;32"
	amber    style = "1;33"
)

// line is one line of a cell.
type line struct {
	style style
	text  string
}

// column is a mailbox that is shown.
type column struct{ title, address string }

func columns() []column {
	return []column{
		{"JANE, a customer", janeAddress},
		{"DANA, of the team", danaAddress},
		{"THE COURIER, a vendor", courierAddress},
	}
}

// showMailboxes writes the three mailboxes.
func showMailboxes(w io.Writer, s screen, scenes []scene) {
	if !s.columns {
		for _, c := range columns() {
			showPlain(w, s, c, scenes)
		}
		return
	}
	width := (s.width - 2*utf8.RuneCountInString(gap)) / 3
	var heads [][]line
	for _, c := range columns() {
		heads = append(heads, append(wrapped(strong, c.title, width), wrapped(faint, c.address, width)...))
	}
	s.row(w, width, heads)
	for i, scene := range scenes {
		title := fmt.Sprintf("── %d. %s ", i+1, scene.title)
		title += strings.Repeat("─", max(0, s.width-utf8.RuneCountInString(title)))
		fmt.Fprintln(w, s.paint(line{strong, title}))
		var cells [][]line
		for _, c := range columns() {
			if len(scene.mails[c.address]) == 0 {
				cells = append(cells, []line{{faint, "(hears nothing)"}})
				continue
			}
			cells = append(cells, cell(scene.mails[c.address], width))
		}
		s.row(w, width, cells)
	}
	fmt.Fprintln(w, s.paint(line{strong, strings.Repeat("─", s.width)}))
}

// showPlain writes one mailbox.
func showPlain(w io.Writer, s screen, c column, scenes []scene) {
	fmt.Fprintf(w, "=== The mailbox of %s <%s>\n\n", c.title, c.address)
	for _, scene := range scenes {
		for _, l := range cell(scene.mails[c.address], s.width) {
			fmt.Fprintln(w, strings.TrimRight(l.text, " "))
		}
		if len(scene.mails[c.address]) > 0 {
			fmt.Fprintln(w)
		}
	}
}

// row writes cells beside each other.
func (s screen) row(w io.Writer, width int, cells [][]line) {
	rows := 0
	for _, c := range cells {
		rows = max(rows, len(c))
	}
	for i := range rows {
		var b strings.Builder
		for n, c := range cells {
			var l line
			if i < len(c) {
				l = c[i]
			}
			if n > 0 {
				b.WriteString(s.paint(line{faint, gap}))
			}
			b.WriteString(s.paint(l))
			if n < len(cells)-1 {
				b.WriteString(strings.Repeat(" ", max(0, width-utf8.RuneCountInString(l.text))))
			}
		}
		fmt.Fprintln(w, strings.TrimRight(b.String(), " "))
	}
}

func (s screen) paint(l line) string {
	if !s.colour || l.style == ordinary || l.text == "" {
		return l.text
	}
	return "\x1b[" + string(l.style) + "m" + l.text + "\x1b[0m"
}

// cell is some mails of one mailbox, in lines.
func cell(mails []*letter, width int) []line {
	var out []line
	for i, l := range mails {
		if i > 0 {
			out = append(out, line{})
		}
		out = append(out, shown(l, width)...)
	}
	return out
}

// shown is one mail: what was written in short, what was received with sender,
// subject, words, and of a notice's frame the line that says who hears a reply.
func shown(l *letter, width int) []line {
	var out []line
	if l.written {
		out = wrapped(faint, "Writes to: "+name(l.replyTo.Name, l.replyTo.Address), width)
		return append(out, wrapped(faint, l.text, width)...)
	}
	out = wrapped(ordinary, "From: "+name(l.from.Name, l.from.Address), width)
	out = append(out, wrapped(strong, l.subject, width)...)
	words, audience := frameCut(l.text)
	words, _, _ = strings.Cut(words, "\n-- \n") // the desk's signature
	out = append(out, wrapped(ordinary, words, width)...)
	if audience != "" {
		out = append(out, wrapped(audienceStyle(l.replyTo.Name), audience, width)...)
	}
	return out
}

func name(name, address string) string {
	if name == "" {
		return address
	}
	return name
}

// frameCut parts a notice's words from the line of its frame that says who
// hears a reply; the rest of the frame is left out.
func frameCut(text string) (words, audience string) {
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		if !strings.HasPrefix(l, "YOUR REPLY ") {
			continue
		}
		audience = l
		for _, more := range lines[i+1:] { // the text part is wrapped
			if strings.Count(audience, "(") <= strings.Count(audience, ")") {
				break
			}
			audience += " " + strings.TrimSpace(more)
		}
		return strings.Join(lines[:i], "\n"), audience
	}
	return text, ""
}

// audienceStyle is the colour of that line, as the notice's HTML has it, from
// the cue in Reply-To.
func audienceStyle(cue string) style {
	switch {
	case strings.HasPrefix(cue, "CUSTOMER"):
		return red
	case strings.HasPrefix(cue, "SIDE"):
		return amber
	case strings.HasPrefix(cue, "TEAM"):
		return green
	}
	return strong
}

// wrapped breaks a text into lines of at most width runes, without the empty
// ones; words that are longer are cut.
func wrapped(s style, text string, width int) []line {
	var out []line
	for paragraph := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		rest := []rune(strings.TrimSpace(paragraph))
		for len(rest) > 0 {
			n := len(rest)
			if n > width {
				n = width
				for i := width; i > 0; i-- {
					if rest[i] == ' ' {
						n = i
						break
					}
				}
			}
			out = append(out, line{s, strings.TrimSpace(string(rest[:n]))})
			rest = []rune(strings.TrimSpace(string(rest[n:])))
		}
	}
	return out
}
