package reply_test

import (
	"strings"
	"testing"

	"aside"
	"aside/reply"
)

// moreIntroductions are written by further programs, or in further languages.
var moreIntroductions = []string{
	// Outlook for the Mac and other programs, in their longer forms.
	`On 21/11/2026, 11:00, "Jane Doe" <jane@example.com> wrote:`,
	`Dne 21.11.2026 11:00, "Jane Doe" <jane@example.com> napsal(a):`,
	`D. 21.11.2026 kl. 11.00 skrev "Jane Doe" <jane@example.com>:`,
	`Jane Doe <jane@example.com> kirjoitti 21.11.2026 kello 11.00:`,
	`2026. 11. 21. 11:00 időpontban Jane Doe (<jane@example.com>) ezt írta:`,
	`2026. 11. 21. 11:00 keltezéssel, Jane Doe írta:`,
	`Il giorno 21/11/26, 11:00 "Jane Doe" <jane@example.com> ha scritto:`,
	`Op 21-11-2026 11:00 heeft Jane Doe <jane@example.com> geschreven:`,
	`Jane Doe <jane@example.com> skrev følgende den 21.11.2026 11:00:`,
	`Dnia 21.11.2026 11:00 „Jane Doe” <jane@example.com> napisał:`,
	`W dniu 2026-11-21 11:00:12 użytkownik Jane Doe <jane@example.com> napisał:`,
	`W dniu sob., 21.11.2026 o godz. 11:00 Jane Doe <jane@example.com> napisał(a):`,
	`21.11.2026, 11:00 пользователь "Jane Doe" <jane@example.com> написал:`,
	`21.11.2026 11:00 používateľ Jane Doe (<jane@example.com>) napísal:`,
	`Den 2026-11-21 11:00 skrev "Jane Doe" <jane@example.com> följande:`,
	`"Jane Doe" <jane@example.com>, 21.11.2026 11:00 tarihinde şunu yazdı:`,
	`21 Kas 2026 Cmt, 11:00 tarihinde Jane Doe <jane@example.com> şunu yazdı:`,
	`Jane Doe <jane@example.com> şunları yazdı (21 Kas 2026 11:00):`,
	`21.11.2026 11:00 tarihinde Jane Doe yazdı:`,
	`Le 21/11/2026 11:00, « Jane Doe » <jane@example.com> a écrit :`,
	`Le samedi 21 novembre 2026 à 11:00:00 UTC+1, Jane Doe <jane@example.com> a écrit :`,
	`Jane Doe <jane@example.com> a écrit le 21/11/2026 11:00 :`,
	`> Message du 21/11/26 11:00`,
	`El sábado, 21 de noviembre de 2026, 11:00:00 CET, Jane Doe <jane@example.com> escribió:`,
	`Em sábado, 21 de novembro de 2026 11:00:00 BRT, Jane Doe <jane@example.com> escreveu:`,
	`Em 2026-11-21 11:00, Jane Doe escreveu:`,
	`Il sabato 21 novembre 2026 alle ore 11:00:00 CET, Jane Doe <jane@example.com> ha scritto:`,
	`Am Samstag, 21. November 2026 um 11:00:00 MEZ hat Jane Doe <jane@example.com> Folgendes geschrieben:`,
	`Am 21.11.2026 um 11:00 Uhr schrieb Jane Doe <jane@example.com>:`,
	`Jane Doe <jane@example.com> hat am 21.11.2026 11:00 CET geschrieben:`,
	`Jane Doe schrieb am 21.11.26 um 11:00:`,
	`Op zaterdag 21 november 2026 11:00:00 CET schreef Jane Doe:`,
	`Op 21-11-2026 11:00 schreef Jane Doe:`,
	`På lørdag 21. november 2026 kl. 11:00:00, skrev Jane Doe <jane@example.com>:`,
	`lørdag 21. november 2026 skrev Jane Doe <jane@example.com> følgende:`,
	`Lördag 21 november 2026 11:00 skrev Jane Doe <jane@example.com>:`,
	`Lauantai 21. marraskuuta 2026 klo 11.00.00 UTC+2 Jane Doe <jane@example.com> kirjoitti:`,
	`Jane Doe kirjoitti 21.11.2026 klo 11.00:`,
	`V sobotu 21. listopadu 2026 11:00:00 SEČ, Jane Doe <jane@example.com> napsal(a):`,
	`---------- Původní e-mail ----------`,
	`Dňa 21. 11. 2026 o 11:00 Jane Doe napísal(a):`,
	`Pe sâmbătă, 21 noiembrie 2026, 11:00:00 EET, Jane Doe <jane@example.com> a scris:`,
	`La 21.11.2026 11:00, Jane Doe a scris:`,
	`Στις 21/11/26 11:00, ο Jane Doe έγραψε:`,
	`Στις Σάββατο 21 Νοεμβρίου 2026, 11:00:00 π.μ. EET, ο χρήστης Jane Doe <jane@example.com> έγραψε:`,
	`21.11.26 11:00, Jane Doe пише:`,
	`сб, 21 лист. 2026 р. о 11:00 Jane Doe <jane@example.com> пише:`,
	`субота, 21 листопада 2026 р., 11:00:00 GMT+2, Jane Doe <jane@example.com> написав(-ла):`,
	`На сб, 21.11.2026 г. в 11:00 Jane Doe <jane@example.com> написа:`,
	`На 21.11.26 г. в 11:00 ч., Jane Doe написа:`,
	`У суботу, 21. новембра 2026. 11:00:00 CET, Jane Doe <jane@example.com> је написао/ла:`,
	`суб, 21. нов 2026. у 11:00 Jane Doe <jane@example.com> је написао/ла:`,
	`сб, 21 ноября 2026 г. в 11:00:00 GMT+3, Jane Doe <jane@example.com> написал(а):`,
	`21 нояб. 2026 г., в 11:00, Jane Doe <jane@example.com> написал(а):`,
	`Суббота, 21 ноября 2026, 11:00 +03:00 от "Jane Doe" <jane@example.com>:`,
	`21.11.2026, 11:00, "Jane Doe" <jane@example.com>:`,
	`בתאריך 21/11/2026 11:00, Jane Doe כתב:`,
	`ב-21 בנוב׳ 2026, בשעה 11:00, Jane Doe <jane@example.com> כתב/ה:`,
	`في 21/11/26 11:00, كتب Jane Doe:`,
	`بتاريخ سبت، 21 نوفمبر 2026 في 11:00 ص، كتب Jane Doe <jane@example.com>:`,
	`كتب Jane Doe <jane@example.com> في 21 نوفمبر 2026، 11:00 ص:`,
	`در تاریخ شنبه ۲۱ نوامبر ۲۰۲۶ ساعت ۱۱:۰۰ Jane Doe <jane@example.com> نوشت:`,
	`ในวันที่ เสาร์ 21 พฤศจิกายน 2026 เวลา 11:00 Jane Doe <jane@example.com> เขียนว่า:`,
	`On 21/11/26 11:00, Jane Doe เขียน:`,
	`Vào T7, 21 thg 11, 2026 lúc 11:00 Jane Doe <jane@example.com> đã viết:`,
	`Vào 21/11/2026 11:00, Jane Doe viết:`,
	`Pada Sabtu, 21 November 2026 11.00.00 WIB, Jane Doe <jane@example.com> menulis:`,
	`在 2026年11月21日星期六 +0800 11:00:00，Jane Doe <jane@example.com> 写道：`,
	`在2026年11月21日 11:00，Jane Doe<jane@example.com> 写道：`,
	`在 2026-11-21 11:00:00，"Jane Doe" <jane@example.com> 写道：`,
	`Jane Doe <jane@example.com> 于 2026年11月21日周六 11:00 写道：`,
	`---原始邮件---`,
	`------------------ 原始邮件 ------------------`,
	`Jane Doe <jane@example.com> 於 2026年11月21日週六 上午11:00 寫道：`,
	`2026年11月21日土曜日 11:00:00 JST、Jane Doe <jane@example.com>さんが書きました:`,
	`2026年11月21日(土) 11:00 Jane Doe <jane@example.com>:`,
	`On 2026/11/21 11:00, Jane Doe wrote:`,
	`Jane Doe さんは 2026/11/21 11:00 に書きました:`,
	`2026/11/21 11:00、Jane Doe <jane@example.com>のメール:`,
	`2026年11月21日 11:00、Jane Doe <jane@example.com>のメッセージ:`,
	`-----元のメッセージ-----`,
	`2026년 11월 21일 (토) 오전 11:00, Jane Doe <jane@example.com>님이 작성:`,
	`2026. 11. 21. 오전 11:00에 Jane Doe 이(가) 쓴 글:`,
	`2026-11-21 오전 11:00에 Jane Doe 이(가) 쓴 글:`,
	`2026년 11월 21일 토요일 오전 11:00:00 GMT+9, Jane Doe <jane@example.com>님이 작성한 메시지:`,
	`--------- 원본 메일 ---------`,
	// Programs.
	`---- On Sat, 21 Nov 2026 11:00:00 +0100 Jane Doe <jane@example.com> wrote ----`,
	`---- On Sat, 21 Nov 2026 11:00:00 +0100 jane@example.com wrote ----`,
	`On Sat, Nov 21, 2026, at 11:00 AM, Jane Doe wrote:`,
	`On Saturday, November 21st, 2026 at 11:00, Jane Doe <jane@example.com> wrote:`,
	`On Saturday, 21 November 2026 11:00:00 CET Jane Doe wrote:`,
	`On 2026-11-21 11:00, Jane Doe wrote:`,
	`On Sat, 21 Nov 2026, Jane Doe wrote:`,
	`On Sat 21 Nov 2026 at 11:00, Jane Doe <jane@example.com> wrote:`,
	`Jane Doe <jane@example.com> writes:`,
	`Jane Doe wrote on 21.11.2026 11:00:`,
	`Jane Doe wrote on 11/21/26 11:00 AM:`,
	`>>> Jane Doe <jane@example.com> 21.11.2026 11:00 >>>`,
	`>>> "Jane Doe" <jane@example.com> 11/21/2026 11:00 AM >>>`,
	`------ Original Message ------`,
	"------ Original Message ------\nFrom: \"Jane Doe\" <jane@example.com>\nTo: \"Dana\" <dana@example.com>\nSent: 21.11.2026 11:00:00\nSubject: Re: Kettle",
	"------ Originalnachricht ------\nVon \"Jane Doe\" <jane@example.com>\nAn \"Dana\" <dana@example.com>\nDatum 21.11.2026 11:00:00\nBetreff Re: Kettle",
	`-------- Ursprüngliche Nachricht --------`,
	`-------- Původní zpráva --------`,
	`-------- Oryginalna wiadomość --------`,
	`-------- Orijinal mesaj --------`,
	`-------- Eredeti üzenet --------`,
	`-------- Αρχικό μήνυμα --------`,
	`-------- Alkuperäinen viesti --------`,
	`-------- Mesaj original --------`,
	`-------- Исходное сообщение --------`,
	`-------- Вихідне повідомлення --------`,
	`-------- 원본 이메일 --------`,
	`-------- 元のメール --------`,
	`-------- Thư gốc --------`,
	`-------- ข้อความต้นฉบับ --------`,
	`-------- הודעה מקורית --------`,
	`-------- الرسالة الأصلية --------`,
	`-------- Messaggio originale --------`,
	"----- Mensaje original -----\nDe: \"Jane Doe\" <jane@example.com>\nPara: \"Dana\" <dana@example.com>\nEnviados: Sábado, 21 de Noviembre 2026 11:00:00\nAsunto: Tetera",
	"----- Mail original -----\nDe: \"Jane Doe\" <jane@example.com>\nÀ: \"Dana\" <dana@example.com>\nEnvoyé: Samedi 21 Novembre 2026 11:00:00\nObjet: Bouilloire",
	"Gesendet: Samstag, 21. November 2026 um 11:00 Uhr\nVon: \"Jane Doe\" <jane@example.com>\nAn: dana@example.com\nBetreff: Kessel",
	"Sent: Saturday, November 21, 2026 at 11:00 AM\nFrom: \"Jane Doe\" <jane@example.com>\nTo: dana@example.com\nSubject: Kettle",
	"---------- Původní e-mail ----------\nOd: Jane Doe <jane@example.com>\nKomu: dana@example.com\nDatum: 21. 11. 2026 11:00:00\nPředmět: Konvice",
	"Od: \"Jane Doe\" <jane@example.com>\nDo: \"Dana\" <dana@example.com>;\nWysłane: 11:00 Sobota 2026-11-21\nTemat: Czajnik",
	"> Message du 21/11/26 11:00\n> De : \"Jane Doe\" <jane@example.com>\n> A : dana@example.com\n> Copie à :\n> Objet : Bouilloire\n>",
	"----Messaggio originale----\nDa: jane@example.com\nData: 21-nov-2026 11.00\nA: \"Dana\"<dana@example.com>\nOgg: Bollitore",
	"Feladó: Jane Doe <jane@example.com>\nElküldve: 2026. november 21., szombat 11:00\nCímzett: Dana\nTárgy: Vízforraló",
	"Lähettäjä: Jane Doe <jane@example.com>\nLähetetty: lauantai 21. marraskuuta 2026 11.00\nVastaanottaja: Dana\nAihe: Kattila",
	"Από: Jane Doe <jane@example.com>\nΑποστολή: Σάββατο, 21 Νοεμβρίου 2026 11:00\nΠρος: Dana\nΘέμα: Βραστήρας",
	"Від: Jane Doe <jane@example.com>\nНадіслано: 21 листопада 2026 р. 11:00\nКому: Dana\nТема: Чайник",
	"De la: Jane Doe <jane@example.com>\nTrimis: sâmbătă, 21 noiembrie 2026 11:00\nCătre: Dana\nSubiect: Fierbător",
	"מאת: Jane Doe <jane@example.com>\nנשלח: יום שבת 21 נובמבר 2026 11:00\nאל: Dana\nנושא: קומקום",
	"من: Jane Doe <jane@example.com>\nتم الإرسال: السبت، 21 نوفمبر 2026 11:00 ص\nإلى: Dana\nالموضوع: غلاية",
	"จาก: Jane Doe <jane@example.com>\nส่งเมื่อ: 21 พฤศจิกายน 2569 11:00\nถึง: Dana\nเรื่อง: กาต้มน้ำ",
	"Từ: Jane Doe <jane@example.com>\nNgày gửi: Thứ Bảy, 21 tháng 11, 2026 11:00 SA\nTới: Dana\nChủ đề: Ấm đun",
	"寄件者: Jane Doe <jane@example.com>\n寄件日期: 2026年11月21日 上午 11:00\n收件者: Dana\n主旨: 水壺",
	"送信元：Jane Doe <jane@example.com>\n日付：2026年11月21日土曜日 11:00\n件名：やかん\n送信先：dana@example.com",
	"From:\tJane Doe <jane@example.com>\nTo:\tdana@example.com\nDate:\t2026/11/21 11:00\nSubject:\tRe: Kettle",
}

// TestMoreIntroductions puts each above quoted matter.
func TestMoreIntroductions(t *testing.T) {
	right, all := 0, 0
	for _, intro := range moreIntroductions {
		for _, q := range []struct{ name, matter string }{
			{"prefixed", "\n> Some words that stood there.\n> And more of them."},
			{"bare", "\n\nSome words that stood there.\n\nAnd more of them."},
		} {
			if q.name == "bare" && (strings.HasPrefix(intro, ">") && !strings.HasPrefix(intro, ">>>") || intro == "On Sat, 21 Nov 2026, Jane Doe wrote:") {
				continue // its program marks all lines, or people write so, too
			}
			m := &aside.Mail{Subject: "Re: Kettle", Text: "It leaves today.\n\nThanks\n\n" + intro + q.matter}
			all++
			if got := reply.Read(m, reply.Held{}).Text(); got != "It leaves today.\n\nThanks" {
				t.Errorf("%s below %q: read %q", q.name, intro, got)
				continue
			}
			right++
		}
	}
	t.Logf("%d of %d right", right, all)
}

// forwardWords are what clients write above a forwarded mail, with the labels
// of its header.
var forwardWords = []struct{ name, subject, text string }{
	{"apple, Czech", "Fwd: SUBJECT", "Začátek přeposílané zprávy:\n\n> Od: SENDER <ADDR>\n> Předmět: SUBJECT\n> Datum: 21. listopadu 2026 11:00:00 SEČ\n> Komu: Dana <dana@example.com>\n>\n> MATTER"},
	{"apple, Norwegian", "Fwd: SUBJECT", "Videresendt melding:\n\n> Fra: SENDER <ADDR>\n> Emne: SUBJECT\n> Dato: 21. november 2026 kl. 11:00:00 CET\n> Til: dana@example.com\n>\n> MATTER"},
	{"apple, Romanian", "Fwd: SUBJECT", "Începe mesajul redirecționat:\n\n> Expeditorul: SENDER <ADDR>\n> Subiectul: SUBJECT\n> Dată: 21 noiembrie 2026, 11:00:00 EET\n> Destinatarul: dana@example.com\n>\n> MATTER"},
	{"apple, Hungarian", "Fwd: SUBJECT", "Továbbított levél kezdete:\n\n> Feladó: SENDER <ADDR>\n> Tárgy: SUBJECT\n> Dátum: 2026. november 21. 11:00:00 CET\n> Címzett: dana@example.com\n>\n> MATTER"},
	{"apple, Swedish", "Fwd: SUBJECT", "Vidarebefordrat mejl:\n\n> Från: SENDER <ADDR>\n> Ämne: SUBJECT\n> Datum: 21 november 2026 11:00:00 CET\n> Till: dana@example.com\n>\n> MATTER"},
	{"apple, Turkish", "Fwd: SUBJECT", "İleti başlangıcı:\n\n> Kimden: SENDER <ADDR>\n> Konu: SUBJECT\n> Tarih: 21 Kasım 2026 11:00:00 GMT+3\n> Kime: dana@example.com\n>\n> MATTER"},
	{"apple, Ukrainian", "Fwd: SUBJECT", "Початок листа, що пересилається:\n\n> Від кого: SENDER <ADDR>\n> Тема: SUBJECT\n> Дата: 21 листопада 2026 р., 11:00:00 EET\n> Кому: dana@example.com\n>\n> MATTER"},
	{"apple, Russian", "Fwd: SUBJECT", "Начало переадресованного сообщения:\n\n> Отправитель: SENDER <ADDR>\n> Тема: SUBJECT\n> Дата: 21 ноября 2026 г., 11:00:00 GMT+3\n> Кому: dana@example.com\n>\n> MATTER"},
	{"apple, Croatian", "Fwd: SUBJECT", "Započni proslijeđenu poruku:\n\n> Šalje: SENDER <ADDR>\n> Predmet: SUBJECT\n> Datum: 21. studenoga 2026. 11:00:00 CET\n> Prima: dana@example.com\n>\n> MATTER"},
	{"apple, Slovak", "Fwd: SUBJECT", "Začiatok preposlanej správy:\n\n> Od: SENDER <ADDR>\n> Predmet: SUBJECT\n> Dátum: 21. novembra 2026 11:00:00 SEČ\n> Pre: dana@example.com\n>\n> MATTER"},
	{"apple, Finnish", "Fwd: SUBJECT", "Välitetty viesti alkaa:\n\n> Lähettäjä: SENDER <ADDR>\n> Aihe: SUBJECT\n> Päivämäärä: 21. marraskuuta 2026 klo 11.00.00\n> Vastaanottaja: dana@example.com\n>\n> MATTER"},
	{"apple, Polish", "Fwd: SUBJECT", "Początek przekazywanej wiadomości:\n\n> Od: SENDER <ADDR>\n> Temat: SUBJECT\n> Data: 21 listopada 2026 11:00:00 CET\n> Do: dana@example.com\n>\n> MATTER"},
	{"apple, Greek", "Fwd: SUBJECT", "Αρχή προωθημένου μηνύματος:\n\n> Από: SENDER <ADDR>\n> Θέμα: SUBJECT\n> Ημερομηνία: 21 Νοεμβρίου 2026 στις 11:00:00 π.μ. EET\n> Προς: dana@example.com\n>\n> MATTER"},
	{"apple, Korean", "Fwd: SUBJECT", "전달된 메시지 시작:\n\n> 발신: SENDER <ADDR>\n> 제목: SUBJECT\n> 날짜: 2026년 11월 21일 오전 11:00:00 GMT+9\n> 수신: dana@example.com\n>\n> MATTER"},
	{"apple, Japanese", "Fwd: SUBJECT", "転送されたメッセージ:\n\n> 差出人: SENDER <ADDR>\n> 件名: SUBJECT\n> 日付: 2026年11月21日 11:00:00 JST\n> 宛先: dana@example.com\n>\n> MATTER"},
	{"apple, Chinese", "Fwd: SUBJECT", "下面是被转发的邮件:\n\n> 发件人: SENDER <ADDR>\n> 主题: SUBJECT\n> 日期: 2026年11月21日 GMT+8 11:00:00\n> 收件人: dana@example.com\n>\n> MATTER"},
	{"apple, Hebrew", "Fwd: SUBJECT", "תחילת ההודעה שהועברה:\n\n> מאת: SENDER <ADDR>\n> נושא: SUBJECT\n> תאריך: 21 בנובמבר 2026 בשעה 11:00:00\n> אל: dana@example.com\n>\n> MATTER"},
	{"apple, Vietnamese", "Fwd: SUBJECT", "Bắt đầu thư được chuyển tiếp:\n\n> Từ: SENDER <ADDR>\n> Chủ đề: SUBJECT\n> Ngày: 11:00:00 GMT+7, 21 tháng 11, 2026\n> Đến: dana@example.com\n>\n> MATTER"},
	{"apple, Thai", "Fwd: SUBJECT", "เริ่มข้อความที่ส่งต่อ:\n\n> จาก: SENDER <ADDR>\n> หัวเรื่อง: SUBJECT\n> วันที่: 21 พฤศจิกายน 2569 11:00:00\n> ถึง: dana@example.com\n>\n> MATTER"},
	{"gmail, Turkish", "Fwd: SUBJECT", "---------- Forwarded message ---------\nGönderen: SENDER <ADDR>\nDate: 21 Kas 2026 Cmt, 11:00\nSubject: SUBJECT\nTo: <dana@example.com>\n\n\nMATTER"},
	{"gmail, Estonian", "Fwd: SUBJECT", "---------- Forwarded message ---------\nSaatja: SENDER <ADDR>\nDate: L, 21. november 2026 kell 11:00\nSubject: SUBJECT\nTo: <dana@example.com>\n\n\nMATTER"},
	{"gmail, Arabic", "Fwd: SUBJECT", "---------- Forwarded message ---------\nمن: SENDER <ADDR>\nDate: سبت، 21 نوفمبر 2026 في 11:00 ص\nSubject: SUBJECT\nTo: <dana@example.com>\n\n\nMATTER"},
	{"gmail, Chinese", "Fwd: SUBJECT", "---------- Forwarded message ---------\n发件人： SENDER <ADDR>\nDate: 2026年11月21日周六 11:00\nSubject: SUBJECT\nTo: <dana@example.com>\n\n\nMATTER"},
	{"gmail, without a name", "Fwd: SUBJECT", "---------- Forwarded message ---------\nFrom: 'SENDER' via Sales <ADDR>\nDate: Sat, 21 Nov 2026 at 11:00\nSubject: SUBJECT\nTo: <dana@example.com>\n\n\nMATTER"},
	{"thunderbird, Finnish", "Fwd: SUBJECT", "-------- Välitetty viesti / Fwd.Msg --------\nAihe: \tSUBJECT\nPäiväys: \tSat, 21 Nov 2026 11:00:00 +0100\nLähettäjä: \tSENDER <ADDR>\nVastaanottaja: \tdana@example.com\n\n\n\nMATTER"},
	{"thunderbird, Polish", "Fwd: SUBJECT", "--- Treść przekazanej wiadomości ---\nTemat: \tSUBJECT\nData: \tSat, 21 Nov 2026 11:00:00 +0100\nNadawca: \tSENDER <ADDR>\nAdresat: \tdana@example.com\n\n\n\nMATTER"},
	{"thunderbird, Slovak", "Fwd: SUBJECT", "-------- Preposlaná správa --- Forwarded Message --------\nPredmet: \tSUBJECT\nDátum: \tSat, 21 Nov 2026 11:00:00 +0100\nOd: \tSENDER <ADDR>\nPre: \tdana@example.com\n\n\n\nMATTER"},
	{"thunderbird, Turkish", "Fwd: SUBJECT", "-------- İletilen İleti --------\nKonu: \tSUBJECT\nTarih: \tSat, 21 Nov 2026 11:00:00 +0100\nKimden: \tSENDER <ADDR>\nKime: \tdana@example.com\n\n\n\nMATTER"},
	{"thunderbird, Ukrainian", "Fwd: SUBJECT", "-------- Переслане повідомлення --------\nТема: \tSUBJECT\nДата: \tSat, 21 Nov 2026 11:00:00 +0100\nВід: \tSENDER <ADDR>\nКому: \tdana@example.com\n\n\n\nMATTER"},
	{"thunderbird, Romanian", "Fwd: SUBJECT", "-------- Mesaj înaintat --------\nSubiectul: \tSUBJECT\nDată: \tSat, 21 Nov 2026 11:00:00 +0100\nDe la: \tSENDER <ADDR>\nPentru: \tdana@example.com\n\n\n\nMATTER"},
	{"yahoo, Ukrainian", "Fw: SUBJECT", "----- Перенаправлене повідомлення ----- Від: SENDER <ADDR>Кому: Dana <dana@example.com>Надіслано: субота, 21 листопада 2026 р., 11:00:00 GMT+2Тема: SUBJECT\n MATTER"},
	{"yahoo, Turkish", "Fw: SUBJECT", "----- İletilmiş Mesaj ----- Kimden: SENDER <ADDR>Kime: Dana <dana@example.com>Gönderildi: 21 Kasım 2026 Cumartesi 11:00:00 GMT+3Konu: SUBJECT\n MATTER"},
	{"outlook for the mac", "FW: SUBJECT", "On 21/11/2026, 11:00, \"SENDER\" <ADDR> wrote:\n\n    MATTER"},
	{"outlook, Norwegian", "Videresend: SUBJECT", "Fra: SENDER <ADDR>\nDato: lørdag 21. november 2026 kl. 11:00\nTil: Dana <dana@example.com>\nEmne: SUBJECT\n\nMATTER"},
	{"outlook, Turkish", "İLT: SUBJECT", "Kimden: SENDER <ADDR>\nGönderildi: 21 Kasım 2026 Cumartesi 11:00\nKime: Dana <dana@example.com>\nKonu: SUBJECT\n\nMATTER"},
	{"outlook, Hungarian", "TOV: SUBJECT", "Feladó: SENDER <ADDR>\nElküldve: 2026. november 21., szombat 11:00\nCímzett: Dana <dana@example.com>\nTárgy: SUBJECT\n\nMATTER"},
	{"outlook, Romanian", "Redir.: SUBJECT", "De la: SENDER <ADDR>\nTrimis: sâmbătă, 21 noiembrie 2026 11:00\nCătre: Dana <dana@example.com>\nSubiect: SUBJECT\n\nMATTER"},
	{"outlook, Greek", "ΠΡΘ: SUBJECT", "Από: SENDER <ADDR>\nΣτάλθηκε: Σάββατο, 21 Νοεμβρίου 2026 11:00\nΠρος: Dana <dana@example.com>\nΘέμα: SUBJECT\n\nMATTER"},
	{"outlook, Korean", "전달: SUBJECT", "보낸 사람: SENDER <ADDR>\n보낸 날짜: 2026년 11월 21일 토요일 오전 11:00\n받는 사람: Dana <dana@example.com>\n제목: SUBJECT\n\nMATTER"},
	{"outlook, Chinese", "转发: SUBJECT", "发件人: SENDER <ADDR>\n发送时间: 2026年11月21日 11:00\n收件人: Dana <dana@example.com>\n主题: SUBJECT\n\nMATTER"},
	{"outlook, Hebrew", "העברה: SUBJECT", "מאת: SENDER <ADDR>\nנשלח: יום שבת 21 נובמבר 2026 11:00\nאל: Dana <dana@example.com>\nנושא: SUBJECT\n\nMATTER"},
	{"outlook, Arabic", "إعادة توجيه: SUBJECT", "من: SENDER <ADDR>\nتم الإرسال: السبت، 21 نوفمبر 2026 11:00 ص\nإلى: Dana <dana@example.com>\nالموضوع: SUBJECT\n\nMATTER"},
	{"outlook on the web", "Fw: SUBJECT", "________________________________\nFrom: SENDER <ADDR>\nSent: Saturday, November 21, 2026 11:00 AM\nTo: Dana <dana@example.com>\nSubject: SUBJECT\n\nMATTER"},
	{"a program of sales, Japanese", "Fwd: SUBJECT", "---------- メッセージを転送 ---------\n送信元：SENDER <ADDR>\n日付：2026年11月21日土曜日 11:00:00\n件名：SUBJECT\n送信先：dana@example.com\n\nMATTER"},
	{"a program of sales, German", "Fwd: SUBJECT", "---------- Weitergeleitete Nachricht ---------\nVon: SENDER <ADDR>\nDatum: Sa., 21. Nov. 2026, 11:00\nBetreff: SUBJECT\nAn: dana@example.com\n\nMATTER"},
	{"ionos", "Fwd: SUBJECT", "---------- Original Message ----------\nFrom: SENDER <ADDR>\nTo: dana@example.com\nDate: 11/21/2026 11:00 AM CET\nSubject: SUBJECT\n\n\nMATTER"},
	{"mailmate", "Fwd: SUBJECT", "Forwarded message:\n\n> From: SENDER <ADDR>\n> To: dana@example.com\n> Subject: SUBJECT\n> Date: Sat, 21 Nov 2026 11:00:00 +0100\n>\n> MATTER"},
	{"zoho", "Fwd: SUBJECT", "============ Forwarded message ============\nFrom: SENDER <ADDR>\nTo: <dana@example.com>\nDate: Sat, 21 Nov 2026 11:00:00 +0100\nSubject: SUBJECT\n============ Forwarded message ============\n\nMATTER"},
	{"fastmail", "Fwd: SUBJECT", "----- Original message -----\nFrom: SENDER <ADDR>\nTo: dana@example.com\nSubject: SUBJECT\nDate: Saturday, 21 November 2026 11:00 AM\n\nMATTER"},
	{"roundcube, Czech", "Fwd: SUBJECT", "-------- Původní zpráva --------\nPředmět: SUBJECT\nDatum: 2026-11-21 11:00\nOdesílatel: SENDER <ADDR>\nPříjemce: dana@example.com\n\nMATTER"},
	{"roundcube, Polish", "Fwd: SUBJECT", "-------- Wiadomość oryginalna --------\nTemat: SUBJECT\nData: 2026-11-21 11:00\nNadawca: SENDER <ADDR>\nAdresat: dana@example.com\n\nMATTER"},
	{"seznam", "Fwd: SUBJECT", "---------- Původní e-mail ----------\nOd: SENDER <ADDR>\nKomu: dana@example.com\nDatum: 21. 11. 2026 11:00:00\nPředmět: SUBJECT\n\nMATTER"},
	{"netease", "Fw:SUBJECT", "-------- 转发邮件信息 --------\n发件人：\"SENDER\" <ADDR>\n发送日期：2026-11-21 11:00:00\n收件人：dana@example.com\n主题：SUBJECT\n\nMATTER"},
	{"naver", "FW: SUBJECT", "-----Original Message-----\nFrom: \"SENDER\"<ADDR>\nTo: <dana@example.com>;\nCc:\nSent: 2026-11-21 (토) 11:00:00 (GMT+09:00)\nSubject: SUBJECT\n\nMATTER"},
	{"lotus notes", "Fw: SUBJECT", "----- Forwarded by Dana Reyes/DE/Firm on 21.11.2026 11:00 -----\n\nFrom:\tSENDER <ADDR>\nTo:\tdana@example.com\nDate:\t21.11.2026 10:00\nSubject:\tSUBJECT\n\nMATTER"},
	{"orange", "TR: SUBJECT", "> Message du 21/11/26 11:00\n> De : \"SENDER\" <ADDR>\n> A : dana@example.com\n> Copie à :\n> Objet : SUBJECT\n>\n> MATTER"},
}

// TestMoreForwards reads the sender, the subject and the words of each.
func TestMoreForwards(t *testing.T) {
	const comment, matter = "Please see below.", "Nine days and nobody has called."
	fill := strings.NewReplacer("MATTER", matter, "SENDER", "Jane Doe", "ADDR", "jane@customer.example", "SUBJECT", "Kettle broken")
	right := 0
	for _, c := range forwardWords {
		d := reply.Read(&aside.Mail{Subject: fill.Replace(c.subject), Text: comment + "\n\n" + fill.Replace(c.text)}, reply.Held{CutSignature: true})
		f := d.Forwarded()
		switch {
		case d.Text() != comment:
			t.Errorf("%s: new text is %q", c.name, d.Text())
		case f == nil:
			t.Errorf("%s: no forward seen", c.name)
		case !strings.Contains(f.From.Name, "Jane Doe") || f.From.Address != "jane@customer.example" || f.Subject != "Kettle broken" && c.name != "outlook for the mac":
			t.Errorf("%s: %+v", c.name, *f)
		case strings.Trim(f.Text, "> ") != matter:
			t.Errorf("%s: its text is %q", c.name, f.Text)
		default:
			right++
		}
	}
	t.Logf("%d of %d right", right, len(forwardWords))
}

// asPage writes a text as a page, lines with quote signs as a quotation.
func asPage(text string) string {
	var b strings.Builder
	open := false
	for _, line := range strings.Split(text, "\n") {
		inner, marked := strings.CutPrefix(line, ">")
		if marked != open {
			b.WriteString(map[bool]string{true: `<blockquote type="cite">`, false: "</blockquote>"}[marked])
			open = marked
		}
		b.WriteString(paragraphs(strings.TrimSpace(inner), "<div>", "</div>", "<div><br></div>"))
	}
	if open {
		b.WriteString("</blockquote>")
	}
	return b.String()
}

// TestMoreForwardsAsPages reads the same forwards from HTML.
func TestMoreForwardsAsPages(t *testing.T) {
	const comment, matter = "Please see below.", "Nine days and nobody has called."
	fill := strings.NewReplacer("MATTER", matter, "SENDER", "Jane Doe", "ADDR", "jane@customer.example", "SUBJECT", "Kettle broken")
	right := 0
	for _, c := range forwardWords {
		if strings.HasPrefix(c.name, "yahoo") {
			continue // its text is made of a page of several lines
		}
		d := reply.Read(&aside.Mail{Subject: fill.Replace(c.subject), HTML: asPage(comment + "\n\n" + fill.Replace(c.text))}, reply.Held{CutSignature: true})
		f := d.Forwarded()
		switch {
		case d.Text() != comment:
			t.Errorf("%s: new text is %q", c.name, d.Text())
		case f == nil:
			t.Errorf("%s: no forward seen", c.name)
		case !strings.Contains(f.From.Name, "Jane Doe") || f.From.Address != "jane@customer.example" || f.Subject != "Kettle broken" && c.name != "outlook for the mac":
			t.Errorf("%s: %+v", c.name, *f)
		case strings.Trim(f.Text, "> ") != matter:
			t.Errorf("%s: its text is %q", c.name, f.Text)
		default:
			right++
		}
	}
	t.Logf("%d right", right)
}

// TestMoreNames: names of other kinds in the same introductions, and lines that
// a program wrapped.
func TestMoreNames(t *testing.T) {
	right, all := 0, 0
	for _, name := range []string{"Jane Doe", "Yılmaz, Ahmet (Satış)", "田中 太郎", "Иванов Иван Иванович", "Jane O'Brien-Smith via Sales", "Dr. A. B. Łucja Żółć-Kowalska", "김민수 (고객지원팀)", "משה כהן"} {
		for _, intro := range moreIntroductions {
			if strings.HasPrefix(intro, ">") || strings.Contains(intro, "\n") || !strings.Contains(intro, "Jane Doe") {
				continue
			}
			for _, width := range []int{1000, 76, 60, 45} {
				if width == 45 && strings.Contains(intro, "書きました") {
					continue // a name alone on its line may be an answer's
				}
				m := &aside.Mail{Subject: "Re: Kettle", Text: "It leaves today.\n\nThanks\n\n" + wrapped(strings.ReplaceAll(intro, "Jane Doe", name), width) + "\n\n> Some words that stood there.\n>\n> And more of them."}
				all++
				if got := reply.Read(m, reply.Held{}).Text(); got != "It leaves today.\n\nThanks" {
					t.Errorf("%s, %d: below %q: read %q", name, width, intro, got)
					continue
				}
				right++
			}
		}
	}
	t.Logf("%d of %d right", right, all)
}
