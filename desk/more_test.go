package desk_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"aside"
	"aside/desk"
	"aside/store"
	h "aside/test/harness"
)

// A message that was split off is still the vendor's.
func TestSplitOffWordsBetweenQuotedLines(t *testing.T) {
	for _, c := range []h.Client{h.NeomuttInterleaved(), h.Outlook(), h.Gmail()} {
		w := open(t)
		n := w.opens(jane, "Kettle", "It leaks.")
		asked, _ := w.asks(n, "/side courier@vendor.example", "Where is it?")
		back := w.says(vic, asked, "You never paid us, "+w.secret("paidwords", vic)+".\n\nPay first, "+w.secret("firstwords", vic)+".").to("dana")
		w.says(dana, back, "/split").find("dana", "was started with this mail")
		got := w.post(commanded(c, dana, back, "/reply", "Dear Jane, it takes a little longer."))
		for _, m := range got.mails {
			if m.DeliveredTo == jane.Address {
				exactly(t, m, "Dear Jane, it takes a little longer.")
			}
		}
		got.none("vic")
	}
}

// A program that escapes twice writes the signs of HTML before what it quotes.
func TestQuoteSignsWrittenAsHTML(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	asked, _ := w.asks(n, "/side courier@vendor.example", "Where is it?")
	back := w.says(vic, asked, "We refuse it, "+w.secret("refusewords", vic)+".\n\nBoss says no.").to("dana")
	d := h.Gmail().Reply(dana, back, "")
	d.HTML = ""
	d.Text = "/reply\n\nDear Jane, it takes longer.\n\n&gt; " + strings.ReplaceAll(back.Plain(), "\n", "\n&gt; ")
	exactly(t, w.post(d).find("jane", "it takes longer"), "Dear Jane, it takes longer.")
}

// What held mail brings along is all there when it is released.
func TestHeldFilesArrive(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	d := h.ThunderbirdHTML().Reply(dana, n, "Look:\n/resolve\nYours.")
	d.HTML = strings.Replace(d.HTML, "Yours.", `Yours. <img src="cid:pic1">`, 1)
	d.Files = []h.File{{Name: "pic.png", Type: "image/png", ContentID: "pic1", Inline: true, Data: []byte("PNGDATA")},
		{Name: "bill.pdf", Type: "application/pdf", Data: []byte(strings.Repeat("%PDF bill ", 10000))}}
	m := w.post(d).only("dana: NOT SENT")[0]
	w.wait(25 * time.Hour)
	if _, err := w.store.SweepBlobs(w.ctx); err != nil {
		t.Fatal(err)
	}
	got := w.says(dana, m, "send").to("jane")
	if f := got.HasFile("bill.pdf"); f == nil || len(f.Data) != 100000 {
		t.Error("the bill is not whole")
	}
	if f := got.HasFile("pic.png"); f == nil || string(f.Data) != "PNGDATA" {
		t.Error("the picture is missing")
	}
	if !strings.Contains(got.HTML, "cid:") {
		t.Errorf("the HTML shows no picture:\n%s", got.HTML)
	}
}

func TestLinks(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	w.post(w.click(dana, n, "/take")).only("dana: assigned to Dana")
	w.post(w.click(dana, n, "/snooze")).only("dana: snoozed until Tue 3 Mar 09:00")
	w.post(w.click(dana, n, "/resolve")).only("dana: resolved")
	w.post(w.click(dana, n, "/spam")).only("dana: marked as spam")
	// With what a phone adds below.
	d := w.click(dana, n, "/resolve")
	d.Text += "\nSent from my iPhone"
	w.post(d).only("dana: resolved")
	// Ask someone: an address behind the command, and the text.
	d = w.click(dana, n, "/side")
	d.Text = strings.TrimRight(d.Text, "\n") + "courier@vendor.example\n\nWhere is it?"
	if !strings.HasPrefix(d.Text, "/side courier@") {
		d.Text = strings.Replace(d.Text, "/side", "/side ", 1)
	}
	exactly(t, w.post(d).find("vic", "Where is it?"), "Where is it?")
	// All of them go to the notes: a slip is never public.
	for _, l := range h.Links(n) {
		if !strings.EqualFold(l.To, w.lastTo("dana", "marked as spam").ReplyTo.Address) {
			t.Errorf("the link %q goes to %s", l.Body, l.To)
		}
	}
	d = w.click(dana, n, "/take")
	d.Text = "A slip, " + w.secret("slipwords")
	w.post(d).none("jane", "vic")
}

func TestDeliveryTroubleIsTold(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	w.send(h.Gmail().Reply(dana, n, "It comes."))
	var out []aside.Outgoing
	if err := w.store.Update(w.ctx, func(tx *store.Tx) (err error) { out, err = tx.ClaimDeliveries(time.Minute, 10); return err }); err != nil || len(out) != 1 {
		t.Fatal(out, err)
	}
	tell := func(delayed bool) *news {
		t.Helper()
		err := w.store.Update(w.ctx, func(tx *store.Tx) error {
			return w.svc.Undelivered(tx, desk.Trouble{Delivery: out[0].Delivery, Delayed: delayed, Detail: "450 try later"})
		})
		if err != nil {
			t.Fatal(err)
		}
		return w.deliver()
	}
	w.deliver().only("omar: It comes.")
	contains(t, tell(true).only("dana: is delayed", "omar: is delayed")[0], "Jane Doe", "450 try later", "It comes.")
	tell(true).only()
	contains(t, tell(false).only("dana: did not arrive", "omar: did not arrive")[0], "Jane Doe")
}

// Somebody who is an agent no more is a stranger with a leaked token.
func TestAnAgentWhoLeftTheTeam(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	o := w.lastTo("omar", "It leaks.")
	w.says(dana, n, "/assign omar").find("omar", "assigned")
	w.says(omar, o, "Hello, "+w.secret("heldwords")+".\n/resolve\nYours.").only("omar: NOT SENT")
	set := w.set
	d := w.set.Directory
	set.Directory = aside.NewDirectory(d.Desks, d.Teams, []*aside.Agent{d.Agents[0], d.Agents[2]}, d.Cards)
	if err := w.svc.Configure(w.ctx, set); err != nil {
		t.Fatal(err)
	}
	got := w.says(omar, o, "/resolve\n\nI was fired, "+w.secret("firedwords"))
	got.none("jane", "omar").find("dana", "firedwords")
	if w.ticket(1).Status != aside.StatusOpen {
		t.Error("a stranger resolved it")
	}
	// The customer's mail finds a reader, and what waited never leaves.
	w.says(jane, w.boxes[jane.Address][0], "Hello?").only("dana: Hello?")
	w.wait(48*time.Hour).none("jane", "omar")
}

func TestUnreadableMail(t *testing.T) {
	w := open(t)
	w.log.quiet = true
	w.receive("jane@customer.example", []string{support}, nil)
	got := w.deliver().only("dana: could not be read", "omar: could not be read")
	if len(got[0].Files) != 1 && !has(got[0], "could not be read") {
		t.Errorf("files %v", got[0].Files)
	}
	// Broken, and read all the same.
	w.receive("jane@customer.example", []string{support}, []byte("Subject broken\r\nFrom: jane@customer.example\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain; charset=nonsense\r\n\r\nIt leaks, brokenwords.\r\n"))
	w.deliver().find("dana", "brokenwords")
}

func TestOurOwnMailComesBack(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	m := w.says(dana, n, "It comes.").find("jane", "It comes.")
	loop := h.Write(h.Person{Name: "Example Support", Address: support}, support, "Kettle", "Looped words.")
	got := w.post(loop)
	for _, mail := range got.mails {
		if !isAgent(mail.DeliveredTo) {
			t.Errorf("a loop: %s", mail.Raw)
		}
	}
	// Redirected by the customer's server, as it came.
	got = w.post(&h.Draft{From: m.From, Envelope: m.ReturnPath, To: []h.Person{{Address: m.ReplyTo.Address}}, Subject: m.Subject, MessageID: m.MessageID, Text: m.Text})
	for _, mail := range got.mails {
		if !isAgent(mail.DeliveredTo) {
			t.Errorf("a loop: %s", mail.Raw)
		}
	}
}

func TestChainOfMerges(t *testing.T) {
	w := open(t)
	n1 := w.opens(jane, "One", "It leaks, one.")
	asked, _ := w.asks(n1, "/side courier@vendor.example", "Where is it?")
	m := w.says(dana, n1, "Wait.").find("jane", "Wait.")
	n2 := w.opens(jane, "Two", "It leaks, two.")
	w.opens(jane, "Three", "It leaks, three.")
	w.says(dana, n1, "/merge 2").find("dana", "merged into #2")
	w.says(dana, n2, "/merge 3").find("dana", "merged into #3")
	contains(t, w.says(jane, m, "When?").to("dana"), "CUSTOMER Jane Doe #3")
	contains(t, w.says(vic, asked, "In the depot, "+w.secret("depotwords", vic)).to("dana"), "SIDE Courier GmbH #3-")
	w.says(dana, n1, "Tomorrow.").find("jane", "Tomorrow.")
	w.says(dana, n1, "/note\n\nHm, "+w.secret("notewords")).only("omar: notewords")
	w.says(dana, n1, "/merge 2").only("dana: NOT")
}

// A held mail of a ticket that was merged meanwhile is judged anew.
func TestHeldAcrossAMerge(t *testing.T) {
	w := open(t)
	n1 := w.opens(jane, "Kettle", "It leaks.")
	m := w.says(dana, n1, "Between us, "+w.secret("privatewords", jane)+".\n/resolve\nYours.").only("dana: NOT SENT")[0]
	d := h.Write(jane, support, "Toaster", "It burns.")
	d.Cc = []h.Person{kim}
	w.post(d)
	w.says(omar, w.lastTo("omar", "It leaks."), "/merge 2").find("omar", "merged into #2")
	w.says(dana, m, "send").none("kim")
}

func TestSettingsOfADesk(t *testing.T) {
	w := open(t, func(s *desk.Settings) {
		s.Directory.Desks[0].SubjectTag = aside.TagAll
		s.Directory.Desks[0].ReplyDomain = "reply.example.com"
		s.Directory.Desks[0].Language = "de"
		s.Directory.Desks[1].SubjectTag = aside.TagNone
		s.Directory.Desks[1].Acknowledge = false
	})
	got := w.writes(jane, "Kettle", "It leaks.")
	n, ack := got.to("dana"), got.to("jane")
	if !strings.HasSuffix(n.ReplyTo.Address, "@reply.example.com") || !strings.HasSuffix(n.MessageID, "@reply.example.com") {
		t.Errorf("Reply-To %s, Message-ID %s", n.ReplyTo.Address, n.MessageID)
	}
	if !strings.Contains(ack.Text, "Hallo") && !strings.Contains(ack.Text, "Guten") {
		t.Errorf("the acknowledgement is not German:\n%s", ack.Text)
	}
	m := w.says(dana, n, "Es kommt.").find("jane", "Es kommt.")
	if m.Subject != "Re: [#1] Kettle" || m.From.Address != support {
		t.Errorf("subject %q, From %v", m.Subject, m.From)
	}
	w.says(jane, m, "Danke, wann?").only("dana: wann?", "omar: wann?")
	// Held in German, and the subject of what is held stays inside.
	held := w.says(dana, n, "/frobnicate\n\nHallo.").to("dana")
	w.secret("Jane Doe", jane)
	side := w.says(dana, held, "/side courier@vendor.example\n\nWo ist es?").to("vic")
	if strings.Contains(side.Subject, "Jane") || strings.Contains(side.Subject, "NICHT") || strings.Contains(side.Subject, "NOT") {
		t.Errorf("the vendor reads the subject %q", side.Subject)
	}
	w.secrets = nil
	bill := w.post(h.Write(joe, billing, "Bill", "I paid twice.")).only("eve: I paid twice.")[0]
	asked := w.says(eve, bill, "/side courier@vendor.example\n\nDid he?").to("vic")
	if strings.Contains(asked.Subject, "#") {
		t.Errorf("subject %q", asked.Subject)
	}
	w.says(vic, asked, "He did.").only("eve: He did.")
}

// Many at once: each mail has its own end, and nobody hears another's.
func TestManyAtOnce(t *testing.T) {
	w := open(t)
	const people = 8
	notices := make([]*h.Mail, people)
	for i := range people {
		p := h.Person{Name: fmt.Sprintf("Customer %d", i), Address: fmt.Sprintf("c%d@customer.example", i)}
		w.post(h.Write(p, support, fmt.Sprintf("Matter %d", i), fmt.Sprintf("Matter number %d.", i)))
		notices[i] = w.lastTo("dana", fmt.Sprintf("Matter number %d.", i))
	}
	var wg sync.WaitGroup
	errs := make(chan error, 10*people)
	for i := range people {
		for k, text := range []string{"Answer of Dana, %d.", "/note\n\nNote on it, %d.", "/side v%d@vendor.example\n\nWhere is %[1]d?"} {
			d := h.Gmail().Reply(dana, notices[i], fmt.Sprintf(text, i))
			d.Date = w.now.Add(time.Duration(k) * time.Second)
			wg.Go(func() {
				_, err := w.tryReceive(d.MailFrom(), d.Ours(), d.Bytes())
				errs <- err
			})
		}
	}
	wg.Wait()
	close(errs)
	for err := range errs {
		if err != nil {
			t.Error(err)
		}
	}
	w.deliver()
	for i := range people {
		var texts []string
		for _, m := range w.boxes[fmt.Sprintf("c%d@customer.example", i)][1:] {
			texts = append(texts, m.Says())
		}
		if strings.Join(texts, "|") != fmt.Sprintf("Answer of Dana, %d.", i) {
			t.Errorf("customer %d got %q", i, texts)
		}
		if box := w.boxes[fmt.Sprintf("v%d@vendor.example", i)]; len(box) != 1 || box[0].Says() != fmt.Sprintf("Where is %d?", i) {
			t.Errorf("vendor %d got %d mails", i, len(box))
		}
	}
	found, err := w.store.Verify(w.ctx)
	if err != nil {
		t.Fatal(err)
	}
	if len(found.Problems) > 0 {
		t.Errorf("%+v", found)
	}
}
