// Package notes is about words that stay in the team.
package notes

import (
	"strings"
	"testing"

	. "aside/test/harness"
)

func TestNoteStaysInTheTeam(t *testing.T) {
	t.Parallel()
	d := Start(t)
	notice := d.Opens(Jane, "Kettle", "It leaks.")
	d.Answers(Gmail(), Dana, notice, "/note\n\nShe is right, the batch was bad firstnote.")
	n := d.Await(Omar.Address, "Dana's note", Has("firstnote"))
	if !strings.HasPrefix(n.ReplyTo.Name, "TEAM ONLY #") || !strings.Contains(n.Subject, " team] ") {
		t.Errorf("the note's notice is %q, cue %q", n.Subject, n.ReplyTo.Name)
	}
	// An answer to a note is a note, whatever the client does to it.
	for i, c := range Clients() {
		m := c.Reply(Omar, n, "I think so too, noteanswer.")
		Distortions()[i].Apply(m)
		d.Post(m)
	}
	d.Await(Dana.Address, "Omar's answer", Has("noteanswer"))
	d.Silent(Jane.Address, "firstnote", "noteanswer")
	d.Silent(Eve.Address, "firstnote", "noteanswer")
}

func TestMentionsNotify(t *testing.T) {
	t.Parallel()
	d := Start(t)
	notice := d.Opens(Jane, "Bill", "I paid twice.")
	d.Answers(Thunderbird().Top(), Dana, notice, "@eve did she pay twice mentionwords?")
	n := d.Await(Eve.Address, "the mention", Has("mentionwords"))
	if !strings.HasPrefix(n.ReplyTo.Name, "TEAM ONLY #") {
		t.Errorf("the mention's cue is %q", n.ReplyTo.Name)
	}
	d.Answers(Thunderbird().Top(), Eve, n, "Yes, on Monday evewords.")
	d.Await(Dana.Address, "Eve's note", Has("evewords"))

	d.Answers(Thunderbird().Top(), Dana, notice, "/note\n\n@billing please pay it back teamwords.")
	d.Await(Eve.Address, "the team's mention", Has("teamwords"))
	d.Silent(Jane.Address, "mentionwords", "evewords", "teamwords")
}

func TestReplyCommandLeavesTheNotes(t *testing.T) {
	t.Parallel()
	d := Start(t)
	notice := d.Opens(Jane, "Kettle", "It leaks.")
	d.Answers(Gmail(), Dana, notice, "/note\n\nThink about it secretnote.")
	n := d.Await(Omar.Address, "the note", Has("secretnote"))
	d.Answers(Gmail(), Omar, n, "/reply\n\nWe think about it openwords.")
	got := d.Await(Jane.Address, "the reply", Has("openwords"))
	d.Clean(got)
	if got.Leaks("secretnote") {
		t.Errorf("the note came along:\n%s", got.Raw)
	}
}

func TestLinksOfTheFrameAreNeverPublic(t *testing.T) {
	t.Parallel()
	d := Start(t)
	notice := d.Opens(Jane, "Kettle", "It leaks.")
	links := Links(notice)
	if len(links) < 4 {
		t.Fatalf("the notice has %d links:\n%s", len(links), notice.HTML)
	}
	for _, l := range links {
		m := Write(Dana, l.To, l.Subject, l.Body+"\nslipwords\n")
		d.Post(m)
	}
	d.Silent(Jane.Address, "slipwords", "/note", "/resolve")
}
