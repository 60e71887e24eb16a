package mark

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Signed is something of ours that was found in a text: a token, or the left
// side of one of our Message-IDs.
type Signed struct {
	Text  string   // as it was signed, in lower case
	Token Token    // zero for a Message-ID
	ID    SignedID // zero for a token
}

// FindSigned returns what a text carries of ours, in order and each once. It
// finds it inside longer words, in any case, and where a client broke it with
// line ends, blanks, quote signs or characters that nobody sees.
func (r *KeyRing) FindSigned(text string) []Signed {
	var out []Signed
	var run []byte
	scan := func() {
		for i := 0; i+tokenLength <= len(run); i++ {
			if firsts := base32Letters[version<<1:]; run[i] != firsts[0] && run[i] != firsts[1] {
				continue // the version is in the first letter
			}
			if s, ok := r.signedAt(run[i:]); ok && !contains(out, s.Text) {
				out = append(out, s)
			}
		}
		run = run[:0]
	}
	for i := 0; i < len(text); {
		c, size := utf8.DecodeRuneInString(text[i:])
		i += size
		switch {
		case c >= 'A' && c <= 'Z':
			run = append(run, byte(c)+'a'-'A')
		case c >= 'a' && c <= 'z' || c >= '2' && c <= '7':
			run = append(run, byte(c))
		case unicode.IsSpace(c) || unicode.Is(unicode.Cf, c) || strings.ContainsRune(">|=", c):
		default:
			scan()
		}
	}
	scan()
	return out
}

func (r *KeyRing) signedAt(run []byte) (Signed, bool) {
	s := string(run[:min(len(run), noticeLength)])
	if len(s) == noticeLength {
		if p, ids, ok := r.read(s, noticeLength, noticeMAC); ok && p == Internal {
			return Signed{Text: s, ID: SignedID{Purpose: p, Conversation: ids[0], Holder: ids[1], Notice: ids[2]}}, true
		}
	}
	s = s[:tokenLength]
	p, ids, ok := r.read(s, tokenLength, tokenMAC)
	switch {
	case !ok:
		return Signed{}, false
	case p == External:
		return Signed{Text: s, ID: SignedID{Purpose: p, Conversation: ids[0], Message: ids[1]}}, true
	default:
		return Signed{Text: s, Token: Token{Purpose: p, Conversation: ids[0], Holder: ids[1]}}, true
	}
}

func contains(list []Signed, text string) bool {
	for _, s := range list {
		if s.Text == text {
			return true
		}
	}
	return false
}
