package read

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/jhillyerd/enmime/v2"
)

// part is a node of a mail's MIME tree.
type part struct {
	header
	mediaType   string // lower-case, "text/plain" by default
	params      map[string]string
	disposition string
	dispParams  map[string]string
	body        []byte // as transferred; empty for a multipart that was taken apart
	children    []*part
}

// tree takes mails apart with enmime, whose parser is lenient and has no limits
// of its own. Every multipart is announced to mediaType before its parts are
// read; there they are counted, and the mail ends for the parser (Read) where
// the limit is reached or the time is over. Limits are set on what the parser
// itself is about to do, because a stricter reader run before it as a guard
// sees nothing of a mail that it refuses.
type tree struct {
	ctx        context.Context
	multiparts int // left; each can be within the one before, so this is the depth too
	parts      int // left, in all
	problems   problemList

	raw    []byte           // of the mail being read
	head   int              // octets of its header
	read   int              // octets given to the parser
	end    int              // octets that the parser may see
	delims int              // lines between parts left
	known  map[string]split // by declared boundary
	faulty bool             // the parser found a header or part that it could not read
}

// problemList gathers what was broken, each once and at most twenty.
type problemList []string

func (l *problemList) add(format string, args ...any) {
	s := fmt.Sprintf(format, args...)
	for _, p := range *l {
		if p == s {
			return
		}
	}
	if len(*l) < 20 {
		*l = append(*l, s)
	}
}

// take reads a mail and everything in it. It never fails: what cannot be taken
// apart is one text.
func (t *tree) take(raw []byte) *part {
	head, body, problem := splitHeader(raw)
	t.raw = raw
	if problem != "" {
		t.problems.add("%s", problem)
		t.raw = slices.Concat(head, []byte("\n"), body)
	}
	t.head = len(head)
	parts, multiparts := t.parts, t.multiparts
	p, err := t.parse()
	if t.faulty && t.repair() {
		t.parts, t.multiparts = parts, multiparts
		p, err = t.parse()
	}
	if err != nil {
		t.problems.add("the parts could not be told from each other, the mail was read as text")
		p = &part{header: readFields(head), mediaType: "text/plain", body: body}
	}
	if len(p.children) == 0 && len(p.body) == 0 {
		p.body = body // a multipart in which the library found no part
	}
	p.length = len(raw) - len(body)
	return p
}

// repair adds the empty line between a part's header and its text where it is
// missing, and reports whether it was. The library takes such text for header,
// or drops the part: of 549 mails in the collections of other projects three
// lost words by it.
func (t *tree) repair() bool {
	var gaps []int
	for _, s := range t.known {
		for rest := t.raw[:t.end]; s.boundary != ""; {
			_, after, found := bytes.Cut(rest, []byte("\n--"+s.boundary))
			if !found {
				break
			}
			rest = after
			line, piece := nextLine(rest)
			if i := bytes.Index(piece, []byte("\n--"+s.boundary)); i >= 0 {
				piece = piece[:i]
			}
			if _, body, problem := splitHeader(piece); problem == noEmptyLine && len(bytes.TrimSpace(line)) == 0 {
				_, after := nextLine(rest)
				gaps = append(gaps, t.end-len(after)+len(piece)-len(body))
			}
		}
	}
	slices.Sort(gaps)
	gaps = slices.Compact(gaps)
	out := make([]byte, 0, len(t.raw)+len(gaps))
	at := 0
	for _, gap := range gaps {
		out = append(append(out, t.raw[at:gap]...), '\n')
		at = gap
	}
	t.raw = append(out, t.raw[at:]...)
	return len(gaps) > 0
}

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
	return t.convert(p, "text/plain"), nil
}

// Read gives the mail to the parser, up to where it may be read.
func (t *tree) Read(b []byte) (int, error) {
	if t.read >= t.head && t.ctx.Err() != nil {
		t.problems.add("reading took too long, the rest was left out")
		return 0, io.EOF
	}
	if t.read >= t.end {
		return 0, io.EOF
	}
	n := copy(b, t.raw[t.read:t.end])
	t.read += n
	return n, nil
}

// mediaType reads a content type for the parser. It never fails, and gives a
// boundary to multiparts only.
func (t *tree) mediaType(s string) (string, map[string]string, []string, error) {
	value, params := parseParams(s)
	value = mediaTypeOf(value, params, "", nil)
	out := map[string]string{}
	if strings.HasPrefix(value, "multipart/") {
		if m := t.announced(params["boundary"]); m.boundary != "" {
			out["boundary"] = m.boundary
		} else {
			value = m.as
		}
	}
	return value, out, nil, nil
}

// split is how one that was announced is read.
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
	b := strings.TrimRight(declared, " \t")
	if t.multiparts == 0 {
		t.problems.add("parts are nested more than %d deep, the inner ones were not taken apart", len(t.known))
		return split{as: "application/octet-stream"}
	}
	t.multiparts--
	if b == "" || !bytes.Contains(t.raw, []byte("\n--"+b)) {
		seen := ""
		if len(t.known) == 0 {
			seen = seenBoundary(t.raw[t.head:])
		}
		if seen == "" {
			t.problems.add("a multipart without its boundary was read as text")
			return split{as: "text/plain"}
		}
		t.problems.add("the boundary between parts is not the declared one")
		b = seen
	}
	delim := []byte("\n--" + b)
	for at := 0; ; t.delims-- {
		i := bytes.Index(t.raw[at:t.end], delim)
		if i < 0 {
			return split{boundary: b}
		}
		if at += i + 1; t.delims == 0 {
			t.problems.add("there are too many parts, the rest was left out")
			t.end = at
		}
	}
}

// convert turns the parser's tree into ours. fallback is the type of a part
// that names none (RFC 2046 section 5.1.5: message/rfc822 in a digest).
func (t *tree) convert(e *enmime.Part, fallback string) *part {
	p := &part{header: header{fields: e.Header}, body: e.Content}
	value, params := parseParams(p.get("content-type"))
	p.params = params
	p.mediaType = mediaTypeOf(value, params, fallback, &t.problems)
	if strings.HasPrefix(p.mediaType, "multipart/") && e.FirstChild == nil {
		p.mediaType = "text/plain"
		if m := t.announced(params["boundary"]); m.as != "" {
			p.mediaType = m.as
		}
	}
	p.disposition, p.dispParams = parseParams(p.get("content-disposition"))
	for _, problem := range e.Errors {
		switch problem.Name {
		case enmime.ErrorMalformedHeader:
			t.faulty = true
			t.problems.add("a header has lines that are no fields")
		case enmime.ErrorMalformedChildPart:
			t.faulty = true
			t.problems.add("a part could not be read and was left out")
		case enmime.ErrorMissingBoundary:
			t.problems.add("the last part is not closed, the mail may be cut short")
		}
	}
	if len(bytes.TrimSpace(e.Epilogue)) > 200 {
		t.problems.add("there is text after the last part, it was left out")
	}
	childType := "text/plain"
	if p.mediaType == "multipart/digest" {
		childType = "message/rfc822"
	}
	for c := e.FirstChild; c != nil; c = c.NextSibling {
		if t.parts--; t.parts < 0 {
			t.problems.add("there are too many parts, the rest was left out")
			break
		}
		p.children = append(p.children, t.convert(c, childType))
	}
	return p
}

// mediaTypeOf cleans what Content-Type names.
func mediaTypeOf(value string, params map[string]string, fallback string, problems *problemList) string {
	kind, sub, ok := strings.Cut(value, "/")
	switch {
	case value == "" && len(params) == 0:
		return fallback
	case value == "text" || kind == "" || ok && sub == "" && kind == "text" || value == "plain":
		return "text/plain"
	case value == "html" || value == "text/htm":
		return "text/html"
	case !ok && params["boundary"] != "":
		return "multipart/mixed"
	case !ok || sub == "" || strings.ContainsAny(value, "\"<>\\\x00") || len(value) > 120:
		if problems != nil {
			problems.add("unreadable content type %s", printable(value))
		}
		return "application/octet-stream"
	}
	return oneLine(value)
}

// seenBoundary looks for a line "--X" near the top that closes as "--X--", or
// is followed by a part's header.
func seenBoundary(body []byte) string {
	rest := body
	for i := 0; i < 50 && len(rest) > 0; i++ {
		var line []byte
		line, rest = nextLine(rest)
		line = bytes.TrimRight(line, " \t")
		if len(line) < 3 || len(line) > 72 || !bytes.HasPrefix(line, []byte("--")) || bytes.HasSuffix(line, []byte("--")) {
			continue
		}
		following, _ := nextLine(rest)
		if name, _, ok := splitField(following); ok && strings.HasPrefix(name, "content-") {
			return string(line[2:])
		}
	}
	return ""
}
