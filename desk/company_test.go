package desk_test

import (
	"strings"
	"testing"
	"time"

	"aside/desk"
	h "aside/test/harness"
)

// Who is copied hears what the customer hears, and no more: not the side
// conversation that is opened from a mail of theirs.
func TestCopiedPeopleHearNoSide(t *testing.T) {
	w := open(t)
	d := h.Write(jane, support, "Kettle", "It leaks.")
	d.Cc = []h.Person{kim}
	n := w.post(d).to("dana")
	w.says(dana, n, "/side courier@vendor.example cc-customer\n\nCall her, "+w.secret("callwords", vic, jane)).none("kim")
	w.says(dana, n, "/add joe@elsewhere.example\n\nAll of you.").only("jane: All of you.", "kim: All of you.", "joe: All of you.", "omar: All of you.", "dana: hears")
}

// A side conversation with somebody who is in the customer conversation, too:
// two threads, and each has its own.
func TestSideWithSomebodyCopied(t *testing.T) {
	w := open(t)
	d := h.Write(jane, support, "Kettle", "It leaks.")
	d.Cc = []h.Person{kim}
	n := w.post(d).to("dana")
	m := w.says(dana, n, "/side kim@customer.example\n\nIs she serious, "+w.secret("seriouswords", kim)).only("kim: Is she serious", "omar: Is she", "dana: opened")[0]
	if m.Subject == "Kettle" || len(m.References) != 0 {
		t.Errorf("subject %q, references %v", m.Subject, m.References)
	}
	back := w.says(kim, m, "She is, "+w.secret("shewords", kim)).to("dana")
	if !strings.HasPrefix(back.ReplyTo.Name, "SIDE Kim Lind") {
		t.Errorf("cue %q", back.ReplyTo.Name)
	}
	w.says(dana, back, "Good, "+w.secret("goodwords", kim)).only("kim: goodwords", "omar: goodwords")
	// To both tokens at once: the more private one.
	all := h.Gmail().Reply(kim, m, "Both, "+w.secret("bothwords", kim))
	all.Cc = []h.Person{w.lastTo("kim", "Is she serious").ReplyTo, {Address: support}}
	w.post(all).none("jane")
}

// /undo within the delay takes a whole side conversation's first mail back,
// the customer's copy included.
func TestUndoOfAllCopies(t *testing.T) {
	w := open(t, func(s *desk.Settings) { s.SendDelay = 30e9 })
	n := w.opens(jane, "Kettle", "It leaks.")
	w.says(dana, n, "/side courier@vendor.example cc-customer\n\nCall, "+w.secret("undonewords")).only("omar: Call", "dana: opened")
	contains(t, w.says(dana, n, "/undo").find("dana", "stopped"), "2 copies")
	w.wait(time.Minute).none("jane", "vic")
}

// A recalled or released hold never sends twice.
func TestReleasedTwiceIsSentOnce(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	m := w.says(dana, n, "Hello.\n/resolve\nYours.").only("dana: NOT SENT")[0]
	recall := w.wait(31 * time.Minute).to("dana")
	w.says(dana, m, "send").find("jane", "Hello.")
	w.says(dana, recall, "send").only("dana: already")
	w.says(dana, m, "discard").only("dana: already")
}

// An agent's vacation text, sent as a person's by a client that marks nothing,
// is at most the agent's own answer to one notice and loops with nobody.
func TestReceiptsAreNotAnswered(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	m := w.says(dana, n, "/take").to("dana")
	got := w.says(dana, m, "Thank you, machine.")
	got.none("jane", "dana")
}

func TestABounceIsToldToItsAuthor(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	m := w.says(dana, n, "It comes.").find("jane", "It comes.")
	d := &h.Draft{From: h.Person{Name: "Mail Delivery", Address: "mailer-daemon@customer.example"}, Envelope: "<>", To: []h.Person{{Address: m.ReturnPath}},
		Subject: "Undelivered Mail", MessageID: h.NewID("customer.example"), Text: "No such mailbox.",
		Headers: [][2]string{{"Auto-Submitted", "auto-replied"}}, Report: &h.Report{Recipient: jane.Address, Status: "5.1.1", Original: m.Raw}}
	got := w.post(d)
	got.none("jane")
	contains(t, got.find("dana", "did not arrive"), "Jane Doe ("+jane.Address+") did not arrive: 5.1.1 550 no such mailbox", "It comes.")
	w.history(1, "delivery trouble", jane.Address)
}

// Two desks addressed: one ticket, the other team is told once.
func TestTwoDesks(t *testing.T) {
	w := open(t)
	d := h.Write(jane, support, "Kettle and bill", "Both are wrong.")
	d.To = append(d.To, h.Person{Address: billing})
	got := w.post(d).only("dana: Both are wrong.", "omar: Both are wrong.", "eve: It is ticket #1 of Example Support", "jane: arrived")
	lacks(t, got[2], "Both are wrong.")
	w.says(jane, got[3], "Hello?").only("dana: Hello?", "omar: Hello?")
}

// To and Cc take part from the first mail only, if the desk stands in it.
func TestWhoTakesPart(t *testing.T) {
	w := open(t)
	d := h.Write(jane, support, "Kettle", "It leaks.")
	d.Cc = []h.Person{kim, dana}
	n := w.post(d).to("omar")
	if n.ReplyTo.Name != "CUSTOMER Jane Doe +1 #1" {
		t.Errorf("cue %q", n.ReplyTo.Name)
	}
	m := w.says(omar, n, "We look.").only("jane: We look.", "kim: We look.", "dana: We look.")[0]
	// Later copies are shown and offered.
	d = h.Gmail().Reply(jane, m, "My lawyer reads this.")
	d.Cc = []h.Person{joe}
	n = w.post(d).to("omar")
	contains(t, n, "Copied by Jane, will not get it: joe@elsewhere.example (Add)")
	w.says(omar, n, "Fine.").only("jane: Fine.", "kim: Fine.", "dana: Fine.")
	w.post(w.click(omar, n, "/add joe@elsewhere.example")).only("omar: joe@elsewhere.example hears")
	// A blind copy to the desk makes nobody else a participant.
	d = h.Write(kim, joe.Address, "Private", "Dear Joe.")
	d.Bcc = []string{support}
	n = w.post(d).to("omar")
	if n.ReplyTo.Name != "CUSTOMER Kim Lind #2" {
		t.Errorf("cue %q", n.ReplyTo.Name)
	}
}

func TestAnAgentsOtherAddress(t *testing.T) {
	w := open(t)
	w.opens(jane, "Kettle", "It leaks.")
	home := h.Person{Name: "Omar", Address: "omar@home.example"}
	w.says(home, w.lastTo("omar", "It leaks."), "It comes.").only("jane: It comes.", "dana: It comes.")
}

// Who releases a colleague's mail hears that it went to nobody outside.
func TestReleasedAndKeptAsANote(t *testing.T) {
	for _, then := range []func(*leakage){
		func(l *leakage) { l.joins("omar", "billing") },
		func(l *leakage) { l.says(dana, l.customer, "/lead dana") },
		func(l *leakage) { l.says(dana, l.customer, "/remove jane@customer.example") },
	} {
		l := leaking(t)
		l.says(omar, l.lastTo("omar", "My kettle"), "We look at it, @dana knows.")
		then(l)
		got := l.says(dana, l.lastTo("dana", "Between us"), "/send H1").none("jane")
		got.find("dana", "sending H1: it is a note now, and Omar was told why")
		lacks(t, got.find("omar", "note"), "was released")
	}
}
