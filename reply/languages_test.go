package reply_test

import (
	"fmt"
	"html"
	"strings"
	"testing"

	"aside"
	"aside/reply"
)

// language is what mail clients write in one language. NAME and ADDR stand
// for the sender.
type language struct {
	code        string
	thunderbird string   // line above a quotation
	gmail       string   // the same
	apple       string   // the same
	labels      []string // From, Sent, To, Cc, Subject of Outlook
	when        string   // value of Sent
	original    string   // between dashes
	forwarded   string   // between dashes, or with a colon
	phone       string   // signature of a phone
}

var languages = []language{
	{"en", "On 21/11/2026 11:00, NAME wrote:", "On Sat, Nov 21, 2026 at 11:00\u202fAM NAME <ADDR> wrote:", "On Nov 21, 2026, at 11:00 AM, NAME <ADDR> wrote:", []string{"From", "Sent", "To", "Cc", "Subject"}, "Saturday, November 21, 2026 11:00 AM", "Original Message", "Forwarded Message", "Sent from my iPhone"},
	{"de", "Am 21.11.26 um 11:00 schrieb NAME:", "Am Sa., 21. Nov. 2026 um 11:00 Uhr schrieb NAME <ADDR>:", "Am 21.11.2026 um 11:00 schrieb NAME <ADDR>:", []string{"Von", "Gesendet", "An", "Cc", "Betreff"}, "Samstag, 21. November 2026 11:00", "Ursprüngliche Nachricht", "Weitergeleitete Nachricht", "Von meinem iPhone gesendet"},
	{"fr", "Le 21/11/2026 à 11:00, NAME a écrit :", "Le sam. 21 nov. 2026 à 11:00, NAME <ADDR> a écrit :", "Le 21 nov. 2026 à 11:00, NAME <ADDR> a écrit :", []string{"De", "Envoyé", "À", "Cc", "Objet"}, "samedi 21 novembre 2026 11:00", "Message d'origine", "Message transféré", "Envoyé de mon iPhone"},
	{"es", "El 21/11/26 a las 11:00, NAME escribió:", "El sáb, 21 nov 2026 a las 11:00, NAME (<ADDR>) escribió:", "El 21 nov 2026, a las 11:00, NAME <ADDR> escribió:", []string{"De", "Enviado el", "Para", "CC", "Asunto"}, "sábado, 21 de noviembre de 2026 11:00", "Mensaje original", "Mensaje reenviado", "Enviado desde mi iPhone"},
	{"it", "Il 21/11/26 11:00, NAME ha scritto:", "Il giorno sab 21 nov 2026 alle ore 11:00 NAME <ADDR> ha scritto:", "Il giorno 21 nov 2026, alle ore 11:00, NAME <ADDR> ha scritto:", []string{"Da", "Inviato", "A", "Cc", "Oggetto"}, "sabato 21 novembre 2026 11:00", "Messaggio originale", "Messaggio inoltrato", "Inviato da iPhone"},
	{"pt-BR", "Em 21/11/2026 11:00, NAME escreveu:", "Em sáb., 21 de nov. de 2026 às 11:00, NAME <ADDR> escreveu:", "Em 21 de nov. de 2026, à(s) 11:00, NAME <ADDR> escreveu:", []string{"De", "Enviada em", "Para", "Cc", "Assunto"}, "sábado, 21 de novembro de 2026 11:00", "Mensagem original", "Mensagem encaminhada", "Enviado do meu iPhone"},
	{"pt-PT", "Às 11:00 de 21/11/2026, NAME escreveu:", "NAME <ADDR> escreveu (sábado, 21/11/2026 à(s) 11:00):", "No dia 21/11/2026, às 11:00, NAME <ADDR> escreveu:", []string{"De", "Enviado", "Para", "Cc", "Assunto"}, "21 de novembro de 2026 11:00", "Mensagem original", "Mensagem reencaminhada", "Enviado do meu iPhone"},
	{"nl", "Op 21-11-2026 om 11:00 schreef NAME:", "Op za 21 nov 2026 om 11:00 schreef NAME <ADDR>:", "Op 21 nov. 2026 om 11:00 heeft NAME <ADDR> het volgende geschreven:", []string{"Van", "Verzonden", "Aan", "CC", "Onderwerp"}, "zaterdag 21 november 2026 11:00", "Oorspronkelijk bericht", "Doorgestuurd bericht", "Verstuurd vanaf mijn iPhone"},
	{"sv", "Den 2026-11-21 kl. 11:00, skrev NAME:", "Den lör 21 nov. 2026 kl 11:00 skrev NAME <ADDR>:", "21 nov. 2026 kl. 11:00 skrev NAME <ADDR>:", []string{"Från", "Skickat", "Till", "Kopia", "Ämne"}, "den 21 november 2026 11:00", "Ursprungligt meddelande", "Vidarebefordrat meddelande", "Skickat från min iPhone"},
	{"da", "Den 21.11.2026 kl. 11.00 skrev NAME:", "Den lør. 21. nov. 2026 kl. 11.00 skrev NAME <ADDR>:", "Den 21. nov. 2026 kl. 11.00 skrev NAME <ADDR>:", []string{"Fra", "Sendt", "Til", "Cc", "Emne"}, "21. november 2026 11:00", "Oprindelig meddelelse", "Videresendt meddelelse", "Sendt fra min iPhone"},
	{"nb", "Den 21.11.2026 11:00, skrev NAME:", "lør. 21. nov. 2026 kl. 11:00 skrev NAME <ADDR>:", "21. nov. 2026 kl. 11:00 skrev NAME <ADDR>:", []string{"Fra", "Sendt", "Til", "Kopi", "Emne"}, "lørdag 21. november 2026 11:00", "Opprinnelig melding", "Videresendt melding", "Sendt fra min iPhone"},
	{"fi", "NAME kirjoitti 21.11.2026 klo 11.00:", "la 21. marrask. 2026 klo 11.00 NAME (ADDR) kirjoitti:", "NAME <ADDR> kirjoitti 21.11.2026 kello 11.00:", []string{"Lähettäjä", "Lähetetty", "Vastaanottaja", "Kopio", "Aihe"}, "lauantai 21. marraskuuta 2026 11.00", "Alkuperäinen viesti", "Välitetty viesti", "Lähetetty iPhonesta"},
	{"pl", "W dniu 21.11.2026 o 11:00, NAME pisze:", "sob., 21 lis 2026 o 11:00 NAME <ADDR> napisał(a):", "Wiadomość napisana przez NAME <ADDR> w dniu 21.11.2026, o godz. 11:00:", []string{"Od", "Wysłano", "Do", "DW", "Temat"}, "sobota, 21 listopada 2026 11:00", "Wiadomość oryginalna", "Przekazana wiadomość", "Wysłane z iPhone'a"},
	{"cs", "Dne 21. 11. 26 v 11:00 NAME napsal(a):", "so 21. 11. 2026 v 11:00 odesílatel NAME <ADDR> napsal:", "21. 11. 2026 v 11:00, NAME <ADDR>:", []string{"Od", "Odesláno", "Komu", "Kopie", "Předmět"}, "sobota 21. listopadu 2026 11:00", "Původní zpráva", "Přeposlaná zpráva", "Odesláno z iPhonu"},
	{"sk", "Dňa 21. 11. 2026 o 11:00 NAME napísal(a):", "so 21. 11. 2026 o 11:00 NAME <ADDR> napísal(a):", "Dňa 21. 11. 2026 o 11:00 užívateľ NAME <ADDR> napísal:", []string{"Od", "Odoslané", "Komu", "Kópia", "Predmet"}, "sobota 21. novembra 2026 11:00", "Pôvodná správa", "Preposlaná správa", "Odoslané z iPhonu"},
	{"hu", "2026. 11. 21. 11:00 keltezéssel, NAME írta:", "NAME <ADDR> ezt írta (időpont: 2026. nov. 21., Szo, 11:00):", "2026. nov. 21. dátummal, 11:00 időpontban NAME <ADDR> írta:", []string{"Feladó", "Elküldve", "Címzett", "Másolatot kap", "Tárgy"}, "2026. november 21., szombat 11:00", "Eredeti üzenet", "Továbbított üzenet", "Az iPhone-omról küldve"},
	{"ro", "La 21.11.2026 11:00, NAME a scris:", "În sâm., 21 nov. 2026 la 11:00, NAME <ADDR> a scris:", "Pe 21 nov. 2026, la 11:00, NAME <ADDR> a scris:", []string{"De la", "Trimis", "Către", "Cc", "Subiect"}, "sâmbătă, 21 noiembrie 2026 11:00", "Mesajul original", "Mesaj redirecționat", "Trimis de pe iPhone-ul meu"},
	{"bg", "На 21.11.26 г. в 11:00, NAME написа:", "На сб, 21.11.2026 г. в 11:00 NAME <ADDR> написа:", "На 21.11.2026 г., в 11:00 ч., NAME <ADDR> написа:", []string{"От", "Изпратено", "До", "Копие", "Относно"}, "събота, 21 ноември 2026 г. 11:00", "Оригинално писмо", "Препратено писмо", "Изпратено от моя iPhone"},
	{"ru", "21.11.2026 11:00, NAME пишет:", "сб, 21 нояб. 2026 г. в 11:00, NAME <ADDR>:", "21 нояб. 2026 г., в 11:00, NAME <ADDR> написал(а):", []string{"От", "Отправлено", "Кому", "Копия", "Тема"}, "21 ноября 2026 г. 11:00", "Исходное сообщение", "Пересылаемое сообщение", "Отправлено с iPhone"},
	{"uk", "21.11.26 11:00, NAME пише:", "сб, 21 лист. 2026 р. о 11:00 NAME <ADDR> пише:", "21 лист. 2026 р. о 11:00 NAME <ADDR> написав(ла):", []string{"Від", "Надіслано", "Кому", "Копія", "Тема"}, "21 листопада 2026 р. 11:00", "Оригінальне повідомлення", "Переслане повідомлення", "Надіслано з iPhone"},
	{"be", "21.11.2026 у 11:00 NAME напісаў:", "сб, 21 ліс 2026 г. у 11:00 NAME <ADDR> піша:", "NAME <ADDR> напісаў 21.11.2026 у 11:00:", []string{"Ад", "Адпраўлена", "Каму", "Копія", "Тэма"}, "21 лістапада 2026 11:00", "Зыходнае паведамленне", "Перанакіраванае паведамленне", "Адпраўлена з iPhone"},
	{"sr", "Дана 21.11.2026. у 11:00, NAME пише:", "суб, 21. нов 2026. у 11:00 NAME <ADDR> је написао/ла:", "21. 11. 2026., у 11:00, NAME <ADDR> је написао:", []string{"Од", "Послато", "За", "Копија", "Наслов"}, "субота, 21. новембар 2026. 11:00", "Изворна порука", "Прослеђена порука", "Послато са iPhone-а"},
	{"el", "Στις 21/11/26 11:00, ο/η NAME έγραψε:", "Στις Σάβ 21 Νοε 2026 στις 11:00 π.μ., ο/η NAME <ADDR> έγραψε:", "Στις 21 Νοε 2026, στις 11:00, ο χρήστης NAME <ADDR> έγραψε:", []string{"Από", "Στάλθηκε", "Προς", "Κοιν.", "Θέμα"}, "Σάββατο, 21 Νοεμβρίου 2026 11:00 πμ", "Αρχικό μήνυμα", "Προωθημένο μήνυμα", "Στάλθηκε από το iPhone μου"},
	{"tr", "21.11.2026 11:00 tarihinde NAME yazdı:", "NAME <ADDR>, 21 Kas 2026 Cmt, 11:00 tarihinde şunu yazdı:", "NAME <ADDR> şunları yazdı (21 Kas 2026 11:00):", []string{"Kimden", "Gönderildi", "Kime", "Bilgi", "Konu"}, "21 Kasım 2026 Cumartesi 11:00", "Özgün İleti", "İletilen İleti", "iPhone'umdan gönderildi"},
	{"ar", "في ٢١\u200f/١١\u200f/٢٠٢٦ ١١:٠٠ ص، كتب NAME:", "في السبت، 21 نوفمبر 2026 في 11:00 ص تمت كتابة ما يلي بواسطة NAME <\u200fADDR\u200f>:\u200f", "في ٢١ نوفمبر ٢٠٢٦، الساعة ١١:٠٠ ص، كتب/كتبت NAME <ADDR>:", []string{"من", "تم الإرسال", "إلى", "نسخة", "الموضوع"}, "السبت، 21 نوفمبر، 2026 11:00", "الرسالة الأصلية", "رسالة معاد توجيهها", "أرسلت من الـ iPhone"},
	{"he", "נכתב על ידי NAME, ב־21/11/2026 בשעה 11:00:", "\u202bבתאריך שבת, 21 בנוב׳ 2026 ב-11:00 מאת \u202aNAME\u202c\u200f <\u202aADDR\u202c\u200f>:\u202c", "ב-21 בנוב׳ 2026, בשעה 11:00,\u200f NAME <ADDR> כתב/ה:", []string{"מאת", "נשלח", "אל", "עותק", "נושא"}, "יום שבת 21 נובמבר 2026 11:00", "הודעה מקורית", "הודעה שהועברה", "נשלח מה-iPhone שלי"},
	{"fa", "در ۲۱/۱۱/۲۰۲۶ ۱۱:۰۰، NAME نوشت:", "در تاریخ شنبه ۲۱ نوامبر ۲۰۲۶،\u200f ۱۱:۰۰ NAME <\u202aADDR\u202c\u200f> نوشت:\u200f", "در ۲۱ نوامبر ۲۰۲۶، ۱۱:۰۰، NAME <ADDR> نوشت:", []string{"از", "ارسال شده", "به", "رونوشت", "موضوع"}, "شنبه 21 نوامبر 2026 11:00", "پیام اصلی", "پیام هدایت شده", "ارسال\u200cشده از iPhone من"},
	{"hi", "21/11/26 11:00 को, NAME ने लिखा:", "शनि, 21 नव॰ 2026 को 11:00 am बजे को NAME <ADDR> ने लिखा:", "21 नव॰ 2026 को 11:00 बजे, NAME <ADDR> ने लिखा:", []string{"प्रेषक", "भेजा गया", "प्राप्तकर्ता", "Cc", "विषय"}, "शनिवार, 21 नवंबर 2026 11:00", "मूल संदेश", "अग्रेषित संदेश", "मेरे iPhone से भेजा गया"},
	{"zh-Hans", "在 2026/11/21 11:00, NAME 写道:", "NAME <ADDR> 于2026年11月21日周六 11:00写道：", "在 2026年11月21日，11:00，NAME <ADDR> 写道：", []string{"发件人", "发送时间", "收件人", "抄送", "主题"}, "2026年11月21日 11:00", "原始邮件", "转发的邮件", "发自我的 iPhone"},
	{"zh-Hant", "NAME 於 2026/11/21 上午 11:00 寫道:", "NAME <ADDR> 於 2026年11月21日 週六 上午11:00寫道：", "NAME <ADDR> 於 2026年11月21日 上午11:00 寫道：", []string{"寄件者", "寄件日期", "收件者", "副本", "主旨"}, "2026年11月21日 上午 11:00", "原始郵件", "轉寄的郵件", "從我的 iPhone 傳送"},
	{"ja", "2026/11/21 11:00 に NAME さんは書きました:", "2026年11月21日(土) 11:00 NAME <ADDR>:", "2026/11/21 11:00、NAME <ADDR>のメール:", []string{"差出人", "送信日時", "宛先", "CC", "件名"}, "2026年11月21日 11:00", "元のメッセージ", "転送されたメッセージ", "iPhoneから送信"},
	{"ko", "2026-11-21 오전 11:00에 NAME 이(가) 쓴 글:", "2026년 11월 21일 (토) 오전 11:00, NAME <ADDR>님이 작성:", "2026. 11. 21. 오전 11:00, NAME <ADDR> 작성:", []string{"보낸 사람", "보낸 날짜", "받는 사람", "참조", "제목"}, "2026년 11월 21일 토요일 오전 11:00", "원본 메시지", "전달된 메시지", "나의 iPhone에서 보냄"},
	{"vi", "Vào lúc 11:00 21/11/2026, NAME đã viết:", "Vào Th 7, 21 thg 11, 2026 vào lúc 11:00 NAME <ADDR> đã viết:", "Vào 11:00, 21 thg 11, 2026, NAME <ADDR> đã viết:", []string{"Từ", "Đã gửi", "Đến", "Cc", "Chủ đề"}, "21 tháng 11 2026 11:00", "Thư gốc", "Tin nhắn đã được chuyển tiếp", "Đã gửi từ iPhone của tôi"},
	{"th", "เมื่อ 21/11/2026 เวลา 11:00 NAME เขียนว่า:", "ในวันที่ ส. 21 พ.ย. 2026 เวลา 11:00 NAME <ADDR> เขียนว่า:", "เมื่อ 21 พ.ย. 2569 BE 11:00 NAME <ADDR> เขียนว่า:", []string{"จาก", "ส่ง", "ถึง", "สำเนา", "เรื่อง"}, "21 พฤศจิกายน 2026 11:00", "ข้อความต้นฉบับ", "ข้อความที่ส่งต่อ", "ส่งจาก iPhone ของฉัน"},
	{"id", "Pada 21/11/2026 11:00, NAME menulis:", "Pada tanggal Sab, 21 Nov 2026 pukul 11.00 NAME <ADDR> menulis:", "Pada 21 Nov 2026, pukul 11.00, NAME <ADDR> menulis:", []string{"Dari", "Dikirim", "Kepada", "Cc", "Subjek"}, "Sabtu, 21 November 2026 11:00", "Pesan Asli", "Pesan Diteruskan", "Dikirim dari iPhone saya"},
	{"ms", "Pada 21/11/2026 11:00, NAME membalas:", "Pada Sab, 21 Nov 2026 pada 11:00 NAME <ADDR> menulis:", "Pada 21 Nov 2026, pada 11:00, NAME <ADDR> menulis:", []string{"Daripada", "Dihantar", "Kepada", "Cc", "Subjek"}, "Sabtu, 21 November 2026 11:00", "Mesej Asal", "Mesej Dikirim Semula", "Dihantar dari iPhone saya"},
	{"et", "21.11.2026 11:00 NAME kirjutas:", "Kontakt NAME (<ADDR>) kirjutas kuupäeval L, 21. november 2026 kell 11:00:", "NAME <ADDR> kirjutas 21.11.2026 kell 11:00:", []string{"Saatja", "Saadetud", "Adressaat", "Koopia", "Teema"}, "laupäev, 21. november 2026 11:00", "Algne kiri", "Edastatud kiri", "Saadetud minu iPhone'ist"},
	{"lv", "21.11.2026 11:00 NAME rakstīja:", "sestd., 2026. g. 21. nov., plkst. 11:00 — lietotājs NAME (<ADDR>) rakstīja:", "NAME <ADDR> 2026. gada 21. novembrī plkst. 11:00 rakstīja:", []string{"No", "Nosūtīts", "Kam", "Kopija", "Temats"}, "sestdiena, 2026. gada 21. novembris 11:00", "Sākotnējā vēstule", "Pārsūtītā vēstule", "Nosūtīts no mana iPhone"},
	{"lt", "2026-11-21 11:00, NAME rašė:", "2026-11-21, št, 11:00 NAME <ADDR> rašė:", "NAME <ADDR> rašė 2026-11-21 11:00:", []string{"Nuo", "Išsiųsta", "Kam", "Kopija", "Tema"}, "2026 m. lapkričio 21 d. 11:00", "Originalus laiškas", "Persiųstas laiškas", "Išsiųsta iš mano „iPhone“"},
	{"sl", "NAME je 21. 11. 2026 ob 11:00 napisal:", "V V sob., 21. nov. 2026 ob 11:00 je oseba NAME <ADDR> napisala:", "Dne 21. nov. 2026 ob 11:00 je NAME <ADDR> napisal:", []string{"Od", "Poslano", "Za", "Kp", "Zadeva"}, "sobota, 21. november 2026 11:00", "Izvirno sporočilo", "Posredovano sporočilo", "Poslano iz mojega iPhona"},
	{"hr", "21.11.2026. u 11:00, NAME piše:", "sub, 21. stu 2026. u 11:00 NAME <ADDR> napisao/la je:", "Dana 21. stu 2026., u 11:00, NAME <ADDR> napisao je:", []string{"Šalje", "Poslano", "Prima", "Kopija", "Predmet"}, "subota, 21. studenoga 2026. 11:00", "Izvorna poruka", "Proslijeđena poruka", "Poslano s mog iPhonea"},
	{"ca", "El 21/11/26 a les 11:00, NAME ha escrit:", "Missatge de NAME <ADDR> del dia ds., 21 de nov. 2026 a les 11:00:", "El 21 nov. 2026, a les 11:00, NAME <ADDR> va escriure:", []string{"De", "Enviat", "Per a", "A/c", "Assumpte"}, "dissabte, 21 de novembre de 2026 11:00", "Missatge original", "Missatge reenviat", "Enviat des del meu iPhone"},
	{"eu", "21/11/26 11:00(e)an, NAME igorleak idatzi zuen:", "NAME erabiltzaileak hau idatzi du (2026 aza. 21, lr. (11:00)) <ADDR>:", "NAME <ADDR> idatzi du 2026/11/21 11:00:", []string{"Nork", "Bidalia", "Nori", "CC", "Gaia"}, "larunbata, 2026(e)ko azaroaren 21a 11:00", "Jatorrizko mezua", "Birbidalitako mezua", "Nire iPhone-tik bidalia"},
	{"is", "Þann 21.11.2026 11:00, skrifaði NAME:", "lau., 21. nóv. 2026 kl. 11:00 skrifaði NAME <ADDR>:", "NAME <ADDR> skrifaði þann 21.11.2026 kl. 11:00:", []string{"Frá", "Sent", "Til", "Afrit", "Efni"}, "21. nóvember 2026 11:00", "Upprunalegur póstur", "Áframsendur póstur", "Sent úr iPhone"},
	{"af", "On 21/11/2026 11:00, NAME wrote:", "Op Sa. 21 Nov. 2026 om 11:00 het NAME <ADDR> geskryf:", "Op 21 Nov 2026 om 11:00 het NAME <ADDR> geskryf:", []string{"Van", "Gestuur", "Aan", "Afskrif", "Onderwerp"}, "21 November 2026 11:00", "Oorspronklike boodskap", "Deurgestuurde boodskap", "Sent from my iPhone"},
}

const (
	sender      = "Jane Doe"
	senderAt    = "jane.doe@customer.example"
	quotedWords = "Hello,\n\nthe third parcel has not arrived and nobody answers.\nCould you look into it, please?\n\nKind regards\nJane"
	typedWords  = "Good morning,\n\nwe found it in Leipzig.\nIt leaves today."
	typedBelow  = "And the bill follows."
)

func fill(form string) string {
	return strings.NewReplacer("NAME", sender, "ADDR", senderAt).Replace(form)
}

// headerBlockOf is Outlook's block of copied header lines.
func (l language) headerBlockOf(bold string) string {
	values := []string{sender + " <" + senderAt + ">", l.when, "Dana Reyes <dana@example.com>", "Omar Haddad <omar@example.com>", "RE: Parcel"}
	var b strings.Builder
	for i, name := range l.labels {
		fmt.Fprintf(&b, "%s%s:%s %s\n", bold, name, bold, values[i])
	}
	return b.String()
}

func (l language) headerHTML() string {
	values := []string{sender + " &lt;" + senderAt + "&gt;", l.when, "Dana Reyes &lt;dana@example.com&gt;", "Omar Haddad", "RE: Parcel"}
	var rows []string
	for i, name := range l.labels {
		rows = append(rows, "<b>"+name+":</b> "+values[i])
	}
	return strings.Join(rows, "<br>")
}

// shape is one client's way of answering: a top, bottom or divided answer.
type shape struct {
	name string
	text func(l language, above, below string) string
	html func(l language, above, below string) string
	only string // "top" where nobody writes below
}

func divs(text string) string { return paragraphs(text, "<div>", "</div>", "<div><br></div>") }

var shapes = []shape{
	{name: "thunderbird", text: func(l language, a, b string) string {
		return a + "\n\n" + fill(l.thunderbird) + "\n" + prefixed(quotedWords) + "\n\n" + b
	}},
	{name: "gmail", text: func(l language, a, b string) string {
		return a + "\n\n" + wrapped(fill(l.gmail), 76) + "\n\n" + prefixed(quotedWords) + "\n>\n\n" + b
	}},
	{name: "apple", text: func(l language, a, b string) string {
		return a + "\n\n> " + fill(l.apple) + "\n> \n" + prefixed(quotedWords) + "\n\n" + b
	}},
	{name: "phone above the quotation", text: func(l language, a, b string) string {
		return a + "\n\n" + l.phone + "\n\n> " + fill(l.apple) + "\n> \n" + prefixed(quotedWords) + "\n"
	}, only: "top"},
	{name: "phone wraps hard", text: func(l language, a, b string) string {
		return a + "\n\n" + l.phone + "\n\n" + wrapped(fill(l.gmail), 48) + "\n\n" + prefixed(quotedWords) + "\n"
	}, only: "top"},
	{name: "a webmail without marks", text: func(l language, a, b string) string {
		return a + "\n\n" + fill(l.gmail) + "\n\n" + quotedWords + "\n"
	}, only: "top"},
	{name: "outlook", text: func(l language, a, b string) string {
		return a + "\n\n" + l.headerBlockOf("") + "\n" + quotedWords + "\n"
	}, only: "top"},
	{name: "outlook with emphasis", text: func(l language, a, b string) string {
		return a + "\n\n" + l.headerBlockOf("*") + "\n" + quotedWords + "\n"
	}, only: "top"},
	{name: "outlook web", text: func(l language, a, b string) string {
		return a + "\n" + strings.Repeat("_", 32) + "\n" + l.headerBlockOf("") + "\n" + quotedWords + "\n"
	}, only: "top"},
	{name: "outlook of old", text: func(l language, a, b string) string {
		return a + "\n\n-----" + l.original + "-----\n" + l.headerBlockOf("") + "\n" + quotedWords + "\n"
	}, only: "top"},
	{name: "samsung", text: func(l language, a, b string) string {
		return a + "\n\n" + l.phone + "\n\n-------- " + l.original + " --------\n" + strings.Replace(l.headerBlockOf(""), ": ", ":  ", 1) + "\n" + quotedWords + "\n"
	}, only: "top"},
	{name: "proton", text: func(l language, a, b string) string {
		return a + "\n\n------- " + l.original + " -------\n" + fill(l.apple) + "\n\n" + prefixed(quotedWords) + "\n\n" + b
	}},
	{name: "gmail in HTML", html: func(l language, a, b string) string {
		return `<div dir="ltr">` + divs(a) + `</div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">` + html.EscapeString(fill(l.gmail)) + `<br></div>` +
			`<blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex">` + divs(quotedWords) + `</blockquote></div>` + divs(b)
	}},
	{name: "thunderbird in HTML", html: func(l language, a, b string) string {
		return `<body>` + paragraphs(a, "<p>", "</p>", "") + `<div class="moz-cite-prefix">` + html.EscapeString(fill(l.thunderbird)) + `<br></div><blockquote type="cite" cite="mid:x@y">` + divs(quotedWords) + `</blockquote>` + paragraphs(b, "<p>", "</p>", "") + `</body>`
	}},
	{name: "apple in HTML", html: func(l language, a, b string) string {
		return `<html><body>` + divs(a) + `<div><br><blockquote type="cite"><div>` + html.EscapeString(fill(l.apple)) + `</div><br class="Apple-interchange-newline"><div>` + divs(quotedWords) + `</div></blockquote></div>` + divs(b) + `</body></html>`
	}},
	{name: "iphone in HTML", html: func(l language, a, b string) string {
		return `<html><body dir="auto">` + divs(a) + `<div><br><div dir="ltr">` + l.phone + `</div><div dir="ltr"><br><blockquote type="cite">` + html.EscapeString(fill(l.apple)) + `<br><br></blockquote></div><blockquote type="cite"><div dir="ltr">` + divs(quotedWords) + `</div></blockquote></div></body></html>`
	}, only: "top"},
	{name: "outlook in HTML", html: func(l language, a, b string) string {
		return `<html><body><div class=WordSection1>` + paragraphs(a, "<p class=MsoNormal>", "<o:p></o:p></p>", "<p class=MsoNormal><o:p>&nbsp;</o:p></p>") +
			`<div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'><p class=MsoNormal>` + l.headerHTML() + `<o:p></o:p></p></div><p class=MsoNormal>` + divs(quotedWords) + `</div></body></html>`
	}, only: "top"},
	{name: "outlook web in HTML", html: func(l language, a, b string) string {
		return `<html><body dir="ltr">` + divs(a) + `<div id="appendonsend"></div><hr style="display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr"><font face="Calibri">` + l.headerHTML() + `</font><div>&nbsp;</div></div><div>` + divs(quotedWords) + `</div></body></html>`
	}, only: "top"},
	{name: "outlook of a phone in HTML", html: func(l language, a, b string) string {
		return `<html><body>` + divs(a) + `<div id="ms-outlook-mobile-signature"><div>` + l.phone + `</div></div><div id="mail-editor-reference-message-container"><div><hr style="display:inline-block;width:98%"><div id="divRplyFwdMsg"><font>` + l.headerHTML() + `</font><div>&nbsp;</div></div>` + divs(quotedWords) + `</div></div></body></html>`
	}, only: "top"},
	{name: "yahoo in HTML", html: func(l language, a, b string) string {
		return `<html><head></head><body><div class="ydp5bf8d5f6yahoo-style-wrap">` + divs(a) + `</div><div id="ydp7d2yahoo_quoted_4893" class="ydp7d2yahoo_quoted"><div><div>` + html.EscapeString(fill(l.gmail)) + `</div><div><br></div><div>` + divs(quotedWords) + `</div></div></div></body></html>`
	}, only: "top"},
	{name: "gmx in HTML", html: func(l language, a, b string) string {
		return `<html><body><div>` + divs(a) + `<div name="quote" style="margin:10px 5px 5px 10px; padding: 10px 0 10px 10px; border-left:2px solid #C3D9E5;"><div style="margin:0 0 10px 0;">` + l.headerHTML() + `</div><div name="quoted-content">` + divs(quotedWords) + `</div></div></div></body></html>`
	}, only: "top"},
}

// TestLanguages answers one mail from each client, in each language, above,
// below and on both sides of the quotation, and expects what was typed.
func TestLanguages(t *testing.T) {
	right, total := 0, 0
	for _, s := range shapes {
		wrong := 0
		for _, l := range languages {
			for _, place := range []struct{ name, above, below string }{{"top", typedWords, ""}, {"bottom", "", typedWords}, {"both", typedWords, typedBelow}} {
				if s.only != "" && s.only != place.name {
					continue
				}
				m := &aside.Mail{Subject: "Re: Parcel"}
				if s.text != nil {
					m.Text = s.text(l, place.above, place.below)
				} else {
					m.HTML = s.html(l, place.above, place.below)
				}
				want := strings.TrimSpace(place.above + "\n\n" + place.below)
				total++
				if got := reply.Read(m, reply.Held{CutSignature: true}).Text(); squeeze(got, false) != squeeze(want, false) {
					if wrong++; wrong <= 6 || testing.Verbose() {
						t.Errorf("%s, %s, %s: read\n%s\n--- wanted\n%s", s.name, l.code, place.name, got, want)
					}
				} else {
					right++
				}
			}
		}
		if wrong > 0 {
			t.Errorf("%s: %d wrong", s.name, wrong)
		}
	}
	t.Logf("%d of %d replies in %d languages", right, total, len(languages))
}

// TestBothParts gives each client's two parts together, and expects the same,
// with the HTML kept.
func TestBothParts(t *testing.T) {
	byName := map[string]shape{}
	for _, s := range shapes {
		byName[s.name] = s
	}
	for _, pair := range [][2]string{{"gmail", "gmail in HTML"}, {"thunderbird", "thunderbird in HTML"}, {"apple", "apple in HTML"}, {"outlook", "outlook in HTML"},
		{"outlook web", "outlook web in HTML"}, {"a webmail without marks", "yahoo in HTML"}, {"outlook", "gmx in HTML"}, {"phone above the quotation", "iphone in HTML"}} {
		for _, l := range languages {
			for _, place := range []struct{ name, above, below string }{{"top", typedWords, ""}, {"bottom", "", typedWords}, {"both", typedWords, typedBelow}} {
				text, page := byName[pair[0]], byName[pair[1]]
				if (text.only != "" || page.only != "") && place.name != "top" {
					continue
				}
				m := &aside.Mail{Subject: "Re: Parcel", Text: text.text(l, place.above, place.below), HTML: page.html(l, place.above, place.below)}
				want := strings.TrimSpace(place.above + "\n\n" + place.below)
				d := reply.Read(m, reply.Held{CutSignature: true})
				if got := d.Text(); squeeze(got, false) != squeeze(want, false) {
					t.Errorf("%s, %s, %s: read\n%s", pair[1], l.code, place.name, got)
				} else if d.HTML() == "" {
					t.Errorf("%s, %s, %s: no HTML", pair[1], l.code, place.name)
				}
			}
		}
	}
}

// TestIntroductionsVary breaks the introductions of every language at many
// widths, with names of many forms, right below the new text and apart from
// it. Of a long name on a narrow screen a piece may stay.
func TestIntroductionsVary(t *testing.T) {
	names := []string{"Jane Doe", "Doe, Jane", "Jane Doe (customer)", "\"Doe, Jane (Customer Example Ltd.)\"", "王小明", "Łucja Zażółć-Gęślą", "jane.doe@customer.example"}
	right, total := 0, 0
	for _, l := range languages {
		wrong, of := 0, 0
		for _, form := range []string{l.thunderbird, l.gmail, l.apple} {
			for _, name := range names {
				for _, width := range []int{40, 60, 72, 78, 1000} {
					intro := wrapped(strings.NewReplacer("NAME", name, "ADDR", senderAt).Replace(form), width)
					for _, gap := range []string{"\n\n", "\n"} {
						of++
						got := reply.Read(&aside.Mail{Text: typedWords + gap + intro + "\n\n" + prefixed(quotedWords) + "\n"}, reply.Held{CutSignature: true}).Text()
						if squeeze(got, false) == squeeze(typedWords, false) {
							continue
						}
						if wrong++; !strings.HasPrefix(squeeze(got, false), squeeze(typedWords, false)) {
							t.Errorf("%s: above %q words were lost: read\n%s", l.code, intro, got)
						}
						if wrong*100 > 8*3*len(names)*5*2 {
							t.Errorf("%s: below %q: read\n%s", l.code, intro, got)
						}
					}
				}
			}
		}
		right, total = right+of-wrong, total+of
	}
	if right*1000 < total*995 {
		t.Errorf("only %d of %d", right, total)
	}
	t.Logf("%d of %d", right, total)
}
