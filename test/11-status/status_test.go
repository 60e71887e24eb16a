// Package status is about where a ticket stands and what moves it.
package status

import (
	"encoding/json"
	"strings"
	"testing"

	. "aside/test/harness"
)

// of is what `ticket show --json` says about a ticket, at the top.
func of(t *testing.T, d *Daemon, number string) map[string]any {
	t.Helper()
	var out map[string]any
	raw := d.Must("ticket", "show", number, "--json")
	if err := json.Unmarshal([]byte(raw), &out); err != nil {
		t.Fatalf("ticket show --json: %v\n%s", err, raw)
	}
	if inner, ok := out["ticket"].(map[string]any); ok {
		return inner
	}
	return out
}

func expect(t *testing.T, d *Daemon, number, key, want string) {
	t.Helper()
	if got := of(t, d, number)[key]; got != want {
		t.Errorf("%s of #%s is %v, want %s", key, number, got, want)
	}
}

func TestStatusAndTurn(t *testing.T) {
	t.Parallel()
	d := Start(t)
	n := d.Opens(Jane, "Kettle", "It leaks.")
	num := n.Number(t)
	expect(t, d, num, "status", "open")
	expect(t, d, num, "turn", "team")

	d.Answers(Gmail(), Dana, n, "/pending\n\nSince when, askwords?")
	got := d.Await(Jane.Address, "the question", Has("askwords"))
	expect(t, d, num, "status", "pending")
	expect(t, d, num, "turn", "customer")

	// Side conversations and notes move nothing.
	d.Answers(Gmail(), Dana, n, "/side courier\n\nWhere is it?")
	asked := d.Await(Vic.Address, "the question", Has("Where is it?"))
	d.Answers(Gmail(), Vic, asked, "In the depot, depotwords.")
	d.Await(Dana.Address, "his answer", Has("depotwords"))
	d.Answers(Gmail(), Dana, n, "/note\n\nThinking, thinkwords.")
	d.Await(Omar.Address, "the note", Has("thinkwords"))
	expect(t, d, num, "status", "pending")
	expect(t, d, num, "turn", "customer")

	d.Answers(Gmail(), Jane, got, "Since Monday, mondaywords.")
	back := d.Await(Dana.Address, "her answer", Has("mondaywords"))
	expect(t, d, num, "status", "open")
	expect(t, d, num, "turn", "team")

	d.Answers(Gmail(), Dana, back, "/resolve\n\nA new one is on its way, resolvewords.")
	got = d.Await(Jane.Address, "the answer", Has("resolvewords"))
	expect(t, d, num, "status", "resolved")
	d.Answers(Gmail(), Jane, got, "It has not come, againwords.")
	back = d.Await(Dana.Address, "her complaint", Has("againwords"))
	if back.Number(t) != num {
		t.Errorf("her mail to the ticket just resolved opened #%s", back.Number(t))
	}
	expect(t, d, num, "status", "open")
}

func TestAutomaticMailMovesNothing(t *testing.T) {
	t.Parallel()
	d := Start(t)
	n := d.Opens(Jane, "Kettle", "It leaks.")
	d.Answers(Gmail(), Dana, n, "/resolve\n\nDone, donewords.")
	got := d.Await(Jane.Address, "the answer", Has("donewords"))
	m := Gmail().Reply(Jane, got, "I am away until Monday, awaywords.")
	m.Headers = append(m.Headers, [2]string{"Auto-Submitted", "auto-replied"})
	d.Post(m)
	d.Settle()
	expect(t, d, n.Number(t), "status", "resolved")
	d.Silent(Jane.Address, "awaywords")
}

func TestSnoozeEndsByMail(t *testing.T) {
	t.Parallel()
	d := Start(t)
	n := d.Opens(Jane, "Kettle", "It leaks.")
	d.Answers(Gmail(), Dana, n, "/snooze 3d")
	d.Settle()
	expect(t, d, n.Number(t), "status", "snoozed")
	m := Write(Jane, Support, "Re: Kettle", "It still leaks, stillwords.")
	m.InReplyTo = d.Await(Jane.Address, "the acknowledgement", func(*Mail) bool { return true }).InReplyTo[0]
	d.Post(m)
	d.Await(Dana.Address, "her words", Has("stillwords"))
	expect(t, d, n.Number(t), "status", "open")
}

func TestAssignAndRoom(t *testing.T) {
	t.Parallel()
	d := Start(t)
	n := d.Opens(Jane, "Kettle", "It leaks.")
	d.Answers(Gmail(), Dana, n, "/assign omar\n\nYours I think, handoverwords.")
	back := d.Await(Omar.Address, "the handover", Has("handoverwords"))
	if !strings.HasPrefix(back.ReplyTo.Name, "TEAM ONLY") {
		t.Errorf("the handover's cue is %q", back.ReplyTo.Name)
	}
	expect(t, d, n.Number(t), "assignee", "omar")
	d.Silent(Jane.Address, "handoverwords")

	d.Answers(Gmail(), Omar, d.Await(Omar.Address, "his notice", Has("It leaks.")), "On its way, omarwords.")
	d.Await(Jane.Address, "Omar's answer", Has("omarwords"))
	d.Answers(Gmail(), Omar, back, "/invite eve")
	d.Await(Eve.Address, "the invitation", func(m *Mail) bool { return m.Number(t) == n.Number(t) })
}

func TestMergeLeadsOn(t *testing.T) {
	t.Parallel()
	d := Start(t)
	first := d.Opens(Jane, "Kettle", "It leaks, firstwords.")
	d.Answers(Gmail(), Dana, first, "Since when, askwords?")
	old := d.Await(Jane.Address, "the question", Has("askwords"))
	second := d.Opens(Jane, "Kettle again", "It still leaks, secondwords.")
	d.Answers(Gmail(), Dana, first, "/merge "+second.Number(t))
	d.Settle()
	expect(t, d, first.Number(t), "status", "merged")
	d.Answers(Gmail(), Jane, old, "Since Monday, mondaywords.")
	if back := d.Await(Dana.Address, "her answer", Has("mondaywords")); back.Number(t) != second.Number(t) {
		t.Errorf("her answer to the merged ticket went to #%s", back.Number(t))
	}
}

func TestSplitAndSubject(t *testing.T) {
	t.Parallel()
	d := Start(t)
	n := d.Opens(Jane, "Kettle", "It leaks.")
	d.Answers(Gmail(), Dana, n, "Since when, askwords?")
	got := d.Await(Jane.Address, "the question", Has("askwords"))
	d.Answers(Gmail(), Jane, got, "My toaster smokes too, toasterwords.")
	back := d.Await(Dana.Address, "her answer", Has("toasterwords"))
	d.Answers(Gmail(), Dana, back, "/split")
	fresh := d.Await(Dana.Address, "the new ticket", func(m *Mail) bool {
		return strings.HasPrefix(m.ReplyTo.Name, "CUSTOMER") && m.Number(t) != n.Number(t)
	})
	d.Answers(Gmail(), Dana, n, "/subject The secretname affair")
	d.Settle()
	d.Answers(Gmail(), Dana, fresh, "Switch it off, switchwords.")
	d.Await(Jane.Address, "the advice", Has("switchwords"))
	d.Silent(Jane.Address, "secretname")
}
