package reply_test

import (
	"strings"
	"testing"

	"aside"
	"aside/reply"
)

func TestBetweenQuotedLines(t *testing.T) {
	intro := "On Sat, Nov 21, 2026 at 11:00 AM Jane Doe <support+notice@example.com> wrote:\n"
	ask := "> Nine days and nobody has called. Please just send a new one.\n"
	handle := "> The handle is broken as well, see the picture. Thanks!\n"
	framed := "> YOUR REPLY GOES TO: Jane Doe\n> Copied by Jane, will not get it: k.lind@law.example (Add)\n"
	vendor := "> " + vendorSay + "\n"
	for _, c := range []struct{ name, text, want string }{
		{"all heard by those addressed", intro + ask + "\nIt leaves today.\n\n" + handle + "\nYou get a new one.\n\n" + framed,
			ask + "\nIt leaves today.\n\n" + handle + "\nYou get a new one."},
		{"a frame among them", intro + ask + framed + "\nIt leaves today.\n\n" + handle + "\nYou get a new one.\n",
			"It leaves today.\n\n" + handle + "\nYou get a new one."},
		{"a vendor's words among them", intro + ask + "\nIt leaves today.\n\n" + vendor + "\nWe see to that.\n",
			ask + "\nIt leaves today.\n\nWe see to that."},
		{"nobody knows them", intro + ask + "\nIt leaves today.\n\n> Some other words that were never sent by anybody here.\n\nFine.\n",
			ask + "\nIt leaves today.\n\nFine."},
		{"one answer, and only rests of a frame below", intro + ask + handle + "\nIt leaves today.\n\n" + framed + "> <mailto:support%2Bq7k2m4x9w3@example.com?\n> subject=%5B%231042%20team%5D%20Kettle&body=%2Fresolve%0D%0A--\n", "It leaves today."},
		{"one answer below all, rests of a frame between", intro + ask + framed + "> subject=%5B%231042%20team%5D%20Kettle\n" + handle + "\nIt leaves today.\n", "It leaves today."},
		{"one answer below two quotations", intro + ask + "\nOn 20.11.26 11:00, Omar wrote:\n" + handle + "\nIt leaves today.\n", "It leaves today."},
		{"one answer below two, the last a vendor's", intro + ask + "\n" + framed + handle + "\nIt leaves today.\n\n" + vendor, "It leaves today."},
		{"one answer, words that were heard below", intro + ask + "\nIt leaves today.\n\n" + handle, ask + "\nIt leaves today."},
		{"one answer below all is not between", intro + ask + handle + "\nIt leaves today.\n", "It leaves today."},
		{"a stray word in a quoted line", intro + ask + "\nIt leaves today.\n\n> The handle is secretly broken as well, see the picture. Thanks!\n\nYes.\n",
			ask + "\nIt leaves today.\n\nYes."},
	} {
		d := reply.Read(&aside.Mail{Text: c.text}, heldAgainst())
		if got := d.Text(); squeeze(got, false) != squeeze(c.want, false) {
			t.Errorf("%s: read\n%s\n--- wanted\n%s", c.name, got, c.want)
		}
	}
}

// In HTML the kept quotation stays a quotation, and what was not heard by
// those addressed is gone from it.
func TestBetweenQuotedBlocks(t *testing.T) {
	m := &aside.Mail{HTML: `<div class="moz-cite-prefix">On 21.11.26 11:00, Jane Doe wrote:<br></div>` +
		`<blockquote type="cite"><p>Nine days and nobody has called. Please just send a new one.</p></blockquote><p>It leaves <b>today</b>.</p>` +
		`<blockquote type="cite"><p>` + vendorSay + `</p></blockquote><p>We see to that.</p>`}
	d := reply.Read(m, heldAgainst())
	want := "<blockquote><p>Nine days and nobody has called. Please just send a new one.</p></blockquote><p>It leaves <b>today</b>.</p><p>We see to that.</p>"
	if got := d.HTML(); got != want {
		t.Errorf("HTML is %s\nwanted  %s", got, want)
	}
	if lines := d.Lines(); lines[0] != "> Nine days and nobody has called. Please just send a new one." {
		t.Errorf("the first line is %q", lines[0])
	}
	if !strings.Contains(d.Elided(), "courier lost the parcel") {
		t.Errorf("elided is %q", d.Elided())
	}
}

// A kept quotation does not keep the colours of the notice that it is of; the
// answer keeps its own.
func TestQuotedColours(t *testing.T) {
	m := &aside.Mail{HTML: `<div class="moz-cite-prefix">On 21.11.26 11:00, Jane Doe wrote:<br></div>` +
		`<blockquote type="cite"><div style="color: #b3261e"><font color="green">Nine days and nobody has called. Please just send a new one.</font></div></blockquote><p style="color: #cc0000">Today.</p>` +
		`<blockquote type="cite"><p style="color: #b3261e">The handle is broken as well, see the picture. Thanks!</p></blockquote><p>Yes.</p>`}
	got := reply.Read(m, heldAgainst()).HTML()
	if strings.Contains(got, "b3261e") || strings.Contains(got, "green") || !strings.Contains(got, "cc0000") || !strings.Contains(got, "Nine days") {
		t.Errorf("HTML is %s", got)
	}
}

// TestNewWordsStay holds the other half of the promise: no newly written word
// is eaten, even if aside heard the same words before.
func TestNewWordsStay(t *testing.T) {
	quote := "\n\nOn 21.11.26 11:00, Jane Doe wrote:\n" + prefixed(notice)
	for _, c := range []struct{ name, text, want string }{
		{"a word of thanks said again", "Thanks!" + quote, "Thanks!"},
		{"a sentence said again", "Nine days and nobody has called. Please just send a new one.\n\nThat is what you wrote, and we do." + quote,
			"Nine days and nobody has called. Please just send a new one.\n\nThat is what you wrote, and we do."},
		{"a sentence said again at the end", "You wrote it all:\nThe handle is broken as well, see the picture. Thanks!" + quote,
			"You wrote it all:\nThe handle is broken as well, see the picture. Thanks!"},
		{"everything said again and nothing else", words, words},
		{"five words of a frame", "The kettle will not get it k lind said, and so it is." + quote,
			"The kettle will not get it k lind said, and so it is."},
		{"a journey is no header block", "From: Berlin\nTo: Hamburg\nDate: 3 May\n\nPlease book it.", "From: Berlin\nTo: Hamburg\nDate: 3 May\n\nPlease book it."},
		{"a colon is no introduction", "As I wrote on 3.4.2026 at 10:00:\nthe kettle leaves today.", "As I wrote on 3.4.2026 at 10:00:\nthe kettle leaves today."},
		{"dashes as a divider", "First.\n--\n" + strings.Repeat("A line that says something.\n", 20), "First.\n--\n" + strings.Repeat("A line that says something.\n", 20)},
		{"a table with bars", "You asked:\n| size | price |\n| 1 l | 20 |\n", "You asked:\n| size | price |\n| 1 l | 20 |"},
		{"a device that is none", "Sent from my desk, is much easier than my phone.", "Sent from my desk, is much easier than my phone."},
		{"sent by other means", "Todo va bien.\n\nEnviado con mensajería urgente", "Todo va bien.\n\nEnviado con mensajería urgente"},
		{"an ascii rule", "One.\n\n-----\n\nTwo.", "One.\n\n-----\n\nTwo."},
	} {
		if got := reply.Read(&aside.Mail{Text: c.text}, heldAgainst()).Text(); squeeze(got, false) != squeeze(c.want, false) {
			t.Errorf("%s: read\n%s\n--- wanted\n%s", c.name, got, c.want)
		}
	}
}

// Text of a frame that a client ran together with an answer goes, the answer
// stays.
func TestFrameRunTogether(t *testing.T) {
	oneLine := strings.Join(strings.Fields(frame), " ")
	for _, c := range []struct{ name, text, want string }{
		{"answer behind", oneLine + " It leaves today, dear Jane.", "It leaves today, dear Jane."},
		{"answer before", "It leaves today, dear Jane. " + oneLine, "It leaves today, dear Jane."},
		{"frame alone", "It leaves today.\n" + frame, "It leaves today."},
		{"frame without marker", "It leaves today.\n" + strings.ReplaceAll(frame, marker, ""), "It leaves today."},
		{"odd characters", "It leaves today.\n" + strings.NewReplacer(" ", "\u00a0", "'", "’", "O", "\u200bO").Replace(frame), "It leaves today."},
		{"bullets and stars", "It leaves today.\n* " + strings.ReplaceAll(frame, "\n", "\n* "), "It leaves today."},
	} {
		got := reply.Read(&aside.Mail{Text: c.text}, heldAgainst()).Text()
		if squeeze(got, false) != c.want {
			t.Errorf("%s: read %q, wanted %q", c.name, got, c.want)
		}
	}
}

// Answers typed into an unmarked quotation, as in Outlook, are new.
func TestAnswersInUnmarkedQuotation(t *testing.T) {
	text := "See below.\n\nFrom: Jane Doe <support+notice@example.com>\nSent: Saturday, November 21, 2026 11:00 AM\nTo: Dana\nSubject: Kettle\n\n" +
		"CAUTION: this mail came from outside.\n\nNine days and nobody has called. Please just send a new one.\nIt left this morning.\n\n" +
		"The handle is broken as well, see the picture. Thanks!\n\n" + frame + "\n"
	if got := reply.Read(&aside.Mail{Text: text}, heldAgainst()).Text(); got != "See below.\n\nIt left this morning." {
		t.Errorf("read %q", got)
	}
}

func TestRemove(t *testing.T) {
	for _, c := range []struct {
		name, text, html string
		remove           []int
		wantText         string
		wantHTML         string
	}{
		{"a command in both parts", "/note\nShe is *right*.\n\nDana", "<div>/note</div><div>She is <b>right</b>.</div><div><br></div><div>Dana</div>", []int{0},
			"She is *right*.\n\nDana", "<div>She is <b>right</b>.</div><div><br/></div><div>Dana</div>"},
		{"a command that the text part wrapped", "/side courier@vendor.example\ndue 2d\nWhere is it?", "<p>/side courier@vendor.example due 2d<br>Where is it?</p>", []int{0, 1},
			"Where is it?", "<p>Where is it?</p>"},
		{"half a line of the page", "/note\nShe is right.", "<p>/note She is right.</p>", []int{0}, "She is right.", ""},
		{"html alone", "", "<p>Fine.</p><p>/resolve</p>", []int{2}, "Fine.", "<p>Fine.</p>"},
		{"parts that differ", "Fine, thanks.", "<p>Fine, but the <b>vendor</b> said no.</p>", nil, "Fine, thanks.", ""},
		{"a text part that was cut short", "Fine,", "<p>Fine, <b>but</b> not today.</p>", nil, "Fine, but not today.", "<p>Fine, <b>but</b> not today.</p>"},
		{"links and pictures", "See here <https://example.com/a> [cid:p1@x] now.", `<p>See <a href="https://example.com/a">here</a> <img src="cid:p1@x" alt="a kettle"> now.</p>`, nil,
			"See here <https://example.com/a> [cid:p1@x] now.", `<p>See <a href="https://example.com/a" rel="noreferrer">here</a> <img src="cid:p1@x" alt="a kettle"/> now.</p>`},
		{"blank lines around a command", "/take\n\nFine.\n\n/resolve", "/take<br><br>Fine.<br><br>/resolve<br>", []int{0, 4}, "Fine.", "Fine.<br/>"},
		{"everything", "/resolve", "<div>/resolve</div>", []int{0}, "", ""},
	} {
		d := reply.Read(&aside.Mail{Text: c.text, HTML: c.html}, heldAgainst())
		d.Remove(c.remove...)
		if got := d.Text(); got != c.wantText {
			t.Errorf("%s: text %q, wanted %q (lines %q)", c.name, got, c.wantText, d.Lines())
		}
		if got := d.HTML(); got != c.wantHTML {
			t.Errorf("%s: HTML %s\n  wanted %s", c.name, got, c.wantHTML)
		}
	}
}

func TestSignatures(t *testing.T) {
	held := heldAgainst()
	held.Signatures = []string{"Example Inc, Berlin\nBest wishes, Dana"}
	for _, c := range []struct{ text, want, signature string }{
		{"It leaves today.\n\n-- \nDana\nExample", "It leaves today.", "--\nDana\nExample"},
		{"It leaves today.\n--\nDana", "It leaves today.", "--\nDana"},
		{"It leaves today.\n\nBest wishes,  dana\nEXAMPLE INC – Berlin", "It leaves today.", "Best wishes,  dana\nEXAMPLE INC – Berlin"},
		{"Sent from my iPhone", "", "Sent from my iPhone"},
		{"Ja.\n\nVon meinem iPhone gesendet", "Ja.", "Von meinem iPhone gesendet"},
		{"Oui.\n\nEnvoyé de mon iPhone\n\nLe 21 nov. 2026 à 11:00, Jane Doe <jane@example.com> a écrit :\n> Bonjour", "Oui.", "Envoyé de mon iPhone"},
		{"Sí.\n\nEnviado desde mi iPhone", "Sí.", "Enviado desde mi iPhone"},
		{"Sì.\n\nInviato da iPhone", "Sì.", "Inviato da iPhone"},
		{"Ja.\n\nVerstuurd vanaf mijn iPhone", "Ja.", "Verstuurd vanaf mijn iPhone"},
		{"Да.\n\nОтправлено с iPhone", "Да.", "Отправлено с iPhone"},
		{"Tak.\n\nWysłane z iPhone'a", "Tak.", "Wysłane z iPhone'a"},
		{"はい。\n\niPhoneから送信", "はい。", "iPhoneから送信"},
		{"好的。\n\n发自我的 iPhone", "好的。", "发自我的 iPhone"},
		{"Fine.\n\nGet Outlook for iOS", "Fine.", "Get Outlook for iOS"},
		{"Fine.\n\nSent from Outlook for Android<https://aka.ms/x>", "Fine.", "Sent from Outlook for Android<https://aka.ms/x>"},
		{"Fine.\n\nSent with Proton Mail secure email.", "Fine.", "Sent with Proton Mail secure email."},
	} {
		d := reply.Read(&aside.Mail{Text: c.text}, held)
		if d.Text() != c.want || d.Signature() != c.signature {
			t.Errorf("%q: read %q, signature %q", c.text, d.Text(), d.Signature())
		}
		// A contact's signature is told and stays.
		kept := held
		kept.CutSignature = false
		d = reply.Read(&aside.Mail{Text: c.text}, kept)
		if d.Signature() != c.signature || !strings.HasSuffix(d.Text(), c.signature) {
			t.Errorf("%q: kept %q, signature %q", c.text, d.Text(), d.Signature())
		}
	}
}

func TestBelowQuote(t *testing.T) {
	d := reply.Read(&aside.Mail{Text: "/take\nFine.\n\nOn 21.11.26 11:00, Jane Doe wrote:\n" + prefixed(notice) + "\n\n/resolve"}, heldAgainst())
	var below []string
	for i, l := range d.Lines() {
		if d.BelowQuote(i) && l != "" {
			below = append(below, l)
		}
	}
	if len(below) != 1 || below[0] != "/resolve" {
		t.Errorf("below a quotation: %q of %q", below, d.Lines())
	}
	if d.BelowQuote(-1) || d.BelowQuote(99) {
		t.Error("lines that are not there stand below nothing")
	}
}

// A client that wraps after it has prefixed leaves the ends of quoted lines
// bare; an answer right below a quoted line looks the same.
// A line is whole where the mail says that its writer ended it.
func TestWhole(t *testing.T) {
	for name, c := range map[string]struct {
		mail aside.Mail
		want string // of each line: w or -
	}{
		"text":      {aside.Mail{Text: "One.\nTwo.\n"}, "--"},
		"flowed":    {aside.Mail{Text: "One.\nTwo.\n", Flowed: true}, "ww"},
		"blocks":    {aside.Mail{HTML: "<div>One.<div>Two.</div>Three.<br>Four.</div>"}, "ww-w"},
		"preformed": {aside.Mail{HTML: "<pre>One.\nTwo.</pre>"}, "-w"},
		"both":      {aside.Mail{Text: "One.\nTwo. Two.\nThree.\n", HTML: "<div>One.</div><div>Two.<br>Two.</div><div>Three.</div>"}, "w-w"},
	} {
		doc, got := reply.Read(&c.mail, reply.Held{}), ""
		for i := range doc.Lines() {
			got += map[bool]string{true: "w", false: "-"}[doc.Whole(i)]
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s: %q", name, got, c.want, doc.Lines())
		}
	}
}

func TestStrayEnds(t *testing.T) {
	text := "On 21.11.26 11:00, Jane Doe wrote:\n> Nine days and nobody has called. Please just\nsend a new one.\n> YOUR REPLY GOES TO: Jane Doe Copied by Jane, will\nnot get it: k.lind@law.example (Add)\n" +
		"> " + vendorSay[:60] + "\n" + vendorSay[60:] + "\nYes, we send one.\n\n> Nine days and nobody has called. Please just send a new one.\n\nThe handle is broken as well, see the picture. Thanks!\n"
	if got := reply.Read(&aside.Mail{Text: text}, heldAgainst()).Text(); got != "Yes, we send one." {
		t.Errorf("read %q", got)
	}
}

// A contact who writes below a quotation without any mark is heard.
func TestContactBelowBareQuotation(t *testing.T) {
	m := &aside.Mail{Text: "-----Original Message-----\nFrom: Example Support <support@example.com>\nSubject: Kettle\n\nHow is the kettle?\n\nBroken."}
	if got := reply.Read(m, reply.Held{}).Text(); got != "How is the kettle?\n\nBroken." {
		t.Errorf("a contact: read %q", got)
	}
	if got := reply.Read(m, reply.Held{CutSignature: true, Marker: func(string) bool { return false }}).Text(); got != "" {
		t.Errorf("an agent: read %q", got)
	}
}

// Which part is read when the two do not cut the same.
func TestParts(t *testing.T) {
	for _, c := range []struct{ name, text, html, want, wantHTML string }{
		{"a stub", "Your mail client does not support HTML.", "<p>The kettle leaves today, and with it the handle and two cups.</p>", "The kettle leaves today, and with it the handle and two cups.",
			"<p>The kettle leaves today, and with it the handle and two cups.</p>"},
		{"no text", " \n", "<p>Fine.</p>", "Fine.", "<p>Fine.</p>"},
		{"the markup alone shows the quotation", "Fine.\n\nJane, yesterday:\nWhere is it?", `<p>Fine.</p><div class="yahoo_quoted">Jane, yesterday:<div>Where is it?</div></div>`, "Fine.", "<p>Fine.</p>"},
		{"the markup alone shows the signature", "Fine.\n\nDana Reyes\nBerlin", `<p>Fine.</p><div class="gmail_signature">Dana Reyes<br>Berlin</div>`, "Fine.", "<p>Fine.</p>"},
		{"typed inside the quotation of the markup", "Fine.\n\n> Where is it?\n\nIn Hamburg.", `<p>Fine.</p><blockquote type="cite"><p>Where is it?</p><p>In Hamburg.</p></blockquote>`, "Fine.\n\nIn Hamburg.", ""},
		{"all typed inside the signature", "", `<div id="Signature"><p>Fine.</p></div>`, "Fine.", "<div><p>Fine.</p></div>"},
		{"a picture alone", "", `<p><img src="cid:a@x"></p>`, "", `<p><img src="cid:a@x"/></p>`},
	} {
		d := reply.Read(&aside.Mail{Text: c.text, HTML: c.html, InReplyTo: []string{"q1@example.com"}}, reply.Held{CutSignature: true})
		if d.Text() != c.want || d.HTML() != c.wantHTML {
			t.Errorf("%s: %q and %q", c.name, d.Text(), d.HTML())
		}
	}
}

func TestContentIDs(t *testing.T) {
	m := &aside.Mail{InReplyTo: []string{"q1@example.com"}, HTML: `<p>See <img src="cid:new@x"> and <img src="CID:two@x" alt="b"></p><blockquote type="cite">old <img src="cid:old@x"></blockquote>`}
	if got := strings.Join(reply.Read(m, reply.Held{}).ContentIDs(), " "); got != "new@x two@x" {
		t.Errorf("ids %q", got)
	}
}

// What an agent writes below each of their mails was heard before, and is new
// every time; the same from somebody else is a quotation without marks.
func TestOwnClosing(t *testing.T) {
	closing := "If anything else is amiss with the kettle, its handle or its lid, just answer this mail and we get back to you within one working day.\nKind regards,\nDana Reyes of Example Support"
	for origin, want := range map[reply.Origin]string{reply.Own: "It leaves today.\n\n" + closing, reply.Addressed: "It leaves today."} {
		key := []byte("k")
		known := map[uint64]reply.Origin{}
		for _, h := range reply.Hashes(key, closing) {
			known[h] = origin
		}
		d := reply.Read(&aside.Mail{Text: "It leaves today.\n\n" + closing}, reply.Held{Key: key, Known: func(h uint64) reply.Origin { return known[h] }})
		if d.Text() != want {
			t.Errorf("origin %d: read %q", origin, d.Text())
		}
	}
}

// Where nothing is known, quoted lines between answers stay in what is only
// read, and go from an agent's mail.
func TestBetweenUnknown(t *testing.T) {
	m := &aside.Mail{Text: "> Shall we send it?\n\nYes.\n\n> To Hamburg?\n\nNo."}
	if got := reply.Read(m, reply.Held{}).Text(); got != m.Text {
		t.Errorf("a contact's: %q", got)
	}
	agents := reply.Held{CutSignature: true, Marker: func(string) bool { return false }}
	if got := reply.Read(m, agents).Text(); got != "Yes.\n\nNo." {
		t.Errorf("an agent's: %q", got)
	}
}

func TestTruncated(t *testing.T) {
	d := reply.Read(&aside.Mail{Text: strings.Repeat("Grüße ", 400000)}, reply.Held{})
	if !d.Truncated() || len(d.Text()) < 2_000_000 || len(d.Text()) > 2<<20 {
		t.Errorf("truncated %v, %d octets", d.Truncated(), len(d.Text()))
	}
	if d := reply.Read(&aside.Mail{Text: "Hello"}, reply.Held{}); d.Truncated() {
		t.Error("a short mail is whole")
	}
}

func TestAnswersInHTML(t *testing.T) {
	first, second := "Nine days and nobody has called. Please just send a new one.", "The handle is broken as well, see the picture. Thanks!"
	for _, c := range []struct{ name, html, text, want string }{
		{"Outlook, in red", `<div class=WordSection1><p class=MsoNormal>See below.</p><div><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'><p class=MsoNormal><b>From:</b> Jane Doe &lt;support+notice@example.com&gt;<br><b>Sent:</b> Saturday<br><b>Subject:</b> Kettle</p></div></div>` +
			`<p>` + first + `</p><p class=MsoNormal><span style='color:red'>It left this morning.</span></p><p>` + second + `</p>` + noticeHTML[strings.Index(noticeHTML, "<table"):] + `</div>`,
			"See below.\n\nIt left this morning.", `<div><p>See below.</p><p><span style="color: red">It left this morning.</span></p></div>`},
		{"Gmail", `<div dir="ltr"><div class="gmail_quote"><div class="gmail_attr">On Sat, Nov 21, 2026 at 11:00 AM Jane Doe &lt;<a href="mailto:support+notice@example.com">support+notice@example.com</a>&gt; wrote:<br></div><blockquote class="gmail_quote">` + first +
			`</blockquote><div>It left this morning.</div><blockquote class="gmail_quote">` + second + `</blockquote><div>You get a new one.</div><blockquote class="gmail_quote">` + noticeHTML[strings.Index(noticeHTML, "<table"):] + `</blockquote></div></div>`,
			"> " + first + "\n\nIt left this morning.\n\n> " + second + "\n\nYou get a new one.",
			`<div dir="ltr"><div><blockquote>` + first + `</blockquote><div>It left this morning.</div><blockquote>` + second + `</blockquote><div>You get a new one.</div></div></div>`},
	} {
		d := reply.Read(&aside.Mail{HTML: c.html}, heldAgainst())
		if d.Text() != c.text || d.HTML() != c.want {
			t.Errorf("%s:\n%s\n%s", c.name, d.Text(), d.HTML())
		}
	}
}

// What begins with a program keeps the blanks of its first line.
func TestIndentedFirstLine(t *testing.T) {
	quote := "\n\nOn 21.11.26 11:00, Jane Doe <support+notice@example.com> wrote:\n" + prefixed(words)
	for typed, want := range map[string]string{
		"    if x {\n        y()\n    }": "    if x {\n        y()\n    }",
		"\n \n\tls\n\tcat":               "\tls\n\tcat",
		"  Dear Jane,\nit is here.":      "Dear Jane,\nit is here.",
		"  Yes.":                         "Yes.",
	} {
		if got := reply.Read(&aside.Mail{Text: typed + quote}, heldAgainst()).Text(); got != want {
			t.Errorf("read %q, not %q", got, want)
		}
	}
}
