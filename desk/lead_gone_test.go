package desk_test

import (
	"slices"
	"testing"

	"aside"
)

// A lead who is no agent any more leads nothing: the others' answers leave.
func TestLeadWhoLeftTheConfig(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	w.says(omar, w.lastTo("omar", "It leaks."), "/lead omar")
	book := w.set.Directory
	left := slices.DeleteFunc(slices.Clone(book.Agents), func(a *aside.Agent) bool { return a.Handle == "omar" })
	w.set.Directory = aside.NewDirectory(book.Desks, book.Teams, left, book.Cards)
	if err := w.svc.Configure(w.ctx, w.set); err != nil {
		t.Fatal(err)
	}
	w.says(dana, n, "A new one is on its way, Jane.").find("jane", "on its way")
}
