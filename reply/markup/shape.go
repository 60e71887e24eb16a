package markup

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Bounds on what elements may do to the shape of what they hold. Each of them
// changes it by a factor or by a step, so that enough of them inside each other
// make words as large as a house, too small to see, or a column of letters.
const (
	maxSizes   = 1  // elements inside each other that change the size of letters
	maxIndents = 12 // that indent
	maxBlank   = 10 // line breaks in a row
)

// shape is what the elements around a node do to it, and what stood before it.
type shape struct {
	sizes, indents int
	blank          *int // line breaks since the last word
}

// inside is the shape within an element. One that goes too far becomes one
// that only holds its content.
func (s shape) inside(n *html.Node) shape {
	become := func(name atom.Atom) { n.DataAtom, n.Data, n.Attr = name, name.String(), nil }
	switch n.DataAtom {
	case atom.Small, atom.Sub, atom.Sup:
		if s.sizes++; s.sizes > maxSizes {
			become(atom.Span)
		}
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		if s.sizes++; s.sizes > maxSizes {
			become(atom.Div)
		}
	case atom.Blockquote, atom.Ul, atom.Ol, atom.Dl, atom.Dd:
		if s.indents++; s.indents > maxIndents {
			become(atom.Div)
		}
	case atom.Li:
		if s.indents > maxIndents {
			become(atom.Div)
		}
	}
	return s
}

// tooBlank reports a line break that would only push what follows out of
// sight, and shortens such a stretch of preformatted text.
func (s shape) tooBlank(n *html.Node) bool {
	switch {
	case n.Type == html.TextNode:
		n.Data = manyEnds(n.Data)
		if strings.TrimFunc(n.Data, isUnseen) != "" {
			*s.blank = 0
		} else if strings.Trim(n.Data, " \t\r\n\f") != "" { // a no-break space keeps its paragraph open
			*s.blank++
			return *s.blank > maxBlank
		}
	case n.DataAtom == atom.Img:
		*s.blank = 0
	case n.DataAtom == atom.Br:
		*s.blank++
		return *s.blank > maxBlank
	}
	return false
}

// manyEnds leaves at most maxBlank ends of line in a row.
func manyEnds(text string) string {
	if strings.Count(text, "\n") <= maxBlank {
		return text
	}
	var out []string
	blank := 0
	for line := range strings.SplitSeq(text, "\n") {
		if strings.TrimFunc(line, isUnseen) != "" {
			blank = 0
		} else if blank++; blank > maxBlank {
			continue
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}

// isUnseen reports white space and characters of no width.
func isUnseen(r rune) bool {
	switch r {
	case ' ', '\t', '\n', '\r', '\f', 0xa0, 0x3000, 0xad, 0x34f, 0x115f, 0x1160, 0x180e, 0x2060, 0x2800, 0x3164, 0xfeff, 0xffa0:
		return true
	}
	return r >= 0x2000 && r <= 0x200f || r == 0x2028 || r == 0x2029 || r == 0x205f
}
