package markup

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/microcosm-cc/bluemonday"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

var (
	linkTarget = regexp.MustCompile(`(?i)^\s*(https?://|mailto:|tel:)[^\x00-\x20"'<>` + "`" + `]*\s*$`)
	pictureID  = regexp.MustCompile(`(?i)^\s*cid:[^\x00-\x20"'<>` + "`" + `]+\s*$`)
	smallCount = regexp.MustCompile(`^[1-9][0-9]?$`)
	pixels     = regexp.MustCompile(`^[1-9][0-9]{0,3}$`)
	anyText    = regexp.MustCompile(`^[^<>]*$`)
	alignments = regexp.MustCompile(`(?i)^(left|right|center|justify)$`)
	policy     = allowList()
)

// allowList is all the HTML that is ever shown to somebody else: the elements
// of written text, links that say where they go, pictures that came with the
// mail. No class, id, position, size, background or script.
func allowList() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "div", "span", "b", "strong", "i", "em", "u", "s", "strike", "del", "ins", "sub", "sup", "small",
		"code", "pre", "tt", "kbd", "samp", "blockquote", "ul", "ol", "li", "dl", "dt", "dd", "hr", "h1", "h2", "h3", "h4", "h5", "h6",
		"table", "thead", "tbody", "tfoot", "tr", "td", "th", "caption", "center", "mark", "q", "cite", "abbr", "address")
	p.AllowURLSchemes("http", "https", "mailto", "tel", "cid")
	p.RequireParseableURLs(true)
	p.AllowAttrs("href").Matching(linkTarget).OnElements("a")
	p.RequireNoFollowOnLinks(false)
	p.RequireNoReferrerOnLinks(true)
	p.AllowAttrs("src").Matching(pictureID).OnElements("img")
	p.AllowAttrs("alt").Matching(anyText).OnElements("img")
	p.AllowAttrs("width", "height").Matching(pixels).OnElements("img")
	p.AllowAttrs("colspan", "rowspan").Matching(smallCount).OnElements("td", "th")
	p.AllowAttrs("align").Matching(alignments).OnElements("p", "div", "td", "th", "tr", "table")
	p.AllowAttrs("dir").Matching(bluemonday.Direction).Globally()
	p.AllowStyles("color").MatchingHandler(readable).Globally()
	p.AllowStyles("font-weight").MatchingEnum("bold", "bolder", "normal", "600", "700", "800").Globally()
	p.AllowStyles("font-style").MatchingEnum("italic", "normal").Globally()
	p.AllowStyles("text-decoration").MatchingEnum("underline", "line-through", "none").Globally()
	p.AllowStyles("text-align").MatchingEnum("left", "right", "center", "justify").Globally()
	p.AllowStyles("white-space").MatchingEnum("pre-wrap", "pre-line").Globally()
	return p
}

// Sanitise makes HTML from outside fit to be shown inside a page of ours: the
// allow-list alone, hidden parts gone, remote pictures replaced by their
// description. HTML that cannot be taken apart comes back as its text.
func Sanitise(src string) string {
	if src == "" {
		return "" // as of all mail in plain text
	}
	if len(src) > maxBytes || tangled(src) {
		return FromText(streamText(src))
	}
	body, err := parseBody(src)
	if err != nil {
		return FromText(streamText(src))
	}
	clean(body)
	return sanitiseNode(body)
}

// sanitiseNode renders what lies in a cleaned body and passes it through the
// allow-list.
func sanitiseNode(body *html.Node) string {
	var b strings.Builder
	tidyChildren(body, shape{blank: new(int)})
	for c := body.FirstChild; c != nil; c = c.NextSibling {
		if err := html.Render(&b, c); err != nil {
			return ""
		}
	}
	return strings.TrimSpace(policy.Sanitize(b.String()))
}

// tidyChildren prepares what an element holds for the allow-list: remote
// pictures become words, links lead where every client agrees they lead, the few
// styles worth keeping are kept in the form the list accepts, and nothing grows
// beyond its shape.
func tidyChildren(n *html.Node, s shape) {
	for c := n.FirstChild; c != nil; {
		next := c.NextSibling
		if c.DataAtom == atom.Img {
			if _, ok := contentID(attr(c, "src")); !ok {
				words := &html.Node{Type: html.TextNode, Data: altText(c)}
				n.InsertBefore(words, c)
				n.RemoveChild(c)
				c = words
			}
		}
		if s.tooBlank(c) {
			n.RemoveChild(c)
		} else if c.Type == html.ElementNode {
			within := s.inside(c)
			tidyAttributes(c)
			tidyChildren(c, within)
		}
		c = next
	}
}

func tidyAttributes(n *html.Node) {
	kept := n.Attr[:0]
	for _, a := range n.Attr {
		switch {
		case a.Key == "style":
			if a.Val = styles(a.Val); a.Val != "" {
				kept = append(kept, a)
			}
		case a.Key == "color" && n.DataAtom == atom.Font && readable(a.Val):
			n.Data, n.DataAtom = "span", atom.Span
			kept = append(kept, html.Attribute{Key: "style", Val: "color: " + a.Val})
		case a.Key == "href":
			if a.Val = target(a.Val); a.Val != "" {
				kept = append(kept, a)
			}
		case a.Namespace == "":
			kept = append(kept, a)
		}
	}
	n.Attr = kept
}

// styles keeps the declarations that the allow-list knows, so that its own
// parser of styles sees nothing else.
func styles(s string) string {
	if len(s) > 2000 {
		return ""
	}
	var kept []string
	for _, d := range strings.Split(s, ";") {
		name, value, ok := strings.Cut(d, ":")
		name, value = strings.ToLower(strings.TrimSpace(name)), strings.ToLower(strings.TrimSpace(value))
		if !ok || len(value) > 40 {
			continue
		}
		switch name {
		case "color":
			if !readable(value) {
				continue
			}
		case "font-weight", "font-style", "text-decoration", "text-align", "white-space":
		default:
			continue
		}
		kept = append(kept, name+": "+value)
	}
	return strings.Join(kept, "; ")
}

var (
	hexColour = regexp.MustCompile(`^#([0-9a-f]{3}|[0-9a-f]{6})$`)
	rgbColour = regexp.MustCompile(`^rgb\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*\)$`)
	darkNames = regexp.MustCompile(`^(black|red|blue|green|navy|maroon|purple|teal|gray|grey|olive|darkred|darkblue|darkgreen|crimson|brown|orange|magenta|fuchsia|indigo)$`)
)

// readable reports whether a colour can be read on white: words in a pale
// colour would be there for a machine and not for a person.
func readable(colour string) bool {
	colour = strings.ToLower(strings.TrimSpace(colour))
	if darkNames.MatchString(colour) {
		return true
	}
	var r, g, b int64
	if m := rgbColour.FindStringSubmatch(colour); m != nil {
		r, _ = strconv.ParseInt(m[1], 10, 32)
		g, _ = strconv.ParseInt(m[2], 10, 32)
		b, _ = strconv.ParseInt(m[3], 10, 32)
	} else if m := hexColour.FindStringSubmatch(colour); m != nil {
		h := m[1]
		if len(h) == 3 {
			h = string([]byte{h[0], h[0], h[1], h[1], h[2], h[2]})
		}
		v, _ := strconv.ParseInt(h, 16, 32)
		r, g, b = v>>16, v>>8&255, v&255
	} else {
		return false
	}
	return r*299+g*587+b*114 < 190*1000
}
