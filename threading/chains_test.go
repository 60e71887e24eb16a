package threading

import (
	"testing"

	"aside"
)

// old adds a ticket of jane's that is closed, merged one that is merged, and
// write is a mail to one by its own token.
func (w *world) old(number, successor int64) {
	w.ticket(number, aside.StatusResolved, "jane@c.example")
	w.edit(number, func(t *aside.Ticket) { t.ResolvedAt, t.Successor = w.now.AddDate(0, -2, 0), successor })
}

func (w *world) merged(number, into int64) {
	w.ticket(number, aside.StatusMerged, "jane@c.example")
	w.edit(number, func(t *aside.Ticket) { t.MergedInto = into })
}

func (w *world) write(number int64) mail {
	return mail{from: "jane@c.example", envelope: []string{w.at(number, 1, holder(number, 1, 0))}}
}

// chainCase is a world of its own with a mail into it.
type chainCase struct {
	says, want string
	build      func(*world) mail
}

func checkChains(t *testing.T, cases []chainCase) {
	t.Helper()
	for _, c := range cases {
		w := newWorld()
		w.check(t, []placeCase{{c.says, c.build(w), c.want}})
	}
}

func TestChainsOfMergedAndClosedTickets(t *testing.T) {
	checkChains(t, []chainCase{
		{"merged twice", "token [#1050] from #1048, holder", func(w *world) mail {
			w.merged(1048, 1049)
			return w.write(1048)
		}},
		{"merged into a closed ticket that has a successor", "token [#1031] from #1048, holder", func(w *world) mail {
			w.merged(1048, 1030)
			return w.write(1048)
		}},
		{"continued by a ticket that was merged", "token [#1050] from #1029, holder", func(w *world) mail {
			w.old(1029, 1049)
			return w.write(1029)
		}},
		{"continued by a closed ticket that is continued", "token [#1031] from #1029, holder", func(w *world) mail {
			w.old(1029, 1030)
			return w.write(1029)
		}},
		{"continued by a closed ticket: the new one continues the last", "token new at " + support + " continues #1028, holder", func(w *world) mail {
			w.old(1028, 0)
			w.old(1029, 1028)
			return w.write(1029)
		}},
		{"resolved lately: opened again", "token [#1029], holder", func(w *world) mail {
			w.old(1029, 1031)
			w.edit(1029, func(t *aside.Ticket) { t.ResolvedAt = w.now.AddDate(0, 0, -3) })
			return w.write(1029)
		}},
		{"merges in a circle place nothing", "new new at " + support, func(w *world) mail {
			w.merged(1047, 1048)
			w.merged(1048, 1047)
			return w.write(1047)
		}},
		{"successors in a circle end somewhere", "token new at " + support + " continues #1029, holder", func(w *world) mail {
			w.old(1028, 1029)
			w.old(1029, 1028)
			return w.write(1029)
		}},
		{"merged into a ticket that the store does not have", "new new at " + support, func(w *world) mail {
			w.merged(1048, 9999)
			return w.write(1048)
		}},
	})
}

func TestSideConversationsThatMoved(t *testing.T) {
	checkChains(t, []chainCase{
		{"a side conversation that moved, by the old tag", "tag [#1050-mm]", func(w *world) mail {
			w.side(1050, 5, "mm", "info@courier.example")
			return mail{from: "info@courier.example", verified: true, subject: "Re: [#1049-mm] parcel"}
		}},
		{"two side conversations of the same tag after a merge, by who takes part", "tag [#1050-mm]", func(w *world) mail {
			w.side(1050, 5, "mm", "info@courier.example")
			w.side(1050, 6, "mm", "help@bank.example")
			return mail{from: "info@courier.example", verified: true, subject: "Re: [#1049-mm] parcel"}
		}},
		{"and if somebody is in both, nothing is guessed", "new new at " + support, func(w *world) mail {
			w.side(1050, 5, "mm", "info@courier.example")
			w.side(1050, 6, "mm", "info@courier.example")
			return mail{from: "info@courier.example", verified: true, subject: "Re: [#1049-mm] parcel"}
		}},
		{"a read-only conversation without a way on takes no mail", "new new at " + support, func(w *world) mail {
			w.conversation(1060, aside.Conversation{ID: conv(1060, 5), Kind: aside.Side, Tag: "rr", ReadOnly: true}, "jane@c.example")
			return mail{from: "jane@c.example", envelope: []string{w.at(1060, 5, holder(1060, 5, 0))}}
		}},
	})
}

// What /why prints, for a few mails, word by word.
func TestReasons(t *testing.T) {
	w := newWorld()
	w.rows.ForeignIDs["first@c.example"] = []int64{conv(1042, 1)}
	jane := holder(1042, 1, 0)
	for _, c := range []struct {
		mail mail
		want string
	}{
		{mail{from: "jane@c.example", envelope: []string{w.at(1042, 1, jane)}},
			"The token in the envelope names the customer conversation of #1042."},
		{mail{from: "lawyer@law.example", to: []string{w.at(1042, 1, jane)}},
			"The token in To names the customer conversation of #1042. lawyer@law.example takes no part in that conversation."},
		{mail{from: "info@courier.example", envelope: []string{w.at(1042, 1, jane)}, inReplyTo: []string{w.messageID(1042, 3)}},
			"Our Message-ID in In-Reply-To names the side conversation #1042-kx. But the token in the envelope names the customer conversation of #1042."},
		{mail{from: "lawyer@law.example", envelope: []string{w.at(1042, 1, danaHolder)}},
			"The token in the envelope names the customer conversation of #1042, and belongs to an agent; the mail is filed in the notes of #1042. lawyer@law.example is no agent and wrote with an agent's token."},
		{mail{from: "jane@c.example", envelope: []string{w.at(1030, 1, holder(1030, 1, 0))}},
			"The token in the envelope names the customer conversation of #1030. #1030 is closed and leads to #1031."},
		{mail{from: "jane@c.example", envelope: []string{w.at(1020, 1, holder(1020, 1, 0))}},
			"The token in the envelope names the customer conversation of #1020. #1020 is closed, so the mail opens a ticket that continues it."},
		{mail{from: "jane@c.example", inReplyTo: []string{"first@c.example"}},
			"In-Reply-To names an earlier mail in the customer conversation of #1042, where jane@c.example takes part. The sender is not verified."},
		{mail{from: "dana@example.com", envelope: []string{w.at(1042, 1, danaHolder)}},
			"The token in the envelope names the customer conversation of #1042."},
		{mail{from: "dana@example.com", auth: "dana", envelope: []string{w.at(1042, 1, omarHolder)}},
			"The token in the envelope names the customer conversation of #1042. The token is not dana's own, so the mail stays in the notes of #1042."},
		{mail{from: "jane@c.example"},
			"Nothing in the mail names a conversation, so it opens a ticket at support@example.com."},
	} {
		if _, p := w.place(c.mail); p.Reason != c.want {
			t.Errorf("\n got %s\nwant %s", p.Reason, c.want)
		}
	}
}
