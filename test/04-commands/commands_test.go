// Package commands is about lines that begin with a slash: carried out and
// removed, or the whole mail is held and nothing happens.
package commands

import (
	"strings"
	"testing"

	. "aside/test/harness"
)

func TestCommandsAreDoneAndNeverSeen(t *testing.T) {
	t.Parallel()
	d := Start(t)
	cases := []struct{ name, text string }{
		{"above", "/assign me\n/tag kettle\n\nOn its way, WORDS."},
		{"below", "On its way, WORDS.\n\n/assign me\n/tag kettle"},
		{"shouted", "/ASSIGN me.\n/ tag kettle\n\nOn its way, WORDS."},
		{"no-break and full width", "／assign\u00a0me\n/tag\u200b kettle\n\nOn its way, WORDS."},
		{"around", "/assign me\n\nOn its way, WORDS.\n\n/tag kettle"},
	}
	for i, c := range cases {
		who := Who("Jane", strings.ReplaceAll(c.name, " ", "-")+"@customer.example")
		d.Post(Write(who, Support, "Kettle", "It leaks, case "+c.name+"!"))
		n := d.Await(Dana.Address, "a notice", Has("case "+c.name+"!"))
		words := strings.ReplaceAll(c.text, "WORDS", "words of "+c.name)
		d.Answers(Clients()[i].Top(), Dana, n, words)
		got := d.Await(who.Address, "the answer", Has("words of "+c.name))
		if got.Says() != "On its way, words of "+c.name+"." {
			t.Errorf("%s: the customer reads %q", c.name, got.Says())
		}
		d.Await(Dana.Address, "a receipt for "+c.name, func(m *Mail) bool {
			return strings.HasPrefix(m.ReplyTo.Name, "TEAM ONLY #"+n.Number(t)) && strings.Contains(m.Text, "kettle")
		})
	}
}

// TestHeld sends mails that are not understood. Nothing of them happens, and
// the agent is told which line, why, and what was probably meant.
func TestHeld(t *testing.T) {
	t.Parallel()
	d := Start(t)
	cases := []struct{ name, text, tells string }{
		{"misspelt", "/assing me\n\nHeldwords.", "/assing"},
		{"unknown", "/frobnicate\n\nHeldwords.", "/frobnicate"},
		{"malformed", "/side\n\nHeldwords.", "/side"},
		{"bad time", "/snooze whenever\n\nHeldwords.", "whenever"},
		{"in the middle", "Heldwords, first part.\n/note\nHeldwords, second part.", "/note"},
		{"near the middle", "Heldwords.\n/resolv\nMore heldwords.", "/resolv"},
		{"two destinations", "/note\n/reply\n\nHeldwords.", "/"},
		{"nobody", "@frank Heldwords.", "frank"},
		{"one of two", "/tag ok\n/frobnicate\n\nHeldwords.", "/frobnicate"},
		{"a later issue's", "/macro hello\n\nHeldwords.", "not in this version"},
	}
	for _, c := range cases {
		who := Who("Jane Doe", strings.ReplaceAll(c.name, " ", "-")+"@customer.example")
		who.Address = strings.ReplaceAll(who.Address, "'", "")
		d.Post(Write(who, Support, "Kettle", "It leaks, case "+c.name+"!"))
		n := d.Await(Dana.Address, "a notice", Has("case "+c.name+"!"))
		d.Answers(Gmail(), Dana, n, c.text)
		hold := d.Await(Dana.Address, "word that "+c.name+" was held", func(m *Mail) bool {
			return IsHold(m) && strings.Contains(m.Subject, "#"+n.Number(t)+"]")
		})
		if !strings.Contains(hold.Text, c.tells) {
			t.Errorf("%s: the receipt does not name %q:\n%s", c.name, c.tells, hold.Text)
		}
		d.Silent(who.Address, "eldwords")
		d.Silent(Omar.Address, "eldwords")
	}
}

func TestAnswersToAHold(t *testing.T) {
	t.Parallel()
	d := Start(t)
	held := func(who Person, words string) *Mail {
		d.Post(Write(who, Support, "Kettle", "It leaks, says "+who.Address))
		n := d.Await(Dana.Address, "a notice", Has("says "+who.Address))
		d.Answers(Gmail(), Dana, n, words+" first.\n/resolv\n"+words+" last.")
		return d.Await(Dana.Address, "a hold", Both(IsHold, Has(words)))
	}
	a, b, c, e := Who("A", "a@customer.example"), Who("B", "b@customer.example"), Who("C", "c@customer.example"), Who("E", "e@customer.example")
	d.Answers(IPhone(), Dana, held(a, "sendwords"), "send")
	got := d.Await(a.Address, "the released answer", Has("sendwords"))
	d.Clean(got)

	d.Answers(Outlook(), Dana, held(b, "notewords"), "Note.")
	n := d.Await(Omar.Address, "the note", Has("notewords"))
	if !strings.HasPrefix(n.ReplyTo.Name, "TEAM ONLY") {
		t.Errorf("the note's cue is %q", n.ReplyTo.Name)
	}
	d.Answers(Gmail(), Dana, held(c, "discardwords"), "discard")

	hold := held(e, "replacedwords")
	n = d.Await(Dana.Address, "the notice", Has("says "+e.Address))
	d.Answers(Gmail(), Dana, n, "Now it is right, newwords.")
	d.Await(e.Address, "the new answer", Has("newwords"))
	d.Answers(Gmail(), Dana, hold, "send")

	d.Silent(b.Address, "notewords")
	d.Silent(c.Address, "discardwords")
	d.Silent(Omar.Address, "discardwords", "replacedwords")
	d.Silent(e.Address, "replacedwords")
}

// TestBelowTheQuotation is about people who answer at the end: what stands
// there is not proved to be theirs, so a command holds the mail, and the
// customer does not hear what was meant for the team. That another mail of the
// ticket was held for the same line changes nothing.
func TestBelowTheQuotation(t *testing.T) {
	t.Parallel()
	d := Start(t)
	n := d.Opens(Jane, "Kettle", "It leaks.")
	other := d.Await(Omar.Address, "his notice", Has("It leaks."))
	d.Answers(Gmail(), Omar, other, "Something.\n/note\nSomething more.")
	d.Await(Omar.Address, "a hold", IsHold)
	for _, c := range []Client{Neomutt(), Thunderbird(), NeomuttInterleaved()} {
		for _, dist := range Distortions() {
			m := c.Reply(Dana, n, "/note\n\nShe broke it herself, belowwords.")
			dist.Apply(m)
			d.Post(m)
		}
	}
	d.Await(Dana.Address, "a hold", Both(IsHold, Has("belowwords")))
	d.Silent(Jane.Address, "belowwords", "/note")
}

// TestCommandBetweenQuotedLines leaves nothing to send once the command is
// taken away: quoted lines alone are no answer.
func TestCommandBetweenQuotedLines(t *testing.T) {
	t.Parallel()
	d := Start(t)
	n := d.Opens(Jane, "Kettle", "It leaks at the handle.\nReally.\n\nAnd at the bottom.")
	for _, line := range []string{"/resolve", "/take", "/tag x"} {
		d.Answers(NeomuttInterleaved(), Dana, n, line)
	}
	if k := d.Count(Jane.Address, Has("leaks at the handle")); k > 0 {
		t.Errorf("her own words went back to her %d times", k)
	}
}

func TestQuotedCommandsAreText(t *testing.T) {
	t.Parallel()
	d := Start(t)
	n := d.Opens(Jane, "Kettle", "Please run this:\n/resolve\n/side courier@vendor.example\nand tell me.")
	for _, c := range []Client{Gmail(), Outlook(), Neomutt(), Thunderbird(), IPhone()} {
		d.Answers(c, Dana, n, "Look into /usr/bin for "+c.Name+".\n/usr/bin is a folder.")
		got := d.Await(Jane.Address, "the answer from "+c.Name, Has("for "+c.Name))
		if !strings.Contains(got.Text, "/usr/bin is a folder.") {
			t.Errorf("%s: text was taken for a command:\n%s", c.Name, got.Text)
		}
	}
	if out := d.Must("ticket", "show", n.Number(t), "--json"); strings.Contains(out, `"resolved"`) {
		t.Errorf("a quoted command was carried out:\n%s", out)
	}
	if k := d.Count(Vic.Address, func(*Mail) bool { return true }); k > 0 {
		t.Errorf("the vendor of a quoted command got %d mails", k)
	}
}

func TestListShowSearchHelp(t *testing.T) {
	t.Parallel()
	d := Start(t)
	n := d.Opens(Jane, "Kettle", "It leaks, searchedword.")
	want := map[string]string{"/help": "/side", "/list open": "Kettle", "/show": "searchedword", "/why": "opens a ticket", "/search searchedword": "Kettle"}
	for line, says := range want {
		d.Answers(Thunderbird().Top(), Dana, n, line)
		d.Await(Dana.Address, "an answer to "+line, func(m *Mail) bool {
			return m.File != n.File && strings.Contains(strings.ToLower(m.Plain()), strings.ToLower(says)) && !strings.HasPrefix(m.ReplyTo.Name, "CUSTOMER")
		})
	}
	d.Silent(Jane.Address, "/help", "/list", "Search")
}
