package read

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"strconv"
	"unicode"
	"unicode/utf8"

	"aside"
)

// digest is what two deliveries of one mail have in common, whatever the route
// did to encodings and header: sender, date, words and files.
func digest(m *aside.Mail) string {
	h := sha256.New()
	io.WriteString(h, "aside digest 1\n")
	io.WriteString(h, m.From.Address+"\n")
	if !m.Date.IsZero() {
		io.WriteString(h, strconv.FormatInt(m.Date.Unix(), 10))
	}
	io.WriteString(h, "\n")
	hashWords(h, m.Text)
	hashWords(h, m.HTML)
	for i := range m.Attachments {
		io.WriteString(h, m.Attachments[i].SHA256+"\n")
	}
	return hex.EncodeToString(h.Sum(nil))
}

// hashWords hashes text with each run of white space as one blank, and none at
// its beginning and end.
func hashWords(h hash.Hash, text string) {
	buf := make([]byte, 0, min(len(text)+2, hashBlock))
	add := func(words string) {
		for words != "" {
			if len(buf) == cap(buf) {
				h.Write(buf)
				buf = buf[:0]
			}
			n := min(len(words), cap(buf)-len(buf))
			buf, words = append(buf, words[:n]...), words[n:]
		}
	}
	some, blank := false, false
	for text != "" {
		n := wordsOf(text)
		words := text[:n]
		if n == 0 {
			r, size := utf8.DecodeRuneInString(text)
			if n = size; unicode.IsSpace(r) {
				blank, text = true, text[n:]
				continue
			}
			if words = text[:n]; r == utf8.RuneError {
				words = "\uFFFD"
			}
		}
		if blank && some {
			add(" ")
		}
		add(words)
		some, blank, text = true, false, text[n:]
	}
	add("\n")
	h.Write(buf)
}

// wordsOf is how many octets a text begins with that are words of ASCII with one
// blank between each two.
func wordsOf(text string) (n int) {
	for n < len(text) && (visible[text[n]] || text[n] == ' ' && n > 0 && n+1 < len(text) && visible[text[n+1]]) {
		n++
	}
	return n
}

// visible are the octets of ASCII that are no white space.
var visible = func() (out [256]bool) {
	for c := range utf8.RuneSelf {
		out[c] = !unicode.IsSpace(rune(c))
	}
	return out
}()

// hashBlock is how much of a text is hashed at a time, in octets.
const hashBlock = 4 << 10
