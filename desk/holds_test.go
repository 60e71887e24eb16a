package desk_test

import (
	"strings"
	"testing"
	"time"

	"aside"
	"aside/store"
	h "aside/test/harness"
)

// hold reads a held mail.
func (w *town) hold(number int64) *store.HeldMail {
	w.t.Helper()
	var held *store.HeldMail
	if err := w.store.View(w.ctx, func(tx *store.Tx) (err error) { held, err = tx.Hold(number); return err }); err != nil {
		w.t.Fatal(err)
	}
	return held
}

// Everything that holds a mail: nothing in it happens, and the receipt says
// which line, why, and what was probably meant.
func TestWhatHolds(t *testing.T) {
	tests := []struct {
		name, text string
		says       []string
	}{
		{"an unknown command", "/assing omar\n\nHello Jane.", []string{"/assing omar", "There is no command", "Did you mean: /assign omar"}},
		{"with a good one beside it", "/take\n/frobnicate\n\nHello Jane.", []string{"/frobnicate", "There is no command"}},
		{"below the text", "Hello Jane.\n\n/resolvd", []string{"/resolvd", "/resolve"}},
		{"inside the text", "Hello Jane.\n/resolve\nBest, Dana.", []string{"/resolve", "inside your text"}},
		{"nearly one inside the text", "Hello Jane.\n/resolv\nBest, Dana.", []string{"/resolv", "Did you mean: /resolve"}},
		{"malformed", "/snooze whenever\n\nHello Jane.", []string{"/snooze whenever"}},
		{"a colon", "/note: call Jane\n\nHello.", []string{"/note: call Jane"}},
		{"two destinations", "/note\n/reply\n\nHello Jane.", []string{"/note", "/reply"}},
		{"two sides", "/side courier@vendor.example\n/side max@repairs.example\n\nHello.", []string{"two places"}},
		{"two states", "/open\n/resolve\n\nHello.", []string{"two states"}},
		{"of a later version", "/macro refund\n\nHello.", []string{"not in this version"}},
		{"of a later version, alone", "/away until monday", []string{"not in this version"}},
		{"unknown people", "/assign nobody\n\nHello.", []string{"nobody"}},
		{"no text for a note", "/note", []string{"no text"}},
		{"unknown field", "/set colour=red\n\nHello.", []string{"no field colour in the settings; these are there: order, product."}},
		{"nearly a field", "/set Prodct=kettle\n\nHello.", []string{"no field Prodct", "Did you mean: /set product=kettle"}},
		{"unknown value", "/set product=oven\n\nHello.", []string{"kettle, toaster"}},
		{"nearly a value", "/set product=ketle\n\nHello.", []string{"kettle, toaster", "Did you mean: /set product=kettle"}},
		{"no such ticket", "/merge 77\n\nHello.", []string{"no ticket #77"}},
		{"itself", "/merge 1", []string{"itself"}},
		{"remove a stranger", "/remove joe@elsewhere.example\n\nHello.", []string{"takes no part"}},
		{"cc-customer in the customer conversation", "/cc-customer on\n\nHello.", []string{"side conversation"}},
		{"undo nothing", "/undo", []string{"Nothing of yours"}},
		{"send among text", "/send H1\n\nHello.", []string{"mail of its own"}},
		{"new in a ticket", "/new joe@elsewhere.example\n\nHello.", []string{"/new"}},
		{"split without a mail", "/note\n/split\n\nHello.", nil},
		{"question beside text", "/show\n\nHello.", []string{"/show"}},
		{"a team where colleagues are meant", "/invite billing\n\nHello.", []string{"billing is a team", "In it: eve."}},
		{"nearly a colleague", "/lead oma\n\nHello.", []string{"Nobody here is called", "Did you mean: /lead omar"}},
		{"a time that is over", "/snooze 2020-01-01 10:00\n\nHello.", []string{"it is now Mon 2 Mar 2026 10:00. Did you mean: /snooze tomorrow 9am"}},
		{"another helpdesk's word", "/cc customer on\n\nHello.", []string{"Did you mean: /cc-customer on"}},
		{"nothing", "", []string{"Nothing is left"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if test.says == nil {
				t.Skip("is no hold")
			}
			w := open(t)
			n := w.opens(jane, "Kettle", "It leaks.")
			before := w.ticket(1)
			m := w.says(dana, n, test.text).only("dana: NOT")[0]
			contains(t, m, test.says...)
			contains(t, m, "It waits as H1.")
			if m.Header.Get("Importance") != "high" || m.ReplyTo.Name != "TEAM ONLY #1" {
				t.Errorf("importance %q, cue %q", m.Header.Get("Importance"), m.ReplyTo.Name)
			}
			after := w.ticket(1)
			if after.Status != before.Status || after.Assignee != before.Assignee || after.Turn != before.Turn || len(w.conversations(1)) != 2 {
				t.Errorf("something happened: %+v, before %+v", after, before)
			}
			// Discarded, it is gone.
			w.says(dana, m, "discard").only("dana: H1 discarded")
			if w.hold(1).State != aside.HoldDiscarded {
				t.Errorf("state %v", w.hold(1).State)
			}
		})
	}
}

func TestNoHold(t *testing.T) {
	for _, text := range []string{
		"Look into /usr/bin.\n/usr/local is the other.",
		"/usr/bin/kettle\nis the file.",
		"Yes/no?\n\n1/2 cup.",
		"Both and/or none.\n(/s)",
		"It is done.\n\n-- \n/resolve",
		"Send it to me@home, see http://x.example/resolve",
	} {
		w := open(t)
		n := w.opens(jane, "Kettle", "It leaks.")
		w.says(dana, n, text).only("jane: ", "omar: ")
	}
}

func TestHoldAnsweredWithOneWord(t *testing.T) {
	for word, want := range map[string][]string{
		"send":    {"jane: Hello Jane.", "omar: Hello Jane."},
		"Send.":   {"jane: Hello Jane.", "omar: Hello Jane."},
		"/send":   {"jane: Hello Jane.", "omar: Hello Jane."},
		"send H1": {"jane: Hello Jane.", "omar: Hello Jane."},
		"note":    {"omar: Hello Jane."},
		"discard": {"dana: H1 discarded"},
		"Discard": {"dana: H1 discarded"},
	} {
		t.Run(word, func(t *testing.T) {
			w := open(t)
			n := w.opens(jane, "Kettle", "It leaks.")
			m := w.says(dana, n, "Hello Jane.\n/resolve\nBest, Dana.").only("dana: NOT")[0]
			got := w.says(dana, m, word)
			got.only(want...)
			if strings.EqualFold(strings.Trim(word, "/."), "send") {
				exactly(t, got.to("jane"), "Hello Jane.\n/resolve\nBest, Dana.") // it was shown, and sent as text
			}
			// It is decided once.
			w.says(dana, m, "send H1").only("dana: already")
		})
	}
}

// An unknown command in the block above the text is no text that "send" could
// mean to send to a customer by itself, but it was shown: as it is.
func TestSendAsItIs(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	m := w.says(dana, n, "/take\n/foobarbaz\n\nHello Jane.").only("dana: NOT SENT")[0]
	contains(t, m, "send it to Jane Doe as it is")
	got := w.says(dana, m, "send")
	contains(t, got.to("jane"), "Hello Jane.")
	if w.ticket(1).Assignee != "dana" {
		t.Error("its commands are included")
	}
}

func TestAnyOtherAnswerToAHoldIsANote(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	m := w.says(dana, n, "/assing omar\n\nHello Jane.").only("dana: NOT SENT")[0]
	for _, text := range []string{"send it", "I meant omar.", "Send to Jane please"} {
		w.says(dana, m, text).only("omar: "+text, "dana: H1 still waits")
	}
	w.says(dana, m, "send?").only("dana: still waits")
	if w.hold(1).State != aside.HoldWaiting {
		t.Errorf("state %v", w.hold(1).State)
	}
}

func TestANewReplyReplacesTheHeldOne(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	m := w.says(dana, n, "/assing omar\n\nHello Jane, first.").only("dana: NOT SENT")[0]
	w.says(dana, n, "Hello Jane, second.").only("jane: second", "omar: second")
	if w.hold(1).State != aside.HoldReplaced {
		t.Errorf("state %v", w.hold(1).State)
	}
	contains(t, w.says(dana, m, "send").only("dana: ")[0], "replaced already")
	w.wait(time.Hour).only()
}

func TestANewHeldReplyReplacesTheHeldOne(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	w.says(dana, n, "/assing omar\n\nfirst.").only("dana: NOT SENT")
	m := w.says(dana, n, "/assing omar\n\nsecond.").only("dana: NOT SENT")[0]
	if w.hold(1).State != aside.HoldReplaced || w.hold(2).State != aside.HoldWaiting {
		t.Errorf("states %v, %v", w.hold(1).State, w.hold(2).State)
	}
	got := w.says(dana, m, "send")
	contains(t, got.to("jane"), "second.")
	lacks(t, got.to("jane"), "first.")
}

// What was written is not thrown away for a mail that says nothing: commands
// alone, or a reply sent empty by a slip.
func TestAMailWithoutTextReplacesNoText(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	m := w.says(dana, n, "Hi Omar,\n\nlong thought words.").only("dana: NOT SENT")[0]
	w.says(dana, n, "/take").only("dana: assigned to Dana")
	empty := w.says(dana, n, "").only("dana: Nothing is left")[0]
	if w.hold(1).State != aside.HoldWaiting {
		t.Errorf("state %v", w.hold(1).State)
	}
	// One mail without text does take the other's place.
	w.says(dana, n, "/assing omar").only("dana: NOT")
	contains(t, w.says(dana, empty, "discard").only("dana: ")[0], "replaced already")
	w.says(dana, m, "send").find("jane", "long thought words.")
}

// A colleague's reply to his own notice does not replace mine.
func TestAnothersReplyReplacesNothing(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	w.says(dana, n, "/assing omar\n\nfirst.").only("dana: NOT SENT")
	w.says(omar, w.lastTo("omar", "It leaks."), "Hello Jane, omarwords.").only("jane: omarwords", "dana: omarwords")
	if w.hold(1).State != aside.HoldWaiting {
		t.Errorf("state %v", w.hold(1).State)
	}
	// Released now, all guards run again: Omar has answered since.
	m := w.says(dana, w.lastTo("dana", "NOT SENT"), "send").only("dana: NOT SENT")[0]
	contains(t, m, "Omar has answered since")
	w.says(dana, m, "send").find("jane", "first.")
}

func TestRecalls(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	w.says(dana, n, "/assign omar").find("omar", "assigned this ticket")
	w.says(dana, n, "/follow").find("dana", "follow")
	w.says(dana, n, "/assing omar\n\nHello Jane.").only("dana: NOT SENT")
	w.wait(29 * time.Minute).only()
	m := w.wait(time.Minute).only("dana: STILL NOT")[0]
	contains(t, m, "still waiting after 30 minutes", "Hello Jane.")
	w.wait(3 * time.Hour).only()
	late := w.wait(2 * time.Hour).only("omar: STILL NOT")[0]
	contains(t, late, "Dana's")
	w.wait(48 * time.Hour).only()
	// The assignee is no manager, and does not decide.
	w.says(omar, late, "send").none("jane")
	// Its writer does, from the recall, too.
	w.says(dana, m, "send").find("jane", "Hello Jane.")
}

func TestAManagerReleases(t *testing.T) {
	w := open(t)
	w.opens(jane, "Kettle", "It leaks.")
	o := w.lastTo("omar", "It leaks.")
	w.says(omar, o, "/assing dana\n\nHello Jane.").only("omar: NOT SENT")
	w.says(dana, w.lastTo("dana", "It leaks."), "/send H1").find("jane", "Hello Jane.")
	m := w.lastTo("jane", "Hello Jane.")
	if m.From.Name != "Omar at Example Support" {
		t.Errorf("From %q", m.From.Name)
	}
	// Of a hold of the manager's own, another agent has no say.
	w.says(dana, w.lastTo("dana", "It leaks."), "/assing dana\n\nHello Jane, again.").find("dana", "NOT SENT")
	w.says(omar, o, "/send H2").only("omar: not yours")
	w.says(omar, o, "/discard H2").only("omar: not yours")
	w.says(eve, w.post(h.Write(joe, billing, "Bill", "Hi.")).to("eve"), "/send H2").only("eve: ")
	if w.hold(2).State != aside.HoldWaiting {
		t.Errorf("state %v", w.hold(2).State)
	}
}

// The writer of a held mail hears what somebody else decided about it, and may
// write the same words again.
func TestTheWriterHearsOfAManagersDecision(t *testing.T) {
	for answer, decided := range map[string]string{"/send": "released", "/discard": "discarded", "note": "kept as a note"} {
		t.Run(answer, func(t *testing.T) {
			w := open(t)
			n := w.opens(jane, "Kettle", "It leaks.")
			mine := w.lastTo("omar", "It leaks.")
			w.says(omar, mine, "/assing dana\n\nDear Jane, a new one is on its way to your door.").only("omar: NOT SENT")
			told := w.says(dana, n, answer+" H1").find("omar", "Done: H1, your held mail \u201c/assing dana Dear Jane, a new one is on its way to your door.\u201d, was "+decided+" by Dana.")
			if told.ReplyTo.Name != "TEAM ONLY #1" {
				t.Errorf("cue %q", told.ReplyTo.Name)
			}
			if answer == "/discard" {
				exactly(t, w.says(omar, mine, "Dear Jane, a new one is on its way to your door.").to("jane"), "Dear Jane, a new one is on its way to your door.")
			}
		})
	}
	// Held anew, for what is new, its writer is asked about that.
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	w.says(omar, w.lastTo("omar", "It leaks."), "/assing dana\n\nDear Jane, it comes.").only("omar: NOT SENT")
	w.says(dana, n, "A new one is on its way.")
	w.says(dana, n, "/send H1").only("omar: NOT SENT")
	// One's own decision needs no telling.
	w.says(omar, w.lastTo("omar", "NOT SENT"), "discard").only("omar: discarded")
}

// Where nothing waits, /send and /discard say so.
func TestNothingIsHeld(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	for _, word := range []string{"/send", "/discard"} {
		w.says(dana, n, word).only("dana: Not done: nothing of yours is held")
	}
	for range 2 {
		w.post(h.Gmail().Reply(dana, n, "/assing omar\n\nHello Jane."))
		w.post(h.Write(dana, support, "Another", "/frobnicate\n\nHello."))
	}
	w.says(dana, n, "/send").only("dana: it is not clear which held mail you mean; say its number, such as H7")
}

// A held /side to two vendors is released whole, and waives what was shown.
func TestHeldSideIsReleasedWhole(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	m := w.says(dana, n, "/side courier@vendor.example\n/resolve\n\nAsk @omar about "+w.secret("sidewords", vic)).only("dana: NOT SENT")[0]
	contains(t, m, "your reply to courier@vendor.example")
	w.says(dana, m, "send").find("vic", "Ask @omar about sidewords")
	if w.ticket(1).Status != aside.StatusResolved {
		t.Error("its command was not done")
	}
}

// A marker that was typed or pasted into new text is cut out of it.
func TestAMarkerInTheTextIsCut(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	d := h.Gmail().Reply(dana, n, "")
	d.Text, d.HTML = "Hello Jane,\n\nsee "+w.lastTo("omar", "It leaks.").Markers()[0]+" for it.\n\nDana", ""
	lacks(t, w.post(d).to("jane"), "aside-")
}

// A marker or a token never leaves, whatever anybody answers.
func TestMarkersAndTokensAreNeverReleased(t *testing.T) {
	for _, what := range []string{"token", "message-id", "token in HTML", "marker in a file", "marker in a file name", "token in a file name", "token in the subject of a side"} {
		t.Run(what, func(t *testing.T) {
			w := open(t)
			n := w.opens(jane, "Kettle", "It leaks.")
			other := w.lastTo("omar", "It leaks.")
			d := h.Gmail().Reply(dana, n, "Hello Jane, pastedwords.")
			w.secret("pastedwords")
			switch what {
			case "token":
				d.Text, d.HTML = "Hello pastedwords "+other.ReplyTo.Address+" here", ""
			case "message-id":
				d.Text, d.HTML = "Hello pastedwords "+other.MessageID+" here", ""
			case "token in HTML":
				d.HTML = strings.Replace(d.HTML, "Hello Jane, pastedwords.", `Hello Jane, <a href="mailto:`+other.ReplyTo.Address+`">pastedwords</a>.`, 1)
			case "marker in a file":
				d.Files = []h.File{{Name: "notice.txt", Type: "text/plain", Data: []byte("see " + other.Markers()[0])}}
			case "token in a file name":
				d.Files = []h.File{{Name: other.Token() + ".bin", Type: "application/octet-stream", Data: []byte{1}}}
			case "marker in a file name":
				d.Files = []h.File{{Name: other.Markers()[0] + ".bin", Type: "application/octet-stream", Data: []byte{1}}}
			case "token in the subject of a side":
				d = h.Gmail().Reply(dana, n, "/side courier@vendor.example subject hello "+other.Token()+"\n\nHello, pastedwords.")
			}
			m := w.post(d).only("dana: NOT SENT")[0]
			contains(t, m, "sign of our own notices")
			lacks(t, m, "send it to")
			m = w.says(dana, m, "send").only("dana: ")[0]
			contains(t, m, "never leaves")
			w.says(dana, w.lastTo("dana", "never leaves"), "/send H1").only("dana: never leaves")
			w.says(dana, w.lastTo("dana", "NOT SENT"), "/send H1 notes").only("dana: never leaves")
			// As a note it is kept.
			w.says(dana, w.lastTo("dana", "NOT SENT"), "note").only("omar: pastedwords")
		})
	}
}

// A note answer keeps text inside, whatever the destination was.
func TestHeldSideAsANote(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	m := w.says(dana, n, "/side courier@vendor.example\n/resolve\n\nAsk @omar about "+w.secret("sidewords")).only("dana: NOT SENT")[0]
	w.says(dana, m, "note").only("omar: sidewords")
	if len(w.conversations(1)) != 2 || w.ticket(1).Status != aside.StatusOpen {
		t.Error("a command was done")
	}
}

// A note that was misplaced below the quotation is one word away from the
// customer.
func TestSendOfAMisplacedNote(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	m := w.post(h.Neomutt().Reply(dana, n, "/note\n\nHer fault, "+w.secret("notewords"))).only("dana: NOT")[0]
	w.says(dana, m, "send").none("jane")
}

// Two destinations, in whatever order, are held and break nothing.
func TestTwoDestinationsInAnyOrder(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	lines := []string{"/ask omar", "/reply", "/note", "/side courier@vendor.example", "/side dhl cc-customer"}
	for _, a := range lines {
		for _, b := range lines {
			for _, text := range []string{"", "\n\nHello, " + w.secret("twowords")} {
				if a == b && a != lines[0] && text != "" && !strings.HasPrefix(a, "/side") {
					continue // the same twice is one
				}
				if a == lines[0] && b == a {
					continue
				}
				w.says(dana, n, a+"\n"+b+text).only("dana: NOT")
			}
		}
	}
}

// An answer to a hold that is no answer is told, and the mail waits on.
func TestAnswersThatAreNone(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	m := w.says(dana, n, "It comes, @nobody.").only("dana: NOT SENT")[0]
	contains(t, w.says(dana, m, "sned").only("dana: still waits")[0], "H1", "sned", "send, note or discard")
	contains(t, w.says(dana, m, "send\n\n/resolve").only("dana: still waits")[0], "stands alone")
	got := w.says(dana, m, "ok send it please")
	got.find("omar", "ok send it please")
	contains(t, got.find("dana", "kept as a note"), "H1 still waits")
	w.says(dana, m, "send\n\nDana Reyes").find("jane", "It comes")
	// What a command stands in the way of is not offered to be sent.
	m = w.says(dana, n, "/side nobodyknown\n\nWhere is it?").only("dana: NOT")[0]
	if has(m, "as it is") {
		t.Errorf("send is offered:\n%s", all(m))
	}
	w.says(dana, m, "send").only("dana: cannot be carried out")
	w.says(dana, m, "note").find("omar", "Where is it?")
}

// Wrong codes in an agent's name bring the agent one receipt an hour, and leave
// the right one its chance.
func TestManyWrongCodes(t *testing.T) {
	w := open(t)
	w.opens(jane, "Kettle", "It leaks.")
	notice := w.post(h.Write(dana, support, "hello", "Is this desk awake?")).to("dana")
	told := 0
	for range 40 {
		told += len(w.post(h.Write(dana, support, "code", "/confirm WRNGCDES")).mails)
	}
	if told != 1 {
		t.Errorf("%d mails about 40 wrong codes", told)
	}
	w.says(dana, notice, "/confirm "+code(t, notice)).find("dana", "confirmed")
}

// What was thrown away, or replaced, does not wait any more, and /why knows.
func TestWhyOfADiscardedMail(t *testing.T) {
	for _, word := range []string{"discard", "replace"} {
		w := open(t)
		n := w.opens(jane, "Kettle", "It leaks.")
		d := h.Gmail().Reply(dana, n, "/foo\nIt comes.")
		id := w.send(d)
		held := w.deliver().find("dana", "It waits as H1")
		if word == "discard" {
			w.says(dana, held, "discard")
		} else {
			w.says(dana, n, "It comes.").find("jane", "It comes.")
		}
		if rec := w.record(id); rec.Outcome == store.OutcomeHeld {
			t.Errorf("after %s it is still %s", word, rec.Outcome)
		}
	}
}

// The one word that a hold asks for, in answer to the mail that was answered
// first: it is the answer to the hold, or asked about, and no letter to Jane.
func TestTheOneWordInAnswerToTheFirstMail(t *testing.T) {
	for _, word := range []string{"send", "discard", "note", "send H1"} {
		w := open(t)
		n := w.opens(jane, "Kettle", "It leaks.")
		w.says(dana, n, "/foo\nIt comes.").find("dana", "It waits as H1")
		for _, m := range w.says(dana, n, word).mails {
			if m.DeliveredTo == jane.Address && m.Says() == word {
				t.Errorf("jane reads %q", m.Says())
			}
		}
	}
}

// A text beside an /assign is for colleagues: misspelt, its name decides nothing
// about that, and the corrected mail takes the held one's place.
func TestAssignToNobodySendsNothing(t *testing.T) {
	for _, line := range []string{"/assign omra", "/assign omar please", "/assign: omar"} {
		w := open(t)
		n := w.opens(jane, "Kettle", "It leaks.")
		held := w.says(dana, n, line+"\n\nShe is a nuisance, can you do this?").only("dana: NOT SENT")[0]
		lacks(t, held, "send it to Jane Doe")
		w.says(dana, held, "send").none("jane", "omar")
		w.says(dana, n, "/assign omar\n\nShe is a nuisance, can you do this?").find("omar", "can you do this?")
		w.wait(time.Hour).none("dana")
	}
}
