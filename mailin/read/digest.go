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
	buf := make([]byte, 0, min(len(text)+utf8.UTFMax, hashBlock)+utf8.UTFMax)
	some, blank := false, false
	for at := 0; at < len(text); {
		r, size := rune(text[at]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(text[at:])
		}
		at += size
		if unicode.IsSpace(r) {
			blank = true
			continue
		}
		if blank && some {
			buf = append(buf, ' ')
		}
		some, blank = true, false
		if buf = utf8.AppendRune(buf, r); len(buf) >= hashBlock {
			h.Write(buf)
			buf = buf[:0]
		}
	}
	h.Write(append(buf, '\n'))
}

// hashBlock is how much of a text is hashed at a time, in octets.
const hashBlock = 4 << 10
