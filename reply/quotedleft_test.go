package reply_test

import (
	"strings"
	"testing"

	"aside"
	"aside/reply"
)

// The line above which a ticket system asks to answer, names before each line,
// and Lotus Notes' columns begin a quotation. Where an agent may have typed them,
// there is a doubt.
func TestFurtherQuotations(t *testing.T) {
	for _, below := range []string{
		"##- Please type your reply above this line -##\n\nYour request was updated.",
		"----- Bitte antworten Sie über dieser Linie -----\n\nDana hat geantwortet: morgen.",
		"Вы писали 20 ноября 2026 г., 16:12:33:\n\nES> Dear Jane,\nES> we ship on Monday.",
		"             Example Support\n             <support@example.\n             com>                                                       To\n                                       Jane Doe\n" +
			"             20.11.2026 16:12                                           cc\n\n                                                                   Subject\n                                       Re: Order\n\nDear Jane,",
		"Example Support ---20.11.2026 16:12:33---Dear Jane, we will\n\nDear Jane,",
	} {
		if got := reply.Read(&aside.Mail{Text: "It leaks.\n\n" + below, InReplyTo: []string{"q1@example.com"}}, reply.Held{CutSignature: true}).Text(); got != "It leaks." {
			t.Errorf("read %q", got)
		}
	}
	for _, typed := range []string{
		"Type this:\n\nSQL> select 1\n\nThen tell me.",
		"Write above this line, please.\n\nThen send it.",
	} {
		d := reply.Read(&aside.Mail{Text: typed}, heldAgainst())
		if d.Text() != typed && len(d.Doubts()) == 0 {
			t.Errorf("read %q without a doubt", d.Text())
		}
	}
	asked := reply.Read(&aside.Mail{Text: "See:\n\n--- Reply above this line ---\n\nThat is what our mail says."}, heldAgainst())
	if len(asked.Doubts()) == 0 || strings.Contains(asked.Text(), "our mail says") {
		t.Errorf("an agent's: read %q, doubts %v", asked.Text(), asked.Doubts())
	}
}

// A ticket system writes that line on top of its own mail, and the words of its
// people below it; who answers such a mail writes above it.
func TestLineOnTop(t *testing.T) {
	const line = "##- Please type your reply above this line -##\n\n"
	const says = "Your request (12345) has been updated.\n\nThe parcel is in Hamburg."
	contact := heldAgainst()
	contact.CutSignature = false
	for name, held := range map[string]reply.Held{"nothing known": {CutSignature: true}, "a ticket's": contact} {
		for _, m := range []*aside.Mail{
			{Text: line + says, InReplyTo: []string{"q1@example.com"}},
			{Text: "CAUTION: This email originated from outside of the organization.\n\n" + line + says, InReplyTo: []string{"q1@example.com"}},
			{HTML: "<div>##- Please type your reply above this line -##</div><p>Your request (12345) has been updated.</p><p>The parcel is in Hamburg.</p>", InReplyTo: []string{"q1@example.com"}},
		} {
			if got := reply.Read(m, held).Text(); !strings.HasSuffix(got, says) || strings.Contains(got, "above this line") {
				t.Errorf("%s: read %q", name, got)
			}
		}
	}
	if got := reply.Read(&aside.Mail{Text: "Thank you.\n\n" + line + says, InReplyTo: []string{"q1@example.com"}}, reply.Held{CutSignature: true}).Text(); got != "Thank you." {
		t.Errorf("an answer to it: read %q", got)
	}
	if got := reply.Read(&aside.Mail{Text: line + says}, heldAgainst()).Text(); got != "" {
		t.Errorf("an agent's: read %q", got)
	}
}
