package markup

import (
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// clean removes from a tree what no reader sees: comments, scripts, forms and
// hidden elements. A hidden word must neither be quoted onward nor carry a
// command.
func clean(n *html.Node) {
	for c := n.FirstChild; c != nil; {
		next := c.NextSibling
		switch c.Type {
		case html.TextNode:
			c.Data = strings.Map(visible, c.Data)
		case html.ElementNode:
			if unseen(c) {
				n.RemoveChild(c)
			} else {
				for i := range c.Attr {
					c.Attr[i].Val = strings.Map(visible, c.Attr[i].Val)
				}
				clean(c)
			}
		default:
			n.RemoveChild(c)
		}
		c = next
	}
}

// visible drops control characters and the bidirectional overrides that make
// a text read other than it is written.
func visible(r rune) rune {
	switch {
	case r == '\n' || r == '\t' || r == '\r' || r == '\f':
		return r
	case r < 0x20 || r == 0x7f || r >= 0x80 && r < 0xa0:
		return -1
	case r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0xfeff:
		return -1
	}
	return r
}

// unseen elements go with all they hold.
func unseen(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Script, atom.Style, atom.Head, atom.Title, atom.Meta, atom.Link, atom.Base, atom.Object, atom.Embed,
		atom.Iframe, atom.Applet, atom.Frame, atom.Frameset, atom.Noframes, atom.Svg, atom.Math, atom.Canvas,
		atom.Video, atom.Audio, atom.Source, atom.Track, atom.Map, atom.Area, atom.Template, atom.Select,
		atom.Datalist, atom.Input, atom.Textarea, atom.Button, atom.Xmp, atom.Plaintext, atom.Noembed:
		return true
	}
	for _, a := range n.Attr {
		switch a.Key {
		case "hidden":
			return true
		case "style":
			if hidesItself(a.Val) {
				return true
			}
		}
	}
	return false
}

var hiding = regexp.MustCompile(`(?i)(^|[;\s])(display\s*:\s*none|visibility\s*:\s*(hidden|collapse)|mso-hide\s*:\s*all|opacity\s*:\s*0+(\.0+)?\s*(;|!|$)|` +
	`font-size\s*:\s*(0+(\.0+)?(px|pt|em|rem|%)?|1px)\s*(;|!|$)|max-height\s*:\s*0(px)?\s*(;|!|$))`)

// hidesItself reports whether a style makes its element invisible.
func hidesItself(style string) bool {
	if !strings.Contains(style, ":") {
		return false
	}
	return hiding.MatchString(style)
}
