package read

import (
	"html"
	"regexp"
	"slices"
	"strings"

	"aside"

	"golang.org/x/net/publicsuffix"
)

const addrPattern = `([^\s<>"'():;,\[\]=|：；，、。（）]{1,64}@[\pL\d][\pL\d.-]{1,250}[\pL\d])`

// failedPatterns find the failed address, surest form first; only the first
// that finds any is used.
var failedPatterns = []*regexp.Regexp{
	// At the start of a line in angle brackets, perhaps after a reply code or a
	// transcript's arrow.
	regexp.MustCompile(`(?m)^[\s>|*•·-]*(?:[45]\d\d[ -](?:[45]\.\d{1,3}\.\d{1,3} )?)?["']?<` + addrPattern + `>(?:[:.\s,(;]|$)`),
	// At the start of a line, and nothing or a reason behind it.
	regexp.MustCompile(`(?mi)^(?:[\s>|*•·-]|\d{1,2}[.)] )*["']?(?:mailto:|smtp:)?` + addrPattern + `["']?\s*(?::|\.\.\.|$|\(|\[|<|, |- |;| on |=>|(?:invalid|unknown|not |failed|rejected|is (?:not|unknown|an? (?:invalid|unknown))|does|was|could|had|user |no such|error|mailbox|host |unrout|n'existe|existiert))`),
	// Behind a label that names recipients alone.
	regexp.MustCompile(`(?i)(?:rcpt to:?|rfc822;|smtp=|generated (?:from|by)|(?:userid|mailbox|recipients?(?: address)?|addressed(?: to)?|unknown user|no such user|original address|addressee|destinatario|destinataire|empfänger|mottagare|ontvanger|получател[ья]|宛先|收件人|받는 사람)[\s:：,]+)\s*[<"']?` + addrPattern),
	// Behind a word that often does.
	regexp.MustCompile(`(?i)(?:\bfor|\buser|\baddress(?:es)?|\bto|\bfrom|errors?:|attempts:|\ban|\bà|\ba|\baan|\btill|\btil|\bдля|\bna adres)[\s:：,]+[<"'“„«(]{0,2}` + addrPattern),
	regexp.MustCompile(addrPattern),
}

// senderContext stands before an address that is the sender's.
var senderContext = regexp.MustCompile(`(?i)(?:(?:mail|message|messages|e-?mail|sent|received|rejected|sender|gesendet|envoyé|enviado|nachricht|mensaje|messaggio) (?:\S+ )?(?:from|von|de|da|by|par|por)|(?:original[- ])?sender|(?:^|\n)[\s>|*-]*(?:from|von|de|da|van|fra|från|от|sender|reply-to|return-path|errors-to|x-sender|message-id|mail from)\s*:|mail from:|contact(?:ing)?|postmaster|administrator|helpdesk|please (?:reply|write|forward|send) (?:\S+ ){0,4}to|e-?mail to)[\s:<"'(=]*$`)

var mailtoLink = regexp.MustCompile(`(?i)href\s*=\s*["']?mailto:([^"'?>\s]{3,254})`)

// linked reads addresses that stand in a notice's links alone: its words give
// names (Exchange).
func linked(m *aside.Mail, text string) bool {
	page := m.HTML[:min(len(m.HTML), maxBounceText)]
	for _, l := range mailtoLink.FindAllStringSubmatch(page, 4) {
		addr := cleanAddress(html.UnescapeString(l[1]))
		if addr == "" || addr == m.From.Address || machineSender.MatchString(addr) || isRecipient(m, addr) {
			continue
		}
		addFailed(m, aside.FailedRecipient{Address: addr, Status: statusIn(text), Permanent: m.Kind == aside.KindBounce})
	}
	return len(m.Failed) > 0
}

// expandedFrom names the address that the sender wrote, which led to the one
// that failed (sendmail).
var expandedFrom = regexp.MustCompile(`(?i)\(expanded from:?\s*<?` + addrPattern + `>?\)`)

// failedInText gathers failed addresses from a notice's words.
func failedInText(m *aside.Mail, text string) {
	text += "\n"
	if at := statusFields.FindStringIndex(text); at != nil {
		readRecipients(m, &part{body: []byte(text[at[0]:])})
		if len(m.Failed) > 0 {
			return
		}
	}
	for i, re := range failedPatterns {
		if i == len(failedPatterns)-2 && (bareNames(m, text) || linked(m, text)) {
			return
		}
		if i == len(failedPatterns)-1 && failedByOriginal(m, text) || failedBy(m, text, re, i) {
			break
		}
	}
	for _, e := range expandedFrom.FindAllStringSubmatch(text, maxFailed) {
		if a := cleanAddress(e[1]); a != "" && len(m.Failed) > 0 {
			r := m.Failed[0]
			r.Address = a
			addFailed(m, r)
		}
	}
	// Where one status stands before the one address, it is that address's.
	if len(m.Failed) == 1 && m.Failed[0].Status == "" {
		m.Failed[0].Status = statusIn(text)
	}
}

// failedNamed gathers the addresses that a field names, and what the notice says
// of each.
func failedNamed(m *aside.Mail, named []aside.Address, text string) {
	failedInText(m, text)
	said := m.Failed
	m.Failed = nil
	for _, a := range named {
		r := aside.FailedRecipient{Address: a.Address, Permanent: m.Kind == aside.KindBounce}
		if i := slices.IndexFunc(said, func(s aside.FailedRecipient) bool { return s.Address == a.Address }); i >= 0 {
			r = said[i]
		}
		if r.Status == "" && len(named) == 1 {
			r.Status = statusIn(text)
		}
		addFailed(m, r)
	}
}

// failedByOriginal takes the one person that the returned mail was for, where
// the notice does not say plainly who it is about.
func failedByOriginal(m *aside.Mail, text string) bool {
	if len(m.Failed) > 0 || m.Original == nil || len(m.Original.To) != 1 || m.Original.To[0].Address == "" {
		return false
	}
	addFailed(m, aside.FailedRecipient{Address: m.Original.To[0].Address, Status: statusIn(text), Permanent: m.Kind == aside.KindBounce})
	return true
}

// failedBy gathers what one pattern finds; guess is its place in the list.
func failedBy(m *aside.Mail, text string, re *regexp.Regexp, guess int) (found bool) {
	all := re.FindAllStringSubmatchIndex(text, maxFailed)
	var last = len(failedPatterns) - 1
	var addrs []string
	var ends []int
	seen := map[string]bool{}
	for _, at := range all {
		addr := cleanAddress(strings.Trim(text[at[2]:at[3]], "."))
		if addr == "" || addr == m.From.Address || machineSender.MatchString(addr) || looksLikeID(addr, text[:at[2]]) {
			continue
		}
		// A bounce comes back to the sender, whose address is no failed one.
		if guess >= last-1 && (isRecipient(m, addr) || senderContext.MatchString(text[max(0, at[2]-60):at[2]])) {
			continue
		}
		addrs, ends = append(addrs, addr), append(ends, at[3])
		seen[addr] = true
	}
	if guess == last && len(seen) > 4 {
		return false // addresses of all sorts: a guess would be wrong
	}
	for i, addr := range addrs {
		end := min(ends[i]+400, len(text))
		for j := i + 1; j < len(addrs); j++ {
			if addrs[j] != addr {
				end = min(end, ends[j]-len(addrs[j]))
				break
			}
		}
		addFailed(m, aside.FailedRecipient{Address: addr, Status: statusIn(text[ends[i]:max(end, ends[i])]), Permanent: m.Kind == aside.KindBounce})
	}
	return len(addrs) > 0
}

// looksLikeID tells the id of a mail from an address.
func looksLikeID(addr, before string) bool {
	before = strings.ToLower(strings.TrimRight(before[max(0, len(before)-24):], " \t<"))
	return strings.HasSuffix(before, "message-id:") || strings.HasSuffix(before, "message id:") || strings.HasSuffix(before, "references:") ||
		strings.HasSuffix(before, "in-reply-to:")
}

func isRecipient(m *aside.Mail, addr string) bool {
	for _, a := range m.To {
		if a.Address == addr {
			return true
		}
	}
	for _, a := range m.DeliveredTo {
		if a == addr {
			return true
		}
	}
	return false
}

var (
	// bareList is a list of names without a domain below a line that says what
	// they are: systems name their own users so.
	bareList = regexp.MustCompile(`(?mi)^[^\n]*(?:following|recipients?|users?)\b[^\n]*:[ \t]*\n(?:[ \t]*\n)?((?:[ \t]+[a-z0-9._+-]{2,64}(?:[ \t]{2,}[^\n]*)?\n)+)`)
	bareName = regexp.MustCompile(`(?mi)^[ \t]+([a-z0-9._+-]{2,64})(?:[ \t]|$)`)
)

// bareNames reads such a list; the domain is that of the system that says so.
func bareNames(m *aside.Mail, text string) bool {
	list := bareList.FindStringSubmatch(text)
	_, host, ok := strings.Cut(m.From.Address, "@")
	if list == nil || !ok {
		return false
	}
	domain, err := publicsuffix.EffectiveTLDPlusOne(host)
	if err != nil {
		domain = host
	}
	for _, name := range bareName.FindAllStringSubmatch(list[1], maxFailed) {
		if a := cleanAddress(name[1] + "@" + domain); a != "" {
			addFailed(m, aside.FailedRecipient{Address: a, Status: statusIn(list[1]), Permanent: m.Kind == aside.KindBounce})
		}
	}
	return len(m.Failed) > 0
}

// Codes of RFC 3463 and RFC 5321 in words.
var (
	statusCode   = regexp.MustCompile(`(?:^|[^\d.])([245]\.\d{1,3}\.\d{1,3})(?:[^\d.]|\.?$|\.\D)`)
	replyCode    = regexp.MustCompile(`(?:^|[\s;:,(#"'-])([45])\d\d(?:[\s:;,)#"'-]|$)`)
	statusFields = regexp.MustCompile(`(?mi)^[ \t]*(?:reporting-mta|final-recipient|original-recipient):`)
)

// statusIn finds an enhanced status in words. Where only a reply code was said,
// it is the code's class without more (RFC 3463 section 3.1, X.0.0).
func statusIn(text string) string {
	if s := statusCode.FindStringSubmatch(text); s != nil && s[1][0] != '2' {
		return s[1]
	}
	if s := replyCode.FindStringSubmatch(text); s != nil {
		return s[1] + ".0.0"
	}
	return ""
}

// statusOf is the status of one recipient: the field's, unless it says nothing
// and the diagnostic says what in the same class.
func statusOf(field, diagnostic string) string {
	status := ""
	if s := statusCode.FindStringSubmatch(field); s != nil {
		status = s[1]
	}
	said := statusIn(diagnostic)
	if status == "" || strings.HasSuffix(status, ".0.0") && said != "" && said[0] == status[0] {
		return said
	}
	return status
}
