package reply_test

import (
	"strings"
	"testing"

	"aside"
	"aside/reply"
)

// forms are replies as particular clients write them, TYPED where the new
// words stand, MATTER the quoted words, "> MATTER" with prefixes.
var forms = []struct{ name, text, html string }{
	{name: "a webmail without a colon", text: "TYPED\n\n2026-11-21 11:00, je Jane Doe napisal\n> MATTER"},
	{name: "a title in a language not known", text: "TYPED\n\n-------- Kemennadenn orin --------\nSubject: Parcel\nDate: 2026-11-21 11:00\nFrom: Jane Doe <jane@customer.example>\nTo: dana@example.com\n\nMATTER"},
	{name: "zoho", text: "TYPED\n\n\n---- On Sat, 21 Nov 2026 11:00:00 +0100 Jane Doe <jane@customer.example> wrote ----\n\nMATTER"},
	{name: "zoho in Chinese", text: "TYPED\n\n\n---- 在 星期六, 2026-11-21 11:00:00 Jane Doe <jane@customer.example> 撰写 ----\n\nMATTER"},
	{name: "zoho in HTML", html: `<div>TYPED</div><div><br></div><div class="zmail_extra_hr" style="border-top: 1px solid rgb(204, 204, 204); height: 0px;"><br></div><div class="zmail_extra" data-zbluepencil-ignore="true"><div><br></div><div id="Zm-_Id_-Sgn1">---- On Sat, 21 Nov 2026 11:00:00 +0100 <b>Jane Doe &lt;jane@customer.example&gt;</b> wrote ---<br></div><div><br></div><blockquote style="margin: 0px;"><div>MATTER</div></blockquote></div>`},
	{name: "spark", text: "TYPED\nOn Nov 21, 2026, 11:00 +0100, Jane Doe <jane@customer.example>, wrote:\n> MATTER"},
	{name: "spark in HTML", html: `<html><body><div name="messageBodySection"><div dir="auto">TYPED</div></div><div name="messageReplySection">On Nov 21, 2026, 11:00 +0100, Jane Doe &lt;jane@customer.example&gt;, wrote:<br><blockquote type="cite" style="border-left-color: grey;"><div>MATTER</div></blockquote></div></body></html>`},
	{name: "superhuman", text: "TYPED\n\nOn Sat, Nov 21, 2026 at 11:00 AM, Jane Doe < jane@customer.example > wrote:\n\n> MATTER"},
	{name: "front", text: "TYPED\n\nOn November 21, 2026, 11:00 AM GMT+1 jane@customer.example wrote:\n\nMATTER"},
	{name: "hey", text: "TYPED\n\nOn November 21, 2026, Jane Doe <jane@customer.example> wrote:\n> MATTER"},
	{name: "mailbird", text: "TYPED\n\nOn 11/21/2026 11:00:00 AM, Jane Doe <jane@customer.example> wrote:\nMATTER"},
	{name: "em client", text: "TYPED\n\n------ Original Message ------\nFrom: \"Jane Doe\" <jane@customer.example>\nTo: dana@example.com\nSent: 21.11.2026 11:00:00\nSubject: Parcel\n\n>MATTER"},
	{name: "em client without colons", text: "TYPED\n\n------ Original Message ------\nFrom \"Jane Doe\" <jane@customer.example>\nTo dana@example.com\nDate 21.11.2026 11:00:00\nSubject Parcel\n\nMATTER"},
	{name: "evolution", text: "TYPED\n\nOn Sat, 2026-11-21 at 11:00 +0100, Jane Doe wrote:\n> MATTER"},
	{name: "evolution in German", text: "TYPED\n\nAm Samstag, dem 21.11.2026 um 11:00 +0100 schrieb Jane Doe:\n> MATTER"},
	{name: "kmail", text: "TYPED\n\nOn Saturday, 21 November 2026 11:00:00 CET Jane Doe wrote:\n> MATTER"},
	{name: "kmail in German", text: "Am Samstag, 21. November 2026, 11:00:00 CET schrieb Jane Doe:\n> MATTER\n\nTYPED"},
	{name: "claws", text: "TYPED\n\nOn Sat, 21 Nov 2026 11:00:00 +0100\nJane Doe <jane@customer.example> wrote:\n\n> MATTER"},
	{name: "gnus", text: "Jane Doe <jane@customer.example> writes:\n\n> MATTER\n\nTYPED"},
	{name: "mutt of old", text: "* Jane Doe <jane@customer.example> [2026-11-21 11:00]:\n> MATTER\n\nTYPED"},
	{name: "mutt without a date", text: "Jane Doe wrote:\n> MATTER\n\nTYPED"},
	{name: "alpine", text: "On Sat, 21 Nov 2026, Jane Doe wrote:\n\n> MATTER\n>\n\nTYPED"},
	{name: "horde", text: "TYPED\n\nQuoting Jane Doe <jane@customer.example>:\n\n> MATTER"},
	{name: "horde in German", text: "TYPED\n\nZitat von Jane Doe <jane@customer.example>:\n\n> MATTER"},
	{name: "squirrelmail", text: "On Sat, November 21, 2026 11:00 am, Jane Doe wrote:\n> MATTER\n\nTYPED"},
	{name: "roundcube", text: "Am 2026-11-21 11:00, schrieb Jane Doe:\n> MATTER\n\nTYPED"},
	{name: "roundcube in HTML", html: `<html><body style='font-size: 10pt'><p>TYPED</p><p id="reply-intro">On 2026-11-21 11:00, Jane Doe wrote:</p><blockquote type="cite" style="padding: 0 0.4em; border-left: #1010ff 2px solid; margin: 0"><div id="replybody1"><p>MATTER</p></div></blockquote></body></html>`},
	{name: "groupwise", text: "TYPED\n\n>>> Jane Doe <jane@customer.example> 21.11.2026 11:00 >>>\nMATTER"},
	{name: "groupwise, newer", text: "TYPED\n\n>>> On 21.11.2026 at 11:00, in message <5DD6.X@customer.example>, Jane Doe\n<jane@customer.example> wrote:\n> MATTER"},
	{name: "notes", text: "TYPED\n\n\n\nFrom:   Jane Doe/Customer\nTo:     Dana Reyes/Example@EXAMPLE\nCc:     Omar\nDate:   21.11.2026 11:00\nSubject:        Parcel\n\n\n\nMATTER"},
	{name: "notes of old", text: "TYPED\n\n\n\nJane Doe/Customer@CUSTOMER\n21.11.2026 11:00\n\nTo\nDana Reyes/Example@EXAMPLE\ncc\n\nSubject\nParcel\n\n\n\nMATTER"},
	{name: "notes, webmail", text: "TYPED\n\n-----Jane Doe/Customer wrote: -----\nTo: Dana Reyes/Example\nFrom: Jane Doe/Customer\nDate: 21.11.2026 11:00\nSubject: Parcel\n\nMATTER"},
	{name: "zimbra", text: "TYPED\n\n----- Original Message -----\nFrom: \"Jane Doe\" <jane@customer.example>\nTo: \"Dana\" <dana@example.com>\nSent: Saturday, November 21, 2026 11:00:00 AM\nSubject: Parcel\n\nMATTER"},
	{name: "zimbra, prefixed", text: "TYPED\n\n----- On Nov 21, 2026, at 11:00 AM, Jane Doe jane@customer.example wrote:\n\n> MATTER"},
	{name: "zimbra in French", text: "TYPED\n\n----- Mail original -----\nDe: \"Jane Doe\" <jane@customer.example>\nÀ: \"Dana\" <dana@example.com>\nEnvoyé: Samedi 21 Novembre 2026 11:00:00\nObjet: Colis\n\nMATTER"},
	{name: "zimbra in HTML", html: `<html><body><div style="font-family: arial">TYPED<div><br></div><hr id="zwchr" data-marker="__DIVIDER__"><div data-marker="__HEADERS__"><blockquote style="border-left:2px solid #1010FF;margin-left:5px;padding-left:5px;"><b>From: </b>"Jane Doe" &lt;jane@customer.example&gt;<br><b>To: </b>dana@example.com<br><b>Sent: </b>Saturday, November 21, 2026<br><b>Subject: </b>Parcel<br></blockquote></div><div data-marker="__QUOTED_TEXT__"><blockquote style="border-left:2px solid #1010FF">MATTER</blockquote></div></div></body></html>`},
	{name: "open-xchange", text: "TYPED\n\n> Jane Doe <jane@customer.example> hat am 21.11.2026 11:00 CET geschrieben:\n> \n>  \n> MATTER"},
	{name: "open-xchange, bare", text: "TYPED\n\n> On 21/11/2026 11:00 CET Jane Doe <jane@customer.example> wrote:\n>\n>\n> MATTER"},
	{name: "orange", text: "TYPED\n\n> Message du 21/11/26 11:00\n> De : \"Jane Doe\" <jane@customer.example>\n> A : \"Dana\" <dana@example.com>\n> Copie à : \n> Objet : Colis\n>\n> MATTER"},
	{name: "t-online", text: "TYPED\n\n-----Original-Nachricht-----\nBetreff: Paket\nDatum: 2026-11-21T11:00:00+0100\nVon: \"Jane Doe\" <jane@customer.example>\nAn: \"Dana\" <dana@example.com>\n\nMATTER"},
	{name: "gmx", text: "TYPED\n \n\nGesendet: Samstag, 21. November 2026 um 11:00 Uhr\nVon: \"Jane Doe\" <jane@customer.example>\nAn: dana@example.com\nBetreff: Paket\nMATTER"},
	{name: "web.de on a phone", text: "TYPED\n-- \nDiese Nachricht wurde von meinem Android Mobiltelefon mit WEB.DE Mail gesendet.\nAm 21.11.26, 11:00 schrieb Jane Doe <jane@customer.example>:\n> MATTER"},
	{name: "k-9", text: "TYPED\n\nAm 21. November 2026 11:00:00 MEZ schrieb Jane Doe <jane@customer.example>:\n>MATTER\n\n-- \nDiese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet."},
	{name: "k-9 in HTML", html: `<!DOCTYPE html><html><body>TYPED<br><br><div class="gmail_quote"><div dir="auto">On 21 November 2026 11:00:00 CET, Jane Doe &lt;jane@customer.example&gt; wrote:</div><blockquote class="gmail_quote" style="margin: 0pt 0pt 0pt 0.8ex; border-left: 1px solid rgb(204, 204, 204); padding-left: 1ex;">MATTER</blockquote></div><div dir="auto"><div class='k9mail-signature'>-- <br>Sent from my Android device with K-9 Mail. Please excuse my brevity.</div></div></body></html>`},
	{name: "k-9's excuse", text: "TYPED\n\nSent from my Android device with K-9 Mail. Please excuse my brevity.\n\nOn 21 November 2026 11:00:00 CET, Jane Doe <jane@customer.example> wrote:\n>MATTER"},
	{name: "seznam", text: "TYPED\n\n---------- Původní e-mail ----------\nOd: Jane Doe <jane@customer.example>\nKomu: dana@example.com\nDatum: 21. 11. 2026 11:00:00\nPředmět: Balík\n\"MATTER\""},
	{name: "centrum", text: "TYPED\n______________________________________________________________\n> Od: Jane Doe <jane@customer.example>\n> Komu: dana@example.com\n> Datum: 21.11.2026 11:00\n> Předmět: Balík\n>\n> MATTER"},
	{name: "wp.pl", text: "TYPED\n\nDnia 21 listopada 2026 11:00 Jane Doe <jane@customer.example> napisał(a):\n\nMATTER"},
	{name: "onet", text: "TYPED\n\nW dniu 2026-11-21 11:00:00 użytkownik Jane Doe <jane@customer.example> napisał:\n> MATTER"},
	{name: "interia", text: "TYPED\n\nOd: \"Jane Doe\" <jane@customer.example>\nDo: dana@example.com;\nWysłane: 11:00 Sobota 2026-11-21\nTemat: Paczka\n\n> MATTER"},
	{name: "freemail.hu", text: "TYPED\n\nJane Doe <jane@customer.example> írta:\n\n>MATTER"},
	{name: "abv.bg", text: "TYPED\n\n\n\n >-------- Оригинално писмо --------\n >От: Jane Doe jane@customer.example\n >Относно: Пратка\n >До: dana@example.com\n >Изпратено на: 21.11.2026 11:00\n >MATTER"},
	{name: "ukr.net", text: "TYPED\n\n21 листопада 2026, 11:00:00, від \"Jane Doe\" <jane@customer.example>:\n\n> MATTER"},
	{name: "yandex", text: "TYPED\n\n21.11.2026, 11:00, \"Jane Doe\" <jane@customer.example>:\n> MATTER"},
	{name: "yandex in HTML", html: `<div>TYPED</div><div> </div><div>21.11.2026, 11:00, "Jane Doe" &lt;jane@customer.example&gt;:</div><blockquote><p>MATTER</p></blockquote>`},
	{name: "yandex, newer", html: `<div>TYPED</div><div><br /></div><div>----------------</div><div>Кому: dana@example.com (dana@example.com);</div><div>Тема: Посылка;</div><div>21.11.2026, 11:00, "Jane Doe" &lt;jane@customer.example&gt;:</div><blockquote><p>MATTER</p></blockquote>`},
	{name: "mail.ru", text: "TYPED\n \n>Суббота, 21 ноября 2026, 11:00 +03:00 от Jane Doe <jane@customer.example>:\n> \n>MATTER"},
	{name: "mail.ru in HTML", html: `<HTML><BODY><div>TYPED</div><div>&nbsp;</div><blockquote style="border-left:1px solid #0857A6; margin:10px; padding:0 0 0 10px;">Суббота, 21 ноября 2026, 11:00 +03:00 от Jane Doe &lt;jane@customer.example&gt;:<br>&nbsp;<div id=""><div>MATTER</div></div></blockquote></BODY></HTML>`},
	{name: "mail.ru on a phone", text: "TYPED\n--\nОтправлено из Mail.ru для Android\nсуббота, 21 ноября 2026г., 11:00 +03:00 от Jane Doe jane@customer.example:\n\n>MATTER"},
	{name: "qq", text: "TYPED\n\n\n\n\n------------------ 原始邮件 ------------------\n发件人: \"Jane Doe\"<jane@customer.example>;\n发送时间: 2026年11月21日(星期六) 上午11:00\n收件人: \"dana\"<dana@example.com>;\n主题: 包裹\n\n\n\nMATTER"},
	{name: "qq in HTML", html: `<div>TYPED</div><div><br></div><div style="font-size: 12px;font-family: Arial Narrow;padding:2px 0 2px 0;">------------------&nbsp;原始邮件&nbsp;------------------</div><div style="font-size: 12px;background:#efefef;padding:8px;"><div><b>发件人:</b>&nbsp;"Jane Doe"&lt;jane@customer.example&gt;;</div><div><b>发送时间:</b>&nbsp;2026年11月21日(星期六) 上午11:00</div><div><b>收件人:</b>&nbsp;"dana"&lt;dana@example.com&gt;;</div><div><b>主题:</b>&nbsp;包裹</div></div><div><br></div>MATTER`},
	{name: "163", text: "TYPED\n\n\n\n\n\n\n\n在 2026-11-21 11:00:00，\"Jane Doe\" <jane@customer.example> 写道：\n\nMATTER"},
	{name: "163 in English", text: "TYPED\n\n\n\n\n\nAt 2026-11-21 11:00:00, \"Jane Doe\" <jane@customer.example> wrote:\n>MATTER"},
	{name: "163 in HTML", html: `<div style="line-height:1.7;color:#000000;font-size:14px"><div>TYPED</div><div><br></div><pre>在 2026-11-21 11:00:00，"Jane Doe" &lt;jane@customer.example&gt; 写道：</pre><blockquote id="isReplyContent" style="PADDING-LEFT: 1ex; MARGIN: 0px 0px 0px 0.8ex; BORDER-LEFT: #ccc 1px solid"><div>MATTER</div></blockquote></div>`},
	{name: "netease on a phone", text: "TYPED\n\n\n| |\nDana\n|\n|\ndana@163.example\n|\n签名由网易邮箱大师定制\n\n\n---- 回复的原邮件 ----\n| 发件人 | Jane Doe<jane@customer.example> |\n| 发送日期 | 2026年11月21日 11:00 |\n| 收件人 | dana@example.com |\n| 主题 | 包裹 |\nMATTER"},
	{name: "foxmail", text: "TYPED\n\n\n\ndana@163.example\n \n发件人： Jane Doe\n发送时间： 2026-11-21 11:00\n收件人： dana\n主题： 包裹\nMATTER"},
	{name: "foxmail in HTML", html: `<div>TYPED</div><div><br></div><blockquote style="margin-Top: 0px; margin-Bottom: 0px; margin-Left: 0.5em"><div>&nbsp;</div><div style="border:none;border-top:solid #B5C4DF 1.0pt;padding:3.0pt 0cm 0cm 0cm"><div style="PADDING-RIGHT: 8px; PADDING-LEFT: 8px; FONT-SIZE: 12px; BACKGROUND: #efefef"><div><b>发件人：</b>&nbsp;<a href="mailto:jane@customer.example">Jane Doe</a></div><div><b>发送时间：</b>&nbsp;2026-11-21&nbsp;11:00</div><div><b>收件人：</b>&nbsp;dana</div><div><b>主题：</b>&nbsp;包裹</div></div></div><div>MATTER</div></blockquote>`},
	{name: "naver", text: "TYPED\n\n-----Original Message-----\nFrom: \"Jane Doe\"<jane@customer.example>\nTo: <dana@example.com>;\nCc:\nSent: 2026-11-21 (토) 11:00:00 (GMT+09:00)\nSubject: Parcel\n\nMATTER"},
	{name: "daum", text: "TYPED\n\n--------- 원본 메일 ---------\n보낸사람 : Jane Doe <jane@customer.example>\n받는사람 : dana@example.com\n날짜: 2026년 11월 21일 토요일, 11시 00분 00초 +0900\n제목: 소포\n\nMATTER"},
	{name: "huawei", text: "TYPED\n\n\n-------- 原始邮件 --------\n发件人： Jane Doe <jane@customer.example>\n日期： 2026年11月21日周六 11:00\n收件人： dana@example.com\n主 题： 包裹\nMATTER"},
	{name: "proton of old", text: "TYPED\n\n‐‐‐‐‐‐‐ Original Message ‐‐‐‐‐‐‐\nOn Saturday, November 21st, 2026 at 11:00 AM, Jane Doe <jane@customer.example> wrote:\n\n> MATTER"},
	{name: "proton in HTML", html: `<div style="font-family: Arial">TYPED</div><div class="protonmail_signature_block"><div class="protonmail_signature_block-user protonmail_signature_block-empty"></div><div class="protonmail_signature_block-proton">Sent with <a href="https://proton.me/">Proton Mail</a> secure email.</div></div><div><br></div><div class="protonmail_quote">On Saturday, November 21st, 2026 at 11:00 AM, Jane Doe &lt;jane@customer.example&gt; wrote:<br><blockquote class="protonmail_quote" type="cite"><div>MATTER</div></blockquote></div>`},
	{name: "tutanota", html: `<div dir="auto">TYPED<br></div><div dir="auto"><br></div><div>-- <br></div><div> Secured with Tuta Mail: <br></div><div dir="auto"><br></div><div dir="auto">21. Nov. 2026, 11:00 by jane@customer.example:<br></div><blockquote class="tutanota_quote" style="border-left: 1px solid #93A3B8; padding-left: 10px; margin-left: 5px;"><div>MATTER</div></blockquote>`},
	{name: "yahoo", text: "TYPED\n    On Saturday, November 21, 2026 at 11:00:00 AM GMT+1, Jane Doe <jane@customer.example> wrote:  \n \n MATTER"},
	{name: "yahoo on a phone", text: "TYPED\n\nSent from Yahoo Mail on Android \n \n  On Sat, Nov 21, 2026 at 11:00, Jane Doe<jane@customer.example> wrote:   MATTER"},
	{name: "yahoo on a phone in HTML", html: `TYPED<br><br><div id="ymail_android_signature"><a id="ymail_android_signature_link" href="https://mail.onelink.me/1">Yahoo Mail: Search, Organize, Conquer</a></div> <br> <blockquote style="margin: 0 0 20px 0;"> <div style="font-family:Roboto, sans-serif; color:#6D00F6;"> <div>On Sat, Nov 21, 2026 at 11:00, Jane Doe</div><div>&lt;jane@customer.example&gt; wrote:</div> </div> <div style="padding: 10px 0 0 20px; margin: 10px 0 0 0; border-left: 1px solid #6D00F6;"> MATTER </div> </blockquote>`},
	{name: "outlook for mac", text: "TYPED\n\nFrom: Jane Doe <jane@customer.example>\nDate: Saturday, November 21, 2026 at 11:00 AM\nTo: Dana <dana@example.com>\nSubject: Parcel\nMATTER"},
	{name: "outlook on a phone", text: "TYPED\n\nGet Outlook for iOS<https://aka.ms/o0ukef>\n________________________________\nFrom: Jane Doe <jane@customer.example>\nSent: Saturday, November 21, 2026 11:00:00 AM\nTo: Dana <dana@example.com>\nSubject: Parcel\n\nMATTER"},
	{name: "outlook, a paragraph for each header", text: "TYPED\n\nFrom: Jane Doe\n\nSent: Saturday, November 21, 2026 11:00 AM\n\nTo: Dana\n\nSubject: Parcel\n\nMATTER"},
	{name: "outlook express", text: "TYPED\n\n----- Original Message ----- \nFrom: Jane Doe \nTo: Dana \nSent: Saturday, November 21, 2026 11:00 AM\nSubject: Parcel\n\n\nMATTER"},
	{name: "outlook express in French", text: "TYPED\n\n----- Original Message ----- \nFrom: \"Jane Doe\" <jane@customer.example>\nTo: <dana@example.com>\nSent: Saturday, November 21, 2026 11:00 AM\nSubject: Colis\n\n\n> MATTER"},
	{name: "exchange's emphasis", text: "TYPED\n\n*Von:*Jane Doe [mailto:jane@customer.example] \n*Gesendet:* Samstag, 21. November 2026 11:00\n*An:* Dana\n*Betreff:* Paket\n\nMATTER"},
	{name: "a header whose values stand below", text: "TYPED\n\nFrom:\nJane Doe <jane@customer.example>\nSent:\nSaturday, November 21, 2026 11:00 AM\nTo:\nDana <dana@example.com>\nSubject:\nParcel\n\nMATTER"},
	{name: "blackberry", text: "TYPED\n\n  Original Message  \nFrom: Jane Doe\nSent: Saturday, November 21, 2026 11:00\nTo: Dana\nSubject: Parcel\n\nMATTER"},
	{name: "sogo", text: "TYPED\n\nAm Samstag, 21. November 2026 11:00 CET, schrieb Jane Doe <jane@customer.example>:\n > MATTER"},
	{name: "fastmail", text: "TYPED\n\nOn Sat, 21 Nov 2026, at 11:00 AM, Jane Doe wrote:\n> MATTER"},
	{name: "fastmail in HTML", html: `<!DOCTYPE html><html><body><div>TYPED<br></div><div><br></div><div>On Sat, 21 Nov 2026, at 11:00 AM, Jane Doe wrote:<br></div><blockquote type="cite" id="qt" style=""><div>MATTER</div></blockquote></body></html>`},
	{name: "aol", text: "TYPED\n\n\n-----Original Message-----\nFrom: Jane Doe <jane@customer.example>\nTo: Dana <dana@example.com>\nSent: Sat, Nov 21, 2026 11:00 am\nSubject: Parcel\n\n\nMATTER"},
	{name: "windows mail", text: "TYPED\n\n\n\nSent from Mail for Windows\n\n\n\nFrom: Jane Doe\nSent: Saturday, November 21, 2026 11:00 AM\nTo: Dana\nSubject: Parcel\n\n\n\nMATTER"},
	{name: "airmail", text: "TYPED\n\nOn 21 November 2026 at 11:00:00, Jane Doe (jane@customer.example) wrote:\n\nMATTER"},
	{name: "ipad", text: "TYPED\n\nVon meinem iPad gesendet\n\n> Am 21.11.2026 um 11:00 schrieb Jane Doe <jane@customer.example>:\n> \n> MATTER"},
	{name: "apple's own mark", text: "TYPED\n\n> Begin quoted mail\n> MATTER"},
	{name: "a bar as prefix", text: "TYPED\n\nOn 21.11.26 11:00, Jane Doe wrote:\n| MATTER\n| and more of it"},
	{name: "libero", text: "TYPED\n\nIl 21/11/2026 11:00 CET Jane Doe <jane@customer.example> ha scritto:\n \n \nMATTER"},
	{name: "alice", text: "TYPED\n\n----Messaggio originale----\nDa: jane@customer.example\nData: 21-nov-2026 11.00\nA: <dana@example.com>\nOgg: Pacco\n\nMATTER"},
	{name: "samsung in HTML", html: `<html><body><div dir="auto">TYPED</div><div dir="auto"><br></div><div id="composer_signature" dir="auto"><div style="font-size:12px;color:#575757">Von meinem/meiner Galaxy gesendet</div></div><div><br></div><div style="font-size:100%;color:#000000"><!-- originalMessage --><div>-------- Ursprüngliche Nachricht --------</div><div>Von: Jane Doe &lt;jane@customer.example&gt; </div><div>Datum: 21.11.26  11:00  (GMT+01:00) </div><div>An: dana@example.com </div><div>Betreff: Paket </div><div><br></div></div>MATTER</body></html>`},
	{name: "new outlook in HTML", html: `<html><head></head><body><div class="elementToProof">TYPED</div><div id="ms-outlook-mobile-body-separator-line"><br></div><div id="mail-editor-reference-message-container"><hr style="display: inline-block; width: 98%;"><div style="text-align: left; padding: 3pt 0in 0in; border-width: 1pt medium medium; border-style: solid none none; border-color: rgb(181, 196, 223) currentcolor currentcolor;" class="ms-outlook-mobile-reference-message skipProofing"><b>From: </b>Jane Doe &lt;jane@customer.example&gt;<br><b>Date: </b>Saturday, November 21, 2026 at 11:00<br><b>To: </b>Dana<br><b>Subject: </b>Parcel<br></div><div>MATTER</div></div></body></html>`},
	{name: "a word client in HTML", html: `<html><body><p>TYPED</p><div style="border:none;border-top:solid windowtext 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p><b>Från:</b> Jane Doe<br><b>Skickat:</b> den 21 november 2026 11:00<br><b>Till:</b> Dana<br><b>Ämne:</b> Paket</p></div><p>MATTER</p></body></html>`},
	{name: "intercom", html: `<div>TYPED</div><div class="history"><div>On Sat, Nov 21, 2026 at 11:00 AM, "Jane Doe" &lt;jane@customer.example&gt; wrote:</div><blockquote>MATTER</blockquote></div>`},
	{name: "mimestream", html: `<div dir="ltr">TYPED</div><blockquote type="cite" class="gmail_quote"><div class="gmail_attr">On Sat, Nov 21, 2026 at 11:00, Jane Doe &lt;jane@customer.example&gt; wrote:</div>MATTER</blockquote>`},
}

func TestForms(t *testing.T) {
	const typed = "Good morning,\n\nwe found it in Leipzig.\nIt leaves today."
	const matter = "the third parcel has not arrived and nobody answers."
	for _, f := range forms {
		text := strings.NewReplacer("TYPED", typed, "MATTER", matter).Replace(f.text)
		page := strings.NewReplacer("TYPED", divs(typed), "MATTER", divs(matter)).Replace(f.html)
		if got := reply.Read(&aside.Mail{From: aside.Address{Address: "dana@163.example"}, Subject: "Re: Parcel", Text: text, HTML: page}, reply.Held{CutSignature: true}).Text(); squeeze(got, false) != squeeze(typed, false) {
			t.Errorf("%s: read\n%s", f.name, got)
		}
	}
}
