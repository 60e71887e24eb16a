package store

import (
	"errors"
	"maps"
	"slices"
	"testing"
	"time"

	"aside"
)

// Every signal finds its ticket whole, and only its own.
func testCandidates(t *testing.T, open opener) {
	s := open(t, newClock())
	sc, other, successor := makeScene(t, s), makeScene(t, s), makeScene(t, s)
	inbound := aside.Message{Conversation: sc.side.ID, Token: 9001, Kind: aside.MessageInbound, MessageID: "foreign@x"}
	sent := aside.Message{Conversation: other.side.ID, Token: 9002, Kind: aside.MessageOutbound, MessageID: "ours@x"}
	notice := aside.Notice{Token: 9003, Agent: "dana", Kind: aside.NoticeEvent, Ticket: other.ticket.Number, AudienceAt: 4}
	update(t, s, func(tx *Tx) error {
		if _, err := tx.Holder("dana", 9004); err != nil {
			return err
		}
		if _, err := tx.EndParticipant(sc.courier.ID); err != nil {
			return err
		}
		return errors.Join(tx.AddMessage(&inbound, true), tx.AddMessage(&sent, true), addNotice(tx, &notice, About{}),
			tx.LearnCase("4711", "c@courier.example", sc.side.ID), tx.LearnCase("4711", "c@courier.example", sc.side.ID),
			tx.SetTag(sc.ticket.Number, "vip", true), tx.SetField(sc.ticket.Number, "order", "7"))
	})
	const none = 424242
	for _, tt := range []struct {
		name    string
		needs   Needs
		tickets []int64
	}{
		{"nothing", Needs{}, nil},
		{"conversation", Needs{Conversations: []uint64{sc.side.Token}}, []int64{1}},
		{"the same twice", Needs{Conversations: []uint64{sc.side.Token, sc.notes.Token}, Tickets: []int64{1, 1}}, []int64{1}},
		{"ended participant's holder", Needs{Holders: []uint64{sc.courier.Holder}}, []int64{1}},
		{"agent's holder", Needs{Holders: []uint64{9004}}, nil},
		{"subject tag", Needs{Tickets: []int64{2}}, []int64{2}},
		{"foreign Message-ID", Needs{ForeignIDs: []string{"foreign@x"}}, []int64{1}},
		{"our own id is no foreign one", Needs{ForeignIDs: []string{"ours@x"}}, nil},
		{"empty Message-ID", Needs{ForeignIDs: []string{""}}, nil},
		{"case", Needs{Cases: []Case{{"4711", "c@courier.example"}}}, []int64{1}},
		{"case of somebody else", Needs{Cases: []Case{{"4711", "x@courier.example"}, {"4712", "c@courier.example"}}}, nil},
		{"notice", Needs{Notices: []uint64{9003}}, nil},
		{"unknown", Needs{Conversations: []uint64{none}, Holders: []uint64{none}, Notices: []uint64{none}, Tickets: []int64{none, 0, -1}, ForeignIDs: []string{"no@x"}}, nil},
		{"two tickets", Needs{Conversations: []uint64{sc.side.Token, other.customer.Token}}, []int64{1, 2}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			view(t, s, func(tx *Tx) error {
				f, err := tx.Candidates(tt.needs)
				if err != nil {
					return err
				}
				if got := slices.Sorted(maps.Keys(f.Tickets)); !slices.Equal(got, tt.tickets) {
					t.Errorf("tickets %v, want %v", got, tt.tickets)
				}
				if c, p := len(f.Conversations), len(f.Participants); c != 3*len(tt.tickets) || p != 2*len(tt.tickets) {
					t.Errorf("%d conversations, %d participants", c, p)
				}
				if t1 := f.Tickets[1]; t1 != nil && (!slices.Equal(t1.Tags, []string{"vip"}) || t1.Fields["order"] != "7") {
					t.Errorf("ticket 1 has tags %v, fields %v", t1.Tags, t1.Fields)
				}
				return nil
			})
		})
	}
	view(t, s, func(tx *Tx) error {
		f, err := tx.Candidates(Needs{Holders: []uint64{9004, sc.jane.Holder}, Notices: []uint64{9003}, ForeignIDs: []string{"foreign@x"}, Cases: []Case{{"4711", "c@courier.example"}}})
		if err != nil {
			return err
		}
		if f.Agents[9004] != (AgentOf{Handle: "dana"}) || len(f.Agents) != 1 || f.Notices[9003].AudienceAt != 4 ||
			!slices.Equal(f.Foreign["foreign@x"], []int64{sc.side.ID}) || !slices.Equal(f.Cases[Case{"4711", "c@courier.example"}], []int64{sc.side.ID}) {
			t.Errorf("found %+v", f)
		}
		return nil
	})
	// Merged and closed tickets lead on, in whatever circle they do.
	update(t, s, func(tx *Tx) error {
		sc.ticket.MergedInto, sc.ticket.Status = other.ticket.Number, aside.StatusMerged
		other.ticket.Successor = successor.ticket.Number
		successor.ticket.Successor = sc.ticket.Number
		return errors.Join(tx.SaveTicket(sc.ticket), tx.SaveTicket(other.ticket), tx.SaveTicket(successor.ticket))
	})
	view(t, s, func(tx *Tx) error {
		f, err := tx.Candidates(Needs{Tickets: []int64{1}})
		if err == nil && len(f.Tickets) != 3 {
			t.Errorf("found %d of three that lead on", len(f.Tickets))
		}
		return err
	})
}

// An agent has one holder id until it is drawn anew in a conversation; then
// every earlier one is ended there, and only there.
func testHolders(t *testing.T, open opener) {
	c := newClock()
	s := open(t, c)
	sc := makeScene(t, s)
	holder := func(draw uint64) (h uint64) {
		update(t, s, func(tx *Tx) (err error) { h, err = tx.Holder("dana", draw); return err })
		return h
	}
	if a, b := holder(8001), holder(8002); a != 8001 || b != 8001 {
		t.Errorf("drawn %d, then %d", a, b)
	}
	redraw := func(draw uint64) {
		update(t, s, func(tx *Tx) error { return tx.RedrawHolder(sc.side.ID, "dana", draw) })
	}
	check := func(what string, in, elsewhere uint64, ended map[uint64]bool) {
		t.Helper()
		view(t, s, func(tx *Tx) error {
			for conversation, want := range map[int64]uint64{sc.side.ID: in, sc.notes.ID: elsewhere} {
				if got, err := tx.HolderIn(conversation, "dana"); err != nil || got != want {
					t.Errorf("%s: holder in %d is %d (%v), want %d", what, conversation, got, err, want)
				}
			}
			for h, want := range ended {
				for token, want := range map[uint64]bool{sc.side.Token: want, sc.notes.Token: false} {
					f, err := tx.Candidates(Needs{Holders: []uint64{h}, Conversations: []uint64{token}})
					if err != nil || f.Agents[h] != (AgentOf{Handle: "dana", Ended: want}) {
						t.Errorf("%s: %d with %d is %+v (%v), ended should be %v", what, h, token, f.Agents[h], err, want)
					}
				}
				if agent, err := tx.AgentOfHolder(h); err != nil || agent != "dana" {
					t.Errorf("%s: holder %d is %q (%v)", what, h, agent, err)
				}
			}
			return nil
		})
	}
	check("at first", 8001, 8001, map[uint64]bool{8001: false})
	redraw(8500)
	check("redrawn", 8500, 8001, map[uint64]bool{8001: true, 8500: false})
	redraw(8400) // in the same microsecond
	check("redrawn at once", 8400, 8001, map[uint64]bool{8001: true, 8500: true, 8400: false})
	c.Add(-time.Hour)
	redraw(8600) // the clock was set back
	check("redrawn by another clock", 8600, 8001, map[uint64]bool{8001: true, 8500: true, 8400: true, 8600: false})
	view(t, s, func(tx *Tx) error {
		if agent, err := tx.AgentOfHolder(sc.jane.Holder); agent != "" || err != nil {
			t.Errorf("a contact's holder id is agent %q (%v)", agent, err)
		}
		if _, err := tx.AgentOfHolder(1 << 50); !errors.Is(err, ErrNotFound) {
			t.Errorf("an unknown holder id: %v", err)
		}
		if _, err := tx.HolderIn(sc.side.ID, "nobody"); !errors.Is(err, ErrNotFound) {
			t.Errorf("somebody who has none: %v", err)
		}
		return nil
	})
}
