package markup

import (
	"regexp"
	"strings"

	"golang.org/x/net/html"
)

// ToText is what a person reads in HTML: a line for each block, list items
// with bullets, table cells side by side, links followed by their target where
// the words do not show it, hidden parts left out. It never fails: what cannot
// be parsed as a tree is read tag by tag.
func ToText(src string) string {
	p, err := Parse(src)
	if err != nil {
		return streamText(src)
	}
	var b strings.Builder
	for _, l := range p.lines {
		b.WriteString(strings.Repeat("> ", min(l.Depth, 8)))
		b.WriteString(l.Text)
		b.WriteByte('\n')
	}
	return strings.TrimSpace(b.String())
}

// Shown is every word that a page of HTML shows, for holding it against a
// text.
func Shown(src string) (string, error) {
	p, err := Parse(src)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for _, l := range p.lines {
		b.WriteString(l.Plain)
		b.WriteByte('\n')
	}
	return b.String(), nil
}

// streamText reads HTML without a tree. It stops at twice the size that is
// parsed; hidden elements cannot be told apart here.
func streamText(src string) string {
	if len(src) > 2*maxBytes {
		src = src[:2*maxBytes]
	}
	z := html.NewTokenizer(strings.NewReader(src))
	var b strings.Builder
	skip := ""
	for {
		switch z.Next() {
		case html.ErrorToken:
			return strings.TrimSpace(collapse(b.String()))
		case html.TextToken:
			if skip == "" {
				b.WriteString(strings.Map(visible, string(z.Text())))
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			raw, _ := z.TagName()
			name := string(raw)
			if skip == "" && (name == "script" || name == "style" || name == "head" || name == "title") {
				skip = name
			}
			if skip == "" && breaks[name] {
				b.WriteByte('\n')
			}
		case html.EndTagToken:
			raw, _ := z.TagName()
			name := string(raw)
			if name == skip || name == "head" {
				skip = ""
			} else if skip == "" && breaks[name] && name != "br" {
				b.WriteByte('\n')
			}
		}
	}
}

var breaks = map[string]bool{
	"br": true, "p": true, "div": true, "tr": true, "li": true, "table": true, "blockquote": true, "pre": true,
	"h1": true, "h2": true, "h3": true, "h4": true, "h5": true, "h6": true, "hr": true, "ul": true, "ol": true, "body": true,
}

var manyBlanks = regexp.MustCompile(`\n(?:[ \t]*\n){2,}`)

// collapse trims every line and leaves at most one blank line between two.
func collapse(s string) string {
	lines := strings.Split(strings.ReplaceAll(s, "\u00a0", " "), "\n")
	for i, l := range lines {
		lines[i] = strings.Join(strings.Fields(l), " ")
	}
	return manyBlanks.ReplaceAllString(strings.Join(lines, "\n"), "\n\n")
}
