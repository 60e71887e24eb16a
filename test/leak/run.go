package leak

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"
)

const (
	backlog     = 6      // mails that wait to be heard before people wait too
	liveTickets = 8      // a universe works on this many at once
	longTicket  = 40     // mails after which a ticket is put away
	afterlife   = 20_000 // steps for which a ticket put away is remembered: its customer may write after weeks
	newPeople   = 120    // steps after which somebody outside is replaced
	farewell    = 20_000 // steps for which the mail of who was replaced is read
	patience    = 5 * time.Second
	checkEvery  = 3 * time.Millisecond
)

// play lets the people of a universe act until they have sent so many mails or
// something leaked.
func (u *universe) play(mails int) ([]leak, error) {
	idle := time.Now()
	tick := time.NewTicker(checkEvery)
	defer tick.Stop()
	for u.stats.mails < mails {
		leaks, err := u.collect()
		if len(leaks) > 0 || err != nil {
			return leaks, err
		}
		u.unheard = slices.DeleteFunc(u.unheard, func(s *sent) bool { return u.reg.anyHeard(s.text()) })
		if len(u.unheard) > backlog && time.Since(idle) < patience {
			<-tick.C // people do not write faster than their mail arrives
			continue
		}
		p := u.whoActs()
		if p == nil && len(u.tickets) >= liveTickets && time.Since(idle) < patience {
			<-tick.C // the daemon is at work; nobody has anything to answer yet
			continue
		}
		idle = time.Now()
		if leaks, err := u.act(p); len(leaks) > 0 || err != nil {
			return leaks, err
		}
	}
	return nil, nil
}

// turn lets simulated time go by, reads what came, and lets somebody act.
func (u *universe) turn() ([]leak, error) {
	if err := u.wire.pass(u.pause()); err != nil {
		return nil, err
	}
	acts, err := u.wire.did()
	if err != nil {
		return nil, err
	}
	if leaks := u.audit(nil, acts); len(leaks) > 0 {
		return leaks, nil
	}
	if leaks, err := u.collect(); len(leaks) > 0 || err != nil {
		return leaks, err
	}
	return u.act(u.whoActs())
}

// pause is how long nobody writes: mostly some minutes, now and then a night,
// a long weekend, or a holiday after which tickets are closed for good.
func (u *universe) pause() time.Duration {
	switch roll := u.rng.IntN(1000); {
	case roll < 150:
		return time.Second // before what was sent has left
	case roll < 970:
		return time.Duration(40+u.rng.IntN(400)) * time.Second
	case roll < 990:
		return time.Duration(1+u.rng.IntN(12)) * time.Hour
	case roll < 998:
		return time.Duration(1+u.rng.IntN(3)) * 24 * time.Hour
	default:
		return time.Duration(6+u.rng.IntN(20)) * 24 * time.Hour
	}
}

// act is one thing that somebody does.
func (u *universe) act(p *person) ([]leak, error) {
	u.steps++
	u.tidy()
	var err error
	switch {
	case p == nil:
		err = u.customerOpens(pick(u, u.customers))
	case p.agent:
		err = u.agentActs(p)
	default:
		err = u.outsiderActs(p)
	}
	leaks := u.found
	u.found = nil
	return leaks, err
}

// whoActs is somebody with mail to act on, or nil when a customer should open
// a ticket.
func (u *universe) whoActs() *person {
	var agents, outside []*person
	for _, p := range u.agents {
		if len(p.inbox) > 0 {
			agents = append(agents, p)
		}
	}
	for _, p := range append(append([]*person(nil), u.customers...), u.vendors...) {
		if len(p.inbox) > 0 {
			outside = append(outside, p)
		}
	}
	if len(u.tickets) < liveTickets && u.chance(12) {
		return nil
	}
	switch {
	case len(agents) > 0 && (len(outside) == 0 || u.chance(60)):
		return pick(u, agents)
	case len(outside) > 0:
		return pick(u, outside)
	}
	return nil
}

// tidy puts long tickets away, forgets those put away long since, and lets new
// people take the places of old ones, so that a long run needs no more memory
// than a short one.
func (u *universe) tidy() {
	live := u.tickets[:0]
	for _, t := range u.tickets {
		if t.steps >= longTicket || len(u.tickets) > 2*liveTickets {
			t.retired = u.steps
			u.retired = append(u.retired, t)
			continue
		}
		live = append(live, t)
	}
	u.tickets = live
	for len(u.retired) > 0 && u.steps-u.retired[0].retired > afterlife {
		u.forget(u.retired[0])
		u.retired = u.retired[1:]
	}
	for len(u.ghosts) > 0 && u.steps-u.ghosts[0].born > afterlife {
		u.ghosts = u.ghosts[1:]
	}
	if u.steps%newPeople == 0 {
		u.replace(u.customers, "customer.example", "address of a customer")
		u.replace(u.vendors, "vendor.example", "address of a vendor")
	}
}

// replace lets a new person take somebody's place. The old one's mail is read
// for as long as it may come.
func (u *universe) replace(among []*person, domain, what string) {
	i := u.rng.IntN(len(among))
	among[i].left = u.steps
	among[i] = u.newPerson(domain, what)
	rest := u.readers[:0]
	for _, p := range u.readers {
		if p.left > 0 && u.steps-p.left > farewell {
			delete(u.everybody, p.Address)
			delete(u.everybody, p.other.Address)
			continue
		}
		rest = append(rest, p)
	}
	u.readers = rest
}

func (u *universe) forget(t *ticket) {
	rest := u.checks[:0]
	for _, s := range u.checks {
		if s.text().ticket == t {
			u.judge(s)
		} else {
			rest = append(rest, s)
		}
	}
	u.checks = rest
	for _, c := range t.canaries {
		if c.ticket != t {
			continue // it became another ticket's
		}
		u.reg.drop(c.id)
		if c.in != nil && c.in.draft != nil {
			delete(u.sent, c.in.draft.MessageID)
		}
	}
	if u.byNumber[t.number] == t {
		delete(u.byNumber, t.number)
	}
	t.story, t.canaries = nil, nil
}

// judge counts whether a mail reached those whom it had to reach.
func (u *universe) judge(s *sent) {
	if s.id == "" {
		return
	}
	u.reg.mu.Lock()
	defer u.reg.mu.Unlock()
	heard := s.text().heard
	if s.inbound {
		u.stats.contactMails++
		for _, a := range u.agents {
			if heard[a.Address] {
				u.stats.contactHeard++
				return
			}
		}
		u.stats.missing = append(u.stats.missing, s)
		return
	}
	if s.held {
		return
	}
	for _, addr := range s.expect {
		u.stats.expected++
		if heard[strings.ToLower(addr)] {
			u.stats.arrived++
		} else {
			u.stats.missing = append(u.stats.missing, s)
		}
	}
}

// finish reads what came last and judges everything that is still open.
func (u *universe) finish() ([]leak, error) {
	leaks, err := u.collect()
	for _, s := range u.checks {
		u.judge(s)
	}
	u.checks = nil
	return leaks, err
}

// story tells a leak so that it can be understood: what came out where, and
// everything that happened on the ticket.
func (l leak) story() string {
	var b strings.Builder
	fmt.Fprintf(&b, "LEAK: %s\n", l.what)
	if l.mail != nil {
		fmt.Fprintf(&b, "\nThe mail to %s:\n%s\n", l.addr, indent(l.mail.Raw))
	}
	t := l.ticket
	if c := l.canary; c != nil {
		fmt.Fprintf(&b, "\nIts canary %s could be seen by %s.\n", c.id, strings.Join(keys(c.may), ", "))
		if s := c.in; s != nil {
			fmt.Fprintf(&b, "It came by %s of %s (250 %s).\n", s.did, s.by.Address, s.id)
		}
		if c.ticket != nil {
			t = c.ticket
		}
	}
	if t != nil {
		fmt.Fprintf(&b, "\nThe story of the ticket:\n%s\n", strings.Join(t.story, "\n"))
	}
	return b.String()
}

func keys(m map[string]bool) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

// add sums two universes' figures.
func (s *stats) add(o stats) {
	s.mails += o.mails
	s.refused += o.refused
	s.toOutside += o.toOutside
	s.toAgents += o.toAgents
	s.expected += o.expected
	s.arrived += o.arrived
	s.held += o.held
	s.released += o.released
	s.contactMails += o.contactMails
	s.contactHeard += o.contactHeard
	s.acts += o.acts
	s.missing = append(s.missing, o.missing...)
	for k, n := range o.did {
		s.did[k] += n
	}
}
