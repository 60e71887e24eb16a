package desk_test

import (
	"strings"
	"testing"
	"time"

	"aside"
	"aside/desk"
	h "aside/test/harness"
)

// above puts a command line on top of a draft, quotations and all.
func above(d *h.Draft, line string) *h.Draft {
	d.Text = line + "\n\n" + d.Text
	return d
}

// Who has a vendor's mail, and with what.
func TestTheCustomerWithAVendorsToken(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	asked, _ := w.asks(n, "/side courier@vendor.example", "Where is it?")
	// Vic sends Jane the mail, and Jane answers it.
	got := w.says(jane, asked, "I am the customer, "+w.secret("janewords")+".").only("dana: I am the customer", "omar: I am the customer")
	contains(t, got[0], "jane@customer.example, who does not take part")
	if !strings.HasPrefix(got[0].ReplyTo.Name, "SIDE") {
		t.Errorf("cue %q", got[0].ReplyTo.Name)
	}
	w.says(dana, got[0], "Who knows, "+w.secret("whowords", vic)).only("vic: Who knows", "omar: Who knows")
	// By the tag alone it is no more than a ticket of her own.
	d := h.Write(jane, support, asked.Subject, "Hello there.")
	contains(t, w.post(d).to("dana"), "CUSTOMER Jane Doe #2")
}

func TestAVendorWithTheCustomersToken(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	asked, _ := w.asks(n, "/side courier@vendor.example", "Where is it?")
	m := w.says(dana, n, "Wait, please.").find("jane", "Wait")
	got := w.says(vic, m, "She is a fool, "+w.secret("foolwords")).only("dana: foolwords", "omar: foolwords")
	contains(t, got[0], "courier@vendor.example, who does not take part")
	// Both tokens at once: the more private one wins.
	d := h.Gmail().Reply(vic, asked, "Both, "+w.secret("bothwords"))
	d.Cc = []h.Person{m.ReplyTo}
	back := w.post(d).to("dana")
	if !strings.HasPrefix(back.ReplyTo.Name, "SIDE") {
		t.Errorf("cue %q", back.ReplyTo.Name)
	}
}

// An agent's notice, forwarded to an outsider who answers it.
func TestAnOutsiderAnswersANotice(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	for _, from := range []h.Person{joe, jane, {Name: "Dana privately", Address: "dana@private.example"}} {
		got := w.says(from, n, "/resolve\n\nLet me answer, "+w.secret("outsidewords"))
		got.none("jane", "joe")
		own := got.find("dana", "outsidewords")
		contains(t, own, "NOT SENT: it came by your own reply address, from "+from.Address, "send it again from dana@example.com")
		if own.Header.Get("Importance") != "high" {
			t.Error("it is as any other notice")
		}
		other := got.find("omar", "outsidewords")
		contains(t, other, "came by Dana's reply address", "nothing was done")
		lacks(t, other, "NOT SENT")
		if w.ticket(1).Status != aside.StatusOpen {
			t.Errorf("%s resolved it", from.Address)
		}
	}
	// A click from another address is told to the registered one.
	click := w.click(h.Person{Address: "dana@private.example"}, n, "/resolve")
	contains(t, w.post(click).find("dana", "NOT SENT"), "private.example")
}

// A contact's commands are words.
func TestAContactsCommandsAreWords(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "/resolve\n/assign omar\n\nIt leaks.")
	contains(t, n, "/resolve", "/assign omar")
	asked, _ := w.asks(n, "/side courier@vendor.example", "Where is it?")
	w.says(vic, asked, "/reply\n/add joe@elsewhere.example\n\nIn the depot, "+w.secret("depotwords", vic)).only("dana: depotwords", "omar: depotwords")
	if tick := w.ticket(1); tick.Status != aside.StatusOpen || tick.Assignee != "" || len(w.hears(1, "")) != 1 {
		t.Errorf("%+v", tick)
	}
}

// Machines' mail is an event, and nothing else.
func TestAutomaticMail(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	m := w.says(dana, n, "/resolve\n\nIt comes.").find("jane", "It comes.")
	auto := func(d *h.Draft) *h.Draft {
		d.Headers = append(d.Headers, [2]string{"Auto-Submitted", "auto-replied"})
		return d
	}
	w.post(auto(h.Gmail().Reply(jane, m, "I am away."))).only()
	if w.ticket(1).Status != aside.StatusResolved {
		t.Error("a machine opened it")
	}
	// An agent's responder, to a notice.
	w.post(auto(h.Gmail().Reply(dana, n, "/open\n\nI am away, "+w.secret("danaaway")))).only()
	w.post(auto(h.Write(dana, support, "away", "I am away."))).only()
	// A new one opens a ticket without an acknowledgement.
	w.post(auto(h.Write(joe, support, "Report", "All is well."))).only("dana: All is well.", "omar: All is well.")
	list := h.Write(joe, support, "News", "Many news.")
	list.Headers = append(list.Headers, [2]string{"List-Id", "<news.elsewhere.example>"}, [2]string{"Precedence", "list"})
	w.post(list).none("joe")
	null := h.Write(kim, support, "Hello", "Null sender.")
	null.Envelope = "<>"
	w.post(null).none("kim")
}

// A mail acts once, and not when it is old.
func TestAMailActsOnce(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	d := h.Gmail().Reply(dana, n, "/resolve\n\nIt comes.")
	id := w.send(d)
	w.deliver().find("jane", "It comes.")
	if again := w.receive(d.MailFrom(), d.Ours(), d.Bytes()); again != id {
		t.Errorf("the same mail has the ids %s and %s", id, again)
	}
	w.deliver().only()
	// The same Message-ID with other words does nothing.
	d.Text, d.HTML = "/open\n\nIt does not come, "+w.secret("replayedwords"), ""
	w.post(d).none("jane")
	if w.ticket(1).Status != aside.StatusResolved {
		t.Error("a replayed mail did something")
	}
	d = h.Gmail().Reply(dana, n, "Old words, "+w.secret("oldwords"))
	d.Date = w.now.Add(-6 * 24 * 3600e9)
	w.receive(d.MailFrom(), d.Ours(), d.Bytes())
	contains(t, w.deliver().only("dana: Not done")[0], "more than five days ago")
}

// What waits to leave goes to nobody who was removed meanwhile.
func TestRemovedBeforeItLeft(t *testing.T) {
	w := open(t, func(s *desk.Settings) { s.SendDelay = 30e9 })
	n := w.opens(jane, "Kettle", "It leaks.")
	w.says(dana, n, "/side courier@vendor.example, max@repairs.example\n\nWho has it, "+w.secret("whowords", vic)).only("omar: Who has it", "dana: opened")
	w.says(omar, w.lastTo("omar", "Who has it"), "/remove max@repairs.example").find("omar", "hears no more")
	m := w.wait(30e9).only("vic: whowords")[0]
	if len(m.To)+len(m.Cc) != 1 {
		t.Errorf("To %v Cc %v", m.To, m.Cc)
	}
	// The old requester gets nothing that waited, either.
	w.says(dana, n, "Dear Jane, "+w.secret("waitingwords")).only("omar: waitingwords")
	w.says(dana, n, "/requester joe@elsewhere.example").find("dana", "the customer is joe")
	w.wait(30e9).none("jane", "joe")
}

// Nothing of a note leaves by a client that breaks its HTML in ways of its own.
func TestQuotedNoteInOddHTML(t *testing.T) {
	note := "She never paid us, secretnote one.\n\nWe should ask for the money first, secretnote two."
	frames := map[string]func(first, second string) string{
		"cells": func(a, b string) string {
			return "<table><tr><td>" + a + "</td></tr><tr><td>" + b + "</td></tr></table>"
		},
		"spans": func(a, b string) string {
			return "<div><span>" + a[:9] + "</span><b>" + a[9:] + "</b></div><div>" + b + "</div>"
		},
		"one line": func(a, b string) string { return "<div>" + a + " " + b + "</div>" },
		"list":     func(a, b string) string { return "<ul><li>" + a + "<li>" + b + "</ul>" },
		"upper": func(a, b string) string {
			return "<div style=\"display:none\">" + a + "</div><div hidden>" + b + "</div>"
		},
		"pre": func(a, b string) string { return "<pre>&gt; " + a + "\n&gt; " + b + "</pre>" },
		"alt": func(a, b string) string {
			return "<img src=\"x.png\" alt=\"" + a + "\"><a title=\"" + b + "\" href=\"https://x.example\">x</a>"
		},
	}
	for name, frame := range frames {
		t.Run(name, func(t *testing.T) {
			w := open(t)
			n := w.opens(jane, "Kettle", "It leaks.")
			m := w.says(dana, n, "/note\n\n"+note).to("omar")
			w.secret("secretnote")
			a, b, _ := strings.Cut(note, "\n\n")
			d := h.Gmail().Reply(omar, m, "")
			d.Text = "/reply\n\nIt is fine.\n\n> " + a + "\n> \n> " + b + "\n"
			d.HTML = "<div>/reply</div><div><br></div><div>It is fine.</div><br>" + frame(a, b)
			got := w.post(d)
			for _, mail := range got.mails {
				if mail.DeliveredTo == jane.Address {
					exactly(t, mail, "It is fine.")
				}
			}
		})
	}
}

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

// Who got the customer's mail hears that a colleague took and answered it.
func TestTheTeamHearsThatItWasTaken(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	w.says(dana, n, "/take\n\nIt comes.").only("jane: It comes.", "omar: It comes.", "dana: Done: assigned to Dana")
}

// Nothing is dropped in silence.
func TestTextBesideACode(t *testing.T) {
	w := open(t)
	m := w.post(h.Write(dana, support, "One", "Words one.")).only("dana: One")[0]
	got := w.post(h.Write(dana, support, "Re: Was this you?", "/confirm "+code(t, m)+"\n\nAnd this is new, newwords."))
	for _, mail := range got.mails {
		if mail.Leaks("newwords") {
			return
		}
	}
	t.Errorf("the text was dropped in silence:\n%s", got)
}

func TestAReplayedMailIsTold(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	d := h.Gmail().Reply(dana, n, "It comes.")
	w.post(d).find("jane", "It comes.")
	for _, text := range []string{"It comes tomorrow.", "It comes on Friday."} { // and each of them
		d.Text, d.HTML = text, ""
		w.post(d).none("jane").find("dana", "Not done")
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
	for _, title := range []string{"NOT SENT", "STILL NOT", "Done:", "It leaks."} {
		m := w.says(dana, w.lastTo("dana", title), "/side courier@vendor.example\n\nWhere is it, "+strings.ToLower(title)).to("vic")
		if !strings.HasSuffix(m.Subject, "A question from Example Support") {
			t.Errorf("after %q the vendor reads the subject %q", title, m.Subject)
		}
	}
}

// Answers between quoted paragraphs, in HTML.
func TestInterleavedHTML(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	m := w.says(dana, n, "/note\n\nShe is a fool, "+w.secret("foolwords")+".\n\nNever pays, "+w.secret("payswords")+".").to("omar")
	for i, quote := range []func(string) string{
		func(s string) string { return `<blockquote type="cite">` + s + `</blockquote>` },
		func(s string) string {
			return `<div style="border-left:1px solid #ccc;padding-left:1ex">` + s + `</div>`
		},
		func(s string) string { return `<p style="color:blue">&gt; ` + s + `</p>` },
	} {
		d := h.ThunderbirdHTML().Reply(omar, m, "")
		text := []string{"It is all fine.", "We are on it.", "Do not worry."}[i]
		d.Text = ""
		d.HTML = "<html><body><p>/reply</p><div>On Monday, Dana Reyes wrote:</div>" + quote("She is a fool, foolwords.") + "<p>" + text + "</p>" + quote("Never pays, payswords.") + "</body></html>"
		for _, mail := range w.post(d).mails {
			if mail.DeliveredTo == jane.Address && !strings.Contains(mail.Says(), text) {
				t.Errorf("Jane reads %q", mail.Says())
			}
		}
	}
}

// Without a word of text there is nothing that could be sent.
func TestABadCommandAloneIsNeverSent(t *testing.T) {
	for _, line := range []string{"/snooze blah", "/frobnicate", "/resolve\n/assing omar"} {
		w := open(t)
		n := w.opens(jane, "Kettle", "It leaks.")
		m := w.says(dana, n, line).only("dana: NOT DONE: your mail")[0]
		w.says(dana, m, "send").none("jane")
	}
}
