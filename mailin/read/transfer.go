package read

import (
	"bytes"
	"encoding/base64"
	"strings"
)

// decodeTransfer undoes a content transfer encoding (RFC 2045 section 6).
// Broken input gives what can be had of it.
func decodeTransfer(b []byte, encoding string) (out []byte, problem string) {
	encoding = strings.ToLower(strings.TrimSpace(encoding))
	encoding = strings.Replace(encoding, "quoted printable", "quoted-printable", 1)
	if i := strings.IndexAny(encoding, " ;("); i > 0 {
		encoding = encoding[:i]
	}
	switch strings.Trim(encoding, `"'`) {
	case "base64", "b64", "base-64":
		out, bad := decodeBase64(b)
		if (bad+bytes.Count(b, []byte(" ")))*8 > len(b) { // prose, not base64
			return b, "a part declared as base64 is not, and was read as it stands"
		}
		if bad > 0 {
			return out, "stray characters in base64 were skipped"
		}
		return out, ""
	case "quoted-printable", "quoted_printable", "qp", "quotedprintable":
		return decodeQP(b), ""
	case "x-uuencode", "uuencode", "x-uue", "uue":
		return decodeUU(b), ""
	case "", "7bit", "8bit", "binary", "7-bit", "8-bit", "none", "7bits", "8bits":
		return b, ""
	}
	return b, "unknown transfer encoding " + printable(encoding)
}

// decodeBase64 skips whatever is no base64 character and starts anew after
// padding, so that joined pieces are read whole, where the standard library
// gives up. bad counts skipped characters other than white space.
func decodeBase64(b []byte) (out []byte, bad int) {
	out = make([]byte, 0, base64.RawStdEncoding.DecodedLen(len(b)))
	clean := make([]byte, 0, 4<<10) // a multiple of four
	flush := func() {
		if len(clean)%4 == 1 {
			clean = clean[:len(clean)-1] // six bits are no octet
		}
		out, _ = base64.RawStdEncoding.AppendDecode(out, clean)
		clean = clean[:0]
	}
	for _, c := range b {
		switch {
		case c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '+', c == '/':
			if clean = append(clean, c); len(clean) == cap(clean) {
				flush()
			}
		case c == '=':
			flush()
		case c != '\r' && c != '\n' && c != ' ' && c != '\t':
			bad++
		}
	}
	flush()
	return out, bad
}

// decodeQP reads quoted-printable (RFC 2045 section 6.7). What is no escape
// stands as it is, and reading goes on behind it: the standard library stops
// there, and spends an error on each.
func decodeQP(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for len(b) > 0 {
		line, end := b, ""
		if i := bytes.IndexByte(b, '\n'); i >= 0 {
			line, end, b = b[:i], "\n", b[i+1:]
			if i > 0 && line[i-1] == '\r' {
				line, end = line[:i-1], "\r\n"
			}
		} else {
			b = nil
		}
		line = bytes.TrimRight(line, " \t")
		if n := len(line); n > 0 && line[n-1] == '=' { // a soft line break
			line, end = line[:n-1], ""
		}
		out = append(unescapeQP(out, line), end...)
	}
	return out
}

// unescapeQP appends a line with its escapes undone.
func unescapeQP(out, line []byte) []byte {
	for {
		i := bytes.IndexByte(line, '=')
		if i < 0 {
			return append(out, line...)
		}
		out = append(out, line[:i]...)
		line = line[i:]
		if high, low := hexDigit(line, 1), hexDigit(line, 2); high >= 0 && low >= 0 {
			out = append(out, byte(high<<4|low))
			line = line[3:]
		} else {
			out = append(out, '=')
			line = line[1:]
		}
	}
}

// hexDigit is the value of the digit at i, or -1.
func hexDigit(b []byte, i int) int {
	if i >= len(b) {
		return -1
	}
	switch c := b[i]; {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	}
	return -1
}

// decodeUU reads the lines between begin and end of a uuencoded part.
func decodeUU(b []byte) []byte {
	var out []byte
	started := false
	for len(b) > 0 {
		var line []byte
		line, b = nextLine(b)
		switch {
		case !started:
			started = bytes.HasPrefix(line, []byte("begin "))
		case string(line) == "end":
			return out
		case len(line) > 0:
			out = uuLine(out, line)
		}
	}
	return out
}

func uuLine(out, line []byte) []byte {
	want := int(line[0]-' ') & 63
	at := func(i int) byte {
		if i < len(line) {
			return (line[i] - ' ') & 63
		}
		return 0
	}
	for i := 1; want > 0 && i < len(line); i += 4 {
		a, b, c, d := at(i), at(i+1), at(i+2), at(i+3)
		group := [3]byte{a<<2 | b>>4, b<<4 | c>>2, c<<6 | d}
		n := min(want, 3)
		out = append(out, group[:n]...)
		want -= n
	}
	return out
}
