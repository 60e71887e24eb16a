package clients

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// body takes what stands inside the body of a page, in an element of its own.
func body(page string) *html.Node {
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		panic(fmt.Sprintf("parsing a page that we sent: %v", err))
	}
	root := &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div}
	at := find(doc, func(n *html.Node) bool { return n.DataAtom == atom.Body })
	for at.FirstChild != nil {
		c := at.FirstChild
		at.RemoveChild(c)
		root.AppendChild(c)
	}
	return root
}

// page is the HTML of the answered mail.
func (l *Letter) page() string {
	if l.Answered.HTML != "" {
		return l.Answered.HTML
	}
	return "<html><body><div>" + strings.ReplaceAll(html.EscapeString(strings.TrimSpace(l.Answered.Text)), "\n", "<br>\n") + "</div></body></html>"
}

func find(n *html.Node, is func(*html.Node) bool) *html.Node {
	if is(n) {
		return n
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if f := find(c, is); f != nil {
			return f
		}
	}
	return nil
}

// each visits a node and all below it.
func each(n *html.Node, visit func(*html.Node)) {
	visit(n)
	for c := n.FirstChild; c != nil; {
		next := c.NextSibling
		each(c, visit)
		c = next
	}
}

// inner is the HTML inside a node.
func inner(n *html.Node) string {
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if err := html.Render(&b, c); err != nil {
			panic(fmt.Sprintf("rendering a page that we sent: %v", err))
		}
	}
	return b.String()
}

// words is a node's text with single blanks.
func words(n *html.Node) string {
	var b strings.Builder
	each(n, func(n *html.Node) {
		switch {
		case n.Type == html.TextNode:
			b.WriteString(n.Data)
		case n.DataAtom == atom.Br:
			b.WriteByte(' ')
		}
	})
	return strings.Join(strings.Fields(b.String()), " ")
}

// ends finds the node with which a paragraph of a page ends: the element that
// is that paragraph, else its last piece of text.
func ends(root *html.Node, paragraph string) *html.Node {
	var texts []*html.Node
	each(root, func(n *html.Node) {
		if n.Type == html.TextNode && strings.TrimSpace(n.Data) != "" {
			texts = append(texts, n)
		}
	})
	for i := range texts {
		said := ""
		for j := i; j < len(texts) && len(said) < len(paragraph); j++ {
			said = strings.TrimSpace(said + " " + words(texts[j]))
			if said != paragraph {
				continue
			}
			leaf := texts[j]
			for leaf.Parent != root && words(leaf.Parent) == paragraph {
				leaf = leaf.Parent
			}
			return leaf
		}
	}
	panic(fmt.Sprintf("the answered mail has no paragraph %q:\n%s", paragraph, inner(root)))
}

// split cuts a tree in two below a node, as editors do that end a quotation
// where somebody types into it.
func split(n, after *html.Node) (head, tail *html.Node) {
	head, tail = shallow(n), shallow(n)
	found := false
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch {
		case found:
			tail.AppendChild(deep(c))
		case c == after:
			head.AppendChild(deep(c))
			found = true
		case find(c, func(n *html.Node) bool { return n == after }) != nil:
			a, b := split(c, after)
			head.AppendChild(a)
			tail.AppendChild(b)
			found = true
		default:
			head.AppendChild(deep(c))
		}
	}
	return head, tail
}

func shallow(n *html.Node) *html.Node {
	return &html.Node{Type: n.Type, Data: n.Data, DataAtom: n.DataAtom, Namespace: n.Namespace, Attr: slices.Clone(n.Attr)}
}

func deep(n *html.Node) *html.Node {
	out := shallow(n)
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		out.AppendChild(deep(c))
	}
	return out
}

// pieces is the quoted mail, cut where the letter's parts go.
func (l *Letter) pieces(change func(*html.Node)) []string {
	root := body(l.page())
	each(root, change)
	if l.Place != Between {
		return []string{inner(root)}
	}
	var out []string
	for _, paragraph := range l.After {
		head, tail := split(root, ends(root, paragraph))
		out = append(out, inner(head))
		root = tail
	}
	return append(out, inner(root))
}

// filled is the quoted mail with the letter's parts written into it.
func (l *Letter) filled(change func(*html.Node), part func(text string) string) *html.Node {
	root := body(l.page())
	each(root, change)
	if l.Place != Between {
		return root
	}
	for i, paragraph := range l.After {
		leaf := ends(root, paragraph)
		context := &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div}
		nodes, err := html.ParseFragment(strings.NewReader(part(l.Parts[i])), context)
		if err != nil {
			panic(fmt.Sprintf("parsing an answer: %v", err))
		}
		for _, n := range nodes {
			leaf.Parent.InsertBefore(n, leaf.NextSibling)
			leaf = n
		}
	}
	return root
}

// attribute is the value of an attribute, "" if a node has none.
func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func setAttribute(n *html.Node, key, value string) {
	for i := range n.Attr {
		if n.Attr[i].Key == key {
			n.Attr[i].Val = value
			return
		}
	}
	n.Attr = append(n.Attr, html.Attribute{Key: key, Val: value})
}

// renamed puts a prefix before classes and ids, as web clients do so that a
// quoted page's style does not reach theirs.
func renamed(prefix string) func(*html.Node) {
	return func(n *html.Node) {
		for _, key := range []string{"class", "id"} {
			if v := attribute(n, key); v != "" {
				var out []string
				for _, name := range strings.Fields(v) {
					out = append(out, prefix+name)
				}
				setAttribute(n, key, strings.Join(out, " "))
			}
		}
		if n.DataAtom == atom.A {
			setAttribute(n, "target", "_blank")
			setAttribute(n, "rel", "noreferrer")
		}
		if n.Type == html.CommentNode {
			n.Data = " "
		}
	}
}

// same changes nothing.
func same(*html.Node) {}
