package desk_test

import (
	"strings"
	"testing"
	"time"

	"aside"
	h "aside/test/harness"
)

// A side conversation's words stay there in every client's /reply.
func TestReplyFromASideNotice(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	asked, _ := w.asks(n, "/side courier@vendor.example", "Where is parcel 17, "+w.secret("parcelwords", vic)+"?")
	back := w.says(vic, asked, "We lost it, "+w.secret("lostwords", vic)+".\n\nSorry, "+w.secret("sorrywords", vic)+".").to("dana")
	for i, c := range h.Clients() {
		text := []string{"It is late.", "We ask them again.", "Please be patient.", "Tomorrow we know more.", "It may be lost.", "A new one comes.",
			"Today it left.", "Friday at noon.", "Is somebody at home?", "Good luck with it."}[i]
		got := w.post(commanded(c, dana, back, "/reply", text)).none("vic")
		exactly(t, got.find("jane", text), text)
	}
}

// Short lines of a note are cut like long ones.
func TestShortLinesOfANote(t *testing.T) {
	for _, note := range []string{"No.", "500 EUR max", "Fraud!", "She lies.", "1234567", "Über-Kunde", "不要退款", "refund: 500\n\nlimit: 900"} {
		t.Run(note, func(t *testing.T) {
			w := open(t)
			n := w.opens(jane, "Kettle", "It leaks.")
			m := w.says(dana, n, "/note\n\n"+note).to("omar")
			c := h.NeomuttInterleaved()
			for _, d := range []*h.Draft{commanded(c, omar, m, "/reply", "Dear Jane, all is well."), commanded(h.Outlook(), omar, m, "/reply", "Dear Jane, it comes on Monday.")} {
				for _, mail := range w.post(d).mails {
					if mail.DeliveredTo == jane.Address && !strings.HasPrefix(mail.Says(), "Dear Jane, ") || mail.DeliveredTo == jane.Address && strings.Contains(mail.Says(), "\n") {
						t.Errorf("Jane reads %q", mail.Says())
					}
				}
			}
		})
	}
}

// A later copy to another desk is reported, no more.
func TestALaterCopyToAnotherDesk(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	m := w.says(dana, n, "It comes.").find("jane", "It comes.")
	d := h.Gmail().Reply(jane, m, "And the bill?")
	d.Cc = []h.Person{{Address: billing}}
	got := w.post(d).only("dana: And the bill?", "omar: And the bill?")
	contains(t, got[0], "Also written to billing@example.com")
}

// What a frame tells an agent.
func TestFrameTells(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	w.asks(n, "/side courier@vendor.example due 1h", "Where is it?")
	w.wait(2 * time.Hour)
	w.says(dana, n, "/take")
	m := w.says(jane, w.boxes[jane.Address][0], "Hello?").to("dana")
	contains(t, m, "Open, Dana's.", "Second mail today.", "Inside: 1 side, overdue.")
	lacks(t, m, "courier", "Where is it?")
	second := w.opens(jane, "Toaster", "It burns.")
	contains(t, second, "Also open: #1 Kettle.")
	w.says(dana, n, "/snooze 2h")
	contains(t, w.says(omar, w.lastTo("omar", "It burns."), "/note\n\nHm.").to("dana"), "Also open: #1 Kettle.")
}

// The forged mail of a participant changes nobody's part.
func TestUnverifiedSignals(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	asked, _ := w.asks(n, "/side courier@vendor.example", "Where is it?")
	// The tag alone, in the vendor's name.
	d := h.Write(vic, support, "Re: "+asked.Subject, "It is here, "+w.secret("forgedwords", vic))
	m := w.post(d).to("dana")
	contains(t, m, "Sender not verified: courier@vendor.example")
	if !strings.HasPrefix(m.ReplyTo.Name, "SIDE") {
		t.Errorf("cue %q", m.ReplyTo.Name)
	}
	// The customer's tag in a vendor's hands is a ticket of the vendor's.
	d = h.Write(vic, support, "Re: [#1] Kettle", "Let me in, "+w.secret("letmewords", vic))
	contains(t, w.post(d).to("dana"), "CUSTOMER Courier GmbH #2")
	if hears := w.hears(1, ""); len(hears) != 1 {
		t.Errorf("heard by %v", hears)
	}
}

// Who is an agent and a contact speaks as whose token it is.
func TestTokensInUpperCase(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	d := h.Gmail().Reply(dana, n, "It comes.")
	d.To[0].Address = strings.ToUpper(d.To[0].Address[:strings.Index(d.To[0].Address, "@")]) + "@EXAMPLE.COM"
	raw := d
	w.now = w.now.Add(time.Second)
	raw.Date = w.now
	w.receive(dana.Address, []string{d.To[0].Address}, raw.Bytes())
	w.deliver().only("jane: It comes.", "omar: It comes.")
	if w.ticket(1).Turn != aside.TurnCustomer {
		t.Error("the turn")
	}
}

// A client or relay that strips the part behind the plus: the Message-ID is
// enough, for both sides.
func TestStrippedAddresses(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	asked, _ := w.asks(n, "/side courier@vendor.example", "Where is it?")
	d := h.Gmail().Reply(vic, asked, "In the depot, "+w.secret("depotwords", vic))
	d.To = []h.Person{{Address: support}}
	back := w.post(d).to("dana")
	if !strings.HasPrefix(back.ReplyTo.Name, "SIDE courier") {
		t.Errorf("cue %q", back.ReplyTo.Name)
	}
	d = h.Gmail().Reply(dana, back, "Which, "+w.secret("whichwords", vic))
	d.To = []h.Person{{Address: support}}
	w.post(d).only("vic: whichwords", "omar: whichwords")
	// Stripped of everything: nothing proves Dana, and nothing leaves.
	d.MessageID, d.InReplyTo, d.References = h.NewID("x.example"), "", nil
	w.post(d).none("jane", "vic")
}
