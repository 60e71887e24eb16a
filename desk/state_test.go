package desk_test

import (
	"slices"
	"strings"

	"aside"
	"aside/store"
)

// ticket reads a ticket.
func (w *town) ticket(number int64) *aside.Ticket {
	w.t.Helper()
	var t *aside.Ticket
	if err := w.store.View(w.ctx, func(tx *store.Tx) (err error) { t, err = tx.Ticket(number); return err }); err != nil {
		w.t.Fatal(err)
	}
	return t
}

// conversations reads those of a ticket.
func (w *town) conversations(number int64) (out []aside.Conversation) {
	w.t.Helper()
	if err := w.store.View(w.ctx, func(tx *store.Tx) (err error) { out, err = tx.Conversations(number); return err }); err != nil {
		w.t.Fatal(err)
	}
	return out
}

// events are the kinds of a ticket's history, oldest first.
func (w *town) events(number int64) (out []string) {
	w.t.Helper()
	err := w.store.View(w.ctx, func(tx *store.Tx) error {
		list, err := tx.Events(number)
		for _, e := range list {
			out = append(out, e.Actor+" "+e.Kind+" "+string(e.Data))
		}
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

// history fails the test unless an event with all the words is there.
func (w *town) history(number int64, words ...string) {
	w.t.Helper()
	for _, e := range w.events(number) {
		if !slices.ContainsFunc(words, func(s string) bool { return !strings.Contains(e, s) }) {
			return
		}
	}
	w.t.Errorf("no event with %q in the history of #%d:\n%s", words, number, strings.Join(w.events(number), "\n"))
}

// record is what was kept of an accepted mail.
func (w *town) record(id string) *store.Record {
	w.t.Helper()
	var r *store.Record
	if err := w.store.View(w.ctx, func(tx *store.Tx) (err error) { r, err = tx.Record(id); return err }); err != nil {
		w.t.Fatal(err)
	}
	return r
}

// hears is who is in a conversation of a ticket now; tag "" is the customer's.
func (w *town) hears(number int64, tag string) (out []string) {
	w.t.Helper()
	err := w.store.View(w.ctx, func(tx *store.Tx) error {
		convs, err := tx.Conversations(number)
		if err != nil {
			return err
		}
		for _, c := range convs {
			if c.Kind == aside.Notes || c.Tag != tag {
				continue
			}
			parts, err := tx.Participants(c.ID)
			if err != nil {
				return err
			}
			for _, p := range parts {
				if p.Until.IsZero() {
					out = append(out, p.Address)
				}
			}
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	slices.Sort(out)
	return out
}
