package mailout

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"aside"
)

// Ref names one delivery or one notice: exactly one of the two is set.
type Ref struct {
	Delivery int64
	Notice   int64
	Claim    int // which claim of it this is, from 1: another daemon's has another number
}

// Tell is what the agents are to be told about a delivery.
type Tell string

// What there is to tell.
const (
	TellNothing Tell = ""
	TellDelayed Tell = "delayed" // it has waited for DelayedAfter or longer
	TellFailed  Tell = "failed"  // it will not be sent
)

// Result is what became of one attempt.
type Result struct {
	Ref
	State   aside.DeliveryState // sent, failed, or queued for another attempt
	Next    time.Time           // of the next attempt, when queued
	Code    int                 // of SMTP; 0 when there was none
	Detail  string              // the remote's words, or ours; one line, at most 500 octets
	At      time.Time
	Attempt int // 1 is the first
	Ticket  int64
	To      string
	Tell    Tell
}

// ErrLeaseLost is what Renew returns when the claim is no longer ours: the mail
// is somebody else's now, or was cancelled. Sending it stops at once.
var ErrLeaseLost = errors.New("the claim was lost")

// Sender takes what is due from the store and sends it, until its context ends.
// All fields are set before Run and do not change.
type Sender struct {
	// Claim leases at most n deliveries and notices in all that are due at now,
	// until now+lease. Their Attempts are those made before.
	Claim func(ctx context.Context, now time.Time, lease time.Duration, n int) ([]aside.Outgoing, []aside.Notice, error)
	// Renew makes a lease last until the given time, or says ErrLeaseLost.
	Renew func(ctx context.Context, ref Ref, until time.Time) error
	// Finish ends the lease and writes what became of it, in one transaction
	// with what Tell asks for. TellDelayed comes with every attempt after the
	// delay; the agents are told once. ErrLeaseLost says that the claim had
	// ended, and nothing was written.
	Finish func(ctx context.Context, r Result) error
	// NextDue is when something will be due, lapsed leases included; zero when
	// nothing waits.
	NextDue func(ctx context.Context) (time.Time, error)
	// Wake is rung after a commit that queued something. A ring may be lost
	// while one is pending.
	Wake <-chan struct{}

	// Identify and IdentifyNotice give the names a mail goes by.
	Identify       func(aside.Outgoing) (Identity, error)
	IdentifyNotice func(aside.Notice) (Identity, error)
	// Body and NoticeBody give a mail's words; the same ones every time.
	Body       func(aside.Outgoing) (text, html string, err error)
	NoticeBody func(aside.Notice) (text, html string, err error)
	// Open opens an attachment's bytes.
	Open OpenFunc

	Transport Transport
	Sign      *Signer       // nil signs nothing
	Workers   int           // mails at once; 4 when zero
	Lease     time.Duration // 2 minutes when zero, renewed while it sends
	Grace     time.Duration // for what is running when the context ends; 20 s when zero
	Log       *slog.Logger
	Now       func() time.Time

	relay rest
}

// Pauses of the loop.
const (
	pollEvery  = 2 * time.Second // looks even if nobody rang: an admin or another daemon may have queued
	pollAtMost = time.Second     // never looks more often when there is nothing to claim
)

// Run sends until ctx ends. It then claims nothing more, gives what is running
// the grace, and returns nil.
func (s *Sender) Run(ctx context.Context) error {
	running, cancel := s.outlive(ctx)
	defer cancel()
	var wg sync.WaitGroup
	defer s.Transport.Close()
	defer wg.Wait()
	workers := s.Workers
	if workers <= 0 {
		workers = 4
	}
	done := make(chan struct{}, workers)
	for busy := 0; ; {
		if busy >= workers {
			select {
			case <-done:
				busy--
			case <-ctx.Done():
				return nil
			}
		}
		jobs, wait := s.claim(ctx, workers-busy)
		for _, j := range jobs {
			busy++
			wg.Go(func() {
				s.attempt(running, j)
				done <- struct{}{}
			})
		}
		if wait == 0 {
			continue
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-done:
			busy--
		case <-s.wake():
		case <-timer.C:
		}
		timer.Stop()
	}
}

// wake is the bell, silent while the relay rests.
func (s *Sender) wake() <-chan struct{} {
	if s.Now().Before(s.relay.end()) {
		return nil
	}
	return s.Wake
}

// outlive gives a context that ends the grace after ctx does.
func (s *Sender) outlive(ctx context.Context) (context.Context, context.CancelFunc) {
	running, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		timer := time.NewTimer(orElse(s.Grace, 20*time.Second))
		defer timer.Stop()
		select {
		case <-timer.C:
			cancel()
		case <-running.Done():
		}
	})
	return running, func() { stop(); cancel() }
}

// claim takes what is due, at most n, and says how long to wait before looking
// again: zero when there may be more.
func (s *Sender) claim(ctx context.Context, n int) ([]job, time.Duration) {
	now := s.Now()
	if end := s.relay.end(); now.Before(end) {
		return nil, end.Sub(now)
	}
	out, notices, err := s.Claim(ctx, now, s.lease(), n)
	if err != nil {
		if ctx.Err() == nil {
			s.Log.Error("claiming mail failed", "err", err)
		}
		return nil, pollAtMost
	}
	jobs := make([]job, 0, len(out)+len(notices))
	for _, o := range out {
		jobs = append(jobs, s.delivery(o))
	}
	for _, n := range notices {
		jobs = append(jobs, s.notice(n))
	}
	if len(jobs) >= n {
		return jobs, 0
	}
	due, err := s.NextDue(ctx)
	switch {
	case err != nil:
		if ctx.Err() == nil {
			s.Log.Error("asking for the next mail failed", "err", err)
		}
		return jobs, pollAtMost
	case due.IsZero():
		return jobs, pollEvery
	}
	return jobs, min(max(due.Sub(s.Now()), pollAtMost), pollEvery)
}

func (s *Sender) lease() time.Duration { return orElse(s.Lease, 2*time.Minute) }
