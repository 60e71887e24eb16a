package mailout

import (
	"context"
	"errors"
	"io"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"aside"
)

// TestTogether: a slow store is asked once for many claims and once for many
// ends, and the mails need not wait for it.
func TestTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue()
		s := q.sender(func(context.Context, Envelope, func(io.Writer) error) (Answer, error) { return Answer{Code: 250}, nil })
		s.Finish = func(ctx context.Context, r []Result) ([]Ref, error) {
			<-time.After(time.Second)
			return q.finish(ctx, r)
		}
		for range 1000 {
			q.add(t, "hello")
		}
		start := time.Now()
		stop := run(t, s)
		for time.Since(start) < time.Minute && !q.allSent() {
			pass(time.Second)
		}
		took := time.Since(start)
		stop()
		if took > 10*time.Second || q.finishes > 10 || q.claims > 20 {
			t.Errorf("a thousand mails took %v, %d claims and %d ends", took, q.claims, q.finishes)
		}
	})
}

// TestOldClaim: what waited for its turn behind a slow relay is begun only
// while its claim holds, and is not recorded by who lost it.
func TestOldClaim(t *testing.T) {
	for _, lost := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			q, sent := newQueue(), 0
			s := q.sender(func(context.Context, Envelope, func(io.Writer) error) (Answer, error) {
				sent++
				<-time.After(3 * time.Second)
				return Answer{Code: 250}, nil
			})
			s.Workers = 1
			first, second := q.add(t, "one"), q.add(t, "two")
			q.lost = lost
			stop := run(t, s)
			pass(10 * time.Second)
			stop()
			want := aside.DeliverySent
			if lost {
				want = aside.DeliveryQueued
			}
			if first.state != aside.DeliverySent || second.state != want || lost && sent != 1 {
				t.Errorf("lost %v: %s and %s, %d sent", lost, first.state, second.state, sent)
			}
		})
	}
}

// TestOneThatCannotBeRecorded does not keep the others from it.
func TestOneThatCannotBeRecorded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue()
		s := q.sender(func(context.Context, Envelope, func(io.Writer) error) (Answer, error) { return Answer{Code: 250}, nil })
		s.Finish = func(ctx context.Context, r []Result) ([]Ref, error) {
			if slices.ContainsFunc(r, func(r Result) bool { return r.Delivery == 3 }) {
				return nil, errors.New("a bug")
			}
			return q.finish(ctx, r)
		}
		for range 9 {
			q.add(t, "hello")
		}
		stop := run(t, s)
		pass(time.Second)
		for i, r := range q.rows {
			if (r.state == aside.DeliverySent) != (i != 2) {
				t.Errorf("mail %d is %s", i+1, r.state)
			}
		}
		stop()
	})
}

// TestClaimThatFailed: what a claim took whose answer was lost is freed before
// the next one, and what is being sent is not.
func TestClaimThatFailed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q, sent := newQueue(), map[string]int{}
		s := q.sender(func(_ context.Context, e Envelope, _ func(io.Writer) error) (Answer, error) {
			q.mu.Lock()
			sent[e.Name]++
			q.mu.Unlock()
			<-time.After(20 * time.Second)
			return Answer{Code: 250}, nil
		})
		fails, kept := 0, [][]Ref{}
		s.Claim = func(ctx context.Context, now time.Time, lease time.Duration, n int) ([]aside.Outgoing, []aside.Notice, error) {
			out, _, _ := q.claim(ctx, now, lease, n)
			if len(out) > 0 && out[0].Delivery == 2 && fails < 2 {
				fails++
				return nil, nil, errors.New("the network is cut")
			}
			return out, nil, nil
		}
		s.Free = func(_ context.Context, keep []Ref) error {
			kept = append(kept, keep)
			if len(kept) == 1 {
				return errors.New("the network is still cut")
			}
			q.mu.Lock()
			defer q.mu.Unlock()
			for _, r := range q.rows {
				if !slices.ContainsFunc(keep, func(k Ref) bool { return k.Delivery == r.out.Delivery }) {
					r.lease = time.Time{}
				}
			}
			return nil
		}
		first := q.add(t, "one")
		stop := run(t, s)
		pass(time.Second)
		second := q.add(t, "two")
		pass(50 * time.Second)
		stop()
		if first.state != aside.DeliverySent || second.state != aside.DeliverySent || len(sent) != 2 || sent[mailName("d", 1, first.out.Message.CreatedAt)] != 1 {
			t.Errorf("%s and %s, handed in %v", first.state, second.state, sent)
		}
		if len(kept) != 3 || len(kept[0]) != 1 || kept[0][0].Delivery != 1 {
			t.Errorf("kept %v", kept)
		}
		if len(s.held) != 0 {
			t.Errorf("%v are never let go of", s.held)
		}
	})
}
