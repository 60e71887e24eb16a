package reply_test

import (
	"strings"
	"testing"

	"aside"
	"aside/reply"
)

// prose is what people write and no client: all of it stays.
var prose = []string{
	"On Monday John wrote:\n\nWe cannot deliver.\n\nWhat do you say?",
	"On 3 May 2026 John wrote:\n\nI want my money.\n\nThat was his mail. What now?",
	"Am 3. Mai 2026 schrieb Herr Meier:\n\nIch will mein Geld.\n\nWas tun wir?",
	"Le 3 mai 2026 il a écrit :\n\nJe veux mon argent.\n\nQue faire ?",
	"She wrote:\n\n\"The kettle is broken.\"\n\nIs it?",
	"As I wrote on 3.4.2026 at 10:00:\nthe kettle leaves today.",
	"The meeting on 21.11.2026 at 11:00:\n\n- agenda\n- minutes\n\nSee you there.",
	"Timetable 21.11.2026 11:00:\nBerlin 12:00\nHamburg 14:00\n\nWhich train?",
	"From: the team\nTo: all of you\n\nHappy new year!",
	"From: 9am\nTo: 5pm\nSubject: opening hours\n\nIs that right?",
	"From: Berlin\nTo: Hamburg\nDate: 3 May\n\nPlease book it.",
	"Our offer:\n\n-----\nFrom: Berlin\nTo: Hamburg\n-----\n\nPlease book it.",
	"Von: Berlin\nAn: Hamburg\nDatum: 3. Mai\n\nBitte buchen.",
	"De: Paris\nÀ: Lyon\nObjet: voyage\n\nMerci de réserver.",
	"Name: Jane Doe\nEmail: jane@customer.example\nDate: 2026-11-21 10:00\nOrder: 17\nMessage: It is broken.\n\nSent through the form.",
	"The bounce said:\n\nFrom: postmaster@mx.example\nTo: dana@example.com\nSubject: Undelivered\n\nWhat does it mean?",
	"Search for the line\n\n-----Original Message-----\nis what stands there.\n\nRest matters.",
	"It says \"-----Original Message-----\" above it.\n\nCan I delete that?",
	"Hi,\n\nprices:\n--\nA 5 EUR\nB 6 EUR\n--\nRest matters.",
	"First\n--\nsecond\n--\nthird\n--\nThat is all there is.",
	"Title\n=====\n\nText below it.\n\nAnother\n-------\n\nMore text.",
	"One.\n\n---\n\nTwo.\n\n***\n\nThree.",
	"________________________________\n\nPlease sign above and send it back.",
	"Date: Friday\nPlace: Berlin\nTime: 10:00\n\nWill you come?",
	"Subject: matters of taste\n\nI disagree.",
	"To: be or not to be\nFrom: Hamlet\n\nWho wrote it?",
	"The log says\n\n2026-11-21 11:00:02 ERROR mailer: cannot deliver to jane@customer.example:\n\nuser unknown\n\nWhat now?",
	"[11:00] Jane: hi\n[11:01] Dana: hello\n[11:02] Jane: it leaks\n\nThat was the chat.",
	"Jane Doe, 21.11.2026 11:00:\nhello\nDana Reyes, 21.11.2026 11:02:\nhi there\n\nThat was the chat.",
	"1. On 3.4.2026 at 10:00 Jane wrote: \"no\".\n2. On 4.4.2026 Dana wrote: \"yes\".\n\nWho is right?",
	"Please forward this message to the courier.\n\nForwarded messages get lost otherwise.",
	"Todo va bien.\n\nEnviado con mensajería urgente",
	"The parcel was\n\nsent from Hamburg by courier",
	"Best regards from Berlin\n\nDana",
	"if a > b {\n  return a\n}\n\nis the code.",
	"a -> b\nb -> c\n\nis the way.",
	"I quote the contract:\n\n§ 5 Delivery takes three days.\n\nSo you are late.",
	"Quoting the contract is no help:\n\nit has no such clause.",
	"He replied at 11:00 on 21.11.2026 and wrote nothing of it.\n\nWhy?",
	"I use Outlook for iOS",
	"我在 2026年11月21日 写道：\n\n请退款。\n\n怎么办？",
	"21 ноября 2026 года он писал:\n\nВерните деньги.\n\nЧто делать?",
	"| size | price |\n| 1 l | 20 |\n| 2 l | 30 |\n\nWhich one?",
	"A: 5\nB: 6\nC: 7\nD: 8\n\nAdd them.",
	"Contact: Jane Doe, jane@customer.example\nPhone: +49 30 1234\nBest time: 10:00 on 21.11.2026\n\nPlease call.",
	"Reply-To: is the header you mean.\n\nDate: is another.",
	"Here is what I typed:\n\n$ cat mail.txt\nFrom: a\nTo: b\n$ exit\n\nNothing happened.",
	"Fwd: is what the subject says.\n\nWhy?",
	"Dear team,\n\n- From: means the sender.\n- To: means you.\n\nBye",
	"An: alle\nVon: mir\n\nFrohes Fest!",
	"We wrote to you on 21.11.2026 at 11:00 and nobody answered",
	"----- Opening hours -----\n\nFrom 9 to 5.",
	"Hello -- I write with dashes -- and more.\n-- \nDana"[:41],
}

func TestProseStays(t *testing.T) {
	for _, text := range prose {
		if got := reply.Read(&aside.Mail{Text: text}, reply.Held{CutSignature: true}).Text(); squeeze(got, false) != squeeze(text, false) {
			t.Errorf("of\n%s\n--- was read\n%s", text, got)
		}
		// Above a real quotation, too.
		quote := "\n\nOn Sat, Nov 21, 2026 at 11:00 AM Jane Doe <jane@customer.example> wrote:\n\n> Where is it?\n> Jane\n"
		if got := reply.Read(&aside.Mail{Text: text + quote}, reply.Held{CutSignature: true}).Text(); squeeze(got, false) != squeeze(text, false) {
			t.Errorf("above a quotation, of\n%s\n--- was read\n%s", text, got)
		}
		page := divs(text) + `<div class="gmail_quote"><div class="gmail_attr">On Sat, Nov 21, 2026 at 11:00 AM Jane Doe wrote:</div><blockquote class="gmail_quote">Where is it?</blockquote></div>`
		if got := reply.Read(&aside.Mail{HTML: page}, reply.Held{CutSignature: true}).Text(); squeeze(got, true) != squeeze(text, true) {
			t.Errorf("in HTML, of\n%s\n--- was read\n%s", text, got)
		}
	}
}

// A mail that is nothing but a form of the web is read, not cut.
func TestWebForm(t *testing.T) {
	text := "From: Jane Doe <jane@customer.example>\nSubject: Kettle\n\nMessage Body:\nIt leaks.\n\n-- \nThis e-mail was sent from a contact form on Example (https://example.com)"
	if got := reply.Read(&aside.Mail{Text: text}, reply.Held{CutSignature: true}).Text(); !strings.Contains(got, "It leaks.") {
		t.Errorf("read %q", got)
	}
}
