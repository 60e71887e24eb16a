package desk_test

import (
	"strings"
	"testing"

	h "aside/test/harness"
)

// An answer whose To was changed to somebody else, while the desk is only
// copied, is meant for them.
func TestChangedAddresseeHolds(t *testing.T) {
	for name, to := range map[string]h.Person{"a colleague": omar, "an outsider": max} {
		for _, how := range []string{"the desk in Cc", "the token in Cc", "the token in Bcc"} {
			t.Run(name+", "+how, func(t *testing.T) {
				w := open(t)
				n := w.opens(jane, "Kettle", "It leaks.")
				d := h.Gmail().Reply(dana, n, "Look, "+w.secret("lookwords")+".")
				d.To = []h.Person{to}
				switch how {
				case "the desk in Cc":
					d.Cc = []h.Person{{Address: support}}
				case "the token in Cc":
					d.Cc = []h.Person{n.ReplyTo}
				default:
					d.Bcc = []string{n.ReplyTo.Address}
				}
				w.post(d).none("jane")
			})
		}
	}
}

// The responder of an agent's mailbox may say nowhere that it is one.
func TestSilentResponderHolds(t *testing.T) {
	for _, subject := range []string{"Automatic reply: [#1] Kettle", "Abwesenheitsnotiz: [#1] Kettle", "自動返信: [#1] Kettle", "Read: [#1] Kettle", "Dana is away: [#1] Kettle"} {
		w := open(t)
		n := w.opens(jane, "Kettle", "It leaks.")
		d := h.Gmail().Reply(dana, n, "")
		d.To, d.Subject, d.Text, d.HTML = []h.Person{{Address: "support+notice@example.com"}}, subject, "I am away, "+w.secret("awaywords")+".", ""
		w.post(d).none("jane")
	}
}

// Machines send the same words without a Message-ID, and mean each of them.
func TestMailOfMachinesIsNotLost(t *testing.T) {
	w := open(t)
	raw := func(subject, date string) []byte {
		return []byte("From: plc@customer.example\r\nTo: " + support + "\r\n" + date + "Subject: " + subject + "\r\n\r\nAlarm.\r\n")
	}
	const date = "Date: Mon, 02 Mar 2026 09:00:00 +0000\r\n"
	first := w.receive("plc@customer.example", []string{support}, raw("Door 1 open", date))
	if again := w.receive("plc@customer.example", []string{support}, raw("Door 1 open", date)); again != first {
		t.Error("the same mail delivered twice is two")
	}
	if other := w.receive("plc@customer.example", []string{support}, raw("Door 2 open", date)); other == first {
		t.Error("another subject is the same mail")
	}
	undated := w.receive("plc@customer.example", []string{support}, raw("Door 1 open", ""))
	if again := w.receive("plc@customer.example", []string{support}, raw("Door 1 open", "")); again == undated {
		t.Error("an alarm without a date was taken for the one before")
	}
}

// What is shared or sent on carries no reply address and no line of a frame,
// even where the customer pasted them.
func TestSharedWordsCarryNoAddressOfOurs(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	m := w.says(dana, n, "Where?").to("jane")
	back := w.says(jane, m, "Everywhere.\n\nYou wrote from "+m.ReplyTo.Address+" to me.\nAnd somebody sent me "+n.ReplyTo.Address+".\n"+
		"YOUR REPLY GOES TO: Jane Doe\n\nBye.").to("dana")
	got := w.says(dana, back, "/side courier@vendor.example share last\n\nDid you see this?")
	for _, mail := range got.mails {
		if mail.DeliveredTo == vic.Address && (strings.Contains(mail.Text, m.ReplyTo.Address) || strings.Contains(mail.Text, n.ReplyTo.Address) ||
			strings.Contains(mail.Text, "YOUR REPLY") || !strings.Contains(mail.Text, "Everywhere.")) {
			t.Errorf("the vendor reads\n%s", mail.Text)
		}
	}
	got.find("vic", "Did you see this?")
}
