package read

import (
	"bytes"
	"context"
	"fmt"
	"strings"
)

// part is a node of a mail's MIME tree. Its bytes lie in the raw mail.
type part struct {
	header
	mediaType   string // lower-case, "text/plain" by default
	params      map[string]string
	disposition string
	dispParams  map[string]string
	body        []byte // as transferred; empty for a multipart that was split
	children    []*part
}

// splitter makes the tree. All parts of a mail count against one limit, and
// each byte is looked at once a level, so the work is at most size × depth.
//
// It is ours because the bytes lie in memory anyway, and cutting slices of them
// at boundaries is short, needs no limit in time, and drops nothing. The lenient
// library measured (enmime) takes some ten times as long for a mail, needs
// another parser before it as a guard, and empties a part whose base64 has one
// bad character.
type splitter struct {
	ctx      context.Context
	maxDepth int
	parts    int // left
	problems problemList
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

// split reads raw as one part and everything in it. fallback is the type of a
// part that names none (RFC 2046 section 5.1.5: message/rfc822 in a digest).
func (s *splitter) split(raw []byte, depth int, fallback string) *part {
	p := &part{}
	var problems []string
	p.header, p.body, problems = parseHeader(raw)
	for _, t := range problems {
		s.problems.add("%s", t)
	}
	s.describe(p, fallback)
	s.parts--
	if !strings.HasPrefix(p.mediaType, "multipart/") {
		return p
	}
	if depth >= s.maxDepth {
		s.problems.add("parts are nested more than %d deep, the inner ones were not taken apart", s.maxDepth)
		p.mediaType = "application/octet-stream"
		return p
	}
	pieces, ok := s.pieces(p)
	if !ok {
		s.problems.add("a multipart without its boundary was read as text")
		p.mediaType = "text/plain"
		return p
	}
	childType := "text/plain"
	if p.mediaType == "multipart/digest" {
		childType = "message/rfc822"
	}
	for _, b := range pieces {
		if s.ctx.Err() != nil {
			s.problems.add("reading took too long, the rest was left out")
			break
		}
		if s.parts <= 0 {
			s.problems.add("there are too many parts, the rest was left out")
			break
		}
		p.children = append(p.children, s.split(b, depth+1, childType))
	}
	p.body = nil
	return p
}

// describe fills in what Content-Type and Content-Disposition say.
func (s *splitter) describe(p *part, fallback string) {
	p.mediaType, p.params = parseParams(p.get("content-type"))
	p.disposition, p.dispParams = parseParams(p.get("content-disposition"))
	kind, sub, ok := strings.Cut(p.mediaType, "/")
	switch {
	case p.mediaType == "" && !p.has("content-type"):
		p.mediaType = fallback
	case p.mediaType == "text" || kind == "" || ok && sub == "" && kind == "text" || p.mediaType == "plain":
		p.mediaType = "text/plain"
	case p.mediaType == "html" || p.mediaType == "text/htm":
		p.mediaType = "text/html"
	case !ok && p.params["boundary"] != "":
		p.mediaType = "multipart/mixed"
	case !ok || sub == "" || strings.ContainsAny(p.mediaType, "\"<>\\\x00") || len(p.mediaType) > 120:
		s.problems.add("unreadable content type %s", printable(p.mediaType))
		p.mediaType = "application/octet-stream"
	}
	p.mediaType = oneLine(p.mediaType)
}

// pieces cuts a multipart's body at its boundary (RFC 2046 section 5.1.1).
// Where the declared boundary does not occur, the one that does is taken.
func (s *splitter) pieces(p *part) (out [][]byte, ok bool) {
	boundary := strings.TrimRight(p.params["boundary"], " \t")
	if boundary != "" {
		out = s.cut(p.body, boundary)
	}
	if len(out) == 0 {
		if boundary = seenBoundary(p.body); boundary == "" {
			return nil, false
		}
		s.problems.add("the boundary between parts is not the declared one")
		out = s.cut(p.body, boundary)
	}
	return out, len(out) > 0
}

func (s *splitter) cut(body []byte, boundary string) (out [][]byte) {
	delim := []byte("--" + boundary)
	start := -1
	for pos := 0; len(out) <= s.parts; {
		i := bytes.Index(body[pos:], delim)
		if i < 0 {
			break
		}
		at := pos + i
		after := at + len(delim)
		pos = after
		if at > 0 && body[at-1] != '\n' {
			continue
		}
		line, _ := nextLine(body[after:])
		closing := bytes.HasPrefix(line, []byte("--"))
		// A longer boundary of an inner multipart only begins alike.
		if t := bytes.TrimSpace(line); len(t) > 0 && !closing {
			continue
		}
		if start >= 0 {
			out = append(out, trimEOL(body[start:at]))
		}
		if closing {
			if rest := bytes.TrimSpace(bytes.TrimPrefix(body[after:], []byte("--"))); len(rest) > 200 {
				s.problems.add("there is text after the last part, it was left out")
			}
			return out
		}
		start = min(after+len(line)+1, len(body))
		if start < len(body) && body[start-1] == '\r' {
			start++
		}
		pos = start
	}
	if start >= 0 {
		s.problems.add("the last part is not closed, the mail may be cut short")
		out = append(out, trimEOL(body[start:]))
	}
	return out
}

// trimEOL removes the line end that belongs to the boundary after it.
func trimEOL(b []byte) []byte {
	b = bytes.TrimSuffix(b, []byte("\n"))
	return bytes.TrimSuffix(b, []byte("\r"))
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
