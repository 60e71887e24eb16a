package templates

import (
	_ "embed"
	"strings"

	"aside"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

//go:embed page.html
var page string

// maxWordsHTML bounds in octets the HTML of a person's words that is parsed;
// longer words are shown by their text.
const maxWordsHTML = 2 << 20

// clipped is the size in octets from which the words' HTML may push the frame
// out of sight: Gmail shows about 102 kB of a mail and hides the rest.
const clipped = 80 << 10

// Assemble makes a notice of its words and its frame: the words first, then
// the frame. The HTML of the result is a whole document. The words' HTML must
// be sanitised; here it is only closed where it was left open, so that it
// cannot swallow or hide the frame, and without any the text is shown. A line
// of the words that reads like the frame's first one is shown as quoted. Above
// very long HTML the frame stands as well, since clients hide a long mail's end.
func Assemble(words, frame Words) Words { return Join(Above(words, frame), frame) }

// Above makes words fit to stand above a frame, and above every other whose
// text begins with the same line: it is the longer part of Assemble.
func Above(words, frame Words) Words {
	own := openings(frame.Text)
	text := quoteImitations(ends.Replace(words.Text), own)
	text = strings.TrimRight(strings.TrimLeft(text, "\n"), " \t\n")
	shown, ok := closed(words.HTML, func(body *html.Node) { quoteImitationsIn(body, own) })
	if !ok {
		shown = FromText(text).HTML
	}
	return Words{Text: text, HTML: shown}
}

// Join puts what Above made and a frame together.
func Join(above, frame Words) Words {
	out, shown := Words{Text: frame.Text}, above.HTML
	if above.Text != "" {
		out.Text = above.Text + "\n\n" + frame.Text
	}
	head, rest, _ := strings.Cut(page, "<!--above-->")
	opening, rest, _ := strings.Cut(rest, "<!--words-->")
	between, end, _ := strings.Cut(rest, "<!--frame-->")
	early := ""
	if len(shown) > clipped {
		early = frame.HTML + "\n<br>\n"
	}
	out.HTML = head + early + opening + shown + between + frame.HTML + end
	return out
}

// closed parses a fragment, lets change at it, and writes it again with every
// element closed and comments emptied; ok is false where there is nothing to
// show, or it is too long, too deep or cannot be closed.
func closed(fragment string, change func(body *html.Node)) (string, bool) {
	if strings.TrimSpace(fragment) == "" || len(fragment) > maxWordsHTML {
		return "", false
	}
	body := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	nodes, err := html.ParseFragment(strings.NewReader(fragment), body)
	if err != nil {
		return "", false
	}
	for _, n := range nodes {
		body.AppendChild(n)
	}
	for d := range body.Descendants() {
		if unclosable(d) {
			return "", false
		}
		if d.Type == html.CommentNode { // Outlook reads HTML in some
			d.Data = ""
		}
	}
	change(body)
	var b strings.Builder
	for n := range body.ChildNodes() {
		if err := html.Render(&b, n); err != nil {
			return "", false
		}
	}
	return b.String(), true
}

// unclosable reports elements that no sanitised mail has, and whose content is
// not read as HTML: written again they may swallow what follows, as <plaintext>
// does, which nothing closes.
func unclosable(n *html.Node) bool {
	if n.Namespace != "" {
		return true
	}
	switch n.Data {
	case "plaintext", "script", "style", "noscript", "iframe", "noembed", "noframes", "xmp",
		"textarea", "title", "template", "frameset", "select", "form", "button":
		return n.Type == html.ElementNode
	}
	return false
}

// External makes a mail to contacts: the words in a plain document, with the web
// addresses in them as links, and nothing else. A signature is appended to the
// words before.
func External(words Words) Words {
	words.Text = spoken(words.Text)
	clickable := func(body *html.Node) {
		var texts []*html.Node
		for n := range body.Descendants() {
			if n.Type == html.TextNode {
				n.Data = spoken(n.Data)
				texts = append(texts, n)
			}
		}
		for _, n := range texts {
			linkAddresses(n)
		}
	}
	shown, ok := closed(words.HTML, clickable)
	if !ok {
		shown, _ = closed(FromText(words.Text).HTML, clickable)
	}
	return Words{Text: words.Text, HTML: `<!DOCTYPE html>
<html>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
</head>
<body style="margin:0;padding:12px;font-family:` + fonts + `;font-size:15px;line-height:1.5">
<div dir="auto">
` + shown + `
</div>
</body>
</html>
`}
}

// linkAddresses makes links of the web addresses in a text that stands in none:
// Outlook and Thunderbird make none of what they find in HTML.
func linkAddresses(n *html.Node) {
	found := aside.WebAddresses(n.Data)
	for p := n.Parent; p != nil && found != nil; p = p.Parent {
		if p.DataAtom == atom.A {
			return
		}
	}
	text, rest := n.Data, 0
	words := func(s string) *html.Node { return &html.Node{Type: html.TextNode, Data: s} }
	for _, at := range found {
		address := text[at[0]:at[1]]
		link := &html.Node{Type: html.ElementNode, Data: "a", DataAtom: atom.A, Attr: []html.Attribute{{Key: "href", Val: address}}}
		link.AppendChild(words(address))
		n.Parent.InsertBefore(words(text[rest:at[0]]), n)
		n.Parent.InsertBefore(link, n)
		rest = at[1]
	}
	n.Data = text[rest:]
}

// FromText makes words of plain text: a paragraph ends at an empty line.
func FromText(text string) Words { return Words{Text: text, HTML: paragraphs(text)} }

// Signed appends a desk's signature to words that leave.
func Signed(words Words, signature string) Words {
	signature = strings.TrimSpace(signature)
	if signature == "" {
		return words
	}
	if strings.TrimSpace(words.HTML) == "" {
		words.HTML = paragraphs(words.Text)
	}
	if words.Text = strings.TrimRight(words.Text, "\n"); words.Text != "" {
		words.Text += "\n\n"
	}
	words.Text += "-- \n" + signature
	words.HTML += "\n" + `<p style="margin:18px 0 0;color:#6b7280">` + breaks(signature) + "</p>"
	return words
}
