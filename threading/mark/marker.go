package mark

import (
	"crypto/hmac"
	"strings"
	"unicode/utf8"
)

const (
	markerPrefix  = "aside-"
	markerLetters = 10
	nonceLetters  = 4  // 20 bits
	maxMarkerWrap = 32 // octets of line end, quote signs and blanks inside a wrapped marker
)

// Marker is the visible word of a notice's frame: "aside-" and 10 characters.
// It is known again by its MAC alone, without the database. Of the nonce the
// lowest 20 bits count.
func (r *KeyRing) Marker(nonce uint64) string {
	var b [nonceLetters]byte
	for i := range b {
		b[i] = base32Letters[nonce>>(5*(nonceLetters-1-i))&31]
	}
	return markerPrefix + string(b[:]) + markerCheck(r.now.Load().keys[0].visible, b[:])
}

// IsMarker reports whether the word is, in any case of its letters, a marker
// that a key of the ring has made.
func (r *KeyRing) IsMarker(word string) bool {
	var b [markerLetters]byte
	if len(word) != len(markerPrefix)+markerLetters ||
		!strings.EqualFold(word[:len(markerPrefix)], markerPrefix) ||
		!foldBase32(b[:], word[len(markerPrefix):]) {
		return false
	}
	return r.isMarker(b[:])
}

func (r *KeyRing) isMarker(letters []byte) bool {
	ok := false
	for _, k := range r.now.Load().keys {
		want := markerCheck(k.visible, letters[:nonceLetters])
		if hmac.Equal([]byte(want), letters[nonceLetters:]) {
			ok = true
		}
	}
	return ok
}

// markerCheck is the part of a marker that proves the rest: 30 bits.
func markerCheck(key [32]byte, nonce []byte) string {
	return lowerBase32.EncodeToString(mac(key, nonce))[:markerLetters-nonceLetters]
}

// FindMarkers returns the markers in a text, in lower case and each once, in
// order. It finds them inside longer words, in any case, and where a client
// wrapped the line after the hyphen or made a dash of it.
func (r *KeyRing) FindMarkers(text string) []string {
	var found []string
	known := map[[markerLetters]byte]bool{}
	for at := 0; ; {
		i := indexFold(text[at:], markerPrefix[:len(markerPrefix)-1])
		if i < 0 {
			return found
		}
		at += i + len(markerPrefix) - 1
		letters, ok := markerAfter(text[at:])
		if !ok || known[letters] || !r.isMarker(letters[:]) {
			continue
		}
		known[letters] = true
		found = append(found, markerPrefix+string(letters[:]))
	}
}

// markerAfter reads hyphen, wrap and letters of a marker after the word aside.
func markerAfter(s string) (letters [markerLetters]byte, ok bool) {
	hyphen, size := utf8.DecodeRuneInString(s)
	if !strings.ContainsRune("-\u00ad\u2010\u2011\u2012\u2013\u2014\u2212", hyphen) {
		return letters, false
	}
	s = s[size:]
	for skipped := 0; skipped < maxMarkerWrap && s != ""; {
		c, size := utf8.DecodeRuneInString(s)
		if !strings.ContainsRune(" \t\r\n>|\u00a0\u200b\u2060\ufeff", c) {
			break
		}
		skipped, s = skipped+size, s[size:]
	}
	return letters, len(s) >= markerLetters && foldBase32(letters[:], s[:markerLetters])
}

// indexFold is strings.Index for a lower-case ASCII word in any case.
func indexFold(s, word string) int {
	for i := 0; i+len(word) <= len(s); i++ {
		if s[i]|0x20 == word[0] && strings.EqualFold(s[i:i+len(word)], word) {
			return i
		}
	}
	return -1
}
