package read

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"strconv"
	"strings"

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

// hashWords hashes text with its white space normalised.
func hashWords(h hash.Hash, text string) {
	for _, w := range strings.Fields(text) {
		io.WriteString(h, w)
		io.WriteString(h, " ")
	}
	io.WriteString(h, "\n")
}
