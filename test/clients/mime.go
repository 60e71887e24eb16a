package clients

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"mime"
	"mime/quotedprintable"
	"strings"

	"aside/test/harness"
)

// mail is what a program hands to its server.
type mail struct {
	header   [][2]string // in the program's order
	boundary string
	preamble string // before the first part
	parts    []bodyPart
}

// bodyPart is one of the forms of a body.
type bodyPart struct {
	kind     string // Content-Type
	encoding string // 7bit, 8bit, quoted-printable or base64
	text     string
}

// best is the encoding that most programs choose: none where none is needed.
func best(text, otherwise string) string {
	for _, line := range strings.Split(text, "\n") {
		if len(line) > 900 {
			return otherwise
		}
	}
	if strings.ContainsFunc(text, func(r rune) bool { return r > 126 }) {
		return otherwise
	}
	return "7bit"
}

func (m *mail) bytes() []byte {
	var b bytes.Buffer
	for _, h := range m.header {
		fmt.Fprintf(&b, "%s: %s\r\n", h[0], h[1])
	}
	if len(m.parts) == 1 {
		m.parts[0].write(&b)
		return b.Bytes()
	}
	fmt.Fprintf(&b, "Content-Type: multipart/alternative;\r\n boundary=\"%s\"\r\n\r\n%s", m.boundary, m.preamble)
	for _, p := range m.parts {
		b.WriteString("\r\n--" + m.boundary + "\r\n")
		p.write(&b)
	}
	b.WriteString("\r\n--" + m.boundary + "--\r\n")
	return b.Bytes()
}

func (p bodyPart) write(b *bytes.Buffer) {
	fmt.Fprintf(b, "Content-Type: %s\r\nContent-Transfer-Encoding: %s\r\n\r\n", p.kind, p.encoding)
	text := strings.ReplaceAll(strings.ReplaceAll(p.text, "\r\n", "\n"), "\n", "\r\n")
	switch p.encoding {
	case "quoted-printable":
		w := quotedprintable.NewWriter(b)
		_, _ = w.Write([]byte(text))
		_ = w.Close()
	case "base64":
		s := base64.StdEncoding.EncodeToString([]byte(text))
		for ; len(s) > 76; s = s[76:] {
			b.WriteString(s[:76] + "\r\n")
		}
		b.WriteString(s + "\r\n")
	default:
		b.WriteString(text)
	}
}

// put adds a header field; an empty value adds none.
func (m *mail) put(name, value string) {
	if value != "" {
		m.header = append(m.header, [2]string{name, value})
	}
}

// thread adds In-Reply-To and References.
func (m *mail) thread(l *Letter) {
	id := l.Answered.MessageID
	m.put("In-Reply-To", "<"+id+">")
	refs := append(append([]string{}, l.Answered.References...), id)
	m.put("References", "<"+strings.Join(refs, ">\r\n <")+">")
}

// subject puts a prefix before the answered subject, once.
func (l *Letter) subject(prefix string) string {
	s := l.Answered.Subject
	if !strings.HasPrefix(strings.ToLower(s), strings.ToLower(prefix)) {
		s = prefix + s
	}
	return mime.QEncoding.Encode("utf-8", s)
}

// address writes a person; a name of other letters in base64.
func address(p harness.Person) string {
	switch {
	case p.Name == "":
		return p.Address
	case strings.ContainsFunc(p.Name, func(r rune) bool { return r > 126 }):
		return mime.BEncoding.Encode("utf-8", p.Name) + " <" + p.Address + ">"
	case strings.ContainsAny(p.Name, `"(),.:;<>@[]#+`):
		return `"` + strings.ReplaceAll(p.Name, `"`, `\"`) + `"` + "\r\n <" + p.Address + ">"
	}
	return p.Name + "\r\n <" + p.Address + ">"
}

// hexes are n random hexadecimal digits.
func hexes(n int) string {
	b := make([]byte, (n+1)/2)
	_, _ = rand.Read(b)
	return hex.EncodeToString(b)[:n]
}

// uuid as Apple's and Microsoft's programs write one.
func uuid() string {
	return strings.ToUpper(hexes(8) + "-" + hexes(4) + "-4" + hexes(3) + "-9" + hexes(3) + "-" + hexes(12))
}

// form keeps the parts that a mail of that form has.
func (m *mail) form(f Form, text, page bodyPart) *mail {
	switch f {
	case InText:
		m.parts = []bodyPart{text}
	case InHTML:
		m.parts = []bodyPart{page}
	default:
		m.parts = []bodyPart{text, page}
	}
	return m
}

const (
	mailDate  = "Mon, 02 Jan 2006 15:04:05 -0700"
	plainUTF8 = `text/plain; charset="utf-8"`
	htmlUTF8  = `text/html; charset="utf-8"`
)
