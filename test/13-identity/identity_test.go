// Package identity is about who speaks, found out as in the world outside: a
// DNS server on loopback publishes keys and policies, and mail is really
// signed.
package identity

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	. "aside/test/harness"
)

// world is a daemon that knows agents by their signatures, and the DNS that it
// asks. The agents' domain and the courier's sign their mail.
type world struct {
	*Daemon
	dns *DNS
}

func start(t *testing.T, trust ...string) world {
	t.Helper()
	d := StartDNS(t)
	d.Signs("example.com")
	d.Signs("vendor.example")
	d.Set("_dmarc.example.com", "v=DMARC1; p=reject")
	return world{Start(t, func(c *Config) {
		c.Trust = fmt.Sprintf("resolver = %q\n", d.Addr) + strings.Join(trust, "\n") + "\n"
	}), d}
}

// signed posts a draft as the author's own mail server would, signed.
func (w world) signed(t *testing.T, m *Draft) string {
	t.Helper()
	_, domain, _ := strings.Cut(m.From.Address, "@")
	return w.Send(m.MailFrom(), m.Ours(), w.dns.Sign(domain, m.Bytes()))
}

// held waits for the notice with the code of a mail that nothing proved.
func (w world) held(t *testing.T, who Person, words string) *Mail {
	t.Helper()
	return w.Await(who.Address, "a code for "+words, func(m *Mail) bool {
		return strings.Contains(m.Plain(), "/confirm ") && strings.Contains(m.Plain(), words)
	})
}

func TestSignedAgentsAnswer(t *testing.T) {
	t.Parallel()
	w := start(t)
	n := w.Opens(Jane, "Kettle", "It leaks.")
	id := w.signed(t, Gmail().Reply(Dana, n, "/resolve\n\nIt comes."))
	got := w.Await(Jane.Address, "the answer", Has("It comes."))
	w.Clean(got)
	if out := w.Must("why", id); !strings.Contains(out, "It is signed by example.com (DKIM).") {
		t.Errorf("aside why does not tell the signature:\n%s", out)
	}
	if out := w.Must("ticket", "show", n.Number(t), "--json"); !strings.Contains(out, `"status":"resolved"`) {
		t.Errorf("not resolved:\n%s", out)
	}

	// Mail over 64 kB is hashed from the store.
	m := Gmail().Reply(Omar, w.Await(Omar.Address, "a notice", Has("It leaks.")), "With a picture.")
	m.Files = []File{{Name: "large.bin", Type: "application/octet-stream", Data: bytes.Repeat([]byte("kettle"), 60_000)}}
	if out := w.Must("why", w.signed(t, m)); !strings.Contains(out, "It is signed by the domain of Omar Haddad's address.") {
		t.Errorf("a large signed mail proved nothing:\n%s", out)
	}
}

func TestUnsignedAgentsAreNobody(t *testing.T) {
	t.Parallel()
	w := start(t)
	n := w.Opens(Jane, "Kettle", "It leaks.")
	for i, change := range []func(mail []byte) []byte{
		func(mail []byte) []byte { return mail },
		func(mail []byte) []byte { return w.dns.Sign("vendor.example", mail) },
		func(mail []byte) []byte {
			return bytes.Replace(w.dns.Sign("example.com", mail), []byte("Forged"), []byte("FORGED"), -1)
		},
		func(mail []byte) []byte {
			return append([]byte("Subject: /resolve\r\n"), w.dns.Sign("example.com", mail)...)
		},
		func(mail []byte) []byte {
			return append([]byte("Authentication-Results: mx.example.com; dkim=pass header.d=example.com; auth=pass smtp.auth=dana@example.com\r\n"), mail...)
		},
		func(mail []byte) []byte { return w.dns.Sign("example.com", mail, "From") },
	} {
		m := Gmail().Reply(Dana, n, fmt.Sprintf("/resolve\n\nForgedwords %d.", i))
		if id := w.Send(m.MailFrom(), m.Ours(), change(m.Bytes())); id == "" {
			t.Errorf("mail %d was not taken", i)
		}
	}
	w.Silent(Jane.Address, "Forgedwords", "FORGEDwords")
	w.held(t, Dana, "Forgedwords 0")
	if out := w.Must("ticket", "show", n.Number(t), "--json"); strings.Contains(out, `"status":"resolved"`) {
		t.Errorf("a forgery resolved the ticket:\n%s", out)
	}
}

// A mailing list's reader has a signed mail of Dana's, and from a leaked notice
// her token.
func TestSignedMailSentAgain(t *testing.T) {
	t.Parallel()
	w := start(t)
	n := w.Opens(Jane, "Kettle", "It leaks.")
	stolen := n.ReplyTo.Address
	list := Write(Dana, "kettles@list.example", "Kettles", "Listwords, I would throw it away.")
	raw := w.dns.Sign("example.com", list.Bytes())
	w.Send(Vic.Address, []string{stolen}, raw)
	w.Send(Vic.Address, []string{stolen}, append([]byte("To: "+stolen+"\r\nIn-Reply-To: <"+n.MessageID+">\r\n"), raw...))

	// A signature that leaves To and Content-Type open is none for an agent.
	open := w.dns.Sign("example.com", list.Bytes(), "From", "Date", "Subject", "Message-ID", "MIME-Version")
	open = bytes.Replace(open, []byte("To: <kettles@list.example>"), []byte("To: <"+stolen+">"), 1)
	w.Send(Vic.Address, []string{stolen}, open)

	// What acted once does not act again, at another conversation neither.
	m := Gmail().Reply(Dana, n, "Answerwords.")
	acted := w.dns.Sign("example.com", m.Bytes())
	w.Send(m.MailFrom(), m.Ours(), acted)
	w.Await(Jane.Address, "the answer", Has("Answerwords"))
	w.Post(Write(Kim, Support, "Toaster", "It burns."))
	other := w.Await(Dana.Address, "a notice of Kim's mail", Has("It burns."))
	w.Send(m.MailFrom(), []string{other.ReplyTo.Address}, acted)

	w.Silent(Jane.Address, "Listwords")
	w.Silent(Kim.Address, "Listwords", "Answerwords")
}

func TestWhileDNSIsDown(t *testing.T) {
	t.Parallel()
	w := start(t)
	n := w.Opens(Jane, "Kettle", "It leaks.")
	m := Gmail().Reply(Dana, n, "It comes.")
	raw := w.dns.Sign("example.com", m.Bytes())
	w.dns.Break(true)
	_, err := w.TrySend(m.MailFrom(), m.Ours(), raw)
	var refused *SMTPError
	if !errors.As(err, &refused) || refused.Code != 451 || !strings.Contains(refused.Text, "4.7.5") || !strings.Contains(refused.Text, "please try again") {
		t.Fatalf("while DNS is down an agent's mail is answered with %v", err)
	}
	w.Post(Write(Kim, Support, "Toaster", "It burns."))
	w.Await(Dana.Address, "Kim's mail, not verified", Has("It burns."))
	w.dns.Break(false)
	w.Send(m.MailFrom(), m.Ours(), raw)
	w.Await(Jane.Address, "the answer", Has("It comes."))
	if k := w.Count(Jane.Address, Has("It comes.")); k != 1 {
		t.Errorf("Jane got it %d times", k)
	}
}

// A vendor who answers by the subject alone is shown with a warning, unless
// DKIM or SPF proves who wrote.
func TestVerifiedVendors(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.dns.Set("vendor.example", "v=spf1 ip4:127.0.0.1 -all")
	w.dns.Set("repairs.example", "v=spf1 ip4:192.0.2.1 -all")
	n := w.Opens(Jane, "Kettle", "It leaks.")
	w.signed(t, Gmail().Reply(Dana, n, "/side courier, max@repairs.example\n\nWhere is it?"))
	asked := w.Await(Vic.Address, "the question", Has("Where is it?"))

	w.signed(t, Write(Vic, Support, "Re: "+asked.Subject, "Signedwords."))
	bySPF := Write(Vic, Support, "Re: "+asked.Subject, "Serverwords.")
	w.Send(Vic.Address, []string{Support}, bySPF.Bytes())
	neither := Write(Max, Support, "Re: "+asked.Subject, "Barewords.")
	w.Send(Max.Address, []string{Support}, neither.Bytes())
	for words, warned := range map[string]bool{"Signedwords": false, "Serverwords": false, "Barewords": true} {
		got := w.Await(Dana.Address, words, Has(words))
		if strings.Contains(got.Plain(), "Sender not verified") != warned {
			t.Errorf("%s: a warning is %v:\n%s", words, !warned, got.Plain())
		}
	}
	w.Silent(Jane.Address, "words.")
}

// The mail server in front verified what it changed, or let the agent log in.
func TestWhatTheServerInFrontSays(t *testing.T) {
	t.Parallel()
	w := start(t, `networks = ["127.0.0.1"]`, `authserv_ids = ["mx.example.com"]`)
	n := w.Opens(Jane, "Kettle", "It leaks.")
	const hop = "Received: from laptop (unknown [203.0.113.9])\r\n\tby mx.example.com (Postfix) with ESMTPSA id 1; Sun, 22 Nov 2026 00:00:00 +0000\r\n"
	says := func(s string) string { return "Authentication-Results: mx.example.com; " + s + "\r\n" }

	forged := Gmail().Reply(Dana, n, "Forgedwords.")
	w.Send(forged.MailFrom(), forged.Ours(), append([]byte(hop+says("auth=pass smtp.auth=dana@example.com")), forged.Bytes()...))
	w.held(t, Dana, "Forgedwords")

	m := Gmail().Reply(Dana, n, "Loggedinwords.")
	w.Send(m.MailFrom(), m.Ours(), append([]byte(says("auth=pass smtp.auth=dana@example.com")+hop), m.Bytes()...))
	w.Await(Jane.Address, "the answer", Has("Loggedinwords"))
	w.Silent(Jane.Address, "Forgedwords")
}

// A reload changes whom aside trusts.
func TestReloadOfTrust(t *testing.T) {
	t.Parallel()
	w := start(t)
	n := w.Opens(Jane, "Kettle", "It leaks.")
	w.Post(Gmail().Reply(Dana, n, "Firstwords."))
	w.held(t, Dana, "Firstwords")
	text, err := os.ReadFile(w.Config)
	if err != nil {
		t.Fatal(err)
	}
	// First to a DNS server that knows no keys.
	empty := StartDNS(t)
	elsewhere := strings.Replace(string(text), w.dns.Addr, empty.Addr, 1)
	if err := os.WriteFile(w.Config, []byte(elsewhere), 0o600); err != nil {
		t.Fatal(err)
	}
	w.Reload()
	m := Gmail().Reply(Dana, n, "Firstwords, signed.")
	if out := w.Must("why", w.signed(t, m)); !strings.Contains(out, "its key is not published") || empty.Asked() == 0 {
		t.Errorf("the resolver was not reloaded:\n%s", out)
	}
	changed := strings.Replace(string(text), "[trust]\n", "[trust]\nagents = \"token\"\n", 1)
	if err := os.WriteFile(w.Config, []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
	w.Reload()
	w.Post(Gmail().Reply(Dana, n, "Secondwords."))
	w.Await(Jane.Address, "the answer by token", Has("Secondwords"))
	w.Silent(Jane.Address, "Firstwords")
}
