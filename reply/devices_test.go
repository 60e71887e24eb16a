package reply_test

import (
	"strings"
	"testing"

	"aside"
	"aside/reply"
)

// deviceLines are what further telephones and programs add, in many languages.
var deviceLines = []string{
	"Sent from HEY", "Sent via Superhuman ( https://sprh.mn/?vip=jane@example.com )", "Sent with Superhuman", "Sent from Front", "Sent with Spark", "Sent from Spike",
	"Sent from Proton Mail for iOS", "Sent from Proton Mail Android", "Sent with Proton Mail secure email.", "Secured with Tuta Mail:", "Sent from my Galaxy", "Sent from Samsung tablet",
	"Sent from Mail for Windows 10", "Sent from Mail for Windows", "Sent from Yahoo Mail on Android", "Sent from Yahoo Mail. Get the app", "Sent from AOL on Android", "Sent from the all new AOL app for iOS",
	"Sent from Outlook for Android", "Get Outlook for iOS", "Get BlueMail for Android", "Sent from Zoho Mail", "Sent using Zoho Mail", "Sent from Edison Mail", "Sent from my Huawei Mobile",
	"Sent from Gmail Mobile", "Sent from my phone, please excuse any typos.", "Sent from my mobile. Please excuse brevity.", "Sent via the Samsung Galaxy S24, an AT&T 5G smartphone",
	"Von meinem iPhone gesendet", "Von meinem Samsung Galaxy Smartphone gesendet.", "Gesendet von Outlook für Android", "Gesendet mit der GMX Mail App", "Gesendet mit der WEB.DE Mail App", "Gesendet mit der Telekom Mail App",
	"Diese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet.", "Gesendet von Mail für Windows", "Von meinem Huawei-Mobiltelefon gesendet",
	"Envoyé de mon iPhone", "Envoyé depuis mon smartphone Samsung Galaxy.", "Envoyé à partir de Outlook pour Android", "Envoyé depuis l'application Mail Orange", "Envoyé de mon appareil Galaxy", "Provenance : Courrier pour Windows 10", "Télécharger Outlook pour iOS",
	"Enviado desde mi iPhone", "Enviado desde mi Samsung Mobile", "Enviado desde Outlook para Android", "Enviado do meu iPhone", "Enviado do Yahoo Mail no Android", "Obter o Outlook para Android", "Enviado desde Correo para Windows 10",
	"Inviato da iPhone", "Inviato da Outlook per iOS", "Inviato da Libero Mail per Android", "Inviato dal mio dispositivo Samsung", "Inviato da Posta per Windows 10", "Scarica Outlook per Android",
	"Verstuurd vanaf mijn iPhone", "Verzonden vanuit Mail voor Windows", "Verzonden vanaf mijn Samsung Galaxy-smartphone.", "Outlook voor Android downloaden",
	"Skickat från min iPhone", "Skickat från Outlook för Android", "Skickades från Outlook för iOS", "Skickat från min Samsung Galaxy smartphone.", "Sendt fra min iPhone", "Sendt fra Outlook for Android", "Sendt fra min Samsung-enhed", "Hent Outlook til iOS",
	"Lähetetty iPhonesta", "Lähetetty Samsung Galaxy -puhelimesta", "Lähetetty Outlook Androidille -sovelluksesta", "Hanki Outlook for iOS",
	"Wysłane z iPhone'a", "Wysłano z urządzenia Galaxy", "Wysłane z programu Outlook dla systemu Android", "Pobierz aplikację Outlook dla systemu iOS", "Wysłane z Poczty w systemie Windows", "Wysłane z aplikacji mobilnej WP Poczta",
	"Odesláno z iPhonu", "Odesláno ze zařízení Galaxy", "Odesláno z Outlooku pro Android", "Odesláno z mobilní aplikace Seznam Email", "Odoslané z iPhonu", "Odoslané z Outlooku pre Android", "Získať Outlook pre iOS",
	"iPhone-omról küldve", "Elküldve az iPhone-omról", "Az én iPhone készülékemről küldve", "Küldve Outlook for Android programból", "Az Android Outlook beszerzése",
	"Trimis de pe iPhone-ul meu", "Trimis din Outlook pentru Android", "Obțineți Outlook pentru iOS", "Изпратено от моя iPhone", "Poslano s mog iPhonea", "Послато са мог iPhone-а", "Poslano iz mojega iPhona",
	"Отправлено с iPhone", "Отправлено из Яндекс.Почты для мобильных устройств", "Отправлено из мобильной Почты Mail.ru", "Отправлено с моего телефона Xiaomi", "Отправлено из Mail.ru для Android", "Скачать Outlook для iOS",
	"Надіслано з iPhone", "Надіслано з мобільного телефону", "Надіслано з Outlook для Android",
	"iPhone'umdan gönderildi", "Android için Outlook uygulamasından gönderildi", "Samsung Galaxy cihazımdan gönderildi", "Yahoo Mail'den gönderildi", "iOS için Outlook'u edinin",
	"Στάλθηκε από το iPhone μου", "Στάλθηκε από το Outlook για Android", "Εστάλη από το κινητό μου τηλέφωνο Samsung",
	"Được gửi từ iPhone của tôi", "Đã gửi từ iPhone của tôi", "Được gửi từ Outlook cho Android", "Dikirim dari iPhone saya", "Dikirim dari Outlook untuk Android", "Dihantar dari iPhone saya",
	"ส่งจาก iPhone ของฉัน", "ส่งจาก Outlook สำหรับ Android", "נשלח מה-iPhone שלי", "נשלח מ-Outlook עבור Android", "نُرسل من الـ iPhone", "أُرسلت من الـ iPhone", "تم الإرسال من هاتف Samsung Galaxy الذكي", "مرسل من Outlook لـ Android",
	"iPhoneから送信", "私のiPhoneから送信", "Android 用 Outlook を入手", "Windows 版のメールから送信", "Xperia™スマートフォンから送信", "Yahoo!メール for iPhoneから送信",
	"나의 iPhone에서 보냄", "내 Galaxy에서 보냄", "내 iPhone에서 보냄", "네이버 메일 앱에서 보냈습니다.", "Android용 Outlook 다운로드", "Windows용 메일에서 보냄",
	"发自我的 iPhone", "发自我的iPhone", "发自我的小米手机", "发送自 Windows 版邮件应用", "發自我的 iPhone", "從我的 iPhone 傳送", "从我的华为手机发送", "来自网易邮箱大师", "发自QQ邮箱", "获取适用于 iOS 的 Outlook", "下載 iOS 版 Outlook",
	"Sent from my Nokia 3310", "Sent from my Galaxy S24", "Galaxy készülékről küldve", "Sent from my BlackBerry® wireless handheld from Bell", "Von unterwegs gesendet", "Windows 10 için Posta ile gönderildi",
}

// sentences begin like such lines and are none: somebody says so.
var sentences = []string{
	"Sent from the warehouse yesterday, by courier.", "Sent from Berlin on Monday.", "Gesendet von unserem Lager in Köln.", "Envoyé depuis Lyon hier soir.", "Enviado desde Madrid el lunes.",
	"Verzonden vanaf Schiphol.", "Wysłane z magazynu w Łodzi.", "Inviato da Roma ieri.", "Skickat från lagret i Malmö.", "Отправлено со склада вчера.", "Odesláno z Prahy.", "Get well soon!", "Download it from our page.",
	"Gesendet mit DHL an Ihre Nachbarin, Telefon 0123", "Sent via Samsung Pay on 3 November", "Sent from my iPhone?", "Verzonden met PostNL op 3 november, telefoon 0612345678", "Skickat från Göteborg till min mobil",
	"Отправлено с почты в Москве 12 ноября", "Fatura cep telefonuma gönderildi", "Küldve a telefonos ügyfélszolgálatnak", "スマートフォンから送信した注文の件です",
}

// TestDevices: each ends a mail as a signature, and each sentence stays.
func TestDevices(t *testing.T) {
	const typed = "Good morning,\n\nit has not come."
	right := 0
	for _, line := range deviceLines {
		ok := true
		for _, m := range []*aside.Mail{
			{Text: typed + "\n\n" + line},
			{Text: typed + "\n\n" + line + "\n\n> On Nov 21, 2026, at 11:00 AM, Jane Doe <jane@example.com> wrote:\n>\n> Some words."},
			{HTML: divs(typed) + "<br><div>" + line + "</div>"},
		} {
			d := reply.Read(m, reply.Held{CutSignature: true})
			ok = ok && d.Text() == typed && strings.TrimSpace(d.Signature()) == line
		}
		if !ok {
			t.Errorf("%q stays, or is no signature", line)
			continue
		}
		right++
	}
	for _, line := range sentences {
		if got := reply.Read(&aside.Mail{Text: typed + "\n\n" + line}, reply.Held{CutSignature: true}).Text(); got != typed+"\n\n"+line {
			t.Errorf("%q is lost", line)
			continue
		}
		right++
	}
	t.Logf("%d of %d right", right, len(deviceLines)+len(sentences))
}
