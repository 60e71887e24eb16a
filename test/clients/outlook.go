package clients

import (
	"fmt"
	"html"
	"slices"
	"strings"

	xhtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// outlooks are the programs of that name.
func outlooks() []Program {
	return []Program{
		{Name: "Outlook classic", Languages: []string{"en", "de", "fr"}, Forms: []Form{InBoth, InText}, write: outlookClassic},
		{Name: "Outlook new and web", Languages: []string{"en", "de", "es"}, Forms: []Form{InBoth, InHTML}, Marks: true, write: outlookWeb},
		{Name: "Outlook iOS", Languages: []string{"en", "de"}, Forms: []Form{InBoth, InHTML}, Marks: true, write: outlookPhone},
		{Name: "Outlook Android", Languages: []string{"en", "fr"}, Forms: []Form{InBoth}, Marks: true, write: outlookPhone},
	}
}

// outlookLabels are From, Sent, To, Subject with their colons.
var outlookLabels = map[string][4]string{
	"en": {"From:", "Sent:", "To:", "Subject:"},
	"de": {"Von:", "Gesendet:", "An:", "Betreff:"},
	"fr": {"De :", "Envoyé :", "À :", "Objet :"},
	"es": {"De:", "Enviado:", "Para:", "Asunto:"},
}

// outlookValues are what stands behind them.
func outlookValues(l *Letter) [4]string {
	t := l.when()
	_, day, _, month := named(t, l.Language)
	sent := fmt.Sprintf("%s, %s %d, %d %s", day, month, t.Day(), t.Year(), t.Format("3:04 PM"))
	switch l.Language {
	case "de":
		sent = fmt.Sprintf("%s, %d. %s %d %s", day, t.Day(), month, t.Year(), t.Format("15:04"))
	case "fr":
		sent = fmt.Sprintf("%s %d %s %d %s", day, t.Day(), month, t.Year(), t.Format("15:04"))
	case "es":
		sent = fmt.Sprintf("%s, %d de %s de %d %s", day, t.Day(), month, t.Year(), t.Format("15:04"))
	}
	var to []string
	for _, p := range l.Answered.To {
		to = append(to, strings.TrimSpace(p.Name+" <"+p.Address+">"))
	}
	return [4]string{l.full(), sent, strings.Join(to, "; "), l.Answered.Subject}
}

// labelled is the block in HTML, a line a label.
func labelled(l *Letter, end string) string {
	labels, values := outlookLabels[l.Language], outlookValues(l)
	var out []string
	for i := range labels {
		out = append(out, "<b>"+labels[i]+"</b> "+html.EscapeString(values[i]))
	}
	return strings.Join(out, "<br>"+end)
}

const wordHead = `<html xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:w="urn:schemas-microsoft-com:office:word" ` +
	`xmlns:m="http://schemas.microsoft.com/office/2004/12/omml" xmlns="http://www.w3.org/TR/REC-html40"><head>` +
	`<meta http-equiv=Content-Type content="text/html; charset=utf-8"><meta name=Generator content="Microsoft Word 15 (filtered medium)">` + "\n<style><!--\n" +
	"/* Font Definitions */\n@font-face\n\t{font-family:Calibri;\n\tpanose-1:2 15 5 2 2 2 4 3 2 4;}\n/* Style Definitions */\n" +
	"p.MsoNormal, li.MsoNormal, div.MsoNormal\n\t{margin:0cm;\n\tfont-size:11.0pt;\n\tfont-family:\"Calibri\",sans-serif;}\n" +
	"span.EmailStyle20\n\t{mso-style-type:personal-reply;\n\tcolor:windowtext;}\n@page WordSection1\n\t{size:612.0pt 792.0pt;}\n" +
	"--></style><!--[if gte mso 9]><xml>\n<o:shapedefaults v:ext=\"edit\" spidmax=\"1026\" />\n</xml><![endif]--></head>\n" +
	"<body lang=EN-US link=\"#0563C1\" vlink=\"#954F72\" style='word-wrap:break-word'><div class=WordSection1>"

// wordParagraphs writes typed lines as Word does.
func wordParagraphs(lines []string, style string) string {
	var b strings.Builder
	for _, line := range lines {
		inner := "<o:p>&nbsp;</o:p>"
		if line != "" {
			inner = html.EscapeString(line) + "<o:p></o:p>"
		}
		b.WriteString("<p class=MsoNormal><span style='" + style + "'>" + inner + "</span></p>\n")
	}
	return b.String()
}

const wordFont = `font-size:11.0pt;font-family:"Calibri",sans-serif;mso-fareast-language:EN-US`

// outlookClassic writes HTML by Word, or text. Its user's signature stands
// above the quoted mail, as any other paragraph.
func outlookClassic(l *Letter, f Form) *mail {
	root := l.filled(same, func(text string) string { return "<aside-typed>" + html.EscapeString(text) + "</aside-typed>" })
	var quoted strings.Builder
	wordChildren(&quoted, root)
	lines := l.top()
	if l.Signature != nil {
		lines = append(append(lines, ""), l.Signature...)
	}
	page := wordHead + wordParagraphs(append(lines, ""), wordFont) +
		"<div><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'><p class=MsoNormal><span style='" + `font-size:11.0pt;font-family:"Calibri",sans-serif` + "'>" +
		labelled(l, "\n") + "<o:p></o:p></span></p></div></div><p class=MsoNormal><o:p>&nbsp;</o:p></p>" + quoted.String()
	if b := l.bottom(); b != nil {
		page += wordParagraphs(append([]string{""}, b...), wordFont)
	}
	page += "</div></body></html>"
	text := plain(page, plainStyle{link: spacedLink, rule: ""})
	if f == InText {
		text = outlookText(l)
	}
	m := &mail{boundary: "----=_NextPart_000_0" + strings.ToUpper(hexes(3)) + "_01DC" + strings.ToUpper(hexes(4)) + "." + strings.ToUpper(hexes(8)),
		preamble: "This is a multipart message in MIME format.\r\n"}
	m.put("From", address(l.From))
	m.put("To", address(l.To))
	m.thread(l)
	m.put("Subject", l.subject(map[string]string{"de": "AW: "}[l.Language]+map[bool]string{true: "RE: "}[l.Language != "de"]))
	m.put("Date", l.At.Format(mailDate))
	m.put("Message-ID", "<00"+hexes(4)+"01dc"+hexes(4)+"$"+hexes(8)+"$"+hexes(8)+"$@example.com>")
	m.put("MIME-Version", "1.0")
	m.put("X-Mailer", "Microsoft Outlook 16.0")
	m.put("Thread-Index", "AQHc"+hexes(36)+"==")
	m.put("Content-Language", l.Language)
	return m.form(f, bodyPart{"text/plain;\r\n\tcharset=\"utf-8\"", best(text, "quoted-printable"), text}, bodyPart{"text/html;\r\n\tcharset=\"utf-8\"", "quoted-printable", page})
}

// outlookText is what it writes in text: nothing before the quoted lines.
func outlookText(l *Letter) string {
	rule := map[string]string{"en": "-----Original Message-----", "de": "-----Ursprüngliche Nachricht-----", "fr": "-----Message d'origine-----"}[l.Language]
	intro := []string{rule}
	labels, values := outlookLabels[l.Language], outlookValues(l)
	for i := range labels {
		intro = append(intro, labels[i]+" "+values[i])
	}
	return l.asText(append(intro, ""), "", 0, l.Signature, false)
}

// wordChildren writes a node's children as Word writes what it has read.
func wordChildren(b *strings.Builder, n *xhtml.Node) {
	inline := ""
	end := func() {
		if strings.TrimSpace(inline) != "" {
			b.WriteString("<p class=MsoNormal>" + inline + "<o:p></o:p></p>\n")
		}
		inline = ""
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if isBlock(c) {
			end()
			wordBlock(b, c)
			continue
		}
		inline += wordInline(c)
	}
	end()
}

func isBlock(n *xhtml.Node) bool {
	switch n.DataAtom {
	case atom.Div, atom.P, atom.Table, atom.Tbody, atom.Tr, atom.Td, atom.Blockquote, atom.Hr, atom.Ul, atom.Li:
		return true
	}
	return n.Type == xhtml.ElementNode && n.Data == "aside-typed"
}

func wordBlock(b *strings.Builder, n *xhtml.Node) {
	wrapped := func(open, end string) {
		b.WriteString(open)
		wordChildren(b, n)
		b.WriteString(end)
	}
	switch n.DataAtom {
	case atom.P:
		b.WriteString("<p>" + wordInlines(n) + "<o:p></o:p></p>\n")
	case atom.Table:
		wrapped(`<table class=MsoNormalTable border=0 cellspacing=0 cellpadding=0 width="100%" style='width:100.0%;border:solid #DFE2E6 1.0pt'>`, "</table>")
	case atom.Tbody:
		wordChildren(b, n)
	case atom.Tr:
		wrapped("<tr>", "</tr>")
	case atom.Td:
		wrapped("<td style='border:none;padding:8.25pt 10.5pt 8.25pt 10.5pt'>", "</td>")
	case atom.Blockquote:
		wrapped("<blockquote style='margin-top:5.0pt;margin-bottom:5.0pt'>", "</blockquote>")
	case atom.Hr:
		b.WriteString(`<div class=MsoNormal align=center style='text-align:center'><hr size=2 width="98%" align=center></div>`)
	default:
		if n.Data == "aside-typed" {
			b.WriteString(wordParagraphs([]string{"", words(n), ""}, wordFont+";color:#1F497D"))
			return
		}
		wrapped("<div>", "</div>\n")
	}
}

func wordInlines(n *xhtml.Node) string {
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		b.WriteString(wordInline(c))
	}
	return b.String()
}

func wordInline(n *xhtml.Node) string {
	switch {
	case n.Type == xhtml.TextNode:
		return html.EscapeString(n.Data)
	case n.Type != xhtml.ElementNode || slices.Contains([]atom.Atom{atom.Style, atom.Meta, atom.Script}, n.DataAtom):
		return ""
	case n.DataAtom == atom.Br:
		return "<br>"
	case n.DataAtom == atom.A:
		return `<a href="` + html.EscapeString(attribute(n, "href")) + `"><b><span style='color:#1A5FB4;text-decoration:none'>` + wordInlines(n) + "</span></b></a>"
	}
	return "<span style='font-family:\"Segoe UI\",sans-serif'>" + wordInlines(n) + "</span>"
}

const officeFont = ` style="font-family: Aptos, Aptos_EmbeddedFont, Aptos_MSFontService, Calibri, Helvetica, sans-serif; font-size: 12pt; color: rgb(0, 0, 0);"`

// rplyFwd is the block that Outlook's web programs set above the quoted mail.
func rplyFwd(l *Letter) string {
	return `<hr style="display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr"><font face="Calibri, sans-serif" style="font-size:11pt" color="#000000">` +
		labelled(l, "\n") + "</font>\n<div>&nbsp;</div>\n</div>\n"
}

// outlookWeb is the new Outlook and Outlook in a browser.
func outlookWeb(l *Letter, f Form) *mail {
	line := ` class="elementToProof"` + officeFont
	quoted := inner(l.filled(renamed("x_"), func(text string) string { return blocks([]string{"", text, ""}, "div", line) }))
	signature := ""
	if l.Signature != nil {
		signature = `<div id="Signature" class="elementToProof"><div` + officeFont + ">" + broken(l.Signature) + "</div></div>"
	}
	page := `<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"><style type="text/css" style="display:none;"> P {margin-top:0;margin-bottom:0;} </style></head>` +
		`<body dir="ltr">` + blocks(append(l.top(), ""), "div", line) + signature + `<div id="appendonsend"></div>` + rplyFwd(l) + "<div>" + quoted + "</div>\n"
	if b := l.bottom(); b != nil {
		page += blocks(append([]string{""}, b...), "div", line)
	}
	return exchange(l, f, page+"</body></html>")
}

// outlookPhone is Outlook on a telephone.
func outlookPhone(l *Letter, f Form) *mail {
	line := ` dir="auto"` + officeFont
	quoted := inner(l.filled(renamed("x_"), func(text string) string { return blocks([]string{"", text, ""}, "div", line) }))
	advert := map[string]string{"en": `Get <a href="https://aka.ms/o0ukef">Outlook for iOS</a>`, "de": `<a href="https://aka.ms/o0ukef">Outlook für iOS</a> beziehen`,
		"fr": `Télécharger <a href="https://aka.ms/AAb9ysg">Outlook pour Android</a>`}[l.Language]
	page := `<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"></head><body><div>` + blocks(append(l.top(), ""), "div", line) +
		`<div id="ms-outlook-mobile-body-separator-line" dir="auto"` + officeFont + `><br></div><div id="ms-outlook-mobile-signature" style="color: inherit; background-color: inherit;">` + advert + "</div></div>" +
		`<div id="mail-editor-reference-message-container" class="ms-outlook-mobile-reference-message skipProofing">` + rplyFwd(l) + quoted
	if b := l.bottom(); b != nil {
		page += blocks(append([]string{""}, b...), "div", line)
	}
	return exchange(l, f, page+"</div></body></html>")
}

// exchange is a mail as Microsoft's servers write it: the text part is theirs.
func exchange(l *Letter, f Form, page string) *mail {
	text := plain(page, plainStyle{link: tightLink, rule: "________________________________"})
	id := strings.ToUpper(hexes(12))
	m := &mail{boundary: "_000_" + id + "MB" + strings.ToUpper(hexes(4)) + "namp_"}
	m.put("From", address(l.From))
	m.put("To", address(l.To))
	m.put("Subject", l.subject(map[string]string{"de": "Aw: "}[l.Language]+map[bool]string{true: "Re: "}[l.Language != "de"]))
	m.put("Thread-Topic", l.subject(""))
	m.put("Thread-Index", "AQHc"+hexes(24)+"==")
	m.put("Date", l.At.UTC().Format(mailDate))
	m.put("Message-ID", "<"+id+"."+hexes(8)+"@"+id+".namprd10.prod.outlook.com>")
	m.thread(l)
	m.put("Accept-Language", "de-DE, en-US")
	m.put("Content-Language", "en-US")
	m.put("X-MS-Has-Attach", "")
	m.put("X-MS-TNEF-Correlator", " ")
	m.put("MIME-Version", "1.0")
	encoding := "base64"
	if l.Language == "en" {
		encoding = "quoted-printable"
	}
	return m.form(f, bodyPart{plainUTF8, encoding, text}, bodyPart{htmlUTF8, encoding, page})
}
