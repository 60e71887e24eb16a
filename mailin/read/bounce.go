package read

import (
	"bufio"
	"bytes"
	"regexp"
	"strings"

	"aside"

	"github.com/jhillyerd/enmime/v2"
)

// Limits of what a bounce may name and how far its text is searched.
const (
	maxFailed     = 100
	maxBounceText = 16 << 10
)

// readDeliveryStatus reads a delivery status notification (RFC 3464): failed
// recipients make it a bounce, delayed ones a delay, and mere success a
// receipt.
func readDeliveryStatus(m *aside.Mail, b *bodyReader) {
	readOriginal(m, b)
	m.AutoReason = "multipart/report, delivery-status"
	failed, delayed, done := readRecipients(m, b.status)
	switch {
	case failed:
		m.Kind = aside.KindBounce
	case delayed:
		m.Kind = aside.KindDelay
	case done:
		m.Kind = aside.KindReceipt
	default: // a report that says nothing machines can read
		text := noticeText(m)
		m.Kind = aside.KindBounce
		if delayWords.MatchString(m.Subject + "\n" + text) {
			m.Kind = aside.KindDelay
		}
	}
	if len(m.Failed) == 0 && m.Kind != aside.KindReceipt {
		failedInText(m, noticeText(m))
	}
}

// readRecipients reads the groups of a message/delivery-status; status may be
// nil.
func readRecipients(m *aside.Mail, status *part) (failed, delayed, done bool) {
	if status == nil {
		return
	}
	in := bufio.NewReader(bytes.NewReader(status.body))
	for len(m.Failed) < maxFailed {
		fields, err := enmime.ReadHeader(in, ignore{})
		if _, end := in.Peek(1); len(fields) == 0 && (end != nil || err != nil) {
			break
		}
		h := header{fields: fields}
		r := recipientOf(&h)
		switch action, _ := parseParams(h.get("action")); action {
		case "failed", "failure":
			failed, r.Permanent = true, true
		case "delayed":
			delayed = true
		case "delivered", "relayed", "expanded":
			done = true
			continue
		default:
			if r.Status == "" {
				continue
			}
			r.Permanent = strings.HasPrefix(r.Status, "5")
			failed, delayed = failed || r.Permanent, delayed || !r.Permanent
		}
		addFailed(m, r)
	}
	return failed, delayed, done
}

// recipientOf reads one group of a delivery status. The address that the
// sender wrote (Original-Recipient) is the one the sender knows.
func recipientOf(h *header) aside.FailedRecipient {
	r := aside.FailedRecipient{}
	for _, name := range []string{"original-recipient", "final-recipient", "x-actual-recipient"} {
		v := h.get(name)
		if _, a, ok := strings.Cut(v, ";"); ok {
			v = a
		}
		if a := parseAddresses(v); len(a) > 0 && r.Address == "" {
			r.Address = a[0].Address
		}
	}
	if s := statusCode.FindStringSubmatch(h.get("status")); s != nil {
		r.Status = s[1]
	} else if s := statusCode.FindStringSubmatch(h.get("diagnostic-code")); s != nil {
		r.Status = s[1]
	}
	return r
}

// addFailed adds a recipient once; the same address is told again only with
// more about it.
func addFailed(m *aside.Mail, r aside.FailedRecipient) {
	if r.Address == "" || len(m.Failed) >= maxFailed {
		return
	}
	for i := range m.Failed {
		if m.Failed[i].Address == r.Address {
			if m.Failed[i].Status == "" {
				m.Failed[i].Status = r.Status
			}
			m.Failed[i].Permanent = m.Failed[i].Permanent || r.Permanent
			return
		}
	}
	m.Failed = append(m.Failed, r)
}

var (
	statusCode    = regexp.MustCompile(`(?:^|[^\d.])([245]\.\d{1,3}\.\d{1,3})(?:[^\d.]|\.?$|\.\D)`)
	bounceSubject = regexp.MustCompile(`(?i)^\W*(?:` + strings.Join([]string{
		`undeliver`, `(?:permanent|temporary|final) delivery`, `.{0,300}\(delivery failed\)`, `non[- ]?deliver`, `delivery (?:status )?(?:notification|failure|failed|has failed|error|problem|report)`,
		`mail (?:delivery|could not|failed|not delivered|system error|status report)`, `(?:returned|rejected|bounced) (?:e?mail|message)`,
		`failure (?:notice|delivery)`, `failed mail`, `delivery (?:has )?fail`, `message (?:delivery|status|could not|not delivered|delayed)`,
		`your message (?:to .{1,200} )?(?:could not|cannot|was not|has not)`, `email delivery failure`, `could not send`, `postmaster.{0,5}email delivery`,
		`warning: (?:message|could not|.{1,200}user unknown)`, `delayed mail`, `the results of your email commands`, `unable to deliver`,
		`unzustellbar`, `zustellung`, `nicht zustellbar`, `non remis`, `échec de (?:la )?(?:remise|distribution)`, `mail non distribué`, `no se (?:pudo|puede) entregar`,
		`não foi possível entregar`, `mancato recapito`, `onbestelbaar`, `olevererbart`, `kan inte levereras`, `недоставленное`, `ваше сообщение не доставлено`,
		`\[postmaster\]`, `配信不能`, `退信`, `系统退信`,
	}, "|") + `)`)
	bounceWords = regexp.MustCompile(`(?i)(?:` + strings.Join([]string{
		`(?:could|can) ?not be delivered`, `(?:was|were) not delivered`, `did not reach`, `unable to deliver`, `wasn'?t able to deliver`, `undeliverable`, `non-delivery report`, `delivery (?:to the following .{0,40})?(?:has )?failed`,
		`permanent (?:fatal )?error`, `following address(?:\(es\)|es)?(?: had| failed)?`, `user unknown`, `unknown user`, `no such user`, `no mailbox here`, `mailbox (?:is )?(?:unavailable|full)`, `does ?n.t (?:exist|have a)`,
		`could not deliver`, `message was not delivered`, `invalid (?:final )?(?:recipient|delivery|address)`, `undelivered`, `quota exceeded`, `user (?:does )?not (?:known|found|exist|listed)`, `over quota`, `rejected`,
		`nicht zugestellt`, `nicht zustellbar`, `pas pu être (?:remis|délivré|distribué)`, `no (?:pudo|ha podido) ser entregado`, `non è stato possibile`, `не может быть доставлено`, `recipient (?:name )?is not recognized`,
	}, "|") + `)`)
	delayWords = regexp.MustCompile(`(?i)(?:still being retried|has been delayed|message (?:has been |is )?delayed|delayed mail|delayed \d+ (?:hours|days)|notification \(delay\)|not yet been delivered|could not be delivered for more than|will be retried|delivery attempts will continue|will continue to (?:try|attempt)|has been postponed|warning message only|delivery delayed|verzögert|retardée)`)
	// returnedMark begins the copy of the returned mail below a notice.
	returnedMark = regexp.MustCompile(`(?mi)^[\s>|*=-]*(?:this is a copy of|copy of (?:the|your) (?:message|mail)|below this line is a copy|(?:your )?original message (?:follows|headers?|text)|the original message (?:follows|is attached)|returned (?:mail|message)|message headers? follows?|unsent message|text of the (?:returned|original) message|attachment is a copy|mensaje original|return-path:|received: from|the first \d+ lines|original message -+$|transcript of session)`)
)

// machineSender tells the addresses that mail systems send from.
var machineSender = regexp.MustCompile(`(?i)(?:mailer[-_. ]?daemon|mail[-_. ]?daemon|postmaster|\bmdaemon|mail[-_. ]delivery|mail delivery (?:sub)?system|mail system|system administrator|delivery subsystem)`)

// machineWords are how mail systems begin, and people do not.
var machineWords = regexp.MustCompile(`(?i)(?:created automatically by mail delivery|automatically generated (?:delivery|non-delivery)|this is the (?:qmail-send program|mail system at|\S+ program at)|mail delivery software)`)

var daemonSender = regexp.MustCompile(`^mailer[-_.]?daemon@`)

// recogniseBounce knows the bounces that are no multipart/report, about every
// second one. Two signs of three must come together: a mail system's sender,
// a bounce's subject, a bounce's words.
func recogniseBounce(m *aside.Mail, b *bodyReader, null bool) bool {
	h := &b.root.header
	failedHeader := h.get("x-failed-recipients")
	subject := bounceSubject.MatchString(m.Subject)
	machine := null || machineSender.MatchString(m.From.Name+" "+m.From.Address+" "+h.get("return-path")) ||
		m.From.Address == "" && machineSender.MatchString(decodeHeader(h.get("from")))
	if !subject && !machine && failedHeader == "" {
		return false
	}
	text := noticeText(m)
	words := bounceWords.MatchString(text)
	delay := delayWords.MatchString(m.Subject + "\n" + text)
	reason := ""
	switch {
	case failedHeader != "":
		reason = "X-Failed-Recipients"
	case daemonSender.MatchString(m.From.Address) && !vacationSubject.MatchString(m.Subject):
		reason = "from MAILER-DAEMON" // no person writes from there
	case machine && subject:
		reason = "a mail system's sender and a bounce's subject"
	case machine && (words || delay) && !vacationSubject.MatchString(m.Subject) && len(m.InReplyTo) == 0:
		reason = "a mail system's sender and a bounce's words"
	case subject && len(m.InReplyTo) == 0 && machineWords.MatchString(text[:min(len(text), 400)]):
		reason = "a bounce's subject and a mail system's words"
	case subject && (words || delay) && len(m.InReplyTo) == 0 && !h.has("user-agent") && !h.has("x-mailer"):
		reason = "a bounce's subject and words"
	default:
		return false
	}
	m.AutoReason = reason
	m.Kind = aside.KindBounce
	if delay && failedHeader == "" {
		m.Kind = aside.KindDelay
	}
	for _, a := range parseAddresses(failedHeader) {
		addFailed(m, aside.FailedRecipient{Address: a.Address, Permanent: m.Kind == aside.KindBounce})
	}
	if b.innerStatus != nil { // a gateway wrapped the report
		readRecipients(m, b.innerStatus)
	}
	if len(m.Failed) == 0 {
		failedInText(m, text)
	}
	if reason == "a bounce's subject and words" && len(m.Failed) == 0 {
		m.Kind, m.AutoReason = aside.KindMail, "" // somebody writes about a bounce
		return false
	}
	readOriginal(m, b)
	return true
}

// noticeText is the part of a bounce that the mail system wrote, without the
// mail that it returns.
func noticeText(m *aside.Mail) string {
	text := bodyText(m)
	if len(text) > maxBounceText {
		text = strings.ToValidUTF8(text[:maxBounceText], "")
	}
	if at := returnedMark.FindStringIndex(text); at != nil && strings.TrimSpace(text[:at[0]]) != "" && strings.ContainsRune(text[:at[0]], '@') {
		text = text[:at[0]]
	}
	return text
}

const addrPattern = `([^\s<>"'():;,\[\]=]{1,64}@[\pL\d][\pL\d.-]{1,250}[\pL\d])`

// failedPatterns find the failed address, surest form first; only the first
// that finds any is used.
var failedPatterns = []*regexp.Regexp{
	regexp.MustCompile(`(?m)^[\s>|*]*<` + addrPattern + `>[:.\s,]`),
	regexp.MustCompile(`(?mi)^[\s>|*-]*["']?` + addrPattern + `["']?\s*(?::|\.\.\.|$|\(|, |- |;| on )`),
	regexp.MustCompile(`(?i)(?:rcpt to:?|rfc822;|smtp=|generated from|(?:userid|mailbox|recipients?|addressed)[\s:,]+)\s*[<"']?` + addrPattern),
	regexp.MustCompile(`(?i)(?:for|user|from|address(?:es)?|addressee|to)[\s:,]+[<"']?` + addrPattern),
	regexp.MustCompile(addrPattern),
}

// failedInText gathers failed addresses from a notice's words.
func failedInText(m *aside.Mail, text string) {
	text += "\n"
	for i, re := range failedPatterns {
		found := false
		all := re.FindAllStringSubmatchIndex(text, maxFailed)
		if i == len(failedPatterns)-1 && len(all) > 4 {
			return // addresses of all sorts: a guess would be wrong
		}
		for _, at := range all {
			addr := cleanAddress(strings.Trim(text[at[2]:at[3]], "."))
			if addr == "" || addr == m.From.Address || machineSender.MatchString(addr) {
				continue
			}
			after := text[at[3]:min(at[3]+400, len(text))]
			addFailed(m, failedAs(addr, after, m.Kind))
			found = true
		}
		if found {
			return
		}
	}
}

// failedAs reads the status in the words after an address.
func failedAs(addr, after string, kind aside.MailKind) aside.FailedRecipient {
	r := aside.FailedRecipient{Address: addr, Permanent: kind == aside.KindBounce}
	if s := statusCode.FindStringSubmatch(after); s != nil && s[1][0] != '2' {
		r.Status = s[1]
	}
	return r
}

var (
	messageIDLine = regexp.MustCompile(`(?mi)^[\s>]*message-id:\s*<([^<>\s]{3,998})>`)
	toLine        = regexp.MustCompile(`(?mi)^[\s>]*to:[ \t]*(\S.{0,500})$`)
)

// readOriginal tells which mail came back, from the copy attached or quoted.
func readOriginal(m *aside.Mail, b *bodyReader) {
	o := &aside.Original{}
	if b.returned != nil {
		o.MessageID = parseMessageID(b.returned.get("message-id"))
		o.To = parseAddresses(b.returned.get("to"))
	} else {
		text := bodyText(m)
		if len(text) > maxBounceText {
			text = strings.ToValidUTF8(text[:maxBounceText], "")
		}
		if s := messageIDLine.FindStringSubmatch(text); s != nil {
			o.MessageID = cleanID(s[1])
		}
		if s := toLine.FindStringSubmatch(text); s != nil {
			o.To = parseAddresses(s[1])
		}
	}
	if b.status != nil && o.MessageID == "" { // RFC 8098 section 3.2.5
		h := readFields(b.status.body)
		o.MessageID = parseMessageID(h.get("original-message-id"))
	}
	if o.MessageID != "" || len(o.To) > 0 {
		m.Original = o
	}
}
