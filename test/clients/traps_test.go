package clients

import (
	"fmt"
	"strings"
	"testing"
	"time"

	. "aside/test/harness"
)

// traps are answers as people's programs wrote them in some mails that stand
// in public archives: the words typed where nobody expects them.
var traps = []struct {
	name string
	page func(l *Letter) string // the typed part; the quotation follows
	text func(l *Letter) string // nil: made of the page
}{
	{name: "Gmail Android: every paragraph in the signature's element", page: func(l *Letter) string {
		return `<div dir="auto">` + blocks(spaced(l.Parts), "div", ` data-smartmail="gmail_signature" dir="auto"`) + "</div>"
	}},
	{name: "Gmail Android: a greeting outside, the rest in the signature's element", page: func(l *Letter) string {
		return `<div dir="auto">Dear Jane,<div dir="auto"><br></div>` + blocks(spaced(l.Parts), "div", ` data-smartmail="gmail_signature" dir="auto"`) + "</div>"
	}},
	{name: "Outlook iOS: everything in the signature's element", page: func(l *Letter) string {
		return `<div><br></div><div id="ms-outlook-mobile-signature" dir="auto"><div><br></div>` + blocks(spaced(l.Parts), "div", ` dir="auto"`) + "</div>"
	}},
	{name: "Outlook iOS: a greeting outside, the rest in the signature's element", page: func(l *Letter) string {
		return `<div dir="auto">Dear Jane,</div><div id="ms-outlook-mobile-signature" dir="auto"><div><br></div>` + blocks(spaced(l.Parts), "div", ` dir="auto"`) + "</div>"
	}},
	{name: "Apple Mail: paragraphs pasted as blocks", page: func(l *Letter) string {
		return `<p class="Apple-Mail-URLShareWrapperClass" style="padding-right:inherit;padding-left:inherit">` +
			strings.Join(l.Parts, `</p><p class="Apple-Mail-URLShareWrapperClass" style="padding-right:inherit;padding-left:inherit">`) + "</p>"
	}},
	{name: "Outlook classic: the signature's bookmark around the text", page: func(l *Letter) string {
		return `<p class=MsoNormal><a name="_MailAutoSig"><span style='mso-no-proof:yes'>` + strings.Join(l.Parts, `<o:p></o:p></span></a></p><p class=MsoNormal><span style='mso-bookmark:_MailAutoSig'>`) + `<o:p></o:p></span></p>`
	}},
	{name: "iPhone: the introduction without its mark", page: nil, text: func(l *Letter) string {
		lines := l.quotedLines("> ", 0)[0]
		return strings.Join(spaced(l.Parts), "\n") + "\n\n" + appleIntro(l, l.full()) + "\n> \n> \ufeff" + strings.Join(lines, "\n")[2:] + "\n"
	}},
}

// What somebody typed is heard, or the mail waits; it is never lost.
func TestTraps(t *testing.T) {
	t.Parallel()
	d := Start(t, func(c *Config) { c.Desks[0].NoAcknowledge = true })
	for i := range traps {
		who := Who("Jane Doe", fmt.Sprintf("t%d@customer.example", i+1))
		d.Post(Write(who, Support, fmt.Sprintf("Kettle %d", i+1), strings.Join(asked(i+1, "kettle"), "\n\n")))
	}
	d.Settle()
	notices := byTicket(d.Mailbox(Dana.Address), func(*Mail) bool { return true })
	letters := make([]*Letter, len(traps))
	for i, trap := range traps {
		n := notices[fmt.Sprint(i+1)]
		l := &Letter{From: Dana, To: n.ReplyTo, Answered: n, Parts: texts("en", i+1, "trap"), Place: Above, Language: "en", At: time.Now()}
		letters[i] = l
		var m *mail
		if trap.page == nil {
			m = applePhone(l, InText)
			m.parts[0].text = trap.text(l)
		} else {
			m = exchange(l, InBoth, "<html><body>"+trap.page(l)+`<div id="appendonsend"></div>`+rplyFwd(l)+inner(body(l.page()))+"</body></html>")
		}
		d.Send(Dana.Address, []string{l.To.Address}, m.bytes())
	}
	d.Settle()
	held := d.Mailbox(Dana.Address)
	for i, trap := range traps {
		want := strings.Join(letters[i].Typed(), " ")
		got := d.Mailbox(fmt.Sprintf("t%d@customer.example", i+1))
		switch {
		case len(got) == 0:
			if newest(held, func(m *Mail) bool {
				return inHolds.MatchString(m.Subject) && strings.Contains(m.Subject, fmt.Sprintf("[#%d]", i+1))
			}) == nil {
				t.Errorf("%s: neither sent nor held", trap.name)
			}
		case !strings.Contains(strings.Join(strings.Fields(got[0].Says()), " "), want):
			t.Errorf("%s: the customer reads\n%s\n-- instead of --\n%s", trap.name, got[0].Says(), want)
		default:
			d.Clean(got[0])
		}
	}
}
