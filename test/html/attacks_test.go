package html

import (
	"slices"
	"strings"
)

// harm is what an attack does to a page that takes it as it is.
type harm string

// The harms. An attack of another age, or on another program, has none here,
// and is opened all the same.
const (
	runs   harm = "script"  // a script of its own
	calls  harm = "request" // something is fetched
	covers harm = "cover"   // the frame is not what it was: hidden, covered, moved, repeated, worded anew
	none   harm = ""
)

// attack is one way to hurt the reader of an HTML mail.
type attack struct {
	name, html string
	harm       harm
}

// attacks are our own, beside DOMPurify's.
func attacks() []attack {
	return slices.Concat(scripts(), remotes(), coverings(), swallowers(), imitations(), shapes(), links())
}

func scripts() []attack {
	return []attack{
		{"script", `<script>alert(1)</script>`, runs},
		{"remote script", `<script src="https://evil.example/x.js"></script>`, calls},
		{"picture's error", `<img src=x onerror=alert(1)>`, runs},
		{"unquoted handler", `<img/src=x/onerror=alert(1)//`, calls},
		{"svg", `<svg onload=alert(1)>`, runs},
		{"svg animation", `<svg><animate onbegin=alert(1) attributeName=x dur=1s>`, runs},
		{"svg script", `<svg><script>alert(1)</script></svg>`, runs},
		{"frame's source", `<iframe srcdoc="<script>alert(1)</script>"></iframe>`, runs},
		{"frame of script", `<iframe src="javascript:alert(1)"></iframe>`, runs},
		{"body's handler", `<body onload=alert(1) onpageshow=alert(2)>`, runs},
		{"focus", `<input autofocus onfocus=alert(1)>`, runs},
		{"touch", `<p onmouseover=alert(1) onclick=alert(2) style="position:fixed;inset:0">x</p>`, runs},
		{"details", `<details open ontoggle=alert(1)><summary>x</summary></details>`, runs},
		{"marquee", `<marquee onstart=alert(1)>x</marquee>`, none},
		{"media", `<video><source onerror=alert(1)></video><audio src=x onerror=alert(2)>`, runs},
		{"link to script", `<a href="javascript:alert(1)">x</a>`, runs},
		{"link to script, broken up", "<a href=\"jav\tascr\nipt:alert(1)\">x</a>", runs},
		{"link to script, escaped", `<a href="&#106;avascript&colon;alert(1)">x</a>`, runs},
		{"link to script, led by controls", "<a href=\"\x01\x02 javascript:alert(1)\">x</a>", runs},
		{"link to data", `<a href="data:text/html,<script>alert(1)</script>">x</a>`, none},
		{"link to VBScript", `<a href="vbscript:msgbox(1)">x</a>`, none},
		{"svg link", `<svg><a xlink:href="javascript:alert(1)"><text y=20>x</text></a></svg>`, none},
		{"math link", `<math href="javascript:alert(1)"><mtext>x</mtext></math>`, none},
		{"form's action", `<form action="javascript:alert(1)"><button autofocus onfocus="this.form.submit()">x</button></form>`, runs},
		{"object", `<object data="javascript:alert(1)"></object><embed src="javascript:alert(2)">`, none},
		{"meta to script", `<meta http-equiv="refresh" content="0;url=javascript:alert(1)">`, none},
		{"style's expression", `<p style="width:expression(alert(1));behavior:url(#x)">x</p>`, none},
		{"namespace confusion", `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">`, none},
		{"namespace confusion, forms", `<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>`, none},
		{"noscript", `<noscript><p title="</noscript><img src=x onerror=alert(1)>">`, runs},
		{"comment's end", `<!--><img src=x onerror=alert(1)>-->`, runs},
		{"bogus comment", `<!-- --!><img src=x onerror=alert(1)>`, runs},
		{"conditional comment", `<!--[if gte mso 9]><script>alert(1)</script><![endif]-->`, none},
		{"template", `<template><img src=x onerror=alert(1)></template>`, none},
		{"declarative shadow", `<div><template shadowrootmode=open><img src=x onerror=alert(1)></template></div>`, none},
		{"title's text", `<title><img src=x onerror=alert(1)></title>`, none},
		{"attribute's end", `<p title='"><img src=x onerror=alert(1)>'>x</p>`, none},
		{"backtick", "<img src=`x`onerror=alert(1)>", calls},
		{"NUL", "<scr\x00ipt>alert(1)</scr\x00ipt><img src=x o\x00nerror=alert(1)>", calls},
		{"xml", `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><script>alert(1)</script></html>`, runs},
		{"cid script", `<img src="cid:x&quot; onerror=alert(1) x=&quot;">`, none},
		{"cid broken out", `<img src='cid:a"onerror=alert(1)//'>`, none},
		{"alt broken out", `<img src="https://evil.example/x" alt='"><script>alert(1)</script>'>`, calls},
	}
}

func remotes() []attack {
	const at = "https://evil.example/x"
	out := []attack{
		{"picture", `<img src="` + at + `">`, calls},
		{"picture without scheme", `<img src="//evil.example/x">`, calls},
		{"picture with backslashes", `<img src="\\evil.example\x">`, calls},
		{"picture set", `<img srcset="` + at + ` 1x, ` + at + `2 2x">`, calls},
		{"picture element", `<picture><source srcset="` + at + `"><img></picture>`, calls},
		{"image element", `<image src="` + at + `">`, calls},
		{"lazy picture", `<img loading=lazy src="` + at + `" width=1 height=1>`, calls},
		{"poster", `<video poster="` + at + `"></video>`, calls},
		{"video", `<video src="` + at + `" autoplay></video><audio src="` + at + `" preload=auto></audio>`, calls},
		{"track", `<video src="data:,x"><track default src="` + at + `"></video>`, none},
		{"input picture", `<input type=image src="` + at + `">`, calls},
		{"body background", `<body background="` + at + `">`, calls},
		{"table background", `<table background="` + at + `"><tr><td background="` + at + `2">x</table>`, calls},
		{"style sheet", `<link rel=stylesheet href="` + at + `">`, calls},
		{"prefetch", `<link rel=preload as=image href="` + at + `"><link rel=prefetch href="` + at + `2">`, calls},
		{"name looked up", `<link rel=dns-prefetch href="//evil.example"><link rel=preconnect href="https://evil.example">`, none},
		{"icon", `<link rel=icon href="` + at + `">`, none},
		{"manifest", `<link rel=manifest href="` + at + `">`, none},
		{"import", `<style>@import url(` + at + `);</style>`, calls},
		{"font", `<style>@font-face{font-family:f;src:url(` + at + `)}p{font-family:f}</style><p>x</p>`, calls},
		{"style's picture", `<style>p{background:url(` + at + `)}</style><p>x</p>`, calls},
		{"style of attributes", `<style>td[bgcolor^="#b"]{background:url(` + at + `)}</style>`, calls},
		{"object", `<object data="` + at + `"></object>`, calls},
		{"embed", `<embed src="` + at + `">`, calls},
		{"frame", `<iframe src="` + at + `"></iframe>`, calls},
		{"frameset", `<frameset><frame src="` + at + `"></frameset>`, none},
		{"svg image", `<svg><image href="` + at + `"/></svg>`, calls},
		{"svg use", `<svg><use href="` + at + `#a"/></svg>`, none},
		{"svg filter", `<svg><filter id=f><feImage href="` + at + `"/></filter><rect width=9 height=9 filter="url(#f)"/></svg>`, calls},
		{"refresh", `<meta http-equiv=refresh content="0;url=` + at + `">`, calls},
		{"base", `<base href="https://evil.example/"><img src=x>`, calls},
		{"base for links", `<base href="https://evil.example/" target=_top>`, none},
		{"data picture that fetches", `<img src="data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'><image href='` + at + `'/></svg>">`, calls},
		{"ping", `<a href="#" ping="` + at + `">x</a>`, none},
		{"form", `<form action="` + at + `" id=f></form><input autofocus onfocus="f.submit()">`, calls},
		{"old attributes", `<img dynsrc="` + at + `" lowsrc="` + at + `"><bgsound src="` + at + `"><applet code=x archive="` + at + `"></applet>`, none},
		{"cited", `<blockquote cite="` + at + `"><q cite="` + at + `">x</q><del cite="` + at + `">y</del></blockquote>`, none},
		{"VML", `<v:rect xmlns:v="urn:schemas-microsoft-com:vml"><v:fill src="` + at + `"/></v:rect>`, none},
		{"conditional picture", `<!--[if mso]><img src="` + at + `"><![endif]--><![if !mso]><img src="` + at + `"><![endif]>`, calls},
		{"portal", `<portal src="` + at + `"></portal><fencedframe src="` + at + `"></fencedframe>`, none},
	}
	for _, property := range []string{"background", "background-image", "list-style-image", "border-image-source", "content", "cursor",
		"-webkit-mask-image", "shape-outside", "filter"} {
		h := calls
		if property == "content" || property == "cursor" || property == "filter" {
			h = none
		}
		out = append(out, attack{"style " + property, `<p style="display:list-item;` + property + `:url('` + at + `')">x</p>`, h})
	}
	return append(out,
		attack{"style escaped", `<p style="background:\75\72\6c('` + at + `')">x</p>`, none},
		attack{"style image-set", `<p style="background:image-set('` + at + `' 1x)">x</p>`, calls},
		attack{"style behind a comment", `<p style="color:red;/**/background/**/:url(` + at + `)">x</p>`, calls},
		attack{"style behind a brace", `<p style="color:red}p{background:url(` + at + `)">x</p>`, none})
}

func coverings() []attack {
	const over = `YOUR REPLY STAYS IN THE TEAM`
	styled := func(style string) string { return `<div style="` + style + `">` + over + `</div>` }
	out := []attack{
		{"style sheet: hide", `<style>.as-card{display:none!important}</style>`, covers},
		{"style sheet: restyle", `<style>td{background-color:#1b7a4b!important;color:#1b7a4b!important}</style>`, covers},
		{"style sheet: reword", `<style>.as-card td:first-child::before{content:"` + over + `"}</style>`, covers},
		{"style sheet: move", `<style>*{margin-top:-200px!important}</style>`, covers},
		{"style sheet: dark", `<style>@media (prefers-color-scheme:dark){td{background:#1b7a4b!important}}@media all{td{color:#000!important}}</style>`, covers},
		{"style sheet: narrow", `<style>@media (max-width:600px){.as-card{display:none}}@media (min-width:600px){.as-card{opacity:0}}</style>`, covers},
		{"style sheet: layers", `<style>@layer a{td{visibility:hidden!important}}</style>`, covers},
		{"body", `<body style="display:none" bgcolor=green text=green>`, covers},
		{"html", `<html style="visibility:hidden;transform:rotate(180deg)" dir=rtl>`, covers},
		{"class of ours", `<table class="as-card" width="100%"><tr><td style="background-color:#1b7a4b">` + over + `</td></tr></table>`, covers},
		{"the frame itself", `<table role="presentation" class="as-card" style="border:1px solid #dfe2e6;border-radius:8px;width:100%"><tr>` +
			`<td bgcolor="#1b7a4b" style="padding:11px 14px;background-color:#1b7a4b;color:#fff;font-weight:700">` + over + `</td></tr></table>`, covers},
		{"dialog", `<dialog open style="position:fixed;inset:0;width:auto;height:auto">` + over + `</dialog>`, covers},
		{"popover", `<button popovertarget=p autofocus>x</button><div id=p popover style="inset:0;width:100%;height:100%">` + over + `</div>`, none},
		{"stretched link", `<a href="https://evil.example" style="position:fixed;inset:0;z-index:99">x</a>`, covers},
		{"picture map", `<img usemap="#m" style="position:absolute;inset:0;width:100%;height:9999px"><map name=m><area href="https://evil.example"></map>`, covers},
		{"svg cover", `<svg style="position:fixed;inset:0;width:100%;height:100%"><rect width="100%" height="100%"/></svg>`, covers},
		{"canvas", `<canvas width=2000 height=2000 style="position:absolute;top:0;left:0"></canvas>`, covers},
		{"input", `<textarea style="position:fixed;inset:0">` + over + `</textarea>`, covers},
		{"marquee", `<marquee style="position:fixed;inset:0" height=2000>` + over + `</marquee>`, covers},
	}
	for _, s := range []string{"position:fixed;inset:0;z-index:9999;background:#1b7a4b", "position:absolute;top:0;left:0;width:3000px;height:3000px;background:#fff",
		"position:sticky;bottom:0;z-index:9;height:900px;background:#fff", "position:relative;top:60px;z-index:3;height:300px;background:#1b7a4b",
		"margin-bottom:-300px;height:400px;position:relative;background:#fff",
		"transform:translateY(80px) scale(3);background:#1b7a4b", "translate:0 80px;background:#1b7a4b;height:200px", "float:left;height:3000px;width:100%;margin-bottom:-3000px;background:#fff",
		"height:0;overflow:visible;line-height:80px;font-size:60px;white-space:pre", "box-shadow:0 0 0 3000px #fff;position:relative", "outline:3000px solid #fff",
		"border:3000px solid", "font-size:4000px", "height:90000px", "letter-spacing:3000px", "text-indent:-9999px;outline:900px solid green;position:relative"} {
		h := covers
		if strings.HasPrefix(s, "height:0;") || strings.HasPrefix(s, "text-indent") || strings.HasPrefix(s, "letter") {
			h = none
		}
		out = append(out, attack{"style " + s, styled(s), h})
	}
	return out
}

func swallowers() []attack {
	out := []attack{
		{"closing all", `</div></div></div></div></td></tr></table></body></html><div hidden>`, covers},
		{"closing and hiding", `</div></div><div style="display:none">`, covers},
		{"closing, then a table", `</div></div></div><table width=10><tr><td>`, covers},
		{"open comment", `<!-- `, covers},
		{"open bogus comment", `<! x`, none},
		{"open CDATA", `<svg><![CDATA[`, covers},
		{"open attribute", `<p title="`, covers},
		{"open attribute without a blank", `<a href='https://evil.example/?`, covers},
		{"open tag", `<p `, none},
		{"half an entity", `&lt`, none},
		{"center", `<center><font size=7 color=white>`, covers},
		{"nested formatting", strings.Repeat("<b><i><u><s>", 60), none},
		{"deep", strings.Repeat("<div>", 700), none},
		{"deep quotation", strings.Repeat("<blockquote>", 200) + "x", none},
		{"stray cells", `<td><tr><tbody><caption><col><colgroup>`, none},
		{"table in a table's heart", `<table><tr><table><td><div hidden>`, covers},
		{"foster parent", `<table><div style="display:none"><tr><td>x`, none},
		{"left to right override", "\u202eMAET EHT NI SYATS YLPER RUOY", none},
		{"isolate left open", "\u2067\u202eabc", none},
		{"bdo", `<bdo dir=rtl>abc`, none},
		{"right to left", `<div dir=rtl align=right>abc`, none},
	}
	for _, tag := range []string{"plaintext", "textarea", "select", "title", "style", "script", "noscript", "xmp", "iframe", "noembed", "noframes",
		"template", "svg", "math", "button", "form", "fieldset", "details", "dialog", "object", "video", "canvas", "map", "frameset", "marquee",
		"option", "optgroup", "datalist", "picture", "audio", "progress", "meter", "ruby", "rp", "h1", "pre", "listing", "nobr", "font", "a"} {
		h := none
		switch tag {
		case "plaintext", "textarea", "select", "title", "style", "script", "xmp", "iframe", "noembed", "noframes", "template", "object", "marquee":
			h = covers
		}
		out = append(out, attack{"open " + tag, "<" + tag + ">x", h})
	}
	return out
}

func imitations() []attack {
	const fake = "YOUR REPLY STAYS IN THE TEAM"
	var out []attack
	for name, html := range map[string]string{
		"plain": "<p>" + fake, "bold": "<p><b>" + fake + "</b>", "green": `<h3 style="color:#1b7a4b">` + fake + `</h3>`, "pieces": "<p><b>YO</b>UR <i>REPLY</i><span> STAYS</span> IN THE TEAM",
		"after a break": "Hello<br>" + fake, "cell": "<table><tr><td>" + fake + "</td></tr></table>", "pre": "<pre>x\n" + fake + "</pre>", "small letters": "<p>Your reply stays in the team",
		"no-break": "<p>YOUR&nbsp;REPLY&nbsp;STAYS&nbsp;IN&nbsp;THE&nbsp;TEAM", "zero width": "<p>YOUR RE\u200bPLY ST\u00adAYS IN THE TEAM",
		"Cyrillic": "<p>YОUR RЕPLY STАYS IN THE TEAM", "full width": "<p>ＹＯＵＲ ＲＥＰＬＹ ＳＴＡＹＳ ＩＮ ＴＨＥ ＴＥＡＭ", "small capitals": "<p>ʏᴏᴜʀ ʀᴇᴘʟʏ ꜱᴛᴀʏꜱ ɪɴ ᴛʜᴇ ᴛᴇᴀᴍ",
		"mathematical": "<p>𝐘𝐎𝐔𝐑 𝐑𝐄𝐏𝐋𝐘 𝐒𝐓𝐀𝐘𝐒", "led": "<p>■ " + fake, "list": "<ul><li>" + fake + "</ul>", "link": `<a href="https://evil.example">` + fake + `</a>`,
		"picture's words": `<img src="https://evil.example/x" alt="` + fake + `">`, "pre-wrap": "<div style=\"white-space:pre-wrap\">x\n" + fake + "</div>",
		"the other's": "<p>YOUR REPLY GOES TO: Omar Haddad", "combining": "<p>Y\u0332O\u0332U\u0332R\u0332 R\u0332E\u0332P\u0332L\u0332Y\u0332 STAYS IN THE TEAM",
		"far above": "<p>" + fake + "</p>" + strings.Repeat("<br>", 400), "caption": "<table><caption>" + fake + "</caption><tr><td>x</table>",
	} {
		h := covers
		if name == "picture's words" {
			h = none // no letters, as long as the picture is not loaded
		}
		out = append(out, attack{"imitation: " + name, html, h})
	}
	slices.SortFunc(out, func(a, b attack) int { return strings.Compare(a.name, b.name) })
	return out
}

func shapes() []attack {
	long := strings.Repeat("x", 20000)
	return []attack{
		{"one long word", long, none},
		{"one long line", `<pre>` + long + `</pre>`, none},
		{"unbroken line", `<nobr>` + strings.Repeat("word ", 3000) + `</nobr>`, none},
		{"many columns", `<table><tr>` + strings.Repeat("<td>column</td>", 300) + `</tr></table>`, none},
		{"spans", `<table>` + strings.Repeat(`<tr><td colspan=99 rowspan=99>x</td><td rowspan=99>y</td></tr>`, 60) + `</table>`, none},
		{"wide table", `<table width=9000 height=9000><tr><td>x</table>`, none},
		{"picture of the mail, huge", `<img src="cid:none@here" width=9999 height=9999>`, none},
		{"picture that is broken, described", `<img src="cid:none@here" alt="YOUR REPLY STAYS IN THE TEAM" width=600 height=40>`, none},
		{"letters in letters", strings.Repeat("<h1><div>", 12) + "x", covers},
		{"small in small", strings.Repeat("<small>", 60) + "YOUR REPLY STAYS IN THE TEAM", none},
		{"raised", strings.Repeat("<sup><big>", 60) + "x", covers},
		{"lowered", strings.Repeat("<sub><big>", 60) + "x", covers},
		{"marks on marks", "x" + strings.Repeat("\u0316\u0320\u0324\u0331", 200), none},
		{"empty lines", strings.Repeat("<br>", 3000) + "x", none},
		{"empty paragraphs", strings.Repeat("<p>&nbsp;</p>", 1500) + "x", none},
		{"empty lines, preformatted", "<pre>" + strings.Repeat("\n", 3000) + "x</pre>", none},
		{"rules", strings.Repeat("<hr>", 300), none},
		{"lists in lists", strings.Repeat("<ul><li>", 150) + "x", none},
		{"definitions", strings.Repeat("<dl><dd>", 150) + "x", none},
		{"tables in tables", strings.Repeat("<table><tr><td>", 100) + "x", none},
		{"tall letters", "﷽﷽﷽꧅꧅ 𒐫𒐫𒈙𒈙", none},
		{"pale", `<p style="color:#fefefe">a</p><p style="color:#ffffff00">b</p><font color=white>c</font>`, none},
		{"green words", `<p style="color:#1b7a4b;font-weight:bold;text-align:center">Only your team reads this</p>`, none},
	}
}

func links() []attack {
	var out []attack
	for _, l := range []string{
		`<a href="https://evil.example/">https://bank.example/</a>`, `<a href="https://bank.example@evil.example/login">bank.example</a>`,
		`<a href="https://bank.example.evil.example/">bank.example</a>`, `<a href="https://bаnk.example/">bank.example</a>`, `<a href="https://ｅvil。example/">x</a>`,
		`<a href="https://bank.example\@evil.example/">x</a>`, `<a href="https:\\evil.example\x">x</a>`, `<a href="https:///evil.example">x</a>`, `<a href="//evil.example/x">x</a>`,
		`<a href="/x">x</a>`, `<a href="x">x</a>`, `<a href="#x">x</a>`, `<a href="?x">x</a>`, `<a href="https://evil.example:443#@bank.example/">x</a>`, `<a href="https://evil.example?@bank.example/">x</a>`,
		"<a href=\"ht\ntps://evil.\texample/\">x</a>", `<a href=" https://evil.example/">x</a>`, `<a href="https://3232235777/">x</a>`, `<a href="https://[::1]/">x</a>`, `<a href="https://0x7f.1/">x</a>`,
		`<a href="HTTPS://EVIL.EXAMPLE/">x</a>`, `<a href="https://evil%2eexample/">x</a>`, `<a href="https://ev%69l.example/">x</a>`, `<a href="https://evil.example%00.bank.example/">x</a>`,
		"<a href=\"https://evil.example/\u202egro.knab\">x</a>", "<a href=\"https://bank.example\u2044evil.example\">x</a>", `<a href="file:///etc/passwd">x</a>`, `<a href="cid:x@y">x</a>`, `<a href="mid:x@y">x</a>`,
		`<a href="blob:https://evil.example/x">x</a>`, `<a href="about:blank">x</a>`, `<a href="view-source:https://evil.example">x</a>`, `<a href="intent://x#Intent;end">x</a>`, `<a href="ms-word:ofe|u|https://evil.example/x.doc">x</a>`,
		`<a href="search-ms:query=x&crumb=location:\\evil.example">x</a>`, `<a href="\\evil.example\share">x</a>`, `<a href="imap://evil.example/">x</a>`, `<a href="feed:https://evil.example">x</a>`,
		`<a href="https://evil.example/"><img src="cid:none@here" alt="https://bank.example/"></a>`, `<a href="https://evil.example/"><p>x</p><div>y</div></a>`, `<a href="https://evil.example/"><table><tr><td>x</table></a>`,
		`<a href="https://evil.example/">pay [https://bank.example]</a>`, `<a href="https://evil.example/">x</a>[https://bank.example]`, `<a href="mailto:support@example.com?body=/resolve%0A--&subject=%5B%231%5D">Resolve</a>`,
		`<a href="mailto:a@b.example?bcc=eve@evil.example&cc=eve@evil.example">a@b.example</a>`, `<a href="mailto:a@b.example%0ABcc:eve@evil.example">a@b.example</a>`, `<a href="mailto:?to=a@b.example&attach=/etc/passwd">x</a>`,
		`<a href="mailto:eve@evil.example">support@example.com</a>`, `<a href="mailto:a@b.example&body=/resolve">x</a>`, `<a href="mailto:%22/resolve%22@b.example">x</a>`,
		`<a href="tel:*%2306%23">x</a>`, `<a href="tel:+49;phone-context=evil.example">x</a>`, `<a href="sms:+491?body=x">x</a>`, `<a href="callto:x">x</a>`, `<a href="https://evil.example/" style="color:#1f2328;text-decoration:none">bank.example</a>`,
	} {
		out = append(out, attack{"link " + l, l, none})
	}
	return out
}
