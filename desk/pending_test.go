//go:build pending

package desk_test

import (
	"strings"
	"testing"
	"time"

	"aside"
	"aside/desk"
	h "aside/test/harness"
)

// Turn comes back when a reply never left.
func TestUndoGivesTheTurnBack(t *testing.T) {
	w := open(t, func(s *desk.Settings) { s.SendDelay = 30e9 })
	n := w.opens(jane, "Kettle", "It leaks.")
	w.says(dana, n, "We send a new one.")
	w.says(dana, n, "/undo")
	if w.ticket(1).Turn != aside.TurnTeam {
		t.Error("the customer has heard nothing, and it is said to be the customer's turn")
	}
}

// Commands alone, copied to an outsider: the frame is out just the same.
func TestCommandsCopiedToAnOutsider(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	d := h.Gmail().Reply(dana, n, "/take")
	d.Cc = []h.Person{max}
	w.post(d).find("dana", max.Address)
	// Held mail, too.
	n = w.opens(joe, "Toaster", "It burns.")
	d = h.Gmail().Reply(dana, n, "/assing omar\n\nHello.")
	d.Cc = []h.Person{max}
	w.post(d).find("dana", max.Address)
}

// The subject of a list is not the customer's to read.
func TestNewTakesNoSubjectOfANotice(t *testing.T) {
	w := open(t)
	n := w.opens(joe, "Toaster", "It burns.")
	for _, question := range []string{"/search secretquery", "/list"} {
		list := w.says(dana, n, question).to("dana")
		m := w.says(dana, list, "/new jane@customer.example\n\nIt is here.").find("jane", "It is here.")
		if strings.Contains(m.Subject, "Found") || strings.Contains(m.Subject, "secretquery") || strings.Contains(m.Subject, "tickets") {
			t.Errorf("subject %q", m.Subject)
		}
	}
}

func TestNoNoteWithoutATicket(t *testing.T) {
	w := open(t)
	n := w.opens(joe, "Toaster", "It burns.")
	list := w.says(dana, n, "/list").to("dana")
	m := w.says(dana, list, "/new jane@customer.example\n/frobnicate\n\nIt is here.").to("dana")
	if has(m, "note: keep it") {
		t.Errorf("a note in which ticket?\n%s", all(m))
	}
	w.says(dana, m, "note")
	if w.hold(1).State != aside.HoldWaiting {
		t.Errorf("the text is gone: %v", w.hold(1).State)
	}
}

// What the customer wrote is shared, and not what somebody else wrote into the
// same conversation.
func TestShareLastIsTheCustomers(t *testing.T) {
	for _, share := range []string{"last", "all"} {
		w := open(t)
		n := w.opens(jane, "Kettle", "It leaks, janewords.")
		m := w.says(dana, n, "Does it?").find("jane", "Does it?")
		// Jane's mail is answered by somebody to whom she sent it on.
		n = w.says(joe, m, "I am her lawyer, "+w.secret("strangerwords")).to("dana")
		contains(t, n, "does not take part")
		got := w.says(dana, n, "/side max@repairs.example share "+share+"\n\nCan you repair it?").to("max")
		contains(t, got, "janewords")
	}
}

func TestRecallNamesWhoWouldHear(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	w.says(dana, n, "Hello.\n/resolve\nYours.").only("dana: NOT SENT: your reply to Jane Doe")
	m := w.wait(31 * time.Minute).only("dana: STILL NOT SENT: your reply to Jane Doe")[0]
	contains(t, m, "send it to Jane Doe as it is")
}

// A colleague's nickname for a vendor is nobody's business outside.
func TestTheAddressBooksNameStaysInside(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	m := w.says(dana, n, "/side dhl\n\nWhere is it?").to("dhl")
	if m.To[0].Name != "" {
		t.Errorf("To %v", m.To)
	}
}

// A fresh conversation with the customer shows nothing of the old one, not
// even between the lines of the mail that opens it.
func TestCcCustomerOnWithAnswersBetweenQuotedLines(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	asked, _ := w.asks(n, "/side courier@vendor.example", "Where is it?")
	back := w.says(vic, asked, "We lost it, "+w.secret("lostwords", vic)+".\n\nSorry for that, "+w.secret("sorrywords", vic)+".").to("dana")
	got := w.post(above(h.NeomuttInterleaved().Reply(dana, back, "Please call each other."), "/cc-customer on"))
	exactly(t, got.find("jane", "Please call each other."), "Please call each other.")
}

// The marker in a file of another alphabet.
func TestAnAttachedNoticeInUTF16(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	data := []byte{0xff, 0xfe}
	for _, c := range []byte(n.Text) {
		data = append(data, c, 0)
	}
	d := h.Gmail().Reply(dana, n, "See the file, "+w.secret("filewords")+".")
	d.Files = []h.File{{Name: "notice.txt", Type: "text/plain", Data: data}}
	w.post(d).none("jane")
}

// What a stranger wrote into a conversation was never heard by those in it.
func TestAStrangersWordsBetweenQuotedLines(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	m := w.says(dana, n, "Does it?").find("jane", "Does it?")
	n = w.says(vic, m, "She never paid, "+w.secret("paidwords")+".\n\nAsk her, "+w.secret("askherwords")+".").to("dana")
	contains(t, n, "who does not take part")
	w.post(h.NeomuttInterleaved().Reply(dana, n, "Dear Jane, a courier wrote to us."))
	if len(w.boxes[jane.Address]) > 2 {
		exactly(t, w.boxes[jane.Address][2], "Dear Jane, a courier wrote to us.")
	}
}

// An agent who has no part any more.
func TestAnAgentWithoutAPart(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	m := w.says(dana, n, "/invite eve").find("eve", "invited you")
	w.says(eve, m, "/leave").find("eve", "you left")
	got := w.says(eve, m, "/reply\n\nDear Jane, "+w.secret("evewords"))
	got.none("jane")
	contains(t, got.find("eve", "no part"), "invite")
	before := len(w.events(1))
	w.says(eve, m, "/resolve").find("eve", "no part")
	if w.ticket(1).Status != aside.StatusOpen {
		t.Error("Eve resolved it")
	}
	for _, e := range w.events(1)[before:] {
		if strings.Contains(e, "eve note") {
			t.Errorf("an empty note was written: %s", e)
		}
	}
}

// A word in answer to an ordinary note releases nothing, though something
// waits.
func TestABareWordToAnotherNote(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	w.says(dana, n, "Hello, "+w.secret("heldwords")+".\n/resolve\nYours.").only("dana: NOT SENT")
	note := w.says(omar, w.lastTo("omar", "It leaks."), "/note\n\nShall we send her a new one, or discard hers?").to("dana")
	for _, word := range []string{"Send", "discard"} {
		w.says(dana, note, word).only("omar: " + word)
	}
	if w.hold(1).State != aside.HoldWaiting {
		t.Errorf("state %v", w.hold(1).State)
	}
}

func TestAttachOfANameThatIsTwice(t *testing.T) {
	w := open(t)
	d := h.Write(jane, support, "Kettle", "See the picture.")
	d.Files = []h.File{{Name: "image.png", Type: "image/png", Data: []byte("JANEPNG")}}
	n := w.post(d).to("dana")
	d = h.Gmail().Reply(dana, n, "/note\n\nOur margin.")
	d.Files = []h.File{{Name: "image.png", Type: "image/png", Data: []byte("MARGINPNG")}}
	w.post(d)
	got := w.says(dana, n, "/side courier@vendor.example\n/attach image.png\n\nDid you see this?")
	for _, m := range got.mails {
		if m.DeliveredTo == vic.Address && m.Leaks("MARGINPNG") {
			t.Error("the team's file of the same name was sent")
		}
	}
}

// A notice of the merged ticket did not name who is in the other one.
func TestAudienceAfterAMerge(t *testing.T) {
	w := open(t)
	n1 := w.opens(jane, "Kettle", "It leaks.")
	// Much happened in the first, so that its count is high.
	w.says(dana, n1, "/add joe@elsewhere.example")
	w.says(dana, n1, "/remove joe@elsewhere.example")
	n1 = w.says(jane, w.boxes[jane.Address][0], "Private, please.").to("dana")
	d := h.Write(jane, support, "Toaster", "It burns.")
	d.Cc = []h.Person{kim}
	w.post(d)
	w.says(dana, n1, "/merge 2").find("dana", "merged into #2")
	got := w.says(dana, n1, "Of course, "+w.secret("privatewords", jane)+".")
	contains(t, got.only("dana: NOT SENT")[0], "Kim")
}

// A notice that is attached as a file, whatever the client calls it.
func TestAnAttachedNoticeIsFound(t *testing.T) {
	for name, kind := range map[string]string{"notice.txt": "text/plain", "notice.eml": "application/octet-stream", "notice.html": "application/octet-stream",
		"notice": "application/octet-stream", "notice.json": "application/json", "notice.msg": "application/vnd.ms-outlook"} {
		w := open(t)
		n := w.opens(jane, "Kettle", "It leaks.")
		d := h.Gmail().Reply(dana, n, "See the file, "+w.secret("filewords")+".")
		d.Files = []h.File{{Name: name, Type: kind, Data: n.Raw}}
		w.post(d).none("jane")
	}
}

// The whole of a ticket, asked for by /show, quoted below a mail to a new
// customer.
func TestNewInAnswerToShow(t *testing.T) {
	for _, c := range h.Clients() {
		w := open(t)
		n := w.opens(jane, "Kettle", "It leaks, "+w.secret("janewords", jane)+".")
		w.says(dana, n, "/note\n\nShe is a fool, "+w.secret("notewords")+".")
		show := w.says(dana, n, "/show").to("dana")
		got := w.post(commanded(c, dana, show, "/new joe@elsewhere.example", "Dear Joe, hello."))
		for _, m := range got.mails {
			if m.DeliveredTo == joe.Address && m.Says() != "Dear Joe, hello." {
				t.Errorf("%s: Joe reads %q", c.Name, m.Says())
			}
			if m.DeliveredTo == joe.Address && strings.Contains(m.Subject, "Kettle") {
				t.Errorf("%s: Joe reads the subject %q", c.Name, m.Subject)
			}
		}
	}
}

// The forwarder's words are notes from the moment that the customer is
// another, also between the lines of the mail that says so.
func TestRequesterWithAnswersBetweenQuotedLines(t *testing.T) {
	w := open(t)
	n := w.writes(kim, "Kettle", "My neighbour is a fool, "+w.secret("foolwords")+".\n\nHelp him, "+w.secret("helpwords")+".").to("dana")
	got := w.post(above(above(h.NeomuttInterleaved().Reply(dana, n, "Dear Joe, how can we help?"), "/reply"), "/requester joe@elsewhere.example"))
	exactly(t, got.find("joe", "how can we help?"), "Dear Joe, how can we help?")
}

// The subject of a merged ticket is the customer's words just the same.
func TestSideAfterAMerge(t *testing.T) {
	w := open(t)
	n1 := w.opens(jane, "Kettle "+w.secret("firstsubject", jane), "It leaks.")
	w.opens(jane, "Toaster "+w.secret("secondsubject", jane), "It burns.")
	w.says(dana, n1, "/merge 2").find("dana", "merged into #2")
	m := w.says(dana, n1, "/side courier@vendor.example\n\nWhere is it?").to("vic")
	if !strings.HasSuffix(m.Subject, "A question from Example Support") {
		t.Errorf("the vendor reads the subject %q", m.Subject)
	}
}

// When the vendor becomes the customer, the side conversation is heard by the
// customer, and says so.
func TestTheVendorBecomesTheCustomer(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	asked, _ := w.asks(n, "/side courier@vendor.example", "Where is it?")
	w.says(dana, n, "/requester courier@vendor.example")
	back := w.says(vic, asked, "In the depot.").to("dana")
	if !strings.HasPrefix(back.ReplyTo.Name, "CUSTOMER") {
		t.Errorf("cue %q", back.ReplyTo.Name)
	}
}

// /side in answer to a hold, its recall, a receipt: their subjects stay inside.
func TestSideInAnswerToOtherNotices(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	w.secret("Jane Doe", jane)
	w.secret("Kettle", jane)
	w.says(dana, n, "/frobnicate\n\nHello.").only("dana: NOT SENT")
	w.wait(31 * 60e9)
	w.says(dana, n, "/frobnicate") // NOT DONE
	w.says(dana, n, "/take")       // a receipt
	for _, title := range []string{"NOT SENT", "STILL NOT", "NOT DONE", "Done:", "It leaks."} {
		m := w.says(dana, w.lastTo("dana", title), "/side courier@vendor.example\n\nWhere is it, "+strings.ToLower(title)).to("vic")
		if !strings.HasSuffix(m.Subject, "A question from Example Support") {
			t.Errorf("after %q the vendor reads the subject %q", title, m.Subject)
		}
	}
}

// Replies in a side conversation that moved with a merge are not held for
// people who were in it all along.
func TestSideMovedByAMergeIsNotHeld(t *testing.T) {
	w := open(t)
	n1 := w.opens(jane, "Kettle", "It leaks.")
	asked, _ := w.asks(n1, "/side courier@vendor.example", "Where is it?")
	back := w.says(vic, asked, "In the depot.").to("dana")
	for range 3 {
		w.says(dana, back, "/add max@repairs.example")
		w.says(dana, back, "/remove max@repairs.example")
	}
	w.says(dana, back, "/add max@repairs.example")
	w.opens(jane, "The same", "It still leaks.")
	w.says(dana, n1, "/merge 2").find("dana", "merged into #2")
	back = w.says(vic, asked, "On the road.").to("dana")
	w.says(dana, back, "Good.").only("vic: Good.", "max: Good.", "omar: Good.")
}

// /reply names where the text goes, not who has come since.
func TestReplyCommandAndAGrownAudience(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	old := w.lastTo("omar", "It leaks.")
	w.says(dana, n, "/add kim@customer.example").only("dana: Done:")
	w.says(omar, old, "/reply\n\nBetween us, "+w.secret("privatewords", jane)).only("omar: NOT SENT")
}

// Who got the customer's mail hears that a colleague took and answered it.
func TestTheTeamHearsThatItWasTaken(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	w.says(dana, n, "/take\n\nIt comes.").only("jane: It comes.", "omar: It comes.", "dana: Done: assigned to Dana")
}
