package read

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"io"
	"mime/quotedprintable"
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
	for len(b) > 0 {
		var piece []byte
		piece, b, _ = bytes.Cut(b, []byte("="))
		clean := make([]byte, 0, len(piece)+1)
		for _, c := range piece {
			switch {
			case c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '+', c == '/':
				clean = append(clean, c)
			case c != '\r' && c != '\n' && c != ' ' && c != '\t':
				bad++
			}
		}
		if len(clean)%4 == 1 {
			clean = clean[:len(clean)-1] // six bits are no octet
		}
		out, _ = base64.RawStdEncoding.AppendDecode(out, clean)
	}
	return out, bad
}

// decodeQP reads quoted-printable (RFC 2045 section 6.7) as far as it goes, and
// takes the rest as it stands.
func decodeQP(b []byte) []byte {
	in := bufio.NewReaderSize(bytes.NewReader(b), len(b)+16) // the library refuses lines over its buffer
	out, err := io.ReadAll(quotedprintable.NewReader(in))
	if err != nil {
		rest, _ := io.ReadAll(in)
		out = append(out, rest...)
	}
	return out
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
