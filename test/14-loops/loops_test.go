// Package loops is about machines that answer machines and say nowhere what
// they are: whatever is tied together ends by itself.
package loops

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	. "aside/test/harness"
)

const (
	alpha = "support@alpha.example"
	beta  = "help@beta.example"
)

// company is an installation with one desk and one agent.
func company(desk, name, agent string) func(*Config) {
	return func(c *Config) {
		c.Desks = []Desk{{Address: desk, Name: name, Team: "support", Signature: name}}
		c.Agents = []Agent{{Handle: strings.Split(agent, "@")[0], Name: "Robin " + name, Addresses: []string{agent}, Teams: []string{"support"}, Role: "manager"}}
		c.Contacts = nil
	}
}

// machine answers a mail that was delivered; nil for no answer.
type machine func(m *Mail) *Draft

// postOffice carries mail between daemons, and to machines, until nothing is
// on its way any more.
type postOffice struct {
	t        *testing.T
	daemons  []*Daemon
	byAddr   map[string]*Daemon // whose desk an address is
	desks    map[*Daemon]string
	machines map[string]machine // by the address whose mail they get
	change   func(raw []byte) []byte
	read     map[string]bool
	carried  int // between daemons
	answered int // by machines
}

// mostMail is far more than any of these stories should come to.
const mostMail = 200

// run carries mail until all is quiet: what was sent stands in a folder before
// it leaves the queue, so an empty queue and no new file mean the end.
func (p *postOffice) run() {
	p.t.Helper()
	p.read = map[string]bool{}
	for moved := true; moved; {
		for _, d := range p.daemons {
			d.Settle()
		}
		moved = false
		for _, d := range p.daemons {
			for _, to := range d.Everyone() {
				moved = p.carry(d, to) || moved
			}
		}
		if p.carried+p.answered > mostMail {
			p.t.Fatalf("it does not end: %d mails carried, %d answered", p.carried, p.answered)
		}
	}
}

func (p *postOffice) carry(from *Daemon, to string) (moved bool) {
	p.t.Helper()
	mails, err := ReadFolder(from.Folder(to), p.read)
	if err != nil {
		p.t.Fatal(err)
	}
	for _, m := range mails {
		p.read[m.File] = true
		if d := p.byAddr[to]; d != nil {
			p.carried, moved = p.carried+1, true
			d.Send(returnPath(m), []string{to}, p.change(m.Raw))
		}
		if answer := p.machines[to]; answer != nil {
			if draft := answer(m); draft != nil {
				p.answered, moved = p.answered+1, true
				post(from, p.desks[from], draft)
			}
		}
	}
	return moved
}

// post hands a draft to a daemon for those of its recipients that are its own.
func post(d *Daemon, desk string, m *Draft) {
	_, domain, _ := strings.Cut(desk, "@")
	var to []string
	for _, p := range append(append([]Person(nil), m.To...), m.Cc...) {
		if strings.HasSuffix(p.Address, "@"+domain) {
			to = append(to, p.Address)
		}
	}
	d.Send(m.From.Address, to, m.Bytes())
}

func returnPath(m *Mail) string { return strings.Trim(m.Header.Get("Return-Path"), "<>") }

var (
	saysAutomatic = regexp.MustCompile(`(?im)^(?:auto-submitted|x-auto-response-suppress|precedence|return-path|delivered-to|list-[a-z-]+|dkim-signature):.*\r?\n(?:[ \t].*\r?\n)*`)
	saysThread    = regexp.MustCompile(`(?im)^(?:in-reply-to|references|message-id):.*\r?\n(?:[ \t].*\r?\n)*`)
)

// without removes fields of the header.
func without(fields ...*regexp.Regexp) func([]byte) []byte {
	return func(raw []byte) []byte {
		head, body, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
		head = append(head, '\r', '\n')
		for _, re := range fields {
			head = re.ReplaceAll(head, nil)
		}
		return append(append(head, '\r', '\n'), body...)
	}
}

// Two desks that acknowledge each other's acknowledgements, with nothing left
// on the way that says what they are.
func TestTwoDesks(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func([]byte) []byte{
		"nothing says automatic": without(saysAutomatic),
		"nothing says what it is of": func(raw []byte) []byte { // and each is a mail of its own
			return append([]byte("Message-ID: <"+NewID("relay.example")+">\r\n"), without(saysAutomatic, saysThread)(raw)...)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, b := Start(t, company(alpha, "Alpha Care", "ann@alpha.example")), Start(t, company(beta, "Beta Help", "bob@beta.example"))
			p := &postOffice{t: t, daemons: []*Daemon{a, b}, desks: map[*Daemon]string{a: alpha, b: beta}, byAddr: map[string]*Daemon{alpha: a, beta: b}, change: change}
			post(a, alpha, Write(Who("Beta Help", beta), alpha, "An order", "Where is it?"))
			p.run()
			if p.carried < 2 || p.carried > 4 {
				t.Errorf("%d mails went between the desks", p.carried)
			}
			// The teams heard of everything.
			a.Await("ann@alpha.example", "the first mail", Has("Where is it?"))
			b.Await("bob@beta.example", "Alpha's acknowledgement", Has("Alpha"))
			t.Logf("%d mails went between the desks", p.carried)
		})
	}
}

// With an agent at each end who answers everything by machine, too.
func TestTwoDesksAndTheirAgents(t *testing.T) {
	if testing.Short() {
		t.Skip("some hundred mails between real daemons")
	}
	t.Parallel()
	a, b := Start(t, company(alpha, "Alpha Care", "ann@alpha.example")), Start(t, company(beta, "Beta Help", "bob@beta.example"))
	p := &postOffice{t: t, daemons: []*Daemon{a, b}, desks: map[*Daemon]string{a: alpha, b: beta}, byAddr: map[string]*Daemon{alpha: a, beta: b}, change: without(saysAutomatic), machines: map[string]machine{
		"ann@alpha.example": silent(Who("Ann", "ann@alpha.example"), "I am away until Monday, please be patient."),
		"bob@beta.example":  silent(Who("Bob", "bob@beta.example"), "Thank you, I shall look at it."),
	}}
	post(a, alpha, Write(Who("Beta Help", beta), alpha, "An order", "Where is it?"))
	p.run()
	t.Logf("%d mails went between the desks, %d were answered by machines", p.carried, p.answered)
	if log := a.Log() + b.Log(); p.answered > 100 && !strings.Contains(log, "notices stopped for an hour") {
		t.Error("nobody was told why it ended")
	}
}

// silent answers to Reply-To, in the thread, with nothing that says what it is.
func silent(who Person, text string) machine {
	return func(m *Mail) *Draft {
		d := Gmail().Reply(who, m, "")
		d.Text, d.HTML, d.Headers = text, "", nil
		return d
	}
}

// A customer's machine that answers every mail with a new one.
func TestACustomersMachine(t *testing.T) {
	t.Parallel()
	robot := Who("Robot", "robot@machines.example")
	a := Start(t, company(alpha, "Alpha Care", "ann@alpha.example"))
	p := &postOffice{t: t, daemons: []*Daemon{a}, desks: map[*Daemon]string{a: alpha}, machines: map[string]machine{
		robot.Address: func(*Mail) *Draft { return Write(robot, alpha, "We got your message", "It has a number with us.") },
	}}
	post(a, alpha, Write(robot, alpha, "Kettle", "It leaks."))
	p.run()
	if p.answered != 1 {
		t.Errorf("the machine answered %d mails, not 1", p.answered)
	}
	if n := a.Count("ann@alpha.example", Has("It has a number")); n != 1 {
		t.Errorf("Ann heard %d times of its answer", n)
	}
}

// A responder that sends back what it gets answers no code, and its agent's
// mailbox does not fill.
func TestAResponderAnswersNoCode(t *testing.T) {
	t.Parallel()
	ann := Who("Ann", "ann@alpha.example")
	a := Start(t, company(alpha, "Alpha Care", ann.Address))
	p := &postOffice{t: t, daemons: []*Daemon{a}, desks: map[*Daemon]string{a: alpha}, machines: map[string]machine{
		ann.Address: func(m *Mail) *Draft {
			d := silent(ann, "I am not here.\n\n"+m.Text)(m)
			NoPlus(d)
			NoThreading(d)
			return d
		},
	}}
	post(a, alpha, Write(Jane, alpha, "Kettle", "It leaks."))
	a.Await(ann.Address, "Jane's mail", Has("It leaks."))
	forged := Write(ann, alpha, "[#1] Kettle", "/reply\n\nForgedwords.")
	post(a, alpha, forged)
	p.run()
	a.Silent(Jane.Address, "Forgedwords")
	if p.answered > 5 {
		t.Errorf("the responder answered %d mails", p.answered)
	}
	out := a.Must("ticket", "show", "1", "--json")
	if strings.Contains(out, "Forgedwords") {
		t.Errorf("the forged mail was released:\n%s", out)
	}
}
