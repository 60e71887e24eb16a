package action

import (
	"fmt"
	"strings"

	"aside"
	"aside/desk/naming"
	"aside/desk/ticket"
	"aside/reply/command"
)

// Target is whom a WHO names: a contact, or one of our own, who joins as what
// they are.
type Target struct {
	Contact aside.Address
	Agents  []*aside.Agent // of an agent's or a desk's address
	Address string         // that was named; empty where a handle was
}

// Targets are the people of a command about a ticket, or why there are none.
func Targets(dir *aside.Directory, v *ticket.View, c command.Command) (list []Target, why string) {
	for i, who := range c.Args {
		t, why := Whom(dir, v, who)
		if why != "" {
			return nil, why
		}
		if i < len(c.Names) && c.Names[i] != "" {
			t.Contact.Name = c.Names[i]
		}
		list = append(list, t)
	}
	return list, ""
}

// DueOf is when the address book wants an answer from an address; empty for
// never.
func DueOf(dir *aside.Directory, address string) string {
	for _, c := range dir.Cards {
		if c.Due != "" && aside.FoldAddress(c.Address) == address {
			return c.Due
		}
	}
	return ""
}

// Whom is whom a WHO names: an address, a name of the address book, or one of our
// own; or why it names nobody.
func Whom(dir *aside.Directory, v *ticket.View, who string) (t Target, why string) {
	if !strings.Contains(who, "@") {
		card := dir.Card(who)
		if card == nil {
			if a := naming.Called(dir, who); a != nil {
				return Target{Agents: []*aside.Agent{a}}, ""
			}
			return t, fmt.Sprintf("%q is no address, and the address book has nobody of that name.", who)
		}
		// The book's name is the team's own for them, and stays inside.
		who = card.Address
	}
	address := aside.FoldAddress(who)
	t.Address = address
	if a := dir.AgentByAddress(address); a != nil {
		return Target{Agents: []*aside.Agent{a}, Address: address}, ""
	}
	if desk, _, ok := dir.Resolve(address); ok {
		return Target{Agents: dir.TeamAgents(desk.Team), Address: address}, ""
	}
	if dir.IsOurs(address) {
		return t, fmt.Sprintf("%s is a reply address of ours from former times. Name the desk, or the person.", address)
	}
	t.Contact.Address = address
	if t.Contact.Name == "" && address == v.Ticket.Requester {
		t.Contact.Name = v.Ticket.RequesterName
	}
	return t, ""
}
