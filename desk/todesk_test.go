package desk_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"aside"
	"aside/store"
	h "aside/test/harness"
)

var codeIn = regexp.MustCompile(`/confirm ([A-Z2-9]{8})`)

// code is the newest code that an agent was sent.
func code(t *testing.T, m *h.Mail) string {
	t.Helper()
	found := codeIn.FindStringSubmatch(m.Text)
	if found == nil {
		t.Fatalf("no code in\n%s", all(m))
	}
	return found[1]
}

// confirmed posts a mail of an agent that nothing proves, and confirms it.
func (w *town) confirmed(d *h.Draft) *news {
	w.t.Helper()
	w.now = w.now.Add(time.Hour) // one notice an hour
	m := w.post(d).only(nameOf(d.From) + ": Was this you?")[0]
	return w.says(d.From, m, "/confirm "+code(w.t, m))
}

func nameOf(p h.Person) string {
	for name, other := range cast {
		if other == p {
			return name
		}
	}
	return ""
}

func TestAMailInAnAgentsNameIsHeld(t *testing.T) {
	w := open(t)
	w.opens(jane, "Kettle", "It leaks.")
	m := w.post(h.Write(dana, support, "Kettle", "/resolve\n\nIt comes, "+w.secret("forgedwords")+".")).only("dana: Was this you? 1 mail waits for your word")[0]
	contains(t, m, "forgedwords", "/confirm ")
	if m.ReplyTo.Address == "" || w.ticket(1).Status != aside.StatusOpen {
		t.Error("something happened")
	}
	// Nobody else's word counts, nor a wrong code.
	w.says(dana, m, "/confirm ABCDEFGH").only("dana: NOT DONE")
	w.post(h.Write(jane, support, "x", "/confirm "+code(t, m))).find("dana", "/confirm")
	if w.hold(1).State != aside.HoldWaiting {
		t.Error("somebody else confirmed it")
	}
	// A plain answer from the registered address is enough.
	got := w.post(h.Write(dana, support, "Re: Was this you?", "/confirm "+code(t, m)))
	got.find("dana", "confirmed")
	if w.hold(1).State != aside.HoldReleased {
		t.Errorf("state %v", w.hold(1).State)
	}
	// Once.
	w.post(h.Write(dana, support, "Re: Was this you?", "/confirm "+code(t, m))).only("dana: not valid")
}

func TestCodesComeOnceAnHourAndLastADay(t *testing.T) {
	w := open(t)
	first := w.post(h.Write(dana, support, "One", "Words one.")).only("dana: One")[0]
	w.post(h.Write(dana, support, "Two", "Words two.")).only()
	w.post(h.Write(dana, support, "Three", "Words three.")).only()
	w.wait(50 * time.Minute).only()
	m := w.wait(15 * time.Minute).only("dana: 2 mails")[0]
	contains(t, m, "Two", "Three", "Words two.", "Words three.")
	lacks(t, m, "Words one.")
	if strings.Contains(m.Text, code(t, first)) {
		t.Error("the first code was sent again")
	}
	w.wait(24 * time.Hour)
	w.says(dana, first, "/confirm "+code(t, first)).only("dana: not valid")
	if w.hold(1).State != aside.HoldExpired {
		t.Errorf("state %v", w.hold(1).State)
	}
	w.wait(24 * time.Hour).only()
}

// Another agent's code releases nothing of mine.
func TestAnothersCode(t *testing.T) {
	w := open(t)
	m := w.post(h.Write(dana, support, "One", "Words one.")).only("dana: One")[0]
	w.post(h.Write(omar, support, "x", "/confirm "+code(t, m))).none("dana")
	if w.hold(1).State != aside.HoldWaiting {
		t.Errorf("state %v", w.hold(1).State)
	}
}

// Codes cannot be guessed at: after some wrong ones an hour, none counts.
func TestCodesAreNotGuessed(t *testing.T) {
	w := open(t)
	m := w.post(h.Write(dana, support, "One", "Words one.")).only("dana: One")[0]
	for i := range 205 {
		w.post(h.Write(dana, support, "x", "/confirm ABCDEF"+string(rune('A'+i/20))+string(rune('A'+i%20))))
	}
	w.post(h.Write(dana, support, "x", "/confirm "+code(t, m)))
	if w.hold(1).State != aside.HoldWaiting {
		t.Errorf("state %v", w.hold(1).State)
	}
	w.wait(time.Hour)
	w.post(h.Write(dana, support, "x", "/confirm "+code(t, m))).find("dana", "confirmed")
}

func TestAForwardBecomesTheCustomersTicket(t *testing.T) {
	for _, c := range h.Clients() {
		t.Run(c.Name, func(t *testing.T) {
			w := open(t)
			mine := &h.Mail{From: jane, To: []h.Person{dana}, Subject: "Kettle broken", MessageID: "abc@customer.example",
				Text: "Dear Dana,\n\nmy kettle leaks, janewords.\n\nJane\n"}
			raw := "From: \"Jane Doe\" <jane@customer.example>\r\nTo: dana@example.com\r\nSubject: Kettle broken\r\nDate: Mon, 2 Mar 2026 08:00:00 +0000\r\nMessage-ID: <abc@customer.example>\r\n\r\n" +
				strings.ReplaceAll(mine.Text, "\n", "\r\n")
			m, err := h.ParseMail([]byte(raw))
			if err != nil {
				t.Fatal(err)
			}
			got := w.confirmed(c.Forward(dana, m, support, "She is angry, "+w.secret("notewords")+"."))
			got.none("jane")
			receipt := got.find("dana", "opened for Jane Doe")
			contains(t, receipt, "/requester")
			n := got.find("omar", "janewords")
			if n.ReplyTo.Name != "CUSTOMER Jane Doe #1" || n.Subject != "[#1] Kettle broken" {
				t.Errorf("cue %q, subject %q", n.ReplyTo.Name, n.Subject)
			}
			lacks(t, n, "notewords")
			if note := got.find("omar", "notewords"); note.ReplyTo.Name != "TEAM ONLY #1" {
				t.Errorf("cue %q", note.ReplyTo.Name)
			}
			answer := w.says(omar, n, "It comes.").find("jane", "It comes.")
			exactly(t, answer, "It comes.")
			lacks(t, answer, "dana", "notewords")
		})
	}
}

func TestAnAgentsOwnMailIsAnOrdinaryTicket(t *testing.T) {
	w := open(t)
	got := w.confirmed(h.Write(dana, support, "The printer", "It is broken."))
	m := got.find("omar", "It is broken.")
	if !strings.HasPrefix(m.ReplyTo.Name, "CUSTOMER") {
		t.Errorf("cue %q", m.ReplyTo.Name)
	}
	contains(t, m, "NOBODY AT THE MOMENT")
	// Our own addresses never take part.
	if hears := w.hears(1, ""); len(hears) != 0 {
		t.Errorf("heard by %v", hears)
	}
}

func TestAMailToACustomerCopiedToTheDeskIsRecorded(t *testing.T) {
	w := open(t)
	w.opens(jane, "Kettle", "It leaks.")
	d := h.Write(dana, jane.Address, "About your kettle", "I called you, recordedwords.")
	d.To[0].Name = "Jane Doe"
	d.Cc = []h.Person{{Address: support}}
	got := w.confirmed(d)
	got.none("jane")
	contains(t, got.find("omar", "recordedwords"), "CUSTOMER Jane Doe #1")
	if w.ticket(1).Turn != aside.TurnCustomer {
		t.Error("the customer has it, and it is the customer's turn")
	}
	// Several: asked, not guessed.
	w.opens(jane, "Toaster", "It burns.")
	d = h.Write(dana, jane.Address, "About it", "I called again, secondwords.")
	d.Cc = []h.Person{{Address: support}}
	got = w.confirmed(d)
	got.none("jane", "omar")
	contains(t, got.find("dana", "several open tickets"), "secondwords")
	// None: an ordinary ticket.
	d = h.Write(dana, kim.Address, "About it", "Kim, thirdwords.")
	d.Cc = []h.Person{{Address: support}}
	w.confirmed(d).none("kim", "jane").find("omar", "thirdwords")
}

func TestCommandsOnlyToTheDesk(t *testing.T) {
	w := open(t)
	w.opens(jane, "Kettle", "It leaks.")
	w.confirmed(h.Write(dana, support, "x", "/list")).find("dana", "#1 Kettle")
	w.confirmed(h.Write(dana, support, "x", "1 /assign omar\n1 /priority high")).find("omar", "assigned this ticket")
	if tick := w.ticket(1); tick.Assignee != "omar" || tick.Priority != "high" {
		t.Errorf("%+v", tick)
	}
	w.confirmed(h.Write(dana, support, "x", "/resolve")).find("dana", "needs a ticket")
}

func TestNewFromTheDesk(t *testing.T) {
	w := open(t)
	got := w.confirmed(h.Write(dana, support, "Your kettle", "/new jane@customer.example\n\nIt is here."))
	m := got.find("jane", "It is here.")
	exactly(t, m, "It is here.")
	if m.Subject != "Your kettle" {
		t.Errorf("subject %q", m.Subject)
	}
	got.find("dana", "#1 begun")
	for _, text := range []string{"/new omar@example.com\n\nHi.", "/new support@example.com\n\nHi.", "/new jane@customer.example", "/new nobody\n\nHi.",
		"/new jane@customer.example\n/relay\n\nHi.", "/new jane@customer.example\n\nHi @omar."} {
		w.confirmed(h.Write(dana, support, "Your kettle", text)).none("jane", "omar").find("dana", "NOT")
	}
}

func TestQuestions(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks a lot.")
	w.opens(joe, "Toaster", "It burns.")
	w.says(dana, n, "/note\n\nHm, a thought.")
	w.says(dana, n, "/take")
	tests := []struct {
		line       string
		wants, not []string
	}{
		{"/list", []string{"#1 Kettle", "#2 Toaster"}, nil},
		{"/list mine", []string{"#1 Kettle"}, []string{"Toaster"}},
		{"/list unassigned", []string{"#2 Toaster"}, []string{"#1 Kettle"}},
		{"/list open", []string{"#1 Kettle", "#2 Toaster"}, nil},
		{"/list waiting", []string{"no tickets"}, nil},
		{"/list snoozed", []string{"no tickets"}, nil},
		{"/list overdue", []string{"no tickets"}, nil},
		{"/show", []string{"It leaks a lot.", "Hm, a thought.", "Dana's"}, nil},
		{"/show 2", []string{"It burns."}, []string{"leaks"}},
		{"/show 77", []string{"no ticket #77"}, nil},
		{"/why", []string{"Nothing in the mail names a conversation"}, nil},
		{"/why 2", []string{"Toaster"}, nil},
		{"/help", []string{"/side", "/resolve", "/snooze"}, []string{"/macro", "/away"}},
	}
	for _, test := range tests {
		t.Run(test.line, func(t *testing.T) {
			got := w.says(dana, n, test.line).only("dana: ")[0]
			contains(t, got, test.wants...)
			for _, word := range test.not {
				if strings.Contains(got.Text, word) {
					t.Errorf("%q is in\n%s", word, got.Text)
				}
			}
		})
	}
	if w.ticket(1).Assignee != "dana" || w.ticket(1).Turn != aside.TurnTeam {
		t.Error("a question changed something")
	}
}

// A list of more than fit says so, and not how many of the rest were read.
func TestLongList(t *testing.T) {
	w := open(t)
	for range 50 {
		w.writes(jane, "Kettle", "It leaks.")
	}
	ask := func() *h.Mail { return w.says(dana, w.lastTo("dana", "It leaks."), "/list").only("dana: ")[0] }
	lacks(t, ask(), "There are more")
	w.writes(jane, "Toaster", "It burns.")
	contains(t, ask(), "Tickets not resolved:", "#51 Toaster", "There are more. To see fewer: /list mine")
}

func TestSearch(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks a lot.")
	contains(t, w.says(dana, n, "/search leaks").only("dana: ")[0], "#1", "leaks")
	// A list has each ticket once, however often the words stand in it.
	w.says(jane, w.boxes[jane.Address][0], "It leaks still.")
	list := w.says(dana, n, "/list leaks").only("dana: ")[0]
	contains(t, list, "Tickets with leaks:", "#1 Kettle")
	if n := strings.Count(list.Text, "#1 Kettle"); n != 1 {
		t.Errorf("the ticket stands there %d times:\n%s", n, list.Text)
	}
	contains(t, w.says(dana, n, "/search frobnicate").only("dana: ")[0], "Nothing found")
	// The other team's agent sees nothing of it, until she is asked in.
	b := w.post(h.Write(joe, billing, "Invoice", "It is wrong.")).to("eve")
	contains(t, w.says(eve, b, "/search leaks").only("eve: ")[0], "Nothing found")
	w.says(dana, n, "/invite eve")
	contains(t, w.says(eve, b, "/search leaks").only("eve: ")[0], "#1", "leaks")
}

func TestListLines(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	w.opens(joe, "Toaster", "It burns.")
	w.opens(kim, "Pan", "It sticks.")
	list := w.says(dana, n, "/list").to("dana")
	for _, c := range h.Clients() {
		d := commanded(c, dana, list, "1 2 /assign omar", "")
		got := w.post(d)
		contains(t, got.find("dana", "Done"), "#1 assigned to Omar", "#2 assigned to Omar")
	}
	if w.ticket(1).Assignee != "omar" || w.ticket(2).Assignee != "omar" || w.ticket(3).Assignee != "" {
		t.Error("not assigned as asked")
	}
	// All or none.
	w.says(dana, list, "1 /resolve\n77 /resolve").only("dana: NOT DONE")
	w.says(dana, list, "1 /resolve\n2 /resolv").only("dana: NOT DONE")
	w.says(dana, list, "1 /resolve\nand thanks").only("dana: NOT DONE")
	w.says(dana, list, "1 /side courier@vendor.example").only("dana: NOT DONE")
	w.says(dana, list, "hello").only("dana: NOT DONE")
	if w.ticket(1).Status != aside.StatusOpen {
		t.Error("half of a mail was done")
	}
	got := w.says(dana, list, "1, 3 /resolve\n2 /snooze 2h\n\n")
	contains(t, got.find("dana", "Done"), "#1 resolved", "#3 resolved", "#2 snoozed")
}

// forwardOf is a customer's mail as Dana's own mailbox has it.
func forwardOf(t *testing.T) *h.Mail {
	t.Helper()
	m, err := h.ParseMail([]byte("From: \"Jane Doe\" <jane@customer.example>\r\nTo: dana@example.com\r\nSubject: Kettle broken\r\n" +
		"Date: Mon, 2 Mar 2026 08:00:00 +0000\r\nMessage-ID: <abc@customer.example>\r\n\r\nDear Dana, it leaks.\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// Commands above a forward are meant for the ticket that the forward opens.
func TestCommandsAboveAForward(t *testing.T) {
	for _, c := range h.Clients() {
		w := open(t, bySignature)
		w.signing = true
		got := w.post(c.Forward(dana, forwardOf(t), support, "/take\n/tag vip"))
		contains(t, got.find("dana", "opened for Jane Doe"), "assigned to Dana", "tags: vip")
		got.find("dana", "it leaks")
	}
	w := open(t, bySignature)
	w.signing = true
	got := w.post(h.Gmail().Forward(dana, forwardOf(t), support, "/take\n/tag vip\n/priority high\n/snooze 2d\n\nShe is angry."))
	contains(t, got.find("dana", "opened for Jane Doe"), "assigned to Dana", "tags: vip", "priority high", "snoozed until")
	got.find("dana", "it leaks")
	got.none("omar", "jane") // the ticket is Dana's
	tick := w.ticket(1)
	if tick.Assignee != "dana" || len(tick.Tags) != 1 || tick.Priority != "high" || tick.Status != aside.StatusSnoozed {
		t.Errorf("%+v", tick)
	}
}

// A ticket that is given away as it opens is told of to whom it is given.
func TestAForwardIsAssigned(t *testing.T) {
	w := open(t, bySignature)
	w.signing = true
	got := w.post(h.Gmail().Forward(dana, forwardOf(t), support, "/assign omar\n/add kim@customer.example"))
	got.none("jane", "kim")
	got.find("omar", "assigned this ticket")
	contains(t, got.find("omar", "it leaks"), "YOUR REPLY GOES TO: Jane Doe, kim@customer.example")
}

// Who was named wrong in the forward is put right in the same mail.
func TestAForwardOfSomebodyElses(t *testing.T) {
	w := open(t, bySignature)
	w.signing = true
	got := w.post(h.Gmail().Forward(dana, forwardOf(t), support, "/requester joe@customer.example\n\nShe asks for Joe."))
	got.none("jane", "joe")
	if n := got.find("omar", "it leaks"); !strings.HasPrefix(n.ReplyTo.Name, "TEAM ONLY") {
		t.Errorf("cue %q", n.ReplyTo.Name)
	}
	if hears := w.hears(1, ""); len(hears) != 1 || hears[0] != "joe@customer.example" {
		t.Errorf("heard by %v", hears)
	}
}

// A mail that begins a ticket asks of it what it likes, all of it or nothing.
func TestCommandsInAMailThatOpensATicket(t *testing.T) {
	w := open(t, bySignature)
	w.signing = true
	w.writes(dana, "Printer", "/assign omar\n/tag inside\n\nIt is broken.").find("omar", "It is broken.")
	if tick := w.ticket(1); tick.Assignee != "omar" || len(tick.Tags) != 1 {
		t.Errorf("%+v", tick)
	}
	got := w.writes(dana, "Rang", "/requester jane@customer.example\n\nJane rang, "+w.secret("rangwords")+".").none("jane")
	lacks(t, got.find("dana", "the customer is jane@customer.example"), "nobody outside")
	got = w.writes(dana, "Your kettle", "/new jane@customer.example\n/add kim@customer.example\n/tag vip\n/pending\n\nIt is here.")
	got.find("jane", "It is here.")
	got.find("kim", "It is here.")
	if tick := w.ticket(3); tick.Status != aside.StatusPending || len(tick.Tags) != 1 {
		t.Errorf("%+v", tick)
	}
}

// What cannot be meant for a ticket that does not stand yet is refused with its
// reason, opens none, and no number is made up.
func TestCommandsTooEarly(t *testing.T) {
	w := open(t, bySignature)
	w.signing = true
	forward := func(text string) *h.Draft { return h.Gmail().Forward(dana, forwardOf(t), support, text) }
	write := func(text string) *h.Draft { return h.Write(dana, support, "x", text) }
	for _, test := range []struct {
		mail *h.Draft
		why  string
	}{
		{forward("/take\n/reply\n\nIt comes."), "above a forwarded mail is a note"},
		{forward("/side dhl\n\nWhere is it?"), "in answer to its notice"},
		{forward("/merge 1"), "Merge it in answer to its notice"},
		{forward("/take\n/assign nobody"), "Nobody here and no team is called nobody"},
		{forward("/ask omar"), "no text to ask about"},
		{forward("/undo"), "Nothing waits to leave"},
		{forward("/list"), "/list cannot be used together"},
		{forward("1 /take"), "this line is about another ticket"},
		{forward("See, @nobody."), "Nobody here is called @nobody"},
		{forward("/new joe@customer.example\n\nSee below."), "which is left out"},
		{write("/take\n/relay\n\nHm."), "no earlier mails"},
		{write("/reply\n\nHm."), "Nobody outside takes part yet"},
		{write("/ask omar\n\nHm."), "no note that could be asked about"},
		{write("/due 2d\n\nHm."), "no side conversation yet"},
		{write("/resolve"), "needs a ticket"},
		{write("/new jane@customer.example\n/attach a.pdf\n\nHm."), "no earlier mails"},
		{write("/new jane@customer.example\n/requester joe@customer.example\n\nHm."), "names the customer already"},
	} {
		lacks(t, w.post(test.mail).none("jane").find("dana", test.why), "1042")
		err := w.store.View(w.ctx, func(tx *store.Tx) error {
			if _, err := tx.Ticket(1); !errors.Is(err, store.ErrNotFound) {
				t.Fatalf("%s: a ticket was opened", test.mail.Text)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// A question above a forward is asked in the ticket that it opens.
func TestAQuestionAboveAForward(t *testing.T) {
	w := open(t, bySignature)
	w.signing = true
	got := w.post(h.Gmail().Forward(dana, forwardOf(t), support, "/ask omar\n\nMay she have a new one?"))
	contains(t, got.find("omar", "May she have a new one?"), "Approve", "Decline")
	got.find("omar", "it leaks")
}

// What was recorded as already sent says where it was recorded.
func TestWhyOfARecordedMail(t *testing.T) {
	w := open(t, bySignature)
	w.signing = true
	w.opens(jane, "Kettle", "It leaks.")
	d := h.Write(dana, jane.Address, "Kettle", "I rang you just now.")
	d.Cc = []h.Person{{Address: support}}
	id := w.send(d)
	w.deliver().find("dana", "recorded")
	if rec := w.record(id); rec.Ticket != 1 || strings.Contains(rec.Reason, "opens a ticket") || !strings.Contains(rec.Reason, "the customer of #1") {
		t.Errorf("recorded in #%d, %q", rec.Ticket, rec.Reason)
	}
}

// The reason of a mail to the desk says what became of it.
func TestWhyOfAMailToTheDesk(t *testing.T) {
	w := open(t, bySignature)
	w.signing = true
	w.opens(jane, "Kettle", "It leaks.")
	for _, test := range []struct {
		mail   *h.Draft
		ticket int64
		why    string
	}{
		{h.Write(dana, support, "x", "/list"), 0, "itself. It asks, and changes nothing."},
		{h.Write(dana, support, "x", "1 /take"), 0, "itself. Its lines name the tickets that they are about."},
		{h.Write(dana, support, "x", "/take"), 0, "itself."},
		{h.Write(dana, support, "x", "Broken."), 2, "itself. It opens a ticket."},
		{h.Write(dana, support, "x", "/new joe@customer.example\n\nHello."), 3, "itself. It begins a ticket."},
		{h.Gmail().Forward(dana, forwardOf(t), support, "See."), 4, "itself. It forwards a mail of jane@customer.example, whose ticket it opens."},
	} {
		rec := w.record(w.send(test.mail))
		if rec.Ticket != test.ticket || !strings.HasSuffix(rec.Reason, test.why) {
			t.Errorf("%q: in #%d, %q", test.mail.Text, rec.Ticket, rec.Reason)
		}
		if test.ticket == 0 {
			continue
		}
		err := w.store.View(w.ctx, func(tx *store.Tx) error {
			c, err := tx.Conversation(rec.Conversation)
			if err == nil && c.Kind != aside.Customer {
				t.Errorf("%q: among the %s", test.mail.Text, c.Kind)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// A question by number that has no answer says so.
func TestShowQuotedByNumberSaysNothingWasCut(t *testing.T) {
	w := open(t, bySignature)
	w.opens(jane, "Kettle", "It leaks.")
	w.signing = true
	w.writes(dana, "hello", "1 /show quoted").find("dana", "#1 /show quoted: nothing was cut from the mails of this ticket")
}

// What was meant for tickets by number, and cannot be done, is held like any
// other command, and told.
func TestMisspeltInAnswerToAList(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	list := w.says(dana, n, "/list").to("dana")
	contains(t, w.says(dana, list, "1 /resolv").to("dana"), "1 /resolv", "Did you mean: 1 /resolve", "It waits as")
	contains(t, w.says(dana, list, "1 /priority").to("dana"), "NOT DONE", "1 /priority")
	contains(t, w.says(dana, list, "1 /note\n\nShe is angry.").to("dana"), "NOT DONE", "cannot be used on the lines of a list")
	w.signing = true
	contains(t, w.writes(dana, "x", "1 /resolv").to("dana"), "Did you mean: 1 /resolve", "It waits as")
	w.writes(dana, "The lamp", "It takes\n2 /day or so").find("omar", "2 /day or so")
}

// A merged ticket stays merged: its number leads to the ticket it went into, or
// nothing is done.
func TestNumberOfAMergedTicket(t *testing.T) {
	w := open(t, bySignature)
	w.signing = true
	w.opens(jane, "Kettle", "It leaks.")
	n := w.opens(jane, "The same", "It still leaks.")
	w.says(dana, n, "/merge 1").find("dana", "merged into #1")
	w.post(h.Write(dana, support, "x", "2 /open"))
	w.post(h.Write(dana, support, "x", "2 /assign omar"))
	if tick := w.ticket(2); tick.Status != aside.StatusMerged || tick.Assignee != "" {
		t.Errorf("#2 is %s, assigned to %q", tick.Status, tick.Assignee)
	}
}

// A command with a ticket's number before it is never a new ticket's text: the
// desk itself says to write it so.
func TestNumberedCommandsOpenNoTicket(t *testing.T) {
	for _, text := range []string{"1 /add kim@customer.example", "1 /requester kim@customer.example", "1 /split", "1 /note\nHm.", "1 /undo"} {
		w := open(t, bySignature)
		w.signing = true
		w.opens(jane, "Kettle", "It leaks.")
		got := w.post(h.Write(dana, support, "x", text))
		for _, m := range got.mails {
			if has(m, "#2 opened") {
				t.Errorf("%q opened a ticket", text)
			}
		}
	}
}
