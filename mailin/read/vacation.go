package read

import (
	"regexp"
	"strings"
	"time"

	"aside"
	"aside/reply/pattern"
	"aside/reply/phrases"
)

// recogniseVacation knows absences, receipts and acknowledgements of programs
// that do not mark them. The null sender is evidence by itself: no person's
// mail has it (RFC 5321 section 4.5.5). A subject needs a second sign, because
// people write about their absence, too, and about automatic answers; without
// one it is only noted.
func recogniseVacation(m *aside.Mail, h *header, null bool) bool {
	subject, text := vacationSubject.MatchString(m.Subject), strings.TrimSpace(bodyText(m))
	switch {
	case null && subject:
		return setKind(m, aside.KindAuto, "null sender and the subject of an absence")
	case null:
		return setKind(m, aside.KindAuto, "null sender")
	case !subject && !awayName.MatchString(m.Subject) && !receiptSubject.MatchString(m.Subject) && !recallSubject.MatchString(m.Subject) && !firstLine.MatchString(text):
		return false // as nearly all mail
	}
	l := unmarkedOf(m)
	l.suppresses = h.has("x-auto-response-suppress")
	switch {
	case autoPrefix.MatchString(m.Subject) && l.suppresses:
		return setKind(m, aside.KindAuto, "X-Auto-Response-Suppress and the subject of an absence")
	case l.answer():
		return setUnmarked(m, aside.UnmarkedBySubject, aside.KindAuto, "the subject of an automatic answer")
	case subject && l.absence():
		return setUnmarked(m, aside.UnmarkedBySubject, aside.KindAuto, "the subject and the words of an absence")
	case l.saysSo() && !forwardSubject.MatchString(m.Subject):
		return setUnmarked(m, aside.UnmarkedByWords, aside.KindAuto, "its first line says that it is automatic")
	case receiptSubject.MatchString(m.Subject) && l.receipt():
		return setUnmarked(m, aside.UnmarkedBySubject, aside.KindReceipt, "the subject and the words of a receipt")
	case recallSubject.MatchString(m.Subject) && recallWords.MatchString(l.text):
		return setUnmarked(m, aside.UnmarkedBySubject, aside.KindAuto, "Outlook recalls a message")
	case subject && (l.answers || vacationWords.MatchString(l.text)) || firstLine.MatchString(l.text) && !forwardSubject.MatchString(m.Subject) ||
		autoPrefix.MatchString(m.Subject) || receiptSubject.MatchString(m.Subject) || recallSubject.MatchString(m.Subject):
		m.LooksAutomatic = true
	}
	return false
}

// unmarked is what a mail that may be a program's has to be known by.
type unmarked struct {
	subject, text string // the text is its own words alone
	sent          time.Time
	answers       bool // names a mail that it answers
	suppresses    bool // wants no answer of a machine, as Exchange's responders do
}

func unmarkedOf(m *aside.Mail) unmarked {
	text := ownWords(strings.TrimSpace(bodyText(m)))
	return unmarked{subject: m.Subject, text: strings.ToValidUTF8(text[:min(len(text), 1500)], ""), sent: m.Date,
		answers: len(m.InReplyTo) > 0 || len(m.References) > 0}
}

// opening bounds the words with which a program says what it is, in octets: it
// says so first.
const opening = 300

func (l unmarked) begins(words *pattern.Pattern) bool {
	return words.MatchString(strings.ToValidUTF8(l.text[:min(len(l.text), opening)], ""))
}

// answer knows automatic answers by a program's own subject.
func (l unmarked) answer() bool {
	if l.answers && autoColon.MatchString(l.subject) {
		return true
	}
	if (l.answers && awayRe.MatchString(l.subject) || l.suppresses && awayColon.MatchString(l.subject) || awayName.MatchString(l.subject) && !returnDate(l.text, l.sent).IsZero()) &&
		l.begins(absence) && !l.asks() && !strings.ContainsAny(l.text, "?？") {
		return true
	}
	// "Automatic reply does not work" is a person's matter.
	meant := l.answers || l.begins(absence) || autoAlone.MatchString(l.subject) && l.begins(vacationWords)
	return meant && autoPrefix.MatchString(l.subject) && !l.asks()
}

// absence knows an absence that lasts, of a writer who wants nothing. The subject
// may be a person's, and so may words of an absence that is over or to come.
func (l unmarked) absence() bool {
	if answerSubject.MatchString(l.subject) || !l.begins(vacationWords) || l.asks() || strings.ContainsAny(l.text, "?？") {
		return false
	}
	return presently.MatchString(l.text) || absence.MatchString(l.text) && !returnDate(l.text, l.sent).IsZero()
}

// asks reports that somebody wants something.
func (l unmarked) asks() bool {
	if yourAnswer.MatchString(l.text) {
		return true
	}
	for _, s := range sentenceEnd.Split(l.text, -1) {
		if politely.MatchString(s) && !elsewhere.MatchString(s) {
			return true
		}
	}
	return false
}

var sentenceEnd = regexp.MustCompile(`[.!?]\s|[。！？]|\n\s*\n`)

// saysSo knows a program by the first line, unless that asks what it means.
func (l unmarked) saysSo() bool {
	text := strings.TrimSpace(l.text)
	line, _, _ := strings.Cut(text, "\n")
	return firstLine.MatchString(text) && (!strings.ContainsAny(line, "?？") || strings.Contains(line, "://"))
}

// receipt knows a receipt by its words and what stands beside them: the header
// lines of the mail that was read, or when.
func (l unmarked) receipt() bool {
	return receiptWords.MatchString(l.text) && receiptFacts.MatchString(l.text)
}

var receiptFacts = regexp.MustCompile(`(?mi)(?:^[ \t]*\pL[\pL ]{0,20}[ \t]?[:：][ \t]|without being read|ungelesen|no guarantee|supprimé sans|\bon \pL+day\b|(?:^|\D)\d{1,2}(?:[.:/-] ?\d{1,2}|\.? \pL{3,})|20\d\d|\d ?[月월])`)

// ownWords is a text above the mail that it quotes, without quoted lines.
func ownWords(text string) string {
	if len(text) > maxOwnWords {
		text = strings.ToValidUTF8(text[:maxOwnWords], "")
	}
	lines := strings.Split(text, "\n")
	var own []string
	for i, line := range lines {
		clean := phrases.Clean(strings.TrimSpace(line))
		if strings.HasPrefix(clean, ">") {
			continue
		}
		if phrases.Original(clean) || phrases.Wrote(clean) && phrases.Date(clean) && strings.HasSuffix(clean, ":") && !quotes(lines[i+1:]) ||
			headerLines(lines[i:]) >= 3 {
			break
		}
		own = append(own, line)
	}
	return strings.TrimSpace(strings.Join(own, "\n"))
}

// maxOwnWords bounds the text in which a program's words and dates are looked
// for, in octets.
const maxOwnWords = 8000

// quotes reports whether the next line with words has a quote sign: what follows
// those may be the writer's again.
func quotes(lines []string) bool {
	for _, l := range lines {
		if l = strings.TrimSpace(l); l != "" {
			return strings.HasPrefix(l, ">")
		}
	}
	return false
}

// headerLines counts the copied header lines that lines begin with; the first is
// a sender.
func headerLines(lines []string) (n int) {
	for _, l := range lines {
		label, _ := phrases.Header(phrases.Clean(strings.TrimSpace(l)), false)
		if label == phrases.None || n == 0 && label != phrases.From {
			return n
		}
		n++
	}
	return n
}

// bulkAbsence reports an absence that only says "Precedence: bulk", as programs
// older than RFC 3834 do.
func bulkAbsence(m *aside.Mail) bool {
	text := bodyText(m)
	text = strings.ToValidUTF8(text[:min(len(text), 1500)], "")
	answers := len(m.InReplyTo) > 0 || len(m.References) > 0
	return vacationSubject.MatchString(m.Subject) || answers && vacationWords.MatchString(text)
}

// challengeSubject and challengeWords are those of services that let a mail
// through once its sender has answered them.
var (
	challengeSubject = pattern.MustCompile(`(?i)(?:(?:please )?(?:confirm|verify|validate) (?:your|that your|the delivery of your) (?:e-?mail|message|mail|address|identity)|confirmation (?:required|needed|request)|(?:sender|e-?mail) (?:verification|confirmation|validation|authentication)|your (?:e-?mail|message|mail).{0,60}(?:requires?|needs?|awaits?|awaiting) (?:verification|confirmation|approval|authori)|spam ?(?:arrest|blocker|filter)|boxbe|challenge|\[mail (?:verification|confirmation)|bitte bestätigen sie ihre (?:e-?mail|nachricht)|wartet auf (?:bestätigung|freigabe)|vérification de (?:l')?expéditeur|mailinblack)`)
	challengeWords   = regexp.MustCompile(`(?i)(?:(?:is|being|been|are) (?:now )?(?:held|quarantined|waiting|on hold|blocked)|(?:will|can|could) (?:not )?be delivered|to (?:ensure|complete|confirm|allow|have|release|verify).{0,80}(?:delivery|delivered|message|mail)|only (?:have to|need to) (?:do this|confirm|verify)|(?:do|does) not (?:recogni[sz]e|know) (?:your|you)|approved senders?|white ?list|(?:just )?(?:click|reply).{0,80}(?:verify|confirm|deliver|human)|antworten sie einfach|klicken sie|cliquez|(?:pour|afin) (?:que|de).{0,60}(?:message|authentif))`)
)

// recogniseChallenge knows such services where they do not mark their mail.
func recogniseChallenge(m *aside.Mail, h *header) bool {
	for _, name := range []string{"X-Tmda-Fingerprint", "X-Tmda-Confirm", "X-Spamarrest-Id", "X-Boxbe-Mail", "X-Mailinblack", "X-Challenge-Response", "X-Uol-Antispam", "X-Cr-Hashedpuzzle-Challenge"} {
		if h.has(name) {
			return setKind(m, aside.KindAuto, strings.ToLower(name))
		}
	}
	text := bodyText(m)
	text = text[:min(len(text), 3000)]
	if challengeSubject.MatchString(m.Subject) && challengeWords.MatchString(text) && strings.Contains(strings.ToLower(text), "http") {
		return setUnmarked(m, aside.UnmarkedBySubject, aside.KindAuto, "a challenge to the sender")
	}
	return false
}
