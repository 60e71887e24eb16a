package guard

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"aside"
	"aside/reply"
	"aside/threading/mark"
)

// Text is what would leave as text, as the guards look at it. It is never
// changed.
type Text struct {
	text      string
	passages  []reply.Passage
	addresses []string
	packed    []string // names of the files in an archive
	binary    string   // where else names of ours may stand: what is no text
	markers   []string
	signed    []mark.Signed
}

// Scan looks at a text.
func Scan(keys *mark.KeyRing, text string) Text {
	s := Text{text: text, passages: reply.Passages(keys.LineKey(), text), addresses: reply.Addresses(text)}
	s.scanMarks(keys, text)
	return s
}

// scanMarks adds what a text carries of ours.
func (s *Text) scanMarks(keys *mark.KeyRing, text string) {
	s.markers, s.signed = append(s.markers, keys.FindMarkers(text)...), append(s.signed, keys.FindSigned(text)...)
}

// MaxScanned bounds how much of a file is looked at, in octets.
const MaxScanned = 4 << 20

// ScanFile looks at a file as far as it is text; raw is its beginning. What a
// client calls a file says nothing of what is in it.
func ScanFile(keys *mark.KeyRing, f aside.Attachment, raw string) Text {
	in := unpack(raw)
	// Without zero octets UTF-16 reads like ASCII.
	raw = strings.ReplaceAll(raw, "\x00", "")
	content := in.text
	legible := readable(raw) || strings.HasPrefix(f.Type, "text/")
	if legible {
		content = raw + "\n" + content
	}
	if !utf8.ValidString(content) {
		if s, err := charmap.Windows1252.NewDecoder().String(content); err == nil {
			content = s
		}
	}
	if head := strings.ToLower(content[:min(len(content), 1024)]); f.Type == "text/html" || strings.Contains(head, "<html") ||
		strings.Contains(head, "<!doctype html") || strings.Contains(head, "<?xml") {
		content += "\n" + reply.HTMLToText(content)
	}
	s := Scan(keys, content)
	s.packed = in.names
	if !legible {
		s.binary = raw
		s.scanMarks(keys, raw)
	}
	return s
}

// readable reports whether the beginning of a file is text of some kind: of a
// picture every tenth octet is a control character.
func readable(content string) bool {
	head, controls := content[:min(len(content), 4096)], 0
	for i := range len(head) {
		if c := head[i]; c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != '\f' && c != 0x1b {
			controls++
		}
	}
	return controls*50 < len(head)
}
