package phrases

import "strings"

// verbs are the words that say "wrote" in an introduction.
var verbs = set(`wrote|writes|written|schrieb|schreibt|schrieben|geschrieben|écrit|ecrit|écrivait|escribió|escribio|escribe|escrito|scrisse|scrive|scritto|escreveu|escreve|
	schreef|schreven|geschreven|schrijft|geskryf|skreau|schreift|skrev|skriver|skrivit|skreiv|kirjoitti|kirjoittaa|napisał|napisała|napisał(a)|napisali|napisana|pisze|
	napsal|napsala|napsal(a)|píše|napísal|napísala|napísal(a)|piše|napisao|napisala|napisao(la)|napisal|napisal(a)|pisal|napisali|pisao|
	пишет|писал|писала|писал(а)|написал|написала|написал(а)|написав|написав(ла)|написала|написав(-ла)|пише|написа|писа|напиша|написао|написао(ла)|напісаў|напісала|піша|
	yazdı|yazdi|yazmış|yazıb|yazmışdır|жазды|жазған|жазды|бичсэн|бичжээ|yozgan|írta|írja|scris|scrie|έγραψε|έγραψαν|kirjutas|kirjutab|rakstīja|rakstīji|raksta|rašė|parašė|rašo|
	skrifaði|skrivaði|ritaði|shkroi|shkruajti|escriure|escriví|escrit|idatzi|escribiu|ysgrifennodd|scríobh|sgrìobh|skribis|scribite|viết|menulis|membalas|isinulat|sumulat|aliandika|
	գրել|գրեց|գրում|წერს|დაწერა|كتب|كتبت|وكتب|كتَب|نوشت|نوشته|لکھا|لکها|लिखा|लिखते|लिहिले|लिहीले|লিখেছেন|লিখেছে|લખ્યું|எழுதியது|எழுதினார்|రాశారు|వ్రాశారు|nivîsî|skrivet`)

// unspaced are such words of languages that put no space around them, or that
// are part of a longer phrase.
var unspaced = []string{"写道", "写到", "寫道", "寫到", "写于", "撰写", "のメッセージ", "のメール", "が書きました", "は書きました", "さんが書", "書きました", "さんからのメール", "님이 작성", "님께서 작성", "작성:", "쓴 글", "쓴 내용",
	"이 작성", "가 작성", "מאת", "כתב", "כתוב", "تمت كتابة", "كتب/", "เขียนว่า", "เขียน", "បានសរសេរ", "បាន\u200bសរសេរ", "ຂຽນ"}

// beginnings are the first words of such an introduction, days of the week and
// numbers apart.
var beginnings = set(`missatge|message|on|at|am|le|el|il|op|den|em|a|às|o|in|w|dnia|dne|dňa|no|pe|på|päivämäärä|в|во|la|data|στις|vào|lúc|pada|aš|u|v|ב|في|على|بتاريخ|در|dana|дана|на|у|þann|ar|je|
	më|tann|di|vo|kl|klo|ngày|เมื่อ|ใน|ในวันที่|em:|on:|at:|li|mon|tue|wed|thu|fri|sat|sun|mo|mi|do|fr|sa|so|lun|mar|mer|jeu|ven|sam|dim|kontakt|wiadomość|użytkownik|пользователь|於|于|在|ngày|
	monday|tuesday|wednesday|thursday|friday|saturday|sunday|quoting|zitat|dia|il giorno`)

// originals are what stands between dashes above an answered mail.
var originals = set(`original message|original appointment|reply message|replied message|original mail|original email|original e-mail|originalnachricht|original-nachricht|ursprüngliche nachricht|
	ursprüngliche mail|ursprüngliche e-mail|urspr. nachricht|antwort nachricht|original-message|originalmail|original-mail|message d'origine|message d’origine|message original|courriel original|mail original|e-mail d'origine|e-mail d’origine|email original|
	mensaje original|correo original|mensagem original|messaggio originale|messaggio original|mail originale|email originale|e-mail originale|oorspronkelijk bericht|oorspronkelijke bericht|oorspronkelijke e-mail|origineel bericht|orgineel bericht|
	originalmeddelande|ursprungligt meddelande|ursprungligt mail|originalmail|original meddelelse|oprindelig meddelelse|oprindelig besked|original besked|den oprindelige meddelelse|oprindelig mail|opprinnelig melding|original melding|opphavleg melding|
	alkuperäinen viesti|alkuperäinen viesti / orig.msg.|alkuperäinen sähköposti|původní zpráva|původní e-mail|původní email|pôvodná správa|pôvodný e-mail|wiadomość oryginalna|oryginalna wiadomość|treść oryginalnej wiadomości|
	исходное сообщение|исходное письмо|оригинальное сообщение|оригинальное письмо|первоначальное сообщение|пересланное сообщение|оригінальне повідомлення|вихідне повідомлення|початкове повідомлення|оригінальний лист|арыгінальнае паведамленне|зыходнае паведамленне|
	оригинално писмо|оригинално съобщение|първоначално съобщение|изходно съобщение|оригинална порака|оригинална порука|изворна порука|orijinal mesaj|orijinal ileti|özgün ileti|özgün mesaj|asıl ileti|orijinal məktub|eredeti üzenet|eredeti levél|eredeti e-mail|mesaj original|mesajul original|mesaj inițial|
	izvorna poruka|originalna poruka|izvorni email|izvirno sporočilo|originalno sporočilo|αρχικό μήνυμα|αρχικό email|πρωτότυπο μήνυμα|thư gốc|tin nhắn gốc|email gốc|pesan asli|mesej asal|ข้อความต้นฉบับ|ข้อความเดิม|
	הודעה מקורית|ההודעה המקורית|הודעה המקורית|الرسالة الأصلية|الرسالة الأصليَّة|الرسالة الأساسية|رسالة أصلية|پیام اصلی|پيام اصلي|اصل پیام|मूल संदेश|खरा संदेश|মূল বার্তা|原始邮件|原始消息|原始郵件|原始信件|原始訊息|原邮件|邮件原件|回复的原邮件|回复的邮件|元のメッセージ|元のメール|オリジナルメッセージ|
	원본 메시지|원본 이메일|원본 메일|원본메일|원본 메세지|원본메시지|algne kiri|algne sõnum|esialgne kiri|sākotnējā vēstule|sākotnējais ziņojums|oriģinālais ziņojums|oriģinālā vēstule|originalus laiškas|pradinis laiškas|originali žinutė|pirminis pranešimas|missatge original|mensaxe orixinal|jatorrizko mezua|
	upprunaleg skilaboð|upprunalegur póstur|neges wreiddiol|an teachtaireacht bhunaidh|mesazhi origjinal|oorspronklike boodskap|oarspronklik berjocht|originala mesaĝo|uppruna boð|საწყისი წერილი|ორიგინალი შეტყობინება|түпнұсқа хабарламасы|բնօրինակ նամակը|peyama orîjînal|asl xat`)

// forwards are what clients write above a mail that they forward.
var forwards = set(`forwarded message|begin forwarded message|forwarded mail|forwarded email|start of forwarded message|weitergeleitete nachricht|anfang der weitergeleiteten nachricht|anfang der weitergeleiteten e-mail|weitergeleitete e-mail|weitergeleitete mail|beginn der weitergeleiteten nachricht|
	message transféré|message transmis|message réexpédié|début du message réexpédié|début du message transféré|message transferé|courriel transféré|mail transféré|mensaje reenviado|inicio del mensaje reenviado|correo reenviado|mensagem encaminhada|mensagem reencaminhada|início da mensagem reencaminhada|
	início da mensagem encaminhada|iniciar a mensagem reenviada|messaggio inoltrato|inizio messaggio inoltrato|mail inoltrata|doorgestuurd bericht|begin doorgestuurd bericht|doorgestuurde bericht|vidarebefordrat meddelande|vidarebefordrat brev|vidarebefordrat mejl|börja vidarebefordrat meddelande|
	videresendt besked|videresendt meddelelse|videresendt melding|start på videresendt besked|start på videresendt meddelelse|videresendt e-post|start på videresendt melding|videresendt mail|edelleenlähetetty viesti|välitetty viesti|välitetty viesti / fwd.msg|välitetty viesti alkaa|
	přeposlaná zpráva|začátek přeposlané zprávy|přeposlaný e-mail|přeposlaný email|preposlaná správa|začiatok preposlanej správy|preposlaný e-mail|przekazana wiadomość|wiadomość przekazana|wiadomość przekazana dalej|początek przekazywanej wiadomości|treść przekazanej wiadomości|
	początek przekazanej wiadomości|пересылаемое сообщение|пересланное сообщение|пересылаемое письмо|пересланное письмо|перенаправленное сообщение|начало переадресованного сообщения|начало пересылаемого сообщения|переслане повідомлення|перенаправлене повідомлення|початок переспрямованого повідомлення|пересланий лист|
	препратено писмо|препратено съобщение|начало на препратеното съобщение|прослеђена порука|препратена порака|перанакіраванае паведамленне|yönlendirilmiş ileti|iletilmiş mesaj|yönlendirilen ileti|iletilen mesaj|iletilen ileti|iletilmiş ileti|başlangıç iletilen mesaj|
	továbbított üzenet|továbbított levél|továbbított üzenet kezdete|mesaj redirecționat|mesaj redirectionat|mesaj reexpediat|început mesaj redirecționat|proslijeđena poruka|prosleđena poruka|započni proslijeđenu poruku|posredovano sporočilo|začetek posredovanega sporočila|
	προωθημένο μήνυμα|έναρξη προωθημένου μηνύματος|tin nhắn được chuyển tiếp|tin nhắn đã được chuyển tiếp|thư đã chuyển tiếp|bắt đầu thư được chuyển tiếp|pesan terusan|pesan yang diteruskan|pesan diteruskan|mulai pesan yang diteruskan|mesej dimajukan|mesej dikirim semula|mesej yang dimajukan|
	ข้อความที่ส่งต่อ|เริ่มข้อความที่ส่งต่อ|ข้อความส่งต่อ|הודעה שהועברה|תחילת ההודעה שהועברה|התחלת ההודעה שהועברה|הודעה מועברת|الرسالة المعاد توجيهها|رسالة معاد توجيهها|رسالة ممرّرة|رسالة مُعاد توجيهها|بدء الرسالة المعاد توجيهها|پیام بازارسال شده|پیام هدایت شده|پیام ارسال شده|अग्रेषित संदेश|
	转发的邮件|转发的消息|轉寄的郵件|轉寄的訊息|转发邮件|轉寄郵件|转发邮件信息|被转发的邮件|被转发邮件|以下是转发的邮件|開始轉寄郵件|开始转发的邮件|轉寄訊息|転送メッセージ|転送されたメッセージ|転送メール|전달된 메시지|전달된 메일|전달된 이메일|전달받은 메시지|
	začátek přeposílané zprávy|începe mesajul redirecționat|mesaj înaintat|mesaj trimis mai departe|továbbított levél kezdete|ileti başlangıcı|i̇leti başlangıcı|yönlendirilen iletinin başlangıcı|початок листа, що пересилається|αρχή προωθημένου μηνύματος|
	전달된 메시지 시작|下面是被转发的邮件|以下是被转发的邮件|转发邮件内容|メッセージを転送|転送メッセージの開始|ここから転送メッセージ|يبدأ الرسالة المعاد توجيهها|بداية الرسالة المعاد توجيهها|فيما يلي رسالة معاد توجيهها|początek przekazanej wiadomości|počátek přeposlané zprávy|
	početak prosleđene poruke|początek wiadomości przekazanej|začetek posredovane pošte|начало на препратено писмо|початок переадресованого повідомлення|mulai pesan diteruskan|edastatud kiri|edastatud sõnum|algus edastatud kirjast|pārsūtītā vēstule|pārsūtītais ziņojums|pārsūtīts ziņojums|persiųstas laiškas|persiunčiamas laiškas|peradresuotas laiškas|missatge reenviat|inici del missatge reenviat|mensaxe reenviada|birbidalitako mezua|
	áframsendur póstur|áframsend skilaboð|გადაგზავნილი წერილი|әрі қарай жіберілген хабарлама|փոխանցվող նամակը|mesazhi i përcjellë|neges wedi'i hanfon ymlaen|deurgestuurde boodskap`)

// forwardEnds are what clients write below it.
var forwardEnds = set(`end forwarded message|end of forwarded message|ende der weitergeleiteten nachricht|fin du message transféré|fin del mensaje reenviado|fine messaggio inoltrato|конец пересылаемого сообщения|конец пересылаемого письма`)

var labels = labelWords(map[Label]string{
	From: `from|expeditorul|отправитель|відправник|odosielateľ|발신|발신인|발신자|ผู้ส่งข้อความ|sendandi|од|von|de|da|van|från|fra|frá|frå|fan|vun|lähettäjä|od|odesílatel|odosielateľ|от|от кого|від|від кого|ад|发件人|寄件者|寄件人|發件人|從|差出人|送信者|発信者|送信元|보낸 사람|보낸사람|보낸 이|gönderen|gönderici|kimden|kimdən|kimdan|feladó|expéditeur|remitente|remetente|mittente|afzender|avsändare|afsender|avsender|saatja|nadawca|
		de la|expeditor|pošiljatelj|pošiljalac|šalje|шаље|испраќач|από|αποστολέας|מאת|שולח|من|مِن|المرسل|از|فرستنده|ارسال کننده|प्रेषक|से|প্রেরক|dari|pengirim|daripada|จาก|ผู้ส่ง|từ|gửi từ|người gửi|no|sūtītājs|nuo|siuntėjas|kas|remitent|nork|oddi wrth|nga|გამგზავნი|кімнен|ումից|ուղարկող|ვინ|eus|mitt.|absender|sender`,
	Sent: `sent|αποστολή|sended|terkirim pada|дата відправлення|sent on|послано|gesendet|gesendet am|envoyé|envoyé le|envoyée|envoyé par mail|date d'envoi|date d’envoi|enviado|enviado el|enviado em|enviada em|enviada|enviat|enviado a las|inviato|inviato il|data invio|verzonden|verzonden op|skickat|skickades|sendt|sendt dato|lähetetty|odesláno|odoslané|odoslaná|dátum odoslania|datum odeslání|wysłano|wysłane|data wysłania|отправлено|дата отправки|отослано|надіслано|дата надсилання|
		изпратено|изпратено на|адпраўлена|发送时间|发送日期|寄件日期|傳送時間|傳送日期|寄件時間|已傳送|已发送|送信日時|送信日|送信時刻|보낸 날짜|보낸날짜|보낸 시간|gönderildi|gönderme tarihi|gönderim|gönderilme|gönderim tarihi|elküldve|küldve|küldés ideje|elküldés dátuma|trimis|trimisă|trimis la|poslano|послато|poslato|εστάλη|στάλθηκε|απεστάλη|ημερομηνία αποστολής|נשלח|תאריך שליחה|نشلح|تم الإرسال|تاريخ الإرسال|أرسلت|ارسال شده|ارسال|فرستاده شده|
		dikirim|terkirim|dihantar|đã gửi|ngày gửi|gửi|ส่ง|ส่งเมื่อ|ส่งแล้ว|saadetud|nosūtīts|nosūtīta|išsiųsta|sent.|भेजा गया|sendur|sent at|bidalia`,
	Day: `date|datum|data|fecha|dato|päivämäärä|päiväys|pvm|дата|日期|付日|日付|日時|날짜|일시|보낸일시|tarih|tarix|dátum|dată|ημερομηνία|ημ/νία|תאריך|التاريخ|تاریخ|تاريخ|दिनांक|तारीख|তারিখ|tanggal|tarikh|ngày|kuupäev|datums|dagsetning|dagur|dyddiad|dáta|deiz|datë|თარიღი|күні|ամսաթիվ|วันที่|时间|時間|datum/zeit|messaggio del`,
	To: `to|destinatarul|pentru|příjemce|příjemci|получатель|одержувач|отримувач|수신|수신인|수신자|收信人|寄给|за|per a|an|à|a|para|pa|pour|aan|til|till|vastaanottaja|komu|do|кому|каму|до|收件人|收件者|到|宛先|送信先|받는 사람|받는사람|받는 이|수신|kime|kimə|kimga|alıcı|címzett|către|catre|destinatar|destinataire|destinatario|destinatário|destinatari|ontvanger|mottagare|modtager|mottaker|empfänger|adresát|adresat|προς|παραλήπτης|אל|נמען|إلى|الى|المستقبل|به|گیرنده|ګيرينده|को|প্রাপক|प्राप्तकर्ता|
		kepada|penerima|đến|tới|người nhận|za|prima|прима|примач|за|pre|primatelj|saaja|adressaat|kam|uz|gavėjas|nori|at|chuig|për|ვის|кімге|ում|ถึง|ผู้รับ|an (to)|dest.|to/an`,
	Cc:      `cc|kopie|kopie (cc)|copie|copie à|copie (cc)|cópia|copia|kopia|kopi|kopi til|kopi til (cc)|kopio|kópia|копия|копие|копие до|копія|са|抄送|副本|抄送人|写し(cc)|写し|참조|bilgi|karbon kopya|másolat|másolatot kap|κοιν|κοιν.|κοινοποίηση|עותק|העתק|לידיעה|نسخة|نسخة إلى|نسخة إلي|رونوشت|bcc|cci|cco|ccn|blindkopie|blindkopie (bcc)|koopia|copie carbone|kopija|nusxasi|nüsxə|ασφ.|kp|đồng kính gửi|สำเนา|สำเนาถึง|tembusan|salinan|коп|afrit|ასლი|көшірме|p.c.|dw`,
	Subject: `subject|subiectul|betreff|betrifft|betr.|objet|sujet|asunto|assumpte|asuntu|assunto|oggetto|ogg|ogg.|onderwerp|ämne|emne|aihe|asia|předmět|predmet|temat|тема|тэма|заглавие|относно|предмет|наслов|主题|主題|主旨|标题|標題|件名|제목|konu|mövzu|mavzu|tárgy|subiect|θέμα|נושא|הנדון|الموضوع|موضوع|विषय|বিষয়|perihal|subjek|judul|chủ đề|tiêu đề|teema|pealkiri|temats|tēma|tema|zadeva|naslov|efni|titill|viðfangsefni|gaia|pwnc|ábhar|subjekt|სათაური|თემა|тақырыбы|тақырып|վերնագիր|թեմա|หัวเรื่อง|เรื่อง|หัวข้อ|onderwerp (subject)`,
	Other:   `reply-to|antwort an|répondre à|responder a|rispondi a|importance|priority|wichtigkeit|priorität|importancia|importanza|attachments|anlagen|anhänge|anhang|attachment|pièces jointes|organization|organisation|sender|message-id|gesendet von|sent by|envoyé par|newsgroups|resent-from|in-reply-to|references|附件|첨부|priorité|prioridad`,
})

// labelWords turns the lists into a look-up by word.
func labelWords(lists map[Label]string) map[string]Label {
	out := map[string]Label{}
	for l := From; l <= Other; l++ { // where a word is in two lists, the first counts
		for _, w := range strings.Split(lists[l], "|") {
			if w = strings.TrimSpace(w); w != "" && out[w] == None {
				out[w] = l
			}
		}
	}
	return out
}
