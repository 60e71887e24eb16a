package read

import (
	"sort"
	"strconv"
	"strings"
)

// maxParams bounds the parameters of one field.
const maxParams = 100

// parseParams reads "value; name=value; name*0*=..." leniently: the value in
// lower case and the parameters decoded by RFC 2231, RFC 2047 or as raw 8-bit.
func parseParams(s string) (value string, params map[string]string) {
	i := strings.IndexByte(s, ';')
	if i < 0 {
		return mediaValue(s), nil
	}
	value, s = mediaValue(s[:i]), s[i+1:]
	params = map[string]string{}
	pieces := map[string][]piece{}
	for n := 0; n < maxParams && s != ""; n++ {
		var name, val string
		name, val, s = nextParam(s)
		if name == "" {
			continue
		}
		base, rest, star := strings.Cut(name, "*")
		if !star {
			if _, dup := params[name]; !dup {
				params[name] = val
			}
			continue
		}
		p := piece{text: val, encoded: rest == "" || strings.HasSuffix(rest, "*")}
		p.n, _ = strconv.Atoi(strings.TrimSuffix(rest, "*"))
		pieces[base] = append(pieces[base], p)
	}
	for base, list := range pieces {
		params[base] = joinPieces(list)
	}
	return value, params
}

// mediaValue keeps the first word: "text/plain (comment)" is text/plain.
func mediaValue(s string) string {
	s = strings.ToLower(strings.Trim(strings.TrimSpace(s), `"'<>`))
	if i := strings.IndexAny(s, " \t(,"); i >= 0 {
		s = s[:i]
	}
	return s
}

// nextParam cuts one name=value off. A quoted value may hold anything; an
// unquoted one ends at a semicolon, so that blanks in file names survive.
func nextParam(s string) (name, value, rest string) {
	s = strings.TrimLeft(s, " \t;")
	eq := strings.IndexAny(s, "=;")
	if eq < 0 {
		return "", "", ""
	}
	if s[eq] == ';' {
		return "", "", s[eq+1:]
	}
	name = strings.ToLower(strings.TrimSpace(s[:eq]))
	s = strings.TrimLeft(s[eq+1:], " \t")
	if !strings.HasPrefix(s, `"`) {
		value, rest, _ = strings.Cut(s, ";")
		return name, strings.TrimSpace(value), rest
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '"':
			_, rest, _ = strings.Cut(s[i+1:], ";")
			return name, b.String(), rest
		// A backslash quotes a quote or itself; elsewhere it is a Windows path.
		case s[i] == '\\' && i+1 < len(s) && (s[i+1] == '"' || s[i+1] == '\\'):
			i++
			b.WriteByte(s[i])
		default:
			b.WriteByte(s[i])
		}
	}
	return name, b.String(), ""
}

// piece is one section of a parameter (RFC 2231 section 3).
type piece struct {
	n       int
	text    string
	encoded bool
}

// joinPieces puts the sections of a parameter together and decodes them with
// the charset that the first names.
func joinPieces(list []piece) string {
	sort.SliceStable(list, func(i, j int) bool { return list[i].n < list[j].n })
	charset := ""
	var raw strings.Builder
	for i, p := range list {
		text := p.text
		if p.encoded {
			if i == 0 {
				if cs, rest, ok := strings.Cut(text, "'"); ok {
					if _, t, ok := strings.Cut(rest, "'"); ok {
						charset, text = cs, t
					}
				}
			}
			text = unpercent(text)
		}
		raw.WriteString(text)
	}
	out, _ := toUTF8([]byte(raw.String()), charset)
	return clean(out)
}

// unpercent decodes %XX; a percent sign that begins no code stays.
func unpercent(s string) string {
	if strings.IndexByte(s, '%') < 0 {
		return s
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if hi, lo := hexValue(s[i+1]), hexValue(s[i+2]); hi >= 0 && lo >= 0 {
				out = append(out, byte(hi<<4|lo))
				i += 2
				continue
			}
		}
		out = append(out, s[i])
	}
	return string(out)
}
