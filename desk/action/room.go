package action

import (
	"slices"
	"strings"

	"aside"
	"aside/desk/naming"
	"aside/reply/command"
)

// tellOwner tells whose a ticket is, or was, what a colleague did with it.
func (x *Actor) tellOwner(owner *aside.Agent, did string) error {
	if owner == nil || owner == x.Agent || x.Said {
		return nil
	}
	return x.Tell.Event(x.View, []*aside.Agent{owner}, x.Agent.FirstName()+" "+did+".")
}

func (x *Actor) stepAssign(c command.Command) func() error {
	who := "me"
	if len(c.Args) > 0 {
		who = c.Args[0]
	}
	var agent *aside.Agent
	team := x.Dir.Team(who)
	switch {
	case strings.EqualFold(who, "me"):
		agent = x.Agent
	case strings.EqualFold(who, "none"):
	case naming.Called(x.Dir, who) != nil:
		agent = naming.Called(x.Dir, who)
	case team == nil:
		x.refuse("Nobody here and no team is called "+who+".", nearest("/assign ", who, naming.Callable(x.Dir)))
		return nil
	}
	return func() error {
		switch {
		case agent != nil:
			return x.assign(agent)
		case team != nil && !strings.EqualFold(who, "none"):
			return x.giveToTeam(team)
		default:
			t, owner := x.View.Ticket, x.View.Owner()
			was := t.Assignee
			t.Assignee = ""
			if err := x.log("assigned", "nobody's", map[string]any{"to": "none", "was": was}); err != nil {
				return err
			}
			return x.tellOwner(owner, "made this ticket nobody's")
		}
	}
}

// assign makes the ticket an agent's. Whose it was learns that it is so no more.
func (x *Actor) assign(agent *aside.Agent) error {
	t, owner := x.View.Ticket, x.View.Owner()
	was := t.Assignee
	t.Assignee = agent.Handle
	if err := x.log("assigned", "assigned to "+agent.FirstName(), map[string]any{"to": agent.Handle, "was": was}); err != nil {
		return err
	}
	switch agent {
	case owner:
		return nil // who knows that it is theirs
	case x.Agent:
		return x.tellOwner(owner, "took this ticket over")
	}
	if err := x.tellOwner(owner, "assigned this ticket to "+agent.FirstName()); err != nil || x.Noted {
		return err // the note itself tells
	}
	return x.Tell.Event(x.View, []*aside.Agent{agent}, x.Agent.FirstName()+" assigned this ticket to you.", ReadAll)
}

// giveToTeam makes the ticket a team's, and nobody's in it.
func (x *Actor) giveToTeam(team *aside.Team) error {
	t, owner := x.View.Ticket, x.View.Owner()
	was, before := t.Assignee, t.Team
	t.Assignee, t.Team = "", team.Name
	if err := x.log("assigned", "given to the team "+team.Name, map[string]any{"to": team.Name, "was": was}); err != nil {
		return err
	}
	if was == "" && before == team.Name {
		return nil // it was theirs
	}
	did := "gave this ticket to the team " + team.Name
	members := x.Dir.TeamAgents(team.Name)
	if !slices.Contains(members, owner) {
		if err := x.tellOwner(owner, did); err != nil {
			return err
		}
	}
	listeners := x.View.Listeners()
	told := slices.DeleteFunc(slices.Clone(members), func(a *aside.Agent) bool {
		return a == x.Agent || x.Noted && slices.Contains(listeners, a) // whom the note itself tells
	})
	return x.Tell.Event(x.View, told, x.Agent.FirstName()+" "+did+".", ReadAll)
}

// refuseName refuses a name that is no colleague's.
func (x *Actor) refuseName(before, name string) {
	if team := x.Dir.Team(name); team != nil {
		var members []string
		for _, a := range x.Dir.TeamAgents(team.Name) {
			members = append(members, a.Handle)
		}
		x.refuse(team.Name+" is a team, and this takes colleagues. In it: "+strings.Join(members, ", ")+".", "")
		return
	}
	var names []string
	for _, a := range x.Dir.Agents {
		names = append(names, a.Handle, a.Name)
	}
	x.refuse("Nobody here is called "+name+".", nearest(before, name, names))
}

// nearest suggests a name that is one slip away.
func nearest(before, word string, names []string) string {
	for _, name := range names {
		if n := len(word); n >= 3 && (strings.HasPrefix(strings.ToLower(name), strings.ToLower(word)) || command.Nearest(word, []string{name}) != "") {
			return before + name
		}
	}
	return ""
}

func (x *Actor) stepRoom(c command.Command) func() error {
	var agents []*aside.Agent
	for _, name := range c.Args {
		if c.Verb == command.Lead && strings.EqualFold(name, "none") {
			continue
		}
		a := naming.Called(x.Dir, name)
		if a == nil {
			x.refuseName("/"+string(c.Verb)+" ", name)
			return nil
		}
		agents = append(agents, a)
	}
	return func() error {
		switch c.Verb {
		case command.Invite:
			return x.Invite(agents)
		case command.Lead:
			return x.lead(agents)
		case command.Follow:
			if err := x.View.Enter(x.Agent.Handle, "follower"); err != nil {
				return err
			}
			return x.log("room", "you follow this ticket", map[string]any{"what": "followed"})
		case command.Unfollow:
			if err := x.View.Enter(x.Agent.Handle, "unfollowed"); err != nil {
				return err
			}
			return x.log("room", "you no longer follow this ticket"+x.hearsAllTheSame(), map[string]any{"what": "unfollowed"})
		default:
			return x.leave()
		}
	}
}

// leave takes the agent out of the room. Whom the ticket would still reach as
// one of its team does not follow it any more.
func (x *Actor) leave() error {
	if err := x.View.Leave(x.Agent.Handle); err != nil {
		return err
	}
	if slices.Contains(x.View.Listeners(), x.Agent) {
		if err := x.View.Enter(x.Agent.Handle, "unfollowed"); err != nil {
			return err
		}
	}
	return x.log("room", "you left this ticket"+x.hearsAllTheSame(), map[string]any{"what": "left"})
}

// hearsAllTheSame tells an agent why a ticket's mail comes on; it is empty where
// none does.
func (x *Actor) hearsAllTheSame() string {
	switch {
	case !slices.Contains(x.View.Listeners(), x.Agent):
		return ""
	case x.View.Owner() == x.Agent:
		return "; its mail comes to you all the same while it is yours (/leave ends that)"
	case x.View.InRoom(x.Agent.Handle):
		return "; its mail comes to you all the same while you lead it (/leave ends that)"
	}
	return "; its mail comes to you all the same while nobody else of the team gets it"
}

// ReadAll tells an agent who may know nothing of a ticket how to read it.
const ReadAll = "To read all of it, answer with /show."

// Invite lets agents into the room.
func (x *Actor) Invite(agents []*aside.Agent) error {
	for _, a := range agents {
		if x.View.InRoom(a.Handle) {
			x.Done = append(x.Done, a.FirstName()+" takes part already")
			continue
		}
		if err := x.View.Enter(a.Handle, "invited"); err != nil {
			return err
		}
		if err := x.log("room", a.FirstName()+" invited", map[string]any{"what": "invited", "to": a.Handle}); err != nil {
			return err
		}
		if a == x.Agent || x.Noted {
			continue // the note itself tells
		}
		if err := x.Tell.Event(x.View, []*aside.Agent{a}, x.Agent.FirstName()+" invited you to this ticket.", ReadAll); err != nil {
			return err
		}
	}
	return nil
}

func (x *Actor) lead(agents []*aside.Agent) error {
	if len(agents) == 0 {
		x.View.Ticket.Lead = ""
		return x.log("lead", "nobody leads this ticket any more", map[string]any{"to": "none"})
	}
	a := agents[0]
	if x.View.Ticket.Lead == a.Handle {
		x.Done = append(x.Done, a.FirstName()+" leads this ticket already")
		return nil
	}
	x.View.Ticket.Lead = a.Handle
	if err := x.View.Enter(a.Handle, "invited"); err != nil {
		return err
	}
	if err := x.log("lead", a.FirstName()+" leads this ticket", map[string]any{"to": a.Handle}); err != nil {
		return err
	}
	told := x.View.Listeners(x.Agent.Handle)
	return x.Tell.Event(x.View, told, a.FirstName()+" leads this ticket: replies of the others stay in the team as notes.")
}
