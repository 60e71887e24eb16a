package reply_test

import (
	"fmt"
	"strings"
	"testing"

	"aside"
	"aside/reply"
)

// unmarked are ways in which telephones quote without a mark at any line.
var unmarked = map[string]string{
	"nothing":     "",
	"a header":    "-------- Original message --------\nFrom: Jane Doe <support+notice@example.com>\nDate: 21/11/2026 11:00 (GMT+01:00)\nTo: Dana <dana@example.com>\nSubject: [#1042] Kettle\n\n",
	"an address":  "On 21 Nov 2026 at 11:00, Jane Doe <support+notice@example.com> wrote:\n\n",
	"the desk's":  "On 21 Nov 2026 at 11:00, Example Support <support@example.com> wrote:\n\n",
	"a name only": "Jane Doe wrote on 21.11.2026 11:00:\n\n",
}

// What somebody typed below an introduction of their own, where the telephone
// marks nothing, is not lost in silence: an agent is asked, a contact heard.
func TestTypedBelowATypedIntroduction(t *testing.T) {
	const fresh = "quokka zebra umbrella violin xylophone trumpet"
	for name, typed := range map[string]string{
		"new":              "Quokka zebra umbrella violin.",
		"one word":         "Quokka.",
		"a line half new":  "Nine days and nobody has called but quokka zebra umbrella violin xylophone.",
		"a few words more": "Nine days and nobody has called, please forgive quokka zebra.",
		"two lines":        "Quokka zebra umbrella violin.\nPlease just send a new one, xylophone trumpet guitar.",
		"below a quotation by hand": "Nine days and nobody has called. Please just send a new one.\nQuokka zebra umbrella violin.\n" +
			"The handle is broken as well, see the picture. Thanks!",
		"below a line by hand": "Please just send a new one.\nQuokka zebra.",
	} {
		for _, intro := range []string{"On 3 May 2026 you wrote:", "Am 21.11.2026 schrieben Sie:", "Jane, 21.11.2026 11:00:", "On 21.11.2026 at 10:30 Jane wrote:", "On 21.11.2026 at 10:30 Jane Doe <jane@customer.example> wrote:", "-----Original Message-----"} {
			for style, above := range unmarked {
				for _, agent := range []bool{true, false} {
					sent := words
					if agent {
						sent += "\n\n" + frame
					} else if strings.ContainsAny(intro, "@-") || name == "below a line by hand" {
						continue // what clients write, perhaps with an agent's own address; what may be the end of a mail that was sent
					}
					held := heldAgainst()
					held.CutSignature = agent
					d := reply.Read(&aside.Mail{Text: "Hello Jane.\n\n" + intro + "\n" + typed + "\n\n" + above + sent}, held)
					shown := d.Text()
					if agent {
						shown += fmt.Sprint(d.Doubts())
					}
					for _, w := range strings.Fields(fresh) {
						if strings.Contains(strings.ToLower(typed), w) && !strings.Contains(strings.ToLower(shown), w) {
							t.Errorf("agent %v, %s below %q, %s: %q is lost from\n%s", agent, name, intro, style, w, typed)
							break
						}
					}
				}
			}
		}
	}
}

// The same quotations below an honest reply are cut, and nobody is asked.
func TestUnmarkedQuotationsAreCut(t *testing.T) {
	held := heldAgainst()
	held.CutSignature = false
	const private = "On 3 May 2026 at 9:15 Dana Reyes <dana.private@home.example> wrote:\nI am away today, quokka.\n\n"
	if got := reply.Read(&aside.Mail{Text: "Thanks.\n\n" + private + words}, held).Text(); got != "Thanks." {
		t.Errorf("an agent's own mail, quoted: read %q", got)
	}
	for style, above := range unmarked {
		for name, sent := range map[string]string{
			"as it was":     words + "\n\n" + frame,
			"with a banner": "CAUTION: This email originated from outside of the organization.\n\n" + words + "\n\n" + frame,
		} {
			for _, agent := range []bool{true, false} {
				if above == "" && (!agent || name == "with a banner") {
					continue // nothing shows where it begins
				}
				held := heldAgainst()
				held.CutSignature = agent
				if !agent {
					sent = strings.TrimSuffix(sent, "\n\n"+frame)
				}
				d := reply.Read(&aside.Mail{Text: "A new one leaves today.\n\n" + above + sent}, held)
				if got := d.Text(); got != "A new one leaves today." {
					t.Errorf("agent %v, %s, %s: read %q", agent, style, name, got)
				}
				if doubts := d.Doubts(); agent && len(doubts) > 0 {
					t.Errorf("%s, %s: asked about %+v", style, name, doubts)
				}
			}
		}
	}
}
