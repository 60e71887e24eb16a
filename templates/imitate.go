package templates

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/text/unicode/norm"
)

// openings are how the first line of a frame begins, as skeleton writes it.
func openings(frame string) []string {
	out := []string{"YOURREPLYGOES", "YOURREPLYSTAYS"}
	first, _, _ := strings.Cut(frame, "\n")
	words := strings.Fields(first)
	// An admin may have worded the line anew. Fewer letters than these begin
	// too many honest lines.
	if own := skeleton(strings.Join(words[:min(3, len(words))], " ")); len([]rune(own)) >= 10 {
		out = append(out, own)
	}
	return out
}

// inCapitals is the opening in the middle of a line, where in small letters it
// is part of a sentence.
var inCapitals = regexp.MustCompile(`YOUR[^\p{L}]+REPLY[^\p{L}]+(GOES|STAYS)`)

// imitates reports whether a line of somebody's words reads like the first line
// of a frame.
func imitates(line string, openings []string) bool {
	if len(line) > 4000 {
		line = line[:4000]
	}
	if plain(line) && !strings.Contains(line, "YOUR") && !opens(line, openings) {
		return false // as nearly all lines
	}
	own := skeleton(line)
	for _, o := range openings {
		if strings.HasPrefix(own, o) {
			return true
		}
	}
	return inCapitals.MatchString(norm.NFKC.String(line))
}

// opens reports whether a plain line may begin like an opening: by its first
// three letters.
func opens(line string, openings []string) bool {
	var first [3]byte
	n := 0
	for i := 0; i < len(line) && n < len(first); i++ {
		if l := lookalike(rune(line[i])); l < unicode.MaxASCII && unicode.IsLetter(l) {
			first[n], n = byte(l), n+1
		}
	}
	for _, o := range openings {
		if strings.HasPrefix(o, string(first[:n])) {
			return true
		}
	}
	return false
}

// skeleton is a line as the eye takes it: its letters alone, as capitals, those
// that look like Latin ones written as these.
func skeleton(line string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(line) {
		if l := lookalike(r); unicode.IsLetter(l) {
			b.WriteRune(l)
		}
	}
	return b.String()
}

func lookalike(r rune) rune {
	switch {
	case r >= 0x1F150 && r <= 0x1F169: // white on black circles
		return 'A' + r - 0x1F150
	case r >= 0x1F170 && r <= 0x1F189: // and squares
		return 'A' + r - 0x1F170
	case r >= 0x1F1E6 && r <= 0x1F1FF: // the letters of flags
		return 'A' + r - 0x1F1E6
	}
	r = unicode.ToUpper(r)
	if latin, ok := looks[r]; ok {
		return latin
	}
	return r
}

// looks are capitals of other scripts, small capitals and digits that pass for
// the letters of the openings.
var looks = map[rune]rune{
	'У': 'Y', 'Ү': 'Y', 'Υ': 'Y', 'ϒ': 'Y', 'ʏ': 'Y', 'Ꭹ': 'Y', '¥': 'Y',
	'О': 'O', 'Ο': 'O', 'Օ': 'O', 'ᴏ': 'O', '0': 'O', 'Ø': 'O',
	'Ս': 'U', 'ᴜ': 'U',
	'Ꭱ': 'R', 'Ꮢ': 'R', 'ʀ': 'R', 'Ʀ': 'R', 'Я': 'R',
	'Е': 'E', 'Ε': 'E', 'Ꭼ': 'E', 'ᴇ': 'E', '3': 'E',
	'Р': 'P', 'Ρ': 'P', 'Ꮲ': 'P', 'ᴘ': 'P',
	'Ꮮ': 'L', 'ʟ': 'L', 'Ɩ': 'L', '1': 'L',
	'Ԍ': 'G', 'Ꮐ': 'G', 'ɢ': 'G',
	'Ѕ': 'S', 'Ꮪ': 'S', 'ꜱ': 'S', '5': 'S', '$': 'S',
	'Т': 'T', 'Τ': 'T', 'Ꭲ': 'T', 'ᴛ': 'T',
	'А': 'A', 'Α': 'A', 'Ꭺ': 'A', 'ᴀ': 'A', '4': 'A',
}

// quoteImitations shows lines of text that read like a frame's first one as
// quoted.
func quoteImitations(text string, openings []string) string {
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		if !strings.HasPrefix(strings.TrimLeft(l, " \t"), ">") && imitates(l, openings) {
			lines[i] = "> " + strings.TrimLeft(l, " \t")
		}
	}
	return strings.Join(lines, "\n")
}

// quoteImitationsIn does the same in a tree of HTML, where the words of a line
// may stand in many elements.
func quoteImitationsIn(n *html.Node, openings []string) {
	m := marking{openings: openings}
	m.walk(n)
	m.end()
}

// marking gathers the words of one line after the other.
type marking struct {
	openings []string
	words    strings.Builder
	first    *html.Node // of the line, that shows words
}

func (m *marking) end() {
	if m.first != nil && imitates(m.words.String(), m.openings) {
		m.first.Parent.InsertBefore(&html.Node{Type: html.TextNode, Data: "> "}, m.first)
	}
	m.words.Reset()
	m.first = nil
}

func (m *marking) walk(n *html.Node) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch {
		case c.Type == html.TextNode:
			m.text(c)
		case c.DataAtom == atom.Br || c.DataAtom == atom.Hr:
			m.end()
		case c.DataAtom == atom.Img:
			if alt := attribute(c, "alt"); strings.TrimSpace(alt) != "" {
				m.add(c, alt)
			}
		case inline[c.DataAtom]:
			m.walk(c)
		default:
			m.end()
			m.walk(c)
			m.end()
		}
	}
}

// text adds a text node. Where its own line ends show, the words up to the
// first one end a line, and the rest becomes a node that is walked next.
func (m *marking) text(n *html.Node) {
	at := strings.IndexByte(n.Data, '\n')
	broken := at >= 0 && preformatted(n)
	if broken && n.Data[at+1:] != "" {
		n.Parent.InsertBefore(&html.Node{Type: html.TextNode, Data: n.Data[at+1:]}, n.NextSibling)
		n.Data = n.Data[:at+1]
	}
	if strings.TrimSpace(n.Data) != "" {
		m.add(n, n.Data)
	}
	if broken {
		m.end()
	}
}

func (m *marking) add(n *html.Node, words string) {
	if m.first == nil {
		m.first = n
	}
	m.words.WriteString(words)
	m.words.WriteByte(' ')
}

func preformatted(n *html.Node) bool {
	for p := n.Parent; p != nil; p = p.Parent {
		if p.DataAtom == atom.Pre || strings.Contains(attribute(p, "style"), "white-space") {
			return true
		}
	}
	return false
}

// inline elements do not end a line.
var inline = map[atom.Atom]bool{
	atom.A: true, atom.Abbr: true, atom.B: true, atom.Big: true, atom.Cite: true, atom.Code: true, atom.Del: true, atom.Em: true,
	atom.Font: true, atom.I: true, atom.Ins: true, atom.Kbd: true, atom.Mark: true, atom.Q: true, atom.S: true, atom.Samp: true,
	atom.Small: true, atom.Span: true, atom.Strike: true, atom.Strong: true, atom.Sub: true, atom.Sup: true, atom.Tt: true, atom.U: true,
}
