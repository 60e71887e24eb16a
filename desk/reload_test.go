package desk_test

import (
	"slices"

	"aside"
)

// reload gives the desk another directory.
func (w *town) reload(change func(*aside.Directory) *aside.Directory) {
	w.t.Helper()
	w.set.Directory = change(w.set.Directory)
	if err := w.svc.Configure(w.ctx, w.set); err != nil {
		w.t.Fatal(err)
	}
}

// gone takes an agent out of the config.
func (w *town) gone(handle string) {
	w.t.Helper()
	w.reload(func(b *aside.Directory) *aside.Directory {
		left := slices.DeleteFunc(slices.Clone(b.Agents), func(a *aside.Agent) bool { return a.Handle == handle })
		return aside.NewDirectory(b.Desks, b.Teams, left, b.Cards)
	})
}

// joins puts an agent into a team, and into no other.
func (w *town) joins(handle, team string) {
	w.t.Helper()
	w.reload(func(b *aside.Directory) *aside.Directory {
		agents := slices.Clone(b.Agents)
		i := slices.IndexFunc(agents, func(a *aside.Agent) bool { return a.Handle == handle })
		moved := *agents[i]
		moved.Teams, agents[i] = []string{team}, &moved
		return aside.NewDirectory(b.Desks, b.Teams, agents, b.Cards)
	})
}

// moves gives an agent another address, and takes the others away.
func (w *town) moves(handle, address string) {
	w.t.Helper()
	w.gets(handle, address)
}

// gets gives an agent these addresses and no others.
func (w *town) gets(handle string, addresses ...string) {
	w.t.Helper()
	w.reload(func(b *aside.Directory) *aside.Directory {
		agents := slices.Clone(b.Agents)
		i := slices.IndexFunc(agents, func(a *aside.Agent) bool { return a.Handle == handle })
		moved := *agents[i]
		moved.Addresses, agents[i] = addresses, &moved
		return aside.NewDirectory(b.Desks, b.Teams, agents, b.Cards)
	})
}

// rebook gives a name of the address book to somebody: it has no others then.
func (w *town) rebook(name, address string) {
	w.t.Helper()
	w.reload(func(b *aside.Directory) *aside.Directory {
		return aside.NewDirectory(b.Desks, b.Teams, b.Agents, []*aside.Card{{Name: name, Address: address}})
	})
}
