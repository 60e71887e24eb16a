package read

import (
	"testing"

	"aside"
)

// Bounces whose words stand in HTML, in parts, or in other charsets.
func TestBouncesInOtherForms(t *testing.T) {
	head := "From: postmaster@x.example\nTo: support+b123@example.com\nDate: Mon, 02 Nov 2026 10:00:00 +0100\nMIME-Version: 1.0\n"
	for _, tt := range []struct {
		name, raw string
		want      aside.FailedRecipient
	}{
		{"HTML, the address only in a link", head + "Subject: Undeliverable: Kettle\nContent-Type: text/html; charset=utf-8\n\n" +
			`<html><body><p><b>Delivery has failed to these recipients or groups:</b></p><p><a href="mailto:ann@one.example">Ann Other</a><br>The address you entered couldn't be found.</p>` +
			`<p>Diagnostic information for administrators:</p><p>550 5.1.10 RESOLVER.ADR.RecipientNotFound</p></body></html>`,
			aside.FailedRecipient{Address: "ann@one.example", Status: "5.1.10", Permanent: true}},
		{"HTML, in the words", head + "Subject: Unzustellbar: Kessel\nContent-Type: text/html; charset=utf-8\n\n" +
			`<p>Ihre Nachricht an <b>ann@one.example</b> konnte nicht zugestellt werden.</p>`,
			aside.FailedRecipient{Address: "ann@one.example", Permanent: true}},
		{"text and the returned mail", head + "Subject: Mail could not be delivered\n" + nest("mixed", "B",
			"\nThe following mail could not be delivered.\nReason: Exceeded maximum delivery attempts.",
			"Content-Type: message/rfc822\n\nFrom: support@example.com\nTo: Ann <ann@one.example>\nMessage-ID: <out-9@example.com>\nSubject: Kettle\n\nHello."),
			aside.FailedRecipient{Address: "ann@one.example", Permanent: true}},
		{"ISO-2022-JP", head + "Subject: =?ISO-2022-JP?B?GyRCR1s/LklUR1wbKEI=?=\nContent-Type: text/plain; charset=iso-2022-jp\n\n" +
			"\x1b$B<!$N08@h$XG[?.$G$-$^$;$s$G$7$?\x1b(B\n\nann@one.example\n550 unknown\n",
			aside.FailedRecipient{Address: "ann@one.example", Status: "5.0.0", Permanent: true}},
		{"a status that is no report", head + "Subject: Undeliverable\n" + nest("mixed", "B", "\nSorry.", statusHead+"Final-Recipient: rfc822; <ann@one.example>\nAction: failed\nStatus: 5.1.1"),
			aside.FailedRecipient{Address: "ann@one.example", Status: "5.1.1", Permanent: true}},
		{"an address with a comment", report("delivery-status", statusHead+"Final-Recipient: RFC822; Ann <ann@one.example> (Ann Other)\nAction: FAILED (permanently)\nStatus: 5.1.1 (none)", returnedMail),
			aside.FailedRecipient{Address: "ann@one.example", Status: "5.1.1", Permanent: true}},
		{"a report without an address", report("delivery-status", statusHead+"Action: failed\nStatus: 5.4.4", "Content-Type: message/rfc822\n\nTo: ann@one.example\nMessage-ID: <a@b>\n\nx"),
			aside.FailedRecipient{Address: "ann@one.example", Status: "5.4.4", Permanent: true}},
		{"the local name alone", report("delivery-status", statusHead+"Original-Recipient: rfc822;ann@one.example\nFinal-Recipient: LOCAL;ann\nAction: failed\nStatus: 5.2.2", returnedMail),
			aside.FailedRecipient{Address: "ann@one.example", Status: "5.2.2", Permanent: true}},
	} {
		m := mustRead(t, tt.raw, Options{})
		if m.Kind != aside.KindBounce || len(m.Failed) != 1 || m.Failed[0] != tt.want {
			t.Errorf("%s: %s (%s), %+v, want %+v", tt.name, m.Kind, m.AutoReason, m.Failed, tt.want)
		}
	}
}
