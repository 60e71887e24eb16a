package store

import (
	"context"
	"errors"
	"maps"
	"reflect"
	"slices"
	"testing"
	"time"

	"aside"
)

// What is written into a ticket is read back, lists select what they say, and
// timers find what is due.
func testTickets(t *testing.T, open opener) {
	c := newClock()
	s := open(t, c)
	a, b := makeScene(t, s), makeScene(t, s)
	update(t, s, func(tx *Tx) error {
		k := a.ticket
		k.Subject, k.Assignee, k.Lead, k.Priority, k.Status, k.Turn = "Kettle broken", "dana", "omar", "high", aside.StatusSnoozed, aside.TurnCustomer
		k.SnoozedUntil, k.RequesterName, k.AudienceCount, k.ResolvedAt = c.Now().Add(time.Hour), "Jane", 7, c.Now()
		k.Tags, k.Fields = []string{"a", "b"}, map[string]string{"order": "7"}
		return errors.Join(tx.SaveTicket(k), tx.SetTag(1, "b", true), tx.SetTag(1, "a", true), tx.SetTag(1, "a", true), tx.SetTag(1, "c", true), tx.SetTag(1, "c", false),
			tx.SetField(1, "order", "6"), tx.SetField(1, "order", "7"), tx.SetField(1, "gone", "x"), tx.SetField(1, "gone", ""),
			tx.SetResolvesAt(2, c.Now().Add(2*time.Hour)), tx.Join(2, "omar", "follower"), tx.Join(2, "omar", "invited"), tx.Join(2, "dana", "follower"), tx.Leave(2, "dana"))
	})
	view(t, s, func(tx *Tx) error {
		got, err := tx.Ticket(1)
		if !reflect.DeepEqual(got, a.ticket) || got.Version != 2 {
			t.Errorf("ticket %+v, want %+v", got, a.ticket)
		}
		room, err2 := tx.Room(2)
		if !maps.Equal(room, map[string]string{"omar": "invited"}) {
			t.Errorf("room %v", room)
		}
		_, none := tx.Ticket(424242)
		_, none2 := tx.Ticket(0)
		if !errors.Is(none, ErrNotFound) || !errors.Is(none2, ErrNotFound) {
			t.Errorf("an unknown ticket: %v, %v", none, none2)
		}
		return errors.Join(err, err2)
	})
	if err := s.Update(context.Background(), func(tx *Tx) error { return tx.SaveTicket(&aside.Ticket{Number: 424242, Status: "open", Turn: "team"}) }); !errors.Is(err, ErrNotFound) {
		t.Errorf("saved an unknown ticket: %v", err)
	}
	list := func(f TicketFilter) (numbers []int64) {
		f.Limit = 10
		view(t, s, func(tx *Tx) error {
			ts, err := tx.Tickets(f)
			for _, k := range ts {
				numbers = append(numbers, k.Number)
			}
			return err
		})
		slices.Sort(numbers)
		return numbers
	}
	b.side.State = aside.SideOverdue
	update(t, s, func(tx *Tx) error { return tx.SaveConversation(b.side) })
	for _, tt := range []struct {
		name   string
		filter TicketFilter
		want   []int64
	}{
		{"all", TicketFilter{}, []int64{1, 2}},
		{"open", TicketFilter{Statuses: []aside.Status{aside.StatusOpen, aside.StatusPending}}, []int64{2}},
		{"mine", TicketFilter{Assignee: "dana"}, []int64{1}},
		{"free", TicketFilter{Free: true}, []int64{2}},
		{"overdue", TicketFilter{Overdue: true}, []int64{2}},
		{"another team", TicketFilter{Teams: []string{"billing"}}, nil},
		{"another team, but in the room", TicketFilter{Teams: []string{"billing", "x"}, Also: "omar"}, []int64{2}},
		{"no team, but assigned", TicketFilter{Teams: []string{}, Also: "dana"}, []int64{1}},
		{"team", TicketFilter{Teams: []string{"support"}, Also: "nobody"}, []int64{1, 2}},
	} {
		if got := list(tt.filter); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
	b.side.State, b.side.DueAt = aside.SideWaiting, c.Now().Add(time.Hour)
	update(t, s, func(tx *Tx) error { return tx.SaveConversation(b.side) })
	due := func() (n [3]int) {
		view(t, s, func(tx *Tx) error {
			snoozed, err := tx.SnoozedUntil(c.Now(), 10)
			resolving, err2 := tx.ResolvingAt(c.Now(), 10)
			sides, err3 := tx.DueConversations(c.Now(), 10)
			n = [3]int{len(snoozed), len(resolving), len(sides)}
			return errors.Join(err, err2, err3)
		})
		return n
	}
	for _, want := range [][3]int{{0, 0, 0}, {1, 0, 1}, {1, 1, 1}} {
		if got := due(); got != want {
			t.Errorf("at %v due are %v, want %v", c.Now(), got, want)
		}
		c.Add(time.Hour)
	}
	view(t, s, func(tx *Tx) error {
		open, err := tx.OpenTicketsOf("jane@customer.example", 1)
		if len(open) != 1 || open[0].Number != 2 {
			t.Errorf("open: %v", open)
		}
		if notes, err := tx.NoteCount(1); err != nil || notes != 0 {
			t.Errorf("%d notes, %v", notes, err)
		}
		n, err2 := tx.InboundCount(1, "jane@customer.example", c.Now().Add(-time.Hour))
		if n != 0 {
			t.Errorf("counted %d mails", n)
		}
		return errors.Join(err, err2)
	})
}

// One mail is recorded once; limits count by kind, subject and time.
func testInbound(t *testing.T, open opener) {
	c := newClock()
	s := open(t, c)
	sc := makeScene(t, s)
	raw := aside.Content{SHA256: "aa", Size: 3, Data: []byte("raw")}
	r := &Record{ID: "one", Session: "s", Channel: "smtp", MailFrom: "j@x", Recipients: []string{"a@b", "c@d"}, From: "j@x", Subject: "S", MessageID: "m@x",
		Digest: "d1", Raw: "aa", ReceivedAt: c.Now(), Outcome: OutcomeHeld, Signal: "token", Reason: "because"}
	update(t, s, func(tx *Tx) error { return tx.AddRecord(r, raw) })
	for _, tt := range []struct {
		id, message, digest string
		refused             bool
	}{
		{"two", "m@x", "d1", true}, {"three", "m@x", "d2", false}, {"four", "", "d1", false}, {"five", "", "d1", true}, {"one", "other@x", "d9", true},
	} {
		err := s.Update(context.Background(), func(tx *Tx) error {
			return tx.AddRecord(&Record{ID: tt.id, MessageID: tt.message, Digest: tt.digest, ReceivedAt: c.Now()}, raw)
		})
		if (err != nil) != tt.refused {
			t.Errorf("%s: %v, refused should be %v", tt.id, err, tt.refused)
		}
	}
	update(t, s, func(tx *Tx) error {
		r.Outcome, r.Acted, r.Ticket, r.Conversation, r.Message = OutcomeDone, true, 1, sc.notes.ID, sc.secret.ID
		return tx.SaveRecord(r)
	})
	view(t, s, func(tx *Tx) error {
		got, err := tx.Record("one")
		if !reflect.DeepEqual(got, r) {
			t.Errorf("record %+v, want %+v", got, r)
		}
		same, err2 := tx.Records("m@x")
		in, err3 := tx.TicketRecords(1, 10)
		if len(same) != 2 || len(in) != 1 || in[0].ID != "one" {
			t.Errorf("%d with the Message-ID, %d in the ticket", len(same), len(in))
		}
		id, found, err4 := tx.Duplicate("m@x", "d1")
		_, missing, err5 := tx.Duplicate("m@x", "d3")
		if id != "one" || !found || missing {
			t.Errorf("duplicate %q %v %v", id, found, missing)
		}
		acted, err6 := tx.Acted("m@x")
		not, err7 := tx.Acted("no@x")
		if !acted || not {
			t.Errorf("acted %v, %v", acted, not)
		}
		_, none := tx.Record("none")
		if !errors.Is(none, ErrNotFound) {
			t.Errorf("an unknown record: %v", none)
		}
		return errors.Join(err, err2, err3, err4, err5, err6, err7)
	})
	allow := func(kind, subject string) (ok bool) {
		update(t, s, func(tx *Tx) (err error) { ok, err = tx.Allow(kind, subject, time.Hour); return err })
		return ok
	}
	if !allow("ack", "j@x") || allow("ack", "j@x") || !allow("ack", "k@x") || !allow("code", "j@x") {
		t.Error("limits do not tell kinds and subjects apart")
	}
	c.Add(time.Hour - time.Microsecond)
	if allow("ack", "j@x") {
		t.Error("allowed within the hour")
	}
	c.Add(time.Microsecond)
	if !allow("ack", "j@x") || allow("ack", "j@x") {
		t.Error("the hour does not begin anew")
	}
	both := func() (ok bool) {
		update(t, s, func(tx *Tx) (err error) {
			ok, err = tx.AllowAll(Limit{"once", []string{"1", "2", "3"}, time.Hour}, Limit{"beside", []string{"1", "2"}, 2 * time.Hour}, Limit{"last", []string{"1", "2", "3"}, time.Hour})
			return err
		})
		return ok
	}
	got := []bool{both(), both(), both()}
	c.Add(time.Hour) // what is beside binds still
	got = append(got, both(), allow("once", "1"), allow("beside", "2"), allow("last", "3"))
	c.Add(time.Hour)
	got = append(got, both(), allow("last", "2"), both(), both())
	if want := []bool{true, true, false, false, false, true, true, true, true, false, false}; !slices.Equal(got, want) {
		t.Errorf("of several limits at once %v, want %v", got, want)
	}
}

// A hold gives back the mail as it was read; its parts are stored with it.
func testHolds(t *testing.T, open opener) {
	c := newClock()
	s := open(t, c)
	h := &HeldMail{Hold: aside.Hold{Agent: "dana", Ticket: 1, InboundID: "in", Kind: aside.HoldGuard, Guards: []string{"leak"}, Notice: 1 << 55}, Place: "notes", Reasons: []Reason{{Line: "l", Why: "w", Meant: "m"}}, Meant: []aside.Address{{Name: "dhl"}}, Holders: []uint64{7, 1 << 55}, NextAt: c.Now().Add(time.Hour)}
	h.Mail = aside.Inbound{Session: "s", Raw: aside.Content{SHA256: "aa", Size: 3, Data: []byte("raw")},
		Mail: &aside.Mail{Subject: "S", Text: "T", Attachments: []aside.Attachment{{Name: "f", Content: aside.Content{SHA256: "bb", Size: 4, Data: []byte("file")}}}}}
	update(t, s, func(tx *Tx) error {
		if err := tx.AddRecord(&Record{ID: "in", ReceivedAt: c.Now()}, h.Mail.Raw); err != nil {
			return err
		}
		return tx.AddHold(h)
	})
	if h.Mail.Mail.Attachments[0].Data == nil {
		t.Error("holding a mail took its content away")
	}
	if got := readBlob(t, s, "bb"); string(got) != "file" {
		t.Errorf("the part is %q", got)
	}
	look := func(at time.Time) (waiting, due int) {
		view(t, s, func(tx *Tx) error {
			w, err := tx.WaitingHolds("dana")
			d, err2 := tx.DueHolds(at, 10)
			waiting, due = len(w), len(d)
			return errors.Join(err, err2)
		})
		return waiting, due
	}
	if w, d := look(c.Now()); w != 1 || d != 0 {
		t.Errorf("%d wait, %d due", w, d)
	}
	if w, d := look(c.Now().Add(time.Hour)); w != 1 || d != 1 {
		t.Errorf("%d wait, %d due an hour later", w, d)
	}
	view(t, s, func(tx *Tx) error {
		got, err := tx.Hold(h.Number)
		if got.Mail.Mail.Text != "T" || got.Mail.Mail.Attachments[0].SHA256 != "bb" || got.Mail.Raw.Data != nil || got.Notice != 1<<55 || !slices.Equal(got.Guards, h.Guards) || got.Place != h.Place || !slices.Equal(got.Holders, h.Holders) || !slices.Equal(got.Meant, h.Meant) || !slices.Equal(got.Reasons, h.Reasons) {
			t.Errorf("hold %+v", got)
		}
		_, none := tx.Hold(424242)
		if !errors.Is(none, ErrNotFound) {
			t.Errorf("an unknown hold: %v", none)
		}
		return err
	})
	h.State, h.CodeHash, h.Recall = aside.HoldReleased, "x", 2
	update(t, s, func(tx *Tx) error { return tx.SaveHold(h) })
	if w, d := look(c.Now().Add(time.Hour)); w != 0 || d != 0 {
		t.Errorf("after the release %d wait, %d due", w, d)
	}
}

// Lines of a message that are only known are made of its text by whoever asks,
// and no more once they are kept.
func testLinesOfTexts(t *testing.T, s *Store, sc *scene) {
	n := sc.ticket.Number
	said := aside.Message{Conversation: sc.customer.ID, Token: 9002, Kind: aside.MessageInbound, Author: "jane@customer.example", Text: "It hisses."}
	update(t, s, func(tx *Tx) error {
		return errors.Join(tx.AddMessage(&said, true), tx.KnowLines(n, sc.customer.ID, said.ID))
	})
	asked := 0
	lines := func() map[uint64]string {
		got := map[uint64]string{}
		view(t, s, func(tx *Tx) error {
			return tx.Lines(n, sc.customer.ID, func(message int64, text string) []uint64 {
				asked++
				if message != said.ID || text != said.Text {
					t.Errorf("asked for the lines of message %d, %q", message, text)
				}
				return []uint64{7, 8}
			}, func(set LineSet) {
				if set.Conversation != sc.customer.ID {
					t.Errorf("lines %d heard in %d", set.Hashes, set.Conversation)
				}
				for _, hash := range set.Hashes {
					got[hash] = set.Author
				}
			})
		})
		return got
	}
	want := map[uint64]string{7: said.Author, 8: said.Author}
	if got := lines(); asked != 1 || !maps.Equal(got, want) {
		t.Errorf("lines %v, made %d times", got, asked)
	}
	update(t, s, func(tx *Tx) error { return tx.KeepLines(n+1, map[int64][]uint64{said.ID: {9}}) }) // another ticket's
	update(t, s, func(tx *Tx) error { return tx.KeepLines(n, map[int64][]uint64{said.ID: {7, 8}}) })
	update(t, s, func(tx *Tx) error { return tx.KeepLines(n, map[int64][]uint64{said.ID: {9}}) }) // they are there
	if got := lines(); asked != 1 || !maps.Equal(got, want) {
		t.Errorf("kept lines %v, made %d times", got, asked)
	}
	update(t, s, func(tx *Tx) error { return tx.exec(`DELETE FROM line_set WHERE message = $1`, said.ID) })
}

// Lines are known by where they were heard, through moves and merges; what
// left cannot be moved.
func testLines(t *testing.T, open opener) {
	s := open(t, newClock())
	a, b := makeScene(t, s), makeScene(t, s)
	in := aside.Message{Conversation: a.customer.ID, Token: 9001, Kind: aside.MessageInbound, Author: "jane@customer.example"}
	update(t, s, func(tx *Tx) error {
		if err := tx.AddMessage(&in, true); err != nil {
			return err
		}
		return errors.Join(tx.AddLines(1, a.customer.ID, in.ID, []uint64{1, 1 << 63}), tx.AddLines(1, 0, 0, []uint64{3}), tx.AddLines(1, 0, 0, nil), tx.MarkRelayed(in.ID, 0))
	})
	lines := func(ticket int64) map[uint64]int64 {
		got := map[uint64]int64{}
		view(t, s, func(tx *Tx) error {
			return tx.Lines(ticket, 0, nil, func(set LineSet) {
				for _, hash := range set.Hashes {
					got[hash] = set.Conversation
				}
			})
		})
		return got
	}
	if got := lines(1); !maps.Equal(got, map[uint64]int64{1: a.customer.ID, 1 << 63: a.customer.ID, 3: 0}) {
		t.Errorf("lines %v", got)
	}
	testLinesOfTexts(t, s, b)
	update(t, s, func(tx *Tx) error { return tx.CopyLines(1, 2, b.customer.ID, a.customer.ID) })
	if got := lines(2); !maps.Equal(got, map[uint64]int64{1: b.customer.ID, 1 << 63: b.customer.ID, 3: 0}) {
		t.Errorf("lines after the merge %v", got)
	}
	update(t, s, func(tx *Tx) error { return tx.MoveMessage(in.ID, a.notes) })
	if got := lines(1); got[1] != a.notes.ID {
		t.Errorf("lines after the move %v", got)
	}
	view(t, s, func(tx *Tx) error {
		ms, err := tx.Messages(a.notes.ID, 10)
		if len(ms) != 2 || ms[0].ID != a.secret.ID || ms[1].ID != in.ID || !ms[1].Relayed {
			t.Errorf("messages %+v", ms)
		}
		newest, err2 := tx.TicketMessages(1, 2)
		if len(newest) != 2 || newest[0].ID != a.secret.ID || newest[1].ID != in.ID {
			t.Errorf("the newest two: %+v", newest)
		}
		return errors.Join(err, err2)
	})
	for _, m := range []int64{a.answer.ID, a.secret.ID, 424242} {
		if err := s.Update(context.Background(), func(tx *Tx) error { return tx.MoveMessage(m, a.customer) }); !errors.Is(err, ErrNotFound) {
			t.Errorf("moved message %d: %v", m, err)
		}
	}
}
