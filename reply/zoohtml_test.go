package reply_test

import (
	"strings"
	"testing"

	"aside"
	"aside/reply"
)

// morePages are answers in HTML of further programs.
var morePages = []struct{ name, html string }{
	{"hey", `<div class="trix-content"><div>TYPED</div></div><br><div>On November 21, 2026, Jane Doe &lt;jane@example.com&gt; wrote:</div><blockquote><div>MATTER</div></blockquote>`},
	{"front", `<div><div>TYPED</div><div class="front-signature"></div><blockquote type="cite" class="front-blockquote"><div>On November 21, 2026 at 11:00 AM GMT+1 <a href="mailto:jane@example.com">jane@example.com</a> wrote:<br><br><div>MATTER</div></div></blockquote></div>`},
	{"missive", `<div>TYPED</div><div><br></div><div class="missive_quote"><div>On Nov 21, 2026, 11:00 AM, Jane Doe &lt;jane@example.com&gt; wrote:</div><blockquote class="missive_quote" style="margin:0 0 0 .8ex;border-left:1px #ccc solid;padding-left:1ex"><div>MATTER</div></blockquote></div>`},
	{"superhuman", `<div><div>TYPED</div><br><div class="gmail_signature"><div>Sent via <a href="https://sprh.mn/?vip=jane@example.com">Superhuman</a></div></div><br><div class="gmail_quote">On Sat, Nov 21, 2026 at 11:00 AM, Jane Doe <span dir="ltr">&lt;<a href="mailto:jane@example.com">jane@example.com</a>&gt;</span> wrote:<br><blockquote class="gmail_quote" style="margin:0 0 0 .8ex;border-left:1px #ccc solid;padding-left:1ex"><div>MATTER</div></blockquote></div></div>`},
	{"spark", `<div name="messageBodySection"><div dir="auto">TYPED</div></div><div name="messageSignatureSection"><br><div>Sent with <a href="https://sparkmailapp.com">Spark</a></div></div><div name="messageReplySection">On 21 Nov 2026 at 11:00 +0100, Jane Doe &lt;jane@example.com&gt;, wrote:<br><blockquote type="cite" class="spark_quote" style="margin: 5px; padding-left: 10px; border-left: thin solid #1abc9c;"><div>MATTER</div></blockquote></div>`},
	{"fastmail", `<!DOCTYPE html><html><body><div>TYPED<br></div><div><br></div><div>On Sat, Nov 21, 2026, at 11:00 AM, Jane Doe wrote:<br></div><blockquote type="cite" id="qt"><div>MATTER</div></blockquote></body></html>`},
	{"roundcube", `<html><body><p>TYPED</p><p id="reply-intro">On 2026-11-21 11:00, Jane Doe wrote:</p><blockquote type="cite" style="padding: 0 0.4em; border-left: #1010ff 2px solid; margin: 0"><div id="replybody1"><p>MATTER</p></div></blockquote></body></html>`},
	{"roundcube, Czech", `<html><body><p>TYPED</p><p id="reply-intro">Dne 2026-11-21 11:00, Jane Doe napsal:</p><blockquote type="cite"><p>MATTER</p></blockquote></body></html>`},
	{"zimbra", `<html><body><div style="font-family: arial"><div>TYPED</div><div><br></div><hr id="zwchr" data-marker="__DIVIDER__"><div data-marker="__HEADERS__"><blockquote style="border-left:2px solid #1010FF;margin-left:5px;padding-left:5px;"><b>From: </b>"Jane Doe" &lt;jane@example.com&gt;<br><b>To: </b>"Dana" &lt;dana@example.com&gt;<br><b>Sent: </b>Saturday, November 21, 2026 11:00:00 AM<br><b>Subject: </b>Kettle<br></blockquote></div><div data-marker="__QUOTED_TEXT__"><blockquote style="border-left:2px solid #1010FF;"><div>MATTER</div></blockquote></div></div></body></html>`},
	{"sogo", `<html><p>TYPED</p><br><br>On Saturday, November 21, 2026 11:00 CET, Jane Doe &lt;jane@example.com&gt; wrote:<br>&nbsp;<blockquote type="cite" cite="x@example.com">MATTER</blockquote></html>`},
	{"zoho", `<!DOCTYPE html><html><body><div style="font-family: Verdana"><div>TYPED<br></div><div><br></div><div class="zmail_extra" style=""><div id="Zm-_Id_-Sgn1">---- On Sat, 21 Nov 2026 11:00:00 +0100 <b>Jane Doe &lt;jane@example.com&gt;</b> wrote ----<br></div><div><br></div><blockquote style="margin: 0px;"><div>MATTER</div></blockquote></div></div></body></html>`},
	{"naver", `<html><body><div><p>TYPED</p><p>&nbsp;</p><div class="" style="margin:0"><p>-----Original Message-----<br><b>From:</b> "Jane Doe"&lt;jane@example.com&gt;<br><b>To:</b> &lt;dana@example.com&gt;;<br><b>Cc:</b> <br><b>Sent:</b> 2026-11-21 (토) 11:00:00 (GMT+09:00)<br><b>Subject:</b> Kettle<br>&nbsp;</p><div>MATTER</div></div></div></body></html>`},
	{"daum", `<div><p>TYPED</p><p><br></p><div class="hm_quote"><p>--------- 원본 메일 ---------</p><p><b>보낸사람</b>: Jane Doe &lt;jane@example.com&gt;<br><b>받는사람</b>: dana@example.com<br><b>날짜</b>: 26.11.21 11:00 GMT +0900<br><b>제목</b>: Kettle</p></div><div>MATTER</div></div>`},
	{"libero", `<html><body><div style="font-family:tahoma"><p class="default-style">TYPED</p><blockquote type="cite"><div>Il 21/11/2026 11:00 Jane Doe &lt;jane@example.com&gt; ha scritto:</div><div><br></div><div>MATTER</div></blockquote></div></body></html>`},
	{"open-xchange", `<!DOCTYPE html><html><body><div class="default-style">TYPED</div><blockquote type="cite"><div>Jane Doe &lt;jane@example.com&gt; hat am 21.11.2026 11:00 CET geschrieben:</div><div><br></div><div><br></div><div>MATTER</div></blockquote></body></html>`},
	{"orange", `<html><body><p>TYPED</p><p>&nbsp;</p><blockquote style="padding-left: 5px; margin-left: 5px; border-left: #ff0000 2px solid;"> &gt; Message du 21/11/26 11:00<br />&gt; De : "Jane Doe" &lt;jane@example.com&gt;<br />&gt; A : dana@example.com<br />&gt; Copie &agrave; : <br />&gt; Objet : Kettle<br />&gt; <br />&gt; MATTER</blockquote></body></html>`},
	{"free", `<html><body><div style="font-family: arial"><div>TYPED</div><div><br></div><hr id="zwchr" data-marker="__DIVIDER__"><div data-marker="__HEADERS__"><b>De: </b>"Jane Doe" &lt;jane@example.com&gt;<br><b>À: </b>dana@example.com<br><b>Envoyé: </b>Samedi 21 Novembre 2026 11:00:00<br><b>Objet: </b>Bouilloire<br></div><div data-marker="__QUOTED_TEXT__">MATTER</div></div></body></html>`},
	{"t-online", `<html><body><p>TYPED</p><p><br></p><p>-----Original-Nachricht-----</p><p>Betreff: Kessel</p><p>Datum: 2026-11-21T11:00:00+0100</p><p>Von: "Jane Doe" &lt;jane@example.com&gt;</p><p>An: "dana@example.com" &lt;dana@example.com&gt;</p><p><br></p><div>MATTER</div></body></html>`},
	{"web.de", `<html><body><div style="font-family: Verdana"><div>TYPED</div><div> <div name="quote" style="margin:10px 5px 5px 10px; padding: 10px 0 10px 10px; border-left:2px solid #C3D9E5;"><div style="margin:0 0 10px 0;"><b>Gesendet:</b> Samstag, 21. November 2026 um 11:00 Uhr<br/><b>Von:</b> "Jane Doe" &lt;jane@example.com&gt;<br/><b>An:</b> dana@example.com<br/><b>Betreff:</b> Kessel</div><div name="quoted-content">MATTER</div></div></div></div></body></html>`},
	{"seznam", `<html><body><div>TYPED</div><br><aside>---------- Původní e-mail ----------<br>Od: Jane Doe &lt;jane@example.com&gt;<br>Komu: dana@example.com<br>Datum: 21. 11. 2026 11:00:00<br>Předmět: Konvice</aside><br><blockquote data-email="jane@example.com">MATTER</blockquote></body></html>`},
	{"lotus notes", `<font size=2 face="sans-serif">TYPED</font><br><br><br><font size=1 color=#5f5f5f face="sans-serif">From: &nbsp; &nbsp; &nbsp; &nbsp;</font><font size=1 face="sans-serif">Jane Doe/DE/Firm</font><br><font size=1 color=#5f5f5f>To: &nbsp; &nbsp; &nbsp; &nbsp;</font><font size=1>Dana/DE/Firm@Firm</font><br><font size=1>Date: &nbsp; &nbsp; &nbsp; &nbsp;</font><font size=1>21.11.2026 11:00</font><br><font size=1>Subject: &nbsp; &nbsp; &nbsp; &nbsp;</font><font size=1>Kettle</font><br><hr noshade><br><br><font size=2>MATTER</font>`},
	{"groupwise", `<html><body><div>TYPED</div><div>&nbsp;</div><div>&gt;&gt;&gt; Jane Doe &lt;jane@example.com&gt; 21.11.2026 11:00 &gt;&gt;&gt;<br></div><div>MATTER</div></body></html>`},
	{"samsung", `<html><body><div dir="auto">TYPED</div><div><br></div><div id="composer_signature"><div style="font-size:12px;color:#575757" dir="auto">Sent from my Galaxy</div></div><div dir="auto"><br></div><div><br></div><div align="left" dir="auto" style="font-size:100%;color:#000000"><div>-------- Original message --------</div><div>From: Jane Doe &lt;jane@example.com&gt; </div><div>Date: 21/11/2026  11:00  (GMT+01:00) </div><div>To: dana@example.com </div><div>Subject: Kettle </div><div><br></div></div>MATTER</body></html>`},
	{"windows mail", `<html><body><div class=WordSection1><p class=MsoNormal>TYPED</p><p class=MsoNormal>&nbsp;</p><p class=MsoNormal>Sent from <a href="https://go.microsoft.com/fwlink/?LinkId=550986">Mail</a> for Windows</p><p class=MsoNormal>&nbsp;</p><div style='mso-element:para-border-div;border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'><p class=MsoNormal style='border:none;padding:0cm'><b>From: </b><a href="mailto:jane@example.com">Jane Doe</a><br><b>Sent: </b>Saturday, 21 November 2026 11:00<br><b>To: </b><a href="mailto:dana@example.com">Dana</a><br><b>Subject: </b>Kettle</p></div><p class=MsoNormal>MATTER</p></div></body></html>`},
	{"outlook for the mac", `<html><body><div class="WordSection1"><p class="MsoNormal">TYPED</p><p class="MsoNormal">&nbsp;</p><div id="mail-editor-reference-message-container"><div><div><div style="border:none;border-top:solid #B5C4DF 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal"><b>From: </b>Jane Doe &lt;jane@example.com&gt;<br><b>Date: </b>Saturday, 21. November 2026 at 11:00<br><b>To: </b>Dana &lt;dana@example.com&gt;<br><b>Subject: </b>Kettle</p></div><p class="MsoNormal">MATTER</p></div></div></div></div></body></html>`},
	{"em client", `<html><body><div>TYPED</div><div><br /></div><div id="x1"><blockquote cite="x@example.com" type="cite" class="cite2"><div>------ Original Message ------</div><div>From "Jane Doe" &lt;<a href="mailto:jane@example.com">jane@example.com</a>&gt;</div><div>To dana@example.com</div><div>Date 21.11.2026 11:00:00</div><div>Subject Kettle</div><div><br /></div><div>MATTER</div></blockquote></div></body></html>`},
	{"mailbird", `<div>TYPED</div><div><br></div><div class="mb_sig"></div><blockquote class="history_container" type="cite" style="border-left-style:solid;border-width:1px;margin-top:20px;margin-left:0px;padding-left:10px;"><p style="color: #AAAAAA; margin-top: 10px;">On 21/11/2026 11:00:00, Jane Doe &lt;jane@example.com&gt; wrote:</p><div>MATTER</div></blockquote>`},
	{"airmail", `<html><body><div id="bloop_customfont">TYPED</div> <br> <div id="bloop_sign_1" class="bloop_sign"></div> <br><p class="airmail_on">On 21 November 2026 at 11:00:00, Jane Doe (<a href="mailto:jane@example.com">jane@example.com</a>) wrote:</p> <blockquote type="cite" class="clean_bq"><span><div>MATTER</div></span></blockquote></body></html>`},
	{"bluemail", `<html><body><div id="blue_editor_TYPED" dir="auto">TYPED</div><div class="gmail_quote">On 21 Nov 2026, at 11:00, Jane Doe &lt;<a href="mailto:jane@example.com">jane@example.com</a>&gt; wrote:<blockquote class="gmail_quote" style="margin: 0pt 0pt 0pt 0.8ex; border-left: 1px solid blue; padding-left: 1ex;"><div>MATTER</div></blockquote></div></body></html>`},
	{"qq, newer", `<div>TYPED</div><div><br></div><div><includetail><!--<![endif]--></includetail></div><div id="original-content"><div><br></div><div>------------------&nbsp;Original&nbsp;------------------</div><div style="background:#efefef;padding:8px;"><div><b>From: </b>&nbsp;"Jane Doe"&lt;jane@example.com&gt;;</div><div><b>Date: </b>&nbsp;Sat, Nov 21, 2026 11:00 AM</div><div><b>To: </b>&nbsp;"Dana"&lt;dana@example.com&gt;;</div><div><b>Subject: </b>&nbsp;Kettle</div></div><div><br></div>MATTER</div>`},
	{"netease, on a phone", `<html><body><div id="mail-editor" dir="auto">TYPED</div><div id="ntes-pcmac-signature" style="font-family:'Microsoft YaHei'"></div><div class="J-reply" style="background-color:#f2f2f2;color:black;padding-top:6px;padding-bottom:6px;border-radius:3px;"><div style="font-size:14px;line-height:1.5;word-break:break-all;margin-left:10px;margin-right:10px">On <span class="mail-date">11/21/2026 11:00</span>，<a class="mail-to" style="text-decoration:none" href="mailto:jane@example.com">Jane Doe&lt;jane@example.com&gt;</a> wrote： </div></div><blockquote id="ntes-pcmac-quote"><div>MATTER</div></blockquote></body></html>`},
	{"yandex", `<div>TYPED</div><div> </div><div>----------------</div><div>Кому: "dana@example.com";</div><div>Тема: Kettle;</div><div>21.11.2026, 11:00, "Jane Doe" &lt;jane@example.com&gt;:</div><blockquote><p>MATTER</p></blockquote>`},
	{"mail.ru on a phone", `<HTML><BODY><p>TYPED</p><br>--<br>Отправлено из Mail.ru для Android<br><div class="mail-quote-collapse">суббота, 21 ноября 2026 г., 11:00 +03:00 от Jane Doe <a href="mailto:jane@example.com">jane@example.com</a>:<br><br><blockquote id="mail-app-auto-quote" cite="1" style="border-left:1px solid #005FF9; margin:0px 0px 0px 10px; padding:0px 0px 0px 10px;">MATTER</blockquote></div></BODY></HTML>`},
	{"ukr.net", `<div>TYPED</div><br /><br /><i><span style="font-size:10pt">21 листопада 2026, 11:00:00, від "Jane Doe" &lt;<a href="mailto:jane@example.com">jane@example.com</a>&gt;: </span></i><br /><br /><blockquote style="border-left:1px solid #cccccc;margin:0px 0px 0px 0.8ex;padding-left:1ex">MATTER</blockquote>`},
	{"gmail, right to left", `<div dir="rtl">TYPED</div><br><div class="gmail_quote gmail_quote_container"><div dir="rtl" class="gmail_attr">` + "\u202b" + `בתאריך שבת, 21 בנוב׳ 2026 ב-11:00 מאת ` + "\u202a" + `Jane Doe` + "\u202c" + `` + "\u200f" + ` &lt;` + "\u202a" + `<a href="mailto:jane@example.com">jane@example.com</a>` + "\u202c" + `` + "\u200f" + `&gt;:` + "\u202c" + `<br></div><blockquote class="gmail_quote" style="margin:0px 0.8ex;border-left:1px solid rgb(204,204,204);border-right:1px solid rgb(204,204,204);padding-left:1ex;padding-right:1ex"><div>MATTER</div></blockquote></div>`},
	{"thunderbird, of today", `<!DOCTYPE html><html><head><meta http-equiv="Content-Type" content="text/html; charset=UTF-8"></head><body><p>TYPED</p><p><br></p><div class="moz-signature">-- <br>Dana<br>Example Ltd</div><div class="moz-cite-prefix">2026. 11. 21. 11:00 keltezéssel, Jane Doe írta:<br></div><blockquote type="cite" cite="mid:x@example.com"><div>MATTER</div></blockquote></body></html>`},
	{"aol", `<html><body><div style="font-family: Helvetica">TYPED<br><br><br>-----Original Message-----<br>From: Jane Doe &lt;jane@example.com&gt;<br>To: dana@example.com<br>Sent: Sat, Nov 21, 2026 11:00 am<br>Subject: Kettle<br><br><div id="yiv1">MATTER</div></div></body></html>`},
}

// TestMorePages reads each: what was typed is all that is new, in the text and
// in HTML.
func TestMorePages(t *testing.T) {
	const typed, matter = "It leaves today, Jane.", "Nine days and nobody has called."
	right := 0
	for _, c := range morePages {
		m := &aside.Mail{Subject: "Re: Kettle", HTML: strings.NewReplacer("TYPED", typed, "MATTER", matter).Replace(c.html)}
		d := reply.Read(m, reply.Held{CutSignature: true})
		if got := d.Text(); got != typed {
			t.Errorf("%s: read\n%s", c.name, got)
			continue
		}
		if got := reply.HTMLToText(d.HTML()); got != typed {
			t.Errorf("%s: HTML shows\n%s", c.name, got)
			continue
		}
		right++
	}
	t.Logf("%d of %d right", right, len(morePages))
}

// nothingQuoted are whole mails in which nothing is quoted, though much looks so.
var nothingQuoted = []string{
	"On the other hand, we could wait until Monday.\n\nJane wrote that she would not mind.",
	"Please read https://example.com/2026/11/21/who-wrote:this and tell me.",
	"On Monday I wrote to you: nothing came.\n\nOn Tuesday I wrote again.",
	"From: Berlin\nTo: Hamburg\n\nThat is my route.",
	"My steps:\n\n1. open it\n2. close it\n\n---\n\nThen it broke.",
	"The subject: kettles.\nThe date: 3 May 2026.\nTo be clear: I want a new one.",
	"Our price list\n--------------\nkettle  19.90\nlid      3.50\n\nIs that right?",
	"I sent from my phone two pictures, did you get them?",
	"Sent from the warehouse yesterday.\n\nWhere is it?",
	"Best regards are in order: thank you!\n\nAnd where is the lid?",
	"func main() {\n\tfmt.Println(\"> hello\")\n}\n\ndoes not compile.",
	"It said: \"Original message not found\".\n\nWhat now?",
	"He wrote:\n\nI will come on Monday.\n\nAnd he did not.",
	"Am Montag schrieb ich Ihnen.\n\nBis heute kam nichts.",
	"Le 3 mai, il a écrit à votre service.\n\nRien depuis.",
	"Date: 21.11.2026\nUhrzeit: 11:00\nGerät: Kessel 7\n\nEr geht nicht.",
	"件名：やかん\n数量：2\n\nお願いします。",
	"Тема: чайник. Дата покупки: 3 мая 2026.\n\nОн сломан.",
}

func TestNothingQuoted(t *testing.T) {
	for _, text := range nothingQuoted {
		for _, m := range []*aside.Mail{{Text: text}, {HTML: divs(text)}} {
			if got := reply.Read(m, reply.Held{CutSignature: true}).Text(); squeeze(got, false) != squeeze(text, false) {
				t.Errorf("%q: read %q", text, got)
			}
		}
	}
}
