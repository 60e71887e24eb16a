package desk_test

import (
	"strings"
	"testing"

	"aside"
	"aside/desk"
	h "aside/test/harness"
)

func TestTwoConversationsNamed(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	asked, _ := w.asks(n, "/side courier@vendor.example", "Where is it?")
	back := w.says(vic, asked, "In the depot.").to("dana")
	w.secret("mixedwords")
	// The composer completed the customer's address into an answer to Vic.
	d := h.Gmail().Reply(dana, back, "Which depot, mixedwords?")
	d.To = append(d.To, n.ReplyTo)
	contains(t, w.post(d).only("dana: NOT")[0], "two conversations")
	// The other way round.
	d = h.Gmail().Reply(dana, n, "It comes, mixedwords.")
	d.Cc = append(d.Cc, back.ReplyTo)
	w.post(d).only("dana: NOT")
	// The token of one and In-Reply-To of the other.
	d = h.Gmail().Reply(dana, back, "Which depot, mixedwords?")
	d.To = []h.Person{n.ReplyTo}
	w.post(d).only("dana: NOT")
	d = h.Gmail().Reply(dana, n, "It comes, mixedwords.")
	d.To = []h.Person{back.ReplyTo}
	w.post(d).only("dana: NOT")
	// Of two tickets.
	n2 := w.opens(joe, "Toaster", "It burns.")
	d = h.Gmail().Reply(dana, n2, "Unplug it, mixedwords.")
	d.To = []h.Person{n.ReplyTo}
	w.post(d).only("dana: NOT")
	// Notes and customer.
	note := w.says(omar, w.lastTo("omar", "It leaks."), "/note\n\nHm.").to("dana")
	d = h.Gmail().Reply(dana, note, "I think so, mixedwords.")
	d.To = append(d.To, n.ReplyTo)
	got := w.post(d)
	got.none("jane", "joe", "vic")
}

func TestAnAddressFromMemory(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	d := h.Write(dana, n.ReplyTo.Address, "hello", "Just so, "+w.secret("memorywords"))
	contains(t, w.post(d).only("dana: NOT SENT")[0], "answers no notice")
	// Its commands alone are clear.
	w.post(h.Write(dana, n.ReplyTo.Address, "hello", "/priority high")).only("dana: priority high")
	// As a note it harms nobody, and /reply names its destination.
	w.post(h.Write(dana, n.ReplyTo.Address, "hello", "/note\n\nA thought.")).only("omar: A thought.")
	w.post(h.Write(dana, n.ReplyTo.Address, "hello", "/reply\n\nIt comes, dear Jane.")).only("jane: It comes", "omar: It comes")
	m := w.lastTo("dana", "NOT SENT")
	w.secrets = nil
	w.says(dana, m, "send").find("jane", "memorywords")
}

// The notes' address from memory: notes harm nobody.
func TestTheNotesAddressFromMemory(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	note := w.says(dana, n, "/note\n\nHm.").to("omar")
	w.post(h.Write(omar, note.ReplyTo.Address, "thought", "I think so.")).only("dana: I think so.")
}

func TestColleaguesTokenGivesNoRight(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	mine := w.lastTo("omar", "It leaks.")
	// Omar's own In-Reply-To, Dana's address.
	d := h.Gmail().Reply(omar, mine, "It comes, "+w.secret("borrowedwords"))
	d.To = []h.Person{n.ReplyTo}
	w.post(d).none("jane")
	// Dana's notice, answered by Omar from a shared mailbox.
	d = h.Gmail().Reply(omar, n, "It comes, borrowedwords.")
	w.post(d).none("jane")
}

func TestAudienceChangedSince(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	old := w.lastTo("omar", "It leaks.")
	w.says(dana, n, "/add kim@customer.example").only("dana: Done:")
	m := w.says(omar, old, "Between us, "+w.secret("privatewords")).only("omar: NOT SENT")[0]
	contains(t, m, "kim@customer.example", "would get this too")
	// Who let somebody in is not asked about them, whatever mail they answer;
	// but about whom a colleague lets in beside them.
	w.says(dana, n, "Onewords for both.").only("jane: Onewords", "kim: Onewords", "omar: Onewords")
	w.says(omar, old, "/add joe@elsewhere.example").only("omar: Done:")
	m = w.says(dana, n, "Between us, twowords.").only("dana: NOT SENT")[0]
	contains(t, m, "joe@elsewhere.example would get this too")
	lacks(t, m, "kim@customer.example would get this too")
	w.says(dana, m, "discard").find("dana", "discarded")
	w.says(dana, w.lastTo("dana", "It leaks."), "/remove joe@elsewhere.example").find("dana", "hears no more")
	// What a command names is no surprise: a person added by this very mail.
	_, copied := w.asks(n, "/side courier@vendor.example", "Where is it?")
	w.says(omar, copied, "/add max@repairs.example\n\nMax, fetch it.").only("vic: fetch it", "max: fetch it", "dana: fetch it", "omar: Done:")
	// Somebody who left is no surprise either.
	w.secrets = nil
	fresh := w.says(jane, w.boxes[jane.Address][0], "And?").to("omar")
	w.says(dana, w.lastTo("dana", "And?"), "/remove kim@customer.example").only("dana: hears no more")
	w.says(omar, fresh, "It comes.").only("jane: It comes.", "dana: It comes.")
}

// Two grew at once: releasing what was shown waives nothing newer.
func TestReleaseWaivesOnlyWhatWasShown(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	old := w.lastTo("omar", "It leaks.")
	w.says(dana, n, "/add kim@customer.example").only("dana: Done:")
	m := w.says(omar, old, "Between us, privatewords.").only("omar: NOT SENT")[0]
	w.says(dana, n, "/add joe@elsewhere.example").only("dana: Done:")
	m2 := w.says(omar, m, "send").only("omar: NOT SENT")[0]
	contains(t, m2, "joe@elsewhere.example")
	if has(m2, "kim@customer.example would get this too") {
		t.Errorf("what was released is shown again:\n%s", all(m2))
	}
	w.says(omar, m2, "send").only("jane: privatewords", "kim: privatewords", "joe: privatewords", "dana: privatewords")
}

func TestCollision(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	other := w.lastTo("omar", "It leaks.")
	w.says(dana, n, "We send a new one.").find("jane", "We send")
	m := w.says(omar, other, "Send it back, "+w.secret("omarwords")).only("omar: NOT SENT")[0]
	contains(t, m, "Dana has answered since")
	// The answer to what is newer is none.
	w.says(omar, w.lastTo("omar", "We send"), "And a toaster.").only("jane: And a toaster.", "dana: And a toaster.")
	// One's own earlier answer is no collision.
	w.says(omar, w.lastTo("omar", "We send"), "And a pan.").only("jane: And a pan.", "dana: And a pan.")
	// In a side conversation, too.
	_, copied := w.asks(w.lastTo("dana", "And a pan."), "/side courier@vendor.example", "Where is it?")
	w.says(omar, copied, "In Berlin?").find("vic", "In Berlin?")
}

// What was taken back before it left is no collision.
func TestUndoneIsNoCollision(t *testing.T) {
	w := open(t, func(s *desk.Settings) { s.SendDelay = 60e9 })
	n := w.opens(jane, "Kettle", "It leaks.")
	other := w.lastTo("omar", "It leaks.")
	w.says(dana, n, "We send a new one, "+w.secret("undonewords")).only("omar: We send")
	w.says(dana, n, "/undo").only("omar: took back", "dana: stopped before it left (1 copy)")
	w.says(omar, other, "Send it back.").only("dana: Send it back.")
	w.wait(60e9).only("jane: Send it back.")
}

func TestUndo(t *testing.T) {
	w := open(t, func(s *desk.Settings) { s.SendDelay = 30e9 })
	n := w.opens(jane, "Kettle", "It leaks.")
	w.says(dana, n, "We send a new one.").only("omar: We send")
	w.wait(30e9).only("jane: We send")
	contains(t, w.says(dana, n, "/undo").only("dana: NOT")[0], "cannot be called back")
	// Only one's own.
	w.says(omar, w.lastTo("omar", "We send"), "And a pan.").only("dana: And a pan.")
	w.says(dana, n, "/undo").only("dana: NOT")
	w.wait(30e9).only("jane: And a pan.")
	// A side conversation's.
	w.says(dana, n, "/side courier@vendor.example\n\nWhere, "+w.secret("undonewords")).only("omar: Where", "dana: opened")
	w.says(dana, n, "/undo").only("omar: took back", "dana: stopped")
	w.wait(30e9).only()
	// The acknowledgement is not held back.
	w.writes(joe, "Toaster", "It burns.").only("dana: It burns.", "omar: It burns.", "joe: arrived")
}

func TestSomebodyElsesTicket(t *testing.T) {
	w := open(t, func(s *desk.Settings) { s.Directory.Agents[1].Notify = aside.NotifyAll })
	n := w.opens(jane, "Kettle", "It leaks.")
	other := w.lastTo("omar", "It leaks.")
	w.says(dana, n, "/take").only("dana: assigned")
	m := w.says(omar, other, "Send it back, "+w.secret("strangewords")).only("omar: NOT SENT")[0]
	contains(t, m, "#1 is Dana's", "not in its room")
	// Notes and commands are free.
	w.says(omar, other, "/note\n\nI would not.").only("dana: I would not.")
	w.says(omar, other, "/follow").only("omar: follow")
	w.says(omar, other, "It comes.").only("jane: It comes.", "dana: It comes.")
}

// A side conversation of somebody else's ticket: the same guard.
func TestSomebodyElsesSide(t *testing.T) {
	w := open(t, func(s *desk.Settings) { s.Directory.Agents[1].Notify = aside.NotifyAll })
	n := w.opens(jane, "Kettle", "It leaks.")
	other := w.lastTo("omar", "It leaks.")
	w.says(dana, n, "/take").only("dana: assigned")
	w.says(omar, other, "/side courier@vendor.example\n\nWhere, "+w.secret("strangewords")).only("omar: NOT SENT")
}

func TestOpaque(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	d := h.Gmail().Reply(dana, n, "See the mail, "+w.secret("opaquewords"))
	d.Files = []h.File{{Name: "old.eml", Type: "message/rfc822", Data: []byte("From: a@b.example\r\nSubject: x\r\n\r\nhi, innerwords\r\n")}}
	contains(t, w.post(d).only("dana: NOT SENT")[0], "whole mail is attached")
	d = h.Gmail().Reply(dana, n, "See the mail, opaquewords.")
	d.Files = []h.File{{Name: "winmail.dat", Type: "application/ms-tnef", Data: []byte{0x78, 0x9f, 0x3e, 0x22, 0, 0}}}
	contains(t, w.post(d).only("dana: NOT SENT")[0], "winmail.dat")
	d = h.Gmail().Reply(dana, n, "/side courier@vendor.example\n\nSee the mail, opaquewords.")
	d.Files = []h.File{{Name: "old.eml", Type: "message/rfc822", Data: []byte("From: a@b.example\r\nSubject: x\r\n\r\nhi\r\n")}}
	w.post(d).only("dana: NOT SENT")
}

func TestAttachmentsGoBothWays(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	d := h.ThunderbirdHTML().Reply(dana, n, "Look:")
	d.HTML = strings.Replace(d.HTML, "<p>Look:", `<p>Look: <img src="cid:pic1">`, 1)
	d.HTML = strings.Replace(d.HTML, "</blockquote>", `<img src="cid:logo1"></blockquote>`, 1)
	d.Files = []h.File{
		{Name: "pic.png", Type: "image/png", ContentID: "pic1", Inline: true, Data: []byte("PNGDATA")},
		{Name: "logo.png", Type: "image/png", ContentID: "logo1", Inline: true, Data: []byte("LOGODATA")},
		{Name: "bill.pdf", Type: "application/pdf", Data: []byte("%PDF bill")}}
	m := w.post(d).to("jane")
	if f := m.HasFile("pic.png"); f == nil || string(f.Data) != "PNGDATA" || !f.Inline {
		t.Errorf("the picture: %+v", f)
	}
	if m.HasFile("bill.pdf") == nil {
		t.Error("the bill did not go")
	}
	if m.HasFile("logo.png") != nil {
		t.Error("a picture went to which no kept text refers")
	}
}

// A picture inside a note, quoted back with the notice, must not go along.
func TestInlinePictureOfANoteStaysInside(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	d := h.ThunderbirdHTML().Reply(dana, n, "/note\n\nLook:")
	d.HTML = strings.Replace(d.HTML, "Look:", `Look: <img src="cid:pic1">`, 1)
	d.Files = []h.File{{Name: w.secret("secretpic") + ".png", Type: "image/png", ContentID: "pic1", Inline: true, Data: []byte(w.secret("SECRETPNGDATA"))}}
	note := w.post(d).to("omar")
	if len(note.Files) != 1 {
		t.Fatalf("the note has the files %v", note.Files)
	}
	for _, c := range []h.Client{h.ThunderbirdHTML(), h.Gmail(), h.Outlook(), h.AppleMail()} {
		d = c.Reply(omar, note, "/reply\n\nIt is fine, "+c.Name+".")
		d.Files = note.Files // the client sends the quoted picture along
		w.post(d).find("jane", "It is fine, "+c.Name)
	}
}

func TestOutsiderCopiedByTheAgentsClient(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	d := h.Gmail().Reply(dana, n, "We send a new one.")
	d.Cc = []h.Person{max}
	got := w.post(d).only("jane: We send", "omar: We send", "dana: repairs.example")
	fresh := got[2]
	if strings.EqualFold(fresh.ReplyTo.Address, n.ReplyTo.Address) {
		t.Error("the new notice has the old token")
	}
	// The old one does not count any more: not for Max, and not for Dana.
	leaked := h.Gmail().Reply(max, n, "I am Max, "+w.secret("maxwords"))
	w.post(leaked).none("jane", "max")
	late := w.says(dana, n, "It comes later, "+w.secret("endedwords"))
	late.none("jane", "max")
	// The new one does.
	w.says(dana, fresh, "It comes tomorrow.").find("jane", "It comes tomorrow.")
}

func TestCustomerCopiedByTheAgentsClientIsNotSentTwice(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	d := h.Gmail().Reply(dana, n, "We send a new one.")
	d.Cc = []h.Person{jane}
	got := w.post(d)
	got.none("jane")
	got.find("omar", "We send a new one.")
	contains(t, got.to("dana"), jane.Address)
}

// A note whose client copied an outsider: not sent on, and the token is ended.
func TestNoteCopiedToAnOutsider(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	d := h.Gmail().Reply(dana, n, "/note\n\nHer fault, "+w.secret("notewords"))
	d.Cc = []h.Person{max}
	got := w.post(d)
	got.none("jane", "max")
	got.find("omar", "notewords")
	got.find("dana", max.Address)
	w.post(h.Gmail().Reply(max, n, "/resolve")).none("jane", "max")
	if w.ticket(1).Status != aside.StatusOpen {
		t.Error("a stranger resolved it")
	}
}

// An agent writes to a contact's own token, found in a mail that was
// forwarded: the contact is not mailed by us.
func TestWrittenToAContactsToken(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	m := w.says(dana, n, "We send a new one.").to("jane")
	d := h.Write(dana, m.ReplyTo.Address, "Re: Kettle", "/resolve\n\nIt comes, "+w.secret("recordedwords"))
	d.To = append(d.To, h.Person{Address: jane.Address})
	w.post(d).none("jane")
	if w.ticket(1).Status != aside.StatusOpen {
		t.Error("a command by a contact's token was done")
	}
}

// A mailbox that answers by itself and says so nowhere ends at its second
// answer.
func TestTheSameWordsAgain(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	const away = "I am hiking in Norway until the end of the week and will read this when I am back."
	bare := func(text string) *h.Draft {
		d := h.Gmail().Reply(dana, n, text)
		d.Text, d.HTML = text, ""
		return d
	}
	w.post(bare(away)).find("jane", "hiking")
	n = w.says(jane, w.boxes[jane.Address][0], "Oh. And my kettle?").to("dana")
	m := w.post(bare(away)).only("dana: NOT SENT")[0]
	contains(t, m, "very same words")
	w.says(dana, m, "send").find("jane", "hiking")
	// What quotes, other words, and short ones, may come again.
	w.says(dana, n, away).find("jane", "hiking")
	w.says(dana, n, "Thank you, Jane.").find("jane", "Thank you")
	w.says(dana, n, "Thank you, Jane.").find("jane", "Thank you")
}

// The sender of a notice, as notices write it, stays inside however a gateway
// broke the header of a quotation.
func TestANoticesSenderStaysInside(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	d := h.Gmail().Reply(omar, w.lastTo("omar", "It leaks."), "A new one comes tomorrow.\n\nFrom: Dana Reyes (to Jane\nDoe)")
	got := w.post(d)
	got.none("jane")
	contains(t, got.only("omar: NOT")[0], "a sign of our own notices")
	d = h.Gmail().Reply(omar, w.lastTo("omar", "It leaks."), "A new one comes tomorrow.\n\nOn Thu, Mar 26, 2026 at 10:30 PM Dana Reyes")
	contains(t, w.post(d).only("omar: NOT")[0], "introduces quoted words")
	d = h.Gmail().Reply(omar, w.lastTo("omar", "It leaks."), "A new one comes tomorrow.\n\nDoe (customer) wrote:\n\nIt is a blue one, and larger.")
	contains(t, w.post(d).only("omar: NOT")[0], "a sign of our own notices")
	// A colleague may be named, and anybody in brackets.
	w.says(dana, n, "Omar Haddad (tomorrow) or I will call you.").find("jane", "will call")
}

// The customer whom the writer knew is another one by now: nobody chose that one
// to hear it.
func TestCopiedCustomerIsAnother(t *testing.T) {
	for _, say := range []func(l *leakage) *news{
		func(l *leakage) *news {
			return l.says(dana, l.customer, "/side max@repairs.example cc-customer\n\nHello both.")
		},
		func(l *leakage) *news { return l.says(dana, l.vendor, "/cc-customer on\n\nHello both.") },
	} {
		l := leaking(t)
		l.says(omar, l.lastTo("omar", "leaked on the new"), "/requester joe@elsewhere.example")
		got := say(l)
		got.none("joe", "max", "vic", "jane")
		held := got.only("dana: NOT SENT")[0]
		contains(t, held, "joe@elsewhere.example would get this too")
		l.says(dana, held, "send").find("joe", "Hello both.")
	}
	// The same while it waits for something else.
	l := leaking(t)
	held := l.held(h.Gmail().Reply(dana, l.customer, "/side max@repairs.example cc-customer\n\nHello both. "+noteSaid), "a note of the team", "send it to max@repairs.example, Jane Doe")
	l.says(omar, l.lastTo("omar", "leaked on the new"), "/requester joe@elsewhere.example")
	got := l.says(dana, held, "send notes")
	got.none("joe", "max", "jane")
	contains(t, got.only("dana: NOT SENT")[0], "joe@elsewhere.example would get this too")
}

// What waits names all who would hear it, those of its commands included.
func TestHeldNamesWhoWouldHear(t *testing.T) {
	for command, who := range map[string]string{
		"/add kim@customer.example":           "Jane Doe, kim@customer.example",
		"/requester joe@elsewhere.example":    "joe@elsewhere.example",
		"/side max@repairs.example":           "max@repairs.example",
		"/side max@repairs.example share all": "max@repairs.example",
	} {
		l := leaking(t)
		l.held(h.Gmail().Reply(dana, l.customer, command+"\n\nHello. "+noteSaid), "a note of the team", "send it to "+who+",")
	}
}
