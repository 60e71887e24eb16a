package reply_test

import (
	"fmt"
	"html"
	"strings"
	"testing"

	"aside"
	"aside/reply"
)

// The notice that every client below quotes: Jane's words, then the frame.
const (
	words = "Nine days and nobody has called. Please just send a new one.\n\nThe handle is broken as well, see the picture. Thanks!"
	frame = "YOUR REPLY GOES TO: Jane Doe\n" +
		"Copied by Jane, will not get it: k.lind@law.example (Add)\n" +
		"Open, Omar's. Answer due 11:40. Her third mail today.\n" +
		"Inside: 1 side, overdue; 2 notes. Also open: #1038 Refund\n" +
		"Resolve | Snooze | Take | Note | Ask someone | Spam     aside-k3f9q2m7xd"
	marker    = "aside-k3f9q2m7xd"
	vendorSay = "The courier lost the parcel in Hamburg and will not pay for it, please do not tell the customer yet."
)

// noticeHTML is the same notice as a mail client shows it.
const noticeHTML = `<div class="as-words" dir="auto"><p style="margin:0 0 14px">Nine days and nobody has called. Please just send a new one.</p>` +
	`<p style="margin:0 0 14px">The handle is broken as well, see the picture. Thanks!</p></div>` +
	`<table role="presentation" width="100%" class="as-card"><tr><td bgcolor="#b3261e" style="color:#ffffff">YOUR REPLY GOES TO: Jane Doe</td></tr>` +
	`<tr><td class="as-inside"><div class="as-row">Copied by Jane, will not get it: k.lind@law.example (<a href="mailto:support+q7k2m4x9w3@example.com?body=/add">Add</a>)</div>` +
	`<div class="as-row">Open, Omar&#39;s. Answer due 11:40. Her third mail today.</div><div class="as-row">Inside: 1 side, overdue; 2 notes. Also open: #1038 Refund</div>` +
	`<div class="as-links"><a href="mailto:support+q7k2m4x9w3@example.com?body=/resolve">Resolve</a> <span>|</span> <a href="mailto:support+q7k2m4x9w3@example.com?body=/snooze">Snooze</a> <span>|</span> ` +
	`<a href="mailto:support+q7k2m4x9w3@example.com?body=/take">Take</a> <span>|</span> <a href="mailto:support+q7k2m4x9w3@example.com">Note</a> <span>|</span> ` +
	`<a href="mailto:support+q7k2m4x9w3@example.com?body=/side">Ask someone</a> <span>|</span> <a href="mailto:support+q7k2m4x9w3@example.com?body=/spam">Spam</a></div>` +
	`<div class="as-marker">#1042 &nbsp; aside-k3f9q2m7xd</div></td></tr></table>`

// heldAgainst knows the notice, its words as heard where the reply goes, and
// what a vendor said elsewhere.
func heldAgainst() reply.Held {
	key := []byte("a key of this test")
	known := map[uint64]reply.Origin{}
	for _, h := range reply.Hashes(key, vendorSay+"\n"+vendorMore) {
		known[h] = reply.Elsewhere
	}
	for _, h := range reply.Hashes(key, words) {
		known[h] = reply.Addressed
	}
	for _, h := range reply.Hashes(key, frame) {
		known[h] = reply.Frame
	}
	return reply.Held{
		Key: key, Known: func(h uint64) reply.Origin { return known[h] },
		Marker:       func(w string) bool { return w == marker },
		Ours:         func(a string) bool { return strings.HasPrefix(a, "support") && strings.HasSuffix(a, "@example.com") },
		CutSignature: true,
	}
}

func prefixed(text string) string {
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight("> "+l, " ")
	}
	return strings.Join(lines, "\n")
}

func paragraphs(text, open, close, blank string) string {
	var b strings.Builder
	for _, l := range strings.Split(text, "\n") {
		if l == "" {
			b.WriteString(blank)
		} else {
			b.WriteString(open + html.EscapeString(l) + close)
		}
	}
	return b.String()
}

const notice = words + "\n\n" + frame

// client makes a reply as one mail client would: above is what is typed above
// the quotation, below what is typed below it.
type client struct {
	name       string
	text, html func(above, below string) string
}

var clients = []client{
	{"neomutt", func(a, b string) string {
		return a + "\n\nOn Sat, Nov 21, 2026 at 10:00:07AM +0000, Jane Doe (customer) wrote:\n" + prefixed(notice) + "\n\n" + b + "\n-- \nDana\n+49 30 1234\n"
	}, nil},
	{"thunderbird", func(a, b string) string {
		return a + "\n\nOn 21.11.26 11:00, Jane Doe (customer) wrote:\n" + prefixed(wrapped(notice, 70)) + "\n" + b
	}, func(a, b string) string {
		return `<html><head><meta http-equiv="Content-Type" content="text/html; charset=UTF-8"></head><body>` + paragraphs(a, "<p>", "</p>", "<p><br></p>") +
			`<div class="moz-cite-prefix">On 21.11.26 11:00, Jane Doe (customer) wrote:<br></div><blockquote type="cite" cite="mid:n1@example.com">` +
			noticeHTML + `</blockquote>` + paragraphs(b, "<p>", "</p>", "<p><br></p>") + `</body></html>`
	}},
	{"thunderbird german", func(a, b string) string {
		return a + "\n\nAm 21.11.26 um 11:00 schrieb Jane Doe (customer):\n" + prefixed(wrapped(notice, 70)) + "\n" + b
	}, nil},
	{"gmail", func(a, b string) string {
		return a + "\n\nOn Sat, Nov 21, 2026 at 11:00 AM Jane Doe (customer) <\nsupport+notice@example.com> wrote:\n\n" +
			prefixed(strings.NewReplacer("Resolve", "Resolve <support+q7k2m4x9w3@example.com?body=/resolve>", "(Add)", "(Add\n<support+q7k2m4x9w3@example.com?body=/add>)").Replace(wrapped(notice, 72))) + "\n\n" + b
	}, func(a, b string) string {
		return `<div dir="ltr">` + paragraphs(a, "<div>", "</div>", "<div><br></div>") + `</div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">On Sat, Nov 21, 2026 at 11:00 AM Jane Doe (customer) &lt;<a href="mailto:support%2Bnotice@example.com">support+notice@example.com</a>&gt; wrote:<br></div>` +
			`<blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex">` + noticeHTML + `</blockquote></div>` +
			paragraphs(b, "<div>", "</div>", "<div><br></div>")
	}},
	{"apple mail", func(a, b string) string {
		return a + "\n\n> On 21. Nov 2026, at 11:00, Jane Doe (customer) <support+notice@example.com> wrote:\n> \n" + prefixed(notice) + "\n\n" + b
	}, func(a, b string) string {
		return `<html><body style="overflow-wrap: break-word; -webkit-nbsp-mode: space;">` + paragraphs(a, "<div>", "</div>", "<div><br></div>") +
			`<div><br><blockquote type="cite"><div>On 21. Nov 2026, at 11:00, Jane Doe (customer) &lt;support+notice@example.com&gt; wrote:</div><br class="Apple-interchange-newline"><div>` +
			noticeHTML + `</div></blockquote></div>` + paragraphs(b, "<div>", "</div>", "<div><br></div>") + `</body></html>`
	}},
	{"outlook desktop", func(a, b string) string {
		return a + "\n\nVon: Jane Doe (customer) <support+notice@example.com> \nGesendet: Samstag, 21. November 2026 11:00\nAn: Dana Reyes <dana@example.com>\nBetreff: [#1042] Kettle arrived broken\n\n" +
			strings.ReplaceAll(notice, "Resolve", "Resolve<mailto:support+q7k2m4x9w3@example.com?body=/resolve>") + "\n\n" + b
	}, func(a, b string) string {
		return `<html xmlns:o="urn:schemas-microsoft-com:office:office"><body lang=DE><div class=WordSection1>` + paragraphs(a, "<p class=MsoNormal>", "<o:p></o:p></p>", "<p class=MsoNormal><o:p>&nbsp;</o:p></p>") +
			`<div><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'><p class=MsoNormal><b><span>Von:</span></b><span> Jane Doe (customer) &lt;support+notice@example.com&gt; <br><b>Gesendet:</b> Samstag, 21. November 2026 11:00<br><b>An:</b> Dana Reyes &lt;dana@example.com&gt;<br><b>Betreff:</b> [#1042] Kettle arrived broken<o:p></o:p></span></p></div></div>` +
			noticeHTML + paragraphs(b, "<p class=MsoNormal>", "<o:p></o:p></p>", "<p class=MsoNormal><o:p>&nbsp;</o:p></p>") + `</div></body></html>`
	}},
	{"outlook web", func(a, b string) string {
		return a + "\n________________________________\nFrom: Jane Doe (customer) <support+notice@example.com>\nSent: Saturday, November 21, 2026 11:00 AM\nTo: Dana Reyes <dana@example.com>\nSubject: [#1042] Kettle arrived broken\n\n" + notice + "\n" + b
	}, func(a, b string) string {
		return `<html><body dir="ltr">` + paragraphs(a, `<div class="elementToProof">`, "</div>", `<div class="elementToProof"><br></div>`) +
			`<div id="appendonsend"></div><hr style="display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr"><font face="Calibri" color="#000000"><b>From:</b> Jane Doe (customer) &lt;support+notice@example.com&gt;<br><b>Sent:</b> Saturday, November 21, 2026 11:00 AM<br><b>To:</b> Dana Reyes &lt;dana@example.com&gt;<br><b>Subject:</b> [#1042] Kettle arrived broken</font><div>&nbsp;</div></div><div>` +
			noticeHTML + `</div>` + paragraphs(b, `<div>`, "</div>", `<div><br></div>`) + `</body></html>`
	}},
	{"a phone without any mark", func(a, b string) string {
		return a + "\n\n" + wrapped(notice, 50) + "\n\n" + b
	}, func(a, b string) string {
		return paragraphs(a, "<div>", "</div>", "<br>") + "<br>" + noticeHTML + "<br>" + paragraphs(b, "<div>", "</div>", "<br>")
	}},
	{"a web mailer that merges lines", func(a, b string) string {
		return a + "\n\nJane Doe (customer) schrieb am 21.11.2026 11:00 (GMT +01:00):\n\n" + strings.Join(strings.Fields(notice), " ") + "\n\n" + b
	}, nil},
}

// wrapped breaks lines at a width, as clients do before they quote.
func wrapped(text string, width int) string {
	var out []string
	for _, l := range strings.Split(text, "\n") {
		line := ""
		for _, w := range strings.Fields(l) {
			if line != "" && len(line)+len(w) >= width {
				out = append(out, line)
				line = ""
			}
			line = strings.TrimSpace(line + " " + w)
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}

const (
	answer = "Hello Jane,\n\nA new kettle leaves today, and I am sorry for the wait.\nThanks!"
	second = "And keep the old handle, please."
)

// TestClients answers the notice from every client, above and below, as text
// and as HTML, and expects exactly the words that were typed.
func TestClients(t *testing.T) {
	for _, c := range clients {
		for _, place := range []struct{ name, above, below string }{
			{"top", answer, ""}, {"bottom", "", answer}, {"both", answer, second},
		} {
			for _, part := range []string{"text", "html", "both parts"} {
				if c.html == nil && part != "text" {
					continue
				}
				t.Run(fmt.Sprint(c.name, "/", place.name, "/", part), func(t *testing.T) {
					m := &aside.Mail{Subject: "Re: [#1042] Kettle arrived broken"}
					if part != "html" {
						m.Text = c.text(place.above, place.below)
					}
					if part != "text" {
						m.HTML = c.html(place.above, place.below)
					}
					want := strings.TrimSpace(place.above + "\n\n" + place.below)
					checkReply(t, reply.Read(m, heldAgainst()), want, part != "text")
				})
			}
		}
	}
}

func checkReply(t *testing.T, d *reply.Document, want string, hasHTML bool) {
	t.Helper()
	if got := d.Text(); squeeze(got, false) != squeeze(want, false) {
		t.Errorf("read\n%s\n--- wanted\n%s", got, want)
	}
	if !d.Marked() {
		t.Error("the marker was not seen")
	}
	out := d.HTML()
	if hasHTML && squeeze(reply.HTMLToText(out), false) != squeeze(want, false) {
		t.Errorf("HTML shows\n%s\n--- wanted\n%s", out, want)
	}
	for _, canary := range []string{"YOUR REPLY", "k.lind", "Omar", "overdue", "q7k2m4x9w3", "aside-k3f", "as-row"} {
		if strings.Contains(d.Text(), canary) || strings.Contains(out, canary) || strings.Contains(d.Elided(), canary) && canary == "aside-k3f" {
			t.Errorf("%q of the frame is left", canary)
		}
	}
}
