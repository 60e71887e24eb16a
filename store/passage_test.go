package store

import (
	"slices"
	"testing"

	"aside"
)

// What is known of passages follows the messages: up to which, where they went,
// and into which ticket.
func testPassages(t *testing.T, open opener) {
	s := open(t, newClock())
	a, b := makeScene(t, s), makeScene(t, s)
	unknown := func(ticket int64) (ids []int64) {
		view(t, s, func(tx *Tx) error {
			ms, err := tx.WithoutPassages(ticket, 10)
			for _, m := range ms {
				ids = append(ids, m.ID)
			}
			return err
		})
		return ids
	}
	first := unknown(1)
	if len(first) != 3 || !slices.IsSorted(first) || !slices.Contains(first, a.secret.ID) {
		t.Fatalf("without passages: %v", first)
	}
	big := uint64(1<<63 + 5)
	update(t, s, func(tx *Tx) error {
		if err := tx.AddPassages(1, a.side.ID, Theirs, []uint64{1, big, big}); err != nil {
			return err
		}
		if err := tx.AddPassages(1, a.side.ID, 0, []uint64{1, 2}); err != nil {
			return err
		}
		if err := tx.AddPassages(1, a.notes.ID, 0, []uint64{2}); err != nil {
			return err
		}
		return tx.PassagesUpto(1, first[1])
	})
	if got := unknown(1); !slices.Equal(got, first[2:]) {
		t.Errorf("without passages after two: %v, want %v", got, first[2:])
	}
	known := func(ticket int64, hashes ...uint64) (out []KnownPassage) {
		view(t, s, func(tx *Tx) (err error) { out, err = tx.Passages(ticket, hashes); return err })
		slices.SortFunc(out, func(a, b KnownPassage) int {
			return int(a.Hash%100)*100 + int(a.Conversation) - int(b.Hash%100)*100 - int(b.Conversation)
		})
		return out
	}
	many := make([]uint64, 2500) // more than one query takes
	for i := range many {
		many[i] = uint64(i + 1000)
	}
	want := []KnownPassage{{1, a.side.ID, Theirs}, {2, a.side.ID, 0}, {2, a.notes.ID, 0}, {big, a.side.ID, Theirs}}
	slices.SortFunc(want, func(a, b KnownPassage) int {
		return int(a.Hash%100)*100 + int(a.Conversation) - int(b.Hash%100)*100 - int(b.Conversation)
	})
	if got := known(1, append(many, 1, 2, 3, big)...); !slices.Equal(got, want) {
		t.Errorf("known %v, want %v", got, want)
	}
	if got := known(2, 1, 2, big); len(got) > 0 {
		t.Errorf("another ticket knows %v", got)
	}
	// A message that moves takes away what was known of both tickets.
	in := aside.Message{Conversation: a.customer.ID, Token: 9002, Kind: aside.MessageInbound, Author: "jane@customer.example"}
	update(t, s, func(tx *Tx) error {
		if err := tx.AddMessage(&in, true); err != nil {
			return err
		}
		if err := tx.AddPassages(2, b.customer.ID, Ours, []uint64{7}); err != nil {
			return err
		}
		return tx.MoveMessage(in.ID, b.notes)
	})
	// Where it came from it was heard all the same.
	if got, other, not := known(1, 1, 2, big), known(2, 7), unknown(1); len(got)+len(other) > 0 || len(not) != 4 || not[3] != in.ID || !slices.Contains(unknown(2), in.ID) {
		t.Errorf("after a move %v and %v are known, %v are not", got, other, not)
	}
	// What moved within a ticket was, where it went.
	within := aside.Message{Conversation: a.customer.ID, Token: 9003, Kind: aside.MessageInbound, Author: "jane@customer.example"}
	update(t, s, func(tx *Tx) (err error) {
		if err = tx.AddMessage(&within, true); err == nil {
			err = tx.MoveMessage(within.ID, a.notes)
		}
		if err == nil {
			within, err = tx.Message(within.ID)
		}
		return err
	})
	if within.Origin != 0 || within.Conversation != a.notes.ID {
		t.Errorf("moved within its ticket: %+v", within)
	}
	// And what came from another one came from there, wherever it is moved next.
	update(t, s, func(tx *Tx) (err error) {
		if err = tx.MoveMessage(in.ID, b.customer); err == nil {
			in, err = tx.Message(in.ID)
		}
		return err
	})
	if in.Origin != a.customer.ID || in.Conversation != b.customer.ID {
		t.Errorf("moved within its new ticket: %+v", in)
	}
}

// A merged ticket's notes are the other's, through any number of merges.
func testFamily(t *testing.T, open opener) {
	s := open(t, newClock())
	a, b, c := makeScene(t, s), makeScene(t, s), makeScene(t, s)
	update(t, s, func(tx *Tx) error {
		a.ticket.Status, a.ticket.MergedInto = aside.StatusMerged, 2
		b.ticket.Status, b.ticket.MergedInto = aside.StatusMerged, 3
		if err := tx.SaveTicket(a.ticket); err != nil {
			return err
		}
		return tx.SaveTicket(b.ticket)
	})
	view(t, s, func(tx *Tx) error {
		got, err := tx.Family(c.ticket.Number)
		if !slices.Equal(got, []int64{3, 2, 1}) {
			t.Errorf("family %v", got)
		}
		internal, err2 := tx.HasInternal(3)
		none, err3 := tx.HasInternal(99)
		if !internal || none {
			t.Errorf("internal %v, of no ticket %v", internal, none)
		}
		for _, err := range []error{err, err2, err3} {
			if err != nil {
				return err
			}
		}
		return nil
	})
	update(t, s, func(tx *Tx) error {
		c.ticket.Status, c.ticket.MergedInto = aside.StatusMerged, 1 // should never be
		if err := tx.SaveTicket(c.ticket); err != nil {
			return err
		}
		got, err := tx.Family(2)
		if !slices.Equal(got, []int64{2, 1, 3}) {
			t.Errorf("family in a circle: %v", got)
		}
		return err
	})
}
