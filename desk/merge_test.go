package desk_test

import (
	"strings"
	"testing"
	"time"

	"aside"
	h "aside/test/harness"
)

// A colleague answered in the ticket that was merged: a collision still.
func TestCollisionAcrossAMerge(t *testing.T) {
	w := open(t)
	w.opens(jane, "Kettle", "It leaks.")
	o, n := w.lastTo("omar", "It leaks."), w.lastTo("dana", "It leaks.")
	w.opens(jane, "The same", "It still leaks.")
	w.says(omar, o, "We send a new one.").find("jane", "We send a new one.")
	w.says(omar, o, "/merge 2").find("omar", "merged into #2")
	w.says(dana, n, "Send it back, "+w.secret("secondwords")).only("dana: NOT SENT")
}

// Who was removed from the one ticket and takes part in the other would hear
// what answers a notice that did not name them.
func TestRemovedBeforeAMerge(t *testing.T) {
	w := open(t)
	first := w.opens(jane, "Kettle", "It leaks.")
	w.says(dana, first, "/add kim@customer.example\n\nHello both.").find("kim", "Hello both")
	second := w.opens(jane, "Toaster", "It burns.")
	w.says(dana, second, "/add kim@customer.example\n\nHello both, too.").find("kim", "too")
	w.says(dana, second, "/remove kim@customer.example")
	w.says(jane, w.boxes[jane.Address][len(w.boxes[jane.Address])-1], "It smokes.")
	n := w.lastTo("dana", "It smokes.")
	w.says(omar, w.lastTo("omar", "It smokes."), "/merge 1").find("omar", "merged into #1")
	got := w.says(dana, n, "Please unplug it.")
	got.none("kim")
	contains(t, got.only("dana: NOT")[0], "kim@customer.example would get this too")
}

// So would who was removed after the notice was sent: that it named them says
// nothing any more.
func TestRemovedAfterTheNoticeAndMerged(t *testing.T) {
	w := open(t)
	first := h.Write(jane, support, "Kettle", "It leaks.")
	first.Cc = []h.Person{kim}
	n := w.post(first).to("dana")
	w.says(dana, n, "/remove kim@customer.example").find("dana", "hears no more")
	second := h.Write(jane, support, "Invoice", "Here it is.")
	second.Cc = []h.Person{kim}
	w.post(second)
	w.says(omar, w.lastTo("omar", "It leaks."), "/merge 2").find("omar", "merged into #2")
	got := w.says(dana, n, "Dear Jane, this stays between us.").none("jane", "kim")
	contains(t, got.only("dana: NOT")[0], "Kim Lind would get this too")
}

// The notice of a ticket that was merged is answered by its own address: that
// is no answer to the notices' sender, whether it quotes or not.
func TestAnswerByTheAddressOfAMergedTicket(t *testing.T) {
	w := open(t)
	w.opens(jane, "Kettle", "It leaks.")
	n := w.opens(jane, "The same", "It still leaks.")
	w.says(dana, n, "/merge 1").find("dana", "merged into #1")
	d := h.Write(dana, n.ReplyTo.Address, "Re: "+n.Subject, "A new one is on its way.")
	d.InReplyTo, d.References = n.MessageID, []string{n.MessageID}
	w.post(d).find("jane", "A new one is on its way.")
}

// What went to the notices' sender is no answer by the address of a merged
// ticket, whatever it says that it answers.
func TestAnswerToTheSenderOfAMergedTicketsNotice(t *testing.T) {
	w := open(t)
	w.opens(jane, "Kettle", "It leaks.")
	n := w.opens(jane, "The same", "It still leaks.")
	w.says(dana, n, "/merge 1").find("dana", "merged into #1")
	d := h.Write(dana, n.From.Address, "Re: "+n.Subject, "I am out this week.")
	d.InReplyTo, d.References = n.MessageID, []string{n.MessageID}
	contains(t, w.post(d).none("jane").find("dana", "NOT SENT"), "went to the notice's sender")
}

// An open ticket is not put away with the one that it is merged into: that is
// opened, and those who follow it hear so.
func TestMergeIntoWhatWasPutAway(t *testing.T) {
	for _, test := range []struct {
		into, first, more, status, says string
	}{
		{"resolved", "/resolve", "", "open", "merged into #1, which is open again."},
		{"snoozed", "/snooze 3d", "", "open", "merged into #1, which is open again."},
		{"pending, and not answered since", "/pending\n\nWhich colour?", "", "open", "merged into #1, which is open again."},
		{"open", "/open", "", "open", "merged into #1."},
		{"resolved with it", "/resolve", "/resolve\n", "resolved", "resolved; merged into #1."},
	} {
		t.Run(test.into, func(t *testing.T) {
			w := open(t)
			w.says(dana, w.opens(jane, "Kettle", "It leaks."), test.first)
			got := w.says(dana, w.opens(jane, "Still", "It leaks again."), test.more+"/merge 1")
			contains(t, got.to("dana"), test.says)
			if tick := w.ticket(1); string(tick.Status) != test.status || !tick.SnoozedUntil.IsZero() || test.status == "open" && (tick.Turn != aside.TurnTeam || !tick.ResolvedAt.IsZero()) {
				t.Errorf("%+v", tick)
			}
			if opened := strings.Contains(test.says, "open again"); opened {
				lacks(t, got.only("dana: ", "omar: Dana merged #2 into this ticket, which is open again.")[1], "Also open")
			} else {
				got.only("dana: ")
			}
		})
	}
}

// What a line of a mail merges is no ticket to the lines below it: two tickets
// could end in each other, and then neither would be there.
func TestMergeOfWhatAnotherLineMerges(t *testing.T) {
	for _, test := range []struct{ lines, why string }{
		{"1 /merge 2\n2 /merge 1", "Another line of your mail merges #1 into #2."},
		{"1 /merge 2\n2 /merge 3\n3 /merge 1", "Another line of your mail merges #1 into #2."},
		{"3 /merge 1\n3 /merge 2", "Another line of your mail merges #3 into #1."},
		{"1 /merge 2\n1 /resolve", "Another line of your mail merges #1 into #2."},
		{"1 /merge 2\n3 /merge 1", "Another line of your mail merges #1 into #2."},
	} {
		t.Run(test.lines, func(t *testing.T) {
			w := open(t)
			n := w.opens(jane, "Kettle", "It leaks.")
			asked := w.says(dana, n, "/side max@repairs.example\n\nWhen can you come?").find("max", "come")
			w.opens(jane, "Invoice", "Hello there.")
			list := w.says(dana, w.opens(jane, "Toaster", "It burns."), "/list").to("dana")
			contains(t, w.says(dana, list, test.lines).to("dana"), "NOT DONE", test.why)
			for number := range int64(3) {
				if tick := w.ticket(number + 1); tick.MergedInto != 0 || tick.Status != aside.StatusOpen {
					t.Errorf("#%d is %s, merged into %d", number+1, tick.Status, tick.MergedInto)
				}
			}
			back := w.says(max, asked, "At noon.").to("dana")
			w.says(dana, back, "Good, Max.").find("max", "Good, Max.")
		})
	}
}

// A ticket cannot end in two others.
func TestMergedIntoTwo(t *testing.T) {
	w := open(t)
	w.opens(jane, "Kettle", "It leaks.")
	w.opens(jane, "Invoice", "Hello there.")
	n := w.opens(jane, "Toaster", "It burns.")
	contains(t, w.says(dana, n, "/merge 1\n/merge 2").to("dana"), "NOT DONE", "Only one of these can be meant")
	w.says(dana, n, "/merge 1\n/merge 1").find("dana", "merged into #1")
}

// What was merged in one line comes along where the next one merges its ticket
// again: the answer of a side conversation finds the ticket that is left.
func TestMergesInARow(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	asked := w.says(dana, n, "/side max@repairs.example\n\nWhen can you come?").find("max", "come")
	w.opens(jane, "Invoice", "Hello there.")
	n = w.opens(jane, "Toaster", "It burns.")
	list := w.says(dana, n, "/list").to("dana")
	contains(t, w.says(dana, list, "1 /merge 2\n2 /merge 3").to("dana"), "#1 merged into #2", "#2 merged into #3")
	back := w.says(max, asked, "At noon.").to("dana")
	contains(t, back, "SIDE Max Repair #3")
	w.says(dana, back, "Good, Max.").find("max", "Good, Max.")
}

// Whose the merged ticket was hears on, a vendor's answer to their own question
// first of all; and whose the other one is hears of the merge.
func TestAssigneesAfterAMerge(t *testing.T) {
	w := open(t)
	w.opens(jane, "Lid", "The lid is off.")
	o := w.lastTo("omar", "The lid is off.")
	w.says(omar, o, "/take")
	m := w.says(omar, o, "/side max@repairs.example\n\nHave you a lid?").find("max", "Have you a lid?")
	w.opens(jane, "Handle", "The handle is off.")
	w.says(dana, w.lastTo("dana", "The handle is off."), "/take")
	w.says(omar, o, "/merge 2").find("dana", "Omar merged #1 into this ticket.")
	w.says(max, m, "In stock.").only("omar: In stock.", "dana: In stock.")
}

// What is merged into nobody's ticket keeps its owner, where that is one of the
// other's team; whose the other is stays so.
func TestMergeIntoNobodysKeepsTheOwner(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	w.says(dana, n, "/take")
	w.writes(jane, "Toaster", "It burns.")
	w.says(omar, w.lastTo("omar", "It leaks"), "/merge 2").only("omar: merged into #2, which is Dana's now.", "dana: Omar merged #1 into this ticket.")
	contains(t, w.says(omar, w.lastTo("omar", "It burns"), "/show").to("omar"), "Open, Dana's.", "Omar assigned it to Dana.")

	// Another team's stays that team's, and whose the first one was hears of it.
	w.writes(jane, "Oven", "It smokes.")
	w.says(dana, w.lastTo("dana", "It smokes"), "/invite dana\n/assign billing")
	w.says(dana, w.lastTo("dana", "It burns"), "/merge 3").find("dana", "merged into #3.")
	w.says(jane, w.lastTo("jane", "has arrived"), "Hello?").find("eve", "nobody's yet")
}

// A ticket that was to come back does so as part of the one that it is merged
// into, where that was put away for longer or for good.
func TestMergeOfASnoozedTicket(t *testing.T) {
	for _, into := range []string{"/resolve", "/snooze 5d"} {
		w := open(t)
		n := w.opens(jane, "Kettle", "It leaks.")
		w.says(dana, n, "/take\n/snooze 2d")
		w.writes(jane, "Toaster", "It burns.")
		w.says(dana, w.lastTo("dana", "It burns"), "/take\n"+into)
		w.says(dana, n, "/merge 2").only("dana: merged into #2, which is snoozed until Wed 4 Mar 10:00.")
		w.wait(49 * time.Hour).only("dana: The snooze is over: this ticket is open again.")
	}
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	w.says(dana, n, "/take\n/snooze 2d")
	w.writes(jane, "Toaster", "It burns.")
	w.says(dana, w.lastTo("dana", "It burns"), "/take\n/snooze 1d")
	w.says(dana, n, "/merge 2").only("dana: merged into #2.")
}
