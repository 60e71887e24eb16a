// Package phrases knows what the mail clients of many languages write around
// people's words: the line above a quotation, the rule above an answered or
// forwarded mail, the header lines they copy, and the line that a phone adds.
// It judges single lines; what follows from them is package reply's.
package phrases

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// Clean writes a line as the lists have it: digits of every script as ASCII
// ones, every space as one, hyphens as hyphens, without marks of direction
// and other invisible characters.
func Clean(line string) string {
	if ascii(line) {
		return line
	}
	return strings.Map(cleanRune, line)
}

func cleanRune(r rune) rune {
	switch {
	case r < 0xa0, r > 0xad && r < 0x34f:
		return r
	case r >= 0x200b && r <= 0x200f || r >= 0x202a && r <= 0x202e || r >= 0x2060 && r <= 0x2069,
		r == 0xad, r == 0x34f, r == 0x61c, r == 0x180e, r == 0xfeff:
		return -1
	case r == 0xa0, r >= 0x2000 && r <= 0x200a, r == 0x202f, r == 0x205f, r == 0x3000:
		return ' '
	case r == 0x2010, r == 0x2011:
		return '-'
	}
	for _, zero := range [...]rune{0x660, 0x6f0, 0x966, 0x9e6, 0xe50, 0xff10} {
		if r >= zero && r <= zero+9 {
			return '0' + r - zero
		}
	}
	return r
}

// Date reports whether a clean line names a day in figures, or a year.
func Date(line string) bool { return hasDigit(line) && dateForm.MatchString(line) }

// Clock reports whether a clean line names a time of day.
func Clock(line string) bool { return hasDigit(line) && timeForm.MatchString(line) }

var (
	dateForm = regexp.MustCompile(`\d{1,4}\s?[./-]\s?\d{1,2}\s?[./-]\s?\d{1,4}|(?:^|[^\pL\d-])(?:19|20|25)\d\d(?:$|[^\d-])|(?:19|20)\d\d\s?[年년]|\d{1,2}\s?[月월]\s?\d{1,2}`)
	timeForm = regexp.MustCompile(`(?:^|\D)\d{1,2}[:.h]\d{2}(?:[:.]\d{2})?(?:$|\D)|\d{1,2}\s?[時时시]\s?\d{1,2}`)
)

// Wrote reports whether a clean line has the verb of an introduction such as
// "On Monday Jane wrote:".
func Wrote(line string) bool {
	if ascii(line) {
		return wroteASCII(line)
	}
	for w := range strings.FieldsFuncSeq(strings.ToLower(line), betweenWords) {
		if verbs[w] || verbs[strings.Trim(w, "()-'’.")] {
			return true
		}
	}
	if !hasUnspaced(line) {
		return false
	}
	for _, p := range unspaced {
		if strings.Contains(line, p) {
			return true
		}
	}
	return false
}

// wroteASCII is Wrote for a line of ASCII, without a copy of it.
func wroteASCII(line string) bool {
	for from := 0; from < len(line); {
		to := from
		for to < len(line) && !betweenWords(rune(line[to])) {
			to++
		}
		w := line[from:to]
		if isVerb(w) {
			return true
		}
		if t := strings.Trim(w, "()-'."); len(t) < len(w) && isVerb(t) {
			return true
		}
		from = to + 1
	}
	return false
}

// isVerb reports whether a word of ASCII is one of verbs, whatever its letter
// case.
func isVerb(w string) bool {
	var lower [24]byte
	if len(w) < 3 || len(w) > len(lower) {
		return false
	}
	return verbs[string(lowered(lower[:], w))]
}

// lowered writes ASCII text in lower case into out, which must hold it.
func lowered(out []byte, text string) []byte {
	for i := range len(text) {
		c := text[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		out[i] = c
	}
	return out[:len(text)]
}

func betweenWords(r rune) bool {
	switch r {
	case ':', '：', ',', ';', '<', '>', '"', '\'', '*', '_', '[', ']', '|', '/', '»', '«', '”', '“', '’', '၊', '…', '៖', '。':
		return true
	}
	return r <= ' '
}

// hasUnspaced reports whether a line has a character from the Hebrew ones on,
// where the first of the scripts begins that the list unspaced is in.
func hasUnspaced(line string) bool {
	const hebrew = 0xd6 // what the first of its characters begins with in UTF-8
	for i := range len(line) {
		if line[i] >= hebrew {
			return true
		}
	}
	return false
}

// Quoting reports whether a clean line is the kind of introduction that has
// neither verb nor date: "Quoting Jane Doe <jane@example.com>:".
func Quoting(line string) bool { return quoting.MatchString(line) }

var quoting = regexp.MustCompile(`(?i)^(?:quoting|zitat von|zitiere|citando(?: a)?|citation de|cytowanie|cytat|citát|citace(?: od)?|idézet|citerar|citat fra|citat från|sitat fra|citējot|cituoju|tsiteerin|цитирование|цитирую|цитата від|quotando|mensaje citado por|` +
	`citerend|citeren|lainaus|lainaan|παράθεση|引用|message de|message du|in reply to|in antwort auf|en réponse à|en respuesta a|in risposta a)\s.{2,200}[:：]$`)

// Own reports whether a line speaks of the writer's or the reader's own
// letter: what follows "you wrote:" is the writer's text as a rule.
func Own(line string) bool { return ownVerb.MatchString(line) }

var ownVerb = regexp.MustCompile(`(?i)\b(?:i|we|you|they|ich|wir|sie|du|ihr) (?:\w+ )?(?:wrote|schrieb|schrieben|hat(?:te)? geschrieben)\b|(?:wrote|schrieb|schrieben) (?:ich|wir|sie|you)\b|` +
	`j'ai écrit|nous avons écrit|vous avez écrit|he escrito|ho scritto|(?:я|мы|вы) (?:писал|написал)`)

// Begins reports whether a clean line reads like the start of an
// introduction: its first word is one of those, a number, or a word with a
// number after it, as a weekday is.
func Begins(line string) bool {
	n := 0
	for w := range strings.FieldsFuncSeq(strings.ToLower(line), betweenWords) {
		w = strings.Trim(w, "().-–—")
		if w == "" {
			continue
		}
		if '0' <= w[0] && w[0] <= '9' || n == 0 && beginnings[w] {
			return true
		}
		if n++; n > 2 {
			break
		}
	}
	return false
}

// Opens reports whether the first word of a clean line is one by which
// introductions begin: "On", "Am", "Le".
func Opens(line string) bool {
	for w := range strings.FieldsFuncSeq(strings.ToLower(line), betweenWords) {
		return beginnings[strings.Trim(w, "().-–—")]
	}
	return false
}

// Original reports whether a line is what stands between dashes above an
// answered mail: "-----Original Message-----".
func Original(line string) bool {
	return len(line) <= 600 && mayBeDrawn(line) && dashed(line) && OriginalWords(line)
}

// mayBeDrawn reports cheaply whether a line may begin with a sign that rules are
// drawn with, as dashed asks: behind blanks, stars and the like.
func mayBeDrawn(line string) bool {
	for i := range len(line) {
		switch c := line[i]; {
		case c == '-' || c == '=' || c >= utf8.RuneSelf:
			return true
		case !blankASCII(c) && c != '*' && c != '_' && c != '>':
			return false
		}
	}
	return false
}

// OriginalWords is Original for a line that may lack the dashes: only what
// follows tells whether it is one.
func OriginalWords(line string) bool {
	if len(line) > 600 {
		return false
	}
	c := core(line)
	first, _, both := strings.Cut(c, " --- ") // "Pôvodná správa --- Original Message"
	return originals[c] || both && originals[strings.TrimSpace(first)]
}

// dashed reports whether a line has at least two dashes, or signs like them,
// on either side.
func dashed(line string) bool {
	line = strings.TrimSpace(Clean(line))
	line = strings.Trim(line, "*_> \t")
	const drawn = "-–—─━=_"
	front, back := 0, 0
	for _, r := range line {
		if !strings.ContainsRune(drawn, r) {
			break
		}
		front++
	}
	for len(line) > 0 {
		r, size := utf8.DecodeLastRuneInString(line)
		if !strings.ContainsRune(drawn+":", r) {
			break
		}
		back++
		line = line[:len(line)-size]
	}
	return front >= 2 && back >= 1 || front >= 1 && back >= 2
}

// Titled reports whether a line is a few words with dashes drawn on either
// side, in whatever language: above header lines it is their title.
func Titled(line string) bool {
	return len(line) <= 300 && dashed(line) && strings.Count(line, "-") >= 6 && core(line) != "" && len(strings.Fields(core(line))) <= 6
}

// Forward reports whether a line is what a client writes above a mail that it
// forwards, and whether it is drawn with dashes, so that no header lines need
// follow.
func Forward(line string) (forward, drawn bool) {
	if !beginsLike(line, forwardFirsts) {
		return false, false
	}
	c := core(line)
	drawn = strings.Contains(line, "--") || dashed(line)
	first, _, _ := strings.Cut(c, " --- ")
	if forwards[c] || forwards[strings.TrimSpace(first)] {
		return true, drawn
	}
	if drawn && (strings.HasPrefix(c, "forwarded by ") || strings.HasPrefix(c, "forwarded message from ") || strings.HasPrefix(c, "weitergeleitet von ")) {
		return true, true
	}
	return false, false
}

// forwardFirsts are the first words of what Forward knows.
var forwardFirsts = firstWords(forwards, set("forwarded|weitergeleitet"))

// ForwardFrom reports whether a line is the one above a mail that mutt
// forwards; ForwardEnd is the one that it writes below.
func ForwardFrom(line string) bool {
	return strings.HasPrefix(core(line), "forwarded message from ")
}

// ForwardEnd reports whether a line is one that a client writes below a mail
// that it forwards.
func ForwardEnd(line string) bool {
	return strings.Contains(line, "--") && forwardEnds[core(line)]
}

// HeaderRun counts the copied header lines that a clean line begins with, one
// behind the other, as where something on the way filled the lines anew. Fewer
// than three, or none with a sender, an address and a day, count as none.
func HeaderRun(line string) int {
	if first, _ := Header(line, false); first != From && first != Sent && first != Day {
		return 0
	}
	var has [Labels]bool
	count := 0
	for i := 0; i < len(line) && i < 2000; i++ {
		if line[i] != ':' {
			continue
		}
		words := strings.Fields(strings.ToLower(line[max(0, i-60):i]))
		for n := min(3, len(words)); n > 0; n-- {
			l, known := labels[strings.Trim(strings.Join(words[len(words)-n:], " "), "*_")]
			if known && !has[l] {
				has[l] = true
				count++
				break
			}
		}
	}
	if count < 3 || !has[From] || !has[To] || !strings.Contains(line, "@") || !Date(line) {
		return 0
	}
	return count
}

// ForwardRun reads a line on which a client wrote what stands above a
// forwarded mail and its header lines one behind the other, as Yahoo does:
// the values of From and Subject.
func ForwardRun(line string) (from, subject string, ok bool) {
	if len(line) > 4000 {
		return "", "", false
	}
	if line = Clean(line); !strings.Contains(line, "---") {
		return "", "", false
	}
	m := forwardRun.FindStringSubmatch(line)
	if m == nil || !forwards[core(m[1])] {
		return "", "", false
	}
	name, rest, _ := strings.Cut(m[2], ":")
	if labels[strings.ToLower(strings.TrimSpace(name))] != From {
		return "", "", false
	}
	sender := strings.TrimSpace(rest[:strings.IndexByte(rest, '>')+1])
	for i := 0; i < len(rest); i++ {
		if rest[i] != ':' {
			continue
		}
		word := strings.ToLower(trailingWord.FindString(strings.TrimRight(rest[:i], " "))) // French has a blank before the colon
		for from := range word {                                                           // a zone's letters may stand right before it
			if labels[word[from:]] == Subject && word[from:] != "" {
				return sender, strings.TrimSpace(rest[i+1:]), true
			}
		}
	}
	return sender, "", sender != ""
}

var (
	forwardRun   = regexp.MustCompile(`^\s*(-{3,}[^-]{4,80}-{3,})\s+(.*)$`)
	trailingWord = regexp.MustCompile(`\pL+$`)
)

// ForwardSubject reports whether a subject says that a mail is forwarded.
func ForwardSubject(subject string) bool {
	return Colon(subject) >= 0 && forwardSubject.MatchString(subject)
}

var forwardSubject = regexp.MustCompile(`(?i)^\s*(?:\[[^\]]{0,40}\]\s*)*(?:fwd?|fw|wg|videresend|İLT|i̇lt|tov|redir\.?|rd|העברה|továbbítva|προώθ|pvs|chuyển tiếp|tr|rv|enc|i|inoltr|doorst|vs|vb|vl|pd|ynt|ilt|továbbítás|转发|轉寄|転送|전달|пересл|fs|přep|fwd|res|videresendt|edelleenlähetys|προωθ|πρθ|הועבר|إعادة توجيه|trs)\s*[:：]`)

// core is a line without the dashes, stars and colons drawn around it, in
// lower case; empty if it is too long for any phrase.
func core(line string) string {
	line = strings.Trim(Clean(line), " \t-–—─━_=*:：>|")
	if len(line) > 400 {
		return ""
	}
	return strings.ToLower(strings.Join(strings.Fields(line), " "))
}

// Rule reports whether a line only draws a rule.
func Rule(line string) bool {
	if len(line) < 3 || strings.IndexByte(" \t*-_=\xe2", line[0]) < 0 {
		return false
	}
	line = strings.TrimLeft(line, " \t*")
	return len(line) > 2 && strings.IndexByte("-_=\xe2", line[0]) >= 0 && ruled.MatchString(line)
}

var ruled = regexp.MustCompile(`^[\s*]*(?:-[\s-]{2,}|_[\s_]{2,}|=[\s=]{2,}|—[\s—]{1,}|─[\s─]{2,})[\s*]*$`)

// Label is one of the header lines that clients copy above a quoted mail.
type Label uint8

// The labels; Other are those that only stand among the rest.
const (
	None Label = iota
	From
	Sent
	Day
	To
	Cc
	Subject
	Other
)

// Labels is how many labels there are, None included.
const Labels = int(Other) + 1

// Header reads a line as a copied header line, whatever emphasis or table is
// drawn around it: "*Von:* Jane <jane@…>", "| From | Jane |". Where a client
// leaves out the colon, bare allows it.
func Header(line string, bare bool) (Label, string) {
	line = strings.TrimLeft(Clean(line), " \t*_|")
	at := Colon(line)
	if bar := strings.IndexByte(line, '|'); bar > 0 && (at < 0 || bar < at) {
		at = bar
	}
	if at > 0 && at <= 60 {
		if l := labelOf(strings.Trim(line[:at], " \t*_")); l != None {
			_, size := utf8.DecodeRuneInString(line[at:])
			return l, strings.Trim(line[at+size:], " \t*_|")
		}
	}
	if bare {
		name, value, ok := strings.Cut(line, " ")
		if l, known := labels[strings.ToLower(name)]; ok && known {
			return l, strings.TrimSpace(value)
		}
	}
	return None, ""
}

// labelOf is the label that a word means, whatever its letter case.
func labelOf(name string) Label {
	if !ascii(name) {
		return labels[strings.ToLower(name)]
	}
	var lower [64]byte
	if len(name) > len(lower) {
		return None
	}
	return labels[string(lowered(lower[:], name))]
}

// Labelled reads a line as some header line in a language that is not known:
// one to three words, a colon and a value. A web address is none.
func Labelled(line string) (value string, ok bool) {
	line = strings.TrimLeft(Clean(line), " \t*_|")
	at := Colon(line)
	if at < 2 || at > 60 {
		return "", false
	}
	name := strings.Trim(line[:at], " \t*_")
	if name == "" || strings.ContainsAny(name, "0123456789@<>/.,;!?\"()") || len(strings.Fields(name)) > 3 {
		return "", false
	}
	_, size := utf8.DecodeRuneInString(line[at:])
	value = strings.Trim(line[at+size:], " \t*_|")
	return value, value != "" && !strings.HasPrefix(value, "//")
}

// set reads phrases separated by bars.
func set(list string) map[string]bool {
	out := map[string]bool{}
	for _, p := range strings.Split(list, "|") {
		if p = strings.TrimSpace(p); p != "" {
			out[p] = true
		}
	}
	return out
}
