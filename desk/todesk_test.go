package desk_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"aside"
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
		"/new jane@customer.example\n/resolve\n\nHi.", "/new jane@customer.example\n\nHi @omar."} {
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

func TestSearch(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks a lot.")
	contains(t, w.says(dana, n, "/search leaks").only("dana: ")[0], "#1", "leaks")
	contains(t, w.says(dana, n, "/list leaks").only("dana: ")[0], "#1", "leaks")
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
