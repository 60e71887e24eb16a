package mailout

import (
	"context"
	"io"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"aside"
)

// What failed because the relay was away says nothing of
// the mail. Deferred for the first time once the relay is back, it is tried again
// a minute later, as after any first answer.
func TestOutageIsNoAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q, start := newQueue(), time.Now()
		var answered []time.Duration
		stop := run(t, q.sender(func(context.Context, Envelope, func(io.Writer) error) (Answer, error) {
			if time.Since(start) < time.Hour {
				return Answer{}, &Failure{Relay: true, Detail: "connection refused"}
			}
			answered = append(answered, time.Since(start))
			if len(answered) == 1 {
				return Answer{}, &Failure{Code: 450, Detail: "4.2.0 greylisted"}
			}
			return Answer{Code: 250}, nil
		}))
		row := q.add(t, "hello")
		<-time.After(24 * time.Hour)
		stop()
		if row.state != aside.DeliverySent || len(answered) != 2 {
			t.Fatalf("%s after %v", row.state, answered)
		}
		if gap := answered[1] - answered[0]; gap > 2*time.Minute {
			t.Errorf("greylisted once, it waited %v", gap)
		}
	})
}

// Whoever mends a relay looks at once whether mail leaves.
func TestHaste(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q, start := newQueue(), time.Now()
		var asked, tried atomic.Pointer[time.Time]
		asked.Store(new(time.Time))
		since := func() time.Duration { return time.Since(*tried.Load()) }
		s := q.sender(func(context.Context, Envelope, func(io.Writer) error) (Answer, error) {
			now := time.Now()
			if tried.Store(&now); asked.Load().IsZero() {
				return Answer{}, &Failure{Relay: true, Detail: "connection refused"}
			}
			return Answer{Code: 250}, nil
		})
		s.Hurried = func(context.Context) (time.Time, error) { return *asked.Load(), nil }
		stop := run(t, s)
		defer stop()
		q.add(t, "hello")
		pass(time.Hour + time.Minute)
		if since() < 5*time.Second || time.Since(start) < time.Hour {
			t.Fatalf("the relay does not rest: tried %v ago", since())
		}
		now := time.Now()
		asked.Store(&now)
		row := q.add(t, "new")
		pass(3 * time.Second)
		if row.state != aside.DeliverySent {
			t.Errorf("three seconds later nothing has left, tried %v ago", since())
		}
	})
}

// A relay that takes two connections at once and
// answers others with 421 (Exchange Online takes three) carries two mails at a
// time, and not two every five seconds.
func TestRelayWithFewConnections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q, start := newQueue(), time.Now()
		var open atomic.Int32
		stop := run(t, q.sender(func(context.Context, Envelope, func(io.Writer) error) (Answer, error) {
			defer open.Add(-1)
			if open.Add(1) > 2 {
				return Answer{}, &Failure{Code: 421, Detail: "4.7.0 Too many concurrent SMTP connections", Relay: true}
			}
			<-time.After(50 * time.Millisecond)
			return Answer{Code: 250}, nil
		}))
		defer stop()
		for range 200 {
			q.add(t, "hello") // two at a time: 5 seconds
		}
		pass(20 * time.Second)
		sent := 0
		for _, row := range q.rows {
			if row.state == aside.DeliverySent {
				sent++
			}
		}
		if sent < 200 {
			t.Errorf("%d of 200 mails left in %v", sent, time.Since(start))
		}
	})
}
