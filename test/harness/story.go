package harness

import (
	"regexp"
	"strings"
	"testing"
)

// The people of the scenarios. Dana, Omar and Eve are agents of the usual
// config.
var (
	Jane = Person{"Jane Doe", "jane@customer.example"}
	Kim  = Person{"Kim Lind", "kim@customer.example"}
	Vic  = Person{"Courier GmbH", "courier@vendor.example"}
	Max  = Person{"Max Repair", "max@repairs.example"}
	Dana = Person{"Dana Reyes", "dana@example.com"}
	Omar = Person{"Omar Haddad", "omar@example.com"}
	Eve  = Person{"Eve Lindgren", "eve@example.com"}
)

// Support is the address of the usual first desk.
const Support = "support@example.com"

// Opens lets somebody write a first mail to the support desk and returns
// Dana's notice of it.
func (d *Daemon) Opens(who Person, subject, text string) *Mail {
	d.tb.Helper()
	d.Post(Write(who, Support, subject, text))
	return d.Await(Dana.Address, "a notice of "+who.Name+"'s mail", Has(firstLine(text)))
}

// Answers lets somebody reply to a mail with a mail program and returns the id
// in the 250.
func (d *Daemon) Answers(c Client, who Person, m *Mail, text string) string {
	d.tb.Helper()
	return d.Post(c.Reply(who, m, text))
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

// Silent fails the test when any of the words reached an address by the time
// that nothing is queued any more.
func (d *Daemon) Silent(addr string, words ...string) {
	d.tb.Helper()
	d.Settle()
	for _, m := range d.Mailbox(addr) {
		for _, w := range words {
			if m.Leaks(w) {
				d.tb.Errorf("%s heard %q:\n%s", addr, w, m.Raw)
			}
		}
	}
}

// Count is how many mails of an address's box the condition holds for, by the
// time that nothing is queued any more.
func (d *Daemon) Count(addr string, is func(*Mail) bool) int {
	d.tb.Helper()
	d.Settle()
	n := 0
	for _, m := range d.Mailbox(addr) {
		if is(m) {
			n++
		}
	}
	return n
}

// Cue reports whether the composer of an answer to the mail would show that
// beginning: who will hear it.
func Cue(start string) func(*Mail) bool {
	return func(m *Mail) bool { return strings.HasPrefix(m.ReplyTo.Name, start) }
}

var ticketTag = regexp.MustCompile(`#(\d+)`)

// Number is the ticket's number in a notice's cue.
func (m *Mail) Number(tb testing.TB) string {
	tb.Helper()
	n := ticketTag.FindStringSubmatch(m.ReplyTo.Name)
	if n == nil {
		tb.Fatalf("no ticket number in the cue %q", m.ReplyTo.Name)
	}
	return n[1]
}

// Clean fails the test when a mail to somebody outside shows anything of the
// inside: a marker, a frame, an agent's token or address, the Message-ID of a
// notice.
func (d *Daemon) Clean(m *Mail) {
	d.tb.Helper()
	if w := m.Markers(); len(w) > 0 {
		d.tb.Errorf("markers %v left in\n%s", w, m.Raw)
	}
	for _, w := range []string{"YOUR REPLY", "Resolve |", "TEAM ONLY", Dana.Address, Omar.Address, Eve.Address} {
		if m.Leaks(w) {
			d.tb.Errorf("%q left in\n%s", w, m.Raw)
		}
	}
	for _, agent := range []Person{Dana, Omar, Eve} {
		for _, n := range d.Mailbox(agent.Address) {
			if t := n.Token(); t != "" && m.Leaks(t) {
				d.tb.Errorf("a token of %s left in\n%s", agent.Name, m.Raw)
			}
			if m.Leaks(n.MessageID) {
				d.tb.Errorf("the Message-ID of a notice to %s left in\n%s", agent.Name, m.Raw)
			}
		}
	}
}

// Says is the mail's text without the desk's signature.
func (m *Mail) Says() string {
	text, _, _ := strings.Cut(m.Text, "\n-- \n")
	return strings.TrimSpace(text)
}

// Who makes a person of a name and an address.
func Who(name, address string) Person { return Person{Name: name, Address: address} }
