package mailout

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"fmt"
	"html"
	"io"
	"mime"
	"net/url"
	"path"
	"regexp"
	"strings"
	"unicode/utf8"

	"aside"
)

// OpenFunc opens the bytes of an attachment by their SHA-256 (lower-case hex).
// The caller closes it.
type OpenFunc func(ctx context.Context, sha256 string) (io.ReadCloser, error)

// part is one entity of the mail: a multipart with children, a text, or a file.
type part struct {
	header   string // complete lines
	boundary string
	children []*part
	text     string
	qp       bool // text is written quoted-printable
	file     *aside.Attachment
}

// content is what a mail's body is made of.
type content struct {
	text, html string
	files      []aside.Attachment
	seed       string // boundaries and Content-IDs derive from it
	domain     string // right side of our Content-IDs
	inert      bool   // invitations become plain files
}

var cidReference = regexp.MustCompile(`(?i)\bcid:([^"'\s<>)]+)`)

// build arranges the parts: mixed around related around alternative, each only
// where it has more than one thing to hold.
func (c content) build() *part {
	page, pictures, files := c.placePictures()
	var body *part
	switch {
	case page == "":
		body = textPart("plain", c.text)
	case c.text == "":
		body = textPart("html", page)
	default:
		body = c.multipart("alternative", "", textPart("plain", c.text), textPart("html", page))
	}
	if len(pictures) > 0 {
		start := "text/html"
		if body.boundary != "" {
			start = "multipart/alternative"
		}
		body = c.multipart("related", start, append([]*part{body}, pictures...)...)
	}
	if len(files) > 0 {
		body = c.multipart("mixed", "", append([]*part{body}, files...)...)
	}
	return body
}

// placePictures tells pictures that the HTML shows from files, and gives the
// shown ones Content-IDs of ours: a foreign one may name the host that it was
// written on, and two mails' may be the same. An inline picture that nothing
// refers to is a file, because clients hide it otherwise.
func (c content) placePictures() (page string, pictures, files []*part) {
	ours := map[string]string{}
	used := map[string]bool{}
	if c.html != "" {
		for i, f := range c.files {
			if f.ContentID == "" {
				continue
			}
			if _, taken := ours[f.ContentID]; !taken {
				ours[f.ContentID] = c.derive(fmt.Sprintf("picture %d", i))[:16] + "@" + c.domain
			}
		}
	}
	page = c.html
	if len(ours) > 0 {
		page = rewriteReferences(page, ours, used)
	}
	for i := range c.files {
		f := &c.files[i]
		if used[f.ContentID] && f.ContentID != "" {
			used[f.ContentID] = false // a second one of the same name is a file
			pictures = append(pictures, c.filePart(f, ours[f.ContentID]))
			continue
		}
		files = append(files, c.filePart(f, ""))
	}
	return page, pictures, files
}

// rewriteReferences puts our Content-IDs where the HTML names known ones, and
// notes which it names.
func rewriteReferences(page string, ours map[string]string, used map[string]bool) string {
	return cidReference.ReplaceAllStringFunc(page, func(ref string) string {
		id := ref[len("cid:"):]
		own, known := ours[id]
		if !known {
			// RFC 2392 section 2 has the id escaped as in any URL.
			if plain, err := url.PathUnescape(html.UnescapeString(id)); err == nil {
				id = plain
				own, known = ours[id]
			}
		}
		if !known {
			return ref
		}
		used[id] = true
		return "cid:" + own
	})
}

// derive makes a name that is the same on every attempt and tells nothing.
func (c content) derive(what string) string {
	sum := sha256.Sum256([]byte("aside mail\x00" + c.seed + "\x00" + what))
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:20]))
}

func (c content) multipart(kind, start string, children ...*part) *part {
	// "=_" can stand neither in quoted-printable nor in base64 text, so such a
	// boundary never occurs inside a part (RFC 2045 section 6.7).
	boundary := "=_" + c.derive(kind)
	var h headerBlock
	words := []string{"multipart/" + kind + ";"}
	if start != "" {
		words = append(words, `type="`+start+`";`)
	}
	h.words("Content-Type", append(words, `boundary="`+boundary+`"`))
	return &part{header: h.b.String(), boundary: boundary, children: children}
}

// textPart is a text or its HTML: 7bit where every line can stand as it is,
// else quoted-printable.
func textPart(kind, text string) *part {
	text = lineFeeds(text)
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += "\n" // a last line without an end is lost or altered by some relays
	}
	p := &part{text: text, qp: !sevenBit(text)}
	encoding := "7bit"
	if p.qp {
		encoding = "quoted-printable"
	}
	p.header = "Content-Type: text/" + kind + "; charset=utf-8\r\nContent-Transfer-Encoding: " + encoding + "\r\n"
	return p
}

// lineFeeds makes every line end LF and the text valid UTF-8 without NUL.
func lineFeeds(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	return strings.NewReplacer("\r\n", "\n", "\r", "\n", "\x00", "").Replace(s)
}

// sevenBit reports whether a text survives every relay as it is: printable
// ASCII, short lines, no blanks at their end (relays strip them, and the
// signature breaks), no "From " at their start (mbox writers alter it), nothing
// like a boundary of ours.
func sevenBit(text string) bool {
	for line := range strings.SplitSeq(text, "\n") {
		if len(line) > softLine || strings.HasPrefix(line, "From ") || strings.HasPrefix(line, "--=_") {
			return false
		}
		if strings.HasSuffix(line, " ") || strings.HasSuffix(line, "\t") {
			return false
		}
		for i := 0; i < len(line); i++ {
			if (line[i] < ' ' && line[i] != '\t') || line[i] > '~' {
				return false
			}
		}
	}
	return true
}

var mediaType = regexp.MustCompile(`^[a-z0-9][a-z0-9!#$&^_.+-]{0,63}/[a-z0-9][a-z0-9!#$&^_.+-]{0,63}$`)

// filePart is an attachment, or an inline picture when cid is set.
func (c content) filePart(f *aside.Attachment, cid string) *part {
	kind := strings.ToLower(f.Type)
	switch {
	case !mediaType.MatchString(kind):
		kind = "application/octet-stream"
	case strings.HasPrefix(kind, "message/"), strings.HasPrefix(kind, "multipart/"):
		// They must not be base64 (RFC 2046 section 5.2.1), and their bytes may
		// hold lines that nothing else can carry.
		kind = "application/octet-stream"
	case kind == "text/calendar" && c.inert:
		// An invitation that reaches an agent must not answer by itself.
		kind = "application/octet-stream"
	}
	disposition := "attachment"
	if cid != "" {
		disposition = "inline"
	}
	var h headerBlock
	name := fileName(f.Name)
	ct := []string{kind}
	if isASCII(name) && name != "" {
		ct = parameters(kind, "name", name)
	}
	h.words("Content-Type", ct)
	h.words("Content-Disposition", parameters(disposition, "filename", name))
	h.field("Content-Transfer-Encoding", "base64")
	if cid != "" {
		h.field("Content-ID", "<"+cid+">")
	}
	return &part{header: h.b.String(), file: f}
}

// parameters is a value with one parameter; names that are not ASCII are
// written by RFC 2231, which clients read and RFC 2047 in quotes is not.
func parameters(value, name, text string) []string {
	if text == "" {
		return []string{value}
	}
	full := mime.FormatMediaType(value, map[string]string{name: text})
	if full == "" {
		return []string{value}
	}
	return []string{value + ";", strings.TrimPrefix(full[len(value)+1:], " ")}
}

// fileName cleans a file's name: its last element only, one line, at most 120
// octets with its extension kept. A name that holds a path is an attack or an
// accident, both end here, also where a reader decodes once more than it should
// (RFC 2047 section 5 forbids encoded words here, and many decode them).
func fileName(name string) string {
	name = oneLine(strings.ReplaceAll(name, `\`, "/"))
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		name = name[i+1:]
	}
	name = strings.ReplaceAll(strings.TrimSpace(name), "=?", "__")
	if strings.Trim(name, ".") == "" {
		return ""
	}
	const most = 120
	if len(name) > most {
		ext := path.Ext(name)
		if len(ext) > 16 {
			ext = ""
		}
		name = cut(name, most-len(ext)) + ext
	}
	return name
}

// write streams the part's content; its header was written by the caller.
func (p *part) write(ctx context.Context, w *bufio.Writer, open OpenFunc) error {
	switch {
	case p.boundary != "":
		for _, child := range p.children {
			fmt.Fprintf(w, "--%s\r\n%s\r\n", p.boundary, child.header)
			if err := child.write(ctx, w, open); err != nil {
				return err
			}
			w.WriteString("\r\n")
		}
		_, err := fmt.Fprintf(w, "--%s--\r\n", p.boundary)
		return err
	case p.file != nil:
		return writeFile(ctx, w, p.file, open)
	case p.qp:
		return writeQuotedPrintable(w, p.text)
	default:
		_, err := w.WriteString(strings.ReplaceAll(p.text, "\n", "\r\n"))
		return err
	}
}

// writeFile streams an attachment as base64. A file that is shorter or longer
// than it should be is an error before anything of it is promised: half a file
// is worse than a late one.
func writeFile(ctx context.Context, w *bufio.Writer, f *aside.Attachment, open OpenFunc) error {
	if f.Data != nil {
		_, err := writeBase64(w, bytes.NewReader(f.Data))
		return err
	}
	r, err := open(ctx, f.SHA256)
	if err != nil {
		return fmt.Errorf("opening attachment %s: %w", f.SHA256, err)
	}
	defer r.Close()
	n, err := writeBase64(w, r)
	if err != nil {
		return fmt.Errorf("reading attachment %s: %w", f.SHA256, err)
	}
	if n != f.Size {
		return fmt.Errorf("attachment %s has %d octets, not %d", f.SHA256, n, f.Size)
	}
	return nil
}

// writeBase64 encodes in lines of 76 (RFC 2045 section 6.8) and returns how
// many octets it read.
func writeBase64(w *bufio.Writer, r io.Reader) (int64, error) {
	const line = 57
	in := make([]byte, line*256)
	out := make([]byte, 78)
	out[76], out[77] = '\r', '\n'
	var total int64
	for {
		n, err := io.ReadFull(r, in)
		total += int64(n)
		for chunk := in[:n]; len(chunk) > 0; {
			k := min(line, len(chunk))
			e := base64.StdEncoding.EncodedLen(k)
			base64.StdEncoding.Encode(out[:e], chunk[:k])
			if e < 76 {
				w.Write(out[:e])
				w.WriteString("\r\n")
			} else {
				w.Write(out)
			}
			chunk = chunk[k:]
		}
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			_, err = w.Write(nil)
			return total, err
		}
		if err != nil {
			return total, err
		}
	}
}

// writeQuotedPrintable encodes a text with LF line ends (RFC 2045 section 6.7).
// Characters are not split between lines, and no line begins with "From " or
// with a dot, which software on the way alters.
func writeQuotedPrintable(w *bufio.Writer, text string) error {
	for {
		line, rest, more := strings.Cut(text, "\n")
		writeQuotedLine(w, line)
		if !more {
			_, err := w.Write(nil)
			return err
		}
		w.WriteString("\r\n")
		text = rest
	}
}

func writeQuotedLine(w *bufio.Writer, line string) {
	const room = 75 // and the "=" of a soft line break
	used := 0
	for i := 0; i < len(line); {
		_, n := utf8.DecodeRuneInString(line[i:])
		literal := n == 1 && literalQP(line, i)
		cost := 3 * n
		if literal {
			cost = 1
		}
		if used+cost > room {
			w.WriteString("=\r\n")
			used = 0
		}
		if used == 0 && literal && (line[i] == '.' || strings.HasPrefix(line[i:], "From ")) {
			literal, cost = false, 3
		}
		if literal {
			w.WriteByte(line[i])
		} else {
			for _, c := range []byte(line[i : i+n]) {
				w.WriteByte('=')
				w.WriteByte("0123456789ABCDEF"[c>>4])
				w.WriteByte("0123456789ABCDEF"[c&15])
			}
		}
		used += cost
		i += n
	}
}

// literalQP reports whether the octet at i can stand for itself: not "=", and
// no blank at the line's end.
func literalQP(line string, i int) bool {
	c := line[i]
	if c == ' ' || c == '\t' {
		return i < len(line)-1
	}
	return c > ' ' && c <= '~' && c != '='
}
