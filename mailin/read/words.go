package read

import "strings"

// decodeHeader reads the text of an unstructured field: RFC 2047 encoded
// words, and raw 8-bit text as UTF-8, else windows-1252. The result is one
// clean line.
func decodeHeader(s string) string {
	if !isASCII([]byte(s)) || strings.Contains(s, "\x1b$") {
		s, _ = toUTF8([]byte(s), "")
	}
	if !strings.Contains(s, "=?") {
		return oneLine(s)
	}
	return oneLine(decodeWords(s))
}

// decodeWords replaces encoded words. Neighbours in the same charset are
// decoded as one, because mailers split characters between them. Words that
// break the rules (blanks inside, over 75 characters, next to other text) are
// read as meant.
func decodeWords(s string) string {
	var out strings.Builder
	var pending []byte
	var charset string
	flush := func() {
		if len(pending) > 0 {
			text, _ := toUTF8(pending, charset)
			out.WriteString(text)
			pending = nil
		}
	}
	ended := false // no "?=" is left, so no word is
	for len(s) > 0 {
		i := strings.Index(s, "=?")
		if i < 0 || ended {
			flush()
			out.WriteString(s)
			break
		}
		before := s[:i]
		cs, data, rest, ok, none := encodedWord(s[i:])
		ended = none
		if !ok {
			flush()
			out.WriteString(s[:i+2])
			s = s[i+2:]
			continue
		}
		// White space between two encoded words is not part of the text.
		if strings.TrimSpace(before) != "" || before != "" && len(pending) == 0 {
			flush()
			out.WriteString(before)
		}
		if !strings.EqualFold(cs, charset) {
			flush()
		}
		charset = cs
		pending = append(pending, data...)
		s = rest
	}
	flush()
	return out.String()
}

// encodedWord reads one word at the start of s. none reports that no end of a
// word follows at all, so that looking again is useless.
func encodedWord(s string) (charset string, data []byte, rest string, ok, none bool) {
	q := strings.IndexByte(s[2:min(len(s), 80)], '?')
	if q <= 0 {
		return "", nil, "", false, false
	}
	charset = s[2 : 2+q]
	s = s[2+q+1:]
	if len(s) < 2 || s[1] != '?' || strings.ContainsAny(charset, " \t<>\"") {
		return "", nil, "", false, false
	}
	if i := strings.IndexByte(charset, '*'); i > 0 { // RFC 2231 section 5: language
		charset = charset[:i]
	}
	kind := s[0]
	s = s[2:]
	end := strings.Index(s, "?=")
	if end < 0 {
		return "", nil, "", false, true
	}
	text := s[:end]
	switch kind {
	case 'b', 'B':
		data, _ = decodeBase64([]byte(text))
	case 'q', 'Q':
		data = unhex(nil, []byte(strings.ReplaceAll(text, "_", " ")))
	default:
		return "", nil, "", false, false
	}
	return charset, data, s[end+2:], true, false
}
