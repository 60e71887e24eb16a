package phrases

import (
	"regexp"
	"strings"

	"aside/reply/pattern"
)

// device is the line that phones and mail programs add below what was
// written.
var device = regexp.MustCompile(`(?i)^[\s*_(\[]*(?:` +
	`sent from my(?: [^\s,.;]+){1,4}|sent from my [^.!?]{0,20}(?:blackberry|iphone|ipad|android|galaxy|samsung|nokia|xperia|pixel)[^.!?]{0,50}|please (?:excuse|pardon|forgive) .{2,60}[,;:–-] ?sent from .{2,40}|sent from my [^.,;]{2,50}(?:mail|app|device|phone)[^.,;]{0,20}|sent (?:from|via|with|using) (?:the )?(?:outlook|yahoo|gmail|aol|mail|proton ?mail|protonmail|k-9|blue ?mail|spark|samsung|huawei|xiaomi|nine|edison|fairemail|mobile|my mobile|airmail|sparrow|superhuman|hey|fastmail|canary|mailbird|tutanota|tuta|windows|iphone|ipad|android|blackberry|workspace|zimbra|fairphone)[^.!?]{0,90}|` +
	`sent on the go[^.!?]{0,40}|get outlook for [^.!?]{2,40}|download [^.!?]{2,30} for (?:ios|android)|(?:this (?:e-?mail|message) was )?sent from a mobile device|via mobile|typed on (?:a|my) phone[^.!?]{0,40}|` +
	`(?:(?:diese nachricht wurde )?von meine[mr][/ ].{2,60} gesendet|von unterwegs gesendet|gesendet (?:von|mit|aus|über)(?: meinem| meiner| der| dem)? [^.!?]{2,80}|holen sie sich outlook für .{2,20}|outlook für (?:ios|android) (?:herunterladen|beziehen))|` +
	`envoyé (?:de|depuis|à partir de|avec|via) [^.!?]{2,80}|télécharger outlook pour .{2,20}|obtenez outlook pour .{2,20}|` +
	`enviado (?:desde|do|da|de|a partir do|con|com|via|através do) [^.!?]{2,80}|obtener outlook para .{2,20}|obter o outlook para .{2,20}|obtenha o outlook para .{2,20}|` +
	`inviato (?:da|dal|con|tramite) [^.!?]{2,80}|scarica outlook per .{2,20}|ottieni outlook per .{2,20}|` +
	`verstuurd (?:vanaf|met|vanuit|via) [^.!?]{2,80}|verzonden (?:vanaf|met|via|vanuit) [^.!?]{2,80}|outlook voor (?:ios|android) downloaden|download outlook voor .{2,20}|` +
	`skickat från [^.!?]{2,60}|hämta outlook för .{2,20}|sendt fra [^.!?]{2,60}|hent outlook (?:til|for) .{2,20}|få outlook (?:til|for) .{2,20}|lähetetty [^.!?]{2,60}|hanki outlook.{2,30}|` +
	`wysłane? z [^.!?]{2,60}|wysłano z [^.!?]{2,60}|pobierz outlook.{2,30}|odesláno z [^.!?]{2,60}|odoslané z [^.!?]{2,60}|poslano (?:iz|s|sa|z) [^.!?]{2,60}|` +
	`отправлено (?:с|из|от) [^.!?]{2,60}|надіслано з [^.!?]{2,60}|изпратено от [^.!?]{2,60}|скачать outlook.{2,30}|` +
	`[^.!?]{0,10}iphone'?(?:umdan|umdan|ımdan|'umdan|'ımdan) gönderildi|[^.!?]{2,40}(?:[dt][ae]n| ile) gönderildi|küldve [^.!?]{2,60}|[^.!?]{2,40}(?:ről|ról|ből|ból) küldve|trimis de pe [^.!?]{2,60}|enviat des del? [^.!?]{2,60}|nire .{2,30} bidalia|` +
	`στάλθηκε από [^.!?]{2,60}|εστάλη από [^.!?]{2,60}|được gửi từ [^.!?]{2,60}|gửi từ [^.!?]{2,40}|dikirim dari [^.!?]{2,60}|ส่งจาก[^.!?]{2,60}|נשלח מה?-?[^.!?]{2,60}|أرسلت من [^.!?]{2,60}|تم الإرسال من [^.!?]{2,60}|` +
	`发自我的[^。！？]{2,40}|從我的[^。！？]{2,40}傳送|从我的[^。！？]{2,40}发送|發自我的[^。！？]{2,40}|获取 ?outlook.{2,20}|(?:iphone|ipad|スマートフォン|携帯|galaxy|xperia)から送信|私の[^。！？]{2,20}から送信|나의 ?[^.!?]{2,20}에서 보냄|내 ?[^.!?]{2,20}에서 (?:보냄|전송)` +
	`|von (?:yahoo|outlook|gmail|samsung|iphone|ipad).{0,40} gesendet|diese nachricht wurde .{2,80} gesendet|yahoo mail: .{4,60}|` +
	`skaffa outlook.{2,30}|skaff (?:deg )?outlook.{2,30}|získa[tť] outlook.{2,30}|az? outlook beszerzése.{0,30}|outlook letöltése.{2,30}|получить outlook.{2,30}|отримати outlook.{2,30}|изтеглете outlook.{2,30}|.{2,20} için outlook.{0,3}(?:u)? (?:edinin|indirin|alın)|` +
	`obtenir outlook pour .{2,20}|baixe o outlook para .{2,20}|descargar outlook para .{2,20}|preuzmi(?:te)? outlook.{2,30}|obțineți outlook.{2,30}|` +
	`.{0,30}outlook.{0,20}(?:を入手|を取得|をダウンロード|다운로드|받기|ดาวน์โหลด)|获取适用于.{2,20}outlook|下载.{0,12}outlook.{0,20}|取得.{0,12}outlook.{0,20}|(?:ios|android) ?用 ?outlook.{0,12}|(?:ios|android)용 outlook.{0,12}|` +
	`надіслано з[іі]? .{2,60}|адпраўлена з .{2,60}|изпратено (?:с|през|чрез) .{2,60}|послато са .{2,60}|poslato sa? .{2,60}|пратено од .{2,60}|испратено од .{2,60}|saadetud .{2,60}|nosūtīts no .{2,60}|išsiųsta .{2,60}|sent úr .{2,60}|sendt (?:med|via|med) .{2,60}|skickat (?:med|via) .{2,60}|` +
	`o?desláno (?:pomocí|ze|přes|prostřednictvím) .{2,60}|odoslané (?:pomocou|zo|cez) .{2,60}|wysłan[eao] (?:za pomocą|przez|ze) .{2,60}|отправлено (?:через|при помощи) .{2,60}|trimis (?:din|de la|cu|prin) .{2,60}|dihantar dari .{2,60}|dikirim (?:dengan|lewat|melalui) .{2,60}|dërguar nga .{2,60}|enviado con .{2,60}|` +
	`đã gửi từ .{2,60}|được gửi (?:bằng|qua) .{2,60}|.{2,20} से भेजा गया|मेरे .{2,20} से भेजा .{0,8}|ارسال.{0,3}شده از .{2,40}|فرستاده شده از .{2,40}|ارسال شده با .{2,40}|أ?ُ?رسلت .{2,60}|تم (?:الإرسال|إرساله) .{2,60}|ส่งจาก.{2,60}|ส่งโดย.{2,60}|` +
	`[^。、！？]{0,12}(?:iphone|ipad|android|galaxy|スマホ|スマートフォン|outlook|gmail|yahoo!?メール)[^。！？]{0,20}(?:から送信|で送信|を使って送信|より送信)(?:しま|して|され|する)?[^。、！？のた]{0,6}た?|[^.!?]{0,20}(?:iphone|ipad|galaxy|휴대폰|스마트폰|outlook|메일)[^.!?]{0,12}에서 (?:보냄|보낸 메일|전송)[^.!?]{0,10}|` +
	`(?:发|從|从|由)[^。！？]{1,30}(?:发送|傳送|寄出|发出|发自)|(?:发|發)自[^。！？]{2,40}|来自[^。！？]{2,20}的?(?:邮件|手机)|签名由.{2,20}定制|由 ?網易.{0,20}|通过[^。！？]{2,20}发送|寄自我的[^。！？]{2,20}|傳送自[^。！？]{2,20}|傳自我的[^。！？]{2,20}|` +
	`sent (?:from|via|with|using) (?:front|spike|shift|missive|mailspring|newton|zoho mail|mailo|polymail|shortwave|notion mail|thunderbird[^.!?]{0,30})|secured with tuta[^.!?]{0,10}|get \S{2,12}mail for .{2,20}|provenance ?: courrier pour .{2,20}|` +
	`skickades (?:från|med|via) .{2,60}|pobierz .{0,20}outlook.{2,40}|elküldve (?:az?|egy) .{2,60}|az? .{2,10} outlook beszerzése.{0,10}|.{0,3}رسلت? من .{2,60}|مرسل[ةه]? من .{2,60}|` +
	`windows.{0,10}メール.{0,10}送信|.{2,20}에서 보냈습니다|发送自.{2,40}|發送自.{2,40}|来自.{0,10}(?:邮箱|手机|mail).{0,10}|來自.{0,10}(?:信箱|郵箱|手機|mail|iphone).{0,10}|下載.{0,12}outlook.{0,20}|下載 ?(?:ios|android).{0,6}outlook|` +
	`(?:sent from|sent via|sent with) .{2,40}(?:for (?:ios|android|iphone|mac|windows)|mail app|e-?mail app|mobile)|sent from (?:an? )?.{2,30}(?:phone|tablet|device)|get .{2,20} (?:mail|email) for .{2,20}` +
	`)[\s.*_)\]]*$`)

// deviceName is what a device's line names, in one language or another: "Sent
// by courier" does not.
var deviceName = pattern.MustCompile(`(?i)sent from my|iphon|ipad|ipod|apple|\bmac|android|samsung|galaxy|huawei|xiaomi|redmi|pixel|oneplus|nokia|sony|xperia|motorola|blackberry|windows|` +
	`outlook|mail|yahoo|aol|gmx|web\.de|proton|tuta|k-9|spark|airmail|sparrow|superhuman|\bhey\b|canary|zimbra|edison|nine|workspace|thunderbird|` +
	`handy|unterwegs|phone|smart|\bios\b|mail|почта|網易|网易|邮箱|スマホ|tel[eé]f|téléph|m[óo]vil|celular|cellulare|mobil|tablet|on the go|телефон|смартфон|почт|puhelim|\bcep\b|手机|手機|電話|スマート|携帯|휴대폰|โทร|điện thoại|ponsel|جوال|הנייד|courrier|\bfront\b|spike|\bshift\b|missive|newton|shortwave|メール|메일|邮|郵|手機`)

// dotted is a full stop within a name: "Mail.ru".
var dotted = regexp.MustCompile(`(\pL)\.(\pL)`)

// excuse is the sentence that some of them add.
var excuse = regexp.MustCompile(`(?i)^get the app$|^.{0,60}(?:brevity|typos|typing|spelling|mistakes|errors|autocorrect|kürze|tippfehler|brièveté|fautes|brevedad|brevidade|brevità|erros|errores|kortheid|kortfattet|kortfattad|zwięzł|stručnost|краткост|лаконічн|lyhyt|tömörség|conciz|kısa).{0,40}$`)

// Device reports whether a line is what a phone or a mail program adds below
// what was written: "Sent from my iPhone". The targets of its links may stand
// in it.
func Device(line string) bool {
	if len(line) > 1000 {
		return false
	}
	linked := strings.Contains(line, "aka.ms/") || strings.Contains(line, "outlook") && strings.Contains(line, "http")
	line = Clean(line)
	if strings.Contains(line, "http") || strings.Contains(line, "mailto:") {
		line = targets.ReplaceAllString(line, "")
	}
	line = strings.TrimSpace(line)
	if len(line) > 250 || !deviceName.MayMatch(line) {
		return false
	}
	for _, end := range []string{". ", ", ", " - ", " – "} {
		if first, rest, ok := strings.Cut(line, end); ok && excuse.MatchString(rest) {
			line = first
		}
	}
	return deviceName.MatchString(line) && device.MatchString(dotted.ReplaceAllString(line, "$1$2")) && !tells(line) || linked && len(line) < 100 && getOutlook.MatchString(line)
}

// tells reports whether a line that names a device tells how something was
// sent, as a person does and no device: when, to whom, or with a number that is
// no model's.
func tells(line string) bool {
	if strings.ContainsAny(line, "?？؟") || when.MatchString(line) {
		return true
	}
	if !hasDigit(line) {
		return false
	}
	before := ""
	for word := range strings.FieldsSeq(line) {
		word = strings.Trim(word, ".,;:()")
		if strings.Trim(word, "0123456789.,:/-") == "" && hasDigit(word) && !model.MatchString(before) {
			return true
		}
		before = word
	}
	return false
}

var (
	// when are words for a day, and for who was sent something.
	when = regexp.MustCompile(`(?i)(?:^|[^\pL])(?:yesterday|today|(?:mon|tues|wednes|thurs|fri|satur|sun)day|to (?:you|my|your|the)|gestern|heute|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|(?:an|auf) (?:sie|dich|euch|ihre?n?|ihrer|meinen?|die|das|den)|` +
		`hier|aujourd'hui|(?:lun|mar|mercre|jeu|vendre|same)di|dimanche|ayer|hoy|lunes|martes|miércoles|jueves|viernes|ontem|hoje|ieri|oggi|(?:lune|marte|mercole|giove|vener)dì|gisteren|vandaag|(?:maan|dins|woens|donder|vrij|zater|zon)dag|` +
		`i ?går|(?:mån|tis|ons|tors|fre|lör|sön|man|tirs|lør)dags?|till? (?:min|mitt|mina|din|ditt|dig|mig|deg|meg|er|os|oss)|wczoraj|dzisiaj|včera|dnes|вчера|сегодня)(?:$|[^\pL])|küldve .*n[ae]k$`)
	// model is a name that has a number.
	model = regexp.MustCompile(`(?i)(?:windows|ios|ipados|android|iphone|ipad|galaxy|note|tab|redmi|mi|poco|pixel|blackberry|nokia|lumia|xperia|oneplus|mate|moto|motorola|huawei|honor|fairphone|outlook|office|mac|os|version|v|pro|plus|\pL*\d\pL*)$`)
)

var (
	targets    = regexp.MustCompile(`[<(\[](?:https?://|mailto:)[^<>()\[\]\s]*[>)\]]|https?://\S+`)
	getOutlook = regexp.MustCompile(`(?i)outlook.*(?:ios|android|mac|windows)|(?:ios|android).*outlook`)
)
