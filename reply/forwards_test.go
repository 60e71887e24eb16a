package reply_test

import (
	"strings"
	"testing"

	"aside"
	"aside/reply"
)

// forwarding is how a client forwards a mail in the body: COMMENT is the new
// text, MATTER the forwarded words, SENDER and SUBJECT what they say.
var forwarding = []struct{ name, subject, text, html string }{
	{name: "gmail", subject: "Fwd: Kettle", text: "COMMENT\n\n---------- Forwarded message ---------\nFrom: SENDER <ADDR>\nDate: Sat, Nov 21, 2026 at 11:00 AM\nSubject: SUBJECT\nTo: <dana@example.com>\n\n\nMATTER\n"},
	{name: "gmail in HTML", subject: "Fwd: Kettle", html: `<div dir="ltr">COMMENT</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">---------- Forwarded message ---------<br>From: <strong class="gmail_sendername" dir="auto">SENDER</strong> <span dir="auto">&lt;<a href="mailto:ADDR">ADDR</a>&gt;</span><br>Date: Sat, Nov 21, 2026 at 11:00 AM<br>Subject: SUBJECT<br>To: &lt;<a href="mailto:dana@example.com">dana@example.com</a>&gt;<br></div><br><br>MATTER</div>`},
	{name: "outlook desktop", subject: "FW: Kettle", text: "COMMENT\n\nFrom: SENDER <ADDR> \nSent: Saturday, November 21, 2026 11:00 AM\nTo: Dana Reyes <dana@example.com>\nSubject: SUBJECT\n\nMATTER"},
	{name: "outlook desktop in HTML", subject: "FW: Kettle", html: `<html><body><div class=WordSection1><p class=MsoNormal>COMMENT<o:p></o:p></p><p class=MsoNormal><o:p>&nbsp;</o:p></p><div><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in'><p class=MsoNormal><b>From:</b> SENDER &lt;ADDR&gt; <br><b>Sent:</b> Saturday, November 21, 2026 11:00 AM<br><b>To:</b> Dana<br><b>Subject:</b> SUBJECT<o:p></o:p></p></div></div><p class=MsoNormal><o:p>&nbsp;</o:p></p>MATTER</div></body></html>`},
	{name: "outlook desktop, German", subject: "WG: Kettle", text: "COMMENT\n\n-----Ursprüngliche Nachricht-----\nVon: SENDER [mailto:ADDR]\nGesendet: Samstag, 21. November 2026 11:00\nAn: Dana\nBetreff: SUBJECT\n\nMATTER"},
	{name: "outlook web", subject: "Fw: Kettle", text: "COMMENT\n________________________________\nFrom: SENDER <ADDR>\nSent: Saturday, November 21, 2026 11:00 AM\nTo: Dana <dana@example.com>\nSubject: SUBJECT\n\nMATTER"},
	{name: "outlook web in HTML", subject: "Fw: Kettle", html: `<html><body dir="ltr"><div class="elementToProof">COMMENT</div><div id="appendonsend"></div><hr style="display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr"><font face="Calibri, sans-serif"><b>From:</b> SENDER &lt;ADDR&gt;<br><b>Sent:</b> Saturday, November 21, 2026 11:00 AM<br><b>To:</b> Dana<br><b>Subject:</b> SUBJECT</font><div>&nbsp;</div></div>MATTER</body></html>`},
	{name: "outlook on a phone", subject: "Fwd: Kettle", text: "COMMENT\n\nGet Outlook for iOS<https://aka.ms/o0ukef>\n________________________________\nFrom: SENDER <ADDR>\nSent: Saturday, November 21, 2026 11:00:00 AM\nTo: Dana <dana@example.com>\nSubject: SUBJECT\n\nMATTER"},
	{name: "apple mail", subject: "Fwd: Kettle", text: "COMMENT\n\nBegin forwarded message:\n\n> From: SENDER <ADDR>\n> Subject: SUBJECT\n> Date: 21. November 2026 at 11:00:00 CET\n> To: Dana <dana@example.com>\n> \n> MATTER\n"},
	{name: "apple mail in HTML", subject: "Fwd: Kettle", html: `<html><body style="overflow-wrap: break-word;">COMMENT<br id="lineBreakAtBeginningOfMessage"><div><br><blockquote type="cite"><div>Begin forwarded message:</div><br class="Apple-interchange-newline"><div style="margin: 0px;"><span><b>From: </b></span><span>SENDER &lt;<a href="mailto:ADDR">ADDR</a>&gt;<br></span></div><div><span><b>Subject: </b></span><span><b>SUBJECT</b><br></span></div><div><span><b>Date: </b></span><span>21. November 2026 at 11:00:00 CET<br></span></div><div><span><b>To: </b></span><span>dana@example.com<br></span></div><br><div>MATTER</div></blockquote></div></body></html>`},
	{name: "apple mail on a phone", subject: "Fwd: Kettle", text: "COMMENT\n\nSent from my iPhone\n\nBegin forwarded message:\n\n> From: SENDER <ADDR>\n> Date: November 21, 2026 at 11:00:00 AM GMT+1\n> To: dana@example.com\n> Subject: SUBJECT\n> \n> MATTER"},
	{name: "apple mail, German", subject: "Fwd: Kettle", text: "COMMENT\n\nAnfang der weitergeleiteten Nachricht:\n\n> Von: SENDER <ADDR>\n> Betreff: SUBJECT\n> Datum: 21. November 2026 um 11:00:00 MEZ\n> An: dana@example.com\n> \n> MATTER"},
	{name: "thunderbird", subject: "Fwd: Kettle", text: "COMMENT\n\n\n-------- Forwarded Message --------\nSubject: \tSUBJECT\nDate: \tSat, 21 Nov 2026 11:00:00 +0100\nFrom: \tSENDER <ADDR>\nTo: \tDana <dana@example.com>\n\n\n\nMATTER"},
	{name: "thunderbird in HTML", subject: "Fwd: Kettle", html: `<html><body><p>COMMENT</p><div class="moz-forward-container"><br><br>-------- Forwarded Message --------<table class="moz-email-headers-table" cellspacing="0"><tbody><tr><th valign="BASELINE" nowrap="nowrap" align="RIGHT">Subject: </th><td>SUBJECT</td></tr><tr><th>Date: </th><td>Sat, 21 Nov 2026 11:00:00 +0100</td></tr><tr><th>From: </th><td>SENDER <a class="moz-txt-link-rfc2396E" href="mailto:ADDR">&lt;ADDR&gt;</a></td></tr><tr><th>To: </th><td>dana@example.com</td></tr></tbody></table><br><br>MATTER</div></body></html>`},
	{name: "yahoo", subject: "Fw: Kettle", text: "COMMENT\n\n   ----- Forwarded Message ----- From: SENDER <ADDR>To: \"dana@example.com\" <dana@example.com>Sent: Saturday, November 21, 2026 at 11:00:00 AM GMT+1Subject: SUBJECT\n MATTER"},
	{name: "yahoo, French", subject: "Fw: Kettle", text: "COMMENT\n\n   ----- Message transféré ----- De : SENDER <ADDR>À : dana@example.com <dana@example.com>Envoyé : samedi 21 novembre 2026 à 11:00:00 UTC+1Objet : SUBJECT\n MATTER"},
	{name: "apple mail on a phone, with its mark", subject: "Fwd: Kettle", text: "COMMENT\n\nBegin forwarded message:\n\n> From: SENDER <ADDR>\n> Date: November 21, 2026 at 11:00:00 AM GMT+1\n> To: dana@example.com\n> Subject: SUBJECT\n> \n> \ufeffMATTER"},
	{name: "thunderbird, the whole header", subject: "Fwd: Kettle", text: "COMMENT\n\n-------- Forwarded Message --------\nReturn-Path: \t<ADDR>\nReceived: \tfrom mx.example by mail.example;\n\tSat, 21 Nov 2026 11:00:00 +0100\nMessage-ID: \t<a@b.example>\n" +
		"Date: \tSat, 21 Nov 2026 11:00:00 +0100\nMIME-Version: \t1.0\nFrom: \tSENDER <ADDR>\nSubject: \tSUBJECT\nTo: \tDana <dana@example.com>\n\n\n\nMATTER"},
	{name: "yahoo in HTML", subject: "Fw: Kettle", html: `<html><body><div class="ydp1yahoo-style-wrap"><div>COMMENT</div></div><div id="ydp2yahoo_quoted_1" class="ydp2yahoo_quoted"><div><div>----- Forwarded Message -----</div><div><b>From:</b> SENDER &lt;ADDR&gt;</div><div><b>To:</b> "dana@example.com" &lt;dana@example.com&gt;</div><div><b>Sent:</b> Saturday, November 21, 2026 at 11:00:00 AM GMT+1</div><div><b>Subject:</b> SUBJECT</div><div><br></div>MATTER</div></div></body></html>`},
	{name: "k-9", subject: "Fwd: Kettle", text: "COMMENT\n\n\n-------- Original Message --------\nFrom: SENDER <ADDR>\nSent: November 21, 2026 11:00:00 AM GMT+01:00\nTo: dana@example.com\nSubject: SUBJECT\n\nMATTER"},
	{name: "k-9, German", subject: "Fwd: Kettle", text: "COMMENT\n\n\n-------- Originalnachricht --------\nVon: SENDER <ADDR>\nGesendet: 21. November 2026 11:00:00 MEZ\nAn: dana@example.com\nBetreff: SUBJECT\n\nMATTER"},
	{name: "proton", subject: "Fw: Kettle", text: "COMMENT\n\n------- Forwarded Message -------\nFrom: SENDER <ADDR>\nDate: On Saturday, November 21st, 2026 at 11:00 AM\nSubject: SUBJECT\nTo: dana@example.com <dana@example.com>\n\n\n> MATTER"},
	{name: "proton in HTML", subject: "Fw: Kettle", html: `<div>COMMENT</div><div class="protonmail_quote">------- Forwarded Message -------<br>From: SENDER &lt;ADDR&gt;<br>Date: On Saturday, November 21st, 2026 at 11:00 AM<br>Subject: SUBJECT<br>To: dana@example.com<br><br><blockquote class="protonmail_quote" type="cite">MATTER</blockquote></div>`},
	{name: "zimbra", subject: "Fwd: Kettle", text: "COMMENT\n\n----- Forwarded Message -----\nFrom: \"SENDER\" <ADDR>\nTo: \"Dana\" <dana@example.com>\nSent: Saturday, November 21, 2026 11:00:00 AM\nSubject: SUBJECT\n\nMATTER"},
	{name: "zimbra in HTML", subject: "Fwd: Kettle", html: `<html><body><div>COMMENT</div><div><br></div><hr id="zwchr" data-marker="__DIVIDER__"><div data-marker="__HEADERS__"><b>From: </b>"SENDER" &lt;ADDR&gt;<br><b>To: </b>dana@example.com<br><b>Sent: </b>Saturday, November 21, 2026 11:00:00 AM<br><b>Subject: </b>SUBJECT<br></div><div data-marker="__QUOTED_TEXT__">MATTER</div></body></html>`},
	{name: "samsung", subject: "Fwd: Kettle", text: "COMMENT\n\n\n\nSent from my Galaxy\n\n\n-------- Original message --------\nFrom: SENDER <ADDR>\nDate: 21/11/2026 11:00 (GMT+01:00)\nTo: dana@example.com\nSubject: SUBJECT\n\nMATTER"},
	{name: "gmx", subject: "Fwd: Kettle", text: "COMMENT\n \n\nGesendet: Samstag, 21. November 2026 um 11:00 Uhr\nVon: \"SENDER\" <ADDR>\nAn: dana@example.com\nBetreff: SUBJECT\n\nMATTER"},
	{name: "gmx in HTML", subject: "Fwd: Kettle", html: `<html><body><div><div>COMMENT</div><div name="quote" style="margin:10px 5px 5px 10px; padding: 10px 0 10px 10px; border-left:2px solid #C3D9E5;"><div style="margin:0 0 10px 0;"><b>Gesendet:</b>&nbsp;Samstag, 21. November 2026 um 11:00 Uhr<br/><b>Von:</b>&nbsp;"SENDER" &lt;ADDR&gt;<br/><b>An:</b>&nbsp;dana@example.com<br/><b>Betreff:</b>&nbsp;SUBJECT</div><div name="quoted-content">MATTER</div></div></div></body></html>`},
	{name: "mutt", subject: "Kettle", text: "COMMENT\n\n----- Forwarded message from SENDER <ADDR> -----\n\nDate: Sat, 21 Nov 2026 11:00:00 +0100\nFrom: SENDER <ADDR>\nTo: dana@example.com\nSubject: SUBJECT\n\nMATTER\n\n----- End forwarded message -----\n"},
	{name: "roundcube", subject: "Fwd: Kettle", text: "COMMENT\n\n-------- Original Message --------\nSubject: SUBJECT\nDate: 2026-11-21 11:00\nFrom: SENDER <ADDR>\nTo: dana@example.com\n\nMATTER"},
	{name: "em client", subject: "Fwd: Kettle", text: "COMMENT\n\n------ Forwarded Message ------\nFrom: \"SENDER\" <ADDR>\nTo: dana@example.com\nSent: 21.11.2026 11:00:00\nSubject: SUBJECT\n\nMATTER"},
	{name: "qq", subject: "转发：Kettle", text: "COMMENT\n\n\n------------------ 原始邮件 ------------------\n发件人: \"SENDER\"<ADDR>;\n发送时间: 2026年11月21日(星期六) 上午11:00\n收件人: \"dana\"<dana@example.com>;\n主题: SUBJECT\n\nMATTER"},
	{name: "yandex", subject: "Fwd: Kettle", text: "COMMENT\n\n-------- Пересылаемое сообщение --------\n21.11.2026, 11:00, \"SENDER\" <ADDR>:\n\nMATTER\n\n-------- Конец пересылаемого сообщения --------"},
	{name: "mail.ru", subject: "Fwd: Kettle", text: "COMMENT\n\n-------- Пересылаемое сообщение --------\nОт: SENDER <ADDR>\nКому: dana@example.com\nДата: Суббота, 21 ноября 2026, 11:00 +03:00\nТема: SUBJECT\n\nMATTER"},
}

func TestForwardsOfClients(t *testing.T) {
	const comment, matter = "Please see below.", "Nine days and nobody has called."
	for _, c := range forwarding {
		fill := strings.NewReplacer("COMMENT", comment, "MATTER", matter, "SENDER", "Jane Doe", "ADDR", "jane@customer.example", "SUBJECT", "Kettle broken")
		d := reply.Read(&aside.Mail{Subject: c.subject, Text: fill.Replace(c.text), HTML: fill.Replace(c.html)}, reply.Held{CutSignature: true})
		if got := d.Text(); got != comment {
			t.Errorf("%s: new text is %q", c.name, got)
		}
		f := d.Forwarded()
		if f == nil {
			t.Errorf("%s: no forward seen", c.name)
			continue
		}
		if f.From.Name != "Jane Doe" || f.From.Address != "jane@customer.example" || f.Subject != "Kettle broken" && c.name != "yandex" {
			t.Errorf("%s: %+v", c.name, *f)
		}
		if strings.TrimPrefix(f.Text, "> ") != matter {
			t.Errorf("%s: its text is %q", c.name, f.Text)
		}
	}
}

// A text part may be wrapped in the midst of the header that a client copies.
func TestForwardWrapped(t *testing.T) {
	const subject = "Your delivery of the kettle with the long name was put off by the\ncourier until Monday"
	d := reply.Read(&aside.Mail{Subject: "Fwd: Kettle", Text: "See below.\n\n---------- Forwarded message ---------\nFrom: Jane Doe <jane@customer.example>\nDate: Sat, Nov 21, 2026 at 11:00 AM\nSubject: " + subject +
		"\nTo: Dana Reyes <dana@example.com>, Omar Haddad of the other office\n<omar@example.com>\n\n\nNobody came.\n"}, reply.Held{CutSignature: true})
	if f := d.Forwarded(); d.Text() != "See below." || f == nil || f.Subject != strings.ReplaceAll(subject, "\n", " ") || f.Text != "Nobody came." {
		t.Errorf("read %q and %+v", d.Text(), f)
	}
}

// The five forms of header that clients translate, in each language.
func TestForwardsInLanguages(t *testing.T) {
	const comment, matter = "Please see below.", "Nine days and nobody has called."
	for _, l := range languages {
		header := l.headerBlockOf("")
		for name, text := range map[string]string{
			"between dashes": comment + "\n\n---------- " + l.forwarded + " ---------\n" + header + "\n" + matter,
			"apple's":        comment + "\n\n" + l.forwarded + ":\n\n" + prefixed(header) + "\n> " + matter,
			"outlook's":      comment + "\n\n" + header + "\n" + matter,
			"a phone's":      comment + "\n\n" + l.phone + "\n\n-------- " + l.original + " --------\n" + header + "\n" + matter,
		} {
			d := reply.Read(&aside.Mail{Subject: "Fwd: Parcel", Text: text}, reply.Held{CutSignature: true})
			f := d.Forwarded()
			if f == nil {
				t.Errorf("%s, %s: no forward seen; read %q", l.code, name, d.Text())
				continue
			}
			if d.Text() != comment || f.From.Name != sender || f.From.Address != senderAt || strings.TrimPrefix(f.Text, "> ") != matter || f.Subject != "RE: Parcel" {
				t.Errorf("%s, %s: read %q and %+v", l.code, name, d.Text(), *f)
			}
		}
	}
}
