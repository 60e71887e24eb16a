package read

import (
	"testing"
	"time"
)

// What absences say in many languages. The mail was sent on Monday, 14
// December 2026.
func TestReturnDateInManyLanguages(t *testing.T) {
	sent := time.Date(2026, 12, 14, 10, 0, 0, 0, time.UTC)
	for _, tt := range []struct{ text, want string }{
		// English
		{"I am out of the office from 20 December until 3 January and will be back on 4 January.", "2027-01-04"},
		{"Out of office 12/20/2026 - 12/28/2026.", "2026-12-28"},
		{"I will be away through Friday, December 18th.", "2026-12-18"},
		{"On leave from Dec 21 to Dec 30. Ask Omar.", "2026-12-30"},
		{"I'm on vacation, returning Monday the 4th of January 2027", "2027-01-04"},
		{"I will be out of the office until Thursday.", "2026-12-17"},
		{"Back on Monday.", "2026-12-21"},
		{"I will be back at 9:00 on Monday, 4 January.", "2027-01-04"},
		{"I'm out Mon 21 Dec - Mon 4 Jan.", "2027-01-04"},
		{"Out of office from Monday 21st December to Monday 4th January", "2027-01-04"},
		{"Office open until 17:00. On 7 January we are closed.", ""},
		// German
		{"Ich bin vom 21.12. bis 04.01.2027 nicht im Hause.", "2027-01-04"},
		{"Ich bin ab Montag, 4. Januar 2027, wieder für Sie da.", "2027-01-04"},
		{"Bis einschließlich 8.1.27 im Urlaub", "2027-01-08"},
		{"Ab Mittwoch bin ich wieder erreichbar, bis Mittwoch abwesend", "2026-12-16"},
		// French
		{"Je suis absente du 21 décembre au 4 janvier inclus.", "2027-01-04"},
		{"Absent jusqu’au vendredi 18 décembre.", "2026-12-18"},
		{"Je serai de retour le lundi 1er février 2027", "2027-02-01"},
		// Spanish
		{"Estoy de vacaciones hasta el próximo 7 de enero.", "2027-01-07"},
		{"Volveré el lunes 4 de enero de 2027.", "2027-01-04"},
		{"Ausente del 21/12/2026 al 04/01/2027", "2027-01-04"},
		{"No estaré disponible del 21 de diciembre al 4 de enero, ambos inclusive.", "2027-01-04"},
		{"Estaré ausente desde el 21 de diciembre hasta el 4 de enero de 2027.", "2027-01-04"},
		// Portuguese
		{"Estarei ausente até ao dia 4 de janeiro de 2027.", "2027-01-04"},
		{"Retorno em 11/01/2027.", "2027-01-11"},
		{"Estarei de férias de 21 de dezembro de 2026 a 4 de janeiro de 2027.", "2027-01-04"},
		// Italian
		{"Sarò assente fino all'8 gennaio 2027.", "2027-01-08"},
		{"Rientrerò in ufficio lunedì 11 gennaio", "2027-01-11"},
		// Dutch
		{"Ik ben afwezig t/m 24-12-2026.", "2026-12-24"},
		{"Vanaf maandag 4 januari ben ik er weer.", "2027-01-04"},
		// Swedish, Norwegian, Danish
		{"Jag är på semester t.o.m. den 6 januari 2027.", "2027-01-06"},
		{"Jag är åter på kontoret den 7 januari.", "2027-01-07"},
		{"Jeg er på ferie til og med 3. januar 2027.", "2027-01-03"},
		{"Jeg er tilbake på kontoret mandag 4. januar.", "2027-01-04"},
		{"Jeg holder ferie til og med d. 22. december", "2026-12-22"},
		// Finnish
		{"Olen lomalla 4.1.2027 asti.", "2027-01-04"},
		{"Palaan töihin 7. tammikuuta 2027.", "2027-01-07"},
		{"Olen lomalla 21.12.–28.12.2026.", "2026-12-28"},
		{"Olen tavoitettavissa jälleen 4.1.", "2027-01-04"},
		// Polish
		{"Jestem nieobecna od 21 grudnia do 4 stycznia 2027 r.", "2027-01-04"},
		{"Wracam 5 stycznia.", "2027-01-05"},
		{"Będę w biurze od 4 stycznia.", "2027-01-04"},
		{"Nie będę dostępny od 21 grudnia do 4 stycznia.", "2027-01-04"},
		// Czech, Slovak
		{"Jsem na dovolené do 31. prosince 2026.", "2026-12-31"},
		{"Vrátím se 11. ledna 2027", "2027-01-11"},
		{"Som mimo kancelárie do 8. januára 2027.", "2027-01-08"},
		{"Dovolená do 20. srpna 2027", "2027-08-20"},
		{"Zpět budu 1. července 2027", "2027-07-01"},
		// Hungarian
		{"2026. december 31-ig szabadságon vagyok.", "2026-12-31"},
		{"Szabadságon vagyok 2027. 01. 04-ig.", "2027-01-04"},
		// Romanian
		{"Sunt în concediu până la 4 ianuarie 2027.", "2027-01-04"},
		{"Revin la birou pe 11.01.2027.", "2027-01-11"},
		// Russian, Ukrainian, Bulgarian
		{"Я в отпуске до 11 января 2027 г.", "2027-01-11"},
		{"В отпуске с 21.12.2026 по 08.01.2027", "2027-01-08"},
		{"Буду в офисе с 11 января 2027 года.", "2027-01-11"},
		{"Я не буду в офисе с 21 декабря по 8 января.", "2027-01-08"},
		{"Буду на роботі з 4 січня.", "2027-01-04"},
		{"Я у відпустці до 4 січня 2027 року.", "2027-01-04"},
		{"В отпуск съм до 4 януари 2027", "2027-01-04"},
		// Turkish
		{"24 Aralık 2026 tarihine kadar izindeyim.", "2026-12-24"},
		{"4 Ocak 2027 tarihinde döneceğim.", "2027-01-04"},
		// Greek
		{"Θα λείπω έως τις 4 Ιανουαρίου 2027.", "2027-01-04"},
		{"Επιστρέφω στις 7 Ιανουαρίου", "2027-01-07"},
		// Croatian, Slovene, Estonian, Latvian, Lithuanian
		{"Na godišnjem sam do 4. siječnja 2027.", "2027-01-04"},
		{"Odsoten sem do 4. januarja 2027.", "2027-01-04"},
		{"Olen puhkusel kuni 4. jaanuarini 2027.", "2027-01-04"},
		{"Esmu atvaļinājumā līdz 4. janvārim.", "2027-01-04"},
		{"Atostogauju iki 2027 m. sausio 4 d.", "2027-01-04"},
		// Japanese, Chinese, Korean
		{"12月28日から1月4日まで休暇をいただきます。", "2027-01-04"},
		{"2027年1月5日より出社いたします。", "2027-01-05"},
		{"１月４日（月）まで不在です。", "2027-01-04"},
		{"我将休假至2027年1月4日。", "2027-01-04"},
		{"我将于1月5日返回办公室。", "2027-01-05"},
		{"12월 31일까지 휴가입니다.", "2026-12-31"},
		{"2027년 1월 4일에 복귀합니다.", "2027-01-04"},
		// Hebrew, Arabic, Vietnamese, Indonesian
		{"אני בחופשה עד 4 בינואר 2027.", "2027-01-04"},
		{"أنا في إجازة حتى 4 يناير 2027.", "2027-01-04"},
		{"أنا خارج المكتب حتى ٢٤ ديسمبر ٢٠٢٦", "2026-12-24"},
		{"Tôi nghỉ phép đến hết ngày 4 tháng 1 năm 2027.", "2027-01-04"},
		{"Saya cuti sampai 4 Januari 2027.", "2027-01-04"},
		// No day to return
		{"I am on parental leave. For orders of 24 December call 030 2412.", ""},
		{"Until 12 o'clock nobody is here; 24/7 by telephone.", ""},
		{"Founded in 2010. Offices in 12 countries.", ""},
		{"Wir sind bis auf Weiteres nicht erreichbar. Telefon 030 24 12 26", ""},
	} {
		m := mustRead(t, "From: a@x.example\nDate: "+sent.Format(time.RFC1123Z)+"\nSubject: Away\nAuto-Submitted: auto-replied\nContent-Type: text/plain; charset=utf-8\n\n"+tt.text, Options{})
		got := ""
		if !m.Until.IsZero() {
			got = m.Until.Format(time.DateOnly)
		}
		if got != tt.want {
			t.Errorf("%q: %q, want %q", tt.text, got, tt.want)
		}
	}
}

// An American clock says which of two numbers is the month.
func TestAmericanDates(t *testing.T) {
	for date, want := range map[string]string{
		"Mon, 14 Dec 2026 10:00:00 -0500": "2027-02-01", "Mon, 14 Dec 2026 10:00:00 +0100": "2027-01-02", "Mon, 14 Dec 2026 10:00:00 +0000": "2027-01-02",
	} {
		m := mustRead(t, "From: a@x.example\nDate: "+date+"\nAuto-Submitted: auto-replied\n\nI am away until 2/1/2027.", Options{})
		if got := m.Until.Format(time.DateOnly); got != want {
			t.Errorf("%s: %s, want %s", date, got, want)
		}
	}
}
