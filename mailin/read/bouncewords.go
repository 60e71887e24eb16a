package read

import (
	"regexp"
	"strings"

	"aside/reply/pattern"
)

// anyOf is a pattern of alternatives, in any case.
func anyOf(before string, words []string, after string) *pattern.Pattern {
	return pattern.MustCompile(alternatives(before, words, after))
}

func alternatives(before string, words []string, after string) string {
	return `(?i)` + before + `(?:` + strings.Join(words, "|") + `)` + after
}

// bounceSubject begins the subjects of bounces and delays.
var bounceSubject = anyOf(`^(?:\W|\[[^\]]{1,20}\])*`, []string{
	`undeliver`, `(?:permanent|temporary|final) delivery`, `.{0,300}\(delivery failed\)`, `non[- ]?deliver`, `delivery[ _](?:status ?)?(?:notification|failure|failed|has failed|error|problem|report|incomplete|delay)`,
	`delivery status$`, `mail (?:delivery|could not|failed|not delivered|system error|status report|transport error)`, `(?:e-?mail|message) (?:delivery )?(?:returned|bounced|undeliver\w+)`, `(?:returned|rejected|bounced?) (?:e?-?mail|message)`,
	`failure (?:notice|delivery|notification)`, `failed (?:e?-?mail|delivery|to deliver)`, `delivery (?:has )?fail`, `(?:your )?message (?:delivery|status|could not|not delivered|delayed|undeliver)`,
	`your (?:message|e?-?mail) (?:to .{1,200} )?(?:could not|cannot|was not|has not)`, `e-?mail delivery (?:failure|error)`, `could ?n[o']t (?:send|be delivered|deliver)`, `postmaster.{0,5}email delivery`, `(?:unable|error) (?:to )?(?:deliver|sending) `,
	`warning: (?:message|could not|.{1,200}user unknown)`, `delayed mail`, `the results of your email commands`, `there was an error sending your mail`, `user unknown`, `unknown user`, `mailbox (?:full|unavailable)`,
	`nondeliverable mail`, `bounce(?:d)? (?:mail|message)`, `dns.{0,20}failure.{0,20}mail`, `message you sent blocked`, `mail (?:rejected|blocked|undeliverable)`,
	// Exchange's and others' prefixes in further languages.
	`unzustellbar`, `zustellung`, `nicht zustellbar`, `(?:ihre |die )?nachricht (?:konnte )?nicht zu(?:ge|zu)?stell`, `fehler bei der zustellung`, `mail nicht zugestellt`, `übermittlungs`, `benachrichtigung (?:zum|über den) (?:übermittlungs|zustell)`,
	`non remis`, `échec de (?:la )?(?:remise|distribution|livraison)`, `e?-?(?:mail|courriel|message) non (?:distribué|délivré|remis)`, `non[- ]distribu`, `avis de non[- ]`,
	`no (?:se )?(?:pudo|puede) (?:ser )?entrega`, `no entregado`, `(?:correo|mensaje|e-?mail) (?:no entregado|devuelto|rechazado)`, `error (?:de|en la) entrega`, `fallo (?:de|en la) entrega`, `notificaci[óo]n de (?:estado de )?entrega`,
	`não (?:foi possível|é possível) entregar`, `não (?:pôde|pode) ser entregue`, `não entregue`, `mensagem (?:não entregue|devolvida)`, `falha (?:na|de) entrega`, `e-?mail devolvido`, `notificação (?:do|de) estado de entrega`,
	`mancato recapito`, `non recapitabile`, `impossibile (?:consegnare|recapitare)`, `messaggio non (?:consegnato|recapitato)`, `(?:avviso|errore) di mancat[ao] consegna`, `avviso mancata consegna`,
	`onbestelbaar`, `niet (?:bezorgd|afgeleverd|te bezorgen)`, `aflevering mislukt`, `bezorging mislukt`,
	`olevererbart`, `kan (?:inte levereras|ikke leveres)`, `kunde inte levereras`, `kunne ikke leveres`, `ikke leveret`, `ej levererat`, `leveransfel`, `perille toimittamatta`, `(?:viestin )?toimitus epäonnistui`, `viestiä ei voi`,
	`nie można dostarczyć`, `niedostarcz`, `nie dostarczono`, `zwrot (?:wiadomości|poczty)`, `nedoručiteln`, `nelze doručit`, `nedoručen`, `nepodarilo sa doručiť`, `kézbesíthetetlen`, `nem kézbesíthető`, `nelivrabil`, `mesaj nelivrat`, `imposibil de livrat`,
	`недоставлен`, `не удается доставить`, `не доставлено`, `ваше сообщение не доставлено`, `уведомление о (?:не)?доставке`, `сообщение не доставлено`, `повідомлення не доставлено`, `не вдається доставити`, `teslim edilem`, `iletilemedi`, `αδύνατη η παράδοση`, `δεν ήταν δυνατή η παράδοση`, `μη παραδοτέο`,
	`\[postmaster\]`, `配信不能`, `配信できません`, `配達できません`, `送信できません`, `不達`, `(?:エラー|送信エラー)メール`, `メール(?:の)?配信(?:エラー|失敗)`, `退信`, `系统退信`, `无法(?:送达|投递|传递)`, `無法(?:送達|投遞|傳遞)`, `未(?:送达|投递)`, `投递失败`, `傳遞失敗`, `배달(?:되지| 실패|할 수 없)`, `전송 실패`, `반송`, `לא ניתן (?:למסור|למסירה)`, `غير قابل للتسليم`, `تعذر (?:تسليم|التسليم)`, `thư không gửi được`, `ส่งไม่ถึง`, `tidak (?:dapat )?(?:terkirim|terkirimkan|dikirim)`,
}, ``)

// bounceWords are what a bounce says happened.
var bounceWords = anyOf(``, []string{
	`(?:could|can|has|have) ?not (?:be|been) (?:successfully )?(?:delivered|sent)`, `(?:was|were) (?:not|never) delivered`, `not delivered to`, `did not reach`, `(?:unable|failed|trouble) (?:to )?(?:deliver|send)`, `wasn'?t able to deliver`, `couldn'?t (?:be )?deliver`, `undeliver(?:able|ed)`, `non-?deliver(?:y|able)`,
	`delivery (?:of (?:the|your) .{0,60} |to the following .{0,60} |attempts? )?(?:has )?failed`, `permanent(?:ly)? (?:fatal )?(?:error|fail)`, `(?:following|these) (?:e-?mail )?(?:address(?:\(es\)|es)?|recipients?|addressees?|users?)`, `user unknown`, `unknown user`, `unknown (?:local[- ]part|address|recipient|account)`, `no such (?:user|address|recipient|mailbox|account)`,
	`no mailbox here`, `mail ?box (?:is )?(?:unavailable|full|disabled|not found|inactive)`, `does ?n.t (?:exist|have an?)`, `does not (?:exist|like recipient)`, `address (?:not found|rejected|unknown|error)`, `could not deliver`, `invalid (?:final )?(?:recipient|delivery|address|mailbox|user)`,
	`(?:exceeded|over|exceeds?) (?:.{0,20})?(?:quota|allowed size|storage)`, `quota exceeded`, `user (?:does )?not (?:known|found|exist|listed)`, `not listed in`, `over ?quota`, `(?:was|been|is|message|recipient) rejected`, `rejected (?:your|by|recipient)`, `recipient (?:name )?is not recognized`, `no (?:valid )?recipients`,
	`unrouteable`, `host (?:unknown|not found|not reachable)`, `relay(?:ing)? (?:denied|not permitted)`, `this account (?:has been|is)`, `delivery problems`, `error (?:sending|delivering)`, `not a member of this mailing list`, `blocked (?:by|your)`,
	`konnte (?:leider )?nicht (?:an .{1,200} )?(?:zugestellt|übermittelt|gesendet)`, `nicht zugestellt`, `nicht zustellbar`, `unzustellbar`, `unbekannter (?:benutzer|empfänger)`, `empfänger (?:unbekannt|nicht gefunden)`,
	`(?:pas pu|n'a pu) être (?:remis|délivré|distribué|livré|envoyé)`, `n'a pas été (?:remis|délivré|distribué)`, `utilisateur inconnu`, `destinataire inconnu`, `adresse introuvable`,
	`no (?:pudo|ha podido|se pudo|se ha podido|puede|fue) (?:ser )?entrega`, `no se (?:pudo|ha podido|puede) entregar`, `usuario (?:desconocido|no existe)`, `destinatario (?:desconocido|inexistente)`,
	`não (?:pôde|pode|foi) (?:ser )?(?:possível )?entreg`, `usuário (?:desconhecido|inexistente)`, `(?:non è stato|impossibile) (?:possibile )?(?:consegn|recapit)`, `non è stato possibile`, `(?:utente|destinatario) (?:sconosciuto|inesistente)`,
	`(?:kon|kan) niet (?:worden )?(?:bezorgd|afgeleverd)`, `onbekende (?:gebruiker|ontvanger)`, `(?:kunde|kan) inte (?:levereras|leverera)`, `(?:kunne|kan) ikke (?:leveres|levere)`, `ei voitu toimittaa`, `nie (?:mogła|można|udało).{0,20} (?:zostać )?dostarcz`, `(?:nelze|nebylo možné|nemohla být) doruč`, `nem (?:lehetett|sikerült|tudtuk) (?:a .{0,40} )?kézbesít`, `nu a putut fi livrat`,
	`не (?:может|могло|удалось|удаётся|удается) (?:быть )?достав`, `не (?:было )?доставлено`, `пользователь не найден`, `не вдалося достав`, `teslim edilem`, `iletilemedi`, `δεν (?:ήταν δυνατή|μπόρεσε|παραδόθηκε)`,
	`(?:配信|配達|送信|送達)(?:でき|に失敗|されません)`, `届けられませんでした`, `(?:無法|无法)(?:送達|送达|投遞|投递|傳遞|传递)`, `投递失败`, `退(?:信|回)`, `(?:배달|전달|전송)(?:되지|할 수 없|하지 못|에 실패)`, `לא (?:ניתן|נמסרה|נמסר)`, `تعذر (?:تسليم|إرسال)`,
}, ``)

// parcelWords name what couriers carry, who speak of recipients and of failed
// delivery as mail systems do, and write from addresses of robots.
var parcelWords = anyOf(`(?:^|[^\pL])`, []string{
	`parcels?`, `packages?`, `shipments?`, `consign(?:ment|ee)s?`, `couriers?`, `tracking (?:number|no|id|code|link)`, `(?:your|the) order`, `order (?:#|no|number|id)`,
	`paket\pL*`, `päckchen`, `sendung\pL*`, `zusteller\pL*`, `bestellung\pL*`, `spedition\pL*`, `colis`, `livreur`, `transporteur`, `(?:votre|la) commande`, `paquetes?`, `repartidor`, `transportista`, `encomendas?`, `transportadora`, `pedido (?:#|n|\d)`,
	`pacc(?:o|hi)`, `spedizion[ei]`, `corriere`, `ordine (?:#|n|\d)`, `pakket\pL*`, `zending\pL*`, `bezorger`, `bestelling\pL*`, `pakke\pL*`, `försändelse\pL*`, `forsendelse\pL*`, `paczk\pL*`, `przesyłk\pL*`, `kurier\pL*`, `zásilk\pL*`, `zásielk\pL*`, `balík\pL*`, `objednávk\pL*`,
	`csomag\pL*`, `futár\pL*`, `colet\pL*`, `curier\pL*`, `kargo\pL*`, `посылк\pL*`, `курьер\pL*`, `посилк\pL*`, `кур['’]єр\pL*`, `δέμα\pL*`,
}, `(?:[^\pL]|$)|荷物|宅配|ご注文|包裹|快递|快遞|订单|訂單|택배|소포`)

// delayWords are what a delay says: it is still being tried (RFC 3464 section
// 2.3.3, "delayed").
var delayWords = anyOf(``, []string{
	`still being retried`, `has been delayed`, `message (?:has been |is )?delayed`, `delayed mail`, `delayed \d+ (?:hours|days|minutes)`, `notification ?\(delay\)`, `not yet been delivered`, `could not be delivered for more than`, `will be (?:re-?)?tried`,
	`will (?:keep|be) (?:re)?trying`, `delivery attempts will continue`, `will (?:continue|keep) (?:to )?(?:try|attempt)`, `has been postponed`, `warning message only`, `delivery (?:is )?delayed`, `you do not need to resend`, `no action is required on your part`, `will retry`, `temporarily (?:delayed|deferred)`, `action:? delayed`, `not been delivered yet`,
	`verzögert`, `wird weiterhin versucht`, `retardée?`, `retrasad[oa]`, `atrasad[oa]`, `ritardat[oa]`, `vertraagd`, `försenad`, `forsinket`, `viivästy`, `opóźnion`, `zpožděn`, `задерж`, `gecikti`, `遅延`, `延迟`, `延遲`, `지연`,
}, ``)

// givenUpWords say that nobody tries any more, whatever else is said.
var givenUpWords = regexp.MustCompile(`(?i)(?:deleted from (?:the )?queue|not (?:going to )?tr(?:y|ied) again|no (?:further|more) (?:delivery )?attempts|permanent (?:fatal )?errors?\b|removed from (?:the )?(?:mail )?queue|failed permanently|giving up|could not be delivered for \d+(?:\.\d+)? days|returned to (?:the )?sender)`)

// deliveredWords are a receipt's without any machine's part: it arrived.
var deliveredWords = regexp.MustCompile(`(?i)(?:successfully (?:delivered|relayed)|has been (?:successfully )?delivered|was (?:successfully )?(?:delivered|relayed) to|delivery to the following recipients? succeeded|wurde (?:erfolgreich )?zugestellt|a été (?:remis|délivré) )`)

// machineSender tells the addresses and names that mail systems send from.
var machineSender = pattern.MustCompile(`(?i)(?:mailer[-_. ]?daemon|mail[-_. ]?daemon|post[-_]?master|\bmdaemon|mail[-_. ]?deliver|mail delivery (?:sub)?system|mail system|mail administrator|system administrator|delivery sub-?system|internet mail (?:delivery|connector)|mail transfer agent|^(?:mta|smtp|microsoftexchange[0-9a-f]{32})@|smtp (?:gateway|server)|interscan|systemadministrator|administrateur syst|系统管理员|メール配信システム)`)

// machineWords are how mail systems begin, and people do not.
var machineWords = regexp.MustCompile(`(?i)(?:created automatically by mail delivery|automatically (?:generated|created) (?:delivery|non-?delivery|message|e-?mail|notif)|machine[- ]generated message|this is the (?:qmail-send program|mail system at|mail delivery agent|dragonfly mail|mailer-daemon|\S+ program at|mail system)|` +
	`mail delivery software|-{2,} ?non-delivery report|message from interscan|m-filter.{0,12}自動的|the following (?:addresses|recipients?) had (?:permanent|delivery)|-{2,} ?transcript of session|this is an automated (?:bounce|delivery)|diese nachricht wurde automatisch|ce message a été (?:généré|créé) automatiquement)`)

var daemonSender = regexp.MustCompile(`^(?:mailer[-_.]?daemon|mdaemon)@`)

// returnedMark begins the copy of the returned mail below a notice.
var returnedMark = regexp.MustCompile(`(?mi)^[\s>|*=+-]*(?:this is a copy of|copy of (?:the|your) (?:message|mail)|below this line is a copy|(?:your )?original (?:message|mail) (?:follows|headers?|text|info|as follows|[-=]+$)|the original message (?:follows|is attached|was received from)|(?:returned|unsent|unsent|undelivered) (?:mail|message)\b|` +
	`message (?:headers?|text|body|details)(?: follows?)?\s*[-:]|message headers? follows?|text of the (?:returned|original) message|attachment is a copy|mensaje original|return-path:|received: from|the first \d+ lines|original message:|the header of the original message|included is a copy|begin (?:forwarded|returned) message|old message:|` +
	`(?:ursprüngliche|urspr\.) (?:nachricht|kopfzeilen)|message d'origine|messaggio originale|исходное сообщение|オリジナルメッセージ|元のメッセージ)`)
