package clients

import (
	"fmt"
	"html"
	"strings"
)

// gmails are Gmail in a browser and on a telephone.
func gmails() []Program {
	return []Program{
		{Name: "Gmail web", Languages: []string{"en", "de", "ja"}, Forms: []Form{InBoth, InText}, Marks: true, write: gmailWeb},
		{Name: "Gmail web, signature above", Languages: []string{"en", "fr"}, Forms: []Form{InBoth}, Marks: true, write: gmailSignedAbove},
		{Name: "Gmail Android", Languages: []string{"en", "de", "pl"}, Forms: []Form{InBoth}, Marks: true, write: gmailAndroid},
	}
}

// gmailIntro is the line above a quotation, around the sender.
func gmailIntro(l *Letter, who string) string {
	t := l.when()
	day, _, month, _ := named(t, l.Language)
	switch l.Language {
	case "de":
		return fmt.Sprintf("Am %s, %d. %s %d um %s Uhr schrieb %s:", day, t.Day(), month, t.Year(), t.Format("15:04"), who)
	case "fr":
		return fmt.Sprintf("Le %s %s à %s, %s a écrit :", day, dayMonthYear(t, month), t.Format("15:04"), who)
	case "ja":
		return fmt.Sprintf("%d年%d月%d日(%s) %s %s:", t.Year(), t.Month(), t.Day(), day, t.Format("15:04"), who)
	}
	return fmt.Sprintf("On %s, %s %d, %d at %s %s wrote:", day, month, t.Day(), t.Year(), noon(t), who)
}

func androidIntro(l *Letter, who string) string {
	t := l.when()
	day, _, month, _ := named(t, l.Language)
	switch l.Language {
	case "de":
		return fmt.Sprintf("%s schrieb am %s, %d. %s %d, %s:", who, day, t.Day(), month, t.Year(), t.Format("15:04"))
	case "pl":
		return fmt.Sprintf("%s, %s, %s użytkownik %s napisał:", day, dayMonthYear(t, month), t.Format("15:04"), who)
	}
	return fmt.Sprintf("On %s, %s %d, %d, %s %s wrote:", day, month, t.Day(), t.Year(), noon(t), who)
}

const gmailBar = `<blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex">`

// gmailQuote is the quotation with the answers in it: they stand in Gmail's
// container, between the bars.
func gmailQuote(l *Letter, intro, bar string, part func(string) string) string {
	var b strings.Builder
	b.WriteString(`<div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">` + intro + "<br></div>")
	for i, piece := range l.pieces(renamed("m_-51449" + hexes(4))) {
		if i > 0 {
			b.WriteString(part(l.Parts[i-1]))
		}
		b.WriteString(bar + piece + "</blockquote>")
	}
	return b.String() + "</div>"
}

func gmailSignature(lines []string) string {
	return `<div dir="ltr" class="gmail_signature" data-smartmail="gmail_signature"><div dir="ltr">` + broken(lines) + "</div></div>"
}

func gmailPart(text string) string {
	return "<div><br></div><div>" + html.EscapeString(text) + "</div><div><br></div>"
}

// gmailWeb sets the signature below the quotation, behind dashes.
func gmailWeb(l *Letter, f Form) *mail {
	page := `<div dir="ltr">` + blocks(l.top(), "div", "") + "</div><br>" + gmailQuote(l, gmailIntro(l, l.linked()), gmailBar, gmailPart)
	if b := l.bottom(); b != nil {
		page = strings.TrimSuffix(page, "</div>") + "<div><br></div>" + blocks(b, "div", "") + "</div>"
	}
	if l.Signature != nil {
		page += `<div><br clear="all"></div><div><br></div><span class="gmail_signature_prefix">-- </span><br>` + gmailSignature(l.Signature)
	}
	return gmailMail(l, f, page, gmailIntro)
}

// gmailSignedAbove has the setting "insert signature before quoted text and
// remove the line that precedes it".
func gmailSignedAbove(l *Letter, f Form) *mail {
	page := `<div dir="ltr">` + blocks(l.top(), "div", "") + `<div><br clear="all"></div><div>` + gmailSignature(l.Signature) + "</div></div><br>" +
		gmailQuote(l, gmailIntro(l, l.linked()), gmailBar, gmailPart)
	if b := l.bottom(); b != nil {
		page = strings.TrimSuffix(page, "</div>") + "<div><br></div>" + blocks(b, "div", "") + "</div>"
	}
	return gmailMail(l, f, page, gmailIntro)
}

func gmailAndroid(l *Letter, f Form) *mail {
	signature := ""
	if l.Signature != nil {
		signature = `<br><br><div data-smartmail="gmail_signature" dir="auto">` + broken(l.Signature) + "</div>"
	}
	bar := `<blockquote class="gmail_quote" style="margin:0 0 0 .8ex;border-left:1px #ccc solid;padding-left:1ex">`
	part := func(text string) string {
		return `</div><div dir="auto"><br></div><div dir="auto">` + html.EscapeString(text) + `</div><div dir="auto"><br></div><div class="gmail_quote gmail_quote_container">`
	}
	top := l.top()
	first := ""
	if len(top) > 0 {
		first, top = html.EscapeString(top[0]), top[1:]
	}
	page := `<div dir="auto">` + first + blocks(top, "div", ` dir="auto"`) + signature + "</div><br>" + gmailQuote(l, androidIntro(l, l.linked()), bar, part)
	if b := l.bottom(); b != nil {
		page += `<div dir="auto"><br></div>` + blocks(b, "div", ` dir="auto"`)
	}
	return gmailMail(l, f, page, androidIntro)
}

func gmailMail(l *Letter, f Form, page string, intro func(*Letter, string) string) *mail {
	text := plain(page, plainStyle{quote: "> ", link: spacedLink, bold: "*", width: 76})
	if f == InText {
		var dashed []string
		if l.Signature != nil {
			dashed = append([]string{"-- "}, l.Signature...)
		}
		text = l.asText(append(wrap(intro(l, l.full()), 76), ""), "> ", 76, dashed, true)
	}
	m := &mail{boundary: "000000000000" + hexes(16)}
	m.put("MIME-Version", "1.0")
	m.thread(l)
	m.put("From", address(l.From))
	m.put("Date", l.At.Format(mailDate))
	m.put("X-Gm-Features", "AWmQ_b"+hexes(30))
	m.put("Message-ID", "<CAJ"+hexes(20)+"+"+hexes(30)+"@mail.gmail.com>")
	m.put("Subject", l.subject("Re: "))
	m.put("To", address(l.To))
	return m.form(f, bodyPart{`text/plain; charset="UTF-8"`, best(text, "base64"), text},
		bodyPart{`text/html; charset="UTF-8"`, "quoted-printable", page})
}
