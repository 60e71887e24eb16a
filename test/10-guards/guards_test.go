// Package guards is about mail of agents that is understood and yet may not
// be meant: who hears it changed, somebody was quicker, or nothing is left.
package guards

import (
	"strings"
	"testing"

	. "aside/test/harness"
)

func held(words string) func(*Mail) bool { return Both(IsHold, Has(words)) }

func TestCollision(t *testing.T) {
	t.Parallel()
	d := Start(t)
	n := d.Opens(Jane, "Kettle", "It leaks.")
	other := d.Await(Omar.Address, "a notice", Has("It leaks."))
	d.Answers(Gmail(), Dana, n, "We send a new one, danawords.")
	d.Answers(Outlook(), Omar, other, "Please send it back, omarwords.")
	hold := d.Await(Omar.Address, "a hold", held("omarwords"))
	d.Await(Jane.Address, "Dana's answer", Has("danawords"))
	d.Silent(Jane.Address, "omarwords")
	d.Answers(Outlook(), Omar, hold, "send")
	d.Await(Jane.Address, "Omar's answer after all", Has("omarwords"))
}

func TestSomebodyElsesTicket(t *testing.T) {
	t.Parallel()
	d := Start(t, func(c *Config) { c.Agents[1].Notify = "all" })
	n := d.Opens(Jane, "Kettle", "It leaks.")
	other := d.Await(Omar.Address, "a notice", Has("It leaks."))
	d.Answers(Gmail(), Dana, n, "/take")
	d.Await(Dana.Address, "a receipt", func(m *Mail) bool { return strings.HasPrefix(m.ReplyTo.Name, "TEAM ONLY") })
	d.Answers(Gmail(), Omar, other, "Send it back, strangewords.")
	d.Await(Omar.Address, "a hold", held("strangewords"))
	d.Silent(Jane.Address, "strangewords")
}

func TestAudienceGrew(t *testing.T) {
	t.Parallel()
	d := Start(t)
	n := d.Opens(Jane, "Kettle", "It leaks.")
	d.Answers(Gmail(), Dana, n, "/side courier\n\nWhere is it?")
	asked := d.Await(Vic.Address, "the question", Has("Where is it?"))
	d.Answers(Gmail(), Vic, asked, "In the depot, depotwords.")
	back := d.Await(Dana.Address, "the answer", Has("depotwords"))
	d.Answers(Gmail(), Dana, back, "/add max@repairs.example\n\nMax, can you fetch it, fetchwords?")
	d.Await(Max.Address, "the question", Has("fetchwords"))
	// This answers the notice that did not name Max.
	d.Answers(Gmail(), Omar, d.Await(Omar.Address, "his notice", Has("depotwords")), "Between us, confidentialwords.")
	d.Await(Omar.Address, "a hold", held("confidentialwords"))
	d.Silent(Max.Address, "confidentialwords", "depotwords")
}

func TestTwoDestinations(t *testing.T) {
	t.Parallel()
	d := Start(t)
	n := d.Opens(Jane, "Kettle", "It leaks.")
	d.Answers(Gmail(), Dana, n, "/side courier\n\nWhere is it?")
	asked := d.Await(Vic.Address, "the question", Has("Where is it?"))
	d.Answers(Gmail(), Vic, asked, "In the depot, depotwords.")
	back := d.Await(Dana.Address, "the answer", Has("depotwords"))
	// The composer completed the customer's address into an answer to Vic.
	m := Gmail().Reply(Dana, back, "Which depot, mixedwords?")
	m.To = append(m.To, n.ReplyTo)
	d.Post(m)
	d.Await(Dana.Address, "a hold", held("mixedwords"))
	// And the address alone, completed from memory, without an answer.
	d.Post(Write(Dana, n.ReplyTo.Address, "hello", "Just so, memorywords."))
	d.Await(Dana.Address, "a hold", held("memorywords"))
	d.Silent(Jane.Address, "mixedwords", "memorywords")
	d.Silent(Vic.Address, "mixedwords")
}

func TestEmpty(t *testing.T) {
	t.Parallel()
	d := Start(t)
	n := d.Opens(Jane, "Kettle", "It leaks, emptywords.")
	before := d.Count(Jane.Address, func(*Mail) bool { return true })
	for _, c := range []Client{Gmail(), Outlook(), Neomutt(), IPhone()} {
		d.Answers(c, Dana, n, "")
	}
	d.Await(Dana.Address, "a hold", IsHold)
	if after := d.Count(Jane.Address, func(*Mail) bool { return true }); after != before {
		t.Errorf("an empty answer was sent:\n%s", Summary(d.Mailbox(Jane.Address)))
	}
}

func TestMarkerNeverLeaves(t *testing.T) {
	t.Parallel()
	d := Start(t)
	n := d.Opens(Jane, "Kettle", "It leaks.")
	m := Gmail().Reply(Dana, n, "See below, pastedwords.")
	m.Files = []File{{Name: "notice.txt", Type: "text/plain", Data: []byte(n.Text)}}
	d.Post(m)
	hold := d.Await(Dana.Address, "a hold", held("pastedwords"))
	d.Answers(Gmail(), Dana, hold, "send") // never released
	d.Silent(Jane.Address, "pastedwords", n.Markers()[0])
}

func TestColleagueNamedInTextThatLeaves(t *testing.T) {
	t.Parallel()
	d := Start(t)
	n := d.Opens(Jane, "Kettle", "It leaks.")
	d.Answers(Gmail(), Dana, n, "A new one comes.\n@omar is this right, namedwords?")
	d.Await(Dana.Address, "a hold", held("namedwords"))
	d.Silent(Jane.Address, "namedwords")
}

func TestAgentCopiesACustomerDirectly(t *testing.T) {
	t.Parallel()
	d := Start(t)
	n := d.Opens(Jane, "Kettle", "It leaks.")
	m := Gmail().Reply(Dana, n, "/note\n\nHer fault I think, directwords.")
	m.Cc = []Person{Max}
	d.Post(m) // Max's copy goes by Dana's own provider
	fresh := d.Await(Dana.Address, "word that an outsider has it", func(m *Mail) bool {
		return m.MessageID != n.MessageID && strings.Contains(m.Plain(), Max.Address)
	})
	if fresh.Token() == n.Token() {
		t.Error("the token that Max now has is still Dana's")
	}
	// The old token gives no right any more.
	d.Post(Write(Dana, n.ReplyTo.Address, "Re: Kettle", "/reply\n\nOldtokenwords."))
	d.Silent(Jane.Address, "directwords", "Oldtokenwords")
	d.Silent(Max.Address, "directwords")
}
