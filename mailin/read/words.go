package read

import (
	"io"
	"mime"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/jhillyerd/enmime/v2/mediatype"
)

// maxParamField bounds the parameters read of one field, in octets: the library
// takes time that grows with the square of their length.
const maxParamField = 4 << 10

// maxDecoded bounds the text decoded of one field, in octets. What is kept of
// one, a subject at most, is far shorter.
const maxDecoded = 64 << 10

// parseParams reads "value; name=value; name*0*=..." leniently: the value in
// lower case and the parameters decoded. The library sees the parameters only,
// because with a value that it cannot read it gives none.
func parseParams(s string) (value string, params map[string]string) {
	if len(s) > maxParamField {
		s = s[:maxParamField]
	}
	if !isASCII([]byte(s)) {
		s, _ = toUTF8([]byte(s), "")
	}
	value, rest, found := strings.Cut(s, ";")
	if !found {
		return mediaValue(value), nil
	}
	if params = plainParams(rest); params != nil {
		return mediaValue(value), params
	}
	// It drops parameters in other charsets than UTF-8 (RFC 2231 section 4), but
	// leaves octets that are no UTF-8 as they are.
	charset := ""
	if at := extended.FindStringSubmatchIndex(rest); at != nil {
		charset = rest[at[2]:at[3]]
		rest = rest[:at[2]] + "utf-8" + rest[at[3]:]
	}
	_, params, _, _ = mediatype.Parse("x/x;" + rest) // without parameters on an error
	for _, m := range uncharted.FindAllStringSubmatch(rest, 8) {
		if v, err := url.PathUnescape(m[2]); err == nil && params[strings.ToLower(m[1])] == "" {
			if params == nil {
				params = map[string]string{}
			}
			params[strings.ToLower(m[1])] = v
		}
	}
	for name, v := range params {
		if charset != "" && (!utf8.ValidString(v) || strings.Contains(v, "\x1b")) {
			params[name], _ = toUTF8([]byte(v), charset)
		}
	}
	return mediaValue(value), params
}

// plainParams reads parameters without anything that could be read in two ways,
// as nearly all are: names and values of letters, digits, dots, hyphens and
// underscores. It gives nil for all others; the library takes a text apart ten
// times.
func plainParams(s string) map[string]string {
	var params map[string]string
	for part := range strings.SplitSeq(s, ";") {
		name, value, _ := strings.Cut(strings.TrimLeft(part, " \t"), "=")
		if len(value) > 2 && value[0] == '"' && value[len(value)-1] == '"' {
			value = value[1 : len(value)-1]
		}
		if !isPlain(name) || !isPlain(value) {
			return nil
		}
		if name = strings.ToLower(name); params[name] != "" {
			return nil
		}
		if params == nil {
			params = make(map[string]string, 2)
		}
		params[name] = value
	}
	return params
}

func isPlain(s string) bool {
	for i := range len(s) {
		if c := s[i]; !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '-' || c == '_') {
			return false
		}
	}
	return s != "" && s != "not-a-param-value" // the library's own word
}

var (
	// extended finds the charset that a parameter names (RFC 2231 section 4).
	extended = regexp.MustCompile(`\*(?:0\*)?=\s*"?([A-Za-z0-9_.:-]+)'`)
	// uncharted finds a parameter that is written so and names no charset, which
	// the library drops.
	uncharted = regexp.MustCompile(`([A-Za-z]{1,20})\*=\s*"?([^'";\s]*%[0-9A-Fa-f]{2}[^'";\s]*)`)
	// latin1Word begins an encoded word in ISO 8859-1, which is windows-1252 in
	// mail as it is on pages.
	latin1Word = regexp.MustCompile(`(?i)=\?iso-8859-1\?`)
	// base64Word finds the text of an encoded word in base64, and blanks in it
	// where the line was folded.
	base64Word = regexp.MustCompile(`(=\?[^?\s]{1,60}\?[bB]\?)([A-Za-z0-9+/ \t\r\n]*)=*(\?=)`)
)

// mediaValue keeps the first word: "text/plain (comment)" is text/plain.
func mediaValue(s string) string {
	s = strings.ToLower(strings.Trim(strings.TrimSpace(s), `"'<>`))
	if i := strings.IndexAny(s, " \t(,"); i >= 0 {
		s = s[:i]
	}
	return s
}

// decodeHeader reads the text of an unstructured field: RFC 2047 encoded
// words, and raw 8-bit text as UTF-8, else windows-1252. The result is one
// clean line.
func decodeHeader(s string) string {
	s = s[:min(len(s), maxDecoded)]
	if !isASCII([]byte(s)) || strings.Contains(s, "\x1b$") {
		s, _ = toUTF8([]byte(s), "")
	}
	if !strings.Contains(s, "=?") {
		return oneLine(s)
	}
	s = latin1Word.ReplaceAllString(s, "=?windows-1252?")
	// The library leaves a word as it stands that lacks its padding or was folded.
	s = base64Word.ReplaceAllStringFunc(s, func(w string) string {
		m := base64Word.FindStringSubmatch(w)
		text := strings.Join(strings.Fields(m[2]), "")
		return m[1] + text + strings.Repeat("=", -len(text)&3) + m[3]
	})
	words := mime.WordDecoder{CharsetReader: func(label string, r io.Reader) (io.Reader, error) {
		b, err := io.ReadAll(r)
		text, _ := toUTF8(b, label)
		return strings.NewReader(text), err
	}}
	if out, err := words.DecodeHeader(s); err == nil {
		s = out
	}
	return oneLine(s)
}
