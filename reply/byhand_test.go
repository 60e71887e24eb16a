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
