package desk

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"aside"
	"aside/desk/ticket"
	"aside/store"
	"aside/templates"
)

const (
	tick       = 5 * time.Second
	sweepEvery = time.Hour
	// timerBatch bounds how many of a kind one tick does.
	timerBatch = 50
	// timerRest is how long what failed waits.
	timerRest = time.Minute
)

// Run does what time brings, until ctx ends: snoozes wake, answers become
// overdue, holds are recalled, codes are sent, and blobs without a reference
// are swept.
func (s *Service) Run(ctx context.Context) error {
	t := time.NewTicker(tick)
	defer t.Stop()
	swept := s.Now()
	for first := true; ; first = false {
		if s.Store.WasSetBack() || first { // before the first one it may have been set back as well
			s.backToNow(ctx)
		}
		if err := s.Tick(ctx); err != nil && ctx.Err() == nil {
			s.Log.Error("timers", "err", err)
		}
		if now := s.Now(); now.Sub(swept) >= sweepEvery {
			swept = now
			if _, err := s.Store.SweepBlobs(ctx); err != nil && ctx.Err() == nil {
				s.Log.Error("sweep of blobs", "err", err)
			}
			if _, err := s.Store.SweepLimits(ctx); err != nil && ctx.Err() == nil {
				s.Log.Error("sweep of limits", "err", err)
			}
			if _, err := s.Store.SweepLines(ctx, now.Add(-s.settings.Load().ReopenFor)); err != nil && ctx.Err() == nil {
				s.Log.Error("sweep of lines", "err", err)
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
		}
	}
}

// backToNow takes back what a wrong clock has done to the queue.
func (s *Service) backToNow(ctx context.Context) {
	var n int64
	err := s.Store.Update(ctx, func(tx *store.Tx) (err error) { n, err = tx.BackToNow(); return err })
	switch {
	case err != nil && ctx.Err() == nil:
		s.Log.Error("timers", "err", err)
	case n > 0:
		s.Log.Warn("the clock was ahead; mail that would have waited for it is due", "mails", n)
	}
}

// Tick does what is due now, each in a transaction of its own; where nothing is
// due there is none. What fails keeps nothing else back, and is tried again
// after a rest. Ticks come one after the other.
func (s *Service) Tick(ctx context.Context) error {
	now := s.Now()
	due, err := s.due(ctx, now)
	if err != nil {
		return fmt.Errorf("look for what is due: %w", err)
	}
	var failed []error
	for _, one := range due {
		err := s.Store.Update(ctx, func(tx *store.Tx) error {
			return one.do(s.work(tx, s.settings.Load(), nil, ""))
		})
		if err == nil {
			continue
		}
		failed = append(failed, fmt.Errorf("%s: %w", one.what, err))
		if ctx.Err() != nil || store.Unavailable(err) {
			break // the others would fail of it, too
		}
		s.resting[one.what] = now.Add(timerRest)
	}
	return errors.Join(failed...)
}

// timer is something that time has brought, named as in the log.
type timer struct {
	what string
	do   func(*work) error
}

// due lists what time has brought, and does not rest. Each function looks again
// in its own transaction, where another daemon may have been first.
func (s *Service) due(ctx context.Context, now time.Time) (out []timer, err error) {
	if s.resting == nil {
		s.resting = map[string]time.Time{}
	}
	maps.DeleteFunc(s.resting, func(_ string, until time.Time) bool {
		return !until.After(now) || until.After(now.Add(timerRest)) // the clock was set back
	})
	// What rests is among the oldest, and takes nobody's place.
	limit := timerBatch * (1 + (len(s.resting)+timerBatch-1)/timerBatch)
	add := func(what string, do func(*work) error) {
		if _, rests := s.resting[what]; !rests {
			out = append(out, timer{what, do})
		}
	}
	err = s.Store.View(ctx, func(tx *store.Tx) error {
		snoozed, err := tx.SnoozedUntil(now, limit)
		for _, t := range snoozed {
			add(fmt.Sprintf("end the snooze of #%d", t.Number), func(w *work) error { return w.wake(t.Number) })
		}
		resolving, err2 := tx.ResolvingAt(now, limit)
		for _, t := range resolving {
			add(fmt.Sprintf("resolve #%d", t.Number), func(w *work) error { return w.resolveThanks(t.Number) })
		}
		late, err3 := tx.DueConversations(now, limit)
		for _, c := range late {
			add(fmt.Sprintf("call #%d-%s overdue", c.Ticket, c.Tag), func(w *work) error { return w.overdue(c.ID) })
		}
		holds, err4 := tx.DueHolds(now, limit)
		for _, h := range holds {
			add(fmt.Sprintf("recall H%d", h.Number), func(w *work) error { return w.holdDue(h.Number) })
		}
		return errors.Join(err, err2, err3, err4)
	})
	return out, err
}

func (w *work) wake(number int64) error {
	v, err := w.tickets.Open(number)
	if err != nil || v.Ticket.Status != aside.StatusSnoozed || v.Ticket.SnoozedUntil.After(w.now) {
		return err
	}
	v.Ticket.Status, v.Ticket.SnoozedUntil = aside.StatusOpen, time.Time{}
	if err := v.Save(); err != nil {
		return err
	}
	if err := v.Event("aside", "status", map[string]any{"to": "open", "reason": "the snooze is over"}); err != nil {
		return err
	}
	return w.tell.Event(v, v.Listeners(), "The snooze is over: this ticket is open again.")
}

func (w *work) resolveThanks(number int64) error {
	v, err := w.tickets.Open(number)
	if err != nil {
		return err
	}
	if at, err := w.tx.ResolvesAt(number); err != nil || at.IsZero() || at.After(w.now) {
		return err // somebody touched it since, or another daemon was first
	}
	v.Ticket.Status, v.Ticket.ResolvedAt = aside.StatusResolved, w.now
	if err := v.Save(); err != nil {
		return err
	}
	return v.Event("aside", "status", map[string]any{"to": "resolved", "reason": "the customer only said thanks"})
}

func (w *work) overdue(id int64) error {
	c, err := w.tx.Conversation(id)
	if err != nil || c.State != aside.SideWaiting || c.DueAt.IsZero() || c.DueAt.After(w.now) {
		return err
	}
	c.State = aside.SideOverdue
	if err := w.tx.SaveConversation(c); err != nil {
		return err
	}
	v, err := w.tickets.Open(c.Ticket)
	if err != nil {
		return err
	}
	if err := v.Event("aside", "overdue", map[string]any{"what": c.Tag}); err != nil {
		return err
	}
	for _, a := range v.Listeners() {
		told := fmt.Sprintf("No answer yet in %s (#%d-%s): it was due %s.", v.About(c), v.Ticket.Number, c.Tag, templates.ShortTime(c.DueAt, w.now, a.Location))
		if err := w.tell.Event(v, []*aside.Agent{a}, told); err != nil {
			return err
		}
	}
	return nil
}

// holdDue reminds of a hold: its writer first, the ticket's assignee later.
// What was never proved ends when its codes do.
func (w *work) holdDue(number int64) error {
	h, err := w.tx.Hold(number)
	if err != nil || h.State != aside.HoldWaiting || h.NextAt.IsZero() || h.NextAt.After(w.now) {
		return err
	}
	a := w.dir.AgentByHandle(h.Agent)
	switch {
	case a == nil:
		return w.expire(h)
	case h.Kind == aside.HoldUnproven && h.CodeHash == "" && w.now.Sub(h.CreatedAt) < codeLife:
		// Looked at again when the hour's one notice may go.
		h.NextAt = w.now.Add(codesEvery / 12)
		if err := w.tx.SaveHold(h); err != nil {
			return err
		}
		return w.sendCodes(a)
	case h.Kind == aside.HoldUnproven:
		return w.layAside(h, aside.HoldExpired, "no code came for it")
	}
	h.Recall++
	h.NextAt = w.now.Add(secondRecall)
	to, writer := a, ""
	var v *ticket.View
	if h.Ticket != 0 {
		if v, err = w.tickets.Open(h.Ticket); err != nil {
			return err
		}
	}
	if h.Recall > 1 {
		h.NextAt = time.Time{}
		if v == nil || v.Owner() == nil || v.Owner() == a {
			return w.tx.SaveHold(h)
		}
		to, writer = v.Owner(), a.FirstName()
	}
	if err := w.tx.SaveHold(h); err != nil {
		return err
	}
	view := holdView(w.dir, h)
	if to != a && to.Role != aside.RoleManager {
		view.Answers = nil // its writer or a manager decides
	}
	view.Writer, view.Waited = writer, waited(w.now.Sub(h.CreatedAt))
	return w.sendHold(v, to, h, view)
}

func waited(d time.Duration) string {
	if d < time.Hour {
		return fmt.Sprintf("%d minutes", int(d.Minutes()))
	}
	return templates.Count(int(d.Hours()), "hour")
}

// Trouble is a delivery or a notice that mailout could not get through, or not
// yet.
type Trouble struct {
	Delivery int64 // or
	Notice   int64
	To       string // the address that was tried
	Delayed  bool
	Refused  bool // for good by an answer, not given up as time was up
	Detail   string
}

// Undelivered tells the agents of a failure at once, and of a delay once, in
// the transaction that records it.
func (s *Service) Undelivered(tx *store.Tx, t Trouble) error {
	w := s.work(tx, s.settings.Load(), nil, "")
	d, err := tx.DeliveryByID(t.Delivery)
	if err != nil {
		return err
	}
	if t.Delayed {
		if first, err := tx.TellDelay(t.Delivery, 0); err != nil || !first {
			return err
		}
	}
	v, err := w.tickets.Open(d.Ticket)
	if err != nil {
		return err
	}
	return w.tellTrouble(v, d, w.trouble(d, t.Delayed, t.Detail))
}
