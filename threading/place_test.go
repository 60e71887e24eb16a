package threading

import (
	"strings"
	"testing"

	"aside"
	"aside/threading/mark"
)

// placeCase is one sentence of the rules, a mail that it speaks of, and where
// that goes.
type placeCase struct {
	says string
	mail mail
	want string
}

func (w *world) check(t *testing.T, cases []placeCase) {
	t.Helper()
	for _, c := range cases {
		_, p := w.place(c.mail)
		if got := short(p); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s\n     %s", c.says, got, c.want, p.Reason)
		}
		if p.Reason == "" || !strings.HasSuffix(p.Reason, ".") {
			t.Errorf("%s: the reason is no sentence: %q", c.says, p.Reason)
		}
	}
}

func TestSignedTokens(t *testing.T) {
	w := newWorld()
	jane := holder(1042, 1, 0)
	courier := holder(1042, 3, 0)
	bad := "support+" + strings.Repeat("a", 40) + "@example.com"
	unknown := "support+" + w.keys.Sign(mark.Token{Purpose: mark.Reply, Conversation: 12345, Holder: jane}) + "@example.com"
	w.check(t, []placeCase{
		{"a token in the envelope", mail{from: "jane@c.example", envelope: []string{w.at(1042, 1, jane)}}, "token [#1042], holder"},
		{"a token in upper case", mail{from: "jane@c.example", envelope: []string{strings.ToUpper(w.at(1042, 1, jane))}}, "token [#1042], holder"},
		{"a token in To alone", mail{from: "jane@c.example", to: []string{w.at(1042, 1, jane)}}, "token [#1042], holder"},
		{"a token in Cc alone", mail{from: "jane@c.example", cc: []string{w.at(1042, 1, jane)}}, "token [#1042], holder"},
		{"a token whose plus was encoded", mail{from: "jane@c.example", to: []string{strings.Replace(w.at(1042, 1, jane), "+", "%2B", 1)}}, "token [#1042], holder"},
		{"Delivered-To counts in pulled mail", mail{from: "jane@c.example", pull: true, delivered: []string{w.at(1042, 1, jane)}}, "token [#1042], holder"},
		{"and nowhere else", mail{from: "jane@c.example", delivered: []string{w.at(1042, 1, jane)}}, "new new at " + support},
		{"the envelope is before To", mail{from: "jane@c.example", envelope: []string{w.at(1042, 1, jane)}, to: []string{w.at(1050, 1, holder(1050, 1, 0))}}, "token [#1042], holder, against [#1050]"},
		{"a vendor's token", mail{from: "info@courier.example", envelope: []string{w.at(1042, 3, courier)}}, "token [#1042-kx], holder"},
		{"another participant with the holder's token", mail{from: "kim@c.example", envelope: []string{w.at(1042, 1, jane)}}, "token [#1042]"},
		{"a bad token is none", mail{from: "jane@c.example", envelope: []string{bad}}, "new new at " + support},
		{"a bad token leaves the rest to others", mail{from: "jane@c.example", envelope: []string{bad}, inReplyTo: []string{w.messageID(1042, 1)}}, "in-reply-to [#1042]"},
		{"an unknown conversation is none", mail{from: "jane@c.example", envelope: []string{unknown}}, "new new at " + support},
		{"any other detail is the desk", mail{from: "jane@c.example", envelope: []string{"support+anything@example.com"}}, "new new at " + support},
	})
}

func TestSignedMessageIDs(t *testing.T) {
	w := newWorld()
	w.check(t, []placeCase{
		{"In-Reply-To", mail{from: "jane@c.example", inReplyTo: []string{w.messageID(1042, 1)}}, "in-reply-to [#1042]"},
		{"In-Reply-To with folded case and another domain", mail{from: "jane@c.example", inReplyTo: []string{strings.ToUpper(strings.Split(w.messageID(1042, 1), "@")[0]) + "@relay.example"}}, "in-reply-to [#1042]"},
		{"References from the newest", mail{from: "jane@c.example", references: []string{w.messageID(1050, 1), w.messageID(1042, 1)}}, "references [#1042]"},
		{"In-Reply-To is before References", mail{from: "jane@c.example", inReplyTo: []string{w.messageID(1050, 1)}, references: []string{w.messageID(1042, 1)}}, "in-reply-to [#1050]"},
	})
}

func TestStoredMessageIDs(t *testing.T) {
	w := newWorld()
	w.rows.ForeignIDs["first@c.example"] = []int64{conv(1042, 1)}
	w.rows.ForeignIDs["old@c.example"] = []int64{conv(1049, 1)}
	w.check(t, []placeCase{
		{"the sender's own earlier mail", mail{from: "jane@c.example", verified: true, inReplyTo: []string{"first@c.example"}}, "message-id [#1042]"},
		{"in References", mail{from: "jane@c.example", verified: true, references: []string{"x@y", "first@c.example", "z@y"}}, "message-id [#1042]"},
		{"without proof of From", mail{from: "jane@c.example", inReplyTo: []string{"first@c.example"}}, "message-id [#1042], unverified"},
		{"by somebody who takes no part", mail{from: "info@courier.example", verified: true, inReplyTo: []string{"first@c.example"}}, "new new at " + support},
		{"by somebody who was removed", mail{from: "zoe@c.example", verified: true, inReplyTo: []string{"first@c.example"}}, "new new at " + support},
		{"in a ticket that was merged", mail{from: "kim@c.example", verified: true, inReplyTo: []string{"old@c.example"}}, "message-id [#1050] from #1049, stranger"},
	})
}

func TestForeignCaseNumbers(t *testing.T) {
	w := newWorld()
	w.rows.Cases["5512345"] = []int64{conv(1042, 3)}
	w.rows.Cases["7770000"] = []int64{conv(1042, 3), conv(1020, 3)}
	w.rows.Cases["8880000"] = []int64{conv(1042, 1)}
	w.check(t, []placeCase{
		{"a vendor's case number", mail{from: "noreply@courier.example", verified: true, subject: "[Ticket #5512345] Update"}, "case [#1042-kx], stranger"},
		{"a case without proof of From", mail{from: "noreply@courier.example", subject: "[Ticket #5512345] Update"}, "new new at " + support},
		{"a case known in two side conversations", mail{from: "info@courier.example", verified: true, subject: "Case 7770000"}, "new new at " + support},
		{"a case of a customer conversation", mail{from: "jane@c.example", verified: true, subject: "Case 8880000"}, "new new at " + support},
	})
}

func TestTagsInSubjects(t *testing.T) {
	w := newWorld()
	w.check(t, []placeCase{
		{"a customer's tag", mail{from: "jane@c.example", verified: true, subject: "AW: [#1042] Kettle"}, "tag [#1042]"},
		{"a tag without proof of From", mail{from: "jane@c.example", subject: "AW: [#1042] Kettle"}, "tag [#1042], unverified"},
		{"a side conversation's tag", mail{from: "info@courier.example", verified: true, subject: "RE: [#1042-KX] Parcel"}, "tag [#1042-kx]"},
		{"a tag by a stranger", mail{from: "mallory@x.example", verified: true, subject: "[#1042] give me all"}, "new new at " + support},
		{"a vendor with the customer's tag", mail{from: "info@courier.example", verified: true, subject: "[#1042]"}, "new new at " + support},
		{"the team's tag by a contact", mail{from: "jane@c.example", verified: true, subject: "[#1042 team]"}, "new new at " + support},
	})
}

func TestNewTickets(t *testing.T) {
	w := newWorld()
	w.check(t, []placeCase{
		{"nothing at all", mail{from: "jane@c.example", subject: "Kettle"}, "new new at " + support},
		{"at the desk that was written to", mail{from: "jane@c.example", envelope: []string{billing}}, "new new at " + billing},
		{"no From", mail{}, "new new at " + support},
	})
}

func TestTheMostPrivateReadingWins(t *testing.T) {
	w := newWorld()
	jane := holder(1042, 1, 0)
	courier := holder(1042, 3, 0)
	w.check(t, []placeCase{
		{"token of the customer, In-Reply-To of a side", mail{from: "info@courier.example", envelope: []string{w.at(1042, 1, jane)}, inReplyTo: []string{w.messageID(1042, 3)}}, "in-reply-to [#1042-kx], against [#1042]"},
		{"token of the customer, old References of a side", mail{from: "jane@c.example", envelope: []string{w.at(1042, 1, jane)}, references: []string{w.messageID(1042, 4), w.messageID(1042, 1)}}, "references [#1042-mv], against [#1042]"},
		{"two side conversations", mail{from: "info@courier.example", envelope: []string{w.at(1042, 3, courier)}, inReplyTo: []string{w.messageID(1042, 4)}}, "token [#1042-kx], holder, against [#1042-mv]"},
		{"token of the customer, an agent's notice in In-Reply-To", mail{from: "mallory@x.example", envelope: []string{w.at(1042, 1, jane)}, inReplyTo: []string{w.noticeID(1042, 1, danaHolder)}}, "in-reply-to [#1042 team], leaked, against [#1042]"},
	})
}

func TestNobodyJoinsByThemselves(t *testing.T) {
	w := newWorld()
	jane := holder(1042, 1, 0)
	kim := holder(1042, 1, 1)
	w.check(t, []placeCase{
		{"a stranger with the customer's token", mail{from: "lawyer@law.example", envelope: []string{w.at(1042, 1, jane)}}, "token [#1042], stranger"},
		{"a stranger who answers our mail", mail{from: "lawyer@law.example", inReplyTo: []string{w.messageID(1042, 1)}}, "in-reply-to [#1042], stranger"},
		{"somebody removed, with the own token", mail{from: "zoe@c.example", envelope: []string{w.at(1042, 1, holder(1042, 1, 2))}}, "token [#1042], stranger, ended, holder"},
		{"somebody removed, with another's token", mail{from: "zoe@c.example", envelope: []string{w.at(1042, 1, kim)}}, "token [#1042], stranger, ended"},
		{"a desk's own address in From", mail{from: support, envelope: []string{w.at(1042, 1, jane)}}, "token [#1042], stranger"},
	})
}

func TestAnAgentsTokenInAContactsMail(t *testing.T) {
	w := newWorld()
	w.check(t, []placeCase{
		{"by the customer", mail{from: "jane@c.example", envelope: []string{w.at(1042, 1, danaHolder)}}, "token [#1042], leaked"},
		{"by the vendor, for the customer conversation", mail{from: "info@courier.example", envelope: []string{w.at(1042, 1, danaHolder)}}, "token [#1042-kx], leaked"},
		{"by the customer, for the notes: the most private one they are in", mail{from: "jane@c.example", envelope: []string{w.at(1042, 2, danaHolder)}}, "token [#1042-mv], leaked"},
		{"by a stranger", mail{from: "lawyer@law.example", envelope: []string{w.at(1042, 1, danaHolder)}}, "token [#1042 team], leaked"},
		{"by somebody removed", mail{from: "zoe@c.example", envelope: []string{w.at(1042, 1, danaHolder)}}, "token [#1042 team], leaked"},
		{"an ended one", mail{from: "lawyer@law.example", envelope: []string{w.at(1042, 1, danaOld)}}, "token [#1042 team], ended, leaked"},
		{"one that nobody holds since a restored backup", mail{from: "lawyer@law.example", envelope: []string{w.at(1042, 1, 999)}}, "token [#1042 team], ended"},
		{"the same by a participant", mail{from: "jane@c.example", envelope: []string{w.at(1042, 1, 999)}}, "token [#1042]"},
		{"an agent's token without a ticket", mail{from: "jane@c.example", envelope: []string{"support+" + w.keys.Sign(mark.Token{Purpose: mark.Reply, Conversation: 0, Holder: danaHolder}) + "@example.com"}}, "new new at " + support},
		{"a notice forwarded and answered outside", mail{from: "lawyer@law.example", references: []string{w.noticeID(1042, 3, danaHolder), "fwd@example.com"}}, "references [#1042 team], leaked"},
	})
}

func TestMergedAndClosedTickets(t *testing.T) {
	w := newWorld()
	kim := holder(1042, 1, 1)
	w.check(t, []placeCase{
		{"the token of a merged ticket", mail{from: "jane@c.example", envelope: []string{w.at(1049, 1, holder(1049, 1, 0))}}, "token [#1050] from #1049, holder"},
		{"the tag of a merged ticket", mail{from: "jane@c.example", verified: true, subject: "[#1049]"}, "tag [#1050] from #1049"},
		{"a closed ticket with an open successor", mail{from: "jane@c.example", envelope: []string{w.at(1030, 1, holder(1030, 1, 0))}}, "token [#1031] from #1030, holder"},
		{"a closed ticket", mail{from: "jane@c.example", envelope: []string{w.at(1020, 1, holder(1020, 1, 0))}}, "token new at " + support + " continues #1020, holder"},
		{"a closed ticket by its tag", mail{from: "jane@c.example", subject: "[#1020]"}, "tag new at " + support + " continues #1020, unverified"},
		{"a stranger to a closed ticket", mail{from: "lawyer@law.example", envelope: []string{w.at(1020, 1, holder(1020, 1, 0))}}, "token [#1020], stranger, closed"},
		{"somebody removed, to a closed ticket", mail{from: "zoe@c.example", envelope: []string{w.at(1020, 1, holder(1020, 1, 1))}}, "token [#1020], stranger, ended, closed, holder"},
		{"its requester, removed since", mail{from: "bo@c.example", envelope: []string{w.at(1021, 1, holder(1021, 1, 1))}}, "token [#1021], stranger, ended, closed"},
		{"an agent's token of a closed ticket with an open successor", mail{from: "jane@c.example", envelope: []string{w.at(1030, 1, danaHolder)}}, "token [#1031] from #1030, leaked"},
		{"an agent's token beside the own one", mail{from: "kim@c.example", envelope: []string{w.at(1042, 1, danaHolder)}, cc: []string{w.at(1042, 1, kim)}}, "token [#1042], leaked, holder"},
		{"a vendor to a closed ticket", mail{from: "info@courier.example", envelope: []string{w.at(1020, 3, holder(1020, 3, 0))}}, "token [#1020-cd], closed, holder"},
	})
}

func TestWhereAnAgentsMailBelongs(t *testing.T) {
	w := newWorld()
	own := func(n int64) string { return w.at(1042, n, danaHolder) }
	noTicket := "support+" + w.keys.Sign(mark.Token{Purpose: mark.Reply, Conversation: 0, Holder: danaHolder}) + "@example.com"
	for _, c := range []struct {
		says, want string
		mail       mail
	}{
		{"the own token", "token [#1042], right, holder", mail{envelope: []string{own(1)}}},
		{"the own token and the notice it came with", "token [#1042], right, holder", mail{envelope: []string{own(1)}, inReplyTo: []string{w.noticeID(1042, 1, danaHolder)}}},
		{"a notice in In-Reply-To where the address was rewritten", "in-reply-to [#1042-kx], right, holder", mail{inReplyTo: []string{w.noticeID(1042, 3, danaHolder)}}},
		{"a notice in References names, and gives no right", "references [#1042-kx], holder", mail{auth: "dana", references: []string{w.noticeID(1042, 3, danaHolder)}}},
		{"token and In-Reply-To name two conversations", "in-reply-to [#1042-kx], right, holder, against [#1042]", mail{envelope: []string{own(1)}, inReplyTo: []string{w.noticeID(1042, 3, danaHolder)}}},
		{"two own tokens", "token [#1042 team], right, holder, against [#1042]", mail{envelope: []string{own(1), own(2)}}},
		{"the same conversation twice is no conflict", "token [#1042], right, holder", mail{envelope: []string{own(1)}, inReplyTo: []string{w.messageID(1042, 1)}}},
		{"References are no conflict", "token [#1042], right, holder", mail{envelope: []string{own(1)}, references: []string{w.noticeID(1042, 3, danaHolder)}}},
		{"an ended token leads to the notes", "token [#1042 team], ended", mail{auth: "dana", envelope: []string{w.at(1042, 1, danaOld)}}},
		{"a colleague's token leads to the notes", "token [#1042 team]", mail{auth: "dana", envelope: []string{w.at(1042, 1, omarHolder)}}},
		{"a contact's token records", "token [#1042], recorded", mail{auth: "dana", envelope: []string{w.at(1042, 1, holder(1042, 1, 0))}}},
		{"our Message-ID alone gives no right", "in-reply-to [#1042]", mail{auth: "dana", inReplyTo: []string{w.messageID(1042, 1)}}},
		{"a token of a merged ticket leads on", "token [#1050] from #1049, right, holder", mail{envelope: []string{w.at(1049, 1, danaHolder)}}},
		{"a closed ticket stays the agent's place", "token [#1020], closed, right, holder", mail{envelope: []string{w.at(1020, 1, danaHolder)}}},
		{"the answer to a list", "token no ticket, right, holder", mail{envelope: []string{noTicket}}},
		{"the answer to a list whose address was rewritten", "token no ticket, right, holder", mail{inReplyTo: []string{w.keys.NoticeID(0, danaHolder, 9, "example.com")}}},
		{"a mail to the desk", "new new at " + support, mail{auth: "dana"}},
		{"a tag gives an agent nothing", "new new at " + support, mail{auth: "dana", subject: "[#1042]"}},
		{"a claim names, without a right", "in-reply-to [#1042]", mail{inReplyTo: []string{w.messageID(1042, 1)}}},
		{"another's token is no proof and leads to the notes", "token [#1042 team]", mail{envelope: []string{w.at(1042, 1, omarHolder)}}},
	} {
		c.mail.from = "dana@example.com"
		s, p := w.place(c.mail)
		if got := short(p); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s\n     %s (%s)", c.says, got, c.want, p.Reason, s.Reason)
		}
	}
}

func TestWhereAutomaticMailBelongs(t *testing.T) {
	w := newWorld()
	bounce := func(ticket, n int64) string {
		return "support+" + w.keys.Sign(mark.Token{Purpose: mark.Bounce, Conversation: convToken(ticket, n), Holder: 4711}) + "@example.com"
	}
	notice := func(c uint64) string {
		return "support+" + w.keys.Sign(mark.Token{Purpose: mark.NoticeBounce, Conversation: c, Holder: 4712}) + "@example.com"
	}
	for _, c := range []struct {
		says, want string
		mail       mail
		bounced    Bounced
	}{
		{"a bounce token", "bounce [#1042-kx]", mail{kind: aside.KindBounce, envelope: []string{bounce(1042, 3)}}, Bounced{Delivery: 4711}},
		{"a bounce by the returned Message-ID", "bounce [#1042]", mail{kind: aside.KindBounce, returned: w.messageID(1042, 1)}, Bounced{Message: 77}},
		{"a notice that came back goes to the notes", "bounce [#1042 team]", mail{kind: aside.KindBounce, envelope: []string{notice(convToken(1042, 1))}}, Bounced{Notice: 4712}},
		{"a notice known by its Message-ID", "bounce [#1042 team]", mail{kind: aside.KindBounce, returned: w.noticeID(1042, 1, danaHolder)}, Bounced{Notice: 99}},
		{"a notice without a ticket", "bounce no ticket", mail{kind: aside.KindBounce, envelope: []string{notice(0)}}, Bounced{Notice: 4712}},
		{"a bounce to a closed ticket stays there", "bounce [#1020], closed", mail{kind: aside.KindBounce, envelope: []string{bounce(1020, 1)}}, Bounced{Delivery: 4711}},
		{"an absence note to the customer's token", "token [#1042], holder", mail{from: "jane@c.example", kind: aside.KindAuto, envelope: []string{w.at(1042, 1, holder(1042, 1, 0))}}, Bounced{}},
		{"an absence note to a closed ticket", "token [#1020], closed, holder", mail{from: "jane@c.example", kind: aside.KindAuto, envelope: []string{w.at(1020, 1, holder(1020, 1, 0))}}, Bounced{}},
		{"an absence note to a ticket with a successor", "token [#1030], closed, holder", mail{from: "jane@c.example", kind: aside.KindAuto, envelope: []string{w.at(1030, 1, holder(1030, 1, 0))}}, Bounced{}},
		{"from an address nobody knows, no stranger", "token [#1042]", mail{from: "vacation@c.example", kind: aside.KindAuto, envelope: []string{w.at(1042, 1, holder(1042, 1, 0))}}, Bounced{}},
		{"an agent's own responder stays in the notes", "token [#1042 team], leaked", mail{from: "dana@example.com", kind: aside.KindAuto, envelope: []string{w.at(1042, 1, danaHolder)}}, Bounced{}},
		{"a newsletter", "new new at " + support, mail{from: "news@shop.example", kind: aside.KindList}, Bounced{}},
	} {
		_, p := w.place(c.mail)
		if got := short(p); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s\n     %s", c.says, got, c.want, p.Reason)
		}
		var got Bounced
		if p.Bounced != nil {
			got = *p.Bounced
		}
		if got != c.bounced {
			t.Errorf("%s: bounced is %+v, want %+v", c.says, got, c.bounced)
		}
		if p.Right {
			t.Errorf("%s: automatic mail has a right", c.says)
		}
	}
}

func TestALeakNamesTheAgentWhoseTokenItWas(t *testing.T) {
	w := newWorld()
	_, p := w.place(mail{from: "jane@c.example", envelope: []string{w.at(1042, 1, holder(1042, 1, 0))},
		references: []string{w.noticeID(1042, 1, omarHolder)}})
	if p.LeakedHolder != omarHolder || p.Holder != holder(1042, 1, 0) {
		t.Errorf("leaked by %d, decided by %d", p.LeakedHolder, p.Holder)
	}
}

func TestOtherDesksAreNamed(t *testing.T) {
	w := newWorld()
	for _, m := range []struct {
		envelope, to, cc []string
		desk, other      string
	}{
		{[]string{billing, support}, []string{support, billing}, nil, support, billing}, // as a mail server sorts them
		{[]string{billing}, []string{support}, []string{billing}, support, billing},     // as one splits them
		{[]string{billing}, []string{support}, nil, billing, support},                   // sent on, or a blind copy
		{[]string{billing, support}, []string{"jane@c.example"}, nil, billing, support},
		{[]string{billing, support}, []string{support}, nil, support, billing},
	} {
		_, p := w.place(mail{from: "new@c.example", envelope: m.envelope, to: m.to, cc: m.cc})
		if p.Desk != m.desk || strings.Join(p.OtherDesks, " ") != m.other {
			t.Errorf("%v to %v: a new ticket at %s, others %v", m.envelope, m.to, p.Desk, p.OtherDesks)
		}
	}
	_, p := w.place(mail{from: "jane@c.example", envelope: []string{w.at(1042, 1, holder(1042, 1, 0))}, cc: []string{billing}})
	if p.Desk != support || strings.Join(p.OtherDesks, " ") != billing {
		t.Errorf("an answer at %s, others %v", p.Desk, p.OtherDesks)
	}
	_, p = w.place(mail{from: "jane@c.example", envelope: []string{"nobody@elsewhere.example"}})
	if p.Desk != support || p.OtherDesks != nil {
		t.Errorf("a mail that names no desk: at %s, others %v", p.Desk, p.OtherDesks)
	}
}
