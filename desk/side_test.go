package desk_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"aside"
	h "aside/test/harness"
)

var tagIn = regexp.MustCompile(`#\d+-([a-z]{2})\b`)

// tag is the two letters of the side conversation that a notice is about.
func tag(t *testing.T, m *h.Mail) string {
	t.Helper()
	found := tagIn.FindStringSubmatch(m.Subject + " " + m.ReplyTo.Name + " " + m.Text)
	if found == nil {
		t.Fatalf("no tag in\n%s", all(m))
	}
	return found[1]
}

// asks opens a side conversation with the courier and returns the courier's
// mail and Omar's notice of it.
func (w *town) asks(n *h.Mail, line, text string) (asked, copied *h.Mail) {
	w.t.Helper()
	got := w.says(dana, n, line+"\n\n"+text)
	return got.find("vic", text), got.find("omar", text)
}

func TestSideConversation(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle arrived broken", "It leaks, "+w.secret("janewords")+".")
	got := w.says(dana, n, "/side courier@vendor.example\n\nWhere is parcel 17?").only(
		"vic: Where is parcel 17?", "omar: Where is parcel 17?", "dana: opened with courier@vendor.example")
	asked, receipt := got[0], got[2]
	exactly(t, asked, "Where is parcel 17?")
	kx := tag(t, receipt)
	if asked.Subject != "[#1-"+kx+"] A question from Example Support" {
		t.Errorf("subject %q", asked.Subject)
	}
	if len(asked.InReplyTo)+len(asked.References) != 0 {
		t.Errorf("the vendor's mail refers to %v %v", asked.InReplyTo, asked.References)
	}
	lacks(t, asked, jane.Address, "Jane", "Kettle")
	if got[1].ReplyTo.Name != "SIDE courier at vendor.example #1-"+kx {
		t.Errorf("cue %q", got[1].ReplyTo.Name)
	}
	// The vendor's answer stays inside.
	w.secret("depotwords", vic)
	back := w.says(vic, asked, "In the depot, depotwords.").only("dana: depotwords", "omar: depotwords")
	contains(t, back[0], "YOUR REPLY GOES TO: Courier GmbH (side conversation, not the customer)")
	if back[0].From.Name != "Courier GmbH (side)" {
		t.Errorf("From %q", back[0].From.Name)
	}
	if w.ticket(1).Turn != aside.TurnTeam || w.ticket(1).Status != aside.StatusOpen {
		t.Error("a side conversation moved the ticket")
	}
	// Agents answer by replying.
	again := w.says(dana, back[0], "Which depot?").only("vic: Which depot?", "omar: Which depot?")
	exactly(t, again[0], "Which depot?")
	if again[0].Subject != "Re: "+asked.Subject {
		t.Errorf("subject %q", again[0].Subject)
	}
	// A second side conversation beside it.
	w.secret("repairwords", max)
	got = w.says(omar, w.boxes[omar.Address][0], "/side max@repairs.example\n\nCan you repair it, repairwords?").only(
		"max: repairwords", "dana: repairwords", "omar: opened with")
	lacks(t, got[0], "courier", "parcel", "depot", jane.Address)
	if tag(t, got[2]) == kx {
		t.Error("two side conversations with one tag")
	}
	w.says(max, got[0], "Yes, repairwords 20 euro.").only("dana: 20 euro", "omar: 20 euro")
	// And the customer's conversation goes on by itself.
	final := w.says(dana, n, "It is on its way.").only("jane: It is on its way.", "omar: on its way")
	exactly(t, final[0], "It is on its way.")
}

func TestSideFromANotice(t *testing.T) {
	tests := []struct {
		name, line string
		to         []string // everybody outside who hears it
		lacks      []string
		text       string // what the vendor's mail says
		subject    string
		due        time.Duration // from now; 0 for none
	}{
		{"one address", "/side courier@vendor.example", []string{"vic"}, []string{"Jane", "leaks"}, "Where?", "A question from Example Support", 0},
		{"two", "/side courier@vendor.example, max@repairs.example", []string{"vic", "max"}, nil, "Where?", "A question from Example Support", 0},
		{"address book", "/side dhl", []string{"dhl"}, nil, "Where?", "A question from Example Support", 24 * time.Hour},
		{"due", "/side dhl due 3d", []string{"dhl"}, nil, "Where?", "A question from Example Support", 72 * time.Hour},
		{"subject", "/side dhl subject Parcel 17 is late", []string{"dhl"}, nil, "Where?", "Parcel 17 is late", 24 * time.Hour},
		{"share none", "/side dhl share none", []string{"dhl"}, []string{"leaks"}, "Where?", "A question from Example Support", 24 * time.Hour},
		{"upper case, blanks and a dot", "/ SIDE  DHL, Courier@Vendor.example.", []string{"dhl", "vic"}, nil, "Where?", "A question from Example Support", 24 * time.Hour},
		{"angled", "/side <mailto:courier@vendor.example>", []string{"vic"}, nil, "Where?", "A question from Example Support", 0},
		{"named", `/side "Courier GmbH" <courier@vendor.example>`, []string{"vic"}, nil, "Where?", "A question from Example Support", 0},
		{"wide slash", "／side courier@vendor.example", []string{"vic"}, nil, "Where?", "A question from Example Support", 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := open(t)
			n := w.opens(jane, "Kettle", "It leaks.")
			want := []string{"omar: Where?", "dana: opened with"}
			for _, who := range test.to {
				want = append(want, who+": Where?")
			}
			m := w.says(dana, n, test.line+"\n\nWhere?").only(want...)[2]
			exactly(t, m, test.text)
			if !strings.HasSuffix(m.Subject, "] "+test.subject) {
				t.Errorf("subject %q", m.Subject)
			}
			lacks(t, m, append(test.lacks, "Kettle", "/side", "due", "share")...)
			side := w.conversations(1)[2]
			if (test.due == 0) != side.DueAt.IsZero() || test.due != 0 && side.DueAt != w.now.Add(test.due) {
				t.Errorf("due %v at %v", side.DueAt, w.now)
			}
		})
	}
}

func TestSideShares(t *testing.T) {
	tests := []struct {
		share       string
		wants, lack []string
	}{
		{"last", []string{"secondmail"}, []string{"firstmail", "answerwords", "notewords", "depotwords"}},
		{"all", []string{"firstmail", "secondmail", "answerwords"}, []string{"notewords", "depotwords"}},
		{"none", nil, []string{"firstmail", "secondmail", "answerwords", "notewords", "depotwords"}},
	}
	for _, test := range tests {
		t.Run(test.share, func(t *testing.T) {
			w := open(t)
			n := w.opens(jane, "Kettle", "It leaks, firstmail.")
			m := w.says(dana, n, "Really? answerwords").find("jane", "answerwords")
			n2 := w.says(jane, m, "Yes it does, secondmail.").to("dana")
			w.says(dana, n2, "/note\n\nStrange, notewords.")
			asked, _ := w.asks(n2, "/side courier@vendor.example", "Where is it?")
			w.says(vic, asked, "In the depot, depotwords.")
			got := w.says(dana, n2, "/side max@repairs.example share "+test.share+"\n\nCan you repair that?")
			m = got.find("max", "Can you repair that?")
			contains(t, m, test.wants...)
			lacks(t, m, append(test.lack, jane.Address)...)
			got.none("jane", "vic")
		})
	}
}

// A customer's quoted matter is cut; what is shared must not bring it back.
func TestShareBringsNothingThatWasQuoted(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	m := w.says(dana, n, "Really?").find("jane", "Really?")
	n2 := w.says(jane, m, "Yes.").to("dana")
	got := w.says(dana, n2, "/side max@repairs.example share last\n\nCan you repair that?").find("max", "repair")
	contains(t, got, "> Yes.")
	lacks(t, got, "Mon-Fri 9-17\n>", "Really", jane.Address)
}

func TestSideSubjectIsTheMailsWhereItWasChanged(t *testing.T) {
	for subject, want := range map[string]string{
		"Re: [#1] Kettle":           "A question from Example Support",
		"AW: [EXT] [#1] Kettle":     "A question from Example Support",
		"Re: Kettle":                "A question from Example Support",
		"Parcel 17":                 "Parcel 17",
		"Re: Parcel 17 is missing?": "Parcel 17 is missing?",
		"":                          "A question from Example Support",
	} {
		w := open(t)
		n := w.opens(jane, "Kettle", "It leaks.")
		d := h.Gmail().Reply(dana, n, "/side courier@vendor.example\n\nWhere?")
		d.Subject = subject
		m := w.post(d).to("vic")
		if !strings.HasSuffix(m.Subject, "] "+want) {
			t.Errorf("%q became %q", subject, m.Subject)
		}
	}
}

// The subject of one side conversation is not another's business, even when
// the agent answers a notice of it with /side.
func TestSideSubjectOfAnotherSide(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	asked, _ := w.asks(n, "/side courier@vendor.example subject Parcel secretsubject", "Where?")
	w.secret("secretsubject", vic)
	w.secret("depotwords", vic)
	back := w.says(vic, asked, "In the depot, depotwords.").to("dana")
	for i, c := range h.Clients() {
		text := []string{"Can you fetch it?", "When do you drive there?", "What would it cost?", "Who has the key?", "Is Tuesday fine?", "Please hurry.",
			"Nobody answers the phone.", "How large is your car?", "We pay at once.", "Thank you, that is all."}[i]
		got := w.post(commanded(c, dana, back, "/side max@repairs.example", text))
		exactly(t, got.to("max"), text)
		got.none("vic", "jane")
	}
}

func TestSideCcCustomer(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	got := w.says(dana, n, "/side courier@vendor.example cc-customer\n\nPlease call each other.").only(
		"vic: Please call", "jane: Please call", "omar: Please call", "dana: opened with")
	if !strings.HasPrefix(got[2].ReplyTo.Name, "CUSTOMER + SIDE courier at vendor.example #1-") {
		t.Errorf("cue %q", got[2].ReplyTo.Name)
	}
	contains(t, got[2], "the customer Jane Doe")
	for _, m := range got[:2] {
		if len(m.To) != 1 || m.To[0].Address != vic.Address || len(m.Cc) != 1 || m.Cc[0].Address != jane.Address {
			t.Errorf("To %v Cc %v", m.To, m.Cc)
		}
	}
	if got[0].MessageID != got[1].MessageID {
		t.Error("the copies have different Message-IDs")
	}
	if got[0].ReplyTo.Address == got[1].ReplyTo.Address {
		t.Error("the copies have the same token")
	}
	// Nobody's answer is sent on by itself.
	back := w.says(vic, got[0], "I shall call her.").only("dana: I shall call her", "omar: I shall call her")
	contains(t, back[0], "Not sent on to: Jane Doe (Relay)")
	// Unless reply-all did it.
	all := w.post(h.Gmail().ReplyAll(vic, got[0], "I have called."))
	lacks(t, all.to("dana"), "Not sent on")
	all.none("jane")
	// The customer's answer there moves the ticket.
	w.says(dana, n, "/pending").only("dana: pending")
	w.says(jane, got[1], "He never called.").only("dana: He never called", "omar: He never called")
	if tick := w.ticket(1); tick.Status != aside.StatusOpen || tick.Turn != aside.TurnTeam {
		t.Errorf("%+v", tick)
	}
	// An agent's answer goes to both, and is no surprise.
	w.says(dana, back[0], "Please try again.").only("vic: try again", "jane: try again", "omar: try again")
}

func TestAddAndRemove(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	w.secret("depotwords", vic)
	asked, _ := w.asks(n, "/side courier@vendor.example", "Where is it?")
	back := w.says(vic, asked, "In the depot, depotwords.").to("dana")
	got := w.says(dana, back, "/add max@repairs.example\n\nMax, please fetch it.").only(
		"vic: please fetch", "max: please fetch", "omar: please fetch", "dana: Done:")
	contains(t, got[3], "max@repairs.example hears", "none of the earlier mails")
	if len(got[1].References) != 0 || len(got[1].Cc) != 1 || got[1].Cc[0].Address != max.Address {
		t.Errorf("Cc %v, References %v", got[1].Cc, got[1].References)
	}
	lacks(t, got[1], "Where is it?")
	// Removed, nothing reaches them, not even what waits.
	w.says(dana, got[3], "/note\n\nno more max").only("omar: no more max")
	copied := w.boxes[omar.Address][len(w.boxes[omar.Address])-2]
	w.says(omar, copied, "/remove max@repairs.example\n\nVic alone, please.").only("vic: Vic alone", "dana: Vic alone", "omar: hears no more")
	if hears := w.hears(1, tag(t, back)); !slices.Equal(hears, []string{vic.Address}) {
		t.Errorf("heard by %v", hears)
	}
	// A removed person's mail is filed there as a stranger's, and offers /add.
	m := w.boxes[max.Address][0]
	got = w.says(max, m, "I am still here.").only("dana: I am still here", "omar: I am still here")
	contains(t, got[0], "who does not take part", "max@repairs.example", "(Add)")
	if got[0].From.Name != "Max Repair (not taking part)" {
		t.Errorf("From %q", got[0].From.Name)
	}
	if hears := w.hears(1, tag(t, back)); !slices.Equal(hears, []string{vic.Address}) {
		t.Errorf("heard by %v", hears)
	}
	// The offer is one click.
	w.post(w.click(dana, got[0], "/add max")).only("dana: max@repairs.example hears")
	if hears := w.hears(1, tag(t, back)); !slices.Equal(hears, []string{vic.Address, max.Address}) {
		t.Errorf("heard by %v", hears)
	}
}

func TestAddToTheCustomerConversation(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	got := w.says(dana, n, "/add kim@customer.example\n\nWe send a new one.").only("jane: new one", "kim: new one", "omar: new one", "dana: Done:")
	if len(got[0].Cc) != 1 || got[0].Cc[0].Address != kim.Address || got[0].To[0].Address != jane.Address {
		t.Errorf("To %v Cc %v", got[0].To, got[0].Cc)
	}
	if got[2].ReplyTo.Name != "CUSTOMER Jane Doe +1 #1" {
		t.Errorf("cue %q", got[2].ReplyTo.Name)
	}
	// Kim, copied, does not move the ticket.
	w.says(dana, n, "/pending").only("dana: pending")
	back := w.says(kim, got[1], "Good.").only("dana: Good.", "omar: Good.")
	if back[0].From.Name != "Kim Lind (copied)" && back[0].From.Name != "kim@customer.example (copied)" {
		t.Errorf("From %q", back[0].From.Name)
	}
	if w.ticket(1).Status != aside.StatusPending {
		t.Error("somebody copied moved the ticket")
	}
}

func TestAddTheCustomerToASideIsRefused(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	asked, _ := w.asks(n, "/side courier@vendor.example", "Where is it?")
	back := w.says(vic, asked, "In the depot, "+w.secret("depotwords", vic)).to("dana")
	m := w.says(dana, back, "/add jane@customer.example\n\nTell her, please.").only("dana: NOT SENT")[0]
	contains(t, m, "/cc-customer on")
}

func TestCcCustomerOnOpensAFreshConversation(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	asked, _ := w.asks(n, "/side courier@vendor.example subject Parcel "+w.secret("oldsubject", vic), "Where is it, "+w.secret("askwords", vic))
	back := w.says(vic, asked, "In the depot, "+w.secret("depotwords", vic)).to("dana")
	got := w.says(dana, back, "/cc-customer on\n\nPlease call each other.")
	m := got.find("jane", "Please call each other.")
	exactly(t, m, "Please call each other.")
	exactly(t, got.find("vic", "Please call"), "Please call each other.")
	if len(m.References)+len(m.InReplyTo) != 0 {
		t.Errorf("the customer's mail refers to %v %v", m.References, m.InReplyTo)
	}
	lacks(t, m, asked.MessageID, "#1-"+tag(t, back))
	contains(t, got.find("dana", "fresh side conversation"), "stay unseen")
	fresh := got.find("omar", "Please call")
	if !strings.HasPrefix(fresh.ReplyTo.Name, "CUSTOMER + SIDE Courier GmbH #1-") || tag(t, fresh) == tag(t, back) {
		t.Errorf("cue %q", fresh.ReplyTo.Name)
	}
	// The vendor answers the new mail: it reaches the agents.
	n2 := w.says(vic, got.find("vic", "Please call"), "I call her, "+w.secret("callwords", vic)).to("dana")
	// Off, and the customer hears no more.
	off := w.says(dana, n2, "/cc-customer off\n\nBetween us again, "+w.secret("betweenwords", vic)).only("vic: Between us", "omar: Between us", "dana: Done:")
	contains(t, off[2], "cannot be called back")
	if !strings.HasPrefix(off[1].ReplyTo.Name, "SIDE Courier GmbH #1-") {
		t.Errorf("cue %q", off[1].ReplyTo.Name)
	}
}

// The vendor may answer the old conversation after the customer was copied
// into the fresh one; that answer is not the customer's to hear.
func TestOldSideStaysUnseenAfterCcCustomer(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	asked, _ := w.asks(n, "/side courier@vendor.example", "Where is it?")
	back := w.says(vic, asked, "In the depot, "+w.secret("depotwords", vic)).to("dana")
	w.says(dana, back, "/cc-customer on\n\nPlease call each other.")
	late := w.says(vic, asked, "Late words, "+w.secret("latewords", vic)).to("dana")
	if !strings.HasPrefix(late.ReplyTo.Name, "SIDE Courier") {
		t.Errorf("cue %q", late.ReplyTo.Name)
	}
	w.says(dana, late, "Thanks for the "+w.secret("oldthread", vic)).none("jane")
}

func TestRelay(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	got := w.says(dana, n, "/side courier@vendor.example cc-customer\n\nPlease call each other.")
	d := h.Gmail().Reply(vic, got.find("vic", "Please call"), "I come at noon.")
	d.Files = []h.File{{Name: "map.pdf", Type: "application/pdf", Data: []byte("%PDF map")}}
	back := w.post(d).to("dana")
	sent := w.says(dana, back, "/relay").only("jane: I come at noon.", "dana: sent on to Jane Doe")
	m := sent[0]
	if m.From.Name != "Dana at Example Support" {
		t.Errorf("From %q", m.From.Name)
	}
	contains(t, m, "Courier GmbH wrote")
	if m.HasFile("map.pdf") == nil {
		t.Error("the file was not sent on")
	}
	lacks(t, m, "/relay")
	// With the link, too.
	back2 := w.says(vic, got.find("vic", "Please call"), "Or at one.").to("omar")
	w.post(w.click(omar, back2, "/relay")).only("jane: Or at one.", "omar: sent on to Jane Doe")
}

func TestRelayIsRefused(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	contains(t, w.says(dana, n, "/relay").only("dana: NOT")[0], "nobody else")
	asked, _ := w.asks(n, "/side courier@vendor.example", "Where is it?")
	back := w.says(vic, asked, "In the depot, "+w.secret("depotwords", vic, max)).to("dana")
	contains(t, w.says(dana, back, "/relay").only("dana: NOT")[0], "nobody else")
	note := w.says(omar, w.boxes[omar.Address][0], "/note\n\nHm, "+w.secret("notewords")).to("dana")
	w.says(dana, note, "/relay").only("dana: NOT")
	// A machine's mail is never sent on.
	w.says(dana, back, "/add max@repairs.example\n\nHi.")
	auto := h.Gmail().Reply(vic, asked, "I am away, awaywords.")
	auto.Headers = append(auto.Headers, [2]string{"Auto-Submitted", "auto-replied"})
	w.post(auto).only()
	w.secret("awaywords", vic)
	w.says(dana, back, "/relay") // the mail that is answered, not the machine's
	for _, m := range w.boxes[max.Address] {
		lacks(t, m, "awaywords")
	}
}

func TestAttach(t *testing.T) {
	w := open(t)
	d := h.Write(jane, support, "Kettle", "It leaks, see the picture.")
	d.Files = []h.File{{Name: "Photo 1.jpg", Type: "image/jpeg", Data: []byte("JPEGDATA")}}
	n := w.post(d).to("dana")
	if n.HasFile("Photo 1.jpg") == nil {
		t.Error("the notice lacks the file")
	}
	got := w.says(dana, n, "/side courier@vendor.example\n/attach photo 1.jpg\n\nDid you see this?").only("vic: Did you", "omar: Did you", "dana: opened with")
	if f := got[0].HasFile("Photo 1.jpg"); f == nil || string(f.Data) != "JPEGDATA" {
		t.Errorf("files %v", got[0].Files)
	}
	// Not without being named.
	got = w.says(dana, n, "/side max@repairs.example\n\nCan you repair it?").only("max: Can you", "omar: Can you", "dana: opened with")
	if len(got[0].Files) != 0 {
		t.Errorf("files %v", got[0].Files)
	}
	contains(t, w.says(dana, n, "/attach nothing.pdf\n\nHere.").only("dana: NOT SENT")[0], "nothing.pdf")
	w.says(dana, n, "/attach photo 1.jpg").only("dana: NOT")
}

func TestDueAndOverdue(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	asked, copied := w.asks(n, "/side courier@vendor.example due 2h", "Where is it?")
	contains(t, copied, "Answer due")
	got := w.wait(2*time.Hour+time.Minute).only("dana: No answer yet", "omar: No answer yet")
	contains(t, got[0], "TEAM ONLY #1", "courier@vendor.example")
	w.wait(24 * time.Hour).only()
	if c := w.conversations(1)[2]; c.State != aside.SideOverdue {
		t.Errorf("state %v", c.State)
	}
	back := w.says(vic, asked, "Here it is.").to("dana")
	if c := w.conversations(1)[2]; c.State != aside.SideAnswered {
		t.Errorf("state %v", c.State)
	}
	contains(t, w.says(dana, back, "/due tomorrow 9am").only("dana: Done:")[0], "09:00")
	w.says(dana, back, "/due none").only("dana: no answer is due")
	if c := w.conversations(1)[2]; !c.DueAt.IsZero() {
		t.Errorf("due %v", c.DueAt)
	}
	contains(t, w.says(dana, n, "/due 2h").only("dana: NOT")[0], "side conversation")
	w.says(dana, back, "/due whenever").only("dana: NOT")
}

// A side conversation with an answer is due no more.
func TestAnsweredInTime(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	asked, _ := w.asks(n, "/side courier@vendor.example due 2h", "Where is it?")
	w.says(vic, asked, "Here it is.").only("dana: Here", "omar: Here")
	w.wait(3 * time.Hour).only()
}

// A machine's acknowledgement is no answer.
func TestAMachinesAnswerIsNone(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	asked, _ := w.asks(n, "/side courier@vendor.example due 2h", "Where is it?")
	auto := h.Gmail().Reply(vic, asked, "Your ticket is VX-1.")
	auto.Headers = append(auto.Headers, [2]string{"Auto-Submitted", "auto-replied"})
	w.post(auto).only()
	w.wait(3*time.Hour).only("dana: No answer yet", "omar: No answer yet")
}

func TestSidePeopleOfOurOwn(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	// An agent joins as an agent, a desk as its team.
	got := w.says(dana, n, "/side courier@vendor.example, omar@example.com\n\nWhere is it?")
	m := got.to("vic")
	if len(m.To) != 1 || len(m.Cc) != 0 {
		t.Errorf("To %v Cc %v", m.To, m.Cc)
	}
	got = w.says(dana, n, "/side max@repairs.example, billing@example.com\n\nWhat does it cost?")
	if got.to("max"); got.find("eve", "What does it cost?").DeliveredTo != eve.Address {
		t.Error("billing's team did not join")
	}
	contains(t, w.says(dana, n, "/side omar\n\nWhat do you think?").only("dana: NOT")[0], "colleagues")
	w.says(dana, n, "/side nobody\n\nWhat do you think?").only("dana: NOT SENT")
	w.says(dana, n, "/side courier@vendor.example").only("dana: NOT SENT")
}

// A mail that waited shares what was there when it came: what the customer wrote
// since then its writer has not seen.
func TestHeldShareIsOfItsTime(t *testing.T) {
	for _, share := range []string{"last", "all"} {
		l := leaking(t)
		held := l.held(h.Gmail().Reply(dana, l.customer, "/side max@repairs.example share "+share+"\n\nCan you repair that? "+noteSaid), "a note of the team")
		l.says(jane, l.boxes[jane.Address][0], "Between us, latewords.")
		got := l.says(dana, held, "send notes").find("max", "Can you repair that?")
		contains(t, got, "arrived with a crack along the handle")
		lacks(t, got, "latewords")
	}
}

// An answer to a mail of a ticket that was merged shares that mail's
// conversation, not the other one.
func TestShareAcrossAMerge(t *testing.T) {
	w := open(t)
	into := w.opens(jane, "Invoice", "The bank account is on it, otherwords.")
	n := w.opens(jane, "Kettle", "It leaks, kettlewords.")
	w.says(omar, w.lastTo("omar", "kettlewords"), "/merge 1").find("omar", "merged into #1")
	w.opens(jane, "Third", "Something else, thirdwords.")
	w.says(omar, w.lastTo("omar", "otherwords"), "/merge 3").find("omar", "merged into #3")
	got := w.says(dana, n, "/side max@repairs.example share last\n\nCan you repair that?").find("max", "repair")
	contains(t, got, "kettlewords")
	lacks(t, got, "otherwords")
	got = w.says(dana, into, "/side dhl share last\n\nDid you lose this?").find("dhl", "lose")
	contains(t, got, "otherwords")
	lacks(t, got, "kettlewords")
}

// A line that the mail itself marks as whole was not wrapped, however long it
// is: the text may stand right below it. Of plain text nobody knows.
func TestLongCommandWithTextRightBelow(t *testing.T) {
	const text = "/side dhl cc-customer due tomorrow 9am share all subject Parcel 7\nWhere is it?"
	blocks := func(d *h.Draft) { d.HTML = strings.Replace(d.HTML, "<br>Where is it?", "<div>Where is it?</div>", 1) }
	for name, change := range map[string]func(*h.Draft){
		"flowed": func(d *h.Draft) { d.HTML, d.Flowed = "", true },
		"HTML":   func(d *h.Draft) { d.Text = ""; blocks(d) },
		"both":   blocks,
		"plain":  func(d *h.Draft) { d.HTML = "" },
		"breaks": func(d *h.Draft) { d.Text = "" }, // as HTML has them that was made from wrapped text
	} {
		t.Run(name, func(t *testing.T) {
			w := open(t)
			d := h.Gmail().Reply(dana, w.opens(jane, "Kettle", "It leaks."), text)
			change(d)
			got := w.post(d)
			if name == "plain" || name == "breaks" {
				contains(t, got.only("dana: NOT")[0], "It is not clear whether the line below it belongs to this command")
				return
			}
			m := got.find("dhl", "Where is it?")
			if !strings.HasSuffix(m.Subject, "] Parcel 7") {
				t.Errorf("subject %q", m.Subject)
			}
		})
	}
}

// The address book says when a contact's answer is due, however WHO names them.
func TestDueOfTheAddressBookByAddress(t *testing.T) {
	for _, who := range []string{"dhl", dhl.Address, "DHL <" + strings.ToUpper(dhl.Address) + ">"} {
		w := open(t)
		n := w.opens(jane, "Kettle", "It leaks.")
		w.says(dana, n, "/side "+who+"\n\nWhere is it?").find("dhl", "Where is it?")
		for _, c := range w.conversations(1) {
			if want := w.now.Add(24 * time.Hour); c.Kind == aside.Side && !c.DueAt.Equal(want) {
				t.Errorf("/side %s: due %v, want %v", who, c.DueAt, want)
			}
		}
	}
}
