package markup

import (
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// What clients call their quotations, as parts of class, id or data-marker.
var (
	// containers hold the introduction and the answered mail. Where a block
	// quotation lies inside, only that is quoted, and text beside it is an
	// answer; else all of it is.
	containers = regexp.MustCompile(`(?i)(^|[\s"])(gmail_quote|gmail_quote_container|(?:ydp\w{4,12})?yahoo_quoted|protonmail_quote|proton-quote|tutanota_quote|` +
		`olk_src_body_section|mail-editor-reference-message-container|ms-outlook-mobile-reference-message|` +
		`__quoted_text__|aolmsgpart\S*|aolreplyheader|gw_quote|hmquote|zmail_extra\w*|front-blockquote|mailbird\S*quote\S*|` +
		`moz-email-headers-table|history_container|x_gmail_quote|ymail_android\S*quoted|wl_quote|edo-replied\S*)($|[\s"])`)
	// wholes are those whose client never sets a block quotation: one inside is
	// of the answered mail.
	wholes     = regexp.MustCompile(`(?i)(^|[\s"])(ydp\w{4,12})?(yahoo_quoted|mail-editor-reference-message-container|ms-outlook-mobile-reference-message)($|[\s"])`)
	intros     = regexp.MustCompile(`(?i)(^|\s)(moz-cite-prefix|gmail_attr|x_gmail_attr|reply-intro|protonmail_quote_intro|yahoo_quoted_begin|edo-headers)($|\s)`)
	tails      = regexp.MustCompile(`(?i)^(x_)?(divrplyfwdmsg|stopspelling|zwchr|mobile-reference|reply-?header)$`)
	soft       = regexp.MustCompile(`(?i)^(x_)?(appendonsend|ms-outlook-mobile-body-separator-line)$`)
	signatures = regexp.MustCompile(`(?i)(^|\s)(gmail_signature|moz-signature|moz-txt-sig|applemailsignature|signature|x_signature|` +
		`k9mail-signature|protonmail_signature_block\S*|outlook_signature|mail-signature|ymail_android_signature|__signature__|messagesignaturesection)($|\s)`)
	// light are such elements into which people type as well, since they stand
	// where the cursor is.
	light     = regexp.MustCompile(`(?i)(^|\s)(ms-outlook-mobile-signature|ydp[0-9a-f]{4,12}signature)($|\s)`)
	borderTop = regexp.MustCompile(`(?i)border-top(-color)?:\s*[^;]*(#e1e1e1|#b5c4df|rgb\(225,\s*225,\s*225\)|rgb\(181,\s*196,\s*223\)|rgb\(229,\s*229,\s*229\))|` +
		`border:\s*none;\s*border-top:\s*solid`)
	indentation = regexp.MustCompile(`(?i)border(-left)?:\s*(none|0|0px|medium none)\b`)
)

// names are the words by which a client may have marked an element.
func names(n *html.Node) string {
	var b strings.Builder
	for _, a := range n.Attr {
		switch a.Key {
		case "class", "id", "data-marker", "name":
			b.WriteString(a.Val)
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// quotation reports whether the element is a quotation, and by how much its
// own content is deeper. A container around a block quotation adds nothing;
// inside says that one encloses the element already, so that the search for a
// block quotation is made once, from the outermost one.
func quotation(n *html.Node, inside bool) (int, bool) {
	if n.DataAtom == atom.Blockquote {
		if attr(n, "type") == "" && attr(n, "cite") == "" && !containers.MatchString(names(n)) && indentation.MatchString(attr(n, "style")) {
			return 0, false // the indent button of a composer
		}
		return 1, true
	}
	if len(n.Attr) == 0 || !containers.MatchString(names(n)) {
		return 0, false
	}
	if inside {
		return 0, true
	}
	if wholes.MatchString(names(n)) {
		return 1, true
	}
	for d := range n.Descendants() {
		if d.DataAtom == atom.Blockquote {
			return 0, true
		}
	}
	return 1, true
}

// hints tells what an element says about its lines, and about the first of
// them.
func hints(n *html.Node) Hint {
	var h Hint
	if belowSignatureBreak(n) {
		h = HintSignature | HintLight
	}
	if len(n.Attr) == 0 {
		return h
	}
	if name := names(n); name != "" {
		if intros.MatchString(name) {
			h |= HintIntro
		}
		if signatures.MatchString(name) {
			h |= HintSignature
		}
		if light.MatchString(name) {
			h |= HintSignature | HintLight
		}
		h |= tailHint(n)
	}
	if attr(n, "data-smartmail") == "gmail_signature" && h&HintSignature == 0 {
		h |= HintSignature | HintLight
	}
	if attr(n, "data-signatureblock") == "true" {
		h |= HintSignature
	}
	if style := attr(n, "style"); style != "" && isBlock(n) {
		if borderTop.MatchString(style) {
			h |= HintRule
		}
		if edged(style) {
			h |= HintEdge
		}
	}
	return h
}

// belowSignatureBreak reports whether an element is the one below Apple's mark
// of a signature, and no quotation.
func belowSignatureBreak(n *html.Node) bool {
	p := n.PrevSibling
	for p != nil && p.Type == html.TextNode && strings.TrimSpace(p.Data) == "" {
		p = p.PrevSibling
	}
	if p == nil || p.DataAtom != atom.Br || attr(p, "id") != "lineBreakAtBeginningOfSignature" {
		return false
	}
	for d := range n.Descendants() {
		if d.DataAtom == atom.Blockquote {
			return false
		}
	}
	return true
}

// edged reports whether a style draws its block as clients without a block
// quotation draw what they quote: a bar at the left, or an indentation with a
// colour of its own.
func edged(style string) bool {
	if len(style) > 2000 || !strings.Contains(strings.ToLower(style), "left") && !strings.Contains(strings.ToLower(style), "inline-start") {
		return false
	}
	indented, coloured := false, false
	for _, d := range strings.Split(strings.ToLower(style), ";") {
		name, value, _ := strings.Cut(d, ":")
		switch strings.TrimSpace(name) {
		case "border-left", "border-inline-start", "border-left-width", "border-left-style":
			if drawn(value) {
				return true
			}
		case "margin-left", "padding-left", "margin-inline-start", "padding-inline-start":
			indented = indented || drawn(value)
		case "color", "background", "background-color", "border-color", "border-left-color":
			coloured = true
		}
	}
	return indented && coloured
}

// drawn reports whether a width or a border is any.
func drawn(value string) bool {
	value = strings.TrimSpace(value)
	return value != "" && value[0] != '0' && value[0] != '-' && !strings.Contains(value, "none") && !strings.Contains(value, "hidden") &&
		value != "initial" && value != "inherit" && value != "unset" && value != "auto"
}

func tailHint(n *html.Node) Hint {
	id := attr(n, "id")
	if id == "" {
		id = attr(n, "data-marker")
	}
	switch {
	case id == "":
		return 0
	case tails.MatchString(id):
		return HintTail
	case soft.MatchString(id):
		return HintRule
	}
	return 0
}

func isBlock(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Address, atom.Article, atom.Aside, atom.Blockquote, atom.Body, atom.Center, atom.Dd, atom.Details,
		atom.Dir, atom.Div, atom.Dl, atom.Dt, atom.Fieldset, atom.Figcaption, atom.Figure, atom.Footer, atom.Form,
		atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Header, atom.Hr, atom.Html, atom.Li, atom.Main,
		atom.Menu, atom.Nav, atom.Ol, atom.P, atom.Pre, atom.Section, atom.Summary, atom.Table, atom.Tbody,
		atom.Tfoot, atom.Thead, atom.Tr, atom.Ul, atom.Caption:
		return true
	}
	return false
}

// margins reports whether a reader sees a blank line around the element.
func margins(n *html.Node) bool {
	switch n.DataAtom {
	case atom.P:
		return !strings.Contains(attr(n, "class"), "Mso") && !strings.Contains(strings.ReplaceAll(attr(n, "style"), " ", ""), "margin:0")
	case atom.Blockquote, atom.Ul, atom.Ol, atom.Table, atom.Pre, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		return n.DataAtom != atom.Table || n.Parent == nil || n.Parent.DataAtom != atom.Td
	}
	return false
}

// preserves reports whether the element keeps the line ends of its text.
func preserves(n *html.Node) bool {
	s := attr(n, "style")
	if s == "" {
		return false
	}
	s = strings.ReplaceAll(strings.ToLower(s), " ", "")
	return strings.Contains(s, "white-space:pre")
}
