package desk_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"aside"
	"aside/desk"
	"aside/store"
	h "aside/test/harness"
	"aside/threading"
)

// responder answers a mail as the worst of them do: to Reply-To, in its thread,
// with nothing in header or subject that says what it is.
func responder(who h.Person, m *h.Mail, text string) *h.Draft {
	d := h.Gmail().Reply(who, m, "")
	d.Text, d.HTML, d.Headers = text, "", nil
	return d
}

// mailsTo counts the mails to somebody so far.
func (w *town) mailsTo(p h.Person) int { return len(w.boxes[p.Address]) }

// answering lets responders answer whatever comes to them, until nobody gets
// anything more, and returns how many mails that were.
func (w *town) answering(start *news, texts map[string]func(*h.Mail) string) (mails int) {
	w.t.Helper()
	w.log.quiet = true // it says that notices were stopped
	queue := start.mails
	for len(queue) > 0 {
		m := queue[0]
		queue = queue[1:]
		for _, p := range cast {
			text, ok := texts[p.Address]
			if m.DeliveredTo != p.Address || !ok {
				continue
			}
			if mails++; mails > 2000 {
				w.t.Fatal("the loop does not end")
			}
			d := responder(p, m, text(m))
			w.now = w.now.Add(time.Second)
			d.Date = w.now
			w.receive(d.MailFrom(), d.Ours(), d.Bytes())
			queue = append(queue, w.deliver().mails...)
		}
	}
	return mails
}

func says(text string) func(*h.Mail) string { return func(*h.Mail) string { return text } }

// echo sends back what it got, unquoted.
func echo(m *h.Mail) string {
	return "I got this and shall look at it.\n\n" + strings.TrimSpace(m.Text) + "\n"
}

func TestLoopsEnd(t *testing.T) {
	for _, tt := range []struct {
		name  string
		start func(w *town) *news
		texts map[string]func(*h.Mail) string
		most  int
	}{
		{"a customer's responder", func(w *town) *news { return w.writes(jane, "Kettle", "It leaks.") },
			map[string]func(*h.Mail) string{jane.Address: says("We have it.")}, 2},
		{"a customer's echo", func(w *town) *news { return w.writes(jane, "Kettle", "It leaks.") },
			map[string]func(*h.Mail) string{jane.Address: echo}, 2},
		{"an agent's responder", func(w *town) *news { return w.writes(jane, "Kettle", "It leaks.") },
			map[string]func(*h.Mail) string{dana.Address: says("Got it.")}, 2},
		{"two agents' responders", func(w *town) *news { return w.writes(jane, "Kettle", "It leaks.") },
			map[string]func(*h.Mail) string{dana.Address: says("Got it."), omar.Address: says("So did I.")}, 250},
		{"two agents' echoes", func(w *town) *news { return w.writes(jane, "Kettle", "It leaks.") },
			map[string]func(*h.Mail) string{dana.Address: echo, omar.Address: echo}, 250},
		{"everybody's", func(w *town) *news { return w.writes(jane, "Kettle", "It leaks.") },
			map[string]func(*h.Mail) string{dana.Address: says("Got it."), omar.Address: echo, jane.Address: says("Thanks for your mail.")}, 400},
		{"of commands that do not exist", func(w *town) *news { return w.writes(jane, "Kettle", "It leaks.") },
			map[string]func(*h.Mail) string{dana.Address: says("/nosuchthing\n\nAway.")}, 65},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := open(t)
			n := w.answering(tt.start(w), tt.texts)
			if n > tt.most {
				t.Errorf("%d mails were answered, more than %d", n, tt.most)
			}
			t.Logf("%d mails were answered; Jane got %d", n, w.mailsTo(jane))
		})
	}
}

// A responder that sends back the request for a code has the code, and
// releases nothing with it.
func TestAResponderAnswersNoCode(t *testing.T) {
	for name, text := range map[string]func(*h.Mail) string{
		"unquoted":       echo,
		"without a word": func(m *h.Mail) string { return strings.TrimSpace(m.Text) },
		"up to the code": func(m *h.Mail) string {
			found := codeIn.FindStringSubmatch(m.Text)
			if found == nil {
				return "Away."
			}
			return "Away.\n\n/confirm " + found[1]
		},
		"below a rule":    func(m *h.Mail) string { return "Away.\n\n--------\n" + m.Text },
		"out of the blue": says("I am out of the office until Monday."),
		"few words":       says("Away."),
	} {
		for _, bare := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, bare %v", name, bare), func(t *testing.T) { w := open(t); w.answersCodes(text, bare) })
		}
	}
}

// answersCodes lets Dana's responder answer the request for a code for half a
// day; bare leaves nothing of thread and token.
func (w *town) answersCodes(text func(*h.Mail) string, bare bool) {
	t := w.t
	t.Helper()
	n := w.opens(jane, "Kettle", "It leaks.")
	w.secret("forgedwords")
	forged := h.Gmail().Reply(dana, n, "forgedwords")
	h.NoPlus(forged)
	h.NoThreading(forged)
	asked := w.post(forged).to("dana")
	for i := range 30 { // half a day of it
		d := responder(dana, asked, text(asked))
		if bare {
			h.NoPlus(d)
			h.NoThreading(d)
		}
		got := w.post(d)
		got.none("jane").none("omar")
		for _, m := range w.wait(30 * time.Minute).mails {
			if m.DeliveredTo == dana.Address {
				asked = m
			}
		}
		if i == 20 && w.mailsTo(dana) > 30 {
			t.Errorf("Dana got %d mails", w.mailsTo(dana))
		}
	}
	if held := w.hold(1); held.State == aside.HoldReleased {
		t.Error("the forged mail was released")
	}
}

// A code above everything else is one, whatever stands below.
func TestACodeOnTop(t *testing.T) {
	w := open(t)
	asked := w.post(h.Write(dana, support, "One", "Words one.")).only("dana: One")[0]
	d := responder(dana, asked, "/confirm "+code(t, asked)+"\n\nDana\n")
	h.NoPlus(d)
	h.NoThreading(d)
	n := w.post(d)
	if w.hold(1).State != aside.HoldReleased {
		t.Errorf("the code was not taken: %s", n)
	}
}

// One acknowledgement an hour and address, five a day.
func TestAcknowledgementsAreFew(t *testing.T) {
	w := open(t)
	acks := func(n *news) (k int) {
		for _, m := range n.mails {
			if m.DeliveredTo == jane.Address {
				k++
			}
		}
		return k
	}
	total := 0
	for i := range 20 { // every half hour
		total += acks(w.writes(jane, fmt.Sprintf("Matter %d", i), "It leaks."))
		w.wait(30 * time.Minute)
	}
	if total != 5 {
		t.Errorf("%d acknowledgements in ten hours, not 5", total)
	}
	if n := acks(w.writes(kim, "Kettle", "It leaks.")); n != 0 {
		t.Errorf("Jane got %d mails of Kim's", n)
	}
	if w.mailsTo(kim) != 1 {
		t.Error("Kim got none because of Jane")
	}
	w.wait(24 * time.Hour)
	if acks(w.writes(jane, "Another day", "It leaks.")) != 1 {
		t.Error("none the next day")
	}
	// Each of them was a ticket that the team heard of.
	if w.ticket(22).Subject != "Another day" {
		t.Errorf("ticket 22 is %q", w.ticket(22).Subject)
	}
}

// What looks like an automatic mail by its subject alone is heard, and not
// answered.
func TestALikelyResponderIsHeardAndNotAnswered(t *testing.T) {
	w := open(t)
	w.writes(jane, "Automatic reply: Kettle", "Read on a card.").only("dana: on a card", "omar: on a card")
}

// A list that is the desk's own address carries mail to the desk; any other
// list's mail is nobody's.
func TestTheDesksOwnList(t *testing.T) {
	for id, acknowledged := range map[string]bool{
		"Support <support.example.com>": true, "Announce <announce.lists.example>": false,
	} {
		w := open(t)
		d := h.Write(jane, support, "Kettle", "It leaks.")
		d.Headers = append(d.Headers, [2]string{"List-Id", id}, [2]string{"Precedence", "list"}, [2]string{"List-Unsubscribe", "<mailto:x@lists.example>"})
		w.post(d)
		if (w.mailsTo(jane) > 0) != acknowledged {
			t.Errorf("%s: Jane got %d mails", id, w.mailsTo(jane))
		}
		w.close()
	}
}

// What a machine wrote is in the ticket's history: what sort of mail, why it
// was taken for one, and what it says.
func TestTheHistoryOfMachines(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	m := w.says(dana, n, "It comes.").find("jane", "It comes.")
	auto := h.Gmail().Reply(jane, m, "I am away until 24 December.")
	auto.Headers = append(auto.Headers, [2]string{"Auto-Submitted", "auto-replied"})
	w.post(auto).only()
	bounce := &h.Draft{From: h.Person{Address: "MAILER-DAEMON@customer.example"}, To: []h.Person{{Address: m.ReturnPath}}, Envelope: "<>", Subject: "Undelivered",
		MessageID: h.NewID("customer.example"), Report: &h.Report{Recipient: jane.Address, Status: "5.1.1", Original: m.Raw}}
	w.post(bounce)
	var said []string
	if err := w.store.View(w.ctx, func(tx *store.Tx) error {
		events, err := tx.Events(1)
		for _, e := range events {
			if e.Kind == "automatic mail" {
				said = append(said, string(e.Data))
			}
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if len(said) != 2 {
		t.Fatalf("events %q", said)
	}
	for i, words := range [][]string{{`"what":"auto"`, `"until":"2026-12-24"`, "auto-replied"}, {`"what":"bounce"`, "jane@customer.example", "5.1.1"}} {
		for _, word := range words {
			if !strings.Contains(said[i], word) {
				t.Errorf("%q is not in %s", word, said[i])
			}
		}
	}
}

// A customer who writes more than anybody reads: every mail is kept, and the
// last notice says that there are more.
func TestTheLastNoticeOfAnHourSaysSo(t *testing.T) {
	w := open(t)
	w.log.quiet = true
	w.opens(jane, "Kettle", "It leaks.")
	first := w.boxes[jane.Address][0]
	for i := range 70 {
		w.now = w.now.Add(-9 * time.Second)
		w.says(jane, first, fmt.Sprintf("And another thing, number %d.", i))
	}
	box := w.boxes[dana.Address]
	if len(box) != 60 || !has(box[59], "/show 1 has it all") || has(box[58], "has it all") {
		t.Errorf("%d notices, the last says:\n%s", len(box), all(box[len(box)-1]))
	}
	w.history(1, "notices stopped", "dana")
	w.wait(time.Hour)
	w.says(jane, first, "Are you there?").find("dana", "Are you there?")
}

// An agent who asks more than anybody reads is told that no more answers come.
func TestTheLastAnswerOfAnHourSaysSo(t *testing.T) {
	w := open(t, func(s *desk.Settings) { s.Trust = threading.TrustDMARC })
	w.signing, w.log.quiet = true, true
	for range 70 {
		w.now = w.now.Add(-9 * time.Second)
		w.post(h.Write(dana, support, "x", "/list"))
	}
	box := w.boxes[dana.Address]
	if len(box) != 60 || !has(box[59], "what you ask next gets no answer") || has(box[58], "what you ask next") {
		t.Errorf("%d answers, the last says:\n%s", len(box), all(box[len(box)-1]))
	}
}
