package mark

import "strings"

// shownOfMark is how much of a mark a log may show: enough to see which lines
// belong together, and nothing of its holder or its MAC.
const shownOfMark = 6

// Redact shortens everything in a text that is written like a token or a
// Message-ID of ours, and the codes of /confirm: whoever reads a log, or is
// sent a piece of one, must not be able to speak as somebody. It needs no keys,
// and so finds those of other rings as well.
func Redact(text string) string {
	var b strings.Builder
	done := 0
	for i := 0; i < len(text); {
		if !alphanumeric(text[i]) {
			i++
			continue
		}
		// "%2B" is how a link writes the plus before a token.
		if i > 0 && text[i-1] == '%' && i+2 < len(text) && hexDigit(text[i]) && hexDigit(text[i+1]) {
			i += 2
		}
		from := i
		for i < len(text) && alphanumeric(text[i]) {
			i++
		}
		run := text[from:i]
		switch at := markIn(run); {
		case at >= 0:
			b.WriteString(text[done:from+at+shownOfMark] + "…")
			done = i
		case strings.EqualFold(run, "confirm") && commandSign(text[done:from]):
			at := i
			for at < len(text) && (text[at] == ' ' || text[at] == '\t') {
				at++
			}
			end := at
			for end < len(text) && alphanumeric(text[end]) {
				end++
			}
			b.WriteString(text[done:at])
			if end > at {
				b.WriteString("…")
			}
			done, i = end, end
		}
	}
	if done == 0 {
		return text
	}
	return b.String() + text[done:]
}

// commandSign reports whether what stands before a word makes a command of it.
func commandSign(before string) bool {
	before = strings.TrimRight(before, " \t")
	return strings.HasSuffix(before, "/") || strings.HasSuffix(before, "／")
}

// markIn is where a mark begins in a run of letters and digits, or -1: others may
// stand right before and behind it, in an address that somebody altered.
func markIn(run string) int {
	for at := 0; at+tokenLength <= len(run); at++ {
		if likeMark(run[at:at+tokenLength]) || at+noticeLength <= len(run) && likeMark(run[at:at+noticeLength]) {
			return at
		}
	}
	return -1
}

// likeMark reports the length, the letters and the first octet of a mark:
// version 1 and a purpose.
func likeMark(run string) bool {
	if len(run) != tokenLength && len(run) != noticeLength {
		return false
	}
	var letters [noticeLength]byte
	if !foldBase32(letters[:], run) {
		return false
	}
	first := strings.IndexByte(base32Letters, letters[0])<<3 | strings.IndexByte(base32Letters, letters[1])>>2
	return first>>4 == version && Purpose(first&0x0f) >= Reply && Purpose(first&0x0f) <= Internal
}

func alphanumeric(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func hexDigit(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}
