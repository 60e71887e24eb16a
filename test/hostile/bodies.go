package hostile

import (
	"fmt"
	"strings"
)

// Bodies are the shapes of encodings, charsets and plain text.
func Bodies() []Shape {
	return []Shape{
		{"equal signs as base64", encoded("text/plain", "base64", "=")},
		{"broken base64", encoded("text/plain", "base64", "A=")},
		{"prose as base64", encoded("text/plain", "base64", "a b! ")},
		{"equal signs", encoded("text/plain", "quoted-printable", "=")},
		{"soft line ends", encoded("text/plain", "quoted-printable", "=\n")},
		{"broken quoted-printable", encoded("text/plain", "quoted-printable", "=ZZ")},
		{"blanks before line ends", encoded("text/plain", "quoted-printable", "a"+strings.Repeat(" ", 900)+"\n")},
		{"uuencode", func(n int) string {
			return encoded("text/plain", "x-uuencode", "M"+strings.Repeat("A", 60)+"\n")(n)
		}},
		{"uuencode that begins again", encoded("text/plain", "x-uuencode", "begin 644 a\n`\nend\n")},
		{"UTF-7", text("text/plain; charset=utf-7", "+AGE-")},
		{"UTF-7 never closed", text("text/plain; charset=utf-7", "+A")},
		{"HZ", text("text/plain; charset=hz-gb-2312", "~{VP~}")},
		{"ISO-2022-JP", text("text/plain; charset=iso-2022-jp", "\x1b$B$\"\x1b(B")},
		{"ISO-2022-KR", text("text/plain; charset=iso-2022-kr", "\x0e1!\x0f")},
		{"GB 18030", text("text/plain; charset=gb18030", "\x810\x810")},
		{"UTF-16", text("text/plain; charset=utf-16", "\xd8\x00")},
		{"unknown charset", text("text/plain; charset=x-none", "\xff\xfe")},
		{"broken UTF-8", text("text/plain; charset=utf-8", "\xc3")},
		{"NUL", text("text/plain", "\x00")},
		{"flowed", text("text/plain; format=flowed", "a \n")},
		{"flowed and quoted", text("text/plain; format=flowed; delsp=yes", "> \n>> \n")},
		{"flowed deeper and deeper", func(n int) string {
			var b strings.Builder
			for i := 1; b.Len() < n; i++ {
				b.WriteString(strings.Repeat(">", i%2000) + "a \n")
			}
			return head + "Content-Type: text/plain; format=flowed\n\n" + b.String()
		}},
		{"one line", text("text/plain", "word ")},
		{"one word", text("text/plain", "x")},
		{"quote signs", text("text/plain", ">")},
		{"quote signs and blanks", text("text/plain", "> ")},
		{"quoted lines", text("text/plain", "> a\n")},
		{"deep quotes", text("text/plain", strings.Repeat(">", 900)+"a\n")},
		{"empty lines", text("text/plain", "\n")},
		{"introductions", text("text/plain", "On Mon, 2 Nov 2026 at 10:00, Jane Doe <jane@customer.example> wrote:\n")},
		{"introductions and quotes", text("text/plain", "Am 2.11.26 um 10:00 schrieb Jane:\n> a\nb\n")},
		{"header blocks", text("text/plain", "From: a@b.example\nSent: Monday\nTo: c@d.example\nSubject: x\n\n")},
		{"forwards", text("text/plain", "---------- Forwarded message ---------\nFrom: a@b.example\nDate: x\nSubject: y\n\n")},
		{"rules", text("text/plain", "-----\n\n\n")},
		{"original messages", text("text/plain", "-----Original Message-----\n")},
		{"signatures", text("text/plain", "-- \nJane\n")},
		{"phones", text("text/plain", "Sent from my iPhone\n")},
		{"commands", text("text/plain", "/note\n")},
		{"commands with words", text("text/plain", "/side courier@vendor.example, max@repairs.example due 2h subject x\n")},
		{"commands misspelt", text("text/plain", "/resolv\n/asign\n")},
		{"mentions", text("text/plain", "@dana ")},
		{"mentions of nobody", func(n int) string {
			return head + "\n" + numbered(n, func(i int) string { return fmt.Sprintf("@a%d ", i) })
		}},
		{"times", text("text/plain", "/snooze until tue 9am tue 9am tue 9am\n")},
		{"markers", text("text/plain", "aside-k3f9q2m7xd ")},
		{"marker lines", text("text/plain", "aside-k3f9q2m7xd\n")},
		{"addresses", text("text/plain", "a@b.example ")},
		{"addresses of ours", text("text/plain", "support+aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@example.com\n")},
		{"links", text("text/plain", "https://a.example/b?c=d&e=f <https://a.example/> [a](https://b.example) ")},
		{"combining marks", text("text/plain; charset=utf-8", "\u0301")},
		{"marks on letters", text("text/plain; charset=utf-8", "a\u0301\u0323\u0301\u0323")},
		{"direction marks", text("text/plain; charset=utf-8", "\u202e\u2066a")},
		{"invisible", text("text/plain; charset=utf-8", "a\u200b")},
		{"ligatures that unfold", text("text/plain; charset=utf-8", "\ufdfa")}, // 18 characters in NFKC
		{"Hangul", text("text/plain; charset=utf-8", "\u1100\u1161\u11a8")},
		{"no spaces", text("text/plain; charset=utf-8", "水壶坏了")},
		{"words all different", func(n int) string {
			return head + "\n" + numbered(n, func(i int) string { return fmt.Sprintf("w%d ", i) })
		}},
		{"lines all different", func(n int) string {
			return head + "\n" + numbered(n, func(i int) string { return fmt.Sprintf("line %d of a text\n", i) })
		}},
		{"a bounce", func(n int) string {
			return "From: mailer-daemon@x.example\nSubject: Undelivered Mail\n\n" + many("<a@b.example>: 550 5.1.1 user unknown\n", n)
		}},
		{"an absence", func(n int) string {
			return head + "Auto-Submitted: auto-replied\nDate: Mon, 2 Nov 2026 10:00:00 +0100\n\n" + many("until ", n)
		}},
		{"a calendar", func(n int) string {
			return head + "Content-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\n" + many("METHOD: \n", n)
		}},
		{"PGP", func(n int) string {
			return head + "\n" + many("-----BEGIN PGP MESSAGE-----\n", n)
		}},
	}
}

// Pages are the shapes of HTML.
func Pages() []Shape {
	return []Shape{
		{"nested elements", page("", "<div>", "x")}, // 100,000 in 500 kB
		{"nested quotes", page("", "<blockquote>", "x")},
		{"nested tables", page("", "<table><tr><td>", "x")},
		{"nested formatting", page("", "<b><i><font>", "x")},
		{"formatting across paragraphs", page("", "<p><b><a href=x>", "x")},
		{"nested lists", page("", "<ul><li>", "x")},
		{"attributes", page("<p", " a=b", ">x")}, // a million
		{"attributes all different", func(n int) string {
			return head + "Content-Type: text/html\n\n<p" + numbered(n, func(i int) string { return fmt.Sprintf(" a%d=b", i) }) + ">x"
		}},
		{"one attribute", page(`<p title="`, "x", `">x`)},
		{"entities", page("", "&amp;", "")},
		{"entities never closed", page("", "&", "")},
		{"entities of many", page("", "&CounterClockwiseContourIntegral;", "")},
		{"numbers as entities", page("", "&#x1F600;", "")},
		{"a style sheet", page("<style>", "a{b:c}", "</style>x")},
		{"style attributes", page("", `<p style="color:red;background:url(https://a.example/x);position:fixed">a`, "")},
		{"one style attribute", page(`<p style="`, "color:red;", `">x`)},
		{"styles never closed", page(`<p style="`, "a:url(", `">x`)},
		{"comments", page("", "<!--", "")},
		{"conditional comments", page("", "<!--[if mso]>a<![endif]-->", "")},
		{"doctypes", page("", "<!doctype a [<!entity b 'c'>]>", "")},
		{"scripts", page("", "<script>a</script>", "")},
		{"tags never closed", page("", "<a ", "")},
		{"angles", page("", "<", "")},
		{"end tags", page("", "</p>", "")},
		{"links in HTML", page("", `<a href="https://a.example/b">c</a>`, "")},
		{"a data URI", page(`<img src="data:image/png;base64,`, "AAAA", `">x`)},
		{"pictures", page("", `<img src="cid:a">`, "")},
		{"remote pictures", page("", `<img src="https://a.example/b.png" alt="c">`, "")},
		{"line breaks", page("", "<br>", "")},
		{"paragraphs", page("", "<p>a", "")},
		{"table rows", page("<table>", "<tr><td>a<td>b", "</table>")},
		{"table cells", page("<table><tr>", "<td>a", "</table>")},
		{"stray table text", page("<table>", "a<b>", "</table>")},
		{"Outlook's divs", page("", `<div id="divRplyFwdMsg"><b>From:</b> a@b.example<br><b>Sent:</b> x<br><b>To:</b> y<br><b>Subject:</b> z</div>`, "")},
		{"Gmail's quotes", page("", `<div class="gmail_quote"><div class="gmail_attr">On x, y wrote:<br></div><blockquote>a</blockquote></div>b`, "")},
		{"selects", page("", "<select><option>a", "")},
		{"SVG and MathML", page("", "<svg><math><mtext><table>", "x")},
		{"templates", page("", "<template>", "x")},
		{"plain text in HTML", page("<pre>", "> a\n", "</pre>")},
		{"hidden parts", page("", `<div style="display:none">a</div>b`, "")},
		{"metas", page("", `<meta charset="utf-8">`, "x")},
		{"frames", page("", `<iframe srcdoc="<p>a">`, "x")},
		{"both forms", func(n int) string {
			return head + "Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\n" + many("> a\nb\n", n/2) +
				"--b\nContent-Type: text/html\n\n" + many("<blockquote>a</blockquote>b", n/2) + "\n--b--\n"
		}},
	}
}

// All is every shape.
func All() []Shape {
	var out []Shape
	for _, list := range [][]Shape{Structure(), Headers(), Bodies(), Quoted(), Pages()} {
		out = append(out, list...)
	}
	return out
}
