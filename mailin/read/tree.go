package read

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/jhillyerd/enmime/v2"
)

// part is a node of a mail's MIME tree.
type part struct {
	header
	mediaType   string // lower-case, "text/plain" by default
	params      map[string]string
	disposition string
	dispParams  map[string]string
	body        []byte // as transferred, perhaps with holes (outline); empty for a multipart that was taken apart
	children    []*part
}

// tree takes mails apart with enmime, whose parser is lenient and has no limits
// of its own: 400,000 parts keep it busy for over 40 s. Every multipart is
// announced to mediaType before its parts are read; there they are counted, and
// the mail ends for the parser (Read) where the limit is reached or the time is
// over. Limits are set on what the parser itself is about to do, because a
// stricter reader run before it as a guard sees nothing of a mail that it
// refuses, and go-message refuses 63 of 549 collected mails.
//
// The parser gives contents as they were transferred. It could decode them, but
// from base64 that is joined from pieces or is no base64 it makes noise, and
// what it took them from is gone then.
type tree struct {
	ctx        context.Context
	deadline   time.Time
	outline    *outline
	depth      int // of multiparts within each other
	multiparts int // left, in all
	parts      int // left, in all
	problems   problemList

	raw    []byte           // of the mail being read
	own    bool             // raw is a copy
	head   int              // octets of its header
	read   int              // octets given to the parser
	end    int              // octets that the parser may see
	delims int              // lines between parts left
	known  map[string]split // by declared boundary
}

// maxPreamble bounds the words before the first part among which its boundary is
// looked for, in octets.
const maxPreamble = 4 << 10

// problemList gathers what was broken, each once and at most twenty.
type problemList struct {
	said []string
	lost string // the first that left something out, wherever it stands in said
}

func (l *problemList) add(format string, args ...any) {
	s := fmt.Sprintf(format, args...)
	if len(l.said) < 20 && !slices.Contains(l.said, s) {
		l.said = append(l.said, s)
	}
}

// leftOut adds a problem for which something of the mail is read by nobody.
func (l *problemList) leftOut(format string, args ...any) {
	l.add(format, args...)
	if l.lost == "" {
		l.lost = fmt.Sprintf(format, args...)
	}
}

// take reads a mail and everything in it. It never fails: what cannot be taken
// apart is one text.
func (t *tree) take(raw []byte) *part {
	head, body, problem := splitHeader(raw)
	if len(head) > maxHeaderBytes { // by its last line
		head, problem = head[:maxHeaderBytes], tooLong
	}
	t.raw, t.own = raw, false
	switch problem {
	case "":
	case tooLong:
		t.problems.leftOut(tooLong)
	default:
		t.problems.add("%s", problem)
	}
	if tidy := tidied(head); problem != "" || len(tidy) != len(head) {
		head = tidy
		t.raw, t.own = slices.Concat(head, []byte("\n"), body), true
	}
	t.head = len(head)
	before := *t
	p, err := t.parse()
	if err == nil && t.repair() {
		t.parts, t.multiparts, t.problems = before.parts, before.multiparts, before.problems
		t.problems.add("the header of a part is broken")
		p, err = t.parse()
	}
	if err == nil && len(p.children) == 0 {
		if inside := t.decodedMultipart(p, head, body); inside != nil {
			t.parts, t.multiparts, t.problems = before.parts, before.multiparts, before.problems
			t.problems.add("a multipart was encoded as a whole")
			p = t.take(inside)
			return p
		}
	}
	if err != nil {
		t.problems.add("the parts could not be told from each other, the mail was read as text")
		p = &part{header: readFields(head), mediaType: "text/plain", body: body}
	}
	if len(p.children) == 0 && len(p.body) == 0 {
		p.body = body // a multipart in which the library found no part
	}
	t.raw = nil // the parts are copies; a large mail may go
	return p
}

// decodedMultipart is a mail whose parts were encoded together, against RFC 2045
// section 6.4, without that; nil where it is no such mail.
func (t *tree) decodedMultipart(p *part, head, body []byte) []byte {
	boundary := p.params["boundary"]
	if boundary == "" || transferEncoding(p.get("content-transfer-encoding")) == encodedNot || t.outline.holed(body) {
		return nil
	}
	inside, _ := decodeTransfer(body, p.get("content-transfer-encoding"))
	if len(inside) == 0 || bytes.Equal(inside, body) || !bytes.Contains(inside, []byte("--"+boundary)) {
		return nil
	}
	return slices.Concat(encodingField.ReplaceAll(head, nil), []byte("\n\n"), inside)
}

var encodingField = regexp.MustCompile(`(?mi)^content-transfer-encoding[ \t]*:[^\n]*(?:\n[ \t][^\n]*)*(?:\n|$)`)

// repair mends the header of parts and reports whether any needed it. Where the
// empty line below is missing, the library takes the text for header; where the
// first line is a continuation, it drops the part. Of 549 mails in the
// collections of other projects three lost words by it.
func (t *tree) repair() bool {
	var gaps []gap
	for _, s := range t.known {
		if s.boundary != "" {
			gaps = append(gaps, headerGaps(t.raw[:t.end], []byte("\n--"+s.boundary))...)
		}
	}
	if len(gaps) == 0 {
		return false
	}
	slices.SortFunc(gaps, func(a, b gap) int { return a.at - b.at })
	var out []byte
	at := 0
	for _, g := range slices.Compact(gaps) {
		out = append(append(out, t.raw[at:g.at]...), g.fill...)
		at = g.at
	}
	t.raw, t.own = append(out, t.raw[at:]...), true
	return true
}

// gap is a place in a mail where something is missing.
type gap struct {
	at   int
	fill string
}

// headerGaps looks at the header of each part that follows a delimiter.
func headerGaps(raw, delim []byte) (gaps []gap) {
	for rest := raw; ; {
		_, after, found := bytes.Cut(rest, delim)
		if !found {
			return gaps
		}
		line, piece := nextLine(after)
		rest = after
		if len(bytes.TrimSpace(line)) > 0 {
			continue // another boundary that begins alike, or the last one
		}
		at := len(raw) - len(piece)
		if i := bytes.Index(piece, delim); i >= 0 {
			piece = piece[:i]
		}
		_, body, problem := splitHeader(piece)
		switch {
		case problem == noEmptyLine:
			gaps = append(gaps, gap{at + len(piece) - len(body), "\n"})
		case problem == wordsFirst && (piece[0] == ' ' || piece[0] == '\t'):
			gaps = append(gaps, gap{at, "X-Unknown:"})
		}
	}
}

// parse runs the library. Its panics are errors.
func (t *tree) parse() (root *part, err error) {
	defer func() {
		if r := recover(); r != nil {
			root, err = nil, fmt.Errorf("taking the mail apart: %v", r)
		}
	}()
	t.read, t.end, t.delims, t.known = 0, len(t.raw), 2*t.parts, map[string]split{}
	p, err := enmime.NewParser(
		enmime.SkipMalformedParts(true),
		enmime.MultipartWOBoundaryAsSinglePart(true),
		enmime.MaxStoredPartErrors(50),
		enmime.RawContent(true),
		enmime.SetCustomParseMediaType(t.mediaType),
	).ReadParts(t)
	if err != nil {
		return nil, fmt.Errorf("taking the mail apart: %w", err)
	}
	return t.convert(p, "text/plain", 0), nil
}

// Read gives the mail to the parser, up to where it may be read.
func (t *tree) Read(b []byte) (int, error) {
	if t.read >= t.head && t.late() {
		return 0, io.EOF
	}
	if t.read >= t.end {
		return 0, io.EOF
	}
	n := copy(b, t.raw[t.read:t.end])
	t.read += n
	return n, nil
}

// late reports, and tells, that the time is over.
func (t *tree) late() bool {
	late := t.ctx.Err() != nil || time.Now().After(t.deadline)
	if late {
		t.problems.leftOut("reading took too long, the rest was left out")
	}
	return late
}

// mediaType reads a content type for the parser. It never fails, and gives a
// boundary to multiparts only.
func (t *tree) mediaType(s string) (string, map[string]string, []string, error) {
	value, params := parseParams(s)
	value = mediaTypeOf(value, params, "", nil)
	out := map[string]string{}
	if strings.HasPrefix(value, "multipart/") {
		if nesting() >= t.depth {
			t.problems.leftOut(tooManyMultiparts)
			return "application/octet-stream", out, nil, nil
		}
		if m := t.announced(params["boundary"]); m.boundary != "" {
			out["boundary"] = m.boundary
		} else {
			value = m.as
		}
	}
	return value, out, nil, nil
}

const tooManyMultiparts = "there are too many multiparts, the last were not taken apart"

// maxDepth bounds the nesting of multiparts. The parser takes twice the time
// for each level at the end of a mail whose multiparts are not closed: 20 levels
// in a kilobyte kept it busy for some seconds. Five are common at most.
const maxDepth = 8

// nesting is how deep the parser is when it asks for a media type. It does not
// say so, but each level is a call of it.
func nesting() int {
	pc := make([]uintptr, 256)
	frames := runtime.CallersFrames(pc[:runtime.Callers(2, pc)])
	n := 0
	for {
		f, more := frames.Next()
		if strings.HasSuffix(f.Function, ".parseParts") {
			n++
		}
		if !more {
			return n
		}
	}
}

// split is how a multipart that was announced is read.
type split struct {
	boundary string // empty: as one part
	as       string // the media type then
}

// announced decides how a multipart is read, and where the mail ends for the
// parser if it has too many parts: a parser in the midst of 400,000 parts
// cannot be stopped otherwise.
func (t *tree) announced(declared string) (m split) {
	if m, known := t.known[declared]; known {
		return m
	}
	defer func() { t.known[declared] = m }()
	if t.multiparts == 0 {
		t.problems.leftOut(tooManyMultiparts)
		return split{as: "application/octet-stream"}
	}
	t.multiparts--
	b := strings.TrimRight(declared, " \t")
	if b == "" || !bytes.Contains(t.raw, []byte("\n--"+b)) {
		seen := seenBoundary.FindSubmatch(t.raw[t.head:min(len(t.raw), t.head+maxPreamble)])
		if seen == nil || len(t.known) > 0 {
			t.problems.add("a multipart without its boundary was read as text")
			return split{as: "text/plain"}
		}
		t.problems.add("the boundary between parts is not the declared one")
		b = string(seen[1])
	}
	delim := []byte("\n--" + b)
	for at := 0; ; t.delims-- {
		i := bytes.Index(t.raw[at:t.end], delim)
		if i < 0 {
			return split{boundary: b}
		}
		at += i + 1
		t.boundPart(at + len(delim))
		if t.delims == 0 {
			t.problems.leftOut("there are too many parts, the rest was left out")
			t.end = at
		}
	}
}

// boundPart ends the header of the part behind a delimiter where it is too long,
// so that the parser, which has no bound, takes the rest for content.
func (t *tree) boundPart(at int) {
	if at+maxPartHeader > len(t.raw) {
		return
	}
	_, after := nextLine(t.raw[at : at+maxPartHeader])
	if head, _, problem := splitHeader(after); problem == tooLong || problem == "" && len(head) == len(after) && len(after) > 0 {
		if !t.own {
			t.raw, t.own = slices.Clone(t.raw), true
		}
		copy(t.raw[at+maxPartHeader-2:], "\n\n")
		t.problems.leftOut(tooLong)
	}
}

// convert turns the parser's tree into ours. fallback is the type of a part
// that names none (RFC 2046 section 5.1.5: message/rfc822 in a digest).
func (t *tree) convert(e *enmime.Part, fallback string, depth int) *part {
	p := &part{header: header{fields: e.Header}, body: e.Content}
	p.describe(fallback, &t.problems)
	if strings.HasPrefix(p.mediaType, "multipart/") && e.FirstChild == nil {
		p.mediaType = "text/plain"
		if depth >= t.depth {
			p.mediaType = "application/octet-stream"
		} else if m := t.announced(p.params["boundary"]); m.as != "" {
			p.mediaType = m.as
		}
	}
	for _, problem := range e.Errors {
		switch problem.Name {
		case enmime.ErrorMalformedHeader:
			t.problems.add("a header has lines that are no fields")
		case enmime.ErrorMalformedChildPart:
			t.problems.leftOut("a part could not be read and was left out")
		case enmime.ErrorMissingBoundary:
			t.problems.add("the last part is not closed, the mail may be cut short")
		}
	}
	if len(bytes.TrimSpace(e.Epilogue)) > 200 {
		t.problems.leftOut("there is text after the last part, it was left out")
	}
	childType := "text/plain"
	if p.mediaType == "multipart/digest" {
		childType = "message/rfc822"
	}
	for c := e.FirstChild; c != nil; c = c.NextSibling {
		if t.parts--; t.parts < 0 {
			t.problems.leftOut("there are too many parts, the rest was left out")
			break
		}
		p.children = append(p.children, t.convert(c, childType, depth+1))
	}
	return p
}

// describe reads from the part's header what it is.
func (p *part) describe(fallback string, problems *problemList) {
	value, params := parseParams(p.get("content-type"))
	p.params, p.mediaType = params, mediaTypeOf(value, params, fallback, problems)
	p.disposition, p.dispParams = parseParams(p.get("content-disposition"))
}

// mediaTypeOf cleans what Content-Type names.
func mediaTypeOf(value string, params map[string]string, fallback string, problems *problemList) string {
	kind, sub, ok := strings.Cut(value, "/")
	switch {
	case value == "" && len(params) == 0:
		return fallback
	case value == "text" || kind == "" || ok && sub == "" && kind == "text" || value == "plain" || value == "plain/text":
		return "text/plain"
	case value == "html" || value == "text/htm":
		return "text/html"
	case !ok && params["boundary"] != "":
		return "multipart/mixed"
	case !ok || sub == "" || strings.ContainsAny(value, `"<>;\`) || strings.ContainsFunc(value, unicode.IsControl) || len(value) > 120:
		if problems != nil {
			problems.add("unreadable content type %s", printable(value))
		}
		return "application/octet-stream"
	}
	return oneLine(value)
}

// seenBoundary finds a line "--X" that is followed by a part's header, because
// the library reads nothing of a mail whose declared boundary does not occur: so
// in four of 549 collected mails.
var seenBoundary = regexp.MustCompile(`(?m)^--(\S[^\r\n]{0,68}[^\s-]|\S)[ \t]*\r?\n(?i:content-[a-z-]+|mime-version):`)
