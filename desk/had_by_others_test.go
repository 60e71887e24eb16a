package desk_test

import (
	"strings"
	"testing"
	"time"

	"aside"
	"aside/store"
	h "aside/test/harness"
)

// secretly is a passage of the note in every leakage.
var secretly = noteSaid[strings.Index(noteSaid, "the whole"):]

// givenToJoe makes Joe the customer, and is Dana's notice of his first mail.
func (w *town) givenToJoe(n *h.Mail) *h.Mail {
	w.t.Helper()
	w.says(dana, n, "/requester joe@elsewhere.example")
	held := w.says(dana, n, "/reply\n\nDear Joe, hello.").to("dana")
	w.says(dana, held, "send").find("joe", "hello")
	return w.says(joe, w.boxes[joe.Address][0], "Hello, what is it?").to("dana")
}

// withMargins is an answer of Dana's with a file.
func withMargins(n *h.Mail, text string) *h.Draft {
	d := h.Gmail().Reply(dana, n, text)
	d.Files = []h.File{margins}
	return d
}

// letGo answers a notice with the note's words and with a file of the notes, and
// lets both go to who hears it.
func (l *leakage) letGo(n *h.Mail) *news {
	l.t.Helper()
	note := h.Gmail().Reply(omar, l.lastTo("omar", "My kettle"), "/note\n\nOur margins.")
	note.Files = []h.File{margins}
	l.post(note)
	m := l.held(withMargins(n, "Look:\n\n"+secretly), "a note of the team", "margins.pdf")
	return l.says(dana, m, "send notes")
}

// keepsBack checks that neither goes out once more, in answer to a notice, unasked.
func (l *leakage) keepsBack(n *h.Mail, before string) {
	l.t.Helper()
	l.post(h.Gmail().Reply(dana, n, before+"It is this: "+secretly)).none("kim", "joe", "jane", "vic").find("dana", "in a note of the team")
	l.post(withMargins(n, before+"See the file.")).none("kim", "joe", "jane", "vic").find("dana", "This file stands in a note of the team")
}

// What the former customer was told of a note the new one has not had.
func TestWhatTheFormerCustomerHad(t *testing.T) {
	l := leaking(t)
	l.letGo(l.customer).find("jane", "the whole")
	l.keepsBack(l.givenToJoe(l.customer), "")
}

// Nor was what a colleague approved for the one approved for the other.
func TestApprovedForTheFormerCustomer(t *testing.T) {
	l := leaking(t)
	const text = "We pay you forty euros back at once because the whole spring batch came with a weak handle, sorry."
	asked := l.says(dana, l.customer, "/ask omar\n\n"+text).find("omar", "forty")
	l.says(omar, asked, "approve")
	n := l.givenToJoe(l.customer)
	l.says(dana, n, text).none("joe").find("dana", "in a note of the team")
}

// What a contact was told of a note before another came to hear the conversation
// the other has not had, nor the one whom the mail itself lets hear it.
func TestWhatWasHadBeforeOneJoined(t *testing.T) {
	for _, who := range []string{"vic", "jane"} {
		for _, alone := range []bool{true, false} {
			l := leaking(t)
			n := map[string]*h.Mail{"vic": l.vendor, "jane": l.customer}[who]
			l.letGo(n).find(who, "the whole")
			if !alone {
				l.keepsBack(n, "/add kim@customer.example\n\n")
				continue
			}
			l.says(dana, n, "/add kim@customer.example")
			l.keepsBack(l.says(cast[who], l.boxes[recipient(who)][0], "One thing more.").to("dana"), "")
		}
	}
}

// What one vendor was asked before another came to hear the conversation is not
// a third one's.
func TestPassagesFromBeforeAVendorJoined(t *testing.T) {
	l := leaking(t)
	l.says(dana, l.vendor, "/add max@repairs.example")
	l.held(h.Gmail().Reply(dana, l.repairs, "Look: "+askedVic), "the side conversation")
}

// What /undo stopped on its way to one of two only the other has had, who may be
// told again alone: not in words, not as a file, not between a colleague's lines.
func TestHalfUndone(t *testing.T) {
	l := leaking(t)
	l.says(dana, l.vendor, "/add kim@customer.example")
	n := l.says(vic, l.boxes[vic.Address][0], "One thing more of mine.").to("dana")
	l.set.SendDelay = time.Minute
	if err := l.svc.Configure(l.ctx, l.set); err != nil {
		t.Fatal(err)
	}
	copied := l.letGo(n).find("omar", "the whole")
	l.now = l.now.Add(2 * time.Minute)
	out, _, err := l.svc.Claim(l.ctx, time.Second, 10)
	if err != nil || len(out) != 2 {
		t.Fatalf("%d mails leave (%v)", len(out), err)
	}
	for _, o := range out { // the relay takes one, and asks to come again for the other
		a := store.Attempt{Delivery: o.Delivery, State: aside.DeliverySent}
		if o.Recipient.Address == kim.Address {
			a.State, a.Next, a.Detail = aside.DeliveryQueued, l.now.Add(time.Hour), "451 greylisted"
		}
		if err := l.store.Update(l.ctx, func(tx *store.Tx) error { return tx.FinishAttempt(a) }); err != nil {
			t.Fatal(err)
		}
	}
	l.says(dana, n, "/undo").find("dana", "1 of its copies had left already")
	l.wait(2 * time.Hour).none("kim")
	l.keepsBack(l.says(vic, l.boxes[vic.Address][0], "Hello again.").to("dana"), "")
	l.post(h.NeomuttInterleaved().Reply(omar, copied, "That is all of it."))
	lacks(t, l.wait(2*time.Minute).find("kim", "That is all of it."), "weak handle")
	l.says(dana, n, "/remove kim@customer.example")
	l.says(dana, l.says(vic, l.boxes[vic.Address][0], "And?").to("dana"), "Once more: "+secretly)
	l.wait(2*time.Minute).find("vic", "Once more")
}

// What an agent's own client sent to the customer alone, and the desk recorded,
// the others in the customer's conversation have not had; the customer has.
func TestRecordedWasHadByWhomItWentTo(t *testing.T) {
	l := leaking(t)
	l.signing = true
	l.says(dana, l.customer, "/add kim@customer.example")
	n := l.says(jane, l.boxes[jane.Address][0], "Hello, is anybody there?").to("dana")
	direct := h.Write(dana, jane.Address, "Between the two of us", "Dear Jane, "+secretly)
	direct.Cc = []h.Person{{Address: support}}
	copied := l.post(direct).none("jane", "kim").find("omar", "the whole")
	l.post(h.Gmail().Reply(dana, n, "Dear both, "+secretly)).none("jane", "kim").find("dana", "in a note of the team")
	lacks(t, l.post(h.NeomuttInterleaved().Reply(omar, copied, "That is all of it.")).find("kim", "That is all of it."), "weak handle")
	l.says(dana, n, "/remove kim@customer.example")
	n = l.says(jane, l.boxes[jane.Address][0], "And?").to("dana")
	l.post(h.Gmail().Reply(dana, n, "As I said: "+secretly)).find("jane", "As I said")
}

// What was stopped before it left may be written again: it was ours, and nobody's
// secret.
func TestWrittenAgainAfterUndo(t *testing.T) {
	l := leaking(t)
	l.set.SendDelay = time.Minute
	if err := l.svc.Configure(l.ctx, l.set); err != nil {
		t.Fatal(err)
	}
	const text = "Dear Jane, we send you another kettle tomorrow in the morning, and you keep the first one for the parts."
	l.says(dana, l.customer, text)
	l.says(dana, l.customer, "/undo").find("dana", "stopped before it left")
	n := l.says(jane, l.boxes[jane.Address][0], "Hello?").to("dana")
	l.says(dana, n, strings.Replace(text, "tomorrow", "on Tuesday", 1))
	l.wait(2*time.Minute).find("jane", "on Tuesday")
}
