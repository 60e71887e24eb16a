package leak

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"

	"aside/test/harness"
)

// universe is one desk with its team, customers and vendors. Several live in
// one daemon side by side; a word of one that turns up in another is a leak as
// well.
type universe struct {
	n         int
	rng       *rand.Rand
	reg       *registry
	wire      wire
	desk      string
	agents    []*person
	customers []*person
	vendors   []*person
	everybody map[string]*person // outside people by address
	book      map[string]string  // addresses by their names in the address book
	tickets   []*ticket
	retired   []*ticket
	byNumber  map[string]*ticket
	sent      map[string]*sent // by Message-ID of the draft
	checks    []*sent          // what has to arrive
	unheard   []*sent          // contacts' mails that nobody got yet
	readers   []*person        // everybody outside whose mail is still read
	begun     int              // mails
	ghosts    []*ticket        // tickets that aside may have made of a mail without proof
	tokens    map[string]*conv // that contacts were given, as far as their conversation is certain
	steps     int
	found     []leak // by the audit of what was sent last
	stats     stats
}

// stats is what happened, for the log and for the proof that the daemon did
// something at all.
type stats struct {
	mails, refused             int // handed over, and refused by the daemon
	toOutside, toAgents        int // what came out
	expected, arrived          int // words of agents that had to reach contacts
	held, released             int
	contactMails, contactHeard int // words of contacts that agents had to hear
	acts                       int // what was written down and held against who wrote
	missing                    []*sent
	did                        map[string]int
}

func newUniverse(n int, seed uint64, reg *registry) *universe {
	u := &universe{n: n, rng: rand.New(rand.NewPCG(seed, uint64(n))), reg: reg,
		desk: fmt.Sprintf("support%d@example.com", n), everybody: map[string]*person{}, book: map[string]string{},
		byNumber: map[string]*ticket{}, sent: map[string]*sent{}, tokens: map[string]*conv{}, stats: stats{did: map[string]int{}}}
	for _, first := range []string{"Dana", "Omar", "Ines"} {
		c := reg.add(u.rng, "private address of an agent")
		last := reg.add(u.rng, "last name of an agent")
		handle := fmt.Sprintf("%s%d", strings.ToLower(first), n)
		u.agents = append(u.agents, &person{Person: harness.Person{Name: first + " " + last.id, Address: handle + "." + c.id + "@example.com"},
			agent: true, handle: handle, client: u.anyClient(), canary: c})
	}
	for range 4 {
		u.customers = append(u.customers, u.newPerson("customer.example", "address of a customer"))
		u.vendors = append(u.vendors, u.newPerson("vendor.example", "address of a vendor"))
	}
	return u
}

var firstNames = []string{"Jane", "Kim", "Lena", "Milo", "Nora", "Otto", "Pia", "Quentin", "Rosa", "Sven", "Tilda", "Ugo"}

// newPerson makes somebody outside whose address and last name tell on whoever
// shows them to others.
func (u *universe) newPerson(domain, what string) *person {
	c := u.reg.add(u.rng, what)
	first := firstNames[u.rng.IntN(len(firstNames))]
	p := &person{Person: harness.Person{Name: first + " " + c.id, Address: strings.ToLower(first) + "." + c.id + "@" + domain}, client: u.anyClient(), canary: c}
	p.other = harness.Person{Name: p.Name, Address: strings.ToLower(first) + ".other." + c.id + "@" + domain}
	u.reg.allow(c, p.Address, p.other.Address)
	u.everybody[p.Address], u.everybody[p.other.Address] = p, p
	u.readers = append(u.readers, p)
	c.owner = p
	return p
}

func (u *universe) anyClient() harness.Client {
	all := harness.Clients()
	return all[u.rng.IntN(len(all))]
}

// config adds the universe to the daemon's config.
func (u *universe) config(c *harness.Config) {
	team := fmt.Sprintf("team%d", u.n)
	c.Desks = append(c.Desks, harness.Desk{Address: u.desk, Name: fmt.Sprintf("Example Support %d", u.n), Team: team,
		Signature: "Example Support, Mon-Fri 9-17"})
	for i, a := range u.agents {
		role := "agent"
		if i == 0 {
			role = "manager"
		}
		c.Agents = append(c.Agents, harness.Agent{Handle: a.handle, Name: a.Name, Addresses: []string{a.Address}, Teams: []string{team}, Role: role, Notify: "all"})
	}
}

// collect reads every mailbox of the universe, checks all of it, and puts it
// where people will find it.
func (u *universe) collect() ([]leak, error) {
	var leaks []leak
	for _, a := range u.agents {
		mails, err := u.wire.collect(a.Address)
		if err != nil {
			return nil, err
		}
		for _, m := range mails {
			u.stats.toAgents++
			leaks = append(leaks, u.reg.checkAgent(a.Address, m)...)
			untrue, err := u.readNotice(a, m)
			if err != nil {
				return nil, err
			}
			leaks = append(leaks, untrue...)
		}
	}
	for _, p := range u.readers {
		for _, addr := range []string{p.Address, p.other.Address} {
			mails, err := u.wire.collect(addr)
			if err != nil {
				return nil, err
			}
			for _, m := range mails {
				u.stats.toOutside++
				leaks = append(leaks, u.reg.checkOutside(addr, m)...)
				if err := u.readOutside(p, addr, m); err != nil {
					return nil, err
				}
			}
		}
	}
	return leaks, nil
}

var cue = regexp.MustCompile(`(CUSTOMER \+ SIDE|CUSTOMER|SIDE|TEAM ONLY)\b.*#(\d+)(?:-([a-z]{2}))?`)

// readNotice finds out what a notice is about and whether its cue says the
// truth.
func (u *universe) readNotice(a *person, m *harness.Mail) ([]leak, error) {
	g := &got{m: m}
	known, _ := u.reg.find(m.Fresh() + "\n" + m.Words())
	// The byline names the writer, who may quote, share or bring along the
	// words of others.
	writer := ""
	if names, _ := u.reg.find(m.From.Name); len(names) > 0 {
		writer = names[0].id
	}
	for _, c := range known {
		u.reg.hear(c, a.Address)
		if c.in == nil || c != c.in.text() || c.in.draft == nil {
			continue
		}
		if g.about == nil && (writer == "" || strings.Contains(c.in.by.Name+" "+c.in.draft.From.Name+" "+strings.ToLower(c.in.draft.From.Address), writer)) {
			g.about = c
		}
	}
	if harness.IsHold(m) {
		u.readHold(a, g, known)
		return nil, nil
	}
	if strings.Contains(m.Plain(), "/confirm ") {
		u.readCodes(a, m)
		return nil, nil
	}
	inside := strings.HasPrefix(m.ReplyTo.Name, string(notesKind))
	for _, c := range known {
		// What was kept as a note did not happen.
		if c.in != nil && c == c.in.text() && c.in.by.agent && (!inside || c.in.conv != nil && c.in.conv.kind == notesKind) {
			c.in.accept()
		}
	}
	leaks, err := u.place(a, g)
	if err != nil {
		return nil, err
	}
	if g.conv != nil {
		g.named = append([]string{}, g.conv.heardBy()...)
		g.conv.ticket.tell("%s got a notice, reply to %q, subject %q: %s", a.handle, m.ReplyTo.Name, m.Subject, squeeze(m.Words()))
		a.keep(g)
	}
	return leaks, nil
}

// answered is the mail of the model that a notice answers by its header.
func (u *universe) answered(m *harness.Mail) *sent {
	for _, id := range m.InReplyTo {
		if s := u.sent[id]; s != nil {
			return s
		}
	}
	return nil
}

func (u *universe) readHold(a *person, g *got, known []*canary) {
	s := u.answered(g.m)
	if s == nil {
		for _, c := range known {
			if c.in != nil && c.in.by == a {
				s = c.in
				break
			}
		}
	}
	if s == nil {
		return
	}
	if !s.held {
		s.held = true
		u.stats.held++
	}
	g.hold, g.conv = s, s.conv
	if s.conv != nil {
		s.conv.ticket.tell("%s was told %q: %s", a.handle, g.m.Subject, squeeze(g.m.Plain()))
	}
	a.keep(g)
}

var confirm = regexp.MustCompile(`(?m)^/confirm \S+`)

// readCodes takes the codes of a "Was this you?": each stands below the words
// of the mail that it releases.
func (u *universe) readCodes(a *person, m *harness.Mail) {
	text, from := m.Plain(), 0
	for _, at := range confirm.FindAllStringIndex(text, -1) {
		known, _ := u.reg.find(text[from:at[0]])
		for _, c := range known {
			s := c.in
			if s == nil || c != s.text() {
				continue
			}
			s.held = true
			if s.by == a { // a forger's words are not confirmed
				a.keep(&got{m: m, conv: s.conv, hold: s, code: text[at[0]:at[1]]})
			}
		}
		from = at[1]
	}
}

// place finds the conversation that a notice is of, by the words it brings,
// and compares it with what the cue in the composer promises.
func (u *universe) place(a *person, g *got) ([]leak, error) {
	found := cue.FindStringSubmatch(g.m.ReplyTo.Name)
	if found == nil {
		return nil, nil
	}
	k, number, tag := kind(found[1]), found[2], found[3]
	if k == "CUSTOMER + SIDE" {
		k = sideKind
	}
	if a.ended[g.m.Token()] || g.about != nil && g.about.in.loose {
		return nil, nil
	}
	if strings.HasPrefix(g.m.From.Name, "Example Support") {
		g.about = nil // aside speaks, and may quote somebody
	}
	if g.about == nil {
		if t := u.byNumber[number]; t != nil && k == notesKind {
			g.conv = t.notes.live()
		}
		return nil, nil
	}
	if s := g.about.in; !s.by.agent && s.id != "" && (s.conv == nil || s.judged) && u.wire.filed != nil {
		return u.placeAsFiled(g, spot{k, number, tag})
	}
	homes := make([]*conv, len(g.about.convs))
	for i, c := range g.about.convs {
		homes[i] = c.live()
	}
	g.about.convs = homes
	var leaks []leak
	g.conv = u.match(g.about, k, number, tag)
	if g.conv == nil && len(g.about.convs) == 0 {
		return nil, nil
	}
	if t := u.byNumber[number]; g.conv == nil && g.about.in.by.agent && k == notesKind && t != nil {
		// Kept as a note, which is always allowed: the agent's address had
		// ended, or somebody else leads the ticket.
		g.about.in.held, g.conv = true, t.notes
		return nil, nil
	}
	if g.conv == nil && !g.about.in.by.agent && k == customerKind {
		g.conv = u.successor(g.about, number)
	}
	if g.conv == nil && g.about.in.guessed {
		return nil, nil // the model does not know for certain what the mail answered
	}
	if g.conv == nil {
		leaks = append(leaks, leak{fmt.Sprintf("%s belongs to %s, and the notice to %s says %q",
			g.about.what, describe(g.about.convs), a.handle, g.m.ReplyTo.Name), g.about, g.m, a.Address, nil})
		return leaks, nil
	}
	u.note(g, number, tag)
	if s := g.about.in; !s.by.agent && len(g.about.convs) > 1 {
		// Where aside filed it is known now.
		s.conv = g.conv
		for _, c := range s.canaries {
			c.convs = []*conv{g.conv}
		}
	}
	return nil, nil
}

// successor is the customer conversation of a ticket of the same customer in
// which a resolved one goes on.
func (u *universe) successor(about *canary, number string) *conv {
	o := u.byNumber[number]
	for _, c := range about.convs {
		if t := c.ticket; o != nil && t.resolved && t.requester == o.requester {
			t.kin = append(t.kin, o)
			return o.customer
		}
	}
	return nil
}

// match is the conversation that a cue names, among those where the words may
// be; one with the cue's tag before one whose tag was never seen, and of these
// one in which the writer takes part.
func (u *universe) match(about *canary, k kind, number, tag string) *conv {
	var best *conv
	rank := 0
	for _, c := range about.convs {
		known := u.byNumber[number]
		if c.kind != k || c.ticket != known && (known != nil || c.ticket.number != "") || c.tag != "" && c.tag != tag {
			continue
		}
		r := 1
		if p := about.in.by; c.may[p.Address] || c.may[p.other.Address] {
			r = 2
		}
		if c.tag == tag && tag != "" {
			r = 3
		}
		// Of tickets that may have begun, the mail's own stands last.
		if r > rank || r == rank && c.ticket.number == "" {
			best, rank = c, r
		}
	}
	return best
}

// settle makes a ticket that might have been one that is: what brought it
// about belongs to it from now on.
func (u *universe) settle(t *ticket, s *sent) {
	for i, ghost := range u.ghosts {
		if ghost == t {
			u.ghosts = append(u.ghosts[:i], u.ghosts[i+1:]...)
			u.tickets = append(u.tickets, t)
			t.origin.kin = append(t.origin.kin, t)
			break
		}
	}
	for _, c := range s.canaries {
		if c.ticket != t {
			c.ticket = t
			t.canaries = append(t.canaries, c)
		}
	}
}

func describe(convs []*conv) string {
	var out []string
	for _, c := range convs {
		out = append(out, fmt.Sprintf("%s #%s", c.kind, c.ticket.number))
	}
	return strings.Join(out, " or ")
}

// readOutside files a mail to a contact under the conversation whose words it
// brings or whose mail it answers.
func (u *universe) readOutside(p *person, addr string, m *harness.Mail) error {
	g := &got{m: m}
	known, _ := u.reg.find(m.Words())
	for _, c := range known {
		if c.in != nil && c == c.in.text() && c.in.by.agent {
			c.in.accept()
			// A mail's own words are newer than those that it quotes.
			if g.about != nil && g.about.in.number > c.in.number || len(c.convs) != 1 || !c.convs[0].may[addr] {
				continue
			}
			there, err := u.standsIn(c.in, c.convs[0])
			if err != nil {
				return err
			}
			if there {
				g.about, g.conv = c, c.convs[0]
				u.tokens[m.Token()] = g.conv // the same in every mail of the conversation
			}
		}
	}
	if g.conv == nil {
		g.conv = u.tokens[m.Token()]
	}
	if g.conv == nil {
		g.conv = u.guess(addr, m, known)
	}
	if g.conv != nil {
		g.conv.ticket.tell("%s got, subject %q: %s", addr, m.Subject, squeeze(m.Plain()))
	}
	p.keep(g)
	return nil
}

// guess finds the conversation of a mail that brings no agent's words: the one
// of the mail that it answers, else one whose words stand in it.
func (u *universe) guess(addr string, m *harness.Mail, known []*canary) *conv {
	answered, _ := u.reg.find(strings.Join(m.InReplyTo, " "))
	refs, _ := u.reg.find(strings.Join(m.References, " "))
	for _, c := range append(answered, refs...) {
		if c.in != nil && c.in.conv != nil && c.in.conv.may[addr] {
			return c.in.conv
		}
	}
	for _, c := range append(append(answered, known...), refs...) {
		for _, k := range c.convs {
			if k.may[addr] {
				return k
			}
		}
	}
	return nil
}

// keep puts a mail into the inbox, which holds the latest few.
func (p *person) keep(g *got) {
	p.inbox = append(p.inbox, g)
	if len(p.inbox) > 12 {
		p.inbox = p.inbox[1:]
	}
}

func squeeze(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > 300 {
		s = s[:300] + "…"
	}
	return s
}

// heard reports whether a canary was seen at an address.
func (u *universe) heard(c *canary, addr string) bool {
	u.reg.mu.Lock()
	defer u.reg.mu.Unlock()
	return c.heard[addr]
}

// hear notes that an agent saw a canary.
func (r *registry) hear(c *canary, addr string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	c.heard[addr] = true
}
