package read

import (
	"regexp"
	"slices"

	"aside/reply/pattern"
)

// answerPrefix is what mail programs write before the subject of an answer.
const answerPrefix = `^\s*(?:re|aw|antw|sv|vs|r|res|rv|odp|vá|ynt|回复|答复)\s*[:：]\s*`

var (
	answerSubject = regexp.MustCompile(`(?i)` + answerPrefix)
	// autoPrefix begins the subjects that programs write, and people who write
	// about them; autoAlone has no words of theirs behind it, and autoColon begins
	// those that no person types.
	autoPrefix = anyOf(`^\W*`, append([]string{`auto:`}, autoPrefixes...), ``)
	autoAlone  = anyOf(`^\W*`, autoPrefixes, `\pL{0,4}\s*(?:$|[^\pL\d\s]|(?:re|aw|to|from|by|for|zu|von|auf|für|à|de|a|da|di|van|op|till|från|til|fra|na|od|от|на)(?:[^\pL]|$))`)
	autoColon  = anyOf(`^\W*`, autoPrefixes, `[^:：]{0,12}[:：]`)
)

// vacationSubject begins the subjects of absences, as responders write them and
// people do; some responders answer with "Re:" themselves. awayColon may have the
// answered subject behind it, awayRe surely has, and awayName is Lotus Notes' own.
var (
	vacationSubject = anyOf(`(?:`+answerPrefix+`|^)\W*`, slices.Concat(awaySubjects, autoPrefixes), ``)
	awayColon       = anyOf(`^\W*`, awaySubjects, `\s*[:：]`)
	awayRe          = anyOf(`^\W*`, awaySubjects, `\s*[:：-]?\s*(?:re|aw|antw|sv)\s*:`)
	awayName        = pattern.MustCompile(`(?i)^\PL*\pL.{1,80} (?:is (?:currently )?out of the office|ist außer haus|est absent\(e\)|está ausente(?: de la oficina)?|è fuori ufficio|is niet op kantoor)\.?\s*$`)
)

// awaySubjects are words for an absence that begin subjects.
var awaySubjects = []string{
	`out of (?:the )?office`, `out-of-office`, `on (?:vacation|holidays?|leave|annual leave|parental leave|maternity leave)\b`, `vacation\b`, `away from`, `auto:`, `(?:currently )?away\b`, `\boof\b`, `\booo\b`, `not in (?:the )?office`,
	`abwesen`, `urlaub`, `nicht im (?:büro|haus)`, `afwezig`, `niet aanwezig`, `vakantie`, `absence\b`, `absent\(?e?\)?(?:\b|$)`, `message d.absence`, `en (?:congés?|vacances)\b`,
	`fuera de (?:la )?oficina`, `ausen(?:te|cia)`, `de vacaciones`, `fora d[eo] escrit[óo]rio`, `em férias`, `de férias`, `fuori (?:sede|ufficio)`, `assen(?:za|te)`, `in ferie`,
	`frånvar`, `fravær`, `på (?:semester|ferie)`, `poissa`, `lomalla`, `nieobecn`, `poza biurem`, `urlop`, `nepřítomn`, `mimo kancelář`, `dovolená`, `neprítomn`, `dovolenka`, `távollét`, `házon kívül`, `szabadság`, `absenț`, `concediu`, `în afara biroului`,
	`вне офиса`, `в отпуске`, `отпуск\b`, `отсутств`, `відпустк`, `поза офісом`, `ofis dışında`, `izinli`, `εκτός (?:γραφείου|έδρας)`, `σε άδεια`, `извън офиса`, `odsut`, `izvan ureda`, `na dopustu`, `puhkus`, `atvaļināj`, `atostog`,
	`不在`, `休暇`, `外出`, `休假`, `不在办公室`, `外出中`, `부재`, `휴가`, `מחוץ למשרד`, `בחופשה`, `خارج المكتب`, `في إجازة`, `di luar kantor`, `cuti`, `vắng mặt`, `nghỉ phép`,
}

// receiptSubject and recallSubject begin what Outlook and others send when a
// mail was opened, or is to be taken back (by its own means, which ends at the
// door of its server).
var (
	receiptSubject = pattern.MustCompile(`(?i)^\s*(?:not read|read|read receipt|return receipt(?: \(displayed\))?|ungelesen|gelesen|nicht gelesen|lesebestätigung|lu|non lu|accusé de (?:lecture|réception)|confirmation de lecture|no leído|leído|confirmación de lectura|non letto|letto|conferma di lettura|não lida|lida|lido|confirmação de leitura|niet gelezen|gelezen|leesbevestiging|ej läst|oläst|läst|ulest|lest|ulæst|læst|luettu|nieprzeczytane|przeczytan[eoy]|nepřečteno|přečteno|olvasva|citit|не прочитано|прочитано|прочтено|okunmadı|okundu|αναγνώσθηκε|開封済み|開封通知|已读|已讀|未读|읽음|읽지 않음)\s*[:：]|^\s*(?:message status - (?:opened|read|delivered|deleted)|return receipt)\s*$`)
	recallSubject  = pattern.MustCompile(`(?i)^\s*(?:message recall|recall|(?:nachricht )?zurückrufen|rückruf|rappel|rappeler|recuperar|richiama|intrekken|återkalla|tilbakekall|odwołanie|отзыв)\s*[:：]`)
	receiptWords   = regexp.MustCompile(`(?i)(?:(?:was|has been) (?:read|opened|displayed|deleted without being read)|^your (?:document|message):\s[^\x00]{0,300}was received by:|is no guarantee that the message has been read|wurde (?:am .{4,40} )?(?:gelesen|geöffnet|angezeigt|ungelesen gelöscht)|a été (?:lu|ouvert|affiché|supprimé sans)|(?:se leyó|fue leído|ha sido leído)|è stato letto|foi lida|is gelezen|gelezen op|har lästs|ble lest|blev læst|została przeczytana|прочитано|okundu|開封|已读|읽었)`)
	recallWords    = regexp.MustCompile(`(?i)(?:would like to recall|möchte die nachricht|souhaite rappeler|desea recuperar|wil het bericht|vorrebbe richiamare)[^.\n]{0,40}["“”„«»「]`)
)

// absenceWords say that somebody is not there, whoever writes it.
var absenceWords = []string{
	`(?:out of|away from|not in|back in) (?:the |my )?office`, `on (?:annual |parental |maternity |sick )?(?:leave|vacation|holidays?)\b`, `(?:\bam|['’]m|\bwill be|\bare) (?:currently )?(?:away|out)\b`, `nicht (?:im (?:büro|haus)|erreichbar|am platz)`,
	`abwesend`, `im urlaub`, `außer haus`, `absent(?:e)? (?:du bureau|jusqu|du \d)`, `en (?:congés?|vacances)`, `actuellement absent`, `fuera de (?:la )?oficina`, `de vacaciones`, `estar[ée] ausente`,
	`fora do escritório`, `de férias`, `em férias`, `estarei ausente`, `fuori (?:sede|ufficio)`, `in ferie`, `sar[òo] assente`, `afwezig`, `niet (?:op kantoor|aanwezig|bereikbaar)`, `met vakantie`,
	`på semester`, `inte på kontoret`, `på ferie`, `ikke på kontoret`, `poissa`, `lomalla`, `poza biurem`, `na urlopie`, `nieobecn`, `mimo kancelář`, `na dovolené`, `na dovolenke`, `nepřítom`, `szabadságon`,
	`házon kívül`, `nem vagyok (?:az )?(?:irodában|elérhető)`, `concediu`, `в отпуске`, `вне офиса`, `отсутств`, `у відпустці`, `ofis dışında`, `izinde`, `σε άδεια`, `εκτός γραφείου`, `в отпуск`,
	`na godišnjem`, `na dopustu`, `puhkusel`, `atvaļinājumā`, `atostog`, `不在`, `休暇`, `休假`, `不在办公室`, `부재`, `휴가`, `בחופשה`, `מחוץ למשרד`, `إجازة`, `خارج المكتب`, `cuti`, `vắng mặt`,
}

// answerWords are what programs write into their answers.
var answerWords = []string{
	`this is an auto(?:matic|mated|-?generated)`, `automatic(?:ally)? (?:generated |created )?(?:reply|response|message)`, `auto-?(?:reply|response|responder)\b`, `limited access to (?:my )?e?-?mail`,
	`please do not (?:reply|respond) to this`, `we have received your (?:e?-?mail|message|request|enquiry|inquiry)`, `thank(?:s| you) for (?:your (?:e?-?mail|message)|contacting|writing)`, `will (?:respond|reply|get back) to (?:you|your)`,
	`automatisch (?:erstellt|generiert|erzeugt|versandt)`, `automatische (?:antwort|nachricht|e-mail)`, `vielen dank für ihre (?:e-?mail|nachricht|anfrage)`, `réponse automatique`, `message automatique`,
	`respuesta automática`, `mensaje automático`, `resposta automática`, `mensagem automática`, `risposta automatica`, `messaggio automatico`, `automatisch (?:antwoord|bericht|gegenereerd)`, `autosvar`,
	`automatiskt (?:svar|meddelande)`, `automatisk (?:svar|besked|melding)`, `automaattinen`, `automatyczn`, `automatick`, `automatikus`, `răspuns automat`, `mesaj automat`, `автоматическ`, `автоответ`,
	`автоматичн`, `otomatik`, `αυτόματ`, `автоматичен`, `automatski`, `samodejn`, `自動(?:返信|応答|送信)`, `自动(?:回复|答复)`, `自動(?:回覆|回復)`, `자동 ?(?:회신|응답)`, `אוטומטי`, `تلقائي`, `balasan otomatis`, `trả lời tự động`,
}

// absence and vacationWords are how absences, and those and acknowledgements by
// machine, begin.
var (
	absence       = anyOf(``, absenceWords, ``)
	vacationWords = anyOf(``, slices.Concat(absenceWords, answerWords), ``)
)

// presently is what a responder says and nobody who asks for something: that the
// absence lasts while the mail comes, and what becomes of mail until its end.
var presently = anyOf(`(?:^|[^\pL])`, []string{
	`currently`, `at (?:the|this) moment`, `presently`, `until further notice`, `(?:limited|no|without) access`, `will not be (?:read|forwarded)`, `(?:in|during) my absence`, `in (?:very )?urgent (?:cases|matters)`, `if (?:it is|your \pL+ is) urgent`, `for urgent`,
	`derzeit`, `zur ?zeit`, `momentan`, `in meiner abwesenheit`, `während meiner abwesenheit`, `(?:nicht|wird) weitergeleitet`, `keinen zugriff`, `in dringenden fällen`, `meine vertretung`,
	`actuellement`, `en ce moment`, `(?:en|pendant) mon absence`, `en cas d['’]urgence`, `actualmente`, `en este momento`, `durante mi ausencia`, `en caso (?:de urgencia|urgente)`, `atualmente`, `neste momento`, `em caso de urgência`,
	`attualmente`, `al momento`, `in caso di urgenza`, `per urgenze`, `op dit moment`, `momenteel`, `bij spoed`, `voor dringende`, `för närvarande`, `i øjeblikket`, `for (?:øyeblikket|tiden)`, `tällä hetkellä`, `obecnie`, `aktualnie`, `w pilnych sprawach`,
	`v současn`, `v súčasnosti`, `jelenleg`, `în prezent`, `сейчас`, `в настоящее время`, `в данный момент`, `зараз`, `наразі`, `şu anda`, `αυτή τη στιγμή`, `στο παρόν`, `trenutno`, `в момента`,
}, `|現在|ただいま|目前|现在|현재|지금은`)

// A person asks for something, and a responder only to turn to somebody else, to
// write again or to bear with it.
var (
	politely = anyOf(`(?:^|[^\pL])`, []string{`please`, `bitten?`, `merci de`, `s['’]il (?:vous|te) pla[iî]t`, `veuillez`, `por favor`, `per favore`, `per piacere`, `graag`, `alstublieft`, `a\.?u\.?b\.?`, `vänligen`, `venligst`, `vennligst`, `tack`, `ystävällisesti`, `pyydän`,
		`prosz[ęe]`, `prosim`, `prosím`, `kérem`, `vă rog`, `пожалуйста`, `прошу`, `просим`, `будь ласка`, `lütfen`, `παρακαλώ`, `molim`, `tolong`, `mohon`}, `(?:[^\pL]|$)|お願い|ください|下さい|请|請|부탁|주세요|בבקשה|من فضلك|vui lòng`)
	elsewhere = regexp.MustCompile(`(?i)(?:@|\d{5,}|wenden|rufen|kontakt|telefon|連絡|電話|了承|联系|聯絡|聯繫|电话|谅解|연락|양해|(?:^|[^\pL])(?:contact|call|phone|reach|write|e-?mail|turn to|note|be patient|your (?:patience|understanding)|understand|bear with|reply|respond|expect|allow|excuse|urgent|colleague|schreib|verständnis|beachten|geduld|dringend|notf|kolleg|adress|` +
		`écri|appel|joindre|compr|urg|llam|escrib|dirij|scriv|chiam|rivolg|bel(?:len|t)?(?:[^\pL]|$)|schrijf|neem|begrip|ring|skriv|förstå|forstå|soit|yht|za?dzwon|na?pisz|wyrozum|zavol|napiš|свя[зж]|позвон|напиш|обра[тщ]|понима))`)
	// yourAnswer is what people write about an automatic answer of the desk's.
	yourAnswer = regexp.MustCompile(`(?i)(?:^|[^\pL])(?:your|eure?n?|ihre?r?n?|deine?r?n?|votre|vos|ton|su|tu|vostr[ao]|tu[ao]|uw|jouw) (?:\pL+[- ]){0,2}(?:auto|abwesenheit|out[ -]of[ -]|vacation|réponse|respuesta|risposta)`)
)

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
	`auto(?:matic|mated)?[ -]?(?:reply|response|answer|respond(?:er)?|acknowledge?ment)`, `autoreply`, `out of (?:the )?office (?:auto)?-?(?:reply|response|message)`, `vacation (?:auto-?)?(?:reply|response|message)`,
	`automatische (?:antwort|antwoord|beantwortung|reactie|abwesenheit)`, `automatisch antwoord`, `abwesenheits(?:notiz|nachricht|meldung|assistent|info)`, `autom\. ?antw`,
	`r[ée]ponse auto(?:matique)?\b`, `message automatique`, `respuesta autom[áa]tica`, `auto-?respuesta`, `resposta autom[áa]tica`, `risposta automatica`,
	`automatiskt? svar`, `autosvar`, `automaattinen vastaus`, `automaatvastus`, `autoodpowied`, `odpowied[źz] automatyczna`, `automatyczna odpowied`, `automatick[áa] odpov`, `automatikus válasz`, `răspuns automat`,
	`автоматический ответ`, `автоответ`, `автоматична відповідь`, `автоматичен отговор`, `automatski odgovor`, `samodejni odgovor`, `otomatik (?:yanıt|yanit|cevap)`, `αυτόματη απάντηση`, `automātiskā atbilde`, `automatinis atsakymas`,
	`自動応答`, `自動返信`, `自动答复`, `自动回复`, `自動回覆`, `자동 (?:회신|응답)`, `תשובה אוטומטית`, `מענה אוטומטי`, `رد تلقائي`, `balasan otomatis`, `trả lời tự động`, `ตอบกลับอัตโนมัติ`,
}
