package read

import (
	"bytes"
	"strings"
)

// Limits of one header. A header over them is read up to the limit and the
// rest is skipped, so that a stranger cannot make us hold a megabyte of names.
const (
	maxHeaderBytes  = 1 << 20
	maxHeaderFields = 2000
)

// field is one header field: the name in lower case, the value unfolded and
// trimmed but not decoded.
type field struct{ name, value string }

// header is the fields of a mail or part, topmost first.
type header struct {
	fields []field
	length int // octets up to the body
}

// get returns the first value of a field; name is lower-case.
func (h *header) get(name string) string {
	for i := range h.fields {
		if h.fields[i].name == name {
			return h.fields[i].value
		}
	}
	return ""
}

// has reports whether the field is there, even if empty.
func (h *header) has(name string) bool {
	for i := range h.fields {
		if h.fields[i].name == name {
			return true
		}
	}
	return false
}

// all returns every value of a field, topmost first.
func (h *header) all(name string) []string {
	var out []string
	for i := range h.fields {
		if h.fields[i].name == name {
			out = append(out, h.fields[i].value)
		}
	}
	return out
}

// nextLine cuts the first line off; CRLF and LF both end one.
func nextLine(b []byte) (line, rest []byte) {
	i := bytes.IndexByte(b, '\n')
	if i < 0 {
		return b, nil
	}
	line, rest = b[:i], b[i+1:]
	if i > 0 && line[i-1] == '\r' {
		line = line[:i-1]
	}
	return line, rest
}

// parseHeader reads the header and returns the body. It never fails: a line
// that is no field either continues the one before it (an unindented fold) or
// begins the body where the empty line is missing.
func parseHeader(raw []byte) (h header, body []byte, problems []string) {
	rest := raw
	var name string
	var value []byte
	flush := func() {
		if name != "" && len(h.fields) < maxHeaderFields && len(raw)-len(rest) <= maxHeaderBytes {
			h.fields = append(h.fields, field{name, strings.TrimSpace(string(value))})
		}
		name, value = "", nil
	}
	for len(rest) > 0 {
		line, after := nextLine(rest)
		if len(line) == 0 || len(bytes.TrimSpace(line)) == 0 && !continues(after) {
			rest = after
			break
		}
		if line[0] == ' ' || line[0] == '\t' {
			if name != "" {
				value = append(value, line...)
			}
			rest = after
			continue
		}
		n, v, ok := splitField(line)
		if !ok && !continues(after) {
			problems = append(problems, "the empty line between header and body is missing")
			break
		}
		if !ok {
			value = append(append(value, ' '), line...)
			rest = after
			continue
		}
		flush()
		name, value = n, append([]byte(nil), v...)
		rest = after
	}
	flush()
	h.length = len(raw) - len(rest)
	if len(h.fields) == maxHeaderFields || h.length > maxHeaderBytes {
		problems = append(problems, "the header is too long, its end was not read")
	}
	return h, rest, problems
}

// splitField reads "Name: value". Blanks before the colon are tolerated.
func splitField(line []byte) (name string, value []byte, ok bool) {
	i := bytes.IndexByte(line, ':')
	if i <= 0 || i > 128 {
		return "", nil, false
	}
	n := bytes.TrimRight(line[:i], " \t")
	if len(n) == 0 {
		return "", nil, false
	}
	for _, c := range n {
		if c <= ' ' || c >= 127 {
			return "", nil, false
		}
	}
	return strings.ToLower(string(n)), line[i+1:], true
}

// continues reports whether what follows a broken line is still the header:
// within a few lines, and before an empty one, a field stands there that only
// headers have.
func continues(rest []byte) bool {
	for i := 0; i < 5 && len(rest) > 0; i++ {
		var line []byte
		line, rest = nextLine(rest)
		if len(line) == 0 {
			return false
		}
		name, _, ok := splitField(line)
		if !ok {
			continue
		}
		switch name {
		case "from", "to", "cc", "subject", "date", "message-id", "mime-version", "content-type",
			"content-transfer-encoding", "received", "return-path", "in-reply-to", "references",
			"reply-to", "dkim-signature", "content-disposition", "content-id", "sender", "list-id":
			return true
		}
	}
	return false
}
