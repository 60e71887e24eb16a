package read

import (
	"bytes"
	"html"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"aside"

	nethtml "golang.org/x/net/html"
)

// bodyReader walks the tree of a mail once and gathers text, HTML and files.
type bodyReader struct {
	mail *aside.Mail
	opts Options
	tree *tree
	root *part

	pieces  []bodyPiece
	textLen int
	htmlLen int
	names   map[string]int // generated names given so far

	status      *part   // message/delivery-status or the like
	innerStatus *part   // the same inside an attached mail
	returned    *part   // the mail that came back with a report
	calendar    *part   // the first text/calendar
	types       []*part // every leaf, for recognising kinds
}

// bodyPiece is a stretch of the body as a person sees it: text, HTML, or both
// when they are alternatives of each other. The lines of a fixed one's text may
// have been wrapped on the way.
type bodyPiece struct {
	text, html string
	fixed      bool
}

func (b *bodyReader) read() error {
	b.names = map[string]int{}
	if err := b.walk(b.root, nil); err != nil {
		return err
	}
	b.compose()
	b.markInline()
	b.findPGP()
	return nil
}

// walk handles one part; alt is the piece of the alternative it belongs to.
func (b *bodyReader) walk(p *part, alt *bodyPiece) error {
	if len(p.children) == 0 {
		return b.leaf(p, alt)
	}
	switch p.mediaType {
	case "multipart/alternative":
		return b.alternative(p, alt)
	case "multipart/encrypted":
		b.mail.Opaque = aside.OpaquePGP
	case "multipart/signed":
		b.mail.Signed = signedWith(p)
	}
	for i, c := range p.children {
		// The signature of a signed mail says nothing about the mail composed
		// from it anew; the raw mail keeps it (RFC 1847 section 2.1).
		if p.mediaType == "multipart/signed" && i > 0 && strings.HasSuffix(c.mediaType, "-signature") {
			continue
		}
		if err := b.walk(c, alt); err != nil {
			return err
		}
	}
	return nil
}

func (b *bodyReader) alternative(p *part, alt *bodyPiece) error {
	piece := alt
	if piece == nil {
		piece = &bodyPiece{}
	}
	plain := slices.ContainsFunc(p.children, func(c *part) bool {
		return strings.HasPrefix(c.mediaType, "multipart/") || c.mediaType == "text/plain" || c.mediaType == "text/html"
	})
	for _, c := range p.children {
		// Another shape of the same words; calendars are kept as files.
		if plain && (c.mediaType == "text/x-amp-html" || isEnriched(c) || c.mediaType == "text/watch-html") {
			b.types = append(b.types, c)
			continue
		}
		if err := b.walk(c, piece); err != nil {
			return err
		}
	}
	if alt == nil {
		b.pieces = append(b.pieces, *piece)
	}
	return nil
}

func (b *bodyReader) leaf(p *part, alt *bodyPiece) error {
	b.types = append(b.types, p)
	if b.tree.late() {
		return nil
	}
	name := p.fileName()
	shown := b.isBody(p, name)
	need := maxHeaderBytes
	if shown {
		need = b.opts.MaxText + utf8.UTFMax
	}
	c, problem, err := b.tree.decode(p, need)
	if err != nil {
		return err
	}
	if problem != "" {
		b.tree.problems.add("%s", problem)
	}
	p.body = nil // it is not needed again, and may be most of the mail
	b.noteSpecial(p, name, c.head)
	if isSMIME(p, name) {
		signed, err := b.signedInside(c.head, alt)
		if err != nil {
			return err
		}
		if signed {
			b.mail.Opaque, b.mail.Signed = aside.OpaqueNone, aside.OpaqueSMIME
		}
	}
	if shown {
		b.addText(p, c.head, alt)
		return nil
	}
	return b.attach(p, name, c)
}

// isBody tells text that is shown from text that is a file.
func (b *bodyReader) isBody(p *part, name string) bool {
	if p.disposition == "attachment" {
		return false
	}
	switch p.mediaType {
	case "text/plain", "text/html", "text/enriched", "text/richtext":
		// Some mailers name even the body; the first text is never a file.
		return name == "" || p == b.root || len(b.pieces) == 0 && len(b.mail.Attachments) == 0 && p.disposition == ""
	case "text/calendar", "text/directory", "text/vcard", "text/x-vcard", "text/rfc822-headers", "text/csv", "text/xml":
		return false
	}
	return strings.HasPrefix(p.mediaType, "text/") && p == b.root && name == ""
}

// addText decodes a text part into the body.
func (b *bodyReader) addText(p *part, content []byte, alt *bodyPiece) {
	isHTML := p.mediaType == "text/html"
	used := &b.textLen
	if isHTML {
		used = &b.htmlLen
	}
	if left := b.opts.MaxText - *used; len(content) > left {
		content = cutRunes(content, left)
		b.tree.problems.leftOut("the text is longer than %d octets, the end was left out", b.opts.MaxText)
	}
	*used += len(content)
	label := p.params["charset"]
	if isHTML && label == "" {
		label = metaCharset(content)
	}
	text, problem := toUTF8(content, label)
	if label == "" && !utf8.Valid(content) {
		named := headerCharset(&b.root.header)
		if as, broken := toUTF8(content, named); named != "" && broken == "" {
			text, problem = as, "text without a charset was read as the header's "+printable(named)
		}
	}
	if problem != "" {
		b.tree.problems.add("%s", problem)
	}
	text = clean(text)
	if isEnriched(p) {
		text = unenriched(text)
	}
	flowed := !isHTML && strings.EqualFold(p.params["format"], "flowed")
	if flowed {
		text = unflow(text, strings.EqualFold(p.params["delsp"], "yes"))
	}
	target := alt
	if alt == nil {
		target = &bodyPiece{}
	}
	if isHTML {
		target.html = joinText(target.html, text)
	} else {
		target.text = joinText(target.text, text)
		target.fixed = target.fixed || !flowed
	}
	if alt == nil {
		b.pieces = append(b.pieces, *target)
	}
}

// isEnriched reports the simple markup of mail before HTML.
func isEnriched(p *part) bool {
	return p.mediaType == "text/enriched" || p.mediaType == "text/richtext"
}

// enrichedMark is a command of such a text, with what a parameter says, or a sign
// that is none.
var enrichedMark = regexp.MustCompile(`(?is)<param>.*?</param>|<<|<lt>|</?[a-z0-9-]{1,60}>`)

// unenriched is the plain text of one (RFC 1896): a single end of line is a
// blank there, and of several the first does not count.
func unenriched(text string) string {
	text = enrichedMark.ReplaceAllStringFunc(text, func(mark string) string {
		switch strings.ToLower(mark) {
		case "<<", "<lt>":
			return "<"
		case "<nl>", "<paragraph>", "</paragraph>", "</center>": // RFC 1341 section 7.1.3 has the first two
			return "\n\n"
		}
		return ""
	})
	return enrichedEnds.ReplaceAllStringFunc(text, func(ends string) string {
		if len(ends) == 1 {
			return " "
		}
		return ends[1:]
	})
}

var enrichedEnds = regexp.MustCompile(`\n+`)

// cutRunes shortens content without cutting a UTF-8 character.
func cutRunes(content []byte, n int) []byte {
	n = max(n, 0)
	for i := 0; i < 3 && n > 0 && content[n]&0xC0 == 0x80; i++ {
		n--
	}
	return content[:n]
}

func joinText(a, b string) string {
	if a == "" || b == "" || strings.HasSuffix(a, "\n") {
		return a + b
	}
	return a + "\n" + b
}

// compose makes the text and the HTML of the mail. Where some stretches came
// only as text and others only as HTML (a list's footer below an HTML mail),
// each gets the other form, so that neither side lacks words.
func (b *bodyReader) compose() {
	var texts, htmls int
	for _, p := range b.pieces {
		if strings.TrimSpace(p.text) != "" {
			texts++
		}
		if strings.TrimSpace(p.html) != "" {
			htmls++
		}
	}
	var text, page []string
	fixed := texts == 0
	for _, p := range b.pieces {
		hasText, hasHTML := strings.TrimSpace(p.text) != "", strings.TrimSpace(p.html) != ""
		if hasText && !hasHTML && htmls > 0 {
			p.html = `<div style="white-space: pre-wrap">` + html.EscapeString(p.text) + "</div>"
		}
		if hasHTML && !hasText && texts > 0 {
			p.text, p.fixed = plainText(p.html), true
		}
		fixed = fixed || p.fixed
		text, page = append(text, p.text), append(page, p.html)
	}
	for _, t := range text {
		b.mail.Text = joinText(b.mail.Text, t)
	}
	for _, t := range page {
		b.mail.HTML = joinText(b.mail.HTML, t)
	}
	b.mail.Flowed = !fixed
}

// plainText is the text of HTML, roughly: only for stretches that came as HTML
// among others that came as text.
func plainText(page string) string {
	z := nethtml.NewTokenizer(strings.NewReader(page))
	var out strings.Builder
	hidden := 0
	for {
		switch z.Next() {
		case nethtml.ErrorToken:
			return strings.TrimSpace(out.String()) + "\n"
		case nethtml.TextToken:
			if hidden == 0 {
				out.WriteString(strings.Join(strings.Fields(string(z.Text())), " "))
				out.WriteByte(' ')
			}
		case nethtml.StartTagToken, nethtml.SelfClosingTagToken:
			name, _ := z.TagName()
			switch string(name) {
			case "style", "script", "title":
				hidden++
			case "br", "p", "div", "tr", "li", "h1", "h2", "h3", "table", "blockquote":
				out.WriteByte('\n')
			}
		case nethtml.EndTagToken:
			name, _ := z.TagName()
			switch string(name) {
			case "style", "script", "title":
				hidden = max(hidden-1, 0)
			}
		}
	}
}

var metaCharsetRE = regexp.MustCompile(`(?i)<meta[^>]{0,200}charset\s*=\s*["']?\s*([a-z0-9_.:-]{2,40})`)

// metaCharset is the charset that HTML names in its first kilobytes.
func metaCharset(page []byte) string {
	page = page[:min(len(page), 4096)]
	if !bytes.Contains(bytes.ToLower(page), []byte("charset")) {
		return ""
	}
	if m := metaCharsetRE.FindSubmatch(page); m != nil {
		return string(m[1])
	}
	return ""
}

// findPGP finds inline PGP messages (RFC 9580 section 6.2, RFC 4880 section 7).
func (b *bodyReader) findPGP() {
	text := b.mail.Text
	if strings.TrimSpace(text) == "" && strings.Contains(b.mail.HTML, "-----BEGIN PGP ") {
		text = plainText(b.mail.HTML)
	}
	if !strings.Contains(text, "-----BEGIN PGP ") {
		return
	}
	if hasLine(text, "-----BEGIN PGP MESSAGE-----") {
		b.mail.Opaque = aside.OpaquePGP
	}
	if hasLine(text, "-----BEGIN PGP SIGNED MESSAGE-----") {
		b.mail.Signed = aside.OpaquePGP
	}
}

// hasLine reports whether a line of a text begins with a mark.
func hasLine(text, mark string) bool {
	return strings.HasPrefix(text, mark) || strings.Contains(text, "\n"+mark)
}
