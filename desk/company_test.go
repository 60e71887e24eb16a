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
