package clients

import (
	"html"
	"slices"
	"strings"
	"time"

	"aside/test/harness"
)

// Place is where somebody writes in answer to a quoted mail.
type Place string

// The places of an answer.
const (
	Above   Place = "above"
	Below   Place = "below"
	Between Place = "between" // each part below a paragraph of the quoted mail
)

// Form is what a mail's body is made of.
type Form string

// The forms of a body.
const (
	InBoth Form = "text and HTML" // multipart/alternative
	InText Form = "text"
	InHTML Form = "HTML"
)

// Letter is an answer as a person means it; a Program makes a mail of it.
type Letter struct {
	From, To  harness.Person
	Answered  *harness.Mail
	Commands  []string // lines at the very top
	Parts     []string // paragraphs, each without a line break
	Place     Place
	After     []string // Between: the quoted paragraph that each part follows
	Language  string
	Signature []string // the writer's own, as set in the program; nil for none
	At        time.Time
}

// Typed are the words of the letter in reading order, commands left out.
func (l *Letter) Typed() []string { return strings.Fields(strings.Join(l.Parts, " ")) }

// top are the lines that stand above the quoted mail.
func (l *Letter) top() []string {
	var out []string
	if len(l.Commands) > 0 {
		out = append(append(out, l.Commands...), "")
	}
	if l.Place == Above {
		out = append(out, spaced(l.Parts)...)
	}
	return out
}

// bottom are the lines that stand below the quoted mail.
func (l *Letter) bottom() []string {
	if l.Place != Below {
		return nil
	}
	return spaced(l.Parts)
}

// spaced puts an empty line between paragraphs.
func spaced(parts []string) []string {
	var out []string
	for i, p := range parts {
		if i > 0 {
			out = append(out, "")
		}
		out = append(out, p)
	}
	return out
}

// blocks writes lines as elements, an empty line as one with a line break.
func blocks(lines []string, element, attributes string) string {
	var b strings.Builder
	for _, line := range lines {
		inner := "<br>"
		if line != "" {
			inner = html.EscapeString(line)
		}
		b.WriteString("<" + element + attributes + ">" + inner + "</" + element + ">")
	}
	return b.String()
}

// broken writes lines with a line break between them.
func broken(lines []string) string {
	out := slices.Clone(lines)
	for i := range out {
		out[i] = html.EscapeString(out[i])
	}
	return strings.Join(out, "<br>")
}

// sender is who wrote the answered mail, as a person reads it.
func (l *Letter) sender() string {
	if l.Answered.From.Name == "" {
		return l.Answered.From.Address
	}
	return l.Answered.From.Name
}

// full is the sender with the address.
func (l *Letter) full() string { return l.sender() + " <" + l.Answered.From.Address + ">" }

// linked is the same in HTML.
func (l *Letter) linked() string {
	a := l.Answered.From.Address
	return html.EscapeString(l.sender()) + ` &lt;<a href="mailto:` + html.EscapeString(a) + `">` + html.EscapeString(a) + `</a>&gt;`
}

// when is the date of the answered mail.
func (l *Letter) when() time.Time {
	if t, err := l.Answered.Header.Date(); err == nil && !t.IsZero() {
		return t.UTC()
	}
	return l.Answered.At.UTC()
}

// Program is a mail program that is not here to be run: what it writes is put
// together from what it is known to write.
type Program struct {
	Name      string
	Languages []string
	Forms     []Form
	// Marks says that the program marks its user's signature in some way, so
	// that nobody needs to tell aside what it looks like.
	Marks bool
	write func(l *Letter, f Form) *mail
}

// Write makes the mail of a letter, with CRLF line ends.
func (p Program) Write(l *Letter, f Form) []byte { return p.write(l, f).bytes() }

// Programs are all of them.
func Programs() []Program {
	return slices.Concat(gmails(), outlooks(), apples(), others())
}
