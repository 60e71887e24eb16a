package mailout

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
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
	Attempt int  // 1 is the first that tells something of the mail
	Untried bool // this one did not: it had no say, as the relay was away
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
	// Free gives up what was claimed and is not among what is kept. It is called
	// before the next claim where one failed: nobody knows then how far it came,
	// and what it took would wait for the end of its lease. Nil does nothing.
	Free func(ctx context.Context, keep []Ref) error
	// Renew makes a lease last until the given time, or says ErrLeaseLost.
	Renew func(ctx context.Context, ref Ref, until time.Time) error
	// Finish ends leases and writes what became of each, all in one transaction
	// with what Tell asks for. TellDelayed comes with every attempt after the
	// delay; the agents are told once. lost are those whose claim had ended: of
	// them nothing was written.
	Finish func(ctx context.Context, results []Result) (lost []Ref, err error)
	// NextDue is when something will be due, lapsed leases included; zero when
	// nothing waits.
	NextDue func(ctx context.Context) (time.Time, error)
	// Hurried is when an admin last asked for what waits to be tried at once,
	// however long the relay was to rest. Nil is never.
	Hurried func(ctx context.Context) (time.Time, error)
	// Wake is rung after a commit that queued something. A ring may be lost
	// while one is pending.
	Wake <-chan struct{}

	// Identify and IdentifyNotice give the names a mail goes by.
	Identify       func(aside.Outgoing) (aside.Identity, error)
	IdentifyNotice func(aside.Notice) (aside.Identity, error)
	// Body and NoticeBody give a mail's words; the same ones every time.
	Body       func(aside.Outgoing) (text, html string, err error)
	NoticeBody func(aside.Notice) (text, html string, err error)
	// Open opens an attachment's bytes.
	Open OpenFunc

	Transport Transport
	Sign      *Signer       // nil signs nothing
	Workers   int           // mails at once; 8 when zero
	Lease     time.Duration // 2 minutes when zero, renewed while it sends
	Grace     time.Duration // for what is running when the context ends; 20 s when zero
	Log       *slog.Logger
	Now       func() time.Time

	relay rest
	share share

	mu     sync.Mutex
	held   map[Ref]bool // claimed, and not let go of yet
	unsure bool         // the last claim failed; of the claiming goroutine alone
}

// hold remembers a job from its claim until it is let go of.
func (s *Sender) hold(j job) job {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.held == nil {
		s.held = map[Ref]bool{}
	}
	s.held[j.ref] = true
	return j
}

func (s *Sender) letGo(j job) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.held, j.ref)
}

// free gives up what a claim that failed may have taken.
func (s *Sender) free(ctx context.Context) error {
	if !s.unsure || s.Free == nil {
		return nil
	}
	s.mu.Lock()
	keep := slices.Collect(maps.Keys(s.held))
	s.mu.Unlock()
	err := s.Free(ctx, keep)
	s.unsure = err != nil
	return err
}

// Pauses of the loop.
const (
	pollEvery  = 2 * time.Second // looks even if nobody rang: an admin or another daemon may have queued
	pollAtMost = time.Second     // never looks more often when there is nothing to claim
)

// What is claimed at once, and how old a claim may be when its mail is begun.
const (
	// lot is enough that two transactions, the claim and the end, are shared by
	// many mails: they wait in line with all mail that comes in.
	lot = 256
	// probe is how much a relay in trouble is tried with.
	probe = 4
	// fresh is how long after its claim a mail may be begun unasked. Later it is
	// asked whether the claim still holds: its reader may have left meanwhile.
	fresh = 2 * time.Second
)

// Run sends until ctx ends. It then claims nothing more, gives what is running
// the grace and what was not begun back, and returns nil.
func (s *Sender) Run(ctx context.Context) error {
	running, cancel := s.outlive(ctx)
	defer cancel()
	defer s.Transport.Close()
	ended := make(chan outcome, lot)
	var recording sync.WaitGroup
	recording.Go(func() { s.recordAll(running, ended) })
	defer recording.Wait()
	jobs, drained := make(chan job, lot), make(chan struct{}, 1)
	var sending sync.WaitGroup
	for range s.workers() {
		sending.Go(func() {
			for j := range jobs {
				if len(jobs) < lot/2 {
					ring(drained)
				}
				s.take(ctx, running, j, ended)
			}
		})
	}
	defer close(ended)
	defer sending.Wait()
	defer close(jobs)
	s.claimAll(ctx, jobs, drained)
	return nil
}

func (s *Sender) workers() int {
	if s.Workers > 0 {
		return s.Workers
	}
	return 8
}

func ring(bell chan struct{}) {
	select {
	case bell <- struct{}{}:
	default:
	}
}

// claimAll claims what is due, as much as there is room for, until ctx ends.
func (s *Sender) claimAll(ctx context.Context, jobs chan<- job, drained <-chan struct{}) {
	for ctx.Err() == nil {
		claimed, wait := s.claim(ctx, s.room(len(jobs)))
		for _, j := range claimed {
			jobs <- j // there is room: nobody else fills it
		}
		wake, room := s.wake(), (<-chan struct{})(nil) // there is nothing to claim until something comes
		if wait == 0 || s.room(len(jobs)) == 0 {
			if s.room(len(jobs)) > 0 {
				continue
			}
			wake, room, wait = nil, drained, pollEvery // until there is room again
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-room:
		case <-wake:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// room is how much may be claimed while so many wait: a lot, or little of a
// relay that is in trouble.
func (s *Sender) room(waiting int) int {
	if s.relay.troubled() {
		return max(probe-waiting, 0)
	}
	if waiting >= lot/2 {
		return 0
	}
	return lot - waiting
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
		if s.Hurried == nil {
			return nil, end.Sub(now)
		}
		asked, err := s.Hurried(ctx)
		if err != nil && ctx.Err() == nil {
			s.Log.Error("asking whether the relay may rest failed", "err", err)
		}
		if err != nil || !s.relay.again(asked) {
			return nil, min(end.Sub(now), pollEvery)
		}
	}
	if n == 0 {
		return nil, 0
	}
	if err := s.free(ctx); err != nil {
		if ctx.Err() == nil {
			s.Log.Error("claiming mail failed", "err", err)
		}
		return nil, pollAtMost
	}
	out, notices, err := s.Claim(ctx, now, s.lease(), n)
	if err != nil {
		s.unsure = true
		if ctx.Err() == nil {
			s.Log.Error("claiming mail failed", "err", err)
		}
		return nil, pollAtMost
	}
	jobs := make([]job, 0, len(out)+len(notices))
	for _, o := range out {
		jobs = append(jobs, s.hold(s.delivery(o, now)))
	}
	for _, n := range notices {
		jobs = append(jobs, s.hold(s.notice(n, now)))
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
