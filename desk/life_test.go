package desk_test

import (
	"strings"
	"testing"
	"time"

	"aside"
	h "aside/test/harness"
)

func TestStatusCommands(t *testing.T) {
	tests := []struct {
		line   string
		status aside.Status
		says   string
	}{
		{"/resolve", aside.StatusResolved, "resolved"},
		{"/resolved", aside.StatusResolved, "resolved"},
		{"/close", aside.StatusResolved, "resolved"},
		{"/done", aside.StatusResolved, "resolved"},
		{"/Resolve.", aside.StatusResolved, "resolved"},
		{"/ resolve", aside.StatusResolved, "resolved"},
		{"／resolve", aside.StatusResolved, "resolved"},
		{"/re\u200bsolve\u00a0", aside.StatusResolved, "resolved"},
		{"/pending", aside.StatusPending, "pending"},
		{"/open", aside.StatusOpen, "open"},
		{"/snooze", aside.StatusSnoozed, "snoozed until Tue 3 Mar 09:00"},
		{"/snooze 2h", aside.StatusSnoozed, "snoozed until Mon 2 Mar 12:00"},
		{"/snooze 2 days", aside.StatusSnoozed, "snoozed until Wed 4 Mar"},
		{"/snooze until monday", aside.StatusSnoozed, "snoozed until Mon 9 Mar"},
		{"/snooze tue 9am", aside.StatusSnoozed, "snoozed until Tue 3 Mar 09:00"},
		{"/snooze 2026-12-01 14:00", aside.StatusSnoozed, "snoozed until Tue 1 Dec 14:00"},
		{"/spam", aside.StatusResolved, "marked as spam"},
	}
	for _, test := range tests {
		t.Run(test.line, func(t *testing.T) {
			w := open(t)
			n := w.opens(jane, "Kettle", "It leaks.")
			w.says(dana, n, test.line).only("dana: Done: " + test.says)
			if got := w.ticket(1).Status; got != test.status {
				t.Errorf("status %v", got)
			}
			w.history(1, "dana status", `"`+string(test.status)+`"`)
			// With text, both are done, and one line tells of the command.
			w.says(dana, n, test.line+"\n\nIt comes.").only("jane: It comes.", "omar: It comes.", "dana: Done: "+test.says)
		})
	}
}

func TestTheCustomersMailReopens(t *testing.T) {
	for _, line := range []string{"/resolve", "/pending", "/snooze 3d"} {
		w := open(t)
		n := w.opens(jane, "Kettle", "It leaks.")
		m := w.says(dana, n, line+"\n\nIt comes.").find("jane", "It comes.")
		w.wait(time.Hour)
		got := w.says(jane, m, "It did not come.").only("dana: It did not come.", "omar: It did not come.")
		if tick := w.ticket(1); tick.Status != aside.StatusOpen || tick.Turn != aside.TurnTeam || !tick.SnoozedUntil.IsZero() || !tick.ResolvedAt.IsZero() {
			t.Errorf("after %s: %+v", line, tick)
		}
		if line == "/resolve" {
			contains(t, got[0], "It was resolved and is open again.")
		}
		contains(t, got[0], "Second mail today.")
		w.wait(5 * 24 * time.Hour).only()
	}
}

func TestASnoozeWakes(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	w.says(dana, n, "/snooze 2h").only("dana: snoozed")
	w.wait(2*time.Hour - time.Minute).only()
	w.wait(time.Minute).only("dana: The snooze is over", "omar: The snooze is over")
	if w.ticket(1).Status != aside.StatusOpen {
		t.Errorf("status %v", w.ticket(1).Status)
	}
	w.wait(24 * time.Hour).only()
}

func TestBareThanks(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	m := w.says(dana, n, "/resolve\n\nIt comes.").find("jane", "It comes.")
	contains(t, w.says(jane, m, "Thank you so much!").only("dana: Thank you", "omar: Thank you")[0], "resolves itself tomorrow morning")
	if w.ticket(1).Status != aside.StatusOpen {
		t.Errorf("status %v", w.ticket(1).Status)
	}
	w.wait(22 * time.Hour).only() // 08:00 in Berlin
	if w.ticket(1).Status != aside.StatusOpen {
		t.Errorf("status %v", w.ticket(1).Status)
	}
	w.wait(time.Hour).only()
	if w.ticket(1).Status != aside.StatusResolved {
		t.Errorf("status %v", w.ticket(1).Status)
	}
	// Touched, it stays open.
	for _, touch := range []string{"/tag happy", "/note\n\nNice.", "It was a pleasure."} {
		w.says(jane, m, "Thanks! "+strings.Repeat("!", len(touch)))
		w.says(dana, n, touch)
		w.wait(48 * time.Hour)
		if w.ticket(1).Status != aside.StatusOpen {
			t.Errorf("status %v after %q", w.ticket(1).Status, touch)
		}
		w.says(dana, n, "/resolve").find("dana", "resolved")
	}
}

func TestThanksAndMore(t *testing.T) {
	for _, text := range []string{"Thanks, but it is broken.", "Thank you. When?", "No thanks at all, it hisses"} {
		w := open(t)
		n := w.opens(jane, "Kettle", "It leaks.")
		m := w.says(dana, n, "/resolve\n\nIt comes.").find("jane", "It comes.")
		w.says(jane, m, text)
		w.wait(48 * time.Hour)
		if w.ticket(1).Status != aside.StatusOpen {
			t.Errorf("%q resolved itself", text)
		}
	}
}

func TestResolveEndsTheSidesReminders(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	asked, _ := w.asks(n, "/side courier@vendor.example due 2h", "Where is it?")
	w.says(dana, n, "/resolve").only("dana: resolved")
	w.wait(24 * time.Hour).only()
	// The vendor's late answer reaches the agents, and moves nothing.
	w.says(vic, asked, "In the depot.").only("dana: In the depot.", "omar: In the depot.")
	if w.ticket(1).Status != aside.StatusResolved {
		t.Errorf("status %v", w.ticket(1).Status)
	}
}

func TestClosedForLong(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	m := w.says(dana, n, "/resolve\n\nIt comes.").find("jane", "It comes.")
	w.wait(15 * 24 * time.Hour)
	got := w.says(jane, m, "It never came.").find("dana", "It never came.")
	contains(t, got, "Continues #1, which is closed.")
	if got.ReplyTo.Name != "CUSTOMER Jane Doe #2" || w.ticket(1).Status != aside.StatusResolved || w.ticket(1).Successor != 2 {
		t.Errorf("cue %q, %+v", got.ReplyTo.Name, w.ticket(1))
	}
	// Further mail to the old one goes to the new one.
	w.says(jane, m, "And again, never.").only("dana: And again", "omar: And again")
	if w.ticket(1).Status != aside.StatusResolved {
		t.Error("the old one was opened")
	}
}

func TestTicketCommands(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	for _, test := range []struct{ line, says string }{
		{"/priority high", "priority high"},
		{"/tag Late -foo #vip", "tags: late vip -foo (was not there)"},
		{"/tag -late", "tags: -late."},
		{"/tag -late", "tags: -late (was not there)"},
		{"/set product=kettle order=\"A 17\"", "product is kettle; order is A 17"},
		{"/set order=", "order is empty now"},
		{"/set Product=Toaster", "product is toaster"}, // as a telephone writes it
		{"/set PRODUCT=kettle Order=b9", "product is kettle; order is b9"},
		{"/tag twice\n/tag -twice", "tags: twice; tags: -twice."},
		{"/snooze 2027-04-02 10:00", "snoozed until Fri 2 Apr 2027 10:00."},
		{"/snooze 2026-04-02 10:00", "snoozed until Thu 2 Apr 10:00."},
		{"/open", "open."},
		{"/subject Kettle of Jane, " + "insidesubject", "insidesubject"},
		{"/take\n/priority low\n/tag x", "assigned to Dana; priority low; tags: x"},
	} {
		w.says(dana, n, test.line).only("dana: Done: " + map[bool]string{true: "", false: test.says}[strings.Contains(test.line, "/subject")])
		contains(t, w.lastTo("dana", "Done"), test.says)
	}
	tick := w.ticket(1)
	if tick.Priority != "low" || strings.Join(tick.Tags, " ") != "vip x" || tick.Fields["product"] != "kettle" || tick.Fields["order"] != "b9" || tick.Assignee != "dana" {
		t.Errorf("%+v", tick)
	}
	// The ticket's name stays inside; the conversation's subject never changes.
	w.secret("insidesubject")
	m := w.says(dana, n, "It comes.").only("jane: It comes.")[0]
	if m.Subject != "Re: Kettle" {
		t.Errorf("subject %q", m.Subject)
	}
	w.says(dana, n, "/side courier@vendor.example\n\nWhere is it?").find("vic", "A question from Example Support")
}

func TestRequester(t *testing.T) {
	w := open(t)
	// A forwarder's mail: Kim sends Jane's matter on.
	n := w.writes(kim, "Fwd: Kettle", "My neighbour has trouble, "+w.secret("forwarderwords")+".").to("dana")
	w.says(dana, n, "/side courier@vendor.example cc-customer\n\nCall each other.").find("kim", "Call each other.")
	w.says(dana, n, "/requester jane@customer.example").find("dana", "the customer is jane@customer.example now")
	if tick := w.ticket(1); tick.Requester != jane.Address {
		t.Errorf("requester %v", tick.Requester)
	}
	if hears := w.hears(1, ""); len(hears) != 1 || hears[0] != jane.Address {
		t.Errorf("heard by %v", hears)
	}
	for _, c := range w.conversations(1) {
		if c.Kind == aside.Side {
			if hears := w.hears(1, c.Tag); len(hears) != 1 || hears[0] != vic.Address {
				t.Errorf("the side is heard by %v", hears)
			}
		}
	}
	// What goes to Jane shows nothing of Kim's.
	m := w.says(dana, n, "/reply\n\nDear Jane, it comes.")
	if len(m.mails) > 0 && m.mails[0].DeliveredTo == dana.Address {
		m = w.says(dana, m.mails[0], "send")
	}
	to := m.find("jane", "Dear Jane, it comes.")
	lacks(t, to, kim.Address, "neighbour", "forwarderwords")
	// Kim's next mail is a stranger's.
	m = w.says(kim, w.boxes[kim.Address][0], "Is it done, "+w.secret("kimwords"))
	m.none("jane", "kim")
	contains(t, m.to("dana"), "does not take part")
}

func TestMerge(t *testing.T) {
	w := open(t)
	n1 := w.opens(jane, "Kettle", "It leaks.")
	asked, _ := w.asks(n1, "/side courier@vendor.example", "Where is it?")
	m1 := w.says(dana, n1, "It comes.").find("jane", "It comes.")
	note1 := w.says(dana, n1, "/note\n\nHm, "+w.secret("notewords")).to("omar")
	n2 := w.opens(jane, "The same kettle", "It still leaks.")
	w.says(dana, n1, "/merge 2").find("dana", "merged into #2")
	if tick := w.ticket(1); tick.Status != aside.StatusMerged || tick.MergedInto != 2 {
		t.Errorf("%+v", tick)
	}
	// Everything leads to the new one.
	contains(t, w.says(jane, m1, "When?").to("dana"), "CUSTOMER Jane Doe #2")
	contains(t, w.says(vic, asked, "In the depot, "+w.secret("depotwords", vic)).to("dana"), "SIDE Courier GmbH #2-")
	contains(t, w.says(omar, note1, "I agree, "+w.secret("agreewords")).to("dana"), "TEAM ONLY #2")
	w.says(dana, n1, "It comes tomorrow.").find("jane", "It comes tomorrow.")
	w.says(dana, n2, "Or on Friday.").find("jane", "Or on Friday.")
	// The tag in a subject, too.
	d := h.Write(vic, support, "["+asked.Subject[1:strings.Index(asked.Subject, "]")]+"] late", "Tomorrow, depotwords.")
	contains(t, w.post(d).to("dana"), "SIDE Courier GmbH #2-")
	w.says(dana, n2, "/merge 1").only("dana: NOT")
}

func TestMergeOfDifferentCustomersLinks(t *testing.T) {
	w := open(t)
	n1 := w.opens(jane, "Kettle", "It leaks, "+w.secret("janewords", jane))
	w.opens(joe, "Toaster", "It burns, "+w.secret("joewords", joe))
	w.says(dana, n1, "/merge 2").only("dana: linked with #2; they have different customers")
	if w.ticket(1).Status != aside.StatusOpen || w.ticket(2).Status != aside.StatusOpen {
		t.Error("merged")
	}
	w.says(dana, n1, "It comes.").only("jane: It comes.", "omar: It comes.")
}

func TestSplit(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	m := w.says(dana, n, "It comes.").find("jane", "It comes.")
	d := h.Gmail().Reply(jane, m, "My toaster burns, too.")
	d.Subject = "Toaster"
	n2 := w.post(d).to("dana")
	got := w.says(dana, n2, "/split")
	contains(t, got.find("dana", "started with this mail"), "#2")
	fresh := got.find("dana", "My toaster burns")
	if fresh.ReplyTo.Name != "CUSTOMER Jane Doe #2" || fresh.Subject != "[#2] Toaster" {
		t.Errorf("cue %q, subject %q", fresh.ReplyTo.Name, fresh.Subject)
	}
	m = w.says(dana, fresh, "Unplug it.").find("jane", "Unplug it.")
	if m.Subject != "Re: Toaster" {
		t.Errorf("subject %q", m.Subject)
	}
	contains(t, w.says(jane, m, "Done.").to("dana"), "CUSTOMER Jane Doe #2")
	// The old one goes on by itself.
	w.says(dana, n, "And the kettle is here.").find("jane", "And the kettle")
}

// A vendor's mail becomes a ticket of the vendor's own, and takes nothing of
// the customer's along.
func TestSplitOfAVendorsMail(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle, "+w.secret("janesubject", jane), "It leaks, "+w.secret("janewords", jane))
	asked, _ := w.asks(n, "/side courier@vendor.example", "Where is it?")
	back := w.says(vic, asked, "Your bill is open.").to("dana")
	got := w.says(dana, back, "/split")
	fresh := got.find("dana", "Your bill is open.")
	if !strings.HasPrefix(fresh.ReplyTo.Name, "CUSTOMER Courier GmbH #2") {
		t.Errorf("cue %q", fresh.ReplyTo.Name)
	}
	w.says(dana, fresh, "We pay.").find("vic", "We pay.")
}

func TestNew(t *testing.T) {
	w := open(t)
	n := w.opens(joe, "Toaster", "It burns.")
	list := w.says(dana, n, "/list").to("dana")
	d := h.Gmail().Reply(dana, list, "/new jane@customer.example\n\nIt is here.")
	d.Subject = "Your kettle"
	got := w.post(d)
	m := got.find("jane", "It is here.")
	exactly(t, m, "It is here.")
	if m.Subject != "Your kettle" || len(m.References)+len(m.InReplyTo) != 0 || m.From.Name != "Dana at Example Support" {
		t.Errorf("subject %q, references %v, from %v", m.Subject, m.References, m.From)
	}
	contains(t, got.find("dana", "begun with"), "#2")
	if tick := w.ticket(2); tick.Assignee != "dana" || tick.Turn != aside.TurnCustomer || tick.Requester != jane.Address {
		t.Errorf("%+v", tick)
	}
	contains(t, w.says(jane, m, "Thank you.").to("dana"), "CUSTOMER Jane Doe #2")
}

// A time in another year says which.
func TestAnswersAboutAnotherYear(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	for _, line := range []string{"/show", "/why", "/search leaks"} {
		contains(t, w.says(dana, n, line).to("dana"), "Mon 2 Mar, 10:00")
	}
	w.wait(365 * 24 * time.Hour)
	for _, line := range []string{"/show", "/why", "/search leaks"} {
		contains(t, w.says(dana, n, line).to("dana"), "Mon 2 Mar 2026, 10:00")
	}
}
