package desk_test

import (
	"fmt"
	"strings"
	"testing"

	"aside"
)

// raw posts a mail whose From stands on the wire as it is given.
func (w *town) raw(from, envelope, to, answered, text string) *news {
	w.t.Helper()
	w.now = w.now.Add(10e9)
	w.receive(envelope, []string{to}, fmt.Appendf(nil, "From: %s\r\nTo: <%s>\r\nSubject: Re: Kettle\r\nMessage-ID: <%d@evil.example>\r\nIn-Reply-To: <%s>\r\nDate: %s\r\n\r\n%s\r\n",
		from, to, w.now.UnixNano(), answered, w.now.Format("Mon, 02 Jan 2006 15:04:05 -0700"), text))
	return w.deliver()
}

// TestNobodyBecomesAnAgentByLookingLikeOne gives a stranger Dana's own secret
// address, and everything that looks like her: the mail is a stranger's, its
// commands do nothing, and its words stay inside.
func TestNobodyBecomesAnAgentByLookingLikeOne(t *testing.T) {
	control := open(t)
	n := control.opens(jane, "Kettle", "It leaks.")
	control.raw("dana@example.com", "x@evil.example", n.ReplyTo.Address, n.MessageID, "/resolve\n\nMy words.").find("jane", "My words.")
	if s := control.ticket(1).Status; s != aside.StatusResolved {
		t.Fatalf("the ticket is %s: even Dana could not do what is denied here", s)
	}
	for _, from := range []string{
		`"dana@example.com"@evil.example`, `dana@example.com@evil.example`, "dana@example.com <x@evil.example>", `"Dana Reyes <dana@example.com>" <x@evil.example>`,
		"dan\u0430@example.com", "dana@ex\u0430mple.com", "dana@\uFF45xample.com", "dana@example\u3002com", "d\u200Bana@example.com", "dana@ex\u00ADample.com",
		"<da na@example.com>", "dana%example.com@evil.example", "evil.example!dana@evil.example", "dana+x@example.com", "dana@example.com.evil.example",
		"=?utf-8?q?dana=40example.com?= <x@evil.example>", "=?utf-8?q?=3Cdana=40example.com=3E?= <x@evil.example>", "x@evil.example, dana@example.com",
		"dana@example.com, x@evil.example", "(dana@example.com) x@evil.example", "team: x@evil.example, dana@example.com;", "d\u00E4na@example.com", "\uFF44ana@example.com",
		"da\u0578a@example.com", "dana@xn--exmple-4nf.com", "@example.com:x@evil.example", "dana@[example.com]", "<>",
	} {
		w := open(t)
		n := w.opens(jane, "Kettle", "It leaks.")
		out := w.raw(from, "x@evil.example", n.ReplyTo.Address, n.MessageID, "/resolve\n\nForged words.")
		out.none("jane")
		if s := w.ticket(1).Status; s != aside.StatusOpen {
			t.Errorf("From: %+q resolved the ticket: %s", from, s)
		}
		for _, m := range out.mails {
			if strings.Contains(m.Text, "Forged words") && strings.HasSuffix(m.From.Name, "(note)") || strings.Contains(m.Text, "Done:") {
				t.Errorf("From: %+q was taken for an agent:\n%s", from, m.Raw)
			}
		}
	}
}

// TestNobodyTakesAPlaceByLookingLikeIt: who looks like the customer does not
// take part, gets nothing of what follows, and is shown with the address.
func TestNobodyTakesAPlaceByLookingLikeIt(t *testing.T) {
	for _, from := range []string{"j\u0430ne@customer.example", "jane@customer.exampl\u0435", "jane@\uFF43ustomer.example", `"jane@customer.example"@evil.example`,
		"jane@customer\u3002example", "jane+x@customer.example", "j\u200Bane@customer.example", "jane%customer.example@evil.example"} {
		w := open(t)
		n := w.opens(jane, "Kettle", "It leaks.")
		got := w.says(dana, n, "A new one comes.").find("jane", "A new one comes.")
		told := w.raw(`"Jane Doe" <`+from+`>`, "x@evil.example", got.ReplyTo.Address, got.MessageID, "Send it to my new flat.").find("dana", "new flat")
		contains(t, told, "who does not take part")
		for _, m := range w.says(dana, n, "It is on its way.").mails {
			if !isAgent(m.DeliveredTo) && m.DeliveredTo != jane.Address {
				t.Errorf("%+q: %s got a mail", from, m.DeliveredTo)
			}
		}
	}
}

// TestAddressesThatOnlyLookPlainAreNeverWrittenTo: mail to a domain in
// full-width letters would arrive at the plain one, perhaps at our own.
func TestAddressesThatOnlyLookPlainAreNeverWrittenTo(t *testing.T) {
	for _, address := range []string{"support@\uFF45xample.com", "dana@\uFF45xample.com", "jane@customer\u3002example"} {
		w := open(t)
		all := w.raw("Max <"+address+">", "x@evil.example", support, "none@evil.example", "It leaks.")
		n := all.find("dana", "It leaks.")
		out := w.says(dana, n, "A new one comes.")
		out.mails = append(out.mails, w.says(dana, w.opens(jane, "Pot", "It leaks, too."), "/side "+address+"\n\nWhere is it?").mails...)
		for _, m := range append(all.mails, out.mails...) {
			if !isAgent(m.DeliveredTo) && m.DeliveredTo != jane.Address {
				t.Errorf("%+q: a mail went to %s", address, m.DeliveredTo)
			}
		}
	}
}
