package desk_test

import (
	"slices"
	"testing"

	"aside"
	h "aside/test/harness"
)

// becomesAgent makes an agent of somebody in the config.
func (w *town) becomesAgent(p h.Person) {
	w.t.Helper()
	w.reload(func(b *aside.Directory) *aside.Directory {
		one := *b.AgentByHandle("eve")
		one.Handle, one.Name, one.Addresses = "newone", p.Name, []string{p.Address}
		return aside.NewDirectory(b.Desks, b.Teams, append(slices.Clone(b.Agents), &one), b.Cards)
	})
}

// Who takes part and is an agent by now can be taken out.
func TestRemoveWhoBecameAnAgent(t *testing.T) {
	l := leaking(t)
	l.becomesAgent(vic)
	l.says(dana, l.vendor, "/remove "+vic.Address).find("dana", "hears no more of this conversation")
}

// And a fresh side conversation is opened without them as a contact; the mail
// that asks for it is not taken for one that cannot be read.
func TestCcCustomerWithWhoBecameAnAgent(t *testing.T) {
	l := leaking(t)
	l.becomesAgent(vic)
	for _, m := range l.says(dana, l.vendor, "/cc-customer on\n\nHello both.").mails {
		if has(m, "This mail could not be read") {
			t.Errorf("an agent's mail became a raw ticket:\n%s", all(m))
		}
	}
}
