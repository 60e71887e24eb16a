package threading

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"aside"
	"aside/threading/mark"
)

func TestExtractKeepsOrderAndPlaces(t *testing.T) {
	w := newWorld()
	jane, kim := holder(1042, 1, 0), holder(1042, 1, 1)
	f := Extract(w.keys, w.dir, mail{
		from: "Jane@C.example", envelope: []string{w.at(1042, 1, jane), billing},
		to: []string{support, w.at(1042, 1, jane)}, cc: []string{w.at(1042, 1, kim)},
		inReplyTo:  []string{w.messageID(1042, 1), "x@c.example"},
		references: []string{"old@c.example", w.messageID(1050, 1), w.messageID(1042, 1), "x@c.example", "new@c.example"},
		subject:    "Re: [#1042-kx] [Ticket #555123] parcel",
	}.inbound())
	got := fmt.Sprint(f.Tokens, f.SignedIDs, f.ForeignIDs, f.Tags, f.Cases, f.Desks)
	want := fmt.Sprint(
		[]FoundToken{{mark.Token{Purpose: mark.Reply, Conversation: convToken(1042, 1), Holder: jane}, InEnvelope}, {mark.Token{Purpose: mark.Reply, Conversation: convToken(1042, 1), Holder: kim}, InCc}},
		[]FoundID{{mark.SignedID{Purpose: mark.External, Conversation: convToken(1042, 1), Message: 77}, InReplyTo},
			{mark.SignedID{Purpose: mark.External, Conversation: convToken(1050, 1), Message: 77}, InReferences}},
		[]ForeignID{{"x@c.example", InReplyTo}, {"new@c.example", InReferences}, {"old@c.example", InReferences}},
		[]SubjectTag{{Ticket: 1042, Side: "kx"}}, []string{"555123"}, []string{support, billing})
	if got != want {
		t.Errorf("facts\n got %s\nwant %s", got, want)
	}
	n := f.Needs()
	got = fmt.Sprint(n.Conversations, n.Holders, n.Messages, n.Tickets, n.Cases, n.Sender, len(n.ForeignIDs))
	want = fmt.Sprint([]uint64{convToken(1042, 1), convToken(1050, 1)}, []uint64{jane, kim}, []uint64{77},
		[]int64{1042}, []string{"555123"}, "jane@c.example", 3)
	if got != want {
		t.Errorf("needs\n got %s\nwant %s", got, want)
	}
}

func TestExtractNeedsOfBounces(t *testing.T) {
	w := newWorld()
	in := mail{kind: aside.KindBounce, returned: w.noticeID(1042, 2, danaHolder), envelope: []string{
		"support+" + w.keys.Sign(mark.Token{Purpose: mark.Bounce, Conversation: 70, Holder: 4711}) + "@example.com",
		"support+" + w.keys.Sign(mark.Token{Purpose: mark.NoticeBounce, Conversation: 0, Holder: 4712}) + "@example.com"}}.inbound()
	in.MailFrom = ""
	f := Extract(w.keys, w.dir, in)
	n := f.Needs()
	got := fmt.Sprint(n.Conversations, n.Deliveries, n.Notices, n.Holders, f.NullSender, len(f.Tokens))
	want := fmt.Sprint([]uint64{70, convToken(1042, 2)}, []uint64{4711}, []uint64{4712, 99}, []uint64{danaHolder}, true, 0)
	if got != want {
		t.Errorf("needs\n got %s\nwant %s", got, want)
	}
}

func TestExtractReadsAMailThatNobodyCouldRead(t *testing.T) {
	w := newWorld()
	in := &aside.Inbound{Recipients: []string{w.at(1042, 1, holder(1042, 1, 0))}}
	f := Extract(w.keys, w.dir, in)
	if len(f.Tokens) != 1 || f.Sender() != "" {
		t.Errorf("facts %+v", f)
	}
	if f = Extract(w.keys, aside.NewDirectory(nil, nil, nil, nil), &aside.Inbound{}); f.Desks != nil {
		t.Errorf("desks %v of none", f.Desks)
	}
}

func TestExtractIsBounded(t *testing.T) {
	w := newWorld()
	m := mail{from: "jane@c.example"}
	for i := range 5000 {
		m.to = append(m.to, "support+"+w.keys.Sign(mark.Token{Purpose: mark.Reply, Conversation: uint64(i + 1), Holder: 1})+"@example.com")
		m.references = append(m.references, fmt.Sprintf("%d@c.example", i))
		m.inReplyTo = append(m.inReplyTo, fmt.Sprintf("i%d@c.example", i))
	}
	f := Extract(w.keys, w.dir, m.inbound())
	if len(f.Tokens) != maxSignals || len(f.ForeignIDs) != 2*maxReferences {
		t.Errorf("%d tokens, %d foreign ids", len(f.Tokens), len(f.ForeignIDs))
	}
	if last := f.ForeignIDs[maxReferences].ID; last != "4999@c.example" {
		t.Errorf("References are read from %s", last)
	}
}

func FuzzExtract(f *testing.F) {
	w := newWorld()
	f.Add(w.at(1042, 1, danaHolder), w.noticeID(1042, 1, danaHolder), "Re: [#1042-kx] [Ticket #555123]", "jane@c.example", true)
	f.Add(w.at(1049, 1, danaHolder), w.noticeID(1042, 3, danaHolder), "[#1049]", "dana@example.com", false)
	f.Add("support+x@example.com", "<a@b>", "", "", false)
	f.Add(`"support+x"@example.com`, "@", "[#1", "@@", false)
	f.Fuzz(func(t *testing.T, address, id, subject, from string, auto bool) {
		m := mail{from: from, envelope: []string{address}, cc: []string{address}, inReplyTo: []string{id},
			references: []string{id, id}, subject: subject, pull: auto, delivered: []string{address}}
		if auto {
			m.kind = aside.KindAuto
		}
		facts := Extract(w.keys, w.dir, m.inbound())
		s := Speaking(facts, w.rows, w.dir, TrustToken)
		p := Place(facts, w.rows, s, w.rules())
		if p.Reason == "" || p.Signal == "" || p.Conversation.ReadOnly {
			t.Errorf("placement %+v", p)
		}
	})
}

func BenchmarkExtractAndPlace(b *testing.B) {
	w := newWorld()
	in := mail{from: "jane@c.example", envelope: []string{w.at(1042, 1, holder(1042, 1, 0))},
		to: []string{w.at(1042, 1, holder(1042, 1, 0))}, inReplyTo: []string{w.messageID(1042, 1)},
		references: []string{"a@c.example", w.messageID(1042, 1)}, subject: "Re: Kettle arrived broken"}.inbound()
	b.ReportAllocs()
	for b.Loop() {
		f := Extract(w.keys, w.dir, in)
		Place(f, w.rows, Speaking(f, w.rows, w.dir, TrustToken), w.rules())
	}
}

// Real subjects, where they are at hand: what is left of one has no prefix any
// more, and nothing of a person's words is lost but from its ends.
func TestSubjectsOfRealMail(t *testing.T) {
	corpora := os.Getenv("ASIDE_CORPORA")
	if corpora == "" {
		corpora = filepath.Join("..", "..", "shared", "corpora")
	}
	var files []string
	err := filepath.WalkDir(corpora, func(name string, d os.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && filepath.Ext(name) != ".enc" {
			files = append(files, name)
		}
		return err
	})
	if err != nil {
		t.Skip("no corpora: ", err)
	}
	seen := 0
	for _, name := range files {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(string(raw[:min(len(raw), 20000)]), "\n") {
			subject, found := strings.CutPrefix(strings.TrimSpace(line), "Subject: ")
			if !found {
				continue
			}
			seen, subject = seen+1, strings.ToValidUTF8(subject, "?")
			base := BaseSubject(subject)
			if BaseSubject(base) != base {
				t.Errorf("%s: %q becomes %q", name, subject, base)
			}
			if fields := strings.Join(strings.Fields(subject), " "); !strings.Contains(fields, base) &&
				len(SubjectTags(subject)) == 0 && strings.Map(visible, fields) == fields {
				t.Errorf("%s: %q is not within %q", name, base, fields)
			}
		}
	}
	t.Logf("%d subjects", seen)
}
