package threading

import (
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"aside"
)

// SubjectTag is a tag of ours in a subject: [#1042] is the customer
// conversation, [#1042-kx] a side conversation, [#1042 team] the notes.
type SubjectTag struct {
	Ticket int64
	Side   string // two letters, lower-case; empty but for a side conversation
	Team   bool
}

// String is the tag as it stands in a subject.
func (t SubjectTag) String() string {
	switch {
	case t.Side != "":
		return fmt.Sprintf("[#%d-%s]", t.Ticket, t.Side)
	case t.Team:
		return fmt.Sprintf("[#%d team]", t.Ticket)
	default:
		return fmt.Sprintf("[#%d]", t.Ticket)
	}
}

// tagLetters leaves out the vowels, so that two letters make no word, and l,
// which reads as 1.
const tagLetters = "bcdfghjkmnpqrstvwxyz"

// RandomTag draws the two letters of a side conversation's subject tag. They
// tell apart the few side conversations of one ticket: the caller draws again
// when the ticket has them already.
func RandomTag(rand io.Reader) (string, error) {
	const fair = 256 - 256%len(tagLetters)
	var tag, b [2]byte
	for i := 0; i < len(tag); {
		if _, err := io.ReadFull(rand, b[:1]); err != nil {
			return "", fmt.Errorf("drawing a subject tag: %w", err)
		}
		if int(b[0]) < fair {
			tag[i] = tagLetters[int(b[0])%len(tagLetters)]
			i++
		}
	}
	return string(tag[:]), nil
}

const (
	maxSubjectRead = 2000 // octets of a subject that are looked at
	maxPrefixes    = 64   // prefixes taken off one subject
	prefixWindow   = 80   // octets in which one prefix must end
	maxSubject     = 250  // octets of a subject that is composed
	maxTags        = 8
)

var (
	tagPattern = regexp.MustCompile(`(?i)\[\s?#\s?([0-9]{1,15})(?:\s?-\s?([a-z]{2})|\s+(team))?\s?\]`)

	// replyPrefix is what clients put before an answered or forwarded subject,
	// in the languages that their makers translated it into, with the counters
	// some add: "Re[2]:", "AW (3):", "Re^2:".
	replyPrefix = regexp.MustCompile(`^(?i:re|ｒｅ|aw|antw|antwort|antwoord|wg|wtr|weitergeleitet|sv|vs|vb|vl|vá|fw|fwd|rif|r|i|inoltra|inoltro|tr|rv|res|enc|odp|pd|ynt|ilt|İlt|bls|trs|továbbítás|odg|atb|pārs|doorst|απ|σχετ|πρθ|ответ|отв|пер|пересл|השב|תשובה|הועבר|رد|إعادة توجيه|回复|回覆|答复|答覆|转发|轉寄|轉發|返信|転送|답장|회신|전달|trả lời|chuyển tiếp|ตอบ|ตอบกลับ|ส่งต่อ)` +
		`\s?(?:[\[(^*]{1,2}\s?[0-9]{1,3}\s?[\])*]?|[0-9²³]{1,2})?\s?[:：]`)

	// gatewayMark is what gateways put before the subject of mail from outside.
	gatewayMark = regexp.MustCompile(`^(?i:[\[({<]{1,2}\s?(?:ext|extern|external|externe|externo|externa|esterno|esterna|ekstern|external mail|external email|external sender|external message|outside|spam\??|suspected spam|possible spam|junk|bulk|caution|caution external|sec|secure|encrypted|verschlüsselt|unverified|unverified sender|warning)\s?[\])}>]{1,2}` +
		`|(?:ext|extern|external|externe|externo)\s?[:：]|[*]{2,5}\s?(?:spam|external|extern|junk)\s?[*]{2,5})`)

	forwardSuffix = regexp.MustCompile(`(?i)(?:\s*\(fwd\))+$`)
)

// SubjectTags returns the tags of ours that a subject names, each once, at most
// eight.
func SubjectTags(subject string) []SubjectTag {
	if !mayHaveTag(subject) {
		return nil
	}
	var out []SubjectTag
	for _, m := range tagPattern.FindAllStringSubmatch(clip(subject, maxSubjectRead), maxTags) {
		n, err := strconv.ParseInt(m[1], 10, 64)
		if err != nil || n == 0 {
			continue
		}
		out = appendNew(out, SubjectTag{Ticket: n, Side: strings.ToLower(m[2]), Team: m[3] != ""})
	}
	return out
}

// mayHaveTag reports cheaply whether a text may have one of our tags.
func mayHaveTag(s string) bool {
	return strings.IndexByte(s, '#') >= 0 && strings.IndexByte(s, '[') >= 0
}

// StripTags returns the subject without our tags and with single blanks.
func StripTags(subject string) string {
	head, tail := split(strings.Join(strings.Fields(subject), " "), maxSubjectRead)
	for range maxPrefixes { // a tag within a tag leaves another
		if !mayHaveTag(head) {
			break
		}
		stripped := tagPattern.ReplaceAllLiteralString(head, " ")
		if stripped == head {
			break
		}
		head = strings.Join(strings.Fields(stripped), " ")
	}
	return strings.TrimSpace(head + tail)
}

// BaseSubject returns what a subject is about: without the prefixes of answers
// and forwards in many languages (Re:, AW:, Fwd:, 回复：), without what gateways
// add ([EXT], ***SPAM***), without our tags, with single blanks. What remains
// may be empty.
func BaseSubject(subject string) string {
	s := StripTags(strings.Map(visible, subject))
	for range maxPrefixes {
		s = strings.TrimLeft(s, "\u200c\u200d ") // joiners that join nothing
		window := clip(s, prefixWindow)
		if !mayBegin(window) {
			break
		}
		cut := replyPrefix.FindStringIndex(window)
		if cut == nil {
			cut = gatewayMark.FindStringIndex(window)
		}
		if cut == nil {
			break
		}
		s = strings.TrimSpace(s[cut[1]:])
	}
	if strings.HasSuffix(s, ")") {
		s = forwardSuffix.ReplaceAllLiteralString(s, "")
	}
	return strings.TrimSpace(s)
}

// mayBegin reports cheaply whether a subject may begin with what replyPrefix or
// gatewayMark finds: each has a colon, a bracket or a star.
func mayBegin(s string) bool {
	return s != "" && strings.IndexByte("[({<*", s[0]) >= 0 || strings.IndexByte(s, ':') >= 0 || strings.Contains(s, "：")
}

// visible drops what cannot be seen and only hides a prefix: controls, zero
// width characters, and the marks that clients of right-to-left scripts add. The
// joiners stay: Persian words and emoji are others without them, and a changed
// subject splits the thread.
func visible(r rune) rune {
	switch {
	case r == '\t' || r == '\n' || r == '\r':
		return ' '
	case r < ' ' || r == 0x7f,
		r == 0x200b, r == 0x200e, r == 0x200f, 0x202a <= r && r <= 0x202e,
		0x2066 <= r && r <= 0x2069, r == 0xfeff:
		return -1
	}
	return r
}

// SameSubject reports whether two subjects differ in prefixes, tags, case and
// blanks at most.
func SameSubject(a, b string) bool {
	return strings.EqualFold(BaseSubject(a), BaseSubject(b))
}

// Derived reports whether a subject is another one as programs change it: with
// prefixes and tags, a gateway's words before it or a mark of one behind it, cut
// off, or without the letters that somebody took for others.
func Derived(subject, from string) bool {
	s, of := strings.ToLower(BaseSubject(subject)), strings.ToLower(BaseSubject(from))
	if derived(s, of) {
		return true
	}
	const enough = 6 // letters that are left: fewer stand in too many subjects
	of = strings.TrimSpace(strings.Map(plainSign, of))
	return len(of) >= enough && derived(strings.TrimSpace(strings.Map(plainSign, s)), of)
}

func derived(s, of string) bool {
	const cutOff = 30 // octets from which what is left of a subject is no word of one's own
	if s == "" || of == "" {
		return false
	}
	behind, begins := strings.CutPrefix(s, of)
	return strings.HasSuffix(s, of) || begins && strings.IndexByte("[({<*", strings.TrimLeft(behind, " ")[0]) >= 0 ||
		len(s) >= cutOff && strings.HasPrefix(of, s)
}

// plainSign leaves the signs that arrive in every encoding.
func plainSign(r rune) rune {
	if 'a' <= r && r <= 'z' || '0' <= r && r <= '9' || strings.ContainsRune(" []()<>{}*", r) {
		return r
	}
	return -1
}

// ExternalSubject composes the subject of a mail to the contacts of a
// conversation: the conversation's own, with "Re: " before it when the mail
// answers an earlier one. Customers see a tag only where their desk asks for
// it, since a changed subject splits the thread in their client; side
// conversations carry theirs from the first mail on, for vendors' systems
// keep little else.
func ExternalSubject(c aside.Conversation, setting aside.SubjectTag, answers bool) string {
	s := BaseSubject(c.Subject)
	switch {
	case c.Kind == aside.Side && c.Tag != "" && setting != aside.TagNone:
		s = join(TagOf(c).String(), s)
	case c.Kind == aside.Customer && setting == aside.TagAll:
		s = join(TagOf(c).String(), s)
	}
	if answers {
		s = join("Re:", s)
	}
	return shorten(s)
}

// NoticeSubject composes the subject of a notice about a conversation. It never
// changes, so that an agent's client keeps one thread: the conversation's own
// subject, else that of the ticket.
func NoticeSubject(c aside.Conversation, ticketSubject string) string {
	s := BaseSubject(c.Subject)
	if s == "" {
		s = BaseSubject(ticketSubject)
	}
	return shorten(join(TagOf(c).String(), s))
}

// TagOf is the subject tag of a conversation.
func TagOf(c aside.Conversation) SubjectTag {
	t := SubjectTag{Ticket: c.Ticket}
	switch c.Kind {
	case aside.Side:
		t.Side = c.Tag
	case aside.Notes:
		t.Team = true
	}
	return t
}

func join(a, b string) string {
	if b == "" {
		return a
	}
	return a + " " + b
}

// shorten keeps a composed subject to a length that every client shows and
// every relay takes.
func shorten(s string) string {
	if len(s) <= maxSubject {
		return s
	}
	return strings.TrimSpace(clip(s, maxSubject-len("…"))) + "…"
}

// clip is the first n octets at most, whole characters.
func clip(s string, n int) string {
	head, _ := split(s, n)
	return head
}

func split(s string, n int) (head, tail string) {
	if len(s) <= n {
		return s, ""
	}
	for n > 0 && s[n]&0xc0 == 0x80 {
		n--
	}
	return s[:n], s[n:]
}

// appendNew appends a value that is not there yet. Lists here are short.
func appendNew[T comparable](list []T, v T) []T {
	for _, old := range list {
		if old == v {
			return list
		}
	}
	return append(list, v)
}
