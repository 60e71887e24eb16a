package reply_test

import (
	"fmt"
	"strings"
	"testing"

	"aside"
	"aside/reply"
)

// handwritten are introductions as people type them above what they quote.
var handwritten = []string{
	"you wrote:",
	"On 20 November 2026 you wrote:",
	"On 20.11.2026 at 10:00 the courier wrote:",
	"On Fri, Nov 20, 2026 at 10:00 AM Max Vendor <max@repairs.example> wrote:",
	"Am 20.11.2026 um 10:00 schrieb Max Vendor:",
	"Le 20/11/2026 à 10:00, Max a écrit :",
	"2026/11/20 10:00 Max Vendor <max@repairs.example>:",
	"-----Original Message-----",
	"From: Max Vendor <max@repairs.example>\nSent: Friday, November 20, 2026 10:00 AM\nTo: Dana\nSubject: Parcel",
	"From: the courier\nDate: 20 November 2026\nSubject: Parcel",
}

// quotedByHand are the words that stand below it, by where they were heard.
var quotedByHand = map[string]string{
	"addressed": "Nine days and nobody has called. Please just send a new one.",
	"two lines": "Nine days and nobody has called. Please just send a new one.\nThe handle is broken as well, see the picture. Thanks!",
	"elsewhere": vendorSay,
	"unknown":   "We handed it to a neighbour on the second floor, who signed for all of it.",
	"mixed":     "The handle is broken as well, see the picture. Thanks!\nand it was green when it came to our house.",
}

// What an agent quotes by hand above the client's own quotation leaves as it
// was typed, or its writer is asked: it is never lost without a word. Words of
// another conversation never leave from there without one, either.
func TestQuotedByHand(t *testing.T) {
	n := 0
	for _, c := range clients {
		if c.name == "a phone without any mark" {
			continue // nothing tells where its own quotation begins
		}
		for _, intro := range handwritten {
			for kind, matter := range quotedByHand {
				for _, marked := range []bool{false, true} {
					if marked {
						matter = prefixed(matter)
					}
					for _, after := range []string{"", "\n\nIs that what happened?"} {
						typed := "Hello Jane,\n\n" + intro + "\n\n" + matter + after
						for part, m := range map[string]*aside.Mail{"text": {Text: c.text(typed, "")}, "HTML": {HTML: htmlOf(c, typed, "")}} {
							if part == "HTML" && m.HTML == "" {
								continue
							}
							n++
							if why := silent(reply.Read(m, heldAgainst()), typed); why != "" {
								t.Errorf("%s, %s, %s words, marked %v, more below %v, below %q: %s", c.name, part, kind, marked, after != "", intro, why)
							}
						}
					}
				}
			}
		}
	}
	t.Logf("%d mails", n)
}

// silent says what of the typed words is lost without a question.
func silent(d *reply.Document, typed string) string {
	if len(d.Doubts()) > 0 {
		return ""
	}
	said := " " + reply.Normalise(d.Text()) + " "
	for _, line := range strings.Split(typed, "\n") {
		if words := reply.Normalise(line); words != "" && !strings.Contains(said, " "+words+" ") {
			return fmt.Sprintf("%q is lost; read\n%s", line, d.Text())
		}
	}
	return ""
}

// A contact's own table, or a mail that was pasted, is no quotation of ours,
// however like a header it looks: the team reads it.
func TestHeaderTypedByAContact(t *testing.T) {
	held := heldAgainst()
	held.CutSignature = false
	journey := "Hello,\n\nI booked this:\n\nFrom: Berlin\nTo: Hamburg\nDate: 3 May 2026, 10:15\nSeats: 2\n\nCan you change it to 4 May?"
	pasted := "Hello,\n\nthis is what I got:\n\nFrom: Shop <shop@other.example>\nSent: Monday, November 16, 2026 9:14 AM\nTo: Jane\nSubject: Your order\n\nYour order leaves our house tonight.\n\nWhy is it not here?"
	for name, typed := range map[string]string{"a journey": journey, "a mail": pasted} {
		for _, m := range []*aside.Mail{{Text: typed}, {HTML: paragraphs(typed, "<div>", "</div>", "<br>")}} {
			if got := reply.Read(m, held).Text(); squeeze(got, false) != squeeze(typed, false) {
				t.Errorf("%s: read\n%s", name, got)
			}
		}
		if got := reply.Read(&aside.Mail{Text: journey}, reply.Held{}).Text(); got != journey {
			t.Errorf("without a ticket: read\n%s", got)
		}
		for _, c := range clients {
			if c.name == "a phone without any mark" {
				continue
			}
			for part, m := range map[string]*aside.Mail{"text": {Text: c.text(typed, "")}, "HTML": {HTML: htmlOf(c, typed, "")}} {
				if part == "HTML" && m.HTML == "" {
					continue
				}
				if got := reply.Read(m, held).Text(); !strings.Contains(squeeze(got, false), squeeze(typed, false)) || strings.Contains(got, "nobody has called") {
					t.Errorf("%s, %s, %s: read\n%s", name, c.name, part, got)
				}
			}
		}
	}
}

// What a contact answers above the quotation of our mail is all that is shown,
// whatever program it is: no rule or title of the quotation stays.
func TestContactsAnswerAlone(t *testing.T) {
	held := heldAgainst()
	held.CutSignature = false
	for _, c := range clients {
		for part, m := range map[string]*aside.Mail{"text": {Text: c.text(answer, "")}, "HTML": {HTML: htmlOf(c, answer, "")}} {
			m.Text = strings.ReplaceAll(m.Text, "support+notice@", "support@")
			if got := reply.Read(m, held).Text(); m.Text+m.HTML != "" && !strings.HasPrefix(squeeze(got, false), squeeze(answer, false)) || strings.Contains(got, "____") || strings.Contains(got, "From:") {
				t.Errorf("%s, %s: read\n%s", c.name, part, got)
			}
		}
	}
}

// What stands below a notice's frame, where nothing marks the quotation, is the
// writer's to the end: lines like a header's, and words quoted by hand, too.
func TestTypedBelowTheFrame(t *testing.T) {
	for _, typed := range []string{"Thanks, done.\n\nFrom: Berlin to Hamburg it takes 2 days.\nDate: 3 May 2026", "You asked:\n\n> Please just send a new one.\n\nYes, it leaves today."} {
		for _, c := range clients {
			if !strings.HasPrefix(c.name, "outlook") && !strings.HasPrefix(c.name, "a web mailer") {
				continue
			}
			for part, m := range map[string]*aside.Mail{"text": {Text: c.text("", typed)}, "HTML": {HTML: htmlOf(c, "", typed)}} {
				if m.Text+m.HTML == "" {
					continue
				}
				d := reply.Read(m, heldAgainst())
				if got := squeeze(strings.ReplaceAll(d.Text(), "> Please just send a new one.", ""), false); got != squeeze(strings.ReplaceAll(typed, "> Please just send a new one.", ""), false) || len(d.Doubts()) > 0 {
					t.Errorf("%s, %s: read\n%s\ndoubts %+v", c.name, part, d.Text(), d.Doubts())
				}
			}
		}
	}
}
