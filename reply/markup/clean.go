package markup

import (
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"aside"
)

// clean removes from a tree what no reader sees: comments, scripts and hidden
// elements. Of a form's controls the words stay that are read there. A hidden word must neither be quoted onward nor carry a
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
				plainControl(c)
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

// visible drops what steers, but for white space.
func visible(r rune) rune {
	switch {
	case r == '\n' || r == '\t' || r == '\r' || r == '\f':
		return r
	case aside.Steers(r):
		return -1
	}
	return r
}

// unseen elements go with all they hold.
func unseen(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Script, atom.Style, atom.Head, atom.Title, atom.Meta, atom.Link, atom.Base, atom.Embed,
		atom.Iframe, atom.Applet, atom.Frame, atom.Frameset, atom.Noframes, atom.Svg, atom.Math, atom.Canvas,
		atom.Video, atom.Audio, atom.Source, atom.Track, atom.Map, atom.Area, atom.Template,
		atom.Datalist, atom.Input, atom.Plaintext, atom.Noembed:
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

// plainControl makes a plain block of an element that a reader may type into or
// press, or that stands for what is not loaded: people send the forms of pages
// and what they wrote there.
func plainControl(n *html.Node) {
	switch n.DataAtom {
	case atom.Select:
		keepSelected(n)
	case atom.Textarea, atom.Button, atom.Option, atom.Optgroup, atom.Xmp, atom.Object:
	default:
		return
	}
	n.Data, n.DataAtom, n.Attr = "div", atom.Div, nil
}

// keepSelected removes the options that are not chosen where one is.
func keepSelected(list *html.Node) {
	chosen := func(n *html.Node) bool {
		for _, a := range n.Attr {
			if a.Key == "selected" {
				return true
			}
		}
		return false
	}
	var options []*html.Node
	any := false
	for n := range list.Descendants() {
		if n.DataAtom == atom.Option {
			options = append(options, n)
			any = any || chosen(n)
		}
	}
	for _, o := range options {
		if any && !chosen(o) {
			o.Parent.RemoveChild(o)
		}
	}
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
