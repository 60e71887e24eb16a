package hello

import (
	"testing"

	. "aside/test/harness"
)

// What a customer sets off in an answer, and nobody in the ticket said before,
// is heard.
func TestWordsSetOffByTheWriterAreHeard(t *testing.T) {
	t.Parallel()
	d := Start(t)
	d.Post(Write(Jane, Support, "Kettle arrived broken", "It leaks."))
	ack := d.Await(Jane.Address, "an acknowledgement", func(m *Mail) bool { return true })
	for _, body := range []string{
		"Content-Type: text/plain\n\nThe log says:\n> connecting to heater\n> failed with code 7\n\nWhat does it mean?\n\nOn Fri, Nov 20, 2026 at 4:12 PM Example Support <support@example.com> wrote:\n> Hello,",
		"Content-Type: text/plain\n\n>From my side it is all right.\n\nThanks",
		"Content-Type: text/plain\n\nPlease send me:\n> a red kettle\n> a blue lid",
		"Content-Type: text/html\n\n<blockquote style=\"margin-left:40px\"><p>All of my mail is indented by my program.</p></blockquote>",
		"Content-Type: text/html\n\n<p>The label says:</p><blockquote><p>Do not open while it is hot.</p></blockquote><p>Why not?</p>",
		"Content-Type: text/plain; format=flowed\n\nThe menu is called\n > Settings above all\nis that so?",
	} {
		d.Send(Jane.Address, []string{ack.ReplyTo.Address}, wire(ack, "Re: Kettle arrived broken", body))
	}
	d.Settle()
	for _, words := range []string{"failed with code 7", "From my side it is all right.", "a blue lid", "All of my mail is indented", "Do not open while it is hot.", "Settings above all"} {
		if !hears(d, words) {
			t.Errorf("nobody hears %q", words)
		}
	}
}
