package reply_test

import (
	"strings"
	"testing"

	"aside"
	"aside/reply"
)

// No half of an introduction stays where the ticket has heard the other half,
// or one like it: the address in it may be an agent's own.
func TestHalfAnIntroductionKnown(t *testing.T) {
	halfAnIntroduction(t, "On Wed, Apr 1, 2026 at 3:07 PM Dana Reyesmann", "<dana0.private@example.com> wrote:")
	halfAnIntroduction(t, "On Wed, Apr 1, 2026 at 3:07 PM Dana", "Reyesmann wrote:")
}

func halfAnIntroduction(t *testing.T, first, second string) {
	t.Helper()
	said := "We have found your parcel in the second hall, behind the ramp.\nIt leaves on Monday."
	for name, heard := range map[string]struct {
		text   string
		origin reply.Origin
	}{
		"nothing":                {"x", reply.Addressed},
		"the line":               {first, reply.Addressed},
		"the line elsewhere":     {first, reply.Elsewhere},
		"the line of its writer": {first, reply.Own},
		"the line in a frame":    {first, reply.Frame},
		"a neighbour":            {"On Wed, Apr 1, 2026 at 3:11 PM Omar Haddad\n<omar@example.com> wrote:", reply.Elsewhere},
		"a neighbour's frame":    {"On Wed, Apr 1, 2026 at 3:07 PM Dana", reply.Frame},
		"both":                   {first + "\n" + second, reply.Elsewhere},
		"both on one line":       {first + " " + second, reply.Addressed},
		"the second":             {second, reply.Own},
		"the name":               {"Dana Reyesmann", reply.Frame},
	} {
		for _, agent := range []bool{false, true} {
			for _, typed := range []string{"Thank you, it is here.", "Thank you\n\nJane", "Thank you, it is here.\nOn Wed I am away."} {
				for _, gap := range []string{"\n", "\n\n"} {
					for _, more := range []string{"", "\n>\n> On Tue, Mar 31, 2026 at 9:00 AM Jane Doe <jane@customer.example>\n> wrote:\n>\n>> Where is it?", "\n\nOn Tue, Mar 31, 2026 at 9:00 AM Jane Doe <jane@customer.example> wrote:\n\n> Where is it?"} {
						held := heldAgainst()
						held.CutSignature = agent
						known := map[uint64]reply.Origin{}
						for _, h := range reply.Hashes(held.Key, said) {
							known[h] = reply.Addressed
						}
						for _, h := range reply.Hashes(held.Key, heard.text) {
							known[h] = max(known[h], heard.origin)
						}
						held.Known = func(h uint64) reply.Origin { return known[h] }
						text := typed + "\n\n" + first + "\n" + second + gap + prefixed(said) + more
						d := reply.Read(&aside.Mail{Text: text}, held)
						if got := d.Text(); strings.Contains(got, "private") || strings.Contains(got, "Reyesmann") {
							t.Errorf("heard %s, agent %v: read\n%s\n--- of\n%s", name, agent, got, text)
						}
					}
				}
			}
		}
	}
}
