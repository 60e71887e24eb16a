package templates

import (
	_ "embed"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

//go:embed page.html
var page string

// maxWordsHTML bounds in octets the HTML of a person's words that is parsed;
// longer words are shown by their text.
const maxWordsHTML = 2 << 20

// Assemble makes a notice of its words and its frame: the words first, then
// the frame. The HTML of the result is a whole document. The words' HTML must
// be sanitised; here it is only closed where it was left open, so that it
// cannot swallow or hide the frame, and without any the text is shown. A line
// of the words that imitates the frame's first one is shown as quoted.
func Assemble(words, frame Words) Words {
	text := "\n" + strings.ReplaceAll(words.Text, "\r\n", "\n")
	text = strings.TrimSpace(imitation.ReplaceAllString(text, "\n> $1"))
	out := Words{Text: frame.Text}
	if text != "" {
		out.Text = text + "\n\n" + frame.Text
	}
	shown, ok := closed(words.HTML)
	if !ok {
		shown = FromText(text).HTML
	}
	head, rest, _ := strings.Cut(page, "<!--words-->")
	between, end, _ := strings.Cut(rest, "<!--frame-->")
	out.HTML = head + shown + between + frame.HTML + end
	return out
}

// closed parses a fragment and writes it again with every element closed; ok
// is false where there is nothing to show, or it is too long or too deep.
func closed(fragment string) (string, bool) {
	if strings.TrimSpace(fragment) == "" || len(fragment) > maxWordsHTML {
		return "", false
	}
	body := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	nodes, err := html.ParseFragment(strings.NewReader(fragment), body)
	if err != nil {
		return "", false
	}
	var b strings.Builder
	for _, n := range nodes {
		quoteImitations(n)
		if err := html.Render(&b, n); err != nil {
			return "", false
		}
	}
	return b.String(), true
}

// quoteImitations marks text that begins like a frame's first line.
func quoteImitations(n *html.Node) {
	for d := range n.Descendants() {
		markImitation(d)
	}
	markImitation(n)
}

func markImitation(n *html.Node) {
	if n.Type == html.TextNode && imitationStart.MatchString(n.Data) {
		n.Data = "> " + strings.TrimSpace(n.Data)
	}
}

// External makes a mail to contacts: the words in a plain document, and
// nothing else. A signature is appended to the words before.
func External(words Words) Words {
	shown, ok := closed(words.HTML)
	if !ok {
		shown = FromText(words.Text).HTML
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
