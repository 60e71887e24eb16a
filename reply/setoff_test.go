package reply_test

import (
	"strings"
	"testing"

	"aside"
	"aside/reply"
)

// What a contact set off, and the ticket never heard, is the contact's; what it
// heard, or a client introduces, is quoted. An agent is asked.
func TestSetOff(t *testing.T) {
	const log = "The log says:\n> connecting to heater\n> failed with code 7\n\nWhat does it mean?"
	const intro = "On Fri, Nov 20, 2026 at 4:12 PM Example Support <support@example.com> wrote:\n"
	contact := heldAgainst()
	contact.CutSignature = false
	for _, c := range []struct{ name, text, html, want string }{
		{"a log", log + "\n\n" + intro + prefixed(words), "", log},
		{"a log alone", "> connecting to heater\n> failed with code 7", "", "connecting to heater\nfailed with code 7"},
		{"a line that a mailbox changed", ">From my side it is all right.\n\nThanks", "", "> From my side it is all right.\n\nThanks"},
		{"a block quotation", "", "<p>The label says:</p><blockquote><p>Do not open.</p></blockquote><p>Why not?</p>", "The label says:\n\n> Do not open.\n\nWhy not?"},
		{"what was heard", prefixed(strings.Split(words, "\n")[0]) + "\n\nI said so.", "", "I said so."},
		{"what a client introduces", "I said so.\n\n" + intro + prefixed("It was never heard here."), "", "I said so."},
		{"what a client introduces inside its element", "", "<p>I said so.</p><blockquote type=cite>On Nov 20, 2026, at 16:12, Max &lt;max@vendor.example&gt; wrote:<br>It was never heard here.</blockquote>", "I said so."},
	} {
		d := reply.Read(&aside.Mail{Text: c.text, HTML: c.html, InReplyTo: []string{"q1@example.com"}}, contact)
		if got := d.Text(); got != c.want {
			t.Errorf("%s: read %q, wanted %q", c.name, got, c.want)
		}
	}
	d := reply.Read(&aside.Mail{Text: log, InReplyTo: []string{"q1@example.com"}}, heldAgainst())
	if len(d.Doubts()) == 0 || strings.Contains(d.Text(), "connecting") {
		t.Errorf("of an agent's: read %q, doubts %v", d.Text(), d.Doubts())
	}
}
