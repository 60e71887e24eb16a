package harness

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"mime"
	"mime/quotedprintable"
	"net/textproto"
	"strings"
	"time"
)

// Encoding is how a draft's text parts travel.
type Encoding string

// The encodings of text parts.
const (
	Plain8Bit       Encoding = "8bit"
	QuotedPrintable Encoding = "quoted-printable"
	Base64          Encoding = "base64"
)

// Draft is a mail that a person is about to send.
type Draft struct {
	From       Person
	Envelope   string // MAIL FROM; the From address when empty, "<>" for the null sender
	To, Cc     []Person
	Bcc        []string // addresses that stand in the envelope alone
	Subject    string
	Date       time.Time
	MessageID  string // without angle brackets; empty leaves the header out
	InReplyTo  string
	References []string
	Text, HTML string
	Flowed     bool // the text part is format=flowed and already wrapped
	Encoding   Encoding
	Files      []File
	Headers    [][2]string // further headers, in order
	Report     *Report     // makes the mail a bounce
}

// Write makes a draft as somebody writes who starts a thread.
func Write(from Person, to, subject, text string) *Draft {
	return &Draft{From: from, To: []Person{{Address: to}}, Subject: subject, Text: text,
		Date: time.Now(), MessageID: NewID("client.example"), Encoding: Plain8Bit}
}

// NewID makes a Message-ID as mail programs do.
func NewID(domain string) string { return strings.ToLower(rand.Text()[:20]) + "@" + domain }

// MailFrom is the envelope sender.
func (d *Draft) MailFrom() string {
	switch d.Envelope {
	case "":
		return d.From.Address
	case "<>":
		return ""
	}
	return d.Envelope
}

// Ours are the recipients that the daemon under test receives for: those at
// the domains of the desks, and no agent.
func (d *Draft) Ours() []string {
	var out []string
	add := func(addr string) {
		local, domain, _ := strings.Cut(strings.ToLower(addr), "@")
		local, _, _ = strings.Cut(local, "+")
		if domain == "reply.example.com" || domain == "example.com" &&
			(strings.HasPrefix(local, "support") || strings.HasPrefix(local, "billing") || local == "postmaster" || local == "abuse") {
			out = append(out, addr)
		}
	}
	for _, l := range [][]Person{d.To, d.Cc} {
		for _, p := range l {
			add(p.Address)
		}
	}
	for _, b := range d.Bcc {
		add(b)
	}
	return out
}

// Bytes is the mail on the wire, with CRLF line ends.
func (d *Draft) Bytes() []byte {
	var b bytes.Buffer
	d.writeHeader(&b)
	kind, body := d.body()
	writeFields(&b, kind)
	b.WriteString("\r\n")
	b.Write(body)
	return b.Bytes()
}

func (d *Draft) writeHeader(b *bytes.Buffer) {
	line := func(key, value string) {
		if value != "" {
			fmt.Fprintf(b, "%s: %s\r\n", key, value)
		}
	}
	line("Date", d.Date.Format("Mon, 2 Jan 2006 15:04:05 -0700"))
	line("From", people([]Person{d.From}))
	line("To", people(d.To))
	line("Cc", people(d.Cc))
	line("Subject", mime.QEncoding.Encode("utf-8", d.Subject))
	if d.MessageID != "" {
		line("Message-ID", "<"+d.MessageID+">")
	}
	if d.InReplyTo != "" {
		line("In-Reply-To", "<"+d.InReplyTo+">")
	}
	if len(d.References) > 0 {
		line("References", "<"+strings.Join(d.References, ">\r\n <")+">")
	}
	for _, h := range d.Headers {
		line(h[0], h[1])
	}
	line("MIME-Version", "1.0")
}

func people(list []Person) string {
	out := make([]string, len(list))
	for i, p := range list {
		switch {
		case p.Name == "":
			out[i] = "<" + p.Address + ">"
		case strings.ContainsFunc(p.Name, func(r rune) bool { return r > 126 }):
			out[i] = mime.QEncoding.Encode("utf-8", p.Name) + " <" + p.Address + ">"
		default:
			out[i] = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(p.Name) + `" <` + p.Address + ">"
		}
	}
	return strings.Join(out, ",\r\n ")
}

type fields = [][2]string

func writeFields(b *bytes.Buffer, f fields) {
	for _, h := range f {
		fmt.Fprintf(b, "%s: %s\r\n", h[0], h[1])
	}
}

// Report is what a mail server adds to a mail that it returns (RFC 3464).
type Report struct {
	Recipient, Status string
	Original          []byte // the returned mail
}

func (d *Draft) reportBody() (fields, []byte) {
	kind, text := d.textPart("plain", d.Text)
	status := "Reporting-MTA: dns; mx.vendor.example\r\n\r\nFinal-Recipient: rfc822; " + d.Report.Recipient +
		"\r\nAction: failed\r\nStatus: " + d.Report.Status + "\r\nDiagnostic-Code: smtp; 550 no such mailbox\r\n"
	kind, body := multipart("report", part{kind, text},
		part{fields{{"Content-Type", "message/delivery-status"}}, []byte(status)},
		part{fields{{"Content-Type", "message/rfc822"}}, d.Report.Original})
	kind[0][1] += "; report-type=delivery-status"
	return kind, body
}

// body makes the MIME tree: alternatives inside related inside mixed, as far
// as each is needed.
func (d *Draft) body() (fields, []byte) {
	if d.Report != nil {
		return d.reportBody()
	}
	var kind fields
	var body []byte
	if d.Text != "" || d.HTML == "" {
		kind, body = d.textPart("plain", d.Text)
	}
	if d.HTML != "" {
		hkind, hbody := d.textPart("html", d.HTML)
		if body == nil {
			kind, body = hkind, hbody
		} else {
			kind, body = multipart("alternative", part{kind, body}, part{hkind, hbody})
		}
	}
	inline, attached := []part{{kind, body}}, []part(nil)
	for _, f := range d.Files {
		if f.Inline {
			inline = append(inline, filePart(f))
		} else {
			attached = append(attached, filePart(f))
		}
	}
	if len(inline) > 1 {
		kind, body = multipart("related", inline...)
	}
	if len(attached) > 0 {
		kind, body = multipart("mixed", append([]part{{kind, body}}, attached...)...)
	}
	return kind, body
}

func (d *Draft) textPart(sub, text string) (fields, []byte) {
	kind := "text/" + sub + "; charset=utf-8"
	if sub == "plain" && d.Flowed {
		kind += "; format=flowed"
	}
	enc := d.Encoding
	if enc == "" {
		enc = Plain8Bit
	}
	crlf := strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\n", "\r\n")
	var b bytes.Buffer
	switch enc {
	case QuotedPrintable:
		w := quotedprintable.NewWriter(&b)
		_, _ = w.Write([]byte(crlf))
		_ = w.Close()
	case Base64:
		writeBase64(&b, []byte(crlf))
	default:
		b.WriteString(crlf)
	}
	b.WriteString("\r\n")
	return fields{{"Content-Type", kind}, {"Content-Transfer-Encoding", string(enc)}}, b.Bytes()
}

func writeBase64(b *bytes.Buffer, data []byte) {
	s := base64.StdEncoding.EncodeToString(data)
	for len(s) > 76 {
		b.WriteString(s[:76] + "\r\n")
		s = s[76:]
	}
	b.WriteString(s)
}

type part struct {
	header fields
	body   []byte
}

func multipart(sub string, parts ...part) (fields, []byte) {
	boundary := "=_" + rand.Text()
	var b bytes.Buffer
	for _, p := range parts {
		b.WriteString("--" + boundary + "\r\n")
		writeFields(&b, p.header)
		b.WriteString("\r\n")
		b.Write(p.body)
		b.WriteString("\r\n")
	}
	b.WriteString("--" + boundary + "--\r\n")
	return fields{{"Content-Type", "multipart/" + sub + "; boundary=\"" + boundary + "\""}}, b.Bytes()
}

func filePart(f File) part {
	var b bytes.Buffer
	writeBase64(&b, f.Data)
	disposition := "attachment"
	if f.Inline {
		disposition = "inline"
	}
	h := fields{
		{"Content-Type", mime.FormatMediaType(f.Type, map[string]string{"name": f.Name})},
		{"Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": f.Name})},
		{"Content-Transfer-Encoding", "base64"},
	}
	if f.ContentID != "" {
		h = append(h, [2]string{textproto.CanonicalMIMEHeaderKey("Content-ID"), "<" + f.ContentID + ">"})
	}
	return part{h, b.Bytes()}
}
