package read

import (
	"strings"
	"testing"
	"time"

	"aside"
)

const person = "From: Jane <jane@customer.example>\nTo: support@example.com\nSubject: Kettle\nDate: Mon, 02 Nov 2026 10:00:00 +0100\n"

// report is a multipart/report (RFC 6522).
func report(kind, machine, returned string) string {
	return "From: Mail Delivery System <MAILER-DAEMON@mx.example>\nTo: support@example.com\nSubject: report\nDate: Mon, 02 Nov 2026 10:00:00 +0100\n" +
		strings.Replace(nest("report", "R", "\nThis is a report.", machine, returned), "multipart/report;", "multipart/report; report-type="+kind+";", 1)
}

const statusHead = "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n"
const returnedMail = "Content-Type: message/rfc822\n\nMessage-ID: <out-7@example.com>\nTo: Jane <jane@customer.example>\nSubject: Re: Kettle\n\nWords."

func TestKinds(t *testing.T) {
	null, someone := "", "jane@customer.example"
	for name, tc := range map[string]struct {
		raw  string
		from *string
		want aside.MailKind
	}{
		"auto-replied":        {person + "Auto-Submitted: auto-replied\n\nI am away.", nil, aside.KindAuto},
		"auto with comment":   {person + "Auto-Submitted: Auto-Generated (by cron); x=y\n\nhi", nil, aside.KindAuto},
		"X-Autoreply":         {person + "X-Autoreply: yes\n\nhi", nil, aside.KindAuto},
		"X-Autorespond":       {person + "X-Autorespond: Kettle\n\nhi", nil, aside.KindAuto},
		"precedence reply":    {person + "Precedence: auto_reply\n\nhi", nil, aside.KindAuto},
		"null sender":         {person + "\nhi", &null, aside.KindAuto},
		"null return path":    {"Return-Path: <>\n" + person + "\nhi", nil, aside.KindAuto},
		"vacation, null":      {strings.Replace(person, "Kettle", "Automatische Antwort: Kettle", 1) + "\nhi", &null, aside.KindAuto},
		"vacation, Exchange":  {strings.Replace(person, "Kettle", "Réponse automatique : x", 1) + "X-Auto-Response-Suppress: All\n\nhi", &someone, aside.KindAuto},
		"calendar reply":      {person + nest("mixed", "B", "\nAccepted", "Content-Type: text/calendar; method=REPLY\n\nBEGIN:VCALENDAR"), nil, aside.KindAuto},
		"calendar reply body": {person + nest("mixed", "B", "\nAccepted", "Content-Type: text/calendar\n\nBEGIN:VCALENDAR\nMETHOD:REPLY\n"), nil, aside.KindAuto},

		"List-Id":           {person + "List-Id: <x.lists.example>\n\nhi", nil, aside.KindList},
		"List-Post":         {person + "List-Post: <mailto:x@lists.example>\n\nhi", nil, aside.KindList},
		"bulk":              {person + "Precedence: bulk\n\nhi", nil, aside.KindList},
		"newsletter":        {person + "List-Unsubscribe: <mailto:x@y.example>\n\nhi", nil, aside.KindList},
		"generated on list": {person + "List-Id: <x.y>\nAuto-Submitted: auto-generated\n\nhi", nil, aside.KindList},

		"receipt":          {report("disposition-notification", "Content-Type: message/disposition-notification\n\nDisposition: manual-action/MDN-sent-manually; displayed\nOriginal-Message-ID: <out-7@example.com>", returnedMail), nil, aside.KindReceipt},
		"feedback":         {report("feedback-report", "Content-Type: message/feedback-report\n\nFeedback-Type: abuse", returnedMail), nil, aside.KindReport},
		"DMARC":            {strings.Replace(person, "Kettle", "Report Domain: example.com Submitter: google.com Report-ID: 1", 1) + nest("mixed", "B", "Content-Type: application/zip; name=x.zip\n\nx"), nil, aside.KindReport},
		"Gmail reaction":   {person + nest("alternative", "B", "\n👍", "Content-Type: text/vnd.google.email-reaction+json\n\n{}"), nil, aside.KindReaction},
		"Outlook reaction": {person + "In-Reply-To: <out-7@example.com>\n\nJane Doe reacted to your message:\n________________________________\nFrom: Support\n", nil, aside.KindReaction},

		"bounce":           {report("delivery-status", statusHead+"Final-Recipient: rfc822; jane@customer.example\nAction: failed\nStatus: 5.1.1", returnedMail), &null, aside.KindBounce},
		"delay":            {report("delivery-status", statusHead+"Final-Recipient: rfc822; jane@customer.example\nAction: delayed\nStatus: 4.4.1", returnedMail), &null, aside.KindDelay},
		"delivered":        {report("delivery-status", statusHead+"Final-Recipient: rfc822; jane@customer.example\nAction: delivered\nStatus: 2.0.0", returnedMail), &null, aside.KindReceipt},
		"qmail":            {"From: MAILER-DAEMON@mx.example\nSubject: failure notice\n\nHi. This is the qmail-send program.\n\n<jane@customer.example>:\nno mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\nMessage-ID: <out-7@example.com>\n", &null, aside.KindBounce},
		"Exim's header":    {"From: x@mx.example\nX-Failed-Recipients: a@x.example\nSubject: returning\n\nSorry.\n", &null, aside.KindBounce},
		"no sender at all": {"Subject: Undeliverable: Re: Kettle\n\nYour message did not reach jane@customer.example.\n", &null, aside.KindBounce},

		// What people write stays what it is.
		"person":                  {person + "\nIt broke.", &someone, aside.KindMail},
		"Auto-Submitted: no":      {person + "Auto-Submitted: no\n\nhi", &someone, aside.KindMail},
		"suppress alone":          {person + "X-Auto-Response-Suppress: All\n\nhi", &someone, aside.KindMail},
		"answer with unsubscribe": {person + "In-Reply-To: <out-7@example.com>\nList-Unsubscribe: <mailto:x@y.example>\n\nhi", &someone, aside.KindMail},
		"about an absence":        {strings.Replace(person, "Kettle", "Out of office: where is my parcel?", 1) + "\nhi", &someone, aside.KindMail},
		"about a bounce":          {strings.Replace(person, "Kettle", "Undeliverable mail", 1) + "\nMy mail to you could not be delivered. What is wrong?", &someone, aside.KindMail},
		"forwards a bounce":       {strings.Replace(person, "Kettle", "Fwd: Undelivered Mail Returned to Sender", 1) + "\nSee below.\n<support@example.com>: user unknown\n", &someone, aside.KindMail},
		"answers about a bounce":  {strings.Replace(person, "Kettle", "Mail delivery failed", 1) + "In-Reply-To: <x@y>\n\n<support@example.com>: user unknown\n", &someone, aside.KindMail},
		"postmaster writes":       {strings.Replace(person, "jane@", "postmaster@", 1) + "\nOur kettle broke.", &someone, aside.KindMail},
		"invitation":              {person + nest("mixed", "B", "\nCome", "Content-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\nMETHOD:REQUEST\n"), &someone, aside.KindMail},
		"priority":                {person + "Precedence: first-class\nX-Priority: 1\n\nhi", &someone, aside.KindMail},
		"tells of a reaction":     {person + "In-Reply-To: <x@y>\n\nMy wife reacted to your message:\nshe was furious.\n", &someone, aside.KindMail},
		"status sent on":          {strings.Replace(person, "Kettle", "Fwd: Undeliverable: Kettle", 1) + nest("mixed", "B", "\nWhat is this?", statusHead+"Final-Recipient: rfc822; a@x.example\nAction: failed"), &someone, aside.KindMail},
		"attached report":         {strings.Replace(person, "Kettle", "Your report", 1) + nest("mixed", "B", "\nWhat is this?", "Content-Type: message/rfc822\n\n"+person+"\nhi"), &someone, aside.KindMail},
	} {
		m := mustRead(t, tc.raw, Options{MailFrom: tc.from})
		if m.Kind != tc.want {
			t.Errorf("%s: %s (%s), want %s", name, m.Kind, m.AutoReason, tc.want)
		}
		if (m.Kind == aside.KindMail) != (m.AutoReason == "") {
			t.Errorf("%s: %s with reason %q", name, m.Kind, m.AutoReason)
		}
	}
}

func TestBounceFacts(t *testing.T) {
	two := statusHead + "Original-Recipient: rfc822; Jane@Customer.example\nFinal-Recipient: rfc822; jd@internal.example\nAction: failed\nStatus: 5.2.2 (full)\nDiagnostic-Code: smtp; 552 5.2.2 The mailbox\n\tis full;=20\x07 " + strings.Repeat("sorry ", 100) + "\n\n" +
		"Final-Recipient: rfc822; omar@x.example\nAction: delayed\nStatus: 4.4.1\nDiagnostic-Code: The next host said: busy; later\n\nFinal-Recipient: rfc822; ok@x.example\nAction: relayed\nStatus: 2.0.0"
	m := mustRead(t, report("delivery-status", two, returnedMail), Options{})
	want := []aside.FailedRecipient{{Address: "jane@customer.example", Status: "5.2.2", Permanent: true}, {Address: "omar@x.example", Status: "4.4.1", Reason: "The next host said: busy; later"}}
	if len(m.Failed) == 2 {
		if said := m.Failed[0].Reason; !strings.HasPrefix(said, "552 5.2.2 The mailbox is full;") || strings.ContainsAny(said, "\n\x07") || len(said) > 300 || len(said) < 290 {
			t.Errorf("the reason is %q", said)
		}
		m.Failed[0].Reason = ""
	}
	if len(m.Failed) != 2 || m.Failed[0] != want[0] || m.Failed[1] != want[1] {
		t.Errorf("failed %+v, want %+v", m.Failed, want)
	}
	if m.Original == nil || m.Original.MessageID != "out-7@example.com" || len(m.Original.To) != 1 || m.Original.To[0].Address != "jane@customer.example" {
		t.Errorf("original %+v", m.Original)
	}
	for recipient, want := range map[string]string{
		"x400; /S=jane/O=customer/C=de/":            "jane@customer.example", // whom the returned mail was for
		`utf-8; j\x{FC}rgen@customer.example`:       "jürgen@customer.example",
		`rfc822; "j\x{FC}rgen"@customer.example`:    `"j\x{fc}rgen"@customer.example`,
		"rfc822; jane@customer.example (Jane, Doe)": "jane@customer.example",
	} {
		m := mustRead(t, report("delivery-status", statusHead+"Final-Recipient: "+recipient+"\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: x; none", returnedMail), Options{})
		if len(m.Failed) != 1 || m.Failed[0] != (aside.FailedRecipient{Address: want, Status: "5.1.1", Permanent: true, Reason: "none"}) {
			t.Errorf("%s: failed %+v, want %s", recipient, m.Failed, want)
		}
	}
	headers := mustRead(t, report("delivery-status", statusHead+"Final-Recipient: rfc822; a@x.example\nAction: failed\nStatus: 5.0.0",
		"Content-Type: text/rfc822-headers\n\nMessage-ID: <out-8@example.com>\n"), Options{})
	if headers.Original == nil || headers.Original.MessageID != "out-8@example.com" {
		t.Errorf("original %+v", headers.Original)
	}
	plain := mustRead(t, "From: MAILER-DAEMON@mx.example\nSubject: failure notice\n\nfrom mx 10.5.1.1:\n<jane@customer.example>:\n550 5.1.1 no such user\n\n--- Below this line is a copy of the message.\n\nMessage-ID: <out-7@example.com>\nTo: jane@customer.example\n\nask boss@x.example\n", Options{})
	if len(plain.Failed) != 1 || plain.Failed[0] != (aside.FailedRecipient{Address: "jane@customer.example", Status: "5.1.1", Permanent: true}) {
		t.Errorf("failed %+v", plain.Failed)
	}
	if plain.Original == nil || plain.Original.MessageID != "out-7@example.com" || plain.Original.To[0].Address != "jane@customer.example" {
		t.Errorf("original %+v", plain.Original)
	}
}

func TestReturnDate(t *testing.T) {
	sent := time.Date(2026, 12, 14, 10, 0, 0, 0, time.UTC)
	for text, want := range map[string]string{
		"I am away until 24 December 2026.":                "2026-12-24",
		"I'm out of office till December 24th, 2026 and":   "2026-12-24",
		"away through Dec 24":                              "2026-12-24",
		"I will be returning to the office on 2027-01-04.": "2027-01-04",
		"I'll be back on Monday, 4 January.":               "2027-01-04",
		"Ich bin bis zum 24.12.2026 nicht im Büro":         "2026-12-24",
		"bis einschließlich 24. Dezember abwesend":         "2026-12-24",
		"Ich bin ab dem 04.01. wieder da":                  "2027-01-04",
		"Je suis absent jusqu'au 24 décembre 2026":         "2026-12-24",
		"de retour le 4 janvier":                           "2027-01-04",
		"absent jusqu’au 3 juillet":                        "2027-07-03",
		"Estaré fuera hasta el 24 de diciembre de 2026":    "2026-12-24",
		"sono assente fino al 24 dicembre":                 "2026-12-24",
		"afwezig tot en met 24 december":                   "2026-12-24",
		"Until then":                                       "",
		"until further notice, call 030 24 12 26":          "",
		"My invoice of 24 December 2026":                   "",
		"until 24 December 2031":                           "",
		"until 31 February 2027":                           "",
		"bis 13.13.2026":                                   "",
	} {
		m := mustRead(t, strings.Replace(person, "02 Nov 2026", sent.Format("02 Jan 2006"), 1)+"Auto-Submitted: auto-replied\nContent-Type: text/plain; charset=utf-8\n\n"+text, Options{})
		got := ""
		if !m.Until.IsZero() {
			got = m.Until.Format(time.DateOnly)
		}
		if got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
	if m := mustRead(t, person+"\nI am away until 24 December 2026.", Options{}); !m.Until.IsZero() {
		t.Error("a person's mail has a return date")
	}
}
