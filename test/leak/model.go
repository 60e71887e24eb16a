package leak

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"aside/test/harness"
)

// kind is the kind of audience, as the cue in a notice's Reply-To names it.
type kind string

const (
	customerKind kind = "CUSTOMER"
	sideKind     kind = "SIDE"
	notesKind    kind = "TEAM ONLY"
)

// conv is one audience of a ticket, as the model believes it to be. While a
// change waits to be seen done, may holds whoever might hear and sure only
// those who must.
type conv struct {
	kind   kind
	tag    string // two letters in the cues; empty until one was seen
	ticket *ticket
	may    map[string]bool
	sure   map[string]bool
	let    map[string]*person // who let somebody in
	mails  []*sent            // what was said in it
}

// live is the conversation in which this one goes on after a merge.
func (c *conv) live() *conv {
	for c != nil && c.ticket.merged != nil {
		if c.kind == sideKind {
			c.ticket = c.ticket.merged // it moved, or will when it is let go
		} else if c.kind == customerKind {
			c = c.ticket.merged.customer
		} else {
			c = c.ticket.merged.notes
		}
	}
	return c
}

func (c *conv) heardBy() []string {
	var out []string
	for a := range c.may {
		out = append(out, a)
	}
	sort.Strings(out)
	return out
}

func (c *conv) expected() []string {
	var out []string
	for a := range c.sure {
		if c.may[a] {
			out = append(out, a)
		}
	}
	sort.Strings(out)
	return out
}

func (c *conv) join(addrs ...string) {
	for _, a := range addrs {
		c.may[strings.ToLower(a)] = true
	}
}

// ticket is one customer's matter.
type ticket struct {
	number    string // as the cues write it; empty until one was seen
	requester string
	customer  *conv
	notes     *conv
	sides     []*conv
	resolved  bool      // somebody resolved it, so that its customer's mail may open another
	origin    *ticket   // which it may go on from, for a ticket that may have begun
	kin       []*ticket // that go on where this one ended
	merged    *ticket   // that it was merged into
	steps     int
	born      int
	retired   int // the step at which it was put away; 0 while it lives
	canaries  []*canary
	story     []string
}

// family is the ticket and those that went on where it ended, to the last.
func (t *ticket) family() []*ticket {
	out := []*ticket{t}
	for i := 0; i < len(out); i++ {
		for _, k := range out[i].kin {
			if !slices.Contains(out, k) {
				out = append(out, k)
			}
		}
	}
	return out
}

func newTicket(requester string, others ...string) *ticket {
	t := &ticket{requester: strings.ToLower(requester)}
	t.customer = t.conv(customerKind, append([]string{requester}, others...)...)
	t.notes = t.conv(notesKind)
	return t
}

func (t *ticket) conv(k kind, addrs ...string) *conv {
	c := &conv{kind: k, ticket: t, may: map[string]bool{}, sure: map[string]bool{}, let: map[string]*person{}}
	c.join(addrs...)
	for _, a := range addrs {
		c.sure[strings.ToLower(a)] = true
	}
	return c
}

// tell adds a line to the ticket's story.
func (t *ticket) tell(format string, args ...any) {
	if len(t.story) > 600 {
		t.story = t.story[100:]
	}
	t.story = append(t.story, fmt.Sprintf(format, args...))
}

// sent is one mail that somebody in the model sent to the desk.
type sent struct {
	by       *person
	number   int // of those that were begun, the first is 1
	draft    *harness.Draft
	raw      []byte
	did      string // for the story
	id       string // in the 250
	conv     *conv  // where it certainly belongs; nil where that is aside's to judge
	canaries []*canary
	also     []*canary // of others, whose words it pastes
	expect   []string  // outside addresses that should get its text
	then     []string  // who may have taken part where it was sent
	held     bool
	released bool // as it is: what was held for its commands may have gone as text
	accepted bool
	onAccept []func()
	onSend   []func()          // what a release allows anew
	answers  *conv             // of the notice that it answers
	filed    spot              // where it was found filed
	judged   bool              // conv is what was found, not what had to be
	loose    bool              // nothing in it proves any more where it belongs or whose it is
	inbound  bool              // a contact's own mail, which some agent must hear of
	moves    bool              // carries a command that changes the ticket or who hears it
	stranger bool              // an agent's own mail from an address that nobody knows
	forged   bool              // From is somebody else's
	claims   string            // the agent in whose name a forger writes
	releases *sent             // the held mail about which it decides
	code     bool              // carries the code that only the agent's own mailbox got
	guessed  bool              // what it answers is not known for certain
	proved   bool              // arrives with what proves whose it is
	inward   bool              // kept inside, whatever is asked about it
	onHold   func()            // what follows when its word about a hold counts
	needs    string            // the word that lets it go, where "send" does not
	words    string            // what its writer wrote
	card     string            // the name of the address book that it is to
	onAct    map[string]func() // what follows from an event of this kind
}

func (s *sent) accept() {
	if s.accepted {
		return
	}
	s.accepted = true
	for _, f := range s.onAccept {
		f()
	}
}

// text is the canary of the mail's own words.
func (s *sent) text() *canary { return s.canaries[0] }

// person is somebody with a mailbox and a mail program.
type person struct {
	harness.Person
	agent  bool
	handle string
	client harness.Client
	other  harness.Person // a second address, used by mistake
	canary *canary        // in the address
	inbox  []*got
	ended  map[string]bool // an agent's tokens that aside was made to end
	last   *sent           // what an agent sent last
	left   int             // the step at which somebody took their place; 0 before
}

// got is a mail in somebody's inbox, with what the model knows about it.
type got struct {
	m       *harness.Mail
	conv    *conv
	about   *canary  // the words it brought, if any
	hold    *sent    // the mail that a NOT SENT is about
	code    string   // the /confirm line that releases hold
	certain bool     // its token's conversation is known
	named   []string // who heard the conversation when a notice came
	direct  bool     // came from a person's client, not from aside
}
