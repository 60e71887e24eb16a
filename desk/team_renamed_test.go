package desk_test

import (
	"slices"
	"testing"

	"aside"
)

// A team that the config calls otherwise since: the customer's next mail is
// heard by somebody all the same.
func TestTeamIsRenamed(t *testing.T) {
	w := open(t)
	m := w.says(dana, w.opens(jane, "Kettle", "It leaks."), "We look at it.").to("jane")
	book := w.set.Directory
	desks, agents := slices.Clone(book.Desks), slices.Clone(book.Agents)
	for i, d := range desks {
		if d.Team == "support" {
			renamed := *d
			renamed.Team, desks[i] = "help", &renamed
		}
	}
	for i, a := range agents {
		if a.InTeam("support") {
			renamed := *a
			renamed.Teams, agents[i] = []string{"help"}, &renamed
		}
	}
	w.reload(func(*aside.Directory) *aside.Directory {
		return aside.NewDirectory(desks, []*aside.Team{{Name: "help"}, {Name: "billing"}}, agents, book.Cards)
	})
	if got := w.says(jane, m, "It still leaks."); len(got.mails) == 0 {
		t.Error("nobody heard the customer's mail")
	}
}
