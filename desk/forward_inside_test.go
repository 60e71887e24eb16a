package desk_test

import (
	"strings"
	"testing"

	"aside"
	"aside/desk"
	h "aside/test/harness"
)

// harbour are words of a mail that only Omar's own mailbox has.
const harbour = "the second pallet of red kettles still stands in the harbour of Hamburg and nobody there knows when it moves, harbourwords"

// fromFactory is that mail.
func fromFactory(t *testing.T) *h.Mail {
	t.Helper()
	m, err := h.ParseMail([]byte("From: \"Quinn Adams\" <qa@factory.example>\r\nTo: omar@example.com\r\nSubject: Late delivery\r\n" +
		"Date: Mon, 2 Mar 2026 08:00:00 +0000\r\nMessage-ID: <late@factory.example>\r\n\r\nHello Omar,\r\n\r\n" + harbour + ".\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// forwarding is a town in which the team has talked of Jane's kettle, with Omar's
// notices of her mail and of the note.
func forwarding(t *testing.T, changes ...func(*desk.Settings)) (w *town, mail, note *h.Mail) {
	t.Helper()
	w = open(t, append(changes, bySignature)...)
	w.signing = true
	n := w.opens(jane, "Kettle", "It leaks.")
	note = w.says(dana, n, "/note\n\nWho knows the factory?").find("omar", "Who knows the factory?")
	w.secret("harbourwords")
	return w, w.lastTo("omar", "It leaks."), note
}

// What an agent forwards to the notes is what the note is about, from every
// client, with words above it and without.
func TestForwardIntoTheNotes(t *testing.T) {
	for _, c := range h.Clients() {
		for _, above := range []string{"See below, please take care.", ""} {
			t.Run(c.Name+" "+above, func(t *testing.T) {
				w, _, note := forwarding(t)
				got := w.post(c.Forward(omar, fromFactory(t), note.ReplyTo.Address, above)).only("dana: Omar Haddad (note)")[0]
				contains(t, got, above, "Forwarded: Quinn Adams, Late delivery", harbour)
				// Nobody forwards it by an answer, whatever that quotes.
				answer := w.says(dana, got, "I have called them.").only("omar: I have called them.")[0]
				lacks(t, answer, "harbourwords")
				// It is read again where the ticket is.
				contains(t, w.says(dana, got, "/show").find("dana", "Who knows the factory?"), "harbourwords")
			})
		}
	}
}

// A forward by a customer's notice that a command keeps inside is no less kept,
// and so is that of an agent who has no part in the ticket any more.
func TestForwardThatBecomesANote(t *testing.T) {
	w, mail, _ := forwarding(t)
	got := w.post(h.Gmail().Forward(omar, fromFactory(t), mail.ReplyTo.Address, "/note\n\nSee below.")).none("jane")
	contains(t, got.find("dana", "See below."), "harbourwords")
	got = w.post(h.Gmail().Forward(omar, fromFactory(t), mail.ReplyTo.Address, "/assign dana")).none("jane")
	contains(t, got.find("dana", "(note)"), "harbourwords")
}

// Its pictures stay with a forward that the team reads.
func TestPicturesOfAForwardInTheNotes(t *testing.T) {
	w, _, note := forwarding(t)
	d := h.Gmail().Forward(omar, fromFactory(t), note.ReplyTo.Address, "See below.")
	d.HTML = strings.Replace(d.HTML, "Hello Omar,", `Hello Omar,<br><img src="cid:pallet@x">`, 1)
	d.Files = []h.File{{Name: "pallet.png", Type: "image/png", ContentID: "pallet@x", Inline: true, Data: []byte("pallet")}}
	if w.post(d).find("dana", "See below.").HasFile("pallet.png") == nil {
		t.Error("the picture is lost")
	}
}

// Words that stand in a note as a forward are a note's, for the leak guard and
// for whoever asks for approval of what stands above them.
func TestForwardedWordsAreTheTeams(t *testing.T) {
	pasted := "Dear Jane, " + harbour + ", sorry."
	w, mail, note := forwarding(t)
	w.post(h.Gmail().Forward(omar, fromFactory(t), note.ReplyTo.Address, "See below."))
	hold := w.says(omar, mail, pasted).none("jane").to("omar")
	contains(t, hold, "NOT SENT", "a note of the team", "send notes:")

	w, mail, note = forwarding(t)
	asked := w.post(h.Gmail().Forward(omar, fromFactory(t), note.ReplyTo.Address, "/ask dana\n\nMay we tell her that it takes until the end of this very long month of March?"))
	w.says(dana, asked.find("dana", "harbourwords"), "approve")
	w.says(omar, mail, pasted).none("jane").find("omar", "a note of the team")
	w.says(omar, mail, "It takes until the end of this very long month of March.").find("jane", "until the end")
}

// What is forwarded by an address that leads outside does not leave. The hold
// says so, whatever command names the destination, and "note" keeps it.
func TestForwardToTheOutside(t *testing.T) {
	for _, command := range []string{"", "/reply\n\n", "/side dhl\n\n"} {
		w, mail, _ := forwarding(t)
		forward := h.Gmail().Forward(omar, fromFactory(t), mail.ReplyTo.Address, command+"Please see below.")
		hold := w.post(forward).only("omar: NOT SENT")[0]
		contains(t, hold, "Forwarded: Quinn Adams, Late delivery", "which is left out", "What waits: > Please see below.")
		lacks(t, hold, "harbourwords")
		to := "jane"
		if command == "/side dhl\n\n" {
			to = "dhl"
		}
		got := w.says(omar, hold, "send")
		exactly(t, got.find(to, "Please see below."), "Please see below.")
		// The agents can read what was left out.
		contains(t, w.says(dana, got.find("dana", "Please see below."), "/show quoted").find("dana", "Forwarded: Quinn Adams"), "harbourwords")
	}
	w, mail, _ := forwarding(t)
	hold := w.post(h.Gmail().Forward(omar, fromFactory(t), mail.ReplyTo.Address, "Please see below.")).only("omar: NOT SENT")[0]
	contains(t, w.says(omar, hold, "note").none("jane").find("dana", "Please see below."), "harbourwords")
}

// A forward to the outside without words has nothing that could leave, also where
// a command stands above it: it is not lost for that.
func TestBareForwardToTheOutside(t *testing.T) {
	for _, above := range []string{"", "/resolve"} {
		w, mail, _ := forwarding(t)
		hold := w.post(h.Gmail().Forward(omar, fromFactory(t), mail.ReplyTo.Address, above)).only("omar: NOT DONE")[0]
		contains(t, hold, "Forwarded: Quinn Adams, Late delivery", "only forwards another one", "note: keep it", "discard: throw it away")
		lacks(t, hold, "send: ")
		contains(t, w.says(omar, hold, "send").only("omar: Not done: H1")[0], "it still waits", "Answer note")
		contains(t, w.says(omar, hold, "note").none("jane").find("dana", "(note)"), "harbourwords")
	}
}

// The reply that says what a bare forward did not takes its place, as the hold
// says. A note does not: the forward would be lost.
func TestReplyInPlaceOfABareForward(t *testing.T) {
	w, mail, _ := forwarding(t)
	bare := h.Gmail().Forward(omar, fromFactory(t), mail.ReplyTo.Address, "")
	bare.InReplyTo, bare.References = mail.MessageID, []string{mail.MessageID}
	w.post(bare).only("omar: NOT DONE")
	w.says(omar, mail, "/note\n\nI look into it.").find("dana", "I look into it.")
	if state := w.hold(1).State; state != aside.HoldWaiting {
		t.Errorf("a note made the forward %s", state)
	}
	w.says(omar, mail, "It takes a week.").find("jane", "It takes a week.")
	if state := w.hold(1).State; state != aside.HoldReplaced {
		t.Errorf("the forward is %s", state)
	}
}

// Whoever asks something above a forward does not lose it.
func TestQuestionAboveAForwardToTheNotes(t *testing.T) {
	w, _, note := forwarding(t)
	hold := w.post(h.Gmail().Forward(omar, fromFactory(t), note.ReplyTo.Address, "/show")).only("omar: NOT DONE")[0]
	contains(t, hold, "/show", "What waits: > Forwarded: Quinn Adams")
	contains(t, w.says(omar, hold, "note").find("dana", "(note)"), "harbourwords")
}
