package reply

import (
	"regexp"
	"strings"
)

// The phrases by which mail clients of many languages introduce what they
// quote. Matching is done on lines with single spaces and without emphasis.

// verbs are the words that say "wrote" in an introduction such as "On Monday
// Jane wrote:".
var verbs = phraseSet(`wrote|writes|written|schrieb|schrieben|geschrieben|écrit|ecrit|écrivait|escribió|escribio|escrito|scrisse|scritto|escreveu|schreef|skrev|
	kirjoitti|napisał|napisała|napisał(a)|napisali|pisze|napsal|napsala|napsal(a)|napísal|napísala|napísal(a)|píše|piše|napisao|napisala|pisal|
	пишет|писал|писала|написал|написала|написав|написа|пише|yazdı|yazdi|írta|scris|έγραψε|kirjutas|rakstīja|rašė|parašė|skrifaði|escriure|escriví|idatzi|escribiu|
	viết|menulis|เขียนว่า|כתב|כתבה|كتب|كتبت`)

// unspaced are such words of languages that put no space before them, or that
// are part of a longer phrase.
var unspaced = []string{"写道", "写到", "寫道", "のメッセージ", "のメール", "が書きました", "は書きました", "さんからのメール", "님이 작성", "님이 쓴 글", "מאת", "تمت كتابة"}

// saysWrote reports whether a line has the verb of an introduction.
func saysWrote(line string) bool {
	for w := range strings.FieldsFuncSeq(strings.ToLower(line), betweenWords) {
		if verbs[w] || verbs[strings.Trim(w, "()")] {
			return true
		}
	}
	for _, p := range unspaced {
		if strings.Contains(line, p) {
			return true
		}
	}
	return false
}

func betweenWords(r rune) bool {
	switch r {
	case '(', ')':
		return false
	}
	return r <= ' ' || strings.ContainsRune(":：,;<>\"'*_[]|»«”“’\u00a0\u200f\u202c\u202b\u202a", r)
}

// beginnings are the first words of such an introduction.
var beginnings = regexp.MustCompile(`(?i)^["'*_]*(?:on|at|am|le|el|il|op|den|em|a|in|w dniu|dnia|dne|dňa|em|no dia|pe|på|päivämäärä|` +
	`в|on:|în|la data de|στις|tarihinde|vào|pada|aš|kuupäeval|u|v|ב|في|` +
	`mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so|lun|mar|mer|jeu|ven|sam|dim|\d)`)

var (
	dateForm = regexp.MustCompile(`\d{1,4}\s?[./-]\s?\d{1,2}\s?[./-]\s?\d{1,4}|\b(?:19|20)\d\d\b|\d{1,2}\s?[月월]\s?\d{1,2}`)
	timeForm = regexp.MustCompile(`\d{1,2}[:.h]\d{2}(?:[:.]\d{2})?\b`)
	// ownVerb are the forms in which people speak of their own letters: what
	// follows such a line is their text as a rule.
	ownVerb = regexp.MustCompile(`(?i)\b(?:i|we|you|they|ich|wir|sie|du|ihr) (?:\w+ )?(?:wrote|schrieb|schrieben|hat(?:te)? geschrieben)\b|(?:wrote|schrieb|schrieben) (?:ich|wir|sie|you)\b|` +
		`j'ai écrit|nous avons écrit|vous avez écrit|he escrito|ho scritto`)
	otherAddress = regexp.MustCompile(`<[^<>]*@[^<>]*>|\[mailto:[^\]]*\]|[^\s<>"]+@[^\s<>"]+`)
)

// originals are what stands between dashes in "-----Original Message-----".
var originals = phraseSet(`original message|original appointment|reply message|originalnachricht|original-nachricht|ursprüngliche nachricht|
	ursprüngliche mail|ursprüngliche e-mail|urspr. nachricht|antwort nachricht|message d'origine|message d’origine|message original|mensaje original|
	mensagem original|messaggio originale|oorspronkelijk bericht|oorspronkelijke e-mail|originalmeddelande|ursprungligt meddelande|original meddelelse|
	oprindelig meddelelse|oprindelig besked|opprinnelig melding|alkuperäinen viesti|původní zpráva|původní e-mail|pôvodná správa|
	wiadomość oryginalna|oryginalna wiadomość|исходное сообщение|исходное письмо|оригинальное сообщение|первоначальное сообщение|оригінальне повідомлення|
	вихідне повідомлення|orijinal mesaj|özgün ileti|eredeti üzenet|mesaj original|mesajul original|izvorna poruka|originalna poruka|izvirno sporočilo|
	αρχικό μήνυμα|thư gốc|pesan asli|ข้อความต้นฉบับ|הודעה מקורית|الرسالة الأصلية|原始邮件|原始郵件|邮件原件|回复的原邮件|元のメッセージ|original mail|원본 메시지|원본 메일`)

// forwards are what clients write above a mail that they forward.
var forwards = phraseSet(`forwarded message|begin forwarded message|forwarded mail|weitergeleitete nachricht|anfang der weitergeleiteten nachricht|
	anfang der weitergeleiteten e-mail|weitergeleitete e-mail|message transféré|message transmis|message réexpédié|début du message réexpédié|
	début du message transféré|mensaje reenviado|inicio del mensaje reenviado|mensagem encaminhada|mensagem reencaminhada|início da mensagem reencaminhada|
	início da mensagem encaminhada|messaggio inoltrato|inizio messaggio inoltrato|doorgestuurd bericht|begin doorgestuurd bericht|
	vidarebefordrat meddelande|vidarebefordrat brev|videresendt besked|videresendt meddelelse|videresendt melding|start på videresendt besked|
	videresendt e-post|start på videresendt melding|edelleenlähetetty viesti|välitetty viesti|välitetty viesti alkaa|přeposlaná zpráva|
	začátek přeposlané zprávy|preposlaná správa|przekazana wiadomość|wiadomość przekazana|wiadomość przekazana dalej|początek przekazywanej wiadomości|
	treść przekazanej wiadomości|пересылаемое сообщение|пересланное сообщение|пересылаемое письмо|начало переадресованного сообщения|
	переслане повідомлення|yönlendirilmiş ileti|iletilmiş mesaj|yönlendirilen ileti|iletilen mesaj|továbbított üzenet|továbbított levél|
	mesaj redirecționat|mesaj redirectionat|proslijeđena poruka|posredovano sporočilo|προωθημένο μήνυμα|tin nhắn được chuyển tiếp|thư đã chuyển tiếp|
	pesan terusan|הודעה שהועברה|الرسالة المعاد توجيهها|转发的邮件|轉寄的郵件|转发邮件|轉寄郵件|被转发的邮件|以下是转发的邮件|転送メッセージ|
	転送されたメッセージ|転送メール|전달된 메시지|전달된 메일`)

// phraseSet reads phrases separated by bars.
func phraseSet(list string) map[string]bool {
	out := map[string]bool{}
	for _, p := range strings.Split(list, "|") {
		out[strings.TrimSpace(p)] = true
	}
	return out
}

// core is a line without the dashes, stars and colons drawn around it, in
// lower case; empty if it is too long for any phrase.
func core(line string) string {
	line = strings.Trim(line, " \t-_=*:：\u00a0>")
	if len(line) > 400 {
		return ""
	}
	return strings.ToLower(line)
}

func isOriginal(line string) bool {
	return strings.Contains(line, "--") && originals[core(line)]
}

func isForwardLine(line string) bool {
	c := core(line)
	return forwards[c] || strings.Contains(line, "--") &&
		(strings.HasPrefix(c, "forwarded by ") || strings.HasPrefix(c, "forwarded message from "))
}

var forwardSubject = regexp.MustCompile(`(?i)^\s*(?:\[[^\]]{0,40}\]\s*)*(?:fwd?|fw|wg|tr|rv|enc|i|inoltr|doorst|vs|vb|vl|pd|ynt|ilt|továbbítás|转发|轉寄|転送|전달|пересл|fs|přep)\s*[:：]`)

// ruled is a line that only draws a rule.
var ruled = regexp.MustCompile(`^[\s*]*(?:-[\s-]{2,}|_[\s_]{2,}|=[\s=]{2,}|—[\s—]{1,}|─[\s─]{2,})[\s*]*$`)

func isRule(line string) bool {
	line = strings.TrimLeft(line, " \t*")
	return len(line) > 2 && strings.IndexByte("-_=\xe2", line[0]) >= 0 && ruled.MatchString(line)
}

// label is one of the header lines that clients copy above a quoted mail.
type label uint8

const (
	labelNone label = iota
	labelFrom
	labelSent
	labelDate
	labelTo
	labelCc
	labelSubject
	labelOther
)

var labels = labelWords(map[label]string{
	labelFrom:    `from|von|de|da|van|från|fra|lähettäjä|od|odesílatel|odosielateľ|от|от кого|від|发件人|寄件者|寄件人|發件人|差出人|送信者|보낸 사람|보낸사람|gönderen|kimden|feladó|expéditeur|remitente|mittente|afzender|saatja|nadawca|de la|pošiljatelj|šalje|από|מאת|من|dari|จาก|từ|nuo|no`,
	labelSent:    `sent|gesendet|envoyé|envoyé le|enviado|enviado el|enviado em|enviada em|enviada|inviato|verzonden|skickat|sendt|lähetetty|odesláno|odoslané|wysłano|wysłane|отправлено|надіслано|发送时间|发送日期|寄件日期|傳送時間|送信日時|送信日|보낸 날짜|보낸날짜|gönderildi|gönderme tarihi|gönderim|elküldve|küldve|trimis|poslano|εστάλη|στάλθηκε|נשלח|تم الإرسال|dikirim|đã gửi|ngày gửi`,
	labelDate:    `date|datum|data|fecha|dato|päivämäärä|päiväys|дата|日期|日付|日時|날짜|tarih|dátum|dată|ημερομηνία|תאריך|التاريخ|tanggal|ngày|kuupäev`,
	labelTo:      `to|an|à|a|para|aan|till|til|vastaanottaja|komu|do|кому|收件人|收件者|宛先|받는 사람|받는사람|kime|alıcı|címzett|către|catre|pour|destinataire|destinatario|destinatário|προς|אל|إلى|kepada|đến|za|prima`,
	labelCc:      `cc|kopie|copie|cópia|copia|kopia|kopi|kopio|копия|копія|抄送|副本|참조|bilgi|másolat|másolatot kap|κοιν|bcc|cci|kópia`,
	labelSubject: `subject|betreff|betrifft|objet|asunto|assunto|oggetto|onderwerp|ämne|emne|aihe|předmět|predmet|temat|тема|主题|主題|主旨|件名|제목|konu|tárgy|subiect|θέμα|נושא|الموضوع|perihal|subjek|chủ đề|teema`,
	labelOther:   `reply-to|antwort an|répondre à|responder a|rispondi a|importance|priority|wichtigkeit|priorität|importancia|attachments|anlagen|anhänge|pièces jointes|organization|organisation|sender|message-id`,
})

// labelWords turns the lists into a look-up by word.
func labelWords(lists map[label]string) map[string]label {
	out := map[string]label{}
	for l, list := range lists {
		for _, w := range strings.Split(list, "|") {
			out[w] = l
		}
	}
	return out
}

// headerLabel reads a line as a copied header line: "*Von:* Jane <jane@…>".
func headerLabel(line string) (label, string) {
	line = strings.TrimLeft(line, " \t*_\u00a0")
	at := strings.IndexAny(line, ":：")
	if at <= 0 || at > 60 {
		return labelNone, ""
	}
	name := strings.ToLower(strings.Trim(line[:at], " \t*_\u00a0"))
	l, ok := labels[name]
	if !ok {
		return labelNone, ""
	}
	value := strings.TrimPrefix(strings.TrimPrefix(line[at:], ":"), "：")
	return l, strings.Trim(value, " \t*_\u00a0")
}
