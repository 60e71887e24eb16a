package read

import (
	"bytes"
	"encoding/base64"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// toUTF8 decodes text of the named charset. Nothing fails: what cannot be
// decoded as declared is read as UTF-8, else as what it surely is (eightBit),
// else as windows-1252, and the second value says so.
//
// The tables are the library's, the choice among them is ours: enmime's, which
// detects charsets by statistics, read UTF-8 as Latin-1 in five of 617 collected
// texts (a few umlauts among much ASCII).
func toUTF8(b []byte, label string) (text, problem string) {
	label = charsetLabel(label)
	switch label {
	case "", "us-ascii", "ascii", "ansi_x3.4-1968", "7bit", "8bit", "binary", "default",
		"unknown-8bit", "x-unknown", "unknown", "none":
		if bytes.Contains(b, []byte("\x1b$")) {
			label = "iso-2022-jp" // Japanese mail from before MIME declared nothing
			break
		}
		return guess(b)
	case "utf-8", "utf8", "utf8mb4", "x-utf-8", "unicode-1-1-utf-8":
		return guess(b)
	case "utf-7", "unicode-1-1-utf-7", "x-unicode-2-0-utf-7":
		return decodeUTF7(b), ""
	}
	enc := lookup(label)
	if enc == nil {
		text, _ = guess(b)
		return text, "unknown charset " + printable(label)
	}
	if surelyUTF8(b, enc) {
		return string(b), "text declared as " + printable(label) + " is UTF-8"
	}
	if enc == charmap.Windows1252 && !isASCII(b) {
		// Declared out of habit, by programs that write whatever the system has.
		if text, name := eightBit(b); name != "" {
			return text, "text declared as " + printable(label) + " is " + name
		}
	}
	out, err := enc.NewDecoder().Bytes(b)
	if lost := broken(string(out)); err != nil || lost > 0 {
		problem = "some characters are broken"
		if err != nil || 20*lost >= utf8.RuneCount(out) {
			problem = "text could not be read as " + printable(label)
			if text, sure := guess(b); sure == "" && !isASCII(b) || err != nil {
				return text, problem
			}
			if text, name := eightBit(b); name != "" {
				return text, problem + ", but as " + name
			}
		}
	}
	return string(bytes.TrimPrefix(out, []byte("\uFEFF"))), problem
}

// surelyUTF8 reports that text which is valid UTF-8 is not in the charset that it
// declares. Programs that declare Latin-1 out of habit and write UTF-8 are common;
// Latin-1 that happens to be valid UTF-8 is not. A few letters of a charset with
// two octets each are at times, but then hardly letters of three.
func surelyUTF8(b []byte, declared encoding.Encoding) bool {
	if !utf8.Valid(b) {
		return false
	}
	letters, long := 0, 0
	for _, r := range string(b) {
		if r >= utf8.RuneSelf {
			letters++
		}
		if r >= 0x800 {
			long++
		}
	}
	if _, single := declared.(*charmap.Charmap); single {
		return letters >= 2 || letters == 1 && declared == charmap.Windows1252
	}
	return letters >= 4 && long > 0 || letters >= 10
}

// headerCharset is the charset of a mail's subject or sender, as its encoded words
// name it, or as it surely is; empty where neither tells. Programs that name none
// for the text write it in the same.
func headerCharset(h *header) string {
	for _, name := range []string{"subject", "from"} {
		v := h.get(name)
		if word := encodedWord.FindStringSubmatch(v); word != nil {
			return charsetLabel(word[1])
		}
		if _, sure := eightBit([]byte(v)); sure != "" {
			return strings.ReplaceAll(sure, " ", "")
		}
	}
	return ""
}

var encodedWord = regexp.MustCompile(`=\?([^?\s*]{2,40})(?:\*[^?\s]*)?\?[bBqQ]\?`)

// charsetLabel cleans what mailers write as a charset, such as
// charset="charset=UTF-8".
func charsetLabel(s string) string {
	s = strings.ToLower(strings.Trim(strings.TrimSpace(s), `"'`))
	s = strings.TrimPrefix(s, "charset=")
	s = strings.Trim(s, `"' ;`)
	if len(s) > 60 {
		s = s[:60]
	}
	return s
}

// lookup finds the encoding of a label, or nil. GB 2312 and GBK are read as
// their superset GB 18030, ISO 8859-1 as windows-1252, as browsers do.
func lookup(label string) encoding.Encoding {
	switch label {
	case "gb2312", "gbk", "gb_2312-80", "cp936", "x-gbk", "gb18030", "chinese", "csgb2312":
		return simplifiedchinese.GB18030
	case "cp932", "windows-31j", "ms932", "x-ms-cp932":
		return japanese.ShiftJIS
	case "iso-2022-jp-1", "iso-2022-jp-2", "iso-2022-jp-ms", "cp50220", "cp50221":
		return japanese.ISO2022JP
	case "latin-1", "latin1", "8859-1", "iso8859_1", "iso-8859-1-windows-3.0-latin-1", "iso646-us", "ansi", "cp-1252", "win-1252":
		return charmap.Windows1252
	case "cp850", "cp-850", "ibm850":
		return charmap.CodePage850
	}
	if e, err := htmlindex.Get(label); err == nil && e != encoding.Replacement {
		return e
	}
	if e, err := ianaindex.MIME.Encoding(label); err == nil && e != nil {
		return e
	}
	if n, ok := strings.CutPrefix(label, "cp"); ok {
		if e, err := htmlindex.Get("windows-" + n); err == nil {
			return e
		}
	}
	return nil
}

// guess reads text whose charset is UTF-8 or not known.
func guess(b []byte) (text, problem string) {
	b = bytes.TrimPrefix(b, []byte("\xEF\xBB\xBF"))
	if utf8.Valid(b) {
		return string(b), ""
	}
	good, bad := 0, 0
	for i := 0; i < len(b); {
		if b[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			bad++
		} else {
			good++
		}
		i += n
	}
	if good >= bad { // UTF-8 with a few broken characters
		return strings.ToValidUTF8(string(b), "\uFFFD"), "some characters are broken"
	}
	if text, name := eightBit(b); name != "" {
		return text, "undeclared 8-bit text was read as " + name
	}
	out, err := charmap.Windows1252.NewDecoder().Bytes(b)
	if err != nil {
		return strings.ToValidUTF8(string(b), "\uFFFD"), "some characters are broken"
	}
	return string(out), "undeclared 8-bit text was read as windows-1252"
}

var shifted = regexp.MustCompile(`\+([A-Za-z0-9+/]*)-?`)

// decodeUTF7 reads RFC 2152 leniently.
func decodeUTF7(b []byte) string {
	return string(shifted.ReplaceAllFunc(b, func(run []byte) []byte {
		run = bytes.TrimSuffix(run[1:], []byte("-"))
		if len(run) == 0 {
			return []byte("+")
		}
		wide := make([]byte, base64.RawStdEncoding.DecodedLen(len(run)))
		n, _ := base64.RawStdEncoding.Decode(wide, run) // what is broken is left out
		out, err := unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewDecoder().Bytes(wide[:n&^1])
		if err != nil {
			return nil
		}
		return out
	}))
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// clean makes text what the house requires: valid UTF-8, no NUL, LF line ends.
func clean(s string) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	if strings.IndexByte(s, 0) >= 0 {
		s = strings.ReplaceAll(s, "\x00", "")
	}
	if strings.IndexByte(s, '\r') >= 0 {
		s = withLF(s)
	}
	return s
}

// withLF ends each line with LF alone, whether CR LF or CR ended it.
func withLF(s string) string {
	var out strings.Builder
	out.Grow(len(s))
	for {
		line, rest, found := strings.Cut(s, "\r")
		out.WriteString(line)
		if !found {
			return out.String()
		}
		out.WriteByte('\n')
		s = strings.TrimPrefix(rest, "\n")
	}
}

// oneLine makes a header's text fit for one line: control characters become
// blanks, runs of blanks one.
func oneLine(s string) string {
	s = clean(s)
	plain := true
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] == 127 || s[i] == ' ' && i > 0 && s[i-1] == ' ' {
			plain = false
			break
		}
	}
	if plain {
		return strings.TrimSpace(s)
	}
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 127 {
			return ' '
		}
		return r
	}, s)
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == ' ' }), " ")
}

// printable shortens a stranger's word for a problem's text.
func printable(s string) string {
	s = oneLine(s)
	if len(s) > 60 {
		s = strings.ToValidUTF8(s[:60], "") + "…"
	}
	return `"` + s + `"`
}
