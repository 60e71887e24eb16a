package read

import (
	"regexp"
	"strings"

	"aside"
	"aside/reply/pattern"
)

// replyPrefix may stand before an automatic subject: some responders answer
// with "Re:" themselves.
const replyPrefix = `^\s*(?:(?:re|aw|antw|sv|vs|r|res|rv|odp|vá|ynt|回复|答复)\s*[:：]\s*)?\W*`

// autoPrefix begins the subjects that programs, and no people, write.
var autoPrefix = anyOf(`^\W*`, autoPrefixes, ``)

var vacationSubject = anyOf(replyPrefix, append([]string{
	`out of (?:the )?office`, `out-of-office`, `on (?:vacation|holidays?|leave|annual leave|parental leave|maternity leave)\b`, `vacation\b`, `away from`, `(?:currently )?away\b`, `\boof\b`, `\booo\b`, `not in (?:the )?office`,
	`abwesen`, `urlaub`, `nicht im (?:büro|haus)`, `afwezig`, `niet aanwezig`, `vakantie`, `absence\b`, `absent\(?e?\)?(?:\b|$)`, `message d.absence`, `en (?:congés?|vacances)\b`,
	`fuera de (?:la )?oficina`, `ausen(?:te|cia)`, `de vacaciones`, `fora d[eo] escrit[óo]rio`, `em férias`, `de férias`, `fuori (?:sede|ufficio)`, `assen(?:za|te)`, `in ferie`,
	`frånvar`, `fravær`, `på (?:semester|ferie)`, `poissa`, `lomalla`, `nieobecn`, `poza biurem`, `urlop`, `nepřítomn`, `mimo kancelář`, `dovolená`, `neprítomn`, `dovolenka`, `távollét`, `házon kívül`, `szabadság`, `absenț`, `concediu`, `în afara biroului`,
	`вне офиса`, `в отпуске`, `отпуск\b`, `отсутств`, `відпустк`, `поза офісом`, `ofis dışında`, `izinli`, `εκτός (?:γραφείου|έδρας)`, `σε άδεια`, `извън офиса`, `odsut`, `izvan ureda`, `na dopustu`, `puhkus`, `atvaļināj`, `atostog`,
	`不在`, `休暇`, `外出`, `休假`, `不在办公室`, `外出中`, `부재`, `휴가`, `מחוץ למשרד`, `בחופשה`, `خارج المكتب`, `في إجازة`, `di luar kantor`, `cuti`, `vắng mặt`, `nghỉ phép`,
}, autoPrefixes...), ``)

// receiptSubject and recallSubject begin what Outlook and others send when a
// mail was opened, or is to be taken back (by its own means, which ends at the
// door of its server).
var (
	receiptSubject = pattern.MustCompile(`(?i)^\s*(?:not read|read|read receipt|return receipt(?: \(displayed\))?|ungelesen|gelesen|nicht gelesen|lesebestätigung|lu|non lu|accusé de (?:lecture|réception)|confirmation de lecture|no leído|leído|confirmación de lectura|non letto|letto|conferma di lettura|não lida|lida|lido|confirmação de leitura|niet gelezen|gelezen|leesbevestiging|ej läst|oläst|läst|ulest|lest|ulæst|læst|luettu|nieprzeczytane|przeczytan[eoy]|nepřečteno|přečteno|olvasva|citit|не прочитано|прочитано|прочтено|okunmadı|okundu|αναγνώσθηκε|開封済み|開封通知|已读|已讀|未读|읽음|읽지 않음)\s*[:：]`)
	recallSubject  = pattern.MustCompile(`(?i)^\s*(?:message recall|recall|(?:nachricht )?zurückrufen|rückruf|rappel|rappeler|recuperar|richiama|intrekken|återkalla|tilbakekall|odwołanie|отзыв)\s*[:：]`)
	receiptWords   = regexp.MustCompile(`(?i)(?:(?:was|has been) (?:read|opened|displayed|deleted without being read)|is no guarantee that the message has been read|wurde (?:am .{4,40} )?(?:gelesen|geöffnet|angezeigt|ungelesen gelöscht)|a été (?:lu|ouvert|affiché|supprimé sans)|(?:se leyó|fue leído|ha sido leído)|è stato letto|foi lida|is gelezen|gelezen op|har lästs|ble lest|blev læst|została przeczytana|прочитано|okundu|開封|已读|읽었)`)
	recallWords    = regexp.MustCompile(`(?i)(?:would like to recall|möchte die nachricht|souhaite rappeler|desea recuperar|wil het bericht|vorrebbe richiamare)`)
)

// vacationWords are how absences and acknowledgements by machine begin.
var vacationWords = anyOf(``, []string{
	`(?:out of|away from|not in|back in) (?:the |my )?office`, `on (?:annual |parental |maternity |sick )?(?:leave|vacation|holidays?)\b`, `this is an auto(?:matic|mated|-?generated)`, `automatic(?:ally)? (?:generated |created )?(?:reply|response|message)`, `auto-?(?:reply|response|responder)\b`, `limited access to (?:my )?e?-?mail`, `please do not (?:reply|respond) to this`, `we have received your (?:e?-?mail|message|request|enquiry|inquiry)`, `thank(?:s| you) for (?:your (?:e?-?mail|message)|contacting|writing)`, `will (?:respond|reply|get back) to (?:you|your)`,
	`nicht (?:im (?:büro|haus)|erreichbar|am platz)`, `abwesend`, `im urlaub`, `automatisch (?:erstellt|generiert|erzeugt|versandt)`, `automatische (?:antwort|nachricht|e-mail)`, `außer haus`, `vielen dank für ihre (?:e-?mail|nachricht|anfrage)`,
	`absent(?:e)? (?:du bureau|jusqu|du \d)`, `en (?:congés?|vacances)`, `réponse automatique`, `message automatique`, `actuellement absent`, `fuera de (?:la )?oficina`, `de vacaciones`, `respuesta automática`, `mensaje automático`, `estar[ée] ausente`,
	`fora do escritório`, `de férias`, `em férias`, `resposta automática`, `mensagem automática`, `estarei ausente`, `fuori (?:sede|ufficio)`, `in ferie`, `risposta automatica`, `messaggio automatico`, `sar[òo] assente`, `afwezig`, `niet (?:op kantoor|aanwezig|bereikbaar)`, `met vakantie`, `automatisch (?:antwoord|bericht|gegenereerd)`,
	`på semester`, `inte på kontoret`, `autosvar`, `automatiskt (?:svar|meddelande)`, `på ferie`, `ikke på kontoret`, `automatisk (?:svar|besked|melding)`, `poissa`, `lomalla`, `automaattinen`, `poza biurem`, `na urlopie`, `automatyczn`, `nieobecn`,
	`mimo kancelář`, `na dovolené`, `na dovolenke`, `automatick`, `nepřítom`, `szabadságon`, `házon kívül`, `automatikus`, `nem vagyok (?:az )?(?:irodában|elérhető)`, `concediu`, `răspuns automat`, `mesaj automat`, `в отпуске`, `вне офиса`, `автоматическ`, `автоответ`, `отсутств`, `у відпустці`, `автоматичн`,
	`ofis dışında`, `izinde`, `otomatik`, `σε άδεια`, `εκτός γραφείου`, `αυτόματ`, `в отпуск`, `автоматичен`, `na godišnjem`, `automatski`, `na dopustu`, `samodejn`, `不在`, `休暇`, `自動(?:返信|応答|送信)`, `休假`, `自动(?:回复|答复)`, `自動(?:回覆|回復)`, `不在办公室`, `부재`, `휴가`, `자동 ?(?:회신|응답)`, `בחופשה`, `מחוץ למשרד`, `אוטומטי`, `إجازة`, `خارج المكتب`, `تلقائي`, `cuti`, `balasan otomatis`, `vắng mặt`, `trả lời tự động`,
}, ``)

// firstLine is how machines introduce themselves in the text; a forwarded one
// has the same line and a person's subject.
var (
	firstLine = regexp.MustCompile(alternatives(`^[\s*#=_-]*`, []string{`this is an? (?:automated|automatic|automatically generated|auto-?generated|system[- ]generated|computer[- ]generated) (?:e-?mail|message|mail|reply|response|notification|acknowledge?ment)`,
		`dies(?:e (?:e-?mail|nachricht)|e nachricht)? (?:ist eine|wurde) automatisch`, `dies ist eine automatische (?:e-?mail|nachricht|antwort)`, `cec?i est un (?:e-?mail|message|courriel) (?:automatique|généré automatiquement)`, `este es un (?:correo|mensaje|e-?mail) (?:automático|generado automáticamente)`,
		`esta é uma (?:mensagem|resposta) automática`, `questo è un messaggio (?:automatico|generato automaticamente)`, `dit is een automatisch`, `detta är ett automati`, `dette er en automati`, `tämä on automaattinen`, `to jest (?:wiadomość |automatyczn)[^.]{0,30}automatyczn`, `это автоматическое`, `bu otomatik`, `このメールは[^。]{0,30}自動`, `これは自動`, `本邮件由系统自动`, `此邮件为系统自动`, `이 메일은[^.]{0,20}자동`},
		``))
	forwardSubject = regexp.MustCompile(`(?i)^\s*(?:fwd?|wg|tr|rv|i|doorst|vs|vb|fs|pd|пересл|転送|转发)\s*[:：]`)
)

// autoPrefixes are mail programs' words for an automatic answer.
var autoPrefixes = []string{
	`auto(?:matic|mated)?[ -]?(?:reply|response|answer|respond(?:er)?|acknowledge?ment)`, `autoreply`, `auto:`, `out of (?:the )?office (?:auto)?-?(?:reply|response|message)`, `vacation (?:auto-?)?(?:reply|response|message)`,
	`automatische (?:antwort|antwoord|beantwortung|reactie|abwesenheit)`, `automatisch antwoord`, `abwesenheits(?:notiz|nachricht|meldung|assistent|info)`, `autom\. ?antw`,
	`r[ée]ponse auto(?:matique)?\b`, `message automatique`, `respuesta autom[áa]tica`, `auto-?respuesta`, `resposta autom[áa]tica`, `risposta automatica`,
	`automatiskt? svar`, `autosvar`, `automaattinen vastaus`, `automaatvastus`, `autoodpowied`, `odpowied[źz] automatyczna`, `automatyczna odpowied`, `automatick[áa] odpov`, `automatikus válasz`, `răspuns automat`,
	`автоматический ответ`, `автоответ`, `автоматична відповідь`, `автоматичен отговор`, `automatski odgovor`, `samodejni odgovor`, `otomatik (?:yanıt|yanit|cevap)`, `αυτόματη απάντηση`, `automātiskā atbilde`, `automatinis atsakymas`,
	`自動応答`, `自動返信`, `自动答复`, `自动回复`, `自動回覆`, `자동 (?:회신|응답)`, `תשובה אוטומטית`, `מענה אוטומטי`, `رد تلقائي`, `balasan otomatis`, `trả lời tự động`, `ตอบกลับอัตโนมัติ`,
}

// recogniseVacation knows absences, receipts and acknowledgements of programs
// that do not mark them. The null sender is evidence by itself: no person's
// mail has it (RFC 5321 section 4.5.5). A subject needs a second sign, because
// people write about their absence, too; without one it is only noted.
func recogniseVacation(m *aside.Mail, h *header, null bool) bool {
	subject := vacationSubject.MatchString(m.Subject)
	answers := len(m.InReplyTo) > 0 || len(m.References) > 0
	text := bodyText(m)
	text = strings.ToValidUTF8(text[:min(len(text), 1500)], "")
	switch {
	case null && subject:
		return setKind(m, aside.KindAuto, "null sender and the subject of an absence")
	case null:
		return setKind(m, aside.KindAuto, "null sender")
	case subject && h.has("x-auto-response-suppress"):
		return setKind(m, aside.KindAuto, "X-Auto-Response-Suppress and the subject of an absence")
	case autoPrefix.MatchString(m.Subject) && (answers || vacationWords.MatchString(text)):
		return setUnmarked(m, aside.UnmarkedBySubject, aside.KindAuto, "the subject of an automatic answer")
	case subject && vacationWords.MatchString(text) && !strings.ContainsAny(text, "?？"):
		return setUnmarked(m, aside.UnmarkedBySubject, aside.KindAuto, "the subject and the words of an absence")
	case firstLine.MatchString(strings.TrimSpace(text)) && !forwardSubject.MatchString(m.Subject):
		return setUnmarked(m, aside.UnmarkedByWords, aside.KindAuto, "its first line says that it is automatic")
	case receiptSubject.MatchString(m.Subject) && receiptWords.MatchString(text):
		return setUnmarked(m, aside.UnmarkedBySubject, aside.KindReceipt, "the subject and the words of a receipt")
	case recallSubject.MatchString(m.Subject) && recallWords.MatchString(text):
		return setKind(m, aside.KindAuto, "Outlook recalls a message")
	case subject && answers || autoPrefix.MatchString(m.Subject) || receiptSubject.MatchString(m.Subject) || recallSubject.MatchString(m.Subject):
		m.LooksAutomatic = true
	}
	return false
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
