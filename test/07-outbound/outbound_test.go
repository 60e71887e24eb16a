// Package outbound is about what leaves: later, not at all, or in vain.
package outbound

import (
	"regexp"
	"strings"
	"testing"

	. "aside/test/harness"
)

func TestUndoWhileItWaits(t *testing.T) {
	t.Parallel()
	d := Start(t, func(c *Config) { c.SendDelay = "1h" })
	n := d.Opens(Jane, "Kettle", "It leaks.")
	d.Answers(Gmail(), Dana, n, "That is your own fault, hastywords.")
	d.Await(Omar.Address, "his copy", Has("hastywords"))
	if out := d.Must("queue", "list", "--json"); !strings.Contains(out, Jane.Address) {
		t.Errorf("the waiting answer is not in the queue:\n%s", out)
	}
	d.Answers(Gmail(), Dana, n, "/undo")
	d.Await(Dana.Address, "word that it was stopped", func(m *Mail) bool { return strings.HasPrefix(m.ReplyTo.Name, "TEAM ONLY") })
	if out := d.Must("queue", "list", "--json"); strings.Contains(out, Jane.Address) {
		t.Errorf("the undone answer is still in the queue:\n%s", out)
	}
	for _, m := range d.Mailbox(Jane.Address) {
		if m.Leaks("hastywords") {
			t.Errorf("the undone answer left:\n%s", m.Raw)
		}
	}
}

func TestBounceFindsItsDelivery(t *testing.T) {
	t.Parallel()
	d := Start(t)
	bounces := map[string]func(got *Mail) *Draft{
		"report": func(got *Mail) *Draft {
			b := Write(Who("Mail Delivery System", "mailer-daemon@mx.example"), got.ReturnPath, "Undelivered Mail Returned to Sender", "No such mailbox, bouncewords.")
			b.Report = &Report{Recipient: got.To[0].Address, Status: "5.1.1", Original: got.Raw}
			return b
		},
		"plain": func(got *Mail) *Draft {
			return Write(Who("", "postmaster@mx.example"), got.ReturnPath, "failure notice", "Sorry, 550 5.1.1 no mailbox here by that name, bouncewords: "+got.To[0].Address)
		},
	}
	for name, bounce := range bounces {
		who := Who("Jane "+name, name+"@customer.example")
		d.Post(Write(who, Support, "Kettle", "It leaks, says "+name+"."))
		n := d.Await(Dana.Address, "a notice", Has("says "+name))
		d.Answers(Gmail(), Dana, n, "On its way, lostwords.")
		got := d.Await(who.Address, "the answer", Has("lostwords"))
		if !strings.HasPrefix(got.ReturnPath, "support+") || got.ReturnPath == got.ReplyTo.Address {
			t.Fatalf("the return path is %q", got.ReturnPath)
		}
		b := bounce(got)
		b.Envelope = "<>"
		d.Post(b)
		d.Await(Dana.Address, "word of the bounce by "+name, func(m *Mail) bool {
			return strings.Contains(m.Plain(), who.Address) && strings.Contains(m.ReplyTo.Name, "#"+n.Number(t)) && m.MessageID != n.MessageID
		})
		d.Silent(who.Address, "bouncewords", "Undelivered", "failure notice")
		if out := d.Must("ticket", "show", n.Number(t), "--json"); !strings.Contains(out, "bounce") {
			t.Errorf("the ticket does not show the bounce by %s:\n%s", name, out)
		}
	}
}

func TestQueueListRetryDrop(t *testing.T) {
	t.Parallel()
	d := Start(t, func(c *Config) { c.SendDelay = "1h" })
	n := d.Opens(Jane, "Kettle", "It leaks.")
	d.Answers(Gmail(), Dana, n, "On its way, queuewords.")
	out := d.Must("queue", "list")
	if !strings.Contains(out, Jane.Address) {
		t.Fatalf("aside queue list says\n%s", out)
	}
	id := strings.Fields(out[strings.LastIndex(out[:strings.Index(out, Jane.Address)], "\n")+1:])[0]
	d.Must("queue", "retry", id)
	d.Await(Jane.Address, "the answer, sent by hand", Has("queuewords"))

	d.Answers(Gmail(), Dana, n, "And another, dropwords.")
	out = d.Must("queue", "list")
	id = strings.Fields(out[strings.LastIndex(out[:strings.Index(out, Jane.Address)], "\n")+1:])[0]
	d.Must("queue", "drop", id)
	d.Silent(Jane.Address, "dropwords")
	if out := d.CLI("queue", "drop", "99999"); out.Exit != 1 {
		t.Errorf("dropping what is not there: exit status %d\n%s%s", out.Exit, out.Stdout, out.Stderr)
	}
}

func TestSizeLimit(t *testing.T) {
	t.Parallel()
	d := Start(t, func(c *Config) { c.Max = "64KiB" })
	m := Write(Jane, Support, "Big", strings.Repeat("word ", 20000))
	if _, err := d.TrySend(Jane.Address, m.Ours(), m.Bytes()); err == nil || !strings.Contains(err.Error(), "552") {
		t.Errorf("a mail over the limit: %v", err)
	}
	m.Text = "small words"
	d.Post(m)
	d.Await(Dana.Address, "the small one", Has("small words"))
}

func TestRestartFinishesWhatWaits(t *testing.T) {
	t.Parallel()
	d := Start(t, func(c *Config) { c.SendDelay = "2s" })
	n := d.Opens(Jane, "Kettle", "It leaks.")
	d.Answers(Gmail(), Dana, n, "A new one is on its way, laterwords.")
	d.Restart()
	d.Await(Jane.Address, "the answer", Has("laterwords"))
	if n := d.Count(Jane.Address, Has("laterwords")); n != 1 {
		t.Errorf("she got it %d times", n)
	}
}

// TestBouncedNoticeIsTold: an agent whose mailbox refuses notices hears nothing
// of any customer from then on; the ticket, and the others of the team, are told.
func TestBouncedNoticeIsTold(t *testing.T) {
	t.Parallel()
	d := Start(t)
	d.Post(Write(Jane, Support, "Kettle", "It leaks."))
	n := d.Await(Omar.Address, "his notice", Has("It leaks"))
	b := Write(Who("Mail Delivery System", "mailer-daemon@mx.example"), n.ReturnPath, "Undelivered Mail Returned to Sender", "No such mailbox.")
	b.Report = &Report{Recipient: Omar.Address, Status: "5.1.1", Original: n.Raw}
	b.Envelope = "<>"
	d.Post(b)
	d.Settle()
	if out := d.Must("ticket", "show", n.Number(t)); !strings.Contains(out, Omar.Address) {
		t.Errorf("nothing on the ticket says that %s was not reached:\n%s", Omar.Address, out)
	}
	if d.Count(Dana.Address, Has(Omar.Address)) == 0 {
		t.Errorf("nobody of the team was told that %s was not reached", Omar.Address)
	}
}

// A mail's session is the same in every line of the log, from its arrival to
// what was sent because of it: copies, acknowledgements, receipts, and what was
// held and is let go by another mail.
func TestSessionInTheLog(t *testing.T) {
	t.Parallel()
	d := Start(t)
	lines := 0
	// came are the session of the mail that came last, and the lines of what was
	// sent since this was last asked.
	came := func() (session string, sent []string) {
		t.Helper()
		d.Settle()
		log := d.Log()[lines:]
		lines += len(log)
		received := regexp.MustCompile(`msg=received session=(\S+) `).FindAllStringSubmatch(log, -1)
		if len(received) != 1 {
			t.Fatalf("%d mails came:\n%s", len(received), log)
		}
		return received[0][1], regexp.MustCompile(`(?m)^.* msg=sent .*$`).FindAllString(log, -1)
	}
	all := func(session string, sent []string, want int) {
		t.Helper()
		if len(sent) < want {
			t.Errorf("%d lines of what was sent, want %d", len(sent), want)
		}
		for _, line := range sent {
			if !strings.Contains(line, " session="+session+" ") {
				t.Errorf("session %s is not in %s", session, line)
			}
		}
	}
	n := d.Opens(Jane, "Kettle arrived broken", "It leaks.")
	session, sent := came()
	all(session, sent, 3)
	d.Post(Gmail().Reply(Dana, n, "/tag vip"))
	session, sent = came()
	all(session, sent, 1)
	d.Post(Gmail().Reply(Dana, n, "Hello,\n/resolve\nit comes, heldwords."))
	held := d.Await(Dana.Address, "the hold", Has("What waits"))
	heldIn, sent := came()
	all(heldIn, sent, 1)
	d.Post(Gmail().Reply(Dana, held, "send"))
	d.Await(Jane.Address, "the answer", Has("heldwords"))
	_, sent = came()
	all(heldIn, sent, 2)
}
