package desk

import (
	"fmt"
	"slices"

	"aside"
	"aside/desk/guard"
	"aside/store"
)

// replaceHeld: a new reply of the same agent to the same notice takes the held
// one's place, be it carried out or held as well. What goes elsewhere is no new
// reply: a note, or a question to a vendor, throws nothing away that was written
// to the customer.
func (d *deed) replaceHeld(carriedOut bool) error {
	if d.answered == nil || d.answered.Hold != 0 {
		return nil
	}
	waiting, err := d.sameAnswered()
	if err != nil {
		return err
	}
	for _, h := range waiting {
		if d.release != nil && h.Number == d.release.Number {
			continue
		}
		switch {
		case d.replaces(h): // as its receipt has told
		case carriedOut && d.hasText() && misplaced(h):
			d.done = append(d.done, fmt.Sprintf("H%d gave way to this mail", h.Number))
		default:
			continue
		}
		if err := d.w.layAside(h, aside.HoldReplaced, "gave way to a newer answer"); err != nil {
			return err
		}
	}
	return nil
}

// replaces reports whether a mail takes a held one's place: it says something, to
// those who were to hear the held one, or opens a side conversation where that
// named nobody who could be found. A held one that says nothing gives way to any.
func (d *deed) replaces(h *store.HeldMail) bool {
	switch {
	case slices.Contains(h.Guards, guard.NoText):
		return true
	case slices.Contains(h.Guards, guard.Forwards): // what a note says instead would lose it
		return d.dest.kind != aside.Notes && (d.hasText() || d.passesOn())
	case !d.hasText() || h.Place != d.dest.place():
		return false
	case h.Place != newSide:
		return true
	}
	now := d.hearers()
	return slices.ContainsFunc(h.To, func(who aside.Address) bool { return who.Address == "" || slices.ContainsFunc(now, same(who)) })
}

// misplaced reports whether a held mail cannot be sent because nothing tells where
// it was to go: it has to be written again, and that may lead anywhere.
func misplaced(h *store.HeldMail) bool {
	has := func(name string) bool { return slices.Contains(h.Guards, name) }
	return has(guard.Never) && !has(guard.Sign) && !has(guard.Long) && !has(guard.Forwards)
}

// sameAnswered are the writer's answers to the same notice that wait. One word of
// those that decide, in answer to that notice, is for them, and no letter to
// anybody.
func (d *deed) sameAnswered() ([]*store.HeldMail, error) {
	waiting, err := d.waiting()
	return slices.DeleteFunc(waiting, func(h *store.HeldMail) bool { return h.Notice != d.answered.Token }), err
}

// waiting are the writer's mails that are held, without those that are newer than
// this one, which waited itself: it neither takes their place nor is about them.
func (d *deed) waiting() ([]*store.HeldMail, error) {
	all, err := d.w.tx.WaitingHolds(d.a.Handle)
	if err != nil {
		return nil, fmt.Errorf("read the holds of %s: %w", d.a.Handle, err)
	}
	return slices.DeleteFunc(all, func(h *store.HeldMail) bool { return d.since(h.Mail.ReceivedAt) }), nil
}
