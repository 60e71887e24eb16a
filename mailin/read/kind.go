package read

import (
	"bytes"
	"net/url"
	"regexp"
	"strings"

	"aside"
	"aside/reply/pattern"
)

// recognise decides what sort of thing the mail is. Every kind but KindMail
// needs evidence that no person wrote it for this desk: a header that says so,
// a report's structure, a null sender. A subject or a name alone never
// suffices, because a customer's mail taken for automatic is a customer
// unheard. AutoReason tells which evidence it was.
func recognise(m *aside.Mail, b *bodyReader) {
	h := &b.root.header
	null := nullSender(h, b.opts.MailFrom)
	for _, look := range []func() bool{
		func() bool { return recogniseReport(m, b, null) },
		func() bool { return recogniseBounce(m, b, null) },
		func() bool { return recogniseReaction(m, b) },
		func() bool { return recogniseCalendar(m, b) },
		func() bool { return recogniseAuto(m, h) },
		func() bool { return recogniseChallenge(m, h) },
		func() bool { return recogniseList(m, h) },
		func() bool { return recogniseVacation(m, h, null) },
	} {
		if look() {
			break
		}
	}
	switch m.Kind {
	case aside.KindBounce, aside.KindDelay, aside.KindReceipt:
		m.Forwarded = nil // the mail that comes back is ours, and Original's
	case aside.KindAuto:
		m.Until = returnDate(m.Subject+"\n"+ownWords(bodyText(m)), m.Date)
	}
}

// nullSender reports whether the envelope sender is null; where the envelope
// is not known, Return-Path tells (RFC 5321 section 4.4).
func nullSender(h *header, mailFrom *string) bool {
	if mailFrom != nil {
		return *mailFrom == ""
	}
	return h.has("return-path") && strings.TrimSpace(h.get("return-path")) == "<>"
}

func setKind(m *aside.Mail, k aside.MailKind, reason string) bool {
	m.Kind, m.AutoReason = k, reason
	return true
}

// setUnmarked is setKind on the evidence of a mail's subject or words alone.
func setUnmarked(m *aside.Mail, by aside.Unmarked, k aside.MailKind, reason string) bool {
	m.Unmarked = by
	return setKind(m, k, reason)
}

// setProgram is setKind on the evidence that a program sent the mail. Zendesk
// and Freshdesk put Auto-Submitted: auto-generated, Request Tracker and OTRS
// Precedence: bulk, and groups List-Id on what people write in them; responders
// say auto-replied (RFC 3834 section 5), or what Exchange says: that they are
// away.
func setProgram(m *aside.Mail, k aside.MailKind, reason string) bool {
	l := unmarkedOf(m)
	if !vacationSubject.MatchString(m.Subject) && !autoPrefix.MatchString(m.Subject) && !l.absence() && !l.saysSo() {
		m.Unmarked = aside.UnmarkedByProgram
	}
	return setKind(m, k, reason)
}

// maxJudged bounds the HTML whose words are looked at for a mail's kind, in
// octets. It is looked at several times.
const maxJudged = 256 << 10

// bodyText is the words of a mail, whichever form they came in, from their
// beginning.
func bodyText(m *aside.Mail) string {
	if strings.TrimSpace(m.Text) == "" && m.HTML != "" {
		return plainText(strings.ToValidUTF8(m.HTML[:min(len(m.HTML), maxJudged)], ""))
	}
	return m.Text
}

var (
	// reportFile is how DMARC and TLS reports are called (RFC 7489 section
	// 7.2.1.1, RFC 8460 section 5.1): receiver!domain!from!to.
	reportFile = regexp.MustCompile(`(?i)^[\w.-]+![\w.-]+!\d{6,12}!\d{6,12}(?:![^.]{1,200})?(?:!\d+)?\.(?:xml|json|zip|gz)`)
	// complaintSubject is that of feedback loops older than RFC 5965.
	complaintSubject = pattern.MustCompile(`(?i)^(?:complaint about message from|e-?mail feedback report for|abuse (?:report|complaint)|spam (?:report|complaint) (?:for|from)|fbl report|jmr-?p)`)
	reportSubject    = pattern.MustCompile(`(?i)^.{0,60}report[ -]domain:.{1,300}submitter:|^.{0,40}dmarc (?:forensic|failure|aggregate) report`)
)

// recogniseReport knows reports by their structure (RFC 6522) and DMARC's
// aggregates, which have none, by their subject (RFC 7489 section 7.2.1.1).
func recogniseReport(m *aside.Mail, b *bodyReader, null bool) bool {
	kind := ""
	if b.root.mediaType == "multipart/report" {
		kind = strings.ToLower(b.root.params["report-type"])
	}
	// Without multipart/report the status may be a file that a person sends on.
	if b.status != nil && (b.root.mediaType == "multipart/report" || b.root.mediaType == b.status.mediaType ||
		b.root.params["report-type"] != "" || null || machineSender.MatchString(m.From.Address)) {
		kind = strings.TrimPrefix(b.status.mediaType, "message/")
	}
	switch kind {
	case "delivery-status", "global-delivery-status":
		readDeliveryStatus(m, b)
		return true
	case "disposition-notification":
		readReceipt(m, b)
		return true
	case "feedback-report", "tlsrpt":
		return setKind(m, aside.KindReport, "multipart/report, "+kind)
	}
	for _, p := range b.types {
		switch p.mediaType {
		case "application/tlsrpt+gzip", "application/tlsrpt+json":
			return setKind(m, aside.KindReport, p.mediaType)
		}
	}
	for _, a := range m.Attachments {
		if reportFile.MatchString(a.Name) {
			return setKind(m, aside.KindReport, "a report's file name")
		}
	}
	if complaintSubject.MatchString(m.Subject) && (null || b.returned != nil) {
		return setKind(m, aside.KindReport, "subject of a complaint")
	}
	if reportSubject.MatchString(m.Subject) && (len(m.Attachments) > 0 || b.root.mediaType == "multipart/report") {
		return setKind(m, aside.KindReport, "subject of a DMARC report")
	}
	return false
}

// readReceipt reads a disposition notification (RFC 8098). Some servers refuse
// mail by one: an automatic action whose words are a bounce's.
func readReceipt(m *aside.Mail, b *bodyReader) {
	readOriginal(m, b)
	setKind(m, aside.KindReceipt, "multipart/report, disposition-notification")
	if b.status == nil {
		return
	}
	h := readFields(b.status.body)
	if d := strings.ToLower(h.get("disposition")); strings.HasPrefix(d, "automatic-action") && strings.Contains(d, "deleted") && bounceWords.MatchString(noticeText(m)) {
		setKind(m, aside.KindBounce, "an automatic disposition with a bounce's words")
		r := recipientOf(&h)
		r.Permanent = true
		addFailed(m, r)
	}
}

// reactionLines are Outlook's words for a reaction, with the name left out.
var reactionLines = pattern.MustCompile(`(?i)^.{1,120}(?: reacted to your (?:message|e-?mail)| (?:liked|loved|laughed at) your (?:message|e-?mail)| reacted (?:with .{1,12} )?via Gmail.{0,200}| hat (?:auf (?:Ihre|deine) (?:Nachricht|E-Mail) reagiert|(?:über|via) Gmail reagiert.{0,200})| a réagi (?:à (?:votre|ton) message|via Gmail.{0,200})| (?:ha reaccionado|reaccionó) (?:a(?:l| su| tu)? mensaje|a través de Gmail.{0,200})| ha reagito (?:al (?:tuo|suo) messaggio|tramite Gmail.{0,200})|` +
	` heeft (?:gereageerd op (?:uw|je) bericht|gereageerd via Gmail.{0,200})| reagiu (?:à (?:sua|tua) mensagem|(?:pelo|via) Gmail.{0,200})| (?:har reagerat|reagerade) på ditt meddelande| (?:har reageret|reagerede) på din meddelelse| reagerte på meldingen din| reagoi viestiisi| zareagował\(?a?\)? na (?:Twoją|twoją) wiadomość| reagoval\(?a?\)? na (?:vaši|tvou) zprávu| отреагировал\(?а?\)? на ваше сообщение| iletinize tepki verdi)\s?[:.]?$`)

// recogniseReaction knows an emoji sent by button: Gmail's own part type, and
// Outlook's mail, whose first line is always the same above the quoted mail.
func recogniseReaction(m *aside.Mail, b *bodyReader) bool {
	for _, p := range b.types {
		if p.mediaType == "text/vnd.google.email-reaction+json" {
			return setKind(m, aside.KindReaction, p.mediaType)
		}
	}
	if b.root.has("x-ms-reactions-count") || b.root.has("x-ms-exchange-reaction") {
		return setKind(m, aside.KindReaction, "Outlook's reaction header")
	}
	if len(m.InReplyTo) == 0 && len(m.References) == 0 {
		return false
	}
	text := strings.TrimSpace(bodyText(m))
	first, rest, _ := strings.Cut(text, "\n")
	if len([]rune(strings.TrimSpace(first))) <= 4 { // the emoji itself, then who
		first, rest, _ = strings.Cut(strings.TrimSpace(rest), "\n")
	}
	if !reactionLines.MatchString(strings.TrimSpace(first)) {
		return false
	}
	// Nothing but Outlook's rule and the quoted mail may follow.
	rest = strings.TrimSpace(rest)
	if ownWords(rest) == "" || strings.HasPrefix(rest, "____") {
		return setUnmarked(m, aside.UnmarkedByWords, aside.KindReaction, "Outlook's words for a reaction")
	}
	return false
}

var calendarReply = regexp.MustCompile(`(?mi)^METHOD:\s*REPLY\s*$`)

// recogniseCalendar knows an answer to an invitation (RFC 5546 section 3.2.3),
// which a calendar writes when somebody presses Accept. What that person says
// beside it makes it a person's mail, as is an invitation with its file. Without
// it somebody has decided something all the same, which a machine only reports.
func recogniseCalendar(m *aside.Mail, b *bodyReader) bool {
	if b.calendar == nil {
		return false
	}
	body := b.calendar.body[:min(len(b.calendar.body), 64<<10)]
	if !strings.EqualFold(b.calendar.params["method"], "reply") && !calendarReply.Match(bytes.ReplaceAll(body, []byte("\r"), nil)) {
		return false
	}
	words := ownWords(bodyText(m))
	if first, _, _ := strings.Cut(words, "\n"); len(strings.Fields(words)) >= 3 && !calendarWords.MatchString(first) {
		m.LooksAutomatic = true
		return false
	}
	return setUnmarked(m, aside.UnmarkedByWords, aside.KindAuto, "calendar answer")
}

// calendarWords is in the first line of what calendars write into their answers.
var calendarWords = anyOf(`^.{0,120}(?:^|[^\pL])`, []string{`accepted`, `declined`, `tentative(?:ly)?`, `zugesagt`, `angenommen`, `abgesagt`, `abgelehnt`, `mit vorbehalt`, `accepté`, `refusé`, `décliné`, `provisoire`, `aceptado`, `rechazado`, `aceitou`, `recusou`, `aceito`, `recusado`,
	`accettato`, `rifiutato`, `geaccepteerd`, `geweigerd`, `afgewezen`, `accepterat`, `tackat`, `accepteret`, `afvist`, `akseptert`, `avslått`, `hyväksy`, `hylän`, `zaakceptow`, `odrzuc`, `přijal`, `odmít`, `принял`, `отклонил`, `kabul etti`, `reddetti`}, `|^.{0,60}(?:承諾|辞退|已接受|已拒绝|已謝絕|接受了|수락|거절)`)

// recogniseAuto knows mail that says itself that a machine sent it.
// X-Auto-Response-Suppress alone only asks not to be answered by machines, and
// Exchange puts it on people's mail too.
func recogniseAuto(m *aside.Mail, h *header) bool {
	isList := h.has("list-id") || h.has("list-post")
	for _, v := range h.all("auto-submitted") {
		v, _ = parseParams(v) // RFC 3834 section 5: a keyword, then parameters
		switch {
		case v == "no" || v == "":
		case isList && v != "auto-replied":
			// A list or a notification service; which of both is for List-Id.
		case v == "auto-generated":
			return setProgram(m, aside.KindAuto, "Auto-Submitted: "+v)
		default:
			return setKind(m, aside.KindAuto, "Auto-Submitted: "+printableWord(v))
		}
	}
	for _, name := range []string{"X-Autoreply", "X-Auto-Reply", "X-Autorespond", "X-Autoresponder", "X-Autoreply-From",
		"X-Mail-Autoreply", "X-Auto-Response", "X-Vacation", "X-Autoreply-Domain", "X-Amazon-Auto-Reply"} {
		if v := strings.ToLower(h.get(name)); h.has(name) && v != "no" && v != "false" && v != "0" {
			return setKind(m, aside.KindAuto, strings.ToLower(name))
		}
	}
	if strings.EqualFold(h.get("x-autogenerated"), "reply") || strings.EqualFold(h.get("x-fc-machinegenerated"), "true") ||
		strings.Contains(strings.ToLower(h.get("x-post-messageclass")), "autoresponder") ||
		strings.Contains(strings.ToLower(h.get("delivered-to")), "autoresponder") {
		return setKind(m, aside.KindAuto, "an autoresponder's header")
	}
	p := strings.ToLower(h.get("precedence"))
	if p == "" {
		p = strings.ToLower(h.get("x-precedence"))
	}
	switch p {
	case "auto_reply", "auto-reply", "autoreply":
		return setKind(m, aside.KindAuto, "Precedence: "+p)
	}
	return false
}

// printableWord keeps a header's keyword short enough to be shown.
func printableWord(s string) string {
	if len(s) > 40 {
		s = s[:40]
	}
	return oneLine(s)
}

// listAddresses are the addresses of the list that a mail came by: what
// List-Post names (RFC 2369 section 3.4), and List-Id read as one, whose first
// dot stands where the address has its @ (RFC 2919 section 2). Who lets a list
// carry mail to a desk gives it the desk's own address; that is no mail to many.
func listAddresses(h *header) (out []string) {
	if v, _ := parseParams(h.get("auto-submitted")); v != "" && v != "no" {
		return nil
	}
	for _, m := range listPost.FindAllStringSubmatch(h.get("list-post"), 4) {
		if a, err := url.PathUnescape(m[1]); err == nil && cleanAddress(a) != "" {
			out = append(out, cleanAddress(a))
		}
	}
	if m := listID.FindStringSubmatch(h.get("list-id")); m != nil {
		if a := cleanAddress(m[1] + "@" + m[2]); a != "" {
			out = append(out, a)
		}
	}
	return out
}

var (
	listPost = regexp.MustCompile(`(?i)<mailto:([^>?\s]{3,254})(?:\?[^>]*)?>`)
	listID   = regexp.MustCompile(`<?([^<>\s.@]{1,64})\.([^<>\s@]{3,250})>?\s*$`)
)

// recogniseList knows mail to many. List-Unsubscribe is the mark of a sender
// of newsletters, but tools of sales people put it on personal answers as
// well: where the mail answers one of ours (it has In-Reply-To), it is not
// taken as evidence.
func recogniseList(m *aside.Mail, h *header) bool {
	for _, name := range []string{"list-id", "list-post", "x-mlserver", "x-ml-name", "x-beenthere"} {
		if h.get(name) != "" {
			m.ListOf = listAddresses(h)
			return setProgram(m, aside.KindList, name)
		}
	}
	switch p := strings.ToLower(h.get("precedence")); p {
	case "bulk", "list", "junk":
		if p != "list" && h.get("list-unsubscribe") == "" && bulkAbsence(m) {
			return setKind(m, aside.KindAuto, "Precedence: "+p+" and the words of an absence")
		}
		return setProgram(m, aside.KindList, "Precedence: "+p)
	}
	if h.get("list-unsubscribe") != "" && len(m.InReplyTo) == 0 && len(m.References) == 0 {
		return setKind(m, aside.KindList, "list-unsubscribe")
	}
	return false
}
