package desk_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"aside"
	"aside/desk"
	h "aside/test/harness"
	"aside/threading"
)

// bySignature is a desk that knows agents by their signatures.
func bySignature(s *desk.Settings) { s.Trust = threading.TrustDMARC }

var (
	signed   = aside.Verdict{DMARC: "pass", Domain: "example.com", By: "dkim", AlignedDKIM: true, ToSigned: true, Reason: "It is signed by example.com (DKIM)."}
	unsigned = aside.Verdict{DMARC: "fail", Domain: "example.com", Reason: "It carries no signature of example.com (DKIM)."}
	verified = aside.Verdict{DMARC: "pass", By: "spf", Reason: "It came from a server of vendor.example (SPF)."}
)

func TestSignedRepliesLeave(t *testing.T) {
	w := open(t, bySignature)
	n := w.opens(jane, "Kettle", "It leaks.")
	w.verdict = signed
	w.says(dana, n, "/resolve\n\nIt comes.").only("jane: It comes.", "omar: It comes.", "dana: Done")
	if w.ticket(1).Status != aside.StatusResolved {
		t.Error("the signed command did nothing")
	}
}

// The token in a notice proves nobody here: whoever reads it over an agent's
// shoulder has it.
func TestTheTokenAloneIsNobody(t *testing.T) {
	w := open(t, bySignature)
	n := w.opens(jane, "Kettle", "It leaks.")
	w.verdict = unsigned
	code := w.says(dana, n, "/resolve\n\nIt comes, "+w.secret("unprovenwords", dana)).only("dana: ")[0]
	contains(t, code, "/confirm ", "unprovenwords")
	if w.ticket(1).Status != aside.StatusOpen {
		t.Error("an unproven command did something")
	}
	// The code from the registered address releases it, words and commands.
	line := code.Text[strings.Index(code.Text, "/confirm "):]
	line, _, _ = strings.Cut(line, "\n")
	w.secrets = nil
	w.says(dana, code, line).find("jane", "unprovenwords")
	if w.ticket(1).Status != aside.StatusResolved {
		t.Error("a confirmed command did nothing")
	}
}

// A signature proves who wrote, and gives no right to speak: words leave by the
// writer's own token alone.
func TestASignatureIsNoToken(t *testing.T) {
	w := open(t, bySignature)
	n := w.opens(jane, "Kettle", "It leaks.")
	w.verdict = signed
	for name, change := range map[string]func(*h.Draft){
		"a colleague's token": func(d *h.Draft) {
			d.From, d.InReplyTo, d.References = omar, "", nil // with Dana's Reply-To
		},
		"a subject tag": func(d *h.Draft) {
			d.To, d.InReplyTo, d.References = []h.Person{{Address: support}}, "", nil
			d.Subject = "Re: [#1] Kettle"
		},
		"a notice in References alone": func(d *h.Draft) {
			d.To = []h.Person{{Address: support}}
			d.References, d.InReplyTo = append(d.References, d.InReplyTo), ""
		},
	} {
		d := h.Gmail().Reply(dana, n, "Words without a token, by "+name+".")
		change(d)
		w.post(d).none("jane")
	}
}

// An agent's ended reply address names the ticket and gives no right: what would
// leave stays a note, and what belongs inside is done.
func TestSignedMailToAnEndedAddress(t *testing.T) {
	for text, want := range map[string]string{
		"/ask omar\n\nShall we refund, insidewords?":                          "Approve",
		"/note\n\nRefunded, insidewords.":                                     "insidewords",
		"Hello Jane, insidewords.":                                            "insidewords",
		"/side courier@vendor.example\n\nWhere is it, insidewords?":           "insidewords",
		"/side courier@vendor.example share all\n\nWhere is it, insidewords?": "insidewords",
	} {
		w := open(t, bySignature)
		n := w.opens(jane, "Kettle", "It leaks.")
		w.verdict = signed
		copied := h.Gmail().Reply(dana, n, "To you both.")
		copied.Cc = append(copied.Cc, h.Person{Address: joe.Address})
		w.post(copied) // Joe has the notice's frame now: its address ends
		w.secret("insidewords", dana, omar)
		got := w.says(dana, n, text)
		got.none("jane", "vic", "joe")
		if len(w.conversations(1)) != 2 {
			t.Errorf("%q: a conversation was opened", text)
		}
		if !slices.ContainsFunc(got.mails, func(m *h.Mail) bool { return has(m, want) }) {
			t.Errorf("%q: nobody inside heard it: %v", text, got)
		}
	}
}

// A signed mail to the desk itself needs no code.
func TestSignedMailToTheDesk(t *testing.T) {
	w := open(t, bySignature)
	w.signing = true
	exactly(t, w.post(h.Write(dana, support, "Your kettle", "/new jane@customer.example\n\nIt is here.")).to("jane"), "It is here.")
	contains(t, w.post(h.Write(dana, support, "x", "/list")).only("dana: ")[0], "#1 Your kettle")
	w.signing = false
	w.post(h.Write(dana, support, "Your toaster", "/new kim@customer.example\n\nIt is there.")).only("dana: Was this you?")
}

// What somebody can do with a signed mail of an agent in hand.
func TestSignedMailSentAgain(t *testing.T) {
	w := open(t, bySignature)
	first := w.opens(jane, "Kettle", "It leaks.")
	second := w.opens(kim, "Toaster", "It burns.")
	w.verdict = signed
	d := h.Gmail().Reply(dana, first, "Jane's answer, "+w.secret("replayedwords", jane, omar, dana))
	w.post(d).find("jane", "replayedwords")

	// The same bytes to another token of Dana's, known from somewhere: the mail
	// is here already.
	token := second.ReplyTo.Address
	w.receive(d.From.Address, []string{token}, d.Bytes())
	w.deliver().only()
	// With what a signature may leave open changed: the Message-ID acted.
	d.To, d.InReplyTo, d.References = []h.Person{{Address: token}}, second.MessageID, nil
	d.Headers = append(d.Headers, [2]string{"Cc", kim.Address}, [2]string{"Resent-To", token})
	w.receive(d.From.Address, []string{token}, d.Bytes())
	d.Text = "Read in another way, " + d.Text // as by another Content-Type
	w.receive(d.From.Address, []string{token}, d.Bytes())
	w.deliver().only("dana: Not done")

	// A signed mail to others that was never here: the signature covers To.
	list := h.Write(dana, "kettles@list.example", "Kettles", "To the list, "+w.secret("listwords", dana))
	list.Date = w.now
	w.receive(dana.Address, []string{token}, list.Bytes())
	w.deliver().none("kim")
	// Six days later it is too old, whatever it was.
	old := h.Gmail().Reply(dana, second, "Old words.")
	old.Date = w.now.Add(-6 * 24 * 3600e9)
	w.receive(dana.Address, []string{token}, old.Bytes())
	w.deliver().none("kim")
}

// While DNS does not answer, mail in an agent's name is neither the agent's nor
// a forger's: it is to come again. All other mail is taken.
func TestWhileDNSDoesNotAnswer(t *testing.T) {
	open1 := func(trust threading.Trust) (*town, *h.Draft) {
		w := open(t, func(s *desk.Settings) { s.Trust = trust })
		n := w.opens(jane, "Kettle", "It leaks.")
		w.verdict = aside.Verdict{TempError: true, Reason: "DNS did not answer."}
		return w, h.Gmail().Reply(dana, n, "It comes.")
	}
	w, d := open1(threading.TrustDMARC)
	d.Date = w.now
	_, err := w.tryReceive(d.MailFrom(), d.Ours(), d.Bytes())
	var later *desk.Later
	if !errors.As(err, &later) || !strings.Contains(later.Text, "try again") {
		t.Fatalf("error %v", err)
	}
	w.deliver().only()
	// It comes again when DNS answers, and acts.
	w.verdict = signed
	w.receive(d.MailFrom(), d.Ours(), d.Bytes())
	w.deliver().find("jane", "It comes.")

	w.verdict = aside.Verdict{TempError: true}
	w.writes(kim, "Toaster", "It burns.").to("dana")

	// Who needs no signature needs no DNS.
	w, d = open1(threading.TrustToken)
	w.post(d).find("jane", "It comes.")
	// An absence notice of an agent asks for nothing.
	w, d = open1(threading.TrustDMARC)
	d.Date = w.now
	d.Headers = append(d.Headers, [2]string{"Auto-Submitted", "auto-replied"})
	if _, err := w.tryReceive(d.MailFrom(), d.Ours(), d.Bytes()); err != nil {
		t.Error(err)
	}
	w.deliver().none("jane")
}

// A vendor's own case number leads back to the conversation in which that
// vendor, verified, used it; nobody else learns or uses it.
func TestCaseNumbersOfVerifiedVendors(t *testing.T) {
	for _, c := range []struct {
		says          string
		learned, used aside.Verdict
		side          bool
	}{
		{"verified both times", verified, verified, true},
		{"learned from nobody proved", unsigned, verified, false},
		{"used by nobody proved", verified, unsigned, false},
	} {
		w := open(t)
		n := w.opens(jane, "Kettle", "It leaks.")
		asked := w.says(dana, n, "/side courier@vendor.example\n\nWhere is it?").find("vic", "Where is it?")
		w.verdict = c.learned
		d := h.Gmail().Reply(vic, asked, "We look into it.")
		d.Subject = "Re: " + asked.Subject + " [Case 471199]"
		w.post(d)
		w.verdict = c.used
		seen := w.writes(vic, "Your parcel [Case 471199]", "It is lost.").to("dana")
		if got := strings.HasPrefix(seen.ReplyTo.Name, "SIDE"); got != c.side {
			t.Errorf("%s: the case led to the side conversation: %v (%s)", c.says, got, seen.ReplyTo.Name)
		}
	}
}

// A contact who is verified is believed where a mail is placed by From alone,
// and greeted by their words; one who is not is shown as such.
func TestVerifiedContacts(t *testing.T) {
	for _, c := range []struct {
		says    string
		verdict aside.Verdict
		warned  bool
	}{
		{"verified", verified, false},
		{"not verified", aside.Verdict{DMARC: "fail", Reason: "Nothing proves it."}, true},
		{"without a policy and without proof", aside.Verdict{DMARC: "none", Reason: "Nothing proves it."}, true},
	} {
		w := open(t)
		n := w.opens(jane, "Kettle", "It leaks.")
		asked := w.says(dana, n, "/side courier@vendor.example\n\nWhere is it?").find("vic", "Where is it?")
		w.verdict = c.verdict
		m := h.Write(vic, support, asked.Subject, "It is lost.") // by its subject tag alone
		seen := w.post(m).to("dana")
		if got := has(seen, "Sender not verified"); got != c.warned {
			t.Errorf("%s: warned is %v\n%s", c.says, got, seen.Text)
		}
		ack := w.writes(max, "Toaster burnt", "It burns.").to("max")
		if got := has(ack, "Toaster burnt"); got == c.warned {
			t.Errorf("%s: the acknowledgement carries the subject: %v", c.says, got)
		}
		if why := w.says(dana, seen, "/why").to("dana"); !has(why, c.verdict.Reason) {
			t.Errorf("%s: /why does not say %q:\n%s", c.says, c.verdict.Reason, why.Text)
		}
	}
}
