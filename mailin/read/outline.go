package read

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/textproto"
	"slices"
	"strconv"
	"strings"
)

// outline is a mail with the middle of its long parts left out, so that what the
// parser is given, and copies, stays small whatever is attached. Each hole is
// marked by a word that nobody could know before, and is read from the source
// when its part is decoded. Headers and the lines between parts are whole.
type outline struct {
	source io.ReaderAt
	raw    []byte // what the parser sees
	mark   string // begins the word of every hole
	holes  []hole
	words  int64 // octets of text in the holes, as far as it is read

	size       int64 // of the source
	kept       int64 // the longest content that stays whole
	buf        []byte
	digest     bool     // a multipart/digest was begun
	boundaries [][]byte // with their two hyphens, of all multiparts found so far
	failed     error    // of the source
}

// hole is a stretch of the source.
type hole struct{ from, to int64 }

const (
	// outlineFrom is the size, in octets, up to which a mail is read as it is.
	outlineFrom = 256 << 10
	// keptBody is the longest content of a part that stays whole. Of a longer one
	// half as much stays before the hole, and keptTail behind it.
	keptBody, keptTail = 16 << 10, 16
	// maxInnerHeader bounds the header of an attached mail.
	maxInnerHeader = 256 << 10
	// maxOutlined is how many parts are told from each other: more than are read.
	maxOutlined = 4000
	// maxBoundary is the longest boundary looked for. RFC 2046 section 5.1.1
	// allows 70 octets; the parser cannot find one over 4 kB.
	maxBoundary = 4 << 10
	// outlineWindow is how much of the source is looked at at a time.
	outlineWindow = 128 << 10
)

// whole is the outline of a mail that needs none.
func whole(source io.ReaderAt, size int64) (*outline, error) {
	o := &outline{source: source, size: size}
	o.raw = trimLead(usualEnds(o.window(0, int(size))))
	return o, o.failed
}

// newOutline reads the source once from its beginning to its end.
func newOutline(source io.ReaderAt, size, kept int64) (*outline, error) {
	var nonce [12]byte
	rand.Read(nonce[:])
	o := &outline{source: source, size: size, kept: kept, mark: "hole" + hex.EncodeToString(nonce[:]) + "-"}
	if onlyCR(o.window(0, aboutEnds)) {
		o.source = crSource{source}
	}
	begin := o.lead()
	p, at := o.header(begin, maxHeaderBytes, true)
	for n := 0; o.failed == nil; n++ {
		end := o.size
		if n < maxOutlined {
			end = o.delimiter(at)
		}
		o.content(p, at, end)
		if end == o.size {
			break
		}
		p, at = o.header(end, maxPartHeader, false)
	}
	o.buf = nil
	return o, o.failed
}

// window is what the source has from at on, at most n octets; it is good until
// the next call.
func (o *outline) window(at int64, n int) []byte {
	n = int(min(int64(n), o.size-at))
	if n <= 0 || o.failed != nil {
		return nil
	}
	if cap(o.buf) < n {
		o.buf = make([]byte, n)
	}
	got, err := o.source.ReadAt(o.buf[:n], at)
	if err != nil && !(errors.Is(err, io.EOF) && got == n) {
		o.failed = &SourceError{err}
		return nil
	}
	return o.buf[:n]
}

// lead is where the header begins: behind empty lines and an mbox line.
func (o *outline) lead() int64 {
	for at := int64(0); at < o.size && o.failed == nil; at += outlineWindow {
		w := o.window(at, outlineWindow)
		if rest := trimLead(w); len(rest) > 0 {
			return at + int64(len(w)-len(rest))
		}
	}
	return o.size
}

// header copies a header that begins at at, or a line between parts and the
// header below it, and returns where the content begins. What is longer than
// limit ends there; of a mail's own header the rest is left out.
func (o *outline) header(at int64, limit int, top bool) (p *part, body int64) {
	w := o.window(at, 8<<10)
	next := -1 // a part without an empty line ends where the next begins
	for size := len(w); ; {
		if !top {
			next = o.inside(w, 1)
		}
		if next >= 0 || endOfHeader(w, !top) >= 0 || size >= limit || int64(size) >= o.size-at {
			break
		}
		size = min(4*size, limit)
		w = o.window(at, size)
	}
	full := len(w) >= limit
	if next >= 0 {
		w, full = w[:next], false
	}
	if end := endOfHeader(w, !top); end >= 0 {
		w, full = w[:end], false
	}
	delim := 0
	if !top {
		line, fields := nextLine(w)
		if delim = len(w) - len(fields); len(fields) == 0 {
			delim = len(line)
		}
	}
	fields := w[delim:]
	_, rest, problem := splitHeader(fields)
	if problem == noEmptyLine {
		fields, full = fields[:len(fields)-len(rest)], false
	}
	o.raw = append(append(o.raw, w[:delim]...), fields...)
	body = at + int64(delim+len(fields))
	p = o.learn(fields)
	if full && top {
		end := o.emptyLine(body)
		o.hole(body, end)
		body = end
	}
	switch {
	case strings.HasPrefix(p.mediaType, "message/"):
		return p, o.inner(body, 1)
	case top && strings.HasPrefix(p.mediaType, "multipart/"):
		o.preamble(body)
	}
	return p, body
}

// inner copies the header of an attached mail, up to the next line between
// parts, and those of mails in it as deep as parts are read.
func (o *outline) inner(at int64, depth int) int64 {
	w := o.window(at, maxInnerHeader)
	if next := o.inside(w, 0); next >= 0 {
		w = w[:next]
	}
	lead := len(w) - len(trimLead(w))
	fields := w[lead:]
	if end := endOfHeader(fields, false); end >= 0 {
		fields = fields[:end]
	}
	if _, rest, problem := splitHeader(fields); problem == noEmptyLine {
		fields = fields[:len(fields)-len(rest)]
	}
	o.raw = append(append(o.raw, w[:lead]...), fields...)
	p, body := o.learn(fields), at+int64(lead+len(fields))
	switch {
	case strings.HasPrefix(p.mediaType, "multipart/"):
		o.preamble(body)
	case strings.HasPrefix(p.mediaType, "message/") && depth <= maxDepth:
		return o.inner(body, depth+1)
	}
	return body
}

// preamble looks for a boundary that is not the declared one.
func (o *outline) preamble(at int64) {
	if seen := seenBoundary.FindSubmatch(o.window(at, maxPreamble)); seen != nil {
		o.know(string(seen[1]))
	}
}

// endOfHeader is where the content behind the first empty line begins, or -1.
// With a delimiter, the first line is none of the header's.
func endOfHeader(b []byte, delimiter bool) int {
	at := 0
	for first := true; at < len(b); first = false {
		i := bytes.IndexByte(b[at:], '\n')
		if i < 0 {
			return -1
		}
		line := bytes.TrimSuffix(b[at:at+i], []byte("\r"))
		at += i + 1
		if len(line) == 0 && !(first && delimiter) {
			return at
		}
	}
	return -1
}

// emptyLine is where the content behind the next empty line begins, else the
// end.
func (o *outline) emptyLine(at int64) int64 {
	for at < o.size && o.failed == nil {
		w := o.window(at, outlineWindow)
		if m := emptyLine.FindIndex(w); m != nil && m[1] > m[0] {
			return at + int64(m[1])
		}
		if int64(len(w)) == o.size-at {
			break
		}
		at += int64(len(w) - 2)
	}
	return o.size
}

// learn reads from a header what kind of part it is, and remembers its
// boundary.
func (o *outline) learn(head []byte) *part {
	p := &part{header: header{fields: contentFields(head)}}
	fallback := "text/plain"
	if o.digest {
		fallback = "message/rfc822" // RFC 2046 section 5.1.5
	}
	p.describe(fallback, nil)
	o.digest = o.digest || p.mediaType == "multipart/digest"
	o.know(strings.TrimRight(p.params["boundary"], " \t"))
	return p
}

// contentFields are the fields of a header that say what the part is.
func contentFields(head []byte) textproto.MIMEHeader {
	var fields textproto.MIMEHeader
	name := ""
	for len(head) > 0 {
		line, rest := nextLine(head)
		head = rest
		switch {
		case len(line) == 0:
			continue
		case line[0] != ' ' && line[0] != '\t':
			name = ""
			if before, value, found := bytes.Cut(line[:min(len(line), maxParamField)], []byte(":")); found && len(before) < 40 {
				if n := textproto.CanonicalMIMEHeaderKey(string(bytes.TrimSpace(before))); fields.Get(n) == "" && (n == "Content-Type" || n == "Content-Disposition") {
					if fields == nil {
						fields = textproto.MIMEHeader{}
					}
					name = n
					fields.Set(name, string(bytes.TrimSpace(value)))
				}
			}
		case name != "" && len(fields.Get(name)) < maxParamField:
			fields.Set(name, fields.Get(name)+" "+string(bytes.TrimSpace(line[:min(len(line), maxParamField)])))
		}
	}
	return fields
}

// know remembers a boundary; as many as multiparts are read.
func (o *outline) know(boundary string) {
	b := []byte("--" + boundary)
	if len(b) == 2 || len(b) > maxBoundary || len(o.boundaries) >= 8*maxDepth ||
		slices.ContainsFunc(o.boundaries, func(k []byte) bool { return bytes.Equal(k, b) }) {
		return
	}
	o.boundaries = append(o.boundaries, b)
}

// delimiter is where the next line between parts begins that stands behind at,
// else the end.
func (o *outline) delimiter(at int64) int64 {
	if len(o.boundaries) == 0 {
		return o.size
	}
	size := keptBody // many parts are short
	for from := 0; o.failed == nil; from, size = 1, outlineWindow {
		w := o.window(at, size)
		if i := o.inside(w, from); i >= 0 {
			return at + int64(i)
		}
		if int64(len(w)) == o.size-at {
			break
		}
		at += int64(len(w) - maxBoundary - 4)
	}
	return o.size
}

// inside is where a line between parts begins in b, from an octet on, or -1. The
// parser overlooks up to two octets between the end of a line and the hyphens.
func (o *outline) inside(b []byte, from int) int {
	for at := from; at < len(b); {
		i := bytes.Index(b[at:], []byte("--"))
		if i < 0 {
			return -1
		}
		at += i
		begins := at == 0 || bytes.ContainsAny(b[max(at-3, 0):at], "\r\n")
		if begins && slices.ContainsFunc(o.boundaries, func(k []byte) bool { return bytes.HasPrefix(b[at:], k) }) {
			return at
		}
		at++
	}
	return -1
}

// content copies the content of a part, or leaves its middle out. What is
// signed inside is read whole.
func (o *outline) content(p *part, from, to int64) {
	if to-from <= max(o.kept, 2*keptTail) || isSMIME(p, p.fileName()) {
		o.raw = append(o.raw, o.window(from, int(to-from))...)
		return
	}
	if strings.HasPrefix(p.mediaType, "text/") && p.disposition != "attachment" {
		o.words += min(to-from, 8<<20) // 2 MB are kept, of which each octet may have taken three
	}
	head := int(o.kept / 2)
	o.raw = append(o.raw, o.window(from, head)...)
	o.hole(from+int64(head), to-keptTail)
	o.raw = append(o.raw, o.window(to-keptTail, keptTail)...)
}

// hole leaves a stretch out.
func (o *outline) hole(from, to int64) {
	if from >= to {
		return
	}
	o.raw = fmt.Appendf(o.raw, "%s%08x", o.mark, len(o.holes))
	o.holes = append(o.holes, hole{from, to})
}

// holed reports whether something of a content was left out.
func (o *outline) holed(b []byte) bool {
	return len(o.holes) > 0 && bytes.Contains(b, []byte(o.mark))
}

// open reads a content with its holes filled.
func (o *outline) open(b []byte) io.Reader {
	if !o.holed(b) {
		return bytes.NewReader(b)
	}
	var pieces []io.Reader
	for {
		before, rest, found := bytes.Cut(b, []byte(o.mark))
		pieces = append(pieces, bytes.NewReader(before))
		if !found {
			return &sourceReader{io.MultiReader(pieces...)}
		}
		n, err := strconv.ParseUint(string(rest[:min(8, len(rest))]), 16, 32)
		if err != nil || int(n) >= len(o.holes) {
			b = rest // the mark itself was cut; nothing is behind it
			continue
		}
		h := o.holes[n]
		pieces = append(pieces, io.NewSectionReader(o.source, h.from, h.to-h.from))
		b = rest[8:]
	}
}

// sourceReader tells errors of the source.
type sourceReader struct{ r io.Reader }

// Read implements io.Reader.
func (s *sourceReader) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err != nil && err != io.EOF {
		err = &SourceError{err}
	}
	return n, err
}

// SourceError says that the mail's bytes could not be read: it should be tried
// again.
type SourceError struct{ Err error }

// Error says what went wrong.
func (e *SourceError) Error() string { return fmt.Sprintf("reading the raw mail: %v", e.Err) }

// Unwrap gives the error of the source.
func (e *SourceError) Unwrap() error { return e.Err }
