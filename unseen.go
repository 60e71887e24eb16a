package aside

import (
	"unicode"
	"unicode/utf8"
)

// Steers reports characters that are not shown and act on what shows them:
// controls, which a terminal obeys, overrides and isolates of writing direction,
// with which a text reads other than it is written, a byte order mark, and the
// bounds of annotations. No word of any language needs them, so strangers' words
// are shown, and sent on, without them. Line ends and tabs are controls, too.
func Steers(r rune) bool {
	switch {
	case r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069, r == 0xFEFF, r >= 0xFFF9 && r <= 0xFFFB:
		return true
	}
	return unicode.IsControl(r)
}

// Unseen reports what steers and all else that is not shown: marks of direction,
// zero-width spaces, soft hyphens, tags. Languages and flags need them in what a
// person writes, and there they stay; a name, a subject or a file's name that
// stands among our own words has none, so that two which look the same are the
// same. The joiners U+200C and U+200D stay everywhere: Persian names and emoji
// are others without them.
func Unseen(r rune) bool {
	switch {
	case r == 0x200B, r == 0x200E, r == 0x200F, r == 0x061C, r >= 0x2060 && r <= 0x206F, r == 0x00AD, r == 0x180E, r == utf8.RuneError:
		return true
	case r >= 0xE0000 && r <= 0xE0FFF:
		return true
	}
	return Steers(r)
}
