// Package placement is about where a mail belongs when the mail itself does
// not say so clearly: every odd case has an end, and nothing is lost.
package placement

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	. "aside/test/harness"
)

func TestMessageIDs(t *testing.T) {
	t.Parallel()
	d := Start(t)
	cases := map[string]func(*Draft){
		"missing": func(m *Draft) { m.MessageID = "" },
		"broken":  func(m *Draft) { m.MessageID = ""; m.Headers = [][2]string{{"Message-ID", "no brackets at all"}} },
		"empty":   func(m *Draft) { m.MessageID = ""; m.Headers = [][2]string{{"Message-ID", "<>"}} },
		"long": func(m *Draft) {
			m.MessageID = ""
			m.Headers = [][2]string{{"Message-ID", "<" + strings.Repeat("x", 600) + "@long.example>"}}
		},
	}
	for name, change := range cases {
		who := Who("Jane", name+"@customer.example")
		m := Write(who, Support, "Kettle", "It leaks, idwords of "+name+".")
		change(m)
		d.Post(m)
		n := d.Await(Dana.Address, "a notice", Has("idwords of "+name))
		d.Answers(Gmail(), Dana, n, "Answer to "+name+".")
		got := d.Await(who.Address, "the answer", Has("Answer to "+name))
		d.Clean(got)
		for _, id := range got.References {
			if len(id) > 250 {
				t.Errorf("%s: a reference of %d octets left", name, len(id))
			}
		}
	}
}

func TestDeliveredTwice(t *testing.T) {
	t.Parallel()
	d := Start(t)
	m := Write(Jane, Support, "Kettle", "It leaks, twicewords.")
	raw := m.Bytes()
	first := d.Send(Jane.Address, m.Ours(), raw)
	if again := d.Send(Jane.Address, m.Ours(), raw); again != first {
		t.Errorf("the same mail is %s and then %s", first, again)
	}
	trace := append([]byte("Received: from other.example by mx.example; Sat, 21 Nov 2026 10:00:00 +0000\r\n"), raw...)
	if again := d.Send(Jane.Address, m.Ours(), trace); again != first {
		t.Errorf("the same mail by another way is %s and then %s", first, again)
	}
	// The same Message-ID on other words is another mail.
	m.Text = "Something else, otherwords."
	if other := d.Send(Jane.Address, m.Ours(), m.Bytes()); other == first {
		t.Error("other words under the same Message-ID were thrown away")
	}
	d.Await(Dana.Address, "the other words", Has("otherwords"))
	if n := d.Count(Dana.Address, Has("twicewords")); n != 1 {
		t.Errorf("Dana heard of it %d times", n)
	}
	// Without a Message-ID the words alone tell.
	m = Write(Jane, Support, "Toaster", "It smokes, nowords.")
	m.MessageID = ""
	raw = m.Bytes()
	if a, b := d.Send(Jane.Address, m.Ours(), raw), d.Send(Jane.Address, m.Ours(), raw); a != b {
		t.Errorf("the same mail without a Message-ID is %s and then %s", a, b)
	}
}

func TestTokenInCc(t *testing.T) {
	t.Parallel()
	d := Start(t)
	n := d.Opens(Jane, "Kettle", "It leaks.")
	d.Answers(Gmail(), Dana, n, "Since when askwords?")
	got := d.Await(Jane.Address, "the question", Has("askwords"))
	m := Write(Jane, "somebody@else.example", "quite another subject", "Since Monday, ccwords.")
	m.Cc = []Person{got.ReplyTo}
	d.Post(m)
	back := d.Await(Dana.Address, "the answer", Has("ccwords"))
	if back.Number(t) != n.Number(t) {
		t.Errorf("it went to #%s, not to #%s", back.Number(t), n.Number(t))
	}
}

func TestTokenInTheEnvelopeAlone(t *testing.T) {
	t.Parallel()
	d := Start(t)
	n := d.Opens(Jane, "Kettle", "It leaks.")
	d.Answers(Gmail(), Dana, n, "Since when askwords?")
	got := d.Await(Jane.Address, "the question", Has("askwords"))
	m := Write(Jane, "undisclosed@else.example", "quite another subject", "Since Monday, bccwords.")
	m.Bcc = []string{got.ReplyTo.Address}
	d.Post(m)
	if back := d.Await(Dana.Address, "the answer", Has("bccwords")); back.Number(t) != n.Number(t) {
		t.Errorf("it went to #%s, not to #%s", back.Number(t), n.Number(t))
	}
}

func TestTwoDesks(t *testing.T) {
	t.Parallel()
	d := Start(t)
	m := Write(Jane, Support, "Kettle and bill", "It leaks and I paid twice, deskwords.")
	m.To = append(m.To, Who("", "billing@example.com"))
	d.Post(m)
	n := d.Await(Dana.Address, "a notice", Has("deskwords"))
	d.Await(Eve.Address, "word that the other desk has it", func(m *Mail) bool { return strings.Contains(m.Plain()+m.Subject, "#"+n.Number(t)) })
	if got := d.Count(Dana.Address, Has("deskwords")); got != 1 {
		t.Errorf("Dana heard of it %d times", got)
	}
	if got := tickets(t, d); got != 1 {
		t.Errorf("there are %d tickets", got)
	}
}

// tickets is how many tickets there are.
func tickets(t *testing.T, d *Daemon) int {
	t.Helper()
	n := 0
	dec := json.NewDecoder(strings.NewReader(d.Must("ticket", "list", "--json")))
	for dec.More() {
		var v any
		if err := dec.Decode(&v); err != nil {
			t.Fatal(err)
		}
		if list, ok := v.([]any); ok {
			n += len(list)
		} else {
			n++
		}
	}
	return n
}

func TestSomebodyElsesToken(t *testing.T) {
	t.Parallel()
	d := Start(t)
	n := d.Opens(Jane, "Kettle", "It leaks.")
	d.Answers(Gmail(), Dana, n, "/side courier\n\nWhere is it asidewords?")
	asked := d.Await(Vic.Address, "the question", Has("asidewords"))
	// Vic sends the mail on, and Max answers it with Vic's token.
	d.Answers(Gmail(), Max, asked, "I have it, maxwords.")
	back := d.Await(Dana.Address, "Max's words", Has("maxwords"))
	if !strings.HasPrefix(back.ReplyTo.Name, "SIDE ") || back.Number(t) != n.Number(t) {
		t.Errorf("they went to %q", back.ReplyTo.Name)
	}
	if !back.Leaks(Max.Address) || !strings.Contains(back.Plain(), "Add") {
		t.Errorf("the notice does not say whose words they are, and offers no /add:\n%s", back.Plain())
	}
	d.Answers(Gmail(), Dana, back, "Good, answerwords.")
	d.Silent(Max.Address, "answerwords") // nobody joins by themselves
	d.Silent(Vic.Address, "maxwords")
	d.Silent(Jane.Address, "asidewords", "maxwords", "answerwords")
}

func TestContactWithAnAgentsToken(t *testing.T) {
	t.Parallel()
	d := Start(t)
	n := d.Opens(Jane, "Kettle", "It leaks.")
	// Dana sends her notice on to a friend, who answers it.
	d.Answers(Gmail(), Max, n, "/resolve\n\nI know that kettle, friendwords.")
	back := d.Await(Dana.Address, "the friend's words", Has("friendwords"))
	if !strings.HasPrefix(back.ReplyTo.Name, "TEAM ONLY #"+n.Number(t)) {
		t.Errorf("they went to %q", back.ReplyTo.Name)
	}
	if out := d.Must("ticket", "show", n.Number(t), "--json"); strings.Contains(out, `"resolved"`) {
		t.Errorf("a stranger resolved the ticket:\n%s", out)
	}
	d.Silent(Jane.Address, "friendwords")
	d.Silent(Max.Address, "leaks")
}

func TestUnknownForgedAndCapitalTokens(t *testing.T) {
	t.Parallel()
	d := Start(t)
	n := d.Opens(Jane, "Kettle", "It leaks.")
	d.Answers(Gmail(), Dana, n, "Since when askwords?")
	token := d.Await(Jane.Address, "the question", Has("askwords")).Token()
	forged := []byte(token)
	forged[39] = map[bool]byte{true: 'b', false: 'a'}[forged[39] == 'a']
	cases := map[string]struct {
		detail string
		same   bool
	}{
		"anything":  {"anything", false},
		"unknown":   {strings.Repeat("a", 40), false},
		"forged":    {string(forged), false},
		"cut":       {token[:30], false},
		"capitals":  {strings.ToUpper(token), true},
		"as it was": {token, true},
	}
	for name, c := range cases {
		m := Write(Jane, "support+"+c.detail+"@example.com", "Subject of "+name, "Since Monday, tokenwords of "+name+".")
		d.Post(m)
		back := d.Await(Dana.Address, "the words of "+name, Has("tokenwords of "+name))
		if same := back.Number(t) == n.Number(t); same != c.same {
			t.Errorf("with a token that is %s the mail went to #%s, the ticket is #%s", name, back.Number(t), n.Number(t))
		}
	}
	if _, err := d.TrySend(Jane.Address, []string{"nobody@example.com"}, Write(Jane, "nobody@example.com", "x", "y").Bytes()); err == nil || !strings.Contains(err.Error(), "550") {
		t.Errorf("mail to an address that is nobody's: %v", err)
	}
	for _, addr := range []string{"postmaster@example.com", "abuse@example.com"} {
		d.Send(Jane.Address, []string{addr}, Write(Jane, addr, "To "+addr, "Words to "+addr).Bytes())
		d.Await(Dana.Address, "mail to "+addr, Has("Words to "+addr))
	}
}

func TestStoredIDsAndSubjectTags(t *testing.T) {
	t.Parallel()
	d := Start(t)
	first := Write(Jane, Support, "Kettle", "It leaks.")
	d.Post(first)
	n := d.Await(Dana.Address, "a notice", Has("It leaks."))
	// She answers her own mail; nobody at the desk has said a word yet.
	m := Write(Jane, Support, "Re: Kettle", "It still leaks, stillwords.")
	m.InReplyTo = first.MessageID
	d.Post(m)
	if back := d.Await(Dana.Address, "more words", Has("stillwords")); back.Number(t) != n.Number(t) {
		t.Errorf("her second mail went to #%s", back.Number(t))
	}
	// A stranger who knows the Message-ID or the number gets nowhere.
	for i, m := range []*Draft{
		{From: Max, InReplyTo: first.MessageID, Subject: "Re: Kettle"},
		{From: Max, Subject: "Re: [#" + n.Number(t) + "] Kettle"},
	} {
		words := []string{"strangerwords", "numberwords"}[i]
		m.To, m.Date, m.MessageID, m.Text = []Person{Who("", Support)}, first.Date, NewID("x.example"), words+" here."
		d.Post(m)
		if back := d.Await(Dana.Address, "the stranger's words", Has(words)); back.Number(t) == n.Number(t) {
			t.Errorf("a stranger walked into #%s", n.Number(t))
		}
	}
	d.Silent(Max.Address, "leaks")
}

func TestCopiedPeople(t *testing.T) {
	t.Parallel()
	d := Start(t)
	m := Write(Jane, Support, "Kettle", "It leaks.")
	m.Cc = []Person{Kim}
	d.Post(m)
	n := d.Await(Dana.Address, "a notice", Has("It leaks."))
	if n.ReplyTo.Name != "CUSTOMER Jane Doe +1 #"+n.Number(t) {
		t.Errorf("the cue is %q", n.ReplyTo.Name)
	}
	d.Answers(Gmail(), Dana, n, "Since when askwords?")
	d.Await(Kim.Address, "her copy", Has("askwords"))
	got := d.Await(Jane.Address, "the question", Has("askwords"))
	// Later copies are shown, and hear nothing.
	late := Gmail().Reply(Jane, got, "Since Monday, latewords.")
	late.Cc = append(late.Cc, Max)
	d.Post(late)
	n = d.Await(Dana.Address, "her answer", Has("latewords"))
	if !strings.Contains(n.Plain(), Max.Address) {
		t.Errorf("the notice does not show who was copied:\n%s", n.Plain())
	}
	d.Answers(Gmail(), Dana, n, "Thank you, thankwords.")
	d.Await(Jane.Address, "thanks", Has("thankwords"))
	d.Silent(Max.Address, "askwords", "thankwords")
}

func TestRestoredBackup(t *testing.T) {
	t.Parallel()
	d := Start(t)
	n := d.Opens(Jane, "Kettle", "It leaks.")
	d.Answers(Gmail(), Dana, n, "Since when askwords?")
	old := d.Await(Jane.Address, "the question", Has("askwords"))
	d.Settle()
	backup := filepath.Join(d.Dir, "backup")
	d.Must("backup", backup)

	// After the backup a side conversation begins, which the backup knows
	// nothing of.
	d.Answers(Gmail(), Dana, n, "/side courier\n\nWhere is it lostwords?")
	lost := d.Await(Vic.Address, "the question", Has("lostwords"))
	d.Stop()
	Restore(t, backup, filepath.Join(d.Dir, "state"))
	d.Launch()

	// New conversations after the restore must not get the old tokens.
	d.Answers(Gmail(), Jane, old, "Since Monday, mondaywords.")
	if back := d.Await(Dana.Address, "Jane's answer", Has("mondaywords")); back.Number(t) != n.Number(t) {
		t.Errorf("Jane's answer went to #%s", back.Number(t))
	}
	d.Answers(Gmail(), Dana, n, "/side max@repairs.example\n\nCan you mend it mendwords?")
	d.Await(Max.Address, "the new question", Has("mendwords"))
	d.Answers(Gmail(), Vic, lost, "In the depot, depotwords.")
	d.Await(Dana.Address, "the answer of the forgotten vendor", Has("depotwords"))
	d.Silent(Max.Address, "depotwords", "lostwords")
	d.Silent(Jane.Address, "depotwords", "lostwords", "mendwords")
	d.Must("verify")
}

func TestUnreadableMailIsATicket(t *testing.T) {
	t.Parallel()
	d := Start(t)
	deep := bytes.Repeat([]byte("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"), 300)
	mails := map[string][]byte{
		"no header":     []byte("just some words without a header\r\n"),
		"empty":         nil,
		"binary":        append([]byte("From: x@y.example\r\n\r\n"), bytes.Repeat([]byte{0, 255, 1}, 1000)...),
		"no from":       []byte("Subject: nobody\r\n\r\nnobody wrote this\r\n"),
		"bad multipart": []byte("From: x@y.example\r\nContent-Type: multipart/mixed\r\n\r\nno boundary\r\n"),
		"too deep":      append([]byte("From: x@y.example\r\n"), deep...),
	}
	for name, raw := range mails {
		id := d.Send(strings.ReplaceAll(name, " ", "-")+"@odd.example", []string{Support}, raw)
		if out := d.CLI("why", id); out.Exit != 0 {
			t.Errorf("aside why of the mail %q: %s%s", name, out.Stdout, out.Stderr)
		}
	}
	if got := tickets(t, d); got != len(mails) {
		t.Errorf("%d mails made %d tickets", len(mails), got)
	}
}

func TestWhyTellsTheReason(t *testing.T) {
	t.Parallel()
	d := Start(t)
	m := Write(Jane, Support, "Kettle", "It leaks.")
	id := d.Post(m)
	for _, key := range []string{id, m.MessageID, "<" + m.MessageID + ">"} {
		if out := d.Must("why", key); !strings.Contains(out, "opens a ticket") {
			t.Errorf("aside why %s says\n%s", key, out)
		}
	}
	if out := d.CLI("why", "nosuchid"); out.Exit != 1 {
		t.Errorf("aside why of an unknown id: exit status %d\n%s%s", out.Exit, out.Stdout, out.Stderr)
	}
}
