package read

import (
	"fmt"
	"io"
	"net/url"
	"path"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"aside"
)

// maxNameLength is the longest file name kept, in octets.
const maxNameLength = 150

// fileName is the name that a part gives its file, made safe; empty if none.
func (p *part) fileName() string {
	for _, v := range []string{p.dispParams["filename"], p.dispParams["name"], p.params["name"], p.params["filename"]} {
		if name := safeName(decodeHeader(v)); name != "" {
			return name
		}
	}
	return ""
}

// safeName reduces a name to what can be shown and saved anywhere: the last
// element of a path, nothing unseen, not hidden.
func safeName(s string) string {
	s = strings.Map(func(r rune) rune {
		if aside.Unseen(r) {
			return -1
		}
		return r
	}, s)
	if i := strings.LastIndexAny(s, `/\`); i >= 0 {
		s = s[i+1:]
	}
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`<>:"|?*`, r) {
			return '_'
		}
		return r
	}, s)
	s = strings.Trim(s, ". \t\u00a0")
	if len(s) > maxNameLength {
		ext := path.Ext(s)
		if len(ext) > 20 {
			ext = ""
		}
		s = strings.ToValidUTF8(s[:maxNameLength-len(ext)], "") + ext
	}
	return s
}

// inventName names a file by its type: image.png, image-2.png, invite.ics.
func (b *bodyReader) inventName(mediaType string) string {
	stem, ext := "attachment", ".bin"
	kind, sub, _ := strings.Cut(mediaType, "/")
	switch mediaType {
	case "text/calendar":
		stem, ext = "invite", ".ics"
	case "text/plain":
		stem, ext = "text", ".txt"
	case "text/html":
		stem, ext = "page", ".html"
	case "application/pdf":
		stem, ext = "document", ".pdf"
	case "message/delivery-status", "message/disposition-notification", "message/feedback-report", "text/rfc822-headers":
		stem, ext = "report", ".txt"
	case "application/ms-tnef":
		stem, ext = "winmail", ".dat"
	case "application/pkcs7-mime", "application/x-pkcs7-mime":
		stem, ext = "smime", ".p7m"
	case "application/pgp-encrypted":
		stem, ext = "version", ".txt"
	case "application/zip", "application/json", "application/xml", "application/gzip", "application/rtf":
		ext = "." + sub
	}
	switch kind {
	case "image", "audio", "video":
		stem = kind
		sub, _, _ = strings.Cut(strings.TrimPrefix(sub, "x-"), "+")
		if sub == "jpeg" || sub == "pjpeg" {
			sub = "jpg"
		}
		if plainSub.MatchString(sub) {
			ext = "." + sub
		}
	}
	name := stem + ext
	b.names[name]++
	if n := b.names[name]; n > 1 {
		name = fmt.Sprintf("%s-%d%s", stem, n, ext)
	}
	return name
}

var plainSub = regexp.MustCompile(`^[a-z0-9]{1,8}$`)

// attach keeps a part as a file.
func (b *bodyReader) attach(p *part, name string, c content) error {
	if isMail(p) {
		name = b.readForwarded(c.mail, name)
	}
	if name == "" {
		name = b.inventName(p.mediaType)
	}
	start := time.Now()
	kept, err := b.opts.Keep(c.open())
	b.tree.deadline = b.tree.deadline.Add(time.Since(start)) // a slow store is not the mail's fault
	if err != nil {
		return &KeepError{Name: name, Err: err}
	}
	b.mail.Attachments = append(b.mail.Attachments, aside.Attachment{
		Name: name, Type: p.mediaType, ContentID: contentID(p.get("content-id")), Content: kept,
	})
	return nil
}

// isMail reports whether a part is an attached mail.
func isMail(p *part) bool { return p.mediaType == "message/rfc822" || p.mediaType == "message/global" }

func contentID(v string) string {
	return shorten(strings.Trim(oneLine(v), "<> "), maxIDLength)
}

// readForwarded reads an attached mail one level deep and returns the name of
// its file.
func (b *bodyReader) readForwarded(content []byte, name string) string {
	inner := &tree{ctx: b.tree.ctx, deadline: b.tree.deadline, outline: b.tree.outline, depth: b.tree.depth, multiparts: 2 * maxDepth, parts: max(b.tree.parts, 1)}
	root := inner.take(trimLead(content))
	b.tree.parts = inner.parts
	subject := decodeHeader(root.get("subject"))
	if b.returned == nil {
		b.returned = root
		b.innerStatus = inner.findStatus(root)
	}
	if b.mail.Forwarded == nil {
		f := &aside.Forwarded{Subject: shorten(subject, maxSubject)}
		if from := parseAddresses(root.get("from")); len(from) > 0 {
			f.From = from[0]
		}
		f.Text = withoutEdges(clean(inner.firstText(root, b.opts.MaxText)))
		b.mail.Forwarded = f
	}
	if name == "" || !strings.HasSuffix(strings.ToLower(name), ".eml") {
		if name = safeName(strings.NewReplacer("/", "-", `\`, "-").Replace(subject)); name == "" {
			name = "message"
		}
		name += ".eml"
	}
	return name
}

// withoutEdges is a text without blanks at the ends of its lines and its own.
func withoutEdges(text string) string {
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " \t")
	}
	return strings.Trim(strings.Join(lines, "\n"), " \t\n\ufeff")
}

// firstText is the first text of an attached mail: plain, else from HTML.
func (t *tree) firstText(p *part, limit int) string {
	if text := t.findText(p, "text/plain", limit); text != "" {
		return text
	}
	if page := t.findText(p, "text/html", limit); page != "" {
		return plainText(page)
	}
	return ""
}

func (t *tree) findText(p *part, mediaType string, limit int) string {
	for _, c := range p.children {
		if text := t.findText(c, mediaType, limit); text != "" {
			return text
		}
	}
	if len(p.children) > 0 || p.mediaType != mediaType || p.disposition == "attachment" {
		return ""
	}
	c, _, err := t.decode(p, limit+utf8.UTFMax)
	if err != nil {
		return "" // it is told when the file is kept
	}
	content := c.head
	if len(content) > limit {
		content = cutRunes(content, limit)
	}
	text, _ := toUTF8(content, p.params["charset"])
	text = clean(text)
	if mediaType == "text/plain" && strings.EqualFold(p.params["format"], "flowed") {
		text = unflow(text, strings.EqualFold(p.params["delsp"], "yes"))
	}
	return text
}

// findStatus finds a delivery status in an attached mail.
func (t *tree) findStatus(p *part) *part {
	if p.mediaType == "message/delivery-status" {
		p.body, _ = io.ReadAll(io.LimitReader(t.outline.open(p.body), maxHeaderBytes)) // what can be read; an error is told when the file is kept
		return p
	}
	for _, c := range p.children {
		if s := t.findStatus(c); s != nil {
			return s
		}
	}
	return nil
}

var cidRE = regexp.MustCompile(`(?i)cid:([^"'\s<>)\\]+)`)

// markInline marks the files that the HTML shows, whether or not the mailer
// gave them a disposition (RFC 2392).
func (b *bodyReader) markInline() {
	named := false
	for i := range b.mail.Attachments {
		named = named || b.mail.Attachments[i].ContentID != ""
	}
	if b.mail.HTML == "" || !named {
		return
	}
	shown := map[string]bool{}
	for _, m := range cidRE.FindAllStringSubmatch(b.mail.HTML, 2000) {
		shown[m[1]] = true
		if id, err := url.PathUnescape(m[1]); err == nil {
			shown[id] = true
		}
	}
	for i := range b.mail.Attachments {
		a := &b.mail.Attachments[i]
		a.Inline = a.ContentID != "" && shown[a.ContentID]
	}
}

// isSMIME reports whether a part is an S/MIME message, whatever is in it.
func isSMIME(p *part, name string) bool {
	return p.mediaType == "application/pkcs7-mime" || p.mediaType == "application/x-pkcs7-mime" ||
		p.mediaType == "application/octet-stream" && strings.EqualFold(name, "smime.p7m")
}

var recipientFields = regexp.MustCompile(`(?mi)^(?:final-recipient|original-recipient|disposition|feedback-type):`)

// noteSpecial remembers parts that tell what kind of mail this is.
func (b *bodyReader) noteSpecial(p *part, name string, content []byte) {
	facts := content[:min(len(content), maxHeaderBytes)] // of a report; the file is kept whole
	switch p.mediaType {
	case "application/ms-tnef", "application/vnd.ms-tnef":
		b.mail.Opaque = aside.OpaqueTNEF
	case "application/pkcs7-mime", "application/x-pkcs7-mime":
		// certs-only carries no words (RFC 8551 section 3.2.2).
		if !strings.EqualFold(p.params["smime-type"], "certs-only") {
			b.mail.Opaque = aside.OpaqueSMIME
		}
	case "message/delivery-status", "message/global-delivery-status", "message/disposition-notification", "message/feedback-report":
		// Some systems call their words a status, too; the part with fields is it.
		if b.status == nil || !recipientFields.Match(b.status.body) && recipientFields.Match(facts) {
			b.status = &part{header: p.header, mediaType: p.mediaType, body: facts}
		}
	case "text/rfc822-headers", "message/rfc822-headers", "message/partial":
		if b.returned == nil && p.mediaType != "message/partial" {
			b.returned = &part{header: readFields(trimLead(facts))}
		}
	case "text/calendar", "application/ics":
		if b.calendar == nil {
			b.calendar = &part{header: p.header, params: p.params, body: facts}
		}
	case "application/octet-stream":
		switch strings.ToLower(name) {
		case "winmail.dat":
			b.mail.Opaque = aside.OpaqueTNEF
		case "smime.p7m":
			b.mail.Opaque = aside.OpaqueSMIME
		}
	}
}
