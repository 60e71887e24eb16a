// Package confirm is about mail that says it is an agent's and cannot prove
// it: it waits until the agent answers from the registered address.
package confirm

import (
	"regexp"
	"strings"
	"testing"

	. "aside/test/harness"
)

var code = regexp.MustCompile(`(?m)^>?\s*(/confirm \S+)`)

func TestClaimedMailWaitsForItsCode(t *testing.T) {
	t.Parallel()
	d := Start(t)
	n := d.Opens(Jane, "Kettle", "It leaks.")
	// The token and the threading got lost on the way.
	m := Gmail().Reply(Dana, n, "Claimedwords.")
	NoPlus(m)
	NoThreading(m)
	d.Post(m)
	asked := d.Await(Dana.Address, "a code", func(m *Mail) bool { return code.MatchString(m.Plain()) && strings.Contains(m.Plain(), "Claimedwords") })
	d.Silent(Omar.Address, "Claimedwords")
	line := code.FindStringSubmatch(asked.Plain())[1]

	// The code is worth nothing from anywhere else.
	stranger := Write(Max, asked.ReplyTo.Address, "Re: "+asked.Subject, line)
	d.Post(stranger)
	d.Silent(Omar.Address, "Claimedwords")

	d.Answers(Thunderbird().Top(), Dana, asked, line)
	d.Await(Omar.Address, "the released mail", Has("Claimedwords"))
	if k := d.Count(Omar.Address, Has("Claimedwords")); k != 1 {
		t.Errorf("Omar heard it %d times", k)
	}
	// Once is once.
	d.Answers(Gmail(), Dana, asked, line)
	if k := d.Count(Omar.Address, Has("Claimedwords")); k != 1 {
		t.Errorf("Omar heard it %d times after the code was used again", k)
	}
}

func TestForgedFromIsNobody(t *testing.T) {
	t.Parallel()
	d := Start(t)
	n := d.Opens(Jane, "Kettle", "It leaks.")
	d.Answers(Gmail(), Dana, n, "/side courier\n\nWhere is it?")
	asked := d.Await(Vic.Address, "the question", Has("Where is it?"))
	d.Answers(Gmail(), Dana, n, "Since when askwords?")
	got := d.Await(Jane.Address, "the question", Has("askwords"))

	// Vic writes Dana's address into From and answers with his own token, or
	// the customer with hers, or with none.
	for i, m := range []*Draft{
		Gmail().Reply(Dana, asked, "/cc-customer on\n\nForgedwords 0."),
		Gmail().Reply(Dana, asked, "/reply\n\nForgedwords 1."),
		Gmail().Reply(Omar, got, "/resolve\n\nForgedwords 2."),
		Write(Dana, Support, "Re: [#"+n.Number(t)+"] Kettle", "/reply\n\nForgedwords 3."),
	} {
		m.Envelope = Vic.Address
		if id := d.Post(m); id == "" {
			t.Errorf("forgery %d was not taken", i)
		}
	}
	d.Silent(Jane.Address, "Forgedwords")
	d.Silent(Vic.Address, "Forgedwords", "askwords")
	if out := d.Must("ticket", "show", n.Number(t), "--json"); strings.Contains(out, `"resolved"`) {
		t.Errorf("a forgery resolved the ticket:\n%s", out)
	}
}

func TestOneNoticeAnHour(t *testing.T) {
	t.Parallel()
	d := Start(t)
	d.Opens(Jane, "Kettle", "It leaks.")
	for _, w := range []string{"firstclaim", "secondclaim", "thirdclaim"} {
		d.Post(Write(Dana, Support, w, "Words of "+w+"."))
	}
	if k := d.Count(Dana.Address, func(m *Mail) bool { return code.MatchString(m.Plain()) }); k != 1 {
		t.Errorf("Dana got %d notices with codes in an hour, not 1", k)
	}
}
