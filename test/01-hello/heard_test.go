package hello

import (
	"crypto/rand"
	"strings"
	"testing"
	"time"

	. "aside/test/harness"
)

// Words that only one of text and HTML has are heard.
func TestWordsOfOnePartAreHeard(t *testing.T) {
	t.Parallel()
	d := Start(t)
	parts := func(text, html string) string {
		return "Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\n" + text + "\n--b\nContent-Type: text/html\n\n" + html + "\n--b--\n"
	}
	first := Write(Jane, Support, "Kettle arrived broken", "It leaks.")
	d.Post(first)
	ack := d.Await(Jane.Address, "an acknowledgement", func(m *Mail) bool { return true })
	for _, m := range []string{
		parts("Hello", "<p>Hello</p><p>The handle is loose.</p>"),
		parts("On Fri, Nov 20, 2026 at 4:12 PM Example Support <support@example.com> wrote:\n> hi",
			"<p>Yes please.</p><div class=gmail_quote>On Fri, Nov 20, 2026 at 4:12 PM Example Support wrote:<blockquote class=gmail_quote>hi</blockquote></div>"),
		parts("The lid is broken since", "<p>The lid is broken since Monday and I would like a new one.</p>"),
	} {
		d.Send(Jane.Address, []string{ack.ReplyTo.Address}, wire(ack, "Re: Kettle arrived broken", m))
	}
	d.Settle()
	for _, words := range []string{"The handle is loose.", "Yes please.", "I would like a new one."} {
		if !hears(d, words) {
			t.Errorf("nobody hears %q", words)
		}
	}
}

func hears(d *Daemon, words string) bool {
	for _, m := range d.Mailbox(Dana.Address) {
		if strings.Contains(m.Text, words) {
			return true
		}
	}
	return false
}

// wire is Jane's answer to a mail as it comes over the wire.
func wire(m *Mail, subject, rest string) []byte {
	id := "<" + rand.Text() + "@client.example>"
	return []byte(strings.ReplaceAll("From: Jane Doe <"+Jane.Address+">\nTo: "+m.ReplyTo.Address+"\nSubject: "+subject+"\nDate: "+time.Now().Format(time.RFC1123Z)+
		"\nMessage-ID: "+id+"\nIn-Reply-To: <"+strings.Trim(m.MessageID, "<>")+">\nMIME-Version: 1.0\n"+rest+"\n", "\n", "\r\n"))
}
