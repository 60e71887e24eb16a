package mailout

import (
	"context"
	"sync"
	"time"
)

// share is how many mails a relay takes from us at once. Some relays let two or
// three connections in and turn the others away: while those are at work that
// is no trouble of the relay's, and fewer are made.
type share struct {
	mu    sync.Mutex
	busy  int       // mails under way
	most  int       // of them at once, as the relay showed at since
	since time.Time // zero: it never turned one away
	freed chan struct{}
}

// raiseEvery is how long after a refusal one connection more is tried: whoever
// else used the relay may have gone.
const raiseEvery = 30 * time.Second

// begin waits until one mail more may be under way; false when ctx ends first.
func (s *share) begin(ctx context.Context, now func() time.Time) bool {
	for !s.enter(now()) {
		timer := time.NewTimer(time.Second)
		select {
		case <-ctx.Done():
		case <-s.bell():
		case <-timer.C:
		}
		timer.Stop()
		if ctx.Err() != nil {
			return false
		}
	}
	return true
}

func (s *share) enter(now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.since.IsZero() && s.busy >= s.most+int(now.Sub(s.since)/raiseEvery) {
		return false
	}
	s.busy++
	return true
}

// bell rings when a mail has ended.
func (s *share) bell() chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.freed == nil {
		s.freed = make(chan struct{}, 1)
	}
	return s.freed
}

// end is called when a mail that has begun is under way no more.
func (s *share) end() {
	s.mu.Lock()
	s.busy--
	s.mu.Unlock()
	ring(s.bell())
}

// crowded notes that the relay turned a mail away that is under way, and
// reports whether others are: then there will be one less at once.
func (s *share) crowded(now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.busy < 2 {
		return false
	}
	s.most, s.since = s.busy-1, now
	return true
}
