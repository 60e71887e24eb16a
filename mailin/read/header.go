package read

import (
	"bufio"
	"bytes"
	"net/textproto"
	"regexp"
	"strings"

	"github.com/jhillyerd/enmime/v2"
)

// Limits of one header. A header over them is read up to the limit and the
// rest is skipped, so that a stranger cannot make us hold a megabyte of names.
const (
	maxHeaderBytes  = 1 << 20
	maxHeaderFields = 2000
	maxPartHeader   = 64 << 10 // of a part
)

// header is the fields of a mail or part: unfolded and trimmed, not decoded.
type header struct {
	fields textproto.MIMEHeader
}

// get returns the first value of a field; name is in any case, and found the
// sooner where it is written as X-Name.
func (h *header) get(name string) string { return h.fields.Get(name) }

// has reports whether the field is there, even if empty.
func (h *header) has(name string) bool { return len(h.fields.Values(name)) > 0 }

// all returns every value of a field, topmost first.
func (h *header) all(name string) []string { return h.fields.Values(name) }

// readFields reads the header at the start of raw.
func readFields(raw []byte) header {
	head, _, _ := splitHeader(raw)
	head = head[:min(len(head), maxHeaderBytes)]
	head = tidied(head)
	fields, _ := enmime.ReadHeader(bufio.NewReader(bytes.NewReader(head)), ignore{}) // what could be read
	return header{fields: fields}
}

// blankBeforeColon is the obsolete form of a field's name (RFC 5322 section
// 4.5), which the library drops with its value.
var blankBeforeColon = regexp.MustCompile(`(?m)^([!-9;-~]{1,76})[ \t]+:`)

// tidied is a header without blanks before the colons.
func tidied(head []byte) []byte {
	if !bytes.Contains(head, []byte(" :")) && !bytes.Contains(head, []byte("\t:")) {
		return head
	}
	return blankBeforeColon.ReplaceAll(head, []byte("$1:"))
}

// ignore is for headers whose faults nobody is told.
type ignore struct{}

// AddError ignores an error.
func (ignore) AddError(string, string, ...any) {}

// AddWarning ignores a warning.
func (ignore) AddWarning(string, string, ...any) {}

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

// What splitHeader finds.
const (
	noEmptyLine = "the empty line between header and body is missing"
	wordsFirst  = "there are words before the header"
	tooLong     = "the header is too long, its end was not read"
)

// splitHeader finds where the header begins and ends. The library takes every
// line without a colon for a field's continuation, so where the empty line is
// missing the body would be lost: a line that is no field, and after which no
// field of a header follows, begins the body. A problem is told where head and
// body are not simply the two sides of an empty line.
func splitHeader(raw []byte) (head, body []byte, problem string) {
	start, fields := -1, 0 // where the first field begins
	rest := raw
	for len(rest) > 0 {
		at := len(raw) - len(rest)
		line, after := nextLine(rest)
		if len(line) == 0 || len(bytes.TrimSpace(line)) == 0 && !continues(after) {
			if start < 0 && at > 0 {
				return nil, raw, noEmptyLine
			}
			return raw[max(start, 0):at], after, problem
		}
		_, _, field := splitField(line)
		folded := line[0] == ' ' || line[0] == '\t'
		if !field && !folded && !continues(after) {
			return raw[max(start, 0):at], rest, noEmptyLine
		}
		if field && start < 0 {
			if start = at; start > 0 {
				problem = wordsFirst
			}
		}
		if field {
			fields++
		}
		if fields > maxHeaderFields || at > maxHeaderBytes {
			return raw[max(start, 0):at], rest[emptyLine.FindIndex(rest)[1]:], tooLong
		}
		rest = after
	}
	return raw[max(start, 0):], nil, problem
}

var emptyLine = regexp.MustCompile(`\n\r?\n|$`)

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
