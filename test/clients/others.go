package clients

import (
	"fmt"
	"html"
	"strings"
)

// others are the remaining programs; Thunderbird and neomutt are run for
// their recordings, and here in a second language.
func others() []Program {
	return []Program{
		{Name: "Yahoo", Languages: []string{"en", "de", "es"}, Forms: []Form{InBoth, InHTML}, Marks: true, write: yahoo},
		{Name: "K-9", Languages: []string{"en", "de", "fr"}, Forms: []Form{InBoth, InText}, Marks: true, write: k9},
		{Name: "K-9, header style", Languages: []string{"en", "de"}, Forms: []Form{InBoth, InText}, Marks: true, write: k9Header},
		{Name: "Thunderbird", Languages: []string{"en", "de"}, Forms: []Form{InBoth, InText}, Marks: true, write: thunderbird},
		{Name: "neomutt", Languages: []string{"en", "de"}, Forms: []Form{InText}, Marks: true, write: neomutt},
	}
}

func yahooIntro(l *Letter, who string) string {
	t := l.when()
	_, day, _, month := named(t, l.Language)
	switch l.Language {
	case "de":
		return fmt.Sprintf("Am %s, %d. %s %d um %s MEZ hat %s Folgendes geschrieben:", day, t.Day(), month, t.Year(), t.Format("15:04:05"), who)
	case "es":
		return fmt.Sprintf("El %s, %d de %s de %d, %s CET, %s escribió:", day, t.Day(), month, t.Year(), t.Format("15:04:05"), who)
	}
	return fmt.Sprintf("On %s, %s %d, %d at %s, %s wrote:", day, month, t.Day(), t.Year(), t.Format("03:04:05 PM MST"), who)
}

// yahoo quotes in a container and without any mark before the lines of text.
func yahoo(l *Letter, f Form) *mail {
	line := ` dir="ltr" data-setdir="false"`
	id := "ydp" + hexes(8)
	quoted := inner(l.filled(renamed("yiv"+hexes(4)+"884"), func(text string) string { return blocks([]string{"", text, ""}, "div", line) }))
	signature := ""
	if l.Signature != nil {
		signature = `<div class="` + id + `signature">` + broken(l.Signature) + "</div>"
	}
	page := `<html><head></head><body><div class="` + id + `yahoo-style-wrap" style="font-family:Helvetica Neue, Helvetica, Arial, sans-serif;font-size:16px;"><div></div>` + "\n        " +
		blocks(l.top(), "div", line) + "<div><br></div>" + signature + "\n        \n        </div>" +
		`<div id="yahoo_quoted_` + "8144965515" + `" class="yahoo_quoted">` + "\n            " +
		`<div style="font-family:'Helvetica Neue', Helvetica, Arial, sans-serif;font-size:13px;color:#26282a;">` + "\n                \n                <div>\n                    " +
		html.EscapeString(yahooIntro(l, l.full())) + "\n                </div>\n                <div><br></div>\n                <div><br></div>\n                \n                \n                " +
		`<div><div id="yiv4800384824"><div>` + quoted + "</div></div></div>\n            </div>\n        </div>"
	if b := l.bottom(); b != nil {
		page += blocks(append([]string{""}, b...), "div", line)
	}
	page += "</body></html>"
	text := plain(page, plainStyle{link: noLink})
	m := &mail{boundary: "----=_Part_" + "3325532_265474389." + "1760552398062"}
	m.put("Date", l.At.Format("Mon, 2 Jan 2006 15:04:05 -0700 (MST)"))
	m.put("From", address(l.From))
	m.put("To", address(l.To))
	m.put("Message-ID", "<"+hexes(9)+".1564657."+hexes(12)+"@mail.yahoo.com>")
	m.thread(l)
	m.put("Subject", l.subject("Re: "))
	m.put("MIME-Version", "1.0")
	m.put("X-Mailer", "WebService/1.1.24652 YMailNovation")
	return m.form(f, bodyPart{"text/plain; charset=UTF-8", best(text, "quoted-printable"), text}, bodyPart{"text/html; charset=UTF-8", best(page, "quoted-printable"), page})
}

func k9Intro(l *Letter, who string) string {
	t := l.when()
	_, _, _, month := named(t, l.Language)
	switch l.Language {
	case "de":
		return fmt.Sprintf("Am %d. %s %d %s MEZ schrieb %s:", t.Day(), month, t.Year(), t.Format("15:04:05"), who)
	case "fr":
		return fmt.Sprintf("Le %d %s %d %s GMT+01:00, %s a écrit :", t.Day(), month, t.Year(), t.Format("15:04:05"), who)
	}
	return fmt.Sprintf("On %d %s %d %s CET, %s wrote:", t.Day(), month, t.Year(), t.Format("15:04:05"), who)
}

// k9 writes above or below the quoted mail; in between it can write in text
// alone, and so it does.
func k9(l *Letter, f Form) *mail {
	dashed := k9Signature(l)
	text := l.asText([]string{k9Intro(l, l.full())}, "> ", 0, dashed, false)
	quote := `<div class="gmail_quote"><div dir="auto">` + k9Intro(l, l.linked()) + "</div>" +
		`<blockquote class="gmail_quote" style="margin: 0pt 0pt 0pt 0.8ex; border-left: 1px solid rgb(204, 204, 204); padding-left: 1ex;">` + "\r\n" +
		inner(body(l.page())) + "</blockquote></div>"
	return k9Mail(l, f, text, quote, dashed)
}

func k9Signature(l *Letter) []string {
	if l.Signature == nil {
		return nil
	}
	return append([]string{"-- "}, l.Signature...)
}

func k9Mail(l *Letter, f Form, text, quote string, dashed []string) *mail {
	if l.Place == Between {
		f = InText
	}
	page := `<!DOCTYPE html><html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"></head><body style="margin:0;padding:0">` + "<!-- crlf -->"
	signature := ""
	if dashed != nil {
		signature = `<div class='k9mail-signature'>` + broken(dashed) + "</div>"
	}
	if l.Place == Below {
		page += quote + `<div dir="auto">` + broken(append([]string{""}, append(l.top(), l.bottom()...)...)) + "</div>" + signature
	} else {
		page += `<div dir="auto">` + broken(l.top()) + "<br><br></div>" + signature + "<br><br>" + quote
	}
	page += "</body></html>"
	m := &mail{boundary: "----" + strings.ToUpper(hexes(28))}
	m.put("Date", l.At.Format(mailDate))
	m.put("From", address(l.From))
	m.put("To", address(l.To))
	m.put("Subject", l.subject("Re: "))
	m.put("User-Agent", "K-9 Mail for Android")
	m.thread(l)
	m.put("Message-ID", "<"+uuid()+"@example.com>")
	m.put("MIME-Version", "1.0")
	return m.form(f, bodyPart{"text/plain;\r\n charset=utf-8", "quoted-printable", text}, bodyPart{"text/html;\r\n charset=utf-8", "quoted-printable", page})
}

// k9Header is K-9 with the setting "quote like Outlook": nothing before the
// quoted lines.
func k9Header(l *Letter, f Form) *mail {
	words := map[string][5]string{"en": {"-------- Original Message --------", "From:", "Sent:", "To:", "Subject:"},
		"de": {"-------- Originalnachricht --------", "Von:", "Gesendet:", "An:", "Betreff:"}}[l.Language]
	values := outlookValues(l)
	intro := []string{words[0]}
	rows := ""
	for i, v := range values {
		intro = append(intro, words[i+1]+" "+v)
		rows += "<b>" + words[i+1] + "</b> " + html.EscapeString(v) + "<br>\r\n"
	}
	dashed := k9Signature(l)
	text := l.asText(append(intro, ""), "", 0, dashed, false)
	quote := `<div style='font-size:10.0pt;font-family:"Tahoma","sans-serif";padding:3.0pt 0in 0in 0in'>` + "\r\n<hr style='border:none;border-top:solid #E1E1E1 1.0pt'>\r\n" + rows + "</div>\r\n<br>\r\n" + inner(body(l.page()))
	return k9Mail(l, f, text, quote, dashed)
}

func thunderbirdIntro(l *Letter) string {
	if l.Language == "de" {
		return fmt.Sprintf("Am %s um %s schrieb %s:", l.when().Format("02.01.06"), l.when().Format("15:04"), l.sender())
	}
	return fmt.Sprintf("On %s, %s wrote:", l.when().Format("1/2/06 15:04"), l.sender())
}

// thunderbird sets the signature below everything, behind dashes.
func thunderbird(l *Letter, f Form) *mail {
	cite := `cite="mid:` + html.EscapeString(l.Answered.MessageID) + `"`
	var b strings.Builder
	b.WriteString(`<!DOCTYPE html><html><head><meta http-equiv="Content-Type" content="text/html; charset=UTF-8"></head><body>` + blocks(l.top(), "p", "") +
		`<div class="moz-cite-prefix">` + html.EscapeString(thunderbirdIntro(l)) + "<br></div>")
	for i, piece := range l.pieces(same) {
		if i > 0 {
			b.WriteString(html.EscapeString(l.Parts[i-1]) + "<br>")
		}
		b.WriteString(`<blockquote type="cite" ` + cite + ">" + piece + "</blockquote>")
	}
	b.WriteString(blocks(l.bottom(), "p", ""))
	var dashed []string
	if l.Signature != nil {
		dashed = append([]string{"-- "}, l.Signature...)
		b.WriteString(`<pre class="moz-signature" cols="72">-- ` + "\n" + html.EscapeString(strings.Join(l.Signature, "\n")) + "</pre>")
	}
	b.WriteString("</body></html>")
	m := &mail{boundary: "------------" + hexes(24), preamble: "This is a multi-part message in MIME format."}
	m.put("Message-ID", "<"+strings.ToLower(uuid())+"@example.com>")
	m.put("Date", l.At.Format(mailDate))
	m.put("MIME-Version", "1.0")
	m.put("User-Agent", "Mozilla Thunderbird")
	m.put("Subject", l.subject("Re: "))
	m.put("To", address(l.To))
	m.thread(l)
	m.put("Content-Language", "de-DE")
	m.put("From", address(l.From))
	text := flowed(l.asText([]string{thunderbirdIntro(l)}, "> ", 0, dashed, true))
	return m.form(f, bodyPart{"text/plain; charset=UTF-8; format=flowed", "8bit", text}, bodyPart{"text/html; charset=UTF-8", "8bit", b.String()})
}

// flowed wraps text with soft line ends (RFC 3676 section 4.2).
func flowed(text string) string {
	var out []string
	for _, line := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		prefix, rest := "", line
		for strings.HasPrefix(rest, "> ") {
			prefix, rest = prefix+"> ", rest[2:]
		}
		if line == "-- " {
			out = append(out, line)
			continue
		}
		if prefix == "" && strings.HasPrefix(rest, " ") {
			rest = " " + rest
		}
		wrapped := wrap(rest, 72-len(prefix))
		for i, w := range wrapped {
			if i < len(wrapped)-1 {
				w += " "
			}
			out = append(out, strings.ReplaceAll(prefix, " ", "")+map[bool]string{true: " "}[prefix != ""]+w)
		}
	}
	return strings.Join(out, "\n") + "\n"
}

func neomutt(l *Letter, _ Form) *mail {
	t := l.when()
	intro := fmt.Sprintf("On %s, %s wrote:", t.Format("Mon, Jan 02, 2006 at 03:04:05PM -0700"), l.sender())
	if l.Language == "de" {
		intro = fmt.Sprintf("* %s [%s]:", l.full(), t.Format("2006-01-02 15:04:05"))
	}
	var dashed []string
	if l.Signature != nil {
		dashed = append([]string{"-- "}, l.Signature...)
	}
	text := l.asText([]string{intro}, "> ", 0, dashed, true)
	m := &mail{}
	m.put("Date", l.At.Format(mailDate))
	m.put("From", address(l.From))
	m.put("To", address(l.To))
	m.put("Subject", l.subject("Re: "))
	m.put("Message-ID", "<a"+hexes(14)+"@example.com>")
	m.thread(l)
	m.put("MIME-Version", "1.0")
	m.put("Content-Disposition", "inline")
	m.put("User-Agent", "NeoMutt/20250510")
	return m.form(InText, bodyPart{"text/plain; charset=utf-8", "8bit", text}, bodyPart{})
}
