package clients

import (
	"fmt"
	"html"
	"strings"
)

// apples are Mail on a Mac and on an iPhone.
func apples() []Program {
	return []Program{
		{Name: "Apple Mail", Languages: []string{"en", "de", "fr"}, Forms: []Form{InBoth, InText}, Marks: true, write: appleMac},
		{Name: "iPhone Mail", Languages: []string{"en", "de", "it"}, Forms: []Form{InBoth, InText}, Marks: true, write: applePhone},
	}
}

func appleIntro(l *Letter, who string) string {
	t := l.when()
	_, _, month, _ := named(t, l.Language)
	switch l.Language {
	case "de":
		return fmt.Sprintf("Am %s um %s schrieb %s:", t.Format("02.01.2006"), t.Format("15:04"), who)
	case "fr":
		return fmt.Sprintf("Le %s à %s, %s a écrit :", dayMonthYear(t, month), t.Format("15:04"), who)
	case "it":
		return fmt.Sprintf("Il giorno %s, alle ore %s, %s ha scritto:", dayMonthYear(t, month), t.Format("15:04"), who)
	}
	return fmt.Sprintf("On %s %d, %d, at %s, %s wrote:", month, t.Day(), t.Year(), noon(t), who)
}

// appleMac writes typed text bare, and the introduction inside the quotation.
func appleMac(l *Letter, f Form) *mail {
	var b strings.Builder
	b.WriteString(`<html aria-label="message body"><head><meta http-equiv="content-type" content="text/html; charset=utf-8"></head>` +
		`<body style="overflow-wrap: break-word; -webkit-nbsp-mode: space; line-break: after-white-space;">`)
	top := l.top()
	if len(top) > 0 {
		b.WriteString(html.EscapeString(top[0]) + blocks(top[1:], "div", ""))
	}
	if l.Signature != nil {
		b.WriteString(`<div><br id="lineBreakAtBeginningOfSignature"><div><meta charset="UTF-8"><div dir="auto" style="caret-color: rgb(0, 0, 0); letter-spacing: normal; text-align: start; ` +
			`text-indent: 0px; text-transform: none; white-space: normal; word-spacing: 0px; -webkit-text-stroke-width: 0px; text-decoration: none; overflow-wrap: break-word; ` +
			`-webkit-nbsp-mode: space; line-break: after-white-space;">` + blocks(l.Signature, "div", "") + "</div></div></div>")
	}
	b.WriteString(`<br id="lineBreakAtBeginningOfMessage"><div><br>`)
	for i, piece := range l.pieces(same) {
		intro := ""
		if i == 0 {
			intro = "<div>" + html.EscapeString(appleIntro(l, l.full())) + `</div><br class="Apple-interchange-newline">`
		} else {
			b.WriteString("<div><br></div><div>" + html.EscapeString(l.Parts[i-1]) + "</div><br>")
		}
		b.WriteString(`<blockquote type="cite">` + intro + "<div>" + piece + "</div></blockquote>")
	}
	b.WriteString("</div>")
	if below := l.bottom(); below != nil {
		b.WriteString("<br>" + blocks(below, "div", ""))
	}
	b.WriteString("<br></body></html>")
	page := b.String()
	text := plain(page, plainStyle{quote: "> ", link: spacedLink})
	if f == InText {
		text = l.asText([]string{"> " + appleIntro(l, l.full()), "> "}, "> ", 0, l.Signature, false)
	}
	m := &mail{boundary: "Apple-Mail=_" + uuid()}
	m.put("From", address(l.From))
	m.put("Mime-Version", "1.0 (Mac OS X Mail 16.0 \\(3826.700.81\\))")
	m.put("Subject", l.subject("Re: "))
	m.put("Date", l.At.Format(mailDate))
	m.thread(l)
	m.put("To", address(l.To))
	m.put("Message-Id", "<"+uuid()+"@example.com>")
	m.put("X-Mailer", "Apple Mail (2.3826.700.81)")
	return m.form(f, bodyPart{"text/plain;\r\n\tcharset=utf-8", "quoted-printable", text}, bodyPart{"text/html;\r\n\tcharset=utf-8", "quoted-printable", page})
}

// phoneLine is what an iPhone writes below each mail.
var phoneLine = map[string]string{"en": "Sent from my iPhone", "de": "Von meinem iPhone gesendet", "it": "Inviato da iPhone"}

// applePhone begins the quoted words with a mark that no one sees.
func applePhone(l *Letter, f Form) *mail {
	const unseen = "\ufeff"
	line := phoneLine[l.Language]
	var b strings.Builder
	b.WriteString(`<html><head><meta http-equiv="content-type" content="text/html; charset=utf-8"></head><body dir="auto">`)
	top := l.top()
	if len(top) > 0 {
		b.WriteString(html.EscapeString(top[0]) + blocks(top[1:], "div", ""))
	}
	b.WriteString(`<br id="lineBreakAtBeginningOfSignature"><div dir="ltr">` + line + `</div><div dir="ltr"><br><blockquote type="cite">` +
		html.EscapeString(appleIntro(l, l.full())) + "<br><br></blockquote></div>")
	for i, piece := range l.pieces(same) {
		start := ""
		if i == 0 {
			start = unseen
		} else {
			b.WriteString("<div><br></div><div>" + html.EscapeString(l.Parts[i-1]) + "</div><div><br></div>")
		}
		b.WriteString(`<blockquote type="cite"><div dir="ltr">` + start + piece + "</div></blockquote>")
	}
	if below := l.bottom(); below != nil {
		b.WriteString("<div><br></div>" + blocks(below, "div", ""))
	}
	b.WriteString("</body></html>")
	page := b.String()
	text := plain(page, plainStyle{quote: "> ", link: noLink})
	if f == InText {
		text = l.asText([]string{"> " + appleIntro(l, l.full()), "> ", "> " + unseen}, "> ", 0, []string{line}, false)
	}
	m := &mail{boundary: "Apple-Mail-" + uuid()}
	m.put("From", address(l.From))
	m.put("Mime-Version", "1.0 (1.0)")
	m.put("Date", l.At.Format(mailDate))
	m.put("Subject", l.subject("Re: "))
	m.put("Message-Id", "<"+uuid()+"@example.com>")
	m.thread(l)
	m.put("To", address(l.To))
	m.put("X-Mailer", "iPhone Mail (23C54)")
	encoding := "quoted-printable"
	if l.Language != "en" {
		encoding = "base64"
	}
	return m.form(f, bodyPart{"text/plain;\r\n\tcharset=utf-8", encoding, text}, bodyPart{"text/html;\r\n\tcharset=utf-8", encoding, page})
}
