package read

import (
	"slices"
	"strings"
	"testing"

	"aside"
)

// Mail that nobody wrote and that does not say so in its header; and what
// people write that looks like it.
func TestUnmarkedMachines(t *testing.T) {
	ours := "In-Reply-To: <out-7@example.com>\n"
	for _, tt := range []struct {
		name, subject, more, text string
		want                      aside.MailKind
		looks                     bool
	}{
		{"Outlook, gateway took the header", "Automatic reply: [#117] Kettle", ours, "I am on leave.", aside.KindAuto, false},
		{"German", "Abwesenheitsnotiz: Kessel", ours, "Ich bin wieder da, wenn ich da bin.", aside.KindAuto, false},
		{"Japanese", "自動返信: やかん", ours, "不在です。", aside.KindAuto, false},
		{"what is answered behind it", "Out of Office: Kettle", ours + "X-Auto-Response-Suppress: All\n", "I am out of the office.", aside.KindAuto, false},
		{"what is answered behind it, without a header", "Out of Office Re: Kettle", ours, "I am out of the office.", aside.KindAuto, false},
		{"a person's answer with such a subject", "Out of Office: Kettle", ours + "X-Auto-Response-Suppress: All\n", "I am out of the office. Who takes the parcel?", aside.KindMail, true},
		{"Lotus Notes", "Jane Doe is out of the office.", ours, "I will be out of the office starting 01.11.2026 and will not return until 07.11.2026.\n\nI will respond to your message when I return.", aside.KindAuto, false},
		{"Lotus Notes, German", "Jane Doe/Firma ist außer Haus.", "", "Ich werde ab 01.11.2026 nicht im Büro sein. Ich kehre zurück am 07.11.2026.", aside.KindAuto, false},
		{"of a colleague", "Jane Doe is out of the office.", "", "Call me instead, until 7 November.", aside.KindMail, false},
		{"GroupWise's receipt", "Message status - opened", ours, "Your message has been opened.\n\nTo: Jane\nDate and time: 02.11.2026 10:00\n", aside.KindReceipt, false},
		{"Lotus Notes' receipt", "Return Receipt", ours, "Your document:\n\nKettle\n\nwas received by:\n\nJane Doe/Firma\n\nat:\n\n02.11.2026 10:00:00\n", aside.KindReceipt, false},
		{"no thread, plain words", "Out of Office", "", "I am out of the office until Monday.", aside.KindAuto, false},
		{"French", "Absence du bureau", "", "Je suis en congés jusqu'au 4 janvier.", aside.KindAuto, false},
		{"Spanish", "Fuera de la oficina: Tetera", "", "Estaré ausente hasta el lunes.", aside.KindAuto, false},
		{"Russian", "Автоматический ответ: Чайник", ours, "Я в отпуске.", aside.KindAuto, false},
		{"Re: before it", "Re: Vacation reply", "", "This is an automated response. I am on vacation.", aside.KindAuto, false},
		{"Outlook's receipt in text", "Read: Kettle", ours, "Your message\n\n  To: Jane\n  Subject: Kettle\n\nwas read on Monday.\n", aside.KindReceipt, false},
		{"German receipt", "Gelesen: Kessel", ours, "Ihre Nachricht wurde am 2. November gelesen.\n", aside.KindReceipt, false},
		{"deleted unread", "Not read: Kettle", ours, "Your message was deleted without being read on Monday.\n", aside.KindReceipt, false},
		{"recall", "Recall: Kettle", "", "Jane Doe would like to recall the message, \"Kettle\".\n", aside.KindAuto, false},
		{"challenge", "Please confirm your message", "", "Your message is being held. To have it delivered, click https://c.example/x.\n", aside.KindAuto, false},
		{"challenge by its header", "Hello", "X-TMDA-Fingerprint: abc\n", "Please answer this.", aside.KindAuto, false},
		{"challenge, German", "Bitte bestätigen Sie Ihre E-Mail an Jane", "", "Antworten Sie einfach oder klicken Sie auf https://c.example/x\n", aside.KindAuto, false},
		{"Gmail's reaction as text", "Re: Kettle", ours, "👍\n\nJane Doe reacted via Gmail <https://www.google.com/gmail/about/>\n", aside.KindReaction, false},
		{"Outlook's in Swedish", "Re: Kettle", ours, "Jane Doe har reagerat på ditt meddelande:\n", aside.KindReaction, false},
		{"complaint", "complaint about message from 192.0.2.1", "Return-Path: <>\n", "See below.", aside.KindReport, false},

		{"asks about an absence", "Out of office: where is my parcel?", ours, "The driver wrote this on the card. Where is my parcel?", aside.KindMail, true},
		{"of automatic replies", "Automatic reply does not work", "", "How do I set up an automatic reply? Yours says that it failed.", aside.KindMail, true},
		{"of automatic replies, German", "Abwesenheitsnotiz einrichten", "", "Die automatische Antwort geht bei uns nicht mehr.", aside.KindMail, true},
		{"a program without a thread", "Auto-Reply from Jane", "", "Thank you for your message, it was received.", aside.KindAuto, false},
		{"an absence by an old program", "Re: Kettle", ours + "Precedence: bulk\n", "I am on vacation until 24 November.", aside.KindAuto, false},
		{"its subject", "Away from my mail", "Precedence: junk\n", "I read it later.", aside.KindAuto, false},
		{"bulk mail of holidays", "Cheap vacations", "Precedence: bulk\nList-Unsubscribe: <mailto:x@y.example>\n", "Book now.", aside.KindList, false},
		{"X-Precedence", "Kettle", "X-Precedence: auto_reply\n", "Got it.", aside.KindAuto, false},
		{"says so first", "Printer 3", "", "This is an automated message. Toner is low.\n", aside.KindAuto, false},
		{"says so first in Japanese", "お問い合わせ", "", "このメールはシステムより自動送信されています。\n", aside.KindAuto, false},
		{"forwards one that says so", "Fwd: Printer 3", "", "This is an automated message. Toner is low.\n", aside.KindMail, false},
		{"says so later", "Printer 3", "", "What do you mean by: this is an automated message. Toner is low?\n", aside.KindMail, false},
		{"answers an absence", "Re: Automatic reply: Kettle", "", "Fine, I can wait.\n", aside.KindMail, false},
		{"wants a holiday", "Vacation booking", "", "We want to book a week in July. Do you allow dogs?", aside.KindMail, false},
		{"read something", "Read: your terms", ours, "I have seen your terms and do not agree.", aside.KindMail, true},
		{"a recall of goods", "Recall: kettle model K4", "", "Is my kettle affected?", aside.KindMail, true},
		{"confirms", "Please confirm your message", "", "Did you really write that you refund me? Please confirm.", aside.KindMail, false},
		{"likes", "Re: Kettle", ours, "My wife liked your message a lot. Thanks.", aside.KindMail, false},
		{"away in passing", "Kettle", "", "I am out of the office until Monday, so please call my mobile.", aside.KindMail, false},
	} {
		m := mustRead(t, "From: Jane <jane@customer.example>\nTo: support@example.com\nSubject: "+tt.subject+"\nDate: Mon, 02 Nov 2026 10:00:00 +0100\n"+tt.more+
			"Content-Type: text/plain; charset=utf-8\n\n"+tt.text, Options{})
		if m.Kind != tt.want || m.LooksAutomatic != tt.looks {
			t.Errorf("%s: %s (%s), looks automatic %v; want %s %v", tt.name, m.Kind, m.AutoReason, m.LooksAutomatic, tt.want, tt.looks)
		}
	}
}

func TestReportsByTheirFile(t *testing.T) {
	for name, want := range map[string]aside.MailKind{
		"google.com!example.com!1700000000!1700086399.zip":         aside.KindReport,
		"mx.example!example.com!1700000000!1700086399!abc.xml.gz":  aside.KindReport,
		"google.com!example.com!1700000000!1700086399!001.json.gz": aside.KindReport,
		"wow!look!at!this.zip":                                     aside.KindMail,
		"report.zip":                                               aside.KindMail,
	} {
		m := mustRead(t, strings.Replace(person, "Kettle", "Aggregate data", 1)+nest("mixed", "B", "\nhi", "Content-Type: application/octet-stream; name=\""+name+"\"\n\nx"), Options{})
		if m.Kind != want {
			t.Errorf("%s: %s (%s), want %s", name, m.Kind, m.AutoReason, want)
		}
	}
}

// The addresses of a list are told, so that a desk behind its own can know it.
func TestListAddresses(t *testing.T) {
	for _, tt := range []struct {
		fields string
		want   []string
	}{
		{"List-Id: Support <support.example.com>\n", []string{"support@example.com"}},
		{"List-Id: support.example.com\nList-Post: <https://g.example/post>, <mailto:Help%2Bx@Example.com?subject=a>\n", []string{"help+x@example.com", "support@example.com"}},
		{"List-Id: <support.example.com>\nAuto-Submitted: auto-generated\n", nil},
		{"List-Id: nonsense\n", nil},
		{"Precedence: bulk\n", nil},
	} {
		m := mustRead(t, person+tt.fields+"\nhi", Options{})
		if m.Kind != aside.KindList || !slices.Equal(m.ListOf, tt.want) {
			t.Errorf("%q: %s of %q, want %q", tt.fields, m.Kind, m.ListOf, tt.want)
		}
	}
}

// A status is the most exact one that was said.
func TestStatusOfARecipient(t *testing.T) {
	for _, tt := range []struct{ fields, want string }{
		{"Status: 5.1.1", "5.1.1"},
		{"Status: 5.0.0\nDiagnostic-Code: smtp; 550 5.1.1 none", "5.1.1"},
		{"Status: 5.2.1\nDiagnostic-Code: smtp; 550 5.1.1 none", "5.2.1"},
		{"Status: 4.0.0\nDiagnostic-Code: smtp; 550 5.1.1 none", "4.0.0"},
		{"Diagnostic-Code: smtp; 552 5.2.2 full", "5.2.2"},
		{"Diagnostic-Code: smtp; 550 none", "5.0.0"},
		{"Diagnostic-Code: smtp; 421 later", "4.0.0"},
		{"Diagnostic-Code: x-unix; 127", ""},
	} {
		m := mustRead(t, report("delivery-status", statusHead+"Final-Recipient: rfc822; a@x.example\nAction: failed\n"+tt.fields, returnedMail), Options{})
		if len(m.Failed) != 1 || m.Failed[0].Status != tt.want {
			t.Errorf("%q: %+v, want %q", tt.fields, m.Failed, tt.want)
		}
	}
}

// Two parts may call themselves a status; the one with recipients is it.
func TestStatusPartWithRecipients(t *testing.T) {
	m := mustRead(t, report("delivery-status", "Content-Type: message/delivery-status\n\nThis Message was undeliverable.\n",
		statusHead+"Final-Recipient: rfc822; a@x.example\nAction: failed\nStatus: 5.3.0"), Options{})
	if len(m.Failed) != 1 || m.Failed[0] != (aside.FailedRecipient{Address: "a@x.example", Status: "5.3.0", Permanent: true}) {
		t.Errorf("failed %+v", m.Failed)
	}
}

// A calendar's answer is its own, unless the person adds words; either way
// somebody is told what was decided.
func TestCalendarAnswers(t *testing.T) {
	reply := "Content-Type: text/calendar; method=REPLY\n\nBEGIN:VCALENDAR"
	for _, tt := range []struct {
		text string
		want aside.MailKind
	}{
		{"", aside.KindAuto},
		{"Declined", aside.KindAuto},
		{"Jane Doe has declined this invitation.\n\nVisit\nFriday, 10:00\n", aside.KindAuto},
		{"Jane Doe hat diese Einladung abgelehnt.\n\nBesuch\n", aside.KindAuto},
		{"I can only make it after 3 pm.\n", aside.KindMail},
		{"I am not at home then, please come on Monday.\n\nOn 2 November 2026, Support wrote:\n> Visit\n", aside.KindMail},
	} {
		m := mustRead(t, person+nest("alternative", "B", "\n"+tt.text, reply), Options{})
		if m.Kind != tt.want || (m.Kind == aside.KindAuto) != (m.Unmarked == aside.UnmarkedByWords) || (m.Kind == aside.KindMail) != m.LooksAutomatic {
			t.Errorf("%q: %s (%s), unmarked %q, looks automatic %v", tt.text, m.Kind, m.AutoReason, m.Unmarked, m.LooksAutomatic)
		}
	}
}

// What is taken for a machine's without a header that says so is told, and what
// says so is not.
func TestUnmarked(t *testing.T) {
	ours := "In-Reply-To: <out-7@example.com>\n"
	for _, tt := range []struct {
		subject, more, text string
		want                aside.Unmarked
	}{
		{"Out of office", ours, "I'm out until Monday.", aside.UnmarkedBySubject},
		{"Recall: Kettle", ours, "Jane Doe would like to recall the message, \"Kettle\".", aside.UnmarkedBySubject},
		{"Mail delivery failed", "", "This message was created automatically by mail delivery software.\n\n<jane@far.example>: user unknown", aside.UnmarkedByWords},
		{"Undeliverable mail", "", "Your message could not be delivered.\n\n<jane@far.example>: 550 user unknown", aside.UnmarkedByWords},
		{"Out of office", ours + "Auto-Submitted: auto-replied\n", "I am out of the office until Monday.", ""},
		{"Automatic reply: Kettle", ours + "X-Auto-Response-Suppress: All\n", "I am out of the office.", ""},
		{"Mail delivery failed", "Return-Path: <>\n", "<jane@far.example>: user unknown", ""},
	} {
		m := mustRead(t, strings.Replace(person, "Kettle", tt.subject, 1)+tt.more+"\n"+tt.text, Options{})
		if !m.Kind.Automatic() || m.Unmarked != tt.want {
			t.Errorf("%s: %s (%s), unmarked %q, want %q", tt.subject, m.Kind, m.AutoReason, m.Unmarked, tt.want)
		}
	}
}
