package read

import (
	"bufio"
	"bytes"
	"regexp"
	"strconv"
	"strings"

	"aside"

	"github.com/jhillyerd/enmime/v2"
)

// Limits of what a bounce may name and how far its text is searched.
const (
	maxFailed     = 100
	maxBounceText = 16 << 10
	maxReason     = 300 - len("…")
)

// readDeliveryStatus reads a delivery status notification (RFC 3464): failed
// recipients make it a bounce, delayed ones a delay, and mere success a
// receipt.
func readDeliveryStatus(m *aside.Mail, b *bodyReader) {
	readOriginal(m, b)
	m.AutoReason = "multipart/report, delivery-status"
	failed, delayed, done, nameless := readRecipients(m, b.status)
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
		if delayWords.MatchString(m.Subject+"\n"+text) && !givenUpWords.MatchString(text) {
			m.Kind = aside.KindDelay
		}
	}
	if len(m.Failed) > 0 || m.Kind == aside.KindReceipt {
		return
	}
	failedInText(m, noticeText(m))
	if len(m.Failed) == 1 && nameless.Status != "" { // X.400 has addresses of its own
		nameless.Address = m.Failed[0].Address
		m.Failed[0] = nameless
	}
}

// readRecipients reads the groups of a message/delivery-status; status may be
// nil. The last of those without an address that mail knows is nameless.
func readRecipients(m *aside.Mail, status *part) (failed, delayed, done bool, nameless aside.FailedRecipient) {
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
		if r.Address == "" {
			nameless = r
		}
		addFailed(m, r)
	}
	return failed, delayed, done, nameless
}

// recipientOf reads one group of a delivery status. The address that the
// sender wrote (Original-Recipient) is the one the sender knows.
func recipientOf(h *header) aside.FailedRecipient {
	r := aside.FailedRecipient{}
	for _, name := range []string{"original-recipient", "final-recipient", "x-actual-recipient"} {
		v := h.get(name)
		if kind, a, ok := strings.Cut(v, ";"); ok {
			if v = a; strings.EqualFold(strings.TrimSpace(kind), "utf-8") {
				v = unescape(v)
			}
		}
		if a := parseAddresses(v); len(a) > 0 && r.Address == "" {
			r.Address = a[0].Address
		}
	}
	diagnostic := h.get("diagnostic-code")
	r.Status = statusOf(h.get("status"), diagnostic)
	// The type before the words, as "smtp;", tells people nothing.
	if kind, words, ok := strings.Cut(diagnostic, ";"); ok && !strings.ContainsAny(strings.TrimSpace(kind), " \t") {
		diagnostic = words
	}
	r.Reason = shorten(decodeHeader(diagnostic), maxReason)
	return r
}

var escaped = regexp.MustCompile(`\\x\{([0-9A-Fa-f]{2,6})\}`)

// unescape reads the ASCII form of an international address (RFC 6533 section 3).
func unescape(s string) string {
	return escaped.ReplaceAllStringFunc(s, func(e string) string {
		r, _ := strconv.ParseUint(e[len(`\x{`):len(e)-1], 16, 32)
		return string(rune(r))
	})
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
			if m.Failed[i].Reason == "" {
				m.Failed[i].Reason = r.Reason
			}
			m.Failed[i].Permanent = m.Failed[i].Permanent || r.Permanent
			return
		}
	}
	m.Failed = append(m.Failed, r)
}

// recogniseBounce knows the bounces that are no multipart/report, about every
// second one. Two signs of three must come together: a mail system's sender,
// a bounce's subject, a bounce's words.
func recogniseBounce(m *aside.Mail, b *bodyReader, null bool) bool {
	h := &b.root.header
	failedHeader := h.get("x-failed-recipients")
	subject := bounceSubject.MatchString(m.Subject)
	machine := null || machineSender.MatchString(m.From.Name) || machineSender.MatchString(localPart(m.From.Address)) || machineSender.MatchString(localPart(h.get("return-path"))) ||
		m.From.Address == "" && machineSender.MatchString(decodeHeader(h.get("from")))
	if !subject && !machine && failedHeader == "" {
		return false
	}
	text := noticeText(m)
	delay := delayWords.MatchString(m.Subject+"\n"+text) && !givenUpWords.MatchString(text)
	words := bounceWords.MatchString(text)
	if machine && !words && !delay && failedHeader == "" && deliveredWords.MatchString(m.Subject+"\n"+text) {
		readOriginal(m, b)
		return setKind(m, aside.KindReceipt, "a mail system's sender and words of delivery")
	}
	reason := bounceReason(m, h, signs{failedHeader != "", subject, machine, null, words || delay}, text)
	if reason == "" {
		return false
	}
	m.AutoReason = reason
	m.Kind = aside.KindBounce
	if delay && (failedHeader == "" || delayWords.MatchString(m.Subject)) {
		m.Kind = aside.KindDelay
	}
	readOriginal(m, b)
	if named := parseAddresses(failedHeader); len(named) > 0 {
		failedNamed(m, named, text)
	}
	if b.innerStatus != nil { // a gateway wrapped the report
		readRecipients(m, b.innerStatus)
	}
	if len(m.Failed) == 0 {
		failedInText(m, text)
	}
	if reason == bareReason && aboutBounce(m, text) || reason == wordsReason && tellsOf.MatchString(text) ||
		(reason == bareReason || reason == wordsReason) && ofParcel(m, text) {
		m.Kind, m.AutoReason, m.Original, m.Failed = aside.KindMail, "", nil, nil
		return false
	}
	if reason == bareReason || reason == wordsReason {
		m.Unmarked = aside.UnmarkedByWords
	}
	return true
}

// tellsOf is what people say of a bounce that they got, and mail systems do not.
var tellsOf = regexp.MustCompile(`(?i)(?:^|[^\pL])(?:(?:I|we) (?:get|got|keep|always|only|still|receive|received|tried|try|sent|need|want|have (?:tried|sent|got|received))\b|please (?:fix|help|call|advise|tell)|(?:what|why) (?:is|does|do|did|can)\b|(?:ich|wir) (?:bekomm|erhalt|erhielt|bekam|hab|woll|kann|könn|versuch)|bitte (?:helfen|beheben|prüfen|melden|rufen)|(?:je|nous) (?:reçois|recevons|n['’]arrive|voudrais)|j['’]ai (?:reçu|essayé|envoyé)|recib[oí]|he (?:recibido|enviado|intentado)|ho (?:ricevuto|inviato|provato)|ricevo|ik (?:krijg|heb|kan|wil))`)

// aboutBounce reports that somebody may be writing about a bounce: nobody is
// named whom mail did not reach, or we are, or it greets or asks.
func aboutBounce(m *aside.Mail, text string) bool {
	for _, f := range m.Failed {
		if isRecipient(m, f.Address) {
			return true
		}
	}
	// People sign with their addresses.
	robot := robotSender.MatchString(m.From.Name + " " + m.From.Address)
	return len(m.Failed) == 0 || strings.ContainsAny(text, "?？") || salutation.MatchString(text) || tellsOf.MatchString(text) ||
		!robot && statusIn(text) == "" && !mailSubject.MatchString(m.Subject)
}

// ofParcel reports that what could not be delivered may be no mail: it is a parcel
// by name, not only in the returned mail's subject, no mail server gave a code, and
// no mail is named that would have been delivered.
func ofParcel(m *aside.Mail, text string) bool {
	subject, _, _ := strings.Cut(m.Subject, ":")
	text = subjectLine.ReplaceAllString(text, "")
	return statusIn(text) == "" && parcelWords.MatchString(m.From.Name+" "+subject+"\n"+text) && !yourMail.MatchString(text)
}

var (
	subjectLine = regexp.MustCompile(`(?mi)^[\s>]*(?:subject|betreff|objet|asunto|oggetto|onderwerp|assunto|ämne|emne|aihe|temat|předmět|predmet|tárgy|subiect|konu|тема|件名|主题|主旨|제목)\s*[:：].*$`)
	yourMail    = regexp.MustCompile(`(?i)(?:^|[^\pL])(?:(?:your|this|the following|a) (?:e-?mail|message|mail)(?: message)? (?:to|was|could|has|had|did|you|that|sent|from|cannot|can|is|with|not)|(?:ihre|deine|die folgende) (?:e-?mail|nachricht) |votre (?:message|courriel|e-?mail) |(?:su|tu) (?:mensaje|correo) |(?:sua|tua) mensagem |(?:suo|tuo) messaggio |uw (?:bericht|e-?mail) |ваше (?:сообщение|письмо) )`)
)

var (
	robotSender = regexp.MustCompile(`(?i)(?:^|[^\pL])(?:mail ?(?:er|gateway|server|service|admin)\pL*|smtp|gateway|daemon|no-?reply|do-?not-?reply|admin\pL*|antivirus|system|service|mta|notification|bounces?|delivery|postfix|exchange)(?:[^\pL]|$)`)
	mailSubject = regexp.MustCompile(`(?i)(?:undeliver(?:able|ed)|non-?delivery (?:report|notif)|returned (?:e?-?mail|message)|\(delivery failed\)|delivery status notification|failure notice|e?-?mail (?:could not|delivery))`)
)

var salutation = regexp.MustCompile(`(?mi)^\s*(?:hi|hello|hey|dear|good (?:morning|day|afternoon|evening)|hallo|guten (?:tag|morgen)|sehr geehrte|moin|liebe[rs]?|bonjour|salut|ch[eè]re?|hola|buenos|estimad[oa]s?|ciao|buon ?giorno|gentil[ei]|ol[áa]|bom dia|prezad[oa]|geachte|beste|hej|hei|dzień dobry|szanown|dobrý den|здравствуйте|добрый)(?:[\s,.!]|$)`)

// localPart is the part of an address that names a mailbox, with its @: the
// domain of a courier may sound like a mail system.
func localPart(address string) string {
	if at := strings.LastIndexByte(address, '@'); at >= 0 {
		return strings.TrimLeft(address[:at+1], "< ")
	}
	return address
}

// signs are what speaks for a bounce: the field of Exim and others, a subject,
// a sender, the null sender, words.
type signs struct{ field, subject, machine, null, words bool }

// Reasons to take a mail of an ordinary sender for a bounce.
const (
	bareReason  = "a bounce's subject and words"
	wordsReason = "a bounce's subject and a mail system's words"
)

// bounceReason weighs the signs; empty means that they do not suffice.
func bounceReason(m *aside.Mail, h *header, s signs, text string) string {
	answer := len(m.InReplyTo) > 0 && !s.null
	away := vacationSubject.MatchString(m.Subject)
	begins := machineWords.MatchString(text[:min(len(text), 600)])
	switch {
	case s.field:
		return "X-Failed-Recipients"
	case daemonSender.MatchString(m.From.Address) && !away && !vacationWords.MatchString(text):
		return "from MAILER-DAEMON" // no person writes from there
	case s.machine && s.subject && !away && !answer:
		return "a mail system's sender and a bounce's subject"
	case s.machine && s.words && !away && !answer:
		return "a mail system's sender and a bounce's words"
	case s.subject && !answer && begins:
		return wordsReason
	case s.subject && s.words && !answer && !h.has("user-agent") && !personsProgram(h.get("x-mailer")):
		return bareReason
	}
	return ""
}

// personsProgram reports a mail program that people write with; gateways name
// themselves in X-Mailer, too.
func personsProgram(mailer string) bool {
	return mailer != "" && !machineMailer.MatchString(mailer)
}

var machineMailer = regexp.MustCompile(`(?i)(?:smtp32|internet mail service|internet mail connector|surfcontrol|m-filter|mailmarshal|groupwise internet agent|mdaemon|cdo for windows|php|swiftmailer|mail gateway|mailenable|interscan|symantec|bounce)`)

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
