package clients

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// plainStyle is how a program makes the text part of its HTML.
type plainStyle struct {
	quote string // before each line inside a blockquote
	link  func(text, to string) string
	bold  string // around bold words
	rule  string // for hr
	width int    // lines are wrapped there; 0 for never
}

func noLink(text, _ string) string { return text }

// spacedLink is "Resolve <mailto:…>".
func spacedLink(text, to string) string {
	if strings.TrimPrefix(to, "mailto:") == text {
		return text
	}
	return text + " <" + to + ">"
}

// tightLink is "Resolve<mailto:…>".
func tightLink(text, to string) string { return text + "<" + to + ">" }

// plain makes text of a page.
func plain(page string, s plainStyle) string {
	p := &plainer{plainStyle: s}
	p.walk(body(page))
	p.flush()
	return strings.Trim(strings.Join(p.lines, "\n"), "\n") + "\n"
}

type plainer struct {
	plainStyle
	lines []string
	line  strings.Builder
	depth int
}

func (p *plainer) prefix() string { return strings.Repeat(p.quote, p.depth) }

// flush ends a line.
func (p *plainer) flush() {
	text := strings.TrimSpace(p.line.String())
	p.line.Reset()
	if text == "" {
		return
	}
	for _, line := range wrap(text, p.width-len(p.prefix())) {
		p.lines = append(p.lines, p.prefix()+line)
	}
}

// gap leaves an empty line, once.
func (p *plainer) gap() {
	p.flush()
	empty := strings.TrimRight(p.prefix(), " ")
	if len(p.lines) > 0 && p.lines[len(p.lines)-1] != empty {
		p.lines = append(p.lines, empty)
	}
}

func (p *plainer) walk(n *html.Node) {
	if n.Type == html.TextNode {
		text := strings.Join(strings.Fields(n.Data), " ")
		if text != "" && strings.ContainsAny(n.Data[:1], " \n\t") || text == "" {
			p.line.WriteByte(' ')
		}
		p.line.WriteString(text)
		if text != "" && strings.ContainsAny(n.Data[len(n.Data)-1:], " \n\t") {
			p.line.WriteByte(' ')
		}
		return
	}
	if n.Type != html.ElementNode {
		return
	}
	switch n.DataAtom {
	case atom.Style, atom.Script, atom.Head, atom.Title:
		return
	case atom.Br:
		if strings.TrimSpace(p.line.String()) == "" {
			p.line.Reset()
			p.lines = append(p.lines, strings.TrimRight(p.prefix(), " "))
			return
		}
		p.flush()
		return
	case atom.Hr:
		p.gap()
		p.lines = append(p.lines, p.rule)
		return
	case atom.A:
		if to := attribute(n, "href"); to != "" {
			p.line.WriteString(p.link(words(n), to))
			return
		}
	case atom.B, atom.Strong:
		p.line.WriteString(p.bold)
		p.children(n)
		p.line.WriteString(p.bold)
		return
	case atom.Td, atom.Th:
		p.children(n)
		p.line.WriteByte(' ')
		return
	}
	p.element(n)
}

// element walks an element that may begin and end lines.
func (p *plainer) element(n *html.Node) {
	switch n.DataAtom {
	case atom.P:
		p.gap()
		p.children(n)
		p.gap()
	case atom.Blockquote:
		p.gap()
		p.depth++
		p.children(n)
		p.flush()
		p.depth--
		p.lines = append(p.lines, "")
	case atom.Div, atom.Table, atom.Tr, atom.Li, atom.Ul:
		p.flush()
		if words(n) == "" && n.DataAtom == atom.Div && n.FirstChild != nil && n.FirstChild.DataAtom == atom.Br && n.FirstChild.NextSibling == nil {
			p.lines = append(p.lines, strings.TrimRight(p.prefix(), " "))
			return
		}
		p.children(n)
		p.flush()
	default:
		p.children(n)
	}
}

func (p *plainer) children(n *html.Node) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		p.walk(c)
	}
}

// wrap breaks a line at blanks.
func wrap(line string, width int) []string {
	var out []string
	for width > 0 && len([]rune(line)) > width {
		runes := []rune(line)
		at := width
		for at > 0 && runes[at] != ' ' {
			at--
		}
		if at == 0 {
			for at = width; at < len(runes) && runes[at] != ' '; {
				at++
			}
			if at == len(runes) {
				break
			}
		}
		out = append(out, string(runes[:at]))
		line = strings.TrimLeft(string(runes[at:]), " ")
	}
	return append(out, line)
}

// quotedLines are the lines of the answered mail's text part behind a prefix,
// cut where the letter's parts go.
func (l *Letter) quotedLines(prefix string, width int) [][]string {
	var out [][]string
	var piece []string
	next := 0
	said := ""
	for _, line := range strings.Split(strings.Trim(l.Answered.Plain(), "\n"), "\n") {
		wrapped := wrap(line, width)
		for _, w := range wrapped {
			mark := prefix
			if w == "" || strings.HasPrefix(w, ">") && prefix != "" {
				mark = strings.TrimRight(prefix, " ")
			}
			piece = append(piece, mark+w)
		}
		if strings.TrimSpace(line) == "" {
			said = ""
			continue
		}
		said = strings.TrimSpace(said + " " + strings.Join(strings.Fields(line), " "))
		if l.Place == Between && next < len(l.After) && said == l.After[next] {
			out = append(out, piece)
			piece = nil
			next++
		}
	}
	if l.Place == Between && next < len(l.After) {
		panic("the answered mail has no paragraph " + l.After[next] + ":\n" + l.Answered.Plain())
	}
	return append(out, piece)
}

// asText lays out an answer as text: the introduction, the quoted lines and
// the letter's parts between them.
func (l *Letter) asText(intro []string, prefix string, width int, signature []string, signatureBelow bool) string {
	var out []string
	typed := func(lines []string) {
		for _, line := range lines {
			out = append(out, wrap(line, width)...)
		}
	}
	typed(l.top())
	if len(signature) > 0 && !signatureBelow {
		out = append(append(out, ""), signature...)
	}
	if len(out) > 0 {
		out = append(out, "")
	}
	out = append(out, intro...)
	for i, piece := range l.quotedLines(prefix, width) {
		if i > 0 {
			out = append(out, "")
			typed([]string{l.Parts[i-1]})
			out = append(out, "")
		}
		out = append(out, piece...)
	}
	if b := l.bottom(); len(b) > 0 {
		out = append(out, "")
		typed(b)
	}
	if len(signature) > 0 && signatureBelow {
		out = append(append(out, ""), signature...)
	}
	return strings.Join(out, "\n") + "\n"
}
