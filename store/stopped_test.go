package store

import (
	"errors"
	"slices"
	"testing"
	"time"

	"aside"
)

// An undo stops what is not on its way, first attempts that failed included.
func testUndo(t *testing.T, open opener) {
	c := newClock()
	s := open(t, c)
	for _, tt := range []struct {
		name          string
		before        func(id int64)
		stopped, left int64
	}{
		{"waiting", func(int64) {}, 1, 0},
		{"being sent", func(int64) { claim(t, s) }, 0, 1},
		{"to be tried again", func(id int64) {
			claim(t, s)
			finish(t, s, Attempt{Delivery: id, State: aside.DeliveryQueued, Next: c.Now().Add(time.Hour), Code: 450})
		}, 1, 0},
		{"sent", func(id int64) { claim(t, s); finish(t, s, Attempt{Delivery: id, State: aside.DeliverySent}) }, 0, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			sc := makeScene(t, s)
			id := queueAnswer(t, s, sc, c.Now())
			tt.before(id)
			update(t, s, func(tx *Tx) error {
				m, err := tx.LastUnsent("dana", time.Time{}, sc.ticket.Number)
				if found := err == nil && m == sc.answer.ID; found != (tt.stopped > 0) {
					t.Errorf("the last unsent message is %d (%v)", m, err)
				}
				if err != nil && !errors.Is(err, ErrNotFound) {
					return err
				}
				_, err = tx.LastUnsent("omar", time.Time{}, sc.ticket.Number)
				if !errors.Is(err, ErrNotFound) {
					t.Errorf("found a message of somebody else: %v", err)
				}
				stopped, left, err := tx.CancelUnsent(sc.answer.ID)
				if stopped != tt.stopped || left != tt.left {
					t.Errorf("stopped %d, left %d; want %d and %d", stopped, left, tt.stopped, tt.left)
				}
				return err
			})
			authors := []string(nil)
			view(t, s, func(tx *Tx) (err error) {
				authors, err = tx.RepliedSince(sc.customer.ID, c.Now().Add(-time.Second), "omar")
				return err
			})
			if heard := len(authors) == 1; heard != (tt.left > 0) {
				t.Errorf("replied: %v", authors)
			}
			update(t, s, func(tx *Tx) error { _, err := tx.EndParticipant(sc.jane.ID); return err })
		})
	}
}

// What never left was heard by nobody, whichever way it was stopped: its lines
// and files say so, and its ticket's passages are made anew.
func testStopped(t *testing.T, open opener) {
	ways := map[string]func(*Tx, *scene, int64) error{
		"undone": func(tx *Tx, sc *scene, _ int64) error { _, _, err := tx.CancelUnsent(sc.answer.ID); return err },
		"left": func(tx *Tx, sc *scene, _ int64) error {
			_, err := tx.EndParticipant(sc.jane.ID)
			kim := aside.Participant{Conversation: sc.customer.ID, Address: "kim@customer.example", Role: aside.RoleTo, Holder: uint64(9000 + sc.ticket.Number)}
			return errors.Join(err, tx.AddParticipant(&kim, aside.Customer))
		},
		"dropped": func(tx *Tx, _ *scene, id int64) error { return tx.Drop("delivery", id) },
	}
	for name, stop := range ways {
		t.Run(name, func(t *testing.T) {
			c := newClock()
			s := open(t, c)
			sc := makeScene(t, s)
			n := sc.ticket.Number
			id := queueAnswer(t, s, sc, c.Now())
			sent := func() (out []bool) {
				view(t, s, func(tx *Tx) error {
					had, err := tx.HadBy(sc.answer)
					out = append(out, slices.Equal(had[sc.answer.ID], []string{sc.jane.Address}))
					if none, err := tx.HadBy(); err != nil || len(none) != 0 {
						t.Errorf("of no message: %v, %v", none, err)
					}
					return errors.Join(err, tx.Lines(n, sc.customer.ID, nil, func(l LineSet) { out = append(out, !l.Missed) }))
				})
				return out
			}
			update(t, s, func(tx *Tx) error { return tx.AddLines(n, sc.customer.ID, sc.answer.ID, []uint64{7}) })
			if got := sent(); !slices.Equal(got, []bool{true, true}) {
				t.Fatalf("before: %v", got)
			}
			update(t, s, func(tx *Tx) error {
				return errors.Join(tx.AddPassages(n, sc.customer.ID, Ours, []uint64{1}), tx.PassagesUpto(n, sc.secret.ID))
			})
			update(t, s, func(tx *Tx) error { return stop(tx, sc, id) })
			if got := sent(); !slices.Equal(got, []bool{false, false}) {
				t.Errorf("after: %v; the passages are known, or as sent", got)
			}
			view(t, s, func(tx *Tx) error {
				known, err := tx.Passages(n, []uint64{1})
				if len(known) > 0 {
					t.Errorf("still known: %v", known)
				}
				return err
			})
		})
	}
}
