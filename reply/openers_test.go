package reply_test

import (
	"strings"
	"testing"

	"aside"
	"aside/reply"
)

// introductions as the clients of many languages write them. Each stands above
// quoted matter, prefixed or not.
var introductions = []string{
	"On Sat, Nov 21, 2026 at 11:00 AM Jane Doe <jane@example.com> wrote:",
	"On Sat, Nov 21, 2026 at 11:00 AM Jane Doe from the long named company <\njane@example.com> wrote:",
	"On Monday, 3 February 2026\nat 10:00, Jane Doe\n<jane@example.com>\nwrote:",
	"*On 21/11/2026 11:00, Jane Doe wrote:*",
	"Am 21.11.26 um 11:00 schrieb Jane Doe:",
	"Am Sa., 21. Nov. 2026 um 11:00 Uhr schrieb Jane Doe <jane@example.com>:",
	"Jane Doe <jane@example.com> schrieb am Sa., 21. Nov. 2026, 11:00:",
	"Le 21/11/2026 à 11:00, Jane Doe a écrit :",
	"Le sam. 21 nov. 2026 à 11:00, Jane Doe <jane@example.com> a écrit :",
	"El sáb, 21 nov 2026 a las 11:00, Jane Doe (<jane@example.com>) escribió:",
	"El 21/11/26 a las 11:00, Jane Doe escribió:",
	"Il giorno sab 21 nov 2026 alle ore 11:00 Jane Doe <jane@example.com> ha scritto:",
	"Il 21/11/26 11:00, Jane Doe ha scritto:",
	"Em sáb., 21 de nov. de 2026 às 11:00, Jane Doe <jane@example.com> escreveu:",
	"Op za 21 nov 2026 om 11:00 schreef Jane Doe <jane@example.com>:",
	"Op 21 november 2026 11:00 schreef Jane Doe het volgende:",
	"Den lör 21 nov. 2026 kl 11:00 skrev Jane Doe <jane@example.com>:",
	"Den lør. 21. nov. 2026 kl. 11.00 skrev Jane Doe <jane@example.com>:",
	"lør. 21. nov. 2026 kl. 11:00 skrev Jane Doe <jane@example.com>:",
	"la 21. marrask. 2026 klo 11.00 Jane Doe (jane@example.com) kirjoitti:",
	"W dniu 21.11.2026 o 11:00, Jane Doe pisze:",
	"sob., 21 lis 2026 o 11:00 Jane Doe <jane@example.com> napisał(a):",
	"so 21. 11. 2026 v 11:00 odesílatel Jane Doe <jane@example.com> napsal:",
	"Dne 21. 11. 26 v 11:00 Jane Doe napsal(a):",
	"so 21. 11. 2026 o 11:00 Jane Doe <jane@example.com> napísal(a):",
	"сб, 21 нояб. 2026 г. в 11:00, Jane Doe <jane@example.com>:",
	"21.11.2026 11:00, Jane Doe пишет:",
	"21 ноября 2026 г., 11:00 пользователь Jane Doe <jane@example.com> написал:",
	"Суббота, 21 ноября 2026, 11:00 +03:00 от Jane Doe <jane@example.com>:",
	"сб, 21 лист. 2026 р. о 11:00 Jane Doe <jane@example.com> пише:",
	"Jane Doe <jane@example.com>, 21 Kas 2026 Cmt, 11:00 tarihinde şunu yazdı:",
	"Jane Doe <jane@example.com> ezt írta (időpont: 2026. nov. 21., Szo, 11:00):",
	"În sâm., 21 nov. 2026 la 11:00, Jane Doe <jane@example.com> a scris:",
	"Στις Σάβ 21 Νοε 2026 στις 11:00, ο/η Jane Doe <jane@example.com> έγραψε:",
	"Vào Th 7, 21 thg 11, 2026 vào lúc 11:00 Jane Doe <jane@example.com> đã viết:",
	"Pada tanggal Sab, 21 Nov 2026 pukul 11.00 Jane Doe <jane@example.com> menulis:",
	"Jane Doe <jane@example.com> 于2026年11月21日周六 11:00写道：",
	"2026年11月21日(土) 11:00 Jane Doe <jane@example.com>:",
	"2026/11/21 11:00、Jane Doe <jane@example.com>のメール:",
	"2026년 11월 21일 (토) 오전 11:00, Jane Doe <jane@example.com>님이 작성:",
	"\u202bבתאריך שבת, 21 בנוב׳ 2026 ב-11:00 מאת \u202aJane Doe\u202c\u200f <jane@example.com>:\u202c",
	"في السبت، 21 نوفمبر 2026 في 11:00 ص تمت كتابة ما يلي بواسطة Jane Doe <jane@example.com>:",
	"-----Original Message-----",
	"------- Original Message -------\nOn Saturday, November 21st, 2026 at 11:00 AM, Jane Doe <jane@example.com> wrote:",
	"-------- Original message --------\nFrom: Jane Doe <jane@example.com> \nDate: 21/11/2026  11:00  (GMT+01:00) \nTo: dana@example.com \nSubject: Kettle ",
	"From:        Jane Doe/DE/Firm\nTo:        Dana/DE/Firm@Firm\nDate:        21.11.2026 11:00\nSubject:        Kettle",
	"-----Ursprüngliche Nachricht-----\nVon: Jane Doe [mailto:jane@example.com]\nGesendet: Samstag, 21. November 2026 11:00\nAn: Dana\nBetreff: Kessel",
	"---- Message d'origine ----",
	"________________________________\nDe : Jane Doe <jane@example.com>\nEnvoyé : samedi 21 novembre 2026 11:00\nÀ : Dana\nObjet : Bouilloire",
	"De: Jane Doe <jane@example.com>\nEnviado el: sábado, 21 de noviembre de 2026 11:00\nPara: Dana\nAsunto: Tetera",
	"Da: Jane Doe <jane@example.com>\nInviato: sabato 21 novembre 2026 11:00\nA: Dana\nOggetto: Bollitore",
	"Van: Jane Doe <jane@example.com>\nVerzonden: zaterdag 21 november 2026 11:00\nAan: Dana\nOnderwerp: Waterkoker",
	"Från: Jane Doe <jane@example.com>\nSkickat: den 21 november 2026 11:00\nTill: Dana\nÄmne: Kittel",
	"Fra: Jane Doe <jane@example.com>\nSendt: 21. november 2026 11:00\nTil: Dana\nEmne: Kjele",
	"Od: Jane Doe <jane@example.com>\nWysłano: sobota, 21 listopada 2026 11:00\nDo: Dana\nTemat: Czajnik",
	"От: Jane Doe <jane@example.com>\nОтправлено: 21 ноября 2026 г. 11:00\nКому: Dana\nТема: Чайник",
	"发件人: Jane Doe <jane@example.com>\n发送时间: 2026年11月21日 11:00\n收件人: Dana\n主题: 水壶",
	"差出人: Jane Doe <jane@example.com>\n送信日時: 2026年11月21日 11:00\n宛先: Dana\n件名: やかん",
	"보낸 사람: Jane Doe <jane@example.com>\n보낸 날짜: 2026년 11월 21일 11:00\n받는 사람: Dana\n제목: 주전자",
	"Kimden: Jane Doe <jane@example.com>\nGönderildi: 21 Kasım 2026 11:00\nKime: Dana\nKonu: Çaydanlık",
	"*From:* Jane Doe <jane@example.com>\n\n*Sent:* Saturday, November 21, 2026\n\n*To:* Dana; Omar;\n  Lee <lee@example.com>\n\n*Subject:* Kettle",
}

func TestIntroductions(t *testing.T) {
	for _, intro := range introductions {
		for _, q := range []struct{ name, matter string }{
			{"prefixed", "\n> Some words that stood there.\n> And more of them."},
			{"bare", "\n\nSome words that stood there.\n\nAnd more of them."},
		} {
			m := &aside.Mail{Text: "It leaves today.\n\n" + intro + q.matter}
			if got := reply.Read(m, reply.Held{}).Text(); got != "It leaves today." {
				t.Errorf("%s below %q: read %q", q.name, intro, got)
			}
		}
		m := &aside.Mail{Text: "It leaves today.\n\n" + intro + "\n> Some words that stood there.\n\nAnd the handle too."}
		if got := reply.Read(m, reply.Held{}).Text(); got != "It leaves today.\n\nAnd the handle too." {
			t.Errorf("text below what %q introduces: read %q", intro, got)
		}
		// A line of new text right above belongs to the answer.
		m = &aside.Mail{Text: "It leaves today.\n" + intro + "\n> Some words."}
		if got := reply.Read(m, reply.Held{}).Text(); got != "It leaves today." {
			t.Errorf("text right above %q: read %q", intro, got)
		}
	}
}

func TestForwards(t *testing.T) {
	const matter = "Nine days and nobody has called.\n\nJane"
	for _, c := range []struct{ name, subject, text string }{
		{"gmail", "Fwd: Kettle", "Please see.\n\n---------- Forwarded message ---------\nFrom: Jane Doe <jane@example.com>\nDate: Sat, Nov 21, 2026 at 11:00 AM\nSubject: Kettle\nTo: Dana <dana@example.com>\n\n\n" + matter},
		{"apple", "Fwd: Kettle", "Please see.\n\nBegin forwarded message:\n\n> From: Jane Doe <jane@example.com>\n> Subject: Kettle\n> Date: 21. November 2026 at 11:00:00 CET\n> To: Dana <dana@example.com>\n> \n" + prefixed(matter)},
		{"thunderbird", "Fwd: Kettle", "Please see.\n\n\n-------- Forwarded Message --------\nSubject: \tKettle\nDate: \tSat, 21 Nov 2026 11:00:00 +0100\nFrom: \tJane Doe <jane@example.com>\nTo: \tDana <dana@example.com>\n\n\n\n" + matter},
		{"outlook", "FW: Kettle", "Please see.\n\nFrom: Jane Doe <jane@example.com> \nSent: Saturday, November 21, 2026 11:00 AM\nTo: Dana <dana@example.com>\nSubject: Kettle\n\n" + matter},
		{"outlook german", "WG: Kettle", "Please see.\n\nVon: Jane Doe [mailto:jane@example.com]\nGesendet: Samstag, 21. November 2026 11:00\nAn: Dana\nBetreff: Kettle\n\n" + matter},
		{"gmail german", "Fwd: Kettle", "Please see.\n\n---------- Weitergeleitete Nachricht ----------\nVon: Jane Doe <jane@example.com>\nDatum: 21. November 2026\nBetreff: Kettle\nAn: dana@example.com\n\n" + matter},
		{"apple french", "Tr : Kettle", "Please see.\n\nDébut du message réexpédié :\n\nDe: Jane Doe <jane@example.com>\nObjet: Kettle\nDate: 21 novembre 2026 à 11:00\n\n" + matter},
		{"gmail spanish", "Fwd: Kettle", "Please see.\n\n---------- Forwarded message ---------\nDe: Jane Doe <jane@example.com>\nDate: sáb, 21 nov 2026\nSubject: Kettle\nTo: <dana@example.com>\n\n" + matter},
		{"yandex russian", "Fwd: Kettle", "Please see.\n\n-------- Пересылаемое сообщение --------\nОт: Jane Doe <jane@example.com>\nТема: Kettle\n\n" + matter},
	} {
		d := reply.Read(&aside.Mail{Subject: c.subject, Text: c.text}, reply.Held{CutSignature: true})
		if d.Text() != "Please see." {
			t.Errorf("%s: new text is %q", c.name, d.Text())
		}
		f := d.Forwarded()
		if f == nil {
			t.Errorf("%s: no forward seen", c.name)
			continue
		}
		want := aside.Forwarded{From: aside.Address{Name: "Jane Doe", Address: "jane@example.com"}, Subject: "Kettle", Text: matter}
		if *f != want {
			t.Errorf("%s: %+v", c.name, *f)
		}
	}
}

func TestForwardInHTML(t *testing.T) {
	m := &aside.Mail{Subject: "Fwd: Kettle", HTML: `<div dir="ltr">Please see.</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">---------- Forwarded message ---------<br>` +
		`From: <b class="gmail_sendername" dir="auto">Jane Doe</b> <span dir="auto">&lt;<a href="mailto:jane@example.com">jane@example.com</a>&gt;</span><br>Date: Sat, Nov 21, 2026 at 11:00 AM<br>Subject: Kettle<br>To: &lt;dana@example.com&gt;<br></div><br><br>` +
		`<div dir="ltr"><p>Nine days and nobody has called.</p><p>Jane</p></div></div>`}
	d := reply.Read(m, reply.Held{})
	if d.Text() != "Please see." || d.HTML() != `<div dir="ltr">Please see.</div>` {
		t.Errorf("new text %q, HTML %q", d.Text(), d.HTML())
	}
	f := d.Forwarded()
	if f == nil || f.From.Address != "jane@example.com" || f.From.Name != "Jane Doe" || f.Text != "Nine days and nobody has called.\n\nJane" {
		t.Errorf("forwarded: %+v", f)
	}
	if strings.Contains(d.Elided(), "Nine days") {
		t.Error("a forward is not elided")
	}
}

// A quotation that happens to hold a forward stays a quotation.
func TestQuotedForward(t *testing.T) {
	text := "Fine.\n\nOn 21.11.26 11:00, Jane Doe wrote:\n> ---------- Forwarded message ---------\n> From: Lee <lee@example.com>\n> Subject: x\n>\n> Words."
	if f := reply.Read(&aside.Mail{Subject: "Re: Fwd: x", Text: text}, reply.Held{}).Forwarded(); f != nil {
		t.Errorf("forwarded: %+v", f)
	}
}

// However a client or a relay breaks an introduction, no part of the name in
// it is taken for new.
func TestBrokenIntroductions(t *testing.T) {
	names := []string{
		"Quentin Cnragabcdefghijk (customer)",
		"Quentin Maximilian Cnragabcdefghijklmnop of the very long named company with limited liability and many branches, Berlin (customer)",
		"Żółć, Łucja (Zażółć Gęślą Jaźń S.A., oddział) (customer)",
		"田中 太郎（カスタマーサポート部）(customer)",
	}
	forms := []string{
		"On 21 Nov 2026, at 22:56, NAME <support+notice@example.com> wrote:",
		"On Sat, Nov 21, 2026 at 10:56 PM NAME <\nsupport+notice@example.com> wrote:",
		"On Sat, Nov 21, 2026 at 10:56 PM NAME <otto@vendor.example>\nwrote:",
		"On Sat, Nov 21, 2026 at 10:56:07PM +0000, NAME wrote:",
		"Am 21.11.2026 um 22:56 schrieb NAME <support+notice@example.com>:",
		"Le sam. 21 nov. 2026 à 22:56, NAME <support+notice@example.com> a écrit :",
		"El 21/11/26 a las 22:56, NAME (<support+notice@example.com>) escribió:",
	}
	for _, form := range forms {
		for _, name := range names {
			for _, width := range []int{36, 50, 72, 1000} {
				intro := wrapped(strings.ReplaceAll(form, "NAME", name), width)
				for _, matter := range []string{intro + "\n> Some words.", intro + "\n\n> Some words.", intro + "\n\nSome words.", "> " + intro + "\n> \n> Some words."} {
					for _, held := range []reply.Held{{}, heldAgainst()} {
						held.CutSignature = true
						for _, typed := range []string{"It leaves today.\n\n", "It leaves today, Jane.\n"} {
							if got := reply.Read(&aside.Mail{Text: typed + matter}, held).Text(); got != strings.TrimSpace(typed) {
								t.Errorf("above %q: read %q", matter, got)
							}
						}
					}
				}
			}
		}
	}
}

// Mutt says where a forward ends: what is written below is new, but for the
// signature. Such a line within the forwarded mail ends nothing.
func TestMuttForwards(t *testing.T) {
	const begin, end = "----- Forwarded message from Ben Low <ben@customer.example> -----\n\nDate: Sat, 21 Nov 2026 22:00:00 +0000\nFrom: Ben Low <ben@customer.example>\nTo: dana@example.com\nSubject: Kettle\n\n",
		"\n\n----- End forwarded message -----\n"
	inner := "Nine days.\n\n----- Forwarded message from Lee <lee@x.example> -----\n\nFrom: Lee <lee@x.example>\nSubject: Lid\n\nLids.\n\n----- End forwarded message -----\n\n/resolve\n\nBen"
	for _, c := range []struct{ name, text, want, matter string }{
		{"words above", "Please see.\n\n" + begin + "Nine days.\n\nBen" + end, "Please see.", "Nine days.\n\nBen"},
		{"words below", begin + "Nine days.\n\nBen" + end + "\nPlease see.\n\nSoon.\n\n-- \nDana\n", "Please see.\n\nSoon.", "Nine days.\n\nBen"},
		{"a signature alone below", "Please see.\n\n" + begin + "Nine days.\n\nBen" + end + "\n-- \nDana\n", "Please see.", "Nine days.\n\nBen"},
		{"a forward within", begin + inner + end + "\nPlease see.", "Please see.", inner},
		{"a long name", "Please see.\n\n" + strings.Replace(begin, "from Ben Low", "from Ben "+strings.Repeat("Łow ", 40), 1) + "Nine days." + end, "Please see.", "Nine days."},
		{"no end", "Please see.\n\n" + begin + "Nine days.", "Please see.", "Nine days."},
		{"another client's forward", "Please see.\n\n---------- Forwarded message ---------\nFrom: Ben Low <ben@customer.example>\nSubject: Kettle\n\nNine days." + end + "/resolve",
			"Please see.", "Nine days." + end + "/resolve"},
	} {
		for _, cut := range []bool{true, false} {
			d := reply.Read(&aside.Mail{Subject: "Fwd: Kettle", Text: c.text}, reply.Held{CutSignature: cut})
			f := d.Forwarded()
			if f == nil || f.Text != c.matter || f.From.Address != "ben@customer.example" || f.Subject != "Kettle" {
				t.Fatalf("%s: forwarded %+v", c.name, f)
			}
			if got := d.Text(); got != c.want {
				t.Errorf("%s, cut %v: new text is %q", c.name, cut, got)
			}
			if at := len(d.Lines()) - 1; strings.Contains(c.name, "below") && strings.HasPrefix(c.text, begin) && !d.BelowQuote(at) {
				t.Errorf("%s: the last line stands below a forward", c.name)
			}
		}
	}
}
