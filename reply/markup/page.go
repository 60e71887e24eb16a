// Package markup is the HTML side of reading a mail: the lines a person sees
// in it, each with the nodes it came from, so that a line can be taken out of
// text and HTML alike; the allow-list that everything shown to others passes;
// and the ways from text to HTML and back. Every function is bounded and
// returns something for any input.
package markup

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Bounds on what is parsed as a tree. Beyond them the HTML is read as a plain
// stream of tags, and nothing of its form survives.
const (
	maxBytes = 2 << 20 // octets of HTML
	maxCost  = 3 << 20 // nodes that badly nested formatting may unfold into
)

// ErrTooMuch says that HTML is larger, deeper or more tangled than is parsed
// as a tree.
var ErrTooMuch = errors.New("the HTML is too large or too deeply nested to be taken apart")

// Hint is what the markup itself says about a line.
type Hint uint8

// The hints. Their names in the wild stand in hints.go.
const (
	HintIntro     Hint = 1 << iota // the "On … wrote:" of a client that marks it
	HintRule                       // a rule, or a border drawn above
	HintTail                       // a client's own mark that the answered mail begins here
	HintSignature                  // the client's signature element
	HintPicture                    // holds a picture
	HintEdge                       // inside a block drawn like a quotation: a bar at its left, or indented in a colour
	HintLight                      // beside HintSignature: an element into which people type as well
	HintBox                        // inside a client's element around the answered mail, which marks nothing else as quoted
)

// Line is one line of a page as a reader sees it.
type Line struct {
	Text  string // with the targets of links in angle brackets
	Plain string // exactly the words shown
	Depth int    // how many quotations enclose it
	Hint  Hint
	Whole bool // an element ends it, not a line break, which may be one of a wrapped text
	nodes []*html.Node
}

// Page is a parsed HTML mail.
type Page struct {
	body  *html.Node
	lines []Line
}

// Parse reads HTML into a page. The error is ErrTooMuch, or says what the
// parser refused.
func Parse(src string) (*Page, error) {
	if len(src) > maxBytes || tangled(src) {
		return nil, ErrTooMuch
	}
	body, err := parseBody(src)
	if err != nil {
		return nil, err
	}
	clean(body)
	p := &Page{body: body}
	r := reader{}
	r.children(body)
	r.flush(false)
	p.lines = r.lines
	return p, nil
}

// parseBody parses a document and returns its body. The parser panics on some
// nestings and returns errors on others; both end here.
func parseBody(src string) (body *html.Node, err error) {
	defer func() {
		if v := recover(); v != nil {
			body, err = nil, fmt.Errorf("parse HTML: %v", v)
		}
	}()
	doc, err := html.ParseWithOptions(strings.NewReader(src), html.ParseOptionEnableScripting(false))
	if err != nil {
		return nil, fmt.Errorf("parse HTML: %w", err)
	}
	for n := range doc.Descendants() {
		if n.DataAtom == atom.Body {
			return n, nil
		}
	}
	return nil, errors.New("parse HTML: no body")
}

// formatting elements are opened again by the parser in every block that
// follows one left open, so a small file can unfold into a huge tree.
var formatting = map[string]bool{
	"a": true, "b": true, "big": true, "code": true, "em": true, "font": true, "i": true, "nobr": true,
	"s": true, "small": true, "strike": true, "strong": true, "tt": true, "u": true,
}

// tangled estimates, in one pass over the tags, how many nodes the open
// formatting elements could unfold into.
func tangled(src string) bool {
	z := html.NewTokenizer(strings.NewReader(src))
	open, cost := 0, 0
	for {
		switch z.Next() {
		case html.ErrorToken:
			return false
		case html.StartTagToken:
			name, _ := z.TagName()
			if formatting[string(name)] {
				open++
			} else {
				cost += open
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			if formatting[string(name)] && open > 0 {
				open--
			}
			cost += open
		}
		if cost > maxCost {
			return true
		}
	}
}

// Lines are the lines of the page in reading order, blank ones included.
func (p *Page) Lines() []Line { return p.lines }

// Drop takes lines out of the page, by their indexes in Lines, together with
// the elements that show nothing without them.
func (p *Page) Drop(drop func(line int) bool) {
	gone := map[*html.Node]bool{}
	for i, l := range p.lines {
		if drop(i) {
			for _, n := range l.nodes {
				gone[n] = true
			}
			p.lines[i].nodes = nil
		}
	}
	if len(gone) > 0 {
		prune(p.body, gone)
	}
}

// prune removes the nodes in one pass, and with them every element that lost
// something and shows nothing any more, and every quotation of nothing; but a
// table keeps its cells, so that the others stay in their columns. It tells
// whether the node lost something and whether it still shows anything.
func prune(n *html.Node, gone map[*html.Node]bool) (lost, shows bool) {
	for c := n.FirstChild; c != nil; {
		next := c.NextSibling
		switch {
		case gone[c]:
			n.RemoveChild(c)
			lost = true
		case c.Type == html.TextNode:
			shows = shows || strings.TrimSpace(c.Data) != ""
		case c.Type == html.ElementNode:
			l, s := prune(c, gone)
			s = s || showsItself(c)
			lost, shows = lost || l, shows || s
			if !s && (l || c.DataAtom == atom.Blockquote) && c.DataAtom != atom.Td && c.DataAtom != atom.Th {
				n.RemoveChild(c)
			}
		}
		c = next
	}
	return lost, shows
}

// showsItself reports whether an element is seen without any content: a line
// break, a rule, a picture that comes with the mail or is described.
func showsItself(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Br, atom.Hr:
		return true
	case atom.Img:
		_, ok := contentID(attr(n, "src"))
		return ok || altText(n) != ""
	}
	return false
}

// PlainQuotations takes the looks of what block quotations hold away: the
// colours and sizes of the mail that was answered say nothing in the answer.
func (p *Page) PlainQuotations() {
	for n := range p.body.Descendants() {
		if n.DataAtom != atom.Blockquote {
			continue
		}
		for d := range n.Descendants() {
			d.Attr = slices.DeleteFunc(d.Attr, func(a html.Attribute) bool {
				switch a.Key {
				case "style", "color", "bgcolor", "face", "size", "class":
					return true
				}
				return false
			})
		}
	}
}

// HTML is the page as it now stands, sanitised. Remote pictures are gone.
func (p *Page) HTML() string {
	return sanitiseNode(p.body)
}

// ContentIDs are the content ids of the pictures left in the page.
func (p *Page) ContentIDs() []string {
	var ids []string
	seen := map[string]bool{}
	for n := range p.body.Descendants() {
		if n.DataAtom != atom.Img {
			continue
		}
		if id, ok := contentID(attr(n, "src")); ok && !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	return ids
}

// Links are the targets of the links left in the page, and the descriptions
// of its pictures: what a client writes in brackets when it makes the text
// part from the HTML.
func (p *Page) Links() (targets, pictures map[string]bool) {
	targets, pictures = map[string]bool{}, map[string]bool{}
	for n := range p.body.Descendants() {
		switch n.DataAtom {
		case atom.A:
			href := strings.TrimSpace(attr(n, "href"))
			targets[href] = true
			targets[strings.TrimPrefix(href, "mailto:")] = true
		case atom.Img:
			pictures[strings.TrimSpace(attr(n, "alt"))] = true
			if id, ok := contentID(attr(n, "src")); ok {
				pictures["cid:"+id] = true
			}
		}
	}
	delete(targets, "")
	return targets, pictures
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key && a.Namespace == "" {
			return a.Val
		}
	}
	return ""
}

// contentID is the id of a cid: URL (RFC 2392).
func contentID(src string) (string, bool) {
	src = strings.TrimSpace(src)
	if len(src) < 5 || !strings.EqualFold(src[:4], "cid:") {
		return "", false
	}
	return strings.Trim(src[4:], "<>"), true
}
