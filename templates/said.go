package templates

import (
	"net/url"
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/net/idna"

	"aside"
)

// Bounds on what a person's words may do to the page around them.
const (
	maxStacked = 8 // combining marks on one letter: more of them reach into the lines around
	maxEmpty   = 6 // empty lines in a row of text
)

// Said makes a person's words fit to be shown to an agent above a frame. In the
// text, characters that act on a terminal or turn the direction of writing are
// gone. The HTML, which must be sanitised, stands in a box of its own, every
// link says where it leads unless its words are just that, and pictures stay
// inside.
func Said(words Words) Words {
	words.Text = spoken(words.Text)
	shown, ok := closed(words.HTML, func(body *html.Node) {
		for n := range body.Descendants() {
			switch {
			case n.Type == html.TextNode:
				n.Data = spoken(n.Data)
			case n.DataAtom == atom.A:
				nameTarget(n)
			case saidLooks[n.DataAtom] != "":
				own := attribute(n, "style")
				if own != "" {
					own = strings.TrimSuffix(own, ";") + ";"
				}
				n.Attr = append(without(n.Attr, "style"), html.Attribute{Key: "style", Val: own + saidLooks[n.DataAtom]})
			}
		}
	})
	if !ok {
		shown = FromText(words.Text).HTML
	}
	words.HTML = `<div class="as-said" style="` + saidStyle + `">` + "\n" + shown + "\n</div>"
	return words
}

// saidStyle draws the box around a person's words. Its overflow holds whatever
// is too wide, or reaches out of its line.
const saidStyle = `border:1px solid #dfe2e6;border-radius:8px;padding:11px 13px;overflow:auto`

// saidLooks are the styles of elements that would else be too wide for a
// telephone: pictures, and what browsers indent by 40 pixels at each step.
var saidLooks = map[atom.Atom]string{
	atom.Img:        `max-width:100%;height:auto`,
	atom.Blockquote: `margin:8px 0;padding:0 0 0 10px;border-left:2px solid #d5d9de`,
	atom.Ul:         `margin:8px 0;padding:0 0 0 22px`,
	atom.Ol:         `margin:8px 0;padding:0 0 0 22px`,
	atom.Dd:         `margin:0 0 0 16px`,
	atom.Td:         cellStyle,
	atom.Th:         cellStyle,
}

// cellStyle keeps the words of a table's cells whole: a wide table is scrolled.
const cellStyle = `padding:2px 10px 2px 0;vertical-align:top;word-break:normal;overflow-wrap:normal`

func without(attrs []html.Attribute, key string) []html.Attribute {
	var out []html.Attribute
	for _, a := range attrs {
		if a.Key != key {
			out = append(out, a)
		}
	}
	return out
}

// spoken is a person's text without what no one reads: control characters,
// which a terminal obeys, overrides of the direction of writing, marks piled on
// a letter, and long stretches of nothing. What ends a line somewhere ends one
// here, so that no reader sees a line that we did not.
func spoken(s string) string {
	if plain(s) && !gaping(s) {
		return s
	}
	s = ends.Replace(s)
	marks := 0
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
		case aside.Steers(r):
			return -1
		}
		if !unicode.In(r, unicode.Mn, unicode.Me) {
			marks = 0
		} else if marks++; marks > maxStacked {
			return -1
		}
		return r
	}, s)
	if strings.Count(s, "\n") <= maxEmpty {
		return s
	}
	var out []string
	empty := 0
	for line := range strings.SplitSeq(s, "\n") {
		if strings.TrimSpace(line) != "" {
			empty = 0
		} else if empty++; empty > maxEmpty {
			continue
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}

// plain reports a text of nothing but printable ASCII, tabs and line feeds.
func plain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' && c != '\n' && c != '\t' || c > '~' {
			return false
		}
	}
	return true
}

// gaping reports whether a plain text may have too many empty lines in a row.
func gaping(s string) bool {
	ends := 0
	for i := range len(s) {
		switch s[i] {
		case '\n':
			if ends++; ends > maxEmpty {
				return true
			}
		case ' ', '\t':
		default:
			ends = 0
		}
	}
	return false
}

// ends are all the ways to end a line: CR alone moves a terminal's cursor back
// to overwrite what stands there, and Unicode has some of its own.
var ends = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\v", "\n", "\f", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n")

// nameTarget writes behind a link's words where it leads, in square brackets
// and without blanks, the form in which reply knows a target when the notice
// is quoted. A link that shows nothing is none.
func nameTarget(a *html.Node) {
	href := attribute(a, "href")
	if href == "" {
		return
	}
	shown, picture := visibleWords(a)
	if shown == "" && !picture {
		a.Attr = without(a.Attr, "href")
		return
	}
	lead := leadsTo(href)
	if lead == "" || !picture && plainly(shown, href) {
		return
	}
	chip := &html.Node{Type: html.ElementNode, Data: "span", DataAtom: atom.Span, Attr: []html.Attribute{
		{Key: "class", Val: "as-target"}, {Key: "style", Val: targetStyle}}}
	chip.AppendChild(&html.Node{Type: html.TextNode, Data: "[" + lead + "]"})
	a.Parent.InsertBefore(chip, a.NextSibling)
	a.Parent.InsertBefore(&html.Node{Type: html.TextNode, Data: " "}, chip)
}

// targetStyle tells a target from a person's words, which have no background.
const targetStyle = `display:inline-block;background-color:#eef0f2;border-radius:4px;padding:0 4px;line-height:1.4;color:#4a515a;font-size:12px;font-weight:400;font-style:normal`

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key && a.Namespace == "" {
			return a.Val
		}
	}
	return ""
}

// visibleWords are the words of an element, and whether it shows a picture.
func visibleWords(n *html.Node) (words string, picture bool) {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
		picture = picture || d.DataAtom == atom.Img
	}
	return strings.TrimFunc(b.String(), func(r rune) bool { return unicode.IsSpace(r) || aside.Unseen(r) }), picture
}

// leadsTo says where a link leads: the scheme with the host, as DNS is asked
// for it, and … for all behind it; or the addresses; or the number.
func leadsTo(href string) string {
	u, err := url.Parse(href)
	if err != nil {
		return ""
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		return cleanLine(strings.ReplaceAll(href, " ", "%20"), maxSubject)
	}
	host := asciiHost(u.Hostname())
	if host == "" {
		return ""
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if p := u.Port(); p != "" {
		host += ":" + p
	}
	lead := u.Scheme + "://" + host
	if len(u.Path) > 1 || u.RawQuery != "" || u.Fragment != "" {
		lead += "/…"
	}
	return lead
}

// hostNames turns a name into what clients ask DNS for.
var hostNames = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false))

// asciiHost is a host's name in the form that DNS knows: two names that look
// alike do not there.
func asciiHost(host string) string {
	ascii, err := hostNames.ToASCII(host)
	if err != nil {
		return ""
	}
	return cleanLine(ascii, 253)
}

// looksLikeURL is a web address as people write one, with or without scheme.
var looksLikeURL = regexp.MustCompile(`^(?i:https?://)?([a-zA-Z0-9.-]+\.[a-zA-Z0-9-]{2,})(?::[0-9]+)?(?:[/?#]\S*)?$`)

// plainly reports whether a link's words are nothing but where it leads: its
// address, or the host alone.
func plainly(shown, href string) bool {
	u, err := url.Parse(href)
	if err != nil || u.User != nil {
		return false
	}
	switch u.Scheme {
	case "mailto", "tel":
		return strings.EqualFold(strings.TrimPrefix(shown, u.Scheme+":"), strings.TrimPrefix(href, u.Scheme+":"))
	}
	m := looksLikeURL.FindStringSubmatch(shown)
	return m != nil && strings.EqualFold(m[1], u.Hostname()) && asciiHost(u.Hostname()) == strings.ToLower(m[1])
}
