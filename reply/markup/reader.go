package markup

import (
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// reader walks a cleaned tree and collects its lines.
type reader struct {
	lines   []Line
	text    strings.Builder
	plain   strings.Builder
	nodes   []*html.Node
	started bool // the current line has content
	space   bool // white space waits to be written before the next content
	cell    bool // a new table cell began on this line
	gap     bool // a paragraph's distance is due before the next line
	pre     bool
	prefix  string // bullet of a list item, due before its first content
	indent  int    // nesting of lists
	depth   int
	quoted  bool // inside a quotation whose inner ones are counted already
	hint    Hint // of the elements around
	once    Hint // for the next line only
	picture bool
}

func (r *reader) children(n *html.Node) {
	for c := n.FirstChild; c != nil; {
		next := c.NextSibling // splitting text puts nodes in between
		r.node(c)
		c = next
	}
}

func (r *reader) node(n *html.Node) {
	switch n.Type {
	case html.TextNode:
		if r.pre && strings.Contains(n.Data, "\n") {
			r.preText(n)
			return
		}
		r.words(n)
	case html.ElementNode:
		r.element(n)
	}
}

func (r *reader) element(n *html.Node) {
	switch n.DataAtom {
	case atom.Br:
		r.nodes = append(r.nodes, n)
		r.flush(true)
	case atom.Hr:
		r.flush(false)
		r.once |= HintRule | tailHint(n)
		r.content("---")
		r.nodes = append(r.nodes, n)
		r.plain.Reset() // a rule is no word
		r.flush(false)
	case atom.Img:
		r.image(n)
	case atom.A:
		r.link(n)
	default:
		r.container(n)
	}
}

// container walks an element that may change what its lines are.
func (r *reader) container(n *html.Node) {
	saved := r.state()
	quote, isQuote := quotation(n, r.quoted)
	hint := hints(n)
	if quote > 0 && n.DataAtom != atom.Blockquote {
		hint |= HintBox
	}
	block := isBlock(n) || isQuote || hint != 0
	if block {
		r.flush(false)
		r.gap = r.gap || margins(n)
	}
	r.enter(n, quote, isQuote, hint)
	if block && n.FirstChild == nil {
		// An empty element such as Outlook's appendonsend still says something
		// about what follows, which once carries on.
		r.restore(saved)
		return
	}
	r.children(n)
	if block {
		r.flush(false)
		r.gap = r.gap || margins(n)
	}
	r.restore(saved)
}

// state is the part of the reader that an element changes for its content.
type state struct {
	pre, quoted bool
	indent      int
	depth       int
	hint        Hint
}

func (r *reader) state() state {
	return state{pre: r.pre, quoted: r.quoted, indent: r.indent, depth: r.depth, hint: r.hint}
}

func (r *reader) restore(s state) {
	r.pre, r.quoted, r.indent, r.depth, r.hint = s.pre, s.quoted, s.indent, s.depth, s.hint
}

func (r *reader) enter(n *html.Node, quote int, isQuote bool, hint Hint) {
	if isQuote {
		r.depth += quote
		r.quoted = true
	}
	r.hint |= hint & (HintIntro | HintSignature | HintLight | HintEdge | HintBox)
	r.once |= hint & (HintRule | HintTail)
	if n.DataAtom == atom.Pre || preserves(n) {
		r.pre = true
	}
	switch n.DataAtom {
	case atom.Ul, atom.Ol:
		r.indent++
	case atom.Li:
		r.prefix = strings.Repeat("  ", max(0, min(r.indent, 8)-1)) + bullet(n)
	case atom.Td, atom.Th:
		r.cell = r.started
	}
}

// bullet is what stands before a list item.
func bullet(n *html.Node) string {
	if n.Parent == nil || n.Parent.DataAtom != atom.Ol {
		return "- "
	}
	number, steps := 1, 0
	for s := n.PrevSibling; s != nil && steps < 400; s = s.PrevSibling {
		steps++
		if s.DataAtom == atom.Li {
			number++
		}
	}
	return strconv.Itoa(number) + ". "
}

// words adds a text node to the current line, white space collapsed.
func (r *reader) words(n *html.Node) {
	data := n.Data
	if strings.TrimLeft(data, " \t\n\r\f") == "" {
		r.space = r.started
		if r.started {
			r.nodes = append(r.nodes, n)
		}
		return
	}
	r.nodes = append(r.nodes, n)
	for i := 0; i < len(data); {
		j := i
		for j < len(data) && !isSpace(data[j]) {
			j++
		}
		if j > i {
			r.content(data[i:j])
		}
		for i = j; i < len(data) && isSpace(data[i]); i++ {
			if r.pre && data[i] != '\n' {
				r.content(" ")
			} else {
				r.space = r.started
			}
		}
	}
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' }

// content writes visible text. A no-break space is content that looks like a
// space: a paragraph of nothing else is a blank line, not an empty element.
func (r *reader) content(s string) {
	s = strings.ReplaceAll(s, "\u00a0", " ")
	if !r.started {
		if r.prefix != "" {
			r.text.WriteString(r.prefix)
			r.plain.WriteString(r.prefix)
			r.prefix = ""
		}
	} else if r.cell {
		r.text.WriteString(" | ")
		r.plain.WriteString(" | ")
	} else if r.space {
		r.text.WriteByte(' ')
		r.plain.WriteByte(' ')
	}
	r.started, r.space, r.cell = true, false, false
	r.text.WriteString(s)
	r.plain.WriteString(s)
}

// preText splits a preformatted text node at its line ends, so that each
// piece belongs to one line.
func (r *reader) preText(n *html.Node) {
	pieces := strings.SplitAfter(n.Data, "\n")
	n.Data = pieces[0]
	r.words(n)
	at := n
	for _, piece := range pieces[1:] {
		r.flush(true)
		if piece == "" {
			break
		}
		next := &html.Node{Type: html.TextNode, Data: piece}
		at.Parent.InsertBefore(next, at.NextSibling)
		at = next
		if piece == "\n" {
			r.nodes = append(r.nodes, next)
			continue
		}
		r.words(next)
	}
}

func (r *reader) image(n *html.Node) {
	r.nodes = append(r.nodes, n)
	if _, ok := contentID(attr(n, "src")); ok {
		r.picture = true
		if !r.started {
			r.content("")
		}
		return
	}
	if alt := altText(n); alt != "" {
		r.content(alt)
	}
}

// altText is what stands for a picture that is not loaded.
func altText(n *html.Node) string {
	alt := strings.Join(strings.Fields(attr(n, "alt")), " ")
	if alt == "" || len(alt) > 200 {
		return ""
	}
	return "[" + alt + "]"
}

// link reads an anchor and adds its target where the words do not show it.
func (r *reader) link(n *html.Node) {
	before, line := r.plain.Len(), len(r.lines)
	r.container(n)
	href := strings.TrimSpace(attr(n, "href"))
	if len(r.lines) != line || r.plain.Len() <= before || !wanted(href) {
		return
	}
	shown := strings.TrimSpace(r.plain.String()[before:])
	if len(href) > 7 && strings.EqualFold(href[:7], "mailto:") {
		// A stranger's link writes no mail for whoever clicks it.
		href, _, _ = strings.Cut(href, "?")
	}
	if shown != "" && !says(shown, href) {
		r.text.WriteString(" <" + shortened(href) + ">")
	}
}

// says reports whether the words of a link already are its target.
func says(shown, href string) bool {
	bare := func(s string) string {
		s = strings.TrimPrefix(strings.TrimPrefix(strings.ToLower(s), "mailto:"), "tel:")
		s = strings.TrimPrefix(strings.TrimPrefix(s, "https://"), "http://")
		return strings.TrimSuffix(s, "/")
	}
	return bare(shown) == bare(href)
}

func wanted(href string) bool {
	lower := strings.ToLower(href)
	for _, scheme := range []string{"http://", "https://", "mailto:", "tel:"} {
		if strings.HasPrefix(lower, scheme) {
			return true
		}
	}
	return false
}

// shortened is a target that can stand in a line: without line ends, which
// browsers leave out too, and bounded, as what leads somewhere is at its
// beginning.
func shortened(href string) string {
	const most = 2000
	href = strings.ReplaceAll(strings.NewReplacer("\n", "", "\r", "", "\t", "").Replace(href), " ", "%20")
	if len(href) <= most {
		return href
	}
	return strings.ToValidUTF8(href[:most], "") + "…"
}

// flush ends the current line. A line of no content is kept only where a line
// break made it.
func (r *reader) flush(broken bool) {
	if !r.started && !broken {
		r.nodes = r.nodes[:0]
		r.space, r.cell = false, false
		return
	}
	if r.gap && len(r.lines) > 0 {
		last := r.lines[len(r.lines)-1]
		if strings.TrimSpace(last.Text) != "" && r.started {
			r.lines = append(r.lines, Line{Depth: min(last.Depth, r.depth)})
		}
	}
	l := Line{
		Text: strings.TrimRight(r.text.String(), " "), Plain: strings.TrimRight(r.plain.String(), " "),
		Depth: r.depth, Hint: r.hint | r.once, Whole: !broken, nodes: append([]*html.Node(nil), r.nodes...),
	}
	if r.picture {
		l.Hint |= HintPicture
	}
	if strings.TrimSpace(l.Text) != "" || r.picture {
		r.once = 0
	} else {
		l.Hint &^= r.once
	}
	r.lines = append(r.lines, l)
	r.text.Reset()
	r.plain.Reset()
	r.nodes = r.nodes[:0]
	r.started, r.space, r.cell, r.gap, r.picture = false, false, false, false, false
}
