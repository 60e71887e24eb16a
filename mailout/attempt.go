package mailout

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"aside"
)

// job is one claimed delivery or notice with what both have in common.
type job struct {
	ref     Ref
	compose func() (*Mail, error)
	name    string // the same on every attempt
	to      string
	ticket  int64
	session string // of SMTP, whose mail led to it; empty when none did
	attempt int    // 1 is the first that tells something of the mail
	queued  time.Time
	claimed time.Time
}

// outcome is a job with what became of it. Its lease is kept until release.
type outcome struct {
	job     job
	result  Result
	release func()
}

func (s *Sender) delivery(o aside.Outgoing, claimed time.Time) job {
	return job{
		ref: Ref{Delivery: o.Delivery, Claim: o.Attempts + 1}, to: o.Recipient.Address, ticket: o.Ticket, session: o.Session,
		name:    mailName("d", o.Token, o.Message.CreatedAt),
		attempt: o.Attempts - o.Untried + 1, queued: o.QueuedAt, claimed: claimed,
		compose: func() (*Mail, error) {
			id, err := s.Identify(o)
			if err != nil {
				return nil, fmt.Errorf("naming delivery %d: %w", o.Delivery, err)
			}
			text, html, err := s.Body(o)
			if err != nil {
				return nil, fmt.Errorf("writing delivery %d: %w", o.Delivery, err)
			}
			return Compose(o, id, text, html)
		},
	}
}

func (s *Sender) notice(n aside.Notice, claimed time.Time) job {
	return job{
		ref: Ref{Notice: n.ID, Claim: n.Attempts + 1}, to: n.To.Address, ticket: n.Ticket, session: n.Session,
		name:    mailName("n", n.Token, n.CreatedAt),
		attempt: n.Attempts - n.Untried + 1, queued: n.CreatedAt, claimed: claimed,
		compose: func() (*Mail, error) {
			id, err := s.IdentifyNotice(n)
			if err != nil {
				return nil, fmt.Errorf("naming notice %d: %w", n.ID, err)
			}
			text, html, err := s.NoticeBody(n)
			if err != nil {
				return nil, fmt.Errorf("writing notice %d: %w", n.ID, err)
			}
			return ComposeNotice(n, id, text, html)
		},
	}
}

// take attempts a job as soon as the relay takes one more, unless it has to be
// given back: the daemon stops, the relay rests, or the claim is too old and
// does not hold any more.
func (s *Sender) take(ctx, running context.Context, j job, ended chan<- outcome) {
	begun := s.share.begin(ctx, s.Now)
	if begun {
		defer s.share.end()
	}
	now := s.Now()
	switch {
	case !begun || ctx.Err() != nil:
		s.giveBack(j, now, "stopped before it was sent", ended)
		return
	case now.Before(s.relay.end()):
		s.giveBack(j, s.relay.end(), "the relay is in trouble with other mail", ended)
		return
	case now.Sub(j.claimed) > fresh:
		err := s.Renew(running, j.ref, now.Add(s.lease()))
		if errors.Is(err, ErrLeaseLost) {
			s.log(j).Warn("lost", "to", j.to, "attempt", j.attempt)
			s.letGo(j)
			return
		}
		if err != nil {
			s.giveBack(j, now, cut(oneLine(err.Error()), maxDetail), ended)
			return
		}
	}
	s.attempt(running, j, ended)
}

// giveBack has a job that was not begun claimed again at a time.
func (s *Sender) giveBack(j job, at time.Time, why string, ended chan<- outcome) {
	ended <- outcome{j, Result{Ref: j.ref, State: aside.DeliveryQueued, Next: at, Detail: why, Untried: true, At: s.Now(), Attempt: j.attempt, Ticket: j.ticket, To: j.to}, func() {}}
}

// attempt tries a job once; what became of it goes to ended. ctx ends when the
// grace of a stopping daemon does.
func (s *Sender) attempt(ctx context.Context, j job, ended chan<- outcome) {
	sending, cancel := context.WithCancelCause(ctx)
	kept := make(chan struct{})
	go func() {
		defer close(kept)
		s.keep(sending, j.ref, cancel)
	}()
	release := func() { cancel(nil); <-kept }
	answer, err := s.deliver(sending, j)
	if err != nil && errors.Is(context.Cause(sending), ErrLeaseLost) {
		s.log(j).Warn("lost", "to", j.to, "attempt", j.attempt)
		release()
		s.letGo(j)
		return
	}
	r := s.judge(ctx, j, answer, err)
	s.logFate(j, r)
	ended <- outcome{j, r, release}
}

// keep renews the lease until ctx ends, and cancels the sending when it is
// lost, or could not be renewed for so long that it has lapsed.
func (s *Sender) keep(ctx context.Context, ref Ref, cancel context.CancelCauseFunc) {
	lease := s.lease()
	lapses := s.Now().Add(lease)
	ticker := time.NewTicker(lease / 3)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		until := s.Now().Add(lease)
		err := s.Renew(ctx, ref, until)
		switch {
		case err == nil:
			lapses = until
		case errors.Is(err, ErrLeaseLost):
			cancel(ErrLeaseLost)
			return
		case !s.Now().Before(lapses):
			cancel(fmt.Errorf("%w: %w", ErrLeaseLost, err))
			return
		}
	}
}

// deliver composes, signs and hands over. A panic is an error like others: one
// mail that cannot be composed must not keep all others.
func (s *Sender) deliver(ctx context.Context, j job) (answer Answer, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
			s.log(j).Error("panic while sending", "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
		}
	}()
	m, err := j.compose()
	if err != nil {
		return Answer{}, err
	}
	signature, mail, err := s.Sign.prepare(ctx, m, s.Open)
	if err != nil {
		return Answer{}, err
	}
	e := m.Envelope
	e.Size, e.Again = int64(len(signature))+mail.size, j.ref.Claim > 1
	return s.Transport.Deliver(ctx, e, func(w io.Writer) error {
		if _, err := io.WriteString(w, signature); err != nil {
			return err
		}
		if mail.whole() {
			_, err := w.Write(mail.kept)
			return err
		}
		return m.Write(ctx, w, s.Open)
	})
}

// judge says what an attempt's end means.
func (s *Sender) judge(ctx context.Context, j job, answer Answer, err error) Result {
	now := s.Now()
	r := Result{Ref: j.ref, At: now, Attempt: j.attempt, Ticket: j.ticket, To: j.to}
	if err == nil {
		s.relay.well()
		r.State, r.Code, r.Detail = aside.DeliverySent, answer.Code, answer.Detail
		return r
	}
	if ctx.Err() != nil {
		r.State, r.Next, r.Detail = aside.DeliveryQueued, now, "stopped while sending"
		return r
	}
	r.State, r.Detail = aside.DeliveryQueued, cut(oneLine(err.Error()), maxDetail)
	permanent, resting := errors.Is(err, ErrMalformed), false
	next, ok := nextTry(now, j.queued, j.attempt, j.name)
	var f *Failure
	if errors.As(err, &f) {
		r.Code, r.Detail = f.Code, f.Detail
		permanent = permanent || f.Permanent
		if f.Relay && f.Code/100 == 4 && s.share.crowded(now) {
			r.Next, r.Untried = now, true // as soon as another has ended
			return r
		}
		if resting = f.Relay; resting {
			// Nothing was said about this mail: it comes back when the relay may.
			r.Untried = true
			if end := s.relay.trouble(now); end.Before(next) {
				next = end
			}
		} else {
			s.relay.well()
		}
	}
	switch {
	case permanent || !ok:
		r.State, r.Tell = aside.DeliveryFailed, TellFailed
	default:
		r.Next = next
		// Colleagues would hear of a notice by the relay that is in trouble.
		if !now.Before(j.queued.Add(DelayedAfter)) && !(resting && j.ref.Notice != 0) {
			r.Tell = TellDelayed
		}
	}
	return r
}

// recordAll writes what became of jobs, all that have ended meanwhile together.
func (s *Sender) recordAll(ctx context.Context, ended <-chan outcome) {
	var alone sync.WaitGroup
	defer alone.Wait()
	for first := range ended {
		batch := []outcome{first}
	gather:
		for len(batch) < lot {
			select {
			case o, open := <-ended:
				if !open {
					break gather
				}
				batch = append(batch, o)
			default:
				break gather
			}
		}
		if s.finish(ctx, batch) == nil {
			continue
		}
		// What cannot be written of one must not keep the others.
		for _, o := range batch {
			alone.Go(func() { s.record(ctx, o) })
		}
	}
}

// finish writes what became of jobs, and lets go of their leases.
func (s *Sender) finish(ctx context.Context, batch []outcome) error {
	results := make([]Result, len(batch))
	for i, o := range batch {
		results[i] = o.result
	}
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	lost, err := s.Finish(limited, results)
	if err != nil {
		return err
	}
	for _, o := range batch {
		if slices.Contains(lost, o.job.ref) { // another daemon has it, and will tell
			s.log(o.job).Warn("lost", "to", o.job.to, "attempt", o.job.attempt)
		}
		o.release()
		s.letGo(o.job)
	}
	return nil
}

// record writes a result, and does not give up soon: a mail that was sent and
// not recorded is sent twice. The lease is kept meanwhile.
func (s *Sender) record(ctx context.Context, o outcome) {
	const patience = time.Minute
	defer s.letGo(o.job)
	defer o.release()
	start := time.Now()
	for wait := 100 * time.Millisecond; ; wait = min(2*wait, 5*time.Second) {
		err := s.finish(ctx, []outcome{o})
		if err == nil {
			return
		}
		s.log(o.job).Error("recording a mail's fate failed", "err", err)
		if ctx.Err() != nil || time.Since(start) > patience {
			return
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-timer.C:
		}
		timer.Stop()
	}
}

// logFate writes the one line of an attempt's fate. docs/contract.md names its
// keys.
func (s *Sender) logFate(j job, r Result) {
	log := s.log(j).With("to", r.To, "code", r.Code, "attempt", r.Attempt, "detail", r.Detail)
	switch r.State {
	case aside.DeliverySent:
		log.Info("sent")
	case aside.DeliveryFailed:
		log.Warn("failed")
	default:
		log.Info("deferred", "next", r.Next.UTC().Format(time.RFC3339))
	}
}

// log is the logger with what names the job.
func (s *Sender) log(j job) *slog.Logger {
	if j.ref.Notice != 0 {
		return s.Log.With("notice", j.ref.Notice, "ticket", j.ticket, "session", j.session)
	}
	return s.Log.With("delivery", j.ref.Delivery, "ticket", j.ticket, "session", j.session)
}
