package harness

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Distortion is something that happens to an answer between the composer and
// the desk: a gateway, a careless client, a person who tidies up.
type Distortion struct {
	Name  string
	Apply func(*Draft)
}

// Distortions are all that the harness knows. None of them takes away the
// last proof of where an answer belongs; several together may.
func Distortions() []Distortion {
	return []Distortion{
		{"no-threading", NoThreading},
		{"no-plus", NoPlus},
		{"no-display-names", NoNames},
		{"upper-case-addresses", UpperCase},
		{"no-message-id", func(d *Draft) { d.MessageID = "" }},
		{"base64", func(d *Draft) { d.Encoding = Base64 }},
		{"quoted-printable", func(d *Draft) { d.Encoding = QuotedPrintable }},
		{"html-only", HTMLOnly},
		{"text-only", func(d *Draft) { TextOnly(d) }},
		{"flowed", func(d *Draft) { d.Text, d.Flowed = flow(d.Text), true }},
		{"rewrapped", Rewrap},
		{"disclaimer", Disclaimer},
	}
}

// NoThreading takes In-Reply-To and References away.
func NoThreading(d *Draft) { d.InReplyTo, d.References = "", nil }

// ForeignIDs does what a relay does that renames every Message-ID on its way
// in: the answer refers to ids that aside never made.
func ForeignIDs(d *Draft) {
	if d.InReplyTo != "" {
		d.InReplyTo = NewID("relay.example")
		d.References = []string{d.InReplyTo}
	}
}

// NoPlus takes the detail out of every recipient: support+x@ becomes support@.
func NoPlus(d *Draft) {
	for _, l := range [][]Person{d.To, d.Cc} {
		for i, p := range l {
			local, domain, _ := strings.Cut(p.Address, "@")
			local, _, _ = strings.Cut(local, "+")
			l[i].Address = local + "@" + domain
		}
	}
}

// NoNames takes the display names away.
func NoNames(d *Draft) {
	d.From.Name = ""
	for _, l := range [][]Person{d.To, d.Cc} {
		for i := range l {
			l[i].Name = ""
		}
	}
}

// UpperCase writes all addresses in capitals.
func UpperCase(d *Draft) {
	d.From.Address = strings.ToUpper(d.From.Address)
	for _, l := range [][]Person{d.To, d.Cc} {
		for i := range l {
			l[i].Address = strings.ToUpper(l[i].Address)
		}
	}
}

// HTMLOnly leaves the HTML part alone, made from the text where there is none.
func HTMLOnly(d *Draft) {
	if d.HTML == "" {
		d.HTML = "<html><body>" + htmlText(d.Text, "<br>\n") + "</body></html>"
	}
	d.Text, d.Flowed = "", false
}

// TextOnly leaves the text part alone.
func TextOnly(d *Draft) {
	if d.Text != "" {
		d.HTML = ""
	}
}

// Rewrap breaks long lines at 50 characters without repeating quote marks, as
// gateways do.
func Rewrap(d *Draft) {
	if d.Flowed {
		return
	}
	var out []string
	for _, line := range strings.Split(d.Text, "\n") {
		for utf8.RuneCountInString(line) > 50 {
			at := strings.LastIndexByte(line[:50], ' ')
			if at <= 2 {
				break
			}
			out = append(out, line[:at])
			line = line[at+1:]
		}
		out = append(out, line)
	}
	d.Text = strings.Join(out, "\n")
}

// Disclaimer adds the lines of a company's gateway below everything.
func Disclaimer(d *Draft) {
	const words = "This message is meant for its addressee. If that is not you, please delete it."
	if d.Text != "" {
		d.Text += fmt.Sprintf("\n\n%s\n", words)
	}
	if d.HTML != "" {
		d.HTML = strings.Replace(d.HTML, "</body>", "<p>"+words+"</p></body>", 1)
	}
}

// Wrapped is text broken at blanks, so that no line is longer than width.
func Wrapped(text string, width int) string {
	var out []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width {
			out, line = append(out, line), ""
		}
		line = strings.TrimSpace(line + " " + word)
	}
	return strings.Join(append(out, line), "\n")
}
