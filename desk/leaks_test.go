package desk_test

import (
	"strings"
	"testing"

	"aside"
	"aside/desk"
	h "aside/test/harness"
)

// above puts a command line on top of a draft, quotations and all.
func above(d *h.Draft, line string) *h.Draft {
	d.Text = line + "\n\n" + d.Text
	return d
}

// Who has a vendor's mail, and with what.
func TestTheCustomerWithAVendorsToken(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	asked, _ := w.asks(n, "/side courier@vendor.example", "Where is it?")
	// Vic sends Jane the mail, and Jane answers it.
	got := w.says(jane, asked, "I am the customer, "+w.secret("janewords")+".").only("dana: I am the customer", "omar: I am the customer")
	contains(t, got[0], "jane@customer.example, who does not take part")
	if !strings.HasPrefix(got[0].ReplyTo.Name, "SIDE") {
		t.Errorf("cue %q", got[0].ReplyTo.Name)
	}
	w.says(dana, got[0], "Who knows, "+w.secret("whowords", vic)).only("vic: Who knows", "omar: Who knows")
	// By the tag alone it is no more than a ticket of her own.
	d := h.Write(jane, support, asked.Subject, "Hello there.")
	contains(t, w.post(d).to("dana"), "CUSTOMER Jane Doe #2")
}

func TestAVendorWithTheCustomersToken(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	asked, _ := w.asks(n, "/side courier@vendor.example", "Where is it?")
	m := w.says(dana, n, "Wait, please.").find("jane", "Wait")
	got := w.says(vic, m, "She is a fool, "+w.secret("foolwords")).only("dana: foolwords", "omar: foolwords")
	contains(t, got[0], "courier@vendor.example, who does not take part")
	// Both tokens at once: the more private one wins.
	d := h.Gmail().Reply(vic, asked, "Both, "+w.secret("bothwords"))
	d.Cc = []h.Person{m.ReplyTo}
	back := w.post(d).to("dana")
	if !strings.HasPrefix(back.ReplyTo.Name, "SIDE") {
		t.Errorf("cue %q", back.ReplyTo.Name)
	}
	_ = got
}

// An agent's notice, forwarded to an outsider who answers it.
func TestAnOutsiderAnswersANotice(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	for _, from := range []h.Person{joe, jane, {Name: "Dana privately", Address: "dana@private.example"}} {
		got := w.says(from, n, "/resolve\n\nLet me answer, "+w.secret("outsidewords"))
		got.none("jane", "joe")
		contains(t, got.find("dana", "outsidewords"), "nothing was done")
		if w.ticket(1).Status != aside.StatusOpen {
			t.Errorf("%s resolved it", from.Address)
		}
	}
	// A click from another address is told to the registered one.
	click := w.click(h.Person{Address: "dana@private.example"}, n, "/resolve")
	contains(t, w.post(click).find("dana", "nothing was done"), "private.example")
}

// A contact's commands are words.
func TestAContactsCommandsAreWords(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "/resolve\n/assign omar\n\nIt leaks.")
	contains(t, n, "/resolve", "/assign omar")
	asked, _ := w.asks(n, "/side courier@vendor.example", "Where is it?")
	w.says(vic, asked, "/reply\n/add joe@elsewhere.example\n\nIn the depot, "+w.secret("depotwords", vic)).only("dana: depotwords", "omar: depotwords")
	if tick := w.ticket(1); tick.Status != aside.StatusOpen || tick.Assignee != "" || len(w.hears(1, "")) != 1 {
		t.Errorf("%+v", tick)
	}
}

// Machines' mail is an event, and nothing else.
func TestAutomaticMail(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	m := w.says(dana, n, "/resolve\n\nIt comes.").find("jane", "It comes.")
	auto := func(d *h.Draft) *h.Draft {
		d.Headers = append(d.Headers, [2]string{"Auto-Submitted", "auto-replied"})
		return d
	}
	w.post(auto(h.Gmail().Reply(jane, m, "I am away."))).only()
	if w.ticket(1).Status != aside.StatusResolved {
		t.Error("a machine opened it")
	}
	// An agent's responder, to a notice.
	w.post(auto(h.Gmail().Reply(dana, n, "/open\n\nI am away, "+w.secret("danaaway")))).only()
	w.post(auto(h.Write(dana, support, "away", "I am away."))).only()
	// A new one opens a ticket without an acknowledgement.
	w.post(auto(h.Write(joe, support, "Report", "All is well."))).only("dana: All is well.", "omar: All is well.")
	list := h.Write(joe, support, "News", "Many news.")
	list.Headers = append(list.Headers, [2]string{"List-Id", "<news.elsewhere.example>"}, [2]string{"Precedence", "list"})
	w.post(list).none("joe")
	null := h.Write(kim, support, "Hello", "Null sender.")
	null.Envelope = "<>"
	w.post(null).none("kim")
}

func TestABounceIsToldToItsAuthor(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	m := w.says(dana, n, "It comes.").find("jane", "It comes.")
	d := &h.Draft{From: h.Person{Name: "Mail Delivery", Address: "mailer-daemon@customer.example"}, Envelope: "<>", To: []h.Person{{Address: m.ReturnPath}},
		Subject: "Undelivered Mail", MessageID: h.NewID("customer.example"), Text: "No such mailbox.",
		Headers: [][2]string{{"Auto-Submitted", "auto-replied"}}, Report: &h.Report{Recipient: jane.Address, Status: "5.1.1", Original: m.Raw}}
	got := w.post(d)
	got.none("jane")
	contains(t, got.find("dana", "did not arrive"), "Jane Doe", "5.1.1", "It comes.")
	w.history(1, "delivery trouble", jane.Address)
}

// Two desks addressed: one ticket, the other team is told once.
func TestTwoDesks(t *testing.T) {
	w := open(t)
	d := h.Write(jane, support, "Kettle and bill", "Both are wrong.")
	d.To = append(d.To, h.Person{Address: billing})
	got := w.post(d).only("dana: Both are wrong.", "omar: Both are wrong.", "eve: It is ticket #1 of Example Support", "jane: arrived")
	lacks(t, got[2], "Both are wrong.")
	w.says(jane, got[3], "Hello?").only("dana: Hello?", "omar: Hello?")
}

// To and Cc take part from the first mail only, if the desk stands in it.
func TestWhoTakesPart(t *testing.T) {
	w := open(t)
	d := h.Write(jane, support, "Kettle", "It leaks.")
	d.Cc = []h.Person{kim, dana}
	n := w.post(d).to("omar")
	if n.ReplyTo.Name != "CUSTOMER Jane Doe +1 #1" {
		t.Errorf("cue %q", n.ReplyTo.Name)
	}
	m := w.says(omar, n, "We look.").only("jane: We look.", "kim: We look.", "dana: We look.")[0]
	// Later copies are shown and offered.
	d = h.Gmail().Reply(jane, m, "My lawyer reads this.")
	d.Cc = []h.Person{joe}
	n = w.post(d).to("omar")
	contains(t, n, "Copied by Jane, will not get it: joe@elsewhere.example (Add)")
	w.says(omar, n, "Fine.").only("jane: Fine.", "kim: Fine.", "dana: Fine.")
	w.post(w.click(omar, n, "/add joe@elsewhere.example")).only("omar: joe@elsewhere.example hears")
	// A blind copy to the desk makes nobody else a participant.
	d = h.Write(kim, joe.Address, "Private", "Dear Joe.")
	d.Bcc = []string{support}
	n = w.post(d).to("omar")
	if n.ReplyTo.Name != "CUSTOMER Kim Lind #2" {
		t.Errorf("cue %q", n.ReplyTo.Name)
	}
}

func TestAnAgentsOtherAddress(t *testing.T) {
	w := open(t)
	w.opens(jane, "Kettle", "It leaks.")
	home := h.Person{Name: "Omar", Address: "omar@home.example"}
	w.says(home, w.lastTo("omar", "It leaks."), "It comes.").only("jane: It comes.", "dana: It comes.")
}

// A mail acts once, and not when it is old.
func TestAMailActsOnce(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	d := h.Gmail().Reply(dana, n, "/resolve\n\nIt comes.")
	id := w.send(d)
	w.deliver().find("jane", "It comes.")
	if again := w.receive(d.MailFrom(), d.Ours(), d.Bytes()); again != id {
		t.Errorf("the same mail has the ids %s and %s", id, again)
	}
	w.deliver().only()
	// The same Message-ID with other words does nothing.
	d.Text, d.HTML = "/open\n\nIt does not come, "+w.secret("replayedwords"), ""
	w.post(d).none("jane")
	if w.ticket(1).Status != aside.StatusResolved {
		t.Error("a replayed mail did something")
	}
	d = h.Gmail().Reply(dana, n, "Old words, "+w.secret("oldwords"))
	d.Date = w.now.Add(-6 * 24 * 3600e9)
	w.receive(d.MailFrom(), d.Ours(), d.Bytes())
	contains(t, w.deliver().only("dana: Not done")[0], "more than five days ago")
}

// What waits to leave goes to nobody who was removed meanwhile.
func TestRemovedBeforeItLeft(t *testing.T) {
	w := open(t, func(s *desk.Settings) { s.SendDelay = 30e9 })
	n := w.opens(jane, "Kettle", "It leaks.")
	w.says(dana, n, "/side courier@vendor.example, max@repairs.example\n\nWho has it, "+w.secret("whowords", vic)).only("omar: Who has it", "dana: opened")
	w.says(omar, w.lastTo("omar", "Who has it"), "/remove max@repairs.example").find("omar", "hears no more")
	m := w.wait(30e9).only("vic: whowords")[0]
	if len(m.To)+len(m.Cc) != 1 {
		t.Errorf("To %v Cc %v", m.To, m.Cc)
	}
	// The old requester gets nothing that waited, either.
	w.says(dana, n, "Dear Jane, "+w.secret("waitingwords")).only("omar: waitingwords")
	w.says(dana, n, "/requester joe@elsewhere.example").find("dana", "the customer is joe")
	w.wait(30e9).none("jane", "joe")
}

// Nothing of a note leaves by a client that breaks its HTML in ways of its own.
func TestQuotedNoteInOddHTML(t *testing.T) {
	note := "She never paid us, secretnote one.\n\nWe should ask for the money first, secretnote two."
	frames := map[string]func(first, second string) string{
		"cells": func(a, b string) string {
			return "<table><tr><td>" + a + "</td></tr><tr><td>" + b + "</td></tr></table>"
		},
		"spans": func(a, b string) string {
			return "<div><span>" + a[:9] + "</span><b>" + a[9:] + "</b></div><div>" + b + "</div>"
		},
		"one line": func(a, b string) string { return "<div>" + a + " " + b + "</div>" },
		"list":     func(a, b string) string { return "<ul><li>" + a + "<li>" + b + "</ul>" },
		"upper": func(a, b string) string {
			return "<div style=\"display:none\">" + a + "</div><div hidden>" + b + "</div>"
		},
		"pre": func(a, b string) string { return "<pre>&gt; " + a + "\n&gt; " + b + "</pre>" },
		"alt": func(a, b string) string {
			return "<img src=\"x.png\" alt=\"" + a + "\"><a title=\"" + b + "\" href=\"https://x.example\">x</a>"
		},
	}
	for name, frame := range frames {
		t.Run(name, func(t *testing.T) {
			w := open(t)
			n := w.opens(jane, "Kettle", "It leaks.")
			m := w.says(dana, n, "/note\n\n"+note).to("omar")
			w.secret("secretnote")
			a, b, _ := strings.Cut(note, "\n\n")
			d := h.Gmail().Reply(omar, m, "")
			d.Text = "/reply\n\nIt is fine.\n\n> " + a + "\n> \n> " + b + "\n"
			d.HTML = "<div>/reply</div><div><br></div><div>It is fine.</div><br>" + frame(a, b)
			got := w.post(d)
			for _, mail := range got.mails {
				if mail.DeliveredTo == jane.Address {
					exactly(t, mail, "It is fine.")
				}
			}
		})
	}
}
