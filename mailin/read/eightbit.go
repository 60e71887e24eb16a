package read

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// Signs of a script, of which fewer are no evidence.
const (
	minOctets = 8 // above ASCII
	minPairs  = 6 // of octets that are one letter together
	minCommon = 2 // of a language's most common letters
)

// eightBit decodes text that is neither UTF-8 nor ASCII where it is sure to be in
// one of the charsets that mail of East Asia and Russia has without saying so. It
// gives no name where it is not. Text of Latin letters never is: its octets above
// ASCII stand alone among others, not in rows.
func eightBit(b []byte) (text, name string) {
	rows := rowsOf(b)
	if rows.octets < minOctets {
		return "", ""
	}
	inRows := rows.octets >= 3*rows.rows
	paired := inRows && rows.odd*20 <= rows.rows
	euc := pairsOf(b, 0xA1, 0xA1)
	big5 := pairsOf(b, 0xA1, 0x40)
	var enc encoding.Encoding
	switch sjis := pairsOf(b, 0x81, 0x40); {
	case sjis.of(0x82, 0x83) >= minPairs && 4*sjis.of(0x82, 0x83) >= sjis.all && sjis.all*2 >= rows.octets:
		enc, name = japanese.ShiftJIS, "Shift_JIS"
	case paired && euc.all >= minPairs && 4*euc.of(0xA4, 0xA5) >= euc.all:
		enc, name = japanese.EUCJP, "EUC-JP"
	case big5.all >= minPairs && 10*big5.of(0xA1, 0xC6) >= 9*big5.all && common(b, "\xAA\xBA", "\xA1\x41", "\xA1\x43", "\xA7\xDA", "\xAC\x4F", "\xA4\x46", "\xA4\xA3", "\xBD\xD0", "\xA1\x48", "\xB1\x7A", "\xA6\xB3") >= minCommon:
		enc, name = traditionalchinese.Big5, "Big5"
	case inRows && 20*rows.upper >= 19*rows.octets:
		return cyrillic(b)
	case paired && euc.all >= minPairs && 10*euc.of(0xB0, 0xC8) >= 9*(euc.all-euc.of(0xA1, 0xA3)):
		enc, name = korean.EUCKR, "EUC-KR"
	case paired && euc.all >= minPairs && common(b, "\xB5\xC4", "\xA3\xAC", "\xA1\xA3", "\xCE\xD2", "\xCA\xC7", "\xC1\xCB", "\xB2\xBB", "\xC4\xE3", "\xC4\xFA", "\xC7\xEB", "\xD3\xD0") >= minCommon:
		enc, name = simplifiedchinese.GB18030, "GB 18030"
	default:
		return "", ""
	}
	out, err := enc.NewDecoder().Bytes(b)
	if err != nil || broken(string(out)) > len(out)/100 {
		return "", ""
	}
	return string(out), name
}

// rows counts octets above ASCII that stand in rows.
type rows struct {
	octets, rows, odd int // odd are the rows with an odd number of octets
	upper             int // octets that are letters where charsets keep to ISO 2022's halves
}

func rowsOf(b []byte) (r rows) {
	row := 0
	end := func() {
		if row > 0 {
			r.rows++
			r.odd += row & 1
		}
		row = 0
	}
	for _, c := range b {
		if c < utf8.RuneSelf {
			end()
			continue
		}
		row++
		r.octets++
		if c >= 0xC0 || c == 0xA8 || c == 0xB8 || c == 0xA3 || c == 0xB3 { // with Ё of windows-1251 and KOI8-R
			r.upper++
		}
	}
	end()
	return r
}

// pairs counts letters of two octets by the first.
type pairs struct {
	all   int
	first [256]int
}

// pairsOf reads text of a charset in whose letters the octets are these at least.
func pairsOf(b []byte, first, second byte) (p pairs) {
	for i := 0; i+1 < len(b); i++ {
		if b[i] >= first && b[i] < 0xFF && b[i+1] >= second && b[i+1] != 0x7F {
			p.all++
			p.first[b[i]]++
			i++
		}
	}
	return p
}

// of counts the letters whose first octet is within a range.
func (p *pairs) of(from, to int) (n int) {
	for _, c := range p.first[from : to+1] {
		n += c
	}
	return n
}

// common counts letters in a text.
func common(b []byte, letters ...string) (n int) {
	for _, l := range letters {
		n += bytes.Count(b, []byte(l))
	}
	return n
}

// cyrillic tells windows-1251 from KOI8-R by which of them makes the more common
// letters of it, in lower case: in Russian the ten are two thirds of all. Greek
// read as KOI8-R has as many of them, in capitals.
func cyrillic(b []byte) (text, name string) {
	best := 0.5
	for _, c := range []struct {
		enc  *charmap.Charmap
		name string
	}{{charmap.Windows1251, "windows-1251"}, {charmap.KOI8R, "KOI8-R"}} {
		out, err := c.enc.NewDecoder().Bytes(b)
		if err != nil {
			continue
		}
		letters, usual := 0, 0
		for _, r := range string(out) {
			if !unicode.Is(unicode.Cyrillic, r) {
				continue
			}
			letters++
			if strings.ContainsRune("оеаинтсрвл", r) {
				usual++
			}
		}
		if share := float64(usual) / float64(max(letters, 1)); share > best {
			best, text, name = share, string(out), c.name
		}
	}
	return text, name
}

// broken counts the characters that a decoder could not read.
func broken(s string) int { return strings.Count(s, "\uFFFD") }
