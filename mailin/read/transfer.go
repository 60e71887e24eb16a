package read

import (
	"bytes"
	"encoding/base64"
	"strings"
)

// What a content transfer encoding is (RFC 2045 section 6).
const (
	encodedNot = iota
	encodedBase64
	encodedQP
	encodedUU
	encodedUnknown
)

// transferEncoding reads the value of Content-Transfer-Encoding.
func transferEncoding(encoding string) int {
	encoding = strings.ToLower(strings.TrimSpace(encoding))
	encoding = strings.Replace(encoding, "quoted printable", "quoted-printable", 1)
	if i := strings.IndexAny(encoding, " ;("); i > 0 {
		encoding = encoding[:i]
	}
	switch strings.Trim(encoding, `"'`) {
	case "base64", "b64", "base-64":
		return encodedBase64
	case "quoted-printable", "quoted_printable", "qp", "quotedprintable":
		return encodedQP
	case "x-uuencode", "uuencode", "x-uue", "uue":
		return encodedUU
	case "", "7bit", "8bit", "binary", "7-bit", "8-bit", "none", "7bits", "8bits":
		return encodedNot
	}
	return encodedUnknown
}

// decodeTransfer undoes a content transfer encoding. Broken input gives what can
// be had of it.
func decodeTransfer(b []byte, encoding string) (out []byte, problem string) {
	switch transferEncoding(encoding) {
	case encodedBase64:
		kind, problem := judged(int64(strays(b)), int64(bytes.Count(b, []byte(" "))), int64(len(b)))
		if kind != encodedBase64 {
			return b, problem
		}
		return decodeBase64(b), problem
	case encodedQP:
		return decodeQP(b), ""
	case encodedUU:
		return decodeUU(b), ""
	case encodedNot:
		return b, ""
	}
	return b, "unknown transfer encoding " + printable(encoding)
}

// base64Footer cuts off what something on the way wrote below text in base64: a
// scanner's or a list's footer. It begins behind the last line that surely is
// base64, by its padding or its length, and has a line that is none.
func base64Footer(b []byte) (encoded, footer []byte) {
	end, open := 0, false // behind the last such line; whether another may follow at once
	for rest := b; len(rest) > 0; {
		line, after := nextLine(rest)
		line, rest = bytes.TrimSpace(line), after
		switch {
		case !isBase64Line(line):
			open = false
		case open || len(line) >= 40 || bytes.HasSuffix(line, []byte("=")):
			end, open = len(b)-len(rest), len(line) >= 40 && !bytes.HasSuffix(line, []byte("="))
		}
	}
	footer = bytes.TrimSpace(b[end:])
	if end == 0 || strays(footer) == 0 && bytes.IndexByte(footer, ' ') < 0 {
		return b, nil
	}
	return b[:end], footer
}

// isBase64Line reports a whole number of groups.
func isBase64Line(line []byte) bool {
	return len(line) > 0 && len(line)%4 == 0 && strays(line) == 0 && bytes.IndexByte(line, ' ') < 0
}

// judged tells base64 from prose that is only declared so, by the octets that do
// not belong there and the blanks, which base64 has none of.
func judged(bad, blanks, all int64) (encoding int, problem string) {
	switch {
	case (bad+blanks)*8 > all:
		return encodedNot, "a part declared as base64 is not, and was read as it stands"
	case bad > 0:
		return encodedBase64, "stray characters in base64 were skipped"
	}
	return encodedBase64, ""
}

// base64Class tells the octets of base64: 1 counts, 2 is padding, 3 is white
// space, and 0 is a stray.
var base64Class = func() (class [256]byte) {
	for _, c := range "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/" {
		class[c] = 1
	}
	class['='] = 2
	for _, c := range "\r\n \t" {
		class[c] = 3
	}
	return class
}()

// strays counts what neither belongs to base64 nor is white space.
func strays(b []byte) (n int) {
	for _, c := range b {
		if base64Class[c] == 0 {
			n++
		}
	}
	return n
}

// decodeBase64 skips whatever is no base64 character and starts anew after
// padding, so that joined pieces are read whole, where the standard library
// gives up.
func decodeBase64(b []byte) []byte {
	out, _ := new(base64Pieces).step(make([]byte, 0, base64.RawStdEncoding.DecodedLen(len(b))), b, true)
	return out
}

// base64Pieces is base64 on the way, up to the next padding.
type base64Pieces struct{ clean []byte }

// step decodes in, all of it.
func (d *base64Pieces) step(out, in []byte, last bool) (decoded, rest []byte) {
	if d.clean == nil {
		d.clean = make([]byte, 0, 4<<10) // a multiple of four
	}
	for _, c := range in {
		switch base64Class[c] {
		case 1:
			if d.clean = append(d.clean, c); len(d.clean) == cap(d.clean) {
				out = d.flush(out)
			}
		case 2:
			out = d.flush(out)
		}
	}
	if last {
		out = d.flush(out)
	}
	return out, nil
}

func (d *base64Pieces) flush(out []byte) []byte {
	if len(d.clean)%4 == 1 {
		d.clean = d.clean[:len(d.clean)-1] // six bits are no octet
	}
	out, _ = base64.RawStdEncoding.AppendDecode(out, d.clean)
	d.clean = d.clean[:0]
	return out
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

// stepQP decodes the whole lines of in. Of a line longer than any it decodes
// what surely is neither part of an escape nor blanks at the line's end.
func stepQP(out, in []byte, last bool) (decoded, rest []byte) {
	end := bytes.LastIndexByte(in, '\n') + 1
	switch {
	case last:
		end = len(in)
	case end == 0 && len(in) >= maxPending:
		end = len(bytes.TrimRight(in[:len(in)-2], " \t"))
		if end > 0 && in[end-1] == '=' { // a soft line break, perhaps
			end--
		}
		if end == 0 {
			end = len(in) - 2
		}
		for back := 1; back <= 2 && back < end; back++ {
			if at := in[end-back:]; at[0] == '=' && hexDigit(at, 1) >= 0 && hexDigit(at, 2) >= 0 {
				end -= back
				break
			}
		}
		return unescapeQP(out, in[:end]), in[end:]
	}
	return append(out, decodeQP(in[:end])...), in[end:]
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
	out, _ := new(uuPieces).step(nil, b, true)
	return out
}

// uuPieces is a uuencoded part on the way.
type uuPieces struct{ started, ended bool }

// step decodes the whole lines of in; of a longer line than any the end does not
// count anyway.
func (d *uuPieces) step(out, in []byte, last bool) (decoded, rest []byte) {
	for len(in) > 0 && !d.ended {
		if !last && bytes.IndexByte(in, '\n') < 0 {
			return out, in[:min(len(in), maxPending)]
		}
		var line []byte
		line, in = nextLine(in)
		switch {
		case !d.started:
			d.started = bytes.HasPrefix(line, []byte("begin "))
		case string(line) == "end":
			d.ended = true
		case len(line) > 0:
			out = uuLine(out, line)
		}
	}
	return out, nil
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
