// Package hello is the plainest story: a customer writes, an agent answers
// from a mail client, and the customer reads the answer and nothing else.
package hello

import (
	"strings"
	"testing"

	. "aside/test/harness"
)

func TestCustomerWritesAndTheTeamHears(t *testing.T) {
	t.Parallel()
	d := Start(t)
	first := Write(Jane, Support, "Kettle arrived broken", "It leaks at the handle.\n\nJane")
	d.Post(first)

	for _, agent := range []Person{Dana, Omar} {
		n := d.Await(agent.Address, "a notice", Has("It leaks at the handle."))
		if n.From != (Who("Jane Doe (customer)", "support+notice@example.com")) {
			t.Errorf("the notice to %s is from %v", agent.Name, n.From)
		}
		if want := "CUSTOMER Jane Doe #" + n.Number(t); n.ReplyTo.Name != want {
			t.Errorf("the cue says %q, want %q", n.ReplyTo.Name, want)
		}
		if want := "[#" + n.Number(t) + "] Kettle arrived broken"; n.Subject != want {
			t.Errorf("subject %q, want %q", n.Subject, want)
		}
		if !strings.HasPrefix(n.Text, "It leaks at the handle.") {
			t.Errorf("the person's words do not come first:\n%s", n.Text)
		}
		if len(n.Markers()) == 0 || n.HTML == "" || n.Token() == "" {
			t.Errorf("the notice lacks a marker, HTML or a token:\n%s", n.Raw)
		}
		if len(n.To) != 1 || n.To[0].Address != agent.Address || len(n.Cc) != 0 || n.DeliveredTo != agent.Address {
			t.Errorf("the notice names %v and %v, delivered to %q", n.To, n.Cc, n.DeliveredTo)
		}
	}
	ack := d.Await(Jane.Address, "an acknowledgement", func(m *Mail) bool { return true })
	if ack.Header.Get("Auto-Submitted") != "auto-replied" || ack.From.Address != Support {
		t.Errorf("the acknowledgement is from %v, Auto-Submitted %q", ack.From, ack.Header.Get("Auto-Submitted"))
	}
	if len(ack.InReplyTo) != 1 || ack.InReplyTo[0] != first.MessageID {
		t.Errorf("the acknowledgement answers %v", ack.InReplyTo)
	}
	if ack.Leaks("It leaks") {
		t.Errorf("the acknowledgement repeats her words, for which nobody vouches:\n%s", ack.Raw)
	}
	d.Clean(ack)
	d.Silent(Eve.Address, "leaks")
}

func TestNoAcknowledgementWhereNobodyReads(t *testing.T) {
	t.Parallel()
	d := Start(t)
	mails := map[string]func(*Draft){
		"auto": func(m *Draft) { m.Headers = [][2]string{{"Auto-Submitted", "auto-replied"}} },
		"list": func(m *Draft) { m.Headers = [][2]string{{"List-Id", "<news.bulk.example>"}, {"Precedence", "list"}} },
		"bulk": func(m *Draft) { m.Headers = [][2]string{{"Precedence", "bulk"}} },
		"null": func(m *Draft) { m.Envelope = "<>" },
		"bogus": func(m *Draft) {
			m.Headers = [][2]string{{"X-Auto-Response-Suppress", "All"}, {"Auto-Submitted", "auto-generated"}}
		},
	}
	for name, change := range mails {
		m := Write(Who(name, name+"@robots.example"), Support, "From a robot", "Nobody wrote this: "+name)
		change(m)
		d.Post(m)
	}
	d.Settle()
	for name := range mails {
		if got := d.Mailbox(name + "@robots.example"); len(got) > 0 {
			t.Errorf("the %s mail was answered:\n%s", name, got[0].Raw)
		}
	}
}

// TestAnswersFromEveryClient lets Dana answer one customer from each mail
// program: the customer reads the words and nothing around them.
func TestAnswersFromEveryClient(t *testing.T) {
	t.Parallel()
	d := Start(t)
	for _, c := range Clients() {
		who := Who("Jane "+c.Name, c.Name+"@customer.example")
		first := Write(who, Support, "Kettle of "+c.Name, "It leaks at the handle, says "+c.Name+".\nWhat now?\n\nJane")
		d.Post(first)
		notice := d.Await(Dana.Address, "a notice", Has("says "+c.Name))
		answer := "We send a new one to " + c.Name + " today.\n\nYou need not return the old one."
		d.Answers(c, Dana, notice, answer)

		got := d.Await(who.Address, "Dana's answer from "+c.Name, Has("You need not return"))
		d.Clean(got)
		says, unwanted := got.Says(), []string{"leaks at the handle", "wrote:", "From:", "Forwarded", "Sent from my", "YOUR REPLY"}
		if c.Name == NeomuttInterleaved().Name {
			// The customer's own lines may stand before an answer to them.
			_, after, _ := strings.Cut(says, "We send")
			says, unwanted = "We send"+after, unwanted[1:]
		}
		if says != answer {
			t.Errorf("%s: the customer reads\n%q\nwant\n%q", c.Name, got.Says(), answer)
		}
		for _, w := range unwanted {
			if strings.Contains(got.Text, w) || strings.Contains(got.HTML, w) {
				t.Errorf("%s: the answer carries %q:\n%s\n%s", c.Name, w, got.Text, got.HTML)
			}
		}
		if got.From != (Who("Dana at Example Support", Support)) {
			t.Errorf("%s: from %v", c.Name, got.From)
		}
		if len(got.InReplyTo) != 1 || got.InReplyTo[0] != first.MessageID || len(got.References) == 0 || got.References[0] != first.MessageID {
			t.Errorf("%s: does not thread: In-Reply-To %v, References %v", c.Name, got.InReplyTo, got.References)
		}
		if got.Subject != "Re: Kettle of "+c.Name {
			t.Errorf("%s: subject %q", c.Name, got.Subject)
		}
		if !strings.HasPrefix(got.ReplyTo.Address, "support+") || len(got.To) != 1 || got.To[0].Address != who.Address {
			t.Errorf("%s: to %v, answers to %v", c.Name, got.To, got.ReplyTo)
		}
		copied := d.Await(Omar.Address, "a copy of Dana's answer", Has("We send a new one to "+c.Name))
		if copied.ReplyTo.Name != "CUSTOMER Jane "+c.Name+" #"+copied.Number(t) {
			t.Errorf("%s: the copy's cue is %q", c.Name, copied.ReplyTo.Name)
		}
	}
	if n := d.Count(Dana.Address, IsHold); n > 0 {
		t.Errorf("%d of Dana's plain answers were held", n)
	}
}

// TestGatewaysAndTidyPeople does to answers what happens on the way, a
// distortion at a time.
func TestGatewaysAndTidyPeople(t *testing.T) {
	t.Parallel()
	d := Start(t)
	for i, dist := range Distortions() {
		c := Clients()[i%len(Clients())]
		who := Who("Jane", dist.Name+"@customer.example")
		d.Post(Write(who, Support, "Kettle", "It leaks, says "+dist.Name+"."))
		notice := d.Await(Dana.Address, "a notice", Has("says "+dist.Name))
		m := c.Reply(Dana, notice, "A new one is on its way.")
		dist.Apply(m)
		d.Post(m)
		if m.InReplyTo == "" {
			// Without In-Reply-To it might be an address completed from memory.
			hold := d.Await(Dana.Address, "a question whether she means it", Both(IsHold, Has("on its way")))
			d.Answers(c, Dana, hold, "send")
		}
		got := d.Await(who.Address, "Dana's answer, "+dist.Name+" from "+c.Name, Has("on its way"))
		d.Clean(got)
		if got.Leaks("says " + dist.Name) {
			t.Errorf("%s from %s: the quoted words came along:\n%s", dist.Name, c.Name, got.Raw)
		}

		// The customer answers in kind, and it lands on the same ticket.
		m = c.Reply(who, got, "Thank you, says the owner of "+dist.Name)
		dist.Apply(m)
		d.Post(m)
		back := d.Await(Dana.Address, "the customer's answer", Has("owner of "+dist.Name))
		if back.Number(t) != notice.Number(t) {
			t.Errorf("%s from %s: the customer's answer to #%s went to #%s", dist.Name, c.Name, notice.Number(t), back.Number(t))
		}
	}
}
