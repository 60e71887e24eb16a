package read

import (
	"bytes"
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

// hashWords hashes text with each run of white space as one blank.
func hashWords(h hash.Hash, text string) {
	buf := make([]byte, 0, len(text)+1)
	for _, r := range text {
		switch {
		case !unicode.IsSpace(r):
			buf = utf8.AppendRune(buf, r)
		case len(buf) > 0 && buf[len(buf)-1] != ' ':
			buf = append(buf, ' ')
		}
	}
	h.Write(append(bytes.TrimRight(buf, " "), '\n'))
}
