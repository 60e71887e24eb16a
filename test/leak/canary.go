package leak

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"sync"

	"aside/test/harness"
)

// A canary is a word that stands in exactly one text, subject, file name,
// file, address or Message-ID, so that its turning up anywhere tells where it
// came from.
type canary struct {
	id     string
	what   string // what carries it: "text of …"
	in     *sent  // the mail that brought it in; nil for people's addresses
	convs  []*conv
	owner  *person         // whose address it is in, if any
	may    map[string]bool // outside addresses that may see it
	gone   bool            // it was taken back, or made a note: quoted, nobody outside may see it
	alive  bool            // whoever is in its conversations may see it: a contact's Message-ID
	heard  map[string]bool // addresses at which it was seen
	ticket *ticket
}

var canaryWord = regexp.MustCompile(`(?i)\bcnr[a-z2-7]{12}\b`)

// registry holds the canaries of a run, and the tokens and ids that aside
// showed to whom. One lock for all: the daemon is the slow part.
type registry struct {
	mu         sync.Mutex
	canaries   map[string]*canary
	agentToken memory // token -> agent who holds it
	outToken   memory // token -> outside address that was given it
	noticeID   memory // Message-ID of a notice -> agent
	outID      memory // Message-ID seen in mail to outside -> address
}

func newRegistry() *registry { return &registry{canaries: map[string]*canary{}} }

// memory remembers the latest half a million things or more, so that a run of
// days needs no more room than one of minutes.
type memory struct{ now, before map[string]string }

func (m *memory) put(k, v string) {
	if len(m.now) > 500_000 || m.now == nil {
		m.now, m.before = map[string]string{}, m.now
	}
	m.now[k] = v
}

func (m *memory) get(k string) string {
	if v := m.now[k]; v != "" {
		return v
	}
	return m.before[k]
}

// add makes a canary that the given outside addresses may see.
func (r *registry) add(rng *rand.Rand, what string, may ...string) *canary {
	const letters = "abcdefghijklmnopqrstuvwxyz234567"
	id := make([]byte, 12)
	for i := range id {
		id[i] = letters[rng.IntN(len(letters))]
	}
	c := &canary{id: "cnr" + string(id), what: what, may: map[string]bool{}, heard: map[string]bool{}}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, a := range may {
		c.may[strings.ToLower(a)] = true
	}
	r.canaries[c.id] = c
	return c
}

// allow lets further outside addresses see a canary from now on.
func (r *registry) allow(c *canary, addrs ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, a := range addrs {
		c.may[strings.ToLower(a)] = true
	}
}

// forbid takes the permission of everybody away whom the canary has not
// reached: what was held and then made a note goes nowhere any more.
func (r *registry) forbid(c *canary) {
	r.mu.Lock()
	defer r.mu.Unlock()
	c.may, c.gone = map[string]bool{}, true
}

// keptCanaries bounds a long run's memory. Until then canaries of tickets put
// away are kept: an agent may answer an old notice at any time.
const keptCanaries = 300_000

// drop forgets a canary once there are many. Seen afterwards it is unknown,
// and a leak all the same.
func (r *registry) drop(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.canaries) > keptCanaries {
		delete(r.canaries, id)
	}
}

// find returns the canaries in a text in the order in which they stand, and
// the words that look like one and are none that is known.
func (r *registry) find(text string) (known []*canary, unknown []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	seen := map[string]bool{}
	for _, w := range canaryWord.FindAllString(text, -1) {
		w = strings.ToLower(w)
		if seen[w] {
			continue
		}
		seen[w] = true
		if c := r.canaries[w]; c != nil {
			known = append(known, c)
		} else {
			unknown = append(unknown, w)
		}
	}
	return known, unknown
}

// anyHeard reports whether the canary reached anybody.
func (r *registry) anyHeard(c *canary) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(c.heard) > 0
}

// takesPart reports whether the address is in a conversation in whose
// References the canary may stand.
func (c *canary) takesPart(addr string) bool {
	if !c.alive {
		return false
	}
	for _, conv := range c.convs {
		for a := range conv.may {
			if strings.EqualFold(a, addr) {
				return true
			}
		}
	}
	return false
}

// A leak is something in a mail that must not be there.
type leak struct {
	what   string
	canary *canary // nil when it is not about one
	mail   *harness.Mail
	addr   string
	ticket *ticket // whose story explains it, where that is not the canary's
}

// checkOutside holds a mail to somebody outside the team against everything
// that must not leave.
func (r *registry) checkOutside(addr string, m *harness.Mail) []leak {
	addr = strings.ToLower(addr)
	var out []leak
	all := m.Everything()
	known, unknown := r.find(all)
	var about *ticket
	for _, c := range known {
		if about == nil {
			about = c.ticket
		}
	}
	report := func(c *canary, format string, args ...any) {
		out = append(out, leak{fmt.Sprintf(format, args...), c, m, addr, about})
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range known {
		c.heard[addr] = true
		if !c.may[addr] && !c.takesPart(addr) {
			report(c, "%s was heard by %s", c.what, addr)
		}
	}
	for _, w := range unknown {
		report(nil, "the forgotten canary %s was heard by %s", w, addr)
	}
	for _, w := range m.Markers() {
		report(nil, "the marker %s left to %s", w, addr)
	}
	for _, line := range frameLines {
		if strings.Contains(all, line) {
			report(nil, "the frame's line %q left to %s", line, addr)
		}
	}
	for _, t := range m.Tokens() {
		if agent := r.agentToken.get(t); agent != "" {
			report(nil, "a token of %s left to %s", agent, addr)
		}
		if other := r.outToken.get(t); other != "" && other != addr {
			report(nil, "%s was given the token of %s", addr, other)
		}
		r.outToken.put(t, addr)
	}
	for _, id := range append(append([]string{m.MessageID}, m.InReplyTo...), m.References...) {
		if agent := r.noticeID.get(id); agent != "" {
			report(nil, "the Message-ID of a notice to %s left to %s", agent, addr)
		}
		r.outID.put(id, addr)
	}
	return out
}

// frameLines are words of notices' frames that no person in the simulation
// writes.
var frameLines = []string{"YOUR REPLY GOES TO", "YOUR REPLY STAYS", "Resolve | Snooze", "will not get it", "NOT SENT:", "TEAM ONLY #"}

// checkAgent notes what a notice shows its agent, and that it names nobody
// else in its header.
func (r *registry) checkAgent(agent string, m *harness.Mail) []leak {
	var out []leak
	report := func(format string, args ...any) {
		out = append(out, leak{fmt.Sprintf(format, args...), nil, m, agent, nil})
	}
	for _, p := range append(append([]harness.Person(nil), m.To...), m.Cc...) {
		if !strings.EqualFold(p.Address, agent) {
			report("a notice to %s names %s in its header", agent, p.Address)
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.noticeID.put(m.MessageID, agent)
	if other := r.outID.get(m.MessageID); other != "" {
		report("the Message-ID of a notice to %s had left to %s", agent, other)
	}
	if t := m.Token(); t != "" {
		r.agentToken.put(t, agent)
		if other := r.outToken.get(t); other != "" {
			report("%s and %s were given the same token", agent, other)
		}
	}
	return out
}
